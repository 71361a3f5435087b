//! Where findings are gathered, with the texts they point into.

use crate::diagnostic::{Diagnostic, Severity, SourceFile};
use std::ops::Range;

/// Bytes of one of the files that are read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) file: usize,
    pub(crate) range: Range<usize>,
}

/// Files and findings of one compilation.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    files: Vec<SourceFile>,
    found: Vec<Diagnostic>,
}

impl Sink {
    pub(crate) fn add_file(&mut self, name: &str, text: &str) -> usize {
        self.files.push(SourceFile::new(name, text));
        self.files.len() - 1
    }

    pub(crate) fn file(&self, file: usize) -> &SourceFile {
        &self.files[file]
    }

    /// The file and line of a span, as `mcp.toml:12`.
    pub(crate) fn origin(&self, at: &At) -> String {
        let file = self.file(at.file);
        format!("{}:{}", file.name, file.line_of(at.range.start))
    }

    pub(crate) fn error(&mut self, at: &At, message: impl Into<String>) -> &mut Diagnostic {
        self.report(Severity::Error, at, message.into())
    }

    pub(crate) fn warning(&mut self, at: &At, message: impl Into<String>) -> &mut Diagnostic {
        self.report(Severity::Warning, at, message.into())
    }

    fn report(&mut self, severity: Severity, at: &At, message: String) -> &mut Diagnostic {
        let diagnostic = self.files[at.file].diagnostic(severity, at.range.clone(), message);
        // An item overridden in two ways is read once, but a rule shared by two items could report the same thing twice.
        let known = self.found.iter().position(|d| *d == diagnostic || d.same_place(&diagnostic));
        let place = known.unwrap_or_else(|| {
            self.found.push(diagnostic);
            self.found.len() - 1
        });
        &mut self.found[place]
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.found.iter().any(|d| d.severity == Severity::Error)
    }

    /// The findings in the order of the files and their lines.
    pub(crate) fn into_findings(mut self) -> Vec<Diagnostic> {
        let files: Vec<String> = self.files.into_iter().map(|f| f.name).collect();
        let position = |name: &str| files.iter().position(|f| f == name);
        self.found.sort_by_key(|d| (position(&d.file), d.span.start, d.span.end));
        self.found
    }
}

impl Diagnostic {
    /// Sets the words under the marked text.
    pub(crate) fn labelled(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = label.into();
        self
    }

    /// Sets the advice.
    pub(crate) fn helped(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Advises the valid names nearest to a wrong one, or the whole list where it is short.
    pub(crate) fn nearest<'n>(&mut self, wrong: &str, valid: impl IntoIterator<Item = &'n str>) -> &mut Self {
        self.help = crate::nearest::advice(wrong, valid);
        self
    }

    fn same_place(&self, other: &Self) -> bool {
        self.file == other.file && self.span == other.span && self.message == other.message
    }
}
