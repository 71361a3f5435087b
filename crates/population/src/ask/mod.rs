//! A question set over a snapshot: compiled to one program, answered in one pass.
//!
//! Sums are exact here ([`Answers`]); [`shown`] makes of them what may leave the place.

mod groups;
mod people;
pub mod shown;
mod sums;

use crate::features::feature_reads;
use crate::pass::{Standing, each_person};
use crate::place::Shape;
use crate::plan::Plan;
use crate::rule::{Values, features_read};
use blueprint::model::{Builtin, FeatureSource};
use blueprint::questions::{Ask, By, Questions};
use blueprint::{Place, model::Expr};
use groups::Groups;
use lake::{BucketView, Columns, LakeError, Snapshot};
use nhs::{Day, Month};
pub use people::PersonRows;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use sums::{SeriesSums, TableSums};

/// Why questions cannot be asked. Messages complete "failed to ...".
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The lake.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// Too many cells.
    #[error(
        "ask `{id}`: its groups make {cells} cells, and {most} are the most; leave a group out, or take months away"
    )]
    TooManyCells {
        /// The question.
        id: String,
        /// Its cells, months included.
        cells: usize,
        /// The most there may be.
        most: usize,
    },
}

/// Most cells of one question, months included.
const MOST_CELLS: usize = 1_000_000;

/// What a pass found. Exact: whoever shows it goes through [`shown`].
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// People that the set is about.
    people: u64,
    tables: Vec<TableSums>,
    series: Vec<SeriesSums>,
}

/// A question set against one snapshot, ready to run.
pub struct Asking<'a> {
    questions: &'a Questions,
    snapshot: &'a Snapshot,
    plan: Plan<'a>,
    tables: Vec<Groups>,
    series: Vec<Groups>,
}

impl<'a> Asking<'a> {
    /// Compiles questions for a snapshot. Series end with the last whole month of the as-of date.
    pub fn new(
        questions: &'a Questions,
        snapshot: &'a Snapshot,
        shape: &'a Shape,
        as_of: Day,
        threads: usize,
    ) -> Result<Self, AskError> {
        let start = first_day(questions, as_of);
        let plan = Plan::new(&questions.model, shape, snapshot, as_of, start)?;
        let by_area = |by: &[By]| by.contains(&By::Area);
        let asks_area =
            questions.tables.iter().any(|t| by_area(&t.by)) || questions.series.iter().any(|s| by_area(&s.by));
        let areas = if asks_area { groups::areas(snapshot, threads)? } else { Vec::new() };
        let mut tables = Vec::new();
        for table in &questions.tables {
            let groups = Groups::new(&table.by, &questions.model, shape, &areas);
            check(&table.id, groups.cells())?;
            tables.push(groups);
        }
        let mut series = Vec::new();
        for one in &questions.series {
            let groups = Groups::new(&one.by, &questions.model, shape, &areas);
            let months = plan.months.min(one.months as usize);
            check(&questions.model.measures[one.measure].id, groups.cells().saturating_mul(months.max(1)))?;
            series.push(groups);
        }
        Ok(Self { questions, snapshot, plan, tables, series })
    }

    /// The compiled plan.
    pub(crate) fn plan(&self) -> &Plan<'a> {
        &self.plan
    }

    /// The columns of the lake that the pass reads.
    pub fn columns(&self) -> Columns {
        let mut columns = self.plan.features.columns() | Columns::PERSON_LIFE | Columns::PERSON_PRACTICE;
        for measure in &self.plan.measures {
            columns = columns | Columns::KIND | Columns::DATE | measure.filter.columns() | sums::of_sum(measure.sum);
        }
        let groups = self.tables.iter().chain(&self.series);
        groups.fold(columns, |all, groups| all | groups.columns())
    }

    /// Asks everything in one pass over all buckets. Results do not depend on the number of threads.
    pub fn run(&self, threads: usize) -> Result<Answers, AskError> {
        let total = Mutex::new(self.nothing());
        self.snapshot.scan(self.columns(), threads, |view| {
            let part = self.bucket_where(view, |_| true);
            total.lock().unwrap_or_else(PoisonError::into_inner).merge(&part);
        })?;
        Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// One row for each person that the set is about: identifier and the set's columns.
    pub fn people(&self, threads: usize) -> Result<PersonRows, AskError> {
        let parts = self.snapshot.scan(self.columns() | Columns::PERSON_ID, threads, |view| {
            let mut rows = PersonRows::new(self.questions);
            self.each_included(view, |position, _, features| rows.push(view.people[position].id, features));
            rows
        })?;
        let mut all = PersonRows::new(self.questions);
        for part in parts {
            all.append(part);
        }
        Ok(all)
    }

    /// Identifiers of tables, then of series with their months.
    pub(crate) fn listed(&self) -> Vec<(String, Option<usize>)> {
        let tables = self.questions.tables.iter().map(|table| (table.id.clone(), None));
        let series = self.questions.series.iter().map(|series| {
            (
                self.questions.model.measures[series.measure].id.clone(),
                Some(self.plan.months.min(series.months as usize)),
            )
        });
        tables.chain(series).collect()
    }

    /// The answers of one bucket, to some of the questions (numbered as [`Asking::listed`] has them); the others stay empty.
    pub(crate) fn bucket_where(&self, view: &BucketView<'_>, wanted: impl Fn(usize) -> bool) -> Answers {
        let mut answers = self.nothing();
        let tables = self.tables.len();
        let asked: Vec<bool> = (0..tables + self.series.len()).map(wanted).collect();
        let (of_tables, of_series) = asked.split_at(tables);
        let include = &self.questions.model.population.include;
        each_person(&self.plan, view, |position, at, features| {
            let person = &view.people[position];
            let values = Values { features, as_of: self.plan.as_of.0 };
            if values.holds(include) {
                answers.people += 1;
                for (number, sums) in answers.tables.iter_mut().enumerate().filter(|(number, _)| of_tables[*number]) {
                    let table = &self.questions.tables[number];
                    if table.among.as_ref().is_none_or(|rule| values.holds(rule)) {
                        sums.add(self.tables[number].cell(person, at, features), &table.ask, values);
                    }
                }
            }
            // In a series everybody counts who was on a list of the place in the month, also those who have died since.
            for (number, sums) in answers.series.iter_mut().enumerate().filter(|(number, _)| of_series[*number]) {
                let cell = self.series[number].cell(person, at, features);
                sums::add_series(&self.plan, view, position, at, values, (number, cell), sums);
            }
        });
        answers
    }

    fn each_included(&self, view: &BucketView<'_>, mut visit: impl FnMut(usize, &Standing, &[i64])) {
        let include = &self.questions.model.population.include;
        each_person(&self.plan, view, |position, at, features| {
            if (Values { features, as_of: self.plan.as_of.0 }).holds(include) {
                visit(position, at, features);
            }
        });
    }

    fn nothing(&self) -> Answers {
        let series = self.questions.series.iter().zip(&self.series);
        Answers {
            people: 0,
            tables: self.tables.iter().map(|groups| TableSums::new(groups.cells())).collect(),
            series: series
                .map(|(one, groups)| SeriesSums::new(groups.cells(), self.plan.months, one.months as usize))
                .collect(),
        }
    }
}

