//! Records that say too little to be linked: what each would weigh against a copy of itself.

use crate::compare::Eye;
use crate::model::Model;
use crate::plan::{Plan, bits_of_probability, probability};
use crate::records::Records;
use rayon::prelude::*;

/// Records one task weighs.
const RECORDS_PER_TASK: usize = 1 << 14;

/// The match weight of each record against a copy of itself, with the prior, in bits. Where that is below the threshold, no record
/// however alike can be linked to it by weight (Splink's unlinkables).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unlinkables {
    weights: Vec<f32>,
    /// Records with a valid number, which can be joined through it whatever they weigh; empty where the number is no identity.
    numbered: Vec<bool>,
}

/// Weighs every record against itself.
pub fn unlinkables(records: &Records, model: &Model) -> Unlinkables {
    let plan = Plan::new(records, model);
    let everyone: Vec<u32> = (0..records.len() as u32).collect();
    let weights: Vec<Vec<f32>> = everyone
        .par_chunks(RECORDS_PER_TASK)
        .map_init(
            || Eye::new(&plan),
            |eye, some| {
                some.iter().map(|record| plan.bits(eye.mask(*record, *record), *record, *record) as f32).collect()
            },
        )
        .collect();
    let numbered =
        if model.number.is_identity { records.rows.iter().map(|row| row.number != 0).collect() } else { Vec::new() };
    Unlinkables { weights: weights.concat(), numbered }
}

impl Unlinkables {
    /// The weight of a record against itself, in bits; 0 for what is not a record.
    pub fn weight(&self, record: u32) -> f32 {
        self.weights.get(record as usize).copied().unwrap_or(0.0)
    }

    /// Whether no weight can reach the threshold, and no number helps.
    pub fn is_unlinkable(&self, record: u32, threshold: f64) -> bool {
        let numbered = self.numbered.get(record as usize).copied().unwrap_or(false);
        !numbered && f64::from(self.weight(record)) < bits_of_probability(threshold)
    }

    /// Records that neither weight nor number can link at a threshold.
    pub fn count(&self, threshold: f64) -> u64 {
        (0..self.weights.len() as u32).filter(|record| self.is_unlinkable(*record, threshold)).count() as u64
    }

    /// The curve of unlinkables: for each match weight in whole bits its probability and the share of records whose weight against
    /// themselves is below it. From the last weight with none below to the first with all below. As in Splink, by weight alone.
    pub fn curve(&self) -> Vec<(f64, f64, f64)> {
        let Some(first) = self.weights.iter().copied().min_by(f32::total_cmp) else { return Vec::new() };
        let first = first.floor() as i32;
        // Records by whole bits above the first.
        let mut counts: Vec<u64> = Vec::new();
        for weight in &self.weights {
            let at = (weight.floor() as i32 - first) as usize;
            if counts.len() <= at {
                counts.resize(at + 1, 0);
            }
            counts[at] += 1;
        }
        // A weight of whole bits is not below itself, and the curve ends where all are below.
        let last = self.weights.iter().copied().max_by(f32::total_cmp).map_or(first, |last| last.ceil() as i32);
        let mut below = 0;
        (first..=last + 1)
            .map(|bits| {
                let point = (f64::from(bits), probability(f64::from(bits)), below as f64 / self.weights.len() as f64);
                below += counts.get((bits - first) as usize).copied().unwrap_or(0);
                point
            })
            .collect()
    }
}
