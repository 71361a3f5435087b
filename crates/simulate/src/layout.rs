//! The plan of a place before anybody lives in it: localities, practices, areas, care homes and blocks of people.

use crate::geography::{Area, CareHome, Postcodes};
use crate::names;
use crate::numbers::Numbers;
use crate::practices::{KnownArea, RealPractice};
use crate::random::Random;
use crate::rates::AGE_WEIGHTS;
use nhs::{Day, Month};

/// A practice.
#[derive(Debug, Clone)]
pub struct Practice {
    /// Organisation code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Postcode.
    pub postcode: String,
    /// Position of its locality.
    pub locality: usize,
    /// Registered people at the as-of date.
    pub people: u32,
    /// Share of people by five-year age band.
    pub ages: [f64; 19],
    /// Share of men.
    pub male: f64,
    /// Positions of the areas most of its people live in.
    pub areas: Vec<usize>,
}

/// A group of neighbouring practices.
#[derive(Debug, Clone)]
pub struct Locality {
    /// Identifier in `place.toml`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether the care model runs there from [`Layout::served_from`].
    pub served: bool,
    /// Positions of its practices.
    pub practices: Vec<usize>,
    /// Positions of its areas.
    pub areas: Vec<usize>,
    /// Positions of its care homes.
    pub homes: Vec<usize>,
}

/// People of one practice who are made together from one stream of random numbers.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// Position of the practice.
    pub practice: usize,
    /// Registered people in it.
    pub people: u32,
    /// Position of its first NHS number.
    pub first_number: u64,
}

/// The plan.
pub struct Layout {
    /// Name of the place.
    pub name: String,
    /// First day of the history.
    pub start: Day,
    /// Last day of the history.
    pub as_of: Day,
    /// First day of the care model in served localities.
    pub served_from: Day,
    /// Localities.
    pub localities: Vec<Locality>,
    /// Practices.
    pub practices: Vec<Practice>,
    /// Areas.
    pub areas: Vec<Area>,
    /// Care homes.
    pub homes: Vec<CareHome>,
    /// Blocks of people.
    pub blocks: Vec<Block>,
    /// NHS numbers.
    pub numbers: Numbers,
    /// The seed.
    pub seed: u64,
}

/// People in a block: small enough that memory stays low, large enough that households can be put together.
const BLOCK: u32 = 400;
/// People in an area.
const AREA: u32 = 1500;
/// Invented practices are small, so that a small place still has clusters enough to evaluate.
const PRACTICE: u32 = 2500;

/// Positions kept for the NHS numbers of a block: also for those who die, leave or were never registered.
pub fn numbers_in_block(people: u32) -> u64 {
    u64::from(people) * 13 / 10 + 24
}

/// Stream numbers above those of blocks.
const LAYOUT_STREAM: u64 = u64::MAX;

impl Layout {
    /// An invented place of so many people.
    pub fn invented(people: u32, seed: u64, as_of: Day, months: u32) -> Self {
        let mut random = Random::new(seed, LAYOUT_STREAM);
        let practice_count = (people / PRACTICE).max(4) as usize;
        let locality_count = ((people / 40_000) as usize).max((practice_count / 2).min(8)).max(2);
        let shares: Vec<f64> = (0..practice_count).map(|_| (0.35 * random.normal()).exp()).collect();
        let sizes = share_out(people, &shares);
        let mut practices = Vec::new();
        for (position, size) in sizes.into_iter().enumerate() {
            let tilt = 0.12 * random.normal();
            practices.push(Practice {
                code: format!("Z{:05}", 90_001 + position),
                name: format!(
                    "{} {}",
                    names::place_name(position),
                    if position % 3 == 0 { "Medical Centre" } else { "Surgery" }
                ),
                postcode: String::new(),
                locality: position * locality_count / practice_count,
                people: size,
                ages: tilted_ages(tilt),
                male: 0.4955,
                areas: Vec::new(),
            });
        }
        let localities = (0..locality_count)
            .map(|i| Locality {
                id: format!("L{:02}", i + 1),
                name: format!("{} locality", names::place_name(i * 5 + 3)),
                served: false,
                practices: Vec::new(),
                areas: Vec::new(),
                homes: Vec::new(),
            })
            .collect();
        let deciles: Vec<Vec<KnownArea>> = vec![Vec::new(); practice_count];
        Self::finish("Synthetic Vale".to_owned(), localities, practices, &deciles, seed, as_of, months, random)
    }

