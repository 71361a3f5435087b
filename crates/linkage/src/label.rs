//! Decisions that people made about pairs of records (clerical review): what they join and what they keep apart.

use crate::block::edge;
use crate::compare::Eye;
use crate::forest::Forest;
use crate::number::Settled;
use crate::plan::Plan;
use crate::result::Tier;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;

/// A decision about two records: they are of one person, or they are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// One record.
    pub left: u32,
    /// The other record.
    pub right: u32,
    /// Whether they are of one person.
    pub is_match: bool,
}

/// Why a label was not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// Another label says of the same two records that they do not match; they stay apart.
    Opposite,
    /// With the other match labels it would join these two records, which a label keeps apart.
    Chain {
        /// One of the two.
        left: u32,
        /// The other.
        right: u32,
    },
    /// The two records belong to people with different valid numbers. If one number replaced the other, say so as superseded.
    Numbers,
    /// It names a record that is not there, or one record twice.
    NoPair,
}

/// A label that was not followed, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedLabel {
    /// The label, smaller record first.
    pub label: Label,
    /// What stands against it.
    pub why: Contradiction,
}

/// The pairs that labels keep apart, known by record and by the set each record is in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Apart {
    partners: FxHashMap<u32, Vec<u32>>,
    /// For each root with labelled records: those records.
    members: FxHashMap<u32, Vec<u32>>,
}

impl Apart {
    fn new(pairs: &[Label]) -> Self {
        let mut apart = Self::default();
        for label in pairs {
            apart.partners.entry(label.left).or_default().push(label.right);
            apart.partners.entry(label.right).or_default().push(label.left);
        }
        apart.members = apart.partners.keys().map(|record| (*record, vec![*record])).collect();
        apart
    }

    /// Whether a label says of the record that it does not match another.
    pub(crate) fn names(&self, record: u32) -> bool {
        self.partners.contains_key(&record)
    }

    /// Whether a record must not be among these.
    pub(crate) fn bars(&self, record: u32, others: &[u32]) -> bool {
        self.partners.get(&record).is_some_and(|partners| partners.iter().any(|partner| others.contains(partner)))
    }

    /// Two records, one in each of the sets of these roots, which must stay apart.
    pub(crate) fn between(&self, forest: &mut Forest, a: u32, b: u32) -> Option<(u32, u32)> {
        let (from, into) = match (self.members.get(&a), self.members.get(&b)) {
            (Some(of_a), Some(of_b)) if of_a.len() <= of_b.len() => (of_a, b),
            (Some(_), Some(of_b)) => (of_b, a),
            _ => return None,
        };
        let mut pairs = from.iter().flat_map(|record| self.partners[record].iter().map(|partner| (*record, *partner)));
        pairs.find(|(_, partner)| forest.root(*partner) == into).map(|(x, y)| (x.min(y), x.max(y)))
    }

    /// Two sets have become one.
    pub(crate) fn joined(&mut self, stays: u32, goes: u32) {
        if let Some(moved) = self.members.remove(&goes) {
            self.members.entry(stays).or_default().extend(moved);
        }
    }
}

/// Labels put in order.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    matches: Vec<Label>,
    refused: Vec<RefusedLabel>,
}

/// Sorts labels into those that keep apart and those that join, and finds the ones that cannot be followed.
pub(crate) fn sorted(labels: &[Label], records: usize) -> (Apart, Decisions) {
    let ordered = |label: &Label| {
        let (left, right) = (label.left.min(label.right), label.left.max(label.right));
        Label { left, right, ..*label }
    };
    let mut all: Vec<Label> = labels.iter().map(ordered).collect();
    all.sort_unstable();
    all.dedup();
    let (good, bad): (Vec<Label>, Vec<Label>) =
        all.into_iter().partition(|label| label.left != label.right && (label.right as usize) < records);
    let (matches, others): (Vec<Label>, Vec<Label>) = good.into_iter().partition(|label| label.is_match);
    let kept_apart: FxHashSet<(u32, u32)> = others.iter().map(|label| (label.left, label.right)).collect();
    let (opposed, matches): (Vec<Label>, Vec<Label>) =
        matches.into_iter().partition(|label| kept_apart.contains(&(label.left, label.right)));
    let refused =
        |labels: Vec<Label>, why: Contradiction| labels.into_iter().map(move |label| RefusedLabel { label, why });
    let refused = refused(bad, Contradiction::NoPair).chain(refused(opposed, Contradiction::Opposite)).collect();
    (Apart::new(&others), Decisions { matches, refused })
}

/// Joins the records of match labels, those of the greatest match weight first, so that of labels which contradict one another
/// the least likely one gives way. Gives the labels that were not followed, and how many joined two sets.
pub(crate) fn join(plan: &Plan<'_>, settled: &mut Settled, decisions: Decisions) -> (Vec<RefusedLabel>, u64) {
    let Decisions { matches, mut refused } = decisions;
    let mut eye = Eye::new(plan);
    let content = |record: u32| plan.records.rows[record as usize].content;
    let mut order: Vec<(Reverse<i32>, u64, Label, f64)> = matches
        .into_iter()
        .map(|label| {
            let bits = plan.bits(eye.mask(label.left, label.right), label.left, label.right);
            let (a, b) = (content(label.left), content(label.right));
            let mixed = a.min(b).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ a.max(b);
            (Reverse((bits * 100.0).round() as i32), mixed, label, bits)
        })
        .collect();
    order.sort_unstable_by_key(|(weight, mixed, label, _)| (*weight, *mixed, *label));
    let mut joined: Vec<u32> = Vec::new();
    let mut joins = 0;
    for (_, _, label, bits) in order {
        let (a, b) = (settled.forest.root(label.left), settled.forest.root(label.right));
        if a != b {
            let mut refuse = |why| refused.push(RefusedLabel { label, why });
            if let Some((left, right)) = settled.apart.between(&mut settled.forest, a, b) {
                refuse(Contradiction::Chain { left, right });
                continue;
            }
            let (of_a, of_b) = (settled.group[a as usize], settled.group[b as usize]);
            if of_a != 0 && of_b != 0 && of_a != of_b {
                refuse(Contradiction::Numbers);
                continue;
            }
            settled.join(a, b);
            joins += 1;
        }
        joined.extend([label.left, label.right]);
        settled.edges.push(edge(label.left, label.right, bits, Tier::Clerical));
    }
    // Whoever a label joined to a settled person is settled, whatever the order of the records.
    for record in joined {
        let root = settled.forest.root(record);
        settled.group[record as usize] = settled.group[root as usize];
    }
    refused.sort_unstable_by_key(|one| one.label);
    (refused, joins)
}
