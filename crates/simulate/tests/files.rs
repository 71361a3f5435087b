//! The files themselves: repeatable, true to their truth, dirty as documented, never a real NHS number.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod common;

use common::{bytes, extract, place, stem, truth};
use nhs::{Day, Icd10, NhsNumber, Opcs4, Postcode, SnomedId};
use simulate::{Error, PracticeList, SimulateOptions, simulate};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn everything(out: &Path, folder: &str) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(out.join(folder))
        .unwrap()
        .map(|e| e.unwrap())
        .map(|e| (e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path()).unwrap()))
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let (one, _) = place(3000, 9, 1);
    let (three, _) = place(3000, 9, 3);
    let (other, _) = place(3000, 10, 3);
    for folder in ["extracts", "truth"] {
        let (first, second) = (everything(one.path(), folder), everything(three.path(), folder));
        assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
        for (name, content) in &first {
            assert!(content == &second[name], "{name} differs between one thread and three");
        }
        assert_ne!(first, everything(other.path(), folder));
    }
    let text = |folder: &tempfile::TempDir| std::fs::read(folder.path().join("place.toml")).unwrap();
    assert_eq!(text(&one), text(&three));
}

#[test]
fn truth_names_a_person_for_every_line() {
    let (folder, report) = place(3000, 4, 2);
    let truth = truth(folder.path());
    assert_eq!(truth.len(), report.files.len());
    for file in &report.files {
        let content = bytes(folder.path(), &file.path);
        let lines = content.split(|&b| b == b'\n').count() as u64 - 1;
        let known = &truth[stem(&file.path)];
        assert_eq!(lines - 1, file.rows, "{}", file.path);
        assert_eq!(known.keys().copied().collect::<Vec<_>>(), (2..=lines).collect::<Vec<_>>(), "{}", file.path);
        assert_eq!(content.len() as u64, file.bytes, "{}", file.path);
    }
    let persons: BTreeSet<u32> = truth.values().flat_map(|lines| lines.values().copied()).collect();
    assert!(persons.len() as u64 <= report.persons && persons.len() as u64 > report.persons * 99 / 100);
    // Two rows of a list with the same clean number and birth are the same person.
    let list = extract(folder.path(), "extracts/gp_registrations.csv");
    let (number, birth) = (list.column("NHS_NUMBER"), list.column("DATE_OF_BIRTH"));
    let mut seen: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut wrong = 0;
    for (line, row) in (2..).zip(&list.rows) {
        if row.len() == list.header.len() && !row[number].is_empty() {
            let person = truth["gp_registrations"][&line];
            wrong += usize::from(*seen.entry((row[number].clone(), row[birth].clone())).or_insert(person) != person);
        }
    }
    assert!(wrong <= 3, "{wrong}");
}

#[test]
fn no_nhs_number_outside_the_test_range_and_no_postcode_of_a_real_house() {
    let (folder, report) = place(4000, 5, 2);
    let mut valid = 0;
    for file in &report.files {
        let extract = extract(folder.path(), &file.path);
        for row in &extract.rows {
            for field in row {
                let compact: String = field.chars().filter(|c| *c != ' ').collect();
                let digits = compact.len() == 10 && compact.bytes().all(|b| b.is_ascii_digit());
                if let (true, Ok(number)) = (digits, NhsNumber::parse(&compact)) {
                    // The one other column of ten digits is the hospital's own spell number.
                    assert!(number.is_test() || compact.starts_with("000"), "{} {row:?}", file.path);
                    valid += usize::from(number.is_test());
                }
                if let Ok(postcode) = Postcode::parse(field) {
                    let letters = &postcode.as_str().as_bytes()[postcode.as_str().len() - 2..];
                    assert!(letters.iter().all(|b| b"CIKMOV".contains(b)), "{field}");
                }
            }
        }
    }
    assert!(valid as u64 > report.rows * 9 / 10);
}

#[test]
fn dirt_is_there_in_the_documented_measure() {
    let (folder, report) = place(10_000, 6, 2);
    let out = folder.path();
    let (mut broken, mut rows, mut twice) = (0, 0, 0);
    let mut sentinels: BTreeMap<&str, usize> = BTreeMap::new();
    let mut odd_dates = 0;
    for file in &report.files {
        let extract = extract(out, &file.path);
        rows += extract.rows.len();
        broken += extract.rows.iter().filter(|r| r.len() != extract.header.len()).count();
        twice += extract.rows.windows(2).filter(|pair| pair[0] == pair[1]).count();
        for field in extract.rows.iter().flatten() {
            for sentinel in ["1800-01-01", "1801-01-01", "1900-01-01", "9999-12-31", "31/12/9999", "01/01/1900"] {
                *sentinels.entry(sentinel).or_default() += usize::from(field == sentinel);
            }
            odd_dates += usize::from(field.len() == 10 && field.ends_with("-99-99") && Day::parse_iso(field).is_err());
        }
    }
    // Two of the four ways to break a row change the number of fields, and one makes an impossible date.
    let share = broken as f64 / rows as f64;
    assert!((0.00018..0.00035).contains(&share), "{share}");
    assert!(odd_dates > 20, "{odd_dates}");
    let share = twice as f64 / rows as f64;
    // A few neighbours are alike without being copies: two courses of one medicine begun on one day.
    assert!((0.0008..0.0017).contains(&share), "{share}");
    for (sentinel, count) in sentinels.iter().filter(|(s, _)| **s != "01/01/1900") {
        assert!(*count > 0, "{sentinel}");
    }
    for (path, column, low, high) in [
        ("extracts/gp_registrations.csv", "NHS_NUMBER", 0.001, 0.01),
        ("extracts/ecds_attendances.csv", "NHS_NUMBER", 0.03, 0.08),
        ("extracts/ambulance_111_calls.csv", "NHS_NUMBER", 0.06, 0.11),
        ("extracts/apc_episodes.csv", "NEWNHSNO", 0.01, 0.035),
    ] {
        let extract = extract(out, path);
        let number = extract.column(column);
        let missing = extract.whole().filter(|r| r[number].is_empty()).count() as f64 / extract.rows.len() as f64;
        assert!((low..high).contains(&missing), "{path} {missing}");
    }
}

