//! A synthetic place: realistic, messy extracts with known truth. People, households, needs and activity are drawn from
//! one stream of random numbers for each block of people, so that the same seed gives the same bytes on any number of threads.

mod activity;
mod blocks;
mod conditions;
mod diagnoses;
mod dirt;
mod effect;
mod error;
mod geography;
mod health;
mod household;
mod identity;
mod layout;
mod names;
mod numbers;
mod output;
mod people;
mod place_file;
mod practices;
mod random;
mod rates;
mod reference;
mod run;
mod table;

pub use error::Error;
pub use run::simulate;

use nhs::Day;
use std::path::Path;

/// What to simulate and where to.
#[derive(Debug, Clone)]
pub struct SimulateOptions<'a> {
    /// Registered people at `as_of`. `None` is 50,000, or the real list sizes where `practices` is given.
    pub people: Option<u32>,
    /// The seed of every random number.
    pub seed: u64,
    /// The place's folder; `extracts/`, `place.toml` and `truth/` are written in it.
    pub out: &'a Path,
    /// The last day of the history.
    pub as_of: Day,
    /// Whole months of history up to and including the month of `as_of`, 6 to 120.
    pub history_months: u32,
    /// Real practices to build the place on.
    pub practices: Option<PracticeList<'a>>,
    /// Threads that make people; the output does not depend on it.
    pub threads: usize,
}

/// A practice list of NHS England and the part of it to use.
#[derive(Debug, Clone, Copy)]
pub struct PracticeList<'a> {
    /// A weighted-populations file; age, demographic, area and older practice files beside it are used where they are there.
    pub file: &'a Path,
    /// The code of an integrated care board (`QE1`), a sub-location or a local authority.
    pub area: &'a str,
}

impl<'a> SimulateOptions<'a> {
    /// A place of invented practices: 36 months of history up to 31 March 2026, on every core.
    pub fn new(people: u32, seed: u64, out: &'a Path) -> Self {
        Self {
            people: Some(people),
            seed,
            out,
            // 31 March 2026, the end of a financial year.
            as_of: Day(20_543),
            history_months: 36,
            practices: None,
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        }
    }
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Registered people whose history is written.
    pub people_done: u64,
    /// Registered people in all.
    pub people_total: u64,
    /// Rows written so far.
    pub rows: u64,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SimulateReport {
    /// Name of the place.
    pub name: String,
    /// Registered people alive at the as-of date.
    pub people: u64,
    /// True persons behind the rows: also those who died, left or were never registered.
    pub persons: u64,
    /// Practices.
    pub practices: usize,
    /// Localities.
    pub localities: usize,
    /// Localities where the care model runs.
    pub served_localities: usize,
    /// Rows over all partner files, header rows left out.
    pub rows: u64,
    /// Each partner file with its rows and bytes (before compression).
    pub files: Vec<FileReport>,
    /// Emergency admissions that happened.
    pub emergency_admissions: u64,
    /// Emergency admissions that the care model prevented.
    pub prevented_admissions: u64,
}

/// One partner file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// Path below the place's folder.
    pub path: String,
    /// Rows, without the header.
    pub rows: u64,
    /// Bytes before compression.
    pub bytes: u64,
}
