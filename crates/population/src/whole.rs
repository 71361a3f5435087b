//! Rules worked out a whole column at a time: the same values as [`crate::rule`] gives row by row, in a few loops that
//! neither branch on the rule nor allocate for each person.

use crate::rule::{ABSENT, NoRow, compare, day, months_between, months_later, number as row_number, quotient};
use blueprint::model::{CompareOp, Expr, Number};

/// Columns of one bucket, and the day they are of.
#[derive(Clone, Copy)]
pub struct Whole<'a> {
    /// One column for each feature; columns not yet worked out may be empty and are not asked for.
    pub columns: &'a [Vec<i64>],
    /// Rows of every column.
    pub people: usize,
    /// Days since 1 January 1970.
    pub as_of: i32,
}

/// A number for everybody.
enum Numbers<'a> {
    /// The same for all; [`ABSENT`] for none.
    Same(i64),
    /// A feature as it is.
    Column(&'a [i64]),
    /// One for each.
    Each(Vec<i64>),
}

impl Numbers<'_> {
    fn into_vec(self, people: usize) -> Vec<i64> {
        match self {
            Self::Same(value) => vec![value; people],
            Self::Column(column) => column.to_vec(),
            Self::Each(values) => values,
        }
    }
}

impl<'a> Whole<'a> {
    /// The value of a rule for everybody: a number or day where it is one, else 1 or 0.
    pub fn values(self, rule: &Expr) -> Vec<i64> {
        match rule {
            Expr::Value(number) => self.numbers(number),
            rule => self.truths(rule).into_iter().map(i64::from).collect(),
        }
    }

    /// A number for everybody.
    pub fn numbers(self, number: &Number) -> Vec<i64> {
        self.number(number).into_vec(self.people)
    }

    fn truths(self, rule: &Expr) -> Vec<bool> {
        match rule {
            Expr::Constant(truth) => vec![*truth; self.people],
            Expr::All(parts) => self.joined(parts, true),
            Expr::Any(parts) => self.joined(parts, false),
            Expr::Not(part) => {
                let mut truths = self.truths(part);
                for truth in &mut truths {
                    *truth = !*truth;
                }
                truths
            }
            Expr::Feature(feature) => self.each(*feature, |value| value != ABSENT && value != 0),
            Expr::IsAbsent(feature) => self.each(*feature, |value| value == ABSENT),
            Expr::OneOf { feature, values } => self.each(*feature, |value| value != ABSENT && values.contains(&value)),
            Expr::Compare { left, op, right } => self.compared(left, *op, right),
            Expr::NoValue(number) => self.asked(number, |value| value == ABSENT),
            Expr::Value(number) => self.asked(number, |value| value != ABSENT && value != 0),
        }
    }

    fn joined(self, parts: &[Expr], all: bool) -> Vec<bool> {
        let Some((first, rest)) = parts.split_first() else { return vec![all; self.people] };
        let mut truths = self.truths(first);
        for part in rest {
            for (truth, more) in truths.iter_mut().zip(self.truths(part)) {
                *truth = if all { *truth & more } else { *truth | more };
            }
        }
        truths
    }

