//! Small invented places for the tests.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use lake::{
    CodeRow, DictionaryBuilder, EventRow, IdentityRow, LakeError, PersonRow, SnapshotId, SnapshotPlan, SnapshotWriter,
    SourceFile, SourceInfo,
};
use nhs::{CodeSystem, Day, Ethnicity, EventKind, Lsoa, Method, NhsNumber, OdsCode, Sex, Status};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// Entries of the test dictionary, the empty one included.
pub const CODES: u32 = 9;

pub fn dictionary() -> Vec<CodeRow> {
    let mut builder = DictionaryBuilder::new();
    for code in ["I500", "I501", "I509", "F03", "E119"] {
        builder.number(CodeSystem::Icd10, code, "");
    }
    builder.number(CodeSystem::TreatmentFunction, "430", "Geriatric medicine");
    builder.number(CodeSystem::None, "RTA", "A trust");
    builder.number(CodeSystem::SnomedCt, "38341003", "Hypertensive disorder");
    builder.finish()
}

/// A whole place in memory.
#[derive(Debug, Clone)]
pub struct Place {
    pub people: Vec<PersonRow>,
    pub identities: Vec<IdentityRow>,
    pub events: Vec<EventRow>,
}

pub fn sources() -> Vec<SourceInfo> {
    let file = SourceFile { path: "gp.csv".to_owned(), bytes: 12, hash: "none:0".to_owned() };
    let source =
        |id: &str, files| SourceInfo { id: id.to_owned(), name: id.to_uppercase(), files, loaded: 3, quarantined: 1 };
    vec![source("gp", vec![file]), source("apc", Vec::new())]
}

pub fn as_of() -> Day {
    Day(20_000)
}

pub fn plan(sequence: u32, place: &Place, per_bucket: u32) -> SnapshotPlan {
    let id = SnapshotId::of(as_of(), sequence);
    let mut plan = SnapshotPlan::new(id, as_of(), place.people.len() as u32, sources());
    plan.people_per_bucket = per_bucket;
    plan
}

/// Writes a place on so many threads and makes it live.
pub fn write(
    lake: &Path,
    sequence: u32,
    place: &Place,
    per_bucket: u32,
    threads: u32,
) -> Result<SnapshotId, LakeError> {
    let writer = SnapshotWriter::create(lake, plan(sequence, place, per_bucket))?;
    write_buckets(&writer, place, threads)?;
    writer.set_dictionary(dictionary())?;
    writer.write_link(vec![(u64::MAX, 5), (3, 7)])?;
    writer.set_quality("{\"good\": true}".to_owned())?;
    writer.finish(BTreeMap::from([("loader".to_owned(), "test".to_owned())]))
}

pub fn write_buckets(writer: &SnapshotWriter, place: &Place, threads: u32) -> Result<(), LakeError> {
    let one = |bucket: u32| {
        let range = writer.plan().bucket_range(bucket);
        let rows = range.start as usize..range.end as usize;
        let mut events: Vec<EventRow> = place.events.iter().filter(|e| range.contains(&e.person)).copied().collect();
        writer.write_bucket(bucket, &place.people[rows.clone()], &place.identities[rows], &mut events)
    };
    std::thread::scope(|scope| {
        let work = |thread: u32| (thread..writer.plan().bucket_count()).step_by(threads as usize).try_for_each(one);
        let helpers: Vec<_> = (0..threads).map(|t| scope.spawn(move || work(t))).collect();
        helpers.into_iter().try_for_each(|h| h.join().unwrap())
    })
}

pub fn any_event(people: u32) -> impl Strategy<Value = EventRow> {
    let kinds = prop::sample::select(vec![EventKind::Admission, EventKind::Diagnosis, EventKind::GpObservation]);
    let codes = (0..CODES, 0..CODES, 0..CODES, 0u32..3, 0u8..2);
    let how = (prop::sample::select(Method::ALL[..4].to_vec()), prop::sample::select(Status::ALL.to_vec()));
    let numbers = (prop::option::of(-5_000i64..5_000), prop::option::of(-100i64..100_000));
    (0..people, 19_960i32..20_010, prop::option::of(-1i32..40), kinds, how, codes, numbers).prop_map(
        |(person, date, stay, kind, (method, status), (code, provider, detail, link, source), (value, cost))| {
            EventRow {
                person,
                date: Day(date),
                end: stay.map(|n| Day(date + n)),
                kind,
                method,
                status,
                code,
                provider,
                detail,
                value,
                cost,
                link,
                source,
            }
        },
    )
}

