//! Directly standardised rates of localities from counts by age band and sex.

use evidence::distribution::Confidence;
use evidence::rates::{Stratum, directly_standardised};
use nhs::age::ESP_2013;
use serde::{Deserialize, Serialize};

/// Age bands.
const BANDS: usize = 19;

/// People and admissions of each locality, age band and sex.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cells {
    /// Counts by locality, then band, then sex: people, admissions.
    counts: Vec<[i64; 2]>,
}

impl Cells {
    /// Empty cells of so many localities.
    pub fn new(localities: usize) -> Self {
        Self { counts: vec![[0; 2]; localities * BANDS * 2] }
    }

    /// Counts people, and their admissions, of an age in years and of sex 1 or 2.
    #[inline]
    pub fn count(&mut self, locality: u16, age: i32, sex: u8, [people, admissions]: [i64; 2]) {
        let band = (age / 5).clamp(0, BANDS as i32 - 1) as usize;
        let place = (usize::from(locality) * BANDS + band) * 2 + usize::from(sex == 2);
        if let Some(cell) = self.counts.get_mut(place) {
            cell[0] += people;
            cell[1] += admissions;
        }
    }

    /// Adds another bucket's.
    pub fn merge(&mut self, other: &Self) {
        for (own, more) in self.counts.iter_mut().zip(&other.counts) {
            own[0] += more[0];
            own[1] += more[1];
        }
    }

    /// Sums over localities of events, rates and their limits of 95 % per 100,000: how many localities, then these.
    pub fn sums(&self) -> (usize, i64, [f64; 3]) {
        let (mut localities, mut events, mut sums) = (0, 0, [0.0; 3]);
        for cells in self.counts.chunks(BANDS * 2) {
            // A cell without people has no weight, as in a table that has no row for it.
            let strata: Vec<Stratum> = cells
                .iter()
                .enumerate()
                .filter(|(_, cell)| cell[0] > 0)
                .map(|(at, cell)| Stratum::new(cell[1] as f64, cell[0] as f64, f64::from(ESP_2013[at / 2])))
                .collect();
            if strata.is_empty() {
                continue;
            }
            localities += 1;
            events += cells.iter().map(|cell| cell[1]).sum::<i64>();
            if let Ok(rate) = directly_standardised(&strata, 100_000.0, Confidence::P95) {
                sums[0] += rate.value;
                sums[1] += rate.lower;
                sums[2] += rate.upper;
            }
        }
        (localities, events, sums)
    }
}
