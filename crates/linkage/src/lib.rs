//! One person from many records: blocking, comparison, Fellegi-Sunter weights, clustering.
//!
//! Push what the sources say into [`Records`], read a [`Model`], [`train`] it where the data differ from it, and [`link`].
//! [`explain`] shows any pair as a waterfall of weights. The whole method is written down in `docs/methods/linkage.md`.

mod bits;
mod block;
mod calendar;
mod clean;
mod cluster;
mod columns;
mod compare;
mod dictionary;
mod em;
mod encode;
mod encoded;
mod encoding;
mod estimate;
mod explain;
mod forest;
mod gauge;
mod hmac;
mod interval;
mod label;
mod link;
mod memo;
mod model;
mod number;
mod plan;
mod postcode;
mod prior;
mod quality;
mod question;
mod records;
mod result;
mod same;
mod stream;
mod strings;
mod suggest;
mod supersede;
mod supervised;
mod tier;
mod train;
mod unseen;

pub use columns::{Columns, Layout, Reading};
pub use estimate::{Estimates, LabelEstimates, Operating, estimate, estimate_from_labels};
mod self_match;
mod soundex;
mod token;

pub use encode::{Encoded, Encoder};
pub use encoding::{Encoding, EncodingError, EncodingKey, Hardening};
pub use explain::{Explainer, Step, Waterfall, explain};
pub use gauge::Spectrum;
pub use interval::Interval;
pub use label::{Contradiction, Label, RefusedLabel};
pub use link::link;
pub use model::{Blocking, Comparison, Level, Model, ModelError, NumberRule, Prior, TierRule, Veto};
pub use quality::{GroupQuality, Grouping, quality_by_group};
pub use question::{Field, Test};
pub use records::{MoreInput, RecordInput, Records};
pub use result::{Conflict, Edge, LinkOptions, Linked, Report, RuleReport, Tier, TierReport};
pub use self_match::{Unlinkables, unlinkables};
pub use strings::{damerau_levenshtein, jaro_winkler};
pub use suggest::{Proposal, Suggestion, suggest_blocking};
pub use supersede::SupersededReport;
pub use supervised::{Taught, train_from_labels, train_from_truth};
pub use token::Token;
pub use train::{Draw, Session, Trained, train};
