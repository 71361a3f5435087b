//! Loads as a person would see them: files in, snapshot and report out.

mod bad_input;
mod case;
mod formats;
mod fuzz;
mod real;
mod reload;
mod simulated;
mod small;
