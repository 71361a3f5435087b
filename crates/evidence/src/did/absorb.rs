//! Weighted regression with fixed effects of unit and month, exactly absorbed.
//!
//! Unit effects are taken out by weighted means; the months that remain are solved for with one Cholesky factor, which
//! serves every column (Frisch, Waugh and Lovell).

use super::panel::Panel;
use crate::symmetric::Cholesky;

/// A column shrinks to less than this share of its square when the fixed effects explain it.
const EXPLAINED: f64 = 1e-10;

/// What the fixed effects need to be absorbed from any column.
pub(super) struct Absorb<'a> {
    pub panel: &'a Panel,
    pub weights: Vec<f64>,
    unit_weight: Vec<f64>,
    /// `units * periods`: what share of a unit's weight lies in each month.
    pub share: Vec<f64>,
    /// Cross-products of the months' indicators with unit means taken out.
    pub gram: Vec<f64>,
    factor: Cholesky,
}

/// A fitted regression.
pub(super) struct Fit {
    /// Of each column.
    pub coefficients: Vec<f64>,
    /// The columns with unit means taken out.
    pub columns: Vec<Vec<f64>>,
    /// What is left of the outcome, not weighted.
    pub residual: Vec<f64>,
}

impl<'a> Absorb<'a> {
    pub fn new(panel: &'a Panel, weights: Vec<f64>) -> Self {
        let periods = panel.periods;
        let mut unit_weight = vec![0.0; panel.units];
        let mut share = vec![0.0; panel.units * periods];
        for (row, weight) in panel.rows.iter().zip(&weights) {
            unit_weight[row.unit] += weight;
            share[row.unit * periods + row.period] += weight;
        }
        let mut gram = vec![0.0; periods * periods];
        for (unit, &total) in unit_weight.iter().enumerate().filter(|(_, total)| **total > 0.0) {
            let shares = &mut share[unit * periods..(unit + 1) * periods];
            for (period, share) in shares.iter_mut().enumerate() {
                gram[period * periods + period] += *share;
                *share /= total;
            }
            for (first, &share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
                for (second, &other) in shares.iter().enumerate() {
                    gram[first * periods + second] -= total * share * other;
                }
            }
        }
        let factor = Cholesky::new(&gram, periods);
        Self { panel, weights, unit_weight, share, gram, factor }
    }

    /// Take each unit's weighted mean out of a column.
    pub fn without_units(&self, column: &[f64]) -> Vec<f64> {
        let mut mean = vec![0.0; self.panel.units];
        for ((row, weight), value) in self.panel.rows.iter().zip(&self.weights).zip(column) {
            mean[row.unit] += weight * value;
        }
        for (mean, weight) in mean.iter_mut().zip(&self.unit_weight) {
            if *weight > 0.0 {
                *mean /= weight;
            }
        }
        self.panel.rows.iter().zip(column).map(|(row, value)| value - mean[row.unit]).collect()
    }

    /// Cross-products of a column without unit means with the months.
    pub fn with_periods(&self, centred: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.panel.periods];
        for ((row, weight), value) in self.panel.rows.iter().zip(&self.weights).zip(centred) {
            sums[row.period] += weight * value;
        }
        sums
    }

    /// What unit and month do not explain of a column whose unit means are already out.
    pub fn residual(&self, centred: &[f64]) -> Vec<f64> {
        let periods = self.panel.periods;
        let mut effect = self.with_periods(centred);
        self.factor.solve(&mut effect);
        let unit_mean: Vec<f64> = self
            .share
            .chunks_exact(periods)
            .map(|shares| shares.iter().zip(&effect).map(|(s, e)| s * e).sum())
            .collect();
        let rows = self.panel.rows.iter().zip(centred);
        rows.map(|(row, value)| value - effect[row.period] + unit_mean[row.unit]).collect()
    }

    /// The weighted sum of products.
    pub fn product(&self, first: &[f64], second: &[f64]) -> f64 {
        self.weights.iter().zip(first).zip(second).map(|((weight, a), b)| weight * a * b).sum()
    }

    /// How many months have a parameter of their own beside the units.
    pub fn period_parameters(&self) -> usize {
        self.factor.kept().iter().filter(|&&kept| kept).count()
    }

    /// Regress an outcome on columns beside the fixed effects; none when a column cannot be told from them or from another.
    pub fn fit(&self, columns: &[Vec<f64>], outcome: &[f64]) -> Option<Fit> {
        let count = columns.len();
        let centred: Vec<Vec<f64>> = columns.iter().map(|column| self.without_units(column)).collect();
        let clean: Vec<Vec<f64>> = centred.iter().map(|column| self.residual(column)).collect();
        for (column, left) in columns.iter().zip(&clean) {
            if self.product(left, left) <= EXPLAINED * self.product(column, column) {
                return None;
            }
        }
        let mut residual = self.residual(&self.without_units(outcome));
        let gram: Vec<f64> =
            (0..count * count).map(|at| self.product(&clean[at / count], &clean[at % count])).collect();
        let factor = Cholesky::new(&gram, count);
        if !factor.kept().iter().all(|&kept| kept) {
            return None;
        }
        let mut coefficients: Vec<f64> = clean.iter().map(|column| self.product(column, &residual)).collect();
        factor.solve(&mut coefficients);
        for (column, coefficient) in clean.iter().zip(&coefficients) {
            for (left, value) in residual.iter_mut().zip(column) {
                *left -= coefficient * value;
            }
        }
        Some(Fit { coefficients, columns: centred, residual })
    }
}
