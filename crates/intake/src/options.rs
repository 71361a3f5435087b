//! What a load is asked to do, and how it tells how far it is.

use crate::{Label, SourceFormat};
use nhs::Day;
use std::path::PathBuf;

/// One source of the place: a format and the files that came in it.
#[derive(Debug, Clone)]
pub struct SourceInput {
    /// The place's own name of the source, unique within the load: `gp_registrations`.
    pub id: String,
    /// How its columns become ours.
    pub format: SourceFormat,
    /// Its files, read in this order.
    pub files: Vec<PathBuf>,
}

/// Everything a load needs. Nothing is read from the clock or the environment.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// The place directory; file names in reports are shown relative to it.
    pub place_dir: PathBuf,
    /// Where snapshots live (`place/lake`).
    pub lake_dir: PathBuf,
    /// The sources, at most 32. The order is the order of the manifest and of the bits in `PersonRow::lists`.
    pub sources: Vec<SourceInput>,
    /// The day the snapshot describes. Rows dated later are quarantined.
    pub as_of: Day,
    /// Threads that parse; 0 means as many as the machine has. The result does not depend on it.
    pub threads: usize,
    /// Bytes of working memory for the sorting buckets; the tables of identities and codes come on top.
    pub memory_budget: usize,
    /// Load even where the same files, formats and day are already the live snapshot.
    pub force: bool,
    /// What reviewers decided about pairs of records of earlier loads: they are joined or kept apart.
    pub labels: Vec<Label>,
}

/// Hears how far a load is. Calls come from one thread.
pub trait Progress {
    /// A new stage has begun; `total` is in the unit of the stage (bytes of the files, people, events) where known.
    fn stage(&self, name: &str, total: Option<u64>);
    /// The stage has come so far.
    fn advance(&self, done: u64);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn stage(&self, _name: &str, _total: Option<u64>) {}
    fn advance(&self, _done: u64) {}
}
