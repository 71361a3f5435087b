//! Which events count.

use crate::CodeSet;
use crate::scan::{BucketView, Columns, NO_DAY, NO_NUMBER};
use nhs::{Method, Status};

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
    /// The value (thousandths) compared with a number; false where there is none.
    Value(Compare, i64),
    /// Days from start to end compared with a number; false where there is no end.
    Days(Compare, i64),
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
    pub(super) method: u8,
    pub(super) status: u8,
    pub(super) code: u32,
    pub(super) detail: u32,
    pub(super) provider: u32,
    pub(super) value: i64,
}

impl Facts {
    /// Nothing known: what a column says is put in by whoever asks about that column alone.
    pub(super) const BLANK: Self =
        Self { date: 0, end: NO_DAY, method: 0, status: 0, code: 0, detail: 0, provider: 0, value: NO_NUMBER };

    /// An event as far as the scan has read it; columns that were not read are blank.
    pub(super) fn of(view: &BucketView<'_>, event: usize) -> Self {
        let blank = Self::BLANK;
        Self {
            date: view.date.get(event).copied().unwrap_or(blank.date),
            end: view.end.get(event).copied().unwrap_or(blank.end),
            method: view.method.get(event).copied().unwrap_or(blank.method),
            status: view.status.get(event).copied().unwrap_or(blank.status),
            code: view.code.get(event).copied().unwrap_or(blank.code),
            detail: view.detail.get(event).copied().unwrap_or(blank.detail),
            provider: view.provider.get(event).copied().unwrap_or(blank.provider),
            value: view.value.get(event).copied().unwrap_or(blank.value),
        }
    }
}

impl EventFilter {
    /// Whether the event at a position of the bucket passes. The scan must have read [`EventFilter::columns`].
    pub fn passes(&self, view: &BucketView<'_>, event: usize) -> bool {
        self.holds(&Facts::of(view, event))
    }

    pub(super) fn holds(&self, event: &Facts) -> bool {
        match self {
            Self::Always => true,
            Self::All(parts) => parts.iter().all(|p| p.holds(event)),
            Self::Any(parts) => parts.iter().any(|p| p.holds(event)),
            Self::Not(part) => !part.holds(event),
            Self::Method(methods) => methods.iter().any(|m| m.number() == event.method),
            Self::Status(statuses) => statuses.iter().any(|s| s.number() == event.status),
            Self::Code(set) => set.contains(event.code),
            Self::Detail(set) => set.contains(event.detail),
            Self::Provider(set) => set.contains(event.provider),
            Self::Value(compare, number) => event.value != NO_NUMBER && compare.holds(event.value, *number),
            Self::Days(compare, number) => {
                event.end != NO_DAY && compare.holds(i64::from(event.end) - i64::from(event.date), *number)
            }
        }
    }

    /// The columns it looks at.
    pub fn columns(&self) -> Columns {
        match self {
            Self::Always => Columns::NONE,
            Self::All(parts) | Self::Any(parts) => parts.iter().fold(Columns::NONE, |all, p| all | p.columns()),
            Self::Not(part) => part.columns(),
            Self::Method(_) => Columns::METHOD,
            Self::Status(_) => Columns::STATUS,
            Self::Code(_) => Columns::CODE,
            Self::Detail(_) => Columns::DETAIL,
            Self::Provider(_) => Columns::PROVIDER,
            Self::Value(..) => Columns::VALUE,
            Self::Days(..) => Columns::DATE | Columns::END,
        }
    }
}
