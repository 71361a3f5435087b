//! Difference-in-differences on a panel of clusters and months, with honest uncertainty for few clusters.
//!
//! The model is `rate = unit + month + effect * treated`, weighted by person-time; the relative effect is the same model of
//! the logarithm of the expected count, by Poisson pseudo-likelihood. A *unit* is what is counted every month (a practice, or
//! the locality itself); a *cluster* is what the care model was given to, and errors are free to go together inside it.
//!
//! Sources: Bertrand, Duflo and Mullainathan 2004 (errors go together in time); Bell and `McCaffrey` 2002, and Pustejovsky and
//! Tipton, "Small-sample methods for cluster-robust variance estimation and hypothesis testing in fixed effects models",
//! 2018 (CR2, Satterthwaite degrees of freedom, Hotelling-type joint test); Santos Silva and Tenreyro 2006 (Poisson
//! pseudo-likelihood); `MacKinnon` and Webb 2020 (randomisation inference).

mod absorb;
mod panel;
mod permute;
mod poisson;
mod robust;
mod trend;

pub use trend::{EventPoint, JointTest, PreTrend, PreTrendVerdict};

use crate::distribution::{Confidence, t_two_sided, t_two_sided_quantile};
use absorb::Absorb;
use panel::Panel;
use std::fmt;

/// Fewer clusters than this carry a warning.
pub const FEW_CLUSTERS: usize = 20;
/// Fewer clusters than this carry a stronger one.
pub const VERY_FEW_CLUSTERS: usize = 10;

/// One row of the panel: one unit in one month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// What the care model was given to: a locality, or a practice. Any number that names it.
    pub cluster: u32,
    /// What is counted each month; the cluster itself where there is nothing finer.
    pub unit: u32,
    /// The number of the month; months must count up by 1.
    pub period: i32,
    /// Whether the care model was running there in that month.
    pub treated: bool,
    /// Events, days or pence summed over the month.
    pub events: f64,
    /// Person-months (registered people in the month). Cells of 0 are left out.
    pub person_time: f64,
}

/// How to estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The rate is per so many person-months.
    pub per: f64,
    /// How sure the intervals are.
    pub confidence: Confidence,
    /// At most so many permutations; 0 for none. All assignments are tried instead when there are fewer.
    pub permutations: u32,
    /// The seed of the permutations.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { per: 1000.0, confidence: Confidence::P95, permutations: 999, seed: 1 }
    }
}

/// Why there is no estimate. Each message completes "failed to ...".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DidError {
    /// No cell has person-time.
    #[error("estimate a difference-in-differences: no cell has any person-time")]
    Empty,
    /// A cell is negative or not a number.
    #[error(
        "estimate a difference-in-differences: cell {0} (from 0) has a count or person-time that is not a number of 0 or more"
    )]
    BadCell(usize),
    /// The care model stops somewhere.
    #[error(
        "estimate a difference-in-differences: unit {0} is served and later not served; end its series where service ends"
    )]
    TreatmentEnds(u32),
    /// Nobody is served, everybody is, or there is no month before or after.
    #[error(
        "estimate a difference-in-differences: there must be served and other clusters, with months before and after the start"
    )]
    NoComparison,
}

/// How sure an effect is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uncertainty {
    /// The standard error (of the logarithm of the ratio, for a relative effect).
    pub standard_error: f64,
    /// Degrees of freedom of the t interval.
    pub degrees_of_freedom: f64,
    /// The lower limit.
    pub lower: f64,
    /// The upper limit.
    pub upper: f64,
    /// The two-sided p value against no effect.
    pub p_value: f64,
    /// How the variance was worked out.
    pub method: Method,
}

/// How a variance was worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// CR1: cluster-robust with the usual correction, t with one degree of freedom less than clusters.
    Cr1,
    /// CR2: bias-reduced, with Satterthwaite degrees of freedom.
    Cr2,
}

/// An effect; without uncertainty where there are too few clusters to see any (one served, or one other).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The estimate.
    pub value: f64,
    /// Its uncertainty.
    pub uncertainty: Option<Uncertainty>,
}

impl Effect {
    /// The interval.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.uncertainty.map(|spread| (spread.lower, spread.upper))
    }

    /// Whether the interval leaves no effect out; never when there is no interval.
    pub fn excludes_zero(&self) -> bool {
        self.interval().is_some_and(|(lower, upper)| lower > 0.0 || upper < 0.0)
    }
}

/// A randomisation test: how often a random choice of served clusters would show as much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Permutation {
    /// The share of assignments with an effect at least as far from 0 (the true one counted in).
    pub p_value: f64,
    /// How many assignments were tried.
    pub assignments: u64,
    /// Whether those were all there are.
    pub exhaustive: bool,
}

/// What a reader of the estimate must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// Fewer than ten clusters.
    VeryFewClusters(usize),
    /// Fewer than twenty clusters.
    FewClusters(usize),
    /// One served or one other cluster: no interval.
    NoInterval,
    /// Clusters started in different months.
    StaggeredStart,
    /// Units of one cluster started in different months.
    StartWithinCluster,
    /// Units served from their first month, which tell nothing.
    AlwaysServed(usize),
    /// Cells without person-time, left out.
    EmptyCells(usize),
    /// The relative effect could not be estimated.
    NoRelativeEffect,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::VeryFewClusters(count) => write!(
                f,
                "There are only {count} clusters. With fewer than 10 the interval is rough and the result is at most a hint."
            ),
            Self::FewClusters(count) => {
                write!(f, "There are only {count} clusters. With fewer than 20 read the interval with care.")
            }
            Self::NoInterval => {
                f.write_str("Only one served or one other cluster: how sure the estimate is cannot be worked out.")
            }
            Self::StaggeredStart => f.write_str(
                "Clusters started in different months. If the effect grows with time this estimate mixes early and late effects.",
            ),
            Self::StartWithinCluster => f.write_str(
                "Units of one cluster started in different months, so the randomisation test could not be made.",
            ),
            Self::AlwaysServed(count) => {
                write!(f, "{count} units were served from their first month. They tell nothing about the change.")
            }
            Self::EmptyCells(count) => write!(f, "{count} cells without people were left out."),
            Self::NoRelativeEffect => {
                f.write_str("The relative effect could not be estimated: there are too few events in some group.")
            }
        }
    }
}

