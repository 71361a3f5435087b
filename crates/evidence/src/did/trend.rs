//! Did served and other clusters move together before the start? And how did the effect unfold?

use super::{Effect, Method, absorb::Absorb, panel::Panel, robust, robust::Scores, uncertainty};
use crate::distribution::{Confidence, f_above};
use crate::symmetric::Cholesky;

/// Below this p value on either of the two tests the trends before the start are called different (5 % shared by two).
const DIFFERENT: f64 = 0.025;
/// Widths of the bins of months tried for the joint test, finest first.
const BINS: [i32; 3] = [3, 6, 12];

/// The effect in one month counted from the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventPoint {
    /// Months from the start: -1 is the month before it, which is the reference and 0 by definition.
    pub month: i32,
    /// The difference from the reference month, as for the absolute effect; no uncertainty for the reference.
    pub effect: Effect,
}

/// A joint test that several coefficients are all 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointTest {
    /// The F statistic.
    pub f: f64,
    /// Its two degrees of freedom.
    pub degrees_of_freedom: (f64, f64),
    /// The p value.
    pub p_value: f64,
    /// Width of the bins of months compared with the last bin before the start.
    pub bin_months: i32,
}

/// What can be said of the time before the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PreTrendVerdict {
    /// No sign of different trends; not a proof that there are none.
    NoSignOfDifference,
    /// The trends differed.
    Different,
    /// Too few months or clusters to tell.
    CannotTell,
}

/// The check of trends before the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PreTrend {
    /// How much faster the rate of served clusters rose each month before the start.
    pub slope_per_month: Option<Effect>,
    /// Whether any period before the start stands out.
    pub joint: Option<JointTest>,
    /// The verdict of both.
    pub verdict: PreTrendVerdict,
}

/// The effect by month from the start. Empty when no unit has the month before its start, or a month cannot be told apart.
pub(super) fn event_study(panel: &Panel, absorb: &Absorb, rates: &[f64], confidence: Confidence) -> Vec<EventPoint> {
    let months = relative_months(panel);
    if !months.contains(&-1) {
        return Vec::new();
    }
    let shown: Vec<i32> = months.into_iter().filter(|&month| month != -1).collect();
    let columns: Vec<Vec<f64>> = shown.iter().map(|&shown| indicator(panel, |month| month == shown)).collect();
    let Some(fit) = absorb.fit(&columns, rates) else { return Vec::new() };
    let scores = robust::scores(absorb, &fit, panel.clusters_served());
    let mut points: Vec<EventPoint> = shown
        .iter()
        .zip(&fit.coefficients)
        .zip(&scores)
        .map(|((&month, &value), scores)| EventPoint { month, effect: effect(value, scores.best(), confidence) })
        .collect();
    points.push(EventPoint { month: -1, effect: Effect { value: 0.0, uncertainty: None } });
    points.sort_by_key(|point| point.month);
    points
}

/// The check of trends before the start.
pub(super) fn pre_trend(panel: &Panel, absorb: &Absorb, rates: &[f64], confidence: Confidence) -> PreTrend {
    let slope_per_month = slope(panel, rates, confidence);
    let joint = BINS.iter().find_map(|&width| joint(panel, absorb, rates, width));
    let slope_p = slope_per_month.and_then(|slope| slope.uncertainty).map(|spread| spread.p_value);
    let p_values = [slope_p, joint.map(|joint| joint.p_value)];
    let verdict = if p_values.iter().flatten().any(|&p| p < DIFFERENT) {
        PreTrendVerdict::Different
    } else if p_values.iter().flatten().next().is_some() {
        PreTrendVerdict::NoSignOfDifference
    } else {
        PreTrendVerdict::CannotTell
    };
    PreTrend { slope_per_month, joint, verdict }
}

