//! Reading TOML with a line for everything that is wrong.

use crate::nearest::{did_you_mean, quoted};
use crate::{Issue, Severity};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A place in the text.
pub(super) type Span = Range<usize>;
/// A value with its place.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// The text being read and what was found wrong with it so far.
pub(super) struct Document<'t> {
    file: &'t str,
    text: &'t str,
    issues: RefCell<Vec<Issue>>,
}

impl<'t> Document<'t> {
    pub(super) fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, issues: RefCell::new(Vec::new()) }
    }

    pub(super) fn error(&self, span: &Span, message: impl Into<String>, help: Option<String>) {
        self.add(Severity::Error, span, message.into(), help);
    }

    fn add(&self, severity: Severity, span: &Span, message: String, help: Option<String>) {
        let end = span.start.min(self.text.len());
        let line = memchr::memchr_iter(b'\n', &self.text.as_bytes()[..end]).count() + 1;
        self.issues.borrow_mut().push(Issue { severity, file: self.file.to_owned(), line, message, help });
    }

    pub(super) fn into_issues(self) -> Vec<Issue> {
        let mut issues = self.issues.into_inner();
        issues.sort_by_key(|issue| issue.line);
        issues
    }

    pub(super) fn has_errors(&self) -> bool {
        self.issues.borrow().iter().any(|issue| issue.severity == Severity::Error)
    }

    /// A text.
    pub(super) fn text<'v>(&self, value: &'v Value<'t>, what: &str) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            let found = value.get_ref().type_str();
            self.error(&value.span(), format!("{what} is a text in quotes, and this is a {found}"), None);
        }
        text
    }

    /// One text or a list of texts.
    pub(super) fn texts<'v>(&self, value: &'v Value<'t>, what: &str) -> Vec<(&'v str, Span)> {
        match value.get_ref() {
            DeValue::Array(items) => {
                items.iter().filter_map(|item| self.text(item, what).map(|text| (text, item.span()))).collect()
            }
            _ => self.text(value, what).map(|text| (text, value.span())).into_iter().collect(),
        }
    }

    /// Truth.
    pub(super) fn truth(&self, value: &Value<'t>, what: &str) -> Option<bool> {
        let truth = value.get_ref().as_bool();
        if truth.is_none() {
            self.error(&value.span(), format!("{what} is true or false"), None);
        }
        truth
    }

    /// A word of a fixed list.
    pub(super) fn word<V: Copy>(&self, text: &str, span: &Span, what: &str, words: &[(&str, V)]) -> Option<V> {
        let found = words.iter().find(|(name, _)| *name == text).map(|&(_, value)| value);
        if found.is_none() {
            let names: Vec<&str> = words.iter().map(|&(name, _)| name).collect();
            let help =
                did_you_mean(text, names.iter().copied()).unwrap_or_else(|| format!("one of {}", quoted(&names)));
            self.error(span, format!("\"{text}\" is no {what}"), Some(help));
        }
        found
    }

    /// A table inside this value.
    pub(super) fn section<'v>(&self, value: &'v Value<'t>, what: &str) -> Option<Section<'v, 't>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.error(&value.span(), format!("{what} is a table"), Some(format!("write `{what} = {{ ... }}`")));
        }
        table.map(|table| Section::new(table, value.span()))
    }
}

/// A table whose keys are taken one by one; those nobody takes are unknown.
pub(super) struct Section<'v, 't> {
    table: &'v DeTable<'t>,
    pub(super) span: Span,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'v, 't> Section<'v, 't> {
    pub(super) fn new(table: &'v DeTable<'t>, span: Span) -> Self {
        Self { table, span, asked: RefCell::default() }
    }

    pub(super) fn get(&self, key: &'static str) -> Option<&'v Value<'t>> {
        self.asked.borrow_mut().insert(key);
        self.table.iter().find(|(own, _)| own.get_ref() == key).map(|(_, value)| value)
    }

    /// A key that must be there.
    pub(super) fn need(&self, document: &Document<'t>, key: &'static str, section: &str) -> Option<&'v Value<'t>> {
        let value = self.get(key);
        if value.is_none() {
            document.error(&self.span, format!("{section} has no `{key}`"), None);
        }
        value
    }

    /// Reports the keys that were never asked for.
    pub(super) fn finish(&self, document: &Document<'t>, section: &str) {
        let asked = self.asked.borrow();
        for (key, _) in self.table {
            if !asked.contains(key.get_ref().as_ref()) {
                let names: Vec<&str> = asked.iter().copied().collect();
                let help = did_you_mean(key.get_ref(), names.iter().copied());
                let help = help.unwrap_or_else(|| format!("known are {}", quoted(&names)));
                document.error(&key.span(), format!("{section} has no key `{}`", key.get_ref()), Some(help));
            }
        }
    }

    /// All pairs of a table that is a map.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'v str, &'v Value<'t>)> {
        self.table.iter().map(|(key, value)| (key.get_ref().as_ref(), value))
    }
}
