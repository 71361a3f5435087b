//! A snapshot to features, segments, tiers and measures.

use super::progress::Terminal;
use crate::folder::Folder;
use anyhow::Context;
use lake::Snapshot;
use population::Computed;

/// Opens the live snapshot, or says how to make one.
pub fn snapshot(folder: &Folder) -> anyhow::Result<Snapshot> {
    Snapshot::open(&folder.lake_dir()).with_context(|| {
        format!(
            "there is no snapshot to read in {}: load the extracts first with `vanguard load {}`",
            folder.dir.display(),
            folder.dir.display()
        )
    })
}

/// Computes the blueprint over the live snapshot and keeps the result beside it.
pub fn compute(folder: &Folder, progress: &Terminal) -> anyhow::Result<Computed> {
    let snapshot = snapshot(folder)?;
    progress.stage("Compute needs, segments and tiers", None);
    let computed = population::compute(&snapshot, &folder.place, &folder.blueprint, super::threads())
        .context("failed to compute")?;
    let results = folder.results_dir(&computed.summary.snapshot);
    population::save::save(&results, &computed, &folder.blueprint).context("failed to keep the results")?;
    progress.end();
    Ok(computed)
}

/// Opens the results of the live snapshot, or computes them where there are none that fit.
pub fn open_or_compute(folder: &Folder, progress: &Terminal) -> anyhow::Result<Computed> {
    let snapshot = snapshot(folder)?;
    let results = folder.results_dir(snapshot.manifest().id.as_str());
    let blueprint = &folder.blueprint;
    let wanted = population::fingerprint(&folder.place, blueprint);
    match population::save::open(&results, blueprint) {
        Ok(computed) if computed.summary.fingerprint == wanted => Ok(computed),
        _ => compute(folder, progress),
    }
}
