//! Writing a snapshot beside the live one.

use crate::format::writer::ParquetOut;
use crate::format::{bucket_file, event, identity, person, quarantine, small};
use crate::manifest::{BucketInfo, FORMAT, Manifest, SnapshotId, SnapshotPlan, SourceInfo};
use crate::{CodeRow, EventRow, IdentityRow, LakeError, PersonRow, QuarantineRow, fingerprint, layout, linkage, views};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rows in quarantine that are kept in memory before they are written.
const QUARANTINE_ROWS: usize = 65_536;

/// Writes one snapshot. Nothing is live before [`SnapshotWriter::finish`]; dropping the writer removes what it wrote.
/// Every method takes `&self` and may be called from several threads.
#[derive(Debug)]
pub struct SnapshotWriter {
    lake: PathBuf,
    /// The folder that is being written; renamed at the end.
    dir: PathBuf,
    plan: SnapshotPlan,
    state: Mutex<State>,
    live: bool,
    /// Held until the writer goes, so that two loads never write to one lake.
    _lock: File,
}

#[derive(Debug, Default)]
struct State {
    buckets: Vec<Option<Written>>,
    codes: Option<u32>,
    /// What fingerprints need of the codes, where these are known before the first bucket.
    prints: Option<Arc<fingerprint::Codes>>,
    /// The fingerprints of each bucket's people.
    fingerprints: Vec<Option<Vec<(u64, u64)>>>,
    links: Option<u64>,
    quality: bool,
    sources: Option<Vec<SourceInfo>>,
    pending: Vec<QuarantineRow>,
    quarantine: Option<ParquetOut>,
    quarantined: u64,
}

/// What is known of a bucket once it is written.
#[derive(Debug, Clone, Copy)]
struct Written {
    events: u64,
    /// Stable identifiers of the first and the last person.
    ids: (u64, u64),
    largest_code: u32,
}

impl SnapshotWriter {
    /// Starts a snapshot, and removes what a crashed load left behind. `Busy` where another load is writing.
    pub fn create(lake_dir: &Path, plan: SnapshotPlan) -> Result<Self, LakeError> {
        if plan.sources.len() > 32 {
            return Err(refused(format!("{} sources, where the format holds 32; merge some", plan.sources.len())));
        }
        if plan.people_per_bucket == 0 {
            return Err(refused("a bucket of no people; plan at least one per bucket".to_owned()));
        }
        let snapshots = layout::snapshots(lake_dir);
        fs::create_dir_all(&snapshots).map_err(|e| LakeError::io("create", &snapshots, e))?;
        let lock = lock(lake_dir)?;
        layout::clean(lake_dir)?;
        if layout::snapshot(lake_dir, &plan.id).exists() {
            return Err(refused(format!("snapshot {} is already there; give the new one another name", plan.id)));
        }
        let dir = snapshots.join(format!("{}{}", layout::WRITING, plan.id));
        for folder in ["person", "identity", "event"] {
            let path = dir.join(folder);
            fs::create_dir_all(&path).map_err(|e| LakeError::io("create", &path, e))?;
        }
        let buckets = plan.bucket_count() as usize;
        let state = State { buckets: vec![None; buckets], fingerprints: vec![None; buckets], ..State::default() };
        Ok(Self { lake: lake_dir.to_owned(), dir, plan, state: Mutex::new(state), live: false, _lock: lock })
    }

    /// The plan it was started with.
    pub fn plan(&self) -> &SnapshotPlan {
        &self.plan
    }

    /// The folder that is being written.
    pub(crate) fn folder(&self) -> &Path {
        &self.dir
    }

