//! The rows of people: the best of what all sources say of each.

use crate::assign::Assigned;
use crate::hash::{Hasher, ReadyMap};
use crate::identity::{Identities, Identity};
use crate::map::Registration;
use crate::spool::NO_DAY;
use lake::{CodeRow, IdentityRow, PersonRow};
use nhs::{Day, Ethnicity, Lsoa, NhsNumber, OdsCode, Sex};
use std::collections::BTreeMap;
use std::ops::Range;

/// What people are made of.
pub(super) struct Inputs<'a> {
    pub(super) identities: &'a Identities,
    pub(super) assigned: &'a Assigned,
    pub(super) registrations: &'a [(u32, Registration)],
    pub(super) deaths: &'a [(u32, i32)],
    pub(super) stays: &'a [(u32, i32, i32, u32)],
    pub(super) codes: &'a [CodeRow],
    pub(super) imd: &'a BTreeMap<u32, u8>,
    pub(super) as_of: Day,
}

/// What is known of everyone beside their identities, by position.
pub(super) struct People<'a> {
    identities: &'a Identities,
    assigned: &'a Assigned,
    imd: BTreeMap<u32, u8>,
    registration: Vec<Option<Registration>>,
    death: Vec<i32>,
    home: BTreeMap<u32, OdsCode>,
    household: Vec<u32>,
    household_size: Vec<u16>,
}

impl<'a> People<'a> {
    pub(super) fn new(inputs: &Inputs<'a>) -> Self {
        let count = inputs.assigned.ids.len();
        let person = |identity: u32| inputs.assigned.person_of[identity as usize] as usize;
        let mut registration: Vec<Option<Registration>> = vec![None; count];
        for &(identity, new) in inputs.registrations {
            let own = &mut registration[person(identity)];
            if own.is_none_or(|old| standing(&new, inputs.as_of) > standing(&old, inputs.as_of)) {
                *own = Some(new);
            }
        }
        let mut death = vec![NO_DAY; count];
        for &(identity, day) in inputs.deaths {
            let own = &mut death[person(identity)];
            *own = if *own == NO_DAY { day } else { day.min(*own) };
        }
        let mut home: BTreeMap<u32, (i32, OdsCode)> = BTreeMap::new();
        for &(identity, from, to, provider) in inputs.stays {
            let lives_there = from <= inputs.as_of.0 && (to == NO_DAY || to >= inputs.as_of.0);
            let code = inputs.codes.get(provider as usize).and_then(|row| OdsCode::parse(&row.code).ok());
            let (true, Some(code)) = (lives_there, code) else { continue };
            let own = home.entry(person(identity) as u32).or_insert((from, code));
            *own = (*own).max((from, code));
        }
        let mut people = Self {
            identities: inputs.identities,
            assigned: inputs.assigned,
            imd: inputs.imd.clone(),
            registration,
            death,
            home: home.into_iter().map(|(person, (_, code))| (person, code)).collect(),
            household: vec![0; count],
            household_size: vec![0; count],
        };
        people.find_households(inputs.as_of);
        people
    }

    /// People of one address share a number, given in the order of their first member. The size counts those registered at
    /// the snapshot's date and alive.
    fn find_households(&mut self, as_of: Day) {
        let mut numbers: ReadyMap<u32> = ReadyMap::default();
        let mut sizes: Vec<u16> = vec![0];
        for person in 0..self.assigned.ids.len() {
            let Some(key) = self.address_key(person) else { continue };
            let next = sizes.len() as u32;
            let number = *numbers.entry(key).or_insert(next);
            if number == next {
                sizes.push(0);
            }
            self.household[person] = number;
            let alive = self.death[person] == NO_DAY || self.death[person] > as_of.0;
            let registered = self.registration[person].is_some_and(|r| is_current(&r, as_of));
            if alive && registered {
                sizes[number as usize] = sizes[number as usize].saturating_add(1);
            }
        }
        for (size, &number) in self.household_size.iter_mut().zip(&self.household) {
            *size = sizes[number as usize];
        }
    }

