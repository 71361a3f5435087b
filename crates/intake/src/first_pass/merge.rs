//! Adding a parsed block to what is known, in the order of the file: duplicates, numbers of identities and codes, spool.

use super::FirstPass;
use crate::error::LoadError;
use crate::map::{BlockOut, Fate, Refusal, RowOut};
use crate::spool::SpoolEvent;
use crate::tally::Seen;
use lake::QuarantineRow;
use nhs::{Day, EventKind};

/// Numbers of a block's identities and codes for the whole load.
struct Numbers {
    identities: Vec<Option<u32>>,
    codes: Vec<u32>,
}

impl FirstPass {
    pub(super) fn merge(&mut self, number: u8, shown: &str, mut out: BlockOut) -> Result<(), LoadError> {
        let source = usize::from(number);
        self.bytes_done += out.bytes;
        self.sources[source].tally.add(std::mem::take(&mut out.tally));
        let codes =
            out.codes.codes.iter().map(|code| self.dictionary.number(code.system, &code.code, &code.name)).collect();
        let mut numbers = Numbers { identities: vec![None; out.identities.len()], codes };
        let mut next_event = 0;
        for row in std::mem::take(&mut out.rows) {
            let events = match row.fate {
                Fate::Person { events, .. } => events as usize,
                _ => 0,
            };
            let range = next_event..next_event + events;
            next_event += events;
            let state = &mut self.sources[source];
            state.quality.rows_read += 1;
            state.file_rows += 1;
            if !state.seen.insert(row.hash) {
                state.quality.rows_duplicate += 1;
                continue;
            }
            self.row(number, shown, row, &out, range, &mut numbers)?;
        }
        Ok(())
    }

    fn row(
        &mut self,
        number: u8,
        shown: &str,
        row: RowOut,
        out: &BlockOut,
        range: std::ops::Range<usize>,
        numbers: &mut Numbers,
    ) -> Result<(), LoadError> {
        let source = usize::from(number);
        match row.fate {
            Fate::Refused(refusal) => return self.refuse(number, shown, row.line, refusal),
            Fate::Reference(reference) => self.references.add(reference),
            Fate::Person { identity, registration, .. } => {
                let Some(identity) = self.identity(number, identity as usize, out, numbers) else {
                    return self.refuse(number, shown, row.line, nobody_on_the_list());
                };
                if let Some(trace) = &mut self.trace {
                    trace.push(number, (self.sources[source].quality.files.len() - 1) as u32, row.line, identity)?;
                }
                if let Some(registration) = registration {
                    self.registrations.push((identity, registration));
                }
                for event in &out.events[range] {
                    self.event(source, identity, *event, &numbers.codes)?;
                }
            }
        }
        self.sources[source].quality.rows_loaded += 1;
        Ok(())
    }

    /// The number of a block's identity. A faint one (birth, sex and postcode only) must fit one registered person.
    fn identity(&mut self, number: u8, place: usize, out: &BlockOut, numbers: &mut Numbers) -> Option<u32> {
        if let Some(known) = numbers.identities[place] {
            return Some(known);
        }
        let (key, draft) = &out.identities[place];
        let registered = if draft.is_somebody() { None } else { Some(self.identities.fits(draft)?) };
        let known = self.identities.number(*key, draft);
        self.identities.rows[known as usize].sources |= 1 << number;
        if let Some(registered) = registered {
            self.identities.same.push((known, registered));
        }
        if self.lists >> number & 1 == 1 {
            self.identities.note_registered(known, draft);
        }
        numbers.identities[place] = Some(known);
        Some(known)
    }

    fn event(&mut self, source: usize, identity: u32, mut event: SpoolEvent, codes: &[u32]) -> Result<(), LoadError> {
        let number =
            |local: u32| (local as usize).checked_sub(1).and_then(|place| codes.get(place)).copied().unwrap_or(0);
        event.person = identity;
        event.code = number(event.code);
        event.provider = number(event.provider);
        event.detail = number(event.detail);
        if event.kind == EventKind::Death.number() {
            self.deaths.push((identity, event.date));
        }
        if event.kind == EventKind::CareHomeStay.number() {
            self.stays.push((identity, event.date, event.end, event.provider));
        }
        let state = &mut self.sources[source];
        state.quality.events += 1;
        state.latest = state.latest.max(Some(event.date));
        *state.months.entry(Day(event.date).month().0).or_default() += 1;
        self.spool.push(event)
    }

    fn refuse(&mut self, number: u8, shown: &str, line: u64, refusal: Refusal) -> Result<(), LoadError> {
        let state = &mut self.sources[usize::from(number)];
        let column = refusal.column.and_then(|at| state.header.get(usize::from(at))).cloned().unwrap_or_default();
        state.quality.rows_quarantined += 1;
        let seen = state.reasons.entry((column.clone(), refusal.reason)).or_insert_with(|| Seen {
            count: 0,
            first: format!("{shown} line {line}"),
            shape: refusal.shape.clone(),
        });
        seen.count += 1;
        self.put_aside(&QuarantineRow {
            source: number,
            file: shown.to_owned(),
            line,
            column,
            reason: refusal.reason.to_owned(),
            message: refusal.message,
            shape: refusal.shape,
        })
    }
}

fn nobody_on_the_list() -> Refusal {
    let message =
        "names nobody: birth, sex and postcode fit no registered person or more than one, and there is nothing else";
    Refusal { column: None, reason: "nobody_on_list", message: message.to_owned(), shape: String::new() }
}
