//! Rules over one person's feature values. Arithmetic saturates at the ends of 64 bits instead of wrapping.

use blueprint::model::{CompareOp, Expr, Number, Rounding};
use nhs::Day;

/// The value a column holds where a person has none.
pub const ABSENT: i64 = i64::MIN;

/// One person's feature values, by position in the blueprint, and the day they are of.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// Values at each feature's own scale; [`ABSENT`] for none.
    pub features: &'a [i64],
    /// Days since 1 January 1970.
    pub as_of: i32,
}

/// Where the values of one person's features stand.
pub trait Row: Copy {
    /// The value of a feature; [`ABSENT`] for none.
    fn raw(self, feature: usize) -> i64;

    /// The value, where there is one.
    fn get(self, feature: usize) -> Option<i64> {
        Some(self.raw(feature)).filter(|&v| v != ABSENT)
    }
}

impl Row for Values<'_> {
    fn raw(self, feature: usize) -> i64 {
        self.features.get(feature).copied().unwrap_or(ABSENT)
    }
}

/// Nobody: every feature is absent.
#[derive(Debug, Clone, Copy)]
pub struct NoRow;

impl Row for NoRow {
    fn raw(self, _feature: usize) -> i64 {
        ABSENT
    }
}

impl Values<'_> {
    /// Whether a rule holds. A comparison with an absent value is false, so its negation is true.
    pub fn holds(self, rule: &Expr) -> bool {
        holds(self, self.as_of, rule)
    }

    /// The value of a rule: a number where it is one, else 1 or 0.
    pub fn value(self, rule: &Expr) -> i64 {
        value(self, self.as_of, rule)
    }
}

/// Whether a rule holds as of a day.
pub fn holds<R: Row>(row: R, as_of: i32, rule: &Expr) -> bool {
    match rule {
        Expr::Constant(value) => *value,
        Expr::All(parts) => parts.iter().all(|part| holds(row, as_of, part)),
        Expr::Any(parts) => parts.iter().any(|part| holds(row, as_of, part)),
        Expr::Not(part) => !holds(row, as_of, part),
        Expr::Feature(feature) => row.get(*feature).is_some_and(|v| v != 0),
        Expr::Compare { left, op, right } => match (number(row, as_of, left), number(row, as_of, right)) {
            (Some(l), Some(r)) => compare(l, *op, r),
            _ => false,
        },
        Expr::OneOf { feature, values } => row.get(*feature).is_some_and(|v| values.contains(&v)),
        Expr::IsAbsent(feature) => row.get(*feature).is_none(),
        Expr::NoValue(what) => number(row, as_of, what).is_none(),
        Expr::Value(what) => number(row, as_of, what).is_some_and(|v| v != 0),
    }
}

/// The value of a rule: a number or day where it is one ([`ABSENT`] for none), else 1 or 0.
pub fn value<R: Row>(row: R, as_of: i32, rule: &Expr) -> i64 {
    match rule {
        Expr::Value(what) => number(row, as_of, what).unwrap_or(ABSENT),
        rule => i64::from(holds(row, as_of, rule)),
    }
}

/// A number as of a day, where it has a value.
pub fn number<R: Row>(row: R, as_of: i32, what: &Number) -> Option<i64> {
    let of = |what: &Number| number(row, as_of, what);
    let known = match what {
        Number::Literal(value) => *value,
        Number::Absent => return None,
        Number::AsOf => i64::from(as_of),
        Number::Feature { feature, scale_up } => row.get(*feature)?.saturating_mul(ten_to(*scale_up)),
        Number::DaysSince(feature) => i64::from(as_of).saturating_sub(row.get(*feature)?),
        Number::Add(a, b) => of(a)?.saturating_add(of(b)?),
        Number::Subtract(a, b) => of(a)?.saturating_sub(of(b)?),
        Number::Times(a, factor) => of(a)?.saturating_mul(*factor),
        Number::Product(a, b) => of(a)?.saturating_mul(of(b)?),
        Number::Divide { over, over_up, under, under_up, rounding } => {
            quotient((of(over)?, *over_up), (of(under)?, *under_up), *rounding)?
        }
        Number::Size(a) => of(a)?.saturating_abs(),
        Number::OrElse(a, otherwise) => of(a).unwrap_or(*otherwise),
        Number::FirstKnown(parts) => parts.iter().find_map(of)?,
        Number::Least(parts) => parts.iter().filter_map(of).min()?,
        Number::Greatest(parts) => parts.iter().filter_map(of).max()?,
        Number::Case { when, otherwise } => {
            let branch = when.iter().find(|(condition, _)| holds(row, as_of, condition));
            of(branch.map_or(otherwise.as_ref(), |(_, result)| result))?
        }
        Number::AddMonths(date, months) => months_later(day(of(date)?)?, of(months)?)?,
        Number::MonthsBetween(from, to) => months_between(day(of(from)?)?, day(of(to)?)?),
        Number::YearsBetween(from, to) => i64::from(day(of(to)?)?.age_since(day(of(from)?)?)),
        Number::YearOf(date) => i64::from(day(of(date)?)?.ymd().0),
        Number::MonthOf(date) => i64::from(day(of(date)?)?.ymd().1),
    };
    // The number that stands for none is no number.
    Some(known.max(ABSENT + 1))
}

fn ten_to(power: u8) -> i64 {
    10i64.saturating_pow(u32::from(power))
}

/// The calendar is worked out in the years 1 to 9999; days outside it have no month.
pub(crate) fn day(number: i64) -> Option<Day> {
    i32::try_from(number).ok().filter(|day| (-719_162..=2_932_896).contains(day)).map(Day)
}

