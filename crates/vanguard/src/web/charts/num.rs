//! Numbers a chart can show, and how they are written.

use nhs::money::group_thousands;

/// A number a chart can show: finite, and at most 10^15 from zero, beyond which no count, rate or cost of health
/// care lies and no axis can be labelled.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Num(f64);

impl Num {
    /// The largest number, either side of zero.
    pub const LIMIT: f64 = 1e15;

    /// The number, unless it is not a number, infinite or beyond [`Num::LIMIT`].
    pub fn new(value: f64) -> Option<Self> {
        (value.abs() <= Self::LIMIT).then_some(Self(value)) // false for "not a number"
    }

    /// A count; one beyond the limit becomes the limit.
    pub fn count(value: u64) -> Self {
        Self((value as f64).min(Self::LIMIT))
    }

    /// The value.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl From<u32> for Num {
    fn from(value: u32) -> Self {
        Self(f64::from(value))
    }
}

impl From<i32> for Num {
    fn from(value: i32) -> Self {
        Self(f64::from(value))
    }
}

/// The number with thousands commas and that many decimals, such as `-12,345.7`.
pub fn number(value: Num, decimals: usize) -> String {
    let text = format!("{:.*}", decimals, value.get().abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let grouped = whole.parse().map_or_else(|_| whole.to_owned(), group_thousands);
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value.get() < 0.0 && !is_zero { "-" } else { "" };
    fraction.map_or_else(|| format!("{sign}{grouped}"), |rest| format!("{sign}{grouped}.{rest}"))
}

/// A count with thousands commas.
pub fn count(value: u64) -> String {
    group_thousands(value)
}

/// The number as short as an axis needs: whole numbers plain, millions in words.
pub fn short(value: f64, decimals: usize) -> String {
    let size = value.abs();
    let (divisor, word) = match size {
        size if size >= 1e12 => (1e12, " trillion"),
        size if size >= 1e9 => (1e9, " billion"),
        size if size >= 1e6 => (1e6, " million"),
        _ => return Num::new(value).map_or_else(String::new, |value| number(value, decimals)),
    };
    let text = format!("{:.3}", value / divisor);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}{word}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_in_a_report() {
        let check = |value: f64, decimals, expect: &str| assert_eq!(number(Num::new(value).unwrap(), decimals), expect);
        check(0.0, 0, "0");
        check(-0.04, 1, "0.0");
        check(1234.56, 1, "1,234.6");
        check(-1_234_567.0, 0, "-1,234,567");
        assert_eq!(short(2_500_000.0, 0), "2.5 million");
        assert_eq!(short(-1e15, 0), "-1000 trillion");
    }

    #[test]
    fn what_no_axis_can_show_is_refused() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e16, -1e300] {
            assert_eq!(Num::new(value), None);
        }
    }
}
