//! Which events count.

use super::near::Near;
use crate::CodeSet;
use crate::scan::{BucketView, Columns, NO_DAY, NO_NUMBER};
use nhs::{EventKind, Method, Status};
use std::ops::Range;

/// A test on one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventFilter {
    /// Every event passes.
    Always,
    /// All hold.
    All(Vec<EventFilter>),
    /// At least one holds.
    Any(Vec<EventFilter>),
    /// Does not hold.
    Not(Box<EventFilter>),
    /// The kind is one of these.
    Kind(Vec<EventKind>),
    /// The method is one of these.
    Method(Vec<Method>),
    /// The status is one of these.
    Status(Vec<Status>),
    /// The code is one of these.
    Code(CodeSet),
    /// The detail code is one of these.
    Detail(CodeSet),
    /// The provider is one of these.
    Provider(CodeSet),
    /// The source is one of these positions in the manifest.
    Source(Vec<u8>),
    /// The value (thousandths) compared with a number; false where there is none.
    Value(Compare, i64),
    /// The cost (pence) compared with a number; false where there is none.
    Cost(Compare, i64),
    /// Days from start to end compared with a number; false where there is no end.
    Days(Compare, i64),
    /// The day it began compared with a day.
    Date(Compare, i64),
    /// The day it ended compared with a day; false where there is none.
    End(Compare, i64),
    /// It has no code.
    NoCode,
    /// It has no detail code.
    NoDetail,
    /// It has no provider.
    NoProvider,
    /// It has no value.
    NoValue,
    /// It has no cost.
    NoCost,
    /// It has no end.
    NoEnd,
    /// Another event of the same person stands near it.
    Near(Box<Near>),
}

/// A comparison of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

impl Compare {
    /// Whether it holds between two numbers.
    pub fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Eq => left == right,
            Self::Ne => left != right,
            Self::Lt => left < right,
            Self::Le => left <= right,
            Self::Gt => left > right,
            Self::Ge => left >= right,
        }
    }
}

/// What a filter can look at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    pub(super) date: i32,
    pub(super) end: i32,
    pub(super) kind: u8,
    pub(super) method: u8,
    pub(super) status: u8,
    pub(super) source: u8,
    pub(super) code: u32,
    pub(super) detail: u32,
    pub(super) provider: u32,
    pub(super) value: i64,
    pub(super) cost: i64,
}

impl Facts {
    /// Nothing known: what a column says is put in by whoever asks about that column alone.
    pub(super) const BLANK: Self = Self {
        date: 0,
        end: NO_DAY,
        kind: 0,
        method: 0,
        status: 0,
        source: 0,
        code: 0,
        detail: 0,
        provider: 0,
        value: NO_NUMBER,
        cost: NO_NUMBER,
    };

    /// An event as far as the scan has read it; columns that were not read are blank.
    pub(super) fn of(view: &BucketView<'_>, event: usize) -> Self {
        let blank = Self::BLANK;
        Self {
            date: view.date.get(event).copied().unwrap_or(blank.date),
            end: view.end.get(event).copied().unwrap_or(blank.end),
            kind: view.kind.get(event).copied().unwrap_or(blank.kind),
            method: view.method.get(event).copied().unwrap_or(blank.method),
            status: view.status.get(event).copied().unwrap_or(blank.status),
            source: view.source.get(event).copied().unwrap_or(blank.source),
            code: view.code.get(event).copied().unwrap_or(blank.code),
            detail: view.detail.get(event).copied().unwrap_or(blank.detail),
            provider: view.provider.get(event).copied().unwrap_or(blank.provider),
            value: view.value.get(event).copied().unwrap_or(blank.value),
            cost: view.cost.get(event).copied().unwrap_or(blank.cost),
        }
    }
}

