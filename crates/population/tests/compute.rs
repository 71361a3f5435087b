//! A small place worked out by hand, and laws on random places.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use blueprint::{Blueprint, OnlyBuiltin, Place};
use lake::{
    CodeRow, DictionaryBuilder, EventRow, IdentityRow, PersonRow, Snapshot, SnapshotPlan, SnapshotWriter, SourceInfo,
};
use nhs::{CodeSystem, Day, EventKind, Method, OdsCode, Sex, Status};
use population::{Computed, NOWHERE, compute};
use proptest::prelude::*;
use std::collections::BTreeMap;

const MODEL: &str = r#"
[model]
id = "small"
name = "A small model"
version = "1.0.0"
summary = "For a test."

[population]
basis = "registered list"
include = "registered and alive"

[codes.heart_failure]
name = "Heart failure"
icd10 = ["I50"]

[feature.emergency_admissions_12m]
name = "Emergency admissions in 12 months"
count = "admission"
where = "method = 'emergency'"
within = "12 months"

[feature.hfrs]
name = "Hospital Frailty Risk Score"
score = "hospital_frailty_risk"
within = "24 months"

[feature.heart_failure]
name = "Heart failure"
exists = "diagnosis"
where = "code in codes.heart_failure"

[[segment]]
id = "heart"
name = "Heart failure"
description = "Ever diagnosed."
rule = "heart_failure"
[[segment]]
id = "older"
name = "Older people"
description = "65 and over."
rule = "age >= 65"
[[segment]]
id = "others"
name = "Everyone else"
description = "The rest."

[[tier]]
id = "highest"
name = "Highest"
description = "Two emergencies."
rule = "emergency_admissions_12m >= 2 and segment = 'heart'"
offer = []
[[tier]]
id = "ongoing"
name = "Ongoing"
description = "One emergency."
rule = "emergency_admissions_12m >= 1"
offer = []
[[tier]]
id = "urgent"
name = "Urgent"
description = "Frail."
rule = "hfrs > 5"
offer = []
[[tier]]
id = "everyone"
name = "Everyone"
description = "The rest."
offer = []

[[measure]]
id = "emergency_admissions"
name = "Emergency admissions"
count = "admission"
where = "method = 'emergency'"
per = 1000
better = "lower"
gap = "care_and_quality"
aim = "better_care"
lag = "6 months"
"#;

const PLACE: &str = r#"
name = "Testford"
blueprint = "mcp"
as_of = "2026-03-31"
start = "2025-01-01"

[[locality]]
id = "north"
name = "North"
practices = ["A81001"]
served_from = "2025-10-01"

[[locality]]
id = "south"
name = "South"
practices = ["A81002"]

[[source]]
id = "gp"
format = "vanguard/gp_registrations"
files = "extracts/gp.csv"
"#;

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn model() -> Blueprint {
    let (model, findings) = blueprint::compile("small.toml", MODEL, &OnlyBuiltin);
    model.unwrap_or_else(|| panic!("{}", findings.iter().map(blueprint::Diagnostic::render).collect::<String>()))
}

fn place() -> Place {
    let (place, findings) = blueprint::place::parse("place.toml", PLACE);
    place.unwrap_or_else(|| panic!("{}", findings.iter().map(blueprint::Diagnostic::render).collect::<String>()))
}

fn person(id: u64, born: &str, practice: Option<&str>) -> PersonRow {
    PersonRow {
        id,
        birth: Some(day(born)),
        sex: Sex::Female,
        practice: practice.map(|code| OdsCode::parse(code).unwrap()),
        registered_from: Some(day("2020-01-01")),
        imd_decile: 1,
        ..PersonRow::default()
    }
}

fn event(person: u32, date: &str, kind: EventKind, method: Method, code: u32) -> EventRow {
    EventRow {
        person,
        date: day(date),
        end: Some(Day(day(date).0 + 3)),
        kind,
        method,
        status: Status::None,
        code,
        provider: 0,
        detail: 0,
        value: None,
        cost: Some(10_000),
        link: 0,
        source: 0,
    }
}

