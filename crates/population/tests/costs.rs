//! Cost per member per month and weighted need, by hand and against laws.
#![allow(clippy::unwrap_used)]

mod support;

use lake::{DictionaryBuilder, EventRow, PersonRow};
use nhs::{CodeSystem, Day, EventKind, Method, OdsCode, Sex};
use population::{Summary, costs, members, need};
use proptest::prelude::*;
use support::{day, event, model, person, place, snapshot};

const PLACE: &str = "name = \"Testford\"\nblueprint = \"mcp\"\nas_of = \"2026-03-31\"\n[[locality]]\nid = \"a\"\nname = \"A\"\n\
    practices = [\"A81001\", \"A81002\"]\n[[locality]]\nid = \"b\"\nname = \"B\"\npractices = [\"A81003\"]\n[[source]]\nid = \"gp\"\n\
    format = \"vanguard/gp_registrations\"\nfiles = \"x.csv\"\n";

const MODEL: &str = "extends = \"base\"\n[model]\nid = \"t\"\nname = \"T\"\nversion = \"1.0.0\"\n[population]\nbasis = \"list\"\n\
    include = \"registered and alive\"\n";

fn tiers() -> String {
    let tier = |id: &str, rule: &str| {
        format!("[[tier]]\nid = \"{id}\"\nname = \"{id}\"\ndescription = \"d\"\n{rule}offer = []\n")
    };
    ["a", "b", "c"].map(|id| tier(id, "rule = \"age > 200\"\n")).concat() + &tier("d", "")
}

fn summary(people: &[PersonRow], events: &[EventRow], text: &str, files: &[(&str, &str)], per_bucket: u32) -> Summary {
    let mut builder = DictionaryBuilder::new();
    builder.number(CodeSystem::None, "A81001", "One");
    let (_folder, snapshot) = snapshot(day("2026-03-31"), people, events, builder.finish(), per_bucket);
    let model = model(&format!("{MODEL}{text}{}", tiers()), files);
    population::compute(&snapshot, &place(PLACE), &model, 2).unwrap().summary
}

/// Ann the whole year, 365 days: £120. Bob from 1 October 2025, 182 days: £60, and £40 the day before, which is not counted.
/// Cal died on 30 April 2025, 30 days: £7. Dee came after the year. Ed left before it.
#[test]
fn member_months_by_hand() {
    let mut people: Vec<PersonRow> = (1..=5).map(|id| person(id, day("1990-01-01"), Sex::Female, "A81001")).collect();
    people[1].registered_from = Some(day("2025-10-01"));
    people[2].death = Some(day("2025-04-30"));
    people[3].registered_from = Some(day("2026-04-01"));
    people[4].registered_to = Some(day("2025-03-31"));
    let cost = |person: u32, date: &str, kind, pence| EventRow {
        cost: Some(pence),
        ..event(person, day(date), kind, Method::None, 0)
    };
    let events = [
        cost(0, "2025-04-01", EventKind::Admission, 11_000),
        cost(0, "2026-03-31", EventKind::GpAppointment, 1_000),
        cost(0, "2025-03-31", EventKind::GpAppointment, 99_000),
        cost(1, "2025-09-30", EventKind::Admission, 4_000),
        cost(1, "2025-10-01", EventKind::Admission, 6_000),
        cost(2, "2025-04-30", EventKind::Medication, 700),
        cost(4, "2025-05-01", EventKind::Admission, 5_000),
    ];
    let summary = summary(&people, &events, "", &[], 2);
    let whole = summary.members.whole();
    assert_eq!(summary.members.year_days, 365);
    assert_eq!((whole.members, whole.days, whole.cost.pence), (3, 365 + 182 + 30, 12_000 + 6_000 + 700));
    // 18,700 pence over 12 x 577 / 365 months: 985.787 pence.
    assert_eq!(whole.per_month(whole.cost.pence, 365), Some(986));
    assert!((whole.months(365) - 12.0 * 577.0 / 365.0).abs() < 1e-12);
    let settings: Vec<i64> = whole.settings.iter().map(|sum| sum.pence).collect();
    assert_eq!(settings, [17_000, 0, 0, 1_000, 700, 0, 0, 0, 0]);
    // Cal is in no segment and has the last line.
    let last = summary.members.segments.last().unwrap();
    assert_eq!((last.members, last.days, last.cost.pence), (1, 30, 700));
    // Three members are too few for anything to be shown.
    let costs = costs::shown(&summary);
    assert!(
        costs.practices.iter().chain(&costs.segments).all(|line| line.all.is_none() || line.members.value() == Some(0))
    );
    assert_eq!(costs.whole.all, None);
}

