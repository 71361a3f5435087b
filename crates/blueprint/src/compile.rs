//! From a merged document to a compiled model.

use crate::document::{Document, Item};
use crate::fields::{Fields, Text};
use crate::model::{Blueprint, CodeList, Expr, Feature, LoadedScore, Population, SizeBound};
use crate::node::Value;
use crate::rule::{self, Names};
use crate::sink::{At, Sink};
use crate::{Diagnostic, Resolve, builtin, merge};
use std::collections::BTreeSet;

/// The state of one compilation.
pub(crate) struct Compiler<'a> {
    pub(crate) sink: Sink,
    pub(crate) resolve: &'a dyn Resolve,
    pub(crate) codes: Vec<CodeList>,
    pub(crate) broken_codes: BTreeSet<String>,
    pub(crate) code_files: Vec<(String, usize)>,
    pub(crate) features: Vec<Feature>,
    pub(crate) score_tables: Vec<LoadedScore>,
    pub(crate) names: Names,
}

/// Compiles a blueprint: reads it and what it extends and composes, checks everything, resolves every name.
/// The model is there unless a diagnostic is an error.
pub fn compile(file_name: &str, text: &str, resolve: &dyn Resolve) -> (Option<Blueprint>, Vec<Diagnostic>) {
    let (model, sink) = run(file_name, text, resolve);
    (model.map(|(_, model)| model), sink.into_findings())
}

/// Compiles and keeps the document, for showing it.
pub(crate) fn run(file_name: &str, text: &str, resolve: &dyn Resolve) -> (Option<(Document, Blueprint)>, Sink) {
    let mut sink = Sink::default();
    let Some(document) = merge::load(&mut sink, file_name, text, resolve) else { return (None, sink) };
    let mut compiler = Compiler::new(sink, resolve);
    let model = compiler.model(&document);
    let sound = !compiler.sink.has_errors();
    (model.filter(|_| sound).map(|model| (document, model)), compiler.sink)
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(sink: Sink, resolve: &'a dyn Resolve) -> Self {
        Self {
            sink,
            resolve,
            codes: Vec::new(),
            broken_codes: BTreeSet::new(),
            code_files: Vec::new(),
            features: Vec::new(),
            score_tables: Vec::new(),
            names: Names::default(),
        }
    }
}

