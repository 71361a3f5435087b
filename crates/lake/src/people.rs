//! Whole people in memory with their histories: taken out of snapshots, put together, written as small snapshots.

use crate::format::event;
use crate::scan::Bucket;
use crate::{
    BucketView, CodeRow, EventRow, IdentityRow, LakeError, NO_DAY, NO_NUMBER, PersonRow, SnapshotId, SnapshotPlan,
    SnapshotWriter, SourceInfo,
};
use nhs::{Day, EventKind, Method, Status};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

/// People in the order of their identifiers, with their events. [`EventRow::person`] is the position among these people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleRows {
    /// The people.
    pub people: Vec<PersonRow>,
    /// Their events, those of one person together, in the order of the people.
    pub events: Vec<EventRow>,
}

/// What a small snapshot is written with beside its people.
pub(crate) struct Written<'a> {
    pub id: SnapshotId,
    pub as_of: Day,
    pub sources: &'a [SourceInfo],
    pub codes: Vec<CodeRow>,
    pub extras: BTreeMap<String, String>,
}

impl PeopleRows {
    /// Takes somebody out of a bucket.
    pub fn push(&mut self, view: &BucketView<'_>, position: usize) {
        let person = self.people.len() as u32;
        self.people.push(view.people.get(position).cloned().unwrap_or_default());
        self.events.extend(view.events_of(position).filter_map(|event| row(view, event, person)));
    }

    /// Adds events of a bucket's person to the last of these people.
    pub fn push_events(&mut self, view: &BucketView<'_>, position: usize) {
        let Some(person) = self.people.len().checked_sub(1) else { return };
        self.events.extend(view.events_of(position).filter_map(|event| row(view, event, person as u32)));
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        let shift = self.people.len() as u32;
        other.events.iter_mut().for_each(|event| event.person += shift);
        self.people.append(&mut other.people);
        self.events.append(&mut other.events);
    }

    /// Writes the people as a snapshot of their own. Who they are is not written.
    pub(crate) fn write(mut self, dir: &Path, with: Written<'_>) -> Result<(), LakeError> {
        let plan = SnapshotPlan::new(with.id, with.as_of, self.people.len() as u32, with.sources.to_vec());
        let writer = SnapshotWriter::create(dir, plan)?;
        let mut events = self.events.as_mut_slice();
        for bucket in 0..writer.plan().bucket_count() {
            let range = writer.plan().bucket_range(bucket);
            let people = &self.people[range.start as usize..range.end as usize];
            let who: Vec<IdentityRow> =
                people.iter().map(|p| IdentityRow { id: p.id, ..IdentityRow::default() }).collect();
            let (own, rest) = events.split_at_mut(events.partition_point(|event| event.person < range.end));
            writer.write_bucket(bucket, people, &who, own)?;
            events = rest;
        }
        writer.set_dictionary(with.codes)?;
        writer.finish(with.extras)?;
        Ok(())
    }
}

/// People with their histories, as the engine looks at them.
#[derive(Debug, Default)]
pub struct Histories {
    pub(crate) bucket: Bucket,
}

impl Histories {
    /// Puts people together whose events come person after person, in any order within each.
    pub fn new(mut rows: PeopleRows) -> Self {
        event::sort(&mut rows.events);
        Self { bucket: Bucket::of(rows.people, &rows.events) }
    }

    /// Everybody, as one bucket.
    pub fn view(&self) -> BucketView<'_> {
        self.bucket.view()
    }

    /// The people whose identifiers lie in a range.
    pub fn between(&self, ids: &Range<u64>) -> BucketView<'_> {
        let all = self.bucket.view();
        let start = all.people.partition_point(|person| person.id < ids.start);
        let end = all.people.partition_point(|person| person.id < ids.end).max(start);
        all.part(start..end)
    }
}

/// An event as a row, empty in columns that were not read; `None` for a kind that this version does not know, which no
/// question counts.
pub(crate) fn row(view: &BucketView<'_>, event: usize, person: u32) -> Option<EventRow> {
    let day = |days: &[i32]| days.get(event).copied().filter(|&day| day != NO_DAY).map(Day);
    let large = |numbers: &[i64]| numbers.get(event).copied().filter(|&number| number != NO_NUMBER);
    let number = |numbers: &[u32]| numbers.get(event).copied().unwrap_or(0);
    let small = |numbers: &[u8]| numbers.get(event).copied().unwrap_or(0);
    Some(EventRow {
        person,
        date: Day(view.date.get(event).copied().unwrap_or(0)),
        end: day(view.end),
        kind: EventKind::from_number(small(view.kind))?,
        method: Method::from_number(small(view.method)).unwrap_or(Method::Other),
        status: Status::from_number(small(view.status)).unwrap_or(Status::Other),
        code: number(view.code),
        provider: number(view.provider),
        detail: number(view.detail),
        value: large(view.value),
        cost: large(view.cost),
        link: number(view.link),
        source: small(view.source),
    })
}
