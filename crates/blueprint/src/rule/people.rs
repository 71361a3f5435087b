//! Rules over the features of one person.

use super::numbers::{Scaled, level, literal, rescale};
use super::source::{Place, Rule};
use crate::model::{CompareOp, Expr, Number, ValueType};
use crate::sink::{At, Sink};
use sqlparser::ast::{self, BinaryOperator, Spanned, UnaryOperator};
use std::collections::{BTreeMap, BTreeSet};

/// The words a feature of fixed words can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    Sex,
    Segment,
    Tier,
}

/// What is known of a feature where it is named.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) position: usize,
    pub(crate) value: ValueType,
    pub(crate) words: Option<Words>,
}

/// The names a rule may use.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Features that can be used here.
    pub(crate) known: BTreeMap<String, Known>,
    /// Features that have a finding of their own: rules that use them are left alone.
    pub(crate) broken: BTreeSet<String>,
    pub(crate) segments: Vec<String>,
    pub(crate) tiers: Vec<String>,
    /// Names that exist but come too late for this rule, with the reason.
    pub(crate) late: BTreeMap<String, &'static str>,
}

/// A typed rule of a feature.
pub(crate) enum Ruled {
    Truth(Expr),
    Number(Number, u8),
}

const SEXES: [&str; 4] = ["male", "female", "indeterminate", "unknown"];

impl Names {
    fn words(&self, words: Words) -> Vec<&str> {
        match words {
            Words::Sex => SEXES.to_vec(),
            Words::Segment => self.segments.iter().map(String::as_str).collect(),
            Words::Tier => self.tiers.iter().map(String::as_str).collect(),
        }
    }
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
        other => {
            let at = rule.place.of(&rule.expr);
            typing.sink.error(&at, format!("a feature is true or false, or a number; this is {}", other.what()));
            None
        }
    }
}

/// The names a rule uses, for finding an order of features.
pub(crate) fn names_in(rule: &Rule) -> Vec<(String, At)> {
    let mut found = Vec::new();
    collect(&rule.expr, &rule.place, &mut found);
    found
}

fn collect(expr: &ast::Expr, place: &Place, found: &mut Vec<(String, At)>) {
    use ast::Expr as E;
    match expr {
        E::Identifier(name) => found.push((name.value.clone(), place.of_span(name.span))),
        E::Nested(inner) | E::IsNull(inner) | E::IsNotNull(inner) | E::UnaryOp { expr: inner, .. } => {
            collect(inner, place, found);
        }
        E::IsTrue(inner) | E::IsFalse(inner) | E::IsNotTrue(inner) | E::IsNotFalse(inner) => {
            collect(inner, place, found)
        }
        E::BinaryOp { left, right, .. } => {
            collect(left, place, found);
            collect(right, place, found);
        }
        E::InList { expr, list, .. } => {
            collect(expr, place, found);
            for item in list {
                collect(item, place, found);
            }
        }
        E::Between { expr, low, high, .. } => {
            for part in [expr, low, high] {
                collect(part, place, found);
            }
        }
        E::Function(call) => {
            for argument in arguments(call) {
                collect(argument, place, found);
            }
        }
        _ => {}
    }
}

/// What a part of a rule is.
enum Typed {
    Truth(Expr),
    Number(Scaled),
    Day(Number),
    Choice(usize, Words),
    Text(String),
}

impl Typed {
    const fn what(&self) -> &'static str {
        match self {
            Self::Truth(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Day(_) => "a date",
            Self::Choice(..) => "one of a set of words",
            Self::Text(_) => "text",
        }
    }
}

struct Typing<'a> {
    sink: &'a mut Sink,
    names: &'a Names,
    place: &'a Place,
}

