//! Whose record changed from one snapshot to the next.
//!
//! After a load the two snapshots are compared person by person, and the people whose record differs are kept twice: as they
//! were and as they are now, each as a small snapshot of its own under `lake/changes`. Whoever has sums over everybody can then
//! take the old people out and put the new ones in, without a look at anybody else.
//!
//! Where both snapshots hold fingerprints of their people's records, these are compared and nothing else is read but the
//! histories of those whose fingerprint is another one. Otherwise both snapshots are read side by side.

use crate::people::{PeopleRows, Written};
use crate::scan::Bucket;
use crate::{BucketView, Columns, Dictionary, LakeError, PersonRow, Snapshot, SnapshotId};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The changes that led to a snapshot.
#[derive(Debug)]
pub struct Changes {
    /// The snapshot before.
    pub from: SnapshotId,
    /// The people whose record differs or who are gone, as they were.
    pub before: Snapshot,
    /// The people whose record differs or who are new, as they are now.
    pub after: Snapshot,
}

/// How many people changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChangeCounts {
    /// With another record than before, or gone.
    pub before: u32,
    /// With another record than before, or new.
    pub after: u32,
}

/// Beyond this share of the people nothing is kept: everything is as quickly computed anew.
const WORTH_KEEPING: f64 = 0.25;
const FROM: &str = "changes_from";

fn folder(lake: &Path) -> PathBuf {
    lake.join("changes")
}

fn ids(to: &SnapshotId) -> Result<(SnapshotId, SnapshotId), LakeError> {
    Ok((SnapshotId::parse(&format!("{to}.before"))?, SnapshotId::parse(&format!("{to}.after"))?))
}

/// Opens the changes that led to a snapshot, if they were kept.
pub fn open(lake: &Path, to: &SnapshotId) -> Result<Option<Changes>, LakeError> {
    let (before, after) = ids(to)?;
    let dir = folder(lake);
    // The second is written last: where it is whole, both are.
    if !Snapshot::list(&dir)?.contains(&after) {
        return Ok(None);
    }
    let (before, after) = (Snapshot::open_id(&dir, &before)?, Snapshot::open_id(&dir, &after)?);
    let Some(from) = after.manifest().extras.get(FROM) else { return Ok(None) };
    Ok(Some(Changes { from: SnapshotId::parse(from)?, before, after }))
}

/// Compares two snapshots and keeps the changes in place of earlier ones. `None` where more than a quarter of the people
/// changed, or where the snapshots have different days or sources: then nothing is kept.
///
/// A person's record is the row in `person/` but for the number of the household, which is counted anew in every snapshot, and
/// the events with their codes as text, in their order, but for the number of the source.
pub fn note(lake: &Path, old: &Snapshot, new: &Snapshot, threads: usize) -> Result<Option<ChangeCounts>, LakeError> {
    let dir = folder(lake);
    match std::fs::remove_dir_all(&dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(LakeError::io("remove", &dir, e)),
        _ => {}
    }
    let sources = |s: &Snapshot| s.manifest().sources.iter().map(|source| source.id.clone()).collect::<Vec<_>>();
    if old.manifest().as_of != new.manifest().as_of || sources(old) != sources(new) {
        return Ok(None);
    }
    if new.manifest().people == 0 {
        return Ok(None);
    }
    let found = match (old.fingerprints()?, new.fingerprints()?) {
        (Some(was), Some(is)) => by_fingerprint((old, &was), (new, &is))?,
        _ => side_by_side(old, new, threads)?,
    };
    let Some((before, after)) = found else { return Ok(None) };
    let counts = ChangeCounts { before: before.people.len() as u32, after: after.people.len() as u32 };
    let (id_before, id_after) = ids(&new.manifest().id)?;
    let extras = BTreeMap::from([(FROM.to_owned(), old.manifest().id.to_string())]);
    before.write(&dir, written(id_before, old, extras.clone()))?;
    after.write(&dir, written(id_after, new, extras))?;
    Ok(Some(counts))
}

