//! Which set's figures may be shown: the answer to differencing.
//!
//! An analyst may ask as many questions as they like, so rounding alone does not do. Whoever can describe one person (the
//! only 97-year-old of a practice) asks for a cohort, and for the same cohort without that person. Rounded counts are
//! mostly equal, but one time in five the two lie on different sides of a rounding boundary, and with enough cohorts the
//! person's every feature follows. Two rules stand against that:
//!
//! 1. A cohort of 0 to 7 people shows as "fewer than 8", nothing else about it is shown, and nought is not told apart.
//! 2. A cohort that differs from one already shown by 1 to 7 people shows the figures of that one. Two such questions give
//!    the same answer to the last digit, whatever the people between them are like.
//!
//! The difference is measured on sketches: people fall into 2,048 groups by a hash of their position, a set's sketch is its
//! count in each group, and the sum of differences is never more than the number of people in which two sets differ. Sets
//! that differ by a few are therefore never missed; that two quite different sets look alike does not happen in practice.

use super::bits::Bits;
use super::{PeopleTable, Whom, who};
use crate::disclosure::Shown;
use crate::save::SaveError;
use blueprint::model::Expr;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// The smallest cohort of which anything is shown.
pub const FEWEST: u64 = 8;
/// Groups of a sketch.
const GROUPS: usize = 2_048;
/// Sets that are remembered, the latest; 8 kB each.
const REMEMBERED: usize = 4_096;

/// A count as it may be seen: rounded to 5, or nothing where it is below [`FEWEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure(Option<u64>);

impl Figure {
    fn of(count: u64) -> Self {
        Self(if count < FEWEST { None } else { Shown::alone(count).value() })
    }

    /// The rounded count; `None` for 0 to 7.
    pub const fn value(self) -> Option<u64> {
        self.0
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(count) => f.pad(&nhs::money::group_thousands(count)),
            None => f.pad("fewer than 8"),
        }
    }
}

/// A set whose figures may be shown.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The people the figures are of: those asked about, or a cohort shown before that differs by 1 to 7. `None` where there
    /// are too few for any figure but "fewer than 8".
    pub set: Option<Arc<Bits>>,
    /// The count as it may be seen.
    pub figure: Figure,
}

/// A set shown before: what it was, and its sketch.
#[derive(Debug)]
struct Before {
    count: u64,
    sketch: Box<[u32]>,
    rule: Expr,
}

/// What has been shown of one snapshot. Shared by everyone who looks at it.
#[derive(Debug, Default)]
pub struct Register {
    shown: Mutex<VecDeque<Before>>,
}

/// Populations that stay in the register: those every page shows.
const PINNED: usize = 2;

impl Register {
    /// A register in which the populations that every page shows are entered first.
    pub fn of(table: &PeopleTable) -> Result<Self, SaveError> {
        let register = Self::default();
        for whom in [Whom::Served, Whom::Known] {
            register.settle(table, &table.membership(whom, Expr::Constant(true)))?;
        }
        Ok(register)
    }

    /// The set whose figures may be shown for the people who meet a rule.
    pub fn settle(&self, table: &PeopleTable, rule: &Expr) -> Result<Settled, SaveError> {
        let set = who(table, rule)?;
        let count = set.count();
        if count < FEWEST {
            return Ok(Settled { set: None, figure: Figure::of(count) });
        }
        let near = self.near_or_remember(count, sketch(&set), rule);
        let set = match near {
            Some(other) if other != *rule => who(table, &other)?,
            _ => set,
        };
        let figure = Figure::of(set.count());
        Ok(Settled { set: Some(Arc::new(set)), figure })
    }

    /// The rule of the nearest set shown before, where one is too near; else this one is remembered.
    fn near_or_remember(&self, count: u64, sketch: Box<[u32]>, rule: &Expr) -> Option<Expr> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let near = shown
            .iter()
            .filter(|before| before.count.abs_diff(count) < FEWEST)
            .map(|before| (distance(&sketch, &before.sketch), before))
            .filter(|(distance, _)| *distance < FEWEST)
            .min_by_key(|(distance, _)| *distance);
        if let Some((_, before)) = near {
            return Some(before.rule.clone());
        }
        if shown.len() >= REMEMBERED {
            shown.remove(PINNED);
        }
        shown.push_back(Before { count, sketch, rule: rule.clone() });
        None
    }
}

fn sketch(set: &Bits) -> Box<[u32]> {
    let mut groups = vec![0; GROUPS].into_boxed_slice();
    for row in set.rows() {
        groups[group_of(row)] += 1;
    }
    groups
}

/// A fixed mixing of the bits of a position (the finaliser of `SplitMix64`, Steele and others 2014).
fn group_of(row: usize) -> usize {
    let mut mixed = (row as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % GROUPS as u64) as usize
}

fn distance(a: &[u32], b: &[u32]) -> u64 {
    a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Sets that differ by a few are never taken for far apart.
        #[test]
        fn a_sketch_never_misses_a_near_set(
            rows in proptest::collection::vec(any::<bool>(), 10..3_000),
            turned in proptest::collection::btree_set(0usize..3_000, 0..8),
        ) {
            let first = Bits::of(&rows, |row| row);
            let mut other = rows.clone();
            for index in &turned {
                let at = index % rows.len();
                other[at] = !rows[at];
            }
            let second = Bits::of(&other, |row| row);
            prop_assert!(distance(&sketch(&first), &sketch(&second)) < FEWEST);
        }
    }

    #[test]
    fn figures() {
        let words = [0, 1, 7, 8, 1_233].map(|count| Figure::of(count).to_string());
        assert_eq!(words, ["fewer than 8", "fewer than 8", "fewer than 8", "10", "1,235"]);
    }
}
