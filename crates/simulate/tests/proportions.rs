//! The people and what happens to them against the public figures that docs/methods/simulation.md names.
#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

mod common;

use common::{Extract, extract, place};
use nhs::Day;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const PEOPLE: u32 = 30_000;
const YEARS: f64 = 3.0;

#[track_caller]
fn near(what: &str, value: f64, expect: f64, tolerance: f64) {
    assert!((value / expect - 1.0).abs() <= tolerance, "{what}: {value} against {expect}");
}

/// People listed now: number and birth as the practice holds them, with age.
fn listed(list: &Extract, as_of: Day) -> BTreeMap<String, i32> {
    let (number, birth, end) =
        (list.column("NHS_NUMBER"), list.column("DATE_OF_BIRTH"), list.column("REGISTRATION_END"));
    list.whole()
        .filter(|r| r[end].is_empty() || r[end] == "9999-12-31")
        .filter_map(|r| Day::parse_iso(&r[birth]).ok().map(|b| (r[number].clone(), as_of.age_since(b))))
        .filter(|(number, _)| !number.is_empty())
        .collect()
}

#[test]
fn activity_and_illness_meet_the_public_figures() {
    let (folder, report) = place(PEOPLE, 11, 2);
    let out = folder.path();
    let as_of = Day::from_ymd(2026, 3, 31).unwrap();
    let thousand_years = f64::from(PEOPLE) / 1000.0 * YEARS;
    let rows = |stem: &str| report.files.iter().find(|f| f.path.contains(stem)).map(|f| f.rows as f64).unwrap();
    near("emergency admissions", report.emergency_admissions as f64 / thousand_years, 100.0, 0.12);
    near("emergency attendances", rows("ecds") / thousand_years, 400.0, 0.12);
    near("outpatient", rows("op_att") / thousand_years, 2200.0, 0.1);
    near("GP appointments", rows("gp_app") / thousand_years, 5700.0, 0.1);
    near("community contacts", rows("community") / thousand_years, 1300.0, 0.2);
    near("mental health contacts", rows("mental") / thousand_years, 450.0, 0.25);
    near("deaths", rows("deaths") / thousand_years, 9.5, 0.15);
    near("rows a person", report.rows as f64 / f64::from(PEOPLE), 44.0, 0.15);

    let list = extract(out, "extracts/gp_registrations.csv");
    let people = listed(&list, as_of);
    let count = people.len() as f64;
    near("listed people", count, f64::from(PEOPLE), 0.03);
    let share = |low: i32, high: i32| people.values().filter(|a| (low..=high).contains(*a)).count() as f64 / count;
    near("children", share(0, 17), 0.207, 0.12);
    near("people over 65", share(65, 120), 0.185, 0.12);
    near("people over 85", share(85, 120), 0.025, 0.25);
    let women = list.whole().filter(|r| r[4] == "2").count() as f64 / list.rows.len() as f64;
    near("women", women, 0.51, 0.03);

    let events = extract(out, "extracts/gp_events.csv");
    let (code, number) = (events.column("SNOMED_CODE"), events.column("NHS_NUMBER"));
    let prevalence = |snomed: &str| {
        let ill: BTreeSet<&str> = events
            .whole()
            .filter(|r| r[code] == snomed && people.contains_key(&r[number]))
            .map(|r| r[number].as_str())
            .collect();
        1000.0 * ill.len() as f64 / count
    };
    near("hypertension", prevalence("38341003"), 144.0, 0.15);
    near("type 2 diabetes", prevalence("44054006"), 61.0, 0.15);
    near("asthma", prevalence("195967001"), 65.0, 0.15);
    near("chronic obstructive pulmonary disease", prevalence("13645005"), 18.5, 0.25);
    near("coronary heart disease", prevalence("53741008"), 31.0, 0.2);
    near("heart failure", prevalence("84114007"), 10.0, 0.25);
    near("atrial fibrillation", prevalence("49436004"), 21.5, 0.2);
    near("dementia", prevalence("52448006"), 7.6, 0.3);
    near("depression", prevalence("35489007"), 105.0, 0.15);
    near("cancer", prevalence("363346000"), 34.0, 0.15);

    let homes = extract(out, "extracts/care_home_residents.csv");
    let gone = homes.column("DEPARTURE_DATE");
    let born = homes.column("DATE_OF_BIRTH");
    let old = homes
        .whole()
        .filter(|r| r[gone].is_empty() && Day::parse_uk(&r[born]).is_ok_and(|b| as_of.age_since(b) >= 75))
        .count() as f64;
    let share_in_homes = old / (count * share(75, 120));
    assert!((0.025..0.047).contains(&share_in_homes), "care homes: {share_in_homes}");
    deprivation(out, &people);
    frailty(out, &people);
}

