//! Clinical codes: ICD-10 (diagnoses), OPCS-4 (procedures), SNOMED CT identifiers.

use crate::Invalid;
use std::fmt;

/// An ICD-10 code without its dot: `I500`, `F00`. A filler X in fourth place and dagger or asterisk marks are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Icd10(Short);

impl Icd10 {
    /// Reads `I50.0`, `I500`, `F00.1*`, `G30.1†`, `G301D`, `R54X`, `I10.X` and their like: a letter, two digits, then
    /// up to two more digits. In hospital data the mark in fifth or sixth place is a D (dagger) or an A (asterisk).
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut short = Short::default();
        let mut rest = text.trim().chars().filter(|c| !matches!(c, '.' | ' ')).map(|c| c.to_ascii_uppercase());
        for place in 0..3 {
            match rest.next() {
                Some(c) if place == 0 && c.is_ascii_alphabetic() => short.push(c),
                Some(c) if place > 0 && c.is_ascii_digit() => short.push(c),
                _ => return Err(Invalid("does not start with a letter and two digits, as ICD-10 does")),
            }
        }
        let mut filler = false;
        let mut marked = false;
        for c in rest {
            match c {
                _ if marked => return Err(Invalid("goes on after the dagger or asterisk of an ICD-10 code")),
                '0'..='9' if !filler && short.length < 5 => short.push(c),
                // `M45X5` keeps the place of a missing fourth character before a fifth; the filler says nothing itself.
                '0'..='9' if filler && short.length == 3 => {}
                'X' if short.length == 3 && !filler => filler = true,
                '-' => filler = true,
                '†' | '+' | '*' | 'D' | 'A' => marked = true,
                _ => return Err(Invalid("has a character that ICD-10 does not use in that place")),
            }
        }
        Ok(Self(short))
    }

    /// The code without its dot.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The three-character category, by which frailty and comorbidity scores count.
    pub fn category(&self) -> &str {
        &self.0.as_str()[..3]
    }

    /// Whether the code lies under this stem, given with or without a dot (`I50`, `I50.1`).
    pub fn is_under(&self, stem: &str) -> bool {
        let mut own = self.as_str().bytes();
        stem.bytes().filter(|&b| b != b'.').all(|b| own.next() == Some(b.to_ascii_uppercase()))
    }
}

impl fmt::Display for Icd10 {
    /// As clinicians write it, with the dot: `I50.0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str().split_at(3) {
            (category, "") => f.write_str(category),
            (category, rest) => write!(f, "{category}.{rest}"),
        }
    }
}

/// An OPCS-4 procedure code without its dot: `W371`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Opcs4(Short);

impl Opcs4 {
    /// Reads `W37.1`, `W371` or the three-character `W37`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut short = Short::default();
        for c in text.trim().chars().filter(|c| !matches!(c, '.' | ' ')).map(|c| c.to_ascii_uppercase()) {
            let fits = match short.length {
                0 => c.is_ascii_alphabetic() && c != 'I',
                1..=3 => c.is_ascii_digit(),
                _ => false,
            };
            if !fits {
                return Err(Invalid("is not a letter and two or three digits, as OPCS-4 is"));
            }
            short.push(c);
        }
        if short.length < 3 {
            return Err(Invalid("is shorter than an OPCS-4 code"));
        }
        Ok(Self(short))
    }

    /// The code without its dot.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Opcs4 {
    /// As clinicians write it, with the dot: `W37.1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str().split_at(3) {
            (category, "") => f.write_str(category),
            (category, rest) => write!(f, "{category}.{rest}"),
        }
    }
}

/// A SNOMED CT identifier: 6 to 18 digits, a partition in the two before the last, a Verhoeff check digit at the end
/// (SNOMED International, Technical Implementation Guide, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnomedId(u64);

impl SnomedId {
    /// Reads an identifier and checks its length, partition and check digit.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if !(6..=18).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) || text.starts_with('0') {
            return Err(Invalid("is not 6 to 18 digits, as a SNOMED CT identifier is"));
        }
        let value: u64 = text.parse().map_err(|_| Invalid("is too long for a SNOMED CT identifier"))?;
        let partition = value / 10 % 100;
        if !matches!(partition, 0..=5 | 10..=15) {
            return Err(Invalid("has a partition that SNOMED CT does not use"));
        }
        if verhoeff(text.bytes().rev()) != 0 {
            return Err(Invalid("fails the SNOMED CT check digit (Verhoeff)"));
        }
        Ok(Self(value))
    }

    /// The identifier as an integer.
    pub const fn value(self) -> u64 {
        self.0
    }

    /// Whether it names a concept (partition 00 or 10), not a description or a relationship.
    pub const fn is_concept(self) -> bool {
        matches!(self.0 / 10 % 100, 0 | 10)
    }
}

