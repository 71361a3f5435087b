//! Writing a snapshot beside the live one.

use crate::manifest::{SnapshotId, SnapshotPlan, SourceInfo};
use crate::{CodeRow, EventRow, IdentityRow, LakeError, PersonRow, QuarantineRow};
use std::collections::BTreeMap;
use std::path::Path;

/// Writes one snapshot. Nothing is live before [`SnapshotWriter::finish`]; dropping the writer removes what it wrote.
/// Every method takes `&self` and may be called from several threads.
#[derive(Debug)]
pub struct SnapshotWriter {
    plan: SnapshotPlan,
}

impl SnapshotWriter {
    /// Starts a snapshot, and removes what a crashed load left behind. `Busy` where another load is writing.
    pub fn create(_lake_dir: &Path, plan: SnapshotPlan) -> Result<Self, LakeError> {
        Ok(Self { plan })
    }

    /// The plan it was started with.
    pub fn plan(&self) -> &SnapshotPlan {
        &self.plan
    }

    /// Writes all of one bucket: its people in the order of their numbers, their identities in the same order, and their
    /// events in any order (they are sorted here). The bytes written do not depend on that order or on threads.
    pub fn write_bucket(&self, _bucket: u32, _people: &[PersonRow], _identities: &[IdentityRow], _events: &mut Vec<EventRow>) -> Result<(), LakeError> {
        todo!()
    }

    /// Writes the dictionary. The position of a row is its number; the row at 0 must be [`CodeRow::none`]
    /// (a [`crate::DictionaryBuilder`] makes such rows).
    pub fn set_dictionary(&self, _rows: Vec<CodeRow>) -> Result<(), LakeError> {
        todo!()
    }

    /// Appends rows to the quarantine, in the order of the calls.
    pub fn write_quarantine(&self, _rows: &[QuarantineRow]) -> Result<(), LakeError> {
        todo!()
    }

    /// Writes the table of identity keys: (hash of the key, stable identifier of the person). Sorted here.
    pub fn write_link(&self, _links: Vec<(u64, u64)>) -> Result<(), LakeError> {
        todo!()
    }

    /// Keeps the quality report, a JSON document.
    pub fn set_quality(&self, _json: String) -> Result<(), LakeError> {
        todo!()
    }

    /// Replaces the sources of the plan, once their counts are known. Their number and order must stay.
    pub fn set_sources(&self, _sources: Vec<SourceInfo>) -> Result<(), LakeError> {
        todo!()
    }

    /// Checks that every bucket and the dictionary were written, puts all on disk, and makes the snapshot live.
    pub fn finish(self, _extras: BTreeMap<String, String>) -> Result<SnapshotId, LakeError> {
        todo!()
    }
}
