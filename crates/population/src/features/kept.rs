//! What a refresh keeps of each person, and how it goes on when new rows come.
//!
//! Most answers can go on from where they stand: a count, a sum, a first or a last day, the groups of a score. So a person's
//! kept row holds the values of all features and, for each score, the groups that were met; new rows are put through the same
//! program as if they were the whole history, and what they give is folded into what is kept. Rules are then worked out anew,
//! for those whose values changed. Where that does not do (different days or codes, a value by its day, events near other
//! events, a window that moved because another feature did) the person's history is read.

use super::advance::advance;
use super::{FeatureProgram, feature_reads};
use crate::filter::Target;
use crate::score::Score;
use blueprint::FeatureSet;
use blueprint::model::{Builtin, FeatureSource};
use lake::engine::{Program, Window};
use lake::{BucketView, Columns, LakeError, PersonRow, Snapshot};
use nhs::{Day, EventKind};
use std::ops::Range;

/// Features of which a row is kept for each person.
///
/// A row has, in this order: whether the person is there; what new events can change (scores, questions about events and the
/// rules made of them, then two numbers for the groups of each set of codes); what only the row in `person/` says; the mark.
pub struct Kept<'a> {
    pub(super) program: FeatureProgram<'a>,
    pub(super) moving: Vec<usize>,
    pub(super) fixed: Vec<usize>,
    /// The column of each feature.
    place: Vec<Option<usize>>,
    /// The fixed columns that somebody looks at when others change.
    pub(super) read: Vec<usize>,
    pub(super) scores: Vec<KeptScore>,
    pub(super) sets: Vec<GroupSet>,
    /// A number of the caller's own about each person, from the row in `person/`.
    mark: Mark<'a>,
    columns: Columns,
    /// Whether a question looks at events near an event.
    looks_around: bool,
}

/// A number of the caller's own about a person.
pub type Mark<'a> = Box<dyn Fn(&PersonRow) -> i64 + Send + Sync + 'a>;

/// A score and the set of groups that it is made of.
pub(super) struct KeptScore {
    pub(super) feature: usize,
    pub(super) score: Score,
    pub(super) set: usize,
}

/// Groups of codes over a window: several scores may be made of one set.
pub(super) struct GroupSet {
    score: Score,
    kinds: [bool; 256],
    window: Window,
}

/// What new rows made of kept rows: columns of what new events can change.
#[derive(Debug, Default)]
pub struct Advanced {
    /// Positions of the people whose rows changed, in ascending order.
    pub changed: Vec<u32>,
    /// Their rows as they were.
    pub old: Vec<Vec<i64>>,
    /// Their rows as they are.
    pub new: Vec<Vec<i64>>,
    /// Positions of the people whose history must be read, in ascending order.
    pub history: Vec<u32>,
}

