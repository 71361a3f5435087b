//! Is it working? Each measure of the blueprint as a difference-in-differences of served against other localities.

use crate::results::{MeasureSeries, Summary};
use evidence::claim::{Claim, Strength, Subject};
use evidence::did::{self, Cell, Effect, Estimate, Options, PreTrendVerdict};
use evidence::distribution::Confidence;
use serde::{Deserialize, Serialize};

/// The verdicts on every measure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// [`Summary::fingerprint`] of the results it was made from.
    pub fingerprint: String,
    /// Localities that the care model serves, with the day it started (days since 1970).
    pub served: Vec<(String, i32)>,
    /// Localities it does not serve, the comparison.
    pub others: Vec<String>,
    /// Seed of the randomisation test.
    pub seed: u64,
    /// One for each measure, in the blueprint's order.
    pub verdicts: Vec<Verdict>,
}

/// One measure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Measure of the blueprint.
    pub measure: String,
    /// Its name.
    pub name: String,
    /// The rate is per so many people a month; in pounds where the measure is a cost.
    pub per: u32,
    /// The estimate; `None` where there is nothing to compare, with the reason.
    pub result: Option<Result>,
    /// Why there is no estimate.
    pub why_not: Option<String>,
}

/// What the comparison gives.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Result {
    /// Change in the rate, in the unit of the measure.
    pub absolute: Interval,
    /// Change in per cent.
    pub relative_percent: Option<Interval>,
    /// Monthly rate of the served localities before the start, which the change is to be read against.
    pub before_served: f64,
    /// That of the others over the same months.
    pub before_others: f64,
    /// What may be claimed, in one sentence.
    pub sentence: String,
    /// `none`, `uncertain`, `suggestive` or `supported`.
    pub strength: String,
    /// What keeps the claim weak.
    pub doubts: Vec<String>,
    /// What a reader must know.
    pub warnings: Vec<String>,
    /// What can be said of the months before the start.
    pub pre_trend: String,
    /// P value of the randomisation test, and how many assignments were tried.
    pub permutation: Option<(f64, u64)>,
    /// Served and other clusters.
    pub clusters: (usize, usize),
    /// The effect by month from the start; the month before it is the reference.
    pub event_study: Vec<(i32, Interval)>,
}

/// A value with its 95 % interval, where there is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower and upper limit.
    pub limits: Option<(f64, f64)>,
}

impl From<Effect> for Interval {
    fn from(effect: Effect) -> Self {
        Self { value: effect.value, limits: effect.interval() }
    }
}

/// Compares served with other localities, practice by practice and month by month, errors free to go together within a
/// locality.
pub fn evaluate(summary: &Summary, seed: u64) -> Evaluation {
    let served = summary.localities.iter().filter_map(|l| l.served_from.map(|day| (l.name.clone(), day))).collect();
    let others = summary.localities.iter().filter(|l| l.served_from.is_none()).map(|l| l.name.clone()).collect();
    let verdicts = summary.measures.iter().map(|measure| verdict(summary, measure, seed)).collect();
    Evaluation { fingerprint: summary.fingerprint.clone(), served, others, seed, verdicts }
}

fn verdict(summary: &Summary, measure: &MeasureSeries, seed: u64) -> Verdict {
    let cells = cells(summary, measure);
    let per = f64::from(measure.per);
    let options = Options { per, confidence: Confidence::P95, permutations: 999, seed };
    let (result, why_not) = match did::estimate(&cells, &options) {
        Ok(estimate) => (Some(in_words(&estimate, &cells, measure, per)), None),
        Err(error) => (None, Some(format!("It was not possible to {error}."))),
    };
    Verdict { measure: measure.id.clone(), name: measure.name.clone(), per: measure.per, result, why_not }
}

