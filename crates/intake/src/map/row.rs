//! A record seen through its format.

use super::Refusal;
use crate::format::{ColumnId, Condition, Encoding, FilledRule, SourceFormat};
use crate::tally::{Seen, Tally};
use crate::value::{DateValue, date, shape};
use nhs::{Day, Invalid};
use std::borrow::Cow;

/// The earliest day an event can have: 1 January 1900.
const FIRST_DAY: Day = Day(-25_567);

/// A format bound to the header of one file.
pub(crate) struct Bound<'f> {
    pub(crate) format: &'f SourceFormat,
    pub(crate) header: Vec<String>,
    /// Position of each column of the format in the header.
    at: Vec<Option<u16>>,
    pub(crate) as_of: Day,
    pub(crate) source: u8,
    /// Seed of links and local ids, from the format's space.
    pub(crate) space: u64,
    /// Texts that mean nothing, shorter than eight bytes.
    missing: Vec<Vec<u8>>,
}

impl<'f> Bound<'f> {
    pub(crate) fn new(format: &'f SourceFormat, header: Vec<String>, as_of: Day, source: u8) -> Self {
        let position = |name: &String| header.iter().position(|own| own.trim().eq_ignore_ascii_case(name));
        let at = format.columns.iter().map(|spec| spec.names.iter().find_map(position).map(|p| p as u16)).collect();
        let space = crate::hash::Hasher::new(7).bytes(format.space.as_bytes()).finish();
        let missing = format.missing.iter().map(|text| text.trim().as_bytes().to_vec()).collect();
        Self { format, header, at, as_of, source, space, missing }
    }

    pub(crate) fn at(&self, column: ColumnId) -> Option<u16> {
        self.at.get(usize::from(column.0)).copied().flatten()
    }

    /// Whether the format reads the column at this position.
    pub(crate) fn is_used(&self, position: usize) -> bool {
        self.at.contains(&Some(position as u16))
    }

    fn is_missing(&self, bytes: &[u8]) -> bool {
        bytes.is_empty() || (bytes.len() < 8 && self.missing.iter().any(|text| text == bytes))
    }
}

/// One record.
pub(crate) struct Row<'b, 'r> {
    pub(crate) bound: &'b Bound<'b>,
    pub(crate) record: &'r csv::ByteRecord,
}

