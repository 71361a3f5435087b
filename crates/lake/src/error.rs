//! What can go wrong with a lake, and what to do about it.

use std::path::{Path, PathBuf};

/// Why the lake could not do what was asked. Each message completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The lake has no live snapshot: nothing was loaded yet.
    #[error("find a live snapshot in {}: load the place's extracts first", .0.display())]
    NoSnapshot(PathBuf),
    /// A snapshot of that name is not there.
    #[error("open snapshot {id} in {}: there is no such snapshot", dir.display())]
    UnknownSnapshot {
        /// The lake's folder.
        dir: PathBuf,
        /// The name asked for.
        id: String,
    },
    /// The disk is full. What was live before is still live.
    #[error("write {}: no space left on the disk; free some and load again (the old snapshot is still live)", .0.display())]
    NoSpace(PathBuf),
    /// The operating system refused.
    #[error("{what} {}: {source}", path.display())]
    Io {
        /// What was tried: "write", "read", "create".
        what: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is cut short or damaged.
    #[error("read {}: the file is cut short or damaged ({why}); load again, or go back to an earlier snapshot", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        why: String,
    },
    /// A partner's file is not Parquet that can be read.
    #[error("read {} as Parquet: {why}; ask the sender for the file again", path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        why: String,
    },
    /// A newer Vanguard wrote the snapshot.
    #[error("read {}: it has format {found}, and this version reads up to {known}; use a newer Vanguard", path.display())]
    NewerFormat {
        /// The manifest.
        path: PathBuf,
        /// The format in it.
        found: u32,
        /// The newest format known here.
        known: u32,
    },
    /// Another load is writing to the same lake.
    #[error("write to {}: another load is running; wait for it to end", .0.display())]
    Busy(PathBuf),
    /// What was handed in breaks a promise of the format; nothing was made live.
    #[error("write the snapshot: {0}")]
    Refused(String),
    /// A person number, bucket or column that does not exist was asked for.
    #[error("read the snapshot: {0}")]
    NotThere(String),
}

impl LakeError {
    /// An error of the operating system at a path; a full disk has its own message.
    pub(crate) fn io(what: &'static str, path: &Path, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::StorageFull {
            return Self::NoSpace(path.to_owned());
        }
        Self::Io { what, path: path.to_owned(), source }
    }

    /// A damaged file.
    pub(crate) fn damaged(path: &Path, why: impl std::fmt::Display) -> Self {
        Self::Damaged { path: path.to_owned(), why: why.to_string() }
    }
}
