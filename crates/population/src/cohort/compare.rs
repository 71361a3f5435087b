//! Two cohorts side by side: whom they share, and how they differ.

use super::bits::Bits;
use super::profile::{Profile, profile};
use super::register::{FEWEST, Settled};
use super::table::PeopleTable;
use super::{Fields, Packed};
use crate::disclosure::two_way;
use crate::save::SaveError;
use blueprint::Blueprint;
use blueprint::model::Builtin;
use evidence::difference::{of_proportions, standardised_means, standardised_proportions};
use evidence::distribution::Confidence;
use evidence::rates::{Rate, Stratum, directly_standardised};
use nhs::AgeBand;

/// Counts of two cohorts together, as they may be seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overlap {
    /// In both.
    pub both: Option<u64>,
    /// In the first alone.
    pub first_only: Option<u64>,
    /// In the second alone.
    pub second_only: Option<u64>,
}

/// One feature in both cohorts.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// Position of the field.
    pub field: usize,
    /// Percent of those it is true of, or the mean: first and second.
    pub values: (f64, f64),
    /// First less second with its 95 % interval, in percentage points; `None` for means.
    pub difference: Option<Rate>,
    /// The standardised difference.
    pub standardised: Option<f64>,
    /// Percent standardised for age to the European standard population of 2013, where there are enough people.
    pub age_standardised: (Option<Rate>, Option<Rate>),
}

/// Two cohorts in figures under disclosure control.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// Whom they share.
    pub overlap: Overlap,
    /// Their profiles.
    pub profiles: (Profile, Profile),
    /// True-or-false features shown of both, the largest standardised difference first.
    pub needs: Vec<Contrast>,
    /// Numbers shown of both, likewise.
    pub numbers: Vec<Contrast>,
}

/// Compares two cohorts. Differences of proportions are worked out from the counts as shown, so that they tell no more than
/// those; where the cohorts share people the intervals are wider than they need be.
pub fn compare(
    table: &PeopleTable,
    fields: &Fields,
    blueprint: &Blueprint,
    first: &Settled,
    second: &Settled,
) -> Result<Comparison, SaveError> {
    let profiles = (profile(table, fields, blueprint, first)?, profile(table, fields, blueprint, second)?);
    let (Some(a), Some(b)) = (first.set.as_deref(), second.set.as_deref()) else {
        return Ok(Comparison { profiles, ..Comparison::default() });
    };
    let sizes = (first.figure.value(), second.figure.value());
    let ages = Ages::of(table, a, b)?;
    let mut needs = Vec::new();
    for (one, two) in profiles.0.needs.iter().zip(&profiles.1.needs) {
        if let (Some(x), Some(y), (Some(of_x), Some(of_y))) = (one.people, two.people, sizes) {
            let (p, q) = (x as f64 / of_x as f64, y as f64 / of_y as f64);
            needs.push(Contrast {
                field: one.field,
                values: (p * 100.0, q * 100.0),
                difference: of_proportions((x as f64, of_x as f64), (y as f64, of_y as f64), 100.0, Confidence::P95)
                    .ok(),
                standardised: standardised_proportions(p, q),
                age_standardised: match &*table.column(one.field)? {
                    Packed::Truths(truths) => ages.standardise(truths, a, b),
                    _ => (None, None),
                },
            });
        }
    }
    let mut numbers = Vec::new();
    for (one, two) in profiles.0.numbers.iter().zip(&profiles.1.numbers) {
        if let (Some(x), Some(y), Some(dx), Some(dy)) = (one.mean, two.mean, one.deviation, two.deviation) {
            numbers.push(Contrast {
                field: one.field,
                values: (x, y),
                difference: None,
                standardised: standardised_means((x, dx), (y, dy)),
                age_standardised: (None, None),
            });
        }
    }
    for contrasts in [&mut needs, &mut numbers] {
        let size = |c: &Contrast| c.standardised.map_or(f64::INFINITY, f64::abs);
        contrasts.sort_by(|x, y| size(y).total_cmp(&size(x)).then(x.field.cmp(&y.field)));
    }
    Ok(Comparison { overlap: overlap(table, a, b), profiles, needs, numbers })
}

fn overlap(table: &PeopleTable, a: &Bits, b: &Bits) -> Overlap {
    let both = a.count_both(b);
    let (first, second) = (a.count() - both, b.count() - both);
    let neither = table.rows() as u64 - both - first - second;
    let cells = two_way(&[vec![both, first], vec![second, neither]]).cells;
    // Few or nobody are not told apart.
    let [both, first_only, second_only] =
        [cells[0][0], cells[0][1], cells[1][0]].map(|cell| cell.value().filter(|&count| count > 0));
    Overlap { both, first_only, second_only }
}

/// The people of two cohorts by age band.
struct Ages {
    band_of: Option<std::sync::Arc<Packed>>,
    first: [u64; AgeBand::COUNT],
    second: [u64; AgeBand::COUNT],
}

impl Ages {
    fn of(table: &PeopleTable, a: &Bits, b: &Bits) -> Result<Self, SaveError> {
        let mut ages =
            Self { band_of: table.builtin(Builtin::Age)?, first: [0; AgeBand::COUNT], second: [0; AgeBand::COUNT] };
        ages.first = ages.bands(a);
        ages.second = ages.bands(b);
        Ok(ages)
    }

    fn bands(&self, set: &Bits) -> [u64; AgeBand::COUNT] {
        let mut bands = [0; AgeBand::COUNT];
        if let Some(ages) = &self.band_of {
            for row in set.rows() {
                bands[AgeBand::of_age(ages.get(row).clamp(0, 130) as i32).index()] += 1;
            }
        }
        bands
    }

    fn standardise(&self, truths: &Bits, a: &Bits, b: &Bits) -> (Option<Rate>, Option<Rate>) {
        let one = |set: &Bits, people: &[u64; AgeBand::COUNT]| {
            let mut with = set.clone();
            with.and(truths);
            let events = self.bands(&with);
            let strata: Vec<Stratum> = AgeBand::all()
                .map(|band| {
                    let (events, people) = (events[band.index()] as f64, people[band.index()] as f64);
                    Stratum::new(events, people, f64::from(band.esp_2013()))
                })
                .collect();
            // A cohort of one age only has no rate for the other ages: then there is nothing to standardise to.
            let covered = people.iter().filter(|&&n| n >= FEWEST).count();
            (covered >= AgeBand::COUNT / 2)
                .then(|| directly_standardised(&strata, 100.0, Confidence::P95).ok())
                .flatten()
        };
        (one(a, &self.first), one(b, &self.second))
    }
}
