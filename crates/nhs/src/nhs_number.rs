//! The NHS number: ten digits, the last a modulus 11 check digit (NHS Data Dictionary, "NHS NUMBER").

use crate::Invalid;
use std::fmt;

/// A ten-digit NHS number whose check digit is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NhsNumber(u64);

impl NhsNumber {
    /// Reads ten digits, with spaces or hyphens allowed anywhere between them.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let (mut value, mut digits) = (0u64, 0);
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => {
                    digits += 1;
                    if digits > 10 {
                        return Err(Invalid("has more than ten digits"));
                    }
                    value = value * 10 + u64::from(byte - b'0');
                }
                b' ' | b'-' => {}
                _ => return Err(Invalid("has something other than digits in an NHS number")),
            }
        }
        if digits < 10 {
            return Err(Invalid("has fewer than ten digits"));
        }
        Self::from_value(value)
    }

    /// From the number as an integer.
    pub fn from_value(value: u64) -> Result<Self, Invalid> {
        if value > 9_999_999_999 {
            return Err(Invalid("has more than ten digits"));
        }
        if value == 0 {
            return Err(Invalid("is all zeros"));
        }
        match check_digit(value / 10) {
            Some(check) if check == value % 10 => Ok(Self(value)),
            _ => Err(Invalid("fails the NHS number check digit (modulus 11)")),
        }
    }

    /// The number whose first nine digits these are, where modulus 11 allows one.
    pub fn from_first_nine(first_nine: u64) -> Option<Self> {
        if first_nine == 0 || first_nine > 999_999_999 {
            return None;
        }
        check_digit(first_nine).map(|check| Self(first_nine * 10 + check))
    }

    /// As an integer.
    pub const fn value(self) -> u64 {
        self.0
    }

    /// Whether the number lies in the range kept for tests (999 000 0000 to 999 999 9999), which no real person has.
    pub const fn is_test(self) -> bool {
        self.0 >= 9_990_000_000
    }
}

impl fmt::Display for NhsNumber {
    /// In the 3-3-4 form in which it is read aloud: `943 476 5919`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03} {:03} {:04}", self.0 / 10_000_000, self.0 / 10_000 % 1000, self.0 % 10_000)
    }
}

/// Weights 10 down to 2, sum modulo 11, taken from 11; 11 counts as 0 and 10 is never issued.
fn check_digit(first_nine: u64) -> Option<u64> {
    let (mut sum, mut rest) = (0, first_nine);
    for weight in 2..=10 {
        sum += rest % 10 * weight;
        rest /= 10;
    }
    match 11 - sum % 11 {
        11 => Some(0),
        10 => None,
        digit => Some(digit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_examples() {
        // The NHS Data Dictionary's own worked example and the number on NHS specimen letters.
        assert_eq!(NhsNumber::parse("943 476 5919").unwrap().to_string(), "943 476 5919");
        assert_eq!(NhsNumber::parse("9434765919").unwrap().value(), 9_434_765_919);
        assert!(NhsNumber::parse("9434765918").is_err());
        assert!(NhsNumber::parse("943476591").is_err());
        assert!(NhsNumber::parse("94347659190").is_err());
        assert!(NhsNumber::parse("0000000000").is_err());
        assert!(NhsNumber::parse("943476591X").is_err());
        assert!(NhsNumber::parse("9990000018").is_ok_and(NhsNumber::is_test));
    }

    proptest! {
        #[test]
        fn every_single_digit_error_and_adjacent_swap_is_caught(first_nine in 1u64..1_000_000_000, place in 0u32..10, digit in 0u64..10) {
            let Some(number) = NhsNumber::from_first_nine(first_nine) else { return Ok(()) };
            prop_assert_eq!(NhsNumber::from_value(number.value()), Ok(number));
            prop_assert_eq!(NhsNumber::parse(&number.to_string()), Ok(number));
            let unit = 10u64.pow(place);
            let old = number.value() / unit % 10;
            if old != digit {
                let wrong = number.value() - old * unit + digit * unit;
                prop_assert!(NhsNumber::from_value(wrong).is_err());
            }
            if place < 9 {
                let (low, high) = (number.value() / unit % 10, number.value() / unit / 10 % 10);
                if low != high {
                    let swapped = number.value() - low * unit - high * unit * 10 + high * unit + low * unit * 10;
                    prop_assert!(NhsNumber::from_value(swapped).is_err());
                }
            }
        }

        #[test]
        fn any_text_is_a_number_or_a_message(text in ".{0,16}") {
            let _ = NhsNumber::parse(&text);
        }
    }
}
