//! The trained model with everything that must be said of it. Figures are exact: whoever shows them applies disclosure control.

use super::design::Coded;
use evidence::logistic::chance;
use evidence::prediction::WithLimits;
use serde::{Deserialize, Serialize};

/// A model of risk with its card.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RiskModel {
    /// [`crate::Summary::fingerprint`] of the results it belongs to.
    pub fingerprint: String,
    /// Day as of which features were taken; the outcome is counted in the 12 months after it. Days since 1970.
    pub base: i32,
    /// How it was trained.
    pub setting: Setting,
    /// Log-odds where every term is 0.
    pub intercept: f64,
    /// What predicts.
    pub terms: Vec<Term>,
    /// On people held out, of the same year.
    pub judged: Judgement,
    /// The same method trained a year earlier and judged on people held out in the year of `judged`; none where history does
    /// not reach back so far.
    pub judged_in_time: Option<Judgement>,
    /// People of today by band of risk (rows) and number of things a team can act on (columns, the last open).
    pub likely: Vec<Likely>,
    /// Names of the things a team can act on.
    pub impactable: Vec<String>,
    /// What must be known of this model beside what holds for all of them, in words.
    #[serde(default)]
    pub cautions: Vec<String>,
    /// Why there is no model, in words; empty where there is one.
    pub why_not: String,
}

/// How a model was trained.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Size of the penalty.
    pub lambda: f64,
    /// 0 ridge, 1 lasso.
    pub alpha: f64,
    /// Seed of the split and of the folds.
    pub seed: u64,
    /// People it was fitted to.
    pub trained_on: u64,
    /// Of them with the outcome.
    pub trained_events: u64,
    /// People left out because they left the place during the year without the outcome, so that it is not known.
    pub left: u64,
    /// People left out because their date of birth is not known.
    pub no_birth: u64,
    /// Penalties tried, with the mean loss of people left out.
    pub tried: Vec<(f64, f64)>,
    /// Whether the fit came to rest.
    pub converged: bool,
}

/// One column of the model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// Feature, or `age`, `sex`, `imd_decile`.
    pub feature: String,
    /// In words.
    pub name: String,
    /// Which of the coded columns it reads.
    pub column: usize,
    /// What each code is worth.
    pub values: Vec<f64>,
    /// Change in log-odds for each unit of that worth.
    pub coefficient: f64,
}

/// A value with its 95 % interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct WithInterval {
    /// The estimate.
    pub value: f64,
    /// Lower and upper limit, where they can be worked out.
    pub limits: Option<(f64, f64)>,
}

impl From<WithLimits> for WithInterval {
    fn from(value: WithLimits) -> Self {
        Self { value: value.value, limits: value.limits }
    }
}

/// How good the predictions were on people held out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Everybody held out.
    pub all: Group,
    /// Mean squared error.
    pub brier: WithInterval,
    /// Share by which that is better than the mean.
    pub brier_scaled: f64,
    /// 1 is right.
    pub slope: Option<WithInterval>,
    /// 0 is right.
    pub intercept: Option<WithInterval>,
    /// 0 is right.
    pub in_the_large: Option<WithInterval>,
    /// Ten groups of equal size by risk: people, events, mean predicted, observed with limits.
    pub calibration: Vec<Group>,
    /// Threshold, net benefit of the model, of acting on everybody, share acted on.
    pub decisions: Vec<(f64, f64, f64, f64)>,
    /// By sex, age, deprivation and ethnicity: the kind of group, and its groups.
    pub fairness: Vec<(String, Vec<Group>)>,
}

/// People judged together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// People.
    pub people: u64,
    /// Of them with the outcome.
    pub events: u64,
    /// Mean predicted chance.
    pub predicted: f64,
    /// Share with the outcome.
    pub observed: WithInterval,
    /// Observed over expected number of events; 1 is right.
    pub observed_over_expected: Option<WithInterval>,
    /// The c-statistic inside the group.
    pub c_statistic: Option<WithInterval>,
}

/// People of today in one band of risk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Likely {
    /// By number of things a team can act on: none, one, two, three or more.
    pub by_gaps: [u64; 4],
}

impl RiskModel {
    /// The chance of a person whose columns are coded.
    pub fn chance(&self, person: &Coded) -> f64 {
        let sum: f64 = self.terms.iter().map(|term| term.coefficient * term.worth(person)).sum();
        chance(self.intercept + sum)
    }
}

impl Term {
    fn worth(&self, person: &Coded) -> f64 {
        let code = person.codes.get(self.column).copied().unwrap_or(0);
        self.values.get(usize::from(code)).copied().unwrap_or(0.0)
    }
}