fn computed(
    people: &[PersonRow],
    events: &[EventRow],
    codes: Vec<CodeRow>,
    per_bucket: u32,
    threads: usize,
) -> Computed {
    let dir = tempfile::tempdir().unwrap();
    let source = SourceInfo { id: "gp".into(), name: "GP".into(), files: Vec::new(), loaded: 0, quarantined: 0 };
    let id = Snapshot::next_id(dir.path(), day("2026-03-31")).unwrap();
    let mut plan = SnapshotPlan::new(id, day("2026-03-31"), people.len() as u32, vec![source]);
    plan.people_per_bucket = per_bucket;
    let (buckets, ranges): (u32, Vec<_>) =
        (plan.bucket_count(), (0..plan.bucket_count()).map(|b| plan.bucket_range(b)).collect());
    let writer = SnapshotWriter::create(dir.path(), plan).unwrap();
    writer.set_dictionary(codes).unwrap();
    for bucket in 0..buckets {
        let range = ranges[bucket as usize].clone();
        let own = &people[range.start as usize..range.end as usize];
        let identities: Vec<IdentityRow> =
            own.iter().map(|p| IdentityRow { id: p.id, ..IdentityRow::default() }).collect();
        let mut rows: Vec<EventRow> = events.iter().filter(|e| range.contains(&e.person)).copied().collect();
        writer.write_bucket(bucket, own, &identities, &mut rows).unwrap();
    }
    writer.finish(BTreeMap::new()).unwrap();
    compute(&Snapshot::open(dir.path()).unwrap(), &place(), &model(), threads).unwrap()
}

fn codes() -> (Vec<CodeRow>, u32, u32) {
    let mut builder = DictionaryBuilder::new();
    let heart = builder.number(CodeSystem::Icd10, "I501", "Left ventricular failure");
    let dementia = builder.number(CodeSystem::Icd10, "F00", "Dementia in Alzheimer disease");
    (builder.finish(), heart, dementia)
}

#[test]
fn a_place_worked_out_by_hand() {
    let (dictionary, heart, dementia) = codes();
    let mut died = person(5, "1940-01-01", Some("A81001"));
    died.death = Some(day("2025-06-20"));
    let people = [
        person(1, "1950-06-01", Some("A81001")), // heart failure, two emergencies in a year
        person(2, "1950-06-01", Some("A81002")), // older, one emergency in the year and one long before it
        person(3, "1990-06-01", Some("A81002")), // frail by score alone
        person(4, "2000-06-01", None),           // on no list
        died,
        person(6, "1990-06-01", Some("A81002")), // nothing
    ];
    let events = [
        event(0, "2024-01-05", EventKind::Diagnosis, Method::None, heart),
        event(0, "2025-04-01", EventKind::Admission, Method::Emergency, 0),
        event(0, "2026-03-31", EventKind::Admission, Method::Emergency, 0),
        event(1, "2025-03-31", EventKind::Admission, Method::Emergency, 0),
        event(1, "2025-07-10", EventKind::Admission, Method::Emergency, 0),
        event(1, "2025-07-11", EventKind::Admission, Method::Elective, 0),
        event(2, "2025-01-01", EventKind::Diagnosis, Method::None, dementia),
        event(2, "2025-02-01", EventKind::Diagnosis, Method::None, dementia),
        event(3, "2025-07-10", EventKind::Admission, Method::Emergency, 0),
        event(4, "2025-06-10", EventKind::Admission, Method::Emergency, 0),
    ];
    let result = computed(&people, &events, dictionary, 2, 2);
    assert_eq!(result.people.segment, [0, 1, 2, NOWHERE, NOWHERE, 2]);
    assert_eq!(result.people.tier, [0, 1, 2, NOWHERE, NOWHERE, 3]);
    let summary = &result.summary;
    assert_eq!((summary.people_known, summary.people, summary.people_unregistered), (6, 4, 1));
    assert_eq!(summary.segment_by_tier, [vec![1, 0, 0, 0], vec![0, 1, 0, 0], vec![0, 0, 1, 1]]);
    assert_eq!(summary.localities.iter().map(|l| l.people).collect::<Vec<_>>(), [1, 3]);
    // Dementia in Alzheimer disease (F00) scores 7.1 once, however often it was recorded.
    let hfrs = model().features.iter().position(|f| f.id == "hfrs").unwrap();
    assert_eq!(result.people.features[hfrs], [0, 0, 71, 0, 0, 0]);

    let measure = &summary.measures[0];
    assert_eq!((summary.months, measure.practices[0].len()), (15, 15));
    let of = |practice: usize, month: usize| measure.practices[practice][month];
    // April 2025 is the fourth month of the series. The person who died in June counts in its middle.
    assert_eq!((of(0, 3).sum, of(0, 3).people), (1, 2));
    assert_eq!((of(0, 5).sum, of(0, 5).people), (1, 2));
    assert_eq!((of(0, 6).sum, of(0, 6).people), (0, 1));
    assert_eq!((of(0, 14).sum, of(1, 6).sum, of(1, 2).sum), (1, 1, 1));
    // Twelve months: 1 April 2025 to 31 March 2026, the dead person's emergency included.
    assert_eq!(measure.year_by_locality_age.iter().map(|row| row.iter().sum::<i64>()).collect::<Vec<_>>(), [3, 1]);
    let activity = &summary.tiers[0].activity;
    assert_eq!((activity.emergency_admissions, activity.bed_days, activity.cost.pence), (2, 3, 20_000));
}

