//! Who a person is, in the words of the NHS Data Dictionary.

use crate::Invalid;
use std::fmt;

/// Person stated gender code: 1 male, 2 female, 9 indeterminate, X or 0 not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum Sex {
    /// Not known or not recorded.
    #[default]
    Unknown = 0,
    /// Male.
    Male = 1,
    /// Female.
    Female = 2,
    /// Indeterminate: unable to be classed as either.
    Indeterminate = 9,
}

impl Sex {
    /// Reads the codes of the NHS Data Dictionary, of HES and of FHIR, and the plain words.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text.trim().to_ascii_lowercase().as_str() {
            "1" | "m" | "male" | "8507" => Ok(Self::Male),
            "2" | "f" | "female" | "8532" => Ok(Self::Female),
            "9" | "i" | "indeterminate" | "other" | "3" => Ok(Self::Indeterminate),
            "0" | "x" | "u" | "unknown" | "" => Ok(Self::Unknown),
            _ => Err(Invalid("is not a code for sex")),
        }
    }

    /// The value with this number, as read from disk.
    pub const fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Male,
            2 => Self::Female,
            9 => Self::Indeterminate,
            _ => Self::Unknown,
        }
    }

    /// The name used in blueprints and exports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Male => "male",
            Self::Female => "female",
            Self::Indeterminate => "indeterminate",
        }
    }
}

impl fmt::Display for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An ethnic category of the 2001 census as the NHS Data Dictionary codes it (A to S, Z not stated, 99 not known).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ethnicity(u8);

impl Default for Ethnicity {
    fn default() -> Self {
        Self::NOT_KNOWN
    }
}

impl Ethnicity {
    /// Not known.
    pub const NOT_KNOWN: Self = Self(b'9');

    /// Reads a category; `99`, `X` and an empty text are not known.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text.trim().as_bytes() {
            [] | [b'9' | b'X' | b'x'] | [b'9', b'9'] => Ok(Self::NOT_KNOWN),
            [code] if matches!(code.to_ascii_uppercase(), b'A'..=b'H' | b'J'..=b'N' | b'P' | b'R' | b'S' | b'Z') => {
                Ok(Self(code.to_ascii_uppercase()))
            }
            _ => Err(Invalid("is not an ethnic category (A to S, Z or 99)")),
        }
    }

    /// The letter, or `9` for not known: one byte for a column.
    pub const fn letter(self) -> u8 {
        self.0
    }

    /// The broad group in words: five of the census, and "not stated or not known".
    pub const fn group(self) -> &'static str {
        match self.0 {
            b'A'..=b'C' => "White",
            b'D'..=b'G' => "Mixed",
            b'H' | b'J'..=b'L' => "Asian or Asian British",
            b'M' | b'N' | b'P' => "Black or Black British",
            b'R' | b'S' => "Other ethnic groups",
            _ => "Not stated or not known",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes() {
        assert_eq!(Sex::parse("M"), Ok(Sex::Male));
        assert_eq!(Sex::parse("2"), Ok(Sex::Female));
        assert!(Sex::parse("7").is_err());
        assert_eq!(Ethnicity::parse("A").unwrap().group(), "White");
        assert_eq!(Ethnicity::parse("99"), Ok(Ethnicity::NOT_KNOWN));
        assert!(Ethnicity::parse("Q").is_err());
        for sex in [Sex::Unknown, Sex::Male, Sex::Female, Sex::Indeterminate] {
            assert_eq!(Sex::from_number(sex as u8), sex);
            assert_eq!(Sex::parse(sex.name()), Ok(sex));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_value_or_a_message(text in ".{0,8}") {
            let _ = (Sex::parse(&text), Ethnicity::parse(&text));
        }
    }
}
