//! The language of questions: specifications, each a small table with the value expected for every person, and random
//! programs on random people, both on the fast engine over a real snapshot and on a slow one over plain rows.
#![expect(clippy::unwrap_used, reason = "a failure in a test should stop it")]
#![expect(clippy::format_push_string, reason = "programs are put together once and are short")]

mod codes;
mod dice;
mod fast;
mod generate;
mod kept;
mod page;
mod random;
mod slow;
mod spec;
mod table;
