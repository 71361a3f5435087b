//! The parts of a question file, and what of the place's model they need.

use crate::document::{Document, Item, SECTIONS, SINGLE, sections};
use crate::node::{Entry, Value};
use crate::sink::{At, Sink};
use crate::{Resolve, builtin_code_file};
use std::collections::BTreeSet;

/// Sections of a blueprint that a question set may have.
const ALLOWED: [&str; 4] = ["codes", "feature", "segment", "measure"];

/// The parts of a question file.
pub(super) struct OwnParts {
    pub(super) at: At,
    pub(super) head: Option<Item>,
    pub(super) tables: Vec<Item>,
    pub(super) measures: Vec<Item>,
    pub(super) document: Document,
}

impl OwnParts {
    pub(super) fn take(sink: &mut Sink, file: usize, entries: Vec<Entry>) -> Self {
        let at = At { file, range: 0..0 };
        let (mut head, mut tables, mut rest) = (None, Vec::new(), Vec::new());
        for entry in entries {
            match (entry.key.as_str(), &entry.node.value) {
                ("questions", Value::Table(keys)) => {
                    head = Some(Item { id: "questions".into(), at: entry.at.clone(), entries: keys.clone() });
                }
                ("table", Value::List(items)) => {
                    for item in items {
                        if let Value::Table(keys) = &item.value {
                            tables.push(Item { id: "table".into(), at: item.at.clone(), entries: keys.clone() });
                        }
                    }
                }
                ("table", _) => {
                    sink.error(&entry.at, "`table` is a list of tables").helped("write `[[table]]`, with two brackets");
                }
                (key, _) if ALLOWED.contains(&key) => rest.push(entry),
                (key, _) => {
                    let message = format!("a question set has no section `{key}`");
                    let valid = ALLOWED.into_iter().chain(["questions", "table"]);
                    sink.error(&entry.at, message).labelled("not known here").nearest(key, valid);
                }
            }
        }
        let (mut document, _) = sections(sink, file, &rest, "a question set");
        let place = SECTIONS.iter().position(|s| s.name == "measure");
        let measures = place.map(|place| std::mem::take(&mut document.lists[place])).unwrap_or_default();
        Self { at, head, tables, measures, document }
    }

    /// Every text of the file in which a name can stand.
    pub(super) fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        let items = self.tables.iter().chain(&self.measures).chain(&self.head);
        for item in items.chain(self.document.lists.iter().flatten()) {
            item.entries.iter().for_each(|e| gather(&e.node.value, &mut texts));
        }
        texts
    }
}

fn gather(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Text(text) => texts.push(text.clone()),
        Value::List(items) => items.iter().for_each(|item| gather(&item.value, texts)),
        Value::Table(entries) => entries.iter().for_each(|e| gather(&e.node.value, texts)),
        _ => {}
    }
}

/// The words of a text that may be names.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')).filter(|w| !w.is_empty())
}

/// Whether a word stands in any of these texts.
pub(super) fn says(texts: &[String], word: &str) -> bool {
    texts.iter().any(|text| words(text).any(|other| other == word))
}

/// Leaves of the place's model what the questions may read: its population, and the features, code lists, segments and
/// tiers that are named, however far away. A word that merely looks like a name keeps one feature too many, never too few.
pub(super) fn keep_what_is_needed(document: &mut Document, own: &OwnParts, resolve: &dyn Resolve) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = own.texts();
    let names_people = own.head.as_ref().is_some_and(|head| head.entries.iter().any(|e| e.key == "people"));
    if !names_people && let Some(population) = document.single("population") {
        population.entries.iter().for_each(|e| gather(&e.node.value, &mut open));
    }
    let mut asks_need = false;
    let has_segments = !own.document.items("segment").is_empty();
    while let Some(text) = open.pop() {
        for word in words(&text) {
            if !seen.insert(word.to_owned()) {
                continue;
            }
            for section in ["codes", "feature"] {
                for item in document.items(section).iter().filter(|item| names(word, &item.id)) {
                    item.entries.iter().for_each(|e| gather(&e.node.value, &mut open));
                }
            }
            if matches!(word, "need" | "need_added" | "need_factor") {
                open.extend(weights(document, resolve));
                asks_need = true;
            }
            let groups: &[&str] = match word {
                "segment" if !has_segments => &["segment"],
                "tier" if !has_segments => &["segment", "tier"],
                _ => &[],
            };
            for item in groups.iter().flat_map(|group| document.items(group)) {
                item.entries.iter().filter(|e| e.key == "rule").for_each(|e| gather(&e.node.value, &mut open));
            }
        }
    }
    if let (false, Some(place)) = (asks_need, SINGLE.iter().position(|name| *name == "need")) {
        document.single[place] = None;
    }
    let (tier, segment) = (seen.contains("tier"), seen.contains("segment") || seen.contains("tier"));
    for (items, section) in document.lists.iter_mut().zip(&SECTIONS) {
        match section.name {
            "codes" | "feature" => items.retain(|item| seen.iter().any(|word| names(word, &item.id))),
            "segment" if segment && !has_segments => {}
            "tier" if tier && !has_segments => {}
            _ => items.clear(),
        }
    }
}

/// The table of weights of need, which names features.
fn weights(document: &Document, resolve: &dyn Resolve) -> Option<String> {
    let entry = document.single("need")?.entries.iter().find(|entry| entry.key == "file")?;
    let Value::Text(file) = &entry.node.value else { return None };
    resolve.resolve(file).or_else(|| builtin_code_file(file).map(str::to_owned))
}

/// Whether a word names an item: a feature of several kinds of event has a part for each, `falls_in_admission`.
fn names(word: &str, id: &str) -> bool {
    word.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with("_in_"))
}
