//! People and events written as a snapshot in a temporary folder and asked through the one-pass engine.

use crate::slow::{Code, Person};
use blueprint::FeatureSet;
use lake::{DictionaryBuilder, EventRow, IdentityRow, PersonRow, Snapshot, SnapshotPlan, SnapshotWriter, SourceInfo};
use nhs::{CodeSystem, Day, Lsoa, OdsCode};
use population::{ABSENT, FeatureProgram, NOWHERE};
use std::collections::BTreeMap;

/// The sources of every made-up place.
pub const SOURCES: [&str; 3] = ["gp", "hospital", "register"];

/// A snapshot of some people in so many buckets.
pub struct Place {
    _folder: tempfile::TempDir,
    snapshot: Snapshot,
}

impl Place {
    /// Writes people in so many buckets (or one each where there are fewer people).
    pub fn write(people: &[Person], as_of: Day, buckets: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = |id: &str| SourceInfo {
            id: id.to_owned(),
            name: id.to_owned(),
            files: Vec::new(),
            loaded: 0,
            quarantined: 0,
        };
        let id = Snapshot::next_id(folder.path(), as_of).unwrap();
        let mut plan = SnapshotPlan::new(id, as_of, people.len() as u32, SOURCES.map(source).to_vec());
        plan.people_per_bucket = (people.len() as u32).div_ceil(buckets).max(1);
        let ranges: Vec<_> = (0..plan.bucket_count()).map(|bucket| plan.bucket_range(bucket)).collect();
        let writer = SnapshotWriter::create(folder.path(), plan).unwrap();
        let mut dictionary = DictionaryBuilder::new();
        let rows: Vec<EventRow> =
            (0..).zip(people).flat_map(|(n, person)| events(n, person, &mut dictionary)).collect();
        writer.set_dictionary(dictionary.finish()).unwrap();
        for (bucket, range) in (0..).zip(ranges) {
            let own: Vec<PersonRow> = range.clone().map(|n| row(n, &people[n as usize])).collect();
            let who: Vec<IdentityRow> =
                own.iter().map(|person| IdentityRow { id: person.id, ..IdentityRow::default() }).collect();
            let mut events: Vec<EventRow> =
                rows.iter().filter(|event| range.contains(&event.person)).copied().collect();
            writer.write_bucket(bucket, &own, &who, &mut events).unwrap();
        }
        writer.finish(BTreeMap::new()).unwrap();
        let snapshot = Snapshot::open(folder.path()).unwrap();
        Self { _folder: folder, snapshot }
    }

    /// The columns of a set of features, one after the other bucket.
    pub fn ask(&self, set: &FeatureSet, as_of: Day, threads: usize) -> Vec<Vec<i64>> {
        let program = FeatureProgram::new(set, &self.snapshot, as_of).unwrap();
        let practice = |person: &PersonRow| if person.practice.is_some() { 0 } else { NOWHERE };
        let parts = self
            .snapshot
            .scan(program.columns(), threads, |view| {
                let practices: Vec<u16> = view.people.iter().map(practice).collect();
                program.run(view, &practices)
            })
            .unwrap();
        let mut columns = vec![Vec::new(); set.features.len()];
        for part in parts {
            columns.iter_mut().zip(part).for_each(|(all, own)| all.extend(own));
        }
        columns
    }

    /// The refusal of a set of features that does not fit the snapshot.
    pub fn refusal(&self, set: &FeatureSet, as_of: Day) -> Option<String> {
        FeatureProgram::new(set, &self.snapshot, as_of).err().map(|error| error.to_string())
    }
}

/// The value of one person, `None` where there is none.
pub fn value(column: &[i64], person: usize) -> Option<i64> {
    Some(column[person]).filter(|&value| value != ABSENT)
}

pub fn row(number: u32, person: &Person) -> PersonRow {
    let lists = SOURCES.iter().enumerate().filter(|(_, source)| person.lists.iter().any(|list| list == *source));
    PersonRow {
        id: u64::from(number) * 3 + 1,
        birth: person.born,
        death: person.died,
        sex: person.sex,
        practice: person.registered.then(|| OdsCode::parse("A81001").unwrap()),
        lsoa: Lsoa::from_value(1),
        imd_decile: person.imd,
        household: number,
        household_size: person.household,
        care_home: person.care_home.then(|| OdsCode::parse("VL001").unwrap()),
        lists: lists.fold(0, |bits, (bit, _)| bits | 1 << bit),
        ..PersonRow::default()
    }
}

pub fn events(number: u32, person: &Person, dictionary: &mut DictionaryBuilder) -> Vec<EventRow> {
    let mut coded =
        |code: &Option<Code>| code.as_ref().map_or(0, |(system, code)| dictionary.number(*system, code, ""));
    let rows = person.events.iter().map(|event| EventRow {
        person: number,
        date: event.date,
        end: event.end,
        kind: event.kind,
        method: event.method,
        status: event.status,
        code: coded(&event.code),
        provider: coded(&event.provider.clone().map(|code| (CodeSystem::None, code))),
        detail: coded(&event.detail),
        value: event.value,
        cost: event.cost,
        link: event.spell,
        source: SOURCES.iter().position(|source| *source == event.source).unwrap_or(0) as u8,
    });
    rows.collect()
}
