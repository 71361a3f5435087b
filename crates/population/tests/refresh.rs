//! A refresh gives the bytes of a computation from the start, whatever changed.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]

use blueprint::{Blueprint, OnlyBuiltin, Place};
use lake::{
    CodeRow, DictionaryBuilder, EventRow, IdentityRow, PersonRow, Snapshot, SnapshotPlan, SnapshotWriter, SourceInfo,
};
use nhs::{CodeSystem, Day, EventKind, Method, OdsCode, Sex, Status};
use population::{compute, refresh, save};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use std::collections::BTreeMap;
use std::path::Path;

const PLACE: &str = r#"
name = "Testford"
blueprint = "mcp"
as_of = "2026-03-31"
start = "2024-01-01"
[[locality]]
id = "north"
name = "North"
practices = ["A81001", "A81003"]
[[locality]]
id = "south"
name = "South"
practices = ["A81002"]
[[source]]
id = "gp"
format = "vanguard/gp_registrations"
files = "extracts/gp.csv"
"#;

const CODES: [(CodeSystem, &str); 9] = [
    (CodeSystem::Icd10, "I500"),
    (CodeSystem::Icd10, "F03"),
    (CodeSystem::Icd10, "W190"),
    (CodeSystem::Icd10, "R296"),
    (CodeSystem::Icd10, "J440"),
    (CodeSystem::Icd10, "E119"),
    (CodeSystem::Icd10, "N390"),
    (CodeSystem::None, "RWE"),
    (CodeSystem::SnomedCt, "44054006"),
];

/// One event in words, so that it does not depend on a dictionary.
#[derive(Debug, Clone, PartialEq)]
struct Event {
    date: i32,
    nights: Option<i32>,
    kind: EventKind,
    method: Method,
    code: usize,
    value: Option<i64>,
    cost: Option<i64>,
}

#[derive(Debug, Clone, PartialEq)]
struct Person {
    row: PersonRow,
    events: Vec<Event>,
}

type People = BTreeMap<u64, Person>;

fn event() -> impl Strategy<Value = Event> {
    let end = Day::parse_iso("2026-03-31").unwrap().0;
    let kinds = proptest::sample::select(EventKind::ALL.to_vec());
    let methods = proptest::sample::select(vec![Method::Emergency, Method::Elective, Method::None]);
    let numbers = (proptest::option::of(0i64..90_000), proptest::option::of(0i64..900_000));
    (end - 1200..end + 30, proptest::option::of(0..40), kinds, methods, 0..CODES.len(), numbers).prop_map(
        |(date, nights, kind, method, code, (value, cost))| Event { date, nights, kind, method, code, value, cost },
    )
}

fn person() -> impl Strategy<Value = Person> {
    let end = Day::parse_iso("2026-03-31").unwrap().0;
    let birth = proptest::option::weighted(0.95, end - 35_000..end);
    let practice = proptest::sample::select(vec![Some("A81001"), Some("A81002"), Some("A81003"), Some("B99999"), None]);
    let death = proptest::option::weighted(0.1, end - 400..end + 10);
    let sex = proptest::sample::select(vec![Sex::Male, Sex::Female, Sex::Unknown]);
    let home = (0u16..4, 0u8..11, 1u32..9);
    (birth, practice, death, sex, home, proptest::collection::vec(event(), 0..12)).prop_map(
        |(birth, practice, death, sex, (size, imd, lists), events)| Person {
            row: PersonRow {
                birth: birth.map(Day),
                practice: practice.map(|code| OdsCode::parse(code).unwrap()),
                registered_from: Some(Day(10_000)),
                death: death.map(Day),
                sex,
                household_size: size,
                imd_decile: imd,
                lists,
                ..PersonRow::default()
            },
            events,
        },
    )
}

/// What happens to a place between two loads.
#[derive(Debug, Clone)]
enum Change {
    Gains(usize, Event),
    Loses(usize),
    Moves(usize, u8),
    Leaves(usize),
    Comes(Person),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (any::<usize>(), event()).prop_map(|(who, event)| Change::Gains(who, event)),
        1 => any::<usize>().prop_map(Change::Loses),
        1 => (any::<usize>(), 0u8..11).prop_map(|(who, imd)| Change::Moves(who, imd)),
        1 => any::<usize>().prop_map(Change::Leaves),
        1 => person().prop_map(Change::Comes),
    ]
}