#[test]
fn results_come_back_as_they_were_kept() {
    let (dictionary, heart, _) = codes();
    // More people than are written at a time, so that the table has parts.
    let people: Vec<PersonRow> =
        (0..70_000).map(|n| person(n * 3 + 1, "1950-06-01", [Some("A81001"), None][n as usize % 2])).collect();
    let events = [event(69_999, "2024-01-05", EventKind::Diagnosis, Method::None, heart)];
    let result = computed(&people, &events, dictionary, 20_000, 2);
    let folder = tempfile::tempdir().unwrap();
    population::save::save(folder.path(), &result, &model()).unwrap();
    let back = population::save::open(folder.path(), &model()).unwrap();
    assert_eq!(back.people, result.people);
    assert_eq!(back.summary, result.summary);
    let other = blueprint::compile("mcp.toml", blueprint::builtin("mcp").unwrap(), &OnlyBuiltin).0.unwrap();
    let message = population::save::open(folder.path(), &other).unwrap_err().to_string();
    assert!(message.contains("is not in"), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn everyone_is_somewhere_once_and_threads_change_nothing(
        seeds in prop::collection::vec((1900i32..2026, 0u8..4, 0u8..12), 1..60),
        happenings in prop::collection::vec((0u32..60, 19_000i32..20_544, 0u8..4), 0..200),
    ) {
        let (dictionary, heart, dementia) = codes();
        let people: Vec<PersonRow> = seeds
            .iter()
            .enumerate()
            .map(|(i, (year, practice, decile))| PersonRow {
                imd_decile: (*decile).min(10),
                ..person(i as u64 * 7 + 1, &format!("{year}-02-28"), [Some("A81001"), Some("A81002"), Some("Z99999"), None][usize::from(*practice)])
            })
            .collect();
        let events: Vec<EventRow> = happenings
            .iter()
            .map(|(who, date, what)| {
                let (kind, method, code) = [
                    (EventKind::Admission, Method::Emergency, 0),
                    (EventKind::Admission, Method::Elective, 0),
                    (EventKind::Diagnosis, Method::None, heart),
                    (EventKind::Diagnosis, Method::None, dementia),
                ][usize::from(*what)];
                event(who % people.len() as u32, &Day(*date).to_string(), kind, method, code)
            })
            .collect();
        let one = computed(&people, &events, dictionary.clone(), 7, 1);
        let two = computed(&people, &events, dictionary, 50, 2);
        let mut other = two.summary.clone();
        other.snapshot.clone_from(&one.summary.snapshot);
        prop_assert_eq!(&one.summary, &other);
        prop_assert_eq!(&one.people.features, &two.people.features);
        let registered = people.iter().filter(|p| p.practice.is_some_and(|c| c.as_str().starts_with("A81"))).count() as u64;
        let summary = &one.summary;
        prop_assert_eq!(summary.people, registered);
        prop_assert_eq!(summary.segments.iter().map(|s| s.people).sum::<u64>(), registered);
        prop_assert_eq!(summary.tiers.iter().map(|t| t.people).sum::<u64>(), registered);
        prop_assert_eq!(summary.localities.iter().map(|l| l.people).sum::<u64>(), registered);
        prop_assert_eq!(summary.age_sex.iter().flatten().sum::<u64>(), registered);
        prop_assert_eq!(summary.imd_deciles.iter().sum::<u64>(), registered);
    }
}
