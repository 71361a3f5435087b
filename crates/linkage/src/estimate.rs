//! How many links are wrong and how many matches are missed: expected from the fitted model, and from labels.

use crate::compare::Eye;
use crate::em::{Table, level_of, m_of};
use crate::gauge::Spectrum;
use crate::interval::Interval;
use crate::label::Label;
use crate::model::Model;
use crate::plan::{Plan, bits_of_probability, prior_bits, probability};
use crate::records::Records;
use crate::train::Draw;
use crate::unseen::Answers;
use rayon::prelude::*;

/// Bits of match weight in one band of labels.
const BAND_BITS: f64 = 2.0;

/// What to expect of a threshold, among the pairs compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operating {
    /// The match probability.
    pub threshold: f64,
    /// Its match weight in bits.
    pub weight_bits: f64,
    /// Compared pairs at or above it.
    pub links: u64,
    /// Expected share of them that match.
    pub precision: f64,
    /// Expected share of the matches among the compared pairs that are at or above it.
    pub recall: f64,
}

/// False and missed matches to expect, without labels.
///
/// They rest on the fitted model: each compared pair is a match with its match probability. Intervals hold the chance of the draw and,
/// where training gave draws, what training might have learned instead; not what the model cannot see (answers that depend on one
/// another among matches). Pairs that the number decided are not among them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimates {
    /// Compared pairs at or above the threshold.
    pub links: u64,
    /// Of them, pairs that are no match.
    pub false_matches: Interval,
    /// The same as a share: one minus precision.
    pub false_match_rate: Interval,
    /// Matches compared and left below the threshold.
    pub missed_below: Interval,
    /// Matches that no blocking rule brought together: as many as the m learned say, each comparison by itself. Where mistakes come
    /// together (a person marries and moves) there are more.
    pub missed_unseen: Interval,
    /// All missed matches as a share of all matches among open pairs: one minus recall.
    pub missed_match_rate: Interval,
}

/// What labels say of the links and of the pairs below the threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelEstimates {
    /// Labels that were used.
    pub labels: u64,
    /// Share of the compared pairs at or above the threshold that lie in a band of match weight with labels; the others are taken as the
    /// model expects them.
    pub covered: f64,
    /// Share of the pairs at or above the threshold that are no match.
    pub false_match_rate: Interval,
    /// Share of the compared matches that are below the threshold.
    pub missed_match_rate: Interval,
}

impl Spectrum {
    /// Expected precision and recall at a threshold.
    pub fn at(&self, threshold: f64) -> Operating {
        let weight_bits = bits_of_probability(threshold);
        let (links, matches, missed) = self.parted(weight_bits);
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 1.0 };
        Operating {
            threshold,
            weight_bits,
            links,
            precision: share(matches, links as f64),
            recall: share(matches, matches + missed),
        }
    }

    /// The lowest threshold from one half up at which the expected precision of the links reaches `precision`.
    pub fn threshold_for(&self, precision: f64) -> f64 {
        probability(self.weight_for(precision, 0.0, bits_of_probability(MOST_CERTAIN)))
    }
}

/// The highest threshold that is chosen by expected precision.
pub(crate) const MOST_CERTAIN: f64 = 0.9999;

/// Expects false and missed matches at a threshold, from the compared pairs of a run and the draws of its training.
pub fn estimate(records: &Records, model: &Model, spectrum: &Spectrum, draws: &[Draw], threshold: f64) -> Estimates {
    let least = bits_of_probability(threshold);
    let (links, matches, below) = spectrum.parted(least);
    let wrong = (links as f64 - matches).max(0.0);
    // Variance of a sum of independent yes-or-no draws, from the same bins.
    let (mut of_wrong, mut of_below) = (0.0, 0.0);
    for (at, pairs) in spectrum.bins() {
        let p = probability(at);
        *(if at >= least { &mut of_wrong } else { &mut of_below }) += pairs as f64 * p * (1.0 - p);
    }
    let plan = Plan::of_answers(records, model);
    let answers = Answers::new(&plan, spectrum);
    // Matches that were not seen, for each that was.
    let odds = |m: &Table| {
        let share = answers.share_unseen(m).min(0.99);
        share / (1.0 - share)
    };
    let drawn: Vec<(f64, f64, f64)> = draws
        .par_iter()
        .map(|draw| {
            let (wrong, below) = redone(records, spectrum, draw, least);
            (wrong, below, odds(&draw.m))
        })
        .collect();
    let (own_wrong, own_below) = redone(records, spectrum, &as_it_is(model), least);
    let own = (own_wrong, own_below, odds(&m_of(model)));
    let spread = |of: fn(&(f64, f64, f64)) -> f64| log_variance(drawn.iter().map(of), of(&own));
    let pairs = spectrum.pairs() as f64;
    let false_matches = Interval::counted(wrong, of_wrong, spread(|d| d.0), links as f64);
    let missed_below = Interval::counted(below, of_below, spread(|d| d.1), pairs - links as f64);
    let never = own.2 * (matches + below);
    let missed_unseen = Interval::counted(never, never, spread(|d| d.2), f64::INFINITY);
    let rate = |count: Interval| count.share_beside(matches);
    let false_match_rate = Interval {
        estimate: if links > 0 { wrong / links as f64 } else { 0.0 },
        low: if links > 0 { (false_matches.low / links as f64).min(1.0) } else { 0.0 },
        high: if links > 0 { (false_matches.high / links as f64).min(1.0) } else { 1.0 },
    };
    Estimates {
        links,
        false_matches,
        false_match_rate,
        missed_below,
        missed_unseen,
        missed_match_rate: rate(missed_below.plus(missed_unseen)),
    }
}