impl<'r> Row<'_, 'r> {
    pub(crate) fn count_filled(&self, tally: &mut Tally) {
        for (field, column) in self.record.iter().zip(&mut tally.columns) {
            column.filled += u64::from(!field.is_empty() && !self.bound.is_missing(field.trim_ascii()));
        }
    }

    /// The bytes of a column, trimmed; `None` where the file lacks the column or the field means nothing.
    pub(crate) fn bytes(&self, column: ColumnId) -> Option<&'r [u8]> {
        let bytes = self.record.get(usize::from(self.bound.at(column)?))?.trim_ascii();
        (!self.bound.is_missing(bytes)).then_some(bytes)
    }

    /// The text of a column. Bytes that are not in the format's encoding are a warning and no text.
    pub(crate) fn text(&self, column: ColumnId, tally: &mut Tally) -> Option<Cow<'r, str>> {
        let bytes = self.bytes(column)?;
        if bytes.is_ascii() {
            return std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
        }
        match (self.bound.format.encoding, std::str::from_utf8(bytes)) {
            (Encoding::Utf8 | Encoding::Auto, Ok(text)) => Some(Cow::Borrowed(text)),
            (Encoding::Utf8, Err(_)) => {
                self.warn(column, Invalid("is not UTF-8 text"), tally);
                None
            }
            (Encoding::Windows1252 | Encoding::Auto, _) => {
                Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0)
            }
        }
    }

    /// The text under an optional column of the format.
    pub(crate) fn optional(&self, column: Option<ColumnId>, tally: &mut Tally) -> Option<Cow<'r, str>> {
        column.and_then(|column| self.text(column, tally))
    }

    /// A value read from an optional column; a bad one is a warning.
    pub(crate) fn parsed<V>(
        &self,
        column: Option<ColumnId>,
        tally: &mut Tally,
        parse: impl FnOnce(&str) -> Result<V, Invalid>,
    ) -> Option<V> {
        let column = column?;
        let text = self.text(column, tally)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(why) => {
                self.warn(column, why, tally);
                None
            }
        }
    }

    /// Counts a bad optional value.
    pub(crate) fn warn(&self, column: ColumnId, why: Invalid, tally: &mut Tally) {
        let Some(at) = self.bound.at(column) else { return };
        if let Some(column) = tally.columns.get_mut(usize::from(at)) {
            column.invalid += 1;
        }
        let seen = tally.warnings.entry((at, why.0)).or_insert_with(|| Seen {
            count: 0,
            first: self.record.position().map(|p| p.line().to_string()).unwrap_or_default(),
            shape: shape(self.record.get(usize::from(at)).unwrap_or_default()),
        });
        seen.count += 1;
    }

    /// The date of a column.
    pub(crate) fn date(&self, column: ColumnId, tally: &mut Tally) -> Option<DateValue> {
        let text = self.text(column, tally)?;
        let value = date(&text, &self.bound.format.dates, &self.bound.format.unknown_dates);
        if value == DateValue::Unknown
            && let Some(column) = self.bound.at(column).and_then(|at| tally.columns.get_mut(usize::from(at)))
        {
            column.not_known += 1;
        }
        Some(value)
    }

    /// The date of an optional column; a bad one is a warning.
    pub(crate) fn known_date(&self, column: Option<ColumnId>, tally: &mut Tally) -> Option<Day> {
        let column = column?;
        match self.date(column, tally)? {
            DateValue::Known(day) => Some(day),
            DateValue::Unknown => None,
            DateValue::Bad(why) => {
                self.warn(column, why, tally);
                None
            }
        }
    }

    /// The first of these columns with a known date, which must lie between 1900 and the day of the snapshot.
    pub(crate) fn event_date(&self, columns: &[ColumnId], tally: &mut Tally) -> Result<Day, Box<Refusal>> {
        let mut refusal = None;
        for &column in columns {
            match self.date(column, tally) {
                Some(DateValue::Known(day)) if day > self.bound.as_of => {
                    return Err(self.refusal(column, "date_in_future", "lies after the day of the snapshot"));
                }
                Some(DateValue::Known(day)) if day < FIRST_DAY => {
                    return Err(self.refusal(column, "date_too_early", "lies before 1900"));
                }
                Some(DateValue::Known(day)) => return Ok(day),
                Some(DateValue::Bad(why)) => {
                    self.warn(column, why, tally);
                    refusal = Some(self.refusal(column, "date_wrong", why.0));
                }
                Some(DateValue::Unknown) => {
                    refusal = refusal.or_else(|| {
                        Some(self.refusal(column, "date_not_known", "is a date that stands for \"not known\""))
                    });
                }
                None => {}
            }
        }
        let column = columns.first().copied().unwrap_or(ColumnId(u16::MAX));
        Err(refusal.unwrap_or_else(|| self.refusal(column, "date_missing", "has no date")))
    }

    #[expect(clippy::unnecessary_box_returns, reason = "an error in a result, where a small one is moved faster")]
    pub(crate) fn refusal(&self, column: ColumnId, reason: &'static str, message: &str) -> Box<Refusal> {
        let at = self.bound.at(column);
        let bytes = at.and_then(|at| self.record.get(usize::from(at))).unwrap_or_default();
        Box::new(Refusal { column: at, reason, message: message.to_owned(), shape: shape(bytes) })
    }

    pub(crate) fn holds(&self, condition: &Condition, tally: &mut Tally) -> bool {
        let text = self.text(condition.column, tally);
        match (&condition.test, text) {
            (FilledRule::Filled, text) => text.is_some(),
            (FilledRule::Empty, text) => text.is_none(),
            (FilledRule::Is(values), text) => values.get(text.as_deref().unwrap_or("")).is_some(),
            (FilledRule::IsNot(values), text) => values.get(text.as_deref().unwrap_or("")).is_none(),
        }
    }
}
