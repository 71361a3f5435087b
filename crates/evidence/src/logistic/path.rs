//! The penalty that predicts people who were not fitted best.

use super::fit::{Curvature, check, solve};
use super::patterns::Patterns;
use super::problem::Problem;
use super::{Column, FitError, Penalty};
use crate::random::Stream;

/// A penalty with what cross-validation said of all that were tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The best.
    pub penalty: Penalty,
    /// Each penalty tried, largest first, with the mean loss (minus log-likelihood) of those left out.
    pub tried: Vec<(f64, f64)>,
}

/// How a penalty is looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// 0 for ridge, 1 for lasso, between for the elastic net.
    pub alpha: f64,
    /// Parts of the rows, each left out once; at least 2.
    pub folds: usize,
    /// Rows used at most.
    pub most: usize,
    /// Seed that picks them and deals them to the folds.
    pub seed: u64,
    /// Folds worked out at a time. The answer does not depend on it.
    pub threads: usize,
}

/// Penalties tried.
const TRIED: usize = 20;
/// The smallest penalty tried, as a share of the largest.
const SMALLEST: f64 = 1e-4;
/// Fits of the search stop here: the loss is flat at its minimum, so that it differs by the square of this.
const NEAR: f64 = 1e-4;

/// Chooses the size of a penalty by cross-validation. A fold in which everybody or nobody had the outcome is left out.
pub fn choose(columns: &[Column<'_>], outcome: &[bool], rows: &[u32], search: &Search) -> Result<Chosen, FitError> {
    let alpha = search.alpha;
    check(Penalty { lambda: 0.0, alpha })?;
    let mut picked = rows.to_vec();
    Stream::new(search.seed).shuffle(&mut picked);
    picked.truncate(search.most.max(2));
    let folds = search.folds.max(2);
    let patterns = Patterns::new(columns, outcome, &picked, folds)?;
    let whole = Problem::new(&patterns, patterns.weights(|_| true))?;
    let largest = largest_penalty(&whole, alpha.max(0.01)).max(1e-12);
    let sizes: Vec<f64> = (0..TRIED).map(|n| largest * SMALLEST.powf(n as f64 / (TRIED - 1) as f64)).collect();
    let work = |first: usize, step: usize| -> Vec<(usize, Vec<f64>, f64)> {
        (first..folds).step_by(step).filter_map(|fold| one_fold(&patterns, fold, &sizes, alpha)).collect()
    };
    let threads = search.threads.clamp(1, folds);
    let mut done: Vec<(usize, Vec<f64>, f64)> = std::thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = (1..threads).map(|first| scope.spawn(move || work(first, threads))).collect();
        let own = work(0, threads);
        let others =
            others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        std::iter::once(own).chain(others).flatten().collect()
    });
    done.sort_by_key(|(fold, ..)| *fold);
    let counted: f64 = done.iter().map(|(_, _, people)| people).sum();
    if counted == 0.0 {
        // Too few outcomes to leave any out: the largest penalty is the safest.
        return Ok(Chosen { penalty: Penalty { lambda: largest, alpha }, tried: Vec::new() });
    }
    let mean = |n: usize| done.iter().map(|(_, losses, people)| losses[n] * people).sum::<f64>() / counted;
    let tried: Vec<(f64, f64)> = sizes.into_iter().enumerate().map(|(n, size)| (size, mean(n))).collect();
    let best = tried.iter().fold(tried[0], |best, &next| if next.1 < best.1 { next } else { best });
    Ok(Chosen { penalty: Penalty { lambda: best.0, alpha }, tried })
}

/// The mean loss of a fold at each size of penalty, fitted to the others, and its people.
fn one_fold(patterns: &Patterns, fold: usize, sizes: &[f64], alpha: f64) -> Option<(usize, Vec<f64>, f64)> {
    let inside = Problem::new(patterns, patterns.weights(|other| other != fold)).ok()?;
    let outside = inside.with(patterns.weights(|own| own == fold));
    if outside.people() == 0.0 {
        return None;
    }
    let (mut b, mut curvature) = (inside.flat(), Curvature::default());
    let losses = sizes
        .iter()
        .map(|&lambda| {
            b = solve(&inside, Penalty { lambda, alpha }, std::mem::take(&mut b), &mut curvature, NEAR).b;
            outside.deviance(&b)
        })
        .collect();
    Some((fold, losses, outside.people()))
}

/// The largest penalty that matters: with the lasso, every coefficient is 0 from here up.
fn largest_penalty(problem: &Problem<'_>, alpha: f64) -> f64 {
    let found = problem.derivatives(&problem.flat(), None);
    found.gradient[1..].iter().fold(0.0, |most: f64, g| most.max(g.abs())) / alpha.max(1e-3)
}
