//! Caseloads: services, eligibility and capacity make each team a ranked list, with the people just below the line.

use blueprint::model::{Blueprint, Service, TeamCover};
use population::{NOWHERE, People, Summary, rule::Values};
use std::cmp::Reverse;

/// What one team covers: the practice or locality (positions in the [`Summary`]), or the whole place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cover {
    /// Position of the practice in [`Summary::practices`].
    Practice(u16),
    /// Position of the locality in [`Summary::localities`].
    Locality(u16),
    /// The whole place.
    Place,
}

/// The ranked list of one team for one service.
#[derive(Debug, Clone)]
pub struct Caseload {
    /// Position of the service in the blueprint.
    pub service: usize,
    /// What the team covers.
    pub cover: Cover,
    /// The team's name with what it covers: "Extensive care team, North".
    pub team_name: String,
    /// How many people the team can carry.
    pub capacity: u32,
    /// Everyone eligible (positions in [`People`]), most pressing first.
    pub ranked: Vec<u32>,
}

impl Caseload {
    /// The people the team can carry.
    pub fn on(&self) -> &[u32] {
        &self.ranked[..self.ranked.len().min(self.capacity as usize)]
    }

    /// Everyone eligible for whom there is no place, the next one first.
    pub fn below(&self) -> &[u32] {
        &self.ranked[self.on().len()..]
    }

    /// Why a person is on the list, in words, in the order the service gives.
    pub fn reasons(&self, blueprint: &Blueprint, people: &People, person: u32) -> Vec<String> {
        blueprint.services.get(self.service).map_or_else(Vec::new, |service| {
            service
                .reasons
                .iter()
                .filter_map(|&feature| {
                    let raw = *people.features.get(feature)?.get(person as usize)?;
                    crate::words::reason(blueprint.features.get(feature)?, raw)
                })
                .collect()
        })
    }
}

/// Every team's list of every service that keeps one.
#[derive(Debug, Clone, Default)]
pub struct Caseloads {
    /// In the blueprint's order of services, then by what the team covers.
    pub lists: Vec<Caseload>,
}

impl Caseloads {
    /// Builds every list. Ties in the ranking are broken by the person's stable identifier, so that the same data give
    /// the same list.
    pub fn build(blueprint: &Blueprint, people: &People, summary: &Summary) -> Self {
        let mut lists = Vec::new();
        for (position, service) in blueprint.services.iter().enumerate() {
            lists.extend(lists_of(blueprint, people, summary, position, service));
        }
        Self { lists }
    }

    /// The list of a service (by identifier) for a team that covers this.
    pub fn find(&self, blueprint: &Blueprint, service: &str, cover: Cover) -> Option<&Caseload> {
        self.lists.iter().find(|l| l.cover == cover && blueprint.services[l.service].id == service)
    }

    /// The lists a person stands on, with the rank from 1 and whether there is a place.
    pub fn of_person(&self, person: u32) -> Vec<(&Caseload, usize, bool)> {
        self.lists
            .iter()
            .filter_map(|list| {
                let rank = list.ranked.iter().position(|&p| p == person)?;
                Some((list, rank + 1, rank < list.on().len()))
            })
            .collect()
    }
}

fn lists_of(
    blueprint: &Blueprint,
    people: &People,
    summary: &Summary,
    position: usize,
    service: &Service,
) -> Vec<Caseload> {
    let (Some(team), Some(rule)) = (service.team.and_then(|t| blueprint.teams.get(t)), &service.eligible) else {
        return Vec::new();
    };
    let covers: Vec<Cover> = match team.covers {
        TeamCover::Practice => (0..summary.practices.len() as u16).map(Cover::Practice).collect(),
        TeamCover::Locality => (0..summary.localities.len() as u16).map(Cover::Locality).collect(),
        TeamCover::Place => vec![Cover::Place],
    };
    let mut lists: Vec<Caseload> = covers
        .into_iter()
        .map(|cover| Caseload {
            service: position,
            cover,
            team_name: format!("{}, {}", team.name, cover_name(cover, summary)),
            capacity: team.capacity,
            ranked: Vec::new(),
        })
        .collect();
    let mut values = vec![0; people.features.len()];
    for person in 0..people.len() {
        let list = match team.covers {
            TeamCover::Practice => people.practice[person],
            TeamCover::Locality => people.locality[person],
            TeamCover::Place => 0,
        };
        if !people.is_included(person) || list == NOWHERE {
            continue;
        }
        for (value, column) in values.iter_mut().zip(&people.features) {
            *value = column[person];
        }
        if (Values { features: &values, as_of: summary.as_of }).holds(rule)
            && let Some(list) = lists.get_mut(usize::from(list))
        {
            list.ranked.push(person as u32);
        }
    }
    for list in &mut lists {
        // `sort_by_cached_key` is stable and people are in order of their identifiers, which breaks ties.
        list.ranked.sort_by_cached_key(|&person| rank_key(service, people, person));
    }
    lists
}

/// A key whose natural order is the service's ranking. An absent value comes last in either direction.
fn rank_key(service: &Service, people: &People, person: u32) -> Vec<(bool, Reverse<i64>)> {
    service
        .rank_by
        .iter()
        .map(|&(feature, largest_first)| {
            let value = people.features[feature][person as usize];
            let absent = value == population::ABSENT;
            (absent, Reverse(if absent || largest_first { value } else { -value }))
        })
        .collect()
}

/// What names a team in addresses, on the command line and in the audit: the practice code or the locality it covers, or
/// `place`.
pub fn cover_id(cover: Cover, summary: &Summary) -> &str {
    match cover {
        Cover::Practice(p) => summary.practices.get(usize::from(p)).map_or("", |p| p.code.as_str()),
        Cover::Locality(l) => summary.localities.get(usize::from(l)).map_or("", |l| l.id.as_str()),
        Cover::Place => "place",
    }
}

/// The name of what a team covers.
pub fn cover_name(cover: Cover, summary: &Summary) -> String {
    match cover {
        Cover::Practice(p) => summary.practices.get(usize::from(p)).map(|p| p.name.clone()).unwrap_or_default(),
        Cover::Locality(l) => summary.localities.get(usize::from(l)).map(|l| l.name.clone()).unwrap_or_default(),
        Cover::Place => summary.place.clone(),
    }
}
