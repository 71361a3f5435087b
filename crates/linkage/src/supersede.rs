//! Numbers that were replaced, and what is wrong with what sources say of them.

use rustc_hash::{FxHashMap, FxHashSet};

/// What became of the superseded numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SupersededReport {
    /// Different replacements that were given.
    pub given: u64,
    /// Records whose number counts as another.
    pub records: u64,
    /// The smallest number of each circle (A replaced B, and B replaced A). The numbers of a circle, and those that lead into one, are left as
    /// they are.
    pub circles: Vec<u64>,
    /// Numbers that are said to be replaced by two different ones. They are left as they are.
    pub forks: Vec<u64>,
}

/// The number each replaced number counts as, at the end of its chain; and a report, its `records` still 0.
pub(crate) fn resolve(pairs: &[(u64, u64)]) -> (FxHashMap<u64, u64>, SupersededReport) {
    let mut pairs: Vec<(u64, u64)> = pairs.iter().copied().filter(|(old, new)| old != new).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut report = SupersededReport { given: pairs.len() as u64, ..SupersededReport::default() };
    let mut newer: FxHashMap<u64, u64> = FxHashMap::default();
    for run in pairs.chunk_by(|a, b| a.0 == b.0) {
        match run {
            [(old, new)] => {
                newer.insert(*old, *new);
            }
            _ => report.forks.push(run[0].0),
        }
    }
    let mut ends: FxHashMap<u64, u64> = FxHashMap::default();
    let mut circling: FxHashSet<u64> = FxHashSet::default();
    for (start, _) in &pairs {
        let mut chain = vec![*start];
        let mut seen: FxHashSet<u64> = chain.iter().copied().collect();
        let mut at = *start;
        let end = loop {
            match newer.get(&at) {
                _ if circling.contains(&at) => break None,
                None => break Some(at),
                Some(new) if seen.insert(*new) => {
                    chain.push(*new);
                    at = *new;
                }
                Some(new) => {
                    let circle = chain.iter().position(|number| number == new).unwrap_or(0);
                    report.circles.extend(chain[circle..].iter().min());
                    break None;
                }
            }
        };
        match end {
            Some(end) if end != *start => {
                ends.insert(*start, end);
            }
            Some(_) => {}
            None => circling.extend(chain),
        }
    }
    report.circles.sort_unstable();
    report.circles.dedup();
    (ends, report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_end_and_circles_are_told() {
        let (ends, report) =
            resolve(&[(1, 2), (2, 3), (1, 2), (9, 9), (5, 6), (6, 7), (7, 6), (8, 1), (8, 2), (10, 8)]);
        let mut ends: Vec<(u64, u64)> = ends.into_iter().collect();
        ends.sort_unstable();
        assert_eq!(ends, [(1, 3), (2, 3), (10, 8)]);
        assert_eq!((report.circles, report.forks, report.given), (vec![6], vec![8], 8));
    }
}
