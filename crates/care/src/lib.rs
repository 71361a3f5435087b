//! Care: whom each team should see, and one record per person for those who care for them.

pub mod caseload;
pub mod export;
pub mod record;
pub mod words;

pub use caseload::{Caseload, Caseloads, Cover};
pub use record::{Record, RecordError};