fn any_person() -> impl Strategy<Value = (PersonRow, IdentityRow)> {
    let days = [0; 4].map(|_| prop::option::of((-30_000i32..20_000).prop_map(Day)));
    let sex = prop::sample::select(vec![Sex::Unknown, Sex::Male, Sex::Female, Sex::Indeterminate]);
    let ethnicity = prop::sample::select(vec!["A", "H", "Z", "99"]);
    let practice = prop::option::of(prop::sample::select(vec!["A81001", "A81002"]));
    let numbers = (0u8..11, 0u32..5, 0u16..9, any::<u32>(), prop::option::of(0u32..1_000_000));
    let words = (
        "[A-Za-zÀ-ü' -]{0,12}",
        "[A-Za-z-]{0,9}",
        ".{0,20}",
        "[A-Z]{1,2}[0-9] [0-9][A-Z]{2}",
        prop::option::of(1u64..1_000_000),
    );
    (1u64..1000, days, sex, ethnicity, practice, numbers, words).prop_map(
        |(step, [birth, death, registered_from, registered_to], sex, ethnicity, practice, numbers, words)| {
            let (imd_decile, household, household_size, lists, lsoa) = numbers;
            let practice = practice.map(|p| OdsCode::parse(p).unwrap());
            let person = PersonRow {
                id: step,
                birth,
                death,
                sex,
                ethnicity: Ethnicity::parse(ethnicity).unwrap(),
                practice,
                registered_from,
                registered_to,
                lsoa: lsoa.and_then(Lsoa::from_value),
                imd_decile,
                household,
                household_size,
                care_home: practice,
                lists,
            };
            let (family_name, given_name, address, postcode, number) = words;
            let nhs_number = number.and_then(|n| NhsNumber::from_first_nine(900_000_000 + n));
            (person, IdentityRow { id: step, nhs_number, family_name, given_name, address, postcode })
        },
    )
}

/// Up to so many people with up to so many events in all.
pub fn any_place(people: usize, events: usize) -> impl Strategy<Value = Place> {
    prop::collection::vec(any_person(), 1..=people).prop_flat_map(move |pairs| {
        let count = pairs.len() as u32;
        prop::collection::vec(any_event(count), 0..=events).prop_map(move |events| {
            let (mut people, mut identities): (Vec<_>, Vec<_>) = pairs.iter().cloned().unzip();
            let mut id = 0;
            for (person, identity) in people.iter_mut().zip(&mut identities) {
                id += person.id;
                (person.id, identity.id) = (id, id);
            }
            Place { people, identities, events }
        })
    })
}

/// The events in the order in which the lake keeps them, by a plain stable sort of every field.
pub fn sorted(events: &[EventRow]) -> Vec<EventRow> {
    let mut events = events.to_vec();
    events.sort_by_key(|e| {
        (
            (e.person, e.date, e.kind),
            (e.method, e.status, e.code, e.provider, e.detail),
            (e.end, e.value, e.cost, e.link, e.source),
        )
    });
    events
}

/// A place that is the same in every run, large enough for several buckets and row groups.
pub fn made_place(people: u32, events_each: u32) -> Place {
    let mut state = 1u64;
    let mut next = move |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) % u64::from(below)) as u32
    };
    let mut place = Place { people: Vec::new(), identities: Vec::new(), events: Vec::new() };
    for person in 0..people {
        let id = u64::from(person) * 3 + 1;
        let birth = Some(Day(next(25_000) as i32 - 8_000));
        place.people.push(PersonRow {
            id,
            birth,
            sex: Sex::Female,
            imd_decile: (next(10) + 1) as u8,
            ..PersonRow::default()
        });
        place.identities.push(IdentityRow {
            id,
            nhs_number: NhsNumber::from_first_nine(999_000_000 + u64::from(person)),
            family_name: format!("O'Family{}", person % 97),
            given_name: format!("Given{}-Jane", person % 89),
            address: format!("{person} High Street"),
            postcode: format!("TS{} {}HU", person % 30, person % 10),
        });
        for _ in 0..events_each {
            let date = Day(19_000 + next(1_200) as i32);
            place.events.push(EventRow {
                person,
                date,
                end: (next(3) > 0).then_some(Day(date.0 + next(9) as i32)),
                kind: EventKind::ALL[next(15) as usize],
                method: Method::ALL[next(20) as usize],
                status: Status::ALL[next(10) as usize],
                code: next(CODES),
                provider: next(CODES),
                detail: next(CODES),
                value: (next(4) == 0).then_some(i64::from(next(200_000)) - 1000),
                cost: (next(2) == 0).then_some(i64::from(next(500_000))),
                link: next(50),
                source: next(2) as u8,
            });
        }
    }
    place
}
