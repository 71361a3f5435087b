//! A snapshot to features, segments, tiers and measures.

use super::progress::Terminal;
use crate::cli::table::count;
use crate::folder::Folder;
use anyhow::Context;
use lake::Snapshot;
use population::{Computed, Summary};
use std::time::{Duration, Instant};

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

/// What was computed.
#[derive(Debug, Clone)]
pub struct Done {
    /// Counts of the place.
    pub summary: Summary,
    /// People whose values were worked out; the others' were taken over from the results before.
    pub recomputed: u64,
    /// How long it took.
    pub took: Duration,
}

impl Done {
    /// How much was done, in a sentence.
    pub fn words(&self) -> String {
        let (recomputed, people) = (self.recomputed, self.summary.people_known);
        if recomputed == people {
            return format!("Computed all {} people in {:.1} s.", count(people), self.took.as_secs_f64());
        }
        format!(
            "Recomputed {} of {} people in {:.1} s; the records of the others have not changed.",
            count(recomputed),
            count(people),
            self.took.as_secs_f64()
        )
    }
}

/// Brings the results up to the live snapshot: takes over what an earlier computation by the same model, place and days
/// already says, and computes only the people whose record changed since; everybody where there is none, or with `anew`.
pub fn update(folder: &Folder, anew: bool, progress: &Terminal) -> anyhow::Result<Done> {
    let started = Instant::now();
    let snapshot = snapshot(folder)?;
    if !anew {
        let results = folder.results_dir(snapshot.manifest().id.as_str());
        if let Some(summary) = population::refresh::up_to_date(&results, &folder.place, &folder.blueprint) {
            return Ok(Done { summary, recomputed: 0, took: started.elapsed() });
        }
        if let Some(done) = refresh(folder, &snapshot, progress)? {
            return Ok(Done { took: started.elapsed(), ..done });
        }
    }
    let computed = compute_over(folder, &snapshot, progress)?;
    let recomputed = computed.people.len() as u64;
    Ok(Done { recomputed, summary: computed.summary, took: started.elapsed() })
}

fn refresh(folder: &Folder, snapshot: &Snapshot, progress: &Terminal) -> anyhow::Result<Option<Done>> {
    // Changes that cannot be read are no reason to stop: everybody is computed then.
    let Ok(Some(changes)) = lake::changes::open(&folder.lake_dir(), &snapshot.manifest().id) else { return Ok(None) };
    progress.stage("Compute those whose record changed", None);
    let from = folder.results_dir(changes.from.as_str());
    let to = folder.results_dir(snapshot.manifest().id.as_str());
    let refreshed = population::refresh::refresh(
        snapshot,
        &changes,
        &folder.place,
        &folder.blueprint,
        (&from, &to),
        super::threads(),
    );
    let refreshed = refreshed.context("failed to bring the results up to date")?;
    progress.end();
    Ok(refreshed.map(|done| Done { summary: done.summary, recomputed: done.recomputed, took: Duration::ZERO }))
}

/// Computes the blueprint over the live snapshot, everybody, and keeps the result beside it.
pub fn compute(folder: &Folder, progress: &Terminal) -> anyhow::Result<Computed> {
    compute_over(folder, &snapshot(folder)?, progress)
}

fn compute_over(folder: &Folder, snapshot: &Snapshot, progress: &Terminal) -> anyhow::Result<Computed> {
    progress.stage("Compute needs, segments and tiers", None);
    let computed = population::compute(snapshot, &folder.place, &folder.blueprint, super::threads())
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
