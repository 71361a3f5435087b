//! Five-year age bands and the European standard population of 2013.

use std::fmt;

/// A five-year age band: 0 is 0-4, 17 is 85-89, 18 is 90 and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgeBand(u8);

/// The European standard population 2013, people per 100,000 by five-year band from 0-4 to 90 and over
/// (Eurostat, "Revision of the European Standard Population", 2013, as used by the Office for National Statistics).
pub const ESP_2013: [u32; 19] =
    [5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000];

impl AgeBand {
    /// How many bands there are.
    pub const COUNT: usize = 19;

    /// The band of an age in whole years; ages below 0 fall in the first band.
    pub const fn of_age(age: i32) -> Self {
        if age < 0 {
            return Self(0);
        }
        let band = age / 5;
        Self(if band > 18 { 18 } else { band as u8 })
    }

    /// Every band, youngest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT as u8).map(Self)
    }

    /// 0 to 18.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// People of this band in the European standard population of 100,000.
    pub const fn esp_2013(self) -> u32 {
        ESP_2013[self.0 as usize]
    }
}

impl fmt::Display for AgeBand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            18 => f.write_str("90 and over"),
            band => write!(f, "{} to {}", u32::from(band) * 5, u32::from(band) * 5 + 4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_standard_population_is_100_000() {
        assert_eq!(ESP_2013.iter().sum::<u32>(), 100_000);
        assert_eq!(AgeBand::all().map(AgeBand::esp_2013).sum::<u32>(), 100_000);
        assert_eq!(AgeBand::of_age(89).to_string(), "85 to 89");
        assert_eq!(AgeBand::of_age(90).to_string(), "90 and over");
    }

    proptest! {
        #[test]
        fn every_age_has_one_band(age in -5i32..130) {
            let band = AgeBand::of_age(age);
            prop_assert!(band.index() < AgeBand::COUNT);
            prop_assert!(AgeBand::of_age(age + 1) >= band);
            if (0..90).contains(&age) {
                prop_assert_eq!(band.index() as i32, age / 5);
            }
        }
    }
}
