//! Estimates with their 95 % intervals.

/// The normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// An estimate and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// A share of `whole` with Wilson's interval (Wilson 1927). `part` and `whole` may be expected counts. Without a whole the share is
    /// unknown: from 0 to 1.
    pub fn wilson(part: f64, whole: f64) -> Self {
        if whole <= 0.0 {
            return Self { estimate: 0.0, low: 0.0, high: 1.0 };
        }
        let p = (part / whole).clamp(0.0, 1.0);
        let z2 = Z * Z / whole;
        let middle = (p + z2 / 2.0) / (1.0 + z2);
        let half = Z / (1.0 + z2) * (p * (1.0 - p) / whole + z2 / (4.0 * whole)).sqrt();
        Self { estimate: p, low: (middle - half).clamp(0.0, p), high: (middle + half).clamp(p, 1.0) }
    }

    /// A count of rare things: its mean is known up to a factor whose logarithm has this variance, and the count varies about its mean by the
    /// variance `of_count`. It cannot be more than `most`.
    pub(crate) fn counted(estimate: f64, of_count: f64, of_log: f64, most: f64) -> Self {
        let factor = (Z * of_log.sqrt()).exp().min(1e6);
        let low = estimate / factor - Z * (of_count / factor).sqrt();
        let high = estimate * factor + Z * (of_count * factor).sqrt();
        Self { estimate, low: low.clamp(0.0, estimate), high: high.clamp(estimate, most.max(estimate)) }
    }

    /// The sum of two independent counts. The distances of the ends are added as squares (Zou and Donner 2008).
    pub(crate) fn plus(self, other: Self) -> Self {
        let estimate = self.estimate + other.estimate;
        let square = |a: f64, b: f64| (a * a + b * b).sqrt();
        Self {
            estimate,
            low: (estimate - square(self.estimate - self.low, other.estimate - other.low)).max(0.0),
            high: estimate + square(self.high - self.estimate, other.high - other.estimate),
        }
    }

    /// A count as the share of it and a fixed count of others.
    pub(crate) fn share_beside(self, others: f64) -> Self {
        let share = |count: f64| if count + others > 0.0 { count / (count + others) } else { 0.0 };
        Self { estimate: share(self.estimate), low: share(self.low), high: share(self.high) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe (1998), table I: 81 of 263 and 15 of 148, score method without continuity correction; and 0 of 20.
    #[test]
    fn the_published_intervals() {
        for (part, whole, low, high) in
            [(81.0, 263.0, 0.2553, 0.3662), (15.0, 148.0, 0.0624, 0.1605), (0.0, 20.0, 0.0, 0.1611)]
        {
            let found = Interval::wilson(part, whole);
            assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{part} of {whole}: {found:?}");
        }
    }

    #[test]
    fn sums_and_shares_keep_their_order() {
        let (a, b) = (Interval::counted(100.0, 100.0, 0.01, 1e3), Interval::counted(20.0, 20.0, 0.25, 1e3));
        let sum = a.plus(b);
        assert!(sum.low < sum.estimate && sum.estimate < sum.high && (sum.estimate - 120.0).abs() < 1e-12);
        let share = sum.share_beside(880.0);
        assert!((share.estimate - 0.12).abs() < 1e-12 && share.low < 0.12 && share.high > 0.12);
        let few = Interval::counted(0.01, 0.01, 4.0, 3.0);
        assert!(few.low == 0.0 && few.high < 3.0, "{few:?}");
        assert_eq!(Interval::default().share_beside(0.0).estimate, 0.0);
    }
}
