//! From the text of a rule to an SQL expression whose every part can be found again in the file.

use crate::fields::Text;
use crate::sink::{At, Sink};
use sqlparser::ast::{Expr, Spanned};
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer};

/// Longest rule in bytes: the parser and the typing recurse once for each operator.
const LONGEST: usize = 4_000;
/// Deepest nesting of brackets and negations.
const DEEPEST: usize = 40;

/// A parsed rule.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) expr: Expr,
    pub(crate) place: Place,
}

/// Where each character of a rule stands in its file.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    whole: At,
    /// File position of each character, and of the end.
    bytes: Vec<usize>,
    /// Number of the first character of each line.
    lines: Vec<usize>,
}

impl Place {
    /// Where an expression stands; the whole rule where the parser does not say.
    pub(crate) fn of(&self, expr: &Expr) -> At {
        self.of_span(expr.span())
    }

    pub(crate) fn of_span(&self, span: Span) -> At {
        match (self.position(span.start), self.position(span.end)) {
            (Some(start), Some(end)) if start < end => At { file: self.whole.file, range: start..end },
            _ => self.whole.clone(),
        }
    }

    fn of_point(&self, location: Location) -> At {
        let end = Location::new(location.line, location.column + 1);
        self.of_span(Span::new(location, end))
    }

    fn position(&self, location: Location) -> Option<usize> {
        let line = usize::try_from(location.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(location.column).ok()?.checked_sub(1)?;
        self.bytes.get(self.lines.get(line)? + column).copied()
    }
}

/// Parses the text of a rule. `None` where it is not an expression; the reason is then in the sink.
pub(crate) fn parse(sink: &mut Sink, text: &Text) -> Option<Rule> {
    let place = place(sink, text);
    if text.text.trim().is_empty() {
        sink.error(&text.at, "the rule is empty").helped("leave the key out where there is no rule");
        return None;
    }
    if text.text.len() > LONGEST {
        sink.error(&text.at, format!("the rule is longer than {LONGEST} bytes")).helped("make features of its parts");
        return None;
    }
    let dialect = GenericDialect {};
    let tokens = match Tokenizer::new(&dialect, &text.text).tokenize_with_location() {
        Ok(tokens) => bracket_lists(tokens),
        Err(error) => {
            sink.error(&place.of_point(error.location), format!("the rule cannot be read: {}", plain(&error.message)));
            return None;
        }
    };
    if too_deep(&tokens) {
        sink.error(&text.at, format!("the rule nests more than {DEEPEST} deep")).helped("make features of its parts");
        return None;
    }
    if let Some((span, word)) = missing_value(&tokens) {
        let at = place.of_span(span);
        sink.error(&at, format!("a value is missing before `{word}`"))
            .labelled("put a feature, number or word before this");
        return None;
    }
    let mut parser = Parser::new(&dialect).with_tokens_with_locations(tokens);
    let expr = match parser.parse_expr() {
        Ok(expr) => expr,
        Err(error) => {
            let (message, location) = split_location(&error.to_string());
            let at = location.map_or_else(|| text.at.clone(), |l| place.of_point(l));
            sink.error(&at, format!("the rule cannot be read: {}", plain(&message)));
            return None;
        }
    };
    let next = parser.peek_token();
    if next.token != Token::EOF {
        let at = place.of_span(next.span);
        sink.error(&at, format!("the rule goes on after its end, at `{}`", next.token))
            .helped("join conditions with `and` or `or`");
        return None;
    }
    Some(Rule { expr, place })
}

/// `code in codes.dementia` reads better than SQL's `code in (codes.dementia)`: the brackets are put in here.
fn bracket_lists(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut bracketed: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len() + 8);
    let mut rest = tokens.into_iter().filter(|t| !matches!(t.token, Token::Whitespace(_))).peekable();
    while let Some(token) = rest.next() {
        let is_in = matches!(&token.token, Token::Word(word) if word.keyword == Keyword::IN);
        bracketed.push(token);
        if !is_in || !rest.peek().is_some_and(|t| matches!(t.token, Token::Word(_))) {
            continue;
        }
        let start = rest.peek().map_or_else(Span::empty, |t| t.span);
        bracketed.push(TokenWithSpan { token: Token::LParen, span: start });
        let mut end = start;
        while let Some(part) = rest.next_if(|t| matches!(t.token, Token::Word(_) | Token::Period)) {
            end = part.span;
            let more = rest.peek().is_some_and(|t| matches!(t.token, Token::Period));
            let is_dot = part.token == Token::Period;
            bracketed.push(part);
            if !more && !is_dot {
                break;
            }
        }
        bracketed.push(TokenWithSpan { token: Token::RParen, span: end });
    }
    bracketed
}

