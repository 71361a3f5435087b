//! Writing columns: one row group at a time, every byte on disk before the file counts as written.

use super::copy::ChunkSource;
use super::guard::guarded;
use crate::LakeError;
use parquet::basic::{Compression, Encoding, Type, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Values of one column of one row group. Values stand without gaps; `present` has 1 or 0 for each row where the column is optional.
pub(crate) enum Chunk {
    Int(Vec<i32>, Option<Vec<i16>>),
    Long(Vec<i64>, Option<Vec<i16>>),
    Text(Vec<ByteArray>, Option<Vec<i16>>),
    Bool(Vec<bool>),
}

impl Chunk {
    pub(crate) fn ints(values: impl Iterator<Item = i32>) -> Self {
        Self::Int(values.collect(), None)
    }

    pub(crate) fn longs(values: impl Iterator<Item = i64>) -> Self {
        Self::Long(values.collect(), None)
    }

    pub(crate) fn optional_ints(values: impl Iterator<Item = Option<i32>>) -> Self {
        let (values, present) = gaps(values);
        Self::Int(values, Some(present))
    }

    pub(crate) fn optional_longs(values: impl Iterator<Item = Option<i64>>) -> Self {
        let (values, present) = gaps(values);
        Self::Long(values, Some(present))
    }

    pub(crate) fn texts<T: AsRef<str>>(values: impl Iterator<Item = T>) -> Self {
        Self::Text(pack(values), None)
    }

    pub(crate) fn optional_texts<T: AsRef<str>>(values: impl Iterator<Item = Option<T>>) -> Self {
        let (values, present) = gaps(values);
        Self::Text(pack(values.into_iter()), Some(present))
    }
}

/// The values that are there, and 1 or 0 for each row.
fn gaps<T>(rows: impl Iterator<Item = Option<T>>) -> (Vec<T>, Vec<i16>) {
    let (mut values, mut present) = (Vec::new(), Vec::with_capacity(rows.size_hint().0));
    for row in rows {
        present.push(i16::from(row.is_some()));
        values.extend(row);
    }
    (values, present)
}

/// All texts in one allocation, each a slice of it.
fn pack<T: AsRef<str>>(values: impl Iterator<Item = T>) -> Vec<ByteArray> {
    let (mut bytes, mut ends) = (Vec::new(), Vec::with_capacity(values.size_hint().0));
    for value in values {
        bytes.extend_from_slice(value.as_ref().as_bytes());
        ends.push(bytes.len());
    }
    let whole = ByteArray::from(bytes);
    let mut start = 0;
    ends.into_iter()
        .map(|end| {
            let text = whole.slice(start, end - start);
            start = end;
            text
        })
        .collect()
}

/// A Parquet file that is being written.
pub(crate) struct ParquetOut {
    path: PathBuf,
    writer: SerializedFileWriter<File>,
}

impl std::fmt::Debug for ParquetOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetOut").field("path", &self.path).finish_non_exhaustive()
    }
}

impl ParquetOut {
    /// Starts a file. Columns are dictionary-encoded (runs of equal values take next to nothing) but for those in
    /// `delta`, whose values hardly repeat and grow: those are written as differences (texts: their lengths).
    pub(crate) fn create(path: &Path, schema: &str, delta: &[&str]) -> Result<Self, LakeError> {
        let schema = parse_message_type(schema).map_err(|e| write_error(path, e))?;
        // Statistics by row group let a reader skip; page positions are always written, page statistics would only
        // repeat what the order of rows says.
        let mut properties = WriterProperties::builder()
            .set_created_by("vanguard lake".to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_data_page_row_count_limit(16_384)
            .set_write_batch_size(4096)
            .set_max_row_group_row_count(None);
        for field in schema.get_fields() {
            let (name, is_text) = (field.name(), field.get_physical_type() == Type::BYTE_ARRAY);
            if is_text {
                // Nobody skips by text, and the smallest and largest family name have no place in a footer.
                properties = properties.set_column_statistics_enabled(ColumnPath::from(name), EnabledStatistics::None);
            }
            if delta.contains(&name) {
                let encoding = if is_text { Encoding::DELTA_LENGTH_BYTE_ARRAY } else { Encoding::DELTA_BINARY_PACKED };
                properties = properties
                    .set_column_dictionary_enabled(ColumnPath::from(name), false)
                    .set_column_encoding(ColumnPath::from(name), encoding);
            }
        }
        let file = File::create(path).map_err(|e| LakeError::io("create", path, e))?;
        let writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties.build()))
            .map_err(|e| write_error(path, e))?;
        Ok(Self { path: path.to_owned(), writer })
    }

    /// Writes one row group: a chunk for each column, in the order of the schema.
    pub(crate) fn row_group(&mut self, chunks: &[Chunk]) -> Result<(), LakeError> {
        write_group(&mut self.writer, chunks).map_err(|e| write_error(&self.path, e))
    }

    /// The same, with `None` for each column that is taken over as it is from a row group of another file.
    pub(crate) fn row_group_from(
        &mut self,
        source: &ChunkSource,
        group: usize,
        chunks: &[Option<Chunk>],
    ) -> Result<(), LakeError> {
        let mut write = || {
            let mut out = self.writer.next_row_group()?;
            for (column, chunk) in chunks.iter().enumerate() {
                match chunk {
                    Some(chunk) => write_chunk(&mut out, chunk)?,
                    None => out.append_column(&source.file, source.chunk(group, column)?)?,
                }
            }
            out.close().map(|_| ())
        };
        guarded(&mut write).map_err(|e| write_error(&self.path, e))
    }

    /// Ends the file and puts it on disk.
    pub(crate) fn finish(self) -> Result<(), LakeError> {
        let Self { path, writer } = self;
        // Writes the footer first.
        let file = writer.into_inner().map_err(|e| write_error(&path, e))?;
        file.sync_all().map_err(|e| LakeError::io("write", &path, e))
    }
}

fn write_group(writer: &mut SerializedFileWriter<File>, chunks: &[Chunk]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for chunk in chunks {
        write_chunk(&mut group, chunk)?;
    }
    group.close()?;
    Ok(())
}

fn write_chunk(group: &mut SerializedRowGroupWriter<'_, File>, chunk: &Chunk) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("more columns than the schema has".to_owned()));
    };
    match chunk {
        Chunk::Int(values, present) => batch::<Int32Type>(&mut column, values, present.as_deref())?,
        Chunk::Long(values, present) => batch::<Int64Type>(&mut column, values, present.as_deref())?,
        Chunk::Text(values, present) => batch::<ByteArrayType>(&mut column, values, present.as_deref())?,
        Chunk::Bool(values) => batch::<BoolType>(&mut column, values, None)?,
    }
    column.close()
}

fn batch<T: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    values: &[T::T],
    present: Option<&[i16]>,
) -> Result<(), ParquetError> {
    column.typed::<T>().write_batch(values, present, None).map(|_| ())
}

/// An error of the library as ours: a full disk and other words of the system come through as such.
fn write_error(path: &Path, error: ParquetError) -> LakeError {
    let source = match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => *io,
            Err(other) => std::io::Error::other(other),
        },
        other => std::io::Error::other(other.to_string()),
    };
    LakeError::io("write", path, source)
}
