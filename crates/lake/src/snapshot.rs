//! Reading a snapshot.

use crate::manifest::{Manifest, SnapshotId};
use crate::{Dictionary, EventRow, IdentityQuery, IdentityRow, LakeError, PersonRow, QuarantineRow};
use std::path::Path;

/// One snapshot, opened for reading. It stays readable while a load writes the next one.
#[derive(Debug)]
pub struct Snapshot {
    manifest: Manifest,
    dictionary: Dictionary,
}

/// Some of the rows in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinePage {
    /// How many rows pass the filter in all.
    pub total: u64,
    /// The rows asked for.
    pub rows: Vec<QuarantineRow>,
}

impl Snapshot {
    /// Opens the live snapshot.
    pub fn open(_lake_dir: &Path) -> Result<Self, LakeError> {
        todo!()
    }

    /// Opens a snapshot by name.
    pub fn open_id(_lake_dir: &Path, _id: &SnapshotId) -> Result<Self, LakeError> {
        todo!()
    }

    /// The name of the live snapshot, if there is one.
    pub fn current(_lake_dir: &Path) -> Result<Option<SnapshotId>, LakeError> {
        todo!()
    }

    /// The names of all whole snapshots, earliest first.
    pub fn list(_lake_dir: &Path) -> Result<Vec<SnapshotId>, LakeError> {
        todo!()
    }

    /// A name for the next snapshot as of a day: one that sorts after every other of that day.
    pub fn next_id(_lake_dir: &Path, _as_of: nhs::Day) -> Result<SnapshotId, LakeError> {
        todo!()
    }

    /// What is in it.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its codes.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Everyone, in the order of their numbers.
    pub fn persons(&self) -> Result<Vec<PersonRow>, LakeError> {
        todo!()
    }

    /// Who these people are, in the order asked.
    pub fn identities(&self, _persons: &[u32]) -> Result<Vec<IdentityRow>, LakeError> {
        todo!()
    }

    /// The numbers of the people who fit, in ascending order, at most `limit`.
    pub fn find_identity(&self, _query: &IdentityQuery, _limit: usize) -> Result<Vec<u32>, LakeError> {
        todo!()
    }

    /// One person with the whole history, in the order of dates.
    pub fn history(&self, _person: u32) -> Result<(PersonRow, IdentityRow, Vec<EventRow>), LakeError> {
        todo!()
    }

    /// Rows in quarantine, of one source or of all, in the order in which they were written.
    pub fn quarantine(&self, _source: Option<u8>, _offset: u64, _limit: usize) -> Result<QuarantinePage, LakeError> {
        todo!()
    }

    /// The quality report as JSON; an empty object where the loader wrote none.
    pub fn quality(&self) -> Result<String, LakeError> {
        todo!()
    }

    /// The identity keys: (hash of the key, stable identifier of the person), in ascending order.
    pub fn link_table(&self) -> Result<Vec<(u64, u64)>, LakeError> {
        todo!()
    }
}
