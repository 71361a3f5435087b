//! What can go wrong, in words that say what to do.

use crate::Refused;
use std::path::{Path, PathBuf};

/// Why the operational database did not do as asked. Each message completes "failed to ...".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The access rules say no. The refusal is in the audit.
    #[error("open the record: {0}")]
    Refused(#[from] Refused),
    /// The folder for the database is not there.
    #[error("open the database {}: its folder does not exist; make the folder or name another place", .0.display())]
    NoFolder(PathBuf),
    /// The file holds something else, or is damaged.
    #[error("open the database {}: the file is not a database, or it is damaged; restore it from a copy, or move it away and a new one is made", .0.display())]
    NotADatabase(PathBuf),
    /// A database of another program.
    #[error("open the database {}: it belongs to another program; name another file", .0.display())]
    NotOurs(PathBuf),
    /// A database written by a newer version.
    #[error("open the database {}: it was written by a newer version of Vanguard (schema {found}, this one knows {known}); use that version", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// The file or its folder cannot be written.
    #[error("{doing}: the database {} is read-only; give this user the right to write to the file and its folder", path.display())]
    ReadOnly {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// Another process holds the database for longer than we wait.
    #[error("{doing}: another process keeps the database {} locked; try again when it has finished", path.display())]
    Busy {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// No room.
    #[error("{doing}: the disk of the database {} is full; free some space and try again", path.display())]
    DiskFull {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The audit has been altered: the first row whose hash does not fit.
    #[error("verify the audit: row {sequence} {reason}; keep the file as evidence and restore the last good copy")]
    Tampered {
        /// The row.
        sequence: i64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A run that is not there, or has already ended.
    #[error("end run {0}: there is no such run under way")]
    NoSuchRun(i64),
    /// A cohort that is not there.
    #[error("find cohort {0}: there is no such cohort")]
    NoSuchCohort(i64),
    /// Somebody changed or deleted the cohort since it was read.
    #[error(
        "change cohort {0}: it has been changed or deleted since you opened it; open it again and make your change there"
    )]
    CohortChanged(i64),
    /// Another cohort has the name.
    #[error("save the cohort: there is already a cohort with the name {0}; choose another name")]
    CohortNameTaken(String),
    /// Anything else the database says.
    #[error("{doing} in the database {}: {cause}", path.display())]
    Other {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The database's own message.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

// The primary result codes of SQLite (https://www.sqlite.org/rescode.html).
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const READ_ONLY: u32 = 8;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const NOT_A_DATABASE: u32 = 26;

impl Error {
    /// Sorts the database's own error into one of ours.
    pub(crate) fn of(doing: &'static str, path: &Path, cause: sqlx::Error) -> Self {
        let path = path.to_owned();
        // The low byte of an extended code is the primary one.
        match primary_code(&cause).map(|code| code & 0xff) {
            Some(BUSY | LOCKED) => Self::Busy { doing, path },
            Some(READ_ONLY) => Self::ReadOnly { doing, path },
            Some(CORRUPT | NOT_A_DATABASE) => Self::NotADatabase(path),
            Some(FULL) => Self::DiskFull { doing, path },
            _ if matches!(cause, sqlx::Error::PoolTimedOut) => Self::Busy { doing, path },
            _ => Self::Other { doing, path, cause: Box::new(cause) },
        }
    }
}

fn primary_code(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error()?.code()?.parse().ok()
}
