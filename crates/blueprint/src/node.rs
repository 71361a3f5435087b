//! A TOML document with the place of every key and value.

use crate::sink::{At, Sink};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) at: At,
    pub(crate) value: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    Whole(i64),
    /// A number with decimals, or one too large for an integer, as written.
    Decimal(String),
    /// True or false.
    Truth(bool),
    /// A date or time, as written.
    Date(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: At,
    pub(crate) node: Node,
}

impl Value {
    /// What it is, for messages.
    pub(crate) const fn what(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Whole(_) => "a whole number",
            Self::Decimal(_) => "a number with decimals",
            Self::Truth(_) => "true or false",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// More syntax errors than this are rarely read.
const MOST_ERRORS: usize = 10;

/// Reads a file of the sink. `None` where it is not TOML; the reasons are then in the sink.
pub(crate) fn read(sink: &mut Sink, file: usize) -> Option<Vec<Entry>> {
    let text = sink.file(file).text.clone();
    let (table, errors) = DeTable::parse_recoverable(&text);
    for error in errors.iter().take(MOST_ERRORS) {
        let range = error.span().unwrap_or(0..0);
        sink.error(&At { file, range }, format!("this is not valid TOML: {}", error.message()));
    }
    errors.is_empty().then(|| entries(file, table.get_ref()))
}

/// Entries in the order of the file: the parser's own order is that of the alphabet.
fn entries(file: usize, table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            at: At { file, range: key.span() },
            node: node(file, value),
        })
        .collect();
    entries.sort_by_key(|e| e.at.range.start);
    entries
}

fn node(file: usize, value: &Spanned<DeValue<'_>>) -> Node {
    let own = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::Decimal(number.as_str().to_owned()), Value::Whole),
        DeValue::Float(number) => Value::Decimal(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Value::Truth(*truth),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(list) => Value::List(list.iter().map(|item| node(file, item)).collect()),
        DeValue::Table(table) => Value::Table(entries(file, table)),
    };
    Node { at: At { file, range: value.span() }, value: own }
}
