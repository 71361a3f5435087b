//! Features compiled against a snapshot: one column per feature for each bucket of people.
//!
//! Features come in levels. The first level's questions about events look at windows that are the same for everybody; a
//! question whose window hangs on another feature (30 days from a discharge) is asked on the level after that feature's.
//! The bucket stays in memory, so each file is still read once.

use crate::block::Blocks;
use crate::builtin::{self, Ages};
use crate::filter::{Target, lake_aggregate, lake_dated};
use crate::rule::{ABSENT, features_in_number, features_read, number};
use crate::scoring::{self, Scoring};
use blueprint::FeatureSet;
use blueprint::model::{Builtin, Feature, FeatureSource, LoadedScore, Number};
use lake::engine::{Bounds, EventAggregate, Program, Values as Answers};
use lake::{BucketView, Columns, LakeError, Snapshot};
use nhs::Day;

mod advance;
mod folded;
mod kept;
pub use kept::{Advanced, Kept, Mark};

/// Features with every name resolved to a position or a dictionary number.
pub struct FeatureProgram<'a> {
    features: &'a [Feature],
    needed: Vec<bool>,
    as_of: Day,
    levels: Vec<Level>,
    scores: Scoring,
    sources: Vec<(usize, u8)>,
    ages: Ages,
    columns: Columns,
}

/// Memory that one bucket after the other is worked out in.
#[derive(Debug, Default)]
pub struct Room {
    columns: Vec<Vec<i64>>,
    /// Of each level.
    answers: Vec<Answers>,
    blocks: Blocks,
    /// Of each person.
    lists: Vec<u32>,
}

/// People worked out at a time, so that their columns stay in near memory.
const PART: usize = 1_024;

/// What can be asked together.
#[derive(Default)]
struct Level {
    questions: Vec<EventAggregate>,
    program: Option<Program>,
    /// The feature of each question.
    answers: Vec<usize>,
    /// First and last day of each window that hangs on other features.
    edges: Vec<(Option<Number>, Option<Number>)>,
    /// Features made of those already there, each after those it needs.
    derived: Vec<usize>,
}

impl<'a> FeatureProgram<'a> {
    /// Compiles features with the code lists and tables they use. A refusal names a source that the snapshot does not
    /// have.
    pub fn new(set: &'a FeatureSet, snapshot: &Snapshot, as_of: Day) -> Result<Self, LakeError> {
        Self::compile(&set.features, &set.score_tables, &Target::new(&set.codes, snapshot, as_of))
    }

    /// The same for some of the features, by position, and those they need; the columns of the others stay empty.
    pub fn of(set: &'a FeatureSet, wanted: &[usize], snapshot: &Snapshot, as_of: Day) -> Result<Self, LakeError> {
        let target = Target::new(&set.codes, snapshot, as_of);
        Self::compile_some(&set.features, needed(&set.features, wanted), &set.score_tables, &target)
    }

    /// All features, for code lists already resolved.
    pub(crate) fn compile(
        features: &'a [Feature],
        tables: &[LoadedScore],
        target: &Target<'_>,
    ) -> Result<Self, LakeError> {
        Self::compile_some(features, vec![true; features.len()], tables, target)
    }

    /// Those of `needed`, which must hold all that they read.
    pub(crate) fn compile_some(
        features: &'a [Feature],
        needed: Vec<bool>,
        tables: &[LoadedScore],
        target: &Target<'_>,
    ) -> Result<Self, LakeError> {
        let mut program = Self {
            features,
            needed,
            as_of: target.as_of,
            levels: Vec::new(),
            scores: Scoring::default(),
            sources: Vec::new(),
            ages: Ages::on(target.as_of),
            columns: Columns::KIND | Columns::DATE,
        };
        let mut level_of = vec![0; features.len()];
        for (position, feature) in features.iter().enumerate() {
            if !program.needed[position] {
                continue;
            }
            let mut level = 0;
            feature_reads(feature, &mut |needed| level = level.max(level_of.get(needed).copied().unwrap_or(0)));
            level_of[position] = program.add(position, feature, level, (tables, target))?;
        }
        let dictionary_len = target.dictionary.len();
        for level in &mut program.levels {
            let compiled = Program::new(std::mem::take(&mut level.questions), dictionary_len);
            program.columns = program.columns | compiled.columns();
            level.program = Some(compiled);
        }
        Ok(program)
    }

