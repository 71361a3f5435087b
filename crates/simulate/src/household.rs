//! Puts the people of a block together into households: couples, families, people alone, shared houses and care homes.

use crate::layout::{Block, Layout};
use crate::names::{self, Community};
use crate::people::{self, Move, Person, Standing};
use crate::random::Random;
use crate::rates::COUPLES;
use nhs::{AgeBand, Day};

/// An address and its people.
#[derive(Debug, Clone)]
pub struct Household {
    /// Position of the area.
    pub area: usize,
    /// First line of the address.
    pub address: String,
    /// Postcode.
    pub postcode: String,
    /// Unique property reference number.
    pub uprn: u64,
    /// People living there at the end of the history or of their time in it.
    pub size: usize,
}

/// Share of households a year that moved to their present address.
const MOVES_A_YEAR: f64 = 0.045;

/// Makes the households and gives everybody a place in one, names and moves.
pub fn assemble(
    layout: &Layout,
    block: &Block,
    number: usize,
    everybody: &mut [Person],
    random: &mut Random,
) -> Vec<Household> {
    let mut homes = Homes { layout, block, first_uprn: 99_900_000_000 + number as u64 * 800, list: Vec::new() };
    for standing in [Standing::Registered, Standing::Left, Standing::Unregistered] {
        // Those who died lived with those who stayed.
        let members: Vec<usize> = (0..everybody.len())
            .filter(|&i| {
                let own = everybody[i].standing;
                own == standing || (own == Standing::Died && standing == Standing::Registered)
            })
            .collect();
        homes.settle(&members, everybody, random);
    }
    homes.list
}

struct Homes<'a> {
    layout: &'a Layout,
    block: &'a Block,
    first_uprn: u64,
    list: Vec<Household>,
}

