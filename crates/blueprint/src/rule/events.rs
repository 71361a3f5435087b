//! Filters over one event: `where = "method = 'emergency' and code in codes.falls"`.

use super::numbers::{literal, rescale};
use super::source::{Place, Rule};
use crate::model::{CodeList, CompareOp, EventExpr, Number};
use crate::sink::Sink;
use nhs::{Method, Status};
use sqlparser::ast::{self, BinaryOperator, UnaryOperator};

/// What can be asked of an event.
const FIELDS: [&str; 6] = ["method", "status", "code", "detail", "value", "days"];

/// Decimals of a measured value.
const VALUE_DECIMALS: u8 = 3;

/// Types a filter against the code lists of the blueprint.
pub(crate) fn event_filter(sink: &mut Sink, codes: &[CodeList], rule: &Rule) -> Option<EventExpr> {
    Filter { sink, codes, place: &rule.place }.typed(&rule.expr)
}

struct Filter<'a> {
    sink: &'a mut Sink,
    codes: &'a [CodeList],
    place: &'a Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Method,
    Status,
    Code,
    Detail,
    Value,
    Days,
}

impl Filter<'_> {
    fn typed(&mut self, expr: &ast::Expr) -> Option<EventExpr> {
        use ast::Expr as E;
        match expr {
            E::Nested(inner) => self.typed(inner),
            E::UnaryOp { op: UnaryOperator::Not, expr } => Some(EventExpr::Not(Box::new(self.typed(expr)?))),
            E::BinaryOp { op: op @ (BinaryOperator::And | BinaryOperator::Or), .. } => {
                let parts = self.join(expr, op)?;
                Some(if *op == BinaryOperator::And { EventExpr::All(parts) } else { EventExpr::Any(parts) })
            }
            E::BinaryOp { left, op, right } => self.compare(expr, left, op, right),
            E::InList { expr: what, list, negated } => {
                let field = self.field(what)?;
                let found = self.in_list(field, list);
                Some(negate(found?, *negated))
            }
            E::Like { negated, any: false, expr: what, pattern, escape_char: None } => {
                let field = self.field(what)?;
                if !matches!(field, Field::Code | Field::Detail) {
                    return self.refuse(what, "`like` is for `code` and `detail`", "compare with `=`");
                }
                let text = self.text(pattern)?;
                Some(negate(self.one_of(field, vec![(text, pattern)])?, *negated))
            }
            E::Between { expr: what, low, high, negated } => {
                let field = self.field(what)?;
                let (from, to) = (self.number(field, low), self.number(field, high));
                let both = vec![compare(field, CompareOp::Ge, from?)?, compare(field, CompareOp::Le, to?)?];
                Some(negate(EventExpr::All(both), *negated))
            }
            E::Identifier(name) => {
                let at = self.place.of_span(name.span);
                let message = format!("`{}` alone is not a condition on an event", name.value);
                self.sink.error(&at, message).helped("compare a field of the event: `method = 'emergency'`");
                None
            }
            _ => self.refuse(
                expr,
                "a condition on events does not use this form of SQL",
                "use and, or, not, =, !=, <, >, in (...), like 'E11%' and between over method, status, code, detail, value, days",
            ),
        }
    }

    fn refuse<T>(&mut self, expr: &ast::Expr, message: &str, help: &str) -> Option<T> {
        let at = self.place.of(expr);
        self.sink.error(&at, message).helped(help);
        None
    }

    fn join(&mut self, whole: &ast::Expr, joined_by: &BinaryOperator) -> Option<Vec<EventExpr>> {
        let typed: Vec<Option<EventExpr>> =
            super::parts_of(whole, joined_by).into_iter().map(|part| self.typed(part)).collect();
        typed.into_iter().collect()
    }

    fn field(&mut self, expr: &ast::Expr) -> Option<Field> {
        let ast::Expr::Identifier(name) = expr else {
            return self.refuse(
                expr,
                "a field of the event belongs here",
                "write method, status, code, detail, value or days first",
            );
        };
        let field = match name.value.as_str() {
            "method" => Field::Method,
            "status" => Field::Status,
            "code" => Field::Code,
            "detail" => Field::Detail,
            "value" => Field::Value,
            "days" => Field::Days,
            other => {
                let at = self.place.of_span(name.span);
                self.sink
                    .error(&at, format!("an event has no field `{other}`"))
                    .labelled("not known")
                    .nearest(other, FIELDS);
                return None;
            }
        };
        Some(field)
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
        if matches!(field, Field::Value | Field::Days) {
            let number = self.number(field, right)?;
            return compare(field, op, number);
        }
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return self.refuse(whole, "words and codes have no order", "use `=`, `!=`, `in` or `like`");
        }
        let text = self.text(right)?;
        Some(negate(self.one_of(field, vec![(text, right)])?, op == CompareOp::Ne))
    }

    fn text(&mut self, expr: &ast::Expr) -> Option<String> {
        if let ast::Expr::Value(value) = expr
            && let ast::Value::SingleQuotedString(text) = &value.value
        {
            return Some(text.clone());
        }
        self.refuse(expr, "a word or code in single quotes belongs here", "write 'emergency' or 'E11%'")
    }

    /// A literal at the scale of the field: thousandths of a value, whole days.
    fn number(&mut self, field: Field, expr: &ast::Expr) -> Option<i64> {
        let decimals = if field == Field::Value { VALUE_DECIMALS } else { 0 };
        let (negative, inner) = match expr {
            ast::Expr::UnaryOp { op: UnaryOperator::Minus, expr } => (true, expr.as_ref()),
            other => (false, other),
        };
        let ast::Expr::Value(value) = inner else {
            return self.refuse(expr, "a number belongs here", "write plain digits");
        };
        let ast::Value::Number(text, _) = &value.value else {
            return self.refuse(expr, "a number belongs here", "write plain digits");
        };
        let scaled = literal(text).filter(|s| s.decimals <= decimals);
        let number = scaled.and_then(|s| rescale(s.number, decimals - s.decimals));
        match number {
            Some(Number::Literal(n)) => Some(if negative { -n } else { n }),
            _ if field == Field::Value => {
                self.refuse(expr, "this number cannot be used", "a value has at most three decimals")
            }
            _ => self.refuse(expr, "this number is finer than whole days", "write a whole number of days"),
        }
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
        if field != Field::Code {
            return self.refuse(whole, "code lists are for `code`", "write `code in codes.name`");
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
        found.map(EventExpr::CodeIn)
    }

    fn one_of(&mut self, field: Field, texts: Vec<(String, &ast::Expr)>) -> Option<EventExpr> {
        match field {
            Field::Method => {
                let found = self.words(
                    &texts,
                    "method",
                    Method::from_name,
                    &Method::ALL.iter().map(|m| m.name()).collect::<Vec<_>>(),
                );
                found.map(EventExpr::Method)
            }
            Field::Status => {
                let found = self.words(
                    &texts,
                    "status",
                    Status::from_name,
                    &Status::ALL.iter().map(|s| s.name()).collect::<Vec<_>>(),
                );
                found.map(EventExpr::Status)
            }
            Field::Code => Some(EventExpr::Code(texts.into_iter().map(|(text, _)| text).collect())),
            Field::Detail => Some(EventExpr::Detail(texts.into_iter().map(|(text, _)| text).collect())),
            Field::Value | Field::Days => {
                let (_, expr) = texts.first()?;
                self.refuse(expr, "this field is a number", "compare it with a number")
            }
        }
    }

    fn words<T>(
        &mut self,
        texts: &[(String, &ast::Expr)],
        what: &str,
        find: fn(&str) -> Option<T>,
        valid: &[&'static str],
    ) -> Option<Vec<T>> {
        let mut found = Vec::new();
        for (text, expr) in texts {
            let word = find(text);
            if word.is_none() {
                let at = self.place.of(expr);
                let message = format!("there is no {what} `{text}`");
                self.sink.error(&at, message).labelled("not known").nearest(text, valid.iter().copied());
            }
            found.push(word);
        }
        found.into_iter().collect()
    }
}

fn compare(field: Field, op: CompareOp, number: i64) -> Option<EventExpr> {
    match field {
        Field::Value => Some(EventExpr::Value(op, number)),
        Field::Days => Some(EventExpr::Days(op, number)),
        _ => None,
    }
}

fn negate(expr: EventExpr, negated: bool) -> EventExpr {
    if negated { EventExpr::Not(Box::new(expr)) } else { expr }
}
