//! Cluster-robust variance: CR1, and CR2 with Satterthwaite degrees of freedom.
//!
//! CR2 takes the inverse of the weights as the working variance. Unit effects lie within clusters, so they may be absorbed
//! first (Pustejovsky and Tipton 2018, theorem 2). The inverse square root of `I - H` of a cluster is found from the small
//! matrix `K'K`, where `H = KK'`, so that its cost does not grow with the square of the cluster's rows.

use super::{Clusters, Method, absorb::Absorb, absorb::Fit};
use crate::symmetric::{Cholesky, eigen};
use std::ops::Range;

/// Above this many multiplications CR2 is not attempted.
const MOST_WORK: f64 = 3e9;
/// An eigenvalue of `H` this near to 1 means that the cluster alone sets a parameter; it tells nothing of its error.
const ALONE: f64 = 1e-8;

/// What each cluster adds to a coefficient's error, and what follows from it.
#[derive(Debug, Clone)]
pub(super) struct Scores {
    /// Cluster sums with plain residuals.
    pub plain: Vec<f64>,
    /// Cluster sums with CR2-adjusted residuals, and the degrees of freedom.
    pub adjusted: Option<(Vec<f64>, f64)>,
    /// The usual small-sample factor of CR1.
    pub factor: f64,
    /// Whether there are clusters enough on both sides.
    enough: bool,
}

impl Scores {
    /// Standard error, degrees of freedom and method: CR2 where it can be had.
    pub fn best(&self) -> Option<(f64, f64, Method)> {
        let Some((adjusted, df)) = &self.adjusted else { return self.cr1() };
        let error = square_root_of_sum(adjusted);
        (self.enough && error > 0.0 && df.is_finite() && *df > 0.0).then_some((error, *df, Method::Cr2))
    }

    /// The same by CR1.
    pub fn cr1(&self) -> Option<(f64, f64, Method)> {
        let error = square_root_of_sum(&self.plain) * self.factor.sqrt();
        let df = self.plain.len() as f64 - 1.0;
        (self.enough && error > 0.0 && error.is_finite() && df > 0.0).then_some((error, df, Method::Cr1))
    }
}

fn square_root_of_sum(scores: &[f64]) -> f64 {
    scores.iter().map(|score| score * score).sum::<f64>().sqrt()
}

/// The scores of each column of a fit.
pub(super) fn scores(absorb: &Absorb, fit: &Fit, clusters: Clusters) -> Vec<Scores> {
    let design = Design::new(absorb, fit);
    let contrasts: Vec<Vec<f64>> = (0..fit.columns.len()).map(|column| design.contrast(column)).collect();
    let ranges = cluster_ranges(absorb);
    let parameters = design.size as f64;
    let work = ranges.len() as f64 * 60.0 * parameters.powi(3) + absorb.weights.len() as f64 * parameters.powi(2);
    let wants_cr2 = absorb.panel.nested && work < MOST_WORK;
    let mut plain = vec![Vec::with_capacity(ranges.len()); contrasts.len()];
    let mut adjusted = plain.clone();
    let mut spread: Vec<Vec<Influence>> = contrasts.iter().map(|_| Vec::with_capacity(ranges.len())).collect();
    for range in ranges {
        let cluster = design.cluster(range);
        let root = wants_cr2.then(|| cluster.root());
        for (at, contrast) in contrasts.iter().enumerate() {
            let weight = cluster.times(contrast);
            plain[at].push(dot(&weight, &cluster.residual));
            if let Some(root) = &root {
                let corrected = cluster.correct(root, &weight);
                adjusted[at].push(dot(&corrected, &cluster.residual));
                spread[at].push(Influence { own: dot(&corrected, &corrected), shared: cluster.transposed(&corrected) });
            }
        }
    }
    let factor = design.cr1_factor(clusters.all());
    let enough = clusters.served >= 2 && clusters.others >= 2;
    let zipped = plain.into_iter().zip(adjusted).zip(spread);
    zipped
        .map(|((plain, adjusted), spread)| Scores {
            plain,
            adjusted: wants_cr2.then(|| (adjusted, satterthwaite(&spread))),
            factor,
            enough,
        })
        .collect()
}

/// One cluster's part in the variance of the variance.
struct Influence {
    own: f64,
    shared: Vec<f64>,
}

fn satterthwaite(spread: &[Influence]) -> f64 {
    let (mut trace, mut squares) = (0.0, 0.0);
    for (g, first) in spread.iter().enumerate() {
        for (h, second) in spread.iter().enumerate() {
            let own = if g == h { first.own } else { 0.0 };
            let product = own - dot(&first.shared, &second.shared);
            squares += product * product;
            if g == h {
                trace += product;
            }
        }
    }
    if squares > 0.0 { trace * trace / squares } else { 0.0 }
}

fn cluster_ranges(absorb: &Absorb) -> Vec<Range<usize>> {
    let mut start = 0;
    let groups = absorb.panel.rows.chunk_by(|a, b| a.cluster == b.cluster);
    groups
        .map(|group| {
            let range = start..start + group.len();
            start = range.end;
            range
        })
        .collect()
}

