//! What people need to check the linkage of a load: doubtful pairs with their evidence, and figures about all of it. It is
//! kept in the snapshot's `linkage/` folder.

mod cut;
mod groups;
mod pick;
mod report;
mod tables;
mod weigh;

pub use report::{
    Bounds, ExpectedErrors, GroupLinkage, Hindrance, LabelReport, LinkageReport, PickedReport, RefusedDecision,
    RuleSummary, SourceLinkage, WeightBin,
};

use crate::assign::Assigned;
use crate::cluster::{Clustered, Sources};
use crate::error::LoadError;
use crate::identity::Identities;
use lake::{LakeError, Snapshot, SnapshotWriter};
use linkage::Tier;
use nhs::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a pair of records is worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Reviewers have decided about it.
    Decided,
    /// One valid NHS number stands on both, and they are clearly two people.
    SharedNumber,
    /// The weight is enough, but the two people have different valid NHS numbers.
    DifferentNumbers,
    /// The weight is enough, but one source that holds each person once holds both.
    OneSource,
    /// The weight is enough, but the two groups of records as a whole do not look alike.
    Unlike,
    /// The weight is a little below the threshold.
    NearMiss,
    /// The weakest link that holds a person's records together.
    WeakLink,
    /// Drawn at random within its band of weights, so that shares can be estimated.
    Sample,
}

impl Reason {
    /// Every reason, in the order in which a pair with several gets one.
    pub const ALL: [Self; 8] = [
        Self::Decided,
        Self::SharedNumber,
        Self::DifferentNumbers,
        Self::OneSource,
        Self::Unlike,
        Self::NearMiss,
        Self::WeakLink,
        Self::Sample,
    ];

    /// Its stable name, in tables and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::SharedNumber => "shared_number",
            Self::DifferentNumbers => "different_numbers",
            Self::OneSource => "one_source",
            Self::Unlike => "unlike",
            Self::NearMiss => "near_miss",
            Self::WeakLink => "weak_link",
            Self::Sample => "sample",
        }
    }

    /// The reason of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// How many pairs of this reason a snapshot keeps at most; `None` is all.
    pub const fn most(self) -> Option<usize> {
        match self {
            Self::Decided => None,
            Self::SharedNumber => Some(300),
            Self::DifferentNumbers | Self::OneSource | Self::Unlike => Some(250),
            Self::NearMiss => Some(1000),
            Self::WeakLink => Some(500),
            Self::Sample => Some(PER_BAND * BANDS.len()),
        }
    }
}

/// Where bands of match weights begin, in hundredths of a bit: probability 0.2, even odds, 0.8, 0.95, 0.996, 0.9998, and one in a million
/// against.
pub const BANDS: [i32; 7] = [-200, 0, 200, 425, 800, 1200, 2000];
/// Pairs drawn at random from each band.
pub const PER_BAND: usize = 15;

/// The band of a weight; `None` below the first.
pub fn band(weight_hundredths: i32) -> Option<usize> {
    BANDS.iter().rposition(|from| weight_hundredths >= *from)
}

/// A pair of records for review. It names no person but by their stable identifiers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReviewPair {
    /// The key of one record, smaller than the other's.
    pub left: u64,
    /// The key of the other.
    pub right: u64,
    /// Why it is here.
    pub reason: Reason,
    /// Whether it is in the random sample of its band, whatever else it is here for.
    pub sampled: bool,
    /// Whether the records are one person in this snapshot.
    pub joined: bool,
    /// Match weight in hundredths of a bit.
    pub weight_hundredths: i32,
    /// Match probability of that weight.
    pub probability: f64,
    /// The person of the left record.
    pub left_person: u64,
    /// The person of the right record.
    pub right_person: u64,
    /// Links between records that the decision would make or undo.
    pub links: u64,
    /// How much the decision matters: the chance that what stands is wrong, by the weight, times the links, in thousandths.
    pub matters_thousandths: u64,
    /// Further pairs between records of the same two people, which the same decision settles.
    pub others: u64,
}

/// One record as its source wrote it, for those who may see names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRecord {
    /// Its key.
    pub key: u64,
    /// The person it belongs to in this snapshot.
    pub person: u64,
    /// The places of its sources in the manifest, best first.
    pub sources: Vec<u8>,
    /// NHS number.
    pub nhs_number: Option<u64>,
    /// Family name.
    pub family: String,
    /// Given names.
    pub given: String,
    /// Date of birth.
    pub birth: Option<Day>,
    /// Sex: 1 male, 2 female, 9 indeterminate, 0 not known.
    pub sex: u8,
    /// First line of the address.
    pub address: String,
    /// Postcode.
    pub postcode: String,
    /// The source's own key of the person, without the name of its space.
    pub local_id: String,
}

