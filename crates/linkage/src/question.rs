//! The tests a model may put to a pair of records, and how they are written.

use crate::token::Token;
use serde::Deserialize;
use std::fmt;

/// A column of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// Family name.
    Family,
    /// Given name.
    Given,
    /// Date of birth.
    Birth,
    /// Sex.
    Sex,
    /// Postcode.
    Postcode,
    /// Address line.
    Address,
    /// NHS number or another key of a person.
    Number,
    /// A whole name as one text, with titles and all.
    Full,
    /// A place that belongs to the person: of birth, or a suburb or town.
    Place,
    /// Occupation.
    Occupation,
    /// Another text of the person's own, such as a telephone number.
    Other,
}

impl Field {
    pub(crate) const ALL: [(Self, &'static str); 11] = [
        (Self::Family, "family"),
        (Self::Given, "given"),
        (Self::Birth, "birth"),
        (Self::Sex, "sex"),
        (Self::Postcode, "postcode"),
        (Self::Address, "address"),
        (Self::Number, "number"),
        (Self::Full, "full"),
        (Self::Place, "place"),
        (Self::Occupation, "occupation"),
        (Self::Other, "other"),
    ];

    /// The field of a word as a model writes it.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own)| *own == word).map(|(field, _)| *field)
    }

    /// The word for it in a model.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(field, _)| *field == self).map_or("", |(_, word)| word)
    }

    fn is_text(self) -> bool {
        !matches!(self, Self::Birth | Self::Sex | Self::Number)
    }
}

/// A yes-or-no question about one pair of records. All but [`Test::Missing`] are "no" where a value is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Test {
    /// `given exact`: the same after cleaning.
    Exact(Field),
    /// `given missing`: missing on one side at least.
    Missing(Field),
    /// `given like 92`: Jaro-Winkler similarity of at least so many hundredths.
    Like(Field, u8),
    /// `postcode edit 1`: so many Damerau-Levenshtein edits at most; for birth and number, one wrong digit or two
    /// neighbours exchanged.
    Edit(Field, u8),
    /// `given first 3`: the first letters are the same.
    First(Field, u8),
    /// `given part`: one is the beginning of the other, of two letters at least.
    Part(Field),
    /// `full share 60`: of the words of the shorter text so many hundredths stand in the other, too; two words at least.
    Share(Field, u8),
    /// `given initial`: one is a single letter, the first of the other.
    Initial(Field),
    /// `given nickname`: both are in one list of the model's nicknames.
    Nickname(Field),
    /// `names swapped`: family and given name have changed places.
    Swapped,
    /// `names crossed`: one of them has changed places: a family name is the other record's given name.
    Crossed,
    /// `given middle`: the given name of one is the middle name of the other.
    Middle,
    /// `birth transposed`: day and month have changed places.
    Transposed,
    /// `birth within 3`: so many days apart at most.
    Within(u16),
    /// `birth year`: the same year.
    Year,
    /// `birth month-day`: the same day of the same month.
    MonthDay,
    /// `postcode sector`: the same but for the last two letters.
    Sector,
    /// `postcode district`: the same part before the space.
    District,
    /// `postcode area`: the same letters at the front.
    Area,
    /// `given dice 80`: Dice similarity of two encoded texts of at least so many hundredths.
    Dice(Field, u8),
    /// `middle dice 80`: the encoded given name of one is as like the encoded middle name of the other.
    MiddleDice(u8),
    /// `token sector`: the same keyed token in two encoded records.
    Token(Token),
}

