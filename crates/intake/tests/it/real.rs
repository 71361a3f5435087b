//! Other people's files, when they lie beside the repository.

use crate::case::{Case, shared};
use intake::{LoadReport, SourceFormat, SourceInput};
use nhs::Day;
use std::path::{Path, PathBuf};

fn add(case: &mut Case, format: &str, files: Vec<PathBuf>) {
    let id = format.rsplit('/').next().unwrap().to_owned();
    case.options.sources.push(SourceInput { id, format: SourceFormat::builtin(format).unwrap(), files });
}

fn csv_in(dir: &Path) -> PathBuf {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().flatten().map(|e| e.path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "csv"));
    files.sort();
    files.remove(0)
}

/// One line a source: what was loaded and what was not, and why.
fn show(report: &LoadReport) -> String {
    let mut out = format!("{} people, {} events\n", report.people, report.events);
    for s in &report.quality.sources {
        out += &format!(
            "{}: {} read = {} loaded + {} quarantined + {} duplicate; {} people, {} columns unknown, latest {}\n",
            s.id,
            s.rows_read,
            s.rows_loaded,
            s.rows_quarantined,
            s.rows_duplicate,
            s.people,
            s.unknown_columns.len(),
            s.latest.clone().unwrap_or_default()
        );
        for q in &s.quarantine {
            out += &format!("  quarantined {} {} {} [{}]\n", q.rows, q.column, q.reason, q.shape);
        }
        for w in &s.warnings {
            out += &format!("  warned {} {} {} [{}]\n", w.values, w.column, w.reason, w.shape);
        }
    }
    out
}

#[test]
fn artificial_hes() {
    let Some(shared) = shared() else { return };
    let mut case = Case::new();
    case.options.as_of = Day::parse_iso("2008-03-31").unwrap();
    for name in ["apc", "op", "ae"] {
        add(&mut case, &format!("hes/{name}"), vec![csv_in(&shared.join("hes/data").join(name))]);
    }
    let report = case.load().unwrap();
    insta::assert_snapshot!(show(&report));
}

#[test]
fn omop_of_synthea() {
    let Some(shared) = shared() else { return };
    let mut case = Case::new();
    let archive = shared.join("omop/Synthea27Nj_5.4.zip");
    let unzip = std::process::Command::new("unzip").arg("-qo").arg(&archive).arg("-d").arg(case.dir.path()).status();
    if !unzip.is_ok_and(|status| status.success()) {
        println!("skipped: `unzip` is not there");
        return;
    }
    for name in [
        "person",
        "visit_occurrence",
        "condition_occurrence",
        "procedure_occurrence",
        "drug_exposure",
        "measurement",
        "observation",
        "death",
    ] {
        let file = case.dir.path().join(format!("{}.csv", name.to_uppercase()));
        add(&mut case, &format!("omop/{name}"), vec![file]);
    }
    let report = case.load().unwrap();
    assert_eq!(report.people, 28);
    insta::assert_snapshot!(show(&report));
}

#[test]
fn fhir_bundles() {
    let Some(shared) = shared() else { return };
    let mut case = Case::new();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(shared.join("fhir/bundles")).unwrap().flatten().map(|e| e.path()).collect();
    files.sort();
    add(&mut case, "fhir/bundle", files);
    let report = case.load().unwrap();
    insta::assert_snapshot!(show(&report));
}

#[test]
fn parquet_of_real_people() {
    let Some(shared) = shared() else { return };
    let text = r#"
name = "historical/figures"
title = "Historical figures"
role = "person_list"
[identity]
local_id = "unique_id"
family_name = "surname"
given_name = "first_name"
postcode = "postcode_fake"
birth = "dob"
[registration]
practice = "birth_place"
"#;
    let (format, issues) = SourceFormat::parse("figures.toml", text);
    assert!(issues.is_empty(), "{issues:?}");
    let file = shared.join("linkage/splink_datasets/historical_figures_with_errors_50k.parquet");
    let mut case = Case::new();
    case.options.sources.push(SourceInput { id: "figures".to_owned(), format: format.unwrap(), files: vec![file] });
    let report = case.load().unwrap();
    let source = &report.quality.sources[0];
    // They were born long ago, so births are warnings; every row has its own key and is somebody.
    assert_eq!((source.rows_read, source.rows_loaded), (50_578, 50_578));
    let old = source.warnings.iter().find(|w| w.reason.contains("more than 120 years ago")).unwrap();
    assert!(old.values > 30_000 && old.column == "dob", "{old:?}");
    assert!(source.columns.iter().any(|column| column.name == "surname" && column.used && column.filled == 46_063));
}