impl Typing<'_> {
    fn typed(&mut self, expr: &ast::Expr) -> Option<Typed> {
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
                let from = self.compare(expr, what, CompareOp::Ge, low)?;
                let to = self.compare(expr, what, CompareOp::Le, high)?;
                Some(Typed::Truth(negate(Expr::All(vec![from, to]), *negated)))
            }
            E::IsNull(inner) => self.absent(inner).map(Typed::Truth),
            E::IsNotNull(inner) => self.absent(inner).map(|absent| Typed::Truth(negate(absent, true))),
            E::IsTrue(inner) | E::IsNotFalse(inner) => self.truth(inner).map(Typed::Truth),
            E::IsFalse(inner) | E::IsNotTrue(inner) => self.truth(inner).map(|t| Typed::Truth(negate(t, true))),
            E::Function(call) => self.function(expr, call),
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
                    "use and, or, not, comparisons, in (...), between, is null, +, -, days_since(x) and coalesce(x, 0)",
                );
                None
            }
        }
    }

    fn refuse(&mut self, expr: &ast::Expr, message: &str, help: &str) {
        let at = self.place.of(expr);
        self.sink.error(&at, message).helped(help);
    }

    fn truth(&mut self, expr: &ast::Expr) -> Option<Expr> {
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

    fn name(&mut self, name: &ast::Ident) -> Option<Typed> {
        let at = self.place.of_span(name.span);
        if self.names.broken.contains(&name.value) {
            return None;
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

    fn value(&mut self, expr: &ast::Expr, value: &ast::Value) -> Option<Typed> {
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

    fn negative(&mut self, inner: &ast::Expr) -> Option<Typed> {
        let scaled = self.number(inner)?;
        let number = match scaled.number {
            Number::Literal(value) => Number::Literal(-value),
            other => Number::Times(Box::new(other), -1),
        };
        Some(Typed::Number(Scaled { number, decimals: scaled.decimals }))
    }

    /// A number, where a yes/no feature counts as 1 or 0.
    fn number(&mut self, expr: &ast::Expr) -> Option<Scaled> {
        match self.typed(expr)? {
            Typed::Number(scaled) => Some(scaled),
            Typed::Truth(Expr::Feature(feature)) => {
                Some(Scaled { number: Number::Feature { feature, scale_up: 0 }, decimals: 0 })
            }
            Typed::Truth(_) => {
                self.refuse(
                    expr,
                    "only a number or a yes/no feature can be added up",
                    "make a feature of this condition",
                );
                None
            }
            other => {
                let message = format!("this is {}, and must be a number", other.what());
                self.refuse(expr, &message, "days_since(x) turns a date into a number of days");
                None
            }
        }
    }

    fn binary(&mut self, whole: &ast::Expr, left: &ast::Expr, op: &BinaryOperator, right: &ast::Expr) -> Option<Typed> {
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
                self.refuse(whole, &format!("rules do not use `{op}`"), "use and, or, =, !=, <, <=, >, >=, +, - and *");
                return None;
            }
        };
        self.compare(whole, left, compare, right).map(Typed::Truth)
    }

    /// The parts of a chain of the same `and` or `or`, so that a long chain is one level deep. Every part is typed, so that
    /// all findings of a rule are shown at once.
    fn join(&mut self, whole: &ast::Expr, joined_by: &BinaryOperator) -> Option<Vec<Expr>> {
        let mut parts = Vec::new();
        let mut rest = whole;
        while let ast::Expr::BinaryOp { left, op, right } = rest {
            if op != joined_by {
                break;
            }
            parts.push(right.as_ref());
            rest = left;
        }
        parts.push(rest);
        let typed: Vec<Option<Expr>> = parts.into_iter().rev().map(|part| self.truth(part)).collect();
        typed.into_iter().collect()
    }

    fn sum(&mut self, whole: &ast::Expr, left: &ast::Expr, plus: bool, right: &ast::Expr) -> Option<Typed> {
        let (left, right) = (self.number(left), self.number(right));
        let Some((left, right, decimals)) = level(left?, right?) else { return self.too_large(whole) };
        let number = if plus {
            Number::Add(Box::new(left), Box::new(right))
        } else {
            Number::Subtract(Box::new(left), Box::new(right))
        };
        Some(Typed::Number(Scaled { number, decimals }))
    }

    fn product(&mut self, whole: &ast::Expr, left: &ast::Expr, right: &ast::Expr) -> Option<Typed> {
        let (left, right) = (self.number(left), self.number(right));
        let ((Scaled { number: Number::Literal(factor), decimals: 0 }, other)
        | (other, Scaled { number: Number::Literal(factor), decimals: 0 })) = (left?, right?)
        else {
            self.refuse(whole, "a product needs a whole number on one side", "write `2 * falls`");
            return None;
        };
        Some(Typed::Number(Scaled { number: Number::Times(Box::new(other.number), factor), decimals: other.decimals }))
    }

    fn too_large(&mut self, whole: &ast::Expr) -> Option<Typed> {
        self.refuse(whole, "this number is too large", "use a smaller number");
        None
    }

    fn compare(&mut self, whole: &ast::Expr, left: &ast::Expr, op: CompareOp, right: &ast::Expr) -> Option<Expr> {
        let (first, second) = (self.typed(left), self.typed(right));
        match (first?, second?) {
            (Typed::Choice(feature, words), Typed::Text(word)) => self.choice(whole, feature, words, op, &word, right),
            (Typed::Text(word), Typed::Choice(feature, words)) => self.choice(whole, feature, words, op, &word, left),
            (Typed::Day(day), Typed::Text(text)) => {
                let other = self.day(&text, right)?;
                Some(Expr::Compare { left: day, op, right: other })
            }
            (Typed::Text(text), Typed::Day(day)) => {
                let other = self.day(&text, left)?;
                Some(Expr::Compare { left: other, op, right: day })
            }
            (Typed::Day(left), Typed::Day(right)) => Some(Expr::Compare { left, op, right }),
            (Typed::Truth(truth), Typed::Truth(Expr::Constant(is))) if matches!(op, CompareOp::Eq | CompareOp::Ne) => {
                Some(negate(truth, is != (op == CompareOp::Eq)))
            }
            (Typed::Number(a), Typed::Number(b)) => self.compare_numbers(whole, (a, left), op, (b, right)),
            (first, second) => {
                let message = format!("{} cannot be compared with {}", first.what(), second.what());
                let at = self.place.of(whole);
                self.sink.error(&at, message).labelled("these two do not compare");
                None
            }
        }
    }

    fn compare_numbers(
        &mut self,
        whole: &ast::Expr,
        (a, left): (Scaled, &ast::Expr),
        op: CompareOp,
        (b, right): (Scaled, &ast::Expr),
    ) -> Option<Expr> {
        let fixed = |scaled: &Scaled| matches!(scaled.number, Number::Literal(_));
        let finer = if fixed(&b) && !fixed(&a) && b.decimals > a.decimals {
            Some((right, a.decimals))
        } else if fixed(&a) && !fixed(&b) && a.decimals > b.decimals {
            Some((left, b.decimals))
        } else {
            None
        };
        if let Some((literal, decimals)) = finer {
            let at = self.place.of(literal);
            let held = match decimals {
                0 => "whole numbers".to_owned(),
                1 => "one decimal".to_owned(),
                more => format!("{more} decimals"),
            };
            self.sink
                .error(&at, "this number is finer than what it is compared with")
                .labelled(format!("compared with {held}"));
            return None;
        }
        match level(a, b) {
            Some((left, right, _)) => Some(Expr::Compare { left, op, right }),
            None => self.too_large(whole).and(None),
        }
    }

    fn choice(
        &mut self,
        whole: &ast::Expr,
        feature: usize,
        words: Words,
        op: CompareOp,
        word: &str,
        at: &ast::Expr,
    ) -> Option<Expr> {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            self.refuse(whole, "words have no order", "use `=`, `!=` or `in ('...', '...')`");
            return None;
        }
        let value = self.word(words, word, at)?;
        Some(negate(Expr::OneOf { feature, values: vec![value] }, op == CompareOp::Ne))
    }

    fn word(&mut self, words: Words, word: &str, expr: &ast::Expr) -> Option<i64> {
        let valid = self.names.words(words);
        let found = valid.iter().position(|known| *known == word);
        if found.is_none() {
            let set = match words {
                Words::Sex => "sex",
                Words::Segment => "segment",
                Words::Tier => "tier",
            };
            let at = self.place.of(expr);
            self.sink.error(&at, format!("there is no {set} `{word}`")).labelled("not known").nearest(word, valid);
        }
        found.map(|position| position as i64)
    }

    fn day(&mut self, text: &str, expr: &ast::Expr) -> Option<Number> {
        if let Ok(day) = nhs::Day::parse_iso(text) {
            return Some(Number::Literal(i64::from(day.0)));
        }
        self.refuse(expr, &format!("`{text}` is not a day of the calendar"), "write '2017-03-31'");
        None
    }

    fn in_list(&mut self, what: &ast::Expr, list: &[ast::Expr], negated: bool) -> Option<Typed> {
        let (feature, words, decimals) = match self.typed(what)? {
            Typed::Choice(feature, words) => (feature, Some(words), 0),
            Typed::Number(Scaled { number: Number::Feature { feature, scale_up: 0 }, decimals }) => {
                (feature, None, decimals)
            }
            _ => {
                self.refuse(
                    what,
                    "`in` is for a feature that is a number or one of a set of words",
                    "compare with `=`",
                );
                return None;
            }
        };
        let values: Vec<Option<i64>> = list.iter().map(|item| self.member(item, words, decimals)).collect();
        let values: Option<Vec<i64>> = values.into_iter().collect();
        Some(Typed::Truth(negate(Expr::OneOf { feature, values: values? }, negated)))
    }

    fn member(&mut self, item: &ast::Expr, words: Option<Words>, decimals: u8) -> Option<i64> {
        match (self.typed(item)?, words) {
            (Typed::Text(word), Some(words)) => self.word(words, &word, item),
            (Typed::Number(scaled), None) if scaled.decimals <= decimals => {
                match rescale(scaled.number, decimals - scaled.decimals) {
                    Some(Number::Literal(value)) => Some(value),
                    _ => self.not_a_member(item),
                }
            }
            _ => self.not_a_member(item),
        }
    }

    fn not_a_member(&mut self, item: &ast::Expr) -> Option<i64> {
        self.refuse(item, "this cannot stand in the list", "write plain values of the same kind as the feature");
        None
    }

    fn absent(&mut self, inner: &ast::Expr) -> Option<Expr> {
        match self.typed(inner)? {
            Typed::Number(Scaled { number: Number::Feature { feature, .. }, .. })
            | Typed::Day(Number::Feature { feature, .. })
            | Typed::Choice(feature, _) => Some(Expr::IsAbsent(feature)),
            Typed::Truth(Expr::Feature(_)) => {
                self.refuse(inner, "a yes/no feature always has a value", "write `not` before it");
                None
            }
            _ => {
                self.refuse(inner, "`is null` is for one feature", "write the name of a date or number feature");
                None
            }
        }
    }

    fn function(&mut self, whole: &ast::Expr, call: &ast::Function) -> Option<Typed> {
        let name = call.name.to_string().to_lowercase();
        let arguments = arguments(call);
        match (name.as_str(), arguments.as_slice()) {
            ("days_since", [date]) => match self.typed(date)? {
                Typed::Day(Number::Feature { feature, .. }) => {
                    Some(Typed::Number(Scaled { number: Number::DaysSince(feature), decimals: 0 }))
                }
                other => {
                    let message = format!("days_since needs a date; this is {}", other.what());
                    self.refuse(date, &message, "name a feature made with first_date or last_date");
                    None
                }
            },
            ("coalesce", [value, other]) => {
                let (value, fallback) = (self.number(value), self.number(other));
                let (value, fallback) = (value?, fallback?);
                if fallback.decimals > value.decimals || !matches!(fallback.number, Number::Literal(_)) {
                    self.refuse(
                        other,
                        "coalesce needs a plain number no finer than the feature",
                        "write `coalesce(x, 0)`",
                    );
                    return None;
                }
                let up = value.decimals - fallback.decimals;
                match rescale(fallback.number, up) {
                    Some(Number::Literal(literal)) => {
                        let number = Number::OrElse(Box::new(value.number), literal);
                        Some(Typed::Number(Scaled { number, decimals: value.decimals }))
                    }
                    _ => self.too_large(whole),
                }
            }
            ("days_since" | "coalesce", _) => {
                self.refuse(
                    whole,
                    &format!("`{name}` is used with other arguments"),
                    "write days_since(x) or coalesce(x, 0)",
                );
                None
            }
            _ => {
                let at = self.place.of_span(call.name.span());
                self.sink
                    .error(&at, format!("there is no function `{name}`"))
                    .nearest(&name, ["days_since", "coalesce"]);
                None
            }
        }
    }
}

fn negate(expr: Expr, negated: bool) -> Expr {
    if negated { Expr::Not(Box::new(expr)) } else { expr }
}

/// The plain arguments of a call; none where it has others.
fn arguments(call: &ast::Function) -> Vec<&ast::Expr> {
    let ast::FunctionArguments::List(list) = &call.args else { return Vec::new() };
    list.args
        .iter()
        .filter_map(|argument| match argument {
            ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        })
        .collect()
}