impl Homes<'_> {
    fn settle(&mut self, members: &[usize], everybody: &mut [Person], random: &mut Random) {
        let as_of = self.layout.as_of;
        let (mut adults, mut children) = (Vec::new(), Vec::new());
        for &member in members {
            let age = everybody[member].age(everybody[member].left.unwrap_or(as_of));
            if everybody[member].standing != Standing::Unregistered
                && enters_care_home(&mut everybody[member], age, random)
            {
                self.place_in_care_home(member, everybody, random);
            } else if age < 18 {
                children.push(member);
            } else {
                adults.push(member);
            }
        }
        adults.sort_by_key(|&i| (everybody[i].birth, i));
        children.sort_by_key(|&i| (everybody[i].birth, i));
        let mut groups = pair_up(&adults, everybody, as_of, random);
        add_children(&children, everybody, &mut groups, random);
        for group in groups {
            self.house(&group, everybody, random);
        }
    }

    fn place_in_care_home(&mut self, member: usize, everybody: &mut [Person], random: &mut Random) {
        let locality = &self.layout.localities[self.layout.practices[self.block.practice].locality];
        let home = *random.pick(&locality.homes);
        let care_home = &self.layout.homes[home];
        let household = self.list.len();
        self.list.push(Household {
            area: care_home.area,
            address: care_home.name.clone(),
            postcode: care_home.postcode.clone(),
            uprn: 99_800_000_000 + home as u64,
            size: 40,
        });
        let person = &mut everybody[member];
        let until = person.left.unwrap_or(self.layout.as_of);
        person.household = household;
        let community = community(self.layout.areas[care_home.area].diversity * 0.4, random);
        let family = names::surname(community, random);
        people::name(person, &family, community, random);
        let since = Day(until.0 - (random.exponential(800.0) as i32).clamp(5, 3650));
        person.care_home = Some((home, since));
        if since > self.layout.start && random.chance(0.6) {
            // Lived at home in the place before.
            let before = self.new_address(random);
            person.moved = Some(Move { on: since, practice: None, household: before });
        }
    }

    /// A household of its own for a group; the group's oldest stands first.
    fn house(&mut self, group: &[usize], everybody: &mut [Person], random: &mut Random) {
        let household = self.new_address(random);
        self.list[household].size = group.len();
        let community = community(self.layout.areas[self.list[household].area].diversity, random);
        let family = names::surname(community, random);
        let kin = group.len() == 1 || is_family(group, everybody);
        for (place, &member) in group.iter().enumerate() {
            let shares =
                kin && (place == 0 || everybody[group[0]].age(everybody[member].birth) >= 16 || random.chance(0.75));
            let own = if shares { family.clone() } else { names::surname(community, random) };
            people::name(&mut everybody[member], &own, community, random);
            let age = everybody[member].age(self.layout.as_of);
            if shares && place > 0 && everybody[member].female && (20..45).contains(&age) && random.chance(0.12) {
                everybody[member].former_family = Some(names::surname(community, random));
            }
            everybody[member].household = household;
        }
        self.date_registrations(group, household, everybody, random);
    }

    fn date_registrations(&mut self, group: &[usize], household: usize, everybody: &mut [Person], random: &mut Random) {
        let layout = self.layout;
        let years = layout.months() as f64 / 12.0;
        let stays = everybody[group[0]].standing == Standing::Registered;
        let moved = stays && random.chance(MOVES_A_YEAR * years);
        let day = Day(layout.start.0 + random.below((layout.as_of.0 - layout.start.0) as usize) as i32);
        let within = random.chance(0.4);
        let before = (moved && within).then(|| self.new_address(random));
        let locality = &layout.localities[layout.practices[self.block.practice].locality];
        let other = locality.practices.iter().copied().filter(|&p| p != self.block.practice).collect::<Vec<_>>();
        let practice = (moved && within && !other.is_empty() && random.chance(0.5)).then(|| *random.pick(&other));
        let since = Day(layout.start.0 - 30 - random.exponential(3650.0) as i32);
        for &member in group {
            let person = &mut everybody[member];
            if person.standing == Standing::Unregistered {
                person.registered_from = layout.start;
                continue;
            }
            person.registered_from = person.birth.max(since);
            if moved && person.birth < day && person.left.is_none() {
                match before {
                    Some(address) => person.moved = Some(Move { on: day, practice, household: address }),
                    None => person.registered_from = day,
                }
            }
        }
        let _ = household;
    }

    fn new_address(&mut self, random: &mut Random) -> usize {
        let practice = &self.layout.practices[self.block.practice];
        let locality = &self.layout.localities[practice.locality];
        let areas = if random.chance(0.8) && !practice.areas.is_empty() { &practice.areas } else { &locality.areas };
        let area = *random.pick(areas);
        let street = random.pick(&self.layout.areas[area].postcodes);
        let number = 1 + random.below(70);
        let address = match random.below(20) {
            0 => format!("Flat {}, {number} {}", 1 + random.below(12), street.name),
            1 => format!("{number}A {}", street.name),
            _ => format!("{number} {}", street.name),
        };
        let position = self.list.len();
        self.list.push(Household {
            area,
            address: quoted(address),
            postcode: street.postcode.clone(),
            uprn: self.first_uprn + position as u64,
            size: 1,
        });
        position
    }
}

/// Decides who lives in a care home; those who do have more need.
fn enters_care_home(person: &mut Person, age: i32, random: &mut Random) -> bool {
    let dying = if person.standing == Standing::Died { 3.0 } else { 1.0 };
    let need = (0.9 * person.need - 0.4).exp();
    if age < 18 || !random.chance((people::care_home_chance(age) * need * dying).min(0.8)) {
        return false;
    }
    person.need += 0.8;
    true
}

/// An address with a comma stands in quotes.
fn quoted(address: String) -> String {
    if address.contains(',') { format!("\"{address}\"") } else { address }
}

fn community(diversity: f64, random: &mut Random) -> Community {
    if !random.chance(diversity) {
        Community::British
    } else if random.chance(0.55) {
        Community::SouthAsian
    } else {
        Community::Other
    }
}

/// Not a shared house: two of opposite sex, or somebody a generation older than the rest.
fn is_family(group: &[usize], everybody: &[Person]) -> bool {
    let first = &everybody[group[0]];
    group[1..].iter().any(|&other| {
        let other = &everybody[other];
        other.female != first.female || first.age(other.birth) >= 16
    })
}

