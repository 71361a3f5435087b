//! How many matches to expect: the pairs that hardly any but matches make, divided by the share of matches which make them.

use crate::block::{Block, blocks, cap};
use crate::entries::some_entries;
use crate::model::Model;
use crate::question::Test;
use crate::records::Records;

/// Fewer pairs than this say nothing about the prior.
const FEWEST_PAIRS: f64 = 20.0;

/// Pairs that agree on `prior.rule`, of blocks within the cap; of one key in `one_in`, and scaled up.
pub(crate) fn agreeing_pairs(records: &Records, model: &Model, one_in: u64) -> f64 {
    let everyone: Vec<u32> = (0..records.len() as u32).collect();
    let entries = some_entries(records, &model.prior.rule, &everyone, &[], one_in);
    let most = cap(model);
    let pairs: u64 = blocks(&entries).iter().map(Block::pairs).filter(|pairs| *pairs <= most).sum();
    (pairs * one_in) as f64
}

/// Which m or u of a comparison a level has.
type Of = fn(&crate::model::Level) -> f64;

/// The chance that two records agree on a rule: the product over comparisons of the probabilities of the levels which ask for the rule's
/// tests, times the share of pairs in which the comparison has both values. `None` where no level asks for one of the tests.
fn chance(model: &Model, rule: &[Test], told: &[f64], of: Of) -> Option<f64> {
    let mut asked: Vec<(usize, Vec<Test>)> = Vec::new();
    for test in rule {
        let home = model.comparison.iter().position(|c| c.levels.iter().any(|level| level.when.contains(test)))?;
        match asked.iter_mut().find(|(comparison, _)| *comparison == home) {
            Some((_, tests)) => tests.push(*test),
            None => asked.push((home, vec![*test])),
        }
    }
    let one = |(comparison, tests): &(usize, Vec<Test>)| {
        let levels = &model.comparison[*comparison].levels;
        let all: f64 = levels.iter().map(of).sum();
        let asking = levels.iter().filter(|level| tests.iter().all(|test| level.when.contains(test)));
        told[*comparison] * asking.map(of).sum::<f64>() / all
    };
    Some(asked.iter().map(one).product())
}

/// Whether the recall of the rule can be worked out from the levels.
pub(crate) fn can_work_out(model: &Model) -> bool {
    chance(model, &model.prior.rule, &vec![1.0; model.comparison.len()], |level| level.m).is_some()
}

/// The share of matches that the rule of the prior finds: what the model says, or worked out from its m.
pub(crate) fn recall(model: &Model, told: &[f64]) -> f64 {
    let worked_out = || chance(model, &model.prior.rule, told, |level| level.m);
    model.prior.recall.or_else(worked_out).unwrap_or(1.0).clamp(0.001, 1.0)
}

/// Matches expected for a record, from the pairs that agree on the rule less those that agree by chance; `None` where there are too few.
pub(crate) fn matches_per_record(model: &Model, records: usize, agreeing: f64, told: &[f64]) -> Option<f64> {
    let count = records as f64;
    let by_chance =
        chance(model, &model.prior.rule, told, |level| level.u).unwrap_or(0.0) * count * (count - 1.0) / 2.0;
    // Agreement by chance is worked out as if names, places and dates had nothing to do with one another; half the pairs stay at least.
    let matches = (agreeing - by_chance).max(agreeing / 2.0);
    (agreeing >= FEWEST_PAIRS).then(|| (2.0 * matches / recall(model, told) / count).clamp(1e-6, 1e6))
}
