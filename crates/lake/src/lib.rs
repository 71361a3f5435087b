//! The linked history on disk: person-ordered Parquet snapshots and the one-scan engine.

pub mod rows;

pub use rows::{CodeRow, EventRow, IdentityRow, PersonRow};