/// The people whose fingerprints differ, as they were and as they are. `None` where there are too many.
fn by_fingerprint(
    (old, was): (&Snapshot, &[(u64, u64)]),
    (new, is): (&Snapshot, &[(u64, u64)]),
) -> Result<Option<(PeopleRows, PeopleRows)>, LakeError> {
    let (before, after) = (differing(was, is), differing(is, was));
    if before.len().max(after.len()) as u64 > most(new) {
        return Ok(None);
    }
    Ok(Some((gathered(old, &before)?, gathered(new, &after)?)))
}

/// The numbers of the people of one list who are not in the other with the same fingerprint.
fn differing(own: &[(u64, u64)], other: &[(u64, u64)]) -> Vec<u32> {
    let mut other = other.iter().peekable();
    let mut numbers = Vec::new();
    for (number, person) in own.iter().enumerate() {
        while other.next_if(|theirs| theirs.0 < person.0).is_some() {}
        if other.peek() != Some(&person) {
            numbers.push(number as u32);
        }
    }
    numbers
}

/// People by their numbers, in ascending order: of each bucket only the pages that hold their rows are read.
fn gathered(snapshot: &Snapshot, numbers: &[u32]) -> Result<PeopleRows, LakeError> {
    let size = snapshot.manifest().people_per_bucket.max(1);
    let buckets: Vec<&[u32]> = numbers.chunk_by(|a, b| a / size == b / size).collect();
    let read = |own: &&[u32]| {
        let positions: Vec<usize> = own.iter().map(|number| (number % size) as usize).collect();
        let histories = snapshot.some_of(own[0] / size, &positions, Columns::ALL)?;
        let mut rows = PeopleRows::default();
        (0..positions.len()).for_each(|position| rows.push(&histories.view(), position));
        Ok::<_, LakeError>(rows)
    };
    let parts: Result<Vec<_>, LakeError> = buckets.par_iter().map(read).collect();
    let mut all = PeopleRows::default();
    parts?.into_iter().for_each(|part| all.append(part));
    Ok(all)
}

/// How many people may differ for the changes to be worth keeping.
fn most(new: &Snapshot) -> u64 {
    (f64::from(new.manifest().people.max(100)) * WORTH_KEEPING) as u64
}

/// The people who differ, found by reading both snapshots. `None` where there are too many.
fn side_by_side(old: &Snapshot, new: &Snapshot, threads: usize) -> Result<Option<(PeopleRows, PeopleRows)>, LakeError> {
    let comparison = Comparison::new(old, new, threads)?;
    let parts = new.scan(Columns::ALL, threads, |view| comparison.bucket(view))?;
    let (mut before, mut after) = (PeopleRows::default(), PeopleRows::default());
    for part in parts {
        let Some((was, is)) = part? else { return Ok(None) };
        before.append(was);
        after.append(is);
    }
    Ok(Some((before, after)))
}

/// A small snapshot with the dictionary of the one that its people come from.
fn written(id: SnapshotId, of: &Snapshot, extras: BTreeMap<String, String>) -> Written<'_> {
    let manifest = of.manifest();
    Written { id, as_of: manifest.as_of, sources: &manifest.sources, codes: of.dictionary().rows().to_vec(), extras }
}

/// Two snapshots side by side.
struct Comparison<'s> {
    old: &'s Snapshot,
    /// First and last identifier of each bucket of the old snapshot.
    old_ids: Vec<(u64, u64)>,
    /// The first identifier of each bucket of the new one.
    new_first: Vec<u64>,
    /// From a dictionary number of the old snapshot to that of the new one.
    code: Vec<u32>,
    found: AtomicU64,
    most: u64,
}

impl<'s> Comparison<'s> {
    fn new(old: &'s Snapshot, new: &Snapshot, threads: usize) -> Result<Self, LakeError> {
        let ends =
            |view: &BucketView<'_>| (view.people.first().map_or(0, |p| p.id), view.people.last().map_or(0, |p| p.id));
        let new_ids = new.scan(Columns::PERSON_ID, threads, ends)?;
        Ok(Self {
            old,
            old_ids: old.scan(Columns::PERSON_ID, threads, ends)?,
            new_first: new_ids.into_iter().map(|(first, _)| first).collect(),
            code: numbers(old.dictionary(), new.dictionary()),
            found: AtomicU64::new(0),
            most: most(new),
        })
    }

