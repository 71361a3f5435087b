//! Feature values in the words that a team reads.

use blueprint::model::{Builtin, Feature, FeatureSource, ValueType};
use nhs::{Day, Pence};
use population::ABSENT;

/// A value as people read it: `3`, `8.2`, `9 March 2015`, `yes`; `not known` where there is none.
pub fn value(feature: &Feature, value: i64) -> String {
    if value == ABSENT {
        return "not known".to_owned();
    }
    match feature.value {
        ValueType::Bool => if value != 0 { "yes" } else { "no" }.to_owned(),
        ValueType::Number { decimals: 2 } => Pence(value).to_string(),
        ValueType::Number { decimals } => decimal(value, decimals),
        ValueType::Date => i32::try_from(value).map_or_else(|_| "not known".to_owned(), |day| Day(day).long()),
        ValueType::Choice => match &feature.source {
            FeatureSource::Choose { words, .. } => {
                usize::try_from(value).ok().and_then(|place| words.get(place)).cloned().unwrap_or_default()
            }
            FeatureSource::Builtin(Builtin::Sex) => nhs::Sex::from_number(value as u8).name().to_owned(),
            _ => value.to_string(),
        },
    }
}

/// The reason a feature gives for seeing a person; `None` where the value is no reason (absent, false or nought).
pub fn reason(feature: &Feature, raw: i64) -> Option<String> {
    let says_much = matches!(feature.source, FeatureSource::Choose { .. }) || feature.value == ValueType::Date;
    if raw == ABSENT || (raw == 0 && !says_much) {
        return None;
    }
    let text = value(feature, raw);
    Some(match (&feature.reason, feature.value) {
        (Some(template), _) if template.contains("{}") => singular(&template.replacen("{}", &text, 1), raw),
        (Some(template), _) => template.clone(),
        (None, ValueType::Bool) => lower_first(&feature.name),
        (None, _) => format!("{}: {text}", lower_first(&feature.name)),
    })
}

/// Plural nouns that reasons count.
const PLURALS: [(&str, &str); 11] = [
    ("admissions", "admission"),
    ("attendances", "attendance"),
    ("appointments", "appointment"),
    ("contacts", "contact"),
    ("conditions", "condition"),
    ("medicines", "medicine"),
    ("falls", "fall"),
    ("calls", "call"),
    ("needs", "need"),
    ("nights", "night"),
    ("days", "day"),
];

/// `1 emergency admissions in a year` reads badly: the first plural noun after a one loses its s.
fn singular(text: &str, raw: i64) -> String {
    if raw != 1 || !text.starts_with("1 ") {
        return text.to_owned();
    }
    PLURALS
        .iter()
        .find(|(plural, _)| text.contains(plural))
        .map_or_else(|| text.to_owned(), |(plural, one)| text.replacen(plural, one, 1))
}

fn decimal(value: i64, decimals: u8) -> String {
    if decimals == 0 {
        return value.to_string();
    }
    let unit = 10i64.saturating_pow(u32::from(decimals));
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (value.unsigned_abs() / unit.unsigned_abs(), value.unsigned_abs() % unit.unsigned_abs());
    format!("{sign}{whole}.{part:0width$}", width = usize::from(decimals))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        // An acronym keeps its capitals.
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(reason: Option<&str>, value: ValueType) -> Feature {
        Feature {
            id: "x".into(),
            name: "Lives alone".into(),
            reason: reason.map(str::to_owned),
            value,
            source: FeatureSource::Builtin(Builtin::Age),
        }
    }

    #[test]
    fn reasons_read_as_english() {
        let count = feature(Some("{} emergency admissions in a year"), ValueType::Number { decimals: 0 });
        assert_eq!(reason(&count, 3).as_deref(), Some("3 emergency admissions in a year"));
        assert_eq!(reason(&count, 1).as_deref(), Some("1 emergency admission in a year"));
        let falls = feature(Some("{} falls recorded in a year"), ValueType::Number { decimals: 0 });
        assert_eq!(reason(&falls, 1).as_deref(), Some("1 fall recorded in a year"));
        assert_eq!(reason(&count, 0), None);
        assert_eq!(reason(&count, ABSENT), None);
        let score = feature(Some("frailty {}"), ValueType::Number { decimals: 1 });
        assert_eq!(reason(&score, 82).as_deref(), Some("frailty 8.2"));
        let flag = feature(None, ValueType::Bool);
        assert_eq!(reason(&flag, 1).as_deref(), Some("lives alone"));
        assert_eq!(value(&feature(None, ValueType::Date), 16_503), "9 March 2015");
        assert_eq!(value(&feature(None, ValueType::Number { decimals: 3 }), -1_500), "-1.500");
    }
}
