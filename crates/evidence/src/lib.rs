//! Statistics: rates, process control charts, difference-in-differences and what may be claimed from them. A pure library.
//!
//! Every function takes plain numbers and gives plain numbers: no file, no clock, no random number that is not seeded by
//! the caller. Sums run in the order of the input, so the same input gives the same last digit on any machine.
//!
//! - [`rates`]: crude, directly and indirectly standardised rates, proportions, means, with limits;
//! - [`funnel`]: control limits around a common rate, ratio or proportion;
//! - [`quantiles`]: quintiles and deciles of areas;
//! - [`life_table`]: life expectancy;
//! - [`inequality`]: slope and relative index of inequality;
//! - [`logistic`] and [`prediction`]: penalised logistic regression, and how good its predictions are;
//! - [`projection`]: people by state some years on, from one year's moves;
//! - [`control_chart`]: "Making Data Count" process control charts;
//! - [`did`]: difference-in-differences on a panel of clusters and months;
//! - [`classification`]: precision, recall and the receiver operating characteristic of a score;
//! - [`claim`]: one plain sentence that says no more than an estimate allows.

pub mod claim;
pub mod classification;
pub mod control_chart;
pub mod did;
pub mod difference;
pub mod distribution;
pub mod funnel;
pub mod inequality;
pub mod life_table;
pub mod logistic;
pub mod need;
pub mod prediction;
pub mod projection;
pub mod quantiles;
pub mod rates;
pub mod ratio;

mod random;
mod sample;
mod special;
mod symmetric;
