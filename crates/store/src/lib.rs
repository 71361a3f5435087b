//! The operational database: audit of every look at a person, jobs. The only crate that knows sqlx.
