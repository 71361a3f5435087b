//! Person records in columns.

use crate::calendar::{Bcd, bcd_of, digits_of};
use crate::clean;
use crate::dictionary::Dictionary;
use crate::encoded::Tokens;
use crate::memo::Memo;

/// What one source says about one person, as it says it. Empty text is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordInput<'a> {
    /// NHS number, already checked to be valid (ten digits, modulus 11). Another key of a person where the model says so.
    pub nhs_number: Option<u64>,
    /// Family name.
    pub family: &'a str,
    /// Given names: the first word is the given name, the second the middle name or its initial.
    pub given: &'a str,
    /// Date of birth in days since 1970-01-01.
    pub birth: Option<i32>,
    /// Sex as a small number; 0 is not known. Only equality matters.
    pub sex: u8,
    /// Postcode, with or without its space.
    pub postcode: &'a str,
    /// First line of the address.
    pub address: &'a str,
}

/// What only some sources say about a person. Empty text is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MoreInput<'a> {
    /// Whole name, place, occupation and another text, in this order: see [`crate::Field`].
    pub texts: [&'a str; 4],
    /// Year, month and day as written where they are no real day (31 February): one wrong digit, and still evidence. Heeded where
    /// [`RecordInput::birth`] is missing.
    pub birth_digits: Option<(u16, u8, u8)>,
}

/// The numbers of one record, side by side: a pair is then two places in memory and not twenty.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) number: u64,
    /// A hash of the cleaned values, so that ties are broken by content and never by the order of input.
    pub(crate) content: u64,
    /// Family name, given name, postcode and address.
    pub(crate) texts: [u32; 4],
    pub(crate) middle: u32,
    pub(crate) birth: Bcd,
    pub(crate) sex: u8,
    pub(crate) source: u8,
}

impl Row {
    pub(crate) fn family(&self) -> u32 {
        self.texts[0]
    }

    pub(crate) fn given(&self) -> u32 {
        self.texts[1]
    }
}

/// A cleaned text: its hash, and its number in the dictionary of its column; 0 where it is missing.
pub(crate) type Value = (u64, u32);

/// The cleaned values of one record. The hashes make the hash of its content.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Values {
    /// Family name, given name, postcode and address.
    pub(crate) texts: [Value; 4],
    pub(crate) middle: Value,
    pub(crate) more: [Value; 4],
    pub(crate) birth: Bcd,
    pub(crate) number: u64,
    pub(crate) sex: u8,
}

/// The digits of a date of birth; 0 where it is missing or a placeholder.
pub(crate) fn clean_birth(day: Option<i32>) -> Bcd {
    clean::birth(day).map_or(0, bcd_of)
}

/// A store of cleaned person records: one small number for each value, about 50 bytes a record and each distinct text once.
///
/// Records are numbered from 0 in the order they are pushed.
#[derive(Debug, Clone, Default)]
pub struct Records {
    pub(crate) names: Dictionary,
    pub(crate) postcodes: Dictionary,
    pub(crate) addresses: Dictionary,
    pub(crate) rows: Vec<Row>,
    /// Whole name, place, occupation and another text; a column stays empty until a record has a value.
    pub(crate) more: [Vec<u32>; 4],
    pub(crate) more_words: [Dictionary; 4],
    /// Of encoded records only.
    pub(crate) tokens: Tokens,
    /// Of family names, given names, postcodes, and the words of given names.
    memo: [Memo; 4],
    pub(crate) scratch: String,
    scratch2: String,
}

impl Records {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Cleans and adds one record of source `source`; returns its record number. A store holds up to 4,294,967,295 records.
    pub fn push(&mut self, source: u8, input: &RecordInput<'_>) -> u32 {
        self.push_more(source, input, &MoreInput::default())
    }

    /// As [`Records::push`], with what only some sources say.
    pub fn push_more(&mut self, source: u8, input: &RecordInput<'_>, more: &MoreInput<'_>) -> u32 {
        let family = self.clean_name(input.family, false);
        let [given, middle] = self.clean_given(input.given, false);
        let texts = [family, given, self.clean_postcode(input.postcode, false), self.clean_address(input.address)];
        let values = Values {
            texts,
            middle,
            more: std::array::from_fn(|text| self.clean_more(text, more.texts[text])),
            birth: match (input.birth, more.birth_digits) {
                (None, Some((year, month, day))) => digits_of(year, month, day),
                (day, _) => clean_birth(day),
            },
            number: input.nhs_number.unwrap_or(0),
            sex: input.sex,
        };
        self.add(source, &values)
    }

    /// A family name. Here and below `once` says that the text will not come again.
    pub(crate) fn clean_name(&mut self, raw: &str, once: bool) -> Value {
        let Self { names, memo: [families, ..], scratch, .. } = self;
        families.of(raw, once, || {
            clean::name(raw, scratch);
            [names.intern(scratch), (0, 0)]
        })[0]
    }

    /// The first and the middle name of given names.
    pub(crate) fn clean_given(&mut self, raw: &str, once: bool) -> [Value; 2] {
        // A first and a middle name come in many pairs, but each of them again and again.
        if let Some((first, second)) = clean::two_words(raw) {
            let (first, open) = self.clean_word(first, once);
            if !open {
                return [first, self.clean_word(second, once).0];
            }
        }
        let Self { names, memo: [_, givens, ..], scratch, scratch2, .. } = self;
        givens.of(raw, once, || {
            clean::given(raw, scratch, scratch2);
            [names.intern(scratch), names.intern(scratch2)]
        })
    }

