//! The steps from extracts to results, as the commands call them.

pub mod compute;
pub mod evaluate;
pub mod files;
pub mod future;
pub mod load;
pub mod progress;
pub mod risk;
pub mod runs;

/// How many threads a step uses: as many as the machine has.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
