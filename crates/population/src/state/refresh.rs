//! A segment of changes put into a state.

use super::export::table;
use super::rows::Merged;
use super::{Note, OVER, Rows, State, Sums, each, noted};
use crate::features::Kept;
use crate::save::SaveError;
use lake::records::{Block, NOBODY, Packed, RecordsWriter};
use lake::{Histories, LakeError, Segment, Snapshot, segment};
use std::ops::Range;
use std::path::Path;
use std::sync::{OnceLock, atomic::AtomicU64, atomic::Ordering};

/// What a refresh did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refreshed {
    /// People whom the segment names.
    pub named: u64,
    /// People whose kept row is another now.
    pub changed: u64,
    /// People whose history was read, because what was kept of them did not do.
    pub histories: u64,
    /// Rows beside those of the snapshot, from this and earlier segments.
    pub beside: u64,
}

/// Puts the last of the segments of a snapshot into a state that has those before it. `None` where the state is of another
/// key, snapshot or segments: then build it anew. `base` opens the snapshot, and is asked only where a history is needed.
pub fn refresh<S: Sums>(
    folder: &Path,
    kept: &Kept<'_>,
    key: &str,
    segments: &[Segment],
    base: &(dyn Fn() -> Result<Snapshot, LakeError> + Sync),
    nothing: &S,
    threads: usize,
) -> Result<Option<(State<S>, Refreshed)>, SaveError> {
    let Some((newest, earlier)) = segments.split_last() else { return Ok(None) };
    let Ok(state) = State::<S>::open(folder) else { return Ok(None) };
    let known: Vec<_> = earlier.iter().map(|segment| &segment.id).collect();
    let fits = state.note.key == key
        && segments.iter().all(|segment| segment.base == state.note.base)
        && state.note.segments.iter().eq(known);
    if !fits {
        return Ok(None);
    }
    let events = kept.columns().of_events() | lake::Columns::PERSON_ID;
    let work = Work {
        kept,
        state: &state,
        earlier,
        base,
        opened: OnceLock::new(),
        added: newest.added.whole(events)?,
        replaced: newest.replaced.whole(kept.columns())?,
        gone: &newest.gone,
        read: OnceLock::new(),
        nothing,
        histories: AtomicU64::new(0),
        changed: AtomicU64::new(0),
    };
    let parts = each(state.base.len(), threads, |bucket| work.bucket(bucket))?;
    let mut sums = state.sums.clone();
    let mut writer = RecordsWriter::create(&folder.join(OVER), kept.width())?;
    let mut beside = 0;
    for (packed, part) in &parts {
        writer.append(packed)?;
        beside += packed.len() as u64;
        if let Some(part) = part {
            sums.merge(part);
        }
    }
    let mut note: Note = state.note.clone();
    note.segments.push(newest.id.clone());
    writer.finish(&noted(&note, &sums))?;
    let (changed, histories) = (work.changed.into_inner(), work.histories.into_inner());
    let done = Refreshed { named: newest.people(), changed, histories, beside };
    Ok(Some((State::open(folder)?, done)))
}

struct Work<'w, S> {
    kept: &'w Kept<'w>,
    state: &'w State<S>,
    earlier: &'w [Segment],
    base: &'w (dyn Fn() -> Result<Snapshot, LakeError> + Sync),
    opened: OnceLock<Snapshot>,
    added: Histories,
    replaced: Histories,
    gone: &'w [u64],
    /// The people of all segments, for histories.
    read: OnceLock<Vec<(Histories, Histories)>>,
    nothing: &'w S,
    histories: AtomicU64,
    changed: AtomicU64,
}

/// Rows that are there no longer, and rows that are there now.
#[derive(Default)]
struct Change {
    old: Vec<Vec<i64>>,
    ids: Vec<u64>,
    new: Vec<Vec<i64>>,
}

