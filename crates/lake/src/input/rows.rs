//! A Parquet file row by row, as text and as the numbers of texts.

use super::coded::CodedColumn;
use super::column::TextColumn;
use super::{names, plain};
use crate::LakeError;
use crate::format::guard::{check_footer, guarded};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use std::fs::File;
use std::path::Path;

/// Rows that are in memory at a time.
const BATCH: usize = 4096;

enum Column {
    Coded(Box<CodedColumn>),
    Text(Box<TextColumn>),
    /// Nobody asked for it.
    Unread,
}

impl Column {
    fn new(group: &dyn RowGroupReader, at: usize) -> Result<Self, ParquetError> {
        let column = group.metadata().column(at);
        if CodedColumn::can_read(column) {
            return Ok(Self::Coded(Box::new(CodedColumn::new(group.get_column_page_reader(at)?, column)?)));
        }
        Ok(Self::Text(Box::new(TextColumn::new(group.get_column_reader(at)?, column.column_descr())?)))
    }

    fn read(&mut self, rows: usize) -> Result<(), ParquetError> {
        match self {
            Self::Coded(column) => column.read(rows),
            Self::Text(column) => column.read(rows),
            Self::Unread => Ok(()),
        }
    }
}

/// One row of a file.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    columns: &'a [Column],
    place: usize,
    group: usize,
}

impl<'a> Row<'a> {
    /// How many columns the file has.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// The text of a column, written as [`super::read_parquet_strings`] says; empty for a column that was not wanted.
    pub fn text(&self, column: usize) -> &'a str {
        match &self.columns[column] {
            Column::Coded(column) => column.text(self.place),
            Column::Text(column) => column.text(self.place),
            Column::Unread => "",
        }
    }

    /// The number of the text in the column's own list of texts, where the file has one: rows of the same group with equal numbers
    /// have equal texts. Numbers are small; 0 is an absent value.
    pub fn code(&self, column: usize) -> Option<u32> {
        match &self.columns[column] {
            Column::Coded(column) => column.code(self.place),
            Column::Text(_) | Column::Unread => None,
        }
    }

    /// The number of the group of rows, counted from 0: with the next group the numbers of texts mean something else.
    pub fn group(&self) -> usize {
        self.group
    }
}

