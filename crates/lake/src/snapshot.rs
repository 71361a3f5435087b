//! Reading a snapshot.

use crate::format::reader::ParquetIn;
use crate::format::{bucket_file, event, identity, person, quarantine, small};
use crate::manifest::{FORMAT, Manifest, SnapshotId};
use crate::{Dictionary, EventRow, IdentityRow, LakeError, PersonRow, QuarantineRow, layout};
use nhs::Day;
use rayon::prelude::*;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One snapshot, opened for reading. It stays readable while a load writes the next one.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) dir: PathBuf,
    manifest: Manifest,
    dictionary: Dictionary,
}

/// Some of the rows in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantinePage {
    /// How many rows pass the filter in all.
    pub total: u64,
    /// The rows asked for.
    pub rows: Vec<QuarantineRow>,
}

impl Snapshot {
    /// Opens the live snapshot.
    pub fn open(lake_dir: &Path) -> Result<Self, LakeError> {
        match layout::current(lake_dir)? {
            Some(id) => Self::open_id(lake_dir, &id),
            None => Err(LakeError::NoSnapshot(lake_dir.to_owned())),
        }
    }

    /// Opens a snapshot by name. Every file must be there in its full size.
    pub fn open_id(lake_dir: &Path, id: &SnapshotId) -> Result<Self, LakeError> {
        Self::open_with(lake_dir, id, true)
    }

    /// The same without its codes, for one whose dictionary is that of another which is open.
    pub(crate) fn open_without_codes(lake_dir: &Path, id: &SnapshotId) -> Result<Self, LakeError> {
        Self::open_with(lake_dir, id, false)
    }

    fn open_with(lake_dir: &Path, id: &SnapshotId, with_codes: bool) -> Result<Self, LakeError> {
        let dir = layout::snapshot(lake_dir, id);
        if !dir.is_dir() {
            return Err(LakeError::UnknownSnapshot { dir: lake_dir.to_owned(), id: id.to_string() });
        }
        let manifest = read_manifest(&dir.join("manifest.json"))?;
        for (name, &bytes) in &manifest.files {
            let path = dir.join(name);
            let found = fs::metadata(&path).map_err(|e| LakeError::io("read", &path, e))?.len();
            if found != bytes {
                return Err(LakeError::damaged(&path, format!("it has {found} bytes, the manifest says {bytes}")));
            }
        }
        let codes = ParquetIn::open(&dir.join("code.parquet"))?;
        codes.expect_rows(u64::from(manifest.codes))?;
        let dictionary = Dictionary::new(if with_codes { small::read_codes(&codes)? } else { Vec::new() });
        Ok(Self { dir, manifest, dictionary })
    }

    /// The name of the live snapshot, if there is one.
    pub fn current(lake_dir: &Path) -> Result<Option<SnapshotId>, LakeError> {
        layout::current(lake_dir)
    }

    /// The names of all whole snapshots, earliest first.
    pub fn list(lake_dir: &Path) -> Result<Vec<SnapshotId>, LakeError> {
        layout::list(lake_dir)
    }

    /// A name for the next snapshot as of a day: one that sorts after every other of that day.
    pub fn next_id(lake_dir: &Path, as_of: Day) -> Result<SnapshotId, LakeError> {
        let day = format!("{as_of}-");
        let ids = layout::list(lake_dir)?;
        let taken = ids.iter().filter_map(|id| id.as_str().strip_prefix(&day)?.parse::<u32>().ok()).max();
        Ok(SnapshotId::of(as_of, taken.unwrap_or(0).saturating_add(1)))
    }

    /// What is in it.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its codes.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The folder in which its files lie, for whoever opens them with another program.
    pub fn folder(&self) -> &Path {
        &self.dir
    }

    /// Everyone, in the order of their numbers.
    pub fn persons(&self) -> Result<Vec<PersonRow>, LakeError> {
        let parts: Result<Vec<_>, LakeError> = (0..self.manifest.buckets.len() as u32)
            .into_par_iter()
            .map(|bucket| {
                let (file, people) = self.people_file("person", bucket)?;
                person::read(&file, &[event::whole(people)])
            })
            .collect();
        Ok(parts?.concat())
    }

    /// Who these people are, in the order asked.
    pub fn identities(&self, persons: &[u32]) -> Result<Vec<IdentityRow>, LakeError> {
        self.some_people("identity", persons, identity::read)
    }

    /// These people without their names, in the order asked.
    pub fn person_rows(&self, persons: &[u32]) -> Result<Vec<PersonRow>, LakeError> {
        self.some_people("person", persons, person::read)
    }

