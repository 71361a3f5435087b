//! Rules over the features of one person: what each part is, and what may be joined with what.

use super::names::{Names, Words};
use super::numbers::{Scaled, literal};
use super::source::{Place, Rule};
use crate::model::{CompareOp, Expr, Number, ValueType};
use crate::sink::Sink;
use sqlparser::ast::{self, BinaryOperator, UnaryOperator};

/// A typed rule of a feature.
pub(crate) enum Ruled {
    Truth(Expr),
    Number(Number, u8),
    Day(Number),
    /// The position of one of these words.
    Words(Number, Vec<String>),
}

/// A rule that must be true or false.
pub(crate) fn truth(sink: &mut Sink, names: &Names, rule: &Rule) -> Option<Expr> {
    Typing { sink, names, place: &rule.place }.truth(&rule.expr)
}

/// A rule that may also be a number.
pub(crate) fn rule(sink: &mut Sink, names: &Names, rule: &Rule) -> Option<Ruled> {
    let mut typing = Typing { sink, names, place: &rule.place };
    match typing.typed(&rule.expr)? {
        Typed::Truth(truth) => Some(Ruled::Truth(truth)),
        Typed::Number(scaled) => Some(Ruled::Number(scaled.number, scaled.decimals)),
        Typed::Day(day) => Some(Ruled::Day(day)),
        Typed::Chosen(position, words) => Some(Ruled::Words(position, words)),
        other => {
            let at = rule.place.of(&rule.expr);
            typing.sink.error(
                &at,
                format!(
                    "a feature is true or false, a number, a date or the words of a case; this is {}",
                    other.what()
                ),
            );
            None
        }
    }
}

/// A rule that must be a date.
pub(crate) fn day(sink: &mut Sink, names: &Names, rule: &Rule) -> Option<Number> {
    let mut typing = Typing { sink, names, place: &rule.place };
    match typing.typed(&rule.expr)? {
        Typed::Day(day) => Some(day),
        other => {
            let message = format!("a date belongs here; this is {}", other.what());
            typing.refuse(
                &rule.expr,
                &message,
                "name a date, such as a feature made with first_date, or write 2017-03-31",
            );
            None
        }
    }
}

/// What a part of a rule is.
pub(super) enum Typed {
    Truth(Expr),
    Number(Scaled),
    Day(Number),
    Choice(usize, Words),
    Text(String),
    /// The position of one of these words: what a case makes.
    Chosen(Number, Vec<String>),
    /// `null`.
    Nothing,
}

impl Typed {
    pub(super) const fn what(&self) -> &'static str {
        match self {
            Self::Truth(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Day(_) => "a date",
            Self::Choice(..) | Self::Chosen(..) => "one of a set of words",
            Self::Text(_) => "text",
            Self::Nothing => "null",
        }
    }
}

