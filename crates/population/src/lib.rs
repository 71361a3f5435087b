//! Who lives here and what they need: features, scores, segments, tiers, measures and disclosure control.
//!
//! [`compute`] runs a compiled blueprint over a snapshot in one pass; [`save`] keeps the result beside the snapshot.

mod activity;
pub mod ask;
mod block;
mod builtin;
pub mod cohort;
mod compute;
pub mod costs;
mod count;
pub mod disclosure;
mod earlier;
pub mod evaluation;
pub mod explain;
pub mod features;
mod filter;
pub mod members;
pub mod need;
mod on_day;
mod pass;
pub mod place;
mod plan;
pub mod projection;
pub mod refresh;
pub mod results;
pub mod risk;
pub mod rule;
pub mod save;
pub mod score;
mod scoring;
mod splice;
mod stage;
pub mod state;
mod tally;

pub use compute::{Computed, compute, fingerprint};
pub use features::FeatureProgram;
pub use results::{NOWHERE, People, Summary};
pub use rule::ABSENT;
