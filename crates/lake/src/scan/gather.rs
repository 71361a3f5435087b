//! Buckets in memory that are not one bucket on disk: some people of one, or everybody of a small snapshot.

use super::{Bucket, Columns, NO_DAY, NO_NUMBER};
use crate::people::Histories;
use crate::{EventRow, LakeError, PersonRow, Snapshot, format::person};
use std::ops::Range;

impl Bucket {
    /// A bucket of people whose events come person after person; [`EventRow::person`] is the position.
    pub(crate) fn of(people: Vec<PersonRow>, events: &[EventRow]) -> Self {
        let mut offsets = vec![0; people.len() + 1];
        for event in events {
            if let Some(count) = offsets.get_mut(event.person as usize + 1) {
                *count += 1;
            }
        }
        for position in 1..offsets.len() {
            offsets[position] += offsets[position - 1];
        }
        let rows = || events.iter();
        Self {
            number: 0,
            first_person: 0,
            offsets,
            people,
            days: [rows().map(|e| e.date.0).collect(), rows().map(|e| e.end.map_or(NO_DAY, |day| day.0)).collect()],
            small: [
                rows().map(|e| e.kind.number()).collect(),
                rows().map(|e| e.method.number()).collect(),
                rows().map(|e| e.status.number()).collect(),
                rows().map(|e| e.source).collect(),
            ],
            numbers: [
                rows().map(|e| e.code).collect(),
                rows().map(|e| e.provider).collect(),
                rows().map(|e| e.detail).collect(),
                rows().map(|e| e.link).collect(),
            ],
            large: [
                rows().map(|e| e.value.unwrap_or(NO_NUMBER)).collect(),
                rows().map(|e| e.cost.unwrap_or(NO_NUMBER)).collect(),
            ],
            scratch: Vec::new(),
        }
    }

    /// Appends the people of another bucket that was read with the same columns.
    fn append(&mut self, mut other: Self) {
        let shift = self.offsets.last().copied().unwrap_or(0);
        if self.offsets.is_empty() {
            self.offsets.push(0);
        }
        self.offsets.extend(other.offsets.iter().skip(1).map(|end| end + shift));
        self.people.append(&mut other.people);
        self.days.iter_mut().zip(&mut other.days).for_each(|(all, own)| all.append(own));
        self.small.iter_mut().zip(&mut other.small).for_each(|(all, own)| all.append(own));
        self.numbers.iter_mut().zip(&mut other.numbers).for_each(|(all, own)| all.append(own));
        self.large.iter_mut().zip(&mut other.large).for_each(|(all, own)| all.append(own));
    }

    /// Reads only the people at these positions of a bucket, in ascending order: of the events only the pages that hold
    /// theirs.
    fn read_people(
        &mut self,
        snapshot: &Snapshot,
        bucket: u32,
        columns: Columns,
        positions: &[usize],
    ) -> Result<(), LakeError> {
        self.clear();
        self.number = bucket;
        let (file, people) = snapshot.people_file("person", bucket)?;
        let mut starts = Vec::with_capacity(people + 1);
        starts.push(0usize);
        let mut sum = 0;
        for count in person::read_event_counts(&file, people)? {
            sum += count as usize;
            starts.push(sum);
        }
        let missing = || LakeError::NotThere(format!("somebody is not in bucket {bucket}"));
        let mut rows: Vec<Range<usize>> = Vec::with_capacity(positions.len());
        self.offsets.push(0);
        let mut events = 0;
        for &position in positions {
            let (start, end) = (starts.get(position), starts.get(position + 1));
            let (Some(&start), Some(&end)) = (start, end) else { return Err(missing()) };
            events += end - start;
            self.offsets.push(u32::try_from(events).map_err(|_| missing())?);
            rows.push(start..end);
        }
        let pick: Vec<Range<usize>> = positions.iter().map(|&p| p..p + 1).collect();
        if columns.has_any(Columns::PEOPLE) {
            self.people = person::read_some(&file, &pick, columns)?;
        }
        let file = snapshot.event_file(bucket)?;
        let mut first = 0;
        for (group, count) in file.groups().into_iter().enumerate() {
            let inside = rows.iter().map(|r| r.start.max(first)..r.end.min(first + count)).filter(|r| r.start < r.end);
            let pick: Vec<Range<usize>> = inside.map(|r| r.start - first..r.end - first).collect();
            if !pick.is_empty() {
                self.read_rows(&file, group, &pick, columns)?;
            }
            first += count;
        }
        Ok(())
    }
}

impl Snapshot {
    /// Everybody of a small snapshot, in memory.
    pub fn whole(&self, columns: Columns) -> Result<Histories, LakeError> {
        let mut all = Bucket::default();
        all.offsets.push(0);
        for number in 0..self.manifest().buckets.len() as u32 {
            let mut bucket = Bucket::default();
            bucket.read(self, number, columns)?;
            all.append(bucket);
        }
        Ok(Histories { bucket: all })
    }

    /// Only the people at these positions of a bucket, in ascending order.
    pub fn some_of(&self, bucket: u32, positions: &[usize], columns: Columns) -> Result<Histories, LakeError> {
        let mut some = Bucket::default();
        some.read_people(self, bucket, columns, positions)?;
        Ok(Histories { bucket: some })
    }
}