/// Couples, people alone, shared houses and grown children at home, from adults sorted by birth (oldest first).
fn pair_up(adults: &[usize], everybody: &[Person], as_of: Day, random: &mut Random) -> Vec<Vec<usize>> {
    let mut free = vec![true; adults.len()];
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut young: Vec<usize> = Vec::new();
    for place in 0..adults.len() {
        if !free[place] {
            continue;
        }
        free[place] = false;
        let adult = adults[place];
        let age = everybody[adult].age(as_of);
        let coupled = COUPLES[AgeBand::of_age(age).index()] / 100.0;
        // The first of a pair decides for both, so the chance is that of one of two.
        if random.chance(coupled) {
            let same_sex = random.chance(0.02);
            let partner = (place + 1..adults.len().min(place + 24))
                .find(|&other| free[other] && (everybody[adults[other]].female != everybody[adult].female) != same_sex);
            if let Some(other) = partner {
                free[other] = false;
                groups.push(vec![adult, adults[other]]);
                continue;
            }
        }
        if age < 30 {
            young.push(adult);
        } else {
            groups.push(vec![adult]);
        }
    }
    settle_young(&young, everybody, &mut groups, as_of, random);
    groups
}

/// Young single adults live with parents, share a house or live alone.
fn settle_young(young: &[usize], everybody: &[Person], groups: &mut Vec<Vec<usize>>, as_of: Day, random: &mut Random) {
    let mut sharing: Vec<usize> = Vec::new();
    for &adult in young {
        let age = everybody[adult].age(as_of);
        let at_home = if age < 24 { 0.68 } else { 0.35 };
        let parents = if random.chance(at_home) { find_parents(adult, everybody, groups, random) } else { None };
        match parents {
            Some(group) => groups[group].push(adult),
            None if random.chance(0.5) => {
                sharing.push(adult);
                if sharing.len() >= 2 + random.below(3) {
                    groups.push(std::mem::take(&mut sharing));
                }
            }
            None => groups.push(vec![adult]),
        }
    }
    if !sharing.is_empty() {
        groups.push(sharing);
    }
}

/// A household whose oldest is 18 to 44 years older, tried by lot.
fn find_parents(child: usize, everybody: &[Person], groups: &[Vec<usize>], random: &mut Random) -> Option<usize> {
    for _ in 0..30 {
        if groups.is_empty() {
            return None;
        }
        let group = random.below(groups.len());
        let older = everybody[groups[group][0]].age(everybody[child].birth);
        let lone = groups[group].len() == 1;
        if (18..45).contains(&older) && groups[group].len() < 6 && (!lone || random.chance(0.35)) {
            return Some(group);
        }
    }
    None
}

/// Brothers and sisters of one to three, some of them twins, each set with a household that could have had them.
fn add_children(children: &[usize], everybody: &mut [Person], groups: &mut Vec<Vec<usize>>, random: &mut Random) {
    // From the youngest on, so that a set spans a few years.
    let mut waiting: Vec<usize> = children.to_vec();
    while let Some(first) = waiting.pop() {
        let mut set = vec![first];
        let wanted = [1, 1, 2, 2, 2, 3][random.below(6)];
        while set.len() < wanted && !waiting.is_empty() {
            let place = waiting.len() - 1 - random.below(waiting.len().min(18));
            let sibling = waiting.remove(place);
            if everybody[sibling].standing == Standing::Registered && random.chance(0.03) {
                everybody[sibling].birth = everybody[first].birth;
            }
            set.push(sibling);
        }
        let oldest = set.iter().copied().min_by_key(|&c| everybody[c].birth).unwrap_or(first);
        match find_parents(oldest, everybody, groups, random) {
            Some(group) => groups[group].append(&mut set),
            None if groups.is_empty() => groups.push(set),
            None => {
                let group = random.below(groups.len());
                groups[group].append(&mut set);
            }
        }
    }
}
