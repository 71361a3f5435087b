//! The function to be minimised over patterns: mean loss, gradient and curvature in standardised columns.

use super::patterns::Patterns;
use super::{FitError, Model};

/// Log-odds beyond this say that something separates those with the outcome from those without.
pub(super) const FURTHEST: f64 = 30.0;

/// Coefficients of standardised columns, the intercept first.
pub(super) type Standard = Vec<f64>;

/// How columns are standardised: the mean, and the deviation (0 for a column that never varies).
#[derive(Clone)]
pub(super) struct Scale {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

/// Patterns with how many people and events each counts for.
pub(super) struct Problem<'a> {
    patterns: &'a Patterns,
    weights: Vec<[f64; 2]>,
    people: f64,
    events: f64,
    scale: Scale,
}

/// What one pass gives.
pub(super) struct Derivatives {
    /// Mean negative log-likelihood.
    pub(super) loss: f64,
    /// Its gradient.
    pub(super) gradient: Vec<f64>,
    /// The log-odds furthest from 0.
    pub(super) furthest: f64,
}

impl<'a> Problem<'a> {
    /// Standardises over the people counted.
    pub(super) fn new(patterns: &'a Patterns, weights: Vec<[f64; 2]>) -> Result<Self, FitError> {
        let people: f64 = weights.iter().map(|w| w[0]).sum();
        let events: f64 = weights.iter().map(|w| w[1]).sum();
        if events == 0.0 || events >= people {
            return Err(FitError::OneOutcome { with: events as usize, rows: people as usize });
        }
        let scale = Scale::over(patterns, &weights, people);
        Ok(Self { patterns, weights, people, events, scale })
    }

    /// Other people with the same standardisation.
    pub(super) fn with(&self, weights: Vec<[f64; 2]>) -> Self {
        let people = weights.iter().map(|w| w[0]).sum();
        let events = weights.iter().map(|w| w[1]).sum();
        Self { patterns: self.patterns, weights, people, events, scale: self.scale.clone() }
    }

    pub(super) fn width(&self) -> usize {
        self.scale.means.len() + 1
    }

    pub(super) fn people(&self) -> f64 {
        self.people
    }

    /// No coefficient but the intercept.
    pub(super) fn flat(&self) -> Standard {
        let mut b = vec![0.0; self.width()];
        b[0] = (self.events / (self.people - self.events)).ln();
        b
    }

    /// The log-odds at the commonest codes, and how much each cell changes them.
    fn effects(&self, b: &[f64]) -> (f64, Vec<f64>) {
        let Scale { means, deviations } = &self.scale;
        let slopes: Vec<f64> = b[1..].iter().zip(deviations).map(|(b, d)| if *d > 0.0 { b / d } else { 0.0 }).collect();
        let centre = slopes.iter().zip(self.patterns.at_base.iter().zip(means)).map(|(s, (x, m))| s * (x - m));
        let start = b[0] + centre.sum::<f64>();
        let worth = |cell: usize| {
            self.patterns.entries_of(cell as u32).iter().map(|&(column, off)| slopes[usize::from(column)] * off).sum()
        };
        (start, (0..self.patterns.cell_count()).map(worth).collect())
    }

    /// Calls `visit` for each pattern with people: group, pattern, its people and events, its log-odds.
    fn each(&self, b: &[f64], mut visit: impl FnMut(u32, usize, [f64; 2], f64)) {
        let (start, effects) = self.effects(b);
        for (first, range) in &self.patterns.groups {
            let start = start + effects[*first as usize];
            for pattern in range.clone() {
                let weight = self.weights[pattern];
                if weight[0] > 0.0 {
                    let cells = self.patterns.cells_of(pattern);
                    let eta = cells.iter().fold(start, |sum, &cell| sum + effects[cell as usize]);
                    visit(*first, pattern, weight, eta);
                }
            }
        }
    }

    /// Mean negative log-likelihood.
    pub(super) fn deviance(&self, b: &[f64]) -> f64 {
        let mut loss = Loss::default();
        self.each(b, |_, _, weight, eta| loss.add(weight, eta, (-eta.abs()).exp()));
        loss.total() / self.people
    }

