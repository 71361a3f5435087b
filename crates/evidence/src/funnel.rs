//! Funnel limits: how far a place of some size may lie from the common value by chance alone.
//!
//! Source: Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 2005; limits at
//! 95 % and 99.8 % as in the technical guidance of Fingertips. A place lies outside the funnel exactly when the interval of
//! its own value (Wilson's, or that of a Poisson count) leaves the common value out.

use crate::distribution::{Confidence, bisect};
use crate::rates::{count_limits, exact_poisson, wilson};

/// Where a place stands against the common value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Position {
    /// Below the 99.8 % limit.
    FarBelow,
    /// Below the 95 % limit.
    Below,
    /// Within the limits: no more than chance.
    Within,
    /// Above the 95 % limit.
    Above,
    /// Above the 99.8 % limit.
    FarAbove,
}

/// The funnel of a proportion (`baseline` from 0 to 1) at `population` people: lower and upper limit, from 0 to 1.
pub fn proportion_limits(baseline: f64, population: f64, confidence: Confidence) -> (f64, f64) {
    // Wilson's limit of p equals the baseline just where p lies z standard errors of the baseline away from it.
    let half = confidence.z() * (baseline * (1.0 - baseline) / population).max(0.0).sqrt();
    ((baseline - half).max(0.0), (baseline + half).min(1.0))
}

/// The numbers of expected events at which so many observed events lie just on the lower and on the upper funnel limit.
///
/// The limits of the ratio there are `observed / first` and `observed / second`: drawn against expected events they are the
/// funnel of an indirectly standardised ratio.
pub fn expected_at_limits(observed: f64, confidence: Confidence) -> (f64, f64) {
    let (lower, upper) = exact_poisson(observed, confidence);
    (upper, lower)
}

/// The funnel of a count where `expected` events are expected: lower and upper count; divide by `expected` for a ratio, or
/// by the person-time for a rate.
pub fn count_funnel(expected: f64, confidence: Confidence) -> (f64, f64) {
    let (least, most) = count_limits(expected, confidence);
    let reach = 4.0 * (most - least) + 20.0;
    let lowest = (expected - reach).max(0.0);
    let lower = if count_limits(0.0, confidence).1 >= expected {
        0.0
    } else {
        bisect(lowest, expected, |count| count_limits(count, confidence).1 < expected)
    };
    let upper = bisect(expected, expected + reach, |count| count_limits(count, confidence).0 < expected);
    (lower, upper)
}

/// The funnel of a rate: the limits per `per` at `person_time`, around a common rate of `baseline` per `per`.
pub fn rate_limits(baseline: f64, person_time: f64, per: f64, confidence: Confidence) -> (f64, f64) {
    let (lower, upper) = count_funnel(baseline * person_time / per, confidence);
    (lower * per / person_time, upper * per / person_time)
}

/// Where a proportion stands against the baseline (from 0 to 1).
pub fn proportion_position(numerator: f64, denominator: f64, baseline: f64) -> Position {
    position(baseline, |confidence| wilson(numerator, denominator, confidence))
}

/// Where a count stands against the expected count.
pub fn count_position(observed: f64, expected: f64) -> Position {
    position(expected, |confidence| count_limits(observed, confidence))
}

fn position(baseline: f64, limits: impl Fn(Confidence) -> (f64, f64)) -> Position {
    let (lower, upper) = limits(Confidence::P95);
    let (far_lower, far_upper) = limits(Confidence::P998);
    if far_lower > baseline {
        Position::FarAbove
    } else if far_upper < baseline {
        Position::FarBelow
    } else if lower > baseline {
        Position::Above
    } else if upper < baseline {
        Position::Below
    } else {
        Position::Within
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A count beyond the funnel is one whose own interval leaves the expected count out.
        #[test]
        fn the_funnel_and_the_interval_agree(observed in 0u32..400, expected in 0.5f64..400.0) {
            let observed = f64::from(observed);
            let (lower, upper) = count_funnel(expected, Confidence::P95);
            prop_assert!(lower <= expected && expected <= upper);
            let outside = !matches!(count_position(observed, expected), Position::Within);
            // At ten events the exact limits give way to Byar's, with a step smaller than this margin.
            let near = (observed - lower).abs() < 0.1 || (observed - upper).abs() < 0.1;
            prop_assert!(near || outside == (observed < lower || observed > upper));
        }

        #[test]
        fn larger_places_have_narrower_funnels(baseline in 0.01f64..0.99, population in 10u32..100_000) {
            let small = proportion_limits(baseline, f64::from(population), Confidence::P998);
            let large = proportion_limits(baseline, f64::from(population) * 4.0, Confidence::P998);
            prop_assert!(large.0 >= small.0 && large.1 <= small.1);
        }
    }
}