/// The first `and` or `or` that follows an operator: SQL would take the word for a name.
fn missing_value(tokens: &[TokenWithSpan]) -> Option<(Span, String)> {
    let joins =
        |token: &Token| matches!(token, Token::Word(word) if matches!(word.keyword, Keyword::AND | Keyword::OR));
    let wants_value = |token: &Token| {
        joins(token)
            || matches!(
                token,
                Token::Eq | Token::Neq | Token::Lt | Token::LtEq | Token::Gt | Token::GtEq | Token::LParen
            )
            || matches!(token, Token::Plus | Token::Minus | Token::Mul | Token::Comma)
            || matches!(token, Token::Word(word) if matches!(word.keyword, Keyword::NOT | Keyword::IN))
    };
    let pair = tokens.windows(2).find(|pair| wants_value(&pair[0].token) && joins(&pair[1].token))?;
    Some((pair[1].span, pair[1].token.to_string()))
}

fn too_deep(tokens: &[TokenWithSpan]) -> bool {
    let (mut depth, mut signs) = (0_usize, 0_usize);
    for token in tokens {
        match &token.token {
            Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
            Token::Word(word) if word.keyword == Keyword::CASE => depth += 1,
            Token::Word(word) if word.keyword == Keyword::END => depth = depth.saturating_sub(1),
            Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
            Token::Word(word) if matches!(word.keyword, Keyword::NOT | Keyword::INTERVAL) => signs += 1,
            Token::Word(word) if matches!(word.keyword, Keyword::AND | Keyword::OR) => signs = 0,
            Token::Minus | Token::Plus | Token::Tilde | Token::ExclamationMark => signs += 1,
            _ => signs = 0,
        }
        if depth + signs > DEEPEST {
            return true;
        }
    }
    false
}

/// The parser's message without its prefix.
fn plain(message: &str) -> String {
    let message = message.trim_start_matches("sql parser error: ").trim_start_matches("Expected: ");
    let expects = message.contains(", found: ");
    let message = message.replace(", found: EOF", ", found the end");
    if expects { format!("expected {message}").replace(", found: ", ", found ") } else { message }
}

/// Takes ` at Line: 1, Column: 5` off the end of a message.
fn split_location(message: &str) -> (String, Option<Location>) {
    let Some((words, place)) = message.rsplit_once(" at Line: ") else { return (message.to_owned(), None) };
    let location = place
        .split_once(", Column: ")
        .and_then(|(line, column)| Some(Location::new(line.trim().parse().ok()?, column.trim().parse().ok()?)));
    (words.to_owned(), location)
}

/// Finds each character of a decoded TOML string in the file.
fn place(sink: &Sink, text: &Text) -> Place {
    let raw = sink.file(text.at.file).text.get(text.at.range.clone()).unwrap_or_default();
    let mut lines = vec![0];
    lines.extend(text.text.chars().enumerate().filter(|(_, c)| *c == '\n').map(|(n, _)| n + 1));
    let bytes = characters(raw, &text.text).unwrap_or_default();
    Place { whole: text.at.clone(), bytes: bytes.iter().map(|b| b + text.at.range.start).collect(), lines }
}

/// Position in `raw` (a TOML string with its quotes) of each character of the text it stands for, and of the end.
/// `None` where the two cannot be laid side by side.
fn characters(raw: &str, text: &str) -> Option<Vec<usize>> {
    // A rule that stands alone, without the quotes of a TOML string.
    if raw == text {
        return Some(text.char_indices().map(|(at, _)| at).chain([text.len()]).collect());
    }
    let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|q| raw.starts_with(q))?;
    let escapes = quotes.starts_with('"');
    let mut at = quotes.len();
    if quotes.len() == 3 {
        at += if raw[at..].starts_with("\r\n") { 2 } else { usize::from(raw[at..].starts_with('\n')) };
    }
    let mut bytes = Vec::with_capacity(text.len() + 1);
    for c in text.chars() {
        if escapes && quotes.len() == 3 {
            at += folded(&raw[at..]);
        }
        bytes.push(at);
        let rest = raw.get(at..)?;
        if escapes && rest.starts_with('\\') {
            at += match rest.as_bytes().get(1)? {
                b'u' => 6,
                b'U' => 10,
                b'x' => 4,
                _ => 2,
            };
        } else if c == '\n' && rest.starts_with("\r\n") {
            at += 2;
        } else if rest.starts_with(c) {
            at += c.len_utf8();
        } else {
            return None;
        }
    }
    bytes.push(at);
    Some(bytes)
}

/// Length of a backslash at the end of a line with the white space that it swallows.
fn folded(raw: &str) -> usize {
    let Some(rest) = raw.strip_prefix('\\') else { return 0 };
    let swallowed = rest.len() - rest.trim_start().len();
    if rest[..swallowed].contains('\n') { 1 + swallowed } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_found_behind_escapes_and_folds() {
        assert_eq!(characters("\"a\\u0062c\"", "abc").unwrap(), [1, 2, 8, 9]);
        assert_eq!(characters("'''\nab'''", "ab").unwrap(), [4, 5, 6]);
        assert_eq!(characters("\"\"\"a\\\n   b\"\"\"", "ab").unwrap(), [3, 9, 10]);
        assert_eq!(characters("\"ab\"", "xy"), None);
    }
}
