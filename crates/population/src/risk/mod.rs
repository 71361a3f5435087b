//! Risk of an emergency admission in the next 12 months, trained on the place's own history and judged on people whom the
//! training never saw. Method, limits and sources: `docs/methods/risk.md`.

mod card;
mod design;
mod judge;
mod train;

pub use card::{Group, Judgement, Likely, RiskModel, Setting, Term, WithInterval};
pub use design::Coded;
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
