//! Questions compiled to one pass.

use super::EventFilter;
use crate::scan::{BucketView, Columns};
use nhs::{Day, EventKind};

/// A range of days, both ends included. An event is in it by the day it began.
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
    /// The earliest day, in days since 1 January 1970.
    FirstDate,
    /// The latest day.
    LastDate,
    /// Sum of costs in pence; events without a cost add nothing.
    SumCost,
    /// Sum of the nights from start to end that lie within the window.
    SumDays,
    /// The value of the latest event that has one, in thousandths.
    LastValue,
    /// The largest value, in thousandths.
    MaxValue,
    /// The smallest value, in thousandths.
    MinValue,
}

/// One question: what is made of which events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventAggregate {
    /// Events of this kind.
    pub kind: EventKind,
    /// Which of them.
    pub filter: EventFilter,
    /// When they began.
    pub window: Window,
    /// What is made of them.
    pub aggregate: Aggregate,
}

/// A set of questions compiled to one pass over a bucket.
#[derive(Debug)]
pub struct Program {
    questions: Vec<EventAggregate>,
}

impl Program {
    /// Compiles questions against a dictionary of so many entries ([`crate::Dictionary::len`]).
    pub fn new(questions: Vec<EventAggregate>, _dictionary_len: u32) -> Self {
        Self { questions }
    }

    /// The questions, in the order of the results.
    pub fn questions(&self) -> &[EventAggregate] {
        &self.questions
    }

    /// The columns a scan must read for it.
    pub fn columns(&self) -> Columns {
        todo!()
    }

    /// Answers every question for every person of a bucket. `out` is overwritten.
    pub fn run(&self, _view: &BucketView<'_>, _out: &mut Values) {
        todo!()
    }
}

/// Answers: one column per question, one row per person of a bucket.
#[derive(Debug, Clone, Default)]
pub struct Values {
    people: usize,
    numbers: Vec<i64>,
}

impl Values {
    /// No rows yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many people.
    pub fn people(&self) -> usize {
        self.people
    }

    /// The answers to one question, [`crate::NO_NUMBER`] where there is none.
    pub fn column(&self, question: usize) -> &[i64] {
        &self.numbers[question * self.people..(question + 1) * self.people]
    }

    /// The answer to one question for the person at a position of the bucket.
    pub fn get(&self, question: usize, position: usize) -> Option<i64> {
        let number = self.column(question)[position];
        (number != crate::NO_NUMBER).then_some(number)
    }
}
