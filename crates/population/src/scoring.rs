//! The scores of a feature set, added up in few walks through a bucket's events.

use crate::score::Score;
use blueprint::model::{LoadedScore, ScoreKind};
use lake::{BucketView, Dictionary};
use nhs::{CodeSystem, Day, EventKind};

/// Scores that features ask for, together.
#[derive(Debug, Default)]
pub struct Scoring {
    walks: Vec<Walk>,
    last_day: i32,
}

/// Scores over the same events: one walk finds the groups of all of them.
#[derive(Debug)]
struct Walk {
    scores: Vec<Planned>,
    kinds: Vec<EventKind>,
    /// The first day that counts, since 1970.
    first_day: i32,
    /// For each dictionary entry the position of its set of groups in `sets`; most entries are in no group, which is set 0.
    set_of_code: Vec<u16>,
    /// Sets of groups, a bit each.
    sets: Vec<u128>,
    /// How many bits are taken.
    bits: u32,
    /// By number of the kind of event: all bits where its codes count, none otherwise.
    counts: [u16; 256],
}

/// A score that a feature asks for.
#[derive(Debug)]
struct Planned {
    feature: usize,
    score: Score,
    /// Where its groups begin among the walk's bits.
    shift: u32,
}

impl Scoring {
    /// Adds a score over codes of events of some kinds from a day on, up to another.
    pub fn add(&mut self, feature: usize, score: Score, kinds: &[EventKind], (first, last): (Day, Day)) {
        self.last_day = last.0;
        let mut kinds = kinds.to_vec();
        kinds.sort_unstable();
        let same = |walk: &&mut Walk| walk.first_day == first.0 && walk.kinds == kinds && walk.has_room(&score);
        if let Some(walk) = self.walks.iter_mut().find(same) {
            return walk.add(feature, score);
        }
        let mut walk = Walk::new(kinds, first.0, score.codes());
        walk.add(feature, score);
        self.walks.push(walk);
    }

    /// Each group of codes counts once for a person, whichever events recorded it.
    pub fn run(&self, view: &BucketView<'_>, columns: &mut [Vec<i64>]) {
        let mut groups = Vec::with_capacity(view.len());
        for walk in &self.walks {
            groups.clear();
            groups.extend((0..view.len()).map(|position| walk.groups(view, position, self.last_day)));
            for planned in &walk.scores {
                for (value, &groups) in columns[planned.feature].iter_mut().zip(&groups) {
                    *value = planned.value(groups);
                }
            }
        }
    }
}

impl Walk {
    fn new(kinds: Vec<EventKind>, first_day: i32, codes: usize) -> Self {
        let mut counts = [0; 256];
        for kind in &kinds {
            counts[usize::from(kind.number())] = u16::MAX;
        }
        let (set_of_code, sets) = (vec![0; codes], vec![0]);
        Self { scores: Vec::new(), kinds, first_day, set_of_code, sets, bits: 0, counts }
    }

    /// A score with the same groups as one that is here, as the same groups with other weights are.
    fn twin(&self, score: &Score) -> Option<u32> {
        self.scores.iter().find(|planned| planned.score.has_groups_of(score)).map(|planned| planned.shift)
    }

    fn has_room(&self, score: &Score) -> bool {
        self.twin(score).is_some() || self.bits + score.size() <= u128::BITS
    }

    fn add(&mut self, feature: usize, score: Score) {
        if let Some(shift) = self.twin(&score) {
            return self.scores.push(Planned { feature, score, shift });
        }
        let (shift, old) = (self.bits, std::mem::take(&mut self.sets));
        self.bits += score.size();
        self.sets.push(0);
        for (code, set) in self.set_of_code.iter_mut().enumerate() {
            let groups = old[usize::from(*set)] | score.groups(code as u32) << shift;
            let known = self.sets.iter().position(|set| *set == groups).unwrap_or_else(|| {
                self.sets.push(groups);
                self.sets.len() - 1
            });
            // At most 128 groups; codes in several of them do not make 65,536 sets.
            *set = u16::try_from(known).unwrap_or(0);
        }
        self.scores.push(Planned { feature, score, shift });
    }

    /// The groups of one person. Days stand in order, so that a window is a stretch of the history.
    #[inline]
    fn groups(&self, view: &BucketView<'_>, position: usize, last_day: i32) -> u128 {
        let own = view.events_of(position);
        let (dates, codes, kinds) = (&view.date[own.clone()], &view.code[own.clone()], &view.kind[own]);
        let mut groups = 0;
        for ((&date, &code), &kind) in dates.iter().zip(codes).zip(kinds).rev() {
            if date < self.first_day {
                break;
            }
            // No branch beyond: most codes are in no group, and which are cannot be foreseen.
            let set = self.set_of_code.get(code as usize).copied().unwrap_or(0) & self.counts[usize::from(kind)];
            let set = if date <= last_day { set } else { 0 };
            groups |= self.sets[usize::from(set)];
        }
        groups
    }
}

impl Planned {
    /// The score of a person with these groups of the walk.
    #[inline]
    fn value(&self, groups: u128) -> i64 {
        let own = u128::MAX.checked_shr(u128::BITS - self.score.size()).unwrap_or(0);
        self.score.value(groups >> self.shift & own)
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

#[cfg(test)]
mod tests {
    use super::*;
    use blueprint::model::ScoreKind::{CharlsonOriginal, CharlsonQuan, HospitalFrailtyRisk};

    const CODES: [&str; 8] = ["", "I500", "F00", "C780", "J440", "E102", "E110", "Z999"];

    fn score(kind: ScoreKind) -> Score {
        Score::compile(kind, CODES.len(), CODES.iter().enumerate().skip(1).map(|(number, code)| (number as u32, *code)))
    }

    /// Every person with some of the codes: together the scores say what each says alone.
    #[test]
    fn scores_of_one_walk_say_what_each_says_alone() {
        let kinds = [HospitalFrailtyRisk, CharlsonQuan, CharlsonOriginal];
        let mut scoring = Scoring::default();
        for (feature, kind) in kinds.into_iter().enumerate() {
            scoring.add(feature, score(kind), &[EventKind::Diagnosis], (Day(0), Day(100)));
        }
        let histories: Vec<Vec<u32>> = (0..1u32 << CODES.len())
            .map(|set| (0..CODES.len() as u32).filter(|code| set >> code & 1 == 1).collect())
            .collect();
        let code: Vec<u32> = histories.concat();
        let mut offsets = vec![0u32];
        for history in &histories {
            offsets.push(offsets[offsets.len() - 1] + history.len() as u32);
        }
        let (date, kind) = (vec![50; code.len()], vec![EventKind::Diagnosis.number(); code.len()]);
        let view = BucketView {
            bucket: 0,
            first_person: 0,
            offsets: &offsets,
            people: &[],
            date: &date,
            end: &[],
            kind: &kind,
            method: &[],
            status: &[],
            code: &code,
            provider: &[],
            detail: &[],
            value: &[],
            cost: &[],
            link: &[],
            source: &[],
        };
        let mut columns = vec![vec![-1; histories.len()]; kinds.len()];
        scoring.run(&view, &mut columns);
        assert!(scoring.walks.len() < kinds.len(), "scores with the same groups share a walk");
        for (column, kind) in columns.iter().zip(kinds) {
            let alone = score(kind);
            for (found, history) in column.iter().zip(&histories) {
                let groups = history.iter().fold(0, |all, &code| all | alone.groups(code));
                assert_eq!(*found, alone.value(groups), "{kind:?} {history:?}");
            }
        }
    }
}
