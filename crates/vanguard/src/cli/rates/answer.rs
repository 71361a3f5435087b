//! What is said of one row.

use evidence::distribution::Confidence;
use evidence::rates::{Rate, RateError};
use serde_json::{Map, Value, json};

/// The answer for one row of the file.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The value; none where it cannot or may not be given.
    pub value: Option<f64>,
    /// Limits of 95 %.
    pub limits95: Option<(f64, f64)>,
    /// Limits of 99.8 %.
    pub limits998: Option<(f64, f64)>,
    /// What the value is.
    pub statistic: String,
    /// How the limits were made.
    pub method: String,
    /// Why there is no value.
    pub reason: Option<String>,
    /// Whatever else the method says, by name.
    pub more: Vec<(&'static str, Value)>,
}

impl Answer {
    /// No value, and why.
    pub fn none(statistic: &str, why: impl std::fmt::Display) -> Self {
        // The messages of the library complete "failed to ..."; here only their second half is wanted.
        let words = why.to_string();
        let reason = words.split_once(": ").map_or(words.as_str(), |(_, reason)| reason).to_owned();
        Self { statistic: statistic.to_owned(), reason: Some(reason), ..Self::default() }
    }

    /// A rate at both levels.
    pub fn of_rate(statistic: &str, method: &str, answer: impl Fn(Confidence) -> Result<Rate, RateError>) -> Self {
        match (answer(Confidence::P95), answer(Confidence::P998)) {
            (Ok(narrow), Ok(wide)) => Self {
                value: Some(narrow.value),
                limits95: Some((narrow.lower, narrow.upper)),
                limits998: Some((wide.lower, wide.upper)),
                statistic: statistic.to_owned(),
                method: method.to_owned(),
                ..Self::default()
            },
            (Err(why), _) | (_, Err(why)) => Self { method: method.to_owned(), ..Self::none(statistic, why) },
        }
    }

    /// With one figure more.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.more.push((name, value.into()));
        self
    }

    /// As fields of a JSON object.
    pub fn fields(&self, out: &mut Map<String, Value>) {
        let pair = |limits: Option<(f64, f64)>| (limits.map(|l| l.0), limits.map(|l| l.1));
        let ((lower95, upper95), (lower998, upper998)) = (pair(self.limits95), pair(self.limits998));
        for (name, figure) in [
            ("value", self.value),
            ("lower95_0cl", lower95),
            ("upper95_0cl", upper95),
            ("lower99_8cl", lower998),
            ("upper99_8cl", upper998),
        ] {
            out.insert(name.to_owned(), figure.filter(|f| f.is_finite()).map_or(Value::Null, |f| json!(f)));
        }
        out.insert("statistic".to_owned(), json!(self.statistic));
        out.insert("method".to_owned(), json!(self.method));
        for (name, value) in &self.more {
            out.insert((*name).to_owned(), value.clone());
        }
        out.insert("reason".to_owned(), json!(self.reason));
    }
}
