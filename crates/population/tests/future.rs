//! Moves from segment to segment against two separate computations of the same place.
#![allow(clippy::unwrap_used)]

mod support;

use evidence::projection::Options;
use lake::{DictionaryBuilder, EventRow, PersonRow};
use nhs::{CodeSystem, Day, EventKind, Method, OdsCode, Sex};
use population::NOWHERE;
use population::projection::future;
use support::{day, event, model, person, place, snapshot};

const MODEL: &str = r#"
[model]
id = "t"
name = "T"
version = "1.0.0"
[population]
basis = "list"
include = "registered and alive"
[codes.heart_failure]
name = "Heart failure"
icd10 = ["I50"]
[feature.heart_failure]
name = "Heart failure"
exists = "diagnosis"
where = "code in codes.heart_failure"
[[segment]]
id = "home"
name = "Care home"
description = "Lives in one."
rule = "care_home"
[[segment]]
id = "heart"
name = "Heart failure"
description = "Ever."
rule = "heart_failure"
[[segment]]
id = "child"
name = "Children"
description = "Under 18."
rule = "age < 18"
[[segment]]
id = "rest"
name = "Rest"
description = "Others."
[[tier]]
id = "a"
name = "A"
description = "None."
rule = "age > 200"
offer = []
[[tier]]
id = "b"
name = "B"
description = "None."
rule = "age > 201"
offer = []
[[tier]]
id = "c"
name = "C"
description = "None."
rule = "age > 202"
offer = []
[[tier]]
id = "d"
name = "D"
description = "All."
offer = []
"#;

fn place_from(start: &str, as_of: &str) -> blueprint::Place {
    place(&format!(
        "name = \"Testford\"\nblueprint = \"mcp\"\nas_of = \"{as_of}\"\nstart = \"{start}\"\n[[locality]]\nid = \"a\"\nname = \"A\"\npractices = [\"A81001\"]\n[[source]]\nid = \"gp\"\nformat = \"vanguard/gp_registrations\"\nfiles = \"x.csv\"\n"
    ))
}

/// Nine hundred people of all ages; some fall ill, move into a home, die, leave, join, are born, or change practice.
fn world() -> (Vec<PersonRow>, Vec<EventRow>, Vec<lake::CodeRow>) {
    let mut builder = DictionaryBuilder::new();
    let heart = builder.number(CodeSystem::Icd10, "I500", "");
    let (mut people, mut events) = (Vec::new(), Vec::new());
    let today = day("2026-03-31").0;
    for id in 0..900u64 {
        let sex = if id % 2 == 0 { Sex::Female } else { Sex::Male };
        let mut one = person(id + 1, Day(today - 30 * 365 + (id as i32 * 7919 % 20_000) - 12_000), sex, "A81001");
        if id % 90 == 9 {
            one.birth = Some(Day(today - 100));
            one.registered_from = one.birth;
        }
        match id % 23 {
            3 => one.death = Some(Day(today - 200)),
            5 => one.registered_to = Some(Day(today - 150)),
            7 => one.registered_from = Some(Day(today - 100)),
            9 => {
                // Changed practice inside the place: an appointment long before the present registration.
                one.registered_from = Some(Day(today - 90));
                let seen = one.birth.unwrap().0 < today - 700;
                if seen {
                    events.push(event(id as u32, Day(today - 600), EventKind::GpAppointment, Method::None, 0));
                }
            }
            11 => {
                one.care_home = OdsCode::parse("VABC1").ok();
                let days = if id % 2 == 0 { 100 } else { 800 };
                let mut stay = event(id as u32, Day(today - days), EventKind::CareHomeStay, Method::None, 0);
                stay.end = None;
                events.push(stay);
            }
            13 | 17 => {
                let days = if id % 3 == 0 { 50 } else { 900 };
                events.push(event(id as u32, Day(today - days), EventKind::Diagnosis, Method::None, heart));
            }
            _ => {}
        }
        people.push(one);
    }
    (people, events, builder.finish())
}

