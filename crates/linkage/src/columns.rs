//! Which columns of a file hold what: from rows of text to [`Records`].

use crate::calendar::{bcd_of, day_of, digits_of};
use crate::encoded::Encodings;
use crate::model::quoted;
use crate::question::Field;
use nhs::NhsNumber;
use serde::Deserialize;
use std::fmt::Write as _;

/// For each meaning the columns that may hold it; the first that a file has is taken. `a + b` joins columns with a space.
/// Upper and lower case are one, and so are spaces, hyphens and underscores.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    /// Where a row comes from. Without such a column each file is a source.
    pub source: Vec<String>,
    /// Family name.
    pub family: Vec<String>,
    /// Given names, the middle name behind the first.
    pub given: Vec<String>,
    /// Date of birth.
    pub birth: Vec<String>,
    /// Sex.
    pub sex: Vec<String>,
    /// Postcode.
    pub postcode: Vec<String>,
    /// Address line.
    pub address: Vec<String>,
    /// NHS number or another key of a person.
    pub number: Vec<String>,
    /// The number that the row's number replaced (superseded).
    pub superseded_number: Vec<String>,
    /// Whole name.
    pub full: Vec<String>,
    /// Place of birth, suburb or town.
    pub place: Vec<String>,
    /// Occupation.
    pub occupation: Vec<String>,
    /// Another text of the person's own.
    pub other: Vec<String>,
    /// Sources that hold each person once, such as a GP list.
    pub one_row_per_person: Vec<String>,
    /// Whether the columns hold what `vanguard link encode` wrote instead of values that can be read.
    pub encoded: bool,
}

impl Columns {
    /// The columns that may hold a field.
    pub fn of(&self, field: Field) -> &[String] {
        match field {
            Field::Family => &self.family,
            Field::Given => &self.given,
            Field::Birth => &self.birth,
            Field::Sex => &self.sex,
            Field::Postcode => &self.postcode,
            Field::Address => &self.address,
            Field::Number => &self.number,
            Field::Full => &self.full,
            Field::Place => &self.place,
            Field::Occupation => &self.occupation,
            Field::Other => &self.other,
        }
    }

    /// Says which one column, or `a + b`, holds a field, instead of what the model says; an empty
    /// text leaves the field out.
    pub fn set(&mut self, field: Field, column: &str) {
        let columns = match field {
            Field::Family => &mut self.family,
            Field::Given => &mut self.given,
            Field::Birth => &mut self.birth,
            Field::Sex => &mut self.sex,
            Field::Postcode => &mut self.postcode,
            Field::Address => &mut self.address,
            Field::Number => &mut self.number,
            Field::Full => &mut self.full,
            Field::Place => &mut self.place,
            Field::Occupation => &mut self.occupation,
            Field::Other => &mut self.other,
        };
        *columns = if column.trim().is_empty() { Vec::new() } else { vec![column.to_owned()] };
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let all = Field::ALL.iter().flat_map(|(field, _)| self.of(*field));
        let all = all.chain(&self.source).chain(&self.superseded_number);
        match all.into_iter().find(|column| column.split('+').any(|part| plain(part).is_empty())) {
            Some(column) => Err(format!("columns: `{column}` is not a column, nor two with ` + ` between them")),
            None => Ok(()),
        }
    }

    /// Appends the section to a model's text; nothing where it says nothing.
    pub(crate) fn write(&self, out: &mut String) {
        if *self == Self::default() {
            return;
        }
        out.push_str("\n[columns]\n");
        if self.encoded {
            out.push_str("encoded = true\n");
        }
        let fields = Field::ALL.iter().map(|(field, word)| (*word, self.of(*field)));
        let ends = [
            ("superseded_number", &self.superseded_number[..]),
            ("source", &self.source),
            ("one_row_per_person", &self.one_row_per_person),
        ];
        for (word, columns) in fields.chain(ends).filter(|(_, columns)| !columns.is_empty()) {
            let columns: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{word} = [{}]", columns.join(", "));
        }
    }
}

