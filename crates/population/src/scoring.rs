//! The scores of a feature set, added up in few walks through a bucket's events.

use crate::score::Score;
use blueprint::model::{LoadedScore, ScoreKind};
use lake::{BucketView, Dictionary, LakeError};
use nhs::{CodeSystem, Day, EventKind};
use rustc_hash::FxHashMap;

/// Scores that features ask for, together.
#[derive(Debug, Default)]
pub struct Scoring {
    readings: Vec<Reading>,
    last_day: i32,
}

/// Scores over the same kinds of events. Each event's code is looked up once, for its class; a class stands for the groups that
/// the code has in every score.
#[derive(Debug)]
struct Reading {
    walks: Vec<Walk>,
    kinds: Vec<EventKind>,
    /// For each dictionary entry its class; most entries are in no group of any score, which is class 0.
    class_of_code: Vec<u16>,
    /// By number of the kind of event: all bits where its codes count, none otherwise.
    counts: [u16; 256],
}

/// Scores over the same days.
#[derive(Debug)]
struct Walk {
    scores: Vec<Planned>,
    /// The first day that counts, since 1970.
    first_day: i32,
    /// For each class its groups, a bit each.
    groups_of_class: Vec<u128>,
    /// How many bits are taken.
    bits: u32,
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
    pub fn add(
        &mut self,
        feature: usize,
        score: &Score,
        kinds: &[EventKind],
        (first, last): (Day, Day),
    ) -> Result<(), LakeError> {
        self.last_day = last.0;
        let mut kinds = kinds.to_vec();
        kinds.sort_unstable();
        let mut same = self.readings.iter_mut().filter(|reading| reading.kinds == kinds);
        if same.any(|reading| reading.add(feature, score, first.0)) {
            return Ok(());
        }
        let mut reading = Reading::new(kinds, score.codes());
        if !reading.add(feature, score, first.0) {
            return Err(LakeError::Refused(
                "the codes of a score stand in more than 65,535 sets of its groups".to_owned(),
            ));
        }
        self.readings.push(reading);
        Ok(())
    }

    /// The score that a feature asks for.
    pub fn score_of(&self, feature: usize) -> Option<&Score> {
        let walks = self.readings.iter().flat_map(|reading| &reading.walks);
        walks.flat_map(|walk| &walk.scores).find(|planned| planned.feature == feature).map(|planned| &planned.score)
    }

    /// Each group of codes counts once for a person, whichever events recorded it.
    pub fn run(&self, view: &BucketView<'_>, columns: &mut [Vec<i64>]) {
        let (Some(&first), Some(&last)) = (view.offsets.first(), view.offsets.last()) else { return };
        let events = first as usize..last as usize;
        let (mut classes, mut in_window, mut groups) = (Vec::new(), Vec::new(), Vec::with_capacity(view.len()));
        let dates = &view.date[events.clone()];
        // Days of a person stand in order.
        let (mut earliest, mut latest) = (i32::MAX, i32::MIN);
        for own in view.offsets.windows(2).filter(|own| own[0] < own[1]) {
            earliest = earliest.min(view.date[own[0] as usize]);
            latest = latest.max(view.date[own[1] as usize - 1]);
        }
        for reading in &self.readings {
            classes.clear();
            // No branch: most codes are in no group, and which are cannot be foreseen.
            let codes = view.code[events.clone()].iter().zip(&view.kind[events.clone()]);
            classes.extend(codes.map(|(&code, &kind)| {
                reading.class_of_code.get(code as usize).copied().unwrap_or(0) & reading.counts[usize::from(kind)]
            }));
            for walk in &reading.walks {
                let days = walk.first_day..=self.last_day;
                let counted = if days.contains(&earliest) && days.contains(&latest) {
                    &classes
                } else {
                    in_window.clear();
                    let dated = classes.iter().zip(dates);
                    in_window.extend(dated.map(|(&class, date)| if days.contains(date) { class } else { 0u16 }));
                    &in_window
                };
                groups.clear();
                groups.extend(view.offsets.windows(2).map(|own| {
                    let own = &counted[own[0] as usize - events.start..own[1] as usize - events.start];
                    own.iter().fold(0u128, |groups, &class| groups | walk.groups_of_class[usize::from(class)])
                }));
                for planned in &walk.scores {
                    for (value, &groups) in columns[planned.feature].iter_mut().zip(&groups) {
                        *value = planned.value(groups);
                    }
                }
            }
        }
    }
}

