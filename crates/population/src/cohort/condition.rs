//! One condition between a form, the text of a rule, and words.

use super::fields::{Field, Fields, Kind};
use super::tokens::{Kind as TokenKind, Token, tokens};
use nhs::Day;

/// How a value is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it; `label` says it to readers")]
pub enum Test {
    Yes,
    No,
    AtLeast,
    AtMost,
    MoreThan,
    LessThan,
    Equal,
    Between,
    OneOf,
    NoneOf,
    WithinDays,
    Known,
    NotKnown,
}

impl Test {
    /// Every test.
    pub const ALL: [Self; 13] = [
        Self::Yes,
        Self::No,
        Self::AtLeast,
        Self::AtMost,
        Self::MoreThan,
        Self::LessThan,
        Self::Equal,
        Self::Between,
        Self::OneOf,
        Self::NoneOf,
        Self::WithinDays,
        Self::Known,
        Self::NotKnown,
    ];

    /// The stable name that forms send.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
            Self::MoreThan => "more_than",
            Self::LessThan => "less_than",
            Self::Equal => "equal",
            Self::Between => "between",
            Self::OneOf => "one_of",
            Self::NoneOf => "none_of",
            Self::WithinDays => "within_days",
            Self::Known => "known",
            Self::NotKnown => "not_known",
        }
    }

    /// The test of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|test| test.name() == name)
    }

    /// What a reader sees; dates have words of their own.
    pub const fn label(self, of_dates: bool) -> &'static str {
        match (self, of_dates) {
            (Self::Yes, _) => "yes",
            (Self::No, _) => "no",
            (Self::AtLeast, true) => "on or after",
            (Self::AtLeast, false) => "at least",
            (Self::AtMost, true) => "on or before",
            (Self::AtMost, false) => "at most",
            (Self::MoreThan, true) => "after",
            (Self::MoreThan, false) => "more than",
            (Self::LessThan, true) => "before",
            (Self::LessThan, false) => "less than",
            (Self::Equal, true) => "on",
            (Self::Equal, false) => "exactly",
            (Self::Between, _) => "between",
            (Self::OneOf, _) => "one of",
            (Self::NoneOf, _) => "none of",
            (Self::WithinDays, _) => "in the last so many days",
            (Self::Known, _) => "is known",
            (Self::NotKnown, _) => "is not known",
        }
    }

    /// How many values it takes; `None` for one or more.
    pub const fn values(self) -> Option<usize> {
        match self {
            Self::Yes | Self::No | Self::Known | Self::NotKnown => Some(0),
            Self::Between => Some(2),
            Self::OneOf | Self::NoneOf => None,
            _ => Some(1),
        }
    }
}

/// The tests that fit a kind of value.
pub const fn tests_of(kind: &Kind) -> &'static [Test] {
    match kind {
        Kind::YesNo => &[Test::Yes, Test::No],
        Kind::Number { .. } => &[
            Test::AtLeast,
            Test::AtMost,
            Test::MoreThan,
            Test::LessThan,
            Test::Equal,
            Test::Between,
            Test::Known,
            Test::NotKnown,
        ],
        Kind::Date => &[Test::WithinDays, Test::AtLeast, Test::AtMost, Test::Between, Test::Known, Test::NotKnown],
        Kind::Words(_) => &[Test::OneOf, Test::NoneOf],
    }
}

/// One condition: a field, a test, and the values it tests with, as a reader types them (days as `2025-03-31`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The field's name in rules.
    pub field: String,
    /// The test.
    pub test: Test,
    /// Its values.
    pub values: Vec<String>,
}

