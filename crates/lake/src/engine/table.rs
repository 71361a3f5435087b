//! Tables from the value of a column to a bitmap of the tests that it passes.

use super::EventFilter;
use super::filter::Facts;
use crate::scan::Columns;
use rustc_hash::FxHashMap;

/// Bitmaps of tests are this many bits to the word.
pub(super) const BITS: usize = 64;

/// For each value of a column a class, and for each class a bitmap of the tests passed. Codes are many and the bitmaps
/// that they have are few, so that the table of classes stays in near memory. A column of few values does without classes.
#[derive(Debug)]
pub(super) struct Table {
    /// Empty where each value is its own class.
    class_of: Vec<u16>,
    /// `words` to a class.
    masks: Vec<u64>,
    words: usize,
}

/// So few values that a bitmap for each is as near as a class for each.
const FEW: usize = 256;

impl Table {
    /// A table over so many values, from the tests that each passes: `passes` clears the bits of those it does not.
    pub(super) fn new(values: usize, all: &[u64], mut passes: impl FnMut(usize, &mut [u64])) -> Option<Self> {
        let (mut known, mut masks): (FxHashMap<Vec<u64>, u16>, Vec<u64>) = (FxHashMap::default(), Vec::new());
        let mut class_of = Vec::with_capacity(values);
        let mut own = all.to_vec();
        for value in 0..values {
            own.copy_from_slice(all);
            passes(value, &mut own);
            if values <= FEW {
                masks.extend_from_slice(&own);
                continue;
            }
            let class = if let Some(&class) = known.get(&own) {
                class
            } else {
                // More classes than a number of 16 bits tells apart: the tests are asked one by one.
                let class = u16::try_from(known.len()).ok()?;
                known.insert(own.clone(), class);
                masks.extend_from_slice(&own);
                class
            };
            class_of.push(class);
        }
        Some(Self { class_of, masks, words: all.len() })
    }

    /// Takes from each event's bitmap, word `word` of it, the tests that its value does not pass. A value beyond the end passes none.
    #[inline]
    pub(super) fn narrow<T: Copy + Into<u32>>(&self, word: usize, column: &[T], masks: &mut [u64]) {
        let (classes, words) = (&self.class_of, self.words);
        let of_class = |class: usize| self.masks.get(class * words + word).copied().unwrap_or(0);
        let rows = masks.iter_mut().zip(column);
        match (classes.is_empty(), words) {
            (true, 1) => rows.for_each(|(mask, &value)| {
                *mask &= self.masks.get(value.into() as usize).copied().unwrap_or(0);
            }),
            (true, _) => rows.for_each(|(mask, &value)| *mask &= of_class(value.into() as usize)),
            (false, _) => rows.for_each(|(mask, &value)| {
                *mask &= classes.get(value.into() as usize).map_or(0, |&class| of_class(usize::from(class)));
            }),
        }
    }
}

/// The windows of tests: for each day a bitmap of the tests whose window it is in.
#[derive(Debug)]
pub(super) struct DayTable {
    first: i64,
    /// For each day from the first on, the position of its stretch; the days before have the first stretch's, those after the last's.
    stretch_of: Vec<u16>,
    masks: Vec<u64>,
    words: usize,
}

/// Windows whose ends lie further apart than this are asked one by one: about 180 years.
const LONGEST: i64 = 65_536;

impl DayTable {
    /// For windows by position of the test: the first and the last day. None where there is no edge to tell, or too many years.
    pub(super) fn new(windows: &[(i32, i32)], words: usize) -> Option<Self> {
        let mut edges: Vec<i64> = windows
            .iter()
            .filter(|(first, last)| first <= last)
            .flat_map(|&(first, last)| [i64::from(first), i64::from(last) + 1])
            .filter(|edge| (i64::from(i32::MIN) + 1..=i64::from(i32::MAX)).contains(edge))
            .collect();
        edges.sort_unstable();
        edges.dedup();
        let (&earliest, &latest) = (edges.first()?, edges.last()?);
        if latest - earliest > LONGEST || edges.len() >= usize::from(u16::MAX) {
            return None;
        }
        let first = earliest - 1;
        let stretch = |day: i64| edges.partition_point(|&edge| edge <= day) as u16;
        let stretch_of = (first..=latest).map(stretch).collect();
        let mut masks = vec![0; (edges.len() + 1) * words];
        for (stretch, own) in masks.chunks_mut(words).enumerate() {
            // Any day of the stretch stands for all of it.
            let day = if stretch == 0 { first } else { edges[stretch - 1] };
            for (test, &(from, to)) in windows.iter().enumerate() {
                if (i64::from(from)..=i64::from(to)).contains(&day) {
                    own[test / BITS] |= 1 << (test % BITS);
                }
            }
        }
        Some(Self { first, stretch_of, masks, words })
    }

