//! Rules over blocks of people: each step runs over a whole block before the next, so that reading the rule costs nothing for a person.
//! The answers are those of [`crate::rule::value`], row for row.

use crate::rule::{ABSENT, ColumnRow, compare, number, ten_to};
use blueprint::model::{CompareOp, Expr, Number};
use std::ops::Range;

/// Rows of a block: small enough for its columns to stay in the nearest cache.
const ROWS: usize = 512;

/// Computes rules over columns, and keeps the room for intermediate results.
#[derive(Debug, Default)]
pub struct Blocks {
    numbers: Vec<Vec<i64>>,
    truths: Vec<Vec<bool>>,
}

impl Blocks {
    /// The value of a rule for each row of `out`, as [`crate::rule::value`] gives it.
    pub fn value(&mut self, columns: &[Vec<i64>], as_of: i32, rule: &Expr, out: &mut [i64]) {
        self.each(columns, as_of, out, |blocks, block, out| match rule {
            Expr::Value(what) => blocks.number(block, what, out),
            rule => {
                let mut truths = blocks.some_truths(out.len());
                blocks.truth(block, rule, &mut truths);
                for (out, truth) in out.iter_mut().zip(&truths) {
                    *out = i64::from(*truth);
                }
                blocks.truths.push(truths);
            }
        });
    }

    /// A number for each row of `out`, [`ABSENT`] for none.
    pub fn numbers(&mut self, columns: &[Vec<i64>], as_of: i32, what: &Number, out: &mut [i64]) {
        self.each(columns, as_of, out, |blocks, block, out| blocks.number(block, what, out));
    }

