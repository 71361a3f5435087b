//! `vanguard rates` against the test tables of the public health profiles' methods package (`../shared/data/phe`).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at once")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/phe");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: ../shared is not there");
    None
}

/// The rows that the command prints for a file.
fn rates(method: &str, file: &Path, more: &[&str]) -> Vec<Value> {
    let run = Command::new(env!("CARGO_BIN_EXE_vanguard"))
        .args(["rates", method, file.to_str().unwrap(), "--json"])
        .args(more)
        .output()
        .unwrap();
    assert!(run.status.success(), "{method} {}: {}", file.display(), String::from_utf8_lossy(&run.stderr));
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    report["rows"].as_array().unwrap().clone()
}

fn table(file: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let text = std::fs::read_to_string(file).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().iter().map(|h| h.trim().to_owned()).collect();
    (header, reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect())
}

#[track_caller]
fn close(found: &Value, printed: f64, tolerance: f64, what: &str) {
    let found = found.as_f64().unwrap_or(f64::NAN);
    assert!((found - printed).abs() <= tolerance * printed.abs().max(1e-9), "{what}: found {found}, printed {printed}");
}

/// Compares columns of rows with what a table prints in the same rows, where it prints anything.
fn compare(rows: &[Value], file: &Path, columns: &[(&str, &str)], tolerance: f64) -> usize {
    let (header, printed) = table(file);
    assert_eq!(rows.len(), printed.len(), "{}", file.display());
    let mut compared = 0;
    for (row, cells) in rows.iter().zip(&printed) {
        for (ours, theirs) in columns {
            let place = header.iter().position(|h| h == theirs).unwrap();
            if let Ok(number) = cells[place].parse::<f64>() {
                close(&row[*ours], number, tolerance, &format!("{} {cells:?} {ours}", file.display()));
                compared += 1;
            }
        }
    }
    compared
}

const FIVE: [(&str, &str); 5] = [
    ("value", "value"),
    ("lower95_0cl", "lower95_0cl"),
    ("upper95_0cl", "upper95_0cl"),
    ("lower99_8cl", "lower99_8cl"),
    ("upper99_8cl", "upper99_8cl"),
];

#[test]
fn rates_and_proportions() {
    let Some(folder) = folder() else { return };
    for (method, name) in
        [("rate", "testdata_Rate__testdata_Rate"), ("proportion", "testdata_Proportion__testdata_Prop")]
    {
        let file = folder.join(format!("{name}.csv"));
        let rows = rates(method, &file, &[]);
        assert!(compare(&rows, &file, &FIVE, 1e-9) >= 80);
        let missing: Vec<&Value> = rows.iter().filter(|r| r["value"].is_null()).collect();
        assert!(missing.len() == 3 && missing.iter().all(|r| r["reason"].as_str().unwrap().contains("missing")));
        let grouped = folder.join(format!("{name}_g.csv"));
        let columns = [("value", "value"), ("lower95_0cl", "lowercl"), ("upper95_0cl", "uppercl")];
        assert!(compare(&rates(method, &grouped, &[]), &grouped, &columns, 1e-9) >= 24);
    }
}

#[test]
fn byars_and_wilson() {
    let Some(folder) = folder() else { return };
    let file = folder.join("testdata_Byars_Wilson__testdata_B_W.csv");
    let (_, printed) = table(&file);
    for (method, name) in [("byars", "Byars"), ("wilson", "Wilson")] {
        let rows = rates(method, &file, &[]);
        for (row, cells) in rows.iter().zip(&printed).filter(|(_, cells)| cells[5] == name) {
            let (lower, upper) =
                if cells[4] == "95%" { ("lower95_0cl", "upper95_0cl") } else { ("lower99_8cl", "upper99_8cl") };
            for (ours, theirs) in [(lower, &cells[2]), (upper, &cells[3])] {
                if let Ok(number) = theirs.parse() {
                    close(&row[ours], number, 1e-10, name);
                }
            }
        }
    }
}

/// The first row of each group against the rows of a table of results.
fn groups(rows: &[Value], key: &str, results: &[Vec<String>], header: &[String], tolerance: f64) -> usize {
    let mut compared = 0;
    for cells in results {
        let Some(row) = rows.iter().find(|r| r[key].as_str() == Some(&cells[0])) else { continue };
        for (name, cell) in header.iter().zip(cells).skip(1) {
            if let Ok(number) = cell.parse::<f64>() {
                close(&row[name.as_str()], number, tolerance, &format!("{cells:?} {name}"));
                compared += 1;
            } else if name == "value" {
                assert!(row["value"].is_null() && !row["reason"].is_null(), "{cells:?}");
            }
        }
    }
    compared
}

