//! Care: whom each team should see, and one record per person for those who care for them.
//!
//! [`Care`] is the only way from the pages to a named person. Each of its calls takes the access first, asks the rules,
//! writes the look down, and only then opens names.

pub mod caseload;
pub mod export;
pub mod named;
pub mod record;
pub mod words;

use blueprint::Blueprint;
use lake::{LakeError, Snapshot};
use nhs::OdsCode;
use population::{NOWHERE, People, Summary};
use store::{PersonPlace, Refused, Store};

pub use caseload::{Caseload, Caseloads, Cover, cover_id};
pub use named::NamedPerson;
pub use record::Record;

/// An open place, as far as care needs it.
#[derive(Debug, Clone, Copy)]
pub struct Care<'a> {
    /// The care model.
    pub blueprint: &'a Blueprint,
    /// The linked history.
    pub snapshot: &'a Snapshot,
    /// One row per person.
    pub people: &'a People,
    /// Counts of the place.
    pub summary: &'a Summary,
    /// Every team's list.
    pub caseloads: &'a Caseloads,
    /// The operational database.
    pub store: &'a Store,
}

/// Why a person is not shown.
#[derive(Debug, thiserror::Error)]
pub enum CareError {
    /// The access rules say no.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// There is no such person in the live snapshot.
    #[error("there is no person {0} in this snapshot")]
    NoSuchPerson(u64),
    /// There is no such list.
    #[error("there is no such caseload")]
    NoSuchCaseload,
    /// The linked history cannot be read.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The look cannot be written down, so nothing is shown.
    #[error(transparent)]
    Store(store::Error),
}

impl From<store::Error> for CareError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Refused(refused) => Self::Refused(refused),
            other => Self::Store(other),
        }
    }
}

impl Care<'_> {
    /// The position of a person by stable identifier.
    pub fn position(&self, id: u64) -> Option<u32> {
        self.people.id.binary_search(&id).ok().map(|position| position as u32)
    }

    /// Where a person belongs, as far as access depends on it.
    pub fn place_of(&self, person: u32) -> Option<PersonPlace<'_>> {
        let person = person as usize;
        let id = *self.people.id.get(person)?;
        let (practice, locality) = (self.people.practice[person], self.people.locality[person]);
        Some(PersonPlace {
            id,
            practice: (practice != NOWHERE)
                .then(|| self.summary.practices.get(usize::from(practice)))
                .flatten()
                .and_then(|p| OdsCode::parse(&p.code).ok()),
            locality: (locality != NOWHERE)
                .then(|| self.summary.localities.get(usize::from(locality)).map(|l| l.id.as_str()))
                .flatten(),
        })
    }
}
