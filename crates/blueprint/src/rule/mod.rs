//! Rules: boolean expressions in SQL syntax, parsed with `sqlparser` and typed here.

mod arithmetic;
mod compare;
mod events;
mod names;
mod numbers;
mod people;
mod source;

pub(crate) use events::event_filter;
pub(crate) use names::{Known, Names, Words, names_in};
pub(crate) use people::{Ruled, rule, truth};
pub(crate) use source::{Rule, parse};
