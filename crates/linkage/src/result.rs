//! What a linkage run takes beside records and model, and what it gives back.

use crate::gauge::Spectrum;
use crate::label::{Label, RefusedLabel};
use crate::plan::bits_of_probability;
use crate::supersede::SupersededReport;
use std::time::Duration;

/// Choices of one run which are not part of the model.
#[derive(Debug, Clone, Default)]
pub struct LinkOptions {
    /// The least match probability at which two records may be joined; `None` takes the model's.
    pub threshold: Option<f64>,
    /// Chooses the lowest threshold from one half up at which the expected precision of the links reaches this, instead of a threshold.
    /// Where there is a `threshold` too, that one was chosen so by an earlier run, and holds.
    pub precision: Option<f64>,
    /// The least match probability of an edge that is reported; `None` takes the threshold. Lower it to review near misses.
    pub keep: Option<f64>,
    /// Sources that hold each person once (a GP list): two rows of one such source are one person only when they share
    /// their number. At most 32 are heeded.
    pub one_row_per_person: Vec<u8>,
    /// Numbers that were replaced: `(old, new)`. Records with the old number count as having the new one.
    pub superseded: Vec<(u64, u64)>,
    /// What people decided about pairs (clerical review). A match joins its two records; two that do not match are kept apart whatever
    /// their numbers and whatever chain of others lies between them. Labels that contradict each other keep apart, and are reported
    /// in [`Linked::refused_labels`]. A match label does not join people with two different valid numbers.
    pub labels: Vec<Label>,
}

impl LinkOptions {
    /// Whether the run is to choose its threshold by expected precision.
    pub(crate) fn chooses_threshold(&self) -> bool {
        self.precision.is_some() && self.threshold.is_none()
    }
}

/// Why two records are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// A person decided it: a match label.
    Clerical,
    /// The same valid number, and birth date or name agree.
    Number,
    /// A deterministic tier of the model, by its place.
    Rule(u8),
    /// Enough weight of evidence from the comparisons of the model.
    Weight,
}

/// Evidence that two records are of one person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// The smaller record number.
    pub left: u32,
    /// The larger record number.
    pub right: u32,
    /// Match weight with the prior, in hundredths of a bit: 100 doubles the odds.
    pub weight_bits_hundredths: i32,
    /// Match probability of that weight.
    pub probability: f32,
    /// Which tier found it.
    pub tier: Tier,
}

/// Two records that carry one valid number and are clearly two people. They are not joined through the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// The number on both.
    pub number: u64,
    /// A record of the people who keep the number.
    pub left: u32,
    /// A record whose number is set aside: it is matched by the rest of what it says.
    pub right: u32,
    /// Whether the family names agree: then it is probably a relative's number.
    pub same_family: bool,
}

/// What one blocking rule did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleReport {
    /// The rule as the model writes it.
    pub rule: String,
    /// Pairs in the blocks of this rule, with those an earlier rule has, without those of skipped blocks.
    pub pairs: u64,
    /// Pairs compared under this rule that no earlier rule had found.
    pub new_pairs: u64,
    /// Blocks that were larger than the cap and so were not compared.
    pub skipped_blocks: u64,
    /// Pairs in the skipped blocks.
    pub skipped_pairs: u64,
    /// Records in the largest skipped block.
    pub largest_skipped: u64,
}

impl RuleReport {
    /// Of a rule that has done nothing yet.
    pub(crate) fn of(rule: String) -> Self {
        Self { rule, pairs: 0, new_pairs: 0, skipped_blocks: 0, skipped_pairs: 0, largest_skipped: 0 }
    }

    /// Counts a block over the cap.
    pub(crate) fn skip(&mut self, pairs: u64, records: u64) {
        self.skipped_blocks += 1;
        self.skipped_pairs += pairs;
        self.largest_skipped = self.largest_skipped.max(records);
    }
}

/// What one deterministic tier did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TierReport {
    /// The tier's name.
    pub name: String,
    /// Its tests, as the model writes them.
    pub rule: String,
    /// Pairs it found.
    pub pairs: u64,
    /// Joins it made; the rest of its pairs were one already, or were refused.
    pub joined: u64,
    /// Blocks that were larger than the cap and so were not looked at.
    pub skipped_blocks: u64,
    /// Pairs in the skipped blocks.
    pub skipped_pairs: u64,
}

/// What happened, in figures.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Records read.
    pub records: u64,
    /// Records that joined another through their valid number.
    pub joined_by_number: u64,
    /// What became of the superseded numbers.
    pub superseded: SupersededReport,
    /// Deterministic tier by tier.
    pub tiers: Vec<TierReport>,
    /// Match labels that joined what the numbers had not.
    pub joined_by_label: u64,
    /// Records that went to the probabilistic tier (one for each distinct profile of a numbered person, and all others).
    pub profiles: u64,
    /// Pairs compared.
    pub pairs: u64,
    /// Rule by rule.
    pub rules: Vec<RuleReport>,
    /// Edges at or above the threshold which were refused because of two different valid numbers.
    pub refused_numbers: u64,
    /// Edges refused because a label keeps apart two records of the two clusters.
    pub refused_labels: u64,
    /// Edges refused because a source holds each person once.
    pub refused_one_row: u64,
    /// Edges refused because members of the two clusters are clearly different people (twins, parent and child).
    pub refused_different: u64,
    /// Edges refused because the two clusters as a whole do not look alike.
    pub refused_unlike: u64,
    /// Clusters, with those of one record.
    pub clusters: u64,
    /// Phases and their wall time, in order.
    pub phases: Vec<(&'static str, Duration)>,
}

/// The answer of a run.
#[derive(Debug, Clone, Default)]
pub struct Linked {
    /// The threshold that was used: the one asked for, the model's, or the one chosen by expected precision.
    pub threshold: f64,
    /// All pairs compared, by match weight. Empty where records were added to a linked whole.
    pub spectrum: Spectrum,
    /// For each record its cluster, numbered from 0 in order of each cluster's smallest record.
    pub cluster_of: Vec<u32>,
    /// Edges at or above `keep`, ordered by left then right. Not every pair of a cluster has one, and an edge whose join was
    /// refused has its ends in two clusters.
    pub edges: Vec<Edge>,
    /// One valid number on different people.
    pub conflicts: Vec<Conflict>,
    /// Labels that were not followed, and why.
    pub refused_labels: Vec<RefusedLabel>,
    /// What happened.
    pub report: Report,
}

impl Linked {
    /// Whether an edge was enough to join its two records: a number, a decision, a tier, or a weight at or above the threshold.
    pub fn reaches(&self, edge: &Edge) -> bool {
        let least = (bits_of_probability(self.threshold) * 100.0).round() as i32;
        edge.tier != Tier::Weight || edge.weight_bits_hundredths >= least
    }

    /// Whether an edge is a link of the answer: it was enough, and the join was not refused.
    pub fn is_link(&self, edge: &Edge) -> bool {
        self.reaches(edge) && self.cluster_of.get(edge.left as usize) == self.cluster_of.get(edge.right as usize)
    }
}
