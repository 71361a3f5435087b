//! What is written is read again, whatever the order of rows and the number of threads.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use common::{Place, any_place, made_place, sorted, write};
use lake::{Columns, IdentityQuery, LakeError, NO_DAY, NO_NUMBER, QuarantineRow, Snapshot, SnapshotWriter};
use nhs::{CodeSystem, NhsNumber};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// All files of a lake but the lock, with their bytes.
fn bytes(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            files.extend(bytes(&entry.path()).into_iter().map(|(inner, data)| (format!("{name}/{inner}"), data)));
        } else if name != "lock" {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

fn check_history(snapshot: &Snapshot, place: &Place) {
    let events = sorted(&place.events);
    for (person, row) in place.people.iter().enumerate() {
        let (found, who, history) = snapshot.history(person as u32).unwrap();
        assert_eq!((&found, &who), (row, &place.identities[person]));
        let expect: Vec<_> = events.iter().filter(|e| e.person == person as u32).copied().collect();
        assert_eq!(history, expect);
    }
}

fn check_scan(snapshot: &Snapshot, place: &Place, threads: usize) {
    let events = sorted(&place.events);
    let parts = snapshot
        .scan(Columns::ALL, threads, |view| {
            let mut rows = Vec::new();
            for position in 0..view.len() {
                for e in view.events_of(position) {
                    rows.push((
                        (view.first_person + position as u32, view.date[e], view.end[e], view.kind[e]),
                        (view.method[e], view.status[e], view.code[e], view.provider[e], view.detail[e]),
                        (view.value[e], view.cost[e], view.link[e], view.source[e]),
                    ));
                }
            }
            (view.bucket, view.people.to_vec(), rows)
        })
        .unwrap();
    assert!(parts.iter().map(|p| p.0).eq(0..parts.len() as u32));
    assert_eq!(parts.iter().flat_map(|p| p.1.clone()).collect::<Vec<_>>(), place.people);
    let expect: Vec<_> = events
        .iter()
        .map(|e| {
            (
                (e.person, e.date.0, e.end.map_or(NO_DAY, |d| d.0), e.kind.number()),
                (e.method.number(), e.status.number(), e.code, e.provider, e.detail),
                (e.value.unwrap_or(NO_NUMBER), e.cost.unwrap_or(NO_NUMBER), e.link, e.source),
            )
        })
        .collect();
    assert_eq!(parts.into_iter().flat_map(|p| p.2).collect::<Vec<_>>(), expect);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_place_is_read_as_it_was_written(place in any_place(12, 60), per_bucket in 1u32..8) {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 1, &place, per_bucket, 2).unwrap();
        let snapshot = Snapshot::open(dir.path()).unwrap();
        prop_assert_eq!(&snapshot.persons().unwrap(), &place.people);
        let backwards: Vec<u32> = (0..place.people.len() as u32).rev().collect();
        let mut found = snapshot.identities(&backwards).unwrap();
        found.reverse();
        prop_assert_eq!(&found, &place.identities);
        check_history(&snapshot, &place);
        check_scan(&snapshot, &place, 2);
    }
}

#[test]
fn same_bytes_for_any_order_and_number_of_threads() {
    let place = made_place(4_000, 40);
    let mut shuffled = place.clone();
    shuffled.events.reverse();
    let middle = shuffled.events.len() / 3;
    shuffled.events.rotate_left(middle);
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(one.path(), 1, &place, 2_500, 1).unwrap();
    write(two.path(), 1, &shuffled, 2_500, 2).unwrap();
    let (a, b) = (bytes(one.path()), bytes(two.path()));
    assert!(a.len() > 10);
    assert!(
        a == b,
        "files differ: {:?}",
        a.iter().filter(|(k, v)| b.get(*k) != Some(v)).map(|(k, _)| k).collect::<Vec<_>>()
    );
    let snapshot = Snapshot::open(one.path()).unwrap();
    check_scan(&snapshot, &place, 1);
    check_scan(&snapshot, &place, 3);
    // 100,000 events in the first bucket: its second row group must be found too.
    for person in [0, 1_700, 2_499, 2_500, 3_999] {
        let expect: Vec<_> = sorted(&place.events).into_iter().filter(|e| e.person == person).collect();
        assert_eq!(snapshot.history(person).unwrap().2, expect);
    }
}

