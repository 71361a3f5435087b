//! Differences between two groups: of proportions with limits, and standardised.
//!
//! Sources: Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 1998
//! (method 10, from Wilson's limits without continuity correction); Austin, "Balance diagnostics for comparing the
//! distribution of baseline covariates between treatment groups", Statistics in Medicine 2009 (standardised differences).

use crate::distribution::Confidence;
use crate::rates::{Rate, RateError, proportion};

/// The difference of two independent proportions, first less second, times `per`, with Newcombe's limits.
pub fn of_proportions(
    first: (f64, f64),
    second: (f64, f64),
    per: f64,
    confidence: Confidence,
) -> Result<Rate, RateError> {
    let a = proportion(first.0, first.1, 1.0, confidence)?;
    let b = proportion(second.0, second.1, 1.0, confidence)?;
    let value = a.value - b.value;
    let below = (a.value - a.lower).hypot(b.upper - b.value);
    let above = (a.upper - a.value).hypot(b.value - b.lower);
    Ok(Rate { value: value * per, lower: (value - below) * per, upper: (value + above) * per })
}

/// The standardised difference of two proportions; 0 where neither varies and they are the same, `None` where neither
/// varies and they differ.
pub fn standardised_proportions(first: f64, second: f64) -> Option<f64> {
    standardised(first - second, first * (1.0 - first), second * (1.0 - second))
}

/// The standardised difference of two means, from their standard deviations.
pub fn standardised_means(first: (f64, f64), second: (f64, f64)) -> Option<f64> {
    standardised(first.0 - second.0, first.1 * first.1, second.1 * second.1)
}

fn standardised(difference: f64, first: f64, second: f64) -> Option<f64> {
    let spread = f64::midpoint(first, second).sqrt();
    let value = if difference == 0.0 { 0.0 } else { difference / spread };
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe 1998, table II, method 10.
    #[test]
    fn the_limits_that_newcombe_printed() {
        for (first, second, lower, upper) in [
            ((56.0, 70.0), (48.0, 80.0), 0.0524, 0.3339),
            ((9.0, 10.0), (3.0, 10.0), 0.1705, 0.8090),
            ((6.0, 7.0), (2.0, 7.0), 0.0582, 0.8062),
            ((5.0, 56.0), (0.0, 29.0), -0.0381, 0.1926),
            ((0.0, 10.0), (0.0, 20.0), -0.1611, 0.2775),
            ((0.0, 10.0), (0.0, 10.0), -0.2775, 0.2775),
            ((10.0, 10.0), (0.0, 20.0), 0.6791, 1.0000),
            ((10.0, 10.0), (0.0, 10.0), 0.6075, 1.0000),
        ] {
            let found = of_proportions(first, second, 1.0, Confidence::P95).unwrap();
            assert!((found.lower - lower).abs() < 6e-5, "{first:?} {second:?}: {found:?}");
            assert!((found.upper - upper).abs() < 6e-5, "{first:?} {second:?}: {found:?}");
        }
        assert!(of_proportions((1.0, 0.0), (0.0, 5.0), 1.0, Confidence::P95).is_err());
    }

    #[test]
    fn standardised_differences() {
        // (0.5 - 0.3) / sqrt((0.25 + 0.21) / 2) = 0.41703
        assert!((standardised_proportions(0.5, 0.3).unwrap() - 0.41703).abs() < 1e-5);
        // Means 60 and 55, standard deviations 10 and 12: 5 / sqrt(122) = 0.45268
        assert!((standardised_means((60.0, 10.0), (55.0, 12.0)).unwrap() - 0.45268).abs() < 1e-5);
        assert_eq!(standardised_proportions(1.0, 1.0), Some(0.0));
        assert_eq!(standardised_proportions(1.0, 0.0), None);
    }
}
