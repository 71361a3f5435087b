//! The shape of a place: its localities, their practices, and where a person belongs.

use crate::results::NOWHERE;
use blueprint::Place;
use lake::PersonRow;
use nhs::{Day, OdsCode};
use std::collections::BTreeMap;

/// Localities and practices by position.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Localities in the order of `place.toml`.
    pub localities: Vec<LocalityShape>,
    /// Practices in the order of localities.
    pub practices: Vec<(OdsCode, u16)>,
    position_of: BTreeMap<OdsCode, u16>,
}

/// One locality.
#[derive(Debug, Clone)]
pub struct LocalityShape {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// When the care model started there.
    pub served_from: Option<Day>,
}

impl Shape {
    /// The shape that `place.toml` gives. A place without localities is one locality of every practice in its data.
    pub fn of(place: &Place, persons: &[PersonRow]) -> Self {
        let mut shape = Self::default();
        if place.localities.is_empty() {
            let practices: std::collections::BTreeSet<OdsCode> = persons.iter().filter_map(|p| p.practice).collect();
            shape.add("all", &place.name, None, practices);
        }
        for locality in &place.localities {
            shape.add(&locality.id, &locality.name, locality.served_from, locality.practices.iter().copied());
        }
        shape
    }

    fn add(&mut self, id: &str, name: &str, served_from: Option<Day>, practices: impl IntoIterator<Item = OdsCode>) {
        let locality = self.localities.len() as u16;
        self.localities.push(LocalityShape { id: id.to_owned(), name: name.to_owned(), served_from });
        for code in practices {
            let position = self.practices.len() as u16;
            self.practices.push((code, locality));
            self.position_of.insert(code, position);
        }
    }

    /// Positions of the practice and locality of a person; [`NOWHERE`] for practices the place does not have.
    pub fn belongs(&self, person: &PersonRow) -> (u16, u16) {
        let practice = person.practice.and_then(|code| self.position_of.get(&code).copied());
        practice.map_or((NOWHERE, NOWHERE), |p| (p, self.practices[usize::from(p)].1))
    }
}

/// The days on which a person was on a list of the place, both included: registration cut short by death.
pub fn registered_days(person: &PersonRow) -> (i32, i32) {
    let from = person.registered_from.map_or(i32::MIN, |d| d.0).max(person.birth.map_or(i32::MIN, |d| d.0));
    let to = person.registered_to.map_or(i32::MAX, |d| d.0).min(person.death.map_or(i32::MAX, |d| d.0));
    (from, to)
}