    /// Loss and gradient, and where wanted the curvature (the whole matrix, row by row).
    pub(super) fn derivatives(&self, b: &[f64], curvature: Option<&mut Vec<f64>>) -> Derivatives {
        let mut loss = Loss::default();
        let (mut by_cell, mut total, mut furthest) = (vec![0.0; self.patterns.cell_count()], 0.0, 0.0f64);
        let mut bend = curvature.as_ref().map(|_| Bend::new(self));
        self.each(b, |first, pattern, weight, eta| {
            furthest = furthest.max(eta.abs());
            let small = (-eta.abs()).exp();
            loss.add(weight, eta, small);
            let rare = small / (1.0 + small);
            let p = if eta >= 0.0 { 1.0 - rare } else { rare };
            let off = weight[0] * p - weight[1];
            total += off;
            by_cell[first as usize] += off;
            let cells = self.patterns.cells_of(pattern);
            for &cell in cells {
                by_cell[cell as usize] += off;
            }
            if let Some(bend) = &mut bend {
                bend.add(first, cells, weight[0] * rare * (1.0 - rare));
            }
        });
        if let (Some(bend), Some(matrix)) = (bend, curvature) {
            *matrix = bend.finish();
        }
        let mut gradient = vec![0.0; self.width()];
        gradient[0] = total;
        for (cell, off) in by_cell.iter().enumerate().filter(|(_, off)| **off != 0.0) {
            for &(column, value) in self.patterns.entries_of(cell as u32) {
                gradient[usize::from(column) + 1] += off * value;
            }
        }
        for (at, g) in gradient[1..].iter_mut().enumerate() {
            *g = self.standardised(at, *g, total);
        }
        for g in &mut gradient {
            *g /= self.people;
        }
        Derivatives { loss: loss.total() / self.people, gradient, furthest }
    }

    /// A sum over a column's differences from its value at the commonest code as one over the standardised column.
    fn standardised(&self, column: usize, sum: f64, total: f64) -> f64 {
        let (mean, deviation) = (self.scale.means[column], self.scale.deviations[column]);
        if deviation > 0.0 { (sum + (self.patterns.at_base[column] - mean) * total) / deviation } else { 0.0 }
    }

    /// Back to the columns' own scale.
    pub(super) fn model(&self, b: &[f64], steps: usize, converged: bool) -> Model {
        let mut intercept = b[0];
        let scales = self.scale.means.iter().zip(&self.scale.deviations);
        let coefficients = b[1..]
            .iter()
            .zip(scales)
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
}

impl Scale {
    fn over(patterns: &Patterns, weights: &[[f64; 2]], people: f64) -> Self {
        let mut by_cell = vec![0.0; patterns.cell_count()];
        for (first, range) in &patterns.groups {
            for pattern in range.clone() {
                by_cell[*first as usize] += weights[pattern][0];
                patterns.cells_of(pattern).iter().for_each(|&cell| by_cell[cell as usize] += weights[pattern][0]);
            }
        }
        let columns = patterns.at_base.len();
        let (mut means, mut squares, mut away) = (vec![0.0; columns], vec![0.0; columns], vec![0.0; columns]);
        let each = |visit: &mut dyn FnMut(usize, f64, f64)| {
            for (cell, n) in by_cell.iter().enumerate().filter(|(_, n)| **n > 0.0) {
                for &(column, off) in patterns.entries_of(cell as u32) {
                    visit(usize::from(column), off, *n);
                }
            }
        };
        each(&mut |column, off, n| means[column] += n * off / people);
        // Those at the commonest code are everybody else.
        each(&mut |column, off, n| {
            squares[column] += n * (off - means[column]).powi(2);
            away[column] += n;
        });
        let mut deviations = vec![0.0; columns];
        for column in 0..columns {
            let variance = (squares[column] + (people - away[column]) * means[column].powi(2)) / people;
            means[column] += patterns.at_base[column];
            let deviation = variance.max(0.0).sqrt();
            if deviation > 1e-10 * (1.0 + means[column].abs()) {
                deviations[column] = deviation;
            }
        }
        Self { means, deviations }
    }
}

/// The sum of minus the log of the chance of what happened.
#[derive(Default)]
struct Loss {
    sum: f64,
    /// A product whose logarithm is still to be added.
    product: Option<f64>,
}

impl Loss {
    /// `small` is the exponential of minus the size of the log-odds.
    fn add(&mut self, [people, events]: [f64; 2], eta: f64, small: f64) {
        // A person without the outcome loses ln(1 + e^eta), one with it ln(1 + e^-eta).
        self.sum += if eta >= 0.0 { (people - events) * eta } else { -events * eta };
        if people == 1.0 {
            let product = self.product.unwrap_or(1.0) * (1.0 + small);
            self.product = Some(product);
            if product > 1e200 {
                self.sum += product.ln();
                self.product = None;
            }
        } else {
            self.sum += people * small.ln_1p();
        }
    }