/// How many clusters there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clusters {
    /// Served at some time.
    pub served: usize,
    /// Never served.
    pub others: usize,
}

impl Clusters {
    /// Both together.
    pub const fn all(self) -> usize {
        self.served + self.others
    }
}

/// The estimate and all that is needed to judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The change of the rate, per [`Options::per`] per month.
    pub absolute: Effect,
    /// The change in per cent.
    pub relative_percent: Option<Effect>,
    /// The same absolute effect with the usual CR1 variance, for comparison with other software.
    pub absolute_cr1: Effect,
    /// Whether served and other clusters moved together before the start.
    pub pre_trend: PreTrend,
    /// The effect by month from the start, the month before it being 0.
    pub event_study: Vec<EventPoint>,
    /// The randomisation test.
    pub permutation: Option<Permutation>,
    /// How many clusters.
    pub clusters: Clusters,
    /// How many cells were used.
    pub cells: usize,
    /// What a reader must know.
    pub warnings: Vec<Warning>,
    /// What the rate is per.
    pub per: f64,
    /// How sure the intervals are.
    pub confidence: Confidence,
}

/// Estimate the effect of treatment from the cells, in any order.
pub fn estimate(cells: &[Cell], options: &Options) -> Result<Estimate, DidError> {
    let panel = Panel::new(cells)?;
    let clusters = panel.clusters_served();
    if clusters.served == 0 || panel.rows.iter().all(|row| row.treated) {
        return Err(DidError::NoComparison);
    }
    let weights: Vec<f64> = panel.rows.iter().map(|row| row.person_time).collect();
    let rates: Vec<f64> = panel.rows.iter().map(|row| row.events / row.person_time * options.per).collect();
    let treated = panel.treated_column();
    let absorb = Absorb::new(&panel, weights);
    let fit = absorb.fit(std::slice::from_ref(&treated), &rates).ok_or(DidError::NoComparison)?;
    let scores = robust::scores(&absorb, &fit, clusters);
    let value = fit.coefficients[0];
    let with = |spread: Option<Spread>| Effect {
        value,
        uncertainty: spread.map(|spread| uncertainty(value, spread, options.confidence)),
    };
    let relative = poisson::fit(&panel, std::slice::from_ref(&treated))
        .map(|(log_ratio, spread)| percent(log_ratio, spread, options.confidence));
    let warnings = warnings(&panel, clusters, relative.is_some(), scores[0].best().is_some());
    Ok(Estimate {
        absolute: with(scores[0].best()),
        relative_percent: relative,
        absolute_cr1: with(scores[0].cr1()),
        pre_trend: trend::pre_trend(&panel, &absorb, &rates, options.confidence),
        event_study: trend::event_study(&panel, &absorb, &rates, options.confidence),
        permutation: permute::test(&panel, &absorb, &rates, value, options),
        clusters,
        cells: panel.rows.len(),
        warnings,
        per: options.per,
        confidence: options.confidence,
    })
}

/// A standard error, its degrees of freedom and how they came about.
type Spread = (f64, f64, Method);

/// A t interval.
fn uncertainty(value: f64, (error, df, method): Spread, confidence: Confidence) -> Uncertainty {
    let half = t_two_sided_quantile(confidence.alpha(), df) * error;
    Uncertainty {
        standard_error: error,
        degrees_of_freedom: df,
        lower: value - half,
        upper: value + half,
        p_value: t_two_sided(value / error, df),
        method,
    }
}

fn percent(log_ratio: f64, spread: Option<Spread>, confidence: Confidence) -> Effect {
    let in_percent = |log: f64| 100.0 * log.exp_m1();
    Effect {
        value: in_percent(log_ratio),
        uncertainty: spread.map(|spread| {
            let logs = uncertainty(log_ratio, spread, confidence);
            Uncertainty { lower: in_percent(logs.lower), upper: in_percent(logs.upper), ..logs }
        }),
    }
}

fn warnings(panel: &Panel, clusters: Clusters, has_relative: bool, has_interval: bool) -> Vec<Warning> {
    let count = clusters.all();
    let always = panel.always_treated_units();
    let found = [
        (count < VERY_FEW_CLUSTERS).then_some(Warning::VeryFewClusters(count)),
        (VERY_FEW_CLUSTERS..FEW_CLUSTERS).contains(&count).then_some(Warning::FewClusters(count)),
        (!has_interval).then_some(Warning::NoInterval),
        panel.is_staggered().then_some(Warning::StaggeredStart),
        panel.cluster_starts().is_none().then_some(Warning::StartWithinCluster),
        (always > 0).then_some(Warning::AlwaysServed(always)),
        (panel.empty_cells > 0).then_some(Warning::EmptyCells(panel.empty_cells)),
        (!has_relative).then_some(Warning::NoRelativeEffect),
    ];
    found.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
