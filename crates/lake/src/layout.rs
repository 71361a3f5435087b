//! Where things lie in a lake's folder, and how the live snapshot is named and swapped.

use crate::{LakeError, SnapshotId};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Begins the name of a folder that is still being written.
pub(crate) const WRITING: &str = ".writing-";

pub(crate) fn snapshots(lake: &Path) -> PathBuf {
    lake.join("snapshots")
}

pub(crate) fn snapshot(lake: &Path, id: &SnapshotId) -> PathBuf {
    snapshots(lake).join(id.as_str())
}

fn pointer(lake: &Path) -> PathBuf {
    lake.join("current")
}

fn next_pointer(lake: &Path) -> PathBuf {
    lake.join("current.next")
}

/// The snapshot that the pointer names.
pub(crate) fn current(lake: &Path) -> Result<Option<SnapshotId>, LakeError> {
    let path = pointer(lake);
    match fs::read_to_string(&path) {
        Ok(text) => match SnapshotId::parse(text.trim()) {
            Ok(id) => Ok(Some(id)),
            Err(_) => Err(LakeError::damaged(&path, "it does not name a snapshot")),
        },
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(LakeError::io("read", &path, e)),
    }
}

/// Names another snapshot as the live one, in one step: a reader sees the old name or the new one.
pub(crate) fn swap(lake: &Path, id: &SnapshotId) -> Result<(), LakeError> {
    let (from, to) = (next_pointer(lake), pointer(lake));
    write_durably(&from, format!("{id}\n").as_bytes())?;
    fs::rename(&from, &to).map_err(|e| LakeError::io("write", &to, e))?;
    sync_folder(lake)
}

/// All snapshots that were written to the end, earliest first.
pub(crate) fn list(lake: &Path) -> Result<Vec<SnapshotId>, LakeError> {
    let dir = snapshots(lake);
    let entries = match fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(LakeError::io("read", &dir, e)),
    };
    let mut ids = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| LakeError::io("read", &dir, e))?;
        // Names that do not parse are not ours: half-written folders begin with a dot.
        if let Some(Ok(id)) = entry.file_name().to_str().map(SnapshotId::parse)
            && entry.path().join("manifest.json").is_file()
        {
            ids.push(id);
        }
    }
    ids.sort();
    Ok(ids)
}

/// Removes what crashed loads left behind. The caller holds the lake's lock.
pub(crate) fn clean(lake: &Path) -> Result<(), LakeError> {
    let dir = snapshots(lake);
    for entry in fs::read_dir(&dir).map_err(|e| LakeError::io("read", &dir, e))? {
        let entry = entry.map_err(|e| LakeError::io("read", &dir, e))?;
        if entry.file_name().to_string_lossy().starts_with(WRITING) {
            fs::remove_dir_all(entry.path()).map_err(|e| LakeError::io("remove", &entry.path(), e))?;
        }
    }
    match fs::remove_file(next_pointer(lake)) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(LakeError::io("remove", &next_pointer(lake), e)),
        _ => Ok(()),
    }
}

/// Writes a whole file and puts it on disk.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), LakeError> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|e| LakeError::io("write", path, e))
}

/// Puts the names in a folder on disk, so that a rename outlives a power cut.
pub(crate) fn sync_folder(path: &Path) -> Result<(), LakeError> {
    File::open(path).and_then(|dir| dir.sync_all()).map_err(|e| LakeError::io("write", path, e))
}
