//! `person/`: one row for each person of a bucket, in the order of their numbers, in one row group.

use super::reader::ParquetIn;
use super::writer::{Chunk, ParquetOut};
use crate::scan::NO_DAY;
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
    if pick.iter().all(Range::is_empty) {
        return Ok(Vec::new());
    }
    let ints = |name: &str, none: i32| {
        let mut values = Vec::new();
        file.ints(0, name, pick, none, &mut values).map(|()| values)
    };
    let mut ids = Vec::new();
    file.longs(0, "id", pick, 0, &mut ids)?;
    let (birth, death) = (ints("birth_date", NO_DAY)?, ints("death_date", NO_DAY)?);
    let (from, to) = (ints("registered_from", NO_DAY)?, ints("registered_to", NO_DAY)?);
    let (sex, imd, household, size, lists) =
        (ints("sex", 0)?, ints("imd_decile", 0)?, ints("household", 0)?, ints("household_size", 0)?, ints("lists", 0)?);
    let ethnicity = parsed(file, "ethnicity", pick, Ethnicity::parse)?;
    let practice = parsed(file, "practice", pick, OdsCode::parse)?;
    let lsoa = parsed(file, "lsoa", pick, Lsoa::parse)?;
    let care_home = parsed(file, "care_home", pick, OdsCode::parse)?;
    let day = |n: i32| (n != NO_DAY).then_some(Day(n));
    Ok((0..ids.len())
        .map(|row| PersonRow {
            id: ids[row] as u64,
            birth: day(birth[row]),
            death: day(death[row]),
            sex: Sex::from_number(sex[row] as u8),
            ethnicity: ethnicity[row].unwrap_or_default(),
            practice: practice[row],
            registered_from: day(from[row]),
            registered_to: day(to[row]),
            lsoa: lsoa[row],
            imd_decile: imd[row] as u8,
            household: household[row] as u32,
            household_size: size[row] as u16,
            care_home: care_home[row],
            lists: lists[row] as u32,
        })
        .collect())
}

fn parsed<T>(
    file: &ParquetIn,
    name: &str,
    pick: &[Range<usize>],
    parse: impl Fn(&str) -> Result<T, nhs::Invalid>,
) -> Result<Vec<Option<T>>, LakeError> {
    let mut values = Vec::new();
    file.texts(0, name, pick, |text| {
        let value = text.map(&parse).transpose();
        values.push(value.map_err(|why| file.damaged(format!("a value of {name} {why}")))?);
        Ok(())
    })?;
    Ok(values)
}
