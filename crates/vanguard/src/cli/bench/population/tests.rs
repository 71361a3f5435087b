//! The one pass against a slow and obvious answer: sets of texts, one question after the other.

use super::ask::{Question, ask};
use super::load::{LISTS, LOCALITIES};
use blueprint::model::ScoreKind;
use blueprint::score::score_table;
use evidence::distribution::Confidence;
use evidence::rates::{Stratum, directly_standardised};
use lake::{CodeRow, EventRow, IdentityRow, PersonRow, Snapshot, SnapshotId, SnapshotPlan, SnapshotWriter, SourceInfo};
use nhs::{CodeSystem, Day, EventKind, Lsoa, Method, OdsCode, Sex, Status};
use std::collections::{BTreeMap, BTreeSet};

const AS_OF: Day = Day(20_543); // 31 March 2026
const CODES: [&str; 12] =
    ["F001", "I500", "I509", "C501", "C780", "B201", "K701", "K721", "E109", "N390", "Z000", "W190"];

/// A stream of small numbers, the same in every run.
pub(super) struct Draw(pub(super) u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

pub(super) struct Person {
    age: i32,
    row: PersonRow,
    events: Vec<EventRow>,
}

pub(super) fn people(count: u32, draw: &mut Draw) -> Vec<Person> {
    (0..count)
        .map(|number| {
            let age = draw.below(101) as i32;
            let mut events = Vec::new();
            for spell in 1..=draw.below(9) as u32 {
                let days = if draw.below(2) == 0 { 365 } else { 1096 };
                let date = Day(AS_OF.0 - draw.below(days) as i32);
                let (kind, method) = [
                    (EventKind::Diagnosis, Method::Elective),
                    (EventKind::Diagnosis, Method::Emergency),
                    (EventKind::Diagnosis, Method::Emergency),
                    (EventKind::EmergencyAttendance, Method::None),
                ][draw.below(4) as usize];
                for _ in 0..=draw.below(3) {
                    let code = draw.below(CODES.len() as u64) as u32 + 1;
                    events.push(EventRow {
                        person: number,
                        date,
                        end: None,
                        kind,
                        method,
                        status: Status::None,
                        code,
                        provider: 0,
                        detail: 0,
                        value: None,
                        cost: None,
                        link: spell,
                        source: 0,
                    });
                }
            }
            let row = PersonRow {
                id: u64::from(number) + 1,
                birth: Some(Day(AS_OF.add_months(-12 * age).0 - draw.below(365) as i32)),
                sex: Sex::from_number(1 + draw.below(2) as u8),
                lsoa: Lsoa::from_value(draw.below(7) as u32),
                imd_decile: 1 + draw.below(10) as u8,
                care_home: if draw.below(9) == 0 { OdsCode::parse("VL000").ok() } else { None },
                lists: 1 | if draw.below(2) == 0 {
                    (draw.below(1 << 14) as u32) << 1 & draw.below(1 << 15) as u32
                } else {
                    0
                },
                ..PersonRow::default()
            };
            Person { age, row, events }
        })
        .collect()
}

pub(super) fn lake(dir: &std::path::Path, people: &[Person]) -> Snapshot {
    let source =
        |id: &&str| SourceInfo { id: (*id).into(), name: "Made".into(), files: vec![], loaded: 0, quarantined: 0 };
    let plan = SnapshotPlan {
        people_per_bucket: 2_300,
        ..SnapshotPlan::new(SnapshotId::of(AS_OF, 1), AS_OF, people.len() as u32, LISTS.iter().map(source).collect())
    };
    let writer = SnapshotWriter::create(dir, plan).unwrap();
    for bucket in 0..writer.plan().bucket_count() {
        let range = writer.plan().bucket_range(bucket);
        let own = &people[range.start as usize..range.end as usize];
        let rows: Vec<PersonRow> = own.iter().map(|p| p.row.clone()).collect();
        let who: Vec<IdentityRow> = rows.iter().map(|p| IdentityRow { id: p.id, ..IdentityRow::default() }).collect();
        let mut events: Vec<EventRow> = own.iter().flat_map(|p| p.events.iter().copied()).collect();
        writer.write_bucket(bucket, &rows, &who, &mut events).unwrap();
    }
    let mut codes = vec![CodeRow::none()];
    codes.extend(CODES.iter().map(|&code| CodeRow {
        system: CodeSystem::Icd10,
        code: code.into(),
        name: String::new(),
    }));
    writer.set_dictionary(codes).unwrap();
    let localities: BTreeMap<u32, u32> = (0..7).map(|area| (area, area % 3)).collect();
    writer.finish(BTreeMap::from([(LOCALITIES.to_owned(), serde_json::to_string(&localities).unwrap())])).unwrap();
    Snapshot::open(dir).unwrap()
}

/// Texts of the codes of a person's events that pass.
fn codes(person: &Person, pass: impl Fn(&EventRow) -> bool) -> BTreeSet<&'static str> {
    person.events.iter().filter(|e| pass(e)).map(|e| CODES[e.code as usize - 1]).collect()
}

