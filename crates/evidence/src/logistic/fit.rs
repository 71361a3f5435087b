//! One fit: Newton's steps outside, coordinate descent on the quadratic inside.

use super::{Column, FitError, Model, Penalty, chance};

/// Newton's steps at most.
const MOST_STEPS: usize = 100;
/// Rounds of coordinate descent at most for each step.
const MOST_ROUNDS: usize = 2000;
/// A step that moves no standardised coefficient by more than this is the last.
const AT_REST: f64 = 1e-9;
/// Rows expanded at a time.
const BLOCK: usize = 256;
/// Log-odds beyond this are cut off in the weights: separation cannot drive them to infinity.
const FURTHEST: f64 = 30.0;

/// Columns ready for the arithmetic, and the rows that count.
pub(super) struct Design<'a> {
    codes: Vec<&'a [u8]>,
    /// Standardised values by code; all 0 for a column that never varies.
    tables: Vec<[f64; 256]>,
    means: Vec<f64>,
    deviations: Vec<f64>,
    pub(super) rows: &'a [u32],
    outcome: &'a [bool],
}

/// Coefficients of standardised columns, the intercept first.
pub(super) type Standard = Vec<f64>;

impl<'a> Design<'a> {
    /// Standardises over the rows given.
    pub(super) fn new(columns: &'a [Column<'a>], outcome: &'a [bool], rows: &'a [u32]) -> Result<Self, FitError> {
        if let Some(uneven) = columns.iter().position(|c| c.codes.len() != outcome.len()) {
            return Err(FitError::Uneven(uneven));
        }
        let with = rows.iter().filter(|&&row| outcome.get(row as usize) == Some(&true)).count();
        if with == 0 || with == rows.len() {
            return Err(FitError::OneOutcome { with, rows: rows.len() });
        }
        let n = rows.len() as f64;
        let (mut tables, mut means, mut deviations) = (Vec::new(), Vec::new(), Vec::new());
        for column in columns {
            let mut counts = [0u64; 256];
            for &row in rows {
                counts[usize::from(column.codes[row as usize])] += 1;
            }
            let raw = column.table();
            let mean = counts.iter().zip(&raw).map(|(&k, v)| k as f64 * v).sum::<f64>() / n;
            let variance = counts.iter().zip(&raw).map(|(&k, v)| k as f64 * (v - mean).powi(2)).sum::<f64>() / n;
            let deviation = variance.sqrt();
            let varies = deviation > 1e-10 * (1.0 + mean.abs());
            let mut table = [0.0; 256];
            if varies {
                for (slot, v) in table.iter_mut().zip(&raw) {
                    *slot = (v - mean) / deviation;
                }
            }
            tables.push(table);
            means.push(mean);
            deviations.push(if varies { deviation } else { 0.0 });
        }
        Ok(Self { codes: columns.iter().map(|c| c.codes).collect(), tables, means, deviations, rows, outcome })
    }

    /// The same standardisation over other rows.
    pub(super) fn with_rows<'b>(&'b self, rows: &'b [u32]) -> Design<'b>
    where
        'a: 'b,
    {
        Design {
            codes: self.codes.clone(),
            tables: self.tables.clone(),
            means: self.means.clone(),
            deviations: self.deviations.clone(),
            rows,
            outcome: self.outcome,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.tables.len() + 1
    }

    /// Calls `visit` with the standardised values of each row, a 1 before them, its outcome.
    fn each(&self, mut visit: impl FnMut(&[f64], bool)) {
        let width = self.width();
        let mut block = vec![0.0; BLOCK * width];
        for rows in self.rows.chunks(BLOCK) {
            for (at, row) in block.chunks_exact_mut(width).zip(rows) {
                at[0] = 1.0;
                for (value, (codes, table)) in at[1..].iter_mut().zip(self.codes.iter().zip(&self.tables)) {
                    *value = table[usize::from(codes[*row as usize])];
                }
            }
            for (at, &row) in block.chunks_exact(width).zip(rows) {
                visit(at, self.outcome[row as usize]);
            }
        }
    }

    /// Mean negative log-likelihood.
    pub(super) fn deviance(&self, b: &[f64]) -> f64 {
        let mut sum = 0.0;
        self.each(|x, y| sum += loss(dot(x, b), y));
        sum / self.rows.len() as f64
    }

    /// The mean negative log-likelihood, its gradient, and where wanted its curvature (upper triangle).
    fn derivatives(&self, b: &[f64], curvature: Option<&mut Vec<f64>>) -> (f64, Vec<f64>) {
        let width = self.width();
        let n = self.rows.len() as f64;
        let (mut sum, mut gradient) = (0.0, vec![0.0; width]);
        match curvature {
            None => self.each(|x, y| {
                let eta = dot(x, b);
                sum += loss(eta, y);
                let off = chance(eta) - f64::from(u8::from(y));
                for (g, value) in gradient.iter_mut().zip(x) {
                    *g += off * value;
                }
            }),
            Some(matrix) => {
                matrix.clear();
                matrix.resize(width * width, 0.0);
                self.each(|x, y| {
                    let eta = dot(x, b);
                    sum += loss(eta, y);
                    let p = chance(eta.clamp(-FURTHEST, FURTHEST));
                    let off = chance(eta) - f64::from(u8::from(y));
                    let weight = p * (1.0 - p);
                    for (at, value) in x.iter().enumerate() {
                        gradient[at] += off * value;
                        let scaled = weight * value;
                        for (cell, other) in matrix[at * width + at..(at + 1) * width].iter_mut().zip(&x[at..]) {
                            *cell += scaled * other;
                        }
                    }
                });
                for cell in matrix.iter_mut() {
                    *cell /= n;
                }
                for at in 0..width {
                    for other in 0..at {
                        matrix[at * width + other] = matrix[other * width + at];
                    }
                }
            }
        }
        for g in &mut gradient {
            *g /= n;
        }
        (sum / n, gradient)
    }

    /// Back to the columns' own scale.
    pub(super) fn model(&self, b: &[f64], steps: usize, converged: bool) -> Model {
        let mut intercept = b[0];
        let coefficients = b[1..]
            .iter()
            .zip(self.means.iter().zip(&self.deviations))
            .map(|(b, (mean, deviation))| {
                if *deviation == 0.0 {
                    return 0.0;
                }
                intercept -= b * mean / deviation;
                b / deviation
            })
            .collect();
        Model { intercept, coefficients, steps, converged }
    }

    /// The largest penalty that matters: with the lasso, every coefficient is 0 from here up.
    pub(super) fn largest_penalty(&self, alpha: f64) -> f64 {
        let (_, gradient) = self.derivatives(&self.flat(), None);
        gradient[1..].iter().fold(0.0, |most: f64, g| most.max(g.abs())) / alpha.max(1e-3)
    }

    /// No coefficient but the intercept.
    pub(super) fn flat(&self) -> Standard {
        let with = self.rows.iter().filter(|&&row| self.outcome[row as usize]).count() as f64;
        let mut b = vec![0.0; self.width()];
        b[0] = (with / (self.rows.len() as f64 - with)).ln();
        b
    }

    /// Fits from a start. `curvature` is kept from fit to fit: it is renewed at the first step and when steps get slow.
    pub(super) fn solve(&self, penalty: Penalty, start: Standard, curvature: &mut Vec<f64>) -> (Standard, usize, bool) {
        let width = self.width();
        let mut b = start;
        let mut renew = curvature.len() != width * width;
        let mut last = f64::INFINITY;
        for step in 1..=MOST_STEPS {
            let renewed = renew;
            let (loss, gradient) = self.derivatives(&b, if renew { Some(&mut *curvature) } else { None });
            let wanted = descend(&gradient, curvature, &b, penalty);
            let objective = loss + cost(&b, penalty);
            let (moved, next) = self.shorten(&b, &wanted, objective, penalty);
            b = next;
            if moved < AT_REST {
                return (b, step, true);
            }
            // An old curvature makes steps shrink slowly; a new one makes them shrink as the square.
            renew = !renewed && moved > 0.1 * last;
            last = moved;
        }
        (b, MOST_STEPS, false)
    }

    /// Takes the step, halved until the objective does not rise; how far the furthest coefficient moved.
    fn shorten(&self, from: &[f64], to: &[f64], objective: f64, penalty: Penalty) -> (f64, Standard) {
        let far = |b: &[f64]| b.iter().zip(from).fold(0.0, |most: f64, (x, y)| most.max((x - y).abs()));
        let mut share = 1.0;
        loop {
            let next: Standard = from.iter().zip(to).map(|(x, y)| x + share * (y - x)).collect();
            let moved = far(&next);
            // Below this the objective cannot be told apart in 53 bits.
            if moved < 1e-5 || share < 1e-6 {
                return (moved, next);
            }
            if self.deviance(&next) + cost(&next, penalty) <= objective * (1.0 + 1e-12) {
                return (moved, next);
            }
            share *= 0.5;
        }
    }
}