    fn each(
        &mut self,
        columns: &[Vec<i64>],
        as_of: i32,
        out: &mut [i64],
        mut fill: impl FnMut(&mut Self, &Block<'_>, &mut [i64]),
    ) {
        for (at, out) in out.chunks_mut(ROWS).enumerate() {
            let rows = at * ROWS..at * ROWS + out.len();
            fill(self, &Block { columns, rows, as_of }, out);
        }
    }

    fn some_numbers(&mut self, len: usize) -> Vec<i64> {
        let mut numbers = self.numbers.pop().unwrap_or_default();
        numbers.resize(len, 0);
        numbers
    }

    fn some_truths(&mut self, len: usize) -> Vec<bool> {
        let mut truths = self.truths.pop().unwrap_or_default();
        truths.resize(len, false);
        truths
    }

    fn truth(&mut self, block: &Block<'_>, rule: &Expr, out: &mut [bool]) {
        match rule {
            Expr::Constant(value) => out.fill(*value),
            Expr::All(parts) => self.together(block, parts, out, true),
            Expr::Any(parts) => self.together(block, parts, out, false),
            Expr::Not(part) => {
                self.truth(block, part, out);
                for truth in out {
                    *truth = !*truth;
                }
            }
            Expr::Feature(feature) => block.test(*feature, out, |value| value != ABSENT && value != 0),
            Expr::OneOf { feature, values } => {
                block.test(*feature, out, |value| value != ABSENT && values.contains(&value));
            }
            Expr::IsAbsent(feature) => block.test(*feature, out, |value| value == ABSENT),
            Expr::NoValue(what) => self.test(block, what, out, |value| value == ABSENT),
            Expr::Value(what) => self.test(block, what, out, |value| value != ABSENT && value != 0),
            Expr::Compare { left, op, right: Number::Literal(right) } => {
                self.test(block, left, out, against(*op, *right));
            }
            Expr::Compare { left, op, right } => {
                let (mut a, mut b) = (self.some_numbers(out.len()), self.some_numbers(out.len()));
                self.number(block, left, &mut a);
                self.number(block, right, &mut b);
                for (truth, (a, b)) in out.iter_mut().zip(a.iter().zip(&b)) {
                    *truth = *a != ABSENT && *b != ABSENT && compare(*a, *op, *b);
                }
                self.numbers.extend([a, b]);
            }
        }
    }

    /// All of the parts, or at least one; nothing more is asked once every row is decided.
    fn together(&mut self, block: &Block<'_>, parts: &[Expr], out: &mut [bool], all: bool) {
        out.fill(all);
        let mut own = self.some_truths(out.len());
        for part in parts {
            if out.iter().all(|truth| *truth != all) {
                break;
            }
            self.truth(block, part, &mut own);
            let both = out.iter_mut().zip(&own);
            if all {
                both.for_each(|(truth, own)| *truth &= *own);
            } else {
                both.for_each(|(truth, own)| *truth |= *own);
            }
        }
        self.truths.push(own);
    }

    fn test(&mut self, block: &Block<'_>, what: &Number, out: &mut [bool], holds: impl Fn(i64) -> bool) {
        if let Number::Feature { feature, scale_up: 0 } = what {
            return block.test(*feature, out, holds);
        }
        let mut numbers = self.some_numbers(out.len());
        self.number(block, what, &mut numbers);
        out.iter_mut().zip(&numbers).for_each(|(truth, value)| *truth = holds(*value));
        self.numbers.push(numbers);
    }

    fn number(&mut self, block: &Block<'_>, what: &Number, out: &mut [i64]) {
        match what {
            Number::Literal(value) => out.fill((*value).max(ABSENT + 1)),
            Number::Absent => out.fill(ABSENT),
            Number::AsOf => out.fill(i64::from(block.as_of)),
            Number::Feature { feature, scale_up } => {
                block.copy(*feature, out);
                if *scale_up > 0 {
                    let factor = ten_to(*scale_up);
                    known(out, |value| value.saturating_mul(factor));
                }
            }
            Number::DaysSince(feature) => {
                block.copy(*feature, out);
                let as_of = i64::from(block.as_of);
                known(out, |value| as_of.saturating_sub(value));
            }
            Number::Times(a, factor) => {
                self.number(block, a, out);
                known(out, |value| value.saturating_mul(*factor));
            }
            Number::Size(a) => {
                self.number(block, a, out);
                known(out, i64::saturating_abs);
            }
            Number::OrElse(a, otherwise) => {
                self.number(block, a, out);
                let otherwise = (*otherwise).max(ABSENT + 1);
                out.iter_mut().filter(|value| **value == ABSENT).for_each(|value| *value = otherwise);
            }
            Number::Add(a, b) => self.both(block, (a, b), out, i64::saturating_add),
            Number::Subtract(a, b) => self.both(block, (a, b), out, i64::saturating_sub),
            Number::Product(a, b) => self.both(block, (a, b), out, i64::saturating_mul),
            Number::FirstKnown(parts) => self.fold(block, parts, out, |known, _| known),
            Number::Least(parts) => self.fold(block, parts, out, i64::min),
            Number::Greatest(parts) => self.fold(block, parts, out, i64::max),
            Number::Case { when, otherwise } => self.case(block, when, otherwise, out),
            // The calendar and exact division are worked out row by row.
            Number::Divide { .. }
            | Number::AddMonths(..)
            | Number::MonthsBetween(..)
            | Number::YearsBetween(..)
            | Number::YearOf(_)
            | Number::MonthOf(_) => {
                for (value, position) in out.iter_mut().zip(block.rows.clone()) {
                    let row = ColumnRow { columns: block.columns, position };
                    *value = number(row, block.as_of, what).unwrap_or(ABSENT);
                }
            }
        }
    }

    fn both(
        &mut self,
        block: &Block<'_>,
        (a, b): (&Number, &Number),
        out: &mut [i64],
        combine: impl Fn(i64, i64) -> i64,
    ) {
        self.number(block, a, out);
        let join = |out: &mut [i64], more: &[i64]| {
            for (value, more) in out.iter_mut().zip(more) {
                let both = combine(*value, *more).max(ABSENT + 1);
                *value = if *value == ABSENT || *more == ABSENT { ABSENT } else { both };
            }
        };
        if let Number::Feature { feature, scale_up: 0 } = b
            && let Some(more) = block.feature(*feature)
        {
            return join(out, more);
        }
        let mut more = self.some_numbers(out.len());
        self.number(block, b, &mut more);
        join(out, &more);
        self.numbers.push(more);
    }

    /// Combines the values that are there.
    fn fold(&mut self, block: &Block<'_>, parts: &[Number], out: &mut [i64], combine: impl Fn(i64, i64) -> i64) {
        out.fill(ABSENT);
        let mut more = self.some_numbers(out.len());
        for part in parts {
            self.number(block, part, &mut more);
            for (value, more) in out.iter_mut().zip(&more) {
                *value = match (*value, *more) {
                    (ABSENT, other) | (other, ABSENT) => other,
                    (a, b) => combine(a, b),
                };
            }
        }
        self.numbers.push(more);
    }

    /// The first condition that holds decides.
    fn case(&mut self, block: &Block<'_>, when: &[(Expr, Number)], otherwise: &Number, out: &mut [i64]) {
        self.number(block, otherwise, out);
        let mut open = self.some_truths(out.len());
        let mut holds = self.some_truths(out.len());
        let mut results = self.some_numbers(out.len());
        open.fill(true);
        for (condition, result) in when {
            if !open.contains(&true) {
                break;
            }
            self.truth(block, condition, &mut holds);
            self.number(block, result, &mut results);
            let rows = out.iter_mut().zip(&results).zip(open.iter_mut().zip(&holds));
            for ((value, result), (open, holds)) in rows {
                let here = *open && *holds;
                *open = *open && !*holds;
                *value = if here { *result } else { *value };
            }
        }
        self.truths.extend([open, holds]);
        self.numbers.push(results);
    }
}

/// A block of rows of some columns.
struct Block<'a> {
    columns: &'a [Vec<i64>],
    rows: Range<usize>,
    as_of: i32,
}

