//! Many questions in one pass: each becomes one number per person.

mod filter;
mod fold;
mod near;
mod plan;
mod program;
mod question;
mod table;

pub use filter::{Compare, EventFilter};
pub use near::Near;
pub use program::{Program, Values};
pub use question::{Aggregate, Bounds, Dated, EventAggregate, NO_RANK, Window};
