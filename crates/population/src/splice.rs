//! The table of people with some rows replaced: column chunks in which nothing changed are taken over as they are on disk, so
//! that the work is in proportion to what changed, and the bytes are those of a table written from the start.

use crate::results;
use crate::results::Summary;
use crate::save::{ROWS, SaveError, table};
use blueprint::Blueprint;
use lake::LakeError;
use lake::table::{Column, Named, TableReader, TableWriter};
use std::ops::Range;
use std::path::Path;

/// What is put in and taken out.
pub struct People<'a> {
    /// The changed people as they were, in the order of identifiers.
    pub old: &'a results::People,
    /// The changed people as they are, in the order of identifiers.
    pub new: &'a results::People,
    /// The new summary, with the words of segments and their like.
    pub summary: &'a Summary,
    /// The care model.
    pub blueprint: &'a Blueprint,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spliced {
    /// Rows of the new table.
    pub rows: u64,
    /// Column chunks taken over as they are.
    pub copied: u64,
    /// All column chunks.
    pub all: u64,
}

/// Where a row of the new table comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// A row of the old table.
    Old(usize),
    /// A changed person.
    New(usize),
}

/// Writes the new table. `None` where the old one does not have the columns of the model, or not the people to be taken out.
pub fn splice(old: &Path, new: &Path, people: &People<'_>) -> Result<Option<Spliced>, SaveError> {
    let reader = TableReader::open(old)?;
    let was = table(people.old, 0..people.old.len(), people.summary, people.blueprint);
    let is = table(people.new, 0..people.new.len(), people.summary, people.blueprint);
    if reader.columns().len() != is.len()
        || reader.columns().iter().zip(&is).any(|(a, b)| a.0 != b.0 || a.1 != b.1.emptied())
    {
        return Ok(None);
    }
    let old_ids = ids(&reader)?;
    let Some(rows) = merged(&old_ids, &people.old.id, &people.new.id) else { return Ok(None) };
    let mut writer = TableWriter::create(new, &is)?;
    let mut spliced = Spliced { rows: rows.len() as u64, copied: 0, all: 0 };
    let splice = Splice { reader, was, is, rows, old_ids, people };
    for from in (0..splice.rows.len()).step_by(ROWS) {
        splice.group(from..splice.rows.len().min(from + ROWS), &mut writer, &mut spliced)?;
    }
    writer.finish()?;
    Ok(Some(spliced))
}

fn ids(reader: &TableReader) -> Result<Vec<u64>, LakeError> {
    let mut ids = Vec::new();
    for group in 0..reader.groups().len() {
        if let Column::I64(values) = reader.column(group, 0)? {
            ids.extend(values.into_iter().map(|id| id as u64));
        }
    }
    Ok(ids)
}

/// The rows of the new table in the order of identifiers. `None` where somebody who is to be taken out is not there.
fn merged(old: &[u64], gone: &[u64], new: &[u64]) -> Option<Vec<From>> {
    let mut rows = Vec::with_capacity(old.len() + new.len());
    let (mut gone, mut next) = (gone.iter().peekable(), 0);
    for (row, &id) in old.iter().enumerate() {
        while new.get(next).is_some_and(|&other| other < id) {
            rows.push(From::New(next));
            next += 1;
        }
        if gone.next_if(|&&other| other == id).is_none() {
            rows.push(From::Old(row));
        }
    }
    rows.extend((next..new.len()).map(From::New));
    gone.next().is_none().then_some(rows)
}

struct Splice<'a> {
    reader: TableReader,
    was: Vec<Named>,
    is: Vec<Named>,
    rows: Vec<From>,
    old_ids: Vec<u64>,
    people: &'a People<'a>,
}

impl Splice<'_> {
    /// Writes the rows of one row group.
    fn group(&self, range: Range<usize>, writer: &mut TableWriter, done: &mut Spliced) -> Result<(), LakeError> {
        let rows = &self.rows[range.clone()];
        let number = range.start / ROWS;
        let columns = self.is.len();
        done.all += columns as u64;
        if !self.same_people(rows, range.start, number) {
            let built: Result<Vec<Named>, LakeError> =
                (0..columns).map(|c| Ok((self.is[c].0.clone(), self.build(c, rows)?))).collect();
            return writer.append(&built?);
        }
        let mut built = Vec::with_capacity(columns);
        for column in 0..columns {
            built.push(if self.is_changed(column, rows) { Some(self.build(column, rows)?) } else { None });
        }
        done.copied += built.iter().filter(|column| column.is_none()).count() as u64;
        writer.append_from(&self.reader, number, &built)
    }

    /// Whether a row group of the old table has the same people in the same places.
    fn same_people(&self, rows: &[From], start: usize, number: usize) -> bool {
        self.reader.groups().get(number) == Some(&rows.len())
            && rows.iter().enumerate().all(|(offset, row)| {
                let id = match row {
                    From::Old(row) => self.old_ids[*row],
                    From::New(new) => self.people.new.id[*new],
                };
                self.old_ids.get(start + offset) == Some(&id)
            })
    }

    /// Whether any changed person among these rows has another value in a column than before.
    fn is_changed(&self, column: usize, rows: &[From]) -> bool {
        let (was, is) = (&self.was[column].1, &self.is[column].1);
        rows.iter().any(|row| match row {
            From::Old(_) => false,
            From::New(new) => match self.people.old.id.binary_search(&self.people.new.id[*new]) {
                Ok(old) => !is.is_same(*new, was, old),
                Err(_) => true,
            },
        })
    }

    /// The values of a column in these rows.
    fn build(&self, column: usize, rows: &[From]) -> Result<Column, LakeError> {
        let mut values = self.is[column].1.emptied();
        // Old rows come in ascending order: each row group is read once.
        let mut open: Option<(Range<usize>, Column)> = None;
        for row in rows {
            let found = match row {
                From::New(new) => values.push_from(&self.is[column].1, *new),
                From::Old(old) => {
                    if open.as_ref().is_none_or(|(range, _)| !range.contains(old)) {
                        let (group, range) = self.group_of(*old);
                        open = Some((range, self.reader.column(group, column)?));
                    }
                    open.as_ref().is_some_and(|(range, column)| values.push_from(column, old - range.start))
                }
            };
            if !found {
                return Err(LakeError::NotThere(format!("a row of {} is missing", self.is[column].0)));
            }
        }
        Ok(values)
    }

    /// The row group of a row of the old table, and its rows.
    fn group_of(&self, row: usize) -> (usize, Range<usize>) {
        let mut start = 0;
        for (group, rows) in self.reader.groups().into_iter().enumerate() {
            if row < start + rows {
                return (group, start..start + rows);
            }
            start += rows;
        }
        (usize::MAX, start..start)
    }
}
