//! The scores of a feature set, added up in one walk through a bucket's events.

use crate::score::Score;
use blueprint::model::{LoadedScore, ScoreKind};
use lake::{BucketView, Dictionary};
use nhs::{CodeSystem, Day, EventKind};

/// Scores that features ask for, together.
#[derive(Debug, Default)]
pub struct Scoring {
    scores: Vec<Planned>,
    last_day: i32,
}

/// A score that a feature asks for.
#[derive(Debug)]
struct Planned {
    feature: usize,
    score: Score,
    /// For each dictionary entry the position of its set of groups in `sets`; most entries are in no group, which is set 0.
    set_of_code: Vec<u16>,
    /// Sets of groups, a bit each.
    sets: Vec<u128>,
    /// By number of the kind of event: all bits where its codes count, none otherwise.
    kinds: [u16; 256],
    /// The first day that counts, since 1970.
    first_day: i32,
}

impl Scoring {
    /// Adds a score over codes of events of some kinds from a day on, up to another.
    pub fn add(&mut self, feature: usize, score: Score, kinds: &[EventKind], (first, last): (Day, Day)) {
        let mut sets = vec![0u128];
        let set_of = |number: u32| {
            let groups = score.groups(number);
            let known = sets.iter().position(|set| *set == groups).unwrap_or_else(|| {
                sets.push(groups);
                sets.len() - 1
            });
            // A score has at most 128 groups; codes in several of them do not make 65,536 sets.
            u16::try_from(known).unwrap_or(0)
        };
        let set_of_code = (0..score.codes() as u32).map(set_of).collect();
        let mut counts = [0; 256];
        for kind in kinds {
            counts[usize::from(kind.number())] = u16::MAX;
        }
        self.last_day = last.0;
        self.scores.push(Planned { feature, score, set_of_code, sets, kinds: counts, first_day: first.0 });
    }

    /// Each group of codes counts once for a person, whichever events recorded it.
    pub fn run(&self, view: &BucketView<'_>, columns: &mut [Vec<i64>]) {
        for planned in &self.scores {
            for (position, value) in columns[planned.feature].iter_mut().enumerate() {
                *value = planned.score.value(planned.groups(view, position, self.last_day));
            }
        }
    }
}

impl Planned {
    /// The groups of one person. Days stand in order, so that a window is a stretch of the history.
    #[inline]
    fn groups(&self, view: &BucketView<'_>, position: usize, last_day: i32) -> u128 {
        let own = view.events_of(position);
        let dates = &view.date[own.clone()];
        let end = own.start + dates.iter().rposition(|&date| date <= last_day).map_or(0, |last| last + 1);
        let start = own.start + dates.iter().rposition(|&date| date < self.first_day).map_or(0, |last| last + 1);
        let stretch = start..end.max(start);
        let mut groups = 0;
        for (&code, &kind) in view.code[stretch.clone()].iter().zip(&view.kind[stretch]) {
            // No branch: most codes are in no group, and which are cannot be foreseen.
            let set = self.set_of_code.get(code as usize).copied().unwrap_or(0) & self.kinds[usize::from(kind)];
            groups |= self.sets[usize::from(set)];
        }
        groups
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