/// The poorest three tenths have clearly more emergency admissions than the richest three, age for age roughly alike.
fn deprivation(out: &Path, people: &BTreeMap<String, i32>) {
    let areas = extract(out, "extracts/lsoa.csv");
    let decile: BTreeMap<String, u32> = areas.rows.iter().map(|r| (r[0].clone(), r[2].parse().unwrap())).collect();
    let list = extract(out, "extracts/gp_registrations.csv");
    let lived: BTreeMap<&str, u32> = list.whole().filter_map(|r| Some((r[0].as_str(), *decile.get(&r[9])?))).collect();
    let spells = extract(out, "extracts/apc_episodes.csv");
    let (number, method, order) = (spells.column("NEWNHSNO"), spells.column("ADMIMETH"), spells.column("EPIORDER"));
    let (mut admitted, mut living) = ([0.0; 2], [0.0; 2]);
    let end = |d: u32| match d {
        1..=3 => Some(0),
        8..=10 => Some(1),
        _ => None,
    };
    for person in people.keys() {
        if let Some(end) = lived.get(person.as_str()).copied().and_then(end) {
            living[end] += 1.0;
        }
    }
    for row in spells.whole().filter(|r| r[method].starts_with('2') && r[order] == "1") {
        if let Some(end) = lived.get(row[number].as_str()).copied().and_then(end) {
            admitted[end] += 1.0;
        }
    }
    let ratio = (admitted[0] / living[0]) / (admitted[1] / living[1]);
    assert!((1.15..2.1).contains(&ratio), "{ratio}");
}

/// The Hospital Frailty Risk Score of people of 75 and over with an emergency admission, with the published weights where they are.
fn frailty(out: &Path, people: &BTreeMap<String, i32>) {
    let weights = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/scores/HFRS.csv");
    if !weights.is_file() {
        eprintln!("skipped: ../shared is not there");
        return;
    }
    let mut reader = csv::Reader::from_path(weights).unwrap();
    let weight: BTreeMap<String, f64> =
        reader.records().map(|r| r.unwrap()).map(|r| (r[2].to_owned(), r[3].parse().unwrap())).collect();
    let spells = extract(out, "extracts/apc_episodes.csv");
    let (number, method, day) = (spells.column("NEWNHSNO"), spells.column("ADMIMETH"), spells.column("ADMIDATE"));
    let first = spells.column("DIAG_01");
    let mut codes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut emergency: BTreeSet<&str> = BTreeSet::new();
    for row in spells.whole().filter(|r| r[day].as_str() >= "2024-04-01") {
        if row[method].starts_with('2') {
            emergency.insert(&row[number]);
        }
        let set = codes.entry(&row[number]).or_default();
        set.extend(row[first..first + 20].iter().filter_map(|c| c.get(..3)));
    }
    let scores: Vec<f64> = emergency
        .iter()
        .filter(|n| people.get(**n).is_some_and(|age| *age >= 75))
        .map(|n| codes[n].iter().filter_map(|c| weight.get(*c)).sum())
        .collect();
    let share = |test: &dyn Fn(f64) -> bool| scores.iter().filter(|s| test(**s)).count() as f64 / scores.len() as f64;
    let (low, high) = (share(&|s| s < 5.0), share(&|s| s > 15.0));
    assert!(scores.len() > 400, "{}", scores.len());
    assert!((0.25..0.5).contains(&low), "low risk: {low}");
    assert!((0.1..0.27).contains(&high), "high risk: {high}");
}
