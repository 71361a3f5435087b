//! The header of a file against its format.

use crate::SourceFormat;
use crate::error::LoadError;
use crate::nearest::{nearest, quoted};
use crate::read::Block;
use csv::ByteRecord;

/// Takes the header off the first block.
pub(super) fn take(format: &SourceFormat, block: &mut Block, shown: &str) -> Result<Vec<String>, LoadError> {
    if block.broken {
        return Err(LoadError::file(
            shown,
            Some(1),
            "has a header with a quote that does not close",
            "correct the first line",
        ));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(format.delimiter)
        .quote(format.quote)
        .from_reader(block.bytes.as_slice());
    let mut record = ByteRecord::new();
    let found = reader.read_byte_record(&mut record).unwrap_or(false);
    if !found {
        return Err(LoadError::file(
            shown,
            Some(1),
            "holds no header",
            "the first line must name the columns; ask the partner to send it again",
        ));
    }
    let name = |field: &[u8]| match std::str::from_utf8(field) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(field).0.trim().to_owned(),
    };
    let header: Vec<String> = record.iter().map(name).collect();
    let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(block.bytes.len());
    let rest = block.bytes.split_off(end);
    block.first_line += memchr::memchr_iter(b'\n', &block.bytes).count() as u64;
    // A carriage return and its line feed may be parted by the reader's buffer.
    block.bytes = rest;
    if block.bytes.first() == Some(&b'\n') {
        block.bytes.remove(0);
        block.first_line += 1;
    }
    Ok(header)
}

/// Refuses a file without the columns that its format requires, and one that names a column twice.
pub(super) fn check(format: &SourceFormat, header: &[String], shown: &str) -> Result<(), LoadError> {
    let has = |name: &String| header.iter().any(|own| own.trim().eq_ignore_ascii_case(name));
    let missing: Vec<&str> = format
        .columns
        .iter()
        .filter(|spec| spec.required && !spec.names.iter().any(has))
        .filter_map(|spec| spec.names.first().map(String::as_str))
        .collect();
    if !missing.is_empty() {
        let mut what = format!(
            "lacks {} that {} needs: {}",
            if missing.len() == 1 { "a column" } else { "columns" },
            format.name,
            quoted(&missing)
        );
        for name in &missing {
            let near = nearest(name, header.iter().map(String::as_str));
            if !near.is_empty() {
                what = format!("{what}; near \"{name}\" there is {}", quoted(&near));
            }
        }
        return Err(LoadError::file(
            shown,
            Some(1),
            what,
            "check that the file belongs to this source, or give the column's name in a copy of the format",
        ));
    }
    let lower: Vec<String> = header.iter().map(|name| name.to_lowercase()).collect();
    for (place, name) in lower.iter().enumerate() {
        let read = format.columns.iter().any(|spec| spec.names.iter().any(|own| own.eq_ignore_ascii_case(name)));
        if read && lower[..place].contains(name) {
            let what = format!("names the column \"{}\" twice", header[place]);
            return Err(LoadError::file(
                shown,
                Some(1),
                what,
                "ask the partner which one counts and take the other out",
            ));
        }
    }
    if header.len() > usize::from(u16::MAX) {
        return Err(LoadError::file(shown, Some(1), "has more than 65,535 columns", "check the source's delimiter"));
    }
    Ok(())
}

/// Whether a column is known to the format though it does not read it.
pub(super) fn is_ignored(format: &SourceFormat, name: &str) -> bool {
    format.ignore.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => name.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start)),
        None => pattern.eq_ignore_ascii_case(name),
    })
}
