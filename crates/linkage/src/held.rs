//! What a run takes from all records together: how common values are, and how many records there are. An increment keeps it
//! from the run it adds to, so that a pair weighs the same on every day.

use crate::model::Model;
use crate::plan::{TEXTS, own_copies, prior_bits, rarity_of, rarity_of_births};
use crate::question::Field;
use crate::records::Records;
use rustc_hash::FxHashMap;

/// How common values are, as weights in bits, and the prior.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Held {
    /// For each text column and value: log2(average frequency / own frequency). Empty where no level asks.
    pub(crate) rarity: [Vec<f32>; 8],
    /// The same for dates of birth; empty where no level asks.
    pub(crate) births: FxHashMap<u32, f32>,
    /// For a date of birth that no record had.
    pub(crate) other_birth: f32,
    /// log2 of the prior odds of a pair.
    pub(crate) prior_bits: f64,
}

impl Held {
    /// Of these records under this model.
    pub(crate) fn of(records: &Records, model: &Model) -> Self {
        let asks = |field: Field| {
            model.comparison.iter().flat_map(|comparison| &comparison.levels).any(|l| l.frequency.contains(&field))
        };
        let rarity = std::array::from_fn(|text| {
            if asks(TEXTS[text]) { rarity_of(records, text, own_copies(model, TEXTS[text])) } else { Vec::new() }
        });
        let (births, other_birth) = if asks(Field::Birth) {
            rarity_of_births(records, own_copies(model, Field::Birth))
        } else {
            (FxHashMap::default(), 0.0)
        };
        Self { rarity, births, other_birth, prior_bits: prior_bits(records.len(), model.prior.matches_per_record) }
    }

    /// Nothing is common and nothing rare, where only answers are asked for and no weights.
    pub(crate) fn nothing(records: &Records, model: &Model) -> Self {
        Self { prior_bits: prior_bits(records.len(), model.prior.matches_per_record), ..Self::default() }
    }

    /// The weight of a value of a text column. A value that no record had is as rare as one that few had: its weight is that of the
    /// missing value, which is counted as never seen.
    pub(crate) fn of_text(&self, text: usize, value: u32) -> f32 {
        let known = &self.rarity[text];
        known.get(value as usize).or(known.first()).copied().unwrap_or(0.0)
    }

    /// The weight of a date of birth.
    pub(crate) fn of_birth(&self, birth: u32) -> f32 {
        self.births.get(&birth).copied().unwrap_or(self.other_birth)
    }
}
