//! Life expectancy from deaths and people by age band.
//!
//! Sources: Chiang, "The life table and its construction", in: Introduction to stochastic processes in biostatistics, 1968
//! (abridged life table; in an interval people who die live half of it, in the first year a tenth); Silcocks, Jenner and
//! Reza, "Life expectancy as a summary of mortality in a population", J Epidemiol Community Health 2001;55:38-43 (variance of
//! the last interval); Toson and Baker, National Statistics Methodological Series 33, 2003 (at least 5,000 person-years).

use crate::distribution::Confidence;

/// Below this many person-years in all, no life expectancy is given.
pub const LEAST_PERSON_YEARS: f64 = 5000.0;

/// An interval of 95 % wider than this many years hides the value (the limits are still given).
pub const WIDEST_INTERVAL: f64 = 20.0;

/// Start ages of the standard bands: under 1, 1 to 4, then five years each, the last 90 and over.
pub const STANDARD_AGES: [f64; 20] =
    [0., 1., 5., 10., 15., 20., 25., 30., 35., 40., 45., 50., 55., 60., 65., 70., 75., 80., 85., 90.];

/// One age band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// The first age in it, in years; it ends where the next begins.
    pub start: f64,
    /// People, or person-years over several years.
    pub population: f64,
    /// Deaths among them.
    pub deaths: f64,
}

/// The life expectancy at the start of a band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectancy {
    /// Years left at that age.
    pub years: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl Expectancy {
    /// The limits at a level.
    pub fn limits(&self, confidence: Confidence) -> (f64, f64) {
        let half = confidence.z() * self.standard_error;
        (self.years - half, self.years + half)
    }

    /// Whether it is too uncertain to be shown.
    pub fn is_too_wide(&self) -> bool {
        2.0 * Confidence::P95.z() * self.standard_error > WIDEST_INTERVAL
    }
}

/// Why there is no life expectancy. Each message completes "failed to ...".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LifeTableError {
    /// Fewer than two bands, or bands out of order.
    #[error("make a life table: at least two age bands in ascending order from age 0 are needed")]
    BadBands,
    /// Nobody in a band.
    #[error("make a life table: every age band needs a population above 0")]
    BadPopulation,
    /// A negative or missing count.
    #[error("make a life table: deaths must be 0 or more")]
    BadDeaths,
    /// More deaths than people.
    #[error("make a life table: an age band has more deaths than people")]
    MoreDeathsThanPeople,
    /// Too small.
    #[error("make a life table: fewer than 5,000 person-years; use a longer period or a larger area")]
    TooFewPeople,
    /// Nobody died in the last band.
    #[error("make a life table: the last age band needs at least one death")]
    NoDeathsInLastBand,
}

/// The life expectancy at the start of each band; bands in ascending order, the last without an end.
pub fn life_expectancy(bands: &[Band]) -> Result<Vec<Expectancy>, LifeTableError> {
    check(bands)?;
    let last = bands.len() - 1;
    let (mut alive, mut chance_variance) = (vec![1.0; bands.len()], vec![0.0; bands.len()]);
    let mut lived = vec![0.0; bands.len()];
    for (at, band) in bands.iter().enumerate() {
        let rate = band.deaths / band.population;
        if at == last {
            lived[at] = alive[at] / rate;
            break;
        }
        let (width, share) = (width(bands, at), share_lived(bands, at));
        let dying = (width * rate / (1.0 + (1.0 - share) * width * rate)).min(1.0);
        let deaths = alive[at] * dying;
        alive[at + 1] = alive[at] - deaths;
        lived[at] = width * (alive[at + 1] + share * deaths);
        if band.deaths > 0.0 {
            chance_variance[at] = dying * dying * (1.0 - dying) / band.deaths;
        }
    }
    let mut result = vec![Expectancy { years: 0.0, standard_error: 0.0 }; bands.len()];
    // From the last band back: years still to live, and the variance of their sum.
    let final_rate = bands[last].deaths / bands[last].population;
    let mut years = lived[last];
    let mut variance = alive[last] * alive[last] / (bands[last].deaths * final_rate * final_rate);
    result[last] = at_age(years, variance, alive[last]);
    for at in (0..last).rev() {
        years += lived[at];
        let lost = (1.0 - share_lived(bands, at)) * width(bands, at) + result[at + 1].years;
        variance += alive[at] * alive[at] * lost * lost * chance_variance[at];
        result[at] = at_age(years, variance, alive[at]);
    }
    Ok(result)
}

