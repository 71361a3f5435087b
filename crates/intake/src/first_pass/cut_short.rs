//! Files that end in the middle of a row: the transfer was cut short, and what is missing cannot be known.

use crate::SourceFormat;
use crate::error::LoadError;
use crate::read::Block;
use csv::ByteRecord;

/// Refuses a block that ends in the middle of a row. Only the last block of a file can lack a line end. A last row with all
/// its columns passes: some programs leave out the last line end.
pub(super) fn check(block: &Block, format: &SourceFormat, columns: usize, shown: &str) -> Result<(), LoadError> {
    if block.bytes.is_empty() || block.bytes.ends_with(b"\n") || block.bytes.ends_with(b"\r") {
        return Ok(());
    }
    let lines = memchr::memchr_iter(b'\n', &block.bytes).count() as u64;
    let found = if block.broken { None } else { Some(last_row(block, format)) };
    let what = match found {
        Some(fields) if fields >= columns => return Ok(()),
        Some(fields) => {
            format!("ends in the middle of a row, after {fields} of {columns} columns and without a line end")
        }
        None => "ends in the middle of a row, inside a quoted field".to_owned(),
    };
    let advice = "the file was cut short on its way; ask the partner to send it again";
    Err(LoadError::file(shown, Some(block.first_line + lines), what, advice))
}

/// Columns of the last row of a block.
fn last_row(block: &Block, format: &SourceFormat) -> usize {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(format.delimiter)
        .quote(format.quote)
        .from_reader(block.bytes.as_slice());
    let mut record = ByteRecord::new();
    let mut fields = 0;
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        fields = record.len();
    }
    fields
}
