//! From rows of text to records. Where a file numbers its texts, each of them is cleaned once.

use crate::calendar::digits_of;
use crate::columns::{Date, Layout, Reading, date, sex};
use crate::dictionary::text_hash;
use crate::question::Field;
use crate::records::{Records, Value, Values, clean_birth};

/// What texts with a number are when cleaned. It holds for one file, as long as numbers mean the same texts.
#[derive(Debug, Clone, Default)]
pub struct Known {
    columns: Vec<Column>,
}

/// What the texts of one field's columns are, by their numbers.
#[derive(Debug, Clone, Default)]
struct Column {
    /// The value of the field. Of given names the first.
    values: Vec<Meaning>,
    /// Of given names the middle name.
    middle: Vec<Meaning>,
    /// Of given names in two columns: the words of either.
    words: [Vec<Meaning>; 2],
}

/// A cleaned text.
#[derive(Debug, Clone, Copy, Default)]
struct Meaning {
    /// Its hash; of a number itself.
    hash: u64,
    /// Its number in the dictionary; of a date its digits.
    value: u32,
    state: State,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Not looked at yet.
    #[default]
    New,
    /// There is no text.
    Absent,
    Present,
    /// There is text which is no value; of words, more than one plain word.
    Wrong,
    /// A plain word that may be the beginning of something else than names.
    Open,
}

impl Known {
    /// Forgets everything: numbers mean other texts from now on.
    pub fn forget(&mut self) {
        self.columns.clear();
    }
}

impl Meaning {
    fn value(self) -> Value {
        (self.hash, self.value)
    }

    fn of(text: &str, (hash, value): Value) -> Self {
        Self { hash, value, state: if text.is_empty() { State::Absent } else { State::Present } }
    }
}

/// The longest word that is taken by itself: two of them are no longer than cleaning allows.
const LONGEST_WORD: usize = 40;

/// The meaning of a number, worked out the first time.
fn known(table: &mut Vec<Meaning>, code: u32, clean: impl FnOnce() -> Meaning) -> Meaning {
    let at = code as usize;
    if let Some(meaning) = table.get(at).filter(|meaning| meaning.state != State::New) {
        return *meaning;
    }
    if table.len() <= at {
        table.resize((at + 1).next_power_of_two(), Meaning::default());
    }
    table[at] = clean();
    table[at]
}

