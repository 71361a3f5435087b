//! Random values of named distributions from the seeded stream, the same on every machine.
//!
//! Sources: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; Box and Muller 1958; binomial and
//! Poisson by inversion where few are expected (Devroye 1986, chapter X), by the rounded normal where many are.

use crate::random::Stream;

/// Above so many expected, a count is the rounded normal value: skewness is then below a fifth.
const MANY: f64 = 30.0;

impl Stream {
    /// A number from 0 (included) to 1 (excluded), with 53 random bits.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A standard normal value.
    pub(crate) fn normal(&mut self) -> f64 {
        // One minus the number is above 0, so its logarithm is finite.
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A gamma value of this shape and scale 1; 0 for a shape that is not above 0.
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape.is_nan() || shape <= 0.0 {
            return 0.0;
        }
        // A small whole shape is a sum of so many exponential values.
        if shape <= 5.0 && shape.fract() == 0.0 {
            return -(0..shape as u32).map(|_| 1.0 - self.uniform()).product::<f64>().ln();
        }
        if shape < 1.0 {
            let boost = (1.0 - self.uniform()).powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.uniform()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// How many of `n` tries succeed, each with chance `p`.
    pub(crate) fn binomial(&mut self, n: u64, p: f64) -> u64 {
        if n == 0 || p.is_nan() || p <= 0.0 {
            return 0;
        }
        if p >= 1.0 {
            return n;
        }
        if p > 0.5 {
            return n - self.binomial(n, 1.0 - p);
        }
        let mean = n as f64 * p;
        if mean > MANY {
            return (mean + self.normal() * (mean * (1.0 - p)).sqrt()).round().clamp(0.0, n as f64) as u64;
        }
        let odds = p / (1.0 - p);
        // Few tries are multiplied out, which is quicker and as exact.
        let mut chance = if n <= 256 { power(1.0 - p, n) } else { (n as f64 * (-p).ln_1p()).exp() };
        let mut left = self.uniform();
        let mut count = 0;
        while left > chance && count < n {
            left -= chance;
            count += 1;
            chance *= odds * (n - count + 1) as f64 / count as f64;
        }
        count
    }

    /// A Poisson count with this mean.
    pub(crate) fn poisson(&mut self, mean: f64) -> u64 {
        if mean.is_nan() || mean <= 0.0 {
            return 0;
        }
        if mean > MANY {
            return (mean + self.normal() * mean.sqrt()).round().max(0.0) as u64;
        }
        let mut chance = (-mean).exp();
        let mut left = self.uniform();
        let mut count = 0u64;
        // The bound is beyond any chance that a number of 53 bits can hold.
        while left > chance && count < 400 {
            left -= chance;
            count += 1;
            chance *= mean / count as f64;
        }
        count
    }
}

/// A number to a whole power, by squares.
fn power(mut base: f64, mut exponent: u64) -> f64 {
    let mut product = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            product *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of 40,000 values.
    fn moments(mut draw: impl FnMut() -> f64) -> (f64, f64) {
        let values: Vec<f64> = (0..40_000).map(|_| draw()).collect();
        let mean = values.iter().sum::<f64>() / 40_000.0;
        (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 40_000.0)
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut stream = Stream::new(3);
        // A mean of 40,000 values lies within five standard errors, a variance within 6 %.
        let check = |name: &str, (mean, variance): (f64, f64), (wanted, spread): (f64, f64)| {
            assert!((mean - wanted).abs() < 5.0 * (spread / 40_000.0).sqrt(), "{name}: mean {mean}");
            assert!((variance / spread - 1.0).abs() < 0.06, "{name}: variance {variance}");
        };
        check("normal", moments(|| stream.normal()), (0.0, 1.0));
        for shape in [0.3, 1.0, 3.0, 4.5, 200.0] {
            check("gamma", moments(|| stream.gamma(shape)), (shape, shape));
        }
        for (n, p) in [(5, 0.2), (40, 0.7), (1000, 0.02), (1000, 0.4)] {
            let n_f = n as f64;
            check("binomial", moments(|| stream.binomial(n, p) as f64), (n_f * p, n_f * p * (1.0 - p)));
        }
        for mean in [0.5, 12.0, 80.0] {
            check("poisson", moments(|| stream.poisson(mean) as f64), (mean, mean));
        }
    }

    #[test]
    fn nonsense_gives_nought() {
        let mut stream = Stream::new(1);
        assert_eq!((stream.gamma(-1.0), stream.gamma(f64::NAN)), (0.0, 0.0));
        assert_eq!((stream.binomial(0, 0.5), stream.binomial(9, f64::NAN), stream.binomial(9, 2.0)), (0, 0, 9));
        assert_eq!((stream.poisson(0.0), stream.poisson(f64::NAN)), (0, 0));
    }
}
