//! One file as sections of items: what is merged when a model extends or composes others.

use crate::fields::{Fields, Text, is_name};
use crate::node::{Entry, Value, read};
use crate::sink::{At, Sink};

/// A kind of item that has an identifier and can be overridden or removed by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Section {
    /// The TOML key.
    pub(crate) name: &'static str,
    /// Whether it is written `[feature.x]` (else `[[segment]]` with an `id`).
    pub(crate) keyed: bool,
    /// Whether an element brings it into a model that composes the element.
    pub(crate) composed: bool,
    /// Keys of which an override replaces all as soon as it gives one.
    pub(crate) together: &'static [&'static str],
}

const fn section(name: &'static str, keyed: bool, composed: bool, together: &'static [&'static str]) -> Section {
    Section { name, keyed, composed, together }
}

/// Keys that say how a feature is computed.
pub(crate) const FEATURE_KEYS: &[&str] = &[
    "count",
    "exists",
    "distinct_codes",
    "distinct_days",
    "distinct_spells",
    "first_date",
    "last_date",
    "sum_cost",
    "max_cost",
    "min_cost",
    "sum_days",
    "max_days",
    "min_days",
    "first_value",
    "last_value",
    "first_code",
    "last_code",
    "max_value",
    "min_value",
    "sum_value",
    "known_to",
    "score",
    "events",
    "file",
    "of",
    "rule",
    "where",
    "within",
    "after",
    "on_or_after",
    "before",
    "on_or_before",
    "dated_by",
    "followed_by",
    "not_followed_by",
    "preceded_by",
    "not_preceded_by",
];
/// Keys that say what a code list holds, a terminology each.
pub(crate) const CODE_KEYS: &[&str] = &[
    "icd10",
    "opcs4",
    "snomed",
    "dmd",
    "treatment_function",
    "chief_complaint",
    "service",
    "local",
    "loinc",
    "rxnorm",
    "omop_concept",
    "file",
    "only",
];

/// Keys that say what a measure counts.
const MEASURE_KEYS: &[&str] = &[
    "count",
    "sum_days",
    "sum_cost",
    "pmpm",
    "where",
    "followed_by",
    "not_followed_by",
    "preceded_by",
    "not_preceded_by",
];

/// Every section, in the order in which a model is shown.
pub(crate) const SECTIONS: [Section; 12] = [
    section("codes", true, true, CODE_KEYS),
    section("feature", true, true, FEATURE_KEYS),
    section("segment", false, false, &[]),
    section("tier", false, false, &[]),
    section("service", true, true, &[]),
    section("team", true, true, &[]),
    section("role", true, true, &[]),
    section("measure", false, true, MEASURE_KEYS),
    section("node", false, true, &[]),
    section("logic", false, true, &[]),
    section("characteristic", false, true, &[]),
    section("building_block", false, true, &[]),
];

/// Sections of which there is one, overridden key by key.
pub(crate) const SINGLE: [&str; 5] = ["model", "population", "contract", "risk", "need"];

/// One item: its identifier, where it was first written, and its keys (each with its own place).
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) at: At,
    pub(crate) entries: Vec<Entry>,
}

/// Sections with their items; the position is that of [`SINGLE`] or [`SECTIONS`].
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) single: [Option<Item>; SINGLE.len()],
    pub(crate) lists: [Vec<Item>; SECTIONS.len()],
    /// Identifiers of the models it extends or composes, nearest first.
    pub(crate) lineage: Vec<String>,
}

/// What a file takes from others.
#[derive(Debug, Default)]
pub(crate) struct Header {
    pub(crate) extends: Option<Text>,
    pub(crate) compose: Vec<Text>,
    pub(crate) remove: Vec<Text>,
}

impl Document {
    pub(crate) fn empty() -> Self {
        Self { single: Default::default(), lists: Default::default(), lineage: Vec::new() }
    }

    /// The items of a section by its TOML key; empty for a key that is no section.
    pub(crate) fn items(&self, name: &str) -> &[Item] {
        SECTIONS.iter().position(|s| s.name == name).map_or(&[], |place| self.lists[place].as_slice())
    }

    /// Whether a word stands as a name in any text of the document.
    pub(crate) fn names(&self, word: &str) -> bool {
        let entries = self.single.iter().flatten().chain(self.lists.iter().flatten()).flat_map(|item| &item.entries);
        entries.into_iter().any(|entry| stands_in(&entry.node.value, word))
    }

    /// The single section with this TOML key.
    pub(crate) fn single(&self, name: &str) -> Option<&Item> {
        SINGLE.iter().position(|s| *s == name).and_then(|place| self.single[place].as_ref())
    }
}

