//! One pass over everybody's history, bucket by bucket.

use crate::engine::{Program, Values};
use crate::format::event::whole;
use crate::format::person;
use crate::format::reader::ParquetIn;
use crate::{LakeError, PersonRow, Snapshot};
use std::ops::{BitOr, Range};
use std::sync::atomic::{AtomicUsize, Ordering};

mod gather;

/// Stands for no day in [`BucketView::end`].
pub const NO_DAY: i32 = i32::MIN;

/// Stands for no number in [`BucketView::value`], [`BucketView::cost`] and the results of the engine.
pub const NO_NUMBER: i64 = i64::MIN;

/// Which columns a scan reads; the others stay on disk and their slices are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns(u32);

impl Columns {
    /// Only the counts of events of each person.
    pub const NONE: Self = Self(0);
    /// [`BucketView::date`].
    pub const DATE: Self = Self(1);
    /// [`BucketView::end`].
    pub const END: Self = Self(1 << 1);
    /// [`BucketView::kind`].
    pub const KIND: Self = Self(1 << 2);
    /// [`BucketView::method`].
    pub const METHOD: Self = Self(1 << 3);
    /// [`BucketView::status`].
    pub const STATUS: Self = Self(1 << 4);
    /// [`BucketView::code`].
    pub const CODE: Self = Self(1 << 5);
    /// [`BucketView::provider`].
    pub const PROVIDER: Self = Self(1 << 6);
    /// [`BucketView::detail`].
    pub const DETAIL: Self = Self(1 << 7);
    /// [`BucketView::value`].
    pub const VALUE: Self = Self(1 << 8);
    /// [`BucketView::cost`].
    pub const COST: Self = Self(1 << 9);
    /// [`BucketView::link`].
    pub const LINK: Self = Self(1 << 10);
    /// [`BucketView::source`].
    pub const SOURCE: Self = Self(1 << 11);
    /// [`PersonRow::id`] in [`BucketView::people`], whose other fields are empty unless they are asked for too.
    pub const PERSON_ID: Self = Self(1 << 12);
    /// [`PersonRow::birth`] and [`PersonRow::death`].
    pub const PERSON_LIFE: Self = Self(1 << 13);
    /// [`PersonRow::sex`].
    pub const PERSON_SEX: Self = Self(1 << 14);
    /// [`PersonRow::ethnicity`].
    pub const PERSON_ETHNICITY: Self = Self(1 << 15);
    /// [`PersonRow::practice`] and its days.
    pub const PERSON_PRACTICE: Self = Self(1 << 16);
    /// [`PersonRow::lsoa`].
    pub const PERSON_LSOA: Self = Self(1 << 17);
    /// [`PersonRow::imd_decile`].
    pub const PERSON_IMD: Self = Self(1 << 18);
    /// [`PersonRow::household`] and [`PersonRow::household_size`].
    pub const PERSON_HOME: Self = Self(1 << 19);
    /// [`PersonRow::lists`].
    pub const PERSON_LISTS: Self = Self(1 << 20);
    /// [`PersonRow::care_home`].
    pub const PERSON_CARE_HOME: Self = Self(1 << 21);
    /// All of [`BucketView::people`].
    pub const PEOPLE: Self = Self(((1 << 10) - 1) << 12);
    /// Every column of events.
    pub const EVENTS: Self = Self((1 << 12) - 1);
    /// Everything.
    pub const ALL: Self = Self((1 << 22) - 1);

    /// Whether all of `other` are in.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Only those of events.
    #[must_use]
    pub const fn of_events(self) -> Self {
        Self(self.0 & Self::EVENTS.0)
    }

    /// Whether any of `other` is in.
    pub const fn has_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Columns {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// One bucket in memory. Events of one person stand together, in the order of date, then kind.
#[derive(Debug, Clone, Copy)]
pub struct BucketView<'a> {
    /// The bucket's number.
    pub bucket: u32,
    /// The first person number.
    pub first_person: u32,
    /// Where each person's events begin, and one more for the end of the last: one longer than there are people.
    pub offsets: &'a [u32],
    /// The people.
    pub people: &'a [PersonRow],
    /// Days since 1 January 1970.
    pub date: &'a [i32],
    /// Days since 1 January 1970; [`NO_DAY`] where there is none.
    pub end: &'a [i32],
    /// Numbers of [`nhs::EventKind`].
    pub kind: &'a [u8],
    /// Numbers of [`nhs::Method`].
    pub method: &'a [u8],
    /// Numbers of [`nhs::Status`].
    pub status: &'a [u8],
    /// Dictionary numbers; 0 for none.
    pub code: &'a [u32],
    /// Dictionary numbers; 0 for none.
    pub provider: &'a [u32],
    /// Dictionary numbers; 0 for none.
    pub detail: &'a [u32],
    /// Thousandths; [`NO_NUMBER`] where there is none.
    pub value: &'a [i64],
    /// Pence; [`NO_NUMBER`] where there is none.
    pub cost: &'a [i64],
    /// Spell numbers; 0 for none.
    pub link: &'a [u32],
    /// Positions of sources in the manifest.
    pub source: &'a [u8],
}

impl BucketView<'_> {
    /// How many people.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Some of its people, by their positions, as a bucket of their own.
    #[must_use]
    pub fn part(&self, people: Range<usize>) -> Self {
        Self {
            first_person: self.first_person + people.start as u32,
            people: self.people.get(people.clone()).unwrap_or_default(),
            offsets: &self.offsets[people.start..=people.end],
            ..*self
        }
    }

