//! Answers as text, CSV, JSON and Parquet.

use crate::cli::table::{count, table};
use anyhow::Context;
use lake::table::{Column, Named, write_table};
use population::ask::shown::{Answer, Line};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Parquet, one line for each group and month.
    Parquet,
    /// Comma-separated values with a heading.
    Csv,
    /// JSON, question by question.
    Json,
}

/// Lines of one answer that are printed.
const PRINTED: usize = 40;

/// The answers as tables for a terminal.
pub fn text(answers: &[Answer]) -> String {
    let mut text = String::new();
    for answer in answers {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} ({})", answer.name, answer.id);
        if answer.lines.is_empty() {
            text.push_str("Nobody is in this question.\n\n");
            continue;
        }
        let mut heading: Vec<&str> = answer.by.iter().map(String::as_str).collect();
        if answer.by_month {
            heading.push("month");
        }
        heading.push("people");
        if answer.lines.iter().any(|line| line.count.is_some()) {
            heading.push(if answer.by_month { "events" } else { "count" });
        }
        heading.extend(answer.unit.as_deref());
        let rows: Vec<Vec<String>> = answer.lines.iter().take(PRINTED).map(|line| cells(answer, line)).collect();
        text.push_str(&table(&heading, &rows));
        if answer.lines.len() > PRINTED {
            let more = count((answer.lines.len() - PRINTED) as u64);
            let _ = write!(text, "\n... and {more} lines more: write them all with --out csv");
        }
        text.push_str("\n\n");
    }
    text
}

fn cells(answer: &Answer, line: &Line) -> Vec<String> {
    let mut row = line.groups.clone();
    row.extend(line.month.map(|month| month.to_string()));
    row.push(line.people.to_string());
    row.extend(line.count.map(|count| count.to_string()));
    if answer.unit.is_some() {
        row.push(line.value.map_or_else(|| "suppressed".to_owned(), |v| number(v, answer.decimals)));
    }
    row
}

fn number(value: f64, decimals: u8) -> String {
    format!("{value:.*}", usize::from(decimals))
}

/// The value as it is printed, so that every format says the same.
fn rounded(value: f64, decimals: u8) -> f64 {
    number(value, decimals).parse().unwrap_or(value)
}

/// The answers as JSON, beside what they are answers to.
pub fn json(head: Value, answers: &[Answer]) -> Value {
    let line = |answer: &Answer, line: &Line| {
        let mut object = serde_json::Map::new();
        for (name, label) in answer.by.iter().zip(&line.groups) {
            object.insert(name.clone(), json!(label));
        }
        if let Some(month) = line.month {
            object.insert("month".into(), json!(month.to_string()));
        }
        object.insert("people".into(), json!(line.people.value()));
        if let Some(count) = line.count {
            object.insert("count".into(), json!(count.value()));
        }
        if answer.unit.is_some() {
            object.insert("value".into(), json!(line.value.map(|v| rounded(v, answer.decimals))));
        }
        Value::Object(object)
    };
    let answers: Vec<Value> = answers
        .iter()
        .map(|answer| {
            let lines: Vec<Value> = answer.lines.iter().map(|l| line(answer, l)).collect();
            json!({ "id": answer.id, "name": answer.name, "by": answer.by, "unit": answer.unit, "lines": lines })
        })
        .collect();
    let mut whole = head;
    if let Value::Object(object) = &mut whole {
        object.insert("answers".into(), Value::Array(answers));
    }
    whole
}

