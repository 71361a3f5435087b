//! Loads as a person would see them: files in, snapshot and report out.

#![expect(
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::type_complexity,
    reason = "helpers of tests are tests too, and speed is not their matter"
)]

mod bad_input;
mod case;
mod formats;
mod fuzz;
mod real;
mod reload;
mod review;
mod simulated;
mod small;