#[test]
fn people_are_found() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 1, &made_place(300, 1), 100, 1).unwrap();
    let snapshot = Snapshot::open(dir.path()).unwrap();
    let find = |text: &str, limit| snapshot.find_identity(&IdentityQuery::from_text(text).unwrap(), limit).unwrap();
    let number = NhsNumber::from_first_nine(999_000_205).unwrap();
    assert_eq!(find(&number.to_string(), 9), [205]);
    assert_eq!(find("ofamily5 jane", 3), find("O'FAMILY5, Jane", 3));
    let by_name =
        |a: &str, b: &str| snapshot.find_identity(&IdentityQuery::Name(vec![a.to_owned(), b.to_owned()]), 9).unwrap();
    assert_eq!(by_name("ofamily10", "given10"), [10]);
    assert_eq!(by_name("GIVEN10", "o'family10"), [10]);
    assert_eq!(by_name("ofamily10", "given11"), [0u32; 0]);
    assert_eq!(find("ts7 7hu", 2), [7, 37]);
    assert_eq!(find("TS29", 99).len(), 10);
    assert!(IdentityQuery::from_text(" , ").is_none());
}

#[test]
fn the_other_tables() {
    let dir = tempfile::tempdir().unwrap();
    let place = made_place(10, 2);
    let writer = SnapshotWriter::create(dir.path(), common::plan(1, &place, 4)).unwrap();
    common::write_buckets(&writer, &place, 1).unwrap();
    writer.set_dictionary(common::dictionary()).unwrap();
    writer.write_link(vec![(u64::MAX, 5), (3, 7)]).unwrap();
    let row = |source: u8, line: u64| QuarantineRow {
        source,
        file: "gp.csv".to_owned(),
        line,
        column: "nhs_number".to_owned(),
        reason: "check_digit".to_owned(),
        message: "fails the check digit".to_owned(),
        shape: "999 999 9999".to_owned(),
    };
    let rows: Vec<QuarantineRow> = (0..70_000).map(|n| row((n % 2) as u8, n)).collect();
    for part in rows.chunks(999) {
        writer.write_quarantine(part).unwrap();
    }
    writer.finish(BTreeMap::new()).unwrap();

    let snapshot = Snapshot::open(dir.path()).unwrap();
    let page = snapshot.quarantine(Some(1), 34_000, 3).unwrap();
    assert_eq!((page.total, page.rows), (35_000, vec![row(1, 68_001), row(1, 68_003), row(1, 68_005)]));
    assert_eq!(snapshot.quarantine(None, 69_999, 10).unwrap().rows, [row(1, 69_999)]);
    assert_eq!(snapshot.quarantine(Some(0), 40_000, 10).unwrap().rows, []);
    assert_eq!(snapshot.link_table().unwrap(), [(3, 7), (u64::MAX, 5)]);
    assert_eq!(snapshot.quality().unwrap(), "{}");
    let manifest = snapshot.manifest();
    assert_eq!(
        (manifest.people, manifest.events, manifest.quarantined, manifest.links, manifest.codes),
        (10, 20, 70_000, 2, 9)
    );
    assert_eq!((manifest.buckets.len(), manifest.buckets[2].people, manifest.buckets[1].first_person), (3, 2, 4));
    let codes = snapshot.dictionary();
    assert_eq!(codes.find(CodeSystem::Icd10, "I501"), Some(2));
    assert_eq!(codes.under(CodeSystem::Icd10, "i50.").iter().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(codes.get(7).map(|c| c.name.as_str()), Some("A trust"));
    assert_eq!((codes.get(0), codes.find(CodeSystem::Opcs4, "I501")), (None, None));
    assert!(matches!(snapshot.history(10), Err(LakeError::NotThere(_))));
    assert!(matches!(snapshot.identities(&[3, 10]), Err(LakeError::NotThere(_))));
}

#[test]
fn a_place_of_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let place = Place { people: Vec::new(), identities: Vec::new(), events: Vec::new() };
    write(dir.path(), 1, &place, 10, 1).unwrap();
    let snapshot = Snapshot::open(dir.path()).unwrap();
    assert_eq!(snapshot.persons().unwrap(), []);
    assert_eq!(snapshot.scan(Columns::ALL, 2, |view| view.date.len()).unwrap(), [0usize; 0]);
}
