//! What a snapshot says of itself: its name, plan and manifest.

use crate::LakeError;
use nhs::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// The newest format of a snapshot that this version writes and reads.
pub const FORMAT: u32 = 1;

/// Most people a bucket holds: with 40 events each, one bucket's columns take about 40 MB in memory.
const BUCKET_PEOPLE: u32 = 20_480;

/// The name of a snapshot: given by the caller, sortable (later names sort later), independent of the content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SnapshotId(String);

impl SnapshotId {
    /// Takes 1 to 64 letters, digits, `-`, `_` or `.`, the first a letter or digit.
    pub fn parse(text: &str) -> Result<Self, LakeError> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
            && text.as_bytes()[0].is_ascii_alphanumeric();
        if fits {
            return Ok(Self(text.to_owned()));
        }
        Err(LakeError::Refused(format!("{text:?} cannot name a snapshot; use letters, digits, '-', '_' and '.'")))
    }

    /// The name of the `sequence`th snapshot as of a day: `2025-03-31-0001`.
    pub fn of(as_of: Day, sequence: u32) -> Self {
        Self(format!("{as_of}-{sequence:04}"))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for SnapshotId {
    type Error = LakeError;
    fn try_from(text: String) -> Result<Self, LakeError> {
        Self::parse(&text)
    }
}

impl From<SnapshotId> for String {
    fn from(id: SnapshotId) -> String {
        id.0
    }
}

/// Where rows came from. Its position in the manifest is the number used in [`crate::EventRow::source`],
/// [`crate::QuarantineRow::source`] and the bits of [`crate::PersonRow::lists`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// Identifier of the source, as in the place's file: `gp_registrations`.
    pub id: String,
    /// Its name in words.
    pub name: String,
    /// The files read, in the order in which they were read.
    pub files: Vec<SourceFile>,
    /// Rows loaded from all of them.
    pub loaded: u64,
    /// Rows put in quarantine.
    pub quarantined: u64,
}

/// One file of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Name within the extracts folder.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Hash of the content, as text; the loader says which hash in the text (`sha256:...`).
    pub hash: String,
}

/// What the writer needs to know before the first row.
#[derive(Debug, Clone)]
pub struct SnapshotPlan {
    /// The snapshot's name.
    pub id: SnapshotId,
    /// The day up to which the extracts tell the story.
    pub as_of: Day,
    /// How many people; they are numbered from 0 in the order of their stable identifiers.
    pub people: u32,
    /// People in each bucket but the last, which may hold fewer. At least 1.
    pub people_per_bucket: u32,
    /// The sources, at most 32 (one bit each in [`crate::PersonRow::lists`]).
    pub sources: Vec<SourceInfo>,
}

impl SnapshotPlan {
    /// A plan with buckets of even size, about 20,000 people each in places that large.
    pub fn new(id: SnapshotId, as_of: Day, people: u32, sources: Vec<SourceInfo>) -> Self {
        let buckets = people.div_ceil(BUCKET_PEOPLE).max(1);
        Self { id, as_of, people, people_per_bucket: people.div_ceil(buckets).max(1), sources }
    }

    /// How many buckets there are; none where there are no people.
    pub fn bucket_count(&self) -> u32 {
        self.people.div_ceil(self.people_per_bucket.max(1))
    }

    /// The bucket of a person number.
    pub fn bucket_of(&self, person: u32) -> u32 {
        person / self.people_per_bucket.max(1)
    }

    /// The person numbers of a bucket.
    pub fn bucket_range(&self, bucket: u32) -> Range<u32> {
        let first = bucket.saturating_mul(self.people_per_bucket).min(self.people);
        first..first.saturating_add(self.people_per_bucket).min(self.people)
    }
}

/// `manifest.json`: what is in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the format, see [`FORMAT`].
    pub format: u32,
    /// The snapshot's name.
    pub id: SnapshotId,
    /// The day up to which the extracts tell the story.
    #[serde(with = "iso_day")]
    pub as_of: Day,
    /// How many people.
    pub people: u32,
    /// How many events.
    pub events: u64,
    /// How many entries the dictionary has, the empty one at 0 included.
    pub codes: u32,
    /// How many rows are in quarantine.
    pub quarantined: u64,
    /// How many identity keys are in the link table.
    pub links: u64,
    /// People in each bucket but the last.
    pub people_per_bucket: u32,
    /// The buckets in order.
    pub buckets: Vec<BucketInfo>,
    /// The sources in the order of their numbers.
    pub sources: Vec<SourceInfo>,
    /// Size in bytes of every file of the snapshot but this one: a file cut short shows at once.
    pub files: BTreeMap<String, u64>,
    /// Whatever else the loader wants to keep, by name.
    pub extras: BTreeMap<String, String>,
}

/// One bucket of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketInfo {
    /// The first person number.
    pub first_person: u32,
    /// How many people.
    pub people: u32,
    /// How many events.
    pub events: u64,
}

/// Days as `2015-03-09` in JSON.
mod iso_day {
    use nhs::Day;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub fn serialize<S: Serializer>(day: &Day, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(day)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Day, D::Error> {
        let text = String::deserialize(from)?;
        Day::parse_iso(&text).map_err(|why| D::Error::custom(format!("as_of {why}")))
    }
}
