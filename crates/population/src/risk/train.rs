//! Training: people of a year ago, what happened to them since, and a split into those who train and those who judge.

use super::card::{Likely, RiskModel, Setting, Term};
use super::design::{Coded, FIXED, Planned, code, columns};
use super::judge::judge;
use super::{BAND_NAMES, band};
use crate::earlier::people_on;
use crate::pass;
use crate::place::{Shape, registered_days};
use crate::plan::Plan;
use crate::results::NOWHERE;
use blueprint::model::RiskPlan;
use blueprint::{Blueprint, Place};
use evidence::logistic::{Column, FitError, Penalty, Search, choose, fit};
use lake::{BucketView, LakeError, Snapshot};
use nhs::{Day, EventKind, Method};

/// How to train.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// 0 ridge, 1 lasso, between the elastic net.
    pub alpha: f64,
    /// Seed of the split and of the folds.
    pub seed: u64,
    /// People whom the penalty is chosen on, at most.
    pub most_for_penalty: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { alpha: 0.0, seed: 1, most_for_penalty: 50_000 }
    }
}

/// Why training failed. Messages complete "failed to ...".
#[derive(Debug, thiserror::Error)]
pub enum RiskError {
    /// The snapshot cannot be read.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The blueprint does not say what predicts.
    #[error(
        "train: the care model has no [risk] with features; add it to the blueprint as docs/formats/blueprint.md shows"
    )]
    NoPlan,
}

/// One in so many people is held out.
const HELD_OUT: u64 = 4;
/// Folds of the choice of the penalty.
const FOLDS: usize = 5;

/// Rows of one year, column by column.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) id: Vec<u64>,
    pub(super) codes: Vec<Vec<u8>>,
    pub(super) ethnicity: Vec<&'static str>,
    pub(super) outcome: Vec<bool>,
    pub(super) left: u64,
    pub(super) no_birth: u64,
}

impl Rows {
    fn append(&mut self, mut part: Self) {
        self.codes.resize_with(part.codes.len(), Vec::new);
        for (all, own) in self.codes.iter_mut().zip(&mut part.codes) {
            all.append(own);
        }
        self.id.append(&mut part.id);
        self.ethnicity.append(&mut part.ethnicity);
        self.outcome.append(&mut part.outcome);
        self.left += part.left;
        self.no_birth += part.no_birth;
    }

    fn columns<'a>(&'a self, planned: &[Planned]) -> Vec<Column<'a>> {
        let of = |p: &Planned| Column { codes: &self.codes[p.column], values: p.values.clone() };
        if self.codes.is_empty() { Vec::new() } else { planned.iter().map(of).collect() }
    }

    /// Rows of people who train, and of those who judge.
    fn split(&self, seed: u64) -> (Vec<u32>, Vec<u32>) {
        (0..self.id.len() as u32).partition(|&row| !is_held_out(self.id[row as usize], seed))
    }
}

/// Whether a person is held out: by their identifier, so that the same person is always on the same side.
fn is_held_out(id: u64, seed: u64) -> bool {
    let mut mixed = (id ^ seed.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed ^ (mixed >> 32)).is_multiple_of(HELD_OUT)
}

/// Trains and judges. Where the data allow no model, the model says why in [`RiskModel::why_not`].
pub fn train(
    snapshot: &Snapshot,
    place: &Place,
    blueprint: &Blueprint,
    options: &Options,
    threads: usize,
) -> Result<RiskModel, RiskError> {
    let plan = blueprint.risk.as_ref().filter(|plan| !plan.features.is_empty()).ok_or(RiskError::NoPlan)?;
    let as_of = place.as_of.unwrap_or(snapshot.manifest().as_of);
    let start = place.start.unwrap_or_else(|| Day(as_of.add_months(-36).0 + 1));
    let base = Day(as_of.add_months(-12).0);
    let mut model = RiskModel {
        fingerprint: crate::fingerprint(place, blueprint),
        base: base.0,
        setting: Setting { alpha: options.alpha, seed: options.seed, ..Setting::default() },
        impactable: plan.impactable.iter().filter_map(|&f| Some(blueprint.features.get(f)?.name.clone())).collect(),
        ..RiskModel::default()
    };
    if base.0 < start.0 {
        "There is less than a year of history before which features could be taken.".clone_into(&mut model.why_not);
        return Ok(model);
    }
    let source = Source::new(snapshot, place, blueprint, plan, threads)?;
    let planned = columns(blueprint, plan);
    let rows = source.year(base)?;
    let (training, judging) = rows.split(options.seed);
    model.setting.left = rows.left;
    model.setting.no_birth = rows.no_birth;
    model.setting.trained_on = training.len() as u64;
    model.setting.trained_events = training.iter().filter(|&&row| rows.outcome[row as usize]).count() as u64;
    if let Err(error) = fit_to(&mut model, &rows, &planned, &training, options, threads) {
        model.why_not = format!("It was not possible to {error}.");
        return Ok(model);
    }
    model.judged = judge(&rows, &judging, &chances(&model, &rows, &judging));
    let earlier = Day(as_of.add_months(-24).0);
    if earlier.0 + 1 >= start.add_months(12).0 {
        let before = source.year(earlier)?;
        let (training, _) = before.split(options.seed);
        let mut older = model.clone();
        if fit_to(&mut older, &before, &planned, &training, options, threads).is_ok() {
            model.judged_in_time = Some(judge(&rows, &judging, &chances(&older, &rows, &judging)));
        }
    }
    drop(rows);
    model.likely = source.today(&model, as_of)?;
    Ok(model)
}