/// A month counts as served when the model had started by its first day, so that part months dilute nothing silently.
fn cells(summary: &Summary, measure: &MeasureSeries) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (position, practice) in summary.practices.iter().enumerate() {
        let Some(locality) = summary.localities.get(usize::from(practice.locality)) else { continue };
        for (month, cell) in measure.practices[position].iter().enumerate() {
            let first_day = summary.month(month).first_day().0;
            // Pence become pounds; other sums stay as they are.
            let sum = if measure.is_cost { cell.sum as f64 / 100.0 } else { cell.sum as f64 };
            cells.push(Cell {
                cluster: u32::from(practice.locality),
                unit: position as u32,
                period: summary.first_month + month as i32,
                treated: locality.served_from.is_some_and(|from| from <= first_day),
                events: sum,
                person_time: cell.people as f64,
            });
        }
    }
    cells
}

fn in_words(estimate: &Estimate, cells: &[Cell], measure: &MeasureSeries, per: f64) -> Result {
    let subject = Subject {
        measure: without_unit(&measure.name),
        per: "people".to_owned(),
        lower_is_better: match measure.better.as_str() {
            "lower" => Some(true),
            "higher" => Some(false),
            _ => None,
        },
        // Protocols are registered in a later part of the system, so none is dated before the result yet.
        protocol_first: false,
    };
    let claim = Claim::grade(estimate, &subject);
    let (before_served, before_others) = before(cells, per);
    Result {
        absolute: estimate.absolute.into(),
        relative_percent: estimate.relative_percent.map(Interval::from),
        before_served,
        before_others,
        sentence: claim.sentence().to_owned(),
        strength: match claim.strength() {
            Strength::None => "none",
            Strength::Uncertain => "uncertain",
            Strength::Suggestive => "suggestive",
            Strength::Supported => "supported",
        }
        .to_owned(),
        doubts: claim.doubts().iter().map(ToString::to_string).collect(),
        warnings: estimate.warnings.iter().map(ToString::to_string).collect(),
        pre_trend: match estimate.pre_trend.verdict {
            PreTrendVerdict::NoSignOfDifference => {
                "Before the start, served and other localities showed no sign of moving apart."
            }
            PreTrendVerdict::Different => "Before the start, served and other localities were already moving apart.",
            PreTrendVerdict::CannotTell => {
                "Whether served and other localities moved together before the start cannot be told."
            }
        }
        .to_owned(),
        permutation: estimate.permutation.map(|p| (p.p_value, p.assignments)),
        clusters: (estimate.clusters.served, estimate.clusters.others),
        event_study: estimate.event_study.iter().map(|point| (point.month, point.effect.into())).collect(),
    }
}

/// Rates before the first start anywhere, of units that are served later and of the others.
fn before(cells: &[Cell], per: f64) -> (f64, f64) {
    let start = cells.iter().filter(|c| c.treated).map(|c| c.period).min().unwrap_or(i32::MAX);
    let served: std::collections::BTreeSet<u32> = cells.iter().filter(|c| c.treated).map(|c| c.unit).collect();
    let rate = |of_served: bool| {
        let (mut events, mut people) = (0.0, 0.0);
        for cell in cells.iter().filter(|c| c.period < start && served.contains(&c.unit) == of_served) {
            events += cell.events;
            people += cell.person_time;
        }
        if people > 0.0 { events / people * per } else { 0.0 }
    };
    (rate(true), rate(false))
}

/// A measure's name without its unit, which the sentence gives itself: "Emergency admissions per 1,000 people aged 65 and
/// over" becomes "Emergency admissions of people aged 65 and over".
fn without_unit(name: &str) -> String {
    let Some((before, after)) = name.split_once(" per 1") else { return name.to_owned() };
    let before = before.trim_end_matches(',');
    match after.split_once(" people") {
        Some((_, "")) | None => before.to_owned(),
        Some((_, whom)) => format!("{before} of people{whom}"),
    }
}

#[cfg(test)]
mod tests {
    use super::without_unit;

    #[test]
    fn units_leave_the_name() {
        assert_eq!(without_unit("Emergency admissions per 1,000 people"), "Emergency admissions");
        assert_eq!(without_unit("Deaths of people under 75 per 100,000 people"), "Deaths of people under 75");
        assert_eq!(without_unit("Falls, per 1,000 people aged 65 and over"), "Falls of people aged 65 and over");
        assert_eq!(without_unit("Days at home"), "Days at home");
    }
}
