//! The normal, chi-square, Student t and F distributions: tails and quantiles, to about twelve digits.
//!
//! Quantiles come from bisection of the tail, which cannot diverge; nothing here runs in a hot loop.

use crate::special::{incomplete_beta, incomplete_gamma};

/// How sure an interval is, of the two levels the public health profiles print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Confidence {
    /// 95 %.
    #[default]
    P95,
    /// 99.8 %, the outer limits of funnel plots and control charts.
    P998,
}

impl Confidence {
    /// The chance left outside on both sides together: 0.05 or 0.002.
    pub const fn alpha(self) -> f64 {
        match self {
            Self::P95 => 0.05,
            Self::P998 => 0.002,
        }
    }

    /// The normal quantile of the level: 1.96 or 3.09.
    pub const fn z(self) -> f64 {
        match self {
            Self::P95 => 1.959_963_984_540_054,
            Self::P998 => 3.090_232_306_167_813,
        }
    }

    /// In words: "95%" or "99.8%".
    pub const fn label(self) -> &'static str {
        match self {
            Self::P95 => "95%",
            Self::P998 => "99.8%",
        }
    }
}

/// The chance that a standard normal value is at most `x`.
pub fn normal_below(x: f64) -> f64 {
    let (inside, outside) = incomplete_gamma(0.5, 0.5 * x * x);
    if x < 0.0 { 0.5 * outside } else { 0.5 + 0.5 * inside }
}

/// The standard normal quantile of `p`; infinite at 0 and 1, not a number outside.
pub fn normal_quantile(p: f64) -> f64 {
    if p.is_nan() || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    bisect(-40.0, 40.0, |x| normal_below(x) < p)
}

/// The chance that a chi-square value with `df` degrees of freedom is above `x`.
pub fn chi_square_above(x: f64, df: f64) -> f64 {
    if df > 0.0 { incomplete_gamma(0.5 * df, 0.5 * x).1 } else { f64::NAN }
}

/// The chi-square quantile of `p` with `df` degrees of freedom (not necessarily whole); 0 when `df` is 0.
pub fn chi_square_quantile(p: f64, df: f64) -> f64 {
    if df == 0.0 {
        return 0.0;
    }
    if p.is_nan() || !(0.0..1.0).contains(&p) || !df.is_finite() || df < 0.0 {
        return f64::NAN;
    }
    let top = df + 40.0 * (2.0 * df).sqrt() + 1500.0;
    let upper_half = p > 0.5;
    bisect(0.0, top, |x| {
        let (below, above) = incomplete_gamma(0.5 * df, 0.5 * x);
        // The smaller tail keeps its digits.
        if upper_half { above > 1.0 - p } else { below < p }
    })
}

/// The chance that a Student t value with `df` degrees of freedom lies further from 0 than `t`, on either side.
pub fn t_two_sided(t: f64, df: f64) -> f64 {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if t.is_infinite() {
        return 0.0;
    }
    incomplete_beta(0.5 * df, 0.5, df / (df + t * t))
}

/// The t value which a Student t with `df` degrees of freedom exceeds, on either side together, with chance `alpha`.
pub fn t_two_sided_quantile(alpha: f64, df: f64) -> f64 {
    if df.is_nan() || df <= 0.0 || alpha.is_nan() || alpha <= 0.0 || alpha >= 1.0 {
        return f64::NAN;
    }
    // One degree of freedom has the widest tails: 2 / (pi * alpha) bounds its quantile; fractions of one are wider still.
    let mut top = 10.0 / alpha;
    while t_two_sided(top, df) > alpha && top < 1e300 {
        top *= 10.0;
    }
    bisect(0.0, top, |t| t_two_sided(t, df) > alpha)
}

/// The chance that an F value with `(df1, df2)` degrees of freedom is above `x`.
pub fn f_above(x: f64, df1: f64, df2: f64) -> f64 {
    if [df1, df2, x].iter().any(|value| value.is_nan()) || df1 <= 0.0 || df2 <= 0.0 {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 1.0;
    }
    incomplete_beta(0.5 * df2, 0.5 * df1, df2 / (df2 + df1 * x))
}

/// The place between `low` and `high` where `too_low` turns from true to false, to the last digit.
pub(crate) fn bisect(low: f64, high: f64, too_low: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (low, high);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if too_low(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(found: f64, wanted: f64) {
        assert!((found - wanted).abs() <= 1e-10 * wanted.abs().max(1e-3), "found {found}, wanted {wanted}");
    }

    /// Quantiles printed in R 4 (`qnorm`, `qchisq`, `qt`, `pf`).
    #[test]
    fn quantiles_as_printed_tables_have_them() {
        close(normal_quantile(0.975), Confidence::P95.z());
        close(normal_quantile(0.999), Confidence::P998.z());
        close(chi_square_quantile(0.95, 1.0), 3.841_458_820_694_124);
        close(chi_square_quantile(0.025, 2.0), 0.050_635_615_968_579_8);
        close(chi_square_quantile(0.975, 10.0), 20.483_177_350_807_39);
        close(t_two_sided_quantile(0.05, 1.0), 12.706_204_736_432_1);
        close(t_two_sided_quantile(0.05, 7.0), 2.364_624_251_592_78);
        close(t_two_sided_quantile(0.002, 17.0), 3.645_767_380_078_41);
        close(f_above(4.0, 1.0, 9.0), t_two_sided(2.0, 9.0));
    }

    #[test]
    fn nonsense_gives_not_a_number() {
        assert!(normal_quantile(f64::NAN).is_nan());
        assert!(chi_square_quantile(0.5, -1.0).is_nan());
        assert!(t_two_sided_quantile(0.05, 0.0).is_nan());
        assert!(f_above(1.0, 0.0, 3.0).is_nan());
    }

    proptest! {
        #[test]
        fn quantile_and_tail_undo_each_other(p in 0.001f64..0.999, df in 0.6f64..200.0) {
            prop_assert!((normal_below(normal_quantile(p)) - p).abs() < 1e-12);
            prop_assert!((1.0 - chi_square_above(chi_square_quantile(p, df), df) - p).abs() < 1e-10);
            prop_assert!((t_two_sided(t_two_sided_quantile(p, df), df) - p).abs() < 1e-10);
        }
    }
}
