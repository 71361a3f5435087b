//! Results to verdicts.

use super::progress::Terminal;
use crate::folder::Folder;
use anyhow::Context;
use population::Summary;
pub use population::evaluation::Evaluation;

/// Seed of the randomisation test: the same data give the same verdict.
pub const SEED: u64 = 20_150_309;

/// Estimates every measure and keeps the verdicts beside the results.
pub fn evaluate(folder: &Folder, summary: &Summary, progress: &Terminal) -> anyhow::Result<Evaluation> {
    progress.stage("Evaluate", None);
    let evaluation = population::evaluation::evaluate(summary, SEED);
    let file = folder.results_dir(&summary.snapshot).join("evaluation.json");
    population::save::save_json(&file, &evaluation).context("failed to keep the verdicts")?;
    progress.end();
    Ok(evaluation)
}
