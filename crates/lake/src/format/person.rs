//! `person/`: one row for each person of a bucket, in the order of their numbers, in one row group.

use super::reader::ParquetIn;
use super::writer::{Chunk, ParquetOut};
use crate::scan::{Columns, NO_DAY};
use crate::{LakeError, PersonRow};
use nhs::{Day, Ethnicity, Lsoa, OdsCode, Sex};
use std::ops::Range;
use std::path::Path;

pub(crate) const SCHEMA: &str = "message person {
    required int32 person (INTEGER(32,false));
    required int64 id (INTEGER(64,false));
    optional int32 birth_date (DATE);
    optional int32 death_date (DATE);
    required int32 sex (INTEGER(8,false));
    required binary ethnicity (UTF8);
    optional binary practice (UTF8);
    optional int32 registered_from (DATE);
    optional int32 registered_to (DATE);
    optional binary lsoa (UTF8);
    optional int32 imd_decile (INTEGER(8,false));
    optional int32 household (INTEGER(32,false));
    optional int32 household_size (INTEGER(16,false));
    optional binary care_home (UTF8);
    required int32 lists (INTEGER(32,false));
    required int32 events (INTEGER(32,false));
}";

/// Writes the people of a bucket; `events` holds how many events each has.
pub(crate) fn write(path: &Path, first: u32, people: &[PersonRow], events: &[u32]) -> Result<(), LakeError> {
    let mut out = ParquetOut::create(path, SCHEMA, &["person", "id"])?;
    if !people.is_empty() {
        out.row_group(&chunks(first, people, events))?;
    }
    out.finish()
}

fn chunks(first: u32, people: &[PersonRow], events: &[u32]) -> Vec<Chunk> {
    let rows = || people.iter();
    let day = |d: Option<Day>| d.map(|d| d.0);
    let known = |n: u32| (n != 0).then_some(n as i32);
    vec![
        Chunk::ints((0..people.len() as u32).map(|n| (first + n) as i32)),
        Chunk::longs(rows().map(|p| p.id as i64)),
        Chunk::optional_ints(rows().map(|p| day(p.birth))),
        Chunk::optional_ints(rows().map(|p| day(p.death))),
        Chunk::ints(rows().map(|p| p.sex as i32)),
        Chunk::texts(rows().map(|p| char::from(p.ethnicity.letter()).to_string())),
        Chunk::optional_texts(rows().map(|p| p.practice.map(|c| c.to_string()))),
        Chunk::optional_ints(rows().map(|p| day(p.registered_from))),
        Chunk::optional_ints(rows().map(|p| day(p.registered_to))),
        Chunk::optional_texts(rows().map(|p| p.lsoa.map(|c| c.to_string()))),
        Chunk::optional_ints(rows().map(|p| known(u32::from(p.imd_decile)))),
        Chunk::optional_ints(rows().map(|p| known(p.household))),
        Chunk::optional_ints(rows().map(|p| known(u32::from(p.household_size)))),
        Chunk::optional_texts(rows().map(|p| p.care_home.map(|c| c.to_string()))),
        Chunk::ints(rows().map(|p| p.lists as i32)),
        Chunk::ints(events.iter().map(|&n| n as i32)),
    ]
}

/// How many events each person of a bucket of so many people has.
pub(crate) fn read_event_counts(file: &ParquetIn, people: usize) -> Result<Vec<i32>, LakeError> {
    let mut counts = Vec::with_capacity(people);
    if people > 0 {
        file.ints(0, "events", &[super::event::whole(people)], 0, &mut counts)?;
    }
    Ok(counts)
}

/// The people at these positions of the bucket.
pub(crate) fn read(file: &ParquetIn, pick: &[Range<usize>]) -> Result<Vec<PersonRow>, LakeError> {
    read_some(file, pick, Columns::PEOPLE)
}

/// The same with only the columns asked for; the other fields are empty.
pub(crate) fn read_some(
    file: &ParquetIn,
    pick: &[Range<usize>],
    columns: Columns,
) -> Result<Vec<PersonRow>, LakeError> {
    let mut people = vec![PersonRow::default(); pick.iter().map(ExactSizeIterator::len).sum()];
    if people.is_empty() {
        return Ok(people);
    }
    let mut scratch = Vec::new();
    let mut ints = |name: &str, none: i32, people: &mut [PersonRow], set: fn(&mut PersonRow, i32)| {
        scratch.clear();
        file.ints(0, name, pick, none, &mut scratch)?;
        people.iter_mut().zip(&scratch).for_each(|(person, &value)| set(person, value));
        Ok::<(), LakeError>(())
    };
    let people_mut = people.as_mut_slice();
    if columns.has(Columns::PERSON_LIFE) {
        ints("birth_date", NO_DAY, people_mut, |p, n| p.birth = day(n))?;
        ints("death_date", NO_DAY, people_mut, |p, n| p.death = day(n))?;
    }
    if columns.has(Columns::PERSON_SEX) {
        ints("sex", 0, people_mut, |p, n| p.sex = Sex::from_number(n as u8))?;
    }
    if columns.has(Columns::PERSON_PRACTICE) {
        ints("registered_from", NO_DAY, people_mut, |p, n| p.registered_from = day(n))?;
        ints("registered_to", NO_DAY, people_mut, |p, n| p.registered_to = day(n))?;
        parsed(file, "practice", pick, people_mut, OdsCode::parse, |p, code| p.practice = Some(code))?;
    }
    if columns.has(Columns::PERSON_IMD) {
        ints("imd_decile", 0, people_mut, |p, n| p.imd_decile = n as u8)?;
    }
    if columns.has(Columns::PERSON_HOME) {
        ints("household", 0, people_mut, |p, n| p.household = n as u32)?;
        ints("household_size", 0, people_mut, |p, n| p.household_size = n as u16)?;
    }
    if columns.has(Columns::PERSON_CARE_HOME) {
        parsed(file, "care_home", pick, people_mut, OdsCode::parse, |p, code| p.care_home = Some(code))?;
    }
    if columns.has(Columns::PERSON_LISTS) {
        ints("lists", 0, people_mut, |p, n| p.lists = n as u32)?;
    }
    if columns.has(Columns::PERSON_ETHNICITY) {
        parsed(file, "ethnicity", pick, people_mut, Ethnicity::parse, |p, letter| p.ethnicity = letter)?;
    }
    if columns.has(Columns::PERSON_LSOA) {
        parsed(file, "lsoa", pick, people_mut, Lsoa::parse, |p, area| p.lsoa = Some(area))?;
    }
    if columns.has(Columns::PERSON_ID) {
        let mut ids = Vec::new();
        file.longs(0, "id", pick, 0, &mut ids)?;
        people_mut.iter_mut().zip(&ids).for_each(|(person, &id)| person.id = id as u64);
    }
    Ok(people)
}

fn day(number: i32) -> Option<Day> {
    (number != NO_DAY).then_some(Day(number))
}

/// Reads a text column into the people.
fn parsed<T: Copy>(
    file: &ParquetIn,
    name: &str,
    pick: &[Range<usize>],
    people: &mut [PersonRow],
    parse: impl Fn(&str) -> Result<T, nhs::Invalid>,
    set: impl Fn(&mut PersonRow, T),
) -> Result<(), LakeError> {
    let mut people = people.iter_mut();
    let read = |text: &str| parse(text).map_err(|why| file.damaged(format!("a value of {name} {why}")));
    file.words(0, name, pick, read, |value| {
        if let (Some(person), Some(value)) = (people.next(), value) {
            set(person, value);
        }
    })
}
