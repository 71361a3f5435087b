//! Organisation codes as the Organisation Data Service issues them.

use crate::Invalid;
use std::fmt;

/// An organisation code: 3 to 10 letters and digits, upper case (trusts 3, sites 5, practices 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OdsCode {
    bytes: [u8; 10],
    length: u8,
}

impl OdsCode {
    /// Reads a code; spaces around it are dropped and letters are made upper case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if !(3..=10).contains(&text.len()) {
            return Err(Invalid("is not 3 to 10 characters long, as an organisation code is"));
        }
        let mut bytes = [0; 10];
        for (to, from) in bytes.iter_mut().zip(text.bytes()) {
            if !from.is_ascii_alphanumeric() {
                return Err(Invalid("has something other than letters and digits in an organisation code"));
            }
            *to = from.to_ascii_uppercase();
        }
        Ok(Self { bytes, length: text.len() as u8 })
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        // The bytes are ASCII by construction.
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }

    /// Whether it has the shape of a general practice in England: a letter and five digits.
    pub fn is_practice_shaped(&self) -> bool {
        self.length == 6 && self.bytes[0].is_ascii_alphabetic() && self.bytes[1..6].iter().all(u8::is_ascii_digit)
    }

    /// The trust a site code belongs to: its first three characters (`RTA01` belongs to `RTA`).
    pub fn trust(&self) -> Option<Self> {
        Self::parse(self.as_str().get(..3)?).ok()
    }
}

impl fmt::Display for OdsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn codes_round_trip(text in "[A-Za-z0-9]{3,10}") {
            let code = OdsCode::parse(&text).unwrap();
            prop_assert_eq!(code.as_str(), text.to_uppercase());
            prop_assert_eq!(OdsCode::parse(code.as_str()), Ok(code));
        }

        #[test]
        fn any_text_is_a_code_or_a_message(text in ".{0,12}") {
            let _ = OdsCode::parse(&text);
        }
    }

    #[test]
    fn shapes() {
        assert!(OdsCode::parse("a81001").unwrap().is_practice_shaped());
        assert!(!OdsCode::parse("RTA01").unwrap().is_practice_shaped());
        assert_eq!(OdsCode::parse("RTA01").unwrap().trust().unwrap().as_str(), "RTA");
        assert!(OdsCode::parse("A8").is_err());
        assert!(OdsCode::parse("A8-01").is_err());
    }
}
