//! `vanguard bench population --refresh`: the four questions after a month's changes, from what is kept and from the start.

pub mod delta;
mod rebuild;
#[cfg(test)]
mod tests;

use super::answers::Answers;
use super::ask::{Asked, Localities, QUESTIONS, Question, ask, questions};
use super::meter::{self, Cost};
use super::round;
use crate::cli::Report;
use crate::cli::table::{count, table};
use anyhow::{Context as _, bail};
use delta::Size;
use lake::{Columns, Segment, Snapshot, SnapshotId, segment};
use population::features::Kept;
use population::state::{self, Refreshed, Rows, State, Sums};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::hash::Hasher as _;
use std::path::Path;

/// Refreshes of one measurement: one alone is too short for the system's clock, which counts hundredths of a second.
const RUNS: u32 = 10;

/// How to measure.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// What changes.
    pub size: Size,
    /// How often each is measured; the least processor time counts.
    pub repeat: usize,
    /// Threads.
    pub threads: usize,
}

/// The answers, and where the features stand that they are made of.
#[derive(Clone, Serialize, Deserialize)]
pub struct Summed {
    answers: Answers,
    #[serde(skip)]
    asked: Option<Asked>,
}

impl Sums for Summed {
    fn put(&mut self, rows: &Rows<'_>, sign: i64) {
        let Some(asked) = self.asked else { return };
        let homes: Vec<u16> = rows.mark().iter().map(|&home| home as u16).collect();
        self.answers.put(&asked, &|feature| rows.feature(feature), &homes, sign);
    }

    fn merge(&mut self, other: &Self) {
        self.answers.merge(&other.answers);
    }
}

/// Names the questions and the day: whoever asks something else does not take up this state.
fn key(as_of: nhs::Day) -> String {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(QUESTIONS.as_bytes());
    format!("{as_of} {:016x} {}", hasher.finish(), env!("CARGO_PKG_VERSION"))
}

/// Compiles the questions for a snapshot and hands them on.
fn compiled<T>(snapshot: &Snapshot, then: impl FnOnce(&Kept<'_>, &Summed) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let set = questions()?;
    let asked = Asked::of(&set)?;
    let localities = Localities::read(snapshot)?;
    let answers = Answers::nothing(localities.count, Vec::new());
    let mark = Box::new(move |person: &lake::PersonRow| i64::from(localities.of(person)));
    let as_of = snapshot.manifest().as_of;
    let kept = Kept::new(&set, &asked.wanted(), snapshot, as_of, (mark, Columns::PERSON_LSOA))?;
    then(&kept, &Summed { answers, asked: Some(asked) })
}

/// Everybody's state from the start.
fn build(folder: &Path, snapshot: &Snapshot, threads: usize) -> anyhow::Result<State<Summed>> {
    compiled(snapshot, |kept, nothing| {
        Ok(state::build(folder, snapshot, kept, &key(snapshot.manifest().as_of), nothing, threads)?)
    })
}

/// The state with the last of these segments, from one with those before; all that a monthly run does.
fn refresh(
    (lake, scratch, folder): (&Path, &Path, &Path),
    names: &[SnapshotId],
    threads: usize,
) -> anyhow::Result<(Summed, Refreshed, Vec<String>)> {
    let segments = names.iter().map(|name| Segment::open(scratch, name)).collect::<Result<Vec<_>, _>>()?;
    let newest = &segments.last().context("no segment")?.added;
    compiled(newest, |kept, nothing| {
        let base = segments[0].base.clone();
        let open = || Snapshot::open_id(lake, &base);
        let key = key(newest.manifest().as_of);
        let done = state::refresh(folder, kept, &key, &segments, &open, nothing, threads)?;
        let (sums, done) = done.context("the state in the folder is not the one before these changes")?;
        let results = Question::ALL.iter().map(|&q| sums.answers.result(q)).collect();
        Ok((sums, done, results))
    })
}

/// The bytes of a state in its one form.
fn exported(state: &State<Summed>, snapshot: &Snapshot, path: &Path) -> anyhow::Result<Vec<u8>> {
    compiled(snapshot, |kept, _| Ok(state.export(path, kept)?))?;
    Ok(std::fs::read(path)?)
}

struct Measured {
    done: Refreshed,
    new_rows: u64,
    full: Cost,
    refresh: Cost,
    keeping: Cost,
    state_bytes: u64,
    segment: Cost,
    segment_bytes: u64,
    rebuild: Cost,
    results: Vec<String>,
}

/// Makes the changes, refreshes, computes from the start, and compares.
pub fn run(lake: &Path, plan: Plan) -> anyhow::Result<Report> {
    let mut scratch = lake.as_os_str().to_owned();
    scratch.push("-refresh");
    let scratch = Path::new(&scratch);
    let clear = || match std::fs::remove_dir_all(scratch) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    };
    clear().with_context(|| format!("failed to remove {}", scratch.display()))?;
    let base = Snapshot::open(lake)?;
    let measured = measure(lake, scratch, &base, plan);
    clear().with_context(|| format!("failed to remove {}", scratch.display()))?;
    Ok(report(&base, &measured?, plan))
}