impl Test {
    /// Reads a test as a model writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (subject, verb) = (words.next()?, words.next()?);
        let argument = words.next();
        if words.next().is_some() {
            return None;
        }
        if (subject, verb, argument) == ("names", "swapped", None) {
            return Some(Self::Swapped);
        }
        if (subject, verb, argument) == ("names", "crossed", None) {
            return Some(Self::Crossed);
        }
        if (subject, verb) == ("middle", "dice") {
            return argument?.parse().ok().filter(|least| (1..=100).contains(least)).map(Self::MiddleDice);
        }
        if subject == "token" {
            return argument.is_none().then(|| Token::parse(verb).map(Self::Token))?;
        }
        let field = Field::ALL.iter().find(|(_, word)| *word == subject)?.0;
        let number = argument.map(str::parse::<u16>);
        let small = |least: u16, most: u16| match number {
            Some(Ok(value)) if (least..=most).contains(&value) => Some(value as u8),
            _ => None,
        };
        let test = match verb {
            "like" if field.is_text() => return Some(Self::Like(field, small(1, 99)?)),
            "edit" if field.is_text() => return Some(Self::Edit(field, small(1, 4)?)),
            "edit" if matches!(field, Field::Birth | Field::Number) => return Some(Self::Edit(field, small(1, 1)?)),
            "dice" if field.is_text() => return Some(Self::Dice(field, small(1, 100)?)),
            "share" if field.is_text() => return Some(Self::Share(field, small(1, 100)?)),
            "first" if field.is_text() => return Some(Self::First(field, small(1, 12)?)),
            "within" if field == Field::Birth => {
                return match number {
                    Some(Ok(days)) if days > 0 => Some(Self::Within(days)),
                    _ => None,
                };
            }
            "exact" => Self::Exact(field),
            "missing" => Self::Missing(field),
            "part" if field.is_text() => Self::Part(field),
            "initial" if field.is_text() => Self::Initial(field),
            "nickname" if matches!(field, Field::Family | Field::Given) => Self::Nickname(field),
            "middle" if field == Field::Given => Self::Middle,
            "transposed" if field == Field::Birth => Self::Transposed,
            "year" if field == Field::Birth => Self::Year,
            "month-day" if field == Field::Birth => Self::MonthDay,
            "sector" if field == Field::Postcode => Self::Sector,
            "district" if field == Field::Postcode => Self::District,
            "area" if field == Field::Postcode => Self::Area,
            _ => return None,
        };
        argument.is_none().then_some(test)
    }

    /// Whether records that pass can be brought together by a key: an equality of something each record has alone.
    pub fn is_key(self) -> bool {
        matches!(
            self,
            Self::Exact(_)
                | Self::First(..)
                | Self::Swapped
                | Self::Year
                | Self::MonthDay
                | Self::Sector
                | Self::District
                | Self::Area
                | Self::Token(_)
        )
    }

    /// Whether it can be put to encoded records (`encoded`), or to records that can be read.
    pub(crate) fn is_for(self, encoded: bool) -> bool {
        match self {
            Self::Dice(..) | Self::MiddleDice(_) | Self::Token(_) => encoded,
            Self::Exact(_) | Self::Missing(_) => true,
            _ => !encoded,
        }
    }

    /// The columns it looks at.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Swapped | Self::Crossed => &[Field::Family, Field::Given],
            Self::Middle | Self::MiddleDice(_) => &[Field::Given],
            Self::Transposed | Self::Within(_) | Self::Year | Self::MonthDay => &[Field::Birth],
            Self::Sector | Self::District | Self::Area => &[Field::Postcode],
            Self::Token(token) => token.fields(),
            Self::Exact(f)
            | Self::Missing(f)
            | Self::Like(f, _)
            | Self::Edit(f, _)
            | Self::First(f, _)
            | Self::Part(f)
            | Self::Share(f, _)
            | Self::Dice(f, _)
            | Self::Initial(f)
            | Self::Nickname(f) => match f {
                Field::Family => &[Field::Family],
                Field::Given => &[Field::Given],
                Field::Birth => &[Field::Birth],
                Field::Sex => &[Field::Sex],
                Field::Postcode => &[Field::Postcode],
                Field::Address => &[Field::Address],
                Field::Number => &[Field::Number],
                Field::Full => &[Field::Full],
                Field::Place => &[Field::Place],
                Field::Occupation => &[Field::Occupation],
                Field::Other => &[Field::Other],
            },
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(field) => write!(f, "{} exact", field.word()),
            Self::Missing(field) => write!(f, "{} missing", field.word()),
            Self::Like(field, n) => write!(f, "{} like {n}", field.word()),
            Self::Edit(field, n) => write!(f, "{} edit {n}", field.word()),
            Self::First(field, n) => write!(f, "{} first {n}", field.word()),
            Self::Part(field) => write!(f, "{} part", field.word()),
            Self::Share(field, n) => write!(f, "{} share {n}", field.word()),
            Self::Initial(field) => write!(f, "{} initial", field.word()),
            Self::Nickname(field) => write!(f, "{} nickname", field.word()),
            Self::Swapped => write!(f, "names swapped"),
            Self::Crossed => write!(f, "names crossed"),
            Self::Middle => write!(f, "given middle"),
            Self::Transposed => write!(f, "birth transposed"),
            Self::Within(n) => write!(f, "birth within {n}"),
            Self::Year => write!(f, "birth year"),
            Self::MonthDay => write!(f, "birth month-day"),
            Self::Sector => write!(f, "postcode sector"),
            Self::District => write!(f, "postcode district"),
            Self::Area => write!(f, "postcode area"),
            Self::Dice(field, n) => write!(f, "{} dice {n}", field.word()),
            Self::MiddleDice(n) => write!(f, "middle dice {n}"),
            Self::Token(token) => write!(f, "token {}", token.word()),
        }
    }
}

impl TryFrom<String> for Test {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| {
            format!(
                "`{text}` is not a test: write a field (family, given, birth, sex, postcode, address, number, full, place, occupation, other) and exact, \
                 missing, like 92, edit 1, first 3, share 60, part, initial, nickname, middle, transposed, within 3, year, \
                 month-day, sector, district or area, or `names swapped` or `names crossed`; for encoded records dice 80, or \
                 `token` and the word of a token"
            )
        })
    }
}
