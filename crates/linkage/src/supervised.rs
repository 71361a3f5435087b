//! Learns from pairs that people have decided, or from the known person of each record.

use crate::compare::Eye;
use crate::em::{PRIOR_PAIRS, Table, level_of, levels};
use crate::label::Label;
use crate::model::Model;
use crate::plan::Plan;
use crate::records::Records;
use crate::stream::Stream;
use crate::train::{Trained, blocked, short, tidy, train};

/// In each band of match weight the model's own belief counts as this many labels.
const PRIOR_LABELS: f64 = 4.0;
/// Bits of match weight in one band.
const BAND_BITS: f64 = 2.0;
/// Bands to either side of a weight of 0; what lies beyond is in the outermost.
const BANDS: i32 = 20;
/// Pairs of one person at most that a truth is learned from.
const MOST_TRUE_PAIRS: usize = 1 << 20;

/// What was learned from labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Taught {
    /// The model, how the training without labels went, and its draws.
    pub trained: Trained,
    /// Labels that match, and that do not, which were used.
    pub matches: u64,
    /// Labels that do not match.
    pub others: u64,
    /// Bands of match weight with a label, of those with a pair to compare.
    pub bands: (u64, u64),
}

/// Trains a model with labelled pairs (clerical decisions).
///
/// Labelled pairs are not a random sample: people are shown pairs near the threshold and hardly ever the clear ones. They may be taken as a
/// sample only of the pairs that look like them. So the pairs which the blocking rules bring together are parted into bands of match weight
/// (2 bits wide, by the model trained without labels), and a label speaks for the pairs of its band: post-stratification (Holt and
/// Smith 1979), as in estimates of linkage error from clerical review by band of weight (Blakely and Salmond 2002). In each band
///
/// - the share of matches is that of its labels, with the trained model's belief counting as 4 labels;
/// - the answers of the matches are those of its labelled matches, with the expected matches of the band counting as 100 pairs.
///
/// A band without labels keeps the trained model's answer. m is of all bands together, weighted by their matches; the prior is
/// moved by the matches the labels add or take away. u stays with random pairs: labelled pairs that do not match were chosen
/// because they look alike, and say nothing of the others.
///
/// `weights` says for each label how many pairs it stands for, if the pairs were drawn by a plan; they count within a band.
pub fn train_from_labels(
    records: &Records,
    model: &Model,
    labels: &[Label],
    weights: Option<&[f64]>,
    seed: u64,
) -> Taught {
    let trained = train(records, model, seed);
    let plan = Plan::new(records, &trained.model);
    let mut bands = Bands::new(&plan);
    for (at, rule) in trained.model.blocking.rules.iter().enumerate() {
        let (tally, each) = blocked(&plan, rule, plan.rules[at], &plan.rules[..at], seed);
        for (levels, pairs) in &tally {
            bands.expect(*levels, pairs * each);
        }
    }
    let mut eye = Eye::new(&plan);
    let (mut matches, mut others) = (0, 0);
    for (at, label) in labels.iter().enumerate() {
        let (left, right) = (label.left.min(label.right), label.left.max(label.right));
        if left == right || right as usize >= records.len() {
            continue;
        }
        *(if label.is_match { &mut matches } else { &mut others }) += 1;
        let weight = weights.and_then(|weights| weights.get(at)).copied().unwrap_or(1.0);
        bands.label(levels(&plan, eye.mask(left, right)), label.is_match, weight);
    }
    let (with, all) = (bands.all.iter().filter(|b| b.labels > 0.0).count(), bands.all.iter().filter(|b| b.pairs > 0.0));
    let found = (with as u64, all.count() as u64);
    let (m, change) = bands.learned();
    let mut taught = trained;
    set_m(&mut taught.model, &m);
    taught.model.prior.matches_per_record = short((taught.model.prior.matches_per_record * change).clamp(1e-6, 1e6));
    Taught { trained: taught, matches, others, bands: found }
}

/// Trains a model with the known person of each record (`None` where it is not known). All pairs of one person count, so nothing needs
/// correcting: m is their share at each level, with the model's own m counting as 100 pairs, and the prior is their number. Of more
/// than a million pairs of one person whole people are taken, in an order that depends on the seed only.
pub fn train_from_truth(records: &Records, model: &Model, person_of: &[Option<u32>], seed: u64) -> Taught {
    let trained = train(records, model, seed);
    let mut people: Vec<(u32, u32)> =
        (0..records.len() as u32).filter_map(|record| Some(((*person_of.get(record as usize)?)?, record))).collect();
    people.sort_unstable();
    let known = people.len();
    let mut runs: Vec<&[(u32, u32)]> = people.chunk_by(|a, b| a.0 == b.0).collect();
    let pairs_of = |run: &[(u32, u32)]| run.len() * (run.len() - 1) / 2;
    let all: usize = runs.iter().map(|run| pairs_of(run)).sum();
    if all > MOST_TRUE_PAIRS {
        runs.sort_by_cached_key(|run| Stream(seed ^ u64::from(run[0].0)).next());
    }
    let plan = Plan::new(records, &trained.model);
    let mut eye = Eye::new(&plan);
    let mut seen: Table = trained.model.comparison.iter().map(|c| vec![0.0; c.levels.len()]).collect();
    let mut used = 0;
    for run in runs.iter().take_while(|run| {
        let fits = used <= MOST_TRUE_PAIRS;
        used += pairs_of(run);
        fits
    }) {
        for (at, (_, a)) in run.iter().enumerate() {
            for (_, b) in &run[at + 1..] {
                let levels = levels(&plan, eye.mask(*a, *b));
                seen.iter_mut().enumerate().for_each(|(at, seen)| seen[level_of(levels, at)] += 1.0);
            }
        }
    }
    let m: Table = trained.model.comparison.iter().zip(&seen).map(|(c, seen)| with_own(c, seen)).collect();
    let mut taught = trained;
    set_m(&mut taught.model, &m);
    if known > 1 && all > 0 {
        taught.model.prior.matches_per_record = short((2.0 * all as f64 / known as f64).clamp(1e-6, 1e6));
    }
    Taught { trained: taught, matches: all as u64, others: 0, bands: (0, 0) }
}

