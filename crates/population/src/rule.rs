//! Rules over one person's feature values. Arithmetic saturates at the ends of 64 bits instead of wrapping.

use blueprint::model::{CompareOp, Expr, Number};

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

impl Values<'_> {
    fn get(self, feature: usize) -> Option<i64> {
        self.features.get(feature).copied().filter(|&v| v != ABSENT)
    }

    /// Whether a rule holds. A comparison with an absent value is false, so its negation is true.
    pub fn holds(self, rule: &Expr) -> bool {
        match rule {
            Expr::Constant(value) => *value,
            Expr::All(parts) => parts.iter().all(|part| self.holds(part)),
            Expr::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Expr::Not(part) => !self.holds(part),
            Expr::Feature(feature) => self.get(*feature).is_some_and(|v| v != 0),
            Expr::Compare { left, op, right } => match (self.number(left), self.number(right)) {
                (Some(l), Some(r)) => compare(l, *op, r),
                _ => false,
            },
            Expr::OneOf { feature, values } => self.get(*feature).is_some_and(|v| values.contains(&v)),
            Expr::IsAbsent(feature) => self.get(*feature).is_none(),
            Expr::Value(number) => self.number(number).is_some_and(|v| v != 0),
        }
    }

    /// The value of a rule: a number where it is one, else 1 or 0.
    pub fn value(self, rule: &Expr) -> i64 {
        match rule {
            Expr::Value(number) => self.number(number).unwrap_or(ABSENT),
            rule => i64::from(self.holds(rule)),
        }
    }

    fn number(self, number: &Number) -> Option<i64> {
        match number {
            Number::Literal(value) => Some(*value),
            Number::Feature { feature, scale_up } => {
                self.get(*feature).map(|v| v.saturating_mul(10i64.saturating_pow(u32::from(*scale_up))))
            }
            Number::DaysSince(feature) => self.get(*feature).map(|day| i64::from(self.as_of) - day),
            Number::Add(a, b) => Some(self.number(a)?.saturating_add(self.number(b)?)),
            Number::Subtract(a, b) => Some(self.number(a)?.saturating_sub(self.number(b)?)),
            Number::Times(a, factor) => Some(self.number(a)?.saturating_mul(*factor)),
            Number::OrElse(a, otherwise) => Some(self.number(a).unwrap_or(*otherwise)),
        }
    }
}

fn compare(left: i64, op: CompareOp, right: i64) -> bool {
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
        Expr::Value(number) => features_in_number(number, visit),
    }
}

fn features_in_number(number: &Number, visit: &mut impl FnMut(usize)) {
    match number {
        Number::Literal(_) => {}
        Number::Feature { feature, .. } | Number::DaysSince(feature) => visit(*feature),
        Number::Add(a, b) | Number::Subtract(a, b) => {
            features_in_number(a, visit);
            features_in_number(b, visit);
        }
        Number::Times(a, _) | Number::OrElse(a, _) => features_in_number(a, visit),
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