impl<S: Sums> Work<'_, S> {
    /// The rows beside a bucket of the base, and what its people add to the sums; nothing where nobody is named.
    fn bucket(&self, bucket: usize) -> Result<(Packed, Option<S>), LakeError> {
        let range = self.state.range(bucket);
        let (added, replaced) = (self.added.between(&range), self.replaced.between(&range));
        let gone = between(self.gone, &range);
        let (mut base_room, mut over_room) = (Vec::new(), Vec::new());
        let width = self.kept.width();
        let nobody = Packed::new(&[], &vec![Vec::new(); width]);
        let over = match &self.state.over {
            Some(records) => records.read(bucket, &mut over_room)?,
            None => nobody.block(),
        };
        let (over_ids, over_rows) = table(&over, width);
        if added.is_empty() && replaced.is_empty() && gone.is_empty() {
            return Ok((Packed::new(&over_ids, &over_rows), None));
        }
        let stack = Stack { base: self.state.base.read(bucket, &mut base_room)?, over };
        let mut sums = self.nothing.clone();
        let mut changes = vec![self.replace(&stack, &replaced), self.remove(&stack, gone)];
        changes.extend(self.advance(&stack, bucket, &added)?);
        let mut tables: Vec<(&[u64], &[Vec<i64>])> = vec![(&over_ids, &over_rows)];
        for change in &changes {
            sums.put(&Rows::new(self.kept, &change.old), -1);
            sums.put(&Rows::new(self.kept, &change.new), 1);
            self.changed.fetch_add(change.ids.len() as u64, Ordering::Relaxed);
        }
        // Who is gone has a row that says so.
        let mut marked: Vec<(Vec<u64>, Vec<Vec<i64>>)> = Vec::new();
        for change in changes {
            let there = change.new.first().map_or(0, Vec::len);
            let rows = if there == change.ids.len() { change.new } else { absent(width, change.ids.len()) };
            marked.push((change.ids, rows));
        }
        tables.extend(marked.iter().map(|(ids, rows)| (ids.as_slice(), rows.as_slice())));
        let merged = Merged::of(&tables, width);
        Ok((Packed::new(&merged.ids, &merged.columns), Some(sums)))
    }

    /// New rows of people who are known.
    fn advance(
        &self,
        stack: &Stack<'_>,
        bucket: usize,
        added: &lake::BucketView<'_>,
    ) -> Result<Vec<Change>, LakeError> {
        let ids: Vec<u64> = added.people.iter().map(|person| person.id).collect();
        let places = stack.find(&ids);
        if let Some(place) = places.iter().position(|place| !stack.is_there(*place)) {
            let id = ids[place];
            return Err(LakeError::Refused(format!(
                "new rows of person {id}, of whom nothing is known; give the whole record"
            )));
        }
        let kept = |column: usize, some: &[u32]| {
            let some: Vec<Place> = some.iter().map(|&position| places[position as usize]).collect();
            stack.column(column, &some)
        };
        let advanced = self.kept.advance(added, &kept);
        let of = |positions: &[u32]| positions.iter().map(|&p| ids[p as usize]).collect::<Vec<u64>>();
        let mut changes = vec![Change { old: advanced.old, ids: of(&advanced.changed), new: advanced.new }];
        if !advanced.history.is_empty() {
            let ids = of(&advanced.history);
            let some: Vec<Place> = advanced.history.iter().map(|&p| places[p as usize]).collect();
            let new = self.read(stack, bucket, &ids)?;
            changes.push(Change { old: stack.rows(&some, self.kept.width()), ids, new });
        }
        Ok(changes)
    }

    /// The rows of people from their whole histories.
    fn read(&self, stack: &Stack<'_>, bucket: usize, ids: &[u64]) -> Result<Vec<Vec<i64>>, LakeError> {
        self.histories.fetch_add(ids.len() as u64, Ordering::Relaxed);
        let columns = self.kept.columns();
        let mut places = Vec::new();
        stack.base.find(ids, &mut places);
        let positions: Vec<usize> = places.iter().filter(|&&p| p != NOBODY).map(|&p| p as usize).collect();
        let base =
            if positions.is_empty() { None } else { Some(self.base()?.some_of(bucket as u32, &positions, columns)?) };
        let people: Vec<(u64, bool)> = ids.iter().zip(&places).map(|(&id, &place)| (id, place != NOBODY)).collect();
        let histories = segment::histories(base.as_ref(), &people, self.earlier()?, (&self.added, &self.replaced));
        Ok(self.kept.complete(&histories.view()))
    }

    fn base(&self) -> Result<&Snapshot, LakeError> {
        if let Some(open) = self.opened.get() {
            return Ok(open);
        }
        let snapshot = (self.base)()?;
        Ok(self.opened.get_or_init(|| snapshot))
    }

    /// The people of the segments before, read once.
    fn earlier(&self) -> Result<&[(Histories, Histories)], LakeError> {
        if let Some(read) = self.read.get() {
            return Ok(read);
        }
        let columns = self.kept.columns();
        let whole = |s: &Segment| {
            let events = columns.of_events() | lake::Columns::PERSON_ID;
            Ok::<_, LakeError>((s.added.whole(events)?, s.replaced.whole(columns)?))
        };
        let read = self.earlier.iter().map(whole).collect::<Result<Vec<_>, _>>()?;
        Ok(self.read.get_or_init(|| read))
    }

    /// Whole records of people who are new or who were known.
    fn replace(&self, stack: &Stack<'_>, replaced: &lake::BucketView<'_>) -> Change {
        let ids: Vec<u64> = replaced.people.iter().map(|person| person.id).collect();
        let known: Vec<Place> = stack.find(&ids).into_iter().filter(|place| stack.is_there(*place)).collect();
        Change { old: stack.rows(&known, self.kept.width()), ids, new: self.kept.complete(replaced) }
    }

    /// People who are gone.
    fn remove(&self, stack: &Stack<'_>, gone: &[u64]) -> Change {
        let known: Vec<(u64, Place)> =
            gone.iter().copied().zip(stack.find(gone)).filter(|(_, place)| stack.is_there(*place)).collect();
        let places: Vec<Place> = known.iter().map(|(_, place)| *place).collect();
        let ids = known.iter().map(|(id, _)| *id).collect();
        Change { old: stack.rows(&places, self.kept.width()), ids, new: vec![Vec::new(); self.kept.width()] }
    }
}

