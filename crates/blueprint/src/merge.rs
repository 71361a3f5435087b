//! What a model takes from the models it extends and composes.

use crate::document::{Document, Header, Item, SECTIONS, Section, read_document};
use crate::node::Value;
use crate::sink::{At, Sink};
use crate::{Resolve, builtin, builtin_ids};

/// The deepest chain of `extends`.
const DEEPEST: usize = 8;

/// Reads a file and everything it extends and composes into one document.
pub(crate) fn load(sink: &mut Sink, name: &str, text: &str, resolve: &dyn Resolve) -> Option<Document> {
    load_within(sink, name, text, resolve, &mut Vec::new())
}

fn load_within(
    sink: &mut Sink,
    name: &str,
    text: &str,
    resolve: &dyn Resolve,
    open: &mut Vec<String>,
) -> Option<Document> {
    let file = sink.add_file(name, text);
    let (own, header) = read_document(sink, file)?;
    open.push(name.to_owned());
    let merged = take_in(sink, own, &header, resolve, open);
    open.pop();
    merged
}

/// Puts a file's own items over those of a document, as if the file extended it.
pub(crate) fn put_over(sink: &mut Sink, merged: &mut Document, own: [Vec<Item>; SECTIONS.len()]) {
    for ((items, over), section) in merged.lists.iter_mut().zip(own).zip(&SECTIONS) {
        extend(sink, section, items, over);
    }
}

fn take_in(
    sink: &mut Sink,
    own: Document,
    header: &Header,
    resolve: &dyn Resolve,
    open: &mut Vec<String>,
) -> Option<Document> {
    let mut merged = Document::empty();
    if let Some(base) = &header.extends {
        merged = import(sink, &base.text, &base.at, resolve, open)?;
        merged.lineage.insert(0, base.text.clone());
    }
    for element in &header.compose {
        let part = import(sink, &element.text, &element.at, resolve, open)?;
        merged.lineage.push(element.text.clone());
        compose(&mut merged, part);
    }
    for removal in &header.remove {
        remove(sink, &mut merged, &removal.text, &removal.at);
    }
    for (base, over) in merged.single.iter_mut().zip(own.single) {
        match (base, over) {
            (Some(base), Some(over)) => over_write(base, over, &[]),
            (base, Some(over)) => *base = Some(over),
            (_, None) => {}
        }
    }
    put_over(sink, &mut merged, own.lists);
    Some(merged)
}

/// The document of a model named in `extends` or `compose`: a built-in one by its identifier, or a file.
fn import(sink: &mut Sink, name: &str, at: &At, resolve: &dyn Resolve, open: &mut Vec<String>) -> Option<Document> {
    let embedded = builtin(name);
    let file_name = if embedded.is_some() { format!("{name}.toml") } else { name.to_owned() };
    if open.contains(&file_name) || open.len() >= DEEPEST {
        let chain = format!("{} -> {file_name}", open.join(" -> "));
        sink.error(at, format!("`{name}` takes itself in, by way of others")).labelled(chain);
        return None;
    }
    let Some(text) = embedded.map(str::to_owned).or_else(|| resolve.resolve(name)) else {
        sink.error(at, format!("there is no model or file `{name}`")).nearest(name, builtin_ids());
        return None;
    };
    // A file reached twice on different ways is read twice: its spans stay its own.
    match embedded {
        Some(_) => load_within(sink, &file_name, &text, &crate::OnlyBuiltin, open),
        None => load_within(sink, &file_name, &text, resolve, open),
    }
}

/// Adds an element's items. Where the host has an item of the same identifier already, the host's stays.
fn compose(host: &mut Document, element: Document) {
    for ((items, more), section) in host.lists.iter_mut().zip(element.lists).zip(&SECTIONS) {
        if section.composed {
            let new: Vec<Item> = more.into_iter().filter(|m| items.iter().all(|i| i.id != m.id)).collect();
            items.extend(new);
        }
    }
    for name in element.lineage {
        if !host.lineage.contains(&name) {
            host.lineage.push(name);
        }
    }
}

/// Removes `segment.healthy` and its like.
fn remove(sink: &mut Sink, merged: &mut Document, path: &str, at: &At) {
    let (name, id) = path.split_once('.').unwrap_or((path, ""));
    let Some(place) = SECTIONS.iter().position(|s| s.name == name) else {
        sink.error(at, format!("`{path}` does not say what to remove")).nearest(name, SECTIONS.iter().map(|s| s.name));
        return;
    };
    let before = merged.lists[place].len();
    let names: Vec<String> = merged.lists[place].iter().map(|i| i.id.clone()).collect();
    merged.lists[place].retain(|item| item.id != id);
    if merged.lists[place].len() == before {
        let message = format!("there is no {name} `{id}` to remove");
        sink.error(at, message).nearest(id, names.iter().map(String::as_str));
    }
}

/// Puts a file's own items over those it takes in: the same identifier changes keys, a new one is added.
fn extend(sink: &mut Sink, section: &Section, items: &mut Vec<Item>, over: Vec<Item>) {
    for item in over {
        if let Some(base) = items.iter_mut().find(|known| known.id == item.id) {
            over_write(base, item, section.together);
            continue;
        }
        let place = place_for(sink, section, items, &item);
        items.insert(place, item);
    }
}

/// A new segment or tier stands before the one it names in `before`, else before the last, which takes everyone left over.
fn place_for(sink: &mut Sink, section: &Section, items: &[Item], item: &Item) -> usize {
    if !matches!(section.name, "segment" | "tier") {
        return items.len();
    }
    if let Some(entry) = item.entries.iter().find(|e| e.key == "before")
        && let Value::Text(before) = &entry.node.value
    {
        if let Some(place) = items.iter().position(|known| known.id == *before) {
            return place;
        }
        let message = format!("there is no {} `{before}` to stand before", section.name);
        sink.error(&entry.node.at, message).nearest(before, items.iter().map(|i| i.id.as_str()));
    }
    let has_rule = |item: &Item| item.entries.iter().any(|e| e.key == "rule");
    // Only what another file left as the last without a rule is stood before; in one file the written order is kept.
    let last_is_rest = items.last().is_some_and(|last| !has_rule(last) && last.at.file != item.at.file);
    if has_rule(item) && last_is_rest { items.len() - 1 } else { items.len() }
}

fn over_write(base: &mut Item, over: Item, together: &[&str]) {
    if over.entries.iter().any(|e| together.contains(&e.key.as_str())) {
        base.entries.retain(|e| !together.contains(&e.key.as_str()));
    }
    for entry in over.entries {
        match base.entries.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => *known = entry,
            None => base.entries.push(entry),
        }
    }
}