/// The difference of slopes in the cells not yet served.
fn slope(panel: &Panel, rates: &[f64], confidence: Confidence) -> Option<Effect> {
    let first = panel.starts.iter().flatten().copied().min()?;
    let mut before = panel.filtered(|row| row.month < first);
    // Who will be served later is no longer seen in these cells: it is carried over from the whole panel.
    let mut keys = panel.rows.iter().zip(rates).filter(|(row, _)| row.month < first);
    let mut column = Vec::with_capacity(before.rows.len());
    let mut outcome = Vec::with_capacity(before.rows.len());
    for row in &mut before.rows {
        let (whole, rate) = keys.next()?;
        row.treated = panel.starts[whole.unit].is_some();
        column.push(if row.treated { f64::from(row.month - first) } else { 0.0 });
        outcome.push(*rate);
    }
    if before.periods < 3 {
        return None;
    }
    let weights = before.rows.iter().map(|row| row.person_time).collect();
    let absorb = Absorb::new(&before, weights);
    let fit = absorb.fit(std::slice::from_ref(&column), &outcome)?;
    let scores = robust::scores(&absorb, &fit, before.clusters_served());
    Some(effect(fit.coefficients[0], scores[0].best(), confidence))
}

/// The joint test that no bin of months before the start differs from the last, by Hotelling's approximation.
fn joint(panel: &Panel, absorb: &Absorb, rates: &[f64], width: i32) -> Option<JointTest> {
    let months = relative_months(panel);
    let earliest = *months.first()?;
    let bins = (1..).map(|bin| -(bin + 1) * width).take_while(|&from| from >= earliest);
    // Each bin is whole; older months that do not fill one join the oldest.
    let mut starts: Vec<i32> = bins.collect();
    if let Some(oldest) = starts.last_mut() {
        *oldest = earliest;
    }
    let before = starts.len();
    let mut columns: Vec<Vec<f64>> = starts
        .iter()
        .enumerate()
        .map(|(bin, &from)| {
            let end = -(bin as i32 + 1) * width;
            indicator(panel, |month| month >= from && month < end)
        })
        .collect();
    columns.push(panel.treated_column());
    let fit = absorb.fit(&columns, rates)?;
    let scores = robust::scores(absorb, &fit, panel.clusters_served());
    let df = scores[..before].iter().map(|scores| scores.best().map(|(_, df, _)| df)).collect::<Option<Vec<f64>>>()?;
    let smallest = df.into_iter().fold(f64::INFINITY, f64::min);
    let count = before as f64;
    // With fewer degrees of freedom than twice the coefficients the test has no power worth the name.
    if before == 0 || smallest < 2.0 * count {
        return None;
    }
    let distance = wald(&scores[..before], &fit.coefficients[..before])?;
    let second = smallest - count + 1.0;
    let f = distance * second / (smallest * count);
    Some(JointTest { f, degrees_of_freedom: (count, second), p_value: f_above(f, count, second), bin_months: width })
}

fn wald(scores: &[Scores], coefficients: &[f64]) -> Option<f64> {
    let count = scores.len();
    let cluster_sums: Vec<(&[f64], f64)> = scores
        .iter()
        .map(|scores| match &scores.adjusted {
            Some((adjusted, _)) => (adjusted.as_slice(), 1.0),
            None => (scores.plain.as_slice(), scores.factor),
        })
        .collect();
    let covariance: Vec<f64> = (0..count * count)
        .map(|at| {
            let ((first, factor), (second, _)) = (cluster_sums[at / count], cluster_sums[at % count]);
            factor * first.iter().zip(second).map(|(a, b)| a * b).sum::<f64>()
        })
        .collect();
    let factor = Cholesky::new(&covariance, count);
    if !factor.kept().iter().all(|&kept| kept) {
        return None;
    }
    let mut root = coefficients.to_vec();
    factor.forward(&mut root);
    Some(root.iter().map(|x| x * x).sum())
}

/// The months from the start that occur, earliest first.
fn relative_months(panel: &Panel) -> Vec<i32> {
    let mut months: Vec<i32> =
        panel.rows.iter().filter_map(|row| panel.starts[row.unit].map(|start| row.month - start)).collect();
    months.sort_unstable();
    months.dedup();
    months
}

/// 1 in rows of ever-treated units whose month from the start is wanted.
fn indicator(panel: &Panel, wanted: impl Fn(i32) -> bool) -> Vec<f64> {
    let is = |start: Option<i32>, month: i32| start.is_some_and(|start| wanted(month - start));
    panel.rows.iter().map(|row| f64::from(u8::from(is(panel.starts[row.unit], row.month)))).collect()
}

fn effect(value: f64, spread: Option<(f64, f64, Method)>, confidence: Confidence) -> Effect {
    Effect { value, uncertainty: spread.map(|spread| uncertainty(value, spread, confidence)) }
}
