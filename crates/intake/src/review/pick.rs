//! Which pairs are worth a look: those where the decision changes most, a bounded number of each kind.

use super::weigh::{People, weight};
use super::{BANDS, Made, PER_BAND, PickedReport, Reason, ReviewPair, band};
use crate::hash::{Hasher, ReadySet};
use crate::sets::Sets;
use linkage::{Edge, Explainer, Tier};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Match probability from which a pair that was not joined is a near miss.
const NEAR: f64 = 0.2;

/// A pair that was chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picked {
    pub(super) shown: ReviewPair,
    /// Left and right, by number.
    pub(super) records: (u32, u32),
    /// What joined or weighed it; `None` for numbers in conflict and labels without an edge.
    pub(super) tier: Option<Tier>,
}

/// What was chosen and from how many.
#[derive(Debug, Default)]
pub(super) struct Choice {
    pub(super) pairs: Vec<Picked>,
    pub(super) report: Vec<PickedReport>,
    /// Pairs of records that are alike to the last letter and so cannot be told apart at the next load; they are left out.
    pub(super) alike: u64,
}

struct Picker<'a> {
    made: &'a Made<'a>,
    people: &'a People,
    /// Pairs already taken, by a hash of their records' numbers.
    taken: ReadySet,
    choice: Choice,
}

/// Chooses pairs, those that matter most first.
pub(super) fn pick(made: &Made<'_>, people: &People) -> Choice {
    let linking = &made.clustered.linking;
    let explainer = Explainer::new(&linking.records, &linking.model);
    let mut picker = Picker { made, people, taken: ReadySet::default(), choice: Choice::default() };
    let sample = picker.sample();
    let weigh = |left: u32, right: u32, edge: Option<&Edge>| {
        let told = |e: &Edge| (f64::from(e.weight_bits_hundredths) / 100.0, f64::from(e.probability), Some(e.tier));
        edge.map_or_else(
            || {
                let (bits, probability) = weight(&explainer, left, right);
                (bits, probability, None)
            },
            told,
        )
    };
    let edge_of = |left: u32, right: u32| {
        let at = linking.linked.edges.partition_point(|e| (e.left, e.right) < (left, right));
        linking.linked.edges.get(at).filter(|e| (e.left, e.right) == (left, right))
    };
    let mut pool: BTreeMap<Reason, Vec<Picked>> = Reason::ALL.into_iter().map(|r| (r, Vec::new())).collect();
    let mut add = |reason: Reason, left: u32, right: u32, edge: Option<&Edge>, links: Option<u64>| {
        let pair = picker.pair(reason, left, right, weigh(left, right, edge), links);
        pool.entry(reason).or_default().push(pair);
    };
    for &(left, right, _) in &linking.labels.pairs {
        add(Reason::Decided, left, right, edge_of(left, right), None);
    }
    for conflict in &linking.linked.conflicts {
        let (left, right) = (conflict.left.min(conflict.right), conflict.left.max(conflict.right));
        add(Reason::SharedNumber, left, right, edge_of(left, right), None);
    }
    let least = linking.least();
    let labels = &linking.labels;
    let kept_apart = |edge: &Edge| labels.pairs.binary_search(&(edge.left, edge.right, false)).is_ok();
    for edge in linking.linked.edges.iter().filter(|edge| edge.tier == Tier::Weight) {
        if people.of_record[edge.left as usize] == people.of_record[edge.right as usize] {
            continue;
        }
        if edge.weight_bits_hundredths >= least && !kept_apart(edge) {
            add(refusal(people, edge), edge.left, edge.right, Some(edge), None);
        } else if edge.weight_bits_hundredths < least && f64::from(edge.probability) >= NEAR {
            add(Reason::NearMiss, edge.left, edge.right, Some(edge), None);
        }
    }
    for (left, right) in two_numbers(made, people) {
        let (bits, ..) = weigh(left, right, None);
        if (bits * 100.0).round() as i32 >= least && labels.pairs.binary_search(&(left, right, false)).is_err() {
            add(Reason::DifferentNumbers, left, right, None, None);
        }
    }
    for (edge, links) in weakest(made, people) {
        add(Reason::WeakLink, edge.left, edge.right, Some(&edge), Some(links));
    }
    for edge in &sample {
        add(Reason::Sample, edge.left, edge.right, Some(edge), None);
    }
    for (reason, pairs) in pool {
        picker.take(reason, pairs);
    }
    let drawn: ReadySet = sample.iter().map(|edge| pair_hash((edge.left, edge.right))).collect();
    let mut choice = picker.choice;
    for pair in &mut choice.pairs {
        pair.shown.sampled = drawn.contains(&pair_hash(pair.records));
    }
    choice.pairs.sort_by_key(|p| (Reverse(p.shown.matters_thousandths), p.shown.left, p.shown.right));
    choice
}

