//! Random programs on random people through random months: what a refresh makes of kept rows and of the segments of changes is,
//! to the byte, what a computation from the start makes of the same people in a lake written anew.

use crate::dice::Dice;
use crate::fast::{SOURCES, events, row};
use crate::slow::Person;
use crate::{generate, random, table};
use blueprint::{FeatureSet, OnlyBuiltin, feature_set};
use lake::people::PeopleRows;
use lake::segment::{self, Changed};
use lake::{
    CodeRow, Columns, DictionaryBuilder, IdentityRow, Segment, Snapshot, SnapshotId, SnapshotPlan, SnapshotWriter,
    SourceInfo,
};
use nhs::Day;
use population::ABSENT;
use population::features::Kept;
use population::state::{self, Refreshed, Rows, State, Sums};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

type People = BTreeMap<u64, Person>;

/// Of each feature how many have a value, and the sum of the values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Totals(Vec<[i64; 2]>);

impl Sums for Totals {
    fn put(&mut self, rows: &Rows<'_>, sign: i64) {
        for (feature, total) in self.0.iter_mut().enumerate() {
            let values = if feature == 0 { rows.mark() } else { rows.feature(feature - 1) };
            assert_eq!(values.len(), rows.len(), "a wanted feature is there for everybody");
            for &value in values.iter().filter(|value| **value != ABSENT) {
                total[0] += sign;
                total[1] = total[1].wrapping_add(value.wrapping_mul(sign));
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        for (own, more) in self.0.iter_mut().zip(&other.0) {
            *own = [own[0] + more[0], own[1].wrapping_add(more[1])];
        }
    }
}

/// A dictionary that goes on from where another ends.
fn after(codes: &[CodeRow]) -> DictionaryBuilder {
    let mut builder = DictionaryBuilder::new();
    for code in codes.iter().skip(1) {
        builder.number(code.system, &code.code, &code.name);
    }
    builder
}

fn rows<'p>(people: impl Iterator<Item = (u64, &'p Person)>, codes: &mut DictionaryBuilder) -> PeopleRows {
    let mut rows = PeopleRows::default();
    for (id, person) in people {
        let number = rows.people.len() as u32;
        rows.people.push(lake::PersonRow { id, ..row(number, person) });
        rows.events.extend(events(number, person, codes));
    }
    rows
}

fn write(folder: &Path, people: &People, as_of: Day, buckets: u32) -> Snapshot {
    let source = |id: &str| SourceInfo { id: id.into(), name: id.into(), files: vec![], loaded: 0, quarantined: 0 };
    let id = SnapshotId::of(as_of, 1);
    let mut plan = SnapshotPlan::new(id, as_of, people.len() as u32, SOURCES.map(source).to_vec());
    plan.people_per_bucket = (people.len() as u32).div_ceil(buckets).max(1);
    let writer = SnapshotWriter::create(folder, plan).unwrap();
    let mut codes = DictionaryBuilder::new();
    let mut all = rows(people.iter().map(|(id, person)| (*id, person)), &mut codes);
    for bucket in 0..writer.plan().bucket_count() {
        let range = writer.plan().bucket_range(bucket);
        let own = &all.people[range.start as usize..range.end as usize];
        let who: Vec<IdentityRow> = own.iter().map(|p| IdentityRow { id: p.id, ..IdentityRow::default() }).collect();
        let mut of: Vec<_> = all.events.iter().filter(|event| range.contains(&event.person)).copied().collect();
        writer.write_bucket(bucket, own, &who, &mut of).unwrap();
    }
    all.people.clear();
    writer.set_dictionary(codes.finish()).unwrap();
    writer.finish(BTreeMap::new()).unwrap();
    Snapshot::open(folder).unwrap()
}

