//! What a review of the linkage needs, beside `identity/`: tables and documents that the loader names. They hold names and
//! NHS numbers of doubtful pairs, so whoever opens them takes an access first.

use crate::table::{Named, read_table, write_table};
use crate::{LakeError, Snapshot, SnapshotWriter, layout};
use std::fs;
use std::path::PathBuf;

/// The folder in a snapshot.
pub(crate) const FOLDER: &str = "linkage";

impl SnapshotWriter {
    /// Writes the table `linkage/<name>.parquet`.
    pub fn write_linkage_table(&self, name: &str, columns: &[Named]) -> Result<(), LakeError> {
        write_table(&self.linkage_file(&format!("{name}.parquet"))?, columns)
    }

    /// Writes the document `linkage/<file>`.
    pub fn write_linkage_text(&self, file: &str, text: &str) -> Result<(), LakeError> {
        layout::write_durably(&self.linkage_file(file)?, text.as_bytes())
    }

    fn linkage_file(&self, name: &str) -> Result<PathBuf, LakeError> {
        let plain = name.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'.')) && !name.starts_with('.');
        if !plain {
            return Err(LakeError::Refused(format!("{name:?} cannot name a file of the linkage; use small letters")));
        }
        let folder = self.folder().join(FOLDER);
        fs::create_dir_all(&folder).map_err(|e| LakeError::io("create", &folder, e))?;
        Ok(folder.join(name))
    }
}

impl Snapshot {
    /// The table `linkage/<name>.parquet`; `None` where the loader of this snapshot wrote none.
    pub fn linkage_table(&self, name: &str) -> Result<Option<Vec<Named>>, LakeError> {
        let file = format!("{FOLDER}/{name}.parquet");
        if !self.manifest().files.contains_key(&file) {
            return Ok(None);
        }
        read_table(&self.dir.join(file)).map(Some)
    }

    /// The document `linkage/<file>`; `None` where the loader of this snapshot wrote none.
    pub fn linkage_text(&self, file: &str) -> Result<Option<String>, LakeError> {
        let file = format!("{FOLDER}/{file}");
        if !self.manifest().files.contains_key(&file) {
            return Ok(None);
        }
        let path = self.dir.join(file);
        fs::read_to_string(&path).map(Some).map_err(|e| LakeError::io("read", &path, e))
    }
}
