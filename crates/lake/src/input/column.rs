//! One column of a partner's file as text, a batch of rows at a time.

use super::word::Word;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescriptor;

/// A column and the texts of the rows read last.
pub(super) struct TextColumn {
    reader: ColumnReader,
    word: Word,
    /// Definition level of a value that is there, where values can be absent.
    full: i16,
    repeated: bool,
    text: String,
    ends: Vec<usize>,
}

impl TextColumn {
    pub(super) fn new(reader: ColumnReader, descriptor: &ColumnDescriptor) -> Result<Self, ParquetError> {
        let word = Word::of(descriptor)?;
        let (full, repeated) = (descriptor.max_def_level(), descriptor.max_rep_level() > 0);
        Ok(Self { reader, word, full, repeated, text: String::new(), ends: Vec::new() })
    }

    /// The text of a row of the batch.
    pub(super) fn text(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..self.ends[row]]
    }

    /// Reads the next rows; an error where there are fewer.
    pub(super) fn read(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.text.clear();
        self.ends.clear();
        let word = self.word;
        let mut out = Rows { text: &mut self.text, ends: &mut self.ends, full: self.full, repeated: self.repeated };
        match &mut self.reader {
            ColumnReader::BoolColumnReader(r) => {
                out.fill(r, rows, |v, to| to.push_str(if *v { "true" } else { "false" }))
            }
            ColumnReader::Int32ColumnReader(r) => out.fill(r, rows, |v, to| word.integer(i64::from(*v), to)),
            ColumnReader::Int64ColumnReader(r) => out.fill(r, rows, |v, to| word.integer(*v, to)),
            ColumnReader::Int96ColumnReader(r) => out.fill(r, rows, |v, to| Word::int96(v.data(), to)),
            ColumnReader::FloatColumnReader(r) => out.fill(r, rows, |v, to| to.push_str(&v.to_string())),
            ColumnReader::DoubleColumnReader(r) => out.fill(r, rows, |v, to| to.push_str(&v.to_string())),
            ColumnReader::ByteArrayColumnReader(r) => out.fill(r, rows, |v, to| word.bytes(v.data(), to)),
            ColumnReader::FixedLenByteArrayColumnReader(r) => out.fill(r, rows, |v, to| word.bytes(v.data(), to)),
        }
    }
}

/// Where a batch of rows goes.
struct Rows<'a> {
    text: &'a mut String,
    ends: &'a mut Vec<usize>,
    full: i16,
    repeated: bool,
}

impl Rows<'_> {
    fn fill<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        rows: usize,
        mut write: impl FnMut(&T::T, &mut String),
    ) -> Result<(), ParquetError> {
        let (mut present, mut repeats, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let mut read = 0;
        while read < rows {
            let (records, _, _) =
                reader.read_records(rows - read, Some(&mut present), Some(&mut repeats), &mut values)?;
            if records == 0 {
                return Err(ParquetError::EOF("the file ends before its last row".to_owned()));
            }
            read += records;
        }
        let mut values = values.iter();
        let levels = if self.full > 0 { present.len() } else { rows };
        for level in 0..levels {
            let continues = self.repeated && repeats.get(level).is_some_and(|&r| r > 0);
            if !continues && level > 0 {
                self.ends.push(self.text.len());
            }
            if self.full > 0 && present.get(level).is_none_or(|&p| p < self.full) {
                continue;
            }
            if continues {
                self.text.push(';');
            }
            match values.next() {
                Some(value) => write(value, self.text),
                None => return Err(ParquetError::EOF("a column has fewer values than rows".to_owned())),
            }
        }
        if rows > 0 {
            self.ends.push(self.text.len());
        }
        if self.ends.len() != rows {
            return Err(ParquetError::General("a column has more or fewer rows than the file says".to_owned()));
        }
        Ok(())
    }
}
