//! A place on the real practice lists, where they are there.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod common;

use common::extract;
use simulate::{Error, PracticeList, SimulateOptions, simulate};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn list(year: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("../../../shared/data/places/gp_practice_weighted_populations_{year}.csv"));
    if path.is_file() {
        return Some(path);
    }
    eprintln!("skipped: ../shared is not there");
    None
}

#[test]
fn real_practices_with_their_sizes_and_networks() {
    for year in ["2025_26", "2022_23"] {
        let Some(file) = list(year) else { return };
        let folder = tempfile::tempdir().unwrap();
        let mut options = SimulateOptions::new(20_000, 3, folder.path());
        options.practices = Some(PracticeList { file: &file, area: "QE1" });
        let report = simulate(&options, &mut |_| {}).unwrap();
        assert_eq!(report.people, 20_000, "{year}");
        assert!(report.name.contains("Lancashire and South Cumbria"), "{}", report.name);
        assert!((190..210).contains(&report.practices) && (35..45).contains(&report.localities), "{report:?}");
        let text = std::fs::read_to_string(folder.path().join("place.toml")).unwrap();
        let place: toml::Table = text.parse().unwrap();
        let localities = place["locality"].as_array().unwrap();
        assert!(localities.iter().all(|l| l["practices"].as_array().unwrap().len() >= 2));
        assert!(text.contains("Chorley Central PCN") && text.contains("P81033"));
        // List sizes are in proportion to the real ones.
        let mut reader = csv::Reader::from_path(&file).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let column = |names: &[&str]| {
            header.iter().position(|h| names.iter().any(|n| h.trim_start_matches('\u{feff}') == *n)).unwrap()
        };
        let (code, size, area) =
            (column(&["Practice_Code"]), column(&["Population", "pop 2022/23"]), column(&["ICB", "ICS22"]));
        let real: BTreeMap<String, f64> = reader
            .records()
            .map(|r| r.unwrap())
            .filter(|r| &r[area] == "QE1")
            .map(|r| (r[code].to_owned(), r[size].parse().unwrap()))
            .collect();
        let total: f64 = real.values().sum();
        let registrations = extract(folder.path(), "extracts/gp_registrations.csv");
        let (practice, end) = (registrations.column("PRACTICE_CODE"), registrations.column("REGISTRATION_END"));
        let mut counted: BTreeMap<&str, f64> = BTreeMap::new();
        for row in registrations.whole().filter(|r| r[end].is_empty() || r[end] == "9999-12-31") {
            *counted.entry(row[practice].as_str()).or_default() += 1.0;
        }
        let largest = real.iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        let expect = largest.1 / total * 20_000.0;
        assert!((counted[largest.0.as_str()] / expect - 1.0).abs() < 0.12, "{largest:?}");
    }
}

#[test]
fn a_local_authority_at_its_real_size() {
    let Some(file) = list("2025_26") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut options = SimulateOptions::new(0, 3, folder.path());
    options.people = None;
    options.history_months = 6;
    options.practices = Some(PracticeList { file: &file, area: "E07000124" });
    let report = simulate(&options, &mut |_| {}).unwrap();
    assert!((20_000..80_000).contains(&report.people), "{report:?}");
    let areas = extract(folder.path(), "extracts/lsoa.csv");
    assert!(areas.rows.iter().all(|r| r[0].starts_with("E01") && (1..=10).contains(&r[2].parse::<u32>().unwrap())));
    assert!(areas.rows.iter().any(|r| r[1].starts_with("Ribble Valley")), "{:?}", areas.rows.first());
}

#[test]
fn an_unknown_area_is_answered_with_near_ones() {
    let Some(file) = list("2025_26") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut options = SimulateOptions::new(5000, 3, folder.path());
    for (area, near) in [("QE9", "QE1 (NHS Lancashire and South Cumbria ICB)"), ("preston", "E07000123 (Preston)")] {
        options.practices = Some(PracticeList { file: &file, area });
        let Err(error) = simulate(&options, &mut |_| {}) else { panic!("{area} is no area") };
        assert!(matches!(error, Error::Area { .. }) && error.to_string().contains(near), "{error}");
    }
    assert!(!folder.path().join("extracts").exists());
}
