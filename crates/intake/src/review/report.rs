//! The figures of a load's linkage: exact counts, which pass disclosure control before anybody sees them.

use super::pick::Choice;
use super::weigh::People;
use super::{Made, Reason, groups};
use linkage::{Contradiction, Tier};
use serde::{Deserialize, Serialize};

/// The content of `linkage/report.json`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LinkageReport {
    /// The model's name.
    pub model: String,
    /// The least match probability at which two records are joined.
    pub threshold: f64,
    /// The same as a match weight, in hundredths of a bit.
    pub threshold_hundredths: i32,
    /// Different identities of all sources.
    pub identities: u64,
    /// Of these, those that say too little to be compared. A source's own key or the one registered person who fits may still say who
    /// they are.
    pub too_little: u64,
    /// Records compared: identities that differ in something that is compared.
    pub records: u64,
    /// People.
    pub people: u64,
    /// Records that joined another through their valid NHS number.
    pub joined_by_number: u64,
    /// Pairs compared.
    pub pairs: u64,
    /// What each blocking rule did, in the order of the model.
    pub rules: Vec<RuleSummary>,
    /// Links of enough weight refused because of two different valid NHS numbers.
    pub refused_numbers: u64,
    /// Links refused because reviewers keep records of the two people apart.
    pub refused_labels: u64,
    /// Links refused because one source that holds each person once holds both.
    pub refused_one_source: u64,
    /// Links refused because half or more of the records across look like different people.
    pub refused_different: u64,
    /// Links refused because the two groups of records as a whole do not look alike.
    pub refused_unlike: u64,
    /// Valid NHS numbers that stand on two people.
    pub conflicts: u64,
    /// How many compared pairs have which weight, from the lowest weight kept.
    pub weights: Vec<WeightBin>,
    /// The sources that have rows about people.
    pub sources: Vec<SourceLinkage>,
    /// Who is linked and who is missed; a source that never says what the groups are by is left out.
    pub groups: Vec<GroupLinkage>,
    /// Whether "linked" means found on the list of registered people; otherwise it means found in another source.
    pub against_list: bool,
    /// False and missed matches to expect; `None` in a load of before they were worked out so.
    #[serde(default)]
    pub expected: Option<ExpectedErrors>,
    /// The pairs kept for review by reason.
    pub picked: Vec<PickedReport>,
    /// Pairs left out because their records are alike to the last letter.
    pub alike: u64,
    /// What became of the reviewers' decisions.
    pub labels: LabelReport,
    /// Decisions that could not be followed, and why.
    pub refused_decisions: Vec<RefusedDecision>,
}

/// A decision that two records are one person which could not be followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedDecision {
    /// The key of one record.
    pub left: u64,
    /// The key of the other.
    pub right: u64,
    /// Why.
    pub why: Hindrance,
}

/// What stands against a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hindrance {
    /// The two people have different valid NHS numbers, which no decision joins.
    Numbers,
    /// Together with other decisions it would join two records which reviewers keep apart.
    OtherDecisions,
}

/// What one blocking rule did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RuleSummary {
    /// The rule as the model writes it.
    pub rule: String,
    /// Pairs compared that no earlier rule had found.
    pub new_pairs: u64,
    /// Blocks larger than the model allows, which were not compared.
    pub skipped_blocks: u64,
    /// Pairs in them.
    pub skipped_pairs: u64,
    /// Records in the largest of them.
    pub largest_skipped: u64,
}

/// Pairs of one step of match weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WeightBin {
    /// Where the step begins, in whole bits; it ends a bit higher.
    pub from_bits: i32,
    /// Pairs whose records are one person.
    pub joined: u64,
    /// Pairs whose records are two.
    pub apart: u64,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourceLinkage {
    /// The place's name of the source.
    pub source: String,
    /// Whether it is the list of registered people.
    pub is_list: bool,
    /// Whether it holds each person once.
    pub once: bool,
    /// Different identities in it.
    pub identities: u64,
    /// People in it.
    pub people: u64,
    /// Identities that were linked: found on the list, or in another source where there is no list.
    pub linked: u64,
}

/// Records of one group of people in one source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupLinkage {
    /// What the groups are by: `sex`, `age`, `deprivation`, `ethnicity`.
    pub by: String,
    /// The group in words, as the record itself says.
    pub group: String,
    /// The place's name of the source.
    pub source: String,
    /// Different identities.
    pub records: u64,
    /// Of these, linked.
    pub linked: u64,
    /// Matches expected of its records: those joined, and those compared and not joined, by their match probability. In thousandths; a pair
    /// counts half for the group of each of its records.
    #[serde(default)]
    pub matches_thousandths: u64,
    /// Of these, matches that were compared and not joined.
    pub missed_thousandths: u64,
    /// How many say too little to be linked by weight: against a copy of themselves they stay below the threshold.
    pub unlinkable: u64,
}

/// False and missed matches to expect, from the fitted model (`linkage::estimate`). Links through a number are not among them.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ExpectedErrors {
    /// Compared pairs at or above the threshold.
    pub links: u64,
    /// The share of them that are two people.
    pub false_match_rate: Bounds,
    /// Matches compared and left below the threshold.
    pub missed_below: Bounds,
    /// Matches that no blocking rule brought together.
    pub missed_by_blocking: Bounds,
    /// All missed matches as a share of all matches among records that no number settles.
    pub missed_match_rate: Bounds,
}

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Bounds {
    /// The estimate.
    pub estimate: f64,
    /// The lower limit.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

impl From<linkage::Interval> for Bounds {
    fn from(interval: linkage::Interval) -> Self {
        Self { estimate: interval.estimate, low: interval.low, high: interval.high }
    }
}

/// Pairs kept for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickedReport {
    /// The reason.
    pub reason: Reason,
    /// How many there are, one for each two people.
    pub found: u64,
    /// Of these, how many are kept for an earlier reason.
    pub elsewhere: u64,
    /// How many are kept.
    pub kept: u64,
}