fn pair_hash((left, right): (u32, u32)) -> u64 {
    Hasher::new(22).number(u64::from(left.min(right))).number(u64::from(left.max(right))).finish()
}

/// Why an edge of enough weight did not join, from what the two people are now.
fn refusal(people: &People, edge: &Edge) -> Reason {
    let of = |record: u32| people.of_record[record as usize] as usize;
    let (a, b) = (of(edge.left), of(edge.right));
    if people.number[a] != 0 && people.number[b] != 0 && people.number[a] != people.number[b] {
        Reason::DifferentNumbers
    } else if people.once[a] & people.once[b] != 0 {
        Reason::OneSource
    } else {
        Reason::Unlike
    }
}

/// Records of two people with different valid numbers who share family name, given name and date of birth. Linkage does not compare
/// records that a number has settled, so nothing else would find a person who was given a second number.
fn two_numbers(made: &Made<'_>, people: &People) -> Vec<(u32, u32)> {
    /// More people of one name and birth than this are namesakes of an invented birth date.
    const MOST: usize = 6;
    let linking = &made.clustered.linking;
    let records = &linking.records;
    let mut named: Vec<(u64, u32, u64, u32)> = Vec::new();
    for record in 0..records.len() as u32 {
        let (family, given) = (records.family(record), records.given(record));
        let (Some((year, month, day)), Some(_)) = (records.birth(record), records.nhs_number(record)) else { continue };
        if family.is_empty() || given.is_empty() {
            continue;
        }
        let birth = u64::from(year) << 16 | u64::from(month) << 8 | u64::from(day);
        let hash = Hasher::new(24).bytes(family.as_bytes()).bytes(given.as_bytes()).number(birth).finish();
        named.push((hash, people.of_record[record as usize], linking.keys[record as usize], record));
    }
    named.sort_unstable();
    let mut pairs = Vec::new();
    for run in named.chunk_by(|a, b| a.0 == b.0) {
        let mut firsts: Vec<u32> = Vec::new();
        for person in run.chunk_by(|a, b| a.1 == b.1) {
            // The record that says most stands for the person.
            let most = person.iter().max_by_key(|(_, _, key, record)| {
                (records.address(*record).len(), records.postcode(*record).len(), *key)
            });
            firsts.extend(most.map(|(.., record)| *record));
        }
        if firsts.len() < 2 || firsts.len() > MOST {
            continue;
        }
        for (at, left) in firsts.iter().enumerate() {
            pairs.extend(firsts[at + 1..].iter().map(|right| (*left.min(right), *left.max(right))));
        }
    }
    pairs
}

/// For each cluster the weakest edge of its strongest tree, and how many links between records hang on it. Clusters that the weights
/// put beyond one in ten thousand are left out.
fn weakest(made: &Made<'_>, people: &People) -> Vec<(Edge, u64)> {
    const CERTAIN: f32 = 0.9999;
    let linking = &made.clustered.linking;
    let cluster_of = &linking.linked.cluster_of;
    let mut inner: Vec<&Edge> = linking
        .linked
        .edges
        .iter()
        .filter(|e| cluster_of[e.left as usize] == cluster_of[e.right as usize])
        .filter(|e| e.tier != Tier::Weight || e.weight_bits_hundredths >= linking.least())
        .collect();
    let key = |record: u32| linking.keys[record as usize];
    inner.sort_by_key(|e| {
        let (a, b) = (key(e.left), key(e.right));
        (Reverse(e.weight_bits_hundredths), a.min(b), a.max(b))
    });
    let mut sets = Sets::new(linking.records.len());
    let mut size = vec![1_u64; linking.records.len()];
    let mut last: BTreeMap<u32, (Edge, u64)> = BTreeMap::new();
    for edge in inner {
        let (a, b) = (sets.root(edge.left), sets.root(edge.right));
        if a == b {
            continue;
        }
        sets.join(a, b);
        let (stays, goes) = (a.min(b) as usize, a.max(b) as usize);
        last.insert(cluster_of[edge.left as usize], (*edge, size[stays] * size[goes]));
        size[stays] += size[goes];
    }
    // What reviewers decided is not in doubt.
    last.retain(|_, (edge, _)| edge.tier != Tier::Clerical);
    let one_person = |e: &Edge| people.of_record[e.left as usize] == people.of_record[e.right as usize];
    last.into_values().filter(|(edge, _)| edge.probability < CERTAIN && one_person(edge)).collect()
}

