//! A partner's Parquet file as rows of text, for intake.

mod coded;
mod column;
mod hybrid;
mod rows;
mod typed;
mod word;

pub use rows::{Row, read_parquet_rows};
pub use typed::ColumnFile;

use crate::LakeError;
use crate::format::guard::{check_footer, guarded};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::fs::File;
use std::path::Path;

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
    read_parquet_rows(
        path,
        |names| {
            header(names);
            vec![true; names.len()]
        },
        |each| {
            // On the stack where the columns are few, so that nothing is allocated for a row.
            let mut few = [""; 32];
            match few.get_mut(..each.columns()) {
                Some(texts) => {
                    texts.iter_mut().enumerate().for_each(|(at, text)| *text = each.text(at));
                    row(texts);
                }
                None => row(&(0..each.columns()).map(|at| each.text(at)).collect::<Vec<_>>()),
            }
        },
    )
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

/// The library's words without its name in front.
fn plain(error: &ParquetError) -> String {
    let text = error.to_string();
    text.strip_prefix("Parquet error: ").unwrap_or(&text).to_owned()
}
