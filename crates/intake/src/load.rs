//! The course of a load: fingerprints, first pass over the files, linkage, second pass to the lake.

use crate::error::LoadError;
use crate::finish;
use crate::first_pass::SourceState;
use crate::hash::Hasher;
use crate::options::{LoadOptions, Progress};
use crate::quality::{LoadReport, Outcome, Quality, StageTime};
use crate::read::{Fingerprint, fingerprint};
use crate::spool::SpoolDir;
use lake::Snapshot;
use std::path::Path;
use std::time::Instant;

/// The manifest's name for the hash of everything a snapshot was made from.
pub(crate) const INPUT_HASH: &str = "input_hash";
/// The manifest's name for the next free person identifier.
pub(crate) const NEXT_PERSON: &str = "next_person";
/// Changes when the same input would give other rows.
const INTAKE_VERSION: u64 = 2;

/// Loads the files of all sources into a new snapshot and makes it live. On any error the live snapshot stays as it was.
/// The result depends on the files, the formats, the day and the last snapshot's identifiers, and on nothing else.
pub fn load(options: &LoadOptions, progress: &dyn Progress) -> Result<LoadReport, LoadError> {
    run(options, progress, None)
}

/// As [`load`], and writes which row went to which person: a CSV file with the columns source, file, line and person
/// (the stable identifier), for audits and for marking linkage against a known truth. Nothing is written where nothing changed.
pub fn load_with_trace(options: &LoadOptions, progress: &dyn Progress, trace: &Path) -> Result<LoadReport, LoadError> {
    run(options, progress, Some(trace))
}

fn run(options: &LoadOptions, progress: &dyn Progress, trace: Option<&Path>) -> Result<LoadReport, LoadError> {
    check(options)?;
    let mut clock = Clock::new(progress);
    clock.stage("read the files' fingerprints", None);
    let mut fingerprints = Vec::new();
    for source in &options.sources {
        for path in &source.files {
            fingerprints.push(fingerprint(path, &shown(options, path))?);
        }
    }
    let input_hash = input_hash(options, &fingerprints);
    let live = open_live(options)?;
    if let Some(live) = &live
        && !options.force
        && live.manifest().extras.get(INPUT_HASH) == Some(&input_hash)
    {
        return unchanged(live, clock);
    }
    std::fs::create_dir_all(&options.lake_dir).map_err(|e| LoadError::write(&options.lake_dir, e))?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).build();
    let pool = pool.map_err(|e| LoadError::Options(format!("the threads cannot be started ({e}); ask for fewer")))?;
    let spool = SpoolDir::create(&options.lake_dir)?;
    let total: u64 = fingerprints.iter().map(|f| f.bytes).sum();
    clock.stage("read the extracts", Some(total));
    let read = crate::first_pass::read_all(options, &spool, &pool, &clock, trace.is_some())?;
    if let (Some(live), false) = (&live, options.force) {
        refuse_shrunk(&read.sources, live)?;
    }
    finish::finish(options, read, live.as_ref(), &fingerprints, input_hash, &spool, &pool, clock, trace)
}

/// Fewer rows than this at the last load say nothing when they become fewer.
const FEW_ROWS: u64 = 100;

/// A source that has lost more than half its rows since the last load was probably cut short on its way, even where the cut
/// fell on the end of a line. It is not loaded in place of what is live unless the load is forced.
fn refuse_shrunk(sources: &[SourceState], live: &Snapshot) -> Result<(), LoadError> {
    let Some(before) = live.quality().ok().and_then(|json| serde_json::from_str::<Quality>(&json).ok()) else {
        return Ok(());
    };
    for state in sources {
        let now = &state.quality;
        let old = before.sources.iter().find(|old| old.id == now.id).map_or(0, |old| old.rows_read);
        if old >= FEW_ROWS && now.rows_read < old / 2 {
            return Err(LoadError::Shrunk { source_id: now.id.clone(), before: old, now: now.rows_read });
        }
    }
    Ok(())
}

