//! A segment of changes put into a state.

use super::export::table;
use super::rows::Table;
use super::stack::{Places, Stack};
use super::{Note, OVER, Rows, State, Sums, WHOLE, each, last, noted};
use crate::features::Kept;
use crate::save::SaveError;
use lake::records::{NOBODY, Packed, RecordsWriter};
use lake::{BucketView, Histories, LakeError, Segment, Snapshot, segment};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

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
) -> Result<Option<(S, Refreshed)>, SaveError> {
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
        sums: Mutex::default(),
        histories: AtomicU64::new(0),
        changed: AtomicU64::new(0),
    };
    let parts = each(state.base.len(), threads, |bucket, rooms| work.bucket(bucket, rooms))?;
    let mut sums = state.sums.clone();
    let mut over = RecordsWriter::create(&folder.join(OVER), kept.moving_columns().len())?;
    let mut whole = RecordsWriter::create(&folder.join(WHOLE), kept.width())?;
    let mut beside = 0;
    for part in &parts {
        over.append(&part.over)?;
        whole.append(&part.whole)?;
        beside += (part.over.len() + part.whole.len()) as u64;
    }
    for part in work.sums.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        sums.merge(part);
    }
    let mut note: Note = state.note.clone();
    note.segments.push(newest.id.clone());
    // What names the segments is written last: until then the state is refused, and built anew.
    whole.finish(last(&note))?;
    over.finish(&noted(&note, &sums))?;
    let (changed, histories) = (work.changed.into_inner(), work.histories.into_inner());
    Ok(Some((sums, Refreshed { named: newest.people(), changed, histories, beside })))
}

/// What a refresh writes beside one bucket.
struct Part {
    over: Packed,
    whole: Packed,
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
    /// What changed people add, as many as there are threads: whoever adds comes back for the next bucket.
    sums: Mutex<Vec<S>>,
    histories: AtomicU64,
    changed: AtomicU64,
}

/// Rows beside a bucket that are to be written.
struct Beside {
    over: Table,
    whole: Table,
}