impl Answers {
    fn merge(&mut self, other: &Self) {
        self.people += other.people;
        self.tables.iter_mut().zip(&other.tables).for_each(|(a, b)| a.merge(b));
        self.series.iter_mut().zip(&other.series).for_each(|(a, b)| a.merge(b));
    }
}

fn check(id: &str, cells: usize) -> Result<(), AskError> {
    if cells > MOST_CELLS {
        return Err(AskError::TooManyCells { id: id.to_owned(), cells, most: MOST_CELLS });
    }
    Ok(())
}

/// The first day of the longest series: so many whole months up to the last whole month.
fn first_day(questions: &Questions, as_of: Day) -> Day {
    let last_whole = if as_of == as_of.month().last_day() { as_of.month().0 } else { as_of.month().0 - 1 };
    let longest = questions.series.iter().map(|s| s.months).max().unwrap_or(1);
    Month(last_whole + 1 - longest as i32).first_day()
}

/// The features that the questions read, however far away.
fn needed(questions: &Questions) -> BTreeSet<usize> {
    let model = &questions.model;
    let mut open: Vec<usize> = questions.columns.clone();
    let mut read = |rule: &Expr| features_read(rule, &mut |feature| open.push(feature));
    read(&model.population.include);
    model.segments.iter().filter_map(|s| s.rule.as_ref()).for_each(&mut read);
    model.tiers.iter().filter_map(|t| t.rule.as_ref()).for_each(&mut read);
    model.measures.iter().filter_map(|m| m.among.as_ref()).for_each(&mut read);
    for table in &questions.tables {
        table.among.iter().for_each(&mut read);
        if let Ask::Holds(rule) = &table.ask {
            read(rule);
        }
    }
    for table in &questions.tables {
        if let Ask::Mean(feature, _) | Ask::Sum(feature, _) = table.ask {
            open.push(feature);
        }
    }
    let groups = questions.tables.iter().flat_map(|t| &t.by).chain(questions.series.iter().flat_map(|s| &s.by));
    open.extend(groups.filter_map(|by| if let By::Feature(feature) = by { Some(*feature) } else { None }));
    let mut needed = BTreeSet::new();
    while let Some(feature) = open.pop() {
        if needed.insert(feature)
            && let Some(feature) = model.features.get(feature)
        {
            feature_reads(feature, &mut |read| open.push(read));
        }
    }
    needed
}

/// Leaves of a question set's features only those that its questions read: the others, such as a built-in feature that nobody
/// asks for, are never true and read no column.
pub fn prune(questions: &mut Questions) {
    let needed = needed(questions);
    for (position, feature) in questions.model.features.iter_mut().enumerate() {
        if !needed.contains(&position)
            && !matches!(feature.source, FeatureSource::Builtin(Builtin::Segment | Builtin::Tier))
        {
            feature.source = FeatureSource::Rule(Expr::Constant(false));
        }
    }
}

/// The shape of a place for its questions; a place without localities is one of every practice in its data.
pub fn shape(snapshot: &Snapshot, place: &Place) -> Result<Shape, LakeError> {
    Ok(Shape::of(place, &if place.localities.is_empty() { snapshot.persons()? } else { Vec::new() }))
}
