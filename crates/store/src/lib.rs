//! The operational database: who may see what, the audit of every look at a person, reviewers' decisions
//! about pairs of records, and what was computed when.
//! The only crate that knows sqlx, and none of its types leaves, so that another database can
//! take the place of today's (`SQLite`).
//!
//! Nothing here reads a clock: the instant is an argument of every act.

mod access;
mod audit;
mod chain;
mod cohort;
mod database;
mod error;
mod linkage;
mod run;

pub use access::{Access, PersonPlace, Purpose, Refused, Role, Scope};
pub use audit::{Action, AuditRow, CohortExport, Export, Outcome, sha256_hex};
pub use chain::{Chain, Head};
pub use cohort::{CohortCount, CohortText, LONGEST_NAME, SavedCohort};
pub use database::{Store, Transaction};
pub use error::Error;
pub use linkage::{Decision, Decisions, PairDecisions, PairKey, Reviewed, Standing, Verdict};
pub use run::{Run, RunEnd, RunId, RunOutcome};