    /// Puts a feature on its level, which is the given one unless its window hangs on features of that level.
    fn add(
        &mut self,
        position: usize,
        feature: &Feature,
        level: usize,
        (tables, target): (&[LoadedScore], &Target<'_>),
    ) -> Result<usize, LakeError> {
        match &feature.source {
            FeatureSource::Events { kinds, filter, window, first, last, dated, aggregate } => {
                let mut window = target.window(*window);
                let (first, last) = (
                    narrowed(first.as_ref(), &mut window.first, target.as_of, Day::max),
                    narrowed(last.as_ref(), &mut window.last, target.as_of, Day::min),
                );
                let hangs = first.is_some() || last.is_some();
                let level = level + usize::from(hangs);
                let own = self.level(level);
                let bounds = hangs.then(|| {
                    let edges = (first, last);
                    own.edges.iter().position(|known| *known == edges).unwrap_or_else(|| {
                        own.edges.push(edges);
                        own.edges.len() - 1
                    })
                });
                own.answers.push(position);
                own.questions.push(EventAggregate {
                    kinds: kinds.clone(),
                    filter: target.filter(filter.as_ref())?,
                    window,
                    bounds,
                    dated: lake_dated(*dated),
                    aggregate: lake_aggregate(*aggregate),
                    ranks: target.ranks(*aggregate),
                });
                return Ok(level);
            }
            FeatureSource::Score { score, kinds, window } => {
                self.columns = self.columns | Columns::CODE;
                let window = target.window(*window);
                let score = scoring::compiled(*score, tables, target.dictionary);
                self.scores.add(position, &score, kinds, (window.first, target.as_of))?;
                self.level(level);
            }
            FeatureSource::KnownTo(source) => {
                self.columns = self.columns | Columns::PERSON_LISTS;
                self.sources.push((position, target.source(source)?));
                self.level(level);
            }
            FeatureSource::Builtin(what) => {
                self.columns = self.columns | builtin::columns(*what);
                self.level(level).derived.push(position);
            }
            FeatureSource::Rule(_) | FeatureSource::Choose { .. } => self.level(level).derived.push(position),
        }
        Ok(level)
    }

    fn level(&mut self, level: usize) -> &mut Level {
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Level::default);
        }
        &mut self.levels[level]
    }

    /// The columns that the pass reads.
    pub fn columns(&self) -> Columns {
        self.columns
    }

    /// The features in the order of the columns.
    pub fn features(&self) -> &'a [Feature] {
        self.features
    }

    /// One column for each feature, one row for each person of the bucket, [`ABSENT`] for none. `practices` has the
    /// position of each person's practice in the place, [`crate::NOWHERE`] for none; segment and tier stay absent.
    pub fn run(&self, view: &BucketView<'_>, practices: &[u16]) -> Vec<Vec<i64>> {
        let of = |&needed: &bool| Vec::with_capacity(if needed { view.len() } else { 0 });
        let mut all: Vec<Vec<i64>> = self.needed.iter().map(of).collect();
        self.run_parts(view, practices, &mut Room::default(), |_, part| {
            all.iter_mut().zip(part).for_each(|(all, part)| all.extend_from_slice(part));
        });
        all
    }

    /// The same, some people at a time: `visit` gets a part of the bucket, in order, and the columns of its people.
    pub fn run_parts(
        &self,
        view: &BucketView<'_>,
        practices: &[u16],
        room: &mut Room,
        mut visit: impl FnMut(&BucketView<'_>, &[Vec<i64>]),
    ) {
        for from in (0..view.len()).step_by(PART) {
            let people = from..view.len().min(from + PART);
            let part = view.part(people.clone());
            self.part(&part, practices.get(people).unwrap_or_default(), room);
            visit(&part, &room.columns);
        }
    }

    fn part(&self, view: &BucketView<'_>, practices: &[u16], room: &mut Room) {
        let people = view.len();
        let Room { columns, answers, blocks, lists } = room;
        columns.resize(self.features.len(), Vec::new());
        answers.resize_with(self.levels.len(), Answers::new);
        for (column, &needed) in columns.iter_mut().zip(&self.needed) {
            // Whatever is needed is written below, all but segment and tier.
            column.resize(if needed { people } else { 0 }, ABSENT);
        }
        self.scores.run(view, columns);
        lists.clear();
        lists.extend(view.people.iter().map(|person| person.lists));
        for &(feature, source) in &self.sources {
            for (value, lists) in columns[feature].iter_mut().zip(lists.iter()) {
                *value = i64::from(lists >> source & 1);
            }
        }
        for (level, answers) in self.levels.iter().zip(answers) {
            let edges: Vec<(Vec<i32>, Vec<i32>)> = level
                .edges
                .iter()
                .map(|(first, last)| self.days((first.as_ref(), last.as_ref()), columns, blocks, people))
                .collect();
            let bounds: Vec<Bounds<'_>> = edges.iter().map(|(first, last)| Bounds { first, last }).collect();
            if let Some(program) = &level.program {
                program.run_within(view, &bounds, answers);
            }
            for (question, &feature) in level.answers.iter().enumerate() {
                answers.take(question, &mut columns[feature]);
            }
            for &feature in &level.derived {
                let mut column = std::mem::take(&mut columns[feature]);
                self.derive(feature, (view, practices), columns, blocks, &mut column);
                columns[feature] = column;
            }
        }
    }

    fn derive(
        &self,
        feature: usize,
        (view, practices): (&BucketView<'_>, &[u16]),
        columns: &[Vec<i64>],
        blocks: &mut Blocks,
        out: &mut [i64],
    ) {
        let as_of = self.as_of.0;
        match &self.features[feature].source {
            FeatureSource::Builtin(Builtin::Age) => self.ages.of(view.people, out),
            FeatureSource::Builtin(what) => {
                for (position, value) in out.iter_mut().enumerate() {
                    let practice = practices.get(position).copied().unwrap_or(crate::NOWHERE);
                    *value = builtin::value(*what, self.as_of, view, position, practice);
                }
            }
            FeatureSource::Rule(rule) => {
                blocks.value(columns, as_of, rule, out);
            }
            FeatureSource::Choose { position: which, .. } => {
                blocks.numbers(columns, as_of, which, out);
            }
            FeatureSource::Events { .. } | FeatureSource::Score { .. } | FeatureSource::KnownTo(_) => {}
        }
    }

    /// First and last days of windows; nothing is in the window of somebody who lacks a day.
    fn days(
        &self,
        (first, last): (Option<&Number>, Option<&Number>),
        columns: &[Vec<i64>],
        blocks: &mut Blocks,
        people: usize,
    ) -> (Vec<i32>, Vec<i32>) {
        let mut side = |edge: Option<&Number>, open: i32, shut: i32| -> Vec<i32> {
            let Some(edge) = edge else { return vec![open; people] };
            let mut days = vec![ABSENT; people];
            blocks.numbers(columns, self.as_of.0, edge, &mut days);
            let day = |day: &i64| match *day {
                ABSENT => shut,
                day => day.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32,
            };
            days.iter().map(day).collect()
        };
        (side(first, i32::MIN, i32::MAX), side(last, i32::MAX, i32::MIN))
    }
}

/// Takes an edge that is the same for everybody into the window; hands back one that is not.
fn narrowed(edge: Option<&Number>, side: &mut Day, as_of: Day, tighter: fn(Day, Day) -> Day) -> Option<Number> {
    let edge = edge?;
    let mut fixed = true;
    features_in_number(edge, &mut |_| fixed = false);
    if !fixed {
        return Some(edge.clone());
    }
    match number(crate::rule::NoRow, as_of.0, edge) {
        Some(day) => {
            let day = Day(day.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32);
            *side = tighter(*side, day);
            None
        }
        // No such day: the window is empty for everybody.
        None => Some(edge.clone()),
    }
}

/// Which features are wanted, or needed for one that is. Each needs only earlier ones.
pub(crate) fn needed(features: &[Feature], wanted: &[usize]) -> Vec<bool> {
    let mut needed = vec![false; features.len()];
    for &position in wanted {
        if let Some(slot) = needed.get_mut(position) {
            *slot = true;
        }
    }
    for position in (0..features.len()).rev() {
        if needed[position] {
            feature_reads(&features[position], &mut |earlier| {
                if let Some(slot) = needed.get_mut(earlier) {
                    *slot = true;
                }
            });
        }
    }
    needed
}

/// Calls `visit` with every feature that a feature needs.
pub fn feature_reads(feature: &Feature, visit: &mut impl FnMut(usize)) {
    match &feature.source {
        FeatureSource::Rule(rule) => features_read(rule, visit),
        FeatureSource::Choose { position, .. } => features_in_number(position, visit),
        FeatureSource::Events { first, last, .. } => {
            for edge in [first, last].into_iter().flatten() {
                features_in_number(edge, visit);
            }
        }
        FeatureSource::Builtin(_) | FeatureSource::Score { .. } | FeatureSource::KnownTo(_) => {}
    }
}
