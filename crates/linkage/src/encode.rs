//! Cleaned values to filters and tokens that nobody can read without the key.
//!
//! Each part (two letters, with a mark at both ends) of a value sets `hashes` bits whose places are cut from HMAC-SHA-256 of the part:
//! random hashing, which leaves no pattern between the bits of one part as double hashing does (Niedermeyer, Steinmetzer, Kroll and
//! Schnell 2014). Each kind of value has a key of its own. `docs/methods/encoded-linkage.md` says what each step answers.

use crate::bits::{to_text, token_text};
use crate::clean;
use crate::encoding::{Encoding, EncodingKey};
use crate::hmac::{Hmac, number};
use crate::model::Model;
use crate::postcode;
use crate::records::Records;
use crate::soundex::soundex;
use crate::token::Token;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Columns before the tokens.
const FIXED: [&str; 11] = [
    "id",
    "source",
    "encoding",
    "number_token",
    "birth_token",
    "postcode_token",
    "family_filter",
    "given_filter",
    "middle_filter",
    "formal_filter",
    "address_filter",
];
/// The column of the filter for a whole record.
const FULL: &str = "full_filter";

/// One encoded row: a text for each column of [`Encoder::header`].
pub type Encoded = Vec<String>;

/// Which values have filters, in the order of their keys.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Family,
    Given,
    Middle,
    Formal,
    Address,
    Birth,
}

/// Encodes records under one key.
pub struct Encoder {
    encoding: Encoding,
    fingerprint: String,
    parts: [Hmac; 6],
    noise: Hmac,
    number: Hmac,
    birth: Hmac,
    postcode: Hmac,
    tokens: Vec<Hmac>,
    /// For a short form of a given name the places of the lists it stands in.
    lists: FxHashMap<String, Vec<usize>>,
}

/// The cleaned values of one record.
struct Values<'a> {
    family: &'a str,
    given: &'a str,
    middle: &'a str,
    postcode: &'a str,
    address: &'a str,
    /// Year, month and day as digits; empty where missing.
    birth: [String; 3],
    sex: u8,
    number: Option<u64>,
    /// What salts names, address and postcode; empty where they are not salted.
    salt: String,
}

impl Encoder {
    /// Makes the keys of all purposes.
    pub fn new(encoding: Encoding, key: &EncodingKey, model: &Model) -> Self {
        let mut lists: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        let mut cleaned = String::new();
        for (at, names) in model.nicknames.iter().enumerate() {
            for name in names {
                clean::name(name, &mut cleaned);
                lists.entry(cleaned.clone()).or_default().push(at);
            }
        }
        // Given and middle name have one key, because one may be the other.
        let parts = ["family", "given", "given", "formal", "address", "birth"];
        Self {
            encoding,
            fingerprint: encoding.fingerprint(key, model),
            parts: parts.map(|kind| key.for_purpose(&format!("filter of {kind}"))),
            noise: key.for_purpose("noise"),
            number: key.for_purpose("token of number"),
            birth: key.for_purpose("token of birth"),
            postcode: key.for_purpose("token of postcode"),
            tokens: Token::ALL.iter().map(|(_, word)| key.for_purpose(&format!("token of {word}"))).collect(),
            lists,
        }
    }

    /// The columns of an encoded file.
    pub fn header() -> Vec<String> {
        let tokens = Token::ALL.iter().map(|(token, _)| token.column());
        FIXED.iter().map(|name| (*name).to_owned()).chain([FULL.to_owned()]).chain(tokens).collect()
    }

    /// Encodes some records, in order. `id` and `source` are written as they are: they must not tell who somebody is.
    pub fn rows(
        &self,
        records: &Records,
        range: Range<u32>,
        id: &(dyn Fn(u32) -> String + Sync),
        source: &(dyn Fn(u8) -> String + Sync),
    ) -> Vec<Encoded> {
        range
            .into_par_iter()
            .map(|record| self.row(records, record, id(record), source(records.source(record))))
            .collect()
    }

