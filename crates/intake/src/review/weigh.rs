//! The people of records, and the parts of a pair's weight.

use super::pick::Picked;
use super::{Made, ReviewStep};
use linkage::{Explainer, Tier};
use rayon::prelude::*;

/// Records and the people they belong to.
#[derive(Debug)]
pub(super) struct People {
    /// The position of each record's person.
    pub(super) of_record: Vec<u32>,
    /// Records of each person.
    pub(super) records: Vec<u32>,
    /// For each record the identity that shows it: the one with the smallest key.
    pub(super) face: Vec<u32>,
    /// The smallest valid NHS number among each person's records; 0 for none.
    pub(super) number: Vec<u64>,
    /// For each person one bit for each source that holds everybody once and has a record of them.
    pub(super) once: Vec<u32>,
}

impl People {
    pub(super) fn new(made: &Made<'_>) -> Self {
        let linking = &made.clustered.linking;
        let count = linking.records.len();
        let (mut of_record, mut face) = (vec![0; count], vec![u32::MAX; count]);
        let rows = &made.identities.rows;
        for (place, &record) in linking.record_of.iter().enumerate() {
            let Some(own) = face.get_mut(record as usize) else { continue };
            if *own == u32::MAX || rows[place].key < rows[*own as usize].key {
                *own = place as u32;
            }
            of_record[record as usize] = made.assigned.person_of[place];
        }
        let people = made.assigned.ids.len();
        let (mut records, mut numbers, mut once) = (vec![0; people], vec![0_u64; people], vec![0; people]);
        for (record, &person) in (0_u32..).zip(&of_record) {
            let person = person as usize;
            records[person] += 1;
            once[person] |= linking.sources_of[record as usize] & linking.once;
            if let Some(number) = linking.records.nhs_number(record) {
                let own = &mut numbers[person];
                *own = if *own == 0 { number } else { number.min(*own) };
            }
        }
        Self { of_record, records, face, number: numbers, once }
    }
}

/// The steps of each pair, and one more where the same number joined them.
pub(super) fn steps(made: &Made<'_>, pairs: &[Picked]) -> Vec<ReviewStep> {
    let linking = &made.clustered.linking;
    let explainer = Explainer::new(&linking.records, &linking.model);
    let of = |pair: &Picked| {
        let (left, right) = (pair.shown.left, pair.shown.right);
        let step = |comparison: &str, level: &str, bits: f64, rarity_bits: f64| ReviewStep {
            left,
            right,
            comparison: comparison.to_owned(),
            level: level.to_owned(),
            bits,
            rarity_bits,
        };
        let mut steps = Vec::new();
        if let Some(whole) = explainer.pair(pair.records.0, pair.records.1) {
            steps.push(step("before anything is compared", "", whole.prior_bits, 0.0));
            steps.extend(whole.steps.iter().map(|s| step(&s.comparison, &s.level, s.bits, s.rarity_bits)));
            if pair.tier == Some(Tier::Number) {
                steps.push(step("NHS number", "the same valid number", linking.model.number.bits, 0.0));
            }
            if let Some(veto) = &whole.veto {
                steps.push(step("kept apart by a rule", veto, 0.0, 0.0));
            }
        }
        steps
    };
    pairs.par_iter().flat_map_iter(of).collect()
}

/// The weight of a pair by comparison alone, in bits, with its probability.
pub(super) fn weight(explainer: &Explainer<'_>, left: u32, right: u32) -> (f64, f64) {
    explainer.pair(left, right).map_or((0.0, 0.5), |whole| (whole.total_bits, whole.probability))
}