impl<'a> Kept<'a> {
    /// Compiles the features wanted and those they need. `mark` is a number of the caller's own about each person, which may
    /// look at the fields that `columns` reads.
    pub fn new(
        set: &'a FeatureSet,
        wanted: &[usize],
        snapshot: &Snapshot,
        as_of: Day,
        (mark, columns): (Mark<'a>, Columns),
    ) -> Result<Self, LakeError> {
        let program = FeatureProgram::of(set, wanted, snapshot, as_of)?;
        let target = Target::new(&[], snapshot, as_of);
        let mut moves = vec![false; set.features.len()];
        let (mut scores, mut sets) = (Vec::new(), Vec::new());
        let (mut moving, mut fixed, mut read) = (Vec::new(), Vec::new(), vec![false; set.features.len()]);
        for feature in (0..set.features.len()).filter(|&f| program.needed[f]) {
            let source = &set.features[feature].source;
            let mut hangs = false;
            feature_reads(&set.features[feature], &mut |other| hangs |= moves[other]);
            moves[feature] = match source {
                FeatureSource::Score { .. }
                | FeatureSource::Events { .. }
                | FeatureSource::Builtin(Builtin::InHospitalNow) => true,
                FeatureSource::Rule(_) | FeatureSource::Choose { .. } => hangs,
                FeatureSource::Builtin(_) | FeatureSource::KnownTo(_) => false,
            };
            if moves[feature] {
                moving.push(feature);
                feature_reads(&set.features[feature], &mut |other| read[other] = true);
            } else {
                fixed.push(feature);
            }
            if let FeatureSource::Score { kinds, window, .. } = source
                && let Some(score) = program.scores.score_of(feature).cloned()
            {
                let own = GroupSet::new(score.clone(), kinds, target.window(*window));
                let known = sets.iter().position(|other: &GroupSet| other.is(&own));
                let set = known.unwrap_or_else(|| {
                    sets.push(own);
                    sets.len() - 1
                });
                scores.push(KeptScore { feature, score, set });
            }
        }
        let mut place = vec![None; set.features.len()];
        let first_fixed = 1 + moving.len() + 2 * sets.len();
        moving.iter().enumerate().for_each(|(at, &feature)| place[feature] = Some(1 + at));
        fixed.iter().enumerate().for_each(|(at, &feature)| place[feature] = Some(first_fixed + at));
        let is_read = |feature: &&usize| read[**feature] || wanted.contains(*feature);
        let mut read: Vec<usize> = fixed.iter().filter(is_read).filter_map(|&feature| place[feature]).collect();
        read.push(first_fixed + fixed.len());
        let questions = program.levels.iter().filter_map(|level| level.program.as_ref());
        let looks_around = questions.flat_map(Program::questions).any(|question| question.filter.looks_around());
        let columns = program.columns() | columns | Columns::PERSON_ID | Columns::CODE;
        Ok(Self { program, moving, fixed, place, read, scores, sets, mark, columns, looks_around })
    }

    /// The columns that whole records are read with.
    pub fn columns(&self) -> Columns {
        self.columns
    }

    /// How many numbers a row has.
    pub fn width(&self) -> usize {
        self.moving_columns().end + self.fixed.len() + 1
    }

    /// The columns that new events can change.
    pub fn moving_columns(&self) -> Range<usize> {
        1..1 + self.moving.len() + 2 * self.sets.len()
    }

    /// The other columns that whoever looks at changes looks at.
    pub fn read_columns(&self) -> &[usize] {
        &self.read
    }

    /// The column of a feature; `None` where it is not kept.
    pub fn column_of(&self, feature: usize) -> Option<usize> {
        self.place.get(feature).copied().flatten()
    }

    /// The column of the mark.
    pub fn mark_column(&self) -> usize {
        self.width() - 1
    }

    pub(super) fn groups_column(&self, set: usize) -> usize {
        1 + self.moving.len() + 2 * set
    }

    /// The rows of people whose whole history is in view, column by column.
    pub fn complete(&self, view: &BucketView<'_>) -> Vec<Vec<i64>> {
        let mut values = self.program.run(view, &[]);
        let mut columns = Vec::with_capacity(self.width());
        columns.push(vec![1; view.len()]);
        columns.extend(self.moving.iter().map(|&feature| std::mem::take(&mut values[feature])));
        for set in &self.sets {
            let groups: Vec<u128> = (0..view.len()).map(|position| set.groups(view, position)).collect();
            columns.push(groups.iter().map(|groups| *groups as i64).collect());
            columns.push(groups.iter().map(|groups| (*groups >> 64) as i64).collect());
        }
        columns.extend(self.fixed.iter().map(|&feature| std::mem::take(&mut values[feature])));
        columns.push(view.people.iter().map(|person| (self.mark)(person)).collect());
        columns
    }

    /// Puts new rows, which are in view, into kept rows. `kept` gives the values of a column for the people at some positions
    /// of the view.
    pub fn advance(&self, view: &BucketView<'_>, kept: &dyn Fn(usize, &[u32]) -> Vec<i64>) -> Advanced {
        let all: Vec<u32> = (0..view.len() as u32).collect();
        if self.looks_around {
            let none = || vec![Vec::new(); self.moving_columns().len()];
            return Advanced { history: all, old: none(), new: none(), ..Advanced::default() };
        }
        advance(self, view, kept)
    }
}

impl GroupSet {
    fn new(score: Score, kinds: &[EventKind], window: Window) -> Self {
        let mut counts = [false; 256];
        for kind in kinds {
            counts[usize::from(kind.number())] = true;
        }
        Self { score, kinds: counts, window }
    }

    fn is(&self, other: &Self) -> bool {
        self.kinds == other.kinds && self.window == other.window && self.score.has_groups_of(&other.score)
    }

    pub(super) fn groups(&self, view: &BucketView<'_>, position: usize) -> u128 {
        let mut groups = 0;
        for event in view.events_of(position) {
            let counts = self.kinds[usize::from(view.kind[event])]
                && (self.window.first.0..=self.window.last.0).contains(&view.date[event]);
            if counts {
                groups |= self.score.groups(view.code[event]);
            }
        }
        groups
    }
}