fn stands_in(value: &Value, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    match value {
        Value::Text(text) => text.split(|c| !part_of_name(c)).any(|part| part == word),
        Value::List(items) => items.iter().any(|item| stands_in(&item.value, word)),
        Value::Table(entries) => entries.iter().any(|entry| stands_in(&entry.node.value, word)),
        Value::Whole(_) | Value::Decimal(_) | Value::Truth(_) | Value::Date(_) => false,
    }
}

/// Reads one file of the sink into its sections. `None` where it is not TOML.
pub(crate) fn read_document(sink: &mut Sink, file: usize) -> Option<(Document, Header)> {
    let entries = read(sink, file)?;
    Some(sections(sink, file, &entries, "a blueprint"))
}

/// Sorts the entries of a file into sections; `what` the file is stands in messages.
pub(crate) fn sections(sink: &mut Sink, file: usize, entries: &[Entry], what: &'static str) -> (Document, Header) {
    let mut document = Document::empty();
    let mut fields = Fields::new(sink, entries, &At { file, range: 0..0 }, what);
    let header =
        Header { extends: fields.text("extends"), compose: fields.texts("compose"), remove: fields.texts("remove") };
    for (place, name) in SINGLE.iter().enumerate() {
        if let Some(entry) = fields.entry(name) {
            document.single[place] = table_item(fields.sink, name, entry);
        }
    }
    for (place, section) in SECTIONS.iter().enumerate() {
        if let Some(entry) = fields.entry(section.name) {
            document.lists[place] = if section.keyed {
                keyed_items(fields.sink, section, entry)
            } else {
                listed_items(fields.sink, section, entry)
            };
        }
    }
    fields.finish();
    (document, header)
}

fn table_item(sink: &mut Sink, id: &str, entry: &Entry) -> Option<Item> {
    if let Value::Table(entries) = &entry.node.value {
        return Some(Item { id: id.to_owned(), at: entry.at.clone(), entries: entries.clone() });
    }
    let message = format!("`{id}` is a table, not {}", entry.node.value.what());
    sink.error(&entry.node.at, message).labelled(format!("write `[{id}]` and its keys below it"));
    None
}

fn keyed_items(sink: &mut Sink, section: &Section, entry: &Entry) -> Vec<Item> {
    let name = section.name;
    let Value::Table(items) = &entry.node.value else {
        let message = format!("each `{name}` is written as a table with its identifier");
        sink.error(&entry.at, message).helped(format!("write `[{name}.identifier]`"));
        return Vec::new();
    };
    let mut read = Vec::new();
    for item in items {
        if check_name(sink, &item.key, &item.at) {
            read.extend(table_item(sink, &item.key, item));
        }
    }
    read
}

fn listed_items(sink: &mut Sink, section: &Section, entry: &Entry) -> Vec<Item> {
    let name = section.name;
    let Value::List(items) = &entry.node.value else {
        sink.error(&entry.at, format!("`{name}` is a list of tables"))
            .helped(format!("write `[[{name}]]`, with two brackets"));
        return Vec::new();
    };
    let mut read: Vec<Item> = Vec::new();
    for item in items {
        let Value::Table(entries) = &item.value else {
            sink.error(&item.at, format!("each `{name}` is a table, not {}", item.value.what()));
            continue;
        };
        let Some(Text { text: id, at }) = identifier(sink, section, entries, &item.at) else { continue };
        if let Some(first) = read.iter().find(|known| known.id == id) {
            let first = sink.origin(&first.at);
            sink.error(&at, format!("the {} `{id}` is there twice", name.replace('_', " ")))
                .labelled(format!("first at {first}"));
            continue;
        }
        read.push(Item { id, at, entries: entries.clone() });
    }
    read
}

/// An arrow of the logic model is known by its two ends, everything else by its `id`.
fn identifier(sink: &mut Sink, section: &Section, entries: &[Entry], at: &At) -> Option<Text> {
    let mut fields = Fields::new(sink, entries, at, "an item of a list");
    if section.name == "logic" {
        let (from, to) = (fields.needed("from")?, fields.needed("to")?);
        return Some(Text { text: format!("{} -> {}", from.text, to.text), at: from.at });
    }
    let id = fields.needed("id")?;
    check_name(sink, &id.text, &id.at).then_some(id)
}

fn check_name(sink: &mut Sink, name: &str, at: &At) -> bool {
    let good = is_name(name);
    if !good {
        sink.error(at, format!("`{name}` cannot be used as an identifier"))
            .helped("identifiers are small letters, digits and underscores, and start with a letter");
    }
    good
}