fn measure(lake: &Path, scratch: &Path, base: &Snapshot, plan: Plan) -> anyhow::Result<Measured> {
    let threads = plan.threads;
    let (changed, codes) = delta::make(base, plan.size, threads)?;
    let folder = scratch.join("state");
    let (built, keeping) = meter::measured(|| build(&folder, base, threads));
    built?;
    let state_bytes = std::fs::metadata(folder.join("state.base"))?.len();
    let name = SnapshotId::parse("month-1")?;
    let own = changed.clone();
    let (written, segment) = meter::measured(|| segment::write(scratch, &name, base, &codes, own));
    written?;
    let names = [name];
    let new_rows = changed.added.events.len() as u64;
    let (rebuilt, rebuild) = meter::measured(|| rebuild::rebuild(base, &changed, codes, &scratch.join("rebuilt")));
    let rebuilt = rebuilt?;
    let mut full = Cost { wall: f64::INFINITY, cpu: f64::INFINITY };
    let mut answers = None;
    for _ in 0..plan.repeat.max(1) {
        let (found, cost) = meter::measured(|| {
            let snapshot = Snapshot::open(&scratch.join("rebuilt"))?;
            ask(&snapshot, threads, 0)
        });
        answers = Some(found?);
        full = Cost { wall: full.wall.min(cost.wall), cpu: full.cpu.min(cost.cpu) };
    }
    let answers = answers.context("nothing was asked")?;
    let mut refreshed = None;
    let mut refresh_cost = Cost { wall: f64::INFINITY, cpu: f64::INFINITY };
    for _ in 0..plan.repeat.max(1) {
        let mut sum = Cost { wall: 0.0, cpu: 0.0 };
        for _ in 0..RUNS {
            // Each begins where the month before ended.
            for name in ["state.over", "state.whole"] {
                let _ = std::fs::remove_file(folder.join(name));
            }
            let (found, one) = meter::measured(|| refresh((lake, scratch, &folder), &names, threads));
            refreshed = Some(found?);
            sum = Cost { wall: sum.wall + one.wall, cpu: sum.cpu + one.cpu };
        }
        let mean = Cost { wall: sum.wall / f64::from(RUNS), cpu: sum.cpu / f64::from(RUNS) };
        refresh_cost = Cost { wall: refresh_cost.wall.min(mean.wall), cpu: refresh_cost.cpu.min(mean.cpu) };
    }
    let refresh = refresh_cost;
    let (refreshed, done, results) = refreshed.context("nothing was refreshed")?;
    let expected: Vec<String> = Question::ALL.iter().map(|&q| answers.result(q)).collect();
    let state = State::<Summed>::open(&folder)?;
    if results != expected || refreshed.answers != answers || state.sums.answers != answers {
        bail!("a refresh gives {results:?}, a computation from the start {expected:?}");
    }
    let fresh = build(&scratch.join("fresh"), &rebuilt, threads)?;
    let one = exported(&state, &rebuilt, &scratch.join("refreshed.rows"))?;
    let other = exported(&fresh, &rebuilt, &scratch.join("fresh.rows"))?;
    if one != other {
        bail!("a refresh and a computation from the start keep other rows ({} and {} bytes)", one.len(), other.len());
    }
    let segment_bytes = size(&scratch.join("segments"))?;
    Ok(Measured { done, new_rows, full, refresh, keeping, state_bytes, segment, segment_bytes, rebuild, results })
}

fn size(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        bytes += if path.is_dir() { size(&path)? } else { std::fs::metadata(&path)?.len() };
    }
    Ok(bytes)
}

fn report(base: &Snapshot, measured: &Measured, plan: Plan) -> Report {
    let Measured { done, full, refresh, keeping, segment, rebuild, .. } = measured;
    let ratio = refresh.cpu / full.cpu.max(1e-9);
    let cost = |cost: &Cost| json!({ "cpu_s": round(cost.cpu), "wall_s": round(cost.wall) });
    let results: serde_json::Map<String, serde_json::Value> =
        Question::ALL.iter().zip(&measured.results).map(|(q, result)| (q.name().to_owned(), json!(result))).collect();
    let json = json!({
        "shape": plan.size.shape.name(),
        "share": plan.size.share,
        "seed": plan.size.seed,
        "threads": plan.threads,
        "people": base.manifest().people,
        "rows": base.manifest().events,
        "new_rows": measured.new_rows,
        "people_named": done.named,
        "people_changed": done.changed,
        "histories_read": done.histories,
        "full": cost(full),
        "refresh": cost(refresh),
        "ratio": (ratio * 10_000.0).round() / 10_000.0,
        "identical": true,
        "keeping": cost(keeping),
        "kept_bytes": measured.state_bytes,
        "lake_update": cost(segment),
        "lake_update_bytes": measured.segment_bytes,
        "lake_rebuild": cost(rebuild),
        "load": meter::load(),
        "results": results,
    });
    let line = |what: &str, words: String| vec![what.to_owned(), words];
    let seconds = |cost: &Cost| format!("{:.3} CPU s, {:.3} s", cost.cpu, cost.wall);
    let cells = [
        line("new rows", format!("{} of {}", count(measured.new_rows), count(base.manifest().events))),
        line("people named", format!("{} of {}", count(done.named), count(u64::from(base.manifest().people)))),
        line("people whose values changed", count(done.changed)),
        line("histories read", count(done.histories)),
        line("all four questions from the start", seconds(full)),
        line("refresh", format!("{}: {:.1} %", seconds(refresh), 100.0 * ratio)),
        line("the same bytes", "yes".to_owned()),
        line("keeping everybody's rows, once", seconds(keeping)),
        line("putting the changes beside the lake", seconds(segment)),
        line("writing the lake anew from itself and the changes", seconds(rebuild)),
    ];
    Report::new(table(&["refresh", plan.size.shape.name()], &cells), json)
}
