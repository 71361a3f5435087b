//! What questions cost, for people and for programs.

use crate::cli::Report;
use crate::cli::table::{count, table};
use anyhow::Context;
use lake::Snapshot;
use population::ask::Asking;
use population::explain::{Explained, Step};
use serde_json::json;
use std::fmt::Write as _;

/// How to explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum How {
    /// Estimate from the ends of the files; no row is read.
    Plan,
    /// Also ask a sample of buckets, and time each question.
    Analyze,
}

/// What a question set costs.
pub fn questions(asking: &Asking<'_>, snapshot: &Snapshot, how: How) -> anyhow::Result<Report> {
    let explained = population::explain::questions(asking, snapshot, how == How::Analyze);
    Ok(report(&explained.context("failed to look into the lake")?))
}

/// The costs as a report.
pub fn report(explained: &Explained) -> Report {
    Report::new(text(explained), json(explained))
}

fn text(explained: &Explained) -> String {
    let storage = &explained.storage;
    let mut text = format!(
        "Reads {} of {} in {} buckets: all {} row groups with {} rows, of {} people. None is skipped: people stand in no order of dates or codes.\n\n",
        bytes(storage.bytes_read()),
        bytes(storage.bytes()),
        count(storage.buckets),
        count(storage.row_groups),
        count(storage.rows),
        count(storage.people)
    );
    let columns: Vec<Vec<String>> = storage
        .columns
        .iter()
        .map(|c| {
            let read = if c.is_read { "read" } else { "left" };
            vec![format!("{}.{}", c.table, c.name), bytes(c.bytes), read.to_owned()]
        })
        .collect();
    text.push_str(&table(&["column", "on disk", ""], &columns));
    text.push_str("\n\n");
    text.push_str(&steps("stage", &explained.stages));
    text.push_str("\n\n");
    text.push_str(&steps("question", &explained.questions));
    // Writing to a String cannot fail.
    let _ = match explained.sample {
        Some((buckets, rows)) => write!(
            text,
            "\n\nTimes are milliseconds on one thread for the whole place. Real ones were taken on {buckets} buckets with {} rows, best of several runs, and scaled up by rows. A question's time is that of the program with it alone less that of the program without any.",
            count(rows)
        ),
        None => write!(
            text,
            "\n\nTimes are milliseconds on one thread for the whole place, estimated; --explain analyze measures them."
        ),
    };
    text
}

fn steps(what: &str, steps: &[Step]) -> String {
    let rows: Vec<Vec<String>> = steps
        .iter()
        .map(|step| {
            let name = if step.kind == "stage" { step.id.clone() } else { format!("{} {}", step.kind, step.id) };
            let real = step.real_ms.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.1}"));
            vec![name, format!("{:.1}", step.estimated_ms), real, step.detail.clone()]
        })
        .collect();
    table(&[what, "estimated ms", "real ms", "what it does"], &rows)
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{} bytes", count(bytes)),
        10_000..10_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn json(explained: &Explained) -> serde_json::Value {
    let storage = &explained.storage;
    let step = |step: &Step| {
        json!({
            "kind": step.kind,
            "id": step.id,
            "what": step.detail,
            "estimated_ms": step.estimated_ms,
            "real_ms": step.real_ms,
        })
    };
    let columns: Vec<_> = storage
        .columns
        .iter()
        .map(|c| json!({ "table": c.table, "column": c.name, "bytes": c.bytes, "read": c.is_read }))
        .collect();
    json!({
        "columns": columns,
        "bytes_read": storage.bytes_read(),
        "bytes": storage.bytes(),
        "buckets": storage.buckets,
        "row_groups_read": storage.row_groups,
        "row_groups_skipped": 0,
        "rows": storage.rows,
        "people": storage.people,
        "dictionary": explained.dictionary,
        "stages": explained.stages.iter().map(step).collect::<Vec<_>>(),
        "questions": explained.questions.iter().map(step).collect::<Vec<_>>(),
        "sample": explained.sample.map(|(buckets, rows)| json!({ "buckets": buckets, "rows": rows })),
    })
}
