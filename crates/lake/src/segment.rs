//! What changed since a snapshot, kept beside it: a month's new rows in proportion to their number, not to the history's.
//!
//! A segment says three things of people, each of whom it names once: new rows of somebody whose other rows stay as they are
//! (and whose row in `person/` stays too); the whole record, as it is now, of somebody who is new or of whom anything else
//! changed; and who is gone. It stands under `lake/segments` and belongs to one snapshot; several follow one another.
//!
//! New rows of somebody known belong to spells (or attendances) of their own: whoever adds a row to an earlier spell gives the
//! whole record. So counts of spells add up.

use crate::people::{PeopleRows, Written};
use crate::{CodeRow, Histories, LakeError, PersonRow, Snapshot, SnapshotId};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What changed since a snapshot, opened.
#[derive(Debug)]
pub struct Segment {
    /// Its name.
    pub id: SnapshotId,
    /// The snapshot that it belongs to.
    pub base: SnapshotId,
    /// New rows; of the people only the identifiers.
    pub added: Snapshot,
    /// Whole records; their codes are those of `added`.
    pub replaced: Snapshot,
    /// Identifiers of those who are gone, in ascending order.
    pub gone: Vec<u64>,
}

/// What changed, in memory.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// New rows; of the people only the identifiers count.
    pub added: PeopleRows,
    /// Whole records.
    pub replaced: PeopleRows,
    /// Who is gone.
    pub gone: Vec<u64>,
}

const BASE: &str = "segment_of";
const GONE: &str = "gone";

fn folder(lake: &Path) -> PathBuf {
    lake.join("segments")
}

fn ids(segment: &SnapshotId) -> Result<(SnapshotId, SnapshotId), LakeError> {
    Ok((SnapshotId::parse(&format!("{segment}.added"))?, SnapshotId::parse(&format!("{segment}.replaced"))?))
}

/// Writes a segment. `codes` is the dictionary of its rows: that of the snapshot (or of the segment before), and after it
/// what is new, so that a code has one number in all. The snapshot's extras are taken over.
pub fn write(
    lake: &Path,
    id: &SnapshotId,
    base: &Snapshot,
    codes: &[CodeRow],
    mut changed: Changed,
) -> Result<(), LakeError> {
    let known = base.dictionary().rows();
    let is_longer = codes
        .get(..known.len())
        .is_some_and(|own| own.iter().zip(known).all(|(a, b)| (a.system, &a.code) == (b.system, &b.code)));
    if !is_longer {
        return Err(LakeError::Refused("the segment's dictionary does not begin with the snapshot's".to_owned()));
    }
    changed.gone.sort_unstable();
    changed.gone.dedup();
    let named = |rows: &PeopleRows| rows.people.iter().map(|p| p.id).collect::<Vec<u64>>();
    let mut all = [named(&changed.added), named(&changed.replaced), changed.gone.clone()].concat();
    all.sort_unstable();
    if all.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(LakeError::Refused("somebody is named twice in a segment".to_owned()));
    }
    let (of_added, of_replaced) = ids(id)?;
    let mut extras = base.manifest().extras.clone();
    extras.insert(BASE.to_owned(), base.manifest().id.to_string());
    let words: Vec<String> = changed.gone.iter().map(ToString::to_string).collect();
    extras.insert(GONE.to_owned(), words.join(" "));
    let with = |id: SnapshotId, extras: BTreeMap<String, String>| Written {
        id,
        as_of: base.manifest().as_of,
        sources: &base.manifest().sources,
        codes: codes.to_vec(),
        extras,
    };
    for person in &mut changed.added.people {
        *person = PersonRow { id: person.id, ..PersonRow::default() };
    }
    let dir = folder(lake);
    changed.replaced.write(&dir, with(of_replaced, BTreeMap::new()))?;
    // Written last: where it is whole, both are.
    changed.added.write(&dir, with(of_added, extras))
}

impl Segment {
    /// Opens a segment.
    pub fn open(lake: &Path, id: &SnapshotId) -> Result<Self, LakeError> {
        let (of_added, of_replaced) = ids(id)?;
        let dir = folder(lake);
        let (added, replaced) =
            (Snapshot::open_id(&dir, &of_added)?, Snapshot::open_without_codes(&dir, &of_replaced)?);
        let extra = |name: &str| added.manifest().extras.get(name).map(String::as_str).unwrap_or_default();
        let gone = extra(GONE).split_whitespace().map(str::parse).collect::<Result<Vec<u64>, _>>();
        let gone = gone.map_err(|why| LakeError::damaged(added.folder(), why))?;
        let base = SnapshotId::parse(extra(BASE))?;
        Ok(Self { id: id.clone(), base, added, replaced, gone })
    }

    /// How many people it names.
    pub fn people(&self) -> u64 {
        u64::from(self.added.manifest().people) + u64::from(self.replaced.manifest().people) + self.gone.len() as u64
    }

    /// How many rows it brings.
    pub fn events(&self) -> u64 {
        self.added.manifest().events + self.replaced.manifest().events
    }
}

/// The records of some people of a bucket of a snapshot, as segments leave them. Of each person the identifier and whether
/// the snapshot knows them: `base` has the people that it knows, in the same (ascending) order. Segments are their added and
/// their replaced people, the earliest first, read with the columns that `base` was read with.
pub fn histories(
    base: Option<&Histories>,
    people: &[(u64, bool)],
    earlier: &[(Histories, Histories)],
    newest: (&Histories, &Histories),
) -> Histories {
    let segments: Vec<_> = earlier.iter().map(|(added, replaced)| (added, replaced)).chain([newest]).collect();
    let mut rows = PeopleRows::default();
    let mut next = 0;
    for &(id, is_in_base) in people {
        let of = |histories: &Histories| histories.view().people.binary_search_by_key(&id, |person| person.id).ok();
        let replaced = segments.iter().rposition(|(_, replaced)| of(replaced).is_some());
        let whole = replaced.and_then(|last| Some((segments[last].1, of(segments[last].1)?)));
        let in_base = base.filter(|_| is_in_base).map(|base| (base, next));
        next += usize::from(is_in_base);
        let Some((home, position)) = whole.or(in_base) else { continue };
        rows.push(&home.view(), position);
        for (added, _) in segments.iter().skip(replaced.map_or(0, |last| last + 1)) {
            if let Some(position) = of(added) {
                rows.push_events(&added.view(), position);
            }
        }
    }
    Histories::new(rows)
}
