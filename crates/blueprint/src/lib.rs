//! A care model as data: parse, check, compile, with diagnostics that point at the line.
//!
//! Pure: text in, model out. Imports (`extends`, `compose`, code list files) are asked of a [`Resolve`], and the built-in
//! models and code lists are embedded.

mod builtin;
mod codes;
mod compile;
mod diagnostic;
mod document;
mod expression;
mod feature;
mod feature_events;
mod feature_related;
mod feature_set;
mod features;
mod fields;
mod groups;
mod measures;
mod merge;
pub mod model;
mod nearest;
mod need;
mod node;
mod offers;
pub mod place;
mod question;
pub mod questions;
mod risk;
mod rule;
pub mod score;
mod score_file;
mod show;
mod sink;
mod site;
mod starter;
mod table;
mod words;

pub use builtin::{builtin, builtin_code_file, builtin_ids};
pub use compile::compile;
pub use diagnostic::{Diagnostic, Severity};
pub use feature_set::{FeatureSet, feature_set};
pub use model::Blueprint;
pub use place::Place;
pub use question::{WordSet, question};
pub use questions::{Questions, compile_questions};
pub use score::{ScoreGroup, ScoreTable, score_table};
pub use show::show;
pub use starter::new_for_place;

/// Finds the text of a file that a blueprint names (`extends = "mcp"`, `file = "codes/frailty.csv"`): relative to the
/// blueprint. Built-in models (`mcp`) are found without asking it; built-in code lists after it has said `None`.
pub trait Resolve {
    /// The text of the file, if there is one.
    fn resolve(&self, name: &str) -> Option<String>;
}

impl<F: Fn(&str) -> Option<String>> Resolve for F {
    fn resolve(&self, name: &str) -> Option<String> {
        self(name)
    }
}

/// Finds nothing but what is built in.
#[derive(Debug, Clone, Copy)]
pub struct OnlyBuiltin;

impl Resolve for OnlyBuiltin {
    fn resolve(&self, _name: &str) -> Option<String> {
        None
    }
}
