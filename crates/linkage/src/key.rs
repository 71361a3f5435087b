//! The blocking key of a record under a rule: a hash of what its tests look at.

use crate::compare::beginning;
use crate::dictionary::{Dictionary, text_hash};
use crate::postcode;
use crate::question::{Field, Test};
use crate::records::Records;

/// The parts of keys that come from texts, worked out once for each distinct text.
pub(crate) struct Keys<'a> {
    records: &'a Records,
    tests: Vec<(Test, Parts)>,
}

enum Parts {
    /// Taken from the record itself.
    Own,
    /// By the number of the text in a column; see [`column_of`].
    Table(usize, Vec<u64>),
}

impl<'a> Keys<'a> {
    pub(crate) fn new(records: &'a Records, rule: &[Test]) -> Self {
        let parts = |test: &Test| match text_of(*test) {
            Some(text) => {
                let words = words(records, text);
                let part = |value: u32| hashed(cut(*test, words.get(value)));
                Parts::Table(text, (0..words.len() as u32).map(part).collect())
            }
            None => Parts::Own,
        };
        Self { records, tests: rule.iter().map(|test| (*test, parts(test))).collect() }
    }

    /// The key of a record; `None` where a part is missing.
    pub(crate) fn of(&self, record: usize) -> Option<u64> {
        let mut key = 0x51_7c_c1_b7_27_22_0a_95_u64;
        for (test, parts) in &self.tests {
            let part = match parts {
                Parts::Own => own(self.records, *test, record),
                Parts::Table(text, parts) => {
                    parts.get(value(self.records, *text, record) as usize).copied().unwrap_or(0)
                }
            };
            if part == 0 {
                return None;
            }
            key = (key.rotate_left(29) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            key ^= key >> 32;
        }
        Some(key)
    }
}

/// The text column a field stands in: family, given name, postcode, address, then those only some sources fill.
fn column_of(field: Field) -> usize {
    match field {
        Field::Family => 0,
        Field::Given => 1,
        Field::Address => 3,
        Field::Full => 4,
        Field::Place => 5,
        Field::Occupation => 6,
        Field::Other => 7,
        Field::Postcode | Field::Birth | Field::Sex | Field::Number => 2,
    }
}

fn value(records: &Records, text: usize, record: usize) -> u32 {
    if text < 4 {
        return records.rows[record].texts[text];
    }
    records.more[text - 4].get(record).copied().unwrap_or(0)
}

fn words(records: &Records, text: usize) -> &Dictionary {
    match text {
        0 | 1 => &records.names,
        2 => &records.postcodes,
        3 => &records.addresses,
        more => &records.more_words[more - 4],
    }
}

/// The text column whose texts a test takes a part of; `None` where it takes the value as it stands.
fn text_of(test: Test) -> Option<usize> {
    match test {
        Test::First(field, _) => Some(column_of(field)),
        Test::Sector | Test::District | Test::Area => Some(2),
        _ => None,
    }
}

/// The part of a text a test looks at.
fn cut(test: Test, text: &str) -> &str {
    match test {
        Test::First(_, letters) => beginning(text, letters),
        Test::Sector => postcode::sector(text),
        Test::District => postcode::district(text),
        Test::Area => postcode::area(text),
        _ => "",
    }
}

fn hashed(part: &str) -> u64 {
    if part.is_empty() { 0 } else { text_hash(part) | 1 }
}

/// What a record puts into a key for one test that looks at whole values; 0 where missing.
fn own(records: &Records, test: Test, record: usize) -> u64 {
    let row = &records.rows[record];
    let birth = u64::from(row.birth);
    match test {
        Test::Exact(Field::Birth) => birth,
        Test::Exact(Field::Sex) => u64::from(row.sex),
        Test::Exact(Field::Number) => row.number,
        Test::Exact(field) => u64::from(value(records, column_of(field), record)),
        Test::Swapped => {
            let (a, b) = (row.family(), row.given());
            if a == 0 || b == 0 { 0 } else { u64::from(a.min(b)) << 32 | u64::from(a.max(b)) }
        }
        Test::Year => birth >> 16,
        Test::MonthDay if birth != 0 => birth & 0xffff | 1 << 32,
        Test::Token(token) => records.tokens.get(token.at(), record),
        _ => 0,
    }
}