#[test]
fn means() {
    let Some(folder) = folder() else { return };
    let (header, results) = table(&folder.join("testdata_Mean__testdata_Mean_results.csv"));
    let file = folder.join("testdata_Mean__testdata_Mean.csv");
    assert_eq!(groups(&rates("mean", &file, &[]), "area", &results, &header, 1e-9), 16);
    let all = rates("mean", &file, &["--by", "none"]);
    for (name, cell) in header.iter().zip(&results[2]).filter(|(_, cell)| cell.parse::<f64>().is_ok()) {
        close(&all[0][name.as_str()], cell.parse().unwrap(), 1e-9, name);
    }
}

#[test]
fn directly_standardised() {
    let Some(folder) = folder() else { return };
    let (header, results) = table(&folder.join("testdata_DSR_ISR__testresults_DSR.csv"));
    let data = |name: &str| folder.join(format!("testdata_DSR_ISR__testdata_{name}.csv"));
    let per = |end: &str| {
        results.iter().filter(|r| r[8].ends_with(end) && !r[0].contains("1976")).cloned().collect::<Vec<_>>()
    };
    let rows = rates("dsr", &data("multiarea"), &["--multiplier", "10000"]);
    assert_eq!(groups(&rows, "area", &per(" 10000"), &header, 1e-9), 14);
    assert_eq!(groups(&rates("dsr", &data("multiarea"), &[]), "area", &per(" 100000"), &header, 1e-9), 14);
    assert_eq!(groups(&rates("dsr", &data("nonindepe"), &[]), "area", &results[8..], &header, 1e-9), 23);
    let old = &rates("dsr", &data("1976"), &[])[0];
    close(&old["value"], 8_592.097_585_022_366, 1e-9, "1976");
    close(&old["upper95_0cl"], 9_225.253_880_318_318, 1e-9, "1976");
    for (name, wrong) in [("err1", "count"), ("err2", "population"), ("err3", "population"), ("err4", "standard")] {
        let row = &rates("dsr", &data(name), &[])[0];
        assert!(row["value"].is_null() && row["reason"].as_str().unwrap().contains(wrong), "{name}: {}", row["reason"]);
    }
}

#[test]
fn indirectly_standardised() {
    let Some(folder) = folder() else { return };
    let (header, results) = table(&folder.join("testdata_DSR_ISR__testresults_ISR.csv"));
    let data = |name: &str| folder.join(format!("testdata_DSR_ISR__{name}.csv"));
    let reference = data("refdata");
    let reference = reference.to_str().unwrap();
    let mut compared = 0;
    for (method, per, what) in [
        ("isr", "100000", "rate per 100000"),
        ("isr", "1000", "rate per 1000"),
        ("isratio", "1", "ratio x 1"),
        ("isratio", "100", "ratio x 100"),
    ] {
        let wanted: Vec<Vec<String>> = results.iter().filter(|r| r[9].ends_with(what)).cloned().collect();
        for name in ["testdata_multiarea", "testdata_err2"] {
            let rows = rates(method, &data(name), &["--multiplier", per, "--reference", reference]);
            compared += groups(&rows, "area", &wanted, &header, 1e-9);
        }
    }
    assert!(compared > 100, "{compared}");
    // The observed numbers in a file of their own.
    let lookup = data("testdata_multiarea_lookup");
    let rows =
        rates("isr", &data("testdata_multiarea"), &["--reference", reference, "--observed", lookup.to_str().unwrap()]);
    assert!(groups(&rows, "area", &results[..3], &header, 1e-9) > 20);
}

#[test]
fn funnels() {
    let Some(folder) = folder() else { return };
    for name in ["testdata_funnel_prop_outputs", "testdata_funnel_prop_outputs_with_axis_variation"] {
        let file = folder.join(format!("{name}.csv"));
        let columns = [
            ("lower95_0cl", "Lower2s0025limit"),
            ("upper95_0cl", "Upper2s0025limit"),
            ("lower99_8cl", "Lower3s0001limit"),
            ("upper99_8cl", "Upper3s0001limit"),
        ];
        // The baseline is printed to eight digits.
        assert!(compare(&rates("funnel-proportion", &file, &[]), &file, &columns, 2e-6) > 100);
    }
    let file = folder.join("testdata_funnel_ratio_outputs.csv");
    let names = ["exp_events", "count", "isr"];
    let columns: Vec<String> = ["lower_2s", "upper_2s", "lower_3s", "upper_3s"]
        .iter()
        .flat_map(|end| names.iter().map(move |name| format!("{end}_{name}")))
        .collect();
    let pairs: Vec<(&str, &str)> = columns.iter().map(|c| (c.as_str(), c.as_str())).collect();
    // That table was made in a spreadsheet, whose chi-square quantile is rough for small counts.
    assert!(compare(&rates("funnel-ratio", &file, &[]), &file, &pairs, 1e-4) > 400);
    for (method, name) in [("funnel-proportion", "prop"), ("funnel-ratio", "ratio")] {
        let file = folder.join(format!("testdata_funnel_{name}_inputs.csv"));
        let (header, printed) = table(&file);
        let place = header.iter().position(|h| h == "significance").unwrap();
        for (row, cells) in rates(method, &file, &[]).iter().zip(&printed) {
            assert_eq!(row["significance"].as_str(), Some(cells[place].as_str()), "{cells:?}");
        }
    }
}

