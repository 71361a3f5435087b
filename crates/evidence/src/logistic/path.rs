//! The penalty that predicts people who were not fitted best.

use super::fit::{Design, check};
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

/// Penalties tried.
const TRIED: usize = 20;
/// The smallest penalty tried, as a share of the largest.
const SMALLEST: f64 = 1e-4;

/// Chooses the size of a penalty by cross-validation in so many folds (at least 2) over at most `most` of the rows, which the
/// seed picks. A fold in which everybody or nobody had the outcome is left out.
pub fn choose(
    columns: &[Column<'_>],
    outcome: &[bool],
    rows: &[u32],
    alpha: f64,
    folds: usize,
    most: usize,
    seed: u64,
) -> Result<Chosen, FitError> {
    check(Penalty { lambda: 0.0, alpha })?;
    let mut picked = rows.to_vec();
    Stream::new(seed).shuffle(&mut picked);
    picked.truncate(most.max(2));
    let whole = Design::new(columns, outcome, &picked)?;
    let folds = folds.max(2);
    let largest = whole.largest_penalty(alpha.max(0.01)).max(1e-12);
    let sizes: Vec<f64> = (0..TRIED).map(|n| largest * SMALLEST.powf(n as f64 / (TRIED - 1) as f64)).collect();
    let mut losses = vec![0.0; TRIED];
    let mut counted = 0.0;
    for fold in 0..folds {
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for (place, &row) in picked.iter().enumerate() {
            if place % folds == fold { outside.push(row) } else { inside.push(row) }
        }
        let Ok(design) = Design::new(columns, outcome, &inside) else { continue };
        if outside.is_empty() {
            continue;
        }
        let held_out = design.with_rows(&outside);
        let (mut b, mut curvature) = (design.flat(), Vec::new());
        for (size, sum) in sizes.iter().zip(&mut losses) {
            let (next, _, _) = design.solve(Penalty { lambda: *size, alpha }, b, &mut curvature);
            *sum += held_out.deviance(&next) * outside.len() as f64;
            b = next;
        }
        counted += outside.len() as f64;
    }
    if counted == 0.0 {
        // Too few outcomes to leave any out: the largest penalty is the safest.
        return Ok(Chosen { penalty: Penalty { lambda: largest, alpha }, tried: Vec::new() });
    }
    let tried: Vec<(f64, f64)> = sizes.into_iter().zip(losses.iter().map(|sum| sum / counted)).collect();
    let best = tried.iter().fold(tried[0], |best, &next| if next.1 < best.1 { next } else { best });
    Ok(Chosen { penalty: Penalty { lambda: best.0, alpha }, tried })
}
