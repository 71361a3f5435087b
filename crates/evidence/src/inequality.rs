//! Slope and relative index of inequality.
//!
//! Source: technical guidance of Fingertips: each quantile of deprivation is put at the middle of its share of the ranked
//! population, a straight line is fitted by least squares weighted by population; the slope index is the line's rise from the
//! most to the least deprived person, the relative index the ratio of its two ends. Limits: each quantile's value is drawn
//! again from its own distribution (normal; on the logarithmic scale for rates, on the logit scale for proportions).

use crate::distribution::{Confidence, bisect, normal_below, normal_quantile};
use crate::random::Stream;

/// How a value's uncertainty is shaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// Normal (life expectancy, means).
    #[default]
    Normal,
    /// Normal on the logarithmic scale (rates).
    Rate,
    /// Normal on the logit scale (proportions from 0 to 1).
    Proportion,
}

/// What is known of one quantile's uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread {
    /// Standard error, on the scale of the [`Shape`].
    StandardError(f64),
    /// The limits of 95 %, on the natural scale.
    Limits95(f64, f64),
}

/// One quantile, in the order from the most to the least deprived.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile {
    /// People.
    pub population: f64,
    /// The indicator's value.
    pub value: f64,
    /// How uncertain it is.
    pub spread: Spread,
}

/// A figure with its limits of 95 % and 99.8 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Index {
    /// The value.
    pub value: f64,
    /// Lower and upper limit of 95 %.
    pub limits95: (f64, f64),
    /// Lower and upper limit of 99.8 %.
    pub limits998: (f64, f64),
}

/// Both indices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inequality {
    /// Slope index, in the value's unit.
    pub slope: Index,
    /// Relative index, a ratio.
    pub relative: Index,
    /// Height of the line at the most deprived end.
    pub intercept: f64,
}

/// Why there is no index. Each message completes "failed to ...".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InequalityError {
    /// Too few or too many quantiles.
    #[error("work out a slope index: from 5 to 100 quantiles are needed")]
    QuantileCount,
    /// Nobody in one.
    #[error("work out a slope index: every quantile needs a population above 0")]
    BadPopulation,
    /// Missing or impossible for its shape.
    #[error("work out a slope index: every quantile needs a value that fits its type")]
    BadValue,
    /// Missing or negative.
    #[error("work out a slope index: every quantile needs a standard error or limits")]
    BadSpread,
}

/// Draws for limits where there is no closed form.
const DRAWS: usize = 100_000;

/// The indices of one area; `seed` starts the draws (used only for rates and proportions, and not for the values themselves).
pub fn inequality(quantiles: &[Quantile], shape: Shape, seed: u64) -> Result<Inequality, InequalityError> {
    if !(5..=100).contains(&quantiles.len()) {
        return Err(InequalityError::QuantileCount);
    }
    if quantiles.iter().any(|q| !q.population.is_finite() || q.population <= 0.0) {
        return Err(InequalityError::BadPopulation);
    }
    let line = Line::of(quantiles);
    let values: Vec<f64> = quantiles.iter().map(|q| q.value).collect();
    let draws: Vec<(f64, f64)> = quantiles.iter().map(|q| on_scale(q, shape)).collect::<Result<_, _>>()?;
    let (slope, intercept) = line.fit(&values);
    let ratio = (intercept + slope) / intercept;
    let (slope, relative) = if shape == Shape::Normal {
        let by_normal = Moments::of(&line, &draws);
        (by_level(slope, |p| by_normal.slope(p)), by_level(ratio, |p| by_normal.ratio(p)))
    } else {
        let (mut slopes, mut ratios) = simulate(&line, &draws, shape, seed);
        slopes.sort_by(f64::total_cmp);
        ratios.sort_by(f64::total_cmp);
        (by_level(slope, |p| sample_quantile(&slopes, p)), by_level(ratio, |p| sample_quantile(&ratios, p)))
    };
    Ok(Inequality { slope, relative, intercept })
}

fn by_level(value: f64, at: impl Fn(f64) -> f64) -> Index {
    let limits = |confidence: Confidence| (at(0.5 * confidence.alpha()), at(1.0 - 0.5 * confidence.alpha()));
    Index { value, limits95: limits(Confidence::P95), limits998: limits(Confidence::P998) }
}

