//! What can go wrong while a place is made.

use std::path::PathBuf;

/// Why no place was made. Each message completes "failed to simulate a place: ..." and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be written or read.
    #[error("{action} {}: {source}", path.display())]
    File {
        /// What was tried: "cannot write".
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The practice list is not a table of comma-separated values.
    #[error("cannot read {} as comma-separated values: {source}; give NHS England's file of weighted populations by practice", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        source: csv::Error,
    },
    /// A column that is needed is not there.
    #[error("{} has no column for {wanted} (looked for {names}); give NHS England's file of weighted populations by practice", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// What the column would hold.
        wanted: &'static str,
        /// The names tried.
        names: String,
    },
    /// No practice lies in the area.
    #[error("no practice of {} lies in area {area:?}; areas with a code like it: {near}", path.display())]
    Area {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        area: String,
        /// Codes with their names, nearest first.
        near: String,
    },
    /// An option is out of range.
    #[error("{0}")]
    Option(String),
    /// The folder holds a place that was not simulated.
    #[error("{} is there and was not written by a simulation; choose an empty folder, so that no real extract is overwritten", path.display())]
    NotOurs {
        /// The file that says so.
        path: PathBuf,
    },
}

impl Error {
    pub(crate) fn write(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::File { action: "cannot write", path: path.to_owned(), source }
    }
}
