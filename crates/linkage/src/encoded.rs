//! Encoded records as they are read: filters and tokens instead of values.

use crate::bits::{token, unpack};
use crate::columns::Reading;
use crate::dictionary::text_hash;
use crate::question::Field;
use crate::records::{Records, Row};
use crate::token::Token;
use rustc_hash::FxHashMap;

/// The tokens of all records, column by column; a column stays empty until a record has a value. 0 is missing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens {
    columns: [Vec<u64>; Token::COUNT],
    /// Birth tokens numbered from 1 in order of first sight.
    births: FxHashMap<u64, u32>,
    any: bool,
}

impl Tokens {
    pub(crate) fn get(&self, token: usize, record: usize) -> u64 {
        self.columns[token].get(record).copied().unwrap_or(0)
    }

    /// Whether any record was encoded.
    pub(crate) fn any(&self) -> bool {
        self.any
    }

    /// Of every `step`-th record.
    pub(crate) fn every(&self, step: usize) -> Self {
        let some = |column: &Vec<u64>| column.iter().step_by(step.max(1)).copied().collect();
        Self { columns: self.columns.each_ref().map(some), births: FxHashMap::default(), any: self.any }
    }

    /// The columns, the birth tokens in order of their numbers, and whether any record was encoded.
    pub(crate) fn parts(&self) -> (&[Vec<u64>; Token::COUNT], Vec<u64>, bool) {
        let mut births: Vec<(u32, u64)> = self.births.iter().map(|(token, number)| (*number, *token)).collect();
        births.sort_unstable();
        (&self.columns, births.into_iter().map(|(_, token)| token).collect(), self.any)
    }

    /// What [`Self::parts`] gave.
    pub(crate) fn of_parts(columns: [Vec<u64>; Token::COUNT], births: &[u64], any: bool) -> Self {
        Self { columns, births: births.iter().copied().zip(1..).collect(), any }
    }

    fn set(&mut self, token: Token, record: usize, value: u64) {
        let column = &mut self.columns[token.at()];
        column.resize(record, 0);
        column.push(value);
    }

    /// A small number for a birth token.
    fn birth(&mut self, value: u64) -> u32 {
        let next = self.births.len() as u32 + 1;
        if value == 0 { 0 } else { *self.births.entry(value).or_insert(next) }
    }
}

/// Where the tokens of one encoded file stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encodings {
    tokens: Vec<(Token, usize)>,
    /// The filter of the middle name.
    middle: Option<usize>,
}

impl Encodings {
    /// Finds the columns by their names.
    pub(crate) fn find(place: impl Fn(&str) -> Option<usize>) -> Self {
        let found = |(token, _): &(Token, &str)| Some((*token, place(&token.column())?));
        Self { tokens: Token::ALL.iter().filter_map(found).collect(), middle: place("middle_filter") }
    }

    /// Adds a row to the records; what is neither a filter nor a token is left out and counted.
    pub(crate) fn push<'a>(
        &self,
        fields: &[(Field, Vec<usize>)],
        records: &mut Records,
        source: u8,
        cell: impl Fn(usize) -> &'a str,
        reading: &mut Reading,
    ) -> u32 {
        let record = u32::try_from(records.rows.len()).unwrap_or(u32::MAX);
        let mut row = Row { number: 0, content: 0, texts: [0; 4], middle: 0, birth: 0, sex: 0, source };
        let mut content = u64::from(source);
        let mut mix = |value: u64| content = (content.rotate_left(23) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut bad = false;
        let mut checked = |text: &str| {
            token(text).unwrap_or_else(|| {
                bad = true;
                0
            })
        };
        records.tokens.any = true;
        reading.filled.resize(fields.len(), 0);
        let mut filter = std::mem::take(&mut records.scratch);
        let mut no_filter = false;
        for (at, (field, places)) in fields.iter().enumerate() {
            let text = places.first().map_or("", |place| cell(*place).trim());
            if text.is_empty() {
                continue;
            }
            reading.filled[at] += 1;
            mix(text_hash(text));
            match field {
                Field::Number => row.number = checked(text),
                Field::Birth => row.birth = records.tokens.birth(checked(text)),
                Field::Postcode if checked(text) != 0 => row.texts[2] = records.postcodes.intern(text).1,
                Field::Sex | Field::Postcode => {}
                _ if !unpack(text, &mut filter) => no_filter = true,
                Field::Family => row.texts[0] = records.names.intern(&filter).1,
                Field::Given => row.texts[1] = records.names.intern(&filter).1,
                Field::Address => row.texts[3] = records.addresses.intern(&filter).1,
                Field::Full => records.set_more(0, record, &filter),
                Field::Place => records.set_more(1, record, &filter),
                Field::Occupation => records.set_more(2, record, &filter),
                Field::Other => records.set_more(3, record, &filter),
            }
        }
        let middle = self.middle.map_or("", |place| cell(place).trim());
        if !middle.is_empty() {
            mix(text_hash(middle));
            no_filter |= !unpack(middle, &mut filter);
            row.middle = records.names.intern(&filter).1;
        }
        records.scratch = filter;
        for (token, place) in &self.tokens {
            let value = checked(cell(*place).trim());
            if value != 0 {
                mix(value);
                records.tokens.set(*token, record as usize, value);
            }
        }
        reading.bad_codes += u64::from(bad || no_filter);
        row.content = content ^ content >> 29;
        records.rows.push(row);
        record
    }
}

impl Records {
    fn set_more(&mut self, text: usize, record: u32, value: &str) {
        let number = self.more_words[text].intern(value).1;
        self.more[text].resize(record as usize, 0);
        self.more[text].push(number);
    }
}
