//! What a refresh keeps of each person, and how it goes on when new rows come.
//!
//! Most answers can go on from where they stand: a count, a sum, a first or a last day, the groups of a score. So a person's
//! kept row holds the values of all features and, for each score, the groups that were met; new rows are put through the same
//! program as if they were the whole history, and what they give is folded into what is kept. Rules are then worked out anew,
//! for those whose values changed. Where that does not do (different days or codes, a value by its day, events near other
//! events, a window that moved because another feature did) the person's history is read.

use super::FeatureProgram;
use super::folded::{folded, is_nothing};
use crate::block::Blocks;
use crate::rule::features_in_number;
use crate::score::Score;
use crate::{builtin, filter::Target, scoring};
use blueprint::FeatureSet;
use blueprint::model::{Builtin, FeatureSource};
use lake::engine::{Values as Answers, Window};
use lake::{BucketView, Columns, LakeError, PersonRow, Snapshot};
use nhs::Day;

/// Features of which a row is kept for each person.
pub struct Kept<'a> {
    program: FeatureProgram<'a>,
    /// The features of a row, by position.
    features: Vec<usize>,
    scores: Vec<KeptScore>,
    /// A number of the caller's own about each person, from the row in `person/`.
    mark: Mark<'a>,
    columns: Columns,
    /// Whether a question looks at events near an event.
    looks_around: bool,
}

/// A number of the caller's own about a person.
pub type Mark<'a> = Box<dyn Fn(&PersonRow) -> i64 + Send + Sync + 'a>;

struct KeptScore {
    feature: usize,
    score: Score,
    kinds: [bool; 256],
    window: Window,
}

/// Where a person stands among those with new rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Same,
    Changed,
    History,
}

/// What new rows made of kept rows.
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

/// First and last days of one window, for each person.
type Days = (Vec<i32>, Vec<i32>);

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
        let features: Vec<usize> = (0..set.features.len()).filter(|&f| program.needed[f]).collect();
        let target = Target::new(&[], snapshot, as_of);
        let mut scores = Vec::new();
        for &feature in &features {
            if let FeatureSource::Score { score, kinds, window } = &set.features[feature].source {
                let mut counts = [false; 256];
                for kind in kinds {
                    counts[usize::from(kind.number())] = true;
                }
                let score = scoring::compiled(*score, &set.score_tables, target.dictionary);
                scores.push(KeptScore { feature, score, kinds: counts, window: target.window(*window) });
            }
        }
        let questions =
            program.levels.iter().filter_map(|level| level.program.as_ref()).flat_map(lake::engine::Program::questions);
        let looks_around = questions.into_iter().any(|question| question.filter.looks_around());
        let columns = program.columns() | columns | Columns::PERSON_ID | Columns::CODE;
        Ok(Self { program, features, scores, mark, columns, looks_around })
    }

    /// The columns that whole records are read with.
    pub fn columns(&self) -> Columns {
        self.columns
    }

    /// How many numbers a row has: whether the person is there, the features, two for each score's groups, and the mark.
    pub fn width(&self) -> usize {
        2 + self.features.len() + 2 * self.scores.len()
    }

    /// The column of a feature; `None` where it is not kept.
    pub fn column_of(&self, feature: usize) -> Option<usize> {
        self.features.binary_search(&feature).ok().map(|place| place + 1)
    }

    /// The column of the mark.
    pub fn mark_column(&self) -> usize {
        self.width() - 1
    }

    fn groups_column(&self, score: usize) -> usize {
        1 + self.features.len() + 2 * score
    }

    /// The rows of people whose whole history is in view, column by column.
    pub fn complete(&self, view: &BucketView<'_>) -> Vec<Vec<i64>> {
        let mut values = self.program.run(view, &[]);
        let mut columns = Vec::with_capacity(self.width());
        columns.push(vec![1; view.len()]);
        columns.extend(self.features.iter().map(|&feature| std::mem::take(&mut values[feature])));
        for score in &self.scores {
            let groups: Vec<u128> = (0..view.len()).map(|position| score.groups(view, position)).collect();
            columns.push(groups.iter().map(|groups| *groups as i64).collect());
            columns.push(groups.iter().map(|groups| (*groups >> 64) as i64).collect());
        }
        columns.push(view.people.iter().map(|person| (self.mark)(person)).collect());
        columns
    }

    /// Puts new rows, which are in view, into kept rows. `kept` gives the values of a column for the people at some positions
    /// of the view.
    pub fn advance(&self, view: &BucketView<'_>, kept: &dyn Fn(usize, &[u32]) -> Vec<i64>) -> Advanced {
        let all: Vec<u32> = (0..view.len() as u32).collect();
        if self.looks_around {
            return Advanced { history: all, ..Advanced::default() };
        }
        let mut work =
            Work { kept: self, view, old: kept, stands: vec![Stand::Same; all.len()], blocks: Blocks::default() };
        let groups: Vec<Vec<u128>> = (0..self.scores.len()).map(|score| work.meet(score)).collect();
        let first = work.first_level();
        let windows = work.windows(&all);
        work.rows(&groups, &first, &windows)
    }
}