    /// The changed people of one bucket of the new snapshot and of the identifiers up to the next. `None` where there are too
    /// many in all.
    fn bucket(&self, view: &BucketView<'_>) -> Result<Option<(PeopleRows, PeopleRows)>, LakeError> {
        let number = view.bucket as usize;
        let from = if number == 0 { 0 } else { self.new_first[number] };
        let to = self.new_first.get(number + 1).map_or(u64::MAX, |&first| first - 1);
        let (mut before, mut after) = (PeopleRows::default(), PeopleRows::default());
        let (mut next, mut bucket) = (0, Bucket::default());
        let overlapping = self.old_ids.iter().enumerate().filter(|(_, (first, last))| *first <= to && *last >= from);
        for (old_bucket, _) in overlapping {
            bucket.read(self.old, old_bucket as u32, Columns::ALL)?;
            let old = bucket.view();
            let start = old.people.partition_point(|p| p.id < from);
            let end = old.people.partition_point(|p| p.id <= to);
            for position in start..end {
                let id = old.people[position].id;
                while next < view.len() && view.people[next].id < id {
                    after.push(view, next);
                    next += 1;
                }
                let is_there = next < view.len() && view.people[next].id == id;
                if !is_there || !self.same(&old, position, view, next) {
                    before.push(&old, position);
                    if is_there {
                        after.push(view, next);
                    }
                }
                next += usize::from(is_there);
            }
            if self.too_many(before.people.len()) {
                return Ok(None);
            }
        }
        (next..view.len()).for_each(|position| after.push(view, position));
        let found = before.people.len().max(after.people.len()) as u64;
        let all = self.found.fetch_add(found, Ordering::Relaxed) + found;
        Ok((all <= self.most).then_some((before, after)))
    }

    fn too_many(&self, here: usize) -> bool {
        self.found.load(Ordering::Relaxed) + here as u64 > self.most
    }

    /// Whether a person's record is the same in both.
    fn same(&self, old: &BucketView<'_>, was: usize, new: &BucketView<'_>, is: usize) -> bool {
        let bare = |person: &PersonRow| PersonRow { household: 0, ..person.clone() };
        if bare(&old.people[was]) != bare(&new.people[is]) {
            return false;
        }
        let (a, b) = (old.events_of(was), new.events_of(is));
        let code = |old: &u32| self.code.get(*old as usize).copied().unwrap_or(u32::MAX);
        let codes = |was: &[u32], is: &[u32]| was.iter().zip(is).all(|(was, is)| code(was) == *is);
        a.len() == b.len()
            && old.date[a.clone()] == new.date[b.clone()]
            && old.kind[a.clone()] == new.kind[b.clone()]
            && codes(&old.code[a.clone()], &new.code[b.clone()])
            && old.end[a.clone()] == new.end[b.clone()]
            && old.method[a.clone()] == new.method[b.clone()]
            && old.status[a.clone()] == new.status[b.clone()]
            && codes(&old.provider[a.clone()], &new.provider[b.clone()])
            && codes(&old.detail[a.clone()], &new.detail[b.clone()])
            && old.value[a.clone()] == new.value[b.clone()]
            && old.cost[a.clone()] == new.cost[b.clone()]
            && old.link[a] == new.link[b]
    }
}

/// From each number of one dictionary to that of the same code in another; `u32::MAX` for codes that are gone.
fn numbers(old: &Dictionary, new: &Dictionary) -> Vec<u32> {
    let number = |(at, row): (usize, &crate::CodeRow)| {
        // Mostly the dictionaries agree; 0 is no code in each.
        let same =
            at == 0 || new.get(at as u32).is_some_and(|other| other.system == row.system && other.code == row.code);
        if same { at as u32 } else { new.find(row.system, &row.code).unwrap_or(u32::MAX) }
    };
    old.rows().iter().enumerate().map(number).collect()
}