/// Months and columns beside the absorbed units.
struct Design<'a> {
    absorb: &'a Absorb<'a>,
    fit: &'a Fit,
    size: usize,
    factor: Cholesky,
}

/// One cluster's rows: orthonormal regressors `K` (row-major) and residuals, both times the root of the weight.
struct Cluster {
    size: usize,
    regressors: Vec<f64>,
    residual: Vec<f64>,
}

impl<'a> Design<'a> {
    fn new(absorb: &'a Absorb<'a>, fit: &'a Fit) -> Self {
        let (periods, columns) = (absorb.panel.periods, fit.columns.len());
        let size = periods + columns;
        let mut gram = vec![0.0; size * size];
        for row in 0..periods {
            gram[row * size..row * size + periods].copy_from_slice(&absorb.gram[row * periods..(row + 1) * periods]);
        }
        for (at, column) in fit.columns.iter().enumerate() {
            for (period, cross) in absorb.with_periods(column).into_iter().enumerate() {
                gram[(periods + at) * size + period] = cross;
                gram[period * size + periods + at] = cross;
            }
            for (other, second) in fit.columns.iter().enumerate() {
                gram[(periods + at) * size + periods + other] = absorb.product(column, second);
            }
        }
        Self { absorb, fit, size, factor: Cholesky::new(&gram, size) }
    }

    /// The coefficient of a column is `K' y` times this vector.
    fn contrast(&self, column: usize) -> Vec<f64> {
        let mut unit = vec![0.0; self.size];
        unit[self.absorb.panel.periods + column] = 1.0;
        self.factor.forward(&mut unit);
        unit
    }

    fn cluster(&self, range: Range<usize>) -> Cluster {
        let periods = self.absorb.panel.periods;
        let mut regressors = Vec::with_capacity(range.len() * self.size);
        let mut residual = Vec::with_capacity(range.len());
        for place in range {
            let row = &self.absorb.panel.rows[place];
            let root = self.absorb.weights[place].sqrt();
            let shares = &self.absorb.share[row.unit * periods..(row.unit + 1) * periods];
            let mut values: Vec<f64> = shares.iter().map(|share| -share * root).collect();
            values[row.period] += root;
            values.extend(self.fit.columns.iter().map(|column| column[place] * root));
            self.factor.forward(&mut values);
            regressors.extend(values);
            residual.push(self.fit.residual[place] * root);
        }
        Cluster { size: self.size, regressors, residual }
    }

    /// `G / (G - 1) * (N - 1) / (N - K)`; units within clusters are not counted among the `K`.
    fn cr1_factor(&self, clusters: usize) -> f64 {
        let panel = self.absorb.panel;
        let (groups, rows) = (clusters as f64, panel.rows.len() as f64);
        let units = if panel.nested { 1 } else { panel.units };
        let parameters = (units + self.absorb.period_parameters() + self.fit.columns.len()) as f64;
        groups / (groups - 1.0) * (rows - 1.0) / (rows - parameters)
    }
}

impl Cluster {
    fn times(&self, vector: &[f64]) -> Vec<f64> {
        self.regressors.chunks_exact(self.size).map(|row| dot(row, vector)).collect()
    }

    fn transposed(&self, vector: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; self.size];
        for (row, value) in self.regressors.chunks_exact(self.size).zip(vector) {
            for (sum, regressor) in sum.iter_mut().zip(row) {
                *sum += regressor * value;
            }
        }
        sum
    }

    /// Eigenvalues and vectors of `K'K`.
    fn root(&self) -> (Vec<f64>, Vec<f64>) {
        let size = self.size;
        let mut gram = vec![0.0; size * size];
        for row in self.regressors.chunks_exact(size) {
            for (first, &value) in row.iter().enumerate().filter(|(_, value)| **value != 0.0) {
                for (sum, other) in gram[first * size..(first + 1) * size].iter_mut().zip(row) {
                    *sum += value * other;
                }
            }
        }
        eigen(&gram, size)
    }

    /// `(I - KK')^(-1/2)` times a vector.
    fn correct(&self, (values, vectors): &(Vec<f64>, Vec<f64>), vector: &[f64]) -> Vec<f64> {
        let size = self.size;
        let projected = self.transposed(vector);
        let mut back = vec![0.0; size];
        for (at, &value) in values.iter().enumerate() {
            let along: f64 = (0..size).map(|row| vectors[row * size + at] * projected[row]).sum();
            let stretch = if value < ALONE {
                0.5
            } else if 1.0 - value < ALONE {
                -1.0 / value
            } else {
                ((1.0 - value).powf(-0.5) - 1.0) / value
            };
            for (row, back) in back.iter_mut().enumerate() {
                *back += vectors[row * size + at] * along * stretch;
            }
        }
        vector.iter().zip(self.times(&back)).map(|(own, added)| own + added).collect()
    }
}

fn dot(first: &[f64], second: &[f64]) -> f64 {
    first.iter().zip(second).map(|(a, b)| a * b).sum()
}