/// Half pennies go up, and a leap year has 366 days.
#[test]
fn rounding() {
    let sum = members::MemberSum { days: 366, ..members::MemberSum::default() };
    assert_eq!((sum.per_month(6, 366), sum.per_month(5, 366), sum.per_month(-6, 366)), (Some(1), Some(0), Some(0)));
    assert_eq!(members::MemberSum::default().per_month(5, 365), None);
}

const WEIGHTS: &str = "factor,from,to,sex,how,weight\nage,0,64,male,add,1\nage,0,64,female,add,1.5\nage,65,,,add,4.25\n\
    imd_decile,1,2,,multiply,1.2\nimd_decile,3,4,,multiply,1.1\nover_eighty,,,,add,0.333\n";

fn need_of(people: &[PersonRow]) -> Summary {
    let text = "[feature.over_eighty]\nrule = \"age >= 80\"\n[need]\nname = \"Test weights\"\nfile = \"weights.csv\"\n";
    summary(people, &[], text, &[("weights.csv", WEIGHTS)], 3)
}

#[test]
fn weights_by_hand() {
    let mut people = vec![
        person(1, day("1990-01-01"), Sex::Male, "A81001"), // 1 x 1.2 (decile 2)
        person(2, day("1990-01-01"), Sex::Female, "A81001"), // 1.5 x 1.1 (decile 3)
        person(3, day("1955-01-01"), Sex::Female, "A81002"), // 4.25 x 1.1 (decile 4)
        person(4, day("1940-01-01"), Sex::Male, "A81003"), // (4.25 + 0.333) x 1 (decile 5)
        person(5, day("1990-01-01"), Sex::Male, "A81003"), // no date of birth: the average
    ];
    people[4].birth = None;
    let summary = need_of(&people);
    let sums: Vec<(u64, u64, i64)> = summary.need.iter().map(|n| (n.people, n.unknown, n.weight)).collect();
    assert_eq!(sums, [(2, 0, 1_200_000 + 1_650_000), (1, 0, 4_675_000), (1, 1, 4_583_000)]);
    let mean = 12_108_000.0 / 4.0;
    let all = population::results::NeedSum { people: 4, unknown: 1, weight: 12_108_000 };
    let weighted = need::weighted(&summary.need, all).unwrap();
    assert!((weighted.iter().map(|part| part.people).sum::<f64>() - 5.0).abs() < 1e-12);
    assert!((weighted[0].people - 2_850_000.0 / mean).abs() < 1e-12);
    assert!((weighted[2].people - (4_583_000.0 / mean + 1.0)).abs() < 1e-12);
}

