#![allow(clippy::unwrap_used)]

#[path = "../../tests/support/mod.rs"]
mod support;

use super::*;
use crate::pass;
use crate::plan::Plan;
use blueprint::model::{Builtin, FeatureSource};
use lake::DictionaryBuilder;
use nhs::{CodeSystem, EventKind, Method, Sex};
use support::{day, event, model, person, place, snapshot};

const MODEL: &str = "extends = \"mcp\"\n[model]\nid = \"t\"\nname = \"T\"\nversion = \"1.0.0\"\n";

/// Five hundred people with admissions, diagnoses and prescriptions: every feature, the segments and the population are those
/// of the whole pass, on a day of the past and today, whether all features are asked for or one.
#[test]
fn answers_are_those_of_the_pass() {
    let mut builder = DictionaryBuilder::new();
    let codes = ["I500", "E119", "F03X", "R296", "J440"].map(|code| builder.number(CodeSystem::Icd10, code, ""));
    let (mut people, mut events) = (Vec::new(), Vec::new());
    for id in 0..500u32 {
        let born = Day(day("2026-03-31").0 - (id as i32 * 7919 % 34_000) - 10);
        people.push(person(u64::from(id) + 1, born, if id % 2 == 0 { Sex::Female } else { Sex::Male }, "A81001"));
        for n in 0..id % 7 {
            let on = Day(day("2023-06-01").0 + (id as i32 * 31 + n as i32 * 97) % 1030);
            let kind = if n % 2 == 0 { EventKind::Admission } else { EventKind::Diagnosis };
            let method = if n % 2 == 0 { Method::Emergency } else { Method::None };
            events.push(event(id, on, kind, method, codes[(id + n) as usize % 5]));
        }
    }
    let (_folder, lake) = snapshot(day("2026-03-31"), &people, &events, builder.finish(), 200);
    let blueprint = model(MODEL, &[]);
    let place = place(
        "name = \"Testford\"\nblueprint = \"mcp\"\nas_of = \"2026-03-31\"\nstart = \"2022-04-01\"\n[[locality]]\nid = \"a\"\nname = \"A\"\npractices = [\"A81001\"]\n[[source]]\nid = \"gp\"\nformat = \"vanguard/gp_registrations\"\nfiles = \"x.csv\"\n",
    );
    let shape = Shape::of(&place, &[]);
    let all: Vec<usize> = (0..blueprint.features.len()).collect();
    let mut segments = std::collections::BTreeSet::new();
    for on in ["2025-03-31", "2026-03-31"] {
        let plan = Plan::new(&blueprint, &shape, &lake, day(on), day(on)).unwrap();
        let whole = OnDay::new(&blueprint, &shape, &lake, day(on), &all, true).unwrap();
        let columns = plan.columns() | whole.columns();
        lake.scan(columns, 1, |view| {
            let then = people_on(view, day(on));
            pass::run(&plan, &BucketView { people: &then, ..*view }).people
        })
        .unwrap()
        .into_iter()
        .zip(lake.scan(columns, 1, |view| whole.run(view)).unwrap())
        .for_each(|(expected, found)| {
            assert_eq!(expected.segment, found.segment);
            for (position, segment) in expected.segment.iter().enumerate() {
                assert_eq!(*segment != NOWHERE, found.included[position]);
                segments.insert(*segment);
            }
            for (feature, (expected, found)) in expected.features.iter().zip(&found.features).enumerate() {
                if !matches!(
                    blueprint.features[feature].source,
                    FeatureSource::Builtin(Builtin::Segment | Builtin::Tier)
                ) {
                    assert_eq!(expected, found, "{}", blueprint.features[feature].id);
                }
            }
        });
        for (feature, planned) in blueprint
            .features
            .iter()
            .enumerate()
            .step_by(9)
            .chain([(all.len() - 1, &blueprint.features[all.len() - 1])])
        {
            let one = OnDay::new(&blueprint, &shape, &lake, day(on), &[feature], false).unwrap();
            let found = lake.scan(one.columns(), 1, |view| one.run(view).features.swap_remove(feature)).unwrap();
            let expected = lake.scan(columns, 1, |view| whole.run(view).features.swap_remove(feature)).unwrap();
            assert_eq!(found, expected, "{}", planned.id);
        }
    }
    assert!(segments.len() > 3, "{segments:?}");
}