impl fmt::Display for SnomedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The Verhoeff sum of digits given from the right; 0 for a number that carries its own check digit. The tables of the
/// dihedral group D5 are computed, not typed: d(j, k) multiplies in the group, p(i, j) repeats one permutation.
fn verhoeff(digits_from_right: impl Iterator<Item = u8>) -> u8 {
    const PERMUTATION: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let multiply = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (5 + a - b) % 5,
        (false, false) => (5 + a - b) % 5,
    };
    let mut sum = 0;
    for (place, byte) in digits_from_right.enumerate() {
        let mut digit = byte - b'0';
        for _ in 0..place % 8 {
            digit = PERMUTATION[usize::from(digit)];
        }
        sum = multiply(sum, digit);
    }
    sum
}

/// Up to five ASCII characters, held in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
struct Short {
    bytes: [u8; 5],
    length: u8,
}

impl Short {
    fn push(&mut self, c: char) {
        self.bytes[usize::from(self.length)] = c as u8;
        self.length += 1;
    }

    fn as_str(&self) -> &str {
        // Only ASCII is pushed.
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn icd(input: &str, expect: &str) {
        assert_eq!(Icd10::parse(input).map(|c| c.to_string()).as_deref(), Ok(expect), "{input}");
    }

    #[test]
    fn icd10_forms() {
        icd("I50.0", "I50.0");
        icd("i500", "I50.0");
        icd("R54X", "R54");
        icd("I10.X", "I10");
        icd("F00.1*", "F00.1");
        icd("G30.1†", "G30.1");
        icd("G301D", "G30.1");
        icd("F001A", "F00.1");
        icd("I48", "I48");
        icd("I48-", "I48");
        icd("S7200", "S72.00");
        icd("M45X", "M45");
        icd("A170D", "A17.0");
        for wrong in ["", "5", "II0", "I5", "I50Z", "I50.0.1Q", "I50DD", "1234", "&"] {
            assert!(Icd10::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Icd10::parse("I50.1").unwrap().is_under("I50"));
        assert!(!Icd10::parse("I50").unwrap().is_under("I50.1"));
    }

    #[test]
    fn opcs4_forms() {
        assert_eq!(Opcs4::parse("W37.1").unwrap().to_string(), "W37.1");
        assert_eq!(Opcs4::parse("w371").unwrap().as_str(), "W371");
        for wrong in ["", "W3", "W3711", "371W", "-", "I371"] {
            assert!(Opcs4::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn snomed_identifiers() {
        // Diabetes mellitus type 2, the root concept, and a UK extension concept: published identifiers.
        for right in ["44054006", "138875005", "999000041000000102"] {
            assert!(SnomedId::parse(right).is_ok_and(SnomedId::is_concept), "{right}");
        }
        for wrong in ["44054007", "44045006", "12345", "044054006", "44054006x"] {
            assert!(SnomedId::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_code_or_a_message(text in ".{0,10}") {
            let _ = (Icd10::parse(&text), Opcs4::parse(&text), SnomedId::parse(&text));
        }

        #[test]
        fn icd10_round_trips(text in "[A-Z][0-9]{2}[0-9]{0,2}") {
            let code = Icd10::parse(&text).unwrap();
            prop_assert_eq!(code.as_str(), &text);
            prop_assert_eq!(Icd10::parse(&code.to_string()), Ok(code));
            prop_assert!(code.is_under(code.category()));
        }

        #[test]
        fn a_single_wrong_digit_is_caught(stem in 10_000u64..99_999_999, place in 0usize..8, digit in 0u8..10) {
            let body = format!("{stem}00");
            let text = (0..10).map(|c| format!("{body}{c}")).find(|t| verhoeff(t.bytes().rev()) == 0).unwrap();
            prop_assert!(SnomedId::parse(&text).is_ok());
            let mut bytes = text.into_bytes();
            let place = place.min(bytes.len() - 4);
            if bytes[place] != b'0' + digit {
                bytes[place] = b'0' + digit;
                prop_assert!(SnomedId::parse(std::str::from_utf8(&bytes).unwrap()).is_err());
            }
        }
    }
}