impl KeptScore {
    fn groups(&self, view: &BucketView<'_>, position: usize) -> u128 {
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

/// One bucket's new rows on their way.
struct Work<'w, 'a, 'v> {
    kept: &'w Kept<'a>,
    view: &'w BucketView<'v>,
    old: &'w dyn Fn(usize, &[u32]) -> Vec<i64>,
    stands: Vec<Stand>,
    blocks: Blocks,
}

impl Work<'_, '_, '_> {
    fn changes(&mut self, position: u32) {
        let stand = &mut self.stands[position as usize];
        if *stand == Stand::Same {
            *stand = Stand::Changed;
        }
    }

    fn needs_history(&mut self, position: u32) {
        self.stands[position as usize] = Stand::History;
    }

    /// The groups that new rows meet, and who did not have one of them.
    fn meet(&mut self, number: usize) -> Vec<u128> {
        let score = &self.kept.scores[number];
        let groups: Vec<u128> = (0..self.view.len()).map(|position| score.groups(self.view, position)).collect();
        let met: Vec<u32> = (0..groups.len() as u32).filter(|&p| groups[p as usize] != 0).collect();
        let column = self.kept.groups_column(number);
        let (low, high) = ((self.old)(column, &met), (self.old)(column + 1, &met));
        for (at, &position) in met.iter().enumerate() {
            if groups[position as usize] & !joined(low[at], high[at]) != 0 {
                self.changes(position);
            }
        }
        groups
    }

    /// What the questions about fixed windows answer for the new rows, and whom that changes.
    fn first_level(&mut self) -> Answers {
        let mut answers = Answers::new();
        let Some(level) = self.kept.program.levels.first() else { return answers };
        let Some(program) = &level.program else { return answers };
        program.run(self.view, &mut answers);
        for (number, (question, &feature)) in program.questions().iter().zip(&level.answers).enumerate() {
            let Some(column) = self.kept.column_of(feature) else { continue };
            let more = answers.column(number);
            let told: Vec<u32> =
                (0..more.len() as u32).filter(|&p| !is_nothing(question.aggregate, more[p as usize])).collect();
            for (&position, old) in told.iter().zip((self.old)(column, &told)) {
                match folded(question.aggregate, old, more[position as usize]) {
                    None => self.needs_history(position),
                    Some(new) if new != old => self.changes(position),
                    Some(_) => {}
                }
            }
        }
        for &feature in &level.derived {
            if let (true, Some(column)) = (self.is_in_hospital(feature), self.kept.column_of(feature)) {
                let inside: Vec<u32> =
                    (0..self.view.len() as u32).filter(|&p| self.in_hospital(p as usize) == 1).collect();
                for (&position, old) in inside.iter().zip((self.old)(column, &inside)) {
                    if old != 1 {
                        self.changes(position);
                    }
                }
            }
        }
        answers
    }

    fn is_in_hospital(&self, feature: usize) -> bool {
        matches!(self.kept.program.features[feature].source, FeatureSource::Builtin(Builtin::InHospitalNow))
    }

    fn in_hospital(&self, position: usize) -> i64 {
        builtin::value(Builtin::InHospitalNow, self.kept.program.as_of, self.view, position, crate::NOWHERE)
    }

    /// The windows of each level that hang on features, as they stood; whoever has one that is open may have new rows in it.
    fn windows(&mut self, all: &[u32]) -> Vec<Vec<Days>> {
        let program = &self.kept.program;
        let mut columns: Vec<Vec<i64>> = vec![Vec::new(); program.features.len()];
        for edge in program.levels.iter().flat_map(|level| &level.edges) {
            for number in [&edge.0, &edge.1].into_iter().flatten() {
                features_in_number(number, &mut |feature| {
                    if let (Some(column), true) = (self.kept.column_of(feature), columns[feature].is_empty()) {
                        columns[feature] = (self.old)(column, all);
                    }
                });
            }
        }
        let mut windows = Vec::with_capacity(program.levels.len());
        for level in &program.levels {
            let mut days = |edge: &(Option<_>, Option<_>)| {
                program.days((edge.0.as_ref(), edge.1.as_ref()), &columns, &mut self.blocks, all.len())
            };
            let own: Vec<Days> = level.edges.iter().map(&mut days).collect();
            for (first, last) in &own {
                for position in (0..all.len()).filter(|&p| first[p] <= last[p]) {
                    self.changes(position as u32);
                }
            }
            windows.push(own);
        }
        windows
    }

