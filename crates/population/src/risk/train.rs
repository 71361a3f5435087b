//! Training: people of a year ago, what happened to them since, and a split into those who train and those who judge.

use super::card::{Likely, RiskModel, Setting, Term};
use super::design::{Coded, Planned, columns};
use super::judge::judge;
use super::refuse::{cautions, refusal};
use super::rows::{Rows, Source, Today};
use super::{BAND_NAMES, band};
use crate::place::Shape;
use blueprint::{Blueprint, Place};
use evidence::logistic::{FitError, Penalty, Search, choose, fit};
use lake::{LakeError, Snapshot};
use nhs::Day;

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

/// Folds of the choice of the penalty.
const FOLDS: usize = 5;

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
    let mut days = vec![base];
    let earlier = Day(as_of.add_months(-24).0);
    if earlier.0 + 1 >= start.add_months(12).0 {
        days.push(earlier);
    }
    let shape = Shape::of(place, &if place.localities.is_empty() { snapshot.persons()? } else { Vec::new() });
    let source = Source { blueprint, plan, shape: &shape };
    let history = source.read(snapshot, &days, as_of, threads.max(1))?;
    let planned = columns(blueprint, plan);
    let mut years = history.years.into_iter();
    let (Some(rows), before) = (years.next(), years.next()) else { return Ok(model) };
    let (training, judging) = rows.split(options.seed);
    model.setting.left = rows.left;
    model.setting.no_birth = rows.no_birth;
    model.setting.trained_on = training.len() as u64;
    model.setting.trained_events = training.iter().filter(|&&row| rows.outcome[row as usize]).count() as u64;
    if let Some(why_not) = refusal(&rows, &planned, &training) {
        model.why_not = why_not;
        return Ok(model);
    }
    if let Err(error) = fit_to(&mut model, &rows, &planned, &training, options, threads) {
        model.why_not = format!("It was not possible to {error}.");
        return Ok(model);
    }
    model.judged = judge(&rows, &judging, &chances(&model, &rows.codes, judging.iter().map(|&row| row as usize)));
    if let Some(before) = before {
        let (training, _) = before.split(options.seed);
        let mut older = model.clone();
        let usable = refusal(&before, &planned, &training).is_none();
        if usable && fit_to(&mut older, &before, &planned, &training, options, threads).is_ok() {
            let predicted = chances(&older, &rows.codes, judging.iter().map(|&row| row as usize));
            model.judged_in_time = Some(judge(&rows, &judging, &predicted));
        }
    }
    model.cautions = cautions(&model, &rows, &planned, &training, Day(base.add_months(12).0));
    model.likely = likely(&model, &history.today);
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

fn chances(model: &RiskModel, codes: &[Vec<u8>], rows: impl Iterator<Item = usize>) -> Vec<f64> {
    let mut person = Coded::default();
    rows.map(|row| {
        person.read(codes, row);
        model.chance(&person)
    })
    .collect()
}

/// People of today by band of risk and things a team can act on.
fn likely(model: &RiskModel, today: &Today) -> Vec<Likely> {
    let mut likely = vec![Likely::default(); BAND_NAMES.len()];
    let chances = chances(model, &today.codes, 0..today.gaps.len());
    for (chance, gaps) in chances.into_iter().zip(&today.gaps) {
        likely[band(chance)].by_gaps[usize::from(*gaps).min(3)] += 1;
    }
    likely
}
