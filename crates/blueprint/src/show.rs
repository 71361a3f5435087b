//! The whole of a model as one file, with where each part came from.

use crate::compile::run;
use crate::document::{Item, SECTIONS, SINGLE, Section};
use crate::node::{Entry, Node, Value};
use crate::sink::{At, Sink};
use crate::{Diagnostic, Resolve};
use std::fmt::Write as _;

/// The whole resolved model as TOML, each item headed by its origin (`# mcp.toml:12`) and each key that came from another
/// file followed by its own. The text compiles to the same model. It is there unless a diagnostic is an error.
pub fn show(file_name: &str, text: &str, resolve: &dyn Resolve) -> (Option<String>, Vec<Diagnostic>) {
    let (model, sink) = run(file_name, text, resolve);
    let shown = model.map(|(document, _)| {
        let mut out = String::new();
        for (name, item) in SINGLE.iter().zip(&document.single) {
            if let Some(item) = item {
                write_item(&mut out, &sink, &format!("[{name}]"), item);
            }
        }
        for (section, items) in SECTIONS.iter().zip(&document.lists) {
            for item in items {
                write_item(&mut out, &sink, &heading(section, &item.id), item);
            }
        }
        out
    });
    (shown, sink.into_findings())
}

fn heading(section: &Section, id: &str) -> String {
    if section.keyed { format!("[{}.{id}]", section.name) } else { format!("[[{}]]", section.name) }
}

fn write_item(out: &mut String, sink: &Sink, heading: &str, item: &Item) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "# {}\n{heading}", sink.origin(&item.at));
    for entry in &item.entries {
        // A place in the order is spent once the models are merged.
        if entry.key != "before" {
            write_entry(out, sink, &item.at, entry);
        }
    }
    out.push('\n');
}

fn write_entry(out: &mut String, sink: &Sink, home: &At, entry: &Entry) {
    let value = written(&entry.node);
    let origin = if entry.at.file == home.file { String::new() } else { format!("  # {}", sink.origin(&entry.at)) };
    let _ = writeln!(out, "{} = {value}{origin}", entry.key);
}

/// A value as TOML on one line.
fn written(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => quoted(text),
        Value::Whole(number) => number.to_string(),
        Value::Decimal(text) | Value::Date(text) => text.clone(),
        Value::Truth(truth) => truth.to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Table(entries) => {
            let pairs: Vec<String> = entries.iter().map(|e| format!("{} = {}", e.key, written(&e.node))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            // A rule over several lines means the same on one.
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text as a TOML string.
pub(crate) fn toml_text(text: &str) -> String {
    quoted(text)
}
