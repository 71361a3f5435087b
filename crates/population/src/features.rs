//! Features compiled against a snapshot: one column per feature for each bucket of people.
//!
//! Features come in levels. The first level's questions about events look at windows that are the same for everybody; a
//! question whose window hangs on another feature (30 days from a discharge) is asked on the level after that feature's.
//! The bucket stays in memory, so each file is still read once.

use crate::builtin;
use crate::filter::{Target, lake_aggregate, lake_dated};
use crate::rule::{ABSENT, features_in_number, features_read, number};
use crate::score::Score;
use crate::whole::Whole;
use blueprint::FeatureSet;
use blueprint::model::{Feature, FeatureSource, LoadedScore, Number, ScoreKind};
use lake::engine::{Bounds, EventAggregate, Program, Values as Answers};
use lake::{BucketView, Columns, Dictionary, LakeError, Snapshot};
use nhs::{CodeSystem, Day, EventKind};

/// Features with every name resolved to a position or a dictionary number.
pub struct FeatureProgram<'a> {
    features: &'a [Feature],
    as_of: Day,
    levels: Vec<Level>,
    scores: Vec<PlannedScore>,
    sources: Vec<(usize, u8)>,
    columns: Columns,
}

/// First days and last days of windows.
type Days = (Vec<i32>, Vec<i32>);

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

/// A score that a feature asks for.
struct PlannedScore {
    feature: usize,
    score: Score,
    /// The first day that counts, since 1970.
    first_day: i32,
    /// Whether every kind of event counts and not only hospital diagnoses.
    any_kind: bool,
}

impl<'a> FeatureProgram<'a> {
    /// Compiles features with the code lists and tables they use. A refusal names a source that the snapshot does not
    /// have.
    pub fn new(set: &'a FeatureSet, snapshot: &Snapshot, as_of: Day) -> Result<Self, LakeError> {
        Self::compile(&set.features, &set.score_tables, &Target::new(&set.codes, snapshot, as_of))
    }

    /// The same, for code lists already resolved.
    pub(crate) fn compile(
        features: &'a [Feature],
        tables: &[LoadedScore],
        target: &Target<'_>,
    ) -> Result<Self, LakeError> {
        let mut program = Self {
            features,
            as_of: target.as_of,
            levels: Vec::new(),
            scores: Vec::new(),
            sources: Vec::new(),
            columns: Columns::KIND | Columns::DATE,
        };
        let mut level_of = vec![0; features.len()];
        for (position, feature) in features.iter().enumerate() {
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
                });
                return Ok(level);
            }
            FeatureSource::Score { score, window } => {
                self.columns = self.columns | Columns::CODE;
                self.scores.push(PlannedScore {
                    feature: position,
                    score: compile_score(*score, tables, target.dictionary),
                    any_kind: matches!(score, ScoreKind::Loaded(_)),
                    first_day: target.window(*window).first.0,
                });
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
        let people = view.len();
        let mut columns = vec![vec![ABSENT; people]; self.features.len()];
        self.score(view, &mut columns);
        for &(feature, source) in &self.sources {
            for (value, person) in columns[feature].iter_mut().zip(view.people) {
                *value = i64::from(person.lists >> source & 1);
            }
        }
        let mut answers = Answers::new();
        for level in &self.levels {
            let edges: Vec<Days> = level.edges.iter().map(|edges| self.days(edges, &columns, people)).collect();
            let bounds: Vec<Bounds<'_>> = edges.iter().map(|(first, last)| Bounds { first, last }).collect();
            if let Some(program) = &level.program {
                program.run_within(view, &bounds, &mut answers);
            }
            for (question, &feature) in level.answers.iter().enumerate() {
                columns[feature].copy_from_slice(answers.column(question));
            }
            for &feature in &level.derived {
                columns[feature] = self.derive(feature, view, practices, &columns);
            }
        }
        columns
    }

    fn derive(&self, feature: usize, view: &BucketView<'_>, practices: &[u16], columns: &[Vec<i64>]) -> Vec<i64> {
        let whole = Whole { columns, people: view.len(), as_of: self.as_of.0 };
        match &self.features[feature].source {
            FeatureSource::Builtin(what) => {
                let practice = |position: usize| practices.get(position).copied().unwrap_or(crate::NOWHERE);
                let value = |position| builtin::value(*what, self.as_of, view, position, practice(position));
                (0..view.len()).map(value).collect()
            }
            FeatureSource::Rule(rule) => whole.values(rule),
            FeatureSource::Choose { position, .. } => whole.numbers(position),
            FeatureSource::Events { .. } | FeatureSource::Score { .. } | FeatureSource::KnownTo(_) => {
                vec![ABSENT; view.len()]
            }
        }
    }

    /// First and last days of windows; nothing is in the window of somebody who lacks a day.
    fn days(&self, (first, last): &(Option<Number>, Option<Number>), columns: &[Vec<i64>], people: usize) -> Days {
        let whole = Whole { columns, people, as_of: self.as_of.0 };
        let side = |edge: Option<&Number>, open: i32, shut: i32| -> Vec<i32> {
            let Some(edge) = edge else { return vec![open; people] };
            let day = |day: i64| match day {
                ABSENT => shut,
                day => day.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32,
            };
            whole.numbers(edge).into_iter().map(day).collect()
        };
        (side(first.as_ref(), i32::MIN, i32::MAX), side(last.as_ref(), i32::MAX, i32::MIN))
    }

    /// Scores count each group of diagnoses once, whichever episodes recorded it.
    fn score(&self, view: &BucketView<'_>, columns: &mut [Vec<i64>]) {
        if self.scores.is_empty() {
            return;
        }
        let mut groups = vec![0u128; self.scores.len()];
        let mut scored = vec![Vec::with_capacity(view.len()); self.scores.len()];
        for position in 0..view.len() {
            groups.fill(0);
            for event in view.events_of(position) {
                if view.date[event] > self.as_of.0 {
                    continue;
                }
                let hospital = view.kind[event] == EventKind::Diagnosis.number();
                for (bits, planned) in groups.iter_mut().zip(&self.scores) {
                    if (hospital || planned.any_kind) && view.date[event] >= planned.first_day {
                        *bits |= planned.score.groups(view.code[event]);
                    }
                }
            }
            for ((bits, planned), own) in groups.iter().zip(&self.scores).zip(&mut scored) {
                own.push(planned.score.value(*bits));
            }
        }
        for (planned, own) in self.scores.iter().zip(scored) {
            columns[planned.feature] = own;
        }
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

fn compile_score(kind: ScoreKind, tables: &[LoadedScore], dictionary: &Dictionary) -> Score {
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