impl Reading {
    fn new(kinds: Vec<EventKind>, codes: usize) -> Self {
        let mut counts = [0; 256];
        for kind in &kinds {
            counts[usize::from(kind.number())] = u16::MAX;
        }
        Self { walks: Vec::new(), kinds, class_of_code: vec![0; codes], counts }
    }

    /// Takes a score in; false, with nothing done, where that would need more classes than a number of 16 bits tells apart.
    fn add(&mut self, feature: usize, score: &Score, first_day: i32) -> bool {
        let room = self.walks.iter().position(|walk| walk.first_day == first_day && walk.has_room(score));
        let twin = room.and_then(|walk| Some((walk, self.walks[walk].twin(score)?)));
        let Some((walk, shift)) = twin.or_else(|| self.place(room, score, first_day)) else { return false };
        self.walks[walk].scores.push(Planned { feature, score: score.clone(), shift });
        true
    }

    /// Gives the groups of a score bits of a walk, a new one where none has room, and parts the classes whose codes differ in them.
    fn place(&mut self, room: Option<usize>, score: &Score, first_day: i32) -> Option<(usize, u32)> {
        // The class of the codes of no group stays the first.
        let mut classes = vec![(0, 0)];
        let mut known = FxHashMap::from_iter([((0u16, 0u128), 0u16)]);
        let mut class_of_code = Vec::with_capacity(self.class_of_code.len());
        for (code, &old) in self.class_of_code.iter().enumerate() {
            let own = (old, score.groups(code as u32));
            let class = if let Some(&class) = known.get(&own) {
                class
            } else {
                let class = u16::try_from(classes.len()).ok()?;
                known.insert(own, class);
                classes.push(own);
                class
            };
            class_of_code.push(class);
        }
        self.class_of_code = class_of_code;
        for walk in &mut self.walks {
            walk.groups_of_class = classes.iter().map(|(old, _)| walk.groups_of_class[usize::from(*old)]).collect();
        }
        let place = room.unwrap_or_else(|| {
            self.walks.push(Walk { scores: Vec::new(), first_day, groups_of_class: vec![0; classes.len()], bits: 0 });
            self.walks.len() - 1
        });
        let walk = &mut self.walks[place];
        let shift = walk.bits;
        walk.bits += score.size();
        for (groups, (_, own)) in walk.groups_of_class.iter_mut().zip(&classes) {
            *groups |= own << shift;
        }
        Some((place, shift))
    }
}

impl Walk {
    /// Where a score stands with the same groups, as the same groups with other weights have.
    fn twin(&self, score: &Score) -> Option<u32> {
        self.scores.iter().find(|planned| planned.score.has_groups_of(score)).map(|planned| planned.shift)
    }

    fn has_room(&self, score: &Score) -> bool {
        self.twin(score).is_some() || self.bits + score.size() <= u128::BITS
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
            scoring.add(feature, &score(kind), &[EventKind::Diagnosis], (Day(0), Day(100))).unwrap();
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
        assert!(scoring.readings[0].walks.len() < kinds.len(), "scores with the same groups share a walk");
        for (column, kind) in columns.iter().zip(kinds) {
            let alone = score(kind);
            for (found, history) in column.iter().zip(&histories) {
                let groups = history.iter().fold(0, |all, &code| all | alone.groups(code));
                assert_eq!(*found, alone.value(groups), "{kind:?} {history:?}");
            }
        }
    }
}
