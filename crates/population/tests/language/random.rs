//! Random programs on random people: every value of every person agrees between the fast engine and the slow one, and the
//! fast one's columns are the same for any number of buckets and threads.

use crate::dice::Dice;
use crate::fast::{Place, SOURCES, value};
use crate::slow::{self, Event, Person};
use crate::spec::rendered;
use crate::{generate, table};
use blueprint::{FeatureSet, OnlyBuiltin, feature_set};
use nhs::{CodeSystem, Day, EventKind, Method, Sex, Status};

/// Places made; `VANGUARD_PLACES` makes more.
const PLACES: u64 = 10;

/// The place with many people.
const LARGE: u64 = 1;

/// Programs tried on each.
const PROGRAMS: usize = 20;

/// Buckets and threads that must make no difference.
const WAYS: [(u32, usize); 5] = [(1, 1), (2, 1), (2, 4), (7, 1), (7, 4)];

#[test]
fn random_programs_agree_on_both_engines() {
    let wanted = std::env::var("VANGUARD_PLACES").ok().and_then(|n| n.parse().ok()).unwrap_or(PLACES);
    let (mut asked, mut present, mut refused, mut tried) = (0, 0, 0, 0);
    for seed in 0..wanted {
        let mut dice = Dice(seed);
        let days = ["2026-03-31", "2025-02-28", "2024-02-29"];
        let as_of = table::day(days[dice.below(days.len())]);
        // The engine works people out a thousand at a time: one place has enough for several times, also in two buckets.
        let count = if seed == LARGE { 2_500 } else { 1 + dice.below(24) };
        let people: Vec<Person> = (0..count).map(|_| person(&mut dice, as_of)).collect();
        let places: Vec<(u32, Place)> =
            [1, 2, 7].map(|buckets| (buckets, Place::write(&people, as_of, buckets))).into_iter().collect();
        for program in 0..PROGRAMS {
            let name = format!("seed {seed}, program {program}");
            let features = 4 + dice.below(22);
            let text = generate::program(&mut dice, features);
            let (set, findings) = feature_set("random.toml", &text, &OnlyBuiltin);
            tried += 1;
            let Some(set) = set else {
                let empty = findings.iter().all(|finding| finding.message.contains("the window is empty"));
                assert!(empty, "{name} is refused:\n{}", rendered(&findings));
                refused += 1;
                continue;
            };
            let counted = check(&name, &text, &set, (&people, &places), as_of);
            asked += counted.0;
            present += counted.1;
        }
    }
    assert!(refused * 4 < tried, "{refused} of {tried} programs were refused");
    assert!(present * 2 > asked, "only {present} of {asked} values are there");
    println!(
        "{tried} programs, {refused} refused for empty windows, {asked} values compared, {present} of them present"
    );
}

fn check(
    name: &str,
    text: &str,
    set: &FeatureSet,
    (people, places): (&[Person], &[(u32, Place)]),
    as_of: Day,
) -> (usize, usize) {
    let mut first: Option<Vec<Vec<i64>>> = None;
    for (buckets, threads) in WAYS {
        let Some((_, place)) = places.iter().find(|(number, _)| *number == buckets) else { continue };
        let columns = place.ask(set, as_of, threads);
        let known = first.get_or_insert_with(|| columns.clone());
        assert!(columns == *known, "{name}: {buckets} buckets and {threads} threads give other columns\n{text}");
    }
    let columns = first.unwrap_or_default();
    let (mut asked, mut present) = (0, 0);
    for (number, person) in people.iter().enumerate() {
        for (position, slowly) in slow::values(set, person, as_of).into_iter().enumerate() {
            let feature = &set.features[position];
            let quickly = value(&columns[position], number);
            assert!(
                quickly == slowly,
                "{name}: {} of person {number} as of {as_of} is {quickly:?} fast and {slowly:?} slow\n{:#?}\n{text}\n{person:#?}",
                feature.id,
                feature.source
            );
            asked += 1;
            present += usize::from(slowly.is_some());
        }
    }
    (asked, present)
}

pub fn person(dice: &mut Dice, as_of: Day) -> Person {
    let born = Day(as_of.0 - dice.between(-20, 36_000) as i32);
    let count = dice.below(16);
    Person {
        born: (!dice.percent(8)).then_some(born),
        died: dice.percent(25).then(|| Day(as_of.0 + dice.between(-700, 30) as i32)),
        sex: *dice.one(&[Sex::Male, Sex::Female, Sex::Indeterminate, Sex::Unknown]),
        imd: dice.below(11) as u8,
        registered: dice.percent(80),
        care_home: dice.percent(15),
        household: dice.below(4) as u16,
        lists: SOURCES.iter().filter(|_| dice.percent(50)).map(|source| (*source).to_owned()).collect(),
        events: (0..count).map(|_| event(dice, as_of)).collect(),
    }
}

pub fn event(dice: &mut Dice, as_of: Day) -> Event {
    // Days crowd together at times, so that windows and neighbours meet.
    let back = if dice.percent(50) { dice.between(-30, 60) } else { dice.between(-30, 800) };
    let date = Day(as_of.0 - back as i32);
    let kind = *dice.one(&[
        EventKind::Admission,
        EventKind::Diagnosis,
        EventKind::EmergencyAttendance,
        EventKind::GpObservation,
        EventKind::GpAppointment,
    ]);
    let code = *dice.one(&[
        (CodeSystem::Icd10, "I501"),
        (CodeSystem::Icd10, "I110"),
        (CodeSystem::Icd10, "C349"),
        (CodeSystem::Icd10, "C787"),
        (CodeSystem::Icd10, "F001"),
        (CodeSystem::Icd10, "W19"),
        (CodeSystem::SnomedCt, "84114007"),
        (CodeSystem::SnomedCt, "38341003"),
    ]);
    Event {
        date,
        // A few ends lie before their beginnings, as in real extracts.
        end: (!dice.percent(30)).then(|| Day(date.0 + dice.between(-1, 12) as i32)),
        kind,
        method: *dice.one(&[Method::None, Method::Emergency, Method::Elective, Method::DayCase]),
        status: *dice.one(&[Status::None, Status::Active, Status::Attended]),
        code: (!dice.percent(20)).then(|| (code.0, code.1.to_owned())),
        detail: dice.percent(50).then(|| (CodeSystem::TreatmentFunction, (*dice.one(&["430", "300"])).to_owned())),
        provider: dice.percent(70).then(|| (*dice.one(&["RX101", "RX102", "RYR01"])).to_owned()),
        value: dice.percent(60).then(|| dice.between(-2_000, 90_000)),
        cost: dice.percent(60).then(|| dice.between(-100, 200_000)),
        spell: dice.below(4) as u32,
        source: (*dice.one(&SOURCES)).to_owned(),
    }
}