/// All answers as one table: `question`, a column for each grouping that any of them has, `month`, `people`, `count`, `value`,
/// `unit`. A hidden count is empty, and `hidden` says so.
fn columns(answers: &[Answer]) -> Vec<Named> {
    let mut groupings: Vec<&String> = Vec::new();
    for by in answers.iter().flat_map(|a| &a.by) {
        if !groupings.contains(&by) {
            groupings.push(by);
        }
    }
    let lines = || answers.iter().flat_map(|answer| answer.lines.iter().map(move |line| (answer, line)));
    let whole = |n: Option<u64>| n.and_then(|n| i64::try_from(n).ok());
    let mut named = vec![("question".to_owned(), Column::Text(lines().map(|(a, _)| a.id.clone()).collect()))];
    for grouping in groupings {
        let label = |(answer, line): (&Answer, &Line)| {
            answer.by.iter().position(|by| by == grouping).and_then(|at| line.groups.get(at).cloned())
        };
        let name = if RESERVED.contains(&grouping.as_str()) { format!("by_{grouping}") } else { grouping.clone() };
        named.push((name, Column::OptionalText(lines().map(label).collect())));
    }
    let month = |(_, line): (&Answer, &Line)| line.month.map(nhs::Month::first_day);
    named.push(("month".into(), Column::Date(lines().map(month).collect())));
    let people = lines().map(|(_, line)| whole(line.people.value())).collect();
    named.push(("people".into(), Column::Number { decimals: 0, values: people }));
    let counted = lines().map(|(_, line)| line.count.and_then(|c| whole(c.value()))).collect();
    named.push(("count".into(), Column::Number { decimals: 0, values: counted }));
    let value = |(_, line): (&Answer, &Line)| line.value.map(|v| (v * 100.0).round() as i64);
    named.push(("value".into(), Column::Number { decimals: 2, values: lines().map(value).collect() }));
    named.push(("unit".into(), Column::OptionalText(lines().map(|(a, _)| a.unit.clone()).collect())));
    let hidden = |(answer, line): (&Answer, &Line)| {
        line.people.is_hidden()
            || line.count.is_some_and(population::disclosure::Shown::is_hidden)
            || (answer.unit.is_some() && line.value.is_none())
    };
    named.push(("hidden".into(), Column::Bool(lines().map(hidden).collect())));
    named
}

/// Names that a grouping cannot have in the table of all answers.
const RESERVED: [&str; 7] = ["question", "month", "people", "count", "value", "unit", "hidden"];

/// The table of all answers as CSV.
pub fn csv(answers: &[Answer]) -> anyhow::Result<String> {
    text_of(&columns(answers))
}

/// Writes the answers to a file.
pub fn write(file: &Path, format: Format, answers: &[Answer], json: &Value) -> anyhow::Result<()> {
    let failed = || format!("failed to write {}", file.display());
    match format {
        Format::Parquet => write_table(file, &columns(answers)).with_context(failed),
        Format::Csv => std::fs::write(file, csv(answers)?).with_context(failed),
        Format::Json => std::fs::write(file, format!("{json:#}\n")).with_context(failed),
    }
}

/// Writes rows of single people to a file.
pub fn write_people(file: &Path, format: Format, rows: &[Named]) -> anyhow::Result<()> {
    let failed = || format!("failed to write {}", file.display());
    match format {
        Format::Parquet => write_table(file, rows).with_context(failed),
        Format::Csv => std::fs::write(file, text_of(rows)?).with_context(failed),
        Format::Json => {
            let count = rows.first().map_or(0, |(_, column)| column.len());
            let row = |at: usize| -> Value {
                rows.iter()
                    .map(|(name, column)| (name.clone(), json!(cell(column, at))))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            };
            let all: Vec<Value> = (0..count).map(row).collect();
            std::fs::write(file, format!("{:#}\n", Value::Array(all))).with_context(failed)
        }
    }
}

fn text_of(columns: &[Named]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|(name, _)| name))?;
    for row in 0..columns.first().map_or(0, |(_, column)| column.len()) {
        writer.write_record(columns.iter().map(|(_, column)| cell(column, row).unwrap_or_default()))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// One value as text; `None` where there is none.
fn cell(column: &Column, row: usize) -> Option<String> {
    match column {
        Column::I64(values) => Some(values[row].to_string()),
        Column::Number { decimals, values } => values[row].map(|value| decimal(value, *decimals)),
        Column::Text(values) => Some(values[row].clone()),
        Column::OptionalText(values) => values[row].clone(),
        Column::Bool(values) => Some(values[row].to_string()),
        Column::Date(values) => values[row].map(|day| day.to_string()),
    }
}

/// A number of units of 10 to the minus `decimals`, exactly.
fn decimal(value: i64, decimals: u8) -> String {
    if decimals == 0 {
        return value.to_string();
    }
    let unit = 10u64.saturating_pow(u32::from(decimals));
    let (whole, rest) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{whole}.{rest:0>width$}", width = usize::from(decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal(1234, 2), "12.34");
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(7, 0), "7");
        assert_eq!(decimal(i64::MIN + 1, 3), "-9223372036854775.807");
    }
}
