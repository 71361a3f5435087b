//! `identity/`: who each person of a bucket is, apart from `person/`, in one row group.

use super::reader::ParquetIn;
use super::writer::{Chunk, ParquetOut};
use crate::{IdentityRow, LakeError};
use nhs::NhsNumber;
use std::ops::Range;
use std::path::Path;

pub(crate) const SCHEMA: &str = "message identity {
    required int32 person (INTEGER(32,false));
    required int64 id (INTEGER(64,false));
    optional int64 nhs_number;
    required binary family_name (UTF8);
    required binary given_name (UTF8);
    required binary address (UTF8);
    required binary postcode (UTF8);
}";

/// Writes the identities of a bucket.
pub(crate) fn write(path: &Path, first: u32, identities: &[IdentityRow]) -> Result<(), LakeError> {
    let mut delta = vec!["person", "id", "nhs_number"];
    let rows = || identities.iter();
    // A column without any text costs least as lengths that are all nought.
    let mut empty = |name, text: fn(&IdentityRow) -> &String| {
        if rows().all(|p| text(p).is_empty()) {
            delta.push(name);
        }
    };
    empty("family_name", |p| &p.family_name);
    empty("given_name", |p| &p.given_name);
    empty("address", |p| &p.address);
    empty("postcode", |p| &p.postcode);
    let mut out = ParquetOut::create(path, SCHEMA, &delta)?;
    if !identities.is_empty() {
        out.row_group(&[
            Chunk::ints((0..identities.len() as u32).map(|n| (first + n) as i32)),
            Chunk::longs(rows().map(|p| p.id as i64)),
            Chunk::optional_longs(rows().map(|p| p.nhs_number.map(|n| n.value() as i64))),
            Chunk::texts(rows().map(|p| &p.family_name)),
            Chunk::texts(rows().map(|p| &p.given_name)),
            Chunk::texts(rows().map(|p| &p.address)),
            Chunk::texts(rows().map(|p| &p.postcode)),
        ])?;
    }
    out.finish()
}

/// The identities at these positions of the bucket.
pub(crate) fn read(file: &ParquetIn, pick: &[Range<usize>]) -> Result<Vec<IdentityRow>, LakeError> {
    if pick.iter().all(Range::is_empty) {
        return Ok(Vec::new());
    }
    let mut ids = Vec::new();
    file.longs(0, "id", pick, 0, &mut ids)?;
    let numbers = nhs_numbers(file, pick)?;
    let (family, given) = (texts(file, "family_name", pick)?, texts(file, "given_name", pick)?);
    let (address, postcode) = (texts(file, "address", pick)?, texts(file, "postcode", pick)?);
    let names = family.into_iter().zip(given);
    let places = address.into_iter().zip(postcode);
    ids.into_iter()
        .zip(numbers)
        .zip(names.zip(places))
        .map(|((id, number), ((family_name, given_name), (address, postcode)))| {
            let nhs_number = match number {
                0 => None,
                value => {
                    Some(NhsNumber::from_value(value).map_err(|why| file.damaged(format!("an NHS number {why}")))?)
                }
            };
            Ok(IdentityRow { id: id as u64, nhs_number, family_name, given_name, address, postcode })
        })
        .collect()
}

/// NHS numbers, 0 where there is none.
pub(crate) fn nhs_numbers(file: &ParquetIn, pick: &[Range<usize>]) -> Result<Vec<u64>, LakeError> {
    let mut numbers = Vec::new();
    file.longs(0, "nhs_number", pick, 0, &mut numbers)?;
    Ok(numbers.into_iter().map(|n| n as u64).collect())
}

fn texts(file: &ParquetIn, name: &str, pick: &[Range<usize>]) -> Result<Vec<String>, LakeError> {
    let mut values = Vec::new();
    file.texts(0, name, pick, |text| {
        values.push(text.unwrap_or_default().to_owned());
        Ok(())
    })?;
    Ok(values)
}
