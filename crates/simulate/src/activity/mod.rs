//! What happens to a person and what each partner writes down of it.

mod community;
mod hospital;
mod primary;
mod social;
mod urgent;

use crate::effect::Tally;
use crate::health::Health;
use crate::household::Household;
use crate::identity::{self, Subject};
use crate::layout::{Block, Layout};
use crate::output::{File, Tables};
use crate::people::{Person, Standing};
use crate::random::Random;
use nhs::Day;

/// One person with everything their activity depends on.
pub struct Life<'a> {
    /// The person.
    pub person: &'a Person,
    /// Their hidden state.
    pub health: &'a Health,
    /// Where they live.
    pub home: &'a Household,
    /// Where they lived before a move within the place.
    pub before: Option<&'a Household>,
    /// Another address of the block.
    pub elsewhere: &'a Household,
    /// Somebody else's NHS number.
    pub other_number: Option<u64>,
    /// Position of their locality.
    pub locality: usize,
    /// Whether the care model reaches them from [`Layout::served_from`].
    pub served: bool,
    /// Code of their practice; empty for none.
    pub practice: &'a str,
}

/// A stretch of at most a year of somebody's life, over which rates are held.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
    /// Length in years.
    pub years: f64,
    /// Age in the middle.
    pub age: i32,
    /// Frailty in the middle.
    pub frailty: f64,
}

/// Writes the rows of one block.
pub struct Author<'a> {
    /// The place.
    pub layout: &'a Layout,
    /// The rows.
    pub tables: Tables,
    /// The block's random numbers.
    pub random: Random,
    /// Counts of the block's locality.
    pub tally: Tally,
    next_key: u64,
    cards: Vec<u8>,
    spans: [[Option<(usize, usize)>; 2]; File::ALL.len()],
}

/// Keys kept for each block; its rows of one file are far fewer.
const KEYS_PER_BLOCK: u64 = 40_000;

impl<'a> Author<'a> {
    /// For the block with this number.
    pub fn new(layout: &'a Layout, number: usize, random: Random) -> Self {
        Self {
            layout,
            tables: Tables::new(),
            random,
            tally: Tally::new(layout.months()),
            next_key: number as u64 * KEYS_PER_BLOCK,
            cards: Vec::new(),
            spans: Default::default(),
        }
    }

    /// Writes everything about one person.
    pub fn live(&mut self, life: &Life<'_>) {
        self.cards.clear();
        self.spans = Default::default();
        let (first, last) = life.person.window(self.layout);
        if life.person.standing == Standing::Unregistered {
            urgent::visitor(self, life, first, last);
            return;
        }
        primary::registration(self, life);
        if last < first {
            return;
        }
        self.tally.count_person(self.layout, first, last);
        let end = hospital::last_days(self, life, first, last);
        primary::diagnoses(self, life, last);
        social::write(self, life, first, last);
        if life.person.standing == Standing::Died {
            social::death(self, life, last, end);
        }
        let mut day = first;
        while day <= last {
            let until = Day(day.0 + 364).min(last);
            let middle = Day(day.0 + (until.0 - day.0) / 2);
            let age = life.person.age(middle);
            let stretch = Stretch {
                first: day,
                last: until,
                years: f64::from(until.0 - day.0 + 1) / 365.25,
                age,
                frailty: life.health.frailty(age),
            };
            primary::year(self, life, &stretch);
            hospital::year(self, life, &stretch);
            urgent::year(self, life, &stretch);
            community::year(self, life, &stretch);
            day = Day(until.0 + 1);
        }
    }

    /// A key that no other row of the place has.
    fn key(&mut self) -> u64 {
        self.next_key += 1;
        self.next_key
    }

    /// Appends the identity fields of a person as this partner holds them. A partner mostly keeps one card for a person and address;
    /// now and then somebody types it all again.
    fn identity(&mut self, file: File, life: &Life<'_>, on: Day) {
        let earlier = life.person.moved.is_some_and(|m| on < m.on);
        let span = self.spans[file as usize][usize::from(earlier)];
        let again = self.random.chance(0.01);
        let span = match span {
            Some(span) if !again => span,
            _ => {
                let start = self.cards.len();
                let subject = self.subject(life, earlier);
                identity::write(&mut self.cards, file, &subject, self.layout, &mut self.random);
                let span = (start, self.cards.len());
                self.spans[file as usize][usize::from(earlier)].get_or_insert(span);
                span
            }
        };
        self.tables.get(file).fields(&self.cards[span.0..span.1]);
    }

    fn subject<'b>(&self, life: &Life<'b>, earlier: bool) -> Subject<'b>
    where
        'a: 'b,
    {
        let before = life.before.filter(|_| earlier);
        let practice = match life.person.moved.and_then(|m| m.practice).filter(|_| earlier) {
            Some(position) => self.layout.practices[position].code.as_str(),
            None => life.practice,
        };
        Subject {
            person: life.person,
            household: before.unwrap_or(life.home),
            elsewhere: life.before.unwrap_or(life.elsewhere),
            practice,
            other_number: life.other_number,
        }
    }

    /// Ends a row of a file.
    fn end(&mut self, file: File, life: &Life<'_>) {
        self.tables.get(file).end(life.person.id, &mut self.random);
    }

    /// A day of a stretch, somewhat more often in winter.
    fn day_in(&mut self, stretch: &Stretch) -> Day {
        let length = (stretch.last.0 - stretch.first.0 + 1) as usize;
        let day = Day(stretch.first.0 + self.random.below(length) as i32);
        let summer = (4..=9).contains(&day.ymd().1);
        if summer && self.random.chance(0.1) { Day(stretch.first.0 + self.random.below(length) as i32) } else { day }
    }

    /// A weekday of a stretch, where it has one near.
    fn working_day_in(&mut self, stretch: &Stretch) -> Day {
        let day = self.day_in(stretch);
        match day.weekday() {
            5 if day.0 > stretch.first.0 => Day(day.0 - 1),
            6 if day.0 < stretch.last.0 => Day(day.0 + 1),
            _ => day,
        }
    }

    /// Whether the care model reaches this person on this day.
    fn is_served(&self, life: &Life<'_>, on: Day) -> bool {
        life.served && on >= self.layout.served_from
    }

    /// The acute trust a person goes to: mostly the near one of their side of the place.
    fn hospital(&mut self, life: &Life<'_>) -> (&'static str, &'static str) {
        let near = self.random.chance(0.9);
        if (life.locality % 4 == 3) == near { ("RZ2", "RZ201") } else { ("RZ1", "RZ101") }
    }
}

/// Position of a block's practice in its locality and whether that is served.
pub fn locality_of(layout: &Layout, block: &Block) -> (usize, bool) {
    let locality = layout.practices[block.practice].locality;
    (locality, layout.localities[locality].served)
}
