//! Statistical process control charts, by the NHS "Making Data Count" method.
//!
//! Source: NHS England, "Making Data Count: getting started" and "strengthening your decisions"; the rules point by point
//! as the NHS-R community's "plot the dots" reference has them; Provost and Murray, "The health care data guide", 2011, for
//! the constants; Laney, "Improved control charts for attributes", 2002, for proportions and rates of large counts.

mod limits;
mod rules;

pub use limits::{individuals, proportions, rates};

use std::fmt;

/// Groups of fewer points than this carry a warning: their limits are not yet firm.
pub const FIRM_POINTS: usize = 13;

/// Which direction is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Better {
    /// Higher values are better.
    Higher,
    /// Lower values are better.
    Lower,
    /// Neither: the measure is watched for context.
    Neither,
}

/// How a chart is to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Which direction is better.
    pub better: Better,
    /// The target, in the unit of the values.
    pub target: Option<f64>,
    /// Positions of points at which the limits start afresh; see [`rebase_positions`].
    pub rebase: Vec<usize>,
    /// Work out the limits of each group from its first so many points only.
    pub fix_after: Option<usize>,
    /// Leave out moving ranges above 3.267 times their mean, once, when the limits are worked out.
    pub screen_outliers: bool,
}

impl Options {
    /// The usual chart: no target, no rebase, outlying moving ranges screened.
    pub const fn new(better: Better) -> Self {
        Self { better, target: None, rebase: Vec::new(), fix_after: None, screen_outliers: true }
    }
}

/// Why a chart cannot be drawn. Each message completes "failed to ...".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChartError {
    /// No points.
    #[error("draw a control chart: there are no points")]
    Empty,
    /// A value is missing or infinite.
    #[error("draw a control chart: the value at position {0} (from 0) is not a number")]
    NotANumber(usize),
    /// A denominator is zero, negative or missing, or smaller than the numerator of a proportion.
    #[error("draw a control chart: the denominator at position {0} (from 0) must be above 0 and fit its count")]
    BadDenominator(usize),
    /// Counts and denominators differ in number.
    #[error("draw a control chart: there must be one denominator for each count")]
    Unequal,
}

/// Why a point is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Common cause: no more than the usual variation.
    Common,
    /// Above the upper limit.
    AboveLimit,
    /// Below the lower limit.
    BelowLimit,
    /// One of two in three points near the upper limit.
    TwoInThreeAbove,
    /// One of two in three points near the lower limit.
    TwoInThreeBelow,
    /// One of seven or more points which rise without a break.
    TrendUp,
    /// One of seven or more points which fall without a break.
    TrendDown,
    /// One of seven or more points above the mean.
    ShiftAbove,
    /// One of seven or more points below the mean.
    ShiftBelow,
}

impl Cause {
    /// Whether the cause points to higher values (`Some(true)`), lower ones, or is common.
    pub const fn upwards(self) -> Option<bool> {
        match self {
            Self::Common => None,
            Self::AboveLimit | Self::TwoInThreeAbove | Self::TrendUp | Self::ShiftAbove => Some(true),
            Self::BelowLimit | Self::TwoInThreeBelow | Self::TrendDown | Self::ShiftBelow => Some(false),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Common => "usual variation",
            Self::AboveLimit => "above the upper limit",
            Self::BelowLimit => "below the lower limit",
            Self::TwoInThreeAbove => "two of three points near the upper limit",
            Self::TwoInThreeBelow => "two of three points near the lower limit",
            Self::TrendUp => "7 or more points rising",
            Self::TrendDown => "7 or more points falling",
            Self::ShiftAbove => "7 or more points above the mean",
            Self::ShiftBelow => "7 or more points below the mean",
        })
    }
}

/// What the variation means: the first icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variation {
    /// Nothing but the usual variation.
    CommonCause,
    /// Special cause for the better.
    Improvement,
    /// Special cause for the worse.
    Concern,
    /// Special cause upwards, of a measure with no better direction.
    NeitherHigh,
    /// Special cause downwards, of a measure with no better direction.
    NeitherLow,
}

impl fmt::Display for Variation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CommonCause => "common cause variation: no significant change",
            Self::Improvement => "special cause variation: improvement",
            Self::Concern => "special cause variation: concern",
            Self::NeitherHigh => "special cause variation: higher, neither better nor worse",
            Self::NeitherLow => "special cause variation: lower, neither better nor worse",
        })
    }
}

/// Whether the process can be relied on to meet its target: the second icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Assurance {
    /// It will meet the target every time, unless something changes.
    ConsistentlyPasses,
    /// It will miss the target every time, unless something changes.
    ConsistentlyFails,
    /// It meets and misses it by chance.
    HitAndMiss,
}

impl fmt::Display for Assurance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConsistentlyPasses => "the process consistently meets the target",
            Self::ConsistentlyFails => "the process consistently misses the target",
            Self::HitAndMiss => "the process meets and misses the target by chance",
        })
    }
}

/// One point of a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The value.
    pub value: f64,
    /// The mean of its group.
    pub mean: f64,
    /// The lower and the upper process limit; none where the group has no variation to work them out from.
    pub limits: Option<(f64, f64)>,
    /// Which group of limits it belongs to, from 0; the number goes up at each rebase.
    pub group: usize,
    /// Between two and three standard deviations from the mean.
    pub near_limit: bool,
    /// Why it is marked.
    pub cause: Cause,
    /// What that means.
    pub variation: Variation,
    /// Whether its group has too few points for firm limits.
    pub short_group: bool,
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Points in the order given.
    pub points: Vec<Point>,
    /// The first icon: that of the last point.
    pub variation: Variation,
    /// The second icon, where there is a target and a better direction.
    pub assurance: Option<Assurance>,
}

impl Chart {
    /// Whether any group has too few points for firm limits.
    pub fn has_short_group(&self) -> bool {
        self.points.iter().any(|point| point.short_group)
    }
}

/// The positions at which limits start afresh: for each of `at`, the first of the sorted `dates` on or after it.
pub fn rebase_positions<D: Ord>(dates: &[D], at: &[D]) -> Vec<usize> {
    at.iter().map(|wanted| dates.partition_point(|date| date < wanted)).filter(|&place| place < dates.len()).collect()
}