#[test]
fn moves_are_those_of_two_separate_computations() {
    let (people, events, codes) = world();
    let model = model(MODEL, &[]);
    let options = Options { years: 3, draws: 30, seed: 4, borrow: 20.0, threads: 1 };
    let (_folder, first) = snapshot(day("2026-03-31"), &people, &events, codes.clone(), 128);
    let found = future(&first, &place_from("2022-04-01", "2026-03-31"), &model, &options, 2).unwrap();
    assert_eq!(found.why_not, "");

    let at = |as_of: &str, people: &[PersonRow]| {
        let (_folder, snapshot) = snapshot(day("2026-03-31"), people, &events, codes.clone(), 900);
        population::compute(&snapshot, &place_from("2022-04-01", as_of), &model, 1).unwrap().people.segment
    };
    // A year ago those whose stay began later were in no home.
    let mut then = people.clone();
    for (n, one) in then.iter_mut().enumerate() {
        if n % 23 == 11 && n % 2 == 0 {
            one.care_home = None;
        }
    }
    let (before, now) = (at("2025-03-31", &then), at("2026-03-31", &people));
    let mut table = vec![vec![0u64; 6]; 4];
    let (mut came, mut inside) = (0u64, 0u64);
    for n in 0..people.len() {
        let place = match (before[n], now[n]) {
            (NOWHERE, NOWHERE) => continue,
            (NOWHERE, _) if n % 23 == 9 && n % 90 != 9 && people[n].birth.unwrap() < day("2024-05-01") => {
                inside += 1;
                continue;
            }
            (NOWHERE, _) => {
                came += 1;
                continue;
            }
            (_, NOWHERE) if n % 23 == 3 => 4,
            (_, NOWHERE) => 5,
            (_, after) => usize::from(after),
        };
        table[usize::from(before[n])][place] += 1;
    }
    assert_eq!(found.moves, table);
    assert!(table[3][0] + table[1][0] + table[2][0] > 0, "somebody moved into a home");
    assert!(table[2][3] > 0 && inside > 0 && came > 0, "{table:?} {inside} {came}");
    assert_eq!(found.moved_inside, inside);
    assert_eq!(found.joined.iter().sum::<u64>() + found.born, came);
    let today: u64 = now.iter().filter(|&&s| s != NOWHERE).count() as u64;
    assert_eq!(found.years[0].total.expected as u64, today);
    assert_eq!(found.years.len(), 4);
    // Two years of history before each check: from a year ago and from two.
    assert_eq!(found.checks.iter().map(|c| c.years).collect::<Vec<_>>(), [1, 2]);
    assert!(found.checks.iter().all(|c| c.errors().iter().all(|e| e.is_finite())));

    // Threads and buckets change nothing; hidden segments are hidden in every year.
    let (_other, second) = snapshot(day("2026-03-31"), &people, &events, codes, 50);
    assert_eq!(found, future(&second, &place_from("2022-04-01", "2026-03-31"), &model, &options, 1).unwrap());
    let shown = found.shown();
    for (segment, today) in shown[0].iter().enumerate() {
        assert!(!today.expected.is_hidden() || shown.iter().all(|year| year[segment].expected.is_hidden()));
    }
}

#[test]
fn no_history_and_nobody_are_said_in_words() {
    let model = model(MODEL, &[]);
    let (people, events, codes) = world();
    let (_folder, whole) = snapshot(day("2026-03-31"), &people, &events, codes, 900);
    let found = future(&whole, &place_from("2025-10-01", "2026-03-31"), &model, &Options::default(), 1).unwrap();
    assert!(
        found.why_not.contains("less than a year of history") && found.years.is_empty() && found.shown().is_empty()
    );
    let short =
        future(&whole, &place_from("2025-01-01", "2026-03-31"), &model, &Options { draws: 5, ..Options::default() }, 1);
    assert!(short.is_ok_and(|f| f.short_history && f.checks.is_empty() && f.years.len() == 11));
    let (_empty, nobody) = snapshot(day("2026-03-31"), &[], &[], DictionaryBuilder::new().finish(), 9);
    let found = future(&nobody, &place_from("2022-04-01", "2026-03-31"), &model, &Options::default(), 1).unwrap();
    assert!(found.why_not.contains("Nobody was in the population"));
}
