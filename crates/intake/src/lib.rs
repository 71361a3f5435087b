//! Extracts to checked rows and quarantine, linked, to a lake snapshot.
//!
//! A source format ([`SourceFormat`]) says as data how the columns of one extract become ours. [`load`] reads every file
//! once, maps each row to fixed-size records on disk, links the identities it met, and hands each person's history to the
//! lake in order. Every row is loaded, removed as an exact duplicate, or in quarantine with its file, line, column and
//! reason; the three counts add up to the rows read.

mod assign;
mod cluster;
mod diagnostic;
mod dictionary;
mod error;
mod fhir;
mod finish;
mod first_pass;
mod format;
mod hash;
mod identity;
mod label;
mod load;
mod map;
mod nearest;
mod options;
mod quality;
mod read;
mod reference;
pub mod review;
mod sets;
mod spool;
mod tally;
mod trace;
mod value;

pub use diagnostic::{Issue, Severity};
pub use error::LoadError;
pub use format::{Role, SourceFormat};
pub use label::Label;
pub use load::{load, load_with_trace};
pub use options::{LoadOptions, NoProgress, Progress, SourceInput};
pub use quality::{
    Change, ColumnQuality, Gap, LinkChange, LinkageQuality, LoadReport, MonthCount, Outcome, Quality, QuarantineReason,
    Reconciliation, SourceQuality, StageTime, WarningCount,
};
