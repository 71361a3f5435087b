//! Columns of numbers as bytes, little end first, with a check at the end: what a state is kept in.

use crate::dictionary::Dictionary;
use std::io::{self, Read, Write};

/// Why bytes are no state of a linkage.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The bytes could not be read or written.
    #[error("read or write the state of a linkage: {0}")]
    Io(#[from] io::Error),
    /// The bytes are something else, of another version, or were damaged.
    #[error("use the state of a linkage: {0}")]
    Meaning(&'static str),
}

/// Bytes at most of one column: a length beyond it is damage and not a length.
const LONGEST: u64 = 1 << 36;

/// Writes columns and keeps the check.
pub(crate) struct Out<W: Write> {
    to: W,
    check: Check,
}

impl<W: Write> Out<W> {
    pub(crate) fn new(to: W) -> Self {
        Self { to, check: Check::default() }
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        let length = (bytes.len() as u64).to_le_bytes();
        for part in [&length[..], bytes] {
            self.check.add(part);
            self.to.write_all(part)?;
        }
        Ok(())
    }

    pub(crate) fn numbers<T: Number>(&mut self, values: impl IntoIterator<Item = T>) -> Result<(), StateError> {
        let mut bytes = Vec::new();
        for value in values {
            value.put(&mut bytes);
        }
        self.bytes(&bytes)
    }

    pub(crate) fn dictionary(&mut self, dictionary: &Dictionary) -> Result<(), StateError> {
        let (text, ends) = dictionary.parts();
        self.bytes(text.as_bytes())?;
        self.numbers(ends.iter().copied())
    }

    /// Writes the check and gives the rest back.
    pub(crate) fn end(mut self) -> Result<W, StateError> {
        self.to.write_all(&self.check.value().to_le_bytes())?;
        Ok(self.to)
    }
}

/// Reads columns and keeps the check.
pub(crate) struct In<R: Read> {
    from: R,
    check: Check,
}

impl<R: Read> In<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from, check: Check::default() }
    }

    /// Whether the first column is something else than this header. A foreign file is told by its first bytes.
    pub(crate) fn header(&mut self, header: &[u8]) -> Result<bool, StateError> {
        let mut start = vec![0; 8 + header.len()];
        let mut at = 0;
        while at < start.len() {
            match self.from.read(&mut start[at..])? {
                0 => return Ok(true),
                more => at += more,
            }
        }
        self.check.add(&start[..8]);
        self.check.add(&start[8..]);
        Ok(start[..8] != (header.len() as u64).to_le_bytes() || &start[8..] != header)
    }

    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, StateError> {
        let mut length = [0; 8];
        self.from.read_exact(&mut length)?;
        self.check.add(&length);
        let length = u64::from_le_bytes(length);
        if length > LONGEST {
            return Err(StateError::Meaning("it is damaged: a column is longer than any can be"));
        }
        // A damaged length must not ask for memory that no bytes follow for.
        let mut bytes = Vec::new();
        let read = (&mut self.from).take(length).read_to_end(&mut bytes)?;
        if read as u64 != length {
            return Err(StateError::Meaning("it is damaged: it ends in the middle of a column"));
        }
        self.check.add(&bytes);
        Ok(bytes)
    }

    pub(crate) fn numbers<T: Number>(&mut self) -> Result<Vec<T>, StateError> {
        let bytes = self.bytes()?;
        if bytes.len() % T::BYTES != 0 {
            return Err(StateError::Meaning("it is damaged: a column ends in the middle of a number"));
        }
        Ok(bytes.chunks_exact(T::BYTES).map(T::take).collect())
    }

    pub(crate) fn text(&mut self) -> Result<String, StateError> {
        String::from_utf8(self.bytes()?).map_err(|_| StateError::Meaning("it is damaged: text is not UTF-8"))
    }

    pub(crate) fn dictionary(&mut self) -> Result<Dictionary, StateError> {
        let (text, ends) = (self.text()?, self.numbers()?);
        Dictionary::of_parts(text, ends).ok_or(StateError::Meaning("it is damaged: its texts do not fit together"))
    }

    /// Compares the check and gives the rest back.
    pub(crate) fn end(mut self) -> Result<R, StateError> {
        let mut told = [0; 8];
        self.from.read_exact(&mut told)?;
        if u64::from_le_bytes(told) != self.check.value() {
            return Err(StateError::Meaning("it is damaged: its check does not hold"));
        }
        Ok(self.from)
    }
}

/// A number of fixed length.
pub(crate) trait Number: Sized {
    /// Its length.
    const BYTES: usize;
    fn put(&self, to: &mut Vec<u8>);
    fn take(from: &[u8]) -> Self;
}

macro_rules! number {
    ($($type:ty)*) => {$(
        impl Number for $type {
            const BYTES: usize = size_of::<Self>();

            fn put(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_le_bytes());
            }

            fn take(from: &[u8]) -> Self {
                let mut bytes = [0; size_of::<Self>()];
                bytes.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
                Self::from_le_bytes(bytes)
            }
        }
    )*};
}
number!(u8 u32 i32 u64 f32 f64);

/// A sum over all bytes in which no bit can change unseen; not against people who want to deceive.
#[derive(Debug, Default)]
struct Check(u64);

impl Check {
    fn add(&mut self, bytes: &[u8]) {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut words = bytes.chunks_exact(8);
        for word in words.by_ref() {
            self.0 = (self.0.rotate_left(23) ^ u64::take(word)).wrapping_mul(ODD);
        }
        for byte in words.remainder() {
            self.0 = (self.0.rotate_left(23) ^ u64::from(*byte)).wrapping_mul(ODD);
        }
    }

    fn value(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_back_and_any_changed_byte_is_seen() {
        let mut out = Out::new(Vec::new());
        out.numbers([1_u32, 2, u32::MAX]).unwrap();
        out.numbers([0.5_f64, -3.25]).unwrap();
        out.bytes(b"words").unwrap();
        let bytes = out.end().unwrap();
        let read = |bytes: &[u8]| -> Result<_, StateError> {
            let mut from = In::new(bytes);
            let columns = (from.numbers::<u32>()?, from.numbers::<f64>()?, from.text()?);
            from.end()?;
            Ok(columns)
        };
        assert_eq!(read(&bytes).unwrap(), (vec![1, 2, u32::MAX], vec![0.5, -3.25], "words".to_owned()));
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert!(read(&damaged).is_err(), "byte {at}");
            assert!(read(&bytes[..at]).is_err(), "cut at {at}");
        }
    }
}