pub(crate) fn months_later(from: Day, months: i64) -> Option<i64> {
    let months = i32::try_from(months).ok().filter(|months| months.unsigned_abs() <= 120_000)?;
    Some(i64::from(from.add_months(months).0))
}

pub(crate) fn months_between(from: Day, to: Day) -> i64 {
    if to < from {
        return -months_between(to, from);
    }
    let months = to.month().0 - from.month().0;
    // The day of the month decides whether the last month is whole.
    i64::from(months - i32::from(months > 0 && from.add_months(months) > to))
}

pub(crate) fn quotient((over, over_up): (i64, u8), (under, under_up): (i64, u8), rounding: Rounding) -> Option<i64> {
    let over = i128::from(over) * i128::from(ten_to(over_up));
    let under = i128::from(under) * i128::from(ten_to(under_up));
    if under == 0 {
        return None;
    }
    let (over, under) = if under < 0 { (-over, -under) } else { (over, under) };
    let result = match rounding {
        Rounding::Down => over.div_euclid(under),
        Rounding::Nearest => {
            let size = (over.abs() + under / 2) / under;
            if over < 0 { -size } else { size }
        }
    };
    Some(result.clamp(i128::from(ABSENT + 1), i128::from(i64::MAX)) as i64)
}

pub(crate) fn compare(left: i64, op: CompareOp, right: i64) -> bool {
    match op {
        CompareOp::Eq => left == right,
        CompareOp::Ne => left != right,
        CompareOp::Lt => left < right,
        CompareOp::Le => left <= right,
        CompareOp::Gt => left > right,
        CompareOp::Ge => left >= right,
    }
}

/// Calls `visit` with every feature a rule reads.
pub fn features_read(rule: &Expr, visit: &mut impl FnMut(usize)) {
    match rule {
        Expr::Constant(_) => {}
        Expr::All(parts) | Expr::Any(parts) => {
            for part in parts {
                features_read(part, visit);
            }
        }
        Expr::Not(part) => features_read(part, visit),
        Expr::Feature(feature) | Expr::IsAbsent(feature) | Expr::OneOf { feature, .. } => visit(*feature),
        Expr::Compare { left, right, .. } => {
            features_in_number(left, visit);
            features_in_number(right, visit);
        }
        Expr::Value(number) | Expr::NoValue(number) => features_in_number(number, visit),
    }
}

/// Calls `visit` with every feature a number reads.
pub fn features_in_number(number: &Number, visit: &mut impl FnMut(usize)) {
    match number {
        Number::Literal(_) | Number::Absent | Number::AsOf => {}
        Number::Feature { feature, .. } | Number::DaysSince(feature) => visit(*feature),
        Number::Add(a, b)
        | Number::Subtract(a, b)
        | Number::Product(a, b)
        | Number::Divide { over: a, under: b, .. }
        | Number::AddMonths(a, b)
        | Number::MonthsBetween(a, b)
        | Number::YearsBetween(a, b) => {
            features_in_number(a, visit);
            features_in_number(b, visit);
        }
        Number::Times(a, _) | Number::OrElse(a, _) | Number::Size(a) | Number::YearOf(a) | Number::MonthOf(a) => {
            features_in_number(a, visit);
        }
        Number::FirstKnown(parts) | Number::Least(parts) | Number::Greatest(parts) => {
            for part in parts {
                features_in_number(part, visit);
            }
        }
        Number::Case { when, otherwise } => {
            for (condition, result) in when {
                features_read(condition, visit);
                features_in_number(result, visit);
            }
            features_in_number(otherwise, visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(feature: usize) -> Number {
        Number::Feature { feature, scale_up: 0 }
    }

    #[test]
    fn absent_values_make_comparisons_false() {
        let values = Values { features: &[3, ABSENT, 16_500], as_of: 16_600 };
        let at_least = |f, n| Expr::Compare { left: feature(f), op: CompareOp::Ge, right: Number::Literal(n) };
        assert!(values.holds(&at_least(0, 3)));
        assert!(!values.holds(&at_least(0, 4)));
        assert!(!values.holds(&at_least(1, 0)));
        assert!(values.holds(&Expr::Not(Box::new(at_least(1, 0)))));
        assert!(values.holds(&Expr::IsAbsent(1)));
        assert!(values.holds(&Expr::All(vec![])));
        assert!(!values.holds(&Expr::Any(vec![])));
    }

    #[test]
    fn numbers() {
        let values = Values { features: &[3, ABSENT, 16_500], as_of: 16_600 };
        let sum = Number::Add(Box::new(feature(0)), Box::new(Number::OrElse(Box::new(feature(1)), 4)));
        assert_eq!(values.value(&Expr::Value(sum)), 7);
        assert_eq!(values.value(&Expr::Value(Number::DaysSince(2))), 100);
        assert_eq!(values.value(&Expr::Value(feature(1))), ABSENT);
        let huge = Number::Times(Box::new(Number::Literal(i64::MAX)), 2);
        assert_eq!(values.value(&Expr::Value(huge)), i64::MAX);
        let scaled = Expr::Compare {
            left: Number::Feature { feature: 0, scale_up: 1 },
            op: CompareOp::Eq,
            right: Number::Literal(30),
        };
        assert!(values.holds(&scaled));
    }

    #[test]
    fn reads_are_listed() {
        let rule = Expr::Any(vec![
            Expr::Feature(4),
            Expr::Compare { left: feature(2), op: CompareOp::Lt, right: Number::DaysSince(7) },
        ]);
        let mut read = vec![];
        features_read(&rule, &mut |f| read.push(f));
        assert_eq!(read, [4, 2, 7]);
    }
}
