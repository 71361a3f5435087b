//! What two parties agree on before they encode: the parameters and the key.

use crate::hmac::{Hmac, number};
use crate::model::Model;
use std::fmt;

/// Why a key or parameters cannot be used. Shown when an encoding starts.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EncodingError {
    /// The key is not 64 hexadecimal digits.
    #[error(
        "a key is 64 hexadecimal digits (32 bytes), and this is {0} characters; make one with `vanguard link encode --new-key FILE`"
    )]
    KeyLength(usize),
    /// Somebody typed the key.
    #[error(
        "the key is not random: it has only {0} different bytes; make one with `vanguard link encode --new-key FILE`"
    )]
    KeyNotRandom(usize),
    /// A parameter is out of range.
    #[error("{0}")]
    Parameter(String),
}

/// A secret of 32 bytes. It is never shown.
#[derive(Clone)]
pub struct EncodingKey(Hmac);

impl fmt::Debug for EncodingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncodingKey(hidden)")
    }
}

/// Fewer different bytes than this in a key of 32 are no chance: random keys have thirty, and hardly ever fewer than 24.
const LEAST_DIFFERENT: usize = 16;

impl EncodingKey {
    /// Reads a key of 64 hexadecimal digits; space around it does not count.
    pub fn parse(text: &str) -> Result<Self, EncodingError> {
        let text = text.trim();
        let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
        let Some(digits) = digits.filter(|digits| digits.len() == 64) else {
            return Err(EncodingError::KeyLength(text.chars().count()));
        };
        let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        let mut different = bytes.clone();
        different.sort_unstable();
        different.dedup();
        if different.len() < LEAST_DIFFERENT {
            return Err(EncodingError::KeyNotRandom(different.len()));
        }
        Ok(Self(Hmac::new(&bytes)))
    }

    /// The text of a key file, from 32 bytes of the system's randomness.
    pub fn text_of(random: [u8; 32]) -> String {
        random.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}")) + "\n"
    }

    /// Sixteen digits by which two parties see that they hold the same key. They say nothing about the key: whoever wants to go back
    /// must try all 2^256.
    pub fn fingerprint(&self) -> String {
        format!("{:016x}", number(&self.0.of(b"vanguard encoding 1: fingerprint of the key")))
    }

    pub(crate) fn for_purpose(&self, purpose: &str) -> Hmac {
        self.0.for_purpose(&format!("vanguard encoding 1: {purpose}"))
    }
}

/// What is put on top of keyed random hashing against attacks that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hardening {
    /// The year of birth goes into every hash of names, address and postcode, so that a name has another filter in each year.
    pub salt: bool,
    /// The two halves of a filter are laid over each other by exclusive or.
    pub fold: bool,
    /// So many thousandths of the bits of each filter are thrown, one by one, by a coin only the key and the record decide.
    pub noise_thousandths: u16,
}

impl Hardening {
    /// Nothing on top.
    pub const NONE: Self = Self { salt: false, fold: false, noise_thousandths: 0 };
    /// What is done unless one asks for something else.
    pub const STANDARD: Self = Self { salt: false, fold: true, noise_thousandths: 10 };
}

/// How values become filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// Length of a filter in bits before folding: 256, 512, 1024, 2048 or 4096.
    pub bits: u16,
    /// Bits set by each part of a value, 4 to 64.
    pub hashes: u8,
    /// Letters of a part, 2 or 3.
    pub gram: u8,
    /// Whether there is one filter for the whole record instead of one for each value.
    pub whole_record: bool,
    /// What is done against attacks that count.
    pub hardening: Hardening,
}

impl Default for Encoding {
    fn default() -> Self {
        Self { bits: 1024, hashes: 15, gram: 2, whole_record: false, hardening: Hardening::STANDARD }
    }
}