/// As [`super::read_parquet_strings`], with the numbers of texts. `header` says which columns are wanted; the others are not read.
pub fn read_parquet_rows(
    path: &Path,
    header: impl FnOnce(&[String]) -> Vec<bool>,
    mut row: impl FnMut(&Row<'_>),
) -> Result<u64, LakeError> {
    let file = File::open(path).map_err(|e| LakeError::io("read", path, e))?;
    let wrong = |e: ParquetError| LakeError::Input { path: path.to_owned(), why: plain(&e) };
    let reader = guarded(|| SerializedFileReader::new(file)).map_err(wrong)?;
    check_footer(reader.metadata()).map_err(wrong)?;
    let wanted = header(&names(&reader));
    let mut total = 0;
    for group in 0..reader.num_row_groups() {
        total += read_group(&reader, group, &wanted, &mut row).map_err(wrong)?;
    }
    Ok(total)
}

fn read_group(
    reader: &SerializedFileReader<File>,
    at: usize,
    wanted: &[bool],
    row: &mut impl FnMut(&Row<'_>),
) -> Result<u64, ParquetError> {
    let rows = usize::try_from(reader.metadata().row_group(at).num_rows())
        .map_err(|_| ParquetError::General("a group of rows has a count below zero".to_owned()))?;
    let group = guarded(|| reader.get_row_group(at))?;
    let mut columns = Vec::with_capacity(group.num_columns());
    for position in 0..group.num_columns() {
        let is_wanted = wanted.get(position).copied().unwrap_or(false);
        columns.push(if is_wanted { guarded(|| Column::new(&*group, position))? } else { Column::Unread });
    }
    let mut done = 0;
    while done < rows {
        let batch = BATCH.min(rows - done);
        for column in &mut columns {
            guarded(|| column.read(batch))?;
        }
        for place in 0..batch {
            row(&Row { columns: &columns, place, group: at });
        }
        done += batch;
    }
    Ok(rows as u64)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::*;
    use parquet::basic::Compression;
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::{WriterProperties, WriterVersion};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use std::collections::HashMap;
    use std::sync::Arc;

    /// What the Parquet library wrote comes back, whatever the pages: dictionary, plain, a dictionary that grew too large on the way,
    /// both versions of pages, absent values, several groups of rows. Equal numbers mean equal texts.
    #[test]
    fn all_kinds_of_pages_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.parquet");
        let texts: Vec<Option<String>> = (0_u32..9000)
            .map(|n| {
                (n % 7 != 3).then(|| if n % 50 < 20 { "same".into() } else { format!("t\u{e9}xt {}", n * n % 700) })
            })
            .collect();
        let schema =
            Arc::new(parse_message_type("message m { optional binary a (UTF8); required binary b (UTF8); }").unwrap());
        for (version, dictionary, limit) in [
            (WriterVersion::PARQUET_1_0, true, 1 << 20),
            (WriterVersion::PARQUET_1_0, true, 300),
            (WriterVersion::PARQUET_1_0, false, 1 << 20),
            (WriterVersion::PARQUET_2_0, true, 1 << 20),
            (WriterVersion::PARQUET_2_0, true, 300),
        ] {
            let properties = WriterProperties::builder()
                .set_writer_version(version)
                .set_dictionary_enabled(dictionary)
                .set_dictionary_page_size_limit(limit)
                .set_data_page_row_count_limit(700)
                .set_write_batch_size(100)
                .set_compression(Compression::SNAPPY)
                .build();
            let mut writer =
                SerializedFileWriter::new(File::create(&path).unwrap(), schema.clone(), Arc::new(properties)).unwrap();
            for group in texts.chunks(5000) {
                let mut out = writer.next_row_group().unwrap();
                let there: Vec<ByteArray> = group.iter().flatten().map(|t| ByteArray::from(t.as_str())).collect();
                let levels: Vec<i16> = group.iter().map(|t| i16::from(t.is_some())).collect();
                let mut column = out.next_column().unwrap().unwrap();
                column.typed::<ByteArrayType>().write_batch(&there, Some(&levels), None).unwrap();
                column.close().unwrap();
                let all: Vec<ByteArray> = group.iter().map(|t| ByteArray::from(t.as_deref().unwrap_or("-"))).collect();
                let mut column = out.next_column().unwrap().unwrap();
                column.typed::<ByteArrayType>().write_batch(&all, None, None).unwrap();
                column.close().unwrap();
                out.close().unwrap();
            }
            writer.close().unwrap();
            let (mut at, mut numbered) = (0, 0);
            let mut meaning: HashMap<(usize, u32), String> = HashMap::new();
            let read = read_parquet_rows(
                &path,
                |_| vec![true; 2],
                |row| {
                    assert_eq!(row.text(0), texts[at].as_deref().unwrap_or(""), "row {at}");
                    assert_eq!(row.text(1), texts[at].as_deref().unwrap_or("-"), "row {at}");
                    if let Some(code) = row.code(1) {
                        numbered += 1;
                        assert_eq!(
                            meaning.entry((row.group(), code)).or_insert_with(|| row.text(1).into()),
                            row.text(1)
                        );
                    }
                    assert!(row.code(0).is_none_or(|code| (code == 0) == texts[at].is_none()));
                    at += 1;
                },
            );
            assert_eq!((read.unwrap(), at), (9000, 9000));
            // Rows are numbered as far as the dictionary went; pages of the second version that left theirs are read the other way.
            let expected = match (dictionary, limit > 300, version == WriterVersion::PARQUET_2_0) {
                (true, true, _) => 9000..9001,
                (true, false, false) => 1..9000,
                _ => 0..1,
            };
            assert!(expected.contains(&numbered), "{version:?} {dictionary} {limit}: {numbered}");
            let unread = read_parquet_rows(&path, |_| vec![false, true], |row| assert_eq!(row.text(0), ""));
            assert_eq!(unread.unwrap(), 9000);
        }
    }
}
