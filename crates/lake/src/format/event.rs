//! `event/`: what happened, sorted by person, then date, then kind, then everything else.

use super::reader::ParquetIn;
use super::writer::{Chunk, ParquetOut};
use crate::scan::{NO_DAY, NO_NUMBER};
use crate::{EventRow, LakeError};
use nhs::{Day, EventKind, Method, Status};
use rustc_hash::FxHashSet;
use std::ops::Range;
use std::path::Path;

pub(crate) const SCHEMA: &str = "message event {
    required int32 person (INTEGER(32,false));
    required int32 date (DATE);
    optional int32 end_date (DATE);
    required int32 kind (INTEGER(8,false));
    required int32 method (INTEGER(8,false));
    required int32 status (INTEGER(8,false));
    required int32 code (INTEGER(32,false));
    required int32 provider (INTEGER(32,false));
    required int32 detail (INTEGER(32,false));
    optional int64 value;
    optional int64 cost;
    required int32 link (INTEGER(32,false));
    required int32 source (INTEGER(8,false));
}";

/// Rows of a row group, as near as the border between two people allows: what is read to see one person's history.
const GROUP_ROWS: usize = 65_536;

/// Puts events in their one order. Every field takes part, so that equal rows are the same row.
pub(crate) fn sort(events: &mut [EventRow]) {
    // Loaders mostly hand over one person after the other: then only each person's few events are left to sort.
    if !events.is_sorted_by_key(|e| e.person) {
        events.sort_unstable_by_key(|e| e.person);
    }
    for own in events.chunk_by_mut(|a, b| a.person == b.person) {
        own.sort_unstable_by(|a, b| (a.date, a.kind).cmp(&(b.date, b.kind)).then_with(|| rest(a).cmp(&rest(b))));
    }
}

type Rest = (Method, Status, u32, u32, u32, Option<Day>, Option<i64>, Option<i64>, u32, u8);

fn rest(e: &EventRow) -> Rest {
    (e.method, e.status, e.code, e.provider, e.detail, e.end, e.value, e.cost, e.link, e.source)
}

/// Writes sorted events.
pub(crate) fn write(path: &Path, events: &[EventRow]) -> Result<(), LakeError> {
    let mut out = ParquetOut::create(path, SCHEMA, &differences(events))?;
    let mut start = 0;
    while start < events.len() {
        let mut end = (start + GROUP_ROWS).min(events.len());
        while end < events.len() && events[end].person == events[end - 1].person {
            end += 1;
        }
        out.row_group(&chunks(&events[start..end]))?;
        start = end;
    }
    out.finish()
}

/// The columns written as differences, which are cheaper to write and to read than a dictionary: small numbers, those that
/// grow within a person, those with one value in the whole bucket, and codes, values and costs of which a bucket holds so
/// many that a dictionary would save no room.
fn differences(events: &[EventRow]) -> Vec<&'static str> {
    let mut names = vec!["person", "date", "kind", "method", "link"];
    let Some(first) = events.first() else { return names };
    let mut constant = |name, same: fn(&EventRow, &EventRow) -> bool| {
        if events.iter().all(|e| same(e, first)) {
            names.push(name);
        }
    };
    constant("status", |a, b| a.status == b.status);
    constant("provider", |a, b| a.provider == b.provider);
    constant("detail", |a, b| a.detail == b.detail);
    constant("source", |a, b| a.source == b.source);
    let sample = &events[..events.len().min(GROUP_ROWS)];
    let mut many = |name, width, values: &dyn Fn(&EventRow) -> Option<i64>| {
        if dictionary_is_large(sample.iter().filter_map(values), width) {
            names.push(name);
        }
    };
    many("code", 32, &|e| Some(i64::from(e.code)));
    many("value", 64, &|e| e.value);
    many("cost", 64, &|e| e.cost);
    names
}