/// What became of the reviewers' decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LabelReport {
    /// Pairs of records labelled as one person.
    pub same: u64,
    /// Pairs labelled as two.
    pub different: u64,
    /// Labelled pairs that stand otherwise all the same, because other evidence or another label goes before.
    pub not_followed: u64,
    /// Labels of which a record did not come again.
    pub absent: u64,
    /// Labels whose records cannot be told from others.
    pub unclear: u64,
}

/// Counts everything.
pub(super) fn report(made: &Made<'_>, people: &People, choice: &Choice) -> LinkageReport {
    let linking = &made.clustered.linking;
    let told = &linking.linked.report;
    let rule = |rule: &linkage::RuleReport| RuleSummary {
        rule: rule.rule.clone(),
        new_pairs: rule.new_pairs,
        skipped_blocks: rule.skipped_blocks,
        skipped_pairs: rule.skipped_pairs,
        largest_skipped: rule.largest_skipped,
    };
    let (sources, groups) = groups::count(made, people);
    LinkageReport {
        model: linking.model.name.clone(),
        threshold: linking.model.threshold,
        threshold_hundredths: linking.least(),
        identities: made.identities.rows.len() as u64,
        too_little: linking.record_of.iter().filter(|record| **record == u32::MAX).count() as u64,
        records: told.records,
        people: made.assigned.ids.len() as u64,
        joined_by_number: told.joined_by_number,
        pairs: told.pairs,
        rules: told.rules.iter().map(rule).collect(),
        refused_numbers: told.refused_numbers,
        refused_labels: told.refused_labels,
        refused_one_source: told.refused_one_row,
        refused_different: told.refused_different,
        refused_unlike: told.refused_unlike,
        conflicts: linking.linked.conflicts.len() as u64,
        weights: weights(made, people),
        sources,
        groups,
        against_list: made.sources.lists != 0,
        expected: Some(expected(made)),
        picked: choice.report.clone(),
        alike: choice.alike,
        labels: labels(made, people),
        refused_decisions: refused_decisions(made),
    }
}

fn expected(made: &Made<'_>) -> ExpectedErrors {
    let linking = &made.clustered.linking;
    let (linked, threshold) = (&linking.linked, linking.linked.threshold);
    let found = linkage::estimate(&linking.records, &linking.model, &linked.spectrum, &[], threshold);
    ExpectedErrors {
        links: found.links,
        false_match_rate: found.false_match_rate.into(),
        missed_below: found.missed_below.into(),
        missed_by_blocking: found.missed_unseen.into(),
        missed_match_rate: found.missed_match_rate.into(),
    }
}

fn refused_decisions(made: &Made<'_>) -> Vec<RefusedDecision> {
    let linking = &made.clustered.linking;
    let key = |record: u32| linking.keys.get(record as usize).copied().unwrap_or(0);
    let refused = linking.linked.refused_labels.iter().map(|refused| {
        let (a, b) = (key(refused.label.left), key(refused.label.right));
        let why = match refused.why {
            Contradiction::Numbers => Hindrance::Numbers,
            Contradiction::Opposite | Contradiction::Chain { .. } | Contradiction::NoPair => Hindrance::OtherDecisions,
        };
        RefusedDecision { left: a.min(b), right: a.max(b), why }
    });
    refused.collect()
}

fn labels(made: &Made<'_>, people: &People) -> LabelReport {
    let labels = &made.clustered.linking.labels;
    let stands = |left: u32, right: u32| people.of_record[left as usize] == people.of_record[right as usize];
    let count = |wanted: bool| labels.pairs.iter().filter(|(_, _, same)| *same == wanted).count() as u64;
    LabelReport {
        same: count(true),
        different: count(false),
        not_followed: labels.pairs.iter().filter(|(l, r, same)| stands(*l, *r) != *same).count() as u64,
        absent: labels.absent,
        unclear: labels.unclear,
    }
}

/// The weights of compared pairs in steps of one bit; those of 40 bits and more are one step.
fn weights(made: &Made<'_>, people: &People) -> Vec<WeightBin> {
    const LAST: i32 = 40;
    let mut bins: Vec<WeightBin> = Vec::new();
    let edges = &made.clustered.linking.linked.edges;
    let bits = |hundredths: i32| hundredths.div_euclid(100).min(LAST);
    let weighed = || edges.iter().filter(|edge| edge.tier == Tier::Weight);
    let Some(first) = weighed().map(|edge| bits(edge.weight_bits_hundredths)).min() else { return bins };
    let last = weighed().map(|edge| bits(edge.weight_bits_hundredths)).max().unwrap_or(first);
    bins.extend((first..=last).map(|from_bits| WeightBin { from_bits, joined: 0, apart: 0 }));
    for edge in weighed() {
        let bin = &mut bins[(bits(edge.weight_bits_hundredths) - first) as usize];
        let joined = people.of_record[edge.left as usize] == people.of_record[edge.right as usize];
        *(if joined { &mut bin.joined } else { &mut bin.apart }) += 1;
    }
    bins
}
