//! The rules of the repository are the tests of this crate.