fn check(options: &LoadOptions) -> Result<(), LoadError> {
    let wrong = |what: String| Err(LoadError::Options(what));
    if options.sources.is_empty() {
        return wrong("there is no source to load; name at least one in place.toml".to_owned());
    }
    if options.sources.len() > 32 {
        return wrong(format!(
            "there are {} sources and a snapshot holds at most 32; put files of one format together",
            options.sources.len()
        ));
    }
    for (place, source) in options.sources.iter().enumerate() {
        if options.sources[..place].iter().any(|other| other.id == source.id) {
            return wrong(format!("two sources are called \"{}\"; give each its own id", source.id));
        }
        if source.files.is_empty() {
            return wrong(format!("the source \"{}\" has no file; name one or leave the source out", source.id));
        }
    }
    if !options.sources.iter().any(|source| source.format.role().is_about_people()) {
        return wrong("no source is about people; add one, such as the GP registrations".to_owned());
    }
    Ok(())
}

/// A file's name in reports: relative to the place where it lies in it.
pub(crate) fn shown(options: &LoadOptions, path: &Path) -> String {
    path.strip_prefix(&options.place_dir).unwrap_or(path).display().to_string()
}

fn input_hash(options: &LoadOptions, fingerprints: &[Fingerprint]) -> String {
    let mut hasher = Hasher::new(INTAKE_VERSION).number(options.as_of.0 as u64);
    let mut prints = fingerprints.iter();
    for source in &options.sources {
        hasher = hasher.bytes(source.id.as_bytes()).number(source.format.text_hash).number(source.files.len() as u64);
        for (path, print) in source.files.iter().zip(&mut prints) {
            hasher = hasher.bytes(shown(options, path).as_bytes()).number(print.bytes).number(print.hash);
        }
    }
    let mut labels = options.labels.clone();
    labels.sort_unstable();
    for label in labels {
        hasher = hasher.number(label.left).number(label.right).number(u64::from(label.same));
    }
    format!("{:016x}", hasher.finish())
}

/// The live snapshot; none at the first load.
fn open_live(options: &LoadOptions) -> Result<Option<Snapshot>, LoadError> {
    match Snapshot::open(&options.lake_dir) {
        Ok(snapshot) => Ok(Some(snapshot)),
        Err(lake::LakeError::NoSnapshot(_)) => Ok(None),
        Err(error) => Err(LoadError::Lake(error.to_string())),
    }
}

fn unchanged(live: &Snapshot, clock: Clock<'_>) -> Result<LoadReport, LoadError> {
    let json = live.quality().map_err(|e| LoadError::Lake(e.to_string()))?;
    let quality: Quality =
        serde_json::from_str(&json).map_err(|e| LoadError::Lake(format!("quality.json cannot be read ({e})")))?;
    let manifest = live.manifest();
    Ok(LoadReport {
        outcome: Outcome::NoChange,
        snapshot: manifest.id.to_string(),
        people: u64::from(manifest.people),
        events: manifest.events,
        quality,
        timings: clock.finish(),
    })
}

/// Times the stages and tells the progress.
pub(crate) struct Clock<'p> {
    pub(crate) progress: &'p dyn Progress,
    done: Vec<StageTime>,
    running: Option<(String, Instant)>,
}

impl<'p> Clock<'p> {
    fn new(progress: &'p dyn Progress) -> Self {
        Self { progress, done: Vec::new(), running: None }
    }

    pub(crate) fn stage(&mut self, name: &str, total: Option<u64>) {
        self.close();
        self.progress.stage(name, total);
        self.running = Some((name.to_owned(), Instant::now()));
    }

    fn close(&mut self) {
        if let Some((stage, begun)) = self.running.take() {
            let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.done.push(StageTime { stage, milliseconds });
        }
    }

    pub(crate) fn finish(mut self) -> Vec<StageTime> {
        self.close();
        self.done
    }
}
