//! One bucket of packed rows in memory.

use super::{Field, Header, NOBODY};
use crate::NO_NUMBER;

/// A bucket that was packed, on its way to disk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Packed {
    pub(super) header: Header,
    pub(super) bytes: Vec<u8>,
}

/// A bucket that was read.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    pub(super) header: &'a Header,
    pub(super) bytes: &'a [u8],
}

/// Beyond the last row, so that every number can be read with its neighbours.
const PADDING: usize = 16;

fn bits_of(number: u64) -> u32 {
    u64::BITS - number.leading_zeros()
}

impl Packed {
    /// Packs people in the order of their identifiers, with as many values in each column.
    pub fn new(ids: &[u64], columns: &[Vec<i64>]) -> Self {
        let (Some(&first), Some(&last)) = (ids.first(), ids.last()) else {
            let fields = vec![Field::default(); columns.len()];
            return Self { header: Header { fields, ..Header::default() }, bytes: vec![0; PADDING] };
        };
        let id_bits = if last - first + 1 == ids.len() as u64 { 0 } else { bits_of(last - first) };
        let mut at = id_bits;
        let mut fields = Vec::with_capacity(columns.len());
        for column in columns {
            let field = field(column, at);
            at += field.bits;
            fields.push(field);
        }
        let header = Header { rows: ids.len() as u32, first, last, stride: at, id_bits, fields, ..Header::default() };
        let mut bytes = vec![0; (u64::from(at) * ids.len() as u64).div_ceil(8) as usize + PADDING];
        if id_bits > 0 {
            put(&mut bytes, (0, at), id_bits, ids.iter().map(|id| id - first));
        }
        for (field, column) in header.fields.iter().zip(columns).filter(|(field, _)| field.bits > 0) {
            put(&mut bytes, (field.at, at), field.bits, column.iter().map(|&value| field.packed(value)));
        }
        Self { header: Header { bytes: bytes.len() as u64, ..header }, bytes }
    }

    /// The same bucket for reading.
    pub fn block(&self) -> Block<'_> {
        Block { header: &self.header, bytes: &self.bytes }
    }

    /// How many people.
    pub fn len(&self) -> usize {
        self.header.rows as usize
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.header.rows == 0
    }
}

fn field(column: &[i64], at: u32) -> Field {
    let (mut least, mut most, mut optional) = (i64::MAX, i64::MIN, false);
    for &value in column {
        if value == NO_NUMBER {
            optional = true;
        } else {
            (least, most) = (least.min(value), most.max(value));
        }
    }
    if least > most {
        // Nobody has a value.
        return Field { base: 0, optional, bits: 0, at };
    }
    let largest = most.abs_diff(least) + u64::from(optional);
    Field { base: least, optional, bits: bits_of(largest), at }
}

/// Writes a number of so many bits into each row, from a place in the row on.
fn put(bytes: &mut [u8], (at, stride): (u32, u32), bits: u32, values: impl Iterator<Item = u64>) {
    for (row, value) in values.enumerate() {
        let start = row as u64 * u64::from(stride) + u64::from(at);
        let (byte, shift) = ((start / 8) as usize, (start % 8) as u32);
        debug_assert!(bits == 64 || value >> bits == 0);
        // Beyond the last row there is room for the neighbours of every number.
        let place = bytes.get_mut(byte..byte + 16).and_then(|place| <&mut [u8; 16]>::try_from(place).ok());
        if let Some(place) = place {
            *place = (u128::from_le_bytes(*place) | u128::from(value) << shift).to_le_bytes();
        }
    }
}

impl Block<'_> {
    /// How many people.
    pub fn len(&self) -> usize {
        self.header.rows as usize
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.header.rows == 0
    }

    /// The identifiers, in ascending order.
    pub fn ids(&self) -> Vec<u64> {
        (0..self.header.rows).map(|row| self.id(row)).collect()
    }

    fn id(&self, row: u32) -> u64 {
        let above = if self.header.id_bits == 0 { u64::from(row) } else { self.bits(row, 0, self.header.id_bits) };
        self.header.first.wrapping_add(above)
    }

    /// The row of each of some identifiers, which come in ascending order; [`NOBODY`] for those who are not here.
    pub fn find(&self, ids: &[u64], rows: &mut Vec<u32>) {
        rows.clear();
        let mut from = 0;
        for &id in ids {
            if self.is_empty() || id < self.header.first || id > self.header.last {
                rows.push(NOBODY);
            } else if self.header.id_bits == 0 {
                rows.push(u32::try_from(id - self.header.first).unwrap_or(NOBODY));
            } else {
                let (mut low, mut high) = (from, self.header.rows);
                while low < high {
                    let middle = low + (high - low) / 2;
                    if self.id(middle) < id { low = middle + 1 } else { high = middle }
                }
                from = low;
                rows.push(if low < self.header.rows && self.id(low) == id { low } else { NOBODY });
            }
        }
    }

    /// Appends the values of a column in these rows; absent ones for rows and columns that are not there.
    pub fn column(&self, column: usize, rows: &[u32], out: &mut Vec<i64>) {
        let Some(&field) = self.header.fields.get(column) else {
            out.resize(out.len() + rows.len(), NO_NUMBER);
            return;
        };
        if field.bits == 0 {
            let value = field.value(0);
            out.extend(rows.iter().map(|&row| if row < self.header.rows { value } else { NO_NUMBER }));
            return;
        }
        out.extend(rows.iter().map(|&row| {
            if row < self.header.rows { field.value(self.bits(row, field.at, field.bits)) } else { NO_NUMBER }
        }));
    }

    /// The same for some of the rows, by their places in the list.
    pub fn pick(&self, column: usize, rows: &[u32], some: &[u32], out: &mut Vec<i64>) {
        let field = self.header.fields.get(column).copied().unwrap_or(Field { optional: true, ..Field::default() });
        let there = |place: u32| rows.get(place as usize).copied().filter(|row| *row < self.header.rows);
        if field.bits == 0 || field.bits > 57 {
            let value = |row: u32| field.value(self.bits(row, field.at, field.bits));
            out.extend(some.iter().map(|&place| there(place).map_or(NO_NUMBER, value)));
            return;
        }
        // Whatever the row, the number lies within eight bytes.
        let (stride, at, mask) = (u64::from(self.header.stride), u64::from(field.at), u64::MAX >> (64 - field.bits));
        let value = |row: u32| {
            let start = u64::from(row) * stride + at;
            let byte = (start / 8) as usize;
            let word = self.bytes.get(byte..byte + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
            field.value(word >> (start % 8) & mask)
        };
        out.extend(some.iter().map(|&place| there(place).map_or(NO_NUMBER, value)));
    }

    /// So many bits of a row, from a place in it on.
    #[inline]
    fn bits(&self, row: u32, at: u32, bits: u32) -> u64 {
        if bits == 0 {
            return 0;
        }
        let start = u64::from(row) * u64::from(self.header.stride) + u64::from(at);
        let (byte, shift) = ((start / 8) as usize, (start % 8) as u32);
        let mask = u64::MAX >> (u64::BITS - bits.min(64));
        if shift + bits <= 64 {
            let word = self.bytes.get(byte..byte + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
            return word >> shift & mask;
        }
        let word = self.bytes.get(byte..byte + 16).and_then(|b| b.try_into().ok()).map_or(0, u128::from_le_bytes);
        (word >> shift) as u64 & mask
    }
}