    /// Writes all of one bucket: its people in the order of their numbers, their identities in the same order, and their
    /// events in any order (they are sorted here). The bytes written do not depend on that order or on threads.
    pub fn write_bucket(
        &self,
        bucket: u32,
        people: &[PersonRow],
        identities: &[IdentityRow],
        events: &mut [EventRow],
    ) -> Result<(), LakeError> {
        if bucket >= self.plan.bucket_count() {
            return Err(refused(format!("bucket {bucket}, where the plan has {}", self.plan.bucket_count())));
        }
        let range = self.plan.bucket_range(bucket);
        check_people(bucket, range.len(), people, identities)?;
        let mut counts = vec![0u32; people.len()];
        let mut largest_code = 0;
        for event in events.iter() {
            if !range.contains(&event.person) {
                return Err(refused(format!(
                    "bucket {bucket} holds an event of person {}, who is not in it",
                    event.person
                )));
            }
            if usize::from(event.source) >= self.plan.sources.len() {
                return Err(refused(format!(
                    "an event of source {}, where there are {}",
                    event.source,
                    self.plan.sources.len()
                )));
            }
            counts[(event.person - range.start) as usize] += 1;
            largest_code = largest_code.max(event.code).max(event.provider).max(event.detail);
        }
        event::sort(events);
        let prints = self.state().prints.clone();
        let fingerprints = prints.map(|codes| {
            let prints = fingerprint::of(range.start, people, events, &codes);
            people.iter().map(|person| person.id).zip(prints).collect()
        });
        person::write(&bucket_file(&self.dir, "person", bucket), range.start, people, &counts)?;
        identity::write(&bucket_file(&self.dir, "identity", bucket), range.start, identities)?;
        event::write(&bucket_file(&self.dir, "event", bucket), events)?;
        let ids = (people.first().map_or(0, |p| p.id), people.last().map_or(0, |p| p.id));
        let mut state = self.state();
        let place = &mut state.buckets[bucket as usize];
        if place.is_some() {
            return Err(refused(format!("bucket {bucket} was written twice")));
        }
        *place = Some(Written { events: events.len() as u64, ids, largest_code });
        state.fingerprints[bucket as usize] = fingerprints;
        Ok(())
    }

    /// Writes the dictionary. The position of a row is its number; the row at 0 must be [`CodeRow::none`]
    /// (a [`crate::DictionaryBuilder`] makes such rows). Where this is called before the first bucket is written, the snapshot
    /// also keeps a fingerprint of each person's record, with which the next one is compared.
    #[expect(clippy::needless_pass_by_value, reason = "the builder's rows end here")]
    pub fn set_dictionary(&self, rows: Vec<CodeRow>) -> Result<(), LakeError> {
        if rows.first() != Some(&CodeRow::none()) {
            return Err(refused("the dictionary's first row is not the empty code".to_owned()));
        }
        small::write_codes(&self.dir.join("code.parquet"), &rows)?;
        let mut state = self.state();
        state.codes = Some(rows.len() as u32);
        if state.buckets.iter().all(Option::is_none) {
            state.prints = Some(Arc::new(fingerprint::Codes::new(&rows)));
        }
        Ok(())
    }

    /// Appends rows to the quarantine, in the order of the calls.
    pub fn write_quarantine(&self, rows: &[QuarantineRow]) -> Result<(), LakeError> {
        if let Some(row) = rows.iter().find(|r| usize::from(r.source) >= self.plan.sources.len()) {
            return Err(refused(format!(
                "a quarantined row of source {}, where there are {}",
                row.source,
                self.plan.sources.len()
            )));
        }
        let mut state = self.state();
        for part in rows.chunks(QUARANTINE_ROWS) {
            state.pending.extend_from_slice(part);
            if state.pending.len() >= QUARANTINE_ROWS {
                self.flush_quarantine(&mut state)?;
            }
        }
        Ok(())
    }

    fn flush_quarantine(&self, state: &mut State) -> Result<(), LakeError> {
        let mut out = match state.quarantine.take() {
            Some(out) => out,
            None => ParquetOut::create(&self.dir.join("quarantine.parquet"), quarantine::SCHEMA, &[])?,
        };
        if !state.pending.is_empty() {
            quarantine::append(&mut out, &state.pending)?;
        }
        state.quarantined += state.pending.len() as u64;
        state.pending.clear();
        state.quarantine = Some(out);
        Ok(())
    }

