//! The names that rules use and may use.

use super::source::{Place, Rule};
use crate::model::ValueType;
use crate::sink::At;
use sqlparser::ast;
use std::collections::{BTreeMap, BTreeSet};

/// The words a feature of fixed words can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    Sex,
    Segment,
    Tier,
    /// A set of a question or of a feature: its position in [`Names::others`].
    Other(usize),
}

/// What is known of a feature where it is named.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) position: usize,
    pub(crate) value: ValueType,
    pub(crate) words: Option<Words>,
}

/// The names a rule may use.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Features that can be used here.
    pub(crate) known: BTreeMap<String, Known>,
    /// Features that have a finding of their own: rules that use them are left alone.
    pub(crate) broken: BTreeSet<String>,
    pub(crate) segments: Vec<String>,
    pub(crate) tiers: Vec<String>,
    /// Sets of words that a question or a feature brings along, each with what it is.
    pub(crate) others: Vec<(String, Vec<String>)>,
    /// Whether a range in which nothing lies is nobody, as somebody may ask on a page, and not a mistake.
    pub(crate) empty_ranges: bool,
    /// Names that exist but come too late for this rule, with the reason.
    pub(crate) late: BTreeMap<String, &'static str>,
}

const SEXES: [&str; 4] = ["male", "female", "indeterminate", "unknown"];

impl Names {
    /// Takes in the words of a feature that chooses one of its own.
    pub(crate) fn further(&mut self, feature: &str, words: &[String]) -> Words {
        self.others.push((format!("word of `{feature}`"), words.to_vec()));
        Words::Other(self.others.len() - 1)
    }

    pub(super) fn words(&self, words: Words) -> Vec<&str> {
        match words {
            Words::Sex => SEXES.to_vec(),
            Words::Segment => self.segments.iter().map(String::as_str).collect(),
            Words::Tier => self.tiers.iter().map(String::as_str).collect(),
            Words::Other(set) => {
                self.others.get(set).map_or_else(Vec::new, |(_, words)| words.iter().map(String::as_str).collect())
            }
        }
    }

    /// The value a column holds for the word at a position: codes of the NHS Data Dictionary for sex, else the position.
    pub(super) fn value_of(words: Words, position: usize) -> i64 {
        match (words, SEXES.get(position)) {
            (Words::Sex, Some(word)) => nhs::Sex::parse(word).map_or(0, |sex| sex as i64),
            _ => position as i64,
        }
    }
}

/// The names a rule uses, for finding an order of features.
pub(crate) fn names_in(rule: &Rule) -> Vec<(String, At)> {
    let mut found = Vec::new();
    collect(&rule.expr, &rule.place, &mut found);
    found
}

fn collect(expr: &ast::Expr, place: &Place, found: &mut Vec<(String, At)>) {
    use ast::Expr as E;
    match expr {
        E::Identifier(name) => found.push((name.value.clone(), place.of_span(name.span))),
        E::Nested(inner)
        | E::IsNull(inner)
        | E::IsNotNull(inner)
        | E::IsTrue(inner)
        | E::IsFalse(inner)
        | E::IsNotTrue(inner)
        | E::IsNotFalse(inner)
        | E::UnaryOp { expr: inner, .. } => collect(inner, place, found),
        E::BinaryOp { left, right, .. } => {
            collect(left, place, found);
            collect(right, place, found);
        }
        E::InList { expr, list, .. } => {
            collect(expr, place, found);
            for item in list {
                collect(item, place, found);
            }
        }
        E::Between { expr, low, high, .. } => {
            for part in [expr, low, high] {
                collect(part, place, found);
            }
        }
        E::Case { operand, conditions, else_result, .. } => {
            let branches = conditions.iter().flat_map(|branch| [&branch.condition, &branch.result]);
            for part in operand.iter().chain(else_result).map(AsRef::as_ref).chain(branches) {
                collect(part, place, found);
            }
        }
        E::Function(call) => {
            for argument in arguments(call) {
                collect(argument, place, found);
            }
        }
        _ => {}
    }
}

/// The plain arguments of a call; none where it has others.
pub(super) fn arguments(call: &ast::Function) -> Vec<&ast::Expr> {
    let ast::FunctionArguments::List(list) = &call.args else { return Vec::new() };
    list.args
        .iter()
        .filter_map(|argument| match argument {
            ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        })
        .collect()
}
