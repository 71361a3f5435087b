//! Risk of an emergency admission in the next 12 months, trained on the place's own history and judged on people whom the
//! training never saw. Method, limits and sources: `docs/methods/risk.md`.

mod card;
mod design;
mod judge;
mod refuse;
mod rows;
mod train;

pub use card::{Group, Judgement, Likely, RiskModel, Setting, Term, WithInterval};
pub use design::Coded;
pub use refuse::{LEAST_EVENTS, LEAST_TO_JUDGE};
pub use train::{Options, RiskError, train};

/// Upper ends of the bands of risk that pages show; the last band is open.
pub const BANDS: [f64; 5] = [0.05, 0.10, 0.20, 0.30, 0.50];
/// Names of the bands.
pub const BAND_NAMES: [&str; 6] =
    ["below 5%", "5% to below 10%", "10% to below 20%", "20% to below 30%", "30% to below 50%", "50% and over"];

/// The band of a chance.
pub fn band(chance: f64) -> usize {
    BANDS.iter().filter(|end| chance >= **end).count()
}

/// One in so many people is held out.
const HELD_OUT: u64 = 4;

/// Whether a person is held out: by their identifier, so that the same person is always on the same side.
fn is_held_out(id: u64, seed: u64) -> bool {
    let mut mixed = (id ^ seed.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed ^ (mixed >> 32)).is_multiple_of(HELD_OUT)
}
