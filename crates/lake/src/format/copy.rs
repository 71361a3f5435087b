//! Taking over whole column chunks of another file, byte by byte: no value is decoded or encoded.

use super::guard::guarded;
use crate::LakeError;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader};
use parquet::file::statistics::Statistics;
use std::fs::File;
use std::path::Path;

/// A Parquet file of the lake from which column chunks are taken over.
pub(crate) struct ChunkSource {
    pub(crate) file: File,
    metadata: ParquetMetaData,
}

impl ChunkSource {
    pub(crate) fn open(path: &Path) -> Result<Self, LakeError> {
        let file = File::open(path).map_err(|e| LakeError::io("read", path, e))?;
        let read = || {
            ParquetMetaDataReader::new()
                .with_column_index_policy(PageIndexPolicy::Skip)
                .with_offset_index_policy(PageIndexPolicy::Optional)
                .with_metadata_options(Some(ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false)))
                .parse_and_finish(&file)
        };
        let metadata = guarded(read).map_err(|e| LakeError::damaged(path, e))?;
        Ok(Self { file, metadata })
    }

    /// What the writer of a column chunk said of it at its end.
    pub(crate) fn chunk(&self, group: usize, column: usize) -> Result<ColumnCloseResult, ParquetError> {
        let missing = || ParquetError::General("a column chunk is not there".to_owned());
        let rows = self.metadata.row_groups().get(group).ok_or_else(missing)?;
        let mut metadata = rows.columns().get(column).ok_or_else(missing)?.clone();
        if let Some(statistics) =
            metadata.statistics().cloned().filter(|_| metadata.column_descr().sort_order().is_signed())
        {
            metadata = metadata.into_builder().set_statistics(as_written(statistics)).build()?;
        }
        let pages = self.metadata.page_index().and_then(|all| all.offset_index(group, column).cloned());
        Ok(ColumnCloseResult {
            bytes_written: u64::try_from(metadata.compressed_size()).unwrap_or(0),
            rows_written: u64::try_from(rows.num_rows()).unwrap_or(0),
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: pages,
        })
    }
}

/// The least and the largest value of signed columns are written twice, in the fields of today and in those that old readers
/// look for; what is read back no longer knows of the second.
fn as_written(statistics: Statistics) -> Statistics {
    match statistics {
        Statistics::Int32(values) => Statistics::Int32(values.with_backwards_compatible_min_max(true)),
        Statistics::Int64(values) => Statistics::Int64(values.with_backwards_compatible_min_max(true)),
        other => other,
    }
}