/// A column's name as it is compared: lower case, letters and digits only.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What was found on the way from text to records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Rows with text in the number's column that is no valid number; it was left out.
    pub bad_numbers: u64,
    /// Rows with text in the birth column that is no date at all; it was left out.
    pub bad_births: u64,
    /// Numbers that rows say were replaced: `(old, new)`, for [`crate::LinkOptions::superseded`].
    pub superseded: Vec<(u64, u64)>,
    /// For each field of [`Layout::fields`], rows with any text.
    pub filled: Vec<u64>,
    /// Room for the text of joined columns.
    pub(crate) joined: String,
    /// Rows of an encoded file with text that is neither a filter nor a token; it was left out.
    pub bad_codes: u64,
}

/// Where the columns of one file stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// For each field that has any, the places of its columns.
    pub(crate) fields: Vec<(Field, Vec<usize>)>,
    source: Option<usize>,
    pub(crate) superseded: Option<usize>,
    check_numbers: bool,
    /// Where the tokens of an encoded file stand; `None` for values that can be read.
    pub(crate) encodings: Option<Encodings>,
}

impl Layout {
    /// Finds the columns of a file by its header. `check_numbers` leaves out numbers that are not valid NHS numbers.
    pub fn find(columns: &Columns, header: &[impl AsRef<str>], check_numbers: bool) -> Self {
        let header: Vec<String> = header.iter().map(|name| plain(name.as_ref())).collect();
        let places = |names: &String| -> Option<Vec<usize>> {
            names.split('+').map(|name| header.iter().position(|column| *column == plain(name))).collect()
        };
        let fields = Field::ALL
            .iter()
            .filter_map(|(field, _)| Some((*field, columns.of(*field).iter().find_map(places)?)))
            .collect();
        let source = columns.source.iter().find_map(places).and_then(|places| places.first().copied());
        let encodings =
            columns.encoded.then(|| Encodings::find(|name| header.iter().position(|own| *own == plain(name))));
        let superseded = columns.superseded_number.iter().find_map(places).and_then(|places| places.first().copied());
        Self { fields, source, superseded, check_numbers, encodings }
    }

    /// The fields the file has, and the places of their columns.
    pub fn fields(&self) -> &[(Field, Vec<usize>)] {
        &self.fields
    }

    /// Whether a column is looked at when rows are added.
    pub fn looks_at(&self, column: usize) -> bool {
        self.encodings.is_some()
            || self.source == Some(column)
            || self.superseded == Some(column)
            || self.fields.iter().any(|(_, places)| places.contains(&column))
    }

    /// The place of the column that tells where a row comes from.
    pub fn source(&self) -> Option<usize> {
        self.source
    }

    pub(crate) fn number(&self, text: &str) -> Option<u64> {
        if self.check_numbers {
            return NhsNumber::parse(text).ok().map(NhsNumber::value);
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        // A leading 1 keeps leading zeros; a longer number cannot be held.
        if digits.is_empty() || digits.len() > 18 { None } else { format!("1{digits}").parse().ok() }
    }
}

/// Sex as a small number: 1 male, 2 female, 0 not known; other words count by themselves.
pub(crate) fn sex(text: &str) -> u8 {
    match text.as_bytes() {
        b"1" | [b'm' | b'M'] => 1,
        b"2" | [b'f' | b'F'] => 2,
        _ if text.eq_ignore_ascii_case("male") => 1,
        _ if text.eq_ignore_ascii_case("female") => 2,
        _ => 0,
    }
}

/// A date as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Date {
    /// Days since 1970-01-01.
    Day(i32),
    /// Digits that are no day of the calendar.
    Digits(u16, u8, u8),
}