    fn row(&self, records: &Records, record: u32, id: String, source: String) -> Encoded {
        let values = Values::of(records, record, self.encoding.hardening.salt);
        let seed = self.seed(&values, &id, &source);
        let token = |key: &Hmac, parts: &[&str]| keyed(key, parts).map_or_else(String::new, token_text);
        let [year, month, day] = &values.birth;
        let mut row = vec![
            id,
            source,
            self.fingerprint.clone(),
            values.number.map_or_else(String::new, |number| token(&self.number, &[&number.to_string()])),
            token(&self.birth, &[year, month, day]),
            salted(&self.postcode, &values, values.postcode),
        ];
        let mut full = vec![false; usize::from(self.encoding.bits)];
        let mut all = false;
        for kind in [Kind::Family, Kind::Given, Kind::Middle, Kind::Formal, Kind::Address, Kind::Birth] {
            let mut own = vec![false; usize::from(self.encoding.bits)];
            let whole = self.encoding.whole_record;
            // What changes or only some sources keep would part whole records more than it joins them.
            let left_out = whole && matches!(kind, Kind::Middle | Kind::Formal | Kind::Address);
            let present = !left_out && self.fill(kind, &values, if whole { &mut full } else { &mut own });
            all |= present;
            if !matches!(kind, Kind::Birth) {
                let shown = present && !whole;
                row.push(if shown { self.finished(kind as usize, own, &seed) } else { String::new() });
            }
        }
        row.push(if self.encoding.whole_record && all { self.finished(6, full, &seed) } else { String::new() });
        row.extend(Token::ALL.iter().zip(&self.tokens).map(|((kind, _), key)| match kind {
            Token::Sector => salted(key, &values, postcode::sector(values.postcode)),
            Token::District => salted(key, &values, postcode::district(values.postcode)),
            other => {
                let parts = values.parts(*other);
                token(key, &parts.iter().map(String::as_str).collect::<Vec<_>>())
            }
        }));
        row
    }

    /// What decides the noise of a record: all it says, and its id, so that two records of one person have different noise.
    fn seed(&self, values: &Values<'_>, id: &str, source: &str) -> Hmac {
        let mut signing = self.noise.start().part(id.as_bytes()).part(source.as_bytes());
        for text in [values.family, values.given, values.middle, values.postcode, values.address] {
            signing = signing.part(text.as_bytes());
        }
        for text in &values.birth {
            signing = signing.part(text.as_bytes());
        }
        Hmac::new(&signing.end())
    }

    /// Sets the bits of one value; `false` where it is missing.
    fn fill(&self, kind: Kind, values: &Values<'_>, bits: &mut [bool]) -> bool {
        let text = match kind {
            Kind::Family => values.family,
            // A single letter is nearly nothing of a name: as a filter it would speak against the name itself.
            Kind::Given | Kind::Formal if values.given.chars().nth(1).is_none() => "",
            Kind::Middle if values.middle.chars().nth(1).is_none() => "",
            Kind::Given | Kind::Formal => values.given,
            Kind::Middle => values.middle,
            Kind::Address => values.address,
            Kind::Birth => &values.birth.concat(),
        };
        if text.is_empty() {
            return false;
        }
        let key = &self.parts[kind as usize];
        let salt = if matches!(kind, Kind::Birth) { "" } else { values.salt.as_str() };
        match kind {
            Kind::Formal => {
                for list in self.lists.get(text).map_or(&[][..], Vec::as_slice) {
                    self.set(key, salt, &format!("list {list}"), 4, bits);
                }
                if !self.lists.contains_key(text) {
                    self.set(key, salt, text, 4, bits);
                }
            }
            Kind::Birth => {
                // A wrong digit changes one part, and two digits exchanged change two.
                for (place, digit) in text.chars().enumerate() {
                    self.set(key, salt, &format!("{place} {digit}"), 1, bits);
                }
            }
            _ => {
                let around = usize::from(self.encoding.gram) - 1;
                let mark = std::iter::repeat_n('_', around);
                let letters: Vec<char> = mark.clone().chain(text.chars()).chain(mark).collect();
                for part in letters.windows(around + 1) {
                    self.set(key, salt, &part.iter().collect::<String>(), 1, bits);
                }
            }
        }
        true
    }

    /// Sets `times` times the usual number of bits for one part.
    fn set(&self, key: &Hmac, salt: &str, part: &str, times: usize, bits: &mut [bool]) {
        let mut wanted = usize::from(self.encoding.hashes) * times;
        let mut counter = 0_u32;
        while wanted > 0 {
            let places = key.start().part(salt.as_bytes()).part(part.as_bytes()).with(&counter.to_le_bytes()).end();
            // The number of bits is a power of two, so that every place is as likely.
            for place in places.chunks(2).take(wanted) {
                bits[(usize::from(place[0]) << 8 | usize::from(place[1])) % bits.len()] = true;
            }
            wanted = wanted.saturating_sub(16);
            counter += 1;
        }
    }

