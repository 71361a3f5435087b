//! The small tables of a snapshot: the dictionary and the identity keys.

use super::event::whole;
use super::reader::ParquetIn;
use super::writer::{Chunk, ParquetOut};
use crate::{CodeRow, LakeError};
use nhs::CodeSystem;
use std::path::Path;

pub(crate) const CODE_SCHEMA: &str = "message code {
    required int32 id (INTEGER(32,false));
    required int32 system (INTEGER(8,false));
    required binary code (UTF8);
    required binary name (UTF8);
}";

pub(crate) const LINK_SCHEMA: &str = "message link {
    required int64 key (INTEGER(64,false));
    required int64 id (INTEGER(64,false));
}";

/// Rows of a row group of these tables.
const GROUP_ROWS: usize = 262_144;

pub(crate) fn write_codes(path: &Path, rows: &[CodeRow]) -> Result<(), LakeError> {
    let mut out = ParquetOut::create(path, CODE_SCHEMA, &["id"])?;
    for (group, part) in rows.chunks(GROUP_ROWS).enumerate() {
        let first = group * GROUP_ROWS;
        out.row_group(&[
            Chunk::ints((first..first + part.len()).map(|id| id as i32)),
            Chunk::ints(part.iter().map(|c| i32::from(c.system.number()))),
            Chunk::texts(part.iter().map(|c| &c.code)),
            Chunk::texts(part.iter().map(|c| &c.name)),
        ])?;
    }
    out.finish()
}

pub(crate) fn read_codes(file: &ParquetIn) -> Result<Vec<CodeRow>, LakeError> {
    let mut rows: Vec<CodeRow> = Vec::new();
    for (group, count) in file.groups().into_iter().enumerate() {
        let pick = [whole(count)];
        let mut systems = Vec::with_capacity(count);
        file.ints(group, "system", &pick, 0, &mut systems)?;
        let first = rows.len();
        for system in systems {
            let system =
                CodeSystem::from_number(system as u8).ok_or_else(|| file.damaged("it has an unknown terminology"))?;
            rows.push(CodeRow { system, code: String::new(), name: String::new() });
        }
        let mut next = first;
        file.texts(group, "code", &pick, |text| {
            text.unwrap_or_default().clone_into(&mut rows[next].code);
            next += 1;
            Ok(())
        })?;
        next = first;
        file.texts(group, "name", &pick, |text| {
            text.unwrap_or_default().clone_into(&mut rows[next].name);
            next += 1;
            Ok(())
        })?;
    }
    Ok(rows)
}

pub(crate) fn write_links(path: &Path, links: &[(u64, u64)]) -> Result<(), LakeError> {
    let mut out = ParquetOut::create(path, LINK_SCHEMA, &["key", "id"])?;
    for part in links.chunks(GROUP_ROWS) {
        out.row_group(&[
            Chunk::longs(part.iter().map(|&(key, _)| key as i64)),
            Chunk::longs(part.iter().map(|&(_, id)| id as i64)),
        ])?;
    }
    out.finish()
}

pub(crate) const FINGERPRINT_SCHEMA: &str = "message fingerprint {
    required int64 id (INTEGER(64,false));
    required int64 fingerprint (INTEGER(64,false));
}";

/// Writes the fingerprint of each person, in the order of their numbers.
pub(crate) fn write_fingerprints(path: &Path, people: &[(u64, u64)]) -> Result<(), LakeError> {
    let mut out = ParquetOut::create(path, FINGERPRINT_SCHEMA, &["id", "fingerprint"])?;
    for part in people.chunks(GROUP_ROWS) {
        out.row_group(&[
            Chunk::longs(part.iter().map(|&(id, _)| id as i64)),
            Chunk::longs(part.iter().map(|&(_, fingerprint)| fingerprint as i64)),
        ])?;
    }
    out.finish()
}

pub(crate) fn read_fingerprints(file: &ParquetIn) -> Result<Vec<(u64, u64)>, LakeError> {
    pairs(file, ("id", "fingerprint"))
}

pub(crate) fn read_links(file: &ParquetIn) -> Result<Vec<(u64, u64)>, LakeError> {
    pairs(file, ("key", "id"))
}

fn pairs(file: &ParquetIn, (left, right): (&str, &str)) -> Result<Vec<(u64, u64)>, LakeError> {
    let mut all = Vec::new();
    for (group, count) in file.groups().into_iter().enumerate() {
        let (mut lefts, mut rights) = (Vec::with_capacity(count), Vec::with_capacity(count));
        file.longs(group, left, &[whole(count)], 0, &mut lefts)?;
        file.longs(group, right, &[whole(count)], 0, &mut rights)?;
        all.extend(lefts.into_iter().zip(rights).map(|(left, right)| (left as u64, right as u64)));
    }
    Ok(all)
}
