//! `quarantine.parquet`: the rows that could not be loaded, and why.

use super::event::whole;
use super::reader::ParquetIn;
use super::writer::{Chunk, ParquetOut};
use crate::{LakeError, QuarantineRow};
use std::ops::Range;

pub(crate) const SCHEMA: &str = "message quarantine {
    required int32 source (INTEGER(8,false));
    required binary file (UTF8);
    required int64 line (INTEGER(64,false));
    required binary column_name (UTF8);
    required binary reason (UTF8);
    required binary message (UTF8);
    required binary shape (UTF8);
}";

/// Appends rows as one row group.
pub(crate) fn append(out: &mut ParquetOut, rows: &[QuarantineRow]) -> Result<(), LakeError> {
    out.row_group(&[
        Chunk::ints(rows.iter().map(|r| i32::from(r.source))),
        Chunk::texts(rows.iter().map(|r| &r.file)),
        Chunk::longs(rows.iter().map(|r| r.line as i64)),
        Chunk::texts(rows.iter().map(|r| &r.column)),
        Chunk::texts(rows.iter().map(|r| &r.reason)),
        Chunk::texts(rows.iter().map(|r| &r.message)),
        Chunk::texts(rows.iter().map(|r| &r.shape)),
    ])
}

/// How many rows pass the filter, and those of them after the first `offset`, at most `limit`.
pub(crate) fn page(
    file: &ParquetIn,
    source: Option<u8>,
    offset: u64,
    limit: usize,
) -> Result<(u64, Vec<QuarantineRow>), LakeError> {
    let (mut total, mut rows) = (0u64, Vec::new());
    for (group, count) in file.groups().into_iter().enumerate() {
        let mut sources = Vec::with_capacity(count);
        file.ints(group, "source", &[whole(count)], 0, &mut sources)?;
        let mut pick: Vec<Range<usize>> = Vec::new();
        for (row, &found) in sources.iter().enumerate() {
            if source.is_some_and(|wanted| i32::from(wanted) != found) {
                continue;
            }
            if total >= offset && total - offset < limit as u64 {
                pick.push(row..row + 1);
            }
            total += 1;
        }
        if !pick.is_empty() {
            read(file, group, &pick, &mut rows)?;
        }
    }
    Ok((total, rows))
}

fn read(file: &ParquetIn, group: usize, pick: &[Range<usize>], out: &mut Vec<QuarantineRow>) -> Result<(), LakeError> {
    let (mut sources, mut lines) = (Vec::new(), Vec::new());
    file.ints(group, "source", pick, 0, &mut sources)?;
    file.longs(group, "line", pick, 0, &mut lines)?;
    let first = out.len();
    out.extend(sources.iter().zip(&lines).map(|(&source, &line)| QuarantineRow {
        source: source as u8,
        line: line as u64,
        ..QuarantineRow::default()
    }));
    let mut text = |name: &str, place: fn(&mut QuarantineRow) -> &mut String| {
        let mut rows = out[first..].iter_mut();
        file.texts(group, name, pick, |value| {
            if let (Some(row), Some(value)) = (rows.next(), value) {
                value.clone_into(place(row));
            }
            Ok(())
        })
    };
    text("file", |r| &mut r.file)?;
    text("column_name", |r| &mut r.column)?;
    text("reason", |r| &mut r.reason)?;
    text("message", |r| &mut r.message)?;
    text("shape", |r| &mut r.shape)
}
