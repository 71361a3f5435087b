//! How rows lie in Parquet files. The schemas here are the ones that `docs/formats/lake.md` describes.

pub(crate) mod copy;
pub(crate) mod event;
pub(crate) mod guard;
pub(crate) mod identity;
pub(crate) mod person;
pub(crate) mod quarantine;
pub(crate) mod reader;
pub(crate) mod small;
pub(crate) mod writer;

use std::path::{Path, PathBuf};

/// The file of one bucket under a folder: `event/bucket=0003.parquet`.
pub(crate) fn bucket_file(dir: &Path, folder: &str, bucket: u32) -> PathBuf {
    dir.join(folder).join(format!("bucket={bucket:04}.parquet"))
}
