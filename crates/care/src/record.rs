//! One person's record across all sources.

use crate::{Care, CareError};
use lake::{EventRow, IdentityRow, PersonRow};
use nhs::LondonInstant;
use store::{Access, Action, AuditRow};

/// Everything the place knows of one person, for someone who may see it.
#[derive(Debug, Clone)]
pub struct Record {
    /// Position in the snapshot.
    pub number: u32,
    /// Without names.
    pub person: PersonRow,
    /// With names.
    pub identity: IdentityRow,
    /// The history, earliest first.
    pub events: Vec<EventRow>,
    /// Feature values in the blueprint's order.
    pub features: Vec<i64>,
    /// Who has looked at this record, latest first, this look included.
    pub looks: Vec<AuditRow>,
    /// How many looks there are in all.
    pub look_count: u64,
}

/// Looks listed on the page of a person.
const LOOKS_SHOWN: u32 = 25;

impl Care<'_> {
    /// Opens a record. The look is in the audit before anything is read, and so is a refusal.
    pub async fn record(&self, access: &Access, id: u64, now: LondonInstant) -> Result<Record, CareError> {
        if let Err(refused) = access.may_see_names() {
            // Whether somebody exists is itself something that only those who see people may learn: the answer is the same
            // for anybody and nobody, but where it is about somebody the attempt stays on their record.
            if let Some(place) = self.position(id).and_then(|number| self.place_of(number)) {
                self.store.look(access, place, Action::OpenRecord, now).await?;
            }
            return Err(refused.into());
        }
        let number = self.position(id).ok_or(CareError::NoSuchPerson(id))?;
        let place = self.place_of(number).ok_or(CareError::NoSuchPerson(id))?;
        self.store.look(access, place, Action::OpenRecord, now).await?;
        let (person, identity, events) = self.snapshot.history(number)?;
        Ok(Record {
            number,
            person,
            identity,
            events,
            features: self.people.values_of(number as usize),
            looks: self.store.who_has_looked(id, LOOKS_SHOWN).await?,
            look_count: self.store.looks_at(id).await?,
        })
    }
}