impl Condition {
    /// Reads a condition of a rule; `None` where it has another form than a form can ask for.
    pub fn parse(text: &str, fields: &Fields) -> Option<Self> {
        let tokens = tokens(text)?;
        let word = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(text, word));
        let sign = |at: usize| tokens.get(at).map(|token| token.text(text));
        let value = |at: usize| tokens.get(at).and_then(|token| value(token, text));
        let of = |field: &str, test, values| Some(Self { field: field.to_owned(), test, values });
        let name = tokens.first().filter(|token| token.kind == TokenKind::Word)?.text(text);
        if name.eq_ignore_ascii_case("days_since")
            && sign(1) == Some("(")
            && sign(3) == Some(")")
            && sign(4) == Some("<=")
        {
            let (_, field) = fields.find(sign(2)?)?;
            return if tokens.len() == 6 { of(&field.id, Test::WithinDays, vec![value(5)?]) } else { None };
        }
        let (_, field) = fields.find(name)?;
        let condition = match tokens.len() {
            1 => of(name, Test::Yes, vec![]),
            3 if word(1, "is") && word(2, "null") => of(name, Test::NotKnown, vec![]),
            4 if word(1, "is") && word(2, "not") && word(3, "null") => of(name, Test::Known, vec![]),
            3 => {
                let test = match (sign(1)?, &field.kind) {
                    ("=", Kind::Words(_)) => Test::OneOf,
                    ("!=" | "<>", Kind::Words(_)) => Test::NoneOf,
                    (">=", _) => Test::AtLeast,
                    ("<=", _) => Test::AtMost,
                    (">", _) => Test::MoreThan,
                    ("<", _) => Test::LessThan,
                    ("=", _) => Test::Equal,
                    _ => return None,
                };
                of(name, test, vec![value(2)?])
            }
            5 if word(1, "between") && word(3, "and") => of(name, Test::Between, vec![value(2)?, value(4)?]),
            _ if word(1, "in") => of(name, Test::OneOf, list(&tokens[2..], text)?),
            _ if word(1, "not") && word(2, "in") => of(name, Test::NoneOf, list(&tokens[3..], text)?),
            _ => None,
        }?;
        (condition.test == Test::Equal || tests_of(&field.kind).contains(&condition.test) || field.kind == Kind::Date)
            .then_some(condition)
    }

    /// The condition as a rule says it, or what is wrong with the values. Values are read again before they are written, so
    /// nothing typed into a form reaches the rule as it is.
    pub fn rule(&self, fields: &Fields) -> Result<String, String> {
        let (_, field) = fields.find(&self.field).ok_or("Choose something to ask about from the list.")?;
        if !tests_of(&field.kind).contains(&self.test)
            && !matches!((self.test, &field.kind), (Test::Equal | Test::MoreThan | Test::LessThan, Kind::Date))
        {
            return Err(format!("Choose how to test “{}”.", field.title));
        }
        let given: Vec<&str> = self.values.iter().map(|v| v.trim()).filter(|v| !v.is_empty()).collect();
        if let Some(wanted) = self.test.values()
            && given.len() != wanted
        {
            return Err(match wanted {
                0 => format!("“{}” takes no value with this test.", field.title),
                1 => format!("Enter a value for “{}”.", field.title),
                _ => format!("Enter both ends of the range for “{}”.", field.title),
            });
        }
        let values: Vec<String> =
            given.into_iter().map(|value| written(value, self.test, field)).collect::<Result<_, _>>()?;
        let id = &field.id;
        Ok(match (self.test, values.as_slice()) {
            (Test::Yes, _) => id.clone(),
            (Test::No, _) => format!("not {id}"),
            (Test::Known, _) => format!("{id} is not null"),
            (Test::NotKnown, _) => format!("{id} is null"),
            (Test::WithinDays, [days]) => format!("days_since({id}) <= {days}"),
            (Test::Between, [from, to]) => format!("{id} between {from} and {to}"),
            (Test::OneOf | Test::NoneOf, []) => return Err(format!("Choose at least one for “{}”.", field.title)),
            (Test::OneOf, [one]) => format!("{id} = {one}"),
            (Test::NoneOf, [one]) => format!("{id} != {one}"),
            (Test::OneOf, some) => format!("{id} in ({})", some.join(", ")),
            (Test::NoneOf, some) => format!("{id} not in ({})", some.join(", ")),
            (test, [value]) => format!("{id} {} {value}", operator(test)),
            _ => return Err(format!("Enter a value for “{}”.", field.title)),
        })
    }

    /// The condition in words: the title, and what is asked of it.
    pub fn words(&self, fields: &Fields) -> (String, String) {
        let Some((_, field)) = fields.find(&self.field) else { return (self.field.clone(), String::new()) };
        let label = self.test.label(field.kind == Kind::Date);
        let unit = match field.kind {
            Kind::Number { unit, .. } if !unit.is_empty() && !unit.contains(' ') => format!(" {unit}"),
            _ => String::new(),
        };
        let shown: Vec<String> = self.values.iter().map(|value| shown(value, &field.kind)).collect();
        let asked = match (self.test, shown.as_slice()) {
            (Test::Yes | Test::No | Test::Known | Test::NotKnown, _) => label.to_owned(),
            (Test::WithinDays, [days]) => format!("in the last {days} days"),
            (Test::Between, [from, to]) => format!("{label} {from} and {to}{unit}"),
            (Test::OneOf, some) => some.join(" or "),
            (Test::NoneOf, some) => format!("not {}", some.join(" nor ")),
            (_, some) => format!("{label} {}{unit}", some.join(", ")),
        };
        (field.title.clone(), asked)
    }
}