fn frailty(person: &Person) -> Option<i64> {
    let recent = codes(person, |e| e.date >= Day::from_ymd(2024, 4, 1).unwrap());
    let groups = &score_table(ScoreKind::HospitalFrailtyRisk).groups;
    let found: Vec<i64> = groups
        .iter()
        .filter(|g| recent.iter().any(|code| g.codes.iter().any(|stem| code.starts_with(stem.as_str()))))
        .map(|g| g.weight_tenths)
        .collect();
    (!found.is_empty()).then(|| found.iter().sum())
}

fn spells(person: &Person, pass: impl Fn(&EventRow) -> bool) -> usize {
    person.events.iter().filter(|e| pass(e)).map(|e| e.link).collect::<BTreeSet<_>>().len()
}

fn emergencies(person: &Person) -> usize {
    let from = Day::from_ymd(2025, 4, 1).unwrap();
    spells(person, |e| e.kind == EventKind::Diagnosis && e.method == Method::Emergency && e.date >= from)
}

fn charlson(person: &Person) -> Option<u64> {
    let all = codes(person, |_| true);
    let has = |stem: &str| all.iter().any(|code| code.starts_with(stem));
    // Only the groups that the test's codes can reach.
    let (mild, severe) = (has("K701"), has("K721"));
    let (cancer, metastatic) = (has("C501"), has("C780"));
    let groups = [has("F00"), has("I50"), mild, severe, cancer, metastatic, has("B20"), has("E10")];
    let points = [2, 2, if severe { 0 } else { 2 }, 4, if metastatic { 0 } else { 2 }, 6, 2, 0];
    let sum = groups.iter().zip(points).filter(|(on, _)| **on).map(|(_, points)| points).sum();
    groups.iter().any(|&on| on).then_some(sum)
}

fn segment(person: &Person) -> u64 {
    let list = |bit: u32| person.row.lists >> bit & 1 == 1;
    let score = frailty(person).unwrap_or(0);
    let conditions = (1..=12).filter(|&bit| list(bit)).count();
    match () {
        () if list(13) => 1,
        () if score >= 150 || list(8) || (person.row.care_home.is_some() && person.age >= 65) => 2,
        () if list(11) => 3,
        () if (list(4) || list(2) || list(5)) && score >= 50 => 4,
        () if conditions >= 4 => 5,
        () if conditions >= 1 => 6,
        () if person.age < 18 => 8,
        () => 9,
    }
}

