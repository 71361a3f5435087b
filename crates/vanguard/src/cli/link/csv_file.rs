//! CSV files as people have them: any mark between cells, a byte order mark, rows of any length, Latin-1.

use super::read::Rows;
use anyhow::bail;
use std::io::Read as _;
use std::path::Path;

/// Whether a file begins as Parquet does.
pub fn is_parquet(path: &Path) -> anyhow::Result<bool> {
    let mut magic = [0; 4];
    let read = std::fs::File::open(path)?.read(&mut magic)?;
    Ok(read == 4 && &magic == b"PAR1")
}

/// Whether a file begins with the byte order mark of UTF-16.
fn utf16(path: &Path) -> anyhow::Result<bool> {
    let mut start = [0; 2];
    let read = std::fs::File::open(path)?.read(&mut start)?;
    Ok(read == 2 && (start == [0xff, 0xfe] || start == [0xfe, 0xff]))
}

/// Reads the rows of a CSV file; `told` is called with the bytes read so far.
pub fn rows(path: &Path, rows: &mut Rows<'_>, told: &dyn Fn(u64)) -> anyhow::Result<()> {
    if utf16(path)? {
        bail!("it is UTF-16 text, as some spreadsheets save it; save it as CSV UTF-8");
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(path)?)
        .flexible(true)
        .buffer_capacity(1 << 20)
        .from_path(path)?;
    let header: Vec<String> = reader
        .byte_headers()?
        .iter()
        .map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').trim().to_owned())
        .collect();
    if header.iter().all(String::is_empty) {
        bail!("it is empty; give a file with a header and rows");
    }
    rows.header(&header)?;
    let mut bytes = csv::ByteRecord::new();
    while reader.read_byte_record(&mut bytes)? {
        if rows.count().is_multiple_of(1 << 14) {
            told(reader.position().byte());
        }
        let (line, even) = (bytes.position().map_or(0, csv::Position::line), bytes.len() == header.len());
        match csv::StringRecord::from_byte_record(std::mem::take(&mut bytes)) {
            Ok(record) => {
                rows.line(line, even, true, |at| record.get(at).unwrap_or(""));
                bytes = record.into_byte_record();
            }
            Err(error) => {
                // Each byte of Latin-1 is the character of that number.
                let cell = |cell: &[u8]| match std::str::from_utf8(cell) {
                    Ok(text) => text.to_owned(),
                    Err(_) => cell.iter().map(|byte| char::from(*byte)).collect(),
                };
                let cells: Vec<String> = error.into_byte_record().iter().map(cell).collect();
                rows.line(line, even, false, |at| cells.get(at).map_or("", String::as_str));
            }
        }
    }
    Ok(())
}

/// The mark between cells that the first line has most of.
fn delimiter(path: &Path) -> anyhow::Result<u8> {
    let mut start = vec![0; 1 << 16];
    let read = std::fs::File::open(path)?.read(&mut start)?;
    let line = start[..read].split(|byte| *byte == b'\n').next().unwrap_or(&[]);
    let count = |mark: u8| line.split(|byte| *byte == mark).count();
    Ok([b',', b'\t', b';', b'|'].into_iter().rev().max_by_key(|mark| count(*mark)).unwrap_or(b','))
}