const fn operator(test: Test) -> &'static str {
    match test {
        Test::AtLeast => ">=",
        Test::AtMost => "<=",
        Test::MoreThan => ">",
        Test::LessThan => "<",
        _ => "=",
    }
}

fn value(token: &Token, text: &str) -> Option<String> {
    matches!(token.kind, TokenKind::Number | TokenKind::Text).then(|| token.value(text))
}

/// The values of `('a', 'b')`.
fn list(tokens: &[Token], text: &str) -> Option<Vec<String>> {
    let [open, inner @ .., close] = tokens else { return None };
    if open.kind != TokenKind::Open || close.kind != TokenKind::Close || inner.len().is_multiple_of(2) {
        return None;
    }
    let parts = inner.iter().enumerate();
    let values: Vec<Option<String>> = parts
        .filter_map(|(at, token)| match at % 2 {
            0 => Some(value(token, text)),
            _ => (token.text(text) != ",").then_some(None),
        })
        .collect();
    values.into_iter().collect()
}

/// A value as the rule writes it, or why it cannot be.
fn written(value: &str, test: Test, field: &Field) -> Result<String, String> {
    match &field.kind {
        Kind::Words(words) => {
            let known = words.iter().find(|(word, _)| word == value);
            let known = known.ok_or_else(|| format!("“{}” has no such choice.", field.title))?;
            Ok(format!("'{}'", known.0.replace('\'', "''")))
        }
        Kind::Date if test != Test::WithinDays => match day(value) {
            Some(day) => Ok(format!("'{day}'")),
            None => Err(format!("Enter a day for “{}” such as 2025-03-31 or 31/3/2025.", field.title)),
        },
        Kind::Date => number(value, 0).ok_or_else(|| format!("Enter a whole number of days for “{}”.", field.title)),
        Kind::Number { decimals, .. } => number(value, *decimals).ok_or_else(|| match decimals {
            0 => format!("Enter a whole number for “{}”, such as 65.", field.title),
            n => format!("Enter a number with at most {n} decimals for “{}”.", field.title),
        }),
        Kind::YesNo => Err(format!("“{}” takes no value.", field.title)),
    }
}

/// Digits with at most so many decimals; thousands commas and a pound sign may be typed.
fn number(value: &str, decimals: u8) -> Option<String> {
    let plain: String = value.trim_start_matches('£').chars().filter(|c| *c != ',').collect();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let fits = !whole.is_empty() && whole.len() <= 12 && part.len() <= usize::from(decimals);
    if !fits || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") })
}

/// `2025-03-31` or `31/3/2025`, as `2025-03-31`.
fn day(value: &str) -> Option<String> {
    let iso = match value.split('/').collect::<Vec<_>>().as_slice() {
        [day, month, year] => format!("{year:0>4}-{month:0>2}-{day:0>2}"),
        _ => value.to_owned(),
    };
    Day::parse_iso(&iso).is_ok().then_some(iso)
}

fn shown(value: &str, kind: &Kind) -> String {
    match kind {
        Kind::Words(words) => words.iter().find(|(word, _)| word == value).map_or(value, |(_, label)| label).to_owned(),
        Kind::Date => Day::parse_iso(value).map_or_else(|_| value.to_owned(), Day::long),
        _ => value.to_owned(),
    }
}
