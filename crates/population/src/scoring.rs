//! The scores of a feature set, added up in one walk through a bucket's events.

use crate::score::Score;
use blueprint::model::{LoadedScore, ScoreKind};
use lake::{BucketView, Dictionary};
use nhs::{CodeSystem, Day, EventKind};

/// Scores that features ask for, together.
#[derive(Debug, Default)]
pub struct Scoring {
    scores: Vec<Planned>,
    /// For each dictionary entry a bit for each score that has a group with it: most entries are in none.
    of_code: Vec<u8>,
    last_day: i32,
}

/// A score that a feature asks for.
#[derive(Debug)]
struct Planned {
    feature: usize,
    score: Score,
    /// By number of the kind of event, whether its codes count.
    kinds: [bool; 256],
    /// The first day that counts, since 1970.
    first_day: i32,
}

/// Scores past this number share the last bit of [`Scoring::of_code`].
const BITS: usize = 7;

impl Scoring {
    /// Adds a score over codes of events of some kinds from a day on, up to another.
    pub fn add(&mut self, feature: usize, score: Score, kinds: &[EventKind], (first, last): (Day, Day)) {
        let bit = 1 << self.scores.len().min(BITS);
        self.of_code.resize(self.of_code.len().max(score.codes()), 0);
        for (number, bits) in self.of_code.iter_mut().enumerate() {
            if score.groups(number as u32) != 0 {
                *bits |= bit;
            }
        }
        let mut counts = [false; 256];
        for kind in kinds {
            counts[usize::from(kind.number())] = true;
        }
        self.last_day = last.0;
        self.scores.push(Planned { feature, score, kinds: counts, first_day: first.0 });
    }

    /// Each group of codes counts once for a person, whichever events recorded it.
    pub fn run(&self, view: &BucketView<'_>, columns: &mut [Vec<i64>]) {
        if self.scores.is_empty() {
            return;
        }
        let mut groups = vec![0u128; self.scores.len()];
        #[expect(
            clippy::needless_range_loop,
            reason = "the position is that of a person in the bucket and in several columns"
        )]
        for position in 0..view.len() {
            groups.fill(0);
            for event in view.events_of(position) {
                let code = view.code[event];
                let mut bits = self.of_code.get(code as usize).copied().unwrap_or(0);
                if bits == 0 || view.date[event] > self.last_day {
                    continue;
                }
                while bits != 0 {
                    let first = bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    let end = if first == BITS { self.scores.len() } else { first + 1 };
                    for (planned, groups) in self.scores[first..end].iter().zip(&mut groups[first..end]) {
                        if planned.kinds[usize::from(view.kind[event])] && view.date[event] >= planned.first_day {
                            *groups |= planned.score.groups(code);
                        }
                    }
                }
            }
            for (bits, planned) in groups.iter().zip(&self.scores) {
                columns[planned.feature][position] = planned.score.value(*bits);
            }
        }
    }
}

/// The score of a kind, compiled against a dictionary.
pub fn compiled(kind: ScoreKind, tables: &[LoadedScore], dictionary: &Dictionary) -> Score {
    if let ScoreKind::Loaded(table) = kind
        && let Some(table) = tables.get(usize::from(table))
    {
        return Score::loaded(table, dictionary);
    }
    let icd10 = dictionary
        .rows()
        .iter()
        .enumerate()
        .filter(|(_, row)| row.system == CodeSystem::Icd10)
        .map(|(number, row)| (number as u32, row.code.as_str()));
    Score::compile(kind, dictionary.len() as usize, icd10)
}
