//! The kept state of a set of features: a row for each person and exact sums, brought up to date by what changed.
//!
//! [`build`] computes everybody once and keeps, beside the sums, a packed row for each person ([`crate::features::Kept`]).
//! [`refresh`] takes a segment of changes: it finds the rows of the people named, folds their new rows in, takes what they
//! were out of the sums and puts in what they are. The history of a person is read only where what is kept does not do.
//! The first file stays as it is. Two others beside it grow: what new rows changed of people whose row in `person/` is what it
//! was, and whole rows of those who came, left or have another record.
//!
//! Sums are of integers, so both ways give the same bytes; [`State::export`] writes the rows in one form, whatever the order
//! in which they came, so that two states can be compared.

mod build;
mod export;
mod refresh;
mod rows;
mod stack;

pub use build::build;
pub use refresh::{Refreshed, refresh};
pub use rows::Rows;

use crate::save::SaveError;
use lake::records::Records;
use lake::{LakeError, SnapshotId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::path::{Path, PathBuf};

/// Sums over everybody, into which a person can be put and out of which a person can be taken, exactly.
pub trait Sums: Clone + Send + Sync + Serialize + DeserializeOwned {
    /// Puts people in (`sign` 1) or takes them out (`sign` -1).
    fn put(&mut self, rows: &Rows<'_>, sign: i64);

    /// Adds the sums of other people.
    fn merge(&mut self, other: &Self);
}

/// What a state says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Names the questions, the day and the version: another key is another state.
    pub key: String,
    /// The snapshot whose people the rows are of.
    pub base: SnapshotId,
    /// The segments that were put in, in order.
    pub segments: Vec<SnapshotId>,
}

#[derive(Serialize, Deserialize)]
struct Noted<S> {
    note: Note,
    sums: S,
}

/// A state on disk.
#[derive(Debug)]
pub struct State<S> {
    base: Records,
    /// What changed since, and whole rows.
    beside: Option<(Records, Records)>,
    /// What it says of itself.
    pub note: Note,
    /// The sums.
    pub sums: S,
}

/// Everybody's rows at the time of the snapshot.
const BASE: &str = "state.base";
/// What new rows changed since: the moving columns of people whose other columns are the base's.
const OVER: &str = "state.over";
/// Whole rows of people who came, left or have another record since.
const WHOLE: &str = "state.whole";

impl<S: Sums> State<S> {
    /// Opens a state.
    pub fn open(folder: &Path) -> Result<Self, SaveError> {
        let base = Records::open(&folder.join(BASE))?;
        let (over, whole) = (folder.join(OVER), folder.join(WHOLE));
        let beside = if over.is_file() { Some((Records::open(&over)?, Records::open(&whole)?)) } else { None };
        let newest = beside.as_ref().map_or(&base, |(over, _)| over);
        let stale = |what: String| SaveError::Stale { path: folder.to_owned(), what };
        let noted: Noted<S> = serde_json::from_str(newest.note()).map_err(|e| stale(e.to_string()))?;
        let fits = |(over, whole): &(Records, Records)| {
            over.len() == base.len() && whole.len() == base.len() && whole.note() == last(&noted.note)
        };
        if beside.as_ref().is_some_and(|beside| !fits(beside)) {
            return Err(stale("its files are not of one state".to_owned()));
        }
        Ok(Self { base, beside, note: noted.note, sums: noted.sums })
    }

    /// The identifiers that a bucket's people have or, if somebody came, would have.
    fn range(&self, bucket: usize) -> std::ops::Range<u64> {
        let start = if bucket == 0 { 0 } else { self.base.first_id(bucket).unwrap_or(u64::MAX) };
        start..self.base.first_id(bucket + 1).unwrap_or(u64::MAX)
    }
}

/// The last segment that was put in.
fn last(note: &Note) -> &str {
    note.segments.last().map(SnapshotId::as_str).unwrap_or_default()
}

fn noted<S: Sums>(note: &Note, sums: &S) -> String {
    // Numbers and names always have a JSON form.
    serde_json::to_string(&Noted { note: note.clone(), sums: sums.clone() }).unwrap_or_default()
}

fn made(folder: &Path) -> Result<PathBuf, SaveError> {
    std::fs::create_dir_all(folder).map_err(|source| SaveError::File { path: folder.to_owned(), source })?;
    Ok(folder.to_owned())
}

/// Does a piece of work for each of so many buckets on so many threads, each with a room of its own; what it gives comes in the
/// order of buckets.
fn each<R: Send, Room: Default>(
    buckets: usize,
    threads: usize,
    work: impl Fn(usize, &mut Room) -> Result<R, LakeError> + Sync,
) -> Result<Vec<R>, LakeError> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let run = || {
        let (mut done, mut room) = (Vec::new(), Room::default());
        loop {
            let bucket = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if bucket >= buckets {
                return Ok::<_, LakeError>(done);
            }
            done.push((bucket, work(bucket, &mut room)?));
        }
    };
    let parts: Vec<_> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(buckets).max(1)).map(|_| scope.spawn(run)).collect();
        let own = run();
        let others = others.into_iter().map(|other| match other.join() {
            Ok(part) => part,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        std::iter::once(own).chain(others).collect()
    });
    let mut all = Vec::with_capacity(buckets);
    for part in parts {
        all.extend(part?);
    }
    all.sort_unstable_by_key(|(bucket, _)| *bucket);
    Ok(all.into_iter().map(|(_, result)| result).collect())
}
