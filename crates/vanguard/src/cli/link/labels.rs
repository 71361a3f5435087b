//! Clerical decisions from a file: which pairs people found to match, and which not.

use super::read::Input;
use crate::cli::table::count;
use anyhow::{Context as _, bail};
use linkage::{Contradiction, Label, Linked};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

/// How many labels that were not followed the report names.
const LISTED: usize = 20;

/// Decisions about the records of an input.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    pub pairs: Vec<Label>,
    /// How many pairs each stands for, where the file has a fourth column.
    pub weights: Option<Vec<f64>>,
    /// Lines with an id that no record has.
    unknown: u64,
}

impl Labels {
    /// Reads a CSV file: two ids, whether they match (yes, no, 1, 0, true or false), and if there is a fourth column how many
    /// pairs the decision stands for. A first line without a decision is a heading.
    pub fn read(path: &Path, input: &Input) -> anyhow::Result<Self> {
        Self::parse(path, input).with_context(|| format!("failed to read {}", path.display()))
    }

    fn parse(path: &Path, input: &Input) -> anyhow::Result<Self> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_path(path)?;
        let mut lines = Vec::new();
        for (line, record) in reader.records().enumerate() {
            let record = record?;
            let Some(is_match) = record.get(2).and_then(decision) else {
                if line == 0 {
                    continue;
                }
                bail!("line {}: three cells are needed, two ids and yes or no (1 or 0)", line + 1);
            };
            let weight = match record.get(3).filter(|cell| !cell.is_empty()).map(str::parse::<f64>) {
                None => None,
                Some(Ok(weight)) if weight > 0.0 && weight.is_finite() => Some(weight),
                Some(_) => {
                    bail!("line {}: the fourth cell is how many pairs the decision stands for, above 0", line + 1)
                }
            };
            lines.push((record[0].to_owned(), record[1].to_owned(), is_match, weight));
        }
        let wanted: HashSet<&str> =
            lines.iter().flat_map(|(left, right, ..)| [left.as_str(), right.as_str()]).collect();
        let places = input.ids.find_all(&wanted);
        let weighted = lines.iter().any(|(.., weight)| weight.is_some());
        let mut labels = Self { weights: weighted.then(Vec::new), ..Self::default() };
        for (left, right, is_match, weight) in lines {
            let (Some(left), Some(right)) = (places.get(&left), places.get(&right)) else {
                labels.unknown += 1;
                continue;
            };
            labels.pairs.push(Label { left: *left, right: *right, is_match });
            if let Some(weights) = &mut labels.weights {
                weights.push(weight.unwrap_or(1.0));
            }
        }
        Ok(labels)
    }

    /// What people should know about the file.
    pub fn note(&self) -> Option<String> {
        (self.unknown > 0)
            .then(|| format!("decisions that name an id no record has, and were left out: {}", self.unknown))
    }

    /// What was done with them; empty where there are none.
    pub fn words(&self, input: &Input, linked: &Linked) -> String {
        if self.pairs.is_empty() {
            return String::new();
        }
        let matches = self.pairs.iter().filter(|label| label.is_match).count() as u64;
        let mut text = format!(
            "\nDecisions: {} match and {} do not; {} joined what the numbers had not, {} were not followed.\n",
            count(matches),
            count(self.pairs.len() as u64 - matches),
            count(linked.report.joined_by_label),
            count(linked.refused_labels.len() as u64)
        );
        for refused in linked.refused_labels.iter().take(LISTED) {
            let id = |record: u32| input.ids.get(record as usize);
            let (left, right) = (id(refused.label.left), id(refused.label.right));
            // Writing to a String cannot fail.
            let _ = writeln!(text, "- {left} and {right}: {}", reason(refused.why, id));
        }
        text
    }

    pub fn json(&self, input: &Input, linked: &Linked) -> Value {
        let id = |record: u32| input.ids.get(record as usize);
        json!({
            "match": self.pairs.iter().filter(|label| label.is_match).count(),
            "no_match": self.pairs.iter().filter(|label| !label.is_match).count(),
            "unknown_ids": self.unknown,
            "joined": linked.report.joined_by_label,
            "not_followed": linked.refused_labels.iter().map(|refused| json!({
                "left": id(refused.label.left),
                "right": id(refused.label.right),
                "match": refused.label.is_match,
                "why": reason(refused.why, id),
            })).collect::<Vec<_>>(),
        })
    }
}

fn reason(why: Contradiction, id: impl Fn(u32) -> String) -> String {
    match why {
        Contradiction::Opposite => "another decision says that they do not match; they stay apart".to_owned(),
        Contradiction::Chain { left, right } => {
            format!("with other decisions it would join {} and {}, which a decision keeps apart", id(left), id(right))
        }
        Contradiction::Numbers => {
            "they belong to people with different valid numbers; if one replaced the other, give it with --superseded"
                .to_owned()
        }
        Contradiction::NoPair => "it names one record twice".to_owned(),
    }
}

fn decision(cell: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    if is(&["yes", "y", "1", "true"]) {
        Some(true)
    } else if is(&["no", "n", "0", "false"]) {
        Some(false)
    } else {
        None
    }
}
