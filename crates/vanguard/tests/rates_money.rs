//! `vanguard rates pmpm` and `weighted-need`: by hand, with bad input, and against England's published weighted populations.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at once")]

use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

fn rates(method: &str, text: &str, more: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("figures.csv");
    std::fs::write(&file, text).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_vanguard"))
        .args(["rates", method, file.to_str().unwrap(), "--json"])
        .args(more)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    report["rows"].as_array().unwrap().clone()
}

#[track_caller]
fn is(found: &Value, wanted: f64) {
    let found = found.as_f64().unwrap_or(f64::NAN);
    assert!((found - wanted).abs() <= 1e-9 * wanted.abs().max(1.0), "found {found}, wanted {wanted}");
}

/// R = 200 / 32 = 6.25; residuals 45, -75, 22.5, 7.5; var = 4/3 x 8212.5 / 1024; limits on the logarithm.
#[test]
fn people_of_two_practices() {
    let file = "person,practice,cost,member_months\n1,A,120.00,12\n2,A,0,12\n3,A,60,6\n4,A,20,2\n5,B,99.99,3\n";
    let rows = rates("pmpm", file, &["--by", "practice"]);
    let error = (4.0 / 3.0 * 8212.5 / 1024.0_f64).sqrt();
    for row in &rows[..4] {
        assert_eq!((&row["practice"], &row["members"], &row["cost_pence"]), (&"A".into(), &4.into(), &20_000.into()));
        is(&row["value"], 6.25);
        is(&row["pence"], 625.0);
        is(&row["lower95_0cl"], 6.25 * (-1.959_963_984_540_054 * error / 6.25).exp());
        is(&row["upper95_0cl"], 6.25 * (1.959_963_984_540_054 * error / 6.25).exp());
        is(&row["upper99_8cl"], 6.25 * (3.090_232_306_167_813 * error / 6.25).exp());
    }
    is(&rows[4]["value"], 33.33);
    assert!(rows[4]["lower95_0cl"].is_null() && rows[4]["reason"].is_null());
    // Without --by the practice is found: the person is a key.
    assert_eq!(rates("pmpm", file, &[]), rows);
}

/// Pence and days; a part of a year is the same part of twelve months.
#[test]
fn pence_and_days() {
    let rows = rates(
        "pmpm",
        "cost_pence,member_days,period_days\n12000,365,365\n6000,182,365\n700,30,365\n",
        &["--by", "none"],
    );
    is(&rows[0]["member_months"], 12.0 * 577.0 / 365.0);
    is(&rows[0]["pence"], 986.0);
}

#[test]
fn rows_that_stand_for_many() {
    let rows = rates(
        "pmpm",
        "area,cost,member_months,members,sd\nA,1200000,6000,500,4000\nB,100,0,10,1\nC,NA,5,5,1\nD,50,10,4,\n",
        &[],
    );
    is(&rows[0]["value"], 200.0);
    let reach = 1.959_963_984_540_054 * 500.0_f64.sqrt() * 4000.0 / 6000.0 / 200.0;
    is(&rows[0]["upper95_0cl"], 200.0 * reach.exp());
    assert_eq!(rows[0]["area"], "A");
    assert!(rows[1]["value"].is_null() && rows[1]["reason"].as_str().unwrap().contains("no member months"));
    assert!(rows[2]["reason"].as_str().unwrap().contains("the cost is missing"));
    assert!(rows[3]["value"].as_f64() == Some(5.0) && rows[3]["lower95_0cl"].is_null());
}

#[test]
fn weighted_people_add_up() {
    let rows = rates("weighted-need", "name,people,weight\nNorth,100,3\nSouth,100,1\nEast,0,2\nWest,x,1\n", &[]);
    assert_eq!(
        rows.iter().map(|row| row["value"].as_f64()).collect::<Vec<_>>(),
        [Some(150.0), Some(50.0), Some(0.0), None]
    );
    assert_eq!((&rows[0]["share"], &rows[0]["index"], &rows[0]["name"]), (&0.75.into(), &1.5.into(), &"North".into()));
    assert!(rows[2]["index"].is_null() && rows[3]["reason"].as_str().unwrap().contains("not a number"));
    let missing = Command::new(env!("CARGO_BIN_EXE_vanguard")).args(["rates", "pmpm", "/dev/null"]).output().unwrap();
    assert!(!missing.status.success());
}

/// NHS England's own weighted populations are normalised to the people of England, practice by practice: our normalisation of
/// them gives them back, and gives back their sums by place from any multiple of them.
#[test]
fn england_s_weighted_populations_come_back() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/places/gp_practice_weighted_populations_2022_23.csv");
    let Ok(text) = std::fs::read_to_string(file) else {
        println!("skipped: ../shared is not there");
        return;
    };
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(|name| name.trim().to_owned()).collect();
    let at = |name: &str| header.iter().position(|own| own == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    for component in ["G&A WP", "CS WP", "MH WP", "Mat WP", "Health Ineq WP", "Prescr WP", "Final WP"] {
        let mut file = String::from("name,population,weighted\n");
        let number = |row: &csv::StringRecord, name: &str| row[at(name)].trim().parse::<f64>().unwrap_or(0.0);
        for row in &rows {
            let (people, need) = (number(row, "pop 2022/23"), number(row, component) * 7.5);
            writeln!(file, "{},{people},{need}", &row[0]).unwrap();
        }
        let found = rates("weighted-need", &file, &[]);
        assert_eq!(found.len(), rows.len());
        let (mut compared, mut worst) = (0, 0.0_f64);
        for (row, found) in rows.iter().zip(&found) {
            let (ours, theirs) = (found["value"].as_f64().unwrap(), number(row, component));
            if theirs > 0.0 {
                worst = worst.max((ours / theirs - 1.0).abs());
                compared += 1;
            }
        }
        println!("{component}: {compared} practices, at most {worst:.2e} apart");
        assert!(compared > 6_000 && worst < 1e-10, "{component}: {worst}");
    }
}
