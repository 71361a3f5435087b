//! Comparisons: numbers at one scale, dates, and words of a known set.

use super::names::{Names, Words};
use super::numbers::{Scaled, level, rescale};
use super::people::{Typed, Typing, negate};
use crate::model::{CompareOp, Expr, Number};
use sqlparser::ast;

impl Typing<'_> {
    pub(super) fn compare(
        &mut self,
        whole: &ast::Expr,
        left: &ast::Expr,
        op: CompareOp,
        right: &ast::Expr,
    ) -> Option<Expr> {
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

    pub(super) fn compare_numbers(
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

    pub(super) fn choice(
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

    pub(super) fn word(&mut self, words: Words, word: &str, expr: &ast::Expr) -> Option<i64> {
        let valid = self.names.words(words);
        let found = valid.iter().position(|known| *known == word);
        if found.is_none() {
            let set = match words {
                Words::Sex => "sex",
                Words::Segment => "segment",
                Words::Tier => "tier",
                Words::Other(set) => self.names.others.get(set).map_or("word", |(what, _)| what.as_str()),
            };
            let at = self.place.of(expr);
            self.sink.error(&at, format!("there is no {set} `{word}`")).labelled("not known").nearest(word, valid);
        }
        found.map(|position| Names::value_of(words, position))
    }

    pub(super) fn day(&mut self, text: &str, expr: &ast::Expr) -> Option<Number> {
        if let Ok(day) = nhs::Day::parse_iso(text) {
            return Some(Number::Literal(i64::from(day.0)));
        }
        self.refuse(expr, &format!("`{text}` is not a day of the calendar"), "write '2017-03-31'");
        None
    }

    pub(super) fn in_list(&mut self, what: &ast::Expr, list: &[ast::Expr], negated: bool) -> Option<Typed> {
        let (feature, words, decimals) = match self.typed(what)? {
            Typed::Choice(feature, words) => (feature, Some(words), 0),
            Typed::Number(Scaled { number: Number::Feature { feature, scale_up: 0 }, decimals }) => {
                (feature, None, decimals)
            }
            Typed::Number(scaled) => return self.in_numbers(&scaled, what, list, negated),
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

    /// A number made of several is one of these.
    fn in_numbers(&mut self, scaled: &Scaled, what: &ast::Expr, list: &[ast::Expr], negated: bool) -> Option<Typed> {
        let mut any = Vec::new();
        for item in list {
            let other = self.number(item)?;
            any.push(self.compare_numbers(item, (scaled.clone(), what), CompareOp::Eq, (other, item))?);
        }
        Some(Typed::Truth(negate(Expr::Any(any), negated)))
    }

    /// A range of two literals that no value lies in.
    pub(super) fn refuse_empty_range(&mut self, whole: &ast::Expr, low: &ast::Expr, high: &ast::Expr) -> Option<()> {
        let (from, to) = match (self.typed(low)?, self.typed(high)?) {
            (Typed::Number(a), Typed::Number(b)) => level(a, b).map(|(a, b, _)| (a, b))?,
            (Typed::Text(a), Typed::Text(b)) => {
                let (Ok(a), Ok(b)) = (nhs::Day::parse_iso(&a), nhs::Day::parse_iso(&b)) else { return Some(()) };
                (Number::Literal(i64::from(a.0)), Number::Literal(i64::from(b.0)))
            }
            _ => return Some(()),
        };
        if let (Number::Literal(from), Number::Literal(to)) = (from, to)
            && from > to
            && !self.names.empty_ranges
        {
            self.refuse(whole, "nothing lies between these two", "write the smaller one first");
            return None;
        }
        Some(())
    }

    pub(super) fn member(&mut self, item: &ast::Expr, words: Option<Words>, decimals: u8) -> Option<i64> {
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

    pub(super) fn not_a_member(&mut self, item: &ast::Expr) -> Option<i64> {
        self.refuse(item, "this cannot stand in the list", "write plain values of the same kind as the feature");
        None
    }

    pub(super) fn absent(&mut self, inner: &ast::Expr) -> Option<Expr> {
        match self.typed(inner)? {
            Typed::Number(Scaled { number: Number::Feature { feature, .. }, .. })
            | Typed::Day(Number::Feature { feature, .. })
            | Typed::Choice(feature, _) => Some(Expr::IsAbsent(feature)),
            Typed::Truth(Expr::Feature(_)) => {
                self.refuse(inner, "a yes/no feature always has a value", "write `not` before it");
                None
            }
            Typed::Number(Scaled { number, .. }) | Typed::Day(number) => Some(Expr::NoValue(number)),
            _ => {
                self.refuse(
                    inner,
                    "`is null` is for a number, a date or one of a set of words",
                    "write the name of a date or number feature",
                );
                None
            }
        }
    }
}
