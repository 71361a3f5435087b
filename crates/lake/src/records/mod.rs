//! Rows of whole numbers about many people, packed to the bit and found by identifier: what a refresh keeps of each person.
//!
//! A file holds buckets of people in the order of their identifiers. In each bucket every column takes as many bits as its
//! values need above the least of them, and the numbers of one person stand together, so that a few people are read without
//! decoding the others: a column file would have to decode whole pages for each. Numbers may be absent ([`NO_NUMBER`]).
//!
//! The file is a by-product that can be computed again from the snapshot; it is not meant for other programs.

mod file;
mod pack;

pub use file::{Records, RecordsWriter};
pub use pack::{Block, Packed};

use crate::NO_NUMBER;

/// Says that somebody is not in a bucket.
pub const NOBODY: u32 = u32::MAX;

/// How one column of a bucket is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Field {
    /// The least value.
    base: i64,
    /// Whether the number 0 stands for an absent value, and the least value for 1.
    optional: bool,
    /// Bits of each value.
    bits: u32,
    /// Where it begins in the row, in bits.
    at: u32,
}

/// What is known of a bucket beside its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Header {
    /// Where its rows begin in the file, in bytes.
    offset: u64,
    /// Bytes of its rows.
    bytes: u64,
    rows: u32,
    /// First and last identifier.
    first: u64,
    last: u64,
    /// Bits of one row.
    stride: u32,
    /// Bits of the identifier less the first, at the beginning of each row; 0 where identifiers leave no gap.
    id_bits: u32,
    fields: Vec<Field>,
}

impl Field {
    /// The value that stands for a packed number.
    #[inline]
    fn value(self, packed: u64) -> i64 {
        match (self.optional, packed) {
            (true, 0) => NO_NUMBER,
            (true, number) => self.base.wrapping_add((number - 1) as i64),
            (false, number) => self.base.wrapping_add(number as i64),
        }
    }

    /// The packed number of a value.
    #[inline]
    fn packed(self, value: i64) -> u64 {
        if self.optional {
            if value == NO_NUMBER { 0 } else { (value.wrapping_sub(self.base) as u64).wrapping_add(1) }
        } else {
            value.wrapping_sub(self.base) as u64
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = i64> {
        prop_oneof![4 => 0i64..2, 3 => -40i64..400, 2 => Just(NO_NUMBER), 1 => any::<i64>(), 1 => Just(i64::MAX)]
    }

    fn rows() -> impl Strategy<Value = (Vec<u64>, Vec<Vec<i64>>)> {
        let row = (1u64..5, proptest::array::uniform5(number()), any::<bool>());
        (any::<bool>(), proptest::collection::vec(row, 0..60)).prop_map(|(dense, rows)| {
            let mut id = 7;
            let ids = rows.iter().map(|(gap, _, _)| {
                id += if dense { 1 } else { *gap };
                id
            });
            let ids = ids.collect();
            // The last column is the same in every row.
            let mut columns: Vec<Vec<i64>> = (0..5).map(|c| rows.iter().map(|row| row.1[c]).collect()).collect();
            columns.push(vec![11; rows.len()]);
            (ids, columns)
        })
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_back(buckets in proptest::collection::vec(rows(), 1..4), note in ".{0,20}") {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("kept");
            let mut writer = RecordsWriter::create(&path, 6).unwrap();
            for (ids, columns) in &buckets {
                writer.append(&Packed::new(ids, columns)).unwrap();
            }
            writer.finish(&note).unwrap();
            let records = Records::open(&path).unwrap();
            prop_assert_eq!(records.note(), note.as_str());
            prop_assert_eq!(records.len(), buckets.len());
            let mut room = Vec::new();
            for (number, (ids, columns)) in buckets.iter().enumerate() {
                let block = records.read(number, &mut room).unwrap();
                prop_assert_eq!(&block.ids(), ids);
                let asked: Vec<u64> = (5..ids.last().map_or(9, |last| last + 3)).collect();
                let mut places = Vec::new();
                block.find(&asked, &mut places);
                for (id, place) in asked.iter().zip(&places) {
                    prop_assert_eq!(ids.iter().position(|other| other == id).map_or(NOBODY, |p| p as u32), *place);
                }
                let all: Vec<u32> = (0..ids.len() as u32).collect();
                for (at, column) in columns.iter().enumerate() {
                    let mut found = Vec::new();
                    block.column(at, &all, &mut found);
                    prop_assert_eq!(&found, column);
                }
            }
        }

        #[test]
        fn damage_is_told_and_never_panics((ids, columns) in rows(), at in any::<prop::sample::Index>(), cut in any::<bool>(), flip in 1u8..) {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("kept");
            let mut writer = RecordsWriter::create(&path, 6).unwrap();
            writer.append(&Packed::new(&ids, &columns)).unwrap();
            writer.finish("note").unwrap();
            let mut bytes = std::fs::read(&path).unwrap();
            let place = at.index(bytes.len());
            if cut {
                bytes.truncate(place);
            } else {
                bytes[place] ^= flip;
            }
            std::fs::write(&path, &bytes).unwrap();
            if let Ok(records) = Records::open(&path) {
                prop_assert!(!cut);
                let mut room = Vec::new();
                if let Ok(block) = records.read(0, &mut room) {
                    let mut found = Vec::new();
                    block.column(3, &[0, 1, 900, u32::MAX], &mut found);
                    prop_assert_eq!(found.len(), 4);
                    prop_assert!(block.ids().len() <= 60);
                }
            }
        }
    }
}