/// A model's own probabilities as a draw.
fn as_it_is(model: &Model) -> Draw {
    let bits = |level: &crate::model::Level| if level.is_neutral() { 0.0 } else { (level.m / level.u).log2() };
    Draw {
        bits: model.comparison.iter().map(|c| c.levels.iter().map(bits).collect()).collect(),
        m: m_of(model),
        matches_per_record: model.prior.matches_per_record,
    }
}

/// False matches above and matches below the weight in the sample, were the draw the model.
fn redone(records: &Records, spectrum: &Spectrum, draw: &Draw, least: f64) -> (f64, f64) {
    let prior = prior_bits(records.len(), draw.matches_per_record);
    let (mut wrong, mut below) = (0.0, 0.0);
    for pair in &spectrum.sample {
        let own: f64 = draw.bits.iter().enumerate().map(|(at, bits)| bits[level_of(pair.levels, at)]).sum();
        let p = probability(prior + own + f64::from(pair.rarity));
        if f64::from(pair.bits) >= least {
            wrong += 1.0 - p;
        } else {
            below += p;
        }
    }
    (wrong, below)
}

/// Mean square of the log ratios of draws to the estimate.
fn log_variance(drawn: impl Iterator<Item = f64>, own: f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in drawn.filter(|value| *value > 0.0 && own > 0.0) {
        sum += (value / own).ln().powi(2);
        count += 1.0;
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

/// Estimates from labels: in each band of match weight the labels speak for the compared pairs of the band (post-stratification),
/// with Wilson's interval of as many labels as would weigh the same in one sample. Labels are trusted, and within a band
/// taken as drawn whatever their truth.
pub fn estimate_from_labels(
    records: &Records,
    model: &Model,
    spectrum: &Spectrum,
    labels: &[Label],
    threshold: f64,
) -> Option<LabelEstimates> {
    if labels.is_empty() {
        return None;
    }
    let plan = Plan::new(records, model);
    let mut eye = Eye::new(&plan);
    let least = bits_of_probability(threshold);
    // A band never lies on both sides of the threshold.
    let band = |bits: f64| ((bits - least) / BAND_BITS).floor().clamp(-32.0, 31.0) as i32 + 32;
    let mut bands = [(0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64); 64];
    for (at, pairs) in spectrum.bins() {
        let band = &mut bands[band(at) as usize];
        band.0 += pairs as f64;
        band.1 += pairs as f64 * probability(at);
    }
    let mut used = 0;
    for label in labels {
        let (left, right) = (label.left.min(label.right), label.left.max(label.right));
        if left == right || right as usize >= records.len() {
            continue;
        }
        used += 1;
        let band = &mut bands[band(plan.bits(eye.mask(left, right), left, right)) as usize];
        band.2 += 1.0;
        band.3 += f64::from(u8::from(label.is_match));
    }
    let (mut links, mut covered, mut wrong, mut of_wrong) = (0.0, 0.0, 0.0, 0.0);
    let (mut matches, mut missed, mut of_missed) = (0.0, 0.0, 0.0);
    for (at, (pairs, expected, labelled, matching)) in bands.into_iter().enumerate().filter(|(_, band)| band.0 > 0.0) {
        let share = if labelled > 0.0 { matching / labelled } else { expected / pairs };
        let squared = |count: f64| if labelled > 0.0 { count * count / labelled } else { 0.0 };
        of_missed += squared(pairs * share);
        if at >= 32 {
            links += pairs;
            covered += if labelled > 0.0 { pairs } else { 0.0 };
            wrong += pairs * (1.0 - share);
            of_wrong += squared(pairs);
            matches += pairs * share;
        } else {
            missed += pairs * share;
        }
    }
    // As many labels as would weigh the same in one sample (Kish 1965).
    let rate = |part: f64, whole: f64, squares: f64| {
        let effective = if squares > 0.0 { (whole * whole / squares).min(used as f64) } else { 0.0 };
        let share = if whole > 0.0 { part / whole } else { 0.0 };
        Interval { estimate: share, ..Interval::wilson(share * effective, effective) }
    };
    (used > 0).then(|| LabelEstimates {
        labels: used,
        covered: if links > 0.0 { covered / links } else { 0.0 },
        false_match_rate: rate(wrong, links, of_wrong),
        missed_match_rate: rate(missed, matches + missed, of_missed),
    })
}
