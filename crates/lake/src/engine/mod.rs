//! Many questions in one pass: each becomes one number per person.

mod filter;
mod plan;
mod program;

pub use filter::{Compare, EventFilter};
pub use program::{Aggregate, EventAggregate, Program, Values, Window};
