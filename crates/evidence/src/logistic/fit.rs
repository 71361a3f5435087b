//! One fit: Newton's steps outside; inside, the quadratic with its penalty, at once for ridge and by coordinates for the lasso.

use super::patterns::Patterns;
use super::problem::{FURTHEST, Problem, Standard};
use super::{Column, FitError, Model, Penalty};
use crate::symmetric::Cholesky;

/// Newton's steps at most.
const MOST_STEPS: usize = 100;
/// Rounds of coordinate descent at most for each step.
const MOST_ROUNDS: usize = 2000;
/// A step that moves no standardised coefficient by more than this is the last.
pub(super) const AT_REST: f64 = 1e-9;
/// A step no longer than this is taken whatever the objective says.
const SHORT: f64 = 1e-2;

/// Where the steps of a fit ended.
pub(super) struct Solved {
    pub(super) b: Standard,
    pub(super) steps: usize,
    pub(super) converged: bool,
}

/// The curvature last worked out, kept from fit to fit: it is renewed when steps get slow.
#[derive(Default)]
pub(super) struct Curvature(Vec<f64>);

/// Minimises from a start until no coefficient moves by more than `at_rest`.
pub(super) fn solve(
    problem: &Problem<'_>,
    penalty: Penalty,
    start: Standard,
    curvature: &mut Curvature,
    at_rest: f64,
) -> Solved {
    let width = problem.width();
    let mut b = start;
    let mut renew = curvature.0.len() != width * width;
    // The point before, its objective, and how far the step from it went.
    let (mut from, mut before, mut last) = (b.clone(), f64::INFINITY, f64::INFINITY);
    for steps in 1..=MOST_STEPS {
        let found = problem.derivatives(&b, if renew { Some(&mut curvature.0) } else { None });
        if found.furthest > FURTHEST {
            // Something separates the outcome and no penalty holds it: there is no minimum to come to.
            return Solved { b, steps, converged: false };
        }
        let objective = found.loss + cost(&b, penalty);
        // A step that made things worse is halved; a short one of Newton's cannot overshoot.
        if objective > before * (1.0 + 1e-12) && last > SHORT {
            b.iter_mut().zip(&from).for_each(|(b, from)| *b = f64::midpoint(*b, *from));
            last *= 0.5;
            continue;
        }
        let wanted = minimum(&found.gradient, &curvature.0, &b, penalty);
        let moved = b.iter().zip(&wanted).fold(0.0, |most: f64, (x, y)| most.max((x - y).abs()));
        from = std::mem::replace(&mut b, wanted);
        before = objective;
        if moved < at_rest {
            return Solved { b, steps, converged: true };
        }
        // An old curvature makes steps shrink slowly; a new one makes them shrink as the square.
        renew = moved > 0.1 * last || moved > 0.1;
        last = moved;
    }
    Solved { b, steps: MOST_STEPS, converged: false }
}

fn cost(b: &[f64], penalty: Penalty) -> f64 {
    let of = |b: &f64| penalty.alpha * b.abs() + 0.5 * (1.0 - penalty.alpha) * b * b;
    penalty.lambda * b[1..].iter().map(of).sum::<f64>()
}

/// The minimum of the quadratic with the penalty.
fn minimum(gradient: &[f64], curvature: &[f64], from: &[f64], penalty: Penalty) -> Standard {
    let squares_only = penalty.lambda * penalty.alpha == 0.0;
    let found = if squares_only { at_once(gradient, curvature, from, penalty.lambda) } else { None };
    found.unwrap_or_else(|| descend(gradient, curvature, from, penalty))
}

/// Squares only: one system of equations. `None` where columns depend on each other and nothing holds them.
fn at_once(gradient: &[f64], curvature: &[f64], from: &[f64], ridge: f64) -> Option<Standard> {
    let width = gradient.len();
    let mut matrix = curvature.to_vec();
    let mut step: Vec<f64> = gradient.iter().map(|g| -g).collect();
    for at in 1..width {
        step[at] -= ridge * from[at];
        // A column that never varies has no curvature and stays at 0.
        let own = &mut matrix[at * width + at];
        *own = if *own > 0.0 { *own + ridge } else { 1.0 };
    }
    let factor = Cholesky::new(&matrix, width);
    if factor.kept().iter().any(|kept| !kept) {
        return None;
    }
    factor.solve(&mut step);
    Some(from.iter().zip(&step).map(|(b, s)| b + s).collect())
}

/// Coordinate by coordinate.
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
    let patterns = Patterns::new(columns, outcome, rows, 1)?;
    let problem = Problem::new(&patterns, patterns.weights(|_| true))?;
    let Solved { b, steps, converged } = solve(&problem, penalty, problem.flat(), &mut Curvature::default(), AT_REST);
    Ok(problem.model(&b, steps, converged))
}

pub(super) fn check(penalty: Penalty) -> Result<(), FitError> {
    let good = penalty.lambda.is_finite() && penalty.lambda >= 0.0 && (0.0..=1.0).contains(&penalty.alpha);
    if good { Ok(()) } else { Err(FitError::BadPenalty) }
}