/// The rates' part of the third answer: localities, admissions, sum of rates.
fn rates(people: &[Person]) -> (usize, usize, f64) {
    let mut cells: BTreeMap<(u32, i32, u8), (usize, usize)> = BTreeMap::new();
    for person in people {
        let key = (person.row.lsoa.unwrap().value() % 3, (person.age / 5).min(18), person.row.sex as u8);
        let cell = cells.entry(key).or_default();
        *cell = (cell.0 + 1, cell.1 + emergencies(person));
    }
    let sum = (0..3)
        .map(|locality| {
            let own = cells.iter().filter(|(key, _)| key.0 == locality);
            let strata: Vec<Stratum> = own
                .map(|(key, cell)| {
                    Stratum::new(cell.1 as f64, cell.0 as f64, f64::from(nhs::age::ESP_2013[key.1 as usize]))
                })
                .collect();
            directly_standardised(&strata, 100_000.0, Confidence::P95).unwrap().value
        })
        .sum();
    (3, cells.values().map(|c| c.1).sum(), sum)
}

fn cohort(people: &[Person]) -> (usize, usize) {
    let mut found = (0, 0);
    for person in people {
        let all = codes(person, |_| true);
        let failure =
            person.events.iter().filter(|e| CODES[e.code as usize - 1].starts_with("I50")).map(|e| e.date).min();
        let cancer = all.iter().any(|code| code.starts_with('C'));
        if let Some(index) = failure
            && person.age >= 65
            && person.row.imd_decile <= 4
            && !cancer
            && emergencies(person) >= 2
        {
            let within =
                |e: &EventRow| e.kind == EventKind::EmergencyAttendance && e.date > index && e.date.0 <= index.0 + 90;
            found = (found.0 + 1, found.1 + spells(person, within));
        }
    }
    found
}

#[test]
fn the_pass_and_the_obvious_answer_agree() {
    let people = people(20_000, &mut Draw(11));
    let folder = tempfile::tempdir().unwrap();
    let snapshot = lake(folder.path(), &people);
    let answers = ask(&snapshot, 2, 0).unwrap();
    let scores: Vec<i64> = people.iter().filter_map(frailty).collect();
    let high = scores.iter().filter(|&&s| s >= 150).count();
    let middle = scores.iter().filter(|&&s| (50..150).contains(&s)).count();
    let total: i64 = scores.iter().sum();
    assert_eq!(answers.result(Question::Frailty), format!("[({}, {total}, {high}, {middle})]", scores.len()));
    let points: Vec<u64> = people.iter().filter_map(charlson).collect();
    let (sum, five) = (points.iter().sum::<u64>(), points.iter().filter(|&&p| p >= 5).count());
    let most = points.iter().max().unwrap();
    assert_eq!(answers.result(Question::Charlson), format!("[({}, {sum}, {five}, {most})]", points.len()));
    let (localities, events, rate) = rates(&people);
    let found = answers.result(Question::Segments);
    assert!(found.starts_with(&format!("[({localities}, {events}, ")), "{found}");
    assert!(found.ends_with(&format!(", {})]", people.iter().map(segment).sum::<u64>())), "{found}");
    let printed: f64 = found.split(", ").nth(2).unwrap().parse().unwrap();
    assert!((printed - rate).abs() < 1e-9 * rate, "{printed} {rate}");
    let (members, attendances) = cohort(&people);
    assert!(members > 5 && attendances > 0, "the test's people are too healthy");
    assert!(answers.result(Question::Cohort).starts_with(&format!("[({members}, {attendances}, ")));
    for threads in [1, 3, 8] {
        let again = ask(&snapshot, threads, 0).unwrap();
        for question in Question::ALL {
            assert_eq!(again.result(question), answers.result(question), "{threads} threads");
        }
    }
}

#[test]
fn indicators_count_every_event_of_their_months() {
    let people = people(500, &mut Draw(3));
    let folder = tempfile::tempdir().unwrap();
    let snapshot = lake(folder.path(), &people);
    let from = Day::from_ymd(2024, 4, 1).unwrap();
    let recent = people.iter().flat_map(|p| &p.events).filter(|e| e.date >= from);
    // Each of a hundred indicators wants every hundredth code: together they want every code once.
    assert_eq!(ask(&snapshot, 2, 100).unwrap().indicator_sum, recent.count() as u64);
}