    /// One plain word of given names, and whether what begins with it may be something else than names: see [`clean::one_word`].
    pub(crate) fn clean_word(&mut self, raw: &str, once: bool) -> (Value, bool) {
        let Self { names, memo: [.., words], scratch, .. } = self;
        let [word, (open, _)] = words.of(raw, once, || {
            let open = clean::one_word(raw, scratch);
            [names.intern(scratch), (u64::from(open), 0)]
        });
        (word, open != 0)
    }

    /// A postcode.
    pub(crate) fn clean_postcode(&mut self, raw: &str, once: bool) -> Value {
        let Self { postcodes, memo: [_, _, places, _], scratch, .. } = self;
        places.of(raw, once, || {
            clean::postcode(raw, scratch);
            [postcodes.intern(scratch), (0, 0)]
        })[0]
    }

    /// An address line.
    pub(crate) fn clean_address(&mut self, raw: &str) -> Value {
        clean::address(raw, &mut self.scratch, &mut self.scratch2);
        self.addresses.intern(&self.scratch)
    }

    /// A text of one of the columns that only some sources have.
    pub(crate) fn clean_more(&mut self, text: usize, raw: &str) -> Value {
        if raw.is_empty() {
            return (0, 0);
        }
        clean::text(raw, &mut self.scratch);
        self.more_words[text].intern(&self.scratch)
    }

    /// Adds a record of cleaned values.
    pub(crate) fn add(&mut self, source: u8, values: &Values) -> u32 {
        let record = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let mut content = 0_u64;
        let mut mix = |value: u64| content = (content.rotate_left(23) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let [family, given, postcode, address] = values.texts;
        for (hash, _) in [family, given, values.middle, postcode, address] {
            mix(hash);
        }
        for (text, (hash, value)) in values.more.iter().enumerate().filter(|(_, (_, value))| *value != 0) {
            mix(hash ^ text as u64);
            self.more[text].resize(record as usize, 0);
            self.more[text].push(*value);
        }
        mix(u64::from(values.birth));
        mix(values.number);
        mix(u64::from(values.sex) << 8 | u64::from(source));
        self.rows.push(Row {
            number: values.number,
            content: content ^ content >> 29,
            texts: [family.1, given.1, postcode.1, address.1],
            middle: values.middle.1,
            birth: values.birth,
            sex: values.sex,
            source,
        });
        record
    }

    /// Every `step`-th record, with the same texts.
    pub(crate) fn every(&self, step: usize) -> Self {
        fn some<T: Copy>(values: &[T], step: usize) -> Vec<T> {
            values.iter().step_by(step.max(1)).copied().collect()
        }
        Self {
            names: self.names.clone(),
            postcodes: self.postcodes.clone(),
            addresses: self.addresses.clone(),
            rows: some(&self.rows, step),
            more: std::array::from_fn(|text| some(&self.more[text], step)),
            more_words: self.more_words.clone(),
            tokens: self.tokens.every(step),
            memo: std::array::from_fn(|_| Memo::default()),
            scratch: String::new(),
            scratch2: String::new(),
        }
    }

    /// The valid NHS number of a record.
    pub fn nhs_number(&self, record: u32) -> Option<u64> {
        self.rows.get(record as usize).map(|row| row.number).filter(|number| *number != 0)
    }

    /// The source of a record; 0 for a number that is not a record's.
    pub fn source(&self, record: u32) -> u8 {
        self.rows.get(record as usize).map_or(0, |row| row.source)
    }

    /// The cleaned family name; empty where missing.
    pub fn family(&self, record: u32) -> &str {
        self.names.get(self.rows.get(record as usize).map_or(0, |row| row.texts[0]))
    }

    /// The cleaned given name; empty where missing.
    pub fn given(&self, record: u32) -> &str {
        self.names.get(self.rows.get(record as usize).map_or(0, |row| row.texts[1]))
    }

    /// The cleaned middle name or its initial; empty where missing.
    pub fn middle(&self, record: u32) -> &str {
        self.names.get(self.rows.get(record as usize).map_or(0, |row| row.middle))
    }

    /// The cleaned postcode; empty where missing.
    pub fn postcode(&self, record: u32) -> &str {
        self.postcodes.get(self.rows.get(record as usize).map_or(0, |row| row.texts[2]))
    }

    /// The cleaned text of a column [`MoreInput`] fills; empty where missing or not such a column.
    pub fn more(&self, field: crate::Field, record: u32) -> &str {
        let fields = [crate::Field::Full, crate::Field::Place, crate::Field::Occupation, crate::Field::Other];
        match fields.iter().position(|one| *one == field) {
            Some(at) => self.more_words[at].get(self.more[at].get(record as usize).copied().unwrap_or(0)),
            None => "",
        }
    }

    /// Year, month and day of birth as digits; `None` where missing or encoded.
    pub fn birth(&self, record: u32) -> Option<(u16, u8, u8)> {
        if self.tokens.any() {
            return None;
        }
        let date = self.rows.get(record as usize).map(|row| row.birth).filter(|date| *date != 0)?;
        let two = |v: u32| (v >> 4 & 15) * 10 + (v & 15);
        Some((
            (two(date >> 24) * 100 + two(date >> 16 & 255)) as u16,
            two(date >> 8 & 255) as u8,
            two(date & 255) as u8,
        ))
    }

    /// The sex of a record as it was pushed; 0 where not known.
    pub fn sex(&self, record: u32) -> u8 {
        self.rows.get(record as usize).map_or(0, |row| row.sex)
    }

    /// The cleaned address line; empty where missing.
    pub fn address(&self, record: u32) -> &str {
        self.addresses.get(self.rows.get(record as usize).map_or(0, |row| row.texts[3]))
    }
}