#[test]
fn wrong_tables_of_weights_are_pointed_at() {
    let compile = |weights: &str| {
        let text = format!("{MODEL}[need]\nfile = \"w.csv\"\n{}", tiers());
        let resolve = |name: &str| (name == "w.csv").then(|| weights.to_owned());
        let (model, findings) = blueprint::compile("t.toml", &text, &resolve);
        assert!(model.is_none(), "{weights}");
        findings.iter().map(blueprint::Diagnostic::render).collect::<String>()
    };
    for (line, what) in [
        ("agge,0,4,male,add,1", "agge"),
        ("age,0,4,man,add,1", "`man` is no sex"),
        ("age,0,4,male,plus,1", "not a way to weigh"),
        ("age,0,4,male,add,1.2345", "not a weight"),
        ("age,0,x,male,add,1", "not a number"),
        ("age,0,4,male,multiply,1", "one of them must `add`"),
    ] {
        let found = compile(&format!("factor,from,to,sex,how,weight\n{line}\n"));
        assert!(found.contains(what), "{line}: {found}");
    }
    assert!(compile("factor,how,weight\n").contains("must `add`"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Segments and practices hold the same members, days and pence; weighted people add up to the people; an independent sum over
    /// the rows agrees to the penny.
    #[test]
    fn laws_of_random_places(
        rows in proptest::collection::vec((0u8..4, 0i32..800, 0i32..1200, proptest::option::of(0i32..900), 0u8..3, 0i32..33_000), 1..40),
        spent in proptest::collection::vec((0usize..40, 0i32..800, 0usize..11, -5_000i64..900_000), 0..120),
        per_bucket in 1u32..20,
    ) {
        let as_of = day("2026-03-31").0;
        let practices = ["A81001", "A81002", "A81003", "B90000"];
        let people: Vec<PersonRow> = rows.iter().enumerate().map(|(at, (practice, from, stay, death, sex, age))| PersonRow {
            practice: OdsCode::parse(practices[usize::from(*practice)]).ok(),
            registered_from: Some(Day(as_of + 100 - from)),
            registered_to: Some(Day(as_of + 100 - from + stay)),
            death: death.map(|ago| Day(as_of - ago)),
            ..person(at as u64 + 1, Day(as_of - age), [Sex::Male, Sex::Female, Sex::Unknown][usize::from(*sex)], "A81001")
        }).collect();
        let events: Vec<EventRow> = spent.iter().filter(|(who, ..)| *who < people.len()).map(|(who, ago, kind, pence)| EventRow {
            cost: Some(*pence),
            ..event(*who as u32, Day(as_of - ago), EventKind::ALL[*kind], Method::None, 0)
        }).collect();
        let summary = summary(&people, &events, "", &[], per_bucket);
        let first = day("2025-04-01").0;
        let (mut members, mut days, mut pence) = (0, 0, 0);
        for (at, person) in people.iter().enumerate().filter(|(_, p)| p.practice.is_some_and(|code| code.as_str() != "B90000")) {
            let on = |day: i32| {
                person.registered_from.unwrap().0 <= day && day <= person.registered_to.unwrap().0
                    && person.death.is_none_or(|death| day <= death.0) && person.birth.unwrap().0 <= day
            };
            let own = (first..=as_of).filter(|&day| on(day)).count();
            members += u64::from(own > 0);
            days += own as i64;
            pence += events.iter().filter(|e| e.person as usize == at && (first..=as_of).contains(&e.date.0) && on(e.date.0))
                .map(|e| e.cost.unwrap()).sum::<i64>();
        }
        let whole = summary.members.whole();
        prop_assert_eq!((whole.members, whole.days, whole.cost.pence), (members, days, pence));
        let by_segment = summary.members.segments.iter().fold((0, 0, 0), |(m, d, p), s| (m + s.members, d + s.days, p + s.cost.pence));
        prop_assert_eq!(by_segment, (members, days, pence));
        for sum in summary.members.segments.iter().chain(&summary.members.practices) {
            prop_assert_eq!(sum.settings.iter().map(|s| s.pence).sum::<i64>(), sum.cost.pence);
        }
        let people: u64 = summary.need.iter().map(|n| n.people + n.unknown).sum();
        prop_assert_eq!(people, summary.people);
        let all = summary.need.iter().fold(population::results::NeedSum::default(), |a, b| population::results::NeedSum {
            people: a.people + b.people, unknown: a.unknown + b.unknown, weight: a.weight + b.weight });
        if let Some(weighted) = need::weighted(&summary.need, all) {
            prop_assert!((weighted.iter().map(|w| w.people).sum::<f64>() - people as f64).abs() < 1e-6);
        }
        let _ = costs::shown(&summary);
    }
}
