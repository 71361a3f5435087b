//! The demo knows what its care model changed: the verdict is marked against the truth that `run` never reads.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use std::path::Path;
use std::process::Command;

/// The demo as its command makes it, with its own number of people and seed.
fn demo(folder: &Path) -> serde_json::Value {
    let at = folder.display().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_vanguard"))
        .args(["demo", "--no-serve", "--json", "--dir", &at])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn verdict<'a>(report: &'a serde_json::Value, measure: &str) -> &'a serde_json::Value {
    let verdicts = report["evaluation"]["verdicts"].as_array().unwrap();
    &verdicts.iter().find(|v| v["measure"] == measure).unwrap()["result"]
}

/// What happened in served months per 1,000 people a month because of the model: counts of the truth over its people.
fn true_change(truth: &serde_json::Value, what: &str, sign: f64) -> f64 {
    let cells = truth["by_locality_and_month"].as_array().unwrap();
    let served: Vec<&serde_json::Value> = cells.iter().filter(|c| c["served"] == true).collect();
    let sum = |field: &str| served.iter().map(|c| c[field].as_f64().unwrap()).sum::<f64>();
    sign * sum(what) / sum("people") * 1000.0
}

#[test]
fn the_verdict_of_the_demo_covers_the_built_in_effect() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("demo");
    let report = demo(&folder);
    let truth: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("truth/effect.json")).unwrap()).unwrap();
    let marks = [
        ("emergency_admissions", true_change(&truth, "prevented_admissions", -1.0)),
        ("ed_attendances", true_change(&truth, "prevented_attendances", -1.0)),
        ("community_contacts", true_change(&truth, "added_community_contacts", 1.0)),
    ];
    for (measure, truth) in marks {
        let result = verdict(&report, measure);
        let estimate = result["absolute"]["value"].as_f64().unwrap();
        let limits = &result["absolute"]["limits"];
        let (lower, upper) = (limits[0].as_f64().unwrap(), limits[1].as_f64().unwrap());
        println!("{measure}: {estimate:.2} ({lower:.2} to {upper:.2}) per 1,000 a month; truth {truth:.2}");
        assert!(lower <= truth && truth <= upper, "{measure}: {truth} is outside {lower} to {upper}");
    }
    // The model works by preventing emergency admissions, and the comparison is sharp enough to see it.
    let upper = verdict(&report, "emergency_admissions")["absolute"]["limits"][1].as_f64().unwrap();
    assert!(upper < 0.0, "the interval holds no effect: {upper}");
    // Nothing but tests reads the truth: the same verdict comes out without it.
    std::fs::remove_dir_all(folder.join("truth")).unwrap();
    let again = Command::new(env!("CARGO_BIN_EXE_vanguard"))
        .args(["evaluate", "--json", &folder.display().to_string()])
        .output()
        .unwrap();
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again, report["evaluation"]);
}
