//! One person from many records: blocking, comparison, Fellegi-Sunter weights, clustering.

mod calendar;
mod clean;
mod dictionary;
mod link;
mod model;
mod records;
mod result;

pub use link::link;
pub use model::{Model, ModelError};
pub use records::{RecordInput, Records};
pub use result::{Conflict, Edge, LinkOptions, Linked, Report, RuleReport, Tier};
