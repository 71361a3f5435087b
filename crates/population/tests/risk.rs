//! A made place whose true risks are known.
#![allow(clippy::unwrap_used)]

mod support;

use lake::{DictionaryBuilder, EventRow, PersonRow};
use nhs::{CodeSystem, Day, EventKind, Method, Sex};
use population::risk::{Options, RiskError, train};
use support::{day, event, model, person, place, snapshot};

const RISK: &str = "extends = \"mcp\"\n[model]\nid = \"t\"\nname = \"T\"\nversion = \"1.0.0\"\n[risk]\n\
    features = [\"heart_failure\", \"ed_attendances_12m\", \"hfrs\"]\nimpactable = [\"recent_falls\"]\n";

fn place_of() -> blueprint::Place {
    place(
        "name = \"Testford\"\nblueprint = \"mcp\"\nas_of = \"2026-03-31\"\nstart = \"2022-04-01\"\n[[locality]]\nid = \"a\"\nname = \"A\"\npractices = [\"A81001\"]\n[[source]]\nid = \"gp\"\nformat = \"vanguard/gp_registrations\"\nfiles = \"x.csv\"\n",
    )
}

/// A repeatable number from 0 to 1.
fn chance(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 11) as f64 / (1u64 << 53) as f64
}

/// Six thousand people. In each year the chance of an emergency admission is 4 in 100, thrice that with heart failure.
fn world() -> (Vec<PersonRow>, Vec<EventRow>, Vec<lake::CodeRow>) {
    let mut builder = DictionaryBuilder::new();
    let heart = builder.number(CodeSystem::Icd10, "I500", "");
    let (mut people, mut events) = (Vec::new(), Vec::new());
    let mut seed = 5;
    for id in 0..6000u32 {
        let sex = if chance(&mut seed) < 0.5 { Sex::Female } else { Sex::Male };
        let born = Day(day("2026-03-31").0 - (chance(&mut seed) * 30_000.0) as i32 - 1500);
        people.push(person(u64::from(id) + 1, born, sex, "A81001"));
        let ill = chance(&mut seed) < 0.3;
        if ill {
            events.push(event(id, day("2022-01-10"), EventKind::Diagnosis, Method::None, heart));
        }
        for year in ["2023-06-01", "2024-06-01", "2025-06-01"] {
            if chance(&mut seed) < if ill { 0.12 } else { 0.04 } {
                events.push(event(id, day(year), EventKind::Admission, Method::Emergency, 0));
            }
        }
    }
    (people, events, builder.finish())
}

#[test]
fn it_finds_what_predicts_and_says_how_good_it_is() {
    let (people, events, codes) = world();
    let model = model(RISK, &[]);
    let (_folder, first) = snapshot(day("2026-03-31"), &people, &events, codes.clone(), 512);
    for alpha in [0.0, 1.0] {
        let options = Options { alpha, seed: 11, ..Options::default() };
        let found = train(&first, &place_of(), &model, &options, 2).unwrap();
        assert_eq!(found.why_not, "");
        let term = found.terms.iter().find(|t| t.feature == "heart_failure").unwrap();
        // Odds of 0.12 against 0.04: the log of their ratio is 1.19, a little less under a penalty.
        assert!((0.7..1.5).contains(&term.coefficient), "{}", term.coefficient);
        let judged = &found.judged;
        assert!((1350..1650).contains(&judged.all.people), "one in four is held out: {}", judged.all.people);
        assert_eq!(judged.all.people + found.setting.trained_on, 6000);
        let c = judged.all.c_statistic.unwrap();
        assert!(c.value > 0.55 && c.limits.unwrap().0 > 0.5, "{c:?}");
        let (lower, upper) = judged.slope.unwrap().limits.unwrap();
        assert!(lower < 1.2 && upper > 0.8);
        assert_eq!(judged.calibration.iter().map(|g| g.people).sum::<u64>(), judged.all.people);
        for (kind, groups) in &judged.fairness {
            assert_eq!(groups.iter().map(|g| g.people).sum::<u64>(), judged.all.people, "{kind}");
            assert_eq!(groups.iter().map(|g| g.events).sum::<u64>(), judged.all.events, "{kind}");
        }
        assert_eq!(found.judged_in_time.as_ref().unwrap().all.people, judged.all.people);
        assert_eq!(found.likely.iter().flat_map(|l| l.by_gaps).sum::<u64>(), 6000);
        // Threads and buckets change nothing.
        let (_other, second) = snapshot(day("2026-03-31"), &people, &events, codes.clone(), 999);
        assert_eq!(found, train(&second, &place_of(), &model, &options, 1).unwrap());
    }
}

#[test]
fn what_cannot_be_trained_is_said_in_words() {
    let (people, mut events, codes) = world();
    let with_risk = model(RISK, &[]);
    events.retain(|e| e.kind != EventKind::Admission);
    let (_folder, none) = snapshot(day("2026-03-31"), &people[..300], &events[..20], codes, 100);
    let found = train(&none, &place_of(), &with_risk, &Options::default(), 1).unwrap();
    assert!(found.why_not.contains("0 of "), "{}", found.why_not);
    let (_empty, nobody) = snapshot(day("2026-03-31"), &[], &[], DictionaryBuilder::new().finish(), 9);
    let found = train(&nobody, &place_of(), &with_risk, &Options::default(), 1).unwrap();
    assert!(found.why_not.contains("0 of 0"), "{}", found.why_not);
    let mut plain = with_risk.clone();
    plain.risk = None;
    assert!(matches!(train(&none, &place_of(), &plain, &Options::default(), 1), Err(RiskError::NoPlan)));
    let mut late = place_of();
    late.start = Some(day("2025-09-01"));
    assert!(train(&none, &late, &with_risk, &Options::default(), 1).unwrap().why_not.contains("less than a year"));
}