    fn total(&self) -> f64 {
        self.sum + self.product.map_or(0.0, f64::ln)
    }
}

/// The curvature, summed over patterns.
struct Bend<'p, 'a> {
    problem: &'p Problem<'a>,
    /// Sums over pairs of columns, each pair on one side of the diagonal or the other.
    pairs: Vec<f64>,
    singles: Vec<f64>,
    total: f64,
    /// The group so far: its first cell, its sum, and its sums by column.
    first: Option<u32>,
    of_group: f64,
    of_group_by_column: Vec<f64>,
    list: Vec<(u16, f64)>,
}

impl<'p, 'a> Bend<'p, 'a> {
    fn new(problem: &'p Problem<'a>) -> Self {
        let columns = problem.width() - 1;
        Self {
            problem,
            pairs: vec![0.0; columns * columns],
            singles: vec![0.0; columns],
            total: 0.0,
            first: None,
            of_group: 0.0,
            of_group_by_column: vec![0.0; columns],
            list: Vec::new(),
        }
    }

    fn add(&mut self, first: u32, cells: &[u32], weight: f64) {
        if self.first != Some(first) {
            self.end_group();
            self.first = Some(first);
        }
        self.of_group += weight;
        self.list.clear();
        for &cell in cells {
            self.list.extend_from_slice(self.problem.patterns.entries_of(cell));
        }
        let columns = self.singles.len();
        for (at, &(column, value)) in self.list.iter().enumerate() {
            let scaled = weight * value;
            self.of_group_by_column[usize::from(column)] += scaled;
            let row = &mut self.pairs[usize::from(column) * columns..(usize::from(column) + 1) * columns];
            for &(other, by) in &self.list[at..] {
                row[usize::from(other)] += scaled * by;
            }
        }
    }

    fn end_group(&mut self) {
        let Some(first) = self.first else { return };
        let columns = self.singles.len();
        let entries = self.problem.patterns.entries_of(first);
        for (at, &(column, value)) in entries.iter().enumerate() {
            let column = usize::from(column);
            self.singles[column] += value * self.of_group;
            let row = &mut self.pairs[column * columns..(column + 1) * columns];
            for &(other, by) in &entries[at..] {
                row[usize::from(other)] += value * by * self.of_group;
            }
            row.iter_mut().zip(&self.of_group_by_column).for_each(|(cell, sum)| *cell += value * sum);
        }
        self.total += self.of_group;
        self.singles.iter_mut().zip(&self.of_group_by_column).for_each(|(all, own)| *all += own);
        self.of_group = 0.0;
        self.of_group_by_column.fill(0.0);
    }

    /// The mean curvature in standardised columns, the intercept first.
    fn finish(mut self) -> Vec<f64> {
        self.end_group();
        let (columns, width) = (self.singles.len(), self.singles.len() + 1);
        let Scale { means, deviations } = &self.problem.scale;
        let shift: Vec<f64> = self.problem.patterns.at_base.iter().zip(means).map(|(x, m)| x - m).collect();
        let people = self.problem.people;
        let mut matrix = vec![0.0; width * width];
        matrix[0] = self.total / people;
        for a in 0..columns {
            let edge = self.problem.standardised(a, self.singles[a], self.total) / people;
            matrix[a + 1] = edge;
            matrix[(a + 1) * width] = edge;
            for b in 0..=a {
                if deviations[a] == 0.0 || deviations[b] == 0.0 {
                    continue;
                }
                let (one, other) = (self.pairs[a * columns + b], self.pairs[b * columns + a]);
                let pair = if a == b { one } else { one + other };
                let sum =
                    pair + shift[a] * self.singles[b] + shift[b] * self.singles[a] + shift[a] * shift[b] * self.total;
                let value = sum / (deviations[a] * deviations[b] * people);
                matrix[(a + 1) * width + b + 1] = value;
                matrix[(b + 1) * width + a + 1] = value;
            }
        }
        matrix
    }
}