    /// What tells the person's address from others: the UPRN, else the address line with its postcode. The best identity with
    /// either counts, so that an old address in a worse source does not move anybody.
    fn address_key(&self, person: usize) -> Option<u64> {
        let texts = &self.identities.texts;
        let simple =
            |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect::<String>();
        self.members(person).find_map(|who| {
            if who.uprn != 0 {
                return Some(Hasher::new(9).bytes(texts.get(who.uprn).as_bytes()).finish());
            }
            if who.address != 0 && who.postcode != 0 {
                let address = simple(texts.get(who.address));
                return Some(
                    Hasher::new(10).bytes(address.as_bytes()).bytes(texts.get(who.postcode).as_bytes()).finish(),
                );
            }
            None
        })
    }

    fn members(&self, person: usize) -> impl Iterator<Item = &'a Identity> + use<'a> {
        let identities = self.identities;
        self.assigned.members_of(person).iter().map(move |&member| &identities.rows[member as usize])
    }

    /// The rows of a range of people, for one bucket.
    pub(super) fn rows(&self, range: Range<u32>) -> (Vec<PersonRow>, Vec<IdentityRow>) {
        range.map(|person| (self.person(person as usize), self.identity(person as usize))).unzip()
    }

    fn person(&self, person: usize) -> PersonRow {
        let first =
            |pick: &dyn Fn(&Identity) -> u32| self.members(person).map(pick).find(|&value| value != 0).unwrap_or(0);
        let lsoa = first(&|who| who.lsoa).checked_sub(1).and_then(Lsoa::from_value);
        let registration = self.registration[person];
        let day = |value: i32| (value != NO_DAY).then_some(Day(value));
        PersonRow {
            id: self.assigned.ids[person],
            birth: self.members(person).find_map(|who| day(who.birth)),
            death: day(self.death[person]),
            sex: self.members(person).map(|who| who.sex).find(|&sex| sex != Sex::Unknown).unwrap_or_default(),
            ethnicity: self.ethnicity(person),
            practice: registration.map(|r| r.practice),
            registered_from: registration.and_then(|r| r.from),
            registered_to: registration.and_then(|r| r.to),
            lsoa,
            imd_decile: lsoa.and_then(|area| self.imd.get(&area.value())).copied().unwrap_or(0),
            household: self.household[person],
            household_size: self.household_size[person],
            care_home: self.home.get(&(person as u32)).copied().filter(|_| self.death[person] == NO_DAY),
            lists: self.members(person).fold(0, |bits, who| bits | who.sources),
        }
    }

    /// The best identity that states a category; "not stated" only where no source says more.
    fn ethnicity(&self, person: usize) -> Ethnicity {
        let mut not_stated = Ethnicity::NOT_KNOWN;
        for who in self.members(person) {
            match who.ethnicity.letter() {
                b'9' => {}
                b'Z' => not_stated = who.ethnicity,
                _ => return who.ethnicity,
            }
        }
        not_stated
    }

    fn identity(&self, person: usize) -> IdentityRow {
        let texts = &self.identities.texts;
        let best_name = self.members(person).find(|who| who.family != 0);
        let best_address = self
            .members(person)
            .find(|who| who.address != 0)
            .or_else(|| self.members(person).find(|who| who.postcode != 0));
        let number = self.members(person).map(|who| who.nhs_number).find(|&n| n != 0);
        let text =
            |who: Option<&Identity>, pick: fn(&Identity) -> u32| who.map_or("", |who| texts.get(pick(who))).to_owned();
        IdentityRow {
            id: self.assigned.ids[person],
            nhs_number: number.and_then(|n| NhsNumber::from_value(n).ok()),
            family_name: text(best_name, |who| who.family),
            given_name: text(best_name, |who| who.given),
            address: text(best_address, |who| who.address),
            postcode: text(best_address, |who| who.postcode),
        }
    }
}

fn is_current(registration: &Registration, as_of: Day) -> bool {
    registration.from.is_none_or(|day| day <= as_of) && registration.to.is_none_or(|day| day >= as_of)
}

/// Which of two registrations is the person's at the day: a current one, then the one that began last, then the one
/// that ended last, then the practice's code.
fn standing(registration: &Registration, as_of: Day) -> (bool, Option<Day>, Day, OdsCode) {
    (
        is_current(registration, as_of),
        registration.from,
        registration.to.unwrap_or(Day(i32::MAX)),
        registration.practice,
    )
}
