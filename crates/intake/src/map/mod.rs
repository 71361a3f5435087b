//! One row becomes an identity and events, or a reason why not.

mod event;
mod row;
mod who;

pub(crate) use row::{Bound, Row};

use crate::dictionary::BlockCodes;
use crate::format::{ReferenceRule, Role};
use crate::hash::{Hasher, ReadyMap};
use crate::identity::IdentityDraft;
use crate::reference::ReferenceRow;
use crate::spool::SpoolEvent;
use crate::tally::Tally;
use crate::value::shape;
use nhs::{Day, OdsCode};

/// Why a row is in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Position of the column in the header; `None` for the row as a whole.
    pub(crate) column: Option<u16>,
    /// Short code.
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    pub(crate) shape: String,
}

/// What became of one row of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowOut {
    pub(crate) line: u64,
    pub(crate) hash: u64,
    pub(crate) fate: Fate,
}

/// Where a row went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Position of the identity and how many events follow in the block.
    Person {
        identity: u32,
        events: u32,
        registration: Option<Registration>,
    },
    Reference(ReferenceRow),
    Refused(Refusal),
}

/// A registration with a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Registration {
    pub(crate) from: Option<Day>,
    pub(crate) to: Option<Day>,
    pub(crate) practice: OdsCode,
}

/// Everything a block of rows became. Codes and identities are numbered within the block.
#[derive(Debug, Default)]
pub(crate) struct BlockOut {
    pub(crate) rows: Vec<RowOut>,
    pub(crate) events: Vec<SpoolEvent>,
    pub(crate) identities: Vec<(u64, IdentityDraft)>,
    by_key: ReadyMap<u32>,
    pub(crate) codes: BlockCodes,
    pub(crate) tally: Tally,
    /// Bytes of the file this block accounts for.
    pub(crate) bytes: u64,
}

impl BlockOut {
    pub(crate) fn new(columns: usize) -> Self {
        Self { tally: Tally::new(columns), ..Self::default() }
    }

    fn identity(&mut self, draft: IdentityDraft) -> u32 {
        let key = draft.key();
        let next = self.identities.len() as u32;
        let number = *self.by_key.entry(key).or_insert(next);
        if number == next {
            self.identities.push((key, draft));
        }
        number
    }

    /// A row that cannot be taken apart at all.
    pub(crate) fn refuse(&mut self, line: u64, raw: &[u8], reason: &'static str, message: String) {
        let refusal = Refusal { column: None, reason, message, shape: shape(raw) };
        let hash = Hasher::new(5).bytes(raw).finish();
        self.rows.push(RowOut { line, hash, fate: Fate::Refused(refusal) });
    }
}

/// Maps one record and adds it to the block.
pub(crate) fn map_row(bound: &Bound<'_>, record: &csv::ByteRecord, line: u64, out: &mut BlockOut) {
    let mut hasher = Hasher::new(6);
    for field in record {
        hasher = hasher.bytes(field);
    }
    let hash = hasher.finish();
    let fate = if record.len() == bound.header.len() {
        let row = Row { bound, record };
        row.count_filled(&mut out.tally);
        let events_before = out.events.len();
        fate(&row, out).unwrap_or_else(|refusal| {
            out.events.truncate(events_before);
            Fate::Refused(*refusal)
        })
    } else {
        let message = format!("has {} columns where the header has {}", record.len(), bound.header.len());
        Fate::Refused(Refusal { column: None, reason: "column_count", message, shape: shape(record.as_slice()) })
    };
    out.rows.push(RowOut { line, hash, fate });
}

fn fate(row: &Row<'_, '_>, out: &mut BlockOut) -> Result<Fate, Box<Refusal>> {
    if let Some(rule) = &row.bound.format.reference {
        return reference(row, rule, out).map(Fate::Reference);
    }
    let draft = who::identity(row, &mut out.tally);
    if !draft.is_somebody() && draft.faint_key().is_none() {
        let message =
            "names nobody: it has no valid NHS number, no local id, and no name with a date of birth".to_owned();
        return Err(Box::new(Refusal { column: None, reason: "nobody", message, shape: String::new() }));
    }
    let before = out.events.len();
    event::events(row, out)?;
    let registration = match (&row.bound.format.registration, row.bound.format.role) {
        (Some(rule), Role::PersonList) => who::registration(row, rule, &mut out.tally),
        _ => None,
    };
    let identity = out.identity(draft);
    Ok(Fate::Person { identity, events: (out.events.len() - before) as u32, registration })
}

fn reference(row: &Row<'_, '_>, rule: &ReferenceRule, out: &mut BlockOut) -> Result<ReferenceRow, Box<Refusal>> {
    crate::reference::row(row, rule, &mut out.tally)
}