    /// Folds a filter and throws its coins.
    fn finished(&self, filter: usize, mut bits: Vec<bool>, seed: &Hmac) -> String {
        let hardening = self.encoding.hardening;
        if hardening.fold {
            let upper = bits.split_off(bits.len() / 2);
            for (low, high) in bits.iter_mut().zip(upper) {
                *low ^= high;
            }
        }
        if hardening.noise_thousandths > 0 {
            // Of 65,536 values of a coin so many throw a bit.
            let limit = u32::from(hardening.noise_thousandths) * 65_536 / 1000;
            for (block, some) in bits.chunks_mut(16).enumerate() {
                let coins = seed.of(&[filter as u8, block as u8]);
                for (bit, coin) in some.iter_mut().zip(coins.chunks(2)) {
                    *bit ^= (u32::from(coin[0]) << 8 | u32::from(coin[1])) < limit;
                }
            }
        }
        to_text(&bits)
    }
}

/// A token of one text within the stratum of the salt; the empty text where it is missing.
fn salted(key: &Hmac, values: &Values<'_>, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    token_text(number(&key.start().part(values.salt.as_bytes()).part(text.as_bytes()).end()).max(1))
}

/// A token over some parts; `None` where one is missing.
fn keyed(key: &Hmac, parts: &[&str]) -> Option<u64> {
    if parts.is_empty() || parts.iter().any(|part| part.is_empty()) {
        return None;
    }
    let signing = parts.iter().fold(key.start(), |signing, part| signing.part(part.as_bytes()));
    // 0 says "missing".
    Some(number(&signing.end()).max(1))
}

impl<'a> Values<'a> {
    fn of(records: &'a Records, record: u32, salted: bool) -> Self {
        let birth = records.birth(record).map_or_else(Default::default, |(year, month, day)| {
            [format!("{year:04}"), format!("{month:02}"), format!("{day:02}")]
        });
        Self {
            family: records.family(record),
            given: records.given(record),
            middle: records.middle(record),
            postcode: records.postcode(record),
            address: records.address(record),
            sex: records.sex(record),
            number: records.nhs_number(record),
            salt: if salted { birth[0].clone() } else { String::new() },
            birth,
        }
    }

    /// What a token is made of.
    fn parts(&self, token: Token) -> Vec<String> {
        let text = |text: &str| text.to_owned();
        let [year, month, day] = &self.birth;
        let birth = self.birth.concat();
        let initial: String = self.given.chars().take(1).collect();
        let (family, given) = (self.family, self.given);
        let sorted = |a: &str, b: &str| if a <= b { [text(a), text(b)] } else { [text(b), text(a)] };
        match token {
            Token::BirthYear => vec![text(year)],
            Token::BirthYearMonth => vec![text(year), text(month)],
            Token::BirthYearDay => vec![text(year), text(day)],
            Token::BirthMonthDay => vec![text(month), text(day)],
            Token::BirthTurned => [text(year)].into_iter().chain(sorted(month, day)).collect(),
            Token::BirthSex => vec![birth, if self.sex == 0 { String::new() } else { self.sex.to_string() }],
            Token::Sector | Token::District => Vec::new(),
            Token::FamilySoundBirth => vec![soundex(family), birth],
            Token::GivenSoundBirth => vec![soundex(given), birth],
            Token::PostcodeBirth => vec![text(self.postcode), birth],
            Token::NamesPostcode => vec![text(family), text(given), text(self.postcode)],
            Token::FamilyPostcodeYear => vec![text(family), text(self.postcode), text(year)],
            Token::GivenPostcode => vec![text(given), text(self.postcode)],
            Token::NamesTurnedBirth => sorted(family, given).into_iter().chain([birth]).collect(),
            Token::NamesYear => vec![text(family), text(given), text(year)],
            Token::NamesMonthDay => vec![text(family), text(given), text(month), text(day)],
            Token::InitialDistrictBirth => vec![initial, text(postcode::district(self.postcode)), birth],
            Token::InitialAddressPostcode => vec![initial, text(self.address), text(self.postcode)],
        }
    }
}