    fn column(self, feature: usize) -> Numbers<'a> {
        match self.columns.get(feature) {
            Some(column) if column.len() == self.people => Numbers::Column(column),
            _ => Numbers::Same(ABSENT),
        }
    }

    fn each(self, feature: usize, holds: impl Fn(i64) -> bool) -> Vec<bool> {
        match self.column(feature) {
            Numbers::Column(column) => column.iter().map(|&value| holds(value)).collect(),
            _ => vec![holds(ABSENT); self.people],
        }
    }

    fn asked(self, number: &Number, holds: impl Fn(i64) -> bool) -> Vec<bool> {
        match self.number(number) {
            Numbers::Same(value) => vec![holds(value); self.people],
            Numbers::Column(column) => column.iter().map(|&value| holds(value)).collect(),
            Numbers::Each(values) => values.into_iter().map(holds).collect(),
        }
    }

    fn compared(self, left: &Number, op: CompareOp, right: &Number) -> Vec<bool> {
        let holds = |a: i64, b: i64| a != ABSENT && b != ABSENT && compare(a, op, b);
        let (left, right) = (self.number(left), self.number(right));
        match (&left, &right) {
            (Numbers::Same(a), Numbers::Same(b)) => vec![holds(*a, *b); self.people],
            (of, Numbers::Same(b)) => of.slice().iter().map(|&a| holds(a, *b)).collect(),
            (Numbers::Same(a), of) => of.slice().iter().map(|&b| holds(*a, b)).collect(),
            (a, b) => a.slice().iter().zip(b.slice()).map(|(&a, &b)| holds(a, b)).collect(),
        }
    }

    fn number(self, number: &Number) -> Numbers<'a> {
        let as_of = i64::from(self.as_of);
        match number {
            Number::Literal(_) | Number::Absent | Number::AsOf => {
                Numbers::Same(row_number(NoRow, self.as_of, number).unwrap_or(ABSENT))
            }
            Number::Feature { feature, scale_up: 0 } => self.column(*feature),
            Number::Feature { feature, scale_up } => {
                let unit = 10i64.saturating_pow(u32::from(*scale_up));
                self.one(self.column(*feature), |value| Some(value.saturating_mul(unit)))
            }
            Number::DaysSince(feature) => self.one(self.column(*feature), |date| Some(as_of.saturating_sub(date))),
            Number::Add(a, b) => self.two(a, b, |a, b| Some(a.saturating_add(b))),
            Number::Subtract(a, b) => self.two(a, b, |a, b| Some(a.saturating_sub(b))),
            Number::Product(a, b) => self.two(a, b, |a, b| Some(a.saturating_mul(b))),
            Number::Times(a, factor) => self.one(self.number(a), |value| Some(value.saturating_mul(*factor))),
            Number::Size(a) => self.one(self.number(a), |value| Some(value.saturating_abs())),
            Number::Divide { over, over_up, under, under_up, rounding } => {
                self.two(over, under, |over, under| quotient((over, *over_up), (under, *under_up), *rounding))
            }
            Number::OrElse(a, otherwise) => {
                let mut values = self.numbers(a);
                values.iter_mut().filter(|value| **value == ABSENT).for_each(|value| *value = *otherwise);
                Numbers::Each(values)
            }
            Number::FirstKnown(parts) => self.folded(parts, |known, _| known),
            Number::Least(parts) => self.folded(parts, i64::min),
            Number::Greatest(parts) => self.folded(parts, i64::max),
            Number::Case { when, otherwise } => {
                let mut values = self.numbers(otherwise);
                // From the last condition to the first, so that the first that holds is written last.
                for (condition, result) in when.iter().rev() {
                    let result = self.number(result);
                    for (position, holds) in self.truths(condition).into_iter().enumerate() {
                        if holds {
                            values[position] = result.at(position);
                        }
                    }
                }
                Numbers::Each(values)
            }
            Number::AddMonths(date, months) => self.two(date, months, |date, months| months_later(day(date)?, months)),
            Number::MonthsBetween(a, b) => self.two(a, b, |a, b| Some(months_between(day(a)?, day(b)?))),
            Number::YearsBetween(a, b) => self.two(a, b, |a, b| Some(i64::from(day(b)?.age_since(day(a)?)))),
            Number::YearOf(date) => self.one(self.number(date), |date| Some(i64::from(day(date)?.ymd().0))),
            Number::MonthOf(date) => self.one(self.number(date), |date| Some(i64::from(day(date)?.ymd().1))),
        }
    }

    fn one(self, of: Numbers<'a>, make: impl Fn(i64) -> Option<i64>) -> Numbers<'a> {
        let value = |value: i64| if value == ABSENT { ABSENT } else { kept(make(value)) };
        match of {
            Numbers::Same(same) => Numbers::Same(value(same)),
            of => {
                let mut values = of.into_vec(self.people);
                for own in &mut values {
                    *own = value(*own);
                }
                Numbers::Each(values)
            }
        }
    }

    fn two(self, a: &Number, b: &Number, make: impl Fn(i64, i64) -> Option<i64>) -> Numbers<'a> {
        let value = |a: i64, b: i64| if a == ABSENT || b == ABSENT { ABSENT } else { kept(make(a, b)) };
        let (a, b) = (self.number(a), self.number(b));
        if let (Numbers::Same(a), Numbers::Same(b)) = (&a, &b) {
            return Numbers::Same(value(*a, *b));
        }
        let mut values = a.into_vec(self.people);
        for (position, own) in values.iter_mut().enumerate() {
            *own = value(*own, b.at(position));
        }
        Numbers::Each(values)
    }

    /// Joins the values that are there.
    fn folded(self, parts: &[Number], join: impl Fn(i64, i64) -> i64) -> Numbers<'a> {
        let mut values = vec![ABSENT; self.people];
        for part in parts {
            let part = self.number(part);
            for (position, own) in values.iter_mut().enumerate() {
                *own = match (*own, part.at(position)) {
                    (own, ABSENT) => own,
                    (ABSENT, other) => other,
                    (own, other) => join(own, other),
                };
            }
        }
        Numbers::Each(values)
    }
}

impl Numbers<'_> {
    /// The numbers of everybody; empty where they are all the same.
    fn slice(&self) -> &[i64] {
        match self {
            Self::Same(_) => &[],
            Self::Column(column) => column,
            Self::Each(values) => values,
        }
    }

    fn at(&self, position: usize) -> i64 {
        match self {
            Self::Same(value) => *value,
            Self::Column(column) => column[position],
            Self::Each(values) => values[position],
        }
    }
}

/// A result as it is kept: the number that stands for none is no number.
fn kept(value: Option<i64>) -> i64 {
    value.map_or(ABSENT, |value| value.max(ABSENT + 1))
}