impl Encoding {
    /// Checks the ranges.
    pub fn check(&self) -> Result<(), EncodingError> {
        let wrong = |text: String| Err(EncodingError::Parameter(text));
        if !matches!(self.bits, 256 | 512 | 1024 | 2048 | 4096) {
            return wrong(format!("{} bits: give 256, 512, 1024, 2048 or 4096", self.bits));
        }
        if !(4..=64).contains(&self.hashes) {
            return wrong(format!("{} hash functions: give 4 to 64", self.hashes));
        }
        if !(2..=3).contains(&self.gram) {
            return wrong(format!("parts of {} letters: give 2 or 3", self.gram));
        }
        if self.hardening.noise_thousandths > 200 {
            return wrong(format!("noise of {} in 1000: give 200 at most", self.hardening.noise_thousandths));
        }
        Ok(())
    }

    /// Each parameter with its value, as a manifest lists them. Two parties must have the same.
    pub fn parameters(&self) -> [(&'static str, String); 7] {
        [
            ("version", "1".to_owned()),
            ("level", if self.whole_record { "record" } else { "attribute" }.to_owned()),
            ("bits", self.bits.to_string()),
            ("hashes", self.hashes.to_string()),
            ("gram", self.gram.to_string()),
            ("salt", if self.hardening.salt { "birth year" } else { "none" }.to_owned()),
            (
                "hardening",
                format!(
                    "{}noise {} in 1000",
                    if self.hardening.fold { "folded, " } else { "" },
                    self.hardening.noise_thousandths
                ),
            ),
        ]
    }

    /// Sixteen digits that stand on every row of an encoded file: the same only where key, parameters and short forms of given names
    /// are the same.
    pub fn fingerprint(&self, key: &EncodingKey, model: &Model) -> String {
        let mut signing = key.for_purpose("fingerprint of the encoding").start();
        for (name, value) in self.parameters() {
            signing = signing.part(name.as_bytes()).part(value.as_bytes());
        }
        for name in model.nicknames.iter().flatten() {
            signing = signing.part(name.as_bytes());
        }
        format!("{:016x}", number(&signing.end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn keys_are_checked_and_hidden() {
        let key = EncodingKey::parse(&format!(" {KEY}\n")).unwrap();
        assert_eq!(format!("{key:?}"), "EncodingKey(hidden)");
        // hmac.new(bytes(range(32)), b"vanguard encoding 1: fingerprint of the key", "sha256").hexdigest()[:16] in Python.
        assert_eq!(key.fingerprint(), "29273d85ed1b5396");
        assert_eq!(EncodingKey::parse("abc").unwrap_err(), EncodingError::KeyLength(3));
        assert_eq!(EncodingKey::parse(&"zz".repeat(32)).unwrap_err(), EncodingError::KeyLength(64));
        assert_eq!(EncodingKey::parse(&"ab".repeat(32)).unwrap_err(), EncodingError::KeyNotRandom(1));
        let text = EncodingKey::text_of(std::array::from_fn(|at| at as u8));
        assert_eq!(text.trim(), KEY);
    }

    #[test]
    fn every_parameter_is_in_the_fingerprint() {
        let (key, model) = (EncodingKey::parse(KEY).unwrap(), Model::person().unwrap());
        let plain = Encoding::default();
        let hard = plain.hardening;
        let mut all = [
            plain,
            Encoding { bits: 512, ..plain },
            Encoding { hashes: 16, ..plain },
            Encoding { gram: 3, ..plain },
            Encoding { whole_record: true, ..plain },
            Encoding { hardening: Hardening { salt: true, ..hard }, ..plain },
            Encoding { hardening: Hardening { fold: false, ..hard }, ..plain },
            Encoding { hardening: Hardening { noise_thousandths: 11, ..hard }, ..plain },
        ]
        .iter()
        .map(|one| one.fingerprint(&key, &model))
        .collect::<Vec<_>>();
        let without_short_forms = Model { nicknames: Vec::new(), ..model.clone() };
        all.push(plain.fingerprint(&key, &without_short_forms));
        all.push(plain.fingerprint(&EncodingKey::parse(&KEY.replace("1f", "2f")).unwrap(), &model));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(Encoding { bits: 1000, ..plain }.check().is_err());
        assert!(Encoding { hashes: 3, ..plain }.check().is_err());
        assert!(plain.check().is_ok());
    }
}
