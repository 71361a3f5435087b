//! Random numbers: one `ChaCha` stream for each block of people.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of random numbers.
pub struct Random {
    source: ChaCha8Rng,
}

impl Random {
    /// The stream with this number under a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut source = ChaCha8Rng::seed_from_u64(seed);
        source.set_stream(stream);
        Self { source }
    }

    /// Uniform in [0, 1), from the upper 53 bits.
    pub fn unit(&mut self) -> f64 {
        (self.source.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        f64::from(self.source.next_u32()) < probability * 4_294_967_296.0
    }

    /// Uniform in 0..n; 0 where n is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u64::from(self.source.next_u32()) * n as u64) >> 32) as usize
    }

    /// Uniform in low..=high.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low + 1).max(1) as usize) as i32
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// A position by weight; the last where rounding runs over.
    pub fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let total: f64 = weights.clone().sum();
        let mut rest = self.unit() * total;
        let mut last = 0;
        for (place, weight) in weights.enumerate() {
            if weight > 0.0 {
                last = place;
                if rest < weight {
                    return place;
                }
                rest -= weight;
            }
        }
        last
    }

    /// A standard normal number (sum of twelve uniforms less six would clip the tails that need comes from).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// An exponential number with this mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// A Poisson count; large means are split, since the product of uniforms underflows.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let (mut rest, mut count) = (mean, 0);
        while rest > 0.0 {
            let part = rest.min(20.0);
            rest -= part;
            let limit = (-part).exp();
            let mut product = self.unit();
            while product > limit {
                count += 1;
                product *= self.unit();
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let mut random = Random::new(1, 2);
        let n = 40_000;
        let mean = (0..n).map(|_| f64::from(random.poisson(2.5))).sum::<f64>() / f64::from(n);
        assert!((mean - 2.5).abs() < 0.05, "{mean}");
        let mean = (0..n).map(|_| f64::from(random.poisson(45.0))).sum::<f64>() / f64::from(n);
        assert!((mean - 45.0).abs() < 0.2, "{mean}");
        let square = (0..n).map(|_| random.normal().powi(2)).sum::<f64>() / f64::from(n);
        assert!((square - 1.0).abs() < 0.05, "{square}");
        let third = (0..n).filter(|_| random.weighted([1.0, 0.0, 2.0].into_iter()) == 0).count();
        assert!((third as f64 / f64::from(n) - 1.0 / 3.0).abs() < 0.02, "{third}");
    }

    #[test]
    fn streams_differ_and_repeat() {
        let first: Vec<usize> = {
            let mut r = Random::new(7, 1);
            (0..8).map(|_| r.below(1000)).collect()
        };
        let again: Vec<usize> = {
            let mut r = Random::new(7, 1);
            (0..8).map(|_| r.below(1000)).collect()
        };
        let other: Vec<usize> = {
            let mut r = Random::new(7, 2);
            (0..8).map(|_| r.below(1000)).collect()
        };
        assert_eq!(first, again);
        assert_ne!(first, other);
    }
}