    /// Writes the table of identity keys: (hash of the key, stable identifier of the person). Sorted here.
    pub fn write_link(&self, mut links: Vec<(u64, u64)>) -> Result<(), LakeError> {
        links.sort_unstable();
        links.dedup();
        small::write_links(&self.dir.join("link.parquet"), &links)?;
        self.state().links = Some(links.len() as u64);
        Ok(())
    }

    /// Keeps the quality report, a JSON document.
    #[expect(clippy::needless_pass_by_value, reason = "the report ends here")]
    pub fn set_quality(&self, json: String) -> Result<(), LakeError> {
        if let Err(why) = serde_json::from_str::<serde::de::IgnoredAny>(&json) {
            return Err(refused(format!("the quality report is not JSON ({why})")));
        }
        layout::write_durably(&self.dir.join("quality.json"), json.as_bytes())?;
        self.state().quality = true;
        Ok(())
    }

    /// Replaces the sources of the plan, once their counts are known. Their number and order must stay.
    pub fn set_sources(&self, sources: Vec<SourceInfo>) -> Result<(), LakeError> {
        let same = sources.len() == self.plan.sources.len()
            && sources.iter().zip(&self.plan.sources).all(|(new, old)| new.id == old.id);
        if !same {
            return Err(refused("the sources are not those of the plan".to_owned()));
        }
        self.state().sources = Some(sources);
        Ok(())
    }

    /// Checks that every bucket and the dictionary were written, puts all on disk, and makes the snapshot live.
    pub fn finish(mut self, extras: BTreeMap<String, String>) -> Result<SnapshotId, LakeError> {
        let mut state = std::mem::take(&mut *self.state());
        let buckets = self.check_buckets(&state)?;
        let fingerprints: Option<Vec<_>> = state.fingerprints.drain(..).collect();
        if let (Some(fingerprints), true) = (fingerprints, state.prints.is_some()) {
            small::write_fingerprints(&self.dir.join(fingerprint::FILE), &fingerprints.concat())?;
        }
        self.fill_what_is_missing(&mut state)?;
        layout::write_durably(&self.dir.join("views.sql"), views::SQL.as_bytes())?;
        let manifest = Manifest {
            format: FORMAT,
            id: self.plan.id.clone(),
            as_of: self.plan.as_of,
            people: self.plan.people,
            events: buckets.iter().map(|b| b.events).sum(),
            codes: state.codes.unwrap_or(1),
            quarantined: state.quarantined,
            links: state.links.unwrap_or(0),
            people_per_bucket: self.plan.people_per_bucket,
            buckets,
            sources: state.sources.take().unwrap_or_else(|| self.plan.sources.clone()),
            files: file_sizes(&self.dir)?,
            extras,
        };
        let json =
            serde_json::to_string_pretty(&manifest).map_err(|e| refused(format!("its manifest is not JSON ({e})")))?;
        layout::write_durably(&self.dir.join("manifest.json"), json.as_bytes())?;
        for folder in ["person", "identity", "event", linkage::FOLDER, "."] {
            let path = self.dir.join(folder);
            if path.is_dir() {
                layout::sync_folder(&path)?;
            }
        }
        let home = layout::snapshot(&self.lake, &self.plan.id);
        fs::rename(&self.dir, &home).map_err(|e| LakeError::io("write", &home, e))?;
        self.live = true;
        layout::sync_folder(&layout::snapshots(&self.lake))?;
        layout::swap(&self.lake, &self.plan.id)?;
        Ok(self.plan.id.clone())
    }

