//! The words, numbers and signs of a rule with their places, for taking it apart. The compiler has its own.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name or a word of the language.
    Word,
    /// A number.
    Number,
    /// Text in single quotes.
    Text,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// Anything else.
    Sign,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its bytes of the rule.
    pub at: Range<usize>,
}

impl Token {
    /// The token as written.
    pub fn text<'a>(&self, rule: &'a str) -> &'a str {
        &rule[self.at.clone()]
    }

    /// Whether it is this word of the language, in any case.
    pub fn is(&self, rule: &str, word: &str) -> bool {
        self.kind == Kind::Word && self.text(rule).eq_ignore_ascii_case(word)
    }

    /// The value of a text in quotes.
    pub fn value(&self, rule: &str) -> String {
        let text = self.text(rule);
        text.strip_prefix('\'')
            .and_then(|t| t.strip_suffix('\''))
            .map_or_else(|| text.to_owned(), |t| t.replace("''", "'"))
    }
}

/// The tokens of a rule; `None` where it holds comments or texts without an end, which only the compiler judges.
pub fn tokens(rule: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = rule.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        let mut take = |wanted: &dyn Fn(char) -> bool| {
            while rest.next_if(|(_, c)| wanted(*c)).is_some() {}
            rest.peek().map_or(rule.len(), |(at, _)| *at)
        };
        let (kind, end) = match c {
            c if c.is_whitespace() => continue,
            '\'' => {
                let mut end = None;
                while let Some((at, c)) = rest.next() {
                    if c == '\'' && rest.next_if(|(_, c)| *c == '\'').is_none() {
                        end = Some(at + 1);
                        break;
                    }
                }
                (Kind::Text, end?)
            }
            c if c.is_alphabetic() || c == '_' => {
                (Kind::Word, take(&|c| c.is_alphanumeric() || matches!(c, '_' | '.')))
            }
            c if c.is_ascii_digit() => (Kind::Number, take(&|c| c.is_ascii_alphanumeric() || c == '.')),
            '(' => (Kind::Open, start + 1),
            ')' => (Kind::Close, start + 1),
            '<' | '>' | '!' => (Kind::Sign, take(&|c| matches!(c, '=' | '>'))),
            c => (Kind::Sign, start + c.len_utf8()),
        };
        let text = &rule[start..end];
        let follows = |sign: &str| found.last().is_some_and(|t: &Token| t.at.end == start && t.text(rule) == sign);
        let is_comment = (text == "-" && follows("-")) || (text == "*" && follows("/"));
        if is_comment || matches!(text, "\"" | "`" | ";" | "#" | "$" | "\\") {
            return None;
        }
        found.push(Token { kind, at: start..end });
    }
    Some(found)
}