#[test]
fn quantiles() {
    let Some(folder) = folder() else { return };
    let file = folder.join("testdata_Quantiles__testdata_Quantiles.csv");
    assert_eq!(compare(&rates("quantiles", &file, &[]), &file, &[("value", "QuantileInGrp")], 0.0), 987);
}

#[test]
fn indices_of_inequality() {
    let Some(folder) = folder() else { return };
    // No results are printed for these inputs: every group must have an answer whose limits hold it.
    for (name, groups) in [("LE_testdata", 300), ("NCMP_testdata", 20), ("DSR_testdata", 2)] {
        let rows = rates("sii", &folder.join(format!("{name}.csv")), &[]);
        let values: std::collections::BTreeSet<String> = rows.iter().map(|r| r["value"].to_string()).collect();
        assert!(values.len() >= groups.min(values.len()) && values.len() > 1, "{name}: {}", values.len());
        // The Isles of Scilly have fewer than five quantiles, and say so.
        let too_few = |row: &&Value| row["reason"].as_str().is_some_and(|why| why.contains("from 5 to 100"));
        assert!(rows.iter().filter(too_few).count() < 10, "{name}");
        for row in rows.iter().filter(|row| !too_few(row)) {
            let number = |key: &str| row[key].as_f64().unwrap_or(f64::NAN);
            assert!(number("lower99_8cl") < number("lower95_0cl") && number("lower95_0cl") < number("value"), "{row}");
            assert!(number("value") < number("upper95_0cl") && number("upper95_0cl") < number("upper99_8cl"), "{row}");
        }
    }
}

#[test]
fn rows_that_cannot_be_worked_out_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("odd.csv");
    std::fs::write(&file, "Area,Numerator,Denominator\na,1,0\nb,-1,10\nc,NA,10\nd,5,\ne,x,10\nf,11,10\ng,1\nh,2,10\n")
        .unwrap();
    for method in ["rate", "proportion", "funnel-proportion", "ratio", "funnel-ratio", "funnel-rate"] {
        let rows = rates(method, &file, &[]);
        assert_eq!(rows.len(), 8, "{method}");
        for (at, row) in rows.iter().enumerate() {
            let good = at == 7 || (at == 5 && !method.contains("proportion"));
            assert_eq!(row["value"].is_null(), !good, "{method} {row}");
            assert_eq!(row["reason"].is_null(), good, "{method} {row}");
        }
    }
    let life = folder.path().join("life.csv");
    std::fs::write(&life, "startage,pops,deaths\n0,5000,9\n1,5000,-1\n").unwrap();
    assert!(rates("life-expectancy", &life, &[])[0]["reason"].as_str().unwrap().contains("deaths"));
    let none = Command::new(env!("CARGO_BIN_EXE_vanguard")).args(["rates", "wilson", "/nowhere.csv"]).output().unwrap();
    assert!(!none.status.success() && String::from_utf8_lossy(&none.stderr).contains("failed to read"));
}

/// The European standard population of 2013 as another place's analysts keep it, in 21 bands: ours in 19 are the same people, and
/// a rate of one in a hundred in every band is one in a hundred with either.
#[test]
fn the_standard_population_is_that_of_others() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/scores/esp2013_and_registers/esp_2013.csv");
    if !file.is_file() {
        println!("skipped: ../shared is not there");
        return;
    }
    let (header, printed) = table(&file);
    assert_eq!(header[..2], ["age_band_esp", "esp_weight"]);
    let theirs: Vec<u32> = printed.iter().map(|row| row[1].parse().unwrap()).collect();
    let mut ours = vec![theirs[0] + theirs[1]];
    ours.extend(&theirs[2..19]);
    ours.push(theirs[19] + theirs[20]);
    assert_eq!(ours, nhs::age::ESP_2013);
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = theirs.iter().map(|people| format!("10,1000,{people}")).collect();
    let text = lines.join("\n");
    let (with, without) = (folder.path().join("with.csv"), folder.path().join("without.csv"));
    std::fs::write(&with, format!("count,pop,esp2013\n{text}")).unwrap();
    std::fs::write(&without, format!("count,pop\n{}", "10,1000\n".repeat(21))).unwrap();
    for file in [with, without] {
        close(&rates("dsr", &file, &["--by", "none"])[0]["value"], 1000.0, 1e-12, "dsr");
    }
}
