//! Events by bucket: spells joined, links numbered, prices put in, handed to the lake.

use super::lake_error;
use super::people::People;
use crate::error::LoadError;
use crate::options::Progress;
use crate::reference::Prices;
use crate::spool::{NO_DAY, NO_NUMBER, SpoolDir, SpoolEvent, SpoolWriter, read_events};
use lake::{EventRow, SnapshotPlan, SnapshotWriter};
use nhs::{Day, EventKind, Method, Status};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Writes each event to the file of its person's bucket; the person takes the identity's place.
pub(super) fn distribute(
    events: &Path,
    person_of: &[u32],
    plan: &SnapshotPlan,
    spool: &SpoolDir,
    memory: usize,
) -> Result<Vec<PathBuf>, LoadError> {
    let count = plan.bucket_count();
    let buffer = (memory / 4 / count.max(1) as usize).clamp(1 << 13, 1 << 20);
    let create = |bucket: u32| SpoolWriter::create(spool.file(&format!("bucket-{bucket}")), buffer);
    let mut writers = (0..count).map(create).collect::<Result<Vec<_>, _>>()?;
    read_events(events, |mut event| {
        event.person = person_of[event.person as usize];
        writers[plan.bucket_of(event.person) as usize].push(event)
    })?;
    writers.into_iter().map(SpoolWriter::finish).collect()
}

/// Writes every bucket; returns the number of events written.
pub(super) fn write_all(
    buckets: &[PathBuf],
    writer: &SnapshotWriter,
    people: &People<'_>,
    prices: &Prices,
    as_of: Day,
    pool: &rayon::ThreadPool,
    progress: &dyn Progress,
) -> Result<u64, LoadError> {
    let mut total = 0;
    for (place, group) in buckets.chunks(pool.current_num_threads()).enumerate() {
        let first = place * pool.current_num_threads();
        let one = |(offset, path): (usize, &PathBuf)| -> Result<u64, LoadError> {
            let bucket = (first + offset) as u32;
            let mut events = Vec::new();
            read_events(path, |event| {
                events.push(event);
                Ok(())
            })?;
            // Space for the snapshot is worth more than a second look at the spool.
            std::fs::remove_file(path).map_err(|e| LoadError::write(path, e))?;
            let mut rows = finished(events, prices, as_of);
            let (persons, identities) = people.rows(writer.plan().bucket_range(bucket));
            let count = rows.len() as u64;
            writer.write_bucket(bucket, &persons, &identities, &mut rows).map_err(lake_error)?;
            Ok(count)
        };
        let counts: Vec<Result<u64, LoadError>> = pool.install(|| group.par_iter().enumerate().map(one).collect());
        for count in counts {
            total += count?;
        }
        progress.advance(total);
    }
    Ok(total)
}

/// The events of a bucket as rows of the lake.
fn finished(mut events: Vec<SpoolEvent>, prices: &Prices, as_of: Day) -> Vec<EventRow> {
    events.sort_unstable();
    let mut rows = Vec::with_capacity(events.len());
    let mut start = 0;
    while start < events.len() {
        let person = events[start].person;
        let end = start + events[start..].iter().take_while(|event| event.person == person).count();
        person_rows(&events[start..end], prices, as_of, &mut rows);
        start = end;
    }
    rows
}