impl Picker<'_> {
    /// Pairs drawn from each band of weights: those whose records' keys give the smallest hashes, so that the draw depends on nothing
    /// but the records.
    fn sample(&self) -> Vec<Edge> {
        let linking = &self.made.clustered.linking;
        let key = |record: u32| linking.keys[record as usize];
        let mut bands: Vec<Vec<(u64, Edge)>> = vec![Vec::new(); BANDS.len()];
        for edge in linking.linked.edges.iter().filter(|edge| edge.tier == Tier::Weight) {
            let Some(band) = band(edge.weight_bits_hundredths) else { continue };
            let (a, b) = (key(edge.left), key(edge.right));
            let hash = Hasher::new(23).number(a.min(b)).number(a.max(b)).finish();
            let drawn = &mut bands[band];
            if a == b || drawn.len() == PER_BAND && drawn.last().is_some_and(|(most, _)| hash >= *most) {
                continue;
            }
            let at = drawn.partition_point(|(other, _)| *other < hash);
            drawn.insert(at, (hash, *edge));
            drawn.truncate(PER_BAND);
        }
        bands.into_iter().flatten().map(|(_, edge)| edge).collect()
    }

    fn pair(
        &self,
        reason: Reason,
        left: u32,
        right: u32,
        (bits, probability, tier): (f64, f64, Option<Tier>),
        links: Option<u64>,
    ) -> Picked {
        let linking = &self.made.clustered.linking;
        let key = |record: u32| linking.keys[record as usize];
        let (left, right) = if key(left) <= key(right) { (left, right) } else { (right, left) };
        let person = |record: u32| self.people.of_record[record as usize];
        let joined = person(left) == person(right);
        let records = |record: u32| u64::from(self.people.records[person(record) as usize]);
        let links = links.unwrap_or_else(|| if joined { 1 } else { records(left) * records(right) });
        let wrong = if joined { 1.0 - probability } else { probability };
        let id = |record: u32| self.made.assigned.ids[person(record) as usize];
        let shown = ReviewPair {
            left: key(left),
            right: key(right),
            reason,
            sampled: false,
            joined,
            weight_hundredths: (bits * 100.0).round() as i32,
            probability,
            left_person: id(left),
            right_person: id(right),
            links,
            matters_thousandths: (wrong * links as f64 * 1000.0).round() as u64,
            others: 0,
        };
        Picked { shown, records: (left, right), tier }
    }

    /// Takes the pairs of one reason that matter most. Of several pairs between the same two people the strongest stands for all.
    fn take(&mut self, reason: Reason, mut pairs: Vec<Picked>) {
        let before = pairs.len();
        pairs.retain(|pair| pair.shown.left != pair.shown.right);
        self.choice.alike += (before - pairs.len()) as u64;
        let between = |pair: &Picked| {
            let (a, b) = (pair.shown.left_person, pair.shown.right_person);
            (a.min(b), a.max(b))
        };
        if !matches!(reason, Reason::Decided | Reason::Sample) {
            pairs.sort_by_key(|p| (between(p), Reverse(p.shown.weight_hundredths), p.shown.left, p.shown.right));
            let mut first: Vec<Picked> = Vec::new();
            for pair in pairs {
                match first.last_mut() {
                    Some(same) if !pair.shown.joined && between(same) == between(&pair) => same.shown.others += 1,
                    _ => first.push(pair),
                }
            }
            pairs = first;
        }
        pairs.sort_by_key(|p| (Reverse(p.shown.matters_thousandths), p.shown.left, p.shown.right));
        let found = pairs.len() as u64;
        pairs.retain(|pair| !self.taken.contains(&pair_hash(pair.records)));
        let elsewhere = found - pairs.len() as u64;
        pairs.truncate(reason.most().unwrap_or(usize::MAX));
        self.taken.extend(pairs.iter().map(|pair| pair_hash(pair.records)));
        self.choice.report.push(PickedReport { reason, found, elsewhere, kept: pairs.len() as u64 });
        self.choice.pairs.extend(pairs);
    }
}
