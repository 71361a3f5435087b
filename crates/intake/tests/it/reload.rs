//! Loading again.

use crate::case::Case;
use intake::Outcome;
use std::collections::BTreeMap;
use std::path::Path;

const LIST: &str = "NHS_NUMBER,FAMILY_NAME,GIVEN_NAME,DATE_OF_BIRTH,SEX,POSTCODE,PRACTICE_CODE,REGISTRATION_START\n";

fn list(people: &[(u64, &str)]) -> String {
    let number =
        |n: u64| nhs::NhsNumber::from_first_nine(999_000_000 + n).map_or(String::new(), |n| n.value().to_string());
    let row = |&(n, name): &(u64, &str)| {
        format!("{},{name},Ann,1950-02-{:02},2,TS18 1HU,A81001,2010-01-01\n", number(n), n % 27 + 1)
    };
    format!("{LIST}{}", people.iter().map(row).collect::<String>())
}

fn files(dir: &Path, under: &Path, out: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, under, out);
        } else if path.file_name().unwrap() != "manifest.json" {
            out.insert(path.strip_prefix(under).unwrap().display().to_string(), std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn the_same_files_change_nothing_and_a_forced_load_writes_the_same_bytes() {
    let mut case = Case::new().source("vanguard/gp_registrations", list(&[(1, "Ash"), (3, "Beech"), (4, "Cedar")]));
    let first = case.load().unwrap();
    assert_eq!(first.outcome, Outcome::Loaded);
    let second = case.load().unwrap();
    assert_eq!(
        (second.outcome, &second.snapshot, &second.quality),
        (Outcome::NoChange, &first.snapshot, &first.quality)
    );
    case.options.force = true;
    let third = case.load().unwrap();
    assert_eq!(third.outcome, Outcome::Loaded);
    assert_ne!(third.snapshot, first.snapshot);
    let data = |snapshot: &str| {
        let dir = case.options.lake_dir.join("snapshots").join(snapshot);
        let mut out = BTreeMap::new();
        files(&dir, &dir, &mut out);
        // The report compares with the last load, and the first had none.
        out.remove("quality.json");
        out
    };
    let (before, after) = (data(&first.snapshot), data(&third.snapshot));
    assert!(before.len() >= 4, "{:?}", before.keys());
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (name, bytes) in &before {
        assert!(after[name] == *bytes, "{name} differs");
    }
    assert!(!case.options.lake_dir.join(".spool").exists());
}

#[test]
fn identifiers_stay_when_people_come_and_go() {
    let mut case = Case::new().source("vanguard/gp_registrations", list(&[(1, "Ash"), (3, "Beech"), (4, "Cedar")]));
    case.load().unwrap();
    let id_of = |case: &Case, name: &str| {
        let people = case.people();
        let line = people.iter().find(|line| line.contains(name))?;
        line.split(':').next()?.parse::<u64>().ok()
    };
    let before: Vec<_> = ["Ash", "Beech", "Cedar"].map(|name| id_of(&case, name).unwrap()).to_vec();
    case.write("gp_registrations.csv", list(&[(4, "Cedar"), (7, "Dogwood"), (1, "Ash")]));
    case.options.as_of = nhs::Day::parse_iso("2026-04-30").unwrap();
    let report = case.load().unwrap();
    assert_eq!((report.quality.linkage.kept, report.quality.linkage.new), (2, 1));
    assert_eq!(report.quality.sources[0].change.as_ref().unwrap().rows_before, 3);
    assert_eq!(
        [id_of(&case, "Ash"), id_of(&case, "Cedar"), id_of(&case, "Beech")],
        [Some(before[0]), Some(before[2]), None]
    );
    let newcomer = id_of(&case, "Dogwood").unwrap();
    assert!(!before.contains(&newcomer));
    // Beech comes back and is who they were.
    case.write("gp_registrations.csv", list(&[(3, "Beech"), (1, "Ash")]));
    let report = case.load().unwrap();
    assert_eq!(id_of(&case, "Beech"), Some(before[1]));
    let change = report.quality.sources[0].change.as_ref().unwrap();
    assert!(change.warn && change.tenths_of_percent == -333);
}