fn dot(x: &[f64], b: &[f64]) -> f64 {
    x.iter().zip(b).map(|(x, b)| x * b).sum()
}

/// Minus the log of the chance of what happened.
fn loss(eta: f64, y: bool) -> f64 {
    let signed = if y { -eta } else { eta };
    if signed > 0.0 { signed + (-signed).exp().ln_1p() } else { signed.exp().ln_1p() }
}

fn cost(b: &[f64], penalty: Penalty) -> f64 {
    let of = |b: &f64| penalty.alpha * b.abs() + 0.5 * (1.0 - penalty.alpha) * b * b;
    penalty.lambda * b[1..].iter().map(of).sum::<f64>()
}

/// The minimum of the quadratic with the penalty, coordinate by coordinate.
fn descend(gradient: &[f64], curvature: &[f64], from: &[f64], penalty: Penalty) -> Standard {
    let width = gradient.len();
    let mut b = from.to_vec();
    // The gradient of the quadratic at b, kept up to date.
    let mut slope = gradient.to_vec();
    for _ in 0..MOST_ROUNDS {
        let mut furthest = 0.0f64;
        for at in 0..width {
            let own = curvature[at * width + at];
            let (lasso, ridge) = if at == 0 {
                (0.0, 0.0)
            } else {
                (penalty.lambda * penalty.alpha, penalty.lambda * (1.0 - penalty.alpha))
            };
            // A column that never varies has no curvature and stays at 0.
            if own <= 1e-14 {
                continue;
            }
            let pull = own * b[at] - slope[at];
            let wanted = pull.signum() * (pull.abs() - lasso).max(0.0) / (own + ridge);
            let change = wanted - b[at];
            if change != 0.0 {
                b[at] = wanted;
                for (s, c) in slope.iter_mut().zip(&curvature[at * width..(at + 1) * width]) {
                    *s += change * c;
                }
                furthest = furthest.max(change.abs());
            }
        }
        if furthest < AT_REST * 0.1 {
            break;
        }
    }
    b
}

/// Fits a model to the rows given. `outcome` holds all rows, in the order of the columns' codes.
pub fn fit(columns: &[Column<'_>], outcome: &[bool], rows: &[u32], penalty: Penalty) -> Result<Model, FitError> {
    check(penalty)?;
    let design = Design::new(columns, outcome, rows)?;
    let (b, steps, converged) = design.solve(penalty, design.flat(), &mut Vec::new());
    Ok(design.model(&b, steps, converged))
}

pub(super) fn check(penalty: Penalty) -> Result<(), FitError> {
    let good = penalty.lambda.is_finite() && penalty.lambda >= 0.0 && (0.0..=1.0).contains(&penalty.alpha);
    if good { Ok(()) } else { Err(FitError::BadPenalty) }
}