impl Compiler<'_> {
    fn model(&mut self, document: &Document) -> Option<Blueprint> {
        let whole = document.single("model").map_or(At { file: 0, range: 0..0 }, |item| item.at.clone());
        let head = self.read_head(document, &whole);
        self.read_codes(document.items("codes"));
        self.read_features(document.items("feature"), document.single("need"), &|word| document.names(word));
        let population = self.read_population(document.single("population"), &whole);
        self.names.segments = document.items("segment").iter().map(|i| i.id.clone()).collect();
        self.names.tiers = document.items("tier").iter().map(|i| i.id.clone()).collect();
        let segments = self.read_segments(document.items("segment"), &whole);
        self.add_segment_feature();
        let tiers = self.read_tiers(document.items("tier"), document.items("service"), &whole);
        self.add_tier_feature();
        let roles = self.read_roles(document.items("role"));
        let teams = self.read_teams(document.items("team"), document.items("role"));
        let services = self.read_services(document.items("service"), document.items("team"));
        let measures = self.read_measures(document.items("measure"));
        let (logic_nodes, logic) = self.read_logic(document, &services, &measures);
        let need = document.single("need").and_then(|item| self.need_plan(item));
        let risk = document.single("risk").map(|item| self.read_risk(item));
        let contract = document.single("contract").and_then(|item| self.read_contract(item));
        let characteristics = self.read_characteristics(document.items("characteristic"), &measures);
        let building_blocks = self.read_building_blocks(document.items("building_block"));
        let head = head?;
        Some(Blueprint {
            id: head.id,
            name: head.name,
            version: head.version,
            summary: head.summary,
            lineage: document.lineage.clone(),
            answers: head.answers,
            population: population?,
            codes: std::mem::take(&mut self.codes),
            features: std::mem::take(&mut self.features),
            score_tables: std::mem::take(&mut self.score_tables),
            segments,
            tiers,
            services,
            teams,
            roles,
            measures,
            logic,
            logic_nodes,
            risk,
            need,
            contract,
            characteristics,
            building_blocks,
        })
    }

    fn read_head(&mut self, document: &Document, whole: &At) -> Option<Head> {
        let Some(item) = document.single("model") else {
            self.sink
                .error(whole, "the blueprint has no `[model]`")
                .helped("begin with `[model]`, its `id`, `name` and `version`");
            return None;
        };
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "the model");
        let (id, name, version) = (fields.needed("id"), fields.needed("name"), fields.needed("version"));
        let summary = fields.words("summary");
        let answers = fields.answers();
        if let Some(version) = &version
            && !is_version(&version.text)
        {
            let message = format!("`{}` is not a version", version.text);
            fields.sink.error(&version.at, message).helped("write three numbers: `1.0.0`");
        }
        fields.finish();
        Some(Head { id: id?.text, name: name?.text, version: version?.text, summary, answers })
    }

    fn read_population(&mut self, item: Option<&Item>, whole: &At) -> Option<Population> {
        let Some(item) = item else {
            self.sink.error(whole, "the blueprint has no `[population]`").helped("say whom the model serves");
            return None;
        };
        let mut fields = Fields::new(&mut self.sink, &item.entries, &item.at, "the population");
        let basis = fields.needed("basis");
        let include = fields.needed("include");
        let usual = fields.entry("usual_size").cloned();
        let locality = fields.entry("locality_size").cloned();
        fields.finish();
        let mut usual_sizes = Vec::new();
        if let Some(entry) = usual {
            let bounds = match &entry.node.value {
                Value::List(bounds) => bounds.clone(),
                _ => vec![entry.node],
            };
            usual_sizes.extend(bounds.iter().filter_map(|bound| self.read_size(&bound.value, &bound.at)));
        }
        let locality_size = locality.and_then(|entry| self.read_size(&entry.node.value, &entry.node.at));
        let include_expr = include.as_ref().and_then(|text| self.truth(text));
        Some(Population {
            basis: basis?.text,
            include: include_expr?,
            include_text: include?.text,
            usual_sizes,
            locality_size,
        })
    }

    fn read_size(&mut self, value: &Value, at: &At) -> Option<SizeBound> {
        let Value::Table(entries) = value else {
            let message = format!("a size is a table, not {}", value.what());
            self.sink.error(at, message).helped("write `{ from = 100_000, to = 300_000, source = \"...\" }`");
            return None;
        };
        let mut fields = Fields::new(&mut self.sink, entries, at, "a size");
        let (from, to) = (fields.whole("from", 1), fields.whole("to", 1));
        let source = fields.words("source");
        fields.finish();
        if from.is_none() && to.is_none() {
            self.sink.error(at, "a size needs `from`, `to` or both");
            return None;
        }
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            self.sink.error(at, format!("the size runs from {from} down to {to}"));
        }
        Some(SizeBound { from: from.map(|n| n as u64), to: to.map(|n| n as u64), source })
    }

    /// A rule that is true or false of a person.
    pub(crate) fn truth(&mut self, text: &Text) -> Option<Expr> {
        let rule = rule::parse(&mut self.sink, text)?;
        rule::truth(&mut self.sink, &self.names, &rule)
    }

    /// Whether a file is one of the built-in models.
    pub(crate) fn is_builtin(&self, file: usize) -> bool {
        let file = self.sink.file(file);
        file.name.strip_suffix(".toml").and_then(builtin).is_some_and(|text| text == file.text)
    }

    /// The words of a section's items, for advice.
    pub(crate) fn ids(items: &[Item]) -> impl Iterator<Item = &str> {
        items.iter().map(|item| item.id.as_str())
    }
}

struct Head {
    id: String,
    name: String,
    version: String,
    summary: String,
    answers: Vec<String>,
}

fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 3 && parts.iter().all(|p| !p.is_empty() && p.len() < 6 && p.bytes().all(|b| b.is_ascii_digit()))
}