/// The weighted line through values at the middles of the quantiles: both of its figures are sums of the values, each times
/// a fixed factor.
struct Line {
    slope: Vec<f64>,
    intercept: Vec<f64>,
}

impl Line {
    fn of(quantiles: &[Quantile]) -> Self {
        let total: f64 = quantiles.iter().map(|q| q.population).sum();
        let shares: Vec<f64> = quantiles.iter().map(|q| q.population / total).collect();
        let mut before = 0.0;
        let middles: Vec<f64> = shares
            .iter()
            .map(|share| {
                before += share;
                before - 0.5 * share
            })
            .collect();
        let mean: f64 = shares.iter().zip(&middles).map(|(share, middle)| share * middle).sum();
        let square: f64 = shares.iter().zip(&middles).map(|(share, middle)| share * (middle - mean).powi(2)).sum();
        let slope: Vec<f64> =
            shares.iter().zip(&middles).map(|(share, middle)| share * (middle - mean) / square).collect();
        let intercept = shares.iter().zip(&slope).map(|(share, slope)| share - mean * slope).collect();
        Self { slope, intercept }
    }

    fn fit(&self, values: &[f64]) -> (f64, f64) {
        let sum = |factors: &[f64]| factors.iter().zip(values).map(|(factor, value)| factor * value).sum::<f64>();
        (sum(&self.slope), sum(&self.intercept))
    }
}

/// Mean and standard error of a quantile on the scale on which it is normal.
fn on_scale(quantile: &Quantile, shape: Shape) -> Result<(f64, f64), InequalityError> {
    let scale = |value: f64| match shape {
        Shape::Normal => value,
        Shape::Rate => value.ln(),
        Shape::Proportion => (value / (1.0 - value)).ln(),
    };
    let mean = scale(quantile.value);
    if !mean.is_finite() {
        return Err(InequalityError::BadValue);
    }
    let error = match quantile.spread {
        Spread::StandardError(error) => error,
        Spread::Limits95(lower, upper) => (scale(upper) - scale(lower)) / (2.0 * Confidence::P95.z()),
    };
    if error.is_finite() && error >= 0.0 { Ok((mean, error)) } else { Err(InequalityError::BadSpread) }
}

/// Means, variances and covariance of slope and intercept where the values are normal.
struct Moments {
    slope: (f64, f64),
    intercept: (f64, f64),
    covariance: f64,
}

impl Moments {
    fn of(line: &Line, values: &[(f64, f64)]) -> Self {
        let (mut slope, mut intercept, mut covariance) = ((0.0, 0.0), (0.0, 0.0), 0.0);
        for ((&s, &i), &(mean, error)) in line.slope.iter().zip(&line.intercept).zip(values) {
            let variance = error * error;
            slope = (slope.0 + s * mean, slope.1 + s * s * variance);
            intercept = (intercept.0 + i * mean, intercept.1 + i * i * variance);
            covariance += s * i * variance;
        }
        Self { slope, intercept, covariance }
    }

    fn slope(&self, p: f64) -> f64 {
        self.slope.0 + normal_quantile(p) * self.slope.1.sqrt()
    }

    /// The ratio is below `r` just where slope + (1 - r) intercept is below 0 (the low end of the line being above 0), and
    /// that sum is normal.
    fn ratio(&self, p: f64) -> f64 {
        let below = |r: f64| {
            let k = 1.0 - r;
            let mean = self.slope.0 + k * self.intercept.0;
            let variance = self.slope.1 + k * k * self.intercept.1 + 2.0 * k * self.covariance;
            normal_below(-mean / variance.max(1e-300).sqrt())
        };
        let middle = 1.0 + self.slope.0 / self.intercept.0;
        let reach = 10.0 * (1.0 + middle.abs());
        bisect(middle - reach, middle + reach, |r| below(r) < p)
    }
}

