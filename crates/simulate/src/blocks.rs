//! One block of people from first draw to finished rows.

use crate::activity::{Author, Life, locality_of};
use crate::effect::Tally;
use crate::health::Health;
use crate::household;
use crate::layout::{Layout, numbers_in_block};
use crate::output::Tables;
use crate::people::{self, Standing};
use crate::random::Random;

/// What a block hands to the writer.
pub struct Finished {
    /// Rows of every file.
    pub tables: Tables,
    /// Counts of its locality.
    pub tally: Tally,
    /// Position of the locality.
    pub locality: usize,
    /// Registered people.
    pub people: u32,
    /// True persons.
    pub persons: u64,
    /// Registered people by position of the area.
    pub residents: Vec<(usize, u32)>,
}

/// True persons are numbered within this much space for each block.
const PERSONS_PER_BLOCK: u32 = 1024;

/// Makes the block with this number.
pub fn make(layout: &Layout, number: usize) -> Finished {
    let block = &layout.blocks[number];
    let mut random = Random::new(layout.seed, number as u64);
    let mut everybody = people::draw(layout, block, &mut random);
    let households = household::assemble(layout, block, number, &mut everybody, &mut random);
    let last_number = numbers_in_block(block.people);
    for (position, person) in everybody.iter_mut().enumerate() {
        person.id = number as u32 * PERSONS_PER_BLOCK + position as u32 + 1;
        if (position as u64) < last_number {
            person.nhs_number = layout.numbers.get(block.first_number + position as u64);
        }
    }
    let (locality, served) = locality_of(layout, block);
    let mut author = Author::new(layout, number, random);
    let mut residents: Vec<(usize, u32)> = Vec::new();
    for position in 0..everybody.len() {
        let person = &everybody[position];
        let home = &households[person.household];
        let area = &layout.areas[home.area];
        let health = Health::draw(person, area.decile, layout.as_of, &mut author.random);
        let neighbour = &everybody[(position + 1) % everybody.len()];
        let life = Life {
            person,
            health: &health,
            home,
            before: person.moved.map(|m| &households[m.household]),
            elsewhere: &households[(person.household + 7) % households.len()],
            other_number: neighbour.nhs_number,
            locality,
            served,
            practice: if person.standing == Standing::Unregistered {
                ""
            } else {
                &layout.practices[block.practice].code
            },
        };
        author.live(&life);
        if person.standing == Standing::Registered {
            match residents.iter_mut().find(|(area, _)| *area == home.area) {
                Some((_, count)) => *count += 1,
                None => residents.push((home.area, 1)),
            }
        }
    }
    Finished {
        tables: author.tables,
        tally: author.tally,
        locality,
        people: block.people,
        persons: everybody.len() as u64,
        residents,
    }
}
