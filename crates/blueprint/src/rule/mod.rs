//! Rules: boolean expressions in SQL syntax, parsed with `sqlparser` and typed here.

mod events;
mod numbers;
mod people;
mod source;

pub(crate) use events::event_filter;
pub(crate) use people::{Known, Names, Ruled, Words, names_in, rule, truth};
pub(crate) use source::{Rule, parse};
