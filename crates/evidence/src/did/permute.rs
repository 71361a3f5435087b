//! The randomisation test: the starts are dealt out among the clusters in other ways, and the effect estimated each time.

use super::{Options, Permutation, absorb::Absorb, panel::Panel};
use crate::random::Stream;

/// Effects this close to the true one, relative to it, count as equal.
const EQUAL: f64 = 1e-9;

pub(super) fn test(
    panel: &Panel,
    absorb: &Absorb,
    rates: &[f64],
    actual: f64,
    options: &Options,
) -> Option<Permutation> {
    let starts = panel.cluster_starts()?;
    if options.permutations == 0 || starts.iter().all(Option::is_some) {
        return None;
    }
    let outcome = absorb.residual(&absorb.without_units(rates));
    let as_far = |starts: &[Option<i32>]| {
        let found = effect(panel, absorb, &outcome, starts);
        // An assignment that cannot be estimated counts against the true one.
        found.is_none_or(|found| found.abs() >= actual.abs() * (1.0 - EQUAL))
    };
    let mut sorted = starts.clone();
    sorted.sort_unstable();
    if assignments(&sorted).is_some_and(|count| count <= f64::from(options.permutations)) {
        let (mut far, mut all) = (0_u64, 0_u64);
        loop {
            all += 1;
            far += u64::from(as_far(&sorted));
            if !next_order(&mut sorted) {
                return Some(Permutation { p_value: far as f64 / all as f64, assignments: all, exhaustive: true });
            }
        }
    }
    let mut stream = Stream::new(options.seed);
    let mut dealt = starts;
    let mut far = 1_u64;
    for _ in 0..options.permutations {
        stream.shuffle(&mut dealt);
        far += u64::from(as_far(&dealt));
    }
    let all = u64::from(options.permutations) + 1;
    Some(Permutation { p_value: far as f64 / all as f64, assignments: all, exhaustive: false })
}

fn effect(panel: &Panel, absorb: &Absorb, outcome: &[f64], starts: &[Option<i32>]) -> Option<f64> {
    let treated: Vec<f64> = panel
        .rows
        .iter()
        .map(|row| f64::from(u8::from(starts[row.cluster].is_some_and(|start| row.month >= start))))
        .collect();
    let clean = absorb.residual(&absorb.without_units(&treated));
    let square = absorb.product(&clean, &clean);
    (square > 1e-10 * absorb.product(&treated, &treated)).then(|| absorb.product(&clean, outcome) / square)
}

/// In how many ways the starts can be dealt out; none when that is beyond counting.
fn assignments(sorted: &[Option<i32>]) -> Option<f64> {
    let mut ways = 1.0;
    let mut placed = 0.0;
    for group in sorted.chunk_by(|a, b| a == b) {
        for member in 1..=group.len() {
            placed += 1.0;
            ways *= placed / member as f64;
        }
    }
    (ways < 1e12).then(|| ways.round())
}

/// The next order of the items, by size; false after the last.
fn next_order<T: Ord>(items: &mut [T]) -> bool {
    let Some(turn) = items.windows(2).rposition(|pair| pair[0] < pair[1]) else { return false };
    let Some(swap) = items.iter().rposition(|item| *item > items[turn]) else { return false };
    items.swap(turn, swap);
    items[turn + 1..].reverse();
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_assignment_once() {
        let mut items = [None, None, Some(3), Some(5)];
        let mut seen = std::collections::BTreeSet::from([items]);
        while next_order(&mut items) {
            assert!(seen.insert(items));
        }
        assert_eq!(seen.len(), 12);
        assert_eq!(assignments(&[None, None, Some(3), Some(5)]), Some(12.0));
    }
}
