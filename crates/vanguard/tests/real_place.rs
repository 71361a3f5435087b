//! A place on NHS England's real practice lists, from extracts to caseloads. Skipped where the lists are not there.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use std::path::Path;
use std::process::{Command, Output};

fn vanguard(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vanguard")).args(args).output().unwrap()
}

#[test]
fn a_place_on_real_practice_lists() {
    let lists = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/places/gp_practice_weighted_populations_2025_26.csv");
    if !lists.is_file() {
        println!("skipped: ../shared is not there");
        return;
    }
    let (dir, lists) = (tempfile::tempdir().unwrap(), lists.display().to_string());
    let at = dir.path().join("place").display().to_string();
    let place = ["simulate", "--people", "8000", "--practices", &lists, "--area", "QE1", "--out", &at, "--json"];
    let simulated = vanguard(&place);
    assert!(simulated.status.success(), "{}", String::from_utf8_lossy(&simulated.stderr));
    let run = vanguard(&["run", &at, "--json"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let quality = &report["load"]["quality"];
    for source in quality["sources"].as_array().unwrap() {
        let count = |field: &str| source[field].as_u64().unwrap();
        println!(
            "{:24} {:8} read {:8} loaded {:6} quarantined {:5} duplicates",
            source["id"].as_str().unwrap(),
            count("rows_read"),
            count("rows_loaded"),
            count("rows_quarantined"),
            count("rows_duplicate")
        );
        assert_eq!(count("rows_read"), count("rows_loaded") + count("rows_quarantined") + count("rows_duplicate"));
    }
    // The practices and their sizes are the real ones, scaled to the people asked for; the networks are the localities.
    let practices = std::fs::read_to_string(&lists).unwrap();
    let real =
        |code: &str| practices.lines().any(|line| line.starts_with(&format!("{code},")) && line.contains(",QE1,"));
    let organisations = std::fs::read_to_string(Path::new(&at).join("extracts/organisations.csv")).unwrap();
    let codes: Vec<&str> = organisations
        .lines()
        .filter_map(|line| line.split(',').next())
        .filter(|code| code.len() == 6 && code.chars().skip(1).all(|c| c.is_ascii_digit()) && !code.starts_with('V'))
        .collect();
    assert!(codes.len() > 100, "{}", codes.len());
    let unknown: Vec<&&str> = codes.iter().filter(|code| !real(code)).collect();
    assert!(unknown.is_empty(), "{unknown:?} are no practices of the area");
    let people = report["population"]["people"].as_u64().unwrap();
    assert!((7800..8400).contains(&people), "{people}");
    assert!(report["population"]["localities"].as_array().unwrap().len() > 10);
}
