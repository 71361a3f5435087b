//! From features to the small codes that a model of risk reads: one byte for each person and column.

use crate::rule::ABSENT;
use blueprint::Blueprint;
use blueprint::model::{RiskPlan, ValueType};
use nhs::Sex;

/// One person's columns: age, sex, decile of deprivation, then the features of the blueprint's `[risk]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coded {
    /// One code for each column.
    pub codes: Vec<u8>,
}

/// Columns before the features.
pub(super) const FIXED: usize = 3;
/// Ages at which the effect of a year may change.
const KNOTS: [u8; 6] = [2, 18, 45, 65, 75, 85];
/// Numbers with decimals are held in sixteenths of a logarithm.
const STEP: f64 = 16.0;

/// The code of a feature's value: counts as they are, numbers with decimals by the logarithm of one more. Absent and
/// negative values count as 0.
pub(super) fn code(kind: ValueType, value: i64) -> u8 {
    if value == ABSENT || value <= 0 {
        return 0;
    }
    match kind {
        ValueType::Number { decimals } if decimals > 0 => {
            let number = value as f64 / 10f64.powi(i32::from(decimals));
            (number.ln_1p() * STEP).round().min(255.0) as u8
        }
        _ => value.min(255) as u8,
    }
}

/// What the codes of a feature are worth.
fn worth(kind: ValueType) -> Vec<f64> {
    match kind {
        ValueType::Bool => vec![0.0, 1.0],
        ValueType::Number { decimals } if decimals > 0 => (0..=255).map(|c| f64::from(c) / STEP).collect(),
        _ => (0..=255).map(|c| f64::from(c).ln_1p()).collect(),
    }
}

/// A column of the design, before it has rows.
pub(super) struct Planned {
    pub(super) feature: String,
    pub(super) name: String,
    pub(super) column: usize,
    pub(super) values: Vec<f64>,
}

/// The columns: age as a broken line, sex, deprivation, then features.
pub(super) fn columns(blueprint: &Blueprint, plan: &RiskPlan) -> Vec<Planned> {
    let fixed = |feature: &str, name: String, column: usize, values: Vec<f64>| Planned {
        feature: feature.to_owned(),
        name,
        column,
        values,
    };
    let mut all =
        vec![fixed("age", "Age, for each 10 years".into(), 0, (0..=130).map(|a| f64::from(a) / 10.0).collect())];
    for knot in KNOTS {
        let values = (0..=130u8).map(|age| f64::from(age.saturating_sub(knot)) / 10.0).collect();
        all.push(fixed("age", format!("Age, further for each 10 years above {knot}"), 0, values));
    }
    let female = (0..=9u8).map(|sex| f64::from(u8::from(sex == Sex::Female as u8))).collect();
    all.push(fixed("sex", "Female".into(), 1, female));
    // An unknown decile counts as the middle.
    let deprivation = (0..=10u8).map(|d| if d == 0 { 0.0 } else { (5.5 - f64::from(d)) / 4.5 }).collect();
    all.push(fixed("imd_decile", "Deprivation, from the middle to the most deprived tenth".into(), 2, deprivation));
    for (place, &position) in plan.features.iter().enumerate() {
        let Some(feature) = blueprint.features.get(position) else { continue };
        let name = match feature.value {
            ValueType::Bool => feature.name.clone(),
            _ => format!("{} (logarithm of one more)", feature.name),
        };
        all.push(fixed(&feature.id, name, FIXED + place, worth(feature.value)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_small_counts_exact_and_never_overflow() {
        let count = ValueType::Number { decimals: 0 };
        let tenths = ValueType::Number { decimals: 1 };
        assert_eq!([code(count, 3), code(count, 9_999), code(count, -4), code(count, ABSENT)], [3, 255, 0, 0]);
        assert_eq!([code(tenths, 0), code(tenths, i64::MAX)], [0, 255]);
        let back = worth(tenths)[usize::from(code(tenths, 153))];
        assert!((back - 15.3f64.ln_1p()).abs() <= 0.5 / STEP);
        assert_eq!(code(ValueType::Bool, 1), 1);
    }
}