fn person_rows(events: &[SpoolEvent], prices: &Prices, as_of: Day, rows: &mut Vec<EventRow>) {
    let mut links: BTreeMap<u64, u32> = BTreeMap::new();
    // The position of each spell's row and the order of the episode that gave its end.
    let mut spells: BTreeMap<(u8, u64), usize> = BTreeMap::new();
    let mut orders: BTreeMap<usize, (u16, u16)> = BTreeMap::new();
    for event in events {
        let next = links.len() as u32 + 1;
        let link = if event.link == 0 { 0 } else { *links.entry(event.link).or_insert(next) };
        let Some(row) = event_row(event, link) else { continue };
        if !event.join {
            rows.push(row);
            continue;
        }
        if let Some(&place) = spells.get(&(event.kind, event.link)).filter(|_| event.link != 0) {
            let seen = orders.entry(place).or_insert((event.order, event.order));
            join(&mut rows[place], &row, event.order, seen);
        } else {
            spells.insert((event.kind, event.link), rows.len());
            orders.insert(rows.len(), (event.order, event.order));
            rows.push(row);
        }
    }
    let first = rows.len() - rows.iter().rev().take_while(|row| row.person == events[0].person).count();
    for row in &mut rows[first..] {
        let paid = !matches!(row.status, Status::Cancelled | Status::DidNotAttend);
        if row.cost.is_none() && paid {
            let last = row.end.map_or(as_of.0, |end| end.0.min(as_of.0));
            let nights = i64::from((last - row.date.0).max(0));
            row.cost = prices.of(row.kind.number(), row.method.number(), row.detail, row.date.0, nights);
        }
    }
}

/// Adds an episode to its spell. `seen` holds the lowest and the highest order so far.
fn join(spell: &mut EventRow, episode: &EventRow, order: u16, seen: &mut (u16, u16)) {
    let cost = match (spell.cost, episode.cost) {
        (Some(a), Some(b)) => a.checked_add(b),
        (a, b) => a.or(b),
    };
    let end = spell.end.max(episode.end);
    let date = spell.date.min(episode.date);
    let status = if order >= seen.1 && episode.status != Status::None { episode.status } else { spell.status };
    if order < seen.0 {
        *spell = *episode;
    }
    *seen = (seen.0.min(order), seen.1.max(order));
    spell.date = date;
    spell.end = end;
    spell.cost = cost;
    spell.status = status;
}

fn event_row(event: &SpoolEvent, link: u32) -> Option<EventRow> {
    Some(EventRow {
        person: event.person,
        date: Day(event.date),
        end: (event.end != NO_DAY).then_some(Day(event.end)),
        kind: EventKind::from_number(event.kind)?,
        method: Method::from_number(event.method)?,
        status: Status::from_number(event.status)?,
        code: event.code,
        provider: event.provider,
        detail: event.detail,
        value: (event.value != NO_NUMBER).then_some(event.value),
        cost: (event.cost != NO_NUMBER).then_some(event.cost),
        link,
        source: event.source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn episode(order: u16, date: i32, end: i32, code: u32, status: Status, link: u64) -> SpoolEvent {
        SpoolEvent {
            person: 3,
            date,
            kind: EventKind::Admission.number(),
            source: 0,
            order,
            end,
            method: Method::Emergency.number(),
            status: status.number(),
            join: true,
            code,
            provider: 0,
            detail: 0,
            link,
            value: NO_NUMBER,
            cost: NO_NUMBER,
        }
    }

    #[test]
    fn episodes_become_one_spell() {
        let diagnosis = SpoolEvent {
            kind: EventKind::Diagnosis.number(),
            join: false,
            code: 77,
            ..episode(1, 100, 100, 0, Status::None, 5)
        };
        let events = vec![
            episode(2, 103, 110, 12, Status::Discharged, 5),
            episode(1, 100, 103, 11, Status::None, 5),
            diagnosis,
            episode(1, 200, NO_DAY, 13, Status::Active, 6),
            episode(1, 300, 300, 14, Status::None, 0),
            episode(1, 300, 300, 14, Status::None, 0),
        ];
        let rows = finished(events, &Prices::default(), Day(400));
        let seen: Vec<_> = rows
            .iter()
            .map(|r| (r.kind.name(), r.date.0, r.end.map(|d| d.0), r.code, r.status.name(), r.link))
            .collect();
        assert_eq!(
            seen,
            [
                ("admission", 100, Some(110), 11, "discharged", 1),
                ("diagnosis", 100, Some(100), 77, "none", 1),
                ("admission", 200, None, 13, "active", 2),
                ("admission", 300, Some(300), 14, "none", 0),
                ("admission", 300, Some(300), 14, "none", 0),
            ]
        );
    }
}
