//! What can be asked: of which events, in which window, and what is made of them.

use super::EventFilter;
use crate::scan::{Columns, NO_NUMBER};
use nhs::{Day, EventKind};
use std::sync::Arc;

/// A range of days, both ends included. An event is in it by the day it began (or ended, see [`Dated`]); only [`Aggregate::SumDays`] also takes
/// the nights in the window of a stay that began before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
}

impl Window {
    /// Everything known at the end of a day.
    pub fn ever(as_of: Day) -> Self {
        Self { first: Day(i32::MIN), last: as_of }
    }

    /// The `days` days that end with the as-of date.
    pub fn days(as_of: Day, days: u32) -> Self {
        Self { first: Day((i64::from(as_of.0) - i64::from(days) + 1).max(i64::from(i32::MIN)) as i32), last: as_of }
    }

    /// The `months` months that end with the as-of date: the 12 months to 31 March 2016 begin on 1 April 2015.
    pub fn months(as_of: Day, months: u32) -> Self {
        // Ten thousand years back is for ever, and keeps the calendar's arithmetic in range.
        let back = months.min(120_000) as i32;
        Self { first: Day(as_of.add_months(-back).0 + 1), last: as_of }
    }
}

/// What is made of the events that pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// How many.
    Count,
    /// 1 if any, otherwise 0.
    Exists,
    /// How many different codes; no code does not count.
    DistinctCodes,
    /// How many different days.
    DistinctDays,
    /// How many different spells; no spell does not count.
    DistinctSpells,
    /// The earliest day, in days since 1 January 1970.
    FirstDate,
    /// The latest day.
    LastDate,
    /// Sum of costs in pence; events without a cost add nothing.
    SumCost,
    /// The largest cost in pence.
    MaxCost,
    /// The smallest cost in pence.
    MinCost,
    /// Sum of the nights from start to end that lie within the window.
    SumDays,
    /// The most days from start to end of one event.
    MaxDays,
    /// The fewest days from start to end of one event.
    MinDays,
    /// The value of the earliest event that has one, in thousandths; of several on that day the largest.
    FirstValue,
    /// The value of the latest event that has one, in thousandths; of several on that day the largest.
    LastValue,
    /// The largest value, in thousandths.
    MaxValue,
    /// The smallest value, in thousandths.
    MinValue,
    /// Sum of the values, in thousandths; none where no event has one.
    SumValue,
    /// The rank ([`EventAggregate::ranks`]) of the code of the earliest event that has one; of several on that day the least.
    FirstCode,
    /// The rank of the code of the latest event that has one; of several on that day the least.
    LastCode,
}

/// Which of an event's days places it in a window and gives its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dated {
    /// The day it began.
    #[default]
    Start,
    /// The day it ended; events without one do not count.
    End,
}

/// For each person of a bucket the first and the last day that count. Nothing counts where the first is after the last.
#[derive(Debug, Clone, Copy)]
pub struct Bounds<'a> {
    /// First days.
    pub first: &'a [i32],
    /// Last days.
    pub last: &'a [i32],
}

impl Bounds<'_> {
    /// First and last day of a person.
    pub(super) fn of(self, position: usize) -> (i32, i32) {
        match (self.first.get(position), self.last.get(position)) {
            (Some(&first), Some(&last)) => (first, last),
            _ => (i32::MAX, i32::MIN),
        }
    }

    /// Whether no day of a person lies within.
    pub(super) fn is_shut(self, position: usize) -> bool {
        let (first, last) = self.of(position);
        first > last
    }
}

/// One question: what is made of which events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventAggregate {
    /// Events of these kinds.
    pub kinds: Vec<EventKind>,
    /// Which of them.
    pub filter: EventFilter,
    /// When they were.
    pub window: Window,
    /// Which of the bounds given to [`super::Program::run_within`] narrow the window for each person.
    pub bounds: Option<usize>,
    /// Which day of an event is in the window.
    pub dated: Dated,
    /// What is made of them.
    pub aggregate: Aggregate,
    /// For [`Aggregate::FirstCode`] and [`Aggregate::LastCode`], the rank of each code of the dictionary, [`NO_RANK`] for none.
    pub ranks: Option<Arc<[u32]>>,
}

/// A code without a rank.
pub const NO_RANK: u32 = u32::MAX;

impl EventAggregate {
    /// The columns it looks at.
    pub(super) fn columns(&self) -> Columns {
        let own = Columns::KIND | Columns::DATE | self.filter.columns() | self.aggregate.columns();
        if self.dated == Dated::End { own | Columns::END } else { own }
    }
}

impl Aggregate {
    /// The answer where no event passes.
    pub(super) fn of_nothing(self) -> i64 {
        match self {
            Self::Count
            | Self::Exists
            | Self::DistinctCodes
            | Self::DistinctDays
            | Self::DistinctSpells
            | Self::SumCost
            | Self::SumDays => 0,
            _ => NO_NUMBER,
        }
    }

    /// Whether an event that began before the window reaches into it.
    pub(super) fn reaches(self) -> bool {
        self == Self::SumDays
    }

    /// The columns it looks at beside kind and date.
    fn columns(self) -> Columns {
        match self {
            Self::Count | Self::Exists | Self::DistinctDays | Self::FirstDate | Self::LastDate => Columns::NONE,
            Self::DistinctCodes | Self::FirstCode | Self::LastCode => Columns::CODE,
            Self::DistinctSpells => Columns::LINK,
            Self::SumCost | Self::MaxCost | Self::MinCost => Columns::COST,
            Self::SumDays => Columns::END | Columns::STATUS,
            Self::MaxDays | Self::MinDays => Columns::END,
            Self::FirstValue | Self::LastValue | Self::MaxValue | Self::MinValue | Self::SumValue => Columns::VALUE,
        }
    }
}