impl Layout {
    /// Adds a row to the records; `cell` gives the text of a column. Returns the record's number.
    pub fn push<'a>(
        &self,
        records: &mut Records,
        source: u8,
        cell: impl Fn(usize) -> &'a str,
        reading: &mut Reading,
    ) -> u32 {
        self.push_known(records, source, cell, |_| None, &mut Known::default(), reading)
    }

    /// As [`Self::push`], where the file numbers the texts of a column: `code` gives the number of the row's text. Equal numbers of a
    /// column must mean equal texts as long as `known` is not told to forget them.
    pub fn push_known<'a>(
        &self,
        records: &mut Records,
        source: u8,
        cell: impl Fn(usize) -> &'a str,
        code: impl Fn(usize) -> Option<u32>,
        known: &mut Known,
        reading: &mut Reading,
    ) -> u32 {
        if let Some(encodings) = &self.encodings {
            return encodings.push(&self.fields, records, source, cell, reading);
        }
        reading.filled.resize(self.fields.len(), 0);
        known.columns.resize_with(self.fields.len(), Column::default);
        let mut row = Values::default();
        // The missing text has a hash, too.
        let nothing = (text_hash(""), 0);
        (row.texts, row.middle) = ([nothing; 4], nothing);
        for ((field, places), (column, filled)) in
            self.fields.iter().zip(known.columns.iter_mut().zip(&mut reading.filled))
        {
            let state = if *field == Field::Given {
                let (given, middle, state) = given(records, places, &cell, &code, column, &mut reading.joined);
                (row.texts[1], row.middle) = (given, middle);
                state
            } else {
                let meaning = match (&places[..], places.first().and_then(|place| code(*place))) {
                    ([place], Some(code)) => self::known(&mut column.values, code, || {
                        self.meaning(records, *field, cell(*place).trim(), true)
                    }),
                    ([place], None) => self.meaning(records, *field, cell(*place).trim(), false),
                    _ => {
                        let joined = join(places, &cell, &mut reading.joined);
                        self.meaning(records, *field, joined, false)
                    }
                };
                put(&mut row, *field, meaning);
                meaning.state
            };
            *filled += u64::from(state != State::Absent);
            match field {
                Field::Birth => reading.bad_births += u64::from(state == State::Wrong),
                Field::Number => reading.bad_numbers += u64::from(state == State::Wrong),
                _ => {}
            }
        }
        if let Some(old) = self.superseded.and_then(|at| self.number(cell(at).trim())) {
            match row.number {
                // A row that knows only the old number is found by it.
                0 => row.number = old,
                new if new != old => reading.superseded.push((old, new)),
                _ => {}
            }
        }
        records.add(source, &row)
    }

    /// What a text of a field is when cleaned; of all fields but the given names. `once` says that it will not come again.
    fn meaning(&self, records: &mut Records, field: Field, text: &str, once: bool) -> Meaning {
        let told = |value: Value| Meaning::of(text, value);
        let found = |value: Option<(u64, u32)>| match value {
            _ if text.is_empty() => told((0, 0)),
            Some(value) => told(value),
            None => Meaning { state: State::Wrong, ..Meaning::default() },
        };
        match field {
            Field::Family => told(records.clean_name(text, once)),
            Field::Given => Meaning::default(),
            Field::Postcode => told(records.clean_postcode(text, once)),
            Field::Address => told(records.clean_address(text)),
            Field::Full => told(records.clean_more(0, text)),
            Field::Place => told(records.clean_more(1, text)),
            Field::Occupation => told(records.clean_more(2, text)),
            Field::Other => told(records.clean_more(3, text)),
            Field::Sex => told((0, u32::from(if text.is_empty() { 0 } else { sex(text) }))),
            Field::Birth => found(date(text).map(|date| match date {
                Date::Day(day) => (0, clean_birth(Some(day))),
                Date::Digits(year, month, day) => (0, digits_of(year, month, day)),
            })),
            Field::Number => found(self.number(text).map(|number| (number, 0))),
        }
    }
}

/// Puts a value into its place.
fn put(row: &mut Values, field: Field, meaning: Meaning) {
    match field {
        Field::Family => row.texts[0] = meaning.value(),
        Field::Given => row.texts[1] = meaning.value(),
        Field::Postcode => row.texts[2] = meaning.value(),
        Field::Address => row.texts[3] = meaning.value(),
        Field::Full => row.more[0] = meaning.value(),
        Field::Place => row.more[1] = meaning.value(),
        Field::Occupation => row.more[2] = meaning.value(),
        Field::Other => row.more[3] = meaning.value(),
        Field::Birth => row.birth = meaning.value,
        Field::Sex => row.sex = meaning.value as u8,
        Field::Number => row.number = meaning.hash,
    }
}

/// The texts of some columns with a space between them.
fn join<'a, 'b>(places: &[usize], cell: &impl Fn(usize) -> &'a str, joined: &'b mut String) -> &'b str {
    joined.clear();
    for text in places.iter().map(|place| cell(*place).trim()).filter(|text| !text.is_empty()) {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(text);
    }
    joined
}