/// Whether a dictionary of values so many bits wide, with positions in it, takes more bits than the values' differences.
fn dictionary_is_large(values: impl Iterator<Item = i64>, width: u64) -> bool {
    let (mut count, mut least, mut most) = (0u64, i64::MAX, i64::MIN);
    let mut different = FxHashSet::default();
    for value in values {
        count += 1;
        (least, most) = (least.min(value), most.max(value));
        different.insert(value);
    }
    if count == 0 {
        return false;
    }
    let bits = |number: u64| u64::from(u64::BITS - number.leading_zeros());
    let different = different.len() as u64;
    bits(most.abs_diff(least)) < bits(different) + width * different / count
}

fn chunks(events: &[EventRow]) -> Vec<Chunk> {
    let rows = || events.iter();
    vec![
        Chunk::ints(rows().map(|e| e.person as i32)),
        Chunk::ints(rows().map(|e| e.date.0)),
        Chunk::optional_ints(rows().map(|e| e.end.map(|d| d.0))),
        Chunk::ints(rows().map(|e| i32::from(e.kind.number()))),
        Chunk::ints(rows().map(|e| i32::from(e.method.number()))),
        Chunk::ints(rows().map(|e| i32::from(e.status.number()))),
        Chunk::ints(rows().map(|e| e.code as i32)),
        Chunk::ints(rows().map(|e| e.provider as i32)),
        Chunk::ints(rows().map(|e| e.detail as i32)),
        Chunk::optional_longs(rows().map(|e| e.value)),
        Chunk::optional_longs(rows().map(|e| e.cost)),
        Chunk::ints(rows().map(|e| e.link as i32)),
        Chunk::ints(rows().map(|e| i32::from(e.source))),
    ]
}

/// The events of one person: only the row groups that can hold the person are touched.
pub(crate) fn read_person(file: &ParquetIn, person: u32) -> Result<Vec<EventRow>, LakeError> {
    let mut events = Vec::new();
    for (group, rows) in file.groups().into_iter().enumerate() {
        if !file.may_hold(group, "person", person)? {
            continue;
        }
        let mut persons = Vec::new();
        file.ints(group, "person", &[whole(rows)], 0, &mut persons)?;
        let start = persons.partition_point(|&p| (p as u32) < person);
        let end = persons.partition_point(|&p| p as u32 <= person);
        if start < end {
            read_rows(file, group, start..end, person, &mut events)?;
        }
    }
    Ok(events)
}

/// All rows of a row group of so many.
pub(crate) fn whole(rows: usize) -> Range<usize> {
    0..rows
}

fn read_rows(
    file: &ParquetIn,
    group: usize,
    range: Range<usize>,
    person: u32,
    out: &mut Vec<EventRow>,
) -> Result<(), LakeError> {
    let pick = [range];
    let ints = |name: &str, none: i32| {
        let mut values = Vec::new();
        file.ints(group, name, &pick, none, &mut values).map(|()| values)
    };
    let longs = |name: &str| {
        let mut values = Vec::new();
        file.longs(group, name, &pick, NO_NUMBER, &mut values).map(|()| values)
    };
    let (date, end, kind, method, status) =
        (ints("date", 0)?, ints("end_date", NO_DAY)?, ints("kind", 0)?, ints("method", 0)?, ints("status", 0)?);
    let (code, provider, detail) = (ints("code", 0)?, ints("provider", 0)?, ints("detail", 0)?);
    let (value, cost, link, source) = (longs("value")?, longs("cost")?, ints("link", 0)?, ints("source", 0)?);
    for row in 0..date.len() {
        out.push(EventRow {
            person,
            date: Day(date[row]),
            end: (end[row] != NO_DAY).then(|| Day(end[row])),
            kind: EventKind::from_number(kind[row] as u8)
                .ok_or_else(|| file.damaged("it has an unknown kind of event"))?,
            method: Method::from_number(method[row] as u8).unwrap_or(Method::Other),
            status: Status::from_number(status[row] as u8).unwrap_or(Status::Other),
            code: code[row] as u32,
            provider: provider[row] as u32,
            detail: detail[row] as u32,
            value: (value[row] != NO_NUMBER).then(|| value[row]),
            cost: (cost[row] != NO_NUMBER).then(|| cost[row]),
            link: link[row] as u32,
            source: source[row] as u8,
        });
    }
    Ok(())
}
