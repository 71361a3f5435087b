//! The linked history on disk: person-ordered Parquet snapshots and the one-scan engine.
//!
//! A [`SnapshotWriter`] writes one snapshot beside the live one and swaps a pointer at the end; a [`Snapshot`] reads
//! one; [`Snapshot::scan`] passes once over every person's history; [`engine`] answers many questions in that pass.
//! This is the only crate that knows Parquet, and no type of that library appears in a public item.

pub mod changes;
pub mod dictionary;
pub mod engine;
pub mod error;
pub mod input;
pub mod manifest;
pub mod people;
pub mod records;
pub mod rows;
pub mod scan;
pub mod search;
pub mod segment;
pub mod snapshot;
pub mod storage;
pub mod table;
pub mod writer;

mod fingerprint;
mod format;
mod layout;
mod linkage;
mod views;

pub use changes::{ChangeCounts, Changes};
pub use dictionary::{CodeSet, Dictionary, DictionaryBuilder};
pub use error::LakeError;
pub use manifest::{BucketInfo, Manifest, SnapshotId, SnapshotPlan, SourceFile, SourceInfo};
pub use people::{Histories, PeopleRows};
pub use rows::{CodeRow, EventRow, IdentityRow, PersonRow, QuarantineRow};
pub use scan::{BucketView, Columns, NO_DAY, NO_NUMBER};
pub use search::IdentityQuery;
pub use segment::Segment;
pub use snapshot::{QuarantinePage, Snapshot};
pub use storage::{Storage, StoredColumn};
pub use writer::SnapshotWriter;