fn simulate(line: &Line, values: &[(f64, f64)], shape: Shape, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut stream = Stream::new(seed);
    let (mut slopes, mut ratios) = (Vec::with_capacity(DRAWS), Vec::with_capacity(DRAWS));
    let mut drawn = vec![0.0; values.len()];
    let mut spare = None;
    for _ in 0..DRAWS {
        for (value, &(mean, error)) in drawn.iter_mut().zip(values) {
            let on_scale = mean + error * normal(&mut stream, &mut spare);
            *value = match shape {
                Shape::Normal => on_scale,
                Shape::Rate => on_scale.exp(),
                Shape::Proportion => 1.0 / (1.0 + (-on_scale).exp()),
            };
        }
        let (slope, intercept) = line.fit(&drawn);
        slopes.push(slope);
        ratios.push((intercept + slope) / intercept);
    }
    (slopes, ratios)
}

/// A standard normal number (Marsaglia's polar method; every second is kept for the next call).
fn normal(stream: &mut Stream, spare: &mut Option<f64>) -> f64 {
    if let Some(kept) = spare.take() {
        return kept;
    }
    let mut unit = || (stream.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
    loop {
        let (x, y) = (unit(), unit());
        let square = x * x + y * y;
        if square > 0.0 && square < 1.0 {
            let factor = (-2.0 * square.ln() / square).sqrt();
            *spare = Some(y * factor);
            return x * factor;
        }
    }
}

/// The quantile of sorted values, between the two nearest (Hyndman and Fan's type 7).
fn sample_quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let low = place.floor() as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (place - low as f64) * (sorted[high] - sorted[low])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn deciles(value: impl Fn(usize) -> f64, error: f64) -> Vec<Quantile> {
        (0..10)
            .map(|n| Quantile {
                population: 900.0 + 50.0 * n as f64,
                value: value(n),
                spread: Spread::StandardError(error),
            })
            .collect()
    }

    proptest! {
        /// Values on a straight line over the ranked population give that line back.
        #[test]
        fn a_straight_line(height in 50.0f64..90.0, rise in -20.0f64..20.0) {
            let line = Line::of(&deciles(|_| 0.0, 0.0));
            let quantiles = deciles(|n| n as f64, 1.0);
            let total: f64 = quantiles.iter().map(|q| q.population).sum();
            let mut before = 0.0;
            let values: Vec<f64> = quantiles.iter().map(|q| {
                let middle = (before + 0.5 * q.population) / total;
                before += q.population;
                height + rise * middle
            }).collect();
            let (slope, intercept) = line.fit(&values);
            prop_assert!((slope - rise).abs() < 1e-9 && (intercept - height).abs() < 1e-9);
        }
    }

    /// The closed form and the draws agree where both are possible.
    #[test]
    fn draws_and_closed_form_agree() {
        let quantiles = deciles(|n| 70.0 + n as f64, 0.8);
        let found = inequality(&quantiles, Shape::Normal, 1).unwrap();
        let line = Line::of(&quantiles);
        let values: Vec<(f64, f64)> = quantiles.iter().map(|q| on_scale(q, Shape::Normal).unwrap()).collect();
        let (mut slopes, mut ratios) = simulate(&line, &values, Shape::Normal, 7);
        slopes.sort_by(f64::total_cmp);
        ratios.sort_by(f64::total_cmp);
        assert!((sample_quantile(&slopes, 0.025) - found.slope.limits95.0).abs() < 0.03);
        assert!((sample_quantile(&slopes, 0.975) - found.slope.limits95.1).abs() < 0.03);
        assert!((sample_quantile(&ratios, 0.025) - found.relative.limits95.0).abs() < 0.001);
        assert!((sample_quantile(&ratios, 0.999) - found.relative.limits998.1).abs() < 0.002);
    }

    #[test]
    fn what_cannot_be_worked_out_says_why() {
        let good = deciles(|n| 0.1 + 0.01 * n as f64, 0.1);
        assert_eq!(inequality(&good[..4], Shape::Normal, 1), Err(InequalityError::QuantileCount));
        assert!(inequality(&good, Shape::Proportion, 1).is_ok());
        let mut bad = good.clone();
        bad[2].value = 1.5;
        assert_eq!(inequality(&bad, Shape::Proportion, 1), Err(InequalityError::BadValue));
        bad[2].value = 0.2;
        bad[2].spread = Spread::Limits95(f64::NAN, 0.3);
        assert_eq!(inequality(&bad, Shape::Rate, 1), Err(InequalityError::BadSpread));
        bad[1].population = 0.0;
        assert_eq!(inequality(&bad, Shape::Rate, 1), Err(InequalityError::BadPopulation));
    }
}
