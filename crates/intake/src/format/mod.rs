//! Source formats: how the columns of one extract become ours. `docs/formats/sources.md` describes the files.

mod builtin;
mod document;
mod event;
mod model;
mod parse;
mod pattern;

pub(crate) use event::{
    CodeRule, Condition, CostRule, CostUnit, EventRule, FilledRule, KindRule, Rate, SystemRule, VocabRule,
};
pub(crate) use model::{ColumnId, DateForm, Encoding, ReaderKind, ReferenceRule, RegistrationRule};
pub use model::{Role, SourceFormat};
pub(crate) use pattern::Lookup;
