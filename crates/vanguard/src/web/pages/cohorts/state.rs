//! A definition in an address: every step is a page of its own, so that it can be bookmarked and the back button undoes it.

use crate::web::errors::PageError;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query};
use maud::{Markup, html};
use population::cohort::Whom;
use std::fmt::Write as _;

/// Names and values of a query or a form, in their order.
pub type Pairs = Vec<(String, String)>;

/// What a query holds; an address that cannot be read is refused in plain words.
pub fn query(found: Result<Query<Pairs>, QueryRejection>) -> Result<Given, PageError> {
    found.map(|Query(pairs)| Given(pairs)).map_err(|_| unreadable())
}

/// What a form holds.
pub fn form(found: Result<Form<Pairs>, FormRejection>) -> Result<Given, PageError> {
    found.map(|Form(pairs)| Given(pairs)).map_err(|_| unreadable())
}

fn unreadable() -> PageError {
    PageError::BadRequest {
        problems: vec!["The web address or the form holds letters that cannot be read.".to_owned()],
    }
}

/// The answers of a form or an address.
#[derive(Debug, Clone, Default)]
pub struct Given(Pairs);

impl Given {
    /// The first answer of this name; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Every answer of this name that is not empty.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.clone()).collect()
    }

    /// The definition it is about.
    pub fn state(&self) -> State {
        let saved = match (self.get("of").parse(), self.get("version").parse()) {
            (Ok(id), Ok(version)) => Some((id, version)),
            _ => None,
        };
        State { rule: self.get("rule").trim().to_owned(), whom: Whom::from_name(self.get("whom")), saved }
    }
}

/// A definition under work.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// The rule.
    pub rule: String,
    /// Among whom.
    pub whom: Whom,
    /// The saved cohort that is being changed, and its version when it was opened.
    pub saved: Option<(i64, i64)>,
}

impl State {
    /// The same work with another rule.
    pub fn with(&self, rule: String) -> Self {
        Self { rule, ..self.clone() }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("rule", self.rule.clone())];
        if self.whom != Whom::default() {
            pairs.push(("whom", self.whom.name().to_owned()));
        }
        if let Some((id, version)) = self.saved {
            pairs.extend([("of", id.to_string()), ("version", version.to_string())]);
        }
        pairs
    }

    /// An address with the definition and more.
    pub fn href(&self, path: &str, more: &[(&str, &str)]) -> String {
        let own = self.pairs();
        let pairs = own.iter().map(|(name, value)| (*name, value.as_str())).chain(more.iter().copied());
        let query: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        format!("{path}?{}", query.join("&"))
    }

    /// The builder's address.
    pub fn build(&self) -> String {
        self.href("/cohorts/build", &[])
    }

    /// Hidden fields that carry the definition through a form; the rule is left out where the form asks for it.
    pub fn hidden(&self, with_rule: bool) -> Markup {
        html! {
            @for (name, value) in self.pairs() {
                @if with_rule || name != "rule" { input type="hidden" name=(name) value=(value); }
            }
        }
    }
}

/// Percent-encoding of everything but letters, digits and `-._~`.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            // Writing to a String cannot fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_survives_its_address() {
        let state = State { rule: "sex = 'é' and a+b > 1 & \"#?".into(), whom: Whom::Known, saved: Some((3, 7)) };
        let address: axum::http::Uri = state.build().parse().unwrap_or_default();
        let Query(pairs) = Query::<Pairs>::try_from_uri(&address).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(Given(pairs).state(), state);
        assert_eq!(Given::default().state(), State::default());
    }
}
