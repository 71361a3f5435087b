//! Keyed tokens of an encoded record: equality of something nobody can read.
//!
//! A token is 64 bits of HMAC-SHA-256 over cleaned values. Those that decide which records are compared are made of several
//! values at a time, so that hardly any token is common and counting them tells little.

use crate::question::Field;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Token {
    /// Year of birth.
    BirthYear,
    /// Year and month of birth.
    BirthYearMonth,
    /// Year and day of birth.
    BirthYearDay,
    /// Month and day of birth.
    BirthMonthDay,
    /// Year of birth, and day and month in either order.
    BirthTurned,
    /// Date of birth and sex.
    BirthSex,
    /// Postcode sector.
    Sector,
    /// Postcode district.
    District,
    /// How the family name sounds, and date of birth.
    FamilySoundBirth,
    /// How the given name sounds, and date of birth.
    GivenSoundBirth,
    /// Postcode and date of birth.
    PostcodeBirth,
    /// Family name, given name and postcode.
    NamesPostcode,
    /// Family name, postcode and year of birth.
    FamilyPostcodeYear,
    /// Given name and postcode.
    GivenPostcode,
    /// Family and given name in either order, and date of birth.
    NamesTurnedBirth,
    /// Family name, given name and year of birth.
    NamesYear,
    /// Family name, given name, month and day of birth.
    NamesMonthDay,
    /// First letter of the given name, postcode district and date of birth.
    InitialDistrictBirth,
    /// First letter of the given name, address and postcode.
    InitialAddressPostcode,
}

use Field::{Address, Birth, Family, Given, Postcode, Sex};

impl Token {
    /// How many kinds there are.
    pub const COUNT: usize = 19;

    /// Every kind with its word in a model, in order; the column of a file is the word with `_token` behind it.
    pub const ALL: [(Self, &'static str); Self::COUNT] = [
        (Self::BirthYear, "birth-year"),
        (Self::BirthYearMonth, "birth-year-month"),
        (Self::BirthYearDay, "birth-year-day"),
        (Self::BirthMonthDay, "birth-month-day"),
        (Self::BirthTurned, "birth-turned"),
        (Self::BirthSex, "birth-sex"),
        (Self::Sector, "sector"),
        (Self::District, "district"),
        (Self::FamilySoundBirth, "family-sound-birth"),
        (Self::GivenSoundBirth, "given-sound-birth"),
        (Self::PostcodeBirth, "postcode-birth"),
        (Self::NamesPostcode, "names-postcode"),
        (Self::FamilyPostcodeYear, "family-postcode-year"),
        (Self::GivenPostcode, "given-postcode"),
        (Self::NamesTurnedBirth, "names-turned-birth"),
        (Self::NamesYear, "names-year"),
        (Self::NamesMonthDay, "names-month-day"),
        (Self::InitialDistrictBirth, "initial-district-birth"),
        (Self::InitialAddressPostcode, "initial-address-postcode"),
    ];

    /// The token of a word as a model writes it.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own)| *own == word).map(|(token, _)| *token)
    }

    /// The word for it in a model.
    pub fn word(self) -> &'static str {
        Self::ALL[self.at()].1
    }

    /// The name of its column in an encoded file.
    pub fn column(self) -> String {
        format!("{}_token", self.word().replace('-', "_"))
    }

    /// Its place in [`Token::ALL`].
    pub(crate) fn at(self) -> usize {
        self as usize
    }

    /// The values it is made of.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::BirthYear | Self::BirthYearMonth | Self::BirthYearDay | Self::BirthMonthDay | Self::BirthTurned => {
                &[Birth]
            }
            Self::BirthSex => &[Birth, Sex],
            Self::Sector | Self::District => &[Postcode],
            Self::FamilySoundBirth => &[Family, Birth],
            Self::GivenSoundBirth => &[Given, Birth],
            Self::PostcodeBirth => &[Postcode, Birth],
            Self::NamesPostcode => &[Family, Given, Postcode],
            Self::FamilyPostcodeYear => &[Family, Postcode, Birth],
            Self::GivenPostcode => &[Given, Postcode],
            Self::NamesTurnedBirth | Self::NamesYear | Self::NamesMonthDay => &[Family, Given, Birth],
            Self::InitialDistrictBirth => &[Given, Postcode, Birth],
            Self::InitialAddressPostcode => &[Given, Address, Postcode],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_places_agree() {
        for (at, (token, word)) in Token::ALL.iter().enumerate() {
            assert_eq!((token.at(), Token::parse(word), token.word()), (at, Some(*token), *word));
            assert!(!token.fields().is_empty());
        }
        assert_eq!(Token::BirthSex.column(), "birth_sex_token");
        assert_eq!(Token::parse("birth"), None);
    }
}