impl<S: Sums> Work<'_, S> {
    fn bucket(&self, bucket: usize, rooms: &mut [Vec<u8>; 3]) -> Result<Part, LakeError> {
        let range = self.state.range(bucket);
        let (added, replaced) = (self.added.between(&range), self.replaced.between(&range));
        let gone = between(self.gone, &range);
        let kept = self.kept;
        let [base_room, over_room, whole_room] = rooms;
        let empty = Packed::default();
        let (over, whole) = match &self.state.beside {
            Some((over, whole)) => (over.read(bucket, over_room)?, whole.read(bucket, whole_room)?),
            None => (empty.block(), empty.block()),
        };
        let mut beside = Beside { over: table(&over, kept.moving_columns().len()), whole: table(&whole, kept.width()) };
        let is_named = !(added.is_empty() && replaced.is_empty() && gone.is_empty());
        if is_named {
            let base = self.state.base.read(bucket, base_room)?;
            let stack = Stack::new(base, over, whole, kept);
            let own = self.sums.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut sums = own.unwrap_or_else(|| self.nothing.clone());
            beside = self.replace(&stack, &replaced, beside, &mut sums);
            beside = self.remove(&stack, gone, beside, &mut sums);
            beside = self.advance(&stack, bucket, &added, beside, &mut sums)?;
            self.sums.lock().unwrap_or_else(PoisonError::into_inner).push(sums);
        }
        let packed = |table: &Table| Packed::new(&table.ids, &table.columns);
        Ok(Part { over: packed(&beside.over), whole: packed(&beside.whole) })
    }

    /// Takes people out of the sums.
    fn take_out(&self, stack: &Stack<'_>, ids: &[u64], sums: &mut S) -> Vec<u64> {
        if ids.is_empty() {
            return Vec::new();
        }
        let places = stack.find(ids);
        let known: Vec<u32> = (0..ids.len()).filter(|&at| stack.is_there(&places, at)).map(|at| at as u32).collect();
        let old = stack.columns(0..self.kept.width(), &places, &known);
        sums.put(&Rows::whole(self.kept, &old), -1);
        known.iter().map(|&at| ids[at as usize]).collect()
    }

    /// Whole records of people who are new or who were known.
    fn replace(&self, stack: &Stack<'_>, replaced: &BucketView<'_>, beside: Beside, sums: &mut S) -> Beside {
        if replaced.is_empty() {
            return beside;
        }
        let ids: Vec<u64> = replaced.people.iter().map(|person| person.id).collect();
        self.take_out(stack, &ids, sums);
        self.whole(ids, self.kept.complete(replaced), beside, sums)
    }

    /// Puts whole rows in.
    fn whole(&self, ids: Vec<u64>, columns: Vec<Vec<i64>>, beside: Beside, sums: &mut S) -> Beside {
        sums.put(&Rows::whole(self.kept, &columns), 1);
        self.changed.fetch_add(ids.len() as u64, Ordering::Relaxed);
        Beside { over: beside.over.without(&ids), whole: beside.whole.with(Table { ids, columns }) }
    }

    /// People who are gone: a row says so.
    fn remove(&self, stack: &Stack<'_>, gone: &[u64], beside: Beside, sums: &mut S) -> Beside {
        let ids = self.take_out(stack, gone, sums);
        self.changed.fetch_add(ids.len() as u64, Ordering::Relaxed);
        let columns = vec![vec![0; ids.len()]; self.kept.width()];
        Beside { over: beside.over.without(&ids), whole: beside.whole.with(Table { ids, columns }) }
    }

    /// New rows of people who are known.
    fn advance(
        &self,
        stack: &Stack<'_>,
        bucket: usize,
        added: &BucketView<'_>,
        mut beside: Beside,
        sums: &mut S,
    ) -> Result<Beside, LakeError> {
        let kept = self.kept;
        let ids: Vec<u64> = added.people.iter().map(|person| person.id).collect();
        let places = stack.find(&ids);
        if let Some(at) = (0..ids.len()).find(|&at| !stack.is_there(&places, at)) {
            let id = ids[at];
            return Err(LakeError::Refused(format!(
                "new rows of person {id}, of whom nothing is known; give the whole record"
            )));
        }
        let of = |positions: &[u32]| positions.iter().map(|&p| ids[p as usize]).collect::<Vec<u64>>();
        let advanced = kept.advance(added, &|column, some| stack.column(column, &places, some));
        let read = |some: &[u32]| stack.columns(kept.read_columns().iter().copied(), &places, some);
        let fixed = read(&advanced.changed);
        sums.put(&Rows::moving(kept, &advanced.old, &fixed), -1);
        sums.put(&Rows::moving(kept, &advanced.new, &fixed), 1);
        self.changed.fetch_add(advanced.changed.len() as u64, Ordering::Relaxed);
        beside = Self::moved(stack, &places, &advanced.changed, &ids, advanced.new, beside);
        if advanced.history.is_empty() {
            return Ok(beside);
        }
        let some = advanced.history;
        let whole = self.read(stack, bucket, &of(&some))?;
        let old = stack.columns(0..kept.width(), &places, &some);
        sums.put(&Rows::whole(kept, &old), -1);
        sums.put(&Rows::whole(kept, &whole), 1);
        self.changed.fetch_add(some.len() as u64, Ordering::Relaxed);
        let moving = whole.into_iter().skip(stack.moving.start).take(stack.moving.len()).collect();
        Ok(Self::moved(stack, &places, &some, &ids, moving, beside))
    }

    /// Puts the moving columns of some people beside the base, or into their whole rows where these stand beside it already.
    fn moved(
        stack: &Stack<'_>,
        places: &Places,
        some: &[u32],
        ids: &[u64],
        columns: Vec<Vec<i64>>,
        mut beside: Beside,
    ) -> Beside {
        let mut moved = Table { ids: some.iter().map(|&at| ids[at as usize]).collect(), columns };
        let is_whole = |at: u32| places.whole[at as usize] != NOBODY;
        if some.iter().any(|&at| is_whole(at)) {
            for (row, id) in moved.ids.iter().enumerate().filter(|(row, _)| is_whole(some[*row])) {
                if let Ok(place) = beside.whole.ids.binary_search(id) {
                    for (column, values) in beside.whole.columns[stack.moving.clone()].iter_mut().zip(&moved.columns) {
                        column[place] = values[row];
                    }
                }
            }
            let of_whole: Vec<u64> = some.iter().filter(|at| is_whole(**at)).map(|&at| ids[at as usize]).collect();
            moved = moved.without(&of_whole);
        }
        beside.over = beside.over.with(moved);
        beside
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
}

fn between<'a>(ids: &'a [u64], range: &Range<u64>) -> &'a [u64] {
    let start = ids.partition_point(|id| *id < range.start);
    let end = ids.partition_point(|id| *id < range.end).max(start);
    &ids[start..end]
}