/// The first and the middle name, and whether there was any text.
fn given<'a>(
    records: &mut Records,
    places: &[usize],
    cell: &impl Fn(usize) -> &'a str,
    code: &impl Fn(usize) -> Option<u32>,
    column: &mut Column,
    joined: &mut String,
) -> (Value, Value, State) {
    let whole = |records: &mut Records, text: &str, code: Option<u32>, column: &mut Column| {
        let clean =
            |records: &mut Records| records.clean_given(text, code.is_some()).map(|value| Meaning::of(text, value));
        let [first, middle] = match code {
            Some(code) => {
                let mut other = Meaning::default();
                let first = known(&mut column.values, code, || {
                    let [first, middle] = clean(records);
                    other = middle;
                    first
                });
                [first, known(&mut column.middle, code, || other)]
            }
            None => clean(records),
        };
        (first.value(), middle.value(), first.state)
    };
    match *places {
        [place] => whole(records, cell(place).trim(), code(place), column),
        [first, second] => {
            if let (Some(a), Some(b)) = (code(first), code(second)) {
                if b == 0 || cell(second).trim().is_empty() {
                    return whole(records, cell(first).trim(), Some(a), column);
                }
                let one = known(&mut column.words[0], a, || word(records, cell(first).trim()));
                if one.state == State::Present {
                    let other = known(&mut column.words[1], b, || word(records, cell(second).trim()));
                    if matches!(other.state, State::Present | State::Open) {
                        return (one.value(), other.value(), State::Present);
                    }
                }
            }
            whole(records, join(places, cell, joined), None, column)
        }
        _ => whole(records, join(places, cell, joined), None, column),
    }
}

/// One of two columns of given names, if it is one plain word.
fn word(records: &mut Records, text: &str) -> Meaning {
    let plain = text.len() <= LONGEST_WORD && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if text.is_empty() || !plain {
        return Meaning { state: if text.is_empty() { State::Absent } else { State::Wrong }, ..Meaning::default() };
    }
    let ((hash, value), open) = records.clean_word(text, true);
    Meaning { hash, value, state: if open { State::Open } else { State::Present } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::Columns;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        /// Rows with numbered texts are the records that the texts alone make.
        #[test]
        fn numbers_of_texts_change_nothing(rows in prop::collection::vec(
            (
                "|Smith|O'Brien|Mrs Bell|UNKNOWN|Zo\u{eb}",
                "|Ann| Ann|Mary Jane|Baby|mr|J|NULL|Anne-Marie",
                "|Jane|B|of Ann|X Y|Lee ",
                "|1962-03-04|2023-02-31|not a date|1900-01-01",
                "|1|female|x",
                "|LS1 4AP|zz99 3vz",
                "|9434765919|943 476 5919|123",
            ),
            1..40,
        )) {
            let names = ["surname", "given_name", "middle_name", "dob", "sex", "postcode", "nhs_number"];
            let mut columns = Columns::default();
            for (field, column) in [
                (Field::Family, "surname"),
                (Field::Given, "given_name + middle_name"),
                (Field::Birth, "dob"),
                (Field::Sex, "sex"),
                (Field::Postcode, "postcode"),
                (Field::Number, "nhs_number"),
            ] {
                columns.set(field, column);
            }
            let layout = Layout::find(&columns, &names, true);
            let (mut plain, mut numbered) = (Records::new(), Records::new());
            let (mut one, mut other) = (Reading::default(), Reading::default());
            let (mut known, mut codes) = (Known::default(), HashMap::new());
            for (a, b, c, d, e, f, g) in &rows {
                let cells = [a, b, c, d, e, f, g];
                let coded: Vec<Option<u32>> = (0..7)
                    .map(|at| {
                        let next = codes.len() as u32 + 1;
                        // The last texts of a column have no number.
                        let code = if cells[at].is_empty() { 0 } else { *codes.entry((at, cells[at].clone())).or_insert(next) };
                        (code < 20).then_some(code)
                    })
                    .collect();
                layout.push(&mut plain, 1, |at| cells[at].as_str(), &mut one);
                layout.push_known(&mut numbered, 1, |at| cells[at].as_str(), |at| coded[at], &mut known, &mut other);
            }
            let of = |records: &Records| -> Vec<String> {
                (0..records.len() as u32)
                    .map(|at| {
                        let row = &records.rows[at as usize];
                        let texts = [records.family(at), records.given(at), records.middle(at), records.postcode(at)];
                        format!("{texts:?} {:?}", (row.birth, row.number, row.sex, row.content))
                    })
                    .collect()
            };
            prop_assert_eq!(of(&plain), of(&numbered));
            prop_assert_eq!((one.filled, one.bad_births, one.bad_numbers), (other.filled, other.bad_births, other.bad_numbers));
        }
    }
}
