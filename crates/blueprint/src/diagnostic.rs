//! What is wrong with a file, where, and what would be right.

use std::fmt::Write as _;
use std::ops::Range;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the model is used as it is.
    Warning,
    /// The model cannot be used until it is put right.
    Error,
}

impl Severity {
    /// The word shown before the message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One finding at one place of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// The file: the name given to `compile`, or that of a built-in model such as `mcp.toml`.
    pub file: String,
    /// Bytes of the file's text that are wrong.
    pub span: Range<usize>,
    /// Line of the span's start, from 1.
    pub line: usize,
    /// Column of the span's start in characters, from 1.
    pub column: usize,
    /// Words to print under the marked text; may be empty.
    pub label: String,
    /// What to do about it: the nearest valid names where there are any.
    pub help: Option<String>,
    /// The line of the file, so that a message can be printed without the file at hand.
    pub line_text: String,
}

impl Diagnostic {
    /// The finding as text for a terminal without colours:
    /// the sentence, the place, the line with the wrong part underlined, and the help.
    pub fn render(&self) -> String {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let mut text = format!("{}: {}\n", self.severity.name(), self.message);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{gutter}--> {}:{}:{}", self.file, self.line, self.column);
        let _ = writeln!(text, "{gutter} |");
        let _ = writeln!(text, "{number} | {}", self.line_text);
        let before: String =
            self.line_text.chars().take(self.column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let room = self.line_text.chars().count().saturating_sub(self.column - 1).max(1);
        let marks = "^".repeat(self.marked_characters().clamp(1, room));
        let _ = writeln!(text, "{}", format!("{gutter} | {before}{marks} {}", self.label).trim_end());
        if let Some(help) = &self.help {
            let _ = writeln!(text, "{gutter} = help: {help}");
        }
        text
    }

    fn marked_characters(&self) -> usize {
        let skipped: usize = self.line_text.chars().take(self.column - 1).map(char::len_utf8).sum();
        let rest = &self.line_text[skipped..];
        let bytes = self.span.len();
        rest.char_indices().take_while(|(at, _)| *at < bytes).count()
    }
}

/// One text with its name: turns byte spans into lines and columns.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl SourceFile {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned() }
    }

    /// Line (from 1) of a byte position; positions past the end count as the end.
    pub(crate) fn line_of(&self, at: usize) -> usize {
        let at = self.boundary(at);
        self.text[..at].matches('\n').count() + 1
    }

    /// The nearest character boundary at or before a byte position.
    fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    pub(crate) fn diagnostic(&self, severity: Severity, span: Range<usize>, message: String) -> Diagnostic {
        let start = self.boundary(span.start);
        let end = self.boundary(span.end.max(start));
        let line_start = self.text[..start].rfind('\n').map_or(0, |n| n + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |n| start + n);
        Diagnostic {
            severity,
            message,
            file: self.name.clone(),
            span: start..end,
            line: self.line_of(start),
            column: self.text[line_start..start].chars().count() + 1,
            label: String::new(),
            help: None,
            line_text: self.text[line_start..line_end].trim_end_matches('\r').to_owned(),
        }
    }
}