    /// A place of real practices: their lists, scaled to `people` where given.
    pub fn real(
        name: String,
        real: Vec<RealPractice>,
        people: Option<u32>,
        seed: u64,
        as_of: Day,
        months: u32,
    ) -> Self {
        let random = Random::new(seed, LAYOUT_STREAM);
        let shares: Vec<f64> = real.iter().map(|p| p.people).collect();
        let total = people.unwrap_or_else(|| shares.iter().sum::<f64>().round() as u32);
        let sizes = share_out(total, &shares);
        let mut localities: Vec<Locality> = Vec::new();
        let (mut practices, mut areas) = (Vec::new(), Vec::new());
        for (practice, size) in real.into_iter().zip(sizes) {
            let locality = localities.iter().position(|l| l.id == practice.locality_id).unwrap_or_else(|| {
                localities.push(Locality {
                    id: practice.locality_id.clone(),
                    name: practice.locality_name.clone(),
                    served: false,
                    practices: Vec::new(),
                    areas: Vec::new(),
                    homes: Vec::new(),
                });
                localities.len() - 1
            });
            areas.push(practice.areas);
            practices.push(Practice {
                code: practice.code,
                name: practice.name,
                postcode: practice.postcode,
                locality,
                people: size,
                ages: practice.ages,
                male: practice.male,
                areas: Vec::new(),
            });
        }
        Self::finish(name, localities, practices, &areas, seed, as_of, months, random)
    }

    #[expect(clippy::too_many_arguments, reason = "called from the two constructors only")]
    fn finish(
        name: String,
        mut localities: Vec<Locality>,
        mut practices: Vec<Practice>,
        known_areas: &[Vec<KnownArea>],
        seed: u64,
        as_of: Day,
        months: u32,
        mut random: Random,
    ) -> Self {
        let last_month = as_of.month();
        let start = Month(last_month.0 - months as i32 + 1).first_day();
        let served_from = Month(last_month.0 - (months / 3).max(1) as i32 + 1).first_day();
        choose_served(&mut localities, &mut random);
        let mut postcodes = Postcodes::default();
        let mut areas: Vec<Area> = Vec::new();
        // Localities spread from poor to rich, so that deprivation differs between them as it does between real ones.
        let levels = spread(localities.len(), &mut random);
        for (position, practice) in practices.iter_mut().enumerate() {
            let level = levels[practice.locality] + 1.2 * random.normal();
            let district = practice.postcode.split_once(' ').map(|(outward, _)| outward.to_owned());
            for number in 0..practice.people.div_ceil(AREA) as usize {
                let drawn = (level + 1.5 * random.normal()).round().clamp(1.0, 10.0) as u8;
                let known = known_areas[position].get(number);
                let decile = known.map_or(drawn, |area| area.decile);
                let index = areas.len();
                let poverty = f64::from(11 - decile) / 10.0;
                areas.push(Area {
                    // No area of England has a number above 035,000.
                    code: known.map_or_else(|| format!("E01{:06}", 900_001 + index), |area| area.code.clone()),
                    name: known.map_or_else(
                        || format!("{} {:03}", names::place_name(index / 30), index % 1000 + 1),
                        |area| format!("{} {}", area.district, &area.code),
                    ),
                    decile,
                    diversity: (0.05 + 0.28 * poverty * random.unit() + 0.1 * random.unit().powi(4)).min(0.8),
                    postcodes: postcodes.streets(district.as_deref(), &mut random),
                });
                practice.areas.push(index);
                localities[practice.locality].areas.push(index);
            }
            if practice.postcode.is_empty() {
                practice.postcode =
                    practice.areas.first().map_or_else(String::new, |&a| areas[a].postcodes[0].postcode.clone());
            }
            localities[practice.locality].practices.push(position);
        }
        let homes = place_homes(&mut localities, &practices, &areas, &mut random);
        let mut blocks = Vec::new();
        let mut next_number = 0;
        for (position, practice) in practices.iter().enumerate() {
            let count = practice.people.div_ceil(BLOCK);
            for number in 0..count {
                let people = practice.people / count + u32::from(number < practice.people % count);
                blocks.push(Block { practice: position, people, first_number: next_number });
                next_number += numbers_in_block(people);
            }
        }
        Self {
            name,
            start,
            as_of,
            served_from,
            localities,
            practices,
            areas,
            homes,
            blocks,
            numbers: Numbers::new(next_number),
            seed,
        }
    }

