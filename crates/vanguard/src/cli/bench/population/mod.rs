//! `vanguard bench population`: four questions about everybody, in one pass over a lake.

mod answers;
mod ask;
mod indicators;
mod load;
pub mod refresh;
mod standardise;
#[cfg(test)]
mod tests;

pub use refresh::delta::{Shape, Size};

use super::meter::{self, Cost};
use crate::cli::Report;
use crate::cli::table::{count, table};
use answers::Answers;
use anyhow::Context as _;
use ask::Question;
use lake::Snapshot;
use nhs::Day;
use serde_json::{Value, json};
use std::path::Path;

/// The day as of which the made-up population is counted.
const AS_OF: &str = "2026-03-31";

/// How to ask.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// How often.
    pub repeat: usize,
    /// On how many threads.
    pub threads: usize,
    /// How many more indicators.
    pub indicators: usize,
}

/// Makes the lake where it is not there, and asks; with changes, measures a refresh.
pub fn run(dir: &Path, lake: &Path, reload: bool, asked: Asked, changes: Option<Size>) -> anyhow::Result<Report> {
    let as_of = Day::parse_iso(AS_OF).map_err(|why| anyhow::anyhow!("{AS_OF} {why}"))?;
    let loaded = if reload || Snapshot::current(lake)?.is_none() {
        let (result, cost) = meter::measured(|| load::load(dir, lake, as_of, asked.threads));
        result.with_context(|| format!("failed to make a lake of {}", dir.display()))?;
        Some(cost)
    } else {
        None
    };
    if let Some(size) = changes {
        let plan = refresh::Plan { size, repeat: asked.repeat, threads: asked.threads };
        return refresh::run(lake, plan).context("failed to measure a refresh");
    }
    let load_peak = meter::peak_mib();
    meter::forget_peak();
    let (mut costs, mut answers) = (Vec::new(), None);
    for _ in 0..asked.repeat {
        let (result, cost) = meter::measured(|| {
            let snapshot = Snapshot::open(lake)?;
            ask::ask(&snapshot, asked.threads, asked.indicators).map(|answers| (answers, snapshot))
        });
        let (found, snapshot) = result?;
        costs.push(cost);
        answers = Some((found, snapshot));
    }
    let (answers, snapshot) = answers.context("nothing was asked")?;
    Ok(report(&answers, &snapshot, loaded, load_peak, &costs, asked))
}

fn report(
    answers: &Answers,
    snapshot: &Snapshot,
    loaded: Option<Cost>,
    load_peak: u64,
    costs: &[Cost],
    asked: Asked,
) -> Report {
    let mut walls: Vec<f64> = costs.iter().map(|c| c.wall).collect();
    let first = walls[0];
    walls.sort_by(f64::total_cmp);
    let (best, median) = (walls[0], walls[walls.len() / 2]);
    let cpu = costs.iter().map(|c| c.cpu).fold(f64::INFINITY, f64::min);
    let rows = snapshot.manifest().events;
    let peak = meter::peak_mib();
    let line = |query: &str, result: Value| {
        json!({
            "engine": "vanguard",
            "query": query,
            "rows": rows,
            "first_s": round(first),
            "median_s": round(median),
            "best_s": round(best),
            "cpu_s": round(cpu),
            "mrows_per_s": (rows as f64 / median.max(1e-9) / 1e5).round() / 10.0,
            "rss_mb": peak,
            "load": meter::load(),
            "result": result,
        })
    };
    let results: Vec<(&str, String)> = Question::ALL.iter().map(|&q| (q.name(), answers.result(q))).collect();
    // Each question's line bears the time of the one pass that answered all.
    let mut queries: Vec<Value> = results.iter().map(|(name, result)| line(name, json!(result))).collect();
    let all: serde_json::Map<String, Value> = results.iter().map(|(name, r)| ((*name).to_owned(), json!(r))).collect();
    queries.push(line("all", Value::Object(all)));
    let files = &snapshot.manifest().files;
    let bytes: u64 = files.values().sum();
    let events: u64 = files.iter().filter(|(name, _)| name.starts_with("event/")).map(|(_, b)| b).sum();
    let json = json!({
        "queries": queries,
        "people": snapshot.manifest().people,
        "rows": rows,
        "lake_bytes": bytes,
        "event_bytes": events,
        "threads": asked.threads,
        "indicators": asked.indicators,
        "indicator_sum": answers.indicator_sum,
        "load": loaded.map(|cost| json!({ "wall_s": round(cost.wall), "cpu_s": round(cost.cpu), "rss_mb": load_peak })),
    });
    let mut cells: Vec<Vec<String>> =
        results.iter().map(|(name, result)| vec![(*name).to_owned(), result.clone()]).collect();
    if let Some(cost) = loaded {
        cells.push(vec!["made the lake in".to_owned(), format!("{:.2} CPU s, {:.2} s", cost.cpu, cost.wall)]);
    }
    cells.push(vec!["asked all in".to_owned(), format!("{cpu:.2} CPU s, {median:.2} s, {peak} MiB")]);
    let text = format!(
        "{} people, {} rows, {:.1} MB in the lake\n{}",
        count(u64::from(snapshot.manifest().people)),
        count(rows),
        bytes as f64 / 1e6,
        table(&["question", "answer"], &cells)
    );
    Report::new(text, json)
}

pub(super) fn round(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