    /// The rows of those who may have changed, worked out anew from what is kept and what is new.
    fn rows(&mut self, groups: &[Vec<u128>], first: &Answers, windows: &[Vec<Days>]) -> Advanced {
        let kept = self.kept;
        let program = &kept.program;
        let some: Vec<u32> =
            (0..self.stands.len() as u32).filter(|&p| self.stands[p as usize] == Stand::Changed).collect();
        let old: Vec<Vec<i64>> = (0..kept.width()).map(|column| (self.old)(column, &some)).collect();
        let mut new = old.clone();
        for (number, score) in kept.scores.iter().enumerate() {
            let column = kept.groups_column(number);
            let value = kept.column_of(score.feature);
            for (at, &position) in some.iter().enumerate() {
                let both = joined(old[column][at], old[column + 1][at]) | groups[number][position as usize];
                (new[column][at], new[column + 1][at]) = (both as i64, (both >> 64) as i64);
                if let Some(value) = value {
                    new[value][at] = score.score.value(both);
                }
            }
        }
        // By feature, as rules look at them.
        let mut columns: Vec<Vec<i64>> = vec![Vec::new(); program.features.len()];
        for (&feature, column) in kept.features.iter().zip(&mut new[1..]) {
            columns[feature] = std::mem::take(column);
        }
        for (number, level) in program.levels.iter().enumerate() {
            if level.edges.is_empty() {
                self.fold(number, first, &some, &mut columns);
            } else {
                let answers = self.follow_up(number, &some, &columns, &windows[number]);
                self.fold(number, &answers, &some, &mut columns);
            }
            for &feature in &level.derived {
                let mut column = std::mem::take(&mut columns[feature]);
                match &program.features[feature].source {
                    FeatureSource::Rule(rule) => self.blocks.value(&columns, program.as_of.0, rule, &mut column),
                    FeatureSource::Choose { position, .. } => {
                        self.blocks.numbers(&columns, program.as_of.0, position, &mut column);
                    }
                    FeatureSource::Builtin(Builtin::InHospitalNow) => {
                        for (value, &position) in column.iter_mut().zip(&some) {
                            *value = (*value).max(self.in_hospital(position as usize));
                        }
                    }
                    // The row in `person/` is what it was.
                    _ => {}
                }
                columns[feature] = column;
            }
        }
        for (&feature, column) in kept.features.iter().zip(&mut new[1..]) {
            *column = std::mem::take(&mut columns[feature]);
        }
        self.result(&some, old, new)
    }

    /// Folds the answers of one level into the columns.
    fn fold(&mut self, level: usize, answers: &Answers, some: &[u32], columns: &mut [Vec<i64>]) {
        let level = &self.kept.program.levels[level];
        let Some(program) = &level.program else { return };
        for (number, (question, &feature)) in program.questions().iter().zip(&level.answers).enumerate() {
            let more = answers.column(number);
            for (value, &position) in columns[feature].iter_mut().zip(some) {
                match folded(question.aggregate, *value, more[position as usize]) {
                    Some(new) => *value = new,
                    None => self.stands[position as usize] = Stand::History,
                }
            }
        }
    }

    /// The answers of a level whose windows hang on features, for the new rows. Whose window is not what it was needs the
    /// history.
    fn follow_up(&mut self, level: usize, some: &[u32], columns: &[Vec<i64>], windows: &[Days]) -> Answers {
        let program = &self.kept.program;
        let level = &program.levels[level];
        let mut all: Vec<Days> = Vec::with_capacity(windows.len());
        for (edge, (old_first, old_last)) in level.edges.iter().zip(windows) {
            let (first, last) = program.days((edge.0.as_ref(), edge.1.as_ref()), columns, &mut self.blocks, some.len());
            let mut open = (vec![i32::MAX; self.view.len()], vec![i32::MIN; self.view.len()]);
            for (at, &position) in some.iter().enumerate() {
                let place = position as usize;
                let (now, then) = ((first[at], last[at]), (old_first[place], old_last[place]));
                let both_shut = now.0 > now.1 && then.0 > then.1;
                if now != then && !both_shut {
                    self.stands[place] = Stand::History;
                } else if !both_shut {
                    (open.0[place], open.1[place]) = now;
                }
            }
            all.push(open);
        }
        let bounds: Vec<_> = all.iter().map(|(first, last)| lake::engine::Bounds { first, last }).collect();
        let mut answers = Answers::new();
        if let Some(program) = &level.program {
            program.run_within(self.view, &bounds, &mut answers);
        }
        answers
    }

    fn result(&self, some: &[u32], mut old: Vec<Vec<i64>>, mut new: Vec<Vec<i64>>) -> Advanced {
        let stand = |position: u32| self.stands[position as usize];
        let differs = |at: usize| old.iter().zip(&new).any(|(old, new)| old[at] != new[at]);
        let stays: Vec<bool> =
            some.iter().enumerate().map(|(at, &p)| stand(p) == Stand::Changed && differs(at)).collect();
        for column in old.iter_mut().chain(&mut new) {
            let mut at = 0;
            column.retain(|_| {
                at += 1;
                stays[at - 1]
            });
        }
        let changed = some.iter().zip(&stays).filter(|(_, stays)| **stays).map(|(&p, _)| p).collect();
        let history = (0..self.stands.len() as u32).filter(|&p| stand(p) == Stand::History).collect();
        Advanced { changed, old, new, history }
    }
}

fn joined(low: i64, high: i64) -> u128 {
    u128::from(low as u64) | u128::from(high as u64) << 64
}