fn apply(people: &mut People, change: &Change) {
    let pick = |people: &People, who: usize| people.keys().nth(who % people.len().max(1)).copied();
    match change {
        Change::Gains(who, event) => {
            if let Some(id) = pick(people, *who) {
                people.get_mut(&id).unwrap().events.push(event.clone());
            }
        }
        Change::Loses(who) => {
            if let Some(id) = pick(people, *who) {
                people.get_mut(&id).unwrap().events.pop();
            }
        }
        Change::Moves(who, imd) => {
            if let Some(id) = pick(people, *who) {
                people.get_mut(&id).unwrap().row.imd_decile = *imd;
            }
        }
        Change::Leaves(who) => {
            if let Some(id) = pick(people, *who) {
                people.remove(&id);
            }
        }
        Change::Comes(person) => {
            let id = people.keys().next_back().copied().unwrap_or(0) + 3;
            people.insert(id, person.clone());
        }
    }
}

/// Writes the place as the next snapshot; `turn` numbers the codes in another order.
fn load(lake: &Path, people: &People, turn: usize, bucket: u32) -> Snapshot {
    let as_of = Day::parse_iso("2026-03-31").unwrap();
    let source = SourceInfo { id: "gp".into(), name: "GP".into(), files: Vec::new(), loaded: 0, quarantined: 0 };
    let id = Snapshot::next_id(lake, as_of).unwrap();
    let plan =
        SnapshotPlan { people_per_bucket: bucket, ..SnapshotPlan::new(id, as_of, people.len() as u32, vec![source]) };
    let writer = SnapshotWriter::create(lake, plan).unwrap();
    let mut builder = DictionaryBuilder::new();
    let mut numbers = vec![0; CODES.len()];
    for at in 0..CODES.len() {
        let at = (at + turn) % CODES.len();
        numbers[at] = builder.number(CODES[at].0, CODES[at].1, "");
    }
    let rows: Vec<CodeRow> = builder.finish();
    // Codes that are known first are what fingerprints need; without, two snapshots are read side by side.
    if turn % 3 != 1 {
        writer.set_dictionary(rows.clone()).unwrap();
    }
    let all: Vec<(&u64, &Person)> = people.iter().collect();
    for number in 0..writer.plan().bucket_count() {
        let range = writer.plan().bucket_range(number);
        let own = &all[range.start as usize..range.end as usize];
        let rows: Vec<PersonRow> = own
            .iter()
            // The number of a household is counted anew in every snapshot.
            .map(|(id, p)| PersonRow { id: **id, household: (**id as u32 + turn as u32) % 50, ..p.row.clone() })
            .collect();
        let who: Vec<IdentityRow> =
            own.iter().map(|(id, _)| IdentityRow { id: **id, ..IdentityRow::default() }).collect();
        let mut events = Vec::new();
        for (position, (_, person)) in own.iter().enumerate() {
            events.extend(person.events.iter().map(|e| EventRow {
                person: range.start + position as u32,
                date: Day(e.date),
                end: e.nights.map(|n| Day(e.date + n)),
                kind: e.kind,
                method: e.method,
                status: Status::None,
                code: numbers[e.code],
                provider: numbers[7],
                detail: 0,
                value: e.value,
                cost: e.cost,
                link: 0,
                source: 0,
            }));
        }
        writer.write_bucket(number, &rows, &who, &mut events).unwrap();
    }
    if turn % 3 == 1 {
        writer.set_dictionary(rows).unwrap();
    }
    writer.finish(BTreeMap::new()).unwrap();
    Snapshot::open(lake).unwrap()
}

fn model() -> (Place, Blueprint) {
    let place = blueprint::place::parse("place.toml", PLACE).0.unwrap();
    let model = blueprint::compile("mcp.toml", blueprint::builtin("mcp").unwrap(), &OnlyBuiltin).0.unwrap();
    (place, model)
}

const FILES: [&str; 3] = ["people.parquet", "sums.json", "summary.json"];

