//! Rates, ratios, proportions and means with their limits.
//!
//! Sources: Byar in Breslow and Day, "Statistical methods in cancer research II", 1987, page 69; exact Poisson limits by
//! chi-square (Ulm 1990); Dobson, Kuulasmaa, Eberle and Scherer, "Confidence intervals for weighted sums of Poisson
//! parameters", 1991; Wilson, "Probable inference", 1927; the choices between them and the bound of ten events as in the
//! technical guidance of Fingertips (Office for Health Improvement and Disparities).

use crate::distribution::{Confidence, chi_square_quantile, t_two_sided_quantile};

/// Below this many events limits are exact, and no directly standardised rate is given.
pub const FEW_EVENTS: f64 = 10.0;

/// A value and its limits, in the unit asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// The value.
    pub value: f64,
    /// The lower limit.
    pub lower: f64,
    /// The upper limit.
    pub upper: f64,
}

/// Why a rate cannot be given. Each message completes "failed to ...".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// A count is negative, infinite or missing.
    #[error("work out a rate: a count of events must be 0 or more")]
    BadCount,
    /// A population is negative, zero or missing.
    #[error("work out a rate: a population must be above 0")]
    BadPopulation,
    /// More people than there are.
    #[error("work out a proportion: the numerator must be no more than the denominator")]
    NotAProportion,
    /// Fewer than ten events in all.
    #[error("work out a directly standardised rate: fewer than 10 events; use a longer period or a larger area")]
    TooFewEvents,
    /// The standard population has no weight.
    #[error("work out a standardised rate: the standard population or the expected number must be above 0")]
    NoStandard,
    /// A mean needs two values.
    #[error("work out limits of a mean: at least 2 values are needed")]
    TooFewValues,
}

/// One stratum (an age band of one sex, say) of a directly standardised rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stratum {
    /// Events.
    pub events: f64,
    /// The variance of the count of events: equal to `events` when they are independent (use [`Stratum::new`]); the sum of
    /// squares of each person's count when one person can have several.
    pub events_variance: f64,
    /// People, or person-years.
    pub population: f64,
    /// People of this stratum in the standard population.
    pub standard: f64,
}

impl Stratum {
    /// A stratum whose events are independent of each other.
    pub const fn new(events: f64, population: f64, standard: f64) -> Self {
        Self { events, events_variance: events, population, standard }
    }
}

/// Byar's approximate limits of a Poisson count; the lower is 0 for a count of 0.
pub fn byars(count: f64, confidence: Confidence) -> (f64, f64) {
    let third_of_z = |n: f64| confidence.z() / (3.0 * n.sqrt());
    let lower =
        if count > 0.0 { count * (1.0 - 1.0 / (9.0 * count) - third_of_z(count)).max(0.0).powi(3) } else { 0.0 };
    let next = count + 1.0;
    let upper = next * (1.0 - 1.0 / (9.0 * next) + third_of_z(next)).powi(3);
    (lower, upper)
}

/// Exact limits of a Poisson count, by the chi-square distribution.
pub fn exact_poisson(count: f64, confidence: Confidence) -> (f64, f64) {
    let tail = 0.5 * confidence.alpha();
    let lower = 0.5 * chi_square_quantile(tail, 2.0 * count);
    let upper = 0.5 * chi_square_quantile(1.0 - tail, 2.0 * count + 2.0);
    (lower, upper)
}

/// Limits of a count: exact below ten events, Byar's from ten on.
pub fn count_limits(count: f64, confidence: Confidence) -> (f64, f64) {
    if count < FEW_EVENTS { exact_poisson(count, confidence) } else { byars(count, confidence) }
}

/// Wilson's limits of a proportion, each from 0 to 1.
pub fn wilson(numerator: f64, denominator: f64, confidence: Confidence) -> (f64, f64) {
    let z = confidence.z();
    let others = denominator - numerator;
    let middle = 2.0 * numerator + z * z;
    let spread = z * (z * z + 4.0 * numerator * others / denominator).max(0.0).sqrt();
    let scale = 2.0 * (denominator + z * z);
    (((middle - spread) / scale).max(0.0), ((middle + spread) / scale).min(1.0))
}

/// Events per `per` of population (or person-time), with limits of the count.
pub fn crude_rate(events: f64, population: f64, per: f64, confidence: Confidence) -> Result<Rate, RateError> {
    check_count(events)?;
    check_population(population)?;
    let (lower, upper) = count_limits(events, confidence);
    let scale = per / population;
    Ok(Rate { value: events * scale, lower: lower * scale, upper: upper * scale })
}

/// A proportion times `per` (1 for a fraction, 100 for per cent), with Wilson's limits.
pub fn proportion(numerator: f64, denominator: f64, per: f64, confidence: Confidence) -> Result<Rate, RateError> {
    check_count(numerator)?;
    check_population(denominator)?;
    if numerator > denominator {
        return Err(RateError::NotAProportion);
    }
    let (lower, upper) = wilson(numerator, denominator, confidence);
    Ok(Rate { value: numerator / denominator * per, lower: lower * per, upper: upper * per })
}

