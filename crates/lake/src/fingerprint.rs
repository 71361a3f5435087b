//! A fingerprint of each person's record, kept in the snapshot, so that two snapshots are compared without decoding either.
//!
//! The record is what [`crate::changes`] says it is: the row in `person/` but for the number of the household, and the events
//! with their codes as text, in their order, but for the number of the source. Fingerprints have 64 bits: that two records of
//! one person differ and their fingerprints do not is as likely as a guess of such a number.

use crate::format::{reader::ParquetIn, small};
use crate::{CodeRow, EventRow, LakeError, PersonRow, Snapshot};
use nhs::{Day, Lsoa, OdsCode};

/// The file of a snapshot.
pub(crate) const FILE: &str = "fingerprint.parquet";

/// The numbers that stand for the codes of a dictionary in fingerprints, whatever their numbers are.
#[derive(Debug)]
pub(crate) struct Codes(Vec<u64>);

impl Codes {
    pub(crate) fn new(rows: &[CodeRow]) -> Self {
        let of =
            |row: &CodeRow| row.code.bytes().fold(mixed(START, row.system as u64), |hash, b| mixed(hash, b.into()));
        // No code is the same in all.
        Self(rows.iter().enumerate().map(|(number, row)| if number == 0 { 0 } else { of(row) }).collect())
    }

    fn of(&self, number: u32) -> u64 {
        self.0.get(number as usize).copied().unwrap_or(u64::from(number))
    }
}

const START: u64 = 0x9e37_79b9_7f4a_7c15;

/// One more word taken into a hash: both halves of a product, as in wyhash (Wang Yi 2019).
#[inline]
fn mixed(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash.rotate_left(23) ^ word) * u128::from(0xa076_1d64_78bd_642f_u64);
    (product as u64) ^ ((product >> 64) as u64) ^ START
}

/// The fingerprint of each person of a bucket; events are sorted, and belong to the people numbered from `first` on.
pub(crate) fn of(first: u32, people: &[PersonRow], events: &[EventRow], codes: &Codes) -> Vec<u64> {
    let mut rest = events;
    let of = |(number, person): (u32, &PersonRow)| {
        let own = rest.iter().take_while(|event| event.person == number).count();
        let (own, others) = rest.split_at(own);
        rest = others;
        own.iter().fold(of_person(person), |hash, event| event_words(event, codes).into_iter().fold(hash, mixed))
    };
    (first..).zip(people).map(of).collect()
}

fn of_person(person: &PersonRow) -> u64 {
    let PersonRow { id, birth, death, sex, ethnicity, practice, registered_from, registered_to, .. } = person;
    let PersonRow { lsoa, imd_decile, household: _, household_size, care_home, lists, .. } = person;
    let day = |day: &Option<Day>| day.map_or(u64::MAX, |day| u64::from(day.0 as u32));
    let code =
        |code: &Option<OdsCode>| code.map_or(0, |code| code.to_string().bytes().fold(1, |h, b| mixed(h, b.into())));
    let words = [
        *id,
        day(birth),
        day(death),
        *sex as u64,
        u64::from(u32::from(char::from(ethnicity.letter()))),
        code(practice),
        day(registered_from),
        day(registered_to),
        lsoa.map_or(0, |lsoa: Lsoa| lsoa.to_string().bytes().fold(1, |h, b| mixed(h, b.into()))),
        u64::from(*imd_decile),
        u64::from(*household_size),
        code(care_home),
        u64::from(*lists),
    ];
    words.into_iter().fold(START, mixed)
}

fn event_words(event: &EventRow, codes: &Codes) -> [u64; 9] {
    let EventRow { person: _, date, end, kind, method, status, code, provider, detail, value, cost, link, source: _ } =
        *event;
    let small = u64::from(kind.number()) << 16 | u64::from(method.number()) << 8 | u64::from(status.number());
    let there = u64::from(end.is_some()) | u64::from(value.is_some()) << 1 | u64::from(cost.is_some()) << 2;
    [
        u64::from(date.0 as u32) << 32 | u64::from(end.map_or(0, |end| end.0 as u32)),
        small << 8 | there,
        codes.of(code),
        codes.of(provider),
        codes.of(detail),
        value.unwrap_or(0) as u64,
        cost.unwrap_or(0) as u64,
        u64::from(link),
        // Where an event ends and the next begins.
        1,
    ]
}

