//! One pass over everybody's history, bucket by bucket.

use crate::{LakeError, PersonRow, Snapshot};
use std::ops::{BitOr, Range};

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
    /// [`BucketView::people`].
    pub const PEOPLE: Self = Self(1 << 12);
    /// Every column of events.
    pub const EVENTS: Self = Self((1 << 12) - 1);
    /// Everything.
    pub const ALL: Self = Self((1 << 13) - 1);

    /// Whether all of `other` are in.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
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

    /// The positions of the events of the person at a position in the bucket (not the person number).
    pub fn events_of(&self, position: usize) -> Range<usize> {
        self.offsets[position] as usize..self.offsets[position + 1] as usize
    }
}

impl Snapshot {
    /// Reads the columns asked for, bucket by bucket, on so many threads (at least 1), and hands each bucket to `visit`.
    /// Results come in the order of buckets whatever the number of threads. At most one bucket per thread is in memory.
    pub fn scan<R, F>(&self, _columns: Columns, _threads: usize, _visit: F) -> Result<Vec<R>, LakeError>
    where
        R: Send,
        F: Fn(&BucketView<'_>) -> R + Sync,
    {
        todo!()
    }
}