    /// The rows of these people in `person/` or `identity/`, in the order asked; each bucket's file is opened once.
    fn some_people<T: Clone>(
        &self,
        folder: &str,
        persons: &[u32],
        read: impl Fn(&ParquetIn, &[Range<usize>]) -> Result<Vec<T>, LakeError>,
    ) -> Result<Vec<T>, LakeError> {
        let mut wanted: Vec<u32> = persons.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found: Vec<T> = Vec::with_capacity(wanted.len());
        for same_bucket in wanted.chunk_by(|&a, &b| self.bucket_number(a) == self.bucket_number(b)) {
            let (bucket, first) = self.locate(same_bucket[0])?;
            let pick: Result<Vec<Range<usize>>, LakeError> =
                same_bucket.iter().map(|&p| self.locate(p).map(|_| one((p - first) as usize))).collect();
            let (file, _) = self.people_file(folder, bucket)?;
            found.extend(read(&file, &pick?)?);
        }
        let place = |person: &u32| wanted.binary_search(person).ok().and_then(|i| found.get(i)).cloned();
        persons.iter().map(|p| place(p).ok_or_else(|| self.nobody(*p))).collect()
    }

    /// One person with the whole history, in the order of dates.
    pub fn history(&self, person: u32) -> Result<(PersonRow, IdentityRow, Vec<EventRow>), LakeError> {
        let (bucket, first) = self.locate(person)?;
        let at = (person - first) as usize;
        let pick = [one(at)];
        let row = person::read(&self.people_file("person", bucket)?.0, &pick)?.pop();
        let who = identity::read(&self.people_file("identity", bucket)?.0, &pick)?.pop();
        let events = event::read_person(&self.event_file(bucket)?, person)?;
        match (row, who) {
            (Some(row), Some(who)) => Ok((row, who, events)),
            _ => Err(self.nobody(person)),
        }
    }

    /// Rows in quarantine, of one source or of all, in the order in which they were written.
    pub fn quarantine(&self, source: Option<u8>, offset: u64, limit: usize) -> Result<QuarantinePage, LakeError> {
        let file = ParquetIn::open(&self.dir.join("quarantine.parquet"))?;
        file.expect_rows(self.manifest.quarantined)?;
        let (total, rows) = quarantine::page(&file, source, offset, limit)?;
        Ok(QuarantinePage { total, rows })
    }

    /// The quality report as JSON; an empty object where the loader wrote none.
    pub fn quality(&self) -> Result<String, LakeError> {
        let path = self.dir.join("quality.json");
        fs::read_to_string(&path).map_err(|e| LakeError::io("read", &path, e))
    }

    /// The identity keys: (hash of the key, stable identifier of the person), in ascending order.
    pub fn link_table(&self) -> Result<Vec<(u64, u64)>, LakeError> {
        let file = ParquetIn::open(&self.dir.join("link.parquet"))?;
        file.expect_rows(self.manifest.links)?;
        small::read_links(&file)
    }

    fn bucket_number(&self, person: u32) -> u32 {
        person / self.manifest.people_per_bucket.max(1)
    }

    /// The bucket of a person and the number of its first person.
    fn locate(&self, person: u32) -> Result<(u32, u32), LakeError> {
        let bucket = self.bucket_number(person);
        match self.manifest.buckets.get(bucket as usize) {
            Some(info) if (info.first_person..info.first_person.saturating_add(info.people)).contains(&person) => {
                Ok((bucket, info.first_person))
            }
            _ => Err(self.nobody(person)),
        }
    }

    fn nobody(&self, person: u32) -> LakeError {
        LakeError::NotThere(format!("person number {person} is not in a snapshot of {} people", self.manifest.people))
    }

    /// The file of one bucket's people in `person/` or `identity/`, and how many there are.
    pub(crate) fn people_file(&self, folder: &str, bucket: u32) -> Result<(ParquetIn, usize), LakeError> {
        let people = self.manifest.buckets.get(bucket as usize).map_or(0, |b| b.people);
        let file = ParquetIn::open(&bucket_file(&self.dir, folder, bucket))?;
        file.expect_rows(u64::from(people))?;
        Ok((file, people as usize))
    }

    pub(crate) fn event_file(&self, bucket: u32) -> Result<ParquetIn, LakeError> {
        let events = self.manifest.buckets.get(bucket as usize).map_or(0, |b| b.events);
        let file = ParquetIn::open(&bucket_file(&self.dir, "event", bucket))?;
        file.expect_rows(events)?;
        Ok(file)
    }
}

fn one(position: usize) -> Range<usize> {
    position..position + 1
}

fn read_manifest(path: &Path) -> Result<Manifest, LakeError> {
    /// The part that stays the same in every format.
    #[derive(serde::Deserialize)]
    struct Version {
        format: u32,
    }
    let text = fs::read_to_string(path).map_err(|e| LakeError::io("read", path, e))?;
    let version: Version = serde_json::from_str(&text).map_err(|e| LakeError::damaged(path, e))?;
    if version.format > FORMAT {
        return Err(LakeError::NewerFormat { path: path.to_owned(), found: version.format, known: FORMAT });
    }
    serde_json::from_str(&text).map_err(|e| LakeError::damaged(path, e))
}