#[test]
fn each_partner_has_its_dress() {
    let (folder, _) = place(10_000, 7, 2);
    let out = folder.path();
    assert!(bytes(out, "extracts/gp_registrations.csv").starts_with(b"\xEF\xBB\xBFNHS_NUMBER"));
    assert!(std::str::from_utf8(&bytes(out, "extracts/gp_registrations.csv")).is_ok());
    assert!(std::fs::read(out.join("extracts/mental_health_contacts.csv.gz")).unwrap().starts_with(&[0x1F, 0x8B]));
    let council = bytes(out, "extracts/social_care.csv");
    assert!(std::str::from_utf8(&council).is_err(), "no character of Windows-1252 in the council's file");
    assert!(council.windows(2).any(|w| w == b"\r\n"));
    let deaths = extract(out, "extracts/deaths.csv");
    let (birth, death) = (deaths.column("DEC_DATE_OF_BIRTH"), deaths.column("REG_DATE_OF_DEATH"));
    let dated = deaths
        .whole()
        .filter(|r| Day::parse_compact(&r[death]).is_ok() && Day::parse_compact(&r[birth]).is_ok())
        .count();
    assert!(dated * 100 > deaths.rows.len() * 98 && dated > 150, "{dated}");
    let text = std::fs::read_to_string(out.join("place.toml")).unwrap();
    let place: toml::Table = text.parse().unwrap();
    assert_eq!(place["as_of"].as_str(), Some("2026-03-31"));
    let sources = place["source"].as_array().unwrap();
    assert_eq!(sources.len(), 16);
    assert!(sources.iter().all(|s| out.join(s["files"].as_str().unwrap()).is_file()));
    let localities = place["locality"].as_array().unwrap();
    assert!(
        localities.iter().any(|l| l.get("served_from").is_some())
            && localities.iter().any(|l| l.get("served_from").is_none())
    );
}

#[test]
fn clinical_codes_are_well_formed() {
    let (folder, _) = place(2000, 8, 2);
    let out = folder.path();
    let check = |path: &str, columns: &[&str], good: &dyn Fn(&str) -> bool| {
        let extract = extract(out, path);
        for name in columns {
            let column = extract.column(name);
            let filled: Vec<&String> = extract.whole().map(|r| &r[column]).filter(|f| !f.is_empty()).collect();
            let wrong = filled.iter().filter(|f| !good(f)).count();
            assert!(filled.len() > 5 && wrong * 500 <= filled.len(), "{path} {name}: {wrong} of {}", filled.len());
        }
    };
    check("extracts/apc_episodes.csv", &["DIAG_01", "DIAG_02", "DIAG_03", "DIAG_06"], &|f| Icd10::parse(f).is_ok());
    check("extracts/apc_episodes.csv", &["OPERTN_01"], &|f| f == "-" || Opcs4::parse(f).is_ok());
    check("extracts/op_attendances.csv", &["OPERTN_01"], &|f| f == "-" || Opcs4::parse(f).is_ok());
    check("extracts/gp_events.csv", &["SNOMED_CODE"], &|f| SnomedId::parse(f).is_ok());
    check("extracts/ecds_attendances.csv", &["CHIEF_COMPLAINT", "ARRIVAL_MODE", "DISCHARGE_DESTINATION"], &|f| {
        SnomedId::parse(f).is_ok()
    });
}

#[test]
fn a_real_place_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("place.toml"), "name = \"A real one\"\n").unwrap();
    let options = SimulateOptions::new(1000, 1, folder.path());
    assert!(matches!(simulate(&options, &mut |_| {}), Err(Error::NotOurs { .. })));
    std::fs::remove_file(folder.path().join("place.toml")).unwrap();
    std::fs::create_dir(folder.path().join("extracts")).unwrap();
    std::fs::write(folder.path().join("extracts/apc.csv"), "real").unwrap();
    assert!(matches!(simulate(&options, &mut |_| {}), Err(Error::NotOurs { .. })));
    assert_eq!(std::fs::read(folder.path().join("extracts/apc.csv")).unwrap(), b"real");
    // Our own place may be made again.
    let (again, _) = place(1000, 1, 1);
    assert!(simulate(&SimulateOptions::new(1000, 2, again.path()), &mut |_| {}).is_ok());
}

#[test]
fn options_out_of_range_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = SimulateOptions::new(10, 1, folder.path());
    assert!(matches!(simulate(&options, &mut |_| {}), Err(Error::Option(_))));
    options.people = Some(1000);
    options.history_months = 3;
    assert!(matches!(simulate(&options, &mut |_| {}), Err(Error::Option(_))));
    options.history_months = 36;
    options.practices = Some(PracticeList { file: Path::new("no-such-file.csv"), area: "QE1" });
    assert!(matches!(simulate(&options, &mut |_| {}), Err(Error::File { .. })));
}
