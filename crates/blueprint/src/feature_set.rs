//! Questions without a care model: code lists and features alone, for analysts and for tests.

use crate::compile::Compiler;
use crate::model::{CodeList, Feature, LoadedScore};
use crate::{Diagnostic, Resolve, merge};

/// Features with the code lists they use, in an order in which each needs only earlier ones. The built-in ones come first.
#[derive(Debug, Clone, Default)]
pub struct FeatureSet {
    /// Code lists by name.
    pub codes: Vec<CodeList>,
    /// Score tables by position.
    pub score_tables: Vec<LoadedScore>,
    /// Built-in features and those of the file.
    pub features: Vec<Feature>,
}

impl FeatureSet {
    /// The position of a feature.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.features.iter().position(|feature| feature.id == id)
    }
}

/// Compiles the `[codes.x]` and `[feature.x]` of a file and of what it extends and composes; other sections are only read.
/// They are there unless a diagnostic is an error.
pub fn feature_set(file_name: &str, text: &str, resolve: &dyn Resolve) -> (Option<FeatureSet>, Vec<Diagnostic>) {
    let mut sink = crate::sink::Sink::default();
    let Some(document) = merge::load(&mut sink, file_name, text, resolve) else { return (None, sink.into_findings()) };
    let mut compiler = Compiler::new(sink, resolve);
    compiler.read_codes(document.items("codes"));
    compiler.read_features(document.items("feature"), None, &|word| document.names(word));
    let sound = !compiler.sink.has_errors();
    let set = FeatureSet { codes: compiler.codes, score_tables: compiler.score_tables, features: compiler.features };
    (sound.then_some(set), compiler.sink.into_findings())
}
