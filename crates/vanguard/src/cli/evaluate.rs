//! `vanguard evaluate`: is it working?

use super::Report;
use super::table::table;
use crate::folder::Folder;
use crate::pipeline::{compute, evaluate as step, progress::Terminal};
use population::evaluation::{Evaluation, Interval};
use std::path::PathBuf;

/// Compare localities that the care model serves with the others, before and after it started.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The place's folder, with its place.toml.
    dir: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args, as_json: bool) -> anyhow::Result<Report> {
    let folder = Folder::open(&args.dir)?;
    let progress = Terminal::new(as_json);
    let computed = compute::open_or_compute(&folder, &progress)?;
    let evaluation = step::evaluate(&folder, &computed.summary, &progress)?;
    let text = format!("{}Next: vanguard serve {}", words(&evaluation), args.dir.display());
    Ok(Report::new(text, serde_json::to_value(&evaluation)?))
}

/// Every measure's change with its interval, and what may be claimed of it.
pub fn words(evaluation: &Evaluation) -> String {
    if evaluation.served.is_empty() || evaluation.others.is_empty() {
        return "Nothing to evaluate yet: place.toml names no locality with served_from beside one without.\n\n"
            .to_owned();
    }
    let rows: Vec<Vec<String>> = evaluation
        .verdicts
        .iter()
        .map(|v| match &v.result {
            Some(r) => vec![
                v.name.clone(),
                format!("{:.2}", r.before_served),
                interval(&r.absolute, 2),
                r.relative_percent.as_ref().map(|p| format!("{} %", interval(p, 1))).unwrap_or_default(),
                r.strength.clone(),
            ],
            None => vec![v.name.clone(), String::new(), "no estimate".to_owned()],
        })
        .collect();
    let sentences: Vec<String> = evaluation
        .verdicts
        .iter()
        .take(1)
        .filter_map(|v| v.result.as_ref().map(|r| r.sentence.clone()).or_else(|| v.why_not.clone()))
        .collect();
    format!(
        "{}\nMonthly rates; served against other localities before and after the start, intervals of 95 % robust to clustering in localities.\n{}\n\n",
        table(&["measure", "before", "change (95 % interval)", "in per cent", "claim"], &rows),
        sentences.join("\n")
    )
}

/// A value with its limits: `-1.62 (-2.30 to -0.94)`.
pub fn interval(interval: &Interval, decimals: usize) -> String {
    match interval.limits {
        Some((lower, upper)) => format!("{:+.decimals$} ({lower:+.decimals$} to {upper:+.decimals$})", interval.value),
        None => format!("{:+.decimals$} (no interval)", interval.value),
    }
}
