//! A place's own file, `place.toml`: its name, its blueprint, its localities and the extracts partners send.

use crate::fields::{Fields, Text};
use crate::node::{Entry, Value, read};
use crate::sink::{At, Sink};
use crate::{Diagnostic, builtin_ids};
use nhs::{Day, OdsCode};

/// A place as its file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name as people say it.
    pub name: String,
    /// Which care model it follows.
    pub blueprint: BlueprintRef,
    /// The day as of which people are counted; `None` for the last day of the data.
    pub as_of: Option<Day>,
    /// The first day of the period that is measured; `None` for the first of the data.
    pub start: Option<Day>,
    /// Its localities.
    pub localities: Vec<Locality>,
    /// What partners send.
    pub sources: Vec<SourceRef>,
}

/// Which blueprint a place follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlueprintRef {
    /// A built-in model, by identifier.
    Builtin(String),
    /// A file, relative to the place's directory.
    File(String),
}

/// A locality: a group of practices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locality {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Its practices.
    pub practices: Vec<OdsCode>,
    /// The first day on which the care model served it; `None` where it does not yet.
    pub served_from: Option<Day>,
}

/// One kind of extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRef {
    /// Identifier, unique in the place.
    pub id: String,
    /// Name of the format that says how its columns become ours (a file of `sources/`).
    pub format: String,
    /// Which files, as a pattern relative to the place's directory: `extracts/gp_*.csv`.
    pub files: String,
}

/// Reads a `place.toml`. The place is there unless a diagnostic is an error.
pub fn parse(file_name: &str, text: &str) -> (Option<Place>, Vec<Diagnostic>) {
    let mut sink = Sink::default();
    let file = sink.add_file(file_name, text);
    let place = read(&mut sink, file).and_then(|entries| read_place(&mut sink, &entries, file));
    let sound = !sink.has_errors();
    (place.filter(|_| sound), sink.into_findings())
}

fn read_place(sink: &mut Sink, entries: &[Entry], file: usize) -> Option<Place> {
    let whole = At { file, range: 0..0 };
    let mut fields = Fields::new(sink, entries, &whole, "a place");
    let (name, blueprint) = (fields.needed("name"), fields.needed("blueprint"));
    let (as_of, start) = (fields.entry("as_of"), fields.entry("start"));
    let (localities, sources) = (fields.entry("locality"), fields.entry("source"));
    fields.finish();
    let blueprint = blueprint.and_then(|text| blueprint_ref(sink, &text));
    let as_of_day = as_of.and_then(|entry| day(sink, entry));
    let start_day = start.and_then(|entry| day(sink, entry));
    if let (Some(entry), Some(start), Some(as_of)) = (start, start_day, as_of_day)
        && start > as_of
    {
        sink.error(&entry.node.at, format!("the start {start} is after the as-of date {as_of}"));
    }
    let localities = localities.map_or_else(Vec::new, |entry| read_localities(sink, entry));
    if localities.is_empty() {
        sink.warning(&whole, "the place has no localities: everyone is shown in one")
            .helped("write `[[locality]]` with its practices");
    }
    let sources = sources.map_or_else(Vec::new, |entry| read_sources(sink, entry));
    if sources.is_empty() {
        sink.error(&whole, "the place has no source")
            .helped("write `[[source]]` with `id`, `format` and `files` for each extract");
    }
    Some(Place { name: name?.text, blueprint: blueprint?, as_of: as_of_day, start: start_day, localities, sources })
}

fn blueprint_ref(sink: &mut Sink, text: &Text) -> Option<BlueprintRef> {
    let name = text.text.trim();
    if builtin_ids().contains(&name) {
        return Some(BlueprintRef::Builtin(name.to_owned()));
    }
    let is_toml = name.to_ascii_lowercase().ends_with(".toml");
    if !is_toml {
        sink.error(&text.at, format!("there is no care model `{name}`")).nearest(name, builtin_ids());
        return None;
    }
    inside(sink, text).then(|| BlueprintRef::File(name.to_owned()))
}

/// Whether a path stays in the place's own directory.
fn inside(sink: &mut Sink, text: &Text) -> bool {
    let path = text.text.trim();
    let leaves =
        path.starts_with(['/', '\\']) || path.contains(':') || path.split(['/', '\\']).any(|part| part == "..");
    if leaves {
        sink.error(&text.at, format!("`{path}` leaves the place's directory"))
            .helped("write a path relative to place.toml, such as `extracts/gp_*.csv`");
    }
    !leaves
}

