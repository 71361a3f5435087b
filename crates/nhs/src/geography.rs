//! Where people live: lower layer super output areas and postcodes.

use crate::Invalid;
use std::fmt;

/// A lower layer super output area (about 1,500 people): `E01` or `W01` and six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lsoa(u32);

const WALES: u32 = 1_000_000;

impl Lsoa {
    /// Reads a code of the Office for National Statistics.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let nation = match text.get(..3) {
            Some("E01") => 0,
            Some("W01") => WALES,
            _ => return Err(Invalid("does not start with E01 or W01, as an LSOA does")),
        };
        let digits = &text[3..];
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Invalid("is not E01 or W01 and six digits, as an LSOA is"));
        }
        digits.parse().map(|n: u32| Self(nation + n)).map_err(|_| Invalid("is not an LSOA"))
    }

    /// A small integer that stands for the area in columns; `from_value` reads it back.
    pub const fn value(self) -> u32 {
        self.0
    }

    /// The area behind a value of [`Lsoa::value`].
    pub const fn from_value(value: u32) -> Option<Self> {
        if value < 2 * WALES { Some(Self(value)) } else { None }
    }
}

impl fmt::Display for Lsoa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}01{:06}", if self.0 >= WALES { 'W' } else { 'E' }, self.0 % WALES)
    }
}

/// A postcode in its full form, upper case with one space: `TS18 1HU`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode(String);

impl Postcode {
    /// Reads a postcode in any spacing and case. The shape is checked, not whether the post office uses it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let bytes = compact.as_bytes();
        if !(5..=7).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_alphanumeric) {
            return Err(Invalid("is not 5 to 7 letters and digits, as a postcode is"));
        }
        let (outward, inward) = compact.split_at(compact.len() - 3);
        let inward_fits = matches!(inward.as_bytes(), [d, a, b] if d.is_ascii_digit() && a.is_ascii_alphabetic() && b.is_ascii_alphabetic());
        let letters = outward.bytes().take_while(u8::is_ascii_alphabetic).count();
        let after = &outward.as_bytes()[letters..];
        let outward_fits = (1..=2).contains(&letters)
            && match after {
                [d] | [d, _] => d.is_ascii_digit(),
                _ => false,
            };
        if inward_fits && outward_fits {
            Ok(Self(format!("{outward} {inward}")))
        } else {
            Err(Invalid("does not have the shape of a postcode"))
        }
    }

    /// The whole postcode with its space.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The outward part: `TS18`.
    pub fn district(&self) -> &str {
        &self.0[..self.0.len() - 4]
    }

    /// The outward part and the first digit of the inward part: `TS18 1`.
    pub fn sector(&self) -> &str {
        &self.0[..self.0.len() - 2]
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn postcodes() {
        let full = Postcode::parse("ts181hu").unwrap();
        assert_eq!((full.as_str(), full.district(), full.sector()), ("TS18 1HU", "TS18", "TS18 1"));
        for right in ["M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB"] {
            assert_eq!(Postcode::parse(right).unwrap().as_str(), right);
        }
        for wrong in ["", "TS18", "TS18 HU1", "1TS 1HU", "TS18 1H?", "TSSS1 1HU"] {
            assert!(Postcode::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn areas_round_trip(number in 0u32..1_000_000, wales in any::<bool>()) {
            let text = format!("{}{number:06}", if wales { "W01" } else { "E01" });
            let area = Lsoa::parse(&text).unwrap();
            prop_assert_eq!(area.to_string(), text);
            prop_assert_eq!(Lsoa::from_value(area.value()), Some(area));
        }

        #[test]
        fn any_text_is_a_place_or_a_message(text in ".{0,10}") {
            let _ = (Lsoa::parse(&text), Postcode::parse(&text));
        }
    }
}
