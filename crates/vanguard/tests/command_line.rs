//! What every command prints, kept as golden files in `snapshots/`, and its exit code.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use std::path::Path;
use std::process::{Command, Output};

fn vanguard(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vanguard")).args(args).env("COLUMNS", "100").output().unwrap()
}

/// What a command printed, with the folder and the times of this run replaced.
fn printed(output: &Output, folder: &Path) -> String {
    let text = format!(
        "exit code {}\n--- standard output\n{}--- standard error\n{}",
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    text.replace(&folder.display().to_string(), "PLACE")
        .lines()
        .map(|line| {
            // A line that ends in seconds tells how long something took.
            match line.strip_suffix(" s").or_else(|| line.strip_suffix(" s.")).and_then(|l| l.rsplit_once(' ')) {
                Some((before, number)) if number.parse::<f64>().is_ok() => format!("{} TIME", before.trim_end()),
                _ => line.trim_end().to_owned(),
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_command_explains_itself() {
    let nowhere = Path::new("/nowhere");
    let commands: [&[&str]; 22] = [
        &["--help"],
        &["demo", "--help"],
        &["run", "--help"],
        &["serve", "--help"],
        &["simulate", "--help"],
        &["load", "--help"],
        &["population", "--help"],
        &["population", "explain", "--help"],
        &["population", "cost", "--help"],
        &["population", "need", "--help"],
        &["ask", "--help"],
        &["cohort", "--help"],
        &["cohort", "count", "--help"],
        &["cohort", "export", "--help"],
        &["rates", "--help"],
        &["caseload", "--help"],
        &["evaluate", "--help"],
        &["blueprint", "--help"],
        &["blueprint", "check", "--help"],
        &["blueprint", "new", "--help"],
        &["blueprint", "list"],
        &["load", "--formats"],
    ];
    for command in commands {
        let name = command.join(" ").replace("--", "").replace(' ', "-");
        insta::assert_snapshot!(name, printed(&vanguard(command), nowhere));
    }
}

#[test]
fn wrong_use_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let at = folder.display().to_string();
    std::fs::write(folder.join("occupied"), "").unwrap();
    let missing = format!("{at}/missing.toml");
    let commands: [(&str, Vec<&str>); 9] = [
        ("no-place", vec!["run", &at]),
        ("no-place-to-serve", vec!["serve", &at, "--port", "0"]),
        ("no-blueprint", vec!["blueprint", "check", &missing]),
        ("unknown-model", vec!["blueprint", "new", "mcq", "--name", "Here", "--out", &missing]),
        ("occupied-folder", vec!["simulate", "--people", "100", "--out", &at]),
        ("occupied-demo", vec!["demo", "--no-serve", "--people", "100", "--dir", &at]),
        ("area-without-practices", vec!["simulate", "--area", "QE1", "--out", &missing]),
        ("bad-day", vec!["simulate", "--as-of", "31/03/2026", "--out", &missing]),
        ("open-address", vec!["serve", &at, "--address", "0.0.0.0"]),
    ];
    for (name, command) in commands {
        let output = vanguard(&command);
        assert!(!output.status.success(), "{command:?}");
        insta::assert_snapshot!(name, printed(&output, folder));
    }
}

#[test]
fn a_blueprint_with_mistakes_is_pointed_at() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("mine.toml");
    let made = vanguard(&["blueprint", "new", "pacs", "--name", "Testford", "--out", &file.display().to_string()]);
    assert!(made.status.success(), "{}", printed(&made, dir.path()));
    let right = vanguard(&["blueprint", "check", &file.display().to_string()]);
    insta::assert_snapshot!("blueprint-right", printed(&right, dir.path()));
    let mut text = std::fs::read_to_string(&file).unwrap();
    text.push_str("\n[[segment]]\nid = \"mistaken\"\nname = \"Mistaken\"\ndescription = \"A slip of the pen.\"\nrule = \"hfsr >= 15 and age >= 'old'\"\n");
    std::fs::write(&file, text).unwrap();
    let wrong = vanguard(&["blueprint", "check", &file.display().to_string()]);
    assert_eq!(wrong.status.code(), Some(1));
    insta::assert_snapshot!("blueprint-wrong", printed(&wrong, dir.path()));
    let report = json(&vanguard(&["blueprint", "check", &file.display().to_string(), "--json"]));
    assert_eq!(report["usable"], false);
    assert!(
        report["findings"].as_array().is_some_and(|f| !f.is_empty() && f[0]["line"].as_u64() > Some(1)),
        "{report}"
    );
}

#[test]
fn a_small_place_from_extracts_to_verdict() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("place");
    let at = folder.display().to_string();
    let simulated = vanguard(&["simulate", "--people", "3000", "--seed", "7", "--out", &at]);
    insta::assert_snapshot!("simulate", printed(&simulated, &folder));
    let run = vanguard(&["run", &at]);
    insta::assert_snapshot!("run", printed(&run, &folder));
    let again = vanguard(&["load", &at]);
    insta::assert_snapshot!("load-again", printed(&again, &folder));

    let population = json(&vanguard(&["population", &at, "--json"]));
    let tiers = population["tiers"].as_array().unwrap();
    assert!(tiers.len() >= 4);
    let people = population["people"].as_u64().unwrap();
    assert!((2900..3100).contains(&people), "{people}");

    let lists = json(&vanguard(&["caseload", &at, "--json"]));
    let list = lists.as_array().unwrap().iter().find(|l| l["eligible"].as_u64() > Some(10)).unwrap();
    let (service, team) = (list["service"].as_str().unwrap(), list["team"].as_str().unwrap());
    let csv = dir.path().join("list.csv");
    let file = csv.display().to_string();
    let export = [
        "caseload",
        &at,
        "--service",
        service,
        "--team",
        team,
        "--export",
        &file,
        "--who",
        "n.nurse",
        "--organisation",
        "A81001",
        "--json",
    ];
    let exported = json(&vanguard(&export));
    let rows = std::fs::read_to_string(&csv).unwrap();
    assert_eq!(rows.lines().count() as u64, exported["people"].as_u64().unwrap() + 1);
    assert!(rows.starts_with("rank,place,person_id,nhs_number,"));

    let evaluation = json(&vanguard(&["evaluate", &at, "--json"]));
    assert!(
        evaluation["verdicts"].as_array().is_some_and(|v| v.iter().any(|m| m["result"].is_object())),
        "{evaluation}"
    );
}
