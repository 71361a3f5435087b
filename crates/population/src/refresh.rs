//! Results of a new snapshot from those of the one before, by looking only at the people whose record changed.
//!
//! The rule: a person's values, and what the person adds to every sum, depend on the person's own record (row and events), the
//! codes as text, the care model, the place's localities, the as-of day and the first month, and on nothing else. So with the
//! same model, place, days and version, the new sums are the old ones less those of the changed people as they were, plus those
//! of the changed people as they are; and the table of people is the old one with their rows replaced. Sums are of integers,
//! so both come out to the same bytes as a computation from the start (tested).
//!
//! Another as-of day moves both ends of every window, and ages, for everybody: then everything is computed anew.

use crate::compute::{append, days, fingerprint, summarise};
use crate::pass;
use crate::place::Shape;
use crate::plan::Plan;
use crate::results::{People, Summary};
use crate::save::{self, PEOPLE, SUMMARY, SUMS, SaveError};
use crate::splice;
use crate::tally::Tally;
use blueprint::{Blueprint, Place};
use lake::{Changes, LakeError, Snapshot};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Changes with every release that computes something else from the same record and model.
const ENGINE: u32 = 2;

/// What is kept beside results for the next refresh: the exact sums, and which engine made them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    engine: u32,
    tally: Tally,
}

impl Kept {
    pub(crate) fn new(tally: Tally) -> Self {
        Self { engine: ENGINE, tally }
    }
}

/// What a refresh did.
#[derive(Debug, Clone)]
pub struct Refreshed {
    /// Counts of the place.
    pub summary: Summary,
    /// People whose values were computed.
    pub recomputed: u64,
    /// People of the new snapshot.
    pub people: u64,
    /// Column chunks of the table of people that were taken over as they are, and all.
    pub chunks: (u64, u64),
}

/// The summary of results that are already those of a model and place by this version, if they are whole.
pub fn up_to_date(folder: &Path, place: &Place, blueprint: &Blueprint) -> Option<Summary> {
    let summary: Summary = save::open_json(&folder.join(SUMMARY)).ok()?;
    let kept: Kept = save::open_json(&folder.join(SUMS)).ok()?;
    let is_whole = kept.engine == ENGINE && folder.join(PEOPLE).is_file();
    (is_whole && summary.fingerprint == fingerprint(place, blueprint)).then_some(summary)
}

/// Writes the results of a new snapshot into `to`, from those of the snapshot before in `from`, looking only at the people
/// whose record changed. `None` where the results in `from` are of another model, place, day or version, or are not there:
/// then compute anew.
pub fn refresh(
    snapshot: &Snapshot,
    changes: &Changes,
    place: &Place,
    blueprint: &Blueprint,
    (from, to): (&Path, &Path),
    threads: usize,
) -> Result<Option<Refreshed>, SaveError> {
    // Without localities the place's shape is that of its data, which only everybody together tells.
    if place.localities.is_empty() {
        return Ok(None);
    }
    let (Ok(old), Ok(kept)) =
        (save::open_json::<Summary>(&from.join(SUMMARY)), save::open_json::<Kept>(&from.join(SUMS)))
    else {
        return Ok(None);
    };
    let shape = Shape::of(place, &[]);
    let (as_of, start) = days(place, snapshot);
    let plan = Plan::new(blueprint, &shape, snapshot, as_of, start)?;
    let is_same = kept.engine == ENGINE
        && old.fingerprint == fingerprint(place, blueprint)
        && old.snapshot == changes.from.to_string()
        && (old.as_of, old.first_month, old.months) == (as_of.0, plan.first_month.0, plan.months);
    if !is_same {
        return Ok(None);
    }
    let then = Plan::new(blueprint, &shape, &changes.before, as_of, start)?;
    let before = run(&then, &changes.before, threads)?;
    let after = run(&plan, &changes.after, threads)?;
    let mut tally = kept.tally;
    tally.take(&before.1);
    tally.merge(&after.1);
    let people = snapshot.manifest().people as usize;
    let summary = summarise(&plan, snapshot, place, people, &tally);
    std::fs::create_dir_all(to).map_err(|source| SaveError::File { path: to.to_owned(), source })?;
    let table = splice::People { old: &before.0, new: &after.0, summary: &summary, blueprint };
    let spliced = splice::splice(&from.join(PEOPLE), &to.join(PEOPLE), &table)?;
    let Some(chunks) = spliced.filter(|spliced| spliced.rows == people as u64) else { return Ok(None) };
    save::save_json(&to.join(SUMS), &Kept::new(tally))?;
    save::save_json(&to.join(SUMMARY), &summary)?;
    let recomputed = after.0.len() as u64;
    Ok(Some(Refreshed { summary, recomputed, people: people as u64, chunks: (chunks.copied, chunks.all) }))
}

/// Everybody of a small snapshot: the rows and the sums.
fn run(plan: &Plan<'_>, snapshot: &Snapshot, threads: usize) -> Result<(People, Tally), LakeError> {
    let parts = snapshot.scan(plan.columns(), threads.max(1), |view| pass::run(plan, view))?;
    let mut people = People { features: vec![Vec::new(); plan.blueprint.features.len()], ..People::default() };
    let mut tally = Tally::new(plan);
    for part in parts {
        tally.merge(&part.tally);
        append(&mut people, part);
    }
    Ok((people, tally))
}