/// Whether the folders hold the same bytes.
fn same(a: &Path, b: &Path) -> Result<(), TestCaseError> {
    for name in FILES {
        let (one, other) = (std::fs::read(a.join(name)).unwrap(), std::fs::read(b.join(name)).unwrap());
        prop_assert!(one == other, "{name} differs: {} and {} bytes", one.len(), other.len());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_refresh_is_a_rebuild_to_the_byte(
        first in proptest::collection::vec(person(), 40..80),
        loads in proptest::collection::vec((proptest::collection::vec(change(), 0..12), 0..9usize, 10u32..80), 1..3),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let lake = dir.path().join("lake");
        let (place, model) = model();
        let mut people: People = first.into_iter().enumerate().map(|(n, p)| (n as u64 * 2 + 1, p)).collect();
        let mut snapshot = load(&lake, &people, 0, 50);
        let mut results = dir.path().join("first");
        save::save(&results, &compute(&snapshot, &place, &model, 2).unwrap(), &model).unwrap();
        for (number, (changes, turn, bucket)) in loads.into_iter().enumerate() {
            let before = people.clone();
            for change in &changes {
                apply(&mut people, change);
            }
            let now = load(&lake, &people, turn, bucket);
            let counts = lake::changes::note(&lake, &snapshot, &now, 2).unwrap().unwrap();
            let touched = people.iter().filter(|(id, p)| before.get(id) != Some(p)).count();
            // Another order of codes can put events of one day in another order.
            prop_assert!(counts.after as usize >= touched);
            prop_assert!(turn > 0 || counts.after as usize <= touched + people.len() / 4);
            let changes = lake::changes::open(&lake, &now.manifest().id).unwrap().unwrap();
            let (fresh, rebuilt) = (dir.path().join(format!("fresh{number}")), dir.path().join(format!("rebuilt{number}")));
            let done = refresh::refresh(&now, &changes, &place, &model, (&results, &fresh), 2).unwrap().unwrap();
            prop_assert_eq!((done.recomputed, done.people), (u64::from(counts.after), people.len() as u64));
            save::save(&rebuilt, &compute(&now, &place, &model, 1).unwrap(), &model).unwrap();
            same(&fresh, &rebuilt)?;
            (snapshot, results) = (now, fresh);
        }
    }
}

#[test]
fn other_rules_or_days_are_computed_anew() {
    let dir = tempfile::tempdir().unwrap();
    let lake = dir.path().join("lake");
    let (place, model) = model();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut people: People = (0..50u64).map(|id| (id + 1, person().new_tree(&mut runner).unwrap().current())).collect();
    let snapshot = load(&lake, &people, 0, 20);
    let results = dir.path().join("first");
    save::save(&results, &compute(&snapshot, &place, &model, 1).unwrap(), &model).unwrap();
    people.get_mut(&7).unwrap().row.imd_decile = 10;
    let now = load(&lake, &people, 0, 20);
    assert_eq!(lake::changes::open(&lake, &now.manifest().id).unwrap().map(|c| c.from), None);
    let counts = lake::changes::note(&lake, &snapshot, &now, 1).unwrap().unwrap();
    assert!(counts.after <= 1 && counts.before == counts.after);
    let changes = lake::changes::open(&lake, &now.manifest().id).unwrap().unwrap();
    let to = dir.path().join("second");
    let ask = |place: &Place, model: &Blueprint, from: &Path| {
        refresh::refresh(&now, &changes, place, model, (from, &to), 1).unwrap().is_some()
    };
    assert!(ask(&place, &model, &results));
    assert!(refresh::up_to_date(&to, &place, &model).is_some());
    let later = Place { as_of: Some(Day::parse_iso("2026-02-28").unwrap()), ..place.clone() };
    assert!(!ask(&later, &model, &results));
    let mut other = model.clone();
    other.segments[0].rule_text.push(' ');
    assert!(!ask(&place, &other, &results));
    assert!(refresh::up_to_date(&to, &place, &other).is_none());
    assert!(!ask(&place, &model, dir.path()), "no results to start from");
    let spread = Place { localities: Vec::new(), ..place.clone() };
    assert!(!ask(&spread, &model, &results));
    // A quarter of the people is too many.
    for person in people.values_mut().take(40) {
        person.row.lists += 8;
    }
    let third = load(&lake, &people, 0, 20);
    assert_eq!(lake::changes::note(&lake, &now, &third, 1).unwrap(), None);
    assert!(lake::changes::open(&lake, &third.manifest().id).unwrap().is_none());
}
