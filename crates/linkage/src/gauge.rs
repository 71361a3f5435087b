//! The match weights of all pairs compared, counted while they are compared, and some of the pairs themselves.

use crate::em::levels;
use crate::plan::{Plan, probability};

/// Bins for each bit of match weight.
const PER_BIT: f64 = 8.0;
/// Weights are counted from minus this many bits to plus as many; what lies beyond is in the outermost bin.
const REACH: f64 = 64.0;
const BINS: usize = 1024;
/// About so many records' pairs are kept for estimates.
const SAMPLED_RECORDS: usize = 1 << 15;

/// A compared pair kept for estimates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sampled {
    /// The level of each comparison.
    pub(crate) levels: u64,
    pub(crate) bits: f32,
    /// What the frequencies of the values added.
    pub(crate) rarity: f32,
    /// The answers to all tests, one bit each.
    pub(crate) mask: u64,
}

/// How many compared pairs have which match weight, and a sample of the pairs. Pairs with a veto are not counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spectrum {
    counts: Vec<u64>,
    pub(crate) sample: Vec<Sampled>,
    /// One pair in so many is in the sample.
    pub(crate) one_in: u64,
}

impl Spectrum {
    /// An empty one for so many records.
    pub(crate) fn new(records: usize) -> Self {
        let one_in = (records / SAMPLED_RECORDS).max(1).next_power_of_two() as u64;
        Self { counts: vec![0; BINS], sample: Vec::new(), one_in }
    }

    /// Counts a pair by its weight alone: records that say the same are joined without being compared.
    pub(crate) fn count(&mut self, bits: f64) {
        let bin = ((bits + REACH) * PER_BIT).clamp(0.0, BINS as f64 - 1.0) as usize;
        self.counts[bin] += 1;
    }

    /// Counts a compared pair, and keeps some.
    pub(crate) fn see(&mut self, plan: &Plan<'_>, mask: u64, bits: f64, left: u32, right: u32) {
        self.count(bits);
        // Numbers of records, mixed: the same pair is taken whatever the rule and the thread.
        let mixed = (u64::from(left) << 32 | u64::from(right)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        if (mixed >> 40) & (self.one_in - 1) == 0 {
            let levels = levels(plan, mask);
            let own = |(at, rungs): (usize, &Vec<crate::plan::Rung>)| rungs[crate::em::level_of(levels, at)].bits;
            let without: f64 = plan.prior_bits + plan.comparisons.iter().enumerate().map(own).sum::<f64>();
            self.sample.push(Sampled { levels, bits: bits as f32, rarity: (bits - without) as f32, mask });
        }
    }

    /// Adds what another part of the run counted.
    pub(crate) fn add(&mut self, other: Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(own, other)| *own += other);
        self.sample.extend(other.sample);
    }

    /// Pairs compared.
    pub fn pairs(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The middle of each bin's weights in bits, and its pairs, for bins with pairs, from the lightest.
    pub fn bins(&self) -> impl DoubleEndedIterator<Item = (f64, u64)> {
        let middle = |bin: usize| (bin as f64 + 0.5) / PER_BIT - REACH;
        self.counts.iter().enumerate().filter(|(_, pairs)| **pairs > 0).map(move |(bin, pairs)| (middle(bin), *pairs))
    }

    /// Pairs, and expected matches among them, of at least a weight; and expected matches below it.
    pub(crate) fn parted(&self, bits: f64) -> (u64, f64, f64) {
        let mut parted = (0, 0.0, 0.0);
        for (at, pairs) in self.bins() {
            let matches = pairs as f64 * probability(at);
            if at >= bits {
                parted = (parted.0 + pairs, parted.1 + matches, parted.2);
            } else {
                parted.2 += matches;
            }
        }
        parted
    }

    /// The lowest weight from `least` up at which the expected precision of the pairs at and above it reaches `precision`; `most`
    /// where none below it does.
    pub(crate) fn weight_for(&self, precision: f64, least: f64, most: f64) -> f64 {
        let (mut pairs, mut matches, mut chosen) = (0.0, 0.0, most);
        for (at, count) in self.bins().rev() {
            // The bin's lower edge: a threshold there takes the whole bin.
            let edge = at - 0.5 / PER_BIT;
            if edge < least {
                break;
            }
            pairs += count as f64;
            matches += count as f64 * probability(at);
            if matches < precision * pairs {
                break;
            }
            chosen = edge.min(most);
        }
        // Nothing lies between the last bin that was taken and the least weight: any threshold there is as good.
        let lightest = self.bins().map(|(at, _)| at).find(|at| at - 0.5 / PER_BIT >= least);
        if lightest.is_none_or(|at| chosen <= at) { least } else { chosen }
    }
}
