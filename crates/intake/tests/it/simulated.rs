//! A simulated place, held against its truth.

use crate::case::Case;
use intake::{SourceFormat, SourceInput};
use simulate::SimulateOptions;
use std::collections::BTreeMap;

/// A case with everything a simulated place holds.
pub fn place(people: u32, seed: u64, months: u32) -> Case {
    let mut case = Case::new();
    let mut options = SimulateOptions::new(people, seed, case.dir.path());
    options.history_months = months;
    options.threads = 2;
    case.options.as_of = options.as_of;
    simulate::simulate(&options, &mut |_| {}).unwrap();
    let mut names: Vec<String> = std::fs::read_dir(case.dir.path().join("extracts"))
        .unwrap()
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    // The list of registered people first, as a place file has it.
    names.sort_by_key(|name| !name.starts_with("gp_registrations"));
    for name in names {
        let id = name.split('.').next().unwrap().to_owned();
        let format = SourceFormat::builtin(&format!("vanguard/{id}")).unwrap();
        case.options.sources.push(SourceInput { id, format, files: vec![case.dir.path().join("extracts").join(name)] });
    }
    case
}

#[test]
fn a_simulated_place_loads_without_loss() {
    let case = place(2000, 7, 12);
    let report = case.load().unwrap();
    for source in &report.quality.sources {
        println!(
            "{}: {} = {} + {} + {}; unknown {:?}",
            source.id,
            source.rows_read,
            source.rows_loaded,
            source.rows_quarantined,
            source.rows_duplicate,
            source.unknown_columns
        );
        for q in &source.quarantine {
            println!("    {} {} {} [{}] {}", q.rows, q.column, q.reason, q.shape, q.first);
        }
        for w in &source.warnings {
            println!("    warned {} {} {} [{}]", w.values, w.column, w.reason, w.shape);
        }
        assert!(source.unknown_columns.is_empty(), "{}: {:?}", source.id, source.unknown_columns);
        assert!(source.absent_columns.is_empty(), "{}: {:?}", source.id, source.absent_columns);
        assert!(source.rows_loaded * 10 >= source.rows_read * 9, "{} lost too much", source.id);
    }
    println!("{:#?}\n{:#?}", report.quality.linkage, report.quality.reconciliation);
    assert!(report.people >= 2000 && report.people < 2600, "{} people", report.people);
}

/// True person of each line of each file.
fn truth(case: &Case) -> BTreeMap<(String, u64), u64> {
    let mut reader = csv::Reader::from_path(case.dir.path().join("truth/person.csv")).unwrap();
    let rows = reader.records().map(Result::unwrap);
    let file = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    rows.map(|r| ((file(&r[0]), r[1].parse().unwrap()), r[2].parse().unwrap())).collect()
}

/// Rows of one person joined (recall) and joined rows that are of one person (precision), by pairs.
#[test]
fn linkage_against_the_truth() {
    let case = place(2000, 11, 12);
    let trace = case.dir.path().join("trace.csv");
    intake::load_with_trace(&case.options, &intake::NoProgress, &trace).unwrap();
    let truth = truth(&case);
    let (mut joined, mut by_person, mut by_truth): (BTreeMap<(u64, u64), u64>, BTreeMap<u64, u64>, BTreeMap<u64, u64>) =
        Default::default();
    let mut reader = csv::Reader::from_path(&trace).unwrap();
    for row in reader.records().map(Result::unwrap) {
        let file = row[0].to_owned();
        let Some(&real) = truth.get(&(file.clone(), row[2].parse().unwrap())).filter(|&&real| real != 0) else {
            assert!(truth.keys().any(|(name, _)| *name == file), "truth knows no file {file}");
            continue;
        };
        let person: u64 = row[3].parse().unwrap();
        *joined.entry((person, real)).or_default() += 1;
        *by_person.entry(person).or_default() += 1;
        *by_truth.entry(real).or_default() += 1;
    }
    let pairs = |counts: &mut dyn Iterator<Item = u64>| counts.map(|n| n * (n - 1) / 2).sum::<u64>() as f64;
    let both = pairs(&mut joined.values().copied());
    let precision = both / pairs(&mut by_person.values().copied());
    let recall = both / pairs(&mut by_truth.values().copied());
    println!(
        "rows {}, people {}, true people {}, precision {precision:.5}, recall {recall:.5}",
        by_person.values().sum::<u64>(),
        by_person.len(),
        by_truth.len()
    );
    assert!(precision > 0.999, "precision {precision}");
    assert!(recall > 0.99, "recall {recall}");
}
