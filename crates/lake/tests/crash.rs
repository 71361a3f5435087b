//! Whatever happens to a load, the snapshot that was live stays live; what is damaged is said to be.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use common::{made_place, plan, write, write_buckets};
use lake::{LakeError, Snapshot, SnapshotId, SnapshotWriter};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_dropped_load_leaves_the_old_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    let place = made_place(50, 4);
    assert!(matches!(Snapshot::open(dir.path()), Err(LakeError::NoSnapshot(_))));
    let first = write(dir.path(), 1, &place, 20, 1).unwrap();
    let writer = SnapshotWriter::create(dir.path(), plan(2, &place, 20)).unwrap();
    write_buckets(&writer, &place, 2).unwrap();
    assert!(matches!(SnapshotWriter::create(dir.path(), plan(3, &place, 20)), Err(LakeError::Busy(_))));
    drop(writer);
    assert_eq!(names(&dir.path().join("snapshots")), [first.as_str()]);
    assert_eq!(Snapshot::open(dir.path()).unwrap().manifest().id, first);
}

#[test]
fn a_killed_load_is_cleaned_up_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let place = made_place(50, 4);
    let first = write(dir.path(), 1, &place, 20, 1).unwrap();
    // What a killed process leaves: a half-written folder and a pointer that was not swapped.
    let half = dir.path().join("snapshots/.writing-2024-10-04-0002/event");
    fs::create_dir_all(&half).unwrap();
    fs::write(half.join("bucket=0000.parquet"), b"PAR1").unwrap();
    fs::write(dir.path().join("current.next"), b"2024-10-0").unwrap();
    assert_eq!(Snapshot::open(dir.path()).unwrap().manifest().id, first);
    assert_eq!(Snapshot::list(dir.path()).unwrap(), std::slice::from_ref(&first));
    let next = Snapshot::next_id(dir.path(), common::as_of()).unwrap();
    assert_eq!(next, SnapshotId::of(common::as_of(), 2));
    let second = write(dir.path(), 2, &place, 20, 1).unwrap();
    assert_eq!(names(&dir.path().join("snapshots")), [first.as_str(), second.as_str()]);
    assert_eq!(names(dir.path()), ["current", "lock", "snapshots"]);
    assert_eq!(Snapshot::current(dir.path()).unwrap(), Some(second));
    assert_eq!(Snapshot::open_id(dir.path(), &first).unwrap().manifest().id, first);
}

#[test]
fn a_file_cut_short_or_changed_is_said_to_be_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let id = write(dir.path(), 1, &made_place(50, 4), 20, 1).unwrap();
    let home = dir.path().join("snapshots").join(id.as_str());
    for name in ["event/bucket=0001.parquet", "code.parquet", "quality.json"] {
        let path = home.join(name);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        let message = Snapshot::open(dir.path()).unwrap_err().to_string();
        assert!(message.contains("cut short or damaged") && message.contains(name), "{message}");
        fs::write(&path, &whole).unwrap();
    }
    // A footer of the right size that is not one.
    let path = home.join("event/bucket=0001.parquet");
    let mut whole = fs::read(&path).unwrap();
    let end = whole.len();
    whole[end - 8..].fill(0);
    fs::write(&path, &whole).unwrap();
    let snapshot = Snapshot::open(dir.path()).unwrap();
    assert!(matches!(snapshot.history(25), Err(LakeError::Damaged { .. })));
    assert!(matches!(snapshot.scan(lake::Columns::DATE, 2, |_| ()), Err(LakeError::Damaged { .. })));
    fs::write(dir.path().join("current"), "../../etc\n").unwrap();
    assert!(matches!(Snapshot::open(dir.path()), Err(LakeError::Damaged { .. })));
    fs::write(home.join("manifest.json"), "{\"format\": 999}").unwrap();
    assert!(matches!(Snapshot::open_id(dir.path(), &id), Err(LakeError::NewerFormat { found: 999, .. })));
}

#[test]
fn broken_promises_are_refused_and_nothing_goes_live() {
    let dir = tempfile::tempdir().unwrap();
    let place = made_place(30, 2);
    let refused = |what: &str, result: Result<(), LakeError>| match result {
        Err(LakeError::Refused(why)) => assert!(why.contains(what), "{why}"),
        other => panic!("{what}: {other:?}"),
    };
    let start = || SnapshotWriter::create(dir.path(), plan(1, &place, 20)).unwrap();

    let writer = start();
    refused("20", writer.write_bucket(0, &place.people[..19], &place.identities[..19], &mut Vec::new()));
    refused("identities", writer.write_bucket(0, &place.people[..20], &place.identities[1..21], &mut Vec::new()));
    refused(
        "not in it",
        writer.write_bucket(1, &place.people[20..], &place.identities[20..], &mut place.events[..1].to_vec()),
    );
    refused("plan has 2", writer.write_bucket(2, &[], &[], &mut Vec::new()));
    refused("not JSON", writer.set_quality("{".to_owned()));
    refused("empty code", writer.set_dictionary(Vec::new()));
    refused("bucket 0", writer.finish(BTreeMap::new()).map(|_| ()));

    let writer = start();
    write_buckets(&writer, &place, 1).unwrap();
    refused("dictionary", writer.finish(BTreeMap::new()).map(|_| ()));
    assert_eq!(Snapshot::list(dir.path()).unwrap(), []);
    assert!(matches!(Snapshot::open(dir.path()), Err(LakeError::NoSnapshot(_))));

    write(dir.path(), 1, &place, 20, 1).unwrap();
    refused("already there", SnapshotWriter::create(dir.path(), plan(1, &place, 20)).map(|_| ()));
    for wrong in ["", ".hidden", "a/b", "..", "a b"] {
        assert!(SnapshotId::parse(wrong).is_err(), "{wrong}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_has_a_plain_message() {
    // Every write to this device of the kernel fails as a full disk does.
    let dir = tempfile::tempdir().unwrap();
    let full = dir.path().join("table.parquet");
    std::os::unix::fs::symlink("/dev/full", dir.path().join("table.parquet.writing")).unwrap();
    let columns = vec![("n".to_owned(), lake::table::Column::I64((0..100_000).collect()))];
    let message = lake::table::write_table(&full, &columns).unwrap_err().to_string();
    assert!(
        message.contains("no space left on the disk") && message.contains("old snapshot is still live"),
        "{message}"
    );
    assert!(!full.exists());
}
