//! Which events count.

use crate::scan::{BucketView, Columns};
use crate::CodeSet;
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

impl EventFilter {
    /// Whether the event at a position of the bucket passes. The scan must have read [`EventFilter::columns`].
    pub fn passes(&self, _view: &BucketView<'_>, _event: usize) -> bool {
        todo!()
    }

    /// The columns it looks at.
    pub fn columns(&self) -> Columns {
        todo!()
    }
}
