//! Runs of equal numbers and packed numbers, one behind the other: how Parquet writes levels and places in a dictionary.

use parquet::errors::ParquetError;

/// Numbers of one width, read piece by piece (Parquet's "RLE/bit-packing hybrid").
#[derive(Debug, Default)]
pub(super) struct Hybrid {
    /// Bits of a number, 32 at most.
    width: usize,
    /// Place of the next byte that no run has taken yet.
    at: usize,
    end: usize,
    /// Numbers left of a run of equal ones, and the number.
    equal: usize,
    value: u32,
    /// Numbers left of a packed run, and the place of the next one's first bit.
    packed: usize,
    bit: usize,
}

impl Hybrid {
    /// Of the bytes from `at` to `end`.
    pub(super) fn new(width: u8, at: usize, end: usize) -> Result<Self, ParquetError> {
        if width > 32 || at > end {
            return Err(broken());
        }
        Ok(Self { width: usize::from(width), at, end, ..Self::default() })
    }

    /// Appends the next numbers; an error where there are fewer. `bytes` must be the same each time.
    pub(super) fn read(&mut self, bytes: &[u8], mut count: usize, out: &mut Vec<u32>) -> Result<(), ParquetError> {
        let bytes = bytes.get(..self.end).ok_or_else(broken)?;
        while count > 0 {
            if self.equal > 0 {
                let taken = self.equal.min(count);
                out.resize(out.len() + taken, self.value);
                self.equal -= taken;
                count -= taken;
            } else if self.packed > 0 {
                let taken = self.packed.min(count);
                self.unpack(bytes, taken, out);
                self.packed -= taken;
                count -= taken;
            } else {
                self.next_run(bytes)?;
            }
        }
        Ok(())
    }

    fn next_run(&mut self, bytes: &[u8]) -> Result<(), ParquetError> {
        let mut header = 0_u64;
        for shift in (0..).step_by(7) {
            let byte = *bytes.get(self.at).filter(|_| shift < 63).ok_or_else(broken)?;
            self.at += 1;
            header |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let length = usize::try_from(header >> 1).map_err(|_| broken())?;
        if header & 1 == 1 {
            // So many groups of eight numbers; the last group may be cut off at the end of the page.
            self.bit = self.at.checked_mul(8).ok_or_else(broken)?;
            self.packed = length.checked_mul(8).ok_or_else(broken)?;
            let whole = length.checked_mul(self.width).and_then(|size| size.checked_add(self.at)).ok_or_else(broken)?;
            if self.width > 0 && whole > bytes.len() {
                self.packed = self.packed.min((bytes.len() - self.at) * 8 / self.width);
            }
            self.at = whole.min(bytes.len());
        } else {
            let size = self.width.div_ceil(8);
            let value = bytes.get(self.at..self.at + size).ok_or_else(broken)?;
            self.value = value.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
            self.at += size;
            self.equal = length;
        }
        if self.equal == 0 && self.packed == 0 {
            return Err(broken());
        }
        Ok(())
    }

    fn unpack(&mut self, bytes: &[u8], count: usize, out: &mut Vec<u32>) {
        let mask = (1_u64 << self.width) - 1;
        out.reserve(count);
        for _ in 0..count {
            let rest = bytes.get(self.bit / 8..).unwrap_or(&[]);
            // A number of up to 32 bits lies within eight bytes wherever it begins.
            let word = match rest.first_chunk() {
                Some(eight) => u64::from_le_bytes(*eight),
                None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
            };
            out.push((word >> (self.bit % 8) & mask) as u32);
            self.bit += self.width;
        }
    }
}

pub(super) fn broken() -> ParquetError {
    ParquetError::General("a page of it is damaged".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The format's own example of packing (parquet-format, Encodings.md): 0 to 7 in three bits.
    #[test]
    fn the_published_example_and_a_run() {
        let bytes = [0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010, 5 << 1, 6];
        let mut hybrid = Hybrid::new(3, 0, bytes.len()).unwrap();
        let mut out = Vec::new();
        hybrid.read(&bytes, 3, &mut out).unwrap();
        hybrid.read(&bytes, 10, &mut out).unwrap();
        assert_eq!(out, [0, 1, 2, 3, 4, 5, 6, 7, 6, 6, 6, 6, 6]);
        assert!(hybrid.read(&bytes, 1, &mut out).is_err());
    }

    #[test]
    fn damage_is_an_error() {
        let read = |bytes: &[u8], width: u8| {
            Hybrid::new(width, 0, bytes.len()).and_then(|mut hybrid| hybrid.read(bytes, 9, &mut Vec::new()))
        };
        assert!(read(&[], 1).is_err());
        assert!(read(&[0xff; 12], 1).is_err());
        assert!(read(&[0, 0], 1).is_err(), "a run of nothing");
        assert!(read(&[3, 1], 32).is_err(), "a packed run that is cut off");
        assert!(read(&[8 << 1], 8).is_err());
        assert!(Hybrid::new(33, 0, 0).is_err());
    }
}
