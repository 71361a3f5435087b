//! A snapshot to a projection of its segments.

use super::progress::Terminal;
use crate::folder::Folder;
use anyhow::Context;
use evidence::projection::Options;
use population::projection::{Future, future};

/// Seed of the draws: the same data give the same intervals.
pub const SEED: u64 = 20_350_309;

/// Years that are projected when nobody says.
pub const YEARS: usize = 10;

/// Projects with these options and keeps the result beside the others.
pub fn project(folder: &Folder, options: &Options, progress: &Terminal) -> anyhow::Result<Future> {
    let snapshot = super::compute::snapshot(folder)?;
    progress.stage("Project segments", None);
    let future =
        future(&snapshot, &folder.place, &folder.blueprint, options, super::threads()).context("failed to project")?;
    let file = folder.results_dir(snapshot.manifest().id.as_str()).join("future.json");
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("failed to make {}", parent.display()))?;
    }
    population::save::save_json(&file, &future).context("failed to keep the projection")?;
    progress.end();
    Ok(future)
}

/// The projection of the live snapshot, or a new one where there is none that fits.
pub fn open_or_project(folder: &Folder, fingerprint: &str, progress: &Terminal) -> anyhow::Result<Future> {
    let snapshot = super::compute::snapshot(folder)?;
    let file = folder.results_dir(snapshot.manifest().id.as_str()).join("future.json");
    match population::save::open_json::<Future>(&file) {
        Ok(future) if future.fingerprint == fingerprint => Ok(future),
        _ => project(folder, &Options { years: YEARS, seed: SEED, ..Options::default() }, progress),
    }
}
