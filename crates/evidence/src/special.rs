//! The gamma and beta functions the distributions stand on.
//!
//! Sources: Lanczos, "A precision approximation of the gamma function", 1964 (coefficients for g = 7, nine terms); series and
//! continued fractions from Abramowitz and Stegun, "Handbook of Mathematical Functions", 6.5.29, 6.5.31 and 26.5.8, the
//! fractions evaluated by Lentz's method.

use std::f64::consts::PI;

/// More terms than any argument of this library needs; a bound so that no input can loop for ever.
const MOST_TERMS: usize = 100_000;
const TINY: f64 = 1e-300;

const LANCZOS: [f64; 9] = [
    0.999_999_999_999_809_9,
    676.520_368_121_885_1,
    -1_259.139_216_722_402_8,
    771.323_428_777_653_1,
    -176.615_029_162_140_6,
    12.507_343_278_686_905,
    -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
];

/// The natural logarithm of the gamma function, for `x` above 0.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    if x < 0.5 {
        // Reflection keeps the approximation where it is good.
        return (PI / (PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let shifted = x - 1.0;
    let mut sum = LANCZOS[0];
    for (index, coefficient) in LANCZOS.iter().enumerate().skip(1) {
        sum += coefficient / (shifted + index as f64);
    }
    let base = shifted + 7.5;
    0.5 * (2.0 * PI).ln() + (shifted + 0.5) * base.ln() - base + sum.ln()
}

/// The regularised lower and upper incomplete gamma functions `(P(a, x), Q(a, x))`, for `a` above 0.
pub(crate) fn incomplete_gamma(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let lower = front * gamma_series(a, x);
        (lower, 1.0 - lower)
    } else {
        let upper = front * gamma_fraction(a, x);
        (1.0 - upper, upper)
    }
}

fn gamma_series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    for step in 1..MOST_TERMS {
        term *= x / (a + step as f64);
        sum += term;
        if term < sum * f64::EPSILON * 0.1 {
            break;
        }
    }
    sum
}

fn gamma_fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut product = d;
    for step in 1..MOST_TERMS {
        let index = step as f64;
        let numerator = -index * (index - a);
        b += 2.0;
        d = 1.0 / away_from_zero(numerator * d + b);
        c = away_from_zero(b + numerator / c);
        let factor = d * c;
        product *= factor;
        if (factor - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    product
}

/// The regularised incomplete beta function `I_x(a, b)`, for `a` and `b` above 0.
pub(crate) fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    // The fraction converges fast below the mean; above it the function is turned round.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, 1.0 - x) / b
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut product = d;
    for step in 1..MOST_TERMS {
        let m = step as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        product *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        let factor = d * c;
        product *= factor;
        if (factor - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    product
}

fn away_from_zero(value: f64) -> f64 {
    if value.abs() < TINY { TINY } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, wanted: f64) {
        assert!((found - wanted).abs() <= 1e-12 * wanted.abs().max(1.0), "found {found}, wanted {wanted}");
    }

    #[test]
    fn the_gamma_function_is_the_factorial() {
        close(ln_gamma(1.0), 0.0);
        close(ln_gamma(11.0), 3_628_800_f64.ln());
        close(ln_gamma(0.5), PI.sqrt().ln());
        close(ln_gamma(0.25), 3.625_609_908_221_908_f64.ln());
    }

    #[test]
    fn known_values_of_the_incomplete_functions() {
        // P(1, x) is the exponential distribution; I_x(1, b) is 1 - (1-x)^b; I_x(2, 2) is 3x^2 - 2x^3.
        close(incomplete_gamma(1.0, 2.0).0, 1.0 - (-2.0_f64).exp());
        close(incomplete_gamma(3.0, 10.0).1, (-10.0_f64).exp() * (1.0 + 10.0 + 50.0));
        close(incomplete_beta(1.0, 3.0, 0.2), 1.0 - 0.8_f64.powi(3));
        close(incomplete_beta(2.0, 2.0, 0.9), 3.0 * 0.81 - 2.0 * 0.729);
    }
}