impl Block<'_> {
    /// The values of a feature; none where its column does not reach.
    fn feature(&self, feature: usize) -> Option<&[i64]> {
        self.columns.get(feature)?.get(self.rows.clone())
    }

    fn copy(&self, feature: usize, out: &mut [i64]) {
        match self.feature(feature) {
            Some(values) => out.copy_from_slice(values),
            None => out.fill(ABSENT),
        }
    }

    fn test(&self, feature: usize, out: &mut [bool], holds: impl Fn(i64) -> bool) {
        match self.feature(feature) {
            Some(values) => out.iter_mut().zip(values).for_each(|(truth, value)| *truth = holds(*value)),
            None => out.fill(holds(ABSENT)),
        }
    }
}

/// Changes the values that are there.
fn known(values: &mut [i64], change: impl Fn(i64) -> i64) {
    for value in values {
        let changed = change(*value).max(ABSENT + 1);
        *value = if *value == ABSENT { ABSENT } else { changed };
    }
}

/// A comparison with a number; false where there is no value.
fn against(op: CompareOp, right: i64) -> impl Fn(i64) -> bool {
    let right = right.max(ABSENT + 1);
    move |value| value != ABSENT && compare(value, op, right)
}

#[cfg(test)]
mod tests {
    use super::Blocks;
    use crate::rule::{ABSENT, ColumnRow, value};
    use blueprint::model::{CompareOp, Expr, Number, Rounding};
    use proptest::prelude::*;

    fn cell() -> impl Strategy<Value = i64> {
        prop_oneof![3 => -5i64..40, 2 => Just(ABSENT), 2 => 0i64..2, 1 => any::<i64>(), 1 => 16_000i64..18_000]
    }

