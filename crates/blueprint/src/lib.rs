//! A care model as data: parse, check, compile, with diagnostics that point at the line.
pub mod model;
