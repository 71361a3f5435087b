//! One person from many records: blocking, comparison, Fellegi-Sunter weights, clustering.
//!
//! Push what the sources say into [`Records`], read a [`Model`], [`train`] it where the data differ from it, and [`link`].
//! [`explain`] shows any pair as a waterfall of weights. The whole method is written down in `docs/methods/linkage.md`.

mod bits;
mod block;
mod bytes;
mod calendar;
mod clean;
mod cluster;
mod columns;
mod compare;
mod cost;
mod dictionary;
mod encode;
mod encoded;
mod encoding;
mod explain;
mod forest;
mod grow;
mod held;
mod hmac;
mod key;
mod label;
mod link;
mod memo;
mod model;
mod number;
mod people;
mod plan;
mod postcode;
mod question;
mod records;
mod result;
mod same;
mod shape;
mod soundex;
mod state;
mod strings;
mod suggest;
mod token;
mod touch;
mod train;
mod watch;
mod whole;

pub use bytes::StateError;
pub use columns::{Columns, Layout, Reading};
pub use cost::{Cost, LargeBlock, RuleCost, cost};
pub use encode::{Encoded, Encoder};
pub use encoding::{Encoding, EncodingError, EncodingKey, Hardening};
pub use explain::{Explainer, Step, Waterfall, explain};
pub use label::{Contradiction, Label, RefusedLabel};
pub use link::{link, link_watched};
pub use model::{Blocking, Comparison, Level, Model, ModelError, NumberRule, Prior, Veto};
pub use question::{Field, Test};
pub use records::{MoreInput, RecordInput, Records};
pub use result::{Conflict, Edge, LinkOptions, Linked, Report, RuleReport, Tier};
pub use strings::{damerau_levenshtein, jaro_winkler};
pub use suggest::{Proposal, Suggestion, suggest_blocking};
pub use token::Token;
pub use train::{Session, Trained, train};
pub use watch::{Done, Stage, Watch};
pub use whole::{Added, Change, Difference, Whole, differences};
