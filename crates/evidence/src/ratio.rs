//! A ratio of two sums over people, such as cost per member per month: what everybody's care cost over everybody's member months.
//!
//! The ratio is that of the sums, not the mean of each person's own ratio. Its variance is that of a ratio estimate (Cochran,
//! "Sampling techniques", third edition, 1977, section 6.3, without the correction for a finite population: the people of a year
//! are taken as a sample of those who might have been there): with residuals `e = y - R x`,
//! `var(R) = n / (n - 1) x sum(e^2) / X^2`. Costs are skewed to the right, so the limits are set on the logarithm
//! (`R x exp(+-z x se / R)`, the delta method), which keeps them above nothing.

use crate::distribution::Confidence;
use crate::rates::{Rate, RateError};

/// Sums over people of a numerator `y` and a denominator `x`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RatioSums {
    /// People.
    pub n: f64,
    /// The sum of numerators.
    pub y: f64,
    /// The sum of denominators.
    pub x: f64,
    /// The sum of squared numerators.
    pub yy: f64,
    /// The sum of products.
    pub xy: f64,
    /// The sum of squared denominators.
    pub xx: f64,
}

impl RatioSums {
    /// Adds one person.
    pub fn add(&mut self, y: f64, x: f64) {
        self.n += 1.0;
        self.y += y;
        self.x += x;
        self.yy += y * y;
        self.xy += x * y;
        self.xx += x * x;
    }

    /// The ratio of the sums.
    pub fn ratio(&self) -> Result<f64, RateError> {
        if !self.y.is_finite() {
            return Err(RateError::BadCount);
        }
        if !(self.x > 0.0 && self.x.is_finite()) {
            return Err(RateError::BadPopulation);
        }
        Ok(self.y / self.x)
    }

    /// The standard error of the ratio; at least two people are needed.
    pub fn standard_error(&self) -> Result<f64, RateError> {
        let ratio = self.ratio()?;
        if self.n < 2.0 {
            return Err(RateError::TooFewValues);
        }
        let residuals = (self.yy - 2.0 * ratio * self.xy + ratio * ratio * self.xx).max(0.0);
        Ok((self.n / (self.n - 1.0) * residuals).sqrt() / self.x)
    }

    /// The ratio with its limits. Where it is not above nothing, its logarithm does not exist and the limits are the normal ones.
    pub fn limits(&self, confidence: Confidence) -> Result<Rate, RateError> {
        let (value, error) = (self.ratio()?, self.standard_error()?);
        Ok(around(value, error, confidence))
    }
}

/// Limits of a positive quantity on its logarithm, from its standard error.
pub fn around(value: f64, error: f64, confidence: Confidence) -> Rate {
    let reach = confidence.z() * error;
    if value > 0.0 {
        let factor = (reach / value).exp();
        return Rate { value, lower: value / factor, upper: value * factor };
    }
    Rate { value, lower: value - reach, upper: value + reach }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(people: &[(f64, f64)]) -> RatioSums {
        people.iter().fold(RatioSums::default(), |mut sums, &(y, x)| {
            sums.add(y, x);
            sums
        })
    }

    /// Four people by hand: costs 120, 0, 60, 20 over 12, 12, 6, 2 months. R = 200 / 32 = 6.25; residuals 45, -75, 22.5, 7.5,
    /// squares 2025 + 5625 + 506.25 + 56.25 = 8212.5; var = 4 / 3 x 8212.5 / 1024 = 10.693...
    #[test]
    fn by_hand() {
        let sums = of(&[(120.0, 12.0), (0.0, 12.0), (60.0, 6.0), (20.0, 2.0)]);
        assert!((sums.ratio().unwrap_or(0.0) - 6.25).abs() < 1e-12);
        let error = sums.standard_error().unwrap_or(0.0);
        assert!((error * error - 4.0 / 3.0 * 8212.5 / 1024.0).abs() < 1e-9, "{error}");
        let rate = sums.limits(Confidence::P95).unwrap_or(Rate { value: 0.0, lower: 0.0, upper: 0.0 });
        assert!((rate.lower * rate.upper - 6.25 * 6.25).abs() < 1e-9 && rate.lower > 0.0);
    }

    #[test]
    fn no_people_no_ratio() {
        assert_eq!(of(&[]).limits(Confidence::P95), Err(RateError::BadPopulation));
        assert_eq!(of(&[(3.0, 1.0)]).limits(Confidence::P95), Err(RateError::TooFewValues));
        assert_eq!(of(&[(0.0, 1.0), (0.0, 4.0)]).limits(Confidence::P95).map(|r| (r.lower, r.upper)), Ok((0.0, 0.0)));
    }

    proptest! {
        /// Months in other units scale the ratio and its limits; everybody twice narrows them and leaves the ratio.
        #[test]
        fn laws(people in proptest::collection::vec((0.0f64..1e6, 0.1f64..12.0), 3..40)) {
            let once = of(&people);
            let scaled: Vec<(f64, f64)> = people.iter().map(|(y, x)| (*y, x * 10.0)).collect();
            let twice: Vec<(f64, f64)> = people.iter().chain(&people).copied().collect();
            let (a, b, c) = (once.limits(Confidence::P95), of(&scaled).limits(Confidence::P95), of(&twice).limits(Confidence::P95));
            let (Ok(a), Ok(b), Ok(c)) = (a, b, c) else { return Err(TestCaseError::fail("no limits")) };
            prop_assert!((a.upper / 10.0 - b.upper).abs() <= 1e-6 * a.upper.max(1e-9));
            prop_assert!((a.value - c.value).abs() <= 1e-9 * a.value.max(1.0) && c.upper <= a.upper && c.lower >= a.lower);
        }
    }
}