/// What a month does to people: changed in place, and told as a segment tells it.
fn month(dice: &mut Dice, people: &mut People, as_of: Day, codes: &mut DictionaryBuilder) -> Changed {
    let (mut added, mut replaced, mut gone) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let stays = dice.percent(70);
    for (&id, person) in people.iter_mut() {
        match dice.below(100) {
            0..40 => {
                // New rows belong to spells of their own.
                let spell = person.events.iter().map(|event| event.spell).max().unwrap_or(0);
                let mut new = Person::default();
                for _ in 0..=dice.below(3) {
                    let mut event = random::event(dice, as_of);
                    event.spell = if event.spell == 0 { 0 } else { spell + event.spell };
                    new.events.push(event);
                }
                person.events.extend(new.events.iter().cloned());
                added.insert(id, new);
            }
            40..46 if stays => {
                person.events.pop();
                person.imd = dice.below(11) as u8;
                replaced.insert(id, person.clone());
            }
            46..52 if stays => gone.push(id),
            _ => {}
        }
    }
    for id in &gone {
        people.remove(id);
    }
    for _ in 0..if stays { dice.below(4) } else { 0 } {
        // Among the others, after them, and again somebody who left.
        let id = dice.between(1, 90) as u64;
        if !people.contains_key(&id) && !gone.contains(&id) {
            let person = random::person(dice, as_of);
            people.insert(id, person.clone());
            replaced.insert(id, person);
        }
    }
    let told = |people: &BTreeMap<u64, Person>, codes: &mut DictionaryBuilder| {
        rows(people.iter().map(|(id, person)| (*id, person)), codes)
    };
    Changed { added: told(&added, codes), replaced: told(&replaced, codes), gone }
}

fn kept<'a>(set: &'a FeatureSet, snapshot: &Snapshot, as_of: Day) -> (Kept<'a>, Totals) {
    let wanted: Vec<usize> = (0..set.features.len()).collect();
    let mark = Box::new(|person: &lake::PersonRow| i64::from(person.imd_decile));
    let kept = Kept::new(set, &wanted, snapshot, as_of, (mark, Columns::PERSON_IMD)).unwrap();
    (kept, Totals(vec![[0; 2]; set.features.len() + 1]))
}

/// The bytes and sums of everybody's state from the start.
fn from_the_start(folder: &Path, set: &FeatureSet, snapshot: &Snapshot, as_of: Day) -> (Vec<u8>, Totals) {
    let (kept, nothing) = kept(set, snapshot, as_of);
    let state = state::build(folder, snapshot, &kept, "key", &nothing, 2).unwrap();
    (exported(folder, &state, &kept), state.sums)
}

