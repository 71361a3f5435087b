//! A wall around the Parquet library, which meets some kinds of damage with a panic where a message is wanted.

use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does something with the library; a panic in it becomes an error. What the library had in hand is not used again.
pub(crate) fn guarded<T>(action: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    match catch_unwind(AssertUnwindSafe(action)) {
        Ok(result) => result,
        Err(_) => Err(ParquetError::General("its content is not what its footer says".to_owned())),
    }
}

/// Refuses a footer with places or counts below zero, on which the library panics aloud.
pub(crate) fn check_footer(footer: &ParquetMetaData) -> Result<(), ParquetError> {
    let group_fits = |group: &parquet::file::metadata::RowGroupMetaData| {
        group.num_rows() >= 0
            && group.columns().iter().all(|c| {
                let start = c.dictionary_page_offset().unwrap_or(0).min(c.data_page_offset());
                start >= 0 && c.compressed_size() >= 0 && c.uncompressed_size() >= 0 && c.num_values() >= 0
            })
    };
    if footer.file_metadata().num_rows() >= 0 && footer.row_groups().iter().all(group_fits) {
        return Ok(());
    }
    Err(ParquetError::General("its footer has a count below zero".to_owned()))
}
