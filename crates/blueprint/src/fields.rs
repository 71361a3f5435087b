//! Typed reading of a table written by a person: wrong types and unknown keys are findings at their place.

use crate::node::{Entry, Node, Value};
use crate::sink::{At, Sink};

/// A text with its place.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) at: At,
}

/// The keys of one table, read one by one; [`Fields::finish`] reports what was never asked for.
pub(crate) struct Fields<'s, 'a> {
    pub(crate) sink: &'s mut Sink,
    entries: &'a [Entry],
    asked: Vec<&'static str>,
    /// Where the table stands, for what is missing.
    at: At,
    /// What the table is: "a feature".
    what: &'static str,
}

impl<'s, 'a> Fields<'s, 'a> {
    pub(crate) fn new(sink: &'s mut Sink, entries: &'a [Entry], at: &At, what: &'static str) -> Self {
        Self { sink, entries, asked: Vec::new(), at: at.clone(), what }
    }

    /// The entry with this key.
    pub(crate) fn entry(&mut self, key: &'static str) -> Option<&'a Entry> {
        self.asked.push(key);
        self.entries.iter().find(|e| e.key == key)
    }

    fn wrong(&mut self, node: &Node, key: &str, wanted: &str) {
        let found = node.value.what();
        self.sink
            .error(&node.at, format!("`{key}` is {wanted}, not {found}"))
            .labelled(format!("{wanted} belongs here"));
    }

    fn missing(&mut self, key: &str) {
        let (at, what) = (self.at.clone(), self.what);
        self.sink.error(&at, format!("{what} needs `{key}`")).labelled(format!("`{key}` is missing"));
    }

    /// A text, where the key is there.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<Text> {
        let entry = self.entry(key)?;
        if let Value::Text(text) = &entry.node.value {
            return Some(Text { text: text.clone(), at: entry.node.at.clone() });
        }
        self.wrong(&entry.node, key, "text in quotes");
        None
    }

    /// A text that must be there and not be empty.
    pub(crate) fn needed(&mut self, key: &'static str) -> Option<Text> {
        if self.entry(key).is_none() {
            self.missing(key);
            return None;
        }
        let text = self.text(key)?;
        if text.text.trim().is_empty() {
            self.sink.error(&text.at, format!("`{key}` is empty"));
            return None;
        }
        Some(text)
    }

    /// A text, empty where the key is not there.
    pub(crate) fn words(&mut self, key: &'static str) -> String {
        self.text(key).map(|t| t.text).unwrap_or_default()
    }

    /// A list of texts; a single text counts as a list of one.
    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<Text> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        let mut texts = Vec::new();
        let items = match &entry.node.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&entry.node),
        };
        for item in items {
            match &item.value {
                Value::Text(text) => texts.push(Text { text: text.clone(), at: item.at.clone() }),
                _ => self.wrong(item, key, "a list of texts in quotes"),
            }
        }
        texts
    }

    /// A whole number of at least `least`, where the key is there.
    pub(crate) fn whole(&mut self, key: &'static str, least: i64) -> Option<i64> {
        let entry = self.entry(key)?;
        match entry.node.value {
            Value::Whole(number) if number >= least => Some(number),
            Value::Whole(number) => {
                self.sink.error(&entry.node.at, format!("`{key}` is {number}, and must be at least {least}"));
                None
            }
            _ => {
                self.wrong(&entry.node, key, "a whole number");
                None
            }
        }
    }

    /// One of a set of words. `None` where the key is missing (reported) or the word is not known (reported).
    pub(crate) fn word(&mut self, key: &'static str, valid: &[&'static str]) -> Option<&'static str> {
        let word = self.needed(key)?;
        let found = valid.iter().find(|v| **v == word.text).copied();
        if found.is_none() {
            let message = format!("`{}` is not a value of `{key}`", word.text);
            self.sink.error(&word.at, message).nearest(&word.text, valid.iter().copied());
        }
        found
    }

    /// Rows of the requirement table, such as `MCP-006`.
    pub(crate) fn answers(&mut self) -> Vec<String> {
        let rows = self.texts("answers");
        for row in &rows {
            if !is_requirement(&row.text) {
                let message = format!("`{}` is not a row of the requirement table", row.text);
                self.sink
                    .error(&row.at, message)
                    .helped("rows are written as capital letters, a hyphen and three digits: `MCP-006`");
            }
        }
        rows.into_iter().map(|row| row.text).collect()
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn finish(self) {
        for entry in self.entries.iter().filter(|e| !self.asked.contains(&e.key.as_str())) {
            self.sink
                .error(&entry.at, format!("{} has no key `{}`", self.what, entry.key))
                .labelled("unknown key")
                .nearest(&entry.key, self.asked.iter().copied());
        }
    }
}

fn is_requirement(row: &str) -> bool {
    row.split_once('-').is_some_and(|(group, number)| {
        (2..=4).contains(&group.len())
            && group.bytes().all(|b| b.is_ascii_uppercase())
            && number.len() == 3
            && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Whether a text can be used as a name in rules: small letters, digits and underscores, a letter first.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