    /// Takes from each event's bitmap the tests whose window its day is not in.
    #[inline]
    pub(super) fn narrow(&self, word: usize, days: &[i32], masks: &mut [u64]) {
        let last = self.stretch_of.len() as i64 - 1;
        for (mask, &day) in masks.iter_mut().zip(days) {
            let place = (i64::from(day) - self.first).clamp(0, last) as usize;
            *mask &= self.masks[usize::from(self.stretch_of[place]) * self.words + word];
        }
    }
}

/// Sorts the parts of a test's filter by the one column that each looks at; `rest` gets those that no table answers.
pub(super) fn by_column(filter: &EventFilter, mut take: impl FnMut(Columns, EventFilter), rest: &mut Vec<EventFilter>) {
    let mut parts = Vec::new();
    conjuncts(filter, &mut parts);
    for part in parts {
        match part.columns() {
            column @ (Columns::METHOD | Columns::STATUS | Columns::CODE | Columns::DETAIL | Columns::PROVIDER) => {
                take(column, part);
            }
            _ => rest.push(part),
        }
    }
}

/// An event of which only the value of one column is known.
pub(super) fn fact(column: Columns, value: usize) -> Facts {
    match column {
        Columns::METHOD => Facts { method: value as u8, ..Facts::BLANK },
        Columns::STATUS => Facts { status: value as u8, ..Facts::BLANK },
        Columns::CODE => Facts { code: value as u32, ..Facts::BLANK },
        Columns::DETAIL => Facts { detail: value as u32, ..Facts::BLANK },
        _ => Facts { provider: value as u32, ..Facts::BLANK },
    }
}

/// The parts that must all hold.
fn conjuncts(filter: &EventFilter, out: &mut Vec<EventFilter>) {
    match filter {
        EventFilter::Always => {}
        EventFilter::All(parts) => parts.iter().for_each(|p| conjuncts(p, out)),
        other => out.push(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_day_passes_the_tests_whose_window_it_is_in(
            windows in proptest::collection::vec((-500i32..500, -500i32..500), 1..130),
            open in proptest::collection::vec(any::<bool>(), 130),
            days in proptest::collection::vec(prop_oneof![-600i32..600, any::<i32>()], 1..60),
        ) {
            let windows: Vec<(i32, i32)> =
                windows.iter().zip(&open).map(|(&(first, last), &open)| (if open { i32::MIN } else { first }, last)).collect();
            let words = windows.len().div_ceil(BITS);
            let Some(table) = DayTable::new(&windows, words) else {
                prop_assert!(windows.iter().all(|(first, last)| first > last), "there is an edge");
                return Ok(());
            };
            for word in 0..words {
                let mut masks = vec![u64::MAX; days.len()];
                table.narrow(word, &days, &mut masks);
                for (mask, &day) in masks.iter().zip(&days) {
                    for (test, &(first, last)) in windows.iter().enumerate().skip(word * BITS).take(BITS) {
                        prop_assert_eq!(mask >> (test % BITS) & 1 == 1, (first..=last).contains(&day), "day {}, test {}", day, test);
                    }
                }
            }
        }
    }

    #[test]
    fn windows_without_an_edge_or_too_far_apart_have_no_table() {
        assert!(DayTable::new(&[(i32::MIN, i32::MAX)], 1).is_none());
        assert!(DayTable::new(&[(0, 1), (100_000, 100_001)], 1).is_none());
        assert!(DayTable::new(&[(i32::MIN, 5), (i32::MAX, i32::MIN)], 1).is_some());
    }
}