pub(super) struct Typing<'a> {
    pub(super) sink: &'a mut Sink,
    pub(super) names: &'a Names,
    pub(super) place: &'a Place,
}
impl Typing<'_> {
    pub(super) fn typed(&mut self, expr: &ast::Expr) -> Option<Typed> {
        use ast::Expr as E;
        match expr {
            E::Nested(inner) => self.typed(inner),
            E::Identifier(name) => self.name(name),
            E::Value(value) => self.value(expr, &value.value),
            E::UnaryOp { op: UnaryOperator::Not, expr } => Some(Typed::Truth(Expr::Not(Box::new(self.truth(expr)?)))),
            E::UnaryOp { op: UnaryOperator::Minus, expr: inner } => self.negative(inner),
            E::BinaryOp { left, op, right } => self.binary(expr, left, op, right),
            E::InList { expr: what, list, negated } => self.in_list(what, list, *negated),
            E::Between { expr: what, low, high, negated } => {
                self.refuse_empty_range(expr, low, high)?;
                let from = self.compare(expr, what, CompareOp::Ge, low)?;
                let to = self.compare(expr, what, CompareOp::Le, high)?;
                Some(Typed::Truth(negate(Expr::All(vec![from, to]), *negated)))
            }
            E::IsNull(inner) => self.absent(inner).map(Typed::Truth),
            E::IsNotNull(inner) => self.absent(inner).map(|absent| Typed::Truth(negate(absent, true))),
            E::IsTrue(inner) | E::IsNotFalse(inner) => self.truth(inner).map(Typed::Truth),
            E::IsFalse(inner) | E::IsNotTrue(inner) => self.truth(inner).map(|t| Typed::Truth(negate(t, true))),
            E::Function(call) => self.function(expr, call),
            E::Case { operand, conditions, else_result, .. } => {
                self.case(expr, operand.as_deref(), conditions, else_result.as_deref())
            }
            E::CompoundIdentifier(_) => {
                self.refuse(
                    expr,
                    "code lists are for `where`, not for rules about people",
                    "make a feature that uses the list",
                );
                None
            }
            _ => {
                self.refuse(
                    expr,
                    "rules do not use this form of SQL",
                    "use and, or, not, comparisons, in (...), between, is null, case, +, -, * and functions such as coalesce(x, 0)",
                );
                None
            }
        }
    }

    pub(super) fn refuse(&mut self, expr: &ast::Expr, message: &str, help: &str) {
        let at = self.place.of(expr);
        self.sink.error(&at, message).helped(help);
    }

    pub(super) fn truth(&mut self, expr: &ast::Expr) -> Option<Expr> {
        match self.typed(expr)? {
            Typed::Truth(truth) => Some(truth),
            other => {
                let message = format!("this is {}, and must be true or false", other.what());
                let at = self.place.of(expr);
                self.sink.error(&at, message).helped("compare it with something: `age >= 65`");
                None
            }
        }
    }

    pub(super) fn name(&mut self, name: &ast::Ident) -> Option<Typed> {
        let at = self.place.of_span(name.span);
        if self.names.broken.contains(&name.value) {
            return None;
        }
        if name.value == "as_of" {
            return Some(Typed::Day(Number::AsOf));
        }
        let Some(known) = self.names.known.get(&name.value) else {
            let (late, value) = (self.names.late.get(&name.value), &name.value);
            if let Some(reason) = late {
                self.sink.error(&at, format!("`{value}` cannot be used here")).labelled(*reason);
            } else if name.quote_style == Some('"') {
                self.sink.error(&at, format!("`\"{value}\"` is not text in SQL")).helped(format!("write '{value}'"));
            } else {
                let valid = self.names.known.keys().map(String::as_str);
                self.sink
                    .error(&at, format!("there is no feature `{value}`"))
                    .labelled("not known")
                    .nearest(value, valid);
            }
            return None;
        };
        let feature = known.position;
        Some(match (known.value, known.words) {
            (ValueType::Bool, _) => Typed::Truth(Expr::Feature(feature)),
            (ValueType::Number { decimals }, _) => {
                Typed::Number(Scaled { number: Number::Feature { feature, scale_up: 0 }, decimals })
            }
            (ValueType::Date, _) => Typed::Day(Number::Feature { feature, scale_up: 0 }),
            (ValueType::Choice, words) => Typed::Choice(feature, words?),
        })
    }

    pub(super) fn value(&mut self, expr: &ast::Expr, value: &ast::Value) -> Option<Typed> {
        match value {
            ast::Value::Number(text, _) => {
                let scaled = literal(text);
                if scaled.is_none() {
                    self.refuse(expr, "this number cannot be used", "write digits with at most six decimals");
                }
                scaled.map(Typed::Number)
            }
            ast::Value::SingleQuotedString(text) => Some(Typed::Text(text.clone())),
            ast::Value::Boolean(truth) => Some(Typed::Truth(Expr::Constant(*truth))),
            ast::Value::Null => Some(Typed::Nothing),
            _ => {
                self.refuse(
                    expr,
                    "rules do not use this kind of value",
                    "use numbers, 'words in single quotes', true and false",
                );
                None
            }
        }
    }

    pub(super) fn binary(
        &mut self,
        whole: &ast::Expr,
        left: &ast::Expr,
        op: &BinaryOperator,
        right: &ast::Expr,
    ) -> Option<Typed> {
        use BinaryOperator as B;
        let compare = match op {
            B::And => return self.join(whole, op).map(|all| Typed::Truth(Expr::All(all))),
            B::Or => return self.join(whole, op).map(|any| Typed::Truth(Expr::Any(any))),
            B::Plus | B::Minus => return self.sum(whole, left, *op == B::Plus, right),
            B::Multiply => return self.product(whole, left, right),
            B::Eq => CompareOp::Eq,
            B::NotEq => CompareOp::Ne,
            B::Lt => CompareOp::Lt,
            B::LtEq => CompareOp::Le,
            B::Gt => CompareOp::Gt,
            B::GtEq => CompareOp::Ge,
            _ => {
                let help = match op {
                    B::Divide => "write `divide(a, b, 2)` for two decimals, or `whole_divide(a, b)`",
                    _ => "use and, or, =, !=, <, <=, >, >=, +, - and *",
                };
                self.refuse(whole, &format!("rules do not use `{op}`"), help);
                return None;
            }
        };
        self.compare(whole, left, compare, right).map(Typed::Truth)
    }

    /// The parts of a chain of the same `and` or `or`, so that a long chain is one level deep. Every part is typed, so that
    /// all findings of a rule are shown at once.
    pub(super) fn join(&mut self, whole: &ast::Expr, joined_by: &BinaryOperator) -> Option<Vec<Expr>> {
        let typed: Vec<Option<Expr>> =
            super::parts_of(whole, joined_by).into_iter().map(|part| self.truth(part)).collect();
        typed.into_iter().collect()
    }
}

pub(super) fn negate(expr: Expr, negated: bool) -> Expr {
    if negated { Expr::Not(Box::new(expr)) } else { expr }
}
