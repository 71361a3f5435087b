//! The relative effect, by Poisson pseudo-likelihood with the same fixed effects and person-time as exposure.

use super::{Spread, absorb::Absorb, panel::Panel, robust};

const MOST_STEPS: usize = 60;
const CONVERGED: f64 = 1e-11;
/// A logarithm of a ratio beyond this is a group without events, not an effect.
const RUNAWAY: f64 = 12.0;

/// The coefficient of the first column and its standard error, degrees of freedom and method; none where the likelihood
/// has no highest point (a group without events) or the column cannot be told from the fixed effects.
pub(super) fn fit(panel: &Panel, columns: &[Vec<f64>]) -> Option<(f64, Option<Spread>)> {
    let (panel, columns) = with_events(panel, columns);
    if panel.rows.is_empty() {
        return None;
    }
    let offset: Vec<f64> = panel.rows.iter().map(|row| row.person_time.ln()).collect();
    let overall = panel.rows.iter().map(|row| row.events).sum::<f64>()
        / panel.rows.iter().map(|row| row.person_time).sum::<f64>();
    let mut means: Vec<f64> = panel.rows.iter().map(|row| 0.5 * (row.events + overall * row.person_time)).collect();
    let mut last = f64::INFINITY;
    for _ in 0..MOST_STEPS {
        let working: Vec<f64> = (0..means.len())
            .map(|at| means[at].ln() - offset[at] + (panel.rows[at].events - means[at]) / means[at])
            .collect();
        let absorb = Absorb::new(&panel, means.clone());
        let step = absorb.fit(&columns, &working)?;
        let coefficient = step.coefficients[0];
        if !coefficient.is_finite() || coefficient.abs() > RUNAWAY {
            return None;
        }
        for (at, mean) in means.iter_mut().enumerate() {
            *mean = (working[at] - step.residual[at] + offset[at]).clamp(-300.0, 300.0).exp();
        }
        if (coefficient - last).abs() < CONVERGED {
            let scores = robust::scores(&absorb, &step, panel.clusters_served());
            return Some((coefficient, scores[0].best()));
        }
        last = coefficient;
    }
    None
}

/// The panel and columns without units and months in which nothing happened: they carry no information on a ratio.
fn with_events(panel: &Panel, columns: &[Vec<f64>]) -> (Panel, Vec<Vec<f64>>) {
    let mut by_unit = vec![0.0; panel.units];
    let mut by_period = vec![0.0; panel.periods];
    for row in &panel.rows {
        by_unit[row.unit] += row.events;
        by_period[row.period] += row.events;
    }
    let keeps: Vec<bool> =
        panel.rows.iter().map(|row| by_unit[row.unit] > 0.0 && by_period[row.period] > 0.0).collect();
    let kept = panel.filtered(|row| by_unit[row.unit] > 0.0 && by_period[row.period] > 0.0);
    let pick = |column: &Vec<f64>| column.iter().zip(&keeps).filter(|(_, keep)| **keep).map(|(x, _)| *x).collect();
    (kept, columns.iter().map(pick).collect())
}