/// A day written `2017-04-01`, in quotes or without.
fn day(sink: &mut Sink, entry: &Entry) -> Option<Day> {
    let text = match &entry.node.value {
        Value::Text(text) | Value::Date(text) => text,
        other => {
            let message = format!("`{}` is a date, not {}", entry.key, other.what());
            sink.error(&entry.node.at, message).helped("write `2017-04-01`");
            return None;
        }
    };
    match Day::parse_iso(text.trim()) {
        Ok(day) => Some(day),
        Err(reason) => {
            sink.error(&entry.node.at, format!("`{text}` {reason}")).helped("write `2017-04-01`");
            None
        }
    }
}

fn tables<'a>(sink: &mut Sink, entry: &'a Entry) -> Vec<(&'a [Entry], &'a At)> {
    let Value::List(items) = &entry.node.value else {
        let name = &entry.key;
        sink.error(&entry.at, format!("`{name}` is a list of tables"))
            .helped(format!("write `[[{name}]]`, with two brackets"));
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        match &item.value {
            Value::Table(entries) => found.push((entries.as_slice(), &item.at)),
            other => {
                sink.error(&item.at, format!("each `{}` is a table, not {}", entry.key, other.what()));
            }
        }
    }
    found
}

fn read_localities(sink: &mut Sink, entry: &Entry) -> Vec<Locality> {
    let mut localities = Vec::new();
    let mut ids: Vec<String> = Vec::new();
    let mut taken: Vec<(OdsCode, String)> = Vec::new();
    for (entries, at) in tables(sink, entry) {
        let mut fields = Fields::new(sink, entries, at, "a locality");
        let (id, name) = (fields.needed("id"), fields.words("name"));
        let practices = fields.texts("practices");
        let served = fields.entry("served_from");
        fields.finish();
        let served_from = served.and_then(|entry| day(sink, entry));
        let Some(id) = id.filter(|id| unique(sink, &mut ids, id, "locality")) else { continue };
        let mut codes = Vec::new();
        for practice in &practices {
            let Some(code) = practice_code(sink, practice) else { continue };
            if let Some((_, other)) = taken.iter().find(|(known, _)| *known == code) {
                let message = format!("the practice {code} is there twice");
                let label =
                    if *other == id.text { "twice in this locality".into() } else { format!("also in `{other}`") };
                sink.error(&practice.at, message).labelled(label).helped("a practice belongs to one locality");
                continue;
            }
            taken.push((code, id.text.clone()));
            codes.push(code);
        }
        if practices.is_empty() {
            sink.error(at, format!("the locality `{}` has no practices", id.text))
                .helped("write `practices = [\"A00001\"]`");
        }
        let name = if name.is_empty() { crate::words::from_id(&id.text) } else { name };
        localities.push(Locality { id: id.text, name, practices: codes, served_from });
    }
    localities
}

fn practice_code(sink: &mut Sink, text: &Text) -> Option<OdsCode> {
    match OdsCode::parse(&text.text) {
        Ok(code) => {
            if !code.is_practice_shaped() {
                sink.warning(&text.at, format!("{code} does not look like a practice"))
                    .labelled("a practice in England is a letter and five digits");
            }
            Some(code)
        }
        Err(reason) => {
            sink.error(&text.at, format!("`{}` is not an organisation code", text.text)).labelled(reason.to_string());
            None
        }
    }
}

fn unique(sink: &mut Sink, ids: &mut Vec<String>, id: &Text, what: &str) -> bool {
    // Organisation codes serve as identifiers of localities, so capital letters are welcome here.
    if id.text.len() > 60 || !id.text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
        sink.error(&id.at, format!("`{}` cannot be used as an identifier", id.text))
            .helped("identifiers are letters, digits, underscores and hyphens, at most 60");
        return false;
    }
    let new = !ids.contains(&id.text);
    if !new {
        sink.error(&id.at, format!("the {what} `{}` is there twice", id.text));
    }
    ids.push(id.text.clone());
    new
}

fn read_sources(sink: &mut Sink, entry: &Entry) -> Vec<SourceRef> {
    let mut sources = Vec::new();
    let mut ids: Vec<String> = Vec::new();
    for (entries, at) in tables(sink, entry) {
        let mut fields = Fields::new(sink, entries, at, "a source");
        let (id, format, files) = (fields.needed("id"), fields.needed("format"), fields.needed("files"));
        fields.finish();
        let (Some(id), Some(format), Some(files)) = (id, format, files) else { continue };
        if unique(sink, &mut ids, &id, "source") && inside(sink, &files) {
            sources.push(SourceRef { id: id.text, format: format.text, files: files.text });
        }
    }
    sources
}