/// Evidence between two of the records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReviewEdge {
    /// The key of one record.
    pub left: u64,
    /// The key of the other.
    pub right: u64,
    /// Match weight in hundredths of a bit.
    pub weight_hundredths: i32,
    /// What found it.
    pub found_by: FoundBy,
}

/// What found a link between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundBy {
    /// The same valid NHS number.
    Number,
    /// Reviewers decided it.
    Reviewer,
    /// The weight of what was compared.
    Weight,
}

impl FoundBy {
    pub(crate) const fn of(tier: Tier) -> Self {
        match tier {
            Tier::Clerical => Self::Reviewer,
            Tier::Number => Self::Number,
            // The model for people has no tier of its own.
            Tier::Weight | Tier::Rule(_) => Self::Weight,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Reviewer => "reviewer",
            Self::Weight => "weight",
        }
    }

    pub(crate) fn from_name(name: &str) -> Self {
        [Self::Number, Self::Reviewer].into_iter().find(|found| found.name() == name).unwrap_or(Self::Weight)
    }
}

/// One step of the weight of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewStep {
    /// The left key of the pair.
    pub left: u64,
    /// The right key of the pair.
    pub right: u64,
    /// What is compared.
    pub comparison: String,
    /// The answer.
    pub level: String,
    /// What it adds, in bits.
    pub bits: f64,
    /// What the frequency of the values adds, in bits.
    pub rarity_bits: f64,
}

/// The pairs of a snapshot, those that matter most first; `None` where its loader kept none.
pub fn pairs(snapshot: &Snapshot) -> Result<Option<Vec<ReviewPair>>, LakeError> {
    tables::read_pairs(snapshot)
}

/// The records of the people in the pairs. They hold names.
pub fn records(snapshot: &Snapshot) -> Result<Vec<ReviewRecord>, LakeError> {
    tables::read_records(snapshot)
}

/// The evidence between those records.
pub fn edges(snapshot: &Snapshot) -> Result<Vec<ReviewEdge>, LakeError> {
    tables::read_edges(snapshot)
}

/// The steps of every pair's weight, in the order of the model.
pub fn steps(snapshot: &Snapshot) -> Result<Vec<ReviewStep>, LakeError> {
    tables::read_steps(snapshot)
}

/// The figures of a snapshot's linkage; `None` where its loader kept none.
pub fn report(snapshot: &Snapshot) -> Result<Option<LinkageReport>, LakeError> {
    match snapshot.linkage_text(tables::REPORT)? {
        None => Ok(None),
        // A report of another version is as good as none: the next load writes one.
        Some(json) => Ok(serde_json::from_str(&json).ok()),
    }
}

/// What the review of a load is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made<'a> {
    pub(crate) identities: &'a Identities,
    pub(crate) clustered: &'a Clustered,
    pub(crate) assigned: &'a Assigned,
    pub(crate) sources: Sources<'a>,
    /// One bit for each source with rows about people.
    pub(crate) about_people: u32,
    /// Deciles of deprivation by small area.
    pub(crate) imd: &'a BTreeMap<u32, u8>,
    pub(crate) as_of: Day,
}

/// Everything that is kept.
#[derive(Debug)]
pub(crate) struct Review {
    pairs: Vec<ReviewPair>,
    records: Vec<ReviewRecord>,
    edges: Vec<ReviewEdge>,
    steps: Vec<ReviewStep>,
    report: LinkageReport,
    model: String,
}

impl Review {
    /// Chooses pairs and counts. The answer does not depend on the number of threads. Where several records say the same of a person,
    /// another order of the sources may choose another of them; decisions are found all the same.
    pub(crate) fn new(made: &Made<'_>) -> Self {
        let people = weigh::People::new(made);
        let picked = pick::pick(made, &people);
        let (records, edges) = cut::around(made, &people, &picked.pairs);
        let steps = weigh::steps(made, &picked.pairs);
        let report = report::report(made, &people, &picked);
        let pairs = picked.pairs.into_iter().map(|pair| pair.shown).collect();
        Self { pairs, records, edges, steps, report, model: made.clustered.linking.model.to_toml() }
    }

    pub(crate) fn write(&self, writer: &SnapshotWriter) -> Result<(), LoadError> {
        tables::write(self, writer).map_err(|error| LoadError::Lake(error.to_string()))
    }
}