/// A date as files write it: 1962-03-04 (a time may follow), 19620304, 04/03/1962, 4-MAR-1962. Day before month.
pub(crate) fn date(text: &str) -> Option<Date> {
    if let Some((year, month, day)) = plain_date(text.as_bytes()) {
        return told(year, month, day);
    }
    let text = text.split(['T', ' ']).next().unwrap_or(text);
    let mut parts = text.split(['-', '/', '.']);
    let (year, month, day) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(whole), None, ..) if whole.len() == 8 && whole.is_ascii() => (&whole[..4], &whole[4..6], &whole[6..]),
        (Some(year), Some(month), Some(day), None) if year.len() == 4 => (year, month, day),
        (Some(day), Some(month), Some(year), None) if year.len() == 4 => (year, month, day),
        _ => return None,
    };
    let month = MONTHS
        .iter()
        .position(|name| name.eq_ignore_ascii_case(month))
        .map_or(month.parse().ok(), |at| Some(at as u8 + 1))?;
    told(year.parse().ok()?, month, day.parse().ok()?)
}

/// Year, month and day of text that is written 1962-03-04 and no other way.
fn plain_date(text: &[u8]) -> Option<(u16, u8, u8)> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2];
    if !digits.iter().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let [y1, y2, y3, y4, m1, m2, d1, d2] = digits.map(|byte| byte - b'0');
    let year = u16::from(y1) * 1000 + u16::from(y2) * 100 + u16::from(y3) * 10 + u16::from(y4);
    Some((year, m1 * 10 + m2, d1 * 10 + d2))
}

/// What year, month and day say.
fn told(year: u16, month: u8, day: u8) -> Option<Date> {
    if year == 0 || month > 99 || day > 99 {
        return None;
    }
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Some(Date::Digits(year, month, day));
    }
    let number = day_of(i32::from(year), u32::from(month), u32::from(day));
    // 31 February comes back as another day.
    let real = day <= 28 || bcd_of(number) == digits_of(year, month, day);
    Some(if real { Date::Day(number) } else { Date::Digits(year, month, day) })
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Records;

    #[test]
    fn dates_as_files_write_them() {
        for (text, expect) in [
            ("1970-01-02", Some(Date::Day(1))),
            ("19700102", Some(Date::Day(1))),
            ("02/01/1970", Some(Date::Day(1))),
            ("2-Jan-1970", Some(Date::Day(1))),
            ("1970-01-02T00:00:00", Some(Date::Day(1))),
            ("1856-86-18", Some(Date::Digits(1856, 86, 18))),
            ("2023-02-31", Some(Date::Digits(2023, 2, 31))),
            ("0000-01-01", None),
            ("unknown", None),
            ("1970-01-999", None),
            ("ééééé", None),
        ] {
            assert_eq!(date(text), expect, "{text}");
        }
    }

    #[test]
    fn columns_are_found_by_any_of_their_names_and_joined() {
        let columns = Columns {
            family: vec!["surname".into(), "family_name".into()],
            given: vec!["given_name + middle_name".into(), "given_name".into()],
            number: vec!["NHS Number".into()],
            ..Columns::default()
        };
        columns.check().unwrap();
        let layout = Layout::find(&columns, &["nhs_number", "Family Name", "given_name", "middle_name"], true);
        let mut records = Records::new();
        let mut reading = Reading::default();
        for row in [["943 476 5919", "Smith", "Ann", "Jane"], ["9434765918", "Smith", " ", "Jane"]] {
            layout.push(&mut records, 0, |at| row[at], &mut reading);
        }
        assert_eq!((records.given(0), records.middle(0), records.family(0)), ("ANN", "JANE", "SMITH"));
        assert_eq!((records.nhs_number(0), records.nhs_number(1)), (Some(9_434_765_919), None));
        assert_eq!((reading.bad_numbers, &reading.filled[..]), (1, &[2, 2, 2][..]));
        let without = Layout::find(&columns, &["given_name"], true);
        assert_eq!(without.fields(), [(Field::Given, vec![0])]);
        let wrong = Columns { family: vec!["a + ".into()], ..Columns::default() };
        assert!(wrong.check().is_err());
    }
}