impl Snapshot {
    /// The stable identifier and the fingerprint of each person, in the order of their numbers; `None` where the snapshot's
    /// writer did not know the codes when it wrote the people.
    pub fn fingerprints(&self) -> Result<Option<Vec<(u64, u64)>>, LakeError> {
        if !self.manifest().files.contains_key(FILE) {
            return Ok(None);
        }
        let file = ParquetIn::open(&self.dir.join(FILE))?;
        file.expect_rows(u64::from(self.manifest().people))?;
        small::read_fingerprints(&file).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nhs::{CodeSystem, Ethnicity, EventKind, Method, Sex, Status};

    fn event() -> EventRow {
        EventRow {
            person: 4,
            date: Day(100),
            end: Some(Day(101)),
            kind: EventKind::Admission,
            method: Method::Emergency,
            status: Status::None,
            code: 1,
            provider: 2,
            detail: 0,
            value: Some(0),
            cost: None,
            link: 1,
            source: 0,
        }
    }

    fn print(person: &PersonRow, events: &[EventRow], codes: &[&str]) -> u64 {
        let row = |code: &&str| CodeRow { system: CodeSystem::Icd10, code: (*code).into(), name: "N".into() };
        let rows: Vec<CodeRow> = std::iter::once(CodeRow::none()).chain(codes.iter().map(row)).collect();
        of(4, std::slice::from_ref(person), events, &Codes::new(&rows))[0]
    }

    #[test]
    fn every_field_counts_but_household_and_source() {
        let person = PersonRow { id: 9, household: 3, ..PersonRow::default() };
        let codes = ["I50", "RX1", "I51"];
        let base = print(&person, &[event(), event()], &codes);
        let people = [
            PersonRow { id: 8, ..person.clone() },
            PersonRow { birth: Some(Day(0)), ..person.clone() },
            PersonRow { death: Some(Day(0)), ..person.clone() },
            PersonRow { sex: Sex::Female, ..person.clone() },
            PersonRow { ethnicity: Ethnicity::parse("A").unwrap(), ..person.clone() },
            PersonRow { practice: OdsCode::parse("A81001").ok(), ..person.clone() },
            PersonRow { registered_from: Some(Day(0)), ..person.clone() },
            PersonRow { registered_to: Some(Day(0)), ..person.clone() },
            PersonRow { lsoa: Lsoa::from_value(1), ..person.clone() },
            PersonRow { imd_decile: 1, ..person.clone() },
            PersonRow { household_size: 1, ..person.clone() },
            PersonRow { care_home: OdsCode::parse("A81001").ok(), ..person.clone() },
            PersonRow { lists: 1, ..person.clone() },
        ];
        let events = [
            EventRow { date: Day(99), ..event() },
            EventRow { end: Some(Day(102)), ..event() },
            EventRow { end: None, ..event() },
            EventRow { kind: EventKind::Diagnosis, ..event() },
            EventRow { method: Method::Elective, ..event() },
            EventRow { status: Status::Active, ..event() },
            EventRow { code: 3, ..event() },
            EventRow { provider: 3, ..event() },
            EventRow { detail: 3, ..event() },
            EventRow { value: None, ..event() },
            EventRow { value: Some(1), ..event() },
            EventRow { cost: Some(0), ..event() },
            EventRow { link: 0, ..event() },
        ];
        let mut all = vec![base, print(&person, &[event()], &codes), print(&person, &[], &codes)];
        all.extend(people.iter().map(|person| print(person, &[event(), event()], &codes)));
        all.extend(events.iter().map(|other| print(&person, &[event(), *other], &codes)));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 3 + people.len() + events.len(), "two different records have one fingerprint");
        let same = PersonRow { household: 7, ..person.clone() };
        assert_eq!(print(&same, &[event(), EventRow { source: 1, ..event() }], &codes), base);
        // The codes under other numbers.
        let other = EventRow { code: 3, provider: 1, ..event() };
        assert_eq!(print(&person, &[other, other], &["RX1", "I51", "I50"]), base);
    }
}
