//! Numbers at a fixed scale: literals and sums are brought to whole multiples of 10 to the minus `decimals`.

use crate::model::Number;

/// Literals beyond this are refused, so that no sum of them can overflow.
const LARGEST: i64 = 1_000_000_000_000;

/// A number with the decimals it holds.
#[derive(Debug, Clone)]
pub(super) struct Scaled {
    pub(super) number: Number,
    pub(super) decimals: u8,
}

/// Reads `12` or `0.25`; `None` where it is no plain decimal number or too large.
pub(super) fn literal(text: &str) -> Option<Scaled> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = part.trim_end_matches('0');
    if part.len() > 6 || whole.len() > 13 || !whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = format!("{whole}{part}");
    let value: i64 = if digits.is_empty() { return None } else { digits.parse().ok()? };
    (value <= LARGEST).then_some(Scaled { number: Number::Literal(value), decimals: part.len() as u8 })
}

/// The same number counted in smaller units; `None` where it grows too large.
pub(super) fn rescale(number: Number, up: u8) -> Option<Number> {
    if up == 0 {
        return Some(number);
    }
    let factor = 10_i64.checked_pow(u32::from(up))?;
    let grow = |value: i64| value.checked_mul(factor).filter(|v| v.abs() <= LARGEST * 1_000);
    Some(match number {
        Number::Literal(value) => Number::Literal(grow(value)?),
        Number::Feature { feature, scale_up } => Number::Feature { feature, scale_up: scale_up + up },
        Number::DaysSince(feature) => Number::Times(Box::new(Number::DaysSince(feature)), factor),
        Number::Add(a, b) => Number::Add(Box::new(rescale(*a, up)?), Box::new(rescale(*b, up)?)),
        Number::Subtract(a, b) => Number::Subtract(Box::new(rescale(*a, up)?), Box::new(rescale(*b, up)?)),
        Number::Times(a, by) => Number::Times(a, grow(by)?),
        Number::OrElse(a, other) => Number::OrElse(Box::new(rescale(*a, up)?), grow(other)?),
        Number::Absent => Number::Absent,
        other => Number::Times(Box::new(other), factor),
    })
}

/// Brings two numbers to the finer of their scales.
pub(super) fn level(left: Scaled, right: Scaled) -> Option<(Number, Number, u8)> {
    let decimals = left.decimals.max(right.decimals);
    let left_up = decimals - left.decimals;
    let right_up = decimals - right.decimals;
    Some((rescale(left.number, left_up)?, rescale(right.number, right_up)?, decimals))
}

/// Brings numbers to the finest of their scales.
pub(super) fn level_all(numbers: Vec<Scaled>) -> Option<(Vec<Number>, u8)> {
    let decimals = numbers.iter().map(|n| n.decimals).max().unwrap_or(0);
    let levelled = numbers.into_iter().map(|n| rescale(n.number, decimals - n.decimals));
    Some((levelled.collect::<Option<_>>()?, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn literals_keep_their_value(whole in 0_i64..1_000_000, part in 0_i64..100) {
            let scaled = literal(&format!("{whole}.{part:02}")).unwrap();
            let up = 2 - scaled.decimals;
            prop_assert_eq!(rescale(scaled.number, up), Some(Number::Literal(whole * 100 + part)));
        }
    }

    #[test]
    fn odd_literals_are_refused() {
        for wrong in ["", ".", "1e9", "0x10", "1.0000001", "99999999999999"] {
            assert!(literal(wrong).is_none(), "{wrong}");
        }
        assert_eq!(literal("2.50").unwrap().decimals, 1);
    }
}