/// The mean of values with Student's t limits, and the standard deviation.
pub fn mean(values: &[f64], confidence: Confidence) -> Result<(Rate, f64), RateError> {
    if values.len() < 2 {
        return Err(RateError::TooFewValues);
    }
    let count = values.len() as f64;
    let value = values.iter().sum::<f64>() / count;
    let deviation = (values.iter().map(|x| (x - value).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    let half = t_two_sided_quantile(confidence.alpha(), count - 1.0) * deviation / count.sqrt();
    Ok((Rate { value, lower: value - half, upper: value + half }, deviation))
}

/// The directly standardised rate per `per`, with Dobson's limits; refused below ten events in all.
///
/// A stratum without people adds no rate but keeps its standard weight.
pub fn directly_standardised(strata: &[Stratum], per: f64, confidence: Confidence) -> Result<Rate, RateError> {
    let (mut events, mut weight, mut sum, mut variance) = (0.0, 0.0, 0.0, 0.0);
    for stratum in strata {
        check_count(stratum.events)?;
        check_count(stratum.events_variance)?;
        check_count(stratum.standard).map_err(|_| RateError::NoStandard)?;
        if !stratum.population.is_finite() || stratum.population < 0.0 {
            return Err(RateError::BadPopulation);
        }
        events += stratum.events;
        weight += stratum.standard;
        if stratum.population > 0.0 {
            let share = stratum.standard / stratum.population;
            sum += share * stratum.events;
            variance += share * share * stratum.events_variance;
        } else if stratum.events > 0.0 {
            return Err(RateError::BadPopulation);
        }
    }
    if weight <= 0.0 {
        return Err(RateError::NoStandard);
    }
    if events < FEW_EVENTS {
        return Err(RateError::TooFewEvents);
    }
    let value = sum / weight;
    // Dobson: stretch the limits of the total count by the ratio of the two standard errors.
    let stretch = (variance / (weight * weight) / events).sqrt();
    let (low_count, high_count) = byars(events, confidence);
    let limit = |count: f64| (value + stretch * (count - events)) * per;
    Ok(Rate { value: value * per, lower: limit(low_count).max(0.0), upper: limit(high_count) })
}

/// How many events would be expected if each stratum of the place had the rate of the reference.
///
/// Each row is `(people of the place, events of the reference, people of the reference)`.
pub fn expected_events(strata: &[(f64, f64, f64)]) -> Result<f64, RateError> {
    let mut expected = 0.0;
    for &(population, reference_events, reference_population) in strata {
        check_count(population).map_err(|_| RateError::BadPopulation)?;
        check_count(reference_events)?;
        check_population(reference_population)?;
        expected += population * reference_events / reference_population;
    }
    Ok(expected)
}

/// The indirectly standardised ratio, observed over expected, times `per` (100 by custom).
///
/// Times the crude rate of the reference instead of 100 it is the indirectly standardised rate.
pub fn indirectly_standardised(
    observed: f64,
    expected: f64,
    per: f64,
    confidence: Confidence,
) -> Result<Rate, RateError> {
    check_population(expected).map_err(|_| RateError::NoStandard)?;
    crude_rate(observed, expected, per, confidence)
}

fn check_count(count: f64) -> Result<(), RateError> {
    if count.is_finite() && count >= 0.0 { Ok(()) } else { Err(RateError::BadCount) }
}

fn check_population(population: f64) -> Result<(), RateError> {
    if population.is_finite() && population > 0.0 { Ok(()) } else { Err(RateError::BadPopulation) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nonsense_is_refused_in_words() {
        assert_eq!(crude_rate(f64::NAN, 1.0, 1.0, Confidence::P95), Err(RateError::BadCount));
        assert_eq!(crude_rate(1.0, 0.0, 1.0, Confidence::P95), Err(RateError::BadPopulation));
        assert_eq!(proportion(3.0, 2.0, 1.0, Confidence::P95), Err(RateError::NotAProportion));
        assert_eq!(directly_standardised(&[], 1.0, Confidence::P95), Err(RateError::NoStandard));
        let few = [Stratum::new(9.0, 100.0, 5000.0)];
        assert_eq!(directly_standardised(&few, 1.0, Confidence::P95), Err(RateError::TooFewEvents));
        assert!(RateError::TooFewEvents.to_string().contains("10 events"));
    }

    proptest! {
        #[test]
        fn limits_stand_around_the_value(events in 0u32..5000, extra in 1u32..100_000) {
            let (events, population) = (f64::from(events), f64::from(events + extra));
            for confidence in [Confidence::P95, Confidence::P998] {
                for rate in [crude_rate(events, population, 1000.0, confidence), proportion(events, population, 100.0, confidence)] {
                    let rate = rate.unwrap();
                    prop_assert!(rate.lower >= 0.0 && rate.lower <= rate.value && rate.value <= rate.upper);
                }
            }
            let (narrow, wide) = (count_limits(events, Confidence::P95), count_limits(events, Confidence::P998));
            prop_assert!(wide.0 <= narrow.0 && narrow.1 < wide.1);
        }

        /// One stratum, whatever its standard, is the crude rate.
        #[test]
        fn one_stratum_is_the_crude_rate(events in 10u32..1000, population in 1000u32..100_000, standard in 1u32..9000) {
            let (events, population) = (f64::from(events), f64::from(population));
            let stratum = Stratum::new(events, population, f64::from(standard));
            let standardised = directly_standardised(&[stratum], 1000.0, Confidence::P95).unwrap();
            let crude = crude_rate(events, population, 1000.0, Confidence::P95).unwrap();
            prop_assert!((standardised.value - crude.value).abs() < 1e-9 * crude.value);
            prop_assert!((standardised.lower - crude.lower).abs() < 1e-9 * crude.value);
            prop_assert!((standardised.upper - crude.upper).abs() < 1e-9 * crude.value);
        }
    }
}
