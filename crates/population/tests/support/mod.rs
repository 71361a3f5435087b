//! A place in a temporary folder from rows written in a test.
#![allow(dead_code)]

use blueprint::{Blueprint, Place};
use lake::{CodeRow, EventRow, IdentityRow, PersonRow, Snapshot, SnapshotPlan, SnapshotWriter, SourceInfo};
use nhs::{Day, EventKind, Method, OdsCode, Sex, Status};
use std::collections::BTreeMap;

pub fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

pub fn model(text: &str, files: &[(&str, &str)]) -> Blueprint {
    let resolve = |name: &str| files.iter().find(|(file, _)| *file == name).map(|(_, text)| (*text).to_owned());
    let (model, findings) = blueprint::compile("test.toml", text, &resolve);
    model.unwrap_or_else(|| panic!("{}", findings.iter().map(blueprint::Diagnostic::render).collect::<String>()))
}

pub fn place(text: &str) -> Place {
    let (place, findings) = blueprint::place::parse("place.toml", text);
    place.unwrap_or_else(|| panic!("{}", findings.iter().map(blueprint::Diagnostic::render).collect::<String>()))
}

pub fn person(id: u64, born: Day, sex: Sex, practice: &str) -> PersonRow {
    PersonRow {
        id,
        birth: Some(born),
        sex,
        practice: Some(OdsCode::parse(practice).unwrap()),
        registered_from: Some(day("2000-01-01")),
        imd_decile: 1 + (id % 10) as u8,
        ..PersonRow::default()
    }
}

pub fn event(person: u32, date: Day, kind: EventKind, method: Method, code: u32) -> EventRow {
    EventRow {
        person,
        date,
        end: Some(Day(date.0 + 1)),
        kind,
        method,
        status: Status::None,
        code,
        provider: 0,
        detail: 0,
        value: None,
        cost: Some(10_000),
        link: 0,
        source: 0,
    }
}

/// The folder must live as long as the snapshot.
pub fn snapshot(
    as_of: Day,
    people: &[PersonRow],
    events: &[EventRow],
    codes: Vec<CodeRow>,
    per_bucket: u32,
) -> (tempfile::TempDir, Snapshot) {
    let dir = tempfile::tempdir().unwrap();
    let source = SourceInfo { id: "gp".into(), name: "GP".into(), files: Vec::new(), loaded: 0, quarantined: 0 };
    let id = Snapshot::next_id(dir.path(), as_of).unwrap();
    let mut plan = SnapshotPlan::new(id, as_of, people.len() as u32, vec![source]);
    plan.people_per_bucket = per_bucket;
    let ranges: Vec<_> = (0..plan.bucket_count()).map(|b| plan.bucket_range(b)).collect();
    let writer = SnapshotWriter::create(dir.path(), plan).unwrap();
    writer.set_dictionary(codes).unwrap();
    for (bucket, range) in ranges.into_iter().enumerate() {
        let own = &people[range.start as usize..range.end as usize];
        let identities: Vec<IdentityRow> =
            own.iter().map(|p| IdentityRow { id: p.id, ..IdentityRow::default() }).collect();
        let mut rows: Vec<EventRow> = events.iter().filter(|e| range.contains(&e.person)).copied().collect();
        writer.write_bucket(bucket as u32, own, &identities, &mut rows).unwrap();
    }
    writer.finish(BTreeMap::new()).unwrap();
    let snapshot = Snapshot::open(dir.path()).unwrap();
    (dir, snapshot)
}