    fn op() -> impl Strategy<Value = CompareOp> {
        use CompareOp::{Eq, Ge, Gt, Le, Lt, Ne};
        prop_oneof![Just(Eq), Just(Ne), Just(Lt), Just(Le), Just(Gt), Just(Ge)]
    }

    fn numbers() -> BoxedStrategy<Number> {
        let leaf = prop_oneof![
            cell().prop_map(Number::Literal),
            Just(Number::Absent),
            Just(Number::AsOf),
            (0usize..5, 0u8..3).prop_map(|(feature, scale_up)| Number::Feature { feature, scale_up }),
            (0usize..5).prop_map(Number::DaysSince),
        ];
        leaf.prop_recursive(4, 24, 4, |part| {
            let boxed = part.clone().prop_map(Box::new);
            let two = (boxed.clone(), boxed.clone());
            let some = proptest::collection::vec(part.clone(), 1..4);
            prop_oneof![
                two.clone().prop_map(|(a, b)| Number::Add(a, b)),
                two.clone().prop_map(|(a, b)| Number::Subtract(a, b)),
                two.clone().prop_map(|(a, b)| Number::Product(a, b)),
                two.clone().prop_map(|(a, b)| Number::AddMonths(a, b)),
                two.clone().prop_map(|(a, b)| Number::YearsBetween(a, b)),
                two.prop_map(|(over, under)| Number::Divide {
                    over,
                    over_up: 0,
                    under,
                    under_up: 1,
                    rounding: Rounding::Nearest
                }),
                (boxed.clone(), cell()).prop_map(|(a, factor)| Number::Times(a, factor)),
                (boxed.clone(), cell()).prop_map(|(a, otherwise)| Number::OrElse(a, otherwise)),
                boxed.clone().prop_map(Number::Size),
                some.clone().prop_map(Number::FirstKnown),
                some.clone().prop_map(Number::Least),
                some.prop_map(Number::Greatest),
                (part.clone(), op(), part, boxed.clone(), boxed).prop_map(|(left, op, right, then, otherwise)| {
                    Number::Case { when: vec![(Expr::Compare { left, op, right }, *then)], otherwise }
                }),
            ]
        })
        .boxed()
    }

    fn rules() -> BoxedStrategy<Expr> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Expr::Constant),
            (0usize..5).prop_map(Expr::Feature),
            (0usize..5).prop_map(Expr::IsAbsent),
            (0usize..5, proptest::collection::vec(cell(), 0..4))
                .prop_map(|(feature, values)| Expr::OneOf { feature, values }),
            numbers().prop_map(Expr::NoValue),
            numbers().prop_map(Expr::Value),
            (numbers(), op(), numbers()).prop_map(|(left, op, right)| Expr::Compare { left, op, right }),
        ];
        leaf.prop_recursive(3, 16, 4, |part| {
            prop_oneof![
                proptest::collection::vec(part.clone(), 0..4).prop_map(Expr::All),
                proptest::collection::vec(part.clone(), 0..4).prop_map(Expr::Any),
                part.prop_map(|part| Expr::Not(Box::new(part))),
            ]
        })
        .boxed()
    }

    proptest! {
        /// Four columns, and a fifth that is not there.
        #[test]
        fn blocks_say_what_rows_say(
            rule in rules(),
            cells in proptest::collection::vec(proptest::array::uniform4(cell()), 1..40),
            more in 0usize..1200,
        ) {
            // Rows repeat, so that there are several blocks.
            let rows = cells.len() + more;
            let columns: Vec<Vec<i64>> = (0..4).map(|c| (0..rows).map(|row| cells[row % cells.len()][c]).collect()).collect();
            let mut out = vec![7; rows];
            Blocks::default().value(&columns, 17_000, &rule, &mut out);
            for (position, found) in out.iter().enumerate() {
                let expected = value(ColumnRow { columns: &columns, position }, 17_000, &rule);
                prop_assert_eq!(*found, expected, "row {}", position);
            }
        }
    }
}
