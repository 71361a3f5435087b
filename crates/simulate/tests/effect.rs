//! The built-in effect: what `truth/effect.json` says is what is in the files.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod common;

use common::{extract, place};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn the_effect_is_where_and_as_large_as_it_says() {
    let (folder, report) = place(40_000, 12, 2);
    let out = folder.path();
    let effect: Value = serde_json::from_slice(&std::fs::read(out.join("truth/effect.json")).unwrap()).unwrap();
    assert_eq!(effect["served_from"], "2025-04-01");
    assert_eq!(number(&effect["emergency_admissions"]["rate_ratio"]), 0.82);
    let drawn = number(&effect["emergency_admissions"]["rate_ratio_drawn"]);
    // About 2,000 admissions: four standard errors of a share of 0.82 are 0.035.
    assert!((drawn - 0.82).abs() < 0.035, "{drawn}");
    let attendances = number(&effect["emergency_attendances"]["rate_ratio_drawn"]);
    assert!((0.94..0.985).contains(&attendances), "{attendances}");
    assert!(number(&effect["emergency_admissions"]["per_1000_people_per_month"]) < -0.8);
    assert!(number(&effect["community_contacts"]["per_1000_people_per_month"]) > 3.0);
    let rows = effect["by_locality_and_month"].as_array().unwrap();
    assert_eq!(rows.len(), report.localities * 36);
    let mut people_at_end = 0.0;
    for row in rows {
        if row["served"] == false {
            assert_eq!(row["prevented_admissions"], 0, "{row}");
            assert_eq!(row["added_community_contacts"], 0, "{row}");
        }
        if row["month"] == "2026-03" {
            people_at_end += number(&row["people"]);
        }
    }
    assert!((people_at_end / 40_000.0 - 1.0).abs() < 0.01, "{people_at_end}");
    let total: f64 = rows.iter().map(|r| number(&r["emergency_admissions"])).sum();
    assert_eq!(total as u64, report.emergency_admissions);

    // The file holds the admissions that the truth counts, by month, less the few that broke.
    let spells = extract(out, "extracts/apc_episodes.csv");
    let columns = ["PROVSPNOPS", "ADMIMETH", "ADMIDATE", "EPIORDER"].map(|c| spells.column(c));
    let seen: BTreeSet<(&str, &str)> = spells
        .whole()
        .filter(|r| r[columns[1]].starts_with('2') && r[columns[3]] == "1")
        .map(|r| (r[columns[0]].as_str(), &r[columns[2]][..7]))
        .collect();
    let mut by_month: BTreeMap<&str, f64> = BTreeMap::new();
    for (_, month) in &seen {
        *by_month.entry(month).or_default() += 1.0;
    }
    let mut by_truth: BTreeMap<&str, f64> = BTreeMap::new();
    for row in rows {
        *by_truth.entry(row["month"].as_str().unwrap()).or_default() += number(&row["emergency_admissions"]);
    }
    for (month, expect) in by_truth {
        let found = by_month.get(month).copied().unwrap_or(0.0);
        assert!((found - expect).abs() <= 4.0, "{month}: {found} in the file, {expect} in truth");
    }
}

/// Without the care model, served and other localities run alike: the difference in differences of what would have been is
/// within four standard errors of none.
#[test]
fn nothing_else_differs_in_trend() {
    let (folder, _) = place(60_000, 13, 2);
    let effect: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("truth/effect.json")).unwrap()).unwrap();
    let served: BTreeSet<&str> =
        effect["served_localities"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let mut sums = [[(0.0, 0.0); 2]; 2];
    for row in effect["by_locality_and_month"].as_array().unwrap() {
        let group = usize::from(served.contains(row["locality"].as_str().unwrap()));
        let after = usize::from(row["month"].as_str().unwrap() >= "2025-04");
        let cell = &mut sums[group][after];
        cell.0 += number(&row["emergency_admissions"]) + number(&row["prevented_admissions"]);
        cell.1 += number(&row["people"]);
    }
    let log_rate = |cell: (f64, f64)| (cell.0 / cell.1).ln();
    let difference = log_rate(sums[1][1]) - log_rate(sums[1][0]) - log_rate(sums[0][1]) + log_rate(sums[0][0]);
    // Bad years make counts vary about twice as much as chance alone.
    let error = sums.iter().flatten().map(|cell| 2.0 / cell.0).sum::<f64>().sqrt();
    assert!(difference.abs() < 4.0 * error, "{difference} against a standard error of {error}");
}
