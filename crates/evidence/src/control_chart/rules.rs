//! The rules that tell special from common cause, within one group of limits.

use super::{Cause, limits::Limited};

/// How many points in a row make a shift, and a trend (six steps in one direction).
const RUN: usize = 7;

/// The cause of each point, the strongest rule first: outside a limit, two in three near it, trend, shift.
pub(super) fn causes(points: &[Limited]) -> Vec<Cause> {
    let sides: Vec<i8> = points.iter().map(Limited::side).collect();
    let near: Vec<bool> = points.iter().map(Limited::near_limit).collect();
    let steps: Vec<i8> = points
        .windows(2)
        .map(|pair| i8::from(pair[1].value > pair[0].value) - i8::from(pair[1].value < pair[0].value))
        .collect();
    let shifts = runs(&sides, RUN);
    let trends = points_of_trends(&runs(&steps, RUN - 1), points.len());
    let pairs = two_in_three(&near, &sides);
    (0..points.len())
        .map(|place| match (points[place].outside(), pairs[place], trends[place], shifts[place]) {
            (1, ..) => Cause::AboveLimit,
            (-1, ..) => Cause::BelowLimit,
            (_, 1, ..) => Cause::TwoInThreeAbove,
            (_, -1, ..) => Cause::TwoInThreeBelow,
            (_, _, 1, _) => Cause::TrendUp,
            (_, _, -1, _) => Cause::TrendDown,
            (_, _, _, 1) => Cause::ShiftAbove,
            (_, _, _, -1) => Cause::ShiftBelow,
            _ => Cause::Common,
        })
        .collect()
}

/// The sign of each place that is part of an unbroken run of `least` or more equal signs; 0 elsewhere.
fn runs(signs: &[i8], least: usize) -> Vec<i8> {
    let mut marked = Vec::with_capacity(signs.len());
    for run in signs.chunk_by(|first, second| first == second) {
        let mark = if run.len() >= least { run[0] } else { 0 };
        marked.extend(std::iter::repeat_n(mark, run.len()));
    }
    marked
}

/// A point is part of a trend when the step to it or from it is; the earlier trend wins at a turning point.
fn points_of_trends(steps: &[i8], count: usize) -> Vec<i8> {
    let step = |place: Option<usize>| place.and_then(|place| steps.get(place)).copied().unwrap_or(0);
    (0..count)
        .map(|place| match step(place.checked_sub(1)) {
            0 => step(Some(place)),
            before => before,
        })
        .collect()
}

/// The side of each near-limit point that has another beside it in three points on one side of the mean.
fn two_in_three(near: &[bool], sides: &[i8]) -> Vec<i8> {
    let mut marked = vec![0; near.len()];
    for start in 0..near.len().saturating_sub(2) {
        let window = start..start + 3;
        let one_side = sides[window.clone()].iter().all(|&side| side != 0 && side == sides[start]);
        if one_side && near[window.clone()].iter().filter(|&&close| close).count() >= 2 {
            for place in window.filter(|&place| near[place]) {
                marked[place] = sides[place];
            }
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_make_a_run_and_six_do_not() {
        assert_eq!(runs(&[1; 7], RUN), [1; 7]);
        assert_eq!(runs(&[1; 6], RUN), [0; 6]);
        assert_eq!(runs(&[0; 9], RUN), [0; 9]);
        assert_eq!(points_of_trends(&runs(&[-1; 6], 6), 7), [-1; 7]);
    }

    #[test]
    fn two_in_three_wants_one_side() {
        assert_eq!(two_in_three(&[true, false, true], &[1, 1, 1]), [1, 0, 1]);
        assert_eq!(two_in_three(&[true, false, true], &[1, -1, 1]), [0, 0, 0]);
    }
}