    /// The positions of the events of the person at a position in the bucket (not the person number).
    pub fn events_of(&self, position: usize) -> Range<usize> {
        self.offsets[position] as usize..self.offsets[position + 1] as usize
    }
}

impl Snapshot {
    /// Reads the columns asked for, bucket by bucket, on so many threads (at least 1), and hands each bucket to `visit`.
    /// Results come in the order of buckets whatever the number of threads. At most one bucket per thread is in memory.
    pub fn scan<R, F>(&self, columns: Columns, threads: usize, visit: F) -> Result<Vec<R>, LakeError>
    where
        R: Send,
        F: Fn(&BucketView<'_>) -> R + Sync,
    {
        let all: Vec<u32> = (0..self.manifest().buckets.len() as u32).collect();
        self.scan_some(&all, columns, threads, visit)
    }

    /// The same over some of the buckets, in the order given.
    pub fn scan_some<R, F>(&self, some: &[u32], columns: Columns, threads: usize, visit: F) -> Result<Vec<R>, LakeError>
    where
        R: Send,
        F: Fn(&BucketView<'_>) -> R + Sync,
    {
        let buckets = some.len();
        let next = AtomicUsize::new(0);
        let work = || {
            let (mut done, mut bucket_data) = (Vec::new(), Bucket::default());
            loop {
                let bucket = next.fetch_add(1, Ordering::Relaxed);
                if bucket >= buckets {
                    return Ok(done);
                }
                bucket_data.read(self, some[bucket], columns)?;
                done.push((bucket, visit(&bucket_data.view())));
            }
        };
        let parts: Vec<Result<Vec<(usize, R)>, LakeError>> = std::thread::scope(|scope| {
            let helpers: Vec<_> = (1..threads.min(buckets).max(1)).map(|_| scope.spawn(work)).collect();
            let own = work();
            let others = helpers.into_iter().map(|helper| match helper.join() {
                Ok(part) => part,
                // A panic of `visit` goes on in the caller's thread, as if there were only one.
                Err(panic) => std::panic::resume_unwind(panic),
            });
            std::iter::once(own).chain(others).collect()
        });
        let mut results = Vec::with_capacity(buckets);
        for part in parts {
            results.extend(part?);
        }
        results.sort_unstable_by_key(|&(bucket, _)| bucket);
        Ok(results.into_iter().map(|(_, result)| result).collect())
    }

    /// Runs a program over everybody: like [`Snapshot::scan`] with the columns that the program needs and `more`, and
    /// hands each bucket to `visit` with the answers for its people.
    pub fn ask<R, F>(&self, program: &Program, more: Columns, threads: usize, visit: F) -> Result<Vec<R>, LakeError>
    where
        R: Send,
        F: Fn(&BucketView<'_>, &Values) -> R + Sync,
    {
        self.scan(program.columns() | more, threads, |view| {
            let mut values = Values::new();
            program.run(view, &mut values);
            visit(view, &values)
        })
    }
}

/// The columns of `person/` by the name of each and what asks for it; the counts of events are always read.
const PERSON: [(&str, Columns); 15] = [
    ("events", Columns::NONE),
    ("id", Columns::PERSON_ID),
    ("birth_date", Columns::PERSON_LIFE),
    ("death_date", Columns::PERSON_LIFE),
    ("sex", Columns::PERSON_SEX),
    ("ethnicity", Columns::PERSON_ETHNICITY),
    ("practice", Columns::PERSON_PRACTICE),
    ("registered_from", Columns::PERSON_PRACTICE),
    ("registered_to", Columns::PERSON_PRACTICE),
    ("lsoa", Columns::PERSON_LSOA),
    ("imd_decile", Columns::PERSON_IMD),
    ("household", Columns::PERSON_HOME),
    ("household_size", Columns::PERSON_HOME),
    ("care_home", Columns::PERSON_CARE_HOME),
    ("lists", Columns::PERSON_LISTS),
];

impl Columns {
    /// The names of these columns on disk: those of `person/`, then those of `event/`.
    pub fn names(self) -> (Vec<&'static str>, Vec<&'static str>) {
        let days = DAYS.iter().map(|&(name, column, _)| (name, column));
        let events = days.chain(SMALL).chain(NUMBERS).chain(LARGE);
        let asked = |&(_, column): &(&str, Columns)| self.has(column);
        (
            PERSON.into_iter().filter(asked).map(|(name, _)| name).collect(),
            events.filter(asked).map(|(name, _)| name).collect(),
        )
    }
}

/// The columns of one bucket; the memory is used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    number: u32,
    first_person: u32,
    offsets: Vec<u32>,
    people: Vec<PersonRow>,
    days: [Vec<i32>; 2],
    small: [Vec<u8>; 4],
    numbers: [Vec<u32>; 4],
    large: [Vec<i64>; 2],
    scratch: Vec<i32>,
}

const DAYS: [(&str, Columns, i32); 2] = [("date", Columns::DATE, 0), ("end_date", Columns::END, NO_DAY)];
const SMALL: [(&str, Columns); 4] =
    [("kind", Columns::KIND), ("method", Columns::METHOD), ("status", Columns::STATUS), ("source", Columns::SOURCE)];
const NUMBERS: [(&str, Columns); 4] =
    [("code", Columns::CODE), ("provider", Columns::PROVIDER), ("detail", Columns::DETAIL), ("link", Columns::LINK)];
const LARGE: [(&str, Columns); 2] = [("value", Columns::VALUE), ("cost", Columns::COST)];

impl Bucket {
    pub(crate) fn read(&mut self, snapshot: &Snapshot, bucket: u32, columns: Columns) -> Result<(), LakeError> {
        self.clear();
        self.number = bucket;
        self.first_person = snapshot.manifest().buckets.get(bucket as usize).map_or(0, |b| b.first_person);
        let (file, people) = snapshot.people_file("person", bucket)?;
        self.offsets.push(0);
        let mut sum = 0u32;
        for count in person::read_event_counts(&file, people)? {
            sum = sum.checked_add(count as u32).ok_or_else(|| file.damaged("its counts of events are too large"))?;
            self.offsets.push(sum);
        }
        if columns.has_any(Columns::PEOPLE) {
            self.people = person::read_some(&file, &[whole(people)], columns)?;
        }
        let events = snapshot.event_file(bucket)?;
        if events.groups().into_iter().sum::<usize>() != sum as usize {
            return Err(events.damaged("its rows are not as many as its people have events"));
        }
        self.read_events(&events, columns)
    }

    fn read_events(&mut self, file: &ParquetIn, columns: Columns) -> Result<(), LakeError> {
        for (group, rows) in file.groups().into_iter().enumerate() {
            self.read_rows(file, group, &[whole(rows)], columns)?;
        }
        Ok(())
    }

    /// Appends rows of a row group.
    fn read_rows(
        &mut self,
        file: &ParquetIn,
        group: usize,
        pick: &[Range<usize>],
        columns: Columns,
    ) -> Result<(), LakeError> {
        for (out, (name, column, none)) in self.days.iter_mut().zip(DAYS) {
            if columns.has(column) {
                file.ints(group, name, pick, none, out)?;
            }
        }
        for (out, (name, column)) in self.small.iter_mut().zip(SMALL) {
            if columns.has(column) {
                self.scratch.clear();
                file.ints(group, name, pick, 0, &mut self.scratch)?;
                out.extend(self.scratch.iter().map(|&n| n as u8));
            }
        }
        for (out, (name, column)) in self.numbers.iter_mut().zip(NUMBERS) {
            if columns.has(column) {
                self.scratch.clear();
                file.ints(group, name, pick, 0, &mut self.scratch)?;
                out.extend(self.scratch.iter().map(|&n| n as u32));
            }
        }
        for (out, (name, column)) in self.large.iter_mut().zip(LARGE) {
            if columns.has(column) {
                file.longs(group, name, pick, NO_NUMBER, out)?;
            }
        }
        Ok(())
    }

    fn clear(&mut self) {
        self.offsets.clear();
        self.people.clear();
        self.days.iter_mut().for_each(Vec::clear);
        self.small.iter_mut().for_each(Vec::clear);
        self.numbers.iter_mut().for_each(Vec::clear);
        self.large.iter_mut().for_each(Vec::clear);
    }

    pub(crate) fn view(&self) -> BucketView<'_> {
        let [date, end] = &self.days;
        let [kind, method, status, source] = &self.small;
        let [code, provider, detail, link] = &self.numbers;
        let [value, cost] = &self.large;
        BucketView {
            bucket: self.number,
            first_person: self.first_person,
            offsets: &self.offsets,
            people: &self.people,
            date,
            end,
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
    }
}
