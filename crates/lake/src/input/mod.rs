//! A partner's Parquet file as rows of text, for intake.

mod column;
mod typed;
mod word;

pub use typed::ColumnFile;

use crate::LakeError;
use crate::format::guard::{check_footer, guarded};
use column::TextColumn;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::fs::File;
use std::path::Path;

/// Rows that are in memory at a time.
const BATCH: usize = 4096;

/// Reads any Parquet file as text, row by row, in bounded memory, and returns the number of rows. `header` is called
/// once with the names of the columns (`a.b` for a field of a group), then `row` for each row in order. Dates are
/// written `2015-03-09`, instants `2015-03-09T14:30:00` with up to nine decimals of a second, numbers plain, decimals
/// with their point, truth as `true` and `false`, bytes that are not text in hexadecimal; a value that is absent is
/// empty; the items of a list are joined by `;`.
pub fn read_parquet_strings(
    path: &Path,
    mut header: impl FnMut(&[String]),
    mut row: impl FnMut(&[&str]),
) -> Result<u64, LakeError> {
    let file = File::open(path).map_err(|e| LakeError::io("read", path, e))?;
    let wrong = |e: ParquetError| LakeError::Input { path: path.to_owned(), why: plain(&e) };
    let reader = guarded(|| SerializedFileReader::new(file)).map_err(wrong)?;
    check_footer(reader.metadata()).map_err(wrong)?;
    header(&names(&reader));
    let mut total = 0;
    for group in 0..reader.num_row_groups() {
        total += read_group(&reader, group, &mut row).map_err(wrong)?;
    }
    Ok(total)
}

/// How many rows a Parquet file says it has.
pub fn parquet_rows(path: &Path) -> Result<u64, LakeError> {
    let file = File::open(path).map_err(|e| LakeError::io("read", path, e))?;
    let wrong = |e: ParquetError| LakeError::Input { path: path.to_owned(), why: plain(&e) };
    let reader = guarded(|| SerializedFileReader::new(file)).map_err(wrong)?;
    check_footer(reader.metadata()).map_err(wrong)?;
    Ok(u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0))
}

fn names(reader: &SerializedFileReader<File>) -> Vec<String> {
    let schema = reader.metadata().file_metadata().schema_descr();
    // The words that the format itself puts around the items of a list say nothing to a reader.
    let shown = |part: &&String| !matches!(part.as_str(), "list" | "element" | "item" | "array" | "bag");
    let name = |parts: &[String]| match parts {
        [only] => only.clone(),
        [first, rest @ ..] => {
            std::iter::once(first).chain(rest.iter().filter(shown)).cloned().collect::<Vec<_>>().join(".")
        }
        [] => String::new(),
    };
    schema.columns().iter().map(|c| name(c.path().parts())).collect()
}

fn read_group(
    reader: &SerializedFileReader<File>,
    group: usize,
    row: &mut impl FnMut(&[&str]),
) -> Result<u64, ParquetError> {
    let rows = usize::try_from(reader.metadata().row_group(group).num_rows())
        .map_err(|_| ParquetError::General("a group of rows has a count below zero".to_owned()))?;
    let group = guarded(|| reader.get_row_group(group))?;
    let mut columns = Vec::with_capacity(group.num_columns());
    for position in 0..group.num_columns() {
        let descriptor = group.metadata().schema_descr().column(position);
        columns.push(guarded(|| TextColumn::new(group.get_column_reader(position)?, &descriptor))?);
    }
    let mut done = 0;
    while done < rows {
        let batch = BATCH.min(rows - done);
        for column in &mut columns {
            guarded(|| column.read(batch))?;
        }
        let mut texts: Vec<&str> = Vec::with_capacity(columns.len());
        for position in 0..batch {
            texts.clear();
            texts.extend(columns.iter().map(|c| c.text(position)));
            row(&texts);
        }
        done += batch;
    }
    Ok(rows as u64)
}

/// The library's words without its name in front.
fn plain(error: &ParquetError) -> String {
    let text = error.to_string();
    text.strip_prefix("Parquet error: ").unwrap_or(&text).to_owned()
}
