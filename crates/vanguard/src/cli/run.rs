//! `vanguard run`: from a place's extracts to its results.

use super::Report;
use super::table::table;
use crate::folder::Folder;
use crate::pipeline::compute::{self, Done};
use crate::pipeline::progress::Terminal;
use crate::pipeline::{evaluate, load};
use anyhow::Context;
use intake::LoadReport;
use population::Summary;
use population::disclosure::Shown;
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Load, link, compute and evaluate a place of your own.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The place's folder, with its place.toml.
    pub dir: PathBuf,
    /// Load even where the same files are already the live snapshot, or a source has lost more than half its rows.
    #[arg(long)]
    pub force: bool,
    /// Compute everybody anew, also those whose record has not changed since the results before.
    #[arg(long)]
    pub anew: bool,
    /// Serve the pages when done.
    #[arg(long)]
    pub serve: bool,
    #[command(flatten)]
    pub address: super::serve::Address,
}

/// What the steps made, for the page server and the summary.
pub struct Made {
    /// The load.
    pub load: LoadReport,
    /// The computation.
    pub done: Done,
    /// The verdicts.
    pub evaluation: crate::pipeline::evaluate::Evaluation,
    /// Stages with how long each took.
    pub stages: Vec<(String, Duration)>,
    /// From first to last.
    pub total: Duration,
}

/// Runs the command.
pub fn run(args: &Args, json: bool) -> anyhow::Result<Report> {
    let progress = Terminal::new(json);
    let made = steps(&args.dir, args.force, args.anew, &progress)?;
    let report = report(&args.dir, &made)?;
    if args.serve {
        super::print(&report, json);
        return super::serve::serve(&args.dir, &args.address);
    }
    let next = format!("{}\nNext: vanguard serve {}", report.text, args.dir.display());
    Ok(Report::new(next, report.json))
}

/// Loads, computes and evaluates; what it did is a run in the operational database.
pub fn steps(dir: &Path, force: bool, anew: bool, progress: &Terminal) -> anyhow::Result<Made> {
    let started = Instant::now();
    let folder = Folder::open(dir)?;
    let load = load::load(&folder, force, progress)?;
    let done = compute::update(&folder, anew, progress)?;
    let evaluation = evaluate::evaluate(&folder, &done.summary, progress)?;
    crate::pipeline::future::open_or_project(&folder, &done.summary.fingerprint, progress)?;
    if folder.blueprint.risk.is_some() {
        let options = population::risk::Options { seed: crate::pipeline::risk::SEED, ..Default::default() };
        crate::pipeline::risk::train(&folder, &options, progress)?;
    }
    let made = Made { load, done, evaluation, stages: progress.finished(), total: started.elapsed() };
    crate::pipeline::runs::remember(&folder, &made).context("failed to note the run in the operational database")?;
    Ok(made)
}

/// Counts and timings, for people and for programs.
pub fn report(dir: &Path, made: &Made) -> anyhow::Result<Report> {
    let summary = &made.done.summary;
    let mut text = super::load::words(&made.load);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}\n", made.done.words());
    text.push_str(&super::population::words(summary));
    text.push_str(&super::evaluate::words(&made.evaluation));
    let timings: Vec<Vec<String>> =
        made.stages.iter().map(|(name, time)| vec![name.clone(), format!("{:.1} s", time.as_secs_f64())]).collect();
    text.push_str(&table(&["stage", "time"], &timings));
    let _ = writeln!(text, "\nAll in {:.1} s.", made.total.as_secs_f64());
    let stages: Vec<_> = made
        .stages
        .iter()
        .map(|(name, time)| json!({ "stage": name, "milliseconds": time.as_millis() as u64 }))
        .collect();
    let json = json!({
        "place": dir,
        "load": serde_json::to_value(&made.load)?,
        "recomputed": made.done.recomputed,
        "recomputed_milliseconds": made.done.took.as_millis() as u64,
        "people_known": summary.people_known,
        "population": super::population::json(summary),
        "evaluation": serde_json::to_value(&made.evaluation)?,
        "stages": stages,
        "milliseconds": made.total.as_millis() as u64,
    });
    Ok(Report::new(text, json))
}

/// One line on the size of a place.
pub fn size(summary: &Summary) -> String {
    format!(
        "{} people in {} localities and {} practices",
        Shown::alone(summary.people),
        summary.localities.len(),
        summary.practices.len()
    )
}
