//! Why a load stops. A load that stops leaves the live snapshot as it was.

use std::path::PathBuf;

/// Why a load stopped. Messages complete "failed to load: ..." and say what to do.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file cannot be read as what its source says it is. Shown for missing, empty, truncated or mis-encoded files and
    /// for files without a required column.
    #[error("{file}{}: {what}; {advice}", line.map(|l| format!(" line {l}")).unwrap_or_default())]
    File {
        /// The file, relative to the place directory where it lies in it.
        file: String,
        /// The line, where one can be named.
        line: Option<u64>,
        /// What is wrong.
        what: String,
        /// What to do about it.
        advice: String,
    },
    /// Nothing could be written: full disk, no permission. The unfinished snapshot is removed.
    #[error("writing {}: {source}; free some space or correct the folder's permissions and load again, the live snapshot is untouched", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A source has far fewer rows than at the last load, and the load was not forced.
    #[error(
        "the source {source_id} has {now} rows and had {before} at the last load, so it was probably cut short; ask the partner \
         to send it again, or load it all the same with --force; the live snapshot is untouched"
    )]
    Shrunk {
        /// The source.
        source_id: String,
        /// Rows at the last load.
        before: u64,
        /// Rows now.
        now: u64,
    },
    /// Another load is under way in the same lake.
    #[error("another load of this place is under way; wait until it has finished and load again")]
    Busy,
    /// The options contradict themselves: no source, too many sources, two sources of one name.
    #[error("{0}")]
    Options(String),
    /// The lake refused a row or could not write.
    #[error("writing the snapshot: {0}; the live snapshot is untouched")]
    Lake(String),
    /// Linking the identities failed.
    #[error("linking the records: {0}; the live snapshot is untouched")]
    Link(String),
}

impl LoadError {
    pub(crate) fn file(file: &str, line: Option<u64>, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::File { file: file.to_owned(), line, what: what.into(), advice: advice.into() }
    }

    pub(crate) fn write(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }
}