/// Shares of the levels, the comparison's own m counting as a few pairs.
fn with_own(comparison: &crate::model::Comparison, seen: &[f64]) -> Vec<f64> {
    let levels = || comparison.levels.iter().zip(seen).filter(|(level, _)| !level.is_neutral());
    let told: f64 = levels().map(|(_, seen)| seen).sum();
    let before: f64 = levels().map(|(level, _)| level.m).sum();
    let share = |(level, seen): (&crate::model::Level, &f64)| {
        if level.is_neutral() { 0.0 } else { (seen + PRIOR_PAIRS * level.m / before) / (told + PRIOR_PAIRS) }
    };
    comparison.levels.iter().zip(seen).map(share).collect()
}

fn set_m(model: &mut Model, m: &Table) {
    for (comparison, m) in model.comparison.iter_mut().zip(m) {
        for (level, m) in comparison.levels.iter_mut().zip(m).filter(|(level, _)| !level.is_neutral()) {
            level.m = tidy(*m);
        }
    }
}

/// What is known of the pairs of one band of match weight.
#[derive(Debug, Clone)]
struct Band {
    pairs: f64,
    /// Expected matches among them.
    matches: f64,
    /// Expected matches at each level.
    seen: Table,
    /// Labels, by weight and by count, and of those the matches.
    labels: f64,
    weight: f64,
    weight_of_matches: f64,
    labelled: Table,
}

struct Bands<'a> {
    plan: &'a Plan<'a>,
    all: Vec<Band>,
}

impl<'a> Bands<'a> {
    fn new(plan: &'a Plan<'a>) -> Self {
        let seen: Table = plan.model.comparison.iter().map(|c| vec![0.0; c.levels.len()]).collect();
        let empty = Band {
            pairs: 0.0,
            matches: 0.0,
            labelled: seen.clone(),
            seen,
            labels: 0.0,
            weight: 0.0,
            weight_of_matches: 0.0,
        };
        Self { plan, all: vec![empty; 2 * BANDS as usize] }
    }

    /// The match weight of some levels, the frequency of the values left aside; and its band.
    fn band(&self, levels: u64) -> (f64, usize) {
        let rung = |(at, rungs): (usize, &Vec<crate::plan::Rung>)| rungs[level_of(levels, at)].bits;
        let bits = self.plan.prior_bits + self.plan.comparisons.iter().enumerate().map(rung).sum::<f64>();
        let band = ((bits / BAND_BITS).floor().clamp(f64::from(-BANDS), f64::from(BANDS - 1)) as i32 + BANDS) as usize;
        (bits, band)
    }

    fn expect(&mut self, levels: u64, pairs: f64) {
        let (bits, band) = self.band(levels);
        let matches = pairs * crate::plan::probability(bits);
        let band = &mut self.all[band];
        band.pairs += pairs;
        band.matches += matches;
        band.seen.iter_mut().enumerate().for_each(|(at, seen)| seen[level_of(levels, at)] += matches);
    }

    fn label(&mut self, levels: u64, is_match: bool, weight: f64) {
        let (_, band) = self.band(levels);
        let band = &mut self.all[band];
        band.labels += 1.0;
        band.weight += weight;
        if is_match {
            band.weight_of_matches += weight;
            band.labelled.iter_mut().enumerate().for_each(|(at, seen)| seen[level_of(levels, at)] += weight);
        }
    }

    /// m of all bands together, and by how much the matches changed.
    fn learned(&self) -> (Table, f64) {
        let comparisons = &self.plan.model.comparison;
        let mut sums: Table = comparisons.iter().map(|c| vec![0.0; c.levels.len()]).collect();
        let (mut before, mut after) = (0.0, 0.0);
        for band in &self.all {
            // Weights count within the band only: on average each label is one.
            let each = if band.weight > 0.0 { band.labels / band.weight } else { 0.0 };
            let labelled = band.weight_of_matches * each;
            let belief = if band.pairs > 0.0 { band.matches / band.pairs } else { 0.0 };
            let share = (labelled + PRIOR_LABELS * belief) / (band.labels + PRIOR_LABELS);
            // Labelled pairs that no blocking rule brings together stand for themselves.
            let matches = if band.labels > 0.0 { share * band.pairs.max(band.labels) } else { band.matches };
            before += band.matches;
            after += matches;
            let own = if labelled > 0.0 { PRIOR_PAIRS.min(band.matches) } else { PRIOR_PAIRS };
            for (at, sums) in sums.iter_mut().enumerate() {
                for (level, sum) in sums.iter_mut().enumerate() {
                    let expected = if band.matches > 0.0 { band.seen[at][level] / band.matches } else { 0.0 };
                    let mixed = band.labelled[at][level] * each + own * expected;
                    if labelled + own > 0.0 {
                        *sum += matches * mixed / (labelled + own);
                    }
                }
            }
        }
        let m = comparisons.iter().zip(&sums).map(|(c, seen)| with_own(c, seen)).collect();
        (m, if before > 0.0 && after > 0.0 { after / before } else { 1.0 })
    }
}