/// Chooses the penalty on people who train, and fits to all of them.
fn fit_to(
    model: &mut RiskModel,
    rows: &Rows,
    planned: &[Planned],
    training: &[u32],
    options: &Options,
    threads: usize,
) -> Result<(), FitError> {
    let columns = rows.columns(planned);
    let search =
        Search { alpha: options.alpha, folds: FOLDS, most: options.most_for_penalty, seed: options.seed, threads };
    let chosen = choose(&columns, &rows.outcome, training, &search)?;
    let penalty = Penalty { lambda: chosen.penalty.lambda, alpha: options.alpha };
    let fitted = fit(&columns, &rows.outcome, training, penalty)?;
    model.setting.lambda = penalty.lambda;
    model.setting.tried = chosen.tried;
    model.setting.converged = fitted.converged;
    model.intercept = fitted.intercept;
    let terms = planned.iter().zip(&fitted.coefficients);
    model.terms = terms
        .map(|(planned, &coefficient)| Term {
            feature: planned.feature.clone(),
            name: planned.name.clone(),
            column: planned.column,
            values: planned.values.clone(),
            coefficient,
        })
        .collect();
    Ok(())
}

fn chances(model: &RiskModel, rows: &Rows, which: &[u32]) -> Vec<f64> {
    let of = |&row: &u32| {
        let codes = rows.codes.iter().map(|column| column[row as usize]).collect();
        model.chance(&Coded { codes })
    };
    which.iter().map(of).collect()
}

/// What every pass needs.
struct Source<'a> {
    snapshot: &'a Snapshot,
    blueprint: Blueprint,
    plan: &'a RiskPlan,
    shape: Shape,
    threads: usize,
}

impl<'a> Source<'a> {
    fn new(
        snapshot: &'a Snapshot,
        place: &Place,
        blueprint: &Blueprint,
        plan: &'a RiskPlan,
        threads: usize,
    ) -> Result<Self, LakeError> {
        let persons = if place.localities.is_empty() { snapshot.persons()? } else { Vec::new() };
        let mut blueprint = blueprint.clone();
        blueprint.measures.clear();
        Ok(Self { snapshot, blueprint, plan, shape: Shape::of(place, &persons), threads: threads.max(1) })
    }

    /// People in the population on a day, their columns as of that day, and what happened in the 12 months after it.
    fn year(&self, base: Day) -> Result<Rows, LakeError> {
        let plan = Plan::new(&self.blueprint, &self.shape, self.snapshot, base, base)?;
        let parts = self.snapshot.scan(plan.columns(), self.threads, |view| self.rows(&plan, view, base))?;
        let mut all = Rows::default();
        for part in parts {
            all.append(part);
        }
        Ok(all)
    }

    fn rows(&self, plan: &Plan, view: &BucketView<'_>, base: Day) -> Rows {
        let then = people_on(view, base);
        let people = pass::run(plan, &BucketView { people: &then, ..*view }).people;
        let end = Day(base.add_months(12).0).0;
        let mut rows = Rows { codes: vec![Vec::new(); FIXED + self.plan.features.len()], ..Rows::default() };
        for (position, person) in view.people.iter().enumerate() {
            if people.segment[position] == NOWHERE {
                continue;
            }
            let Some(age) = u8::try_from(people.age[position]).ok() else {
                rows.no_birth += 1;
                continue;
            };
            let outcome = view.events_of(position).any(|event| {
                view.kind[event] == EventKind::Admission.number()
                    && view.method[event] == Method::Emergency.number()
                    && view.date[event] > base.0
                    && view.date[event] <= end
            });
            let died = person.death.is_some_and(|day| day.0 <= end);
            if !outcome && !died && registered_days(person).1 < end {
                rows.left += 1;
                continue;
            }
            rows.id.push(person.id);
            rows.ethnicity.push(person.ethnicity.group());
            rows.outcome.push(outcome);
            let coded =
                self.coded(age, person.sex as u8, person.imd_decile, |feature| people.features[feature][position]);
            for (column, code) in rows.codes.iter_mut().zip(coded.codes) {
                column.push(code);
            }
        }
        rows
    }

    fn coded(&self, age: u8, sex: u8, decile: u8, value: impl Fn(usize) -> i64) -> Coded {
        let mut codes = vec![age, sex, decile];
        let features = self.plan.features.iter().filter_map(|&f| Some((f, self.blueprint.features.get(f)?)));
        codes.extend(features.map(|(position, feature)| code(feature.value, value(position))));
        Coded { codes }
    }

    /// People of today by band of risk and things a team can act on.
    fn today(&self, model: &RiskModel, as_of: Day) -> Result<Vec<Likely>, LakeError> {
        let plan = Plan::new(&self.blueprint, &self.shape, self.snapshot, as_of, as_of)?;
        let parts = self.snapshot.scan(plan.columns(), self.threads, |view| {
            let people = pass::run(&plan, view).people;
            let mut likely = vec![Likely::default(); BAND_NAMES.len()];
            for (position, person) in view.people.iter().enumerate() {
                let Ok(age) = u8::try_from(people.age[position]) else { continue };
                if people.segment[position] == NOWHERE {
                    continue;
                }
                let value = |feature: usize| people.features[feature][position];
                let chance = model.chance(&self.coded(age, person.sex as u8, person.imd_decile, value));
                let gaps = self.plan.impactable.iter().filter(|&&feature| value(feature) == 1).count();
                likely[band(chance)].by_gaps[gaps.min(3)] += 1;
            }
            likely
        })?;
        let mut sum = vec![Likely::default(); BAND_NAMES.len()];
        for part in parts {
            for (all, own) in sum.iter_mut().zip(part) {
                for (a, b) in all.by_gaps.iter_mut().zip(own.by_gaps) {
                    *a += b;
                }
            }
        }
        Ok(sum)
    }
}
