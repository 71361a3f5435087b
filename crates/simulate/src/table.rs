//! Rows of one partner file, built as bytes, each with the true person behind it.

use crate::dirt::RowDirt;
use crate::random::Random;
use nhs::Day;

/// How a partner writes dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateStyle {
    /// 2025-03-09
    Iso,
    /// 09/03/2025
    Uk,
    /// 20250309
    Compact,
}

/// A run of finished rows and the persons behind them.
#[derive(Default)]
pub struct Rows {
    /// The rows as written, each with its line end.
    pub bytes: Vec<u8>,
    /// The true person of each row; 0 where the row is broken beyond telling.
    pub persons: Vec<u32>,
}

/// Rows of one file, from one block of people.
pub struct Table {
    /// Rows in their place.
    pub rows: Rows,
    /// Rows that reach the partner late and stand at the end of the file.
    pub late: Rows,
    style: DateStyle,
    windows_lines: bool,
    row_start: usize,
    last_date: usize,
}

impl Table {
    /// An empty table.
    pub fn new(style: DateStyle, windows_lines: bool) -> Self {
        Self { rows: Rows::default(), late: Rows::default(), style, windows_lines, row_start: 0, last_date: 0 }
    }

    /// Appends a field as it is.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.raw(text.as_bytes())
    }

    /// Appends a field of bytes in the file's own encoding.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.rows.bytes.extend_from_slice(bytes);
        self.rows.bytes.push(b',');
        self
    }

    /// Appends several finished fields, each already followed by its comma.
    pub fn fields(&mut self, bytes: &[u8]) -> &mut Self {
        self.rows.bytes.extend_from_slice(bytes);
        self
    }

    /// Appends empty fields.
    pub fn empty(&mut self, count: usize) -> &mut Self {
        self.rows.bytes.extend(std::iter::repeat_n(b',', count));
        self
    }

    /// Appends a whole number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        push_number(&mut self.rows.bytes, number, 1);
        self.rows.bytes.push(b',');
        self
    }

    /// Appends a whole number with zeros in front.
    pub fn padded(&mut self, number: u64, width: usize) -> &mut Self {
        push_number(&mut self.rows.bytes, number, width);
        self.rows.bytes.push(b',');
        self
    }

    /// Appends a date in the file's style.
    pub fn date(&mut self, day: Day) -> &mut Self {
        self.last_date = self.rows.bytes.len();
        push_date(&mut self.rows.bytes, day, self.style);
        self.rows.bytes.push(b',');
        self
    }

    /// Appends a date, or an empty field.
    pub fn date_or_empty(&mut self, day: Option<Day>) -> &mut Self {
        match day {
            Some(day) => self.date(day),
            None => self.empty(1),
        }
    }

    /// Appends a time of day.
    pub fn time(&mut self, second_of_day: u32) -> &mut Self {
        push_time(&mut self.rows.bytes, second_of_day);
        self.rows.bytes.push(b',');
        self
    }

    /// Appends a date and a time in one field.
    pub fn moment(&mut self, day: Day, second_of_day: u32) -> &mut Self {
        self.last_date = self.rows.bytes.len();
        push_date(&mut self.rows.bytes, day, self.style);
        self.rows.bytes.push(b' ');
        push_time(&mut self.rows.bytes, second_of_day);
        self.rows.bytes.push(b',');
        self
    }

    /// Ends the row of a person, with the accidents that befall rows on their way.
    pub fn end(&mut self, person: u32, random: &mut Random) {
        let bytes = &mut self.rows.bytes;
        bytes.pop();
        let broken = random.chance(RowDirt::MALFORMED);
        if broken {
            RowDirt::pick(random).apply(bytes, self.row_start, self.last_date, random);
        }
        if self.windows_lines {
            bytes.push(b'\r');
        }
        bytes.push(b'\n');
        if random.chance(RowDirt::LATE) {
            self.late.bytes.extend_from_slice(&bytes[self.row_start..]);
            self.late.persons.push(person);
            bytes.truncate(self.row_start);
        } else {
            self.rows.persons.push(person);
            if random.chance(RowDirt::REPEATED) {
                bytes.extend_from_within(self.row_start..);
                self.rows.persons.push(person);
            }
        }
        self.row_start = self.rows.bytes.len();
        self.last_date = self.row_start;
    }
}

/// Writes a day in a style.
pub fn push_date(bytes: &mut Vec<u8>, day: Day, style: DateStyle) {
    let (year, month, date) = day.ymd();
    let (year, month, date) = (u64::from(year.unsigned_abs()), u64::from(month), u64::from(date));
    match style {
        DateStyle::Iso => {
            push_number(bytes, year, 4);
            bytes.push(b'-');
            push_number(bytes, month, 2);
            bytes.push(b'-');
            push_number(bytes, date, 2);
        }
        DateStyle::Uk => {
            push_number(bytes, date, 2);
            bytes.push(b'/');
            push_number(bytes, month, 2);
            bytes.push(b'/');
            push_number(bytes, year, 4);
        }
        DateStyle::Compact => {
            push_number(bytes, year * 10_000 + month * 100 + date, 8);
        }
    }
}

fn push_time(bytes: &mut Vec<u8>, second_of_day: u32) {
    let second = u64::from(second_of_day % 86_400);
    push_number(bytes, second / 3600, 2);
    bytes.push(b':');
    push_number(bytes, second / 60 % 60, 2);
    bytes.push(b':');
    push_number(bytes, second % 60, 2);
}

/// Writes a whole number at least this wide.
pub fn push_number(bytes: &mut Vec<u8>, number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let (mut place, mut rest) = (20, number);
    while rest > 0 || 20 - place < width.min(20) {
        place -= 1;
        digits[place] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    bytes.extend_from_slice(&digits[place..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(write: impl Fn(&mut Vec<u8>), expect: &str) {
        let mut bytes = Vec::new();
        write(&mut bytes);
        assert_eq!(String::from_utf8(bytes).unwrap(), expect);
    }

    #[test]
    fn fields() {
        let day = Day::from_ymd(2025, 3, 9).unwrap();
        check(|b| push_date(b, day, DateStyle::Iso), "2025-03-09");
        check(|b| push_date(b, day, DateStyle::Uk), "09/03/2025");
        check(|b| push_date(b, day, DateStyle::Compact), "20250309");
        check(|b| push_number(b, 0, 1), "0");
        check(|b| push_number(b, 42, 5), "00042");
        check(|b| push_number(b, u64::MAX, 1), "18446744073709551615");
        check(|b| push_time(b, 86_399), "23:59:59");
    }
}