    /// Months of history.
    pub fn months(&self) -> usize {
        (self.as_of.month().0 - self.start.month().0 + 1) as usize
    }

    /// The month of a day as a position in the history; days outside count to the nearest month.
    pub fn month_of(&self, day: Day) -> usize {
        ((day.month().0 - self.start.month().0).max(0) as usize).min(self.months() - 1)
    }
}

/// Whole numbers in proportion to shares that sum to the total, each at least 1.
fn share_out(total: u32, shares: &[f64]) -> Vec<u32> {
    let sum: f64 = shares.iter().sum();
    let (mut before, mut given) = (0.0, 0u32);
    shares
        .iter()
        .map(|share| {
            before += share;
            let until = (f64::from(total) * before / sum).round() as u32;
            let size = until.saturating_sub(given).max(1);
            given += size;
            size
        })
        .collect()
}

/// England's ages, older (positive) or younger by a tilt.
fn tilted_ages(tilt: f64) -> [f64; 19] {
    std::array::from_fn(|band| AGE_WEIGHTS[band] * (tilt * (band as f64 - 8.0) / 4.0).exp())
}

/// Half of the localities (rounded down, at least one), chosen by lot.
fn choose_served(localities: &mut [Locality], random: &mut Random) {
    let mut order: Vec<usize> = (0..localities.len()).collect();
    for place in (1..order.len()).rev() {
        order.swap(place, random.below(place + 1));
    }
    let served = (localities.len() / 2).max(1);
    for &locality in order.iter().take(served) {
        localities[locality].served = true;
    }
}

/// Levels from 2.5 to 8.5 in random order.
fn spread(count: usize, random: &mut Random) -> Vec<f64> {
    let mut levels: Vec<f64> = (0..count).map(|i| 2.5 + 6.0 * (i as f64 + 0.5) / count as f64).collect();
    for place in (1..levels.len()).rev() {
        levels.swap(place, random.below(place + 1));
    }
    levels
}

/// One care home of about 40 places for each 5,500 people or so, at least two in each locality.
fn place_homes(
    localities: &mut [Locality],
    practices: &[Practice],
    areas: &[Area],
    random: &mut Random,
) -> Vec<CareHome> {
    let mut homes = Vec::new();
    for locality in localities.iter_mut() {
        let people: u32 = locality.practices.iter().map(|&p| practices[p].people).sum();
        for _ in 0..(people / 5500).max(2) {
            let area = locality.areas[random.below(locality.areas.len())];
            let position = homes.len();
            let postcode = random.pick(&areas[area].postcodes).postcode.clone();
            let code = if position < 1000 { format!("VZ{position:03}") } else { format!("VY{position:04}") };
            homes.push(CareHome {
                code,
                name: names::care_home(position),
                nursing: random.chance(0.4),
                area,
                postcode,
            });
            locality.homes.push(position);
        }
    }
    homes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_add_up_and_localities_have_practices() {
        for people in [1000, 5000, 50_000, 123_457] {
            let layout = Layout::invented(people, 3, Day(20_543), 36);
            assert_eq!(layout.blocks.iter().map(|b| b.people).sum::<u32>(), people);
            assert!(layout.localities.iter().all(|l| l.practices.len() >= 2), "{people}");
            assert!(layout.localities.iter().any(|l| l.served) && layout.localities.iter().any(|l| !l.served));
            assert_eq!(layout.start.to_string(), "2023-04-01");
            assert_eq!(layout.served_from.to_string(), "2025-04-01");
            assert_eq!(layout.months(), 36);
        }
        assert!(Layout::invented(50_000, 1, Day(20_543), 36).localities.len() >= 6);
    }
}
