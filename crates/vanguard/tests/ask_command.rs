//! `vanguard ask` on a made place: the printed figures against a recount of rows, the audit, and the messages.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn vanguard(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vanguard")).args(args).env("COLUMNS", "100").output().unwrap()
}

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../blueprints/questions");
    folder.join(name).display().to_string()
}

fn place(dir: &Path) -> String {
    let at = dir.join("place").display().to_string();
    for command in [&["simulate", "--people", "3000", "--seed", "11", "--out", &at][..], &["load", &at]] {
        let output = vanguard(command);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    at
}

fn json(args: &[&str]) -> serde_json::Value {
    let output = vanguard(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What may be printed of a count.
fn shown(count: u64) -> Option<u64> {
    if (1..=7).contains(&count) { None } else { Some((count + 2) / 5 * 5) }
}

fn rows(file: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn answers_are_a_recount_of_rows() {
    let dir = tempfile::tempdir().unwrap();
    let at = place(dir.path());
    let file = dir.path().join("people.csv");
    let (file_text, questions) = (file.display().to_string(), example("frailty.toml"));
    let asked = ["ask", &questions, "--in", &at, "--per-person", "--who", "a.user", "--out", "csv", "--to", &file_text];

    // No reason, no rows; and too short a reason is none.
    assert_eq!(vanguard(&asked).status.code(), Some(2));
    let short = vanguard(&[&asked[..], &["--reason", "because"]].concat());
    assert_eq!(short.status.code(), Some(1));
    assert!(!file.exists());

    let taken = json(&[&asked[..], &["--reason", "To check the frailty rule with the practices", "--json"]].concat());
    let people = rows(&file);
    assert_eq!(taken["people"], people.len());
    assert!(people.len() > 2_500, "{}", people.len());
    assert!(people.iter().all(|row| row.keys().all(|k| !k.contains("name") && !k.contains("nhs"))));
    let noted = audit(&PathBuf::from(&at));
    assert_eq!(noted.len(), 1);
    let row = &noted[0];
    assert_eq!((row.who.as_str(), row.action.as_str()), ("a.user", "extract_persons"));
    assert!(row.detail.contains("To check the frailty rule") && row.detail.contains(taken["sha256"].as_str().unwrap()));

    let answers = json(&["ask", &questions, "--in", &at, "--json"]);
    let table = |id: &str| -> Vec<serde_json::Value> {
        let found = answers["answers"].as_array().unwrap().iter().find(|a| a["id"] == id).unwrap();
        found["lines"].as_array().unwrap().clone()
    };
    let older: Vec<_> = people.iter().filter(|p| p["age"].parse::<u32>().is_ok_and(|age| age >= 65)).collect();
    let sum = |id: &str, key: &str| table(id).iter().filter_map(|l| l[key].as_u64()).sum::<u64>();
    for sex in ["male", "female"] {
        let of_sex = older.iter().filter(|p| p["sex"] == sex).count() as u64;
        let lines = table("frail_by_locality");
        let lines = lines.iter().filter(|l| l["sex"] == sex);
        let total: u64 = lines.clone().filter_map(|l| l["people"].as_u64()).sum();
        assert!(total.abs_diff(of_sex) <= 3 * lines.count() as u64, "{sex}: {total} and {of_sex}");
    }
    let frail = older.iter().filter(|p| p["frail"] == "true").count() as u64;
    assert!(frail > 50 && sum("frail_by_locality", "count").abs_diff(frail) <= 24, "{frail}");
    for line in table("people_by_age") {
        let band = line["age_band"].as_str().unwrap();
        let (from, to) = match band.split_once(" to ") {
            Some((from, to)) => (from.parse().unwrap(), to.parse().unwrap()),
            None => (90, 200),
        };
        let count = people.iter().filter(|p| p["age"].parse::<u32>().is_ok_and(|a| (from..=to).contains(&a))).count();
        // A count that is not small may be hidden to protect another.
        assert!(line["people"].is_null() || line["people"].as_u64() == shown(count as u64), "{band}: {count}");
    }
}

fn audit(place: &Path) -> Vec<store::AuditRow> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = store::Store::open(place.join("vanguard.db")).await.unwrap();
        let rows = store.latest_audit(10).await.unwrap();
        store.close().await;
        rows
    })
}

#[test]
fn files_explanations_and_messages() {
    let dir = tempfile::tempdir().unwrap();
    let at = place(dir.path());
    let out = |name: &str| dir.path().join(name).display().to_string();
    let questions = example("emergency_department.toml");
    let (csv, parquet) = (out("answers.csv"), out("answers.parquet"));
    json(&["ask", &questions, "--in", &at, "--out", "csv", "--to", &csv, "--json"]);
    json(&["ask", &questions, "--in", &at, "--out", "parquet", "--to", &parquet, "--json"]);
    let lines = rows(Path::new(&csv));
    let columns = lake::table::read_table(Path::new(&parquet)).unwrap();
    assert_eq!(columns[0].1.len(), lines.len());
    assert!(lines.iter().any(|l| l["hidden"] == "true" && l["count"].is_empty()));
    // Nothing small leaves.
    let small = |text: &String| text.parse::<u64>().is_ok_and(|n| (1..=7).contains(&n) || n % 5 != 0);
    assert!(lines.iter().all(|l| !small(&l["people"]) && !small(&l["count"])));

    let plan = json(&["ask", &questions, "--in", &at, "--explain", "--json"]);
    assert!(plan["bytes_read"].as_u64() < plan["bytes"].as_u64());
    assert!(plan["questions"].as_array().unwrap().iter().all(|q| q["real_ms"].is_null()));
    let column = |name: &str| {
        let all = plan["columns"].as_array().unwrap();
        all.iter().find(|c| c["column"] == name).unwrap()["read"].as_bool().unwrap()
    };
    // Attendances by date, cost of a year; nobody asked about codes or providers.
    assert!(column("date") && column("kind") && column("cost") && column("lsoa"));
    assert!(!column("code") && !column("provider") && !column("household"));
    let real = json(&["ask", &questions, "--in", &at, "--explain", "analyze", "--json"]);
    assert!(real["stages"].as_array().unwrap().iter().all(|s| s["real_ms"].as_f64().is_some()));
    assert_eq!(real["questions"].as_array().unwrap().len(), plan["questions"].as_array().unwrap().len());
    let model = json(&["population", "explain", &at, "--json"]);
    assert!(model["questions"].as_array().unwrap().len() > 50);

    let wrong = out("wrong.toml");
    std::fs::write(
        &wrong,
        "[questions]\nname = \"Wrong\"\n[[table]]\nid = \"a\"\ncount = \"hfsr >= 15\"\nby = [\"hfrs\"]\n[team.x]\n",
    )
    .unwrap();
    let output = vanguard(&["ask", &wrong, "--in", &at]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    for part in ["wrong.toml:5:", "did you mean `hfrs`", "too many values", "no section `team`"] {
        assert!(message.contains(part), "{part} in {message}");
    }
    let late = vanguard(&["ask", &questions, "--in", &at, "--as-of", "2036-01-01"]);
    assert!(String::from_utf8(late.stderr).unwrap().contains("after the data"));
    let nothing = vanguard(&["ask", &questions, "--in", &at, "--as-of", "1850-01-31"]);
    assert!(nothing.status.success());
}