fn at_age(years: f64, variance: f64, alive: f64) -> Expectancy {
    Expectancy { years: years / alive, standard_error: variance.sqrt() / alive }
}

fn width(bands: &[Band], at: usize) -> f64 {
    bands[at + 1].start - bands[at].start
}

/// The share of the interval that those who die in it live: deaths of infants come early.
fn share_lived(bands: &[Band], at: usize) -> f64 {
    if bands[at].start == 0.0 && width(bands, at) <= 1.0 { 0.1 } else { 0.5 }
}

fn check(bands: &[Band]) -> Result<(), LifeTableError> {
    let ascending = bands.windows(2).all(|pair| pair[0].start < pair[1].start);
    if bands.len() < 2 || !ascending || bands[0].start < 0.0 {
        return Err(LifeTableError::BadBands);
    }
    for band in bands {
        if !band.population.is_finite() || band.population <= 0.0 {
            return Err(LifeTableError::BadPopulation);
        }
        if !band.deaths.is_finite() || band.deaths < 0.0 {
            return Err(LifeTableError::BadDeaths);
        }
        if band.deaths > band.population {
            return Err(LifeTableError::MoreDeathsThanPeople);
        }
    }
    if bands.iter().map(|band| band.population).sum::<f64>() < LEAST_PERSON_YEARS {
        return Err(LifeTableError::TooFewPeople);
    }
    if bands[bands.len() - 1].deaths == 0.0 {
        return Err(LifeTableError::NoDeathsInLastBand);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bands(rate: impl Fn(f64) -> f64) -> Vec<Band> {
        STANDARD_AGES
            .iter()
            .map(|&start| Band { start, population: 10_000.0, deaths: 10_000.0 * rate(start) })
            .collect()
    }

    proptest! {
        /// Where people die at one rate at every age, the years left are one over the rate at every age.
        #[test]
        fn a_constant_rate_of_death(rate in 0.001f64..0.2) {
            for found in life_expectancy(&bands(|_| rate)).unwrap() {
                prop_assert!((found.years - 1.0 / rate).abs() < 1e-8 / rate);
            }
        }

        /// The standard error is what comes of many draws of Poisson deaths, to first order: doubling people and deaths
        /// shrinks it by the root of two.
        #[test]
        fn twice_the_people_half_the_variance(rate in 0.002f64..0.05) {
            let once = life_expectancy(&bands(|age| rate * (1.0 + age / 50.0))).unwrap()[0];
            let twice: Vec<Band> = bands(|age| rate * (1.0 + age / 50.0)).iter()
                .map(|b| Band { population: 2.0 * b.population, deaths: 2.0 * b.deaths, ..*b }).collect();
            let twice = life_expectancy(&twice).unwrap()[0];
            prop_assert!((twice.years - once.years).abs() < 1e-9);
            prop_assert!((twice.standard_error * 2f64.sqrt() - once.standard_error).abs() < 1e-9);
        }
    }

    #[test]
    fn what_cannot_be_worked_out_says_why() {
        let mut none = bands(|_| 0.01);
        none[3].population = 0.0;
        assert_eq!(life_expectancy(&none), Err(LifeTableError::BadPopulation));
        let mut immortal = bands(|_| 0.01);
        immortal[19].deaths = 0.0;
        assert_eq!(life_expectancy(&immortal), Err(LifeTableError::NoDeathsInLastBand));
        let small: Vec<Band> = bands(|_| 0.01).iter().map(|b| Band { population: 200.0, ..*b }).collect();
        assert_eq!(life_expectancy(&small), Err(LifeTableError::TooFewPeople));
        assert_eq!(life_expectancy(&[]), Err(LifeTableError::BadBands));
    }
}