fn exported(folder: &Path, state: &State<Totals>, kept: &Kept<'_>) -> Vec<u8> {
    let path = folder.join("rows");
    state.export(&path, kept).unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn months_of_changes_give_the_bytes_of_a_rebuild() {
    let wanted = std::env::var("VANGUARD_PLACES").ok().and_then(|n| n.parse().ok()).unwrap_or(4u64);
    let (mut tried, mut histories, mut folded) = (0, 0, 0);
    for seed in 0..wanted {
        let mut dice = Dice(0x6d6f_6e74 + seed);
        let as_of = table::day(["2026-03-31", "2025-02-28", "2024-02-29"][dice.below(3)]);
        let folder = tempfile::tempdir().unwrap();
        let count = 1 + dice.below(30) as u64;
        let mut people: People = (0..count).map(|n| (n * 2 + 1, random::person(&mut dice, as_of))).collect();
        let lake = folder.path().join("lake");
        let base = write(&lake, &people, as_of, 1 + dice.below(4) as u32);
        let mut codes = after(base.dictionary().rows());
        let mut rebuilt = Vec::new();
        let names: Vec<SnapshotId> = (1..=3).map(|n| SnapshotId::parse(&format!("month-{n}")).unwrap()).collect();
        for name in &names {
            let changed = month(&mut dice, &mut people, as_of, &mut codes);
            let all = codes.finish();
            segment::write(&lake, name, &base, &all, changed).unwrap();
            codes = after(&all);
            rebuilt.push(write(&folder.path().join(name.as_str()), &people, as_of, 1 + dice.below(4) as u32));
        }
        for program in 0..8 {
            let name = format!("seed {seed}, program {program}");
            let features = 1 + dice.below(if program < 4 { 3 } else { 12 });
            let text = generate::program(&mut dice, features);
            let (Some(set), _) = feature_set("random.toml", &text, &OnlyBuiltin) else { continue };
            let state_folder = folder.path().join(format!("state-{program}"));
            from_the_start(&state_folder, &set, &base, as_of);
            for month in 1..=names.len() {
                let segments: Vec<Segment> =
                    names[..month].iter().map(|name| Segment::open(&lake, name).unwrap()).collect();
                let (kept, nothing) = kept(&set, &segments[month - 1].added, as_of);
                let open = || Snapshot::open(&lake);
                let threads = 1 + dice.below(3);
                let done = state::refresh(&state_folder, &kept, "key", &segments, &open, &nothing, threads).unwrap();
                let (sums, done): (Totals, Refreshed) = done.unwrap();
                let state = State::<Totals>::open(&state_folder).unwrap();
                let bytes = exported(&state_folder, &state, &kept);
                let fresh = folder.path().join("fresh");
                let (expected, totals) = from_the_start(&fresh, &set, &rebuilt[month - 1], as_of);
                assert_eq!((&sums, &state.sums), (&totals, &totals), "{name}, month {month}\n{text}");
                assert!(bytes == expected, "{name}, month {month}: other rows\n{text}");
                tried += 1;
                histories += done.histories;
                folded += segments[month - 1].people() - done.histories;
            }
        }
    }
    println!("{tried} refreshes; {folded} people without and {histories} people with a look at their history");
    assert!(tried > 5 * wanted as usize && folded > histories / 4 && histories > 0);
}

#[test]
fn a_state_of_something_else_is_not_taken_up() {
    let mut dice = Dice(5);
    let as_of = table::day("2026-03-31");
    let folder = tempfile::tempdir().unwrap();
    let mut people: People = (1..9).map(|id| (id, random::person(&mut dice, as_of))).collect();
    let lake = folder.path().join("lake");
    let base = write(&lake, &people, as_of, 2);
    let mut codes = after(base.dictionary().rows());
    let changed = month(&mut dice, &mut people, as_of, &mut codes);
    let name = SnapshotId::parse("month").unwrap();
    let all = codes.finish();
    segment::write(&lake, &name, &base, &all, changed).unwrap();
    let twice = rows([(1, &people[people.keys().next().unwrap()])].into_iter(), &mut after(&all));
    let both = Changed { added: twice.clone(), replaced: twice, gone: Vec::new() };
    let refused = segment::write(&lake, &SnapshotId::parse("twice").unwrap(), &base, &all, both).unwrap_err();
    assert!(refused.to_string().contains("named twice"), "{refused}");
    let short = segment::write(&lake, &SnapshotId::parse("short").unwrap(), &base, &all[..1], Changed::default());
    assert!(short.unwrap_err().to_string().contains("does not begin with"));
    let text = "[feature.spells]\ncount = \"diagnosis\"\n";
    let set = feature_set("one.toml", text, &OnlyBuiltin).0.unwrap();
    let state_folder = folder.path().join("state");
    from_the_start(&state_folder, &set, &base, as_of);
    let segments = [Segment::open(&lake, &name).unwrap()];
    let (kept, nothing) = kept(&set, &segments[0].added, as_of);
    let open = || Snapshot::open(&lake);
    let ask =
        |key: &str, folder: &Path| state::refresh(folder, &kept, key, &segments, &open, &nothing, 1).unwrap().is_some();
    assert!(!ask("another key", &state_folder));
    assert!(!ask("key", &lake), "no state is there");
    assert!(ask("key", &state_folder));
    assert!(!ask("key", &state_folder), "the segment is in already");
    std::fs::copy(state_folder.join("state.base"), state_folder.join("state.whole")).unwrap();
    assert!(State::<Totals>::open(&state_folder).is_err(), "files of two states");
}
