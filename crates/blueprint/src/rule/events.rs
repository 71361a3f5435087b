//! Filters over one event: `where = "method = 'emergency' and code in codes.falls"`.

use super::event_fields::Field;
use super::source::{Place, Rule};
use crate::model::{CodeList, CompareOp, EventExpr};
use crate::sink::Sink;
use nhs::EventKind;
use sqlparser::ast::{self, BinaryOperator, UnaryOperator};

/// Types a filter over events of these kinds against the code lists of the blueprint.
pub(crate) fn event_filter(sink: &mut Sink, codes: &[CodeList], kinds: &[EventKind], rule: &Rule) -> Option<EventExpr> {
    Filter { sink, codes, kinds, place: &rule.place }.typed(&rule.expr)
}

pub(super) struct Filter<'a> {
    pub(super) sink: &'a mut Sink,
    codes: &'a [CodeList],
    pub(super) kinds: &'a [EventKind],
    pub(super) place: &'a Place,
}

impl Filter<'_> {
    fn typed(&mut self, expr: &ast::Expr) -> Option<EventExpr> {
        use ast::Expr as E;
        match expr {
            E::Nested(inner) => self.typed(inner),
            E::UnaryOp { op: UnaryOperator::Not, expr } => Some(EventExpr::Not(Box::new(self.typed(expr)?))),
            E::BinaryOp { op: op @ (BinaryOperator::And | BinaryOperator::Or), .. } => {
                let parts = self.join(expr, op)?;
                if *op == BinaryOperator::Or {
                    return Some(EventExpr::Any(parts));
                }
                self.refuse_no_day(expr, &parts)?;
                Some(EventExpr::All(parts))
            }
            E::BinaryOp { left, op, right } => self.compare(expr, left, op, right),
            E::InList { expr: what, list, negated } => {
                let field = self.field(what)?;
                let found = self.in_list(field, list);
                Some(negate(found?, *negated))
            }
            E::Like { negated, any: false, expr: what, pattern, escape_char: None } => {
                let field = self.field(what)?;
                if !field.is_code() {
                    return self.refuse(what, "`like` is for `code`, `detail` and `provider`", "compare with `=`");
                }
                let text = self.text(pattern)?;
                Some(negate(self.one_of(field, vec![(text, pattern)])?, *negated))
            }
            E::Between { expr: what, low, high, negated } => self.between(expr, what, (low, high), *negated),
            E::IsNull(what) => self.absent(what),
            E::IsNotNull(what) => self.absent(what).map(|absent| negate(absent, true)),
            E::Identifier(name) => {
                let at = self.place.of_span(name.span);
                let message = format!("`{}` alone is not a condition on an event", name.value);
                self.sink.error(&at, message).helped("compare a field of the event: `method = 'emergency'`");
                None
            }
            _ => self.refuse(
                expr,
                "a condition on events does not use this form of SQL",
                "use and, or, not, =, !=, <, >, in (...), like 'E11%', between and is null over the fields of an event",
            ),
        }
    }

    pub(super) fn refuse<T>(&mut self, expr: &ast::Expr, message: &str, help: &str) -> Option<T> {
        let at = self.place.of(expr);
        self.sink.error(&at, message).helped(help);
        None
    }

    fn join(&mut self, whole: &ast::Expr, joined_by: &BinaryOperator) -> Option<Vec<EventExpr>> {
        let typed: Vec<Option<EventExpr>> =
            super::parts_of(whole, joined_by).into_iter().map(|part| self.typed(part)).collect();
        typed.into_iter().collect()
    }

    /// Days that must all hold and leave no day of the calendar.
    fn refuse_no_day(&mut self, whole: &ast::Expr, parts: &[EventExpr]) -> Option<()> {
        let (mut first, mut last) = (i64::MIN, i64::MAX);
        for part in parts {
            let EventExpr::Date(op, day) = part else { continue };
            match op {
                CompareOp::Eq => (first, last) = (first.max(*day), last.min(*day)),
                CompareOp::Gt => first = first.max(day + 1),
                CompareOp::Ge => first = first.max(*day),
                CompareOp::Lt => last = last.min(day - 1),
                CompareOp::Le => last = last.min(*day),
                CompareOp::Ne => {}
            }
        }
        if first > last {
            return self.refuse(
                whole,
                "the window is empty: no day is in all of these",
                "look at the order of the dates",
            );
        }
        Some(())
    }

    fn between(
        &mut self,
        whole: &ast::Expr,
        what: &ast::Expr,
        (low, high): (&ast::Expr, &ast::Expr),
        negated: bool,
    ) -> Option<EventExpr> {
        let field = self.field(what)?;
        if !field.is_number() {
            return self.refuse(whole, "words and codes have no order", "use `=`, `!=`, `in` or `like`");
        }
        let (from, to) = (self.number(field, low), self.number(field, high));
        let (from, to) = (from?, to?);
        if from > to {
            return self.refuse(whole, "nothing lies between these two", "write the smaller one first");
        }
        let both = vec![field.compared(CompareOp::Ge, from)?, field.compared(CompareOp::Le, to)?];
        Some(negate(EventExpr::All(both), negated))
    }

    fn absent(&mut self, what: &ast::Expr) -> Option<EventExpr> {
        let field = self.field(what)?;
        match field.emptiness() {
            Some(field) => Some(EventExpr::Absent(field)),
            None if matches!(field, Field::Method | Field::Status) => {
                self.refuse(what, "this field always has a word", "write `method = 'none'` where it is not stated")
            }
            None => self.refuse(what, "every event has this field", "leave the condition out"),
        }
    }

    fn compare(
        &mut self,
        whole: &ast::Expr,
        left: &ast::Expr,
        op: &BinaryOperator,
        right: &ast::Expr,
    ) -> Option<EventExpr> {
        let field = self.field(left)?;
        let op = match op {
            BinaryOperator::Eq => CompareOp::Eq,
            BinaryOperator::NotEq => CompareOp::Ne,
            BinaryOperator::Lt => CompareOp::Lt,
            BinaryOperator::LtEq => CompareOp::Le,
            BinaryOperator::Gt => CompareOp::Gt,
            BinaryOperator::GtEq => CompareOp::Ge,
            other => {
                return self.refuse(
                    whole,
                    &format!("a condition on events does not use `{other}`"),
                    "use =, !=, <, <=, > or >=",
                );
            }
        };
        if field.is_number() {
            let number = self.number(field, right)?;
            return field.compared(op, number);
        }
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return self.refuse(whole, "words and codes have no order", "use `=`, `!=`, `in` or `like`");
        }
        let text = self.text(right)?;
        Some(negate(self.one_of(field, vec![(text, right)])?, op == CompareOp::Ne))
    }

    fn in_list(&mut self, field: Field, list: &[ast::Expr]) -> Option<EventExpr> {
        if let [ast::Expr::CompoundIdentifier(parts)] = list {
            return self.code_list(field, parts, &list[0]);
        }
        let texts: Vec<Option<(String, &ast::Expr)>> =
            list.iter().map(|item| self.text(item).map(|text| (text, item))).collect();
        let texts: Option<Vec<(String, &ast::Expr)>> = texts.into_iter().collect();
        self.one_of(field, texts?)
    }

    fn code_list(&mut self, field: Field, parts: &[ast::Ident], whole: &ast::Expr) -> Option<EventExpr> {
        if !matches!(field, Field::Code | Field::Detail) {
            return self.refuse(whole, "code lists are for `code` and `detail`", "write `code in codes.name`");
        }
        let [first, name] = parts else {
            return self.refuse(whole, "a code list is written `codes.name`", "write `code in codes.name`");
        };
        if first.value != "codes" {
            let at = self.place.of_span(first.span);
            self.sink
                .error(&at, format!("`{}` holds no code lists", first.value))
                .helped(format!("write `codes.{}`", name.value));
            return None;
        }
        let found = self.codes.iter().position(|list| list.id == name.value);
        if found.is_none() {
            let at = self.place.of_span(name.span);
            let valid = self.codes.iter().map(|list| list.id.as_str());
            let message = format!("there is no code list `{}`", name.value);
            self.sink.error(&at, message).labelled("not known").nearest(&name.value, valid);
        }
        found.map(if field == Field::Code { EventExpr::CodeIn } else { EventExpr::DetailIn })
    }
}

fn negate(expr: EventExpr, negated: bool) -> EventExpr {
    if negated { EventExpr::Not(Box::new(expr)) } else { expr }
}
