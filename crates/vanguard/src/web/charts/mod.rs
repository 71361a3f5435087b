//! Charts drawn on the server as accessible SVG: described in words, readable without colour, printable, and each with
//! the table behind it.

pub mod age_sex;
mod axis;
pub mod bars;
pub mod calibration;
pub mod cluster;
pub mod control;
pub mod curve;
mod draw;
pub mod event_study;
pub mod fan;
pub mod figure;
pub mod funnel;
pub mod heat;
pub mod logic;
pub mod match_weights;
pub mod num;
pub mod scale;
pub mod timeline;
pub mod triangle;
pub mod waterfall;
pub mod weight_histogram;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
pub(super) mod samples;

pub use age_sex::{AgeSexBand, AgeSexPyramid, age_sex_pyramid};
pub use bars::{Bar, BarChart, bar_chart};
pub use calibration::{CalibrationChart, CalibrationPoint, calibration_chart};
pub use cluster::{ClusterChart, ClusterLink, ClusterNode, LinkKind, cluster_chart};
pub use control::{ControlChart, ControlPoint, Signal, control_chart};
pub use curve::{Curve, CurveChart, curve_chart};
pub use event_study::{EventStudy, StudyPoint, event_study};
pub use fan::{FanChart, FanPoint, fan_chart};
pub use figure::ChartText;
pub use funnel::{FunnelLimits, FunnelPlot, FunnelPoint, Standing, funnel_plot};
pub use heat::{HeatCell, HeatTable, HeatTotals, heat_table};
pub use logic::{LogicBox, LogicChart, LogicLink, Stage, logic_chart};
pub use match_weights::{MatchWeights, WeightGroup, WeightLevel, match_weights};
pub use num::{Num, count, number};
pub use timeline::{Lane, PersonTimeline, TimelineEvent, person_timeline};
pub use triangle::{Tier, TierTriangle, tier_triangle};
pub use waterfall::{WaterfallChart, WaterfallStep, waterfall_chart};
pub use weight_histogram::{WeightHistogram, WeightStep, weight_histogram};