/// An event among the events of its person.
#[derive(Debug, Clone)]
pub(super) struct Place<'v, 'b> {
    pub(super) view: &'v BucketView<'b>,
    /// The person's events.
    pub(super) own: Range<usize>,
    pub(super) event: usize,
}

impl EventFilter {
    /// Whether the event at a position of the bucket passes. The scan must have read [`EventFilter::columns`].
    pub fn passes(&self, view: &BucketView<'_>, event: usize) -> bool {
        // Only a filter that looks around needs to know whose the event is.
        let own = if self.looks_around() {
            let person = view.offsets.partition_point(|&start| start as usize <= event).saturating_sub(1);
            view.events_of(person)
        } else {
            event..event + 1
        };
        self.holds(&Facts::of(view, event), Some(&Place { view, own, event }))
    }

    /// Whether it holds. Without a place nothing stands near the event.
    pub(super) fn holds(&self, event: &Facts, place: Option<&Place<'_, '_>>) -> bool {
        match self {
            Self::Always => true,
            Self::All(parts) => parts.iter().all(|p| p.holds(event, place)),
            Self::Any(parts) => parts.iter().any(|p| p.holds(event, place)),
            Self::Not(part) => !part.holds(event, place),
            Self::Kind(kinds) => kinds.iter().any(|k| k.number() == event.kind),
            Self::Method(methods) => methods.iter().any(|m| m.number() == event.method),
            Self::Status(statuses) => statuses.iter().any(|s| s.number() == event.status),
            Self::Code(set) => set.contains(event.code),
            Self::Detail(set) => set.contains(event.detail),
            Self::Provider(set) => set.contains(event.provider),
            Self::Source(sources) => sources.contains(&event.source),
            Self::Value(compare, number) => event.value != NO_NUMBER && compare.holds(event.value, *number),
            Self::Cost(compare, number) => event.cost != NO_NUMBER && compare.holds(event.cost, *number),
            Self::Days(compare, number) => {
                event.end != NO_DAY && compare.holds(i64::from(event.end) - i64::from(event.date), *number)
            }
            Self::Date(compare, day) => compare.holds(i64::from(event.date), *day),
            Self::End(compare, day) => event.end != NO_DAY && compare.holds(i64::from(event.end), *day),
            Self::NoCode => event.code == 0,
            Self::NoDetail => event.detail == 0,
            Self::NoProvider => event.provider == 0,
            Self::NoValue => event.value == NO_NUMBER,
            Self::NoCost => event.cost == NO_NUMBER,
            Self::NoEnd => event.end == NO_DAY,
            Self::Near(near) => place.is_some_and(|place| near.holds(place)),
        }
    }

    /// Whether it looks at other events of the person too, so that a new event can make an old one pass.
    pub fn looks_around(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::looks_around),
            Self::Not(part) => part.looks_around(),
            Self::Near(_) => true,
            _ => false,
        }
    }

    /// The columns it looks at.
    pub fn columns(&self) -> Columns {
        match self {
            Self::Always => Columns::NONE,
            Self::All(parts) | Self::Any(parts) => parts.iter().fold(Columns::NONE, |all, p| all | p.columns()),
            Self::Not(part) => part.columns(),
            Self::Kind(_) => Columns::KIND,
            Self::Method(_) => Columns::METHOD,
            Self::Status(_) => Columns::STATUS,
            Self::Code(_) | Self::NoCode => Columns::CODE,
            Self::Detail(_) | Self::NoDetail => Columns::DETAIL,
            Self::Provider(_) | Self::NoProvider => Columns::PROVIDER,
            Self::Source(_) => Columns::SOURCE,
            Self::Value(..) | Self::NoValue => Columns::VALUE,
            Self::Cost(..) | Self::NoCost => Columns::COST,
            Self::Date(..) => Columns::DATE,
            Self::End(..) | Self::NoEnd => Columns::END,
            Self::Days(..) => Columns::DATE | Columns::END,
            Self::Near(near) => near.columns(),
        }
    }
}