/// Rows that say that somebody is gone.
fn absent(width: usize, people: usize) -> Vec<Vec<i64>> {
    vec![vec![0; people]; width]
}

fn between<'a>(ids: &'a [u64], range: &Range<u64>) -> &'a [u64] {
    let start = ids.partition_point(|id| *id < range.start);
    let end = ids.partition_point(|id| *id < range.end).max(start);
    &ids[start..end]
}

/// Where somebody's row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Base(u32),
    Over(u32),
    Nowhere,
}

/// The rows of one bucket: those beside it stand for those in it.
struct Stack<'a> {
    base: Block<'a>,
    over: Block<'a>,
}

impl Stack<'_> {
    fn find(&self, ids: &[u64]) -> Vec<Place> {
        let (mut base, mut over) = (Vec::new(), Vec::new());
        self.base.find(ids, &mut base);
        self.over.find(ids, &mut over);
        let place = |(base, over): (u32, u32)| match (base, over) {
            (NOBODY, NOBODY) => Place::Nowhere,
            (base, NOBODY) => Place::Base(base),
            (_, over) => Place::Over(over),
        };
        base.into_iter().zip(over).map(place).collect()
    }

    fn is_there(&self, place: Place) -> bool {
        match place {
            Place::Nowhere => false,
            // Everybody in the base was there.
            Place::Base(_) => true,
            Place::Over(_) => self.column(0, &[place]) == [1],
        }
    }

    fn column(&self, column: usize, places: &[Place]) -> Vec<i64> {
        let mut values = Vec::with_capacity(places.len());
        let row = |place: &Place| match place {
            Place::Base(row) => *row,
            _ => NOBODY,
        };
        if places.iter().all(|place| matches!(place, Place::Base(_))) {
            let rows: Vec<u32> = places.iter().map(row).collect();
            self.base.column(column, &rows, &mut values);
            return values;
        }
        for place in places {
            match place {
                Place::Base(row) => self.base.column(column, &[*row], &mut values),
                Place::Over(row) => self.over.column(column, &[*row], &mut values),
                Place::Nowhere => values.push(crate::ABSENT),
            }
        }
        values
    }

    fn rows(&self, places: &[Place], width: usize) -> Vec<Vec<i64>> {
        (0..width).map(|column| self.column(column, places)).collect()
    }
}
