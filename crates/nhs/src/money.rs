//! Money as whole pence.

use crate::Invalid;
use std::fmt;

/// An amount in pence. Sums are exact and do not depend on order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pence(pub i64);

impl Pence {
    /// Reads pounds with up to two decimals: `1234.5`, `1,234.50`, `£1,234`, `-3.07`.
    pub fn parse_pounds(text: &str) -> Result<Self, Invalid> {
        let (negative, rest) = match text.trim().strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.trim()),
        };
        let rest = rest.strip_prefix('£').unwrap_or(rest);
        let (pounds, pence) = rest.split_once('.').unwrap_or((rest, ""));
        let wrong = Invalid("is not an amount in pounds with at most two decimals");
        if pounds.is_empty() || pence.len() > 2 || !pence.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong);
        }
        let mut total: i64 = 0;
        for byte in pounds.bytes() {
            match byte {
                b'0'..=b'9' => {
                    total = total.checked_mul(10).and_then(|t| t.checked_add(i64::from(byte - b'0'))).ok_or(wrong)?;
                }
                b',' => {}
                _ => return Err(wrong),
            }
        }
        let hundredths: i64 = format!("{pence:0<2}").parse().map_err(|_| wrong)?;
        let value = total.checked_mul(100).and_then(|t| t.checked_add(hundredths)).ok_or(wrong)?;
        Ok(Self(if negative { -value } else { value }))
    }
}

impl fmt::Display for Pence {
    /// `£1,234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (pounds, pence) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        write!(f, "{sign}£{}.{pence:02}", group_thousands(pounds))
    }
}

/// A whole number with commas between thousands: `1,234,567`.
pub fn group_thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl std::ops::Add for Pence {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::Sub for Pence {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl std::ops::AddAssign for Pence {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl std::iter::Sum for Pence {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), |a, b| a + b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts() {
        assert_eq!(Pence::parse_pounds("1,234.5"), Ok(Pence(123_450)));
        assert_eq!(Pence::parse_pounds("£0.07"), Ok(Pence(7)));
        assert_eq!(Pence(-123_456_789).to_string(), "-£1,234,567.89");
        for wrong in ["", "£", "1.234", "1.2.3", "abc", "99999999999999999999", "1.-2"] {
            assert!(Pence::parse_pounds(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn amounts_round_trip(pence in -1_000_000_000_000i64..1_000_000_000_000) {
            prop_assert_eq!(Pence::parse_pounds(&Pence(pence).to_string()), Ok(Pence(pence)));
        }

        #[test]
        fn any_text_is_an_amount_or_a_message(text in ".{0,24}") {
            let _ = Pence::parse_pounds(&text);
        }
    }
}
