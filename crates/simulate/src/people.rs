//! The people of a block: who they are, when they came, moved, left or died.

use crate::layout::{Block, Layout};
use crate::names::{self, Community};
use crate::random::Random;
use crate::rates::{CARE_HOME, DEATHS};
use nhs::{AgeBand, Day};

/// What brings a person into the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Registered at the as-of date.
    Registered,
    /// Registered until death.
    Died,
    /// Registered until they moved out of the place.
    Left,
    /// On no list: seen by urgent services only.
    Unregistered,
}

/// A true person.
#[derive(Debug, Clone)]
pub struct Person {
    /// Number in the truth files, 1 upwards over the place.
    pub id: u32,
    /// NHS number, where one is left.
    pub nhs_number: Option<u64>,
    /// Whether a woman.
    pub female: bool,
    /// Date of birth.
    pub birth: Day,
    /// Family name now.
    pub family: String,
    /// Family name before marriage in or near the history, which some partners still hold.
    pub former_family: Option<String>,
    /// Given name.
    pub given: &'static str,
    /// Ethnic category.
    pub ethnicity: u8,
    /// Standing.
    pub standing: Standing,
    /// First day of the registration in the place.
    pub registered_from: Day,
    /// Day of a move within the place, with another practice before it where that changed.
    pub moved: Option<Move>,
    /// Day they left, or died.
    pub left: Option<Day>,
    /// Position of the household in the block.
    pub household: usize,
    /// Need that age and deprivation do not explain: standard normal, higher is more.
    pub need: f64,
    /// Care home and first day there.
    pub care_home: Option<(usize, Day)>,
    /// On a list although gone.
    pub ghost: bool,
}

/// A move within the place.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// First day at the new address.
    pub on: Day,
    /// Position of the practice before, where it changed.
    pub practice: Option<usize>,
    /// Position of the household's address before.
    pub household: usize,
}

impl Person {
    /// Age on a day.
    pub fn age(&self, on: Day) -> i32 {
        on.age_since(self.birth)
    }

    /// The days in which things can happen to them that partners record, first and last.
    pub fn window(&self, layout: &Layout) -> (Day, Day) {
        let first = layout.start.max(self.registered_from).max(self.birth);
        (first, self.left.unwrap_or(layout.as_of).min(layout.as_of))
    }
}

/// Shares over the history of three years, scaled to its length.
const LEAVERS_A_YEAR: f64 = 0.025;
const UNREGISTERED: f64 = 0.015;
const GHOSTS_AMONG_LEAVERS: f64 = 0.2;

/// Draws the people of a block; households, names and moves are still to come. The registered come first.
pub fn draw(layout: &Layout, block: &Block, random: &mut Random) -> Vec<Person> {
    let practice = &layout.practices[block.practice];
    let years = layout.months() as f64 / 12.0;
    let mut people = Vec::with_capacity(block.people as usize * 5 / 4);
    for _ in 0..block.people {
        people.push(person(layout, &practice.ages, practice.male, Standing::Registered, random));
    }
    // Those who died are drawn from the mortality of the ages of the living, shifted back by half the history.
    for position in 0..people.len() {
        let (birth, female) = (people[position].birth, people[position].female);
        let age = layout.as_of.age_since(birth);
        let rate = DEATHS[AgeBand::of_age(age).index()] / 1000.0 * if female { 0.88 } else { 1.12 };
        let poverty = crate::rates::by_decile(decile(layout, block), 0.6);
        if random.chance((rate * years * poverty).min(0.95)) {
            let mut dead = person(layout, &practice.ages, practice.male, Standing::Died, random);
            let on = Day(layout.start.0 + random.below((layout.as_of.0 - layout.start.0) as usize) as i32);
            // As old at death as the living one is now, within the band.
            let back = layout.as_of.0 - on.0;
            dead.birth = Day((birth.0 - back + random.between(-500, 500)).min(on.0));
            dead.female = female;
            dead.left = Some(on);
            dead.need += 0.9;
            people.push(dead);
        }
    }
    let leavers = random.poisson(f64::from(block.people) * LEAVERS_A_YEAR * years);
    for _ in 0..leavers {
        let mut leaver = person(layout, &practice.ages, practice.male, Standing::Left, random);
        leaver.left = Some(Day(layout.start.0 + random.below((layout.as_of.0 - layout.start.0) as usize) as i32));
        leaver.birth = leaver.birth.min(layout.start);
        leaver.ghost = random.chance(GHOSTS_AMONG_LEAVERS);
        people.push(leaver);
    }
    let unregistered = random.poisson(f64::from(block.people) * UNREGISTERED);
    for _ in 0..unregistered {
        let mut visitor = person(layout, &practice.ages, 0.6, Standing::Unregistered, random);
        visitor.birth = visitor.birth.min(layout.start);
        people.push(visitor);
    }
    people
}

/// The deprivation of the block's practice: the middle of its areas.
fn decile(layout: &Layout, block: &Block) -> u8 {
    let areas = &layout.practices[block.practice].areas;
    areas.get(areas.len() / 2).map_or(5, |&area| layout.areas[area].decile)
}

fn person(layout: &Layout, ages: &[f64; 19], male: f64, standing: Standing, random: &mut Random) -> Person {
    let band = random.weighted(ages.iter().copied());
    let age =
        if band == 18 { (90.0 + random.exponential(2.6)).min(107.0) } else { band as f64 * 5.0 + 5.0 * random.unit() };
    // More women than men reach old age.
    let male_here = male * [1.02, 1.0, 0.97, 0.9, 0.75, 0.6][(age as usize).saturating_sub(45).min(50) / 10];
    let birth = Day(layout.as_of.0 - (age * 365.2425) as i32);
    Person {
        id: 0,
        nhs_number: None,
        female: !random.chance(male_here),
        birth,
        family: String::new(),
        former_family: None,
        given: "",
        ethnicity: b'A',
        standing,
        registered_from: birth,
        moved: None,
        left: None,
        household: 0,
        need: random.normal(),
        care_home: None,
        ghost: false,
    }
}

/// The chance that somebody of this age lives in a care home.
pub fn care_home_chance(age: i32) -> f64 {
    CARE_HOME[AgeBand::of_age(age).index()] / 1000.0
}

/// An ethnic category for a community, in the proportions of the 2021 census.
pub fn ethnicity(community: Community, random: &mut Random) -> u8 {
    match community {
        Community::British => *random.pick(b"AAAAAAAAAAAAAAAAAAABCCDG"),
        Community::SouthAsian => *random.pick(b"HHHHJJJJJKKL"),
        Community::Other => *random.pick(b"CCCCMNNNPRSSFEGL"),
    }
}

/// Gives a person their names.
pub fn name(person: &mut Person, family: &str, community: Community, random: &mut Random) {
    family.clone_into(&mut person.family);
    let year = person.birth.ymd().0;
    person.given = names::given(community, person.female, year, random);
    person.ethnicity = ethnicity(community, random);
}