    fn check_buckets(&self, state: &State) -> Result<Vec<BucketInfo>, LakeError> {
        let mut infos = Vec::with_capacity(state.buckets.len());
        let mut last_id = None;
        for (bucket, written) in state.buckets.iter().enumerate() {
            let Some(written) = written else {
                return Err(refused(format!("bucket {bucket} was not written")));
            };
            if last_id.is_some_and(|last| last >= written.ids.0) {
                return Err(refused(format!(
                    "people are not in the order of their identifiers where bucket {bucket} begins"
                )));
            }
            if written.largest_code > 0 && written.largest_code >= state.codes.unwrap_or(0) {
                return Err(refused(format!(
                    "an event has code {}, which the dictionary does not hold",
                    written.largest_code
                )));
            }
            last_id = Some(written.ids.1);
            let range = self.plan.bucket_range(bucket as u32);
            infos.push(BucketInfo { first_person: range.start, people: range.len() as u32, events: written.events });
        }
        Ok(infos)
    }

    /// Every table is there in every snapshot, if need be without rows, so that whoever opens the files finds them.
    fn fill_what_is_missing(&self, state: &mut State) -> Result<(), LakeError> {
        self.flush_quarantine(state)?;
        if let Some(out) = state.quarantine.take() {
            out.finish()?;
        }
        if state.codes.is_none() {
            self.set_dictionary(vec![CodeRow::none()])?;
        }
        if state.links.is_none() {
            self.write_link(Vec::new())?;
        }
        if !state.quality {
            self.set_quality("{}".to_owned())?;
        }
        if self.plan.people == 0 {
            person::write(&bucket_file(&self.dir, "person", 0), 0, &[], &[])?;
            identity::write(&bucket_file(&self.dir, "identity", 0), 0, &[])?;
            event::write(&bucket_file(&self.dir, "event", 0), &[])?;
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere cannot leave the state half-changed: every change is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SnapshotWriter {
    fn drop(&mut self) {
        if !self.live {
            // What stays behind, if this fails too, the next load removes.
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

fn refused(why: String) -> LakeError {
    LakeError::Refused(why)
}

fn check_people(
    bucket: u32,
    expected: usize,
    people: &[PersonRow],
    identities: &[IdentityRow],
) -> Result<(), LakeError> {
    if people.len() != expected || identities.len() != expected {
        return Err(refused(format!(
            "bucket {bucket} got {} people and {} identities, where the plan has {expected}",
            people.len(),
            identities.len()
        )));
    }
    if people.iter().zip(identities).any(|(p, i)| p.id != i.id) {
        return Err(refused(format!("the identities of bucket {bucket} are not those of its people, in their order")));
    }
    if people.windows(2).any(|pair| pair[0].id >= pair[1].id) {
        return Err(refused(format!("the people of bucket {bucket} are not in the order of their identifiers")));
    }
    Ok(())
}

fn lock(lake: &Path) -> Result<File, LakeError> {
    let path = lake.join("lock");
    let file = File::create(&path).map_err(|e| LakeError::io("create", &path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(LakeError::Busy(lake.to_owned())),
        Err(fs::TryLockError::Error(e)) => Err(LakeError::io("lock", &path, e)),
    }
}

/// Sizes of all files written so far, by their names in the snapshot.
fn file_sizes(dir: &Path) -> Result<BTreeMap<String, u64>, LakeError> {
    let mut sizes = BTreeMap::new();
    for folder in ["", "person", "identity", "event", linkage::FOLDER] {
        let path = dir.join(folder);
        if !path.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&path).map_err(|e| LakeError::io("read", &path, e))? {
            let entry = entry.map_err(|e| LakeError::io("read", &path, e))?;
            let data = entry.metadata().map_err(|e| LakeError::io("read", &entry.path(), e))?;
            if data.is_file() {
                let name = entry.file_name().to_string_lossy().into_owned();
                sizes.insert(if folder.is_empty() { name } else { format!("{folder}/{name}") }, data.len());
            }
        }
    }
    Ok(sizes)
}
