//! Cutting delimited text into blocks of whole records, so that records can be parsed on several threads while every
//! record keeps its line number.
//!
//! A quote counts only at the start of a field, as in RFC 4180 and the `csv` crate. A quoted field that does not end within
//! 64 KiB is taken for a typing error: the line it opens on is given out as broken and reading goes on with the next line.

use super::unreadable;
use crate::LoadError;
use std::io::Read;

/// About how many bytes a block holds.
const BLOCK: usize = 1 << 20;
/// The longest quoted field.
const LONGEST_FIELD: usize = 1 << 16;
/// After so many lines with an open quote the quote character itself is in doubt.
const MOST_BROKEN: u32 = 1000;

/// Whole records.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The line of its first byte, from 1.
    pub(crate) first_line: u64,
    pub(crate) bytes: Vec<u8>,
    /// A line with a quote that does not close; the block then holds that line only.
    pub(crate) broken: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Unquoted,
    Quoted,
    QuoteInQuoted,
}

pub(crate) struct BlockReader<R> {
    input: R,
    shown: String,
    delimiter: u8,
    quote: u8,
    buffer: Vec<u8>,
    line: u64,
    ended: bool,
    started: bool,
    broken: u32,
}

/// What a scan of the buffer found.
enum Cut {
    /// Whole records up to here.
    At(usize),
    /// Whole records up to the first place; then a record whose quoted field, opened at the second, does not close.
    Broken(usize, usize),
    /// Not one whole record.
    None,
}

impl<R: Read> BlockReader<R> {
    pub(crate) fn new(input: R, shown: &str, delimiter: u8, quote: u8) -> Self {
        let shown = shown.to_owned();
        Self { input, shown, delimiter, quote, buffer: Vec::new(), line: 1, ended: false, started: false, broken: 0 }
    }

    /// The next block; `None` at the end.
    pub(crate) fn next_block(&mut self) -> Result<Option<Block>, LoadError> {
        loop {
            while !self.ended && self.buffer.len() < BLOCK {
                self.read_more()?;
            }
            if self.buffer.is_empty() {
                return Ok(None);
            }
            match self.scan() {
                Cut::Broken(0, opened) => {
                    self.broken += 1;
                    if self.broken > MOST_BROKEN {
                        let what = format!("more than {MOST_BROKEN} lines have a quote that does not close");
                        return Err(LoadError::file(
                            &self.shown,
                            Some(self.line),
                            what,
                            "set `quote` in the source's format to the character this file uses",
                        ));
                    }
                    let rest = &self.buffer[opened..];
                    let end = memchr::memchr(b'\n', rest).map_or(self.buffer.len(), |newline| opened + newline + 1);
                    return Ok(Some(self.take(end, true)));
                }
                Cut::At(end) | Cut::Broken(end, _) => return Ok(Some(self.take(end, false))),
                Cut::None if self.ended => return Ok(Some(self.take(self.buffer.len(), false))),
                Cut::None if self.buffer.len() > 64 * BLOCK => {
                    return Err(LoadError::file(
                        &self.shown,
                        Some(self.line),
                        "is one line of more than 64 MiB",
                        "it is not delimited text; check the source's format",
                    ));
                }
                Cut::None => self.read_more()?,
            }
        }
    }

    fn read_more(&mut self) -> Result<(), LoadError> {
        let old = self.buffer.len();
        self.buffer.resize(old + BLOCK, 0);
        let mut read = 0;
        while read < BLOCK {
            match self.input.read(&mut self.buffer[old + read..]) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let lines = memchr::memchr_iter(b'\n', &self.buffer[..old + read]).count() as u64;
                    return Err(unreadable(&self.shown, Some(self.line + lines), &error));
                }
            }
        }
        self.buffer.truncate(old + read);
        self.ended = read < BLOCK;
        if !self.started {
            self.started = true;
            if self.buffer.starts_with(b"\xef\xbb\xbf") {
                self.buffer.drain(..3);
            }
        }
        Ok(())
    }

    fn take(&mut self, end: usize, broken: bool) -> Block {
        let rest = self.buffer.split_off(end);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let first_line = self.line;
        self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        Block { first_line, bytes, broken }
    }

    fn scan(&self) -> Cut {
        if memchr::memchr(self.quote, &self.buffer).is_none() {
            return memchr::memrchr(b'\n', &self.buffer).map_or(Cut::None, |newline| Cut::At(newline + 1));
        }
        let (mut state, mut record_end, mut opened) = (State::FieldStart, 0, 0);
        for (place, &byte) in self.buffer.iter().enumerate() {
            state = match state {
                State::Quoted if byte == self.quote => State::QuoteInQuoted,
                State::Quoted if place - opened > LONGEST_FIELD => return Cut::Broken(record_end, opened),
                State::Quoted => State::Quoted,
                State::QuoteInQuoted if byte == self.quote => State::Quoted,
                State::FieldStart if byte == self.quote => {
                    opened = place;
                    State::Quoted
                }
                _ if byte == b'\n' => {
                    record_end = place + 1;
                    State::FieldStart
                }
                _ if byte == self.delimiter || byte == b'\r' => State::FieldStart,
                _ => State::Unquoted,
            };
        }
        match (record_end, state) {
            (_, State::Quoted) if self.ended => Cut::Broken(record_end, opened),
            (0, _) => Cut::None,
            _ => Cut::At(record_end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blocks(text: &[u8]) -> Vec<Block> {
        let mut reader = BlockReader::new(text, "f.csv", b',', b'"');
        std::iter::from_fn(|| reader.next_block().unwrap()).collect()
    }

    #[test]
    fn an_open_quote_costs_one_line() {
        let found = blocks(b"a,b\n1,\"x\ny\"\n2,\"open\n3,fine\n");
        let text = |b: &Block| (b.first_line, String::from_utf8(b.bytes.clone()).unwrap(), b.broken);
        assert_eq!(
            found.iter().map(text).collect::<Vec<_>>(),
            [
                (1, "a,b\n1,\"x\ny\"\n".to_owned(), false),
                (4, "2,\"open\n".to_owned(), true),
                (5, "3,fine\n".to_owned(), false)
            ]
        );
    }

    #[test]
    fn a_quote_inside_a_field_is_a_character() {
        assert_eq!(blocks(b"a\n5\" pipe\n6\n").len(), 1);
        assert_eq!(blocks(b"\xef\xbb\xbfa\n1")[0].bytes, b"a\n");
    }

    proptest! {
        #[test]
        fn no_byte_is_lost(text in proptest::collection::vec(prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), Just(b'x'), any::<u8>()], 0..300)) {
            let text: Vec<u8> = std::iter::once(b'h').chain(text).collect();
            let found = blocks(&text);
            prop_assert_eq!(found.iter().flat_map(|b| b.bytes.clone()).collect::<Vec<_>>(), text);
            let mut line = 1;
            for block in &found {
                prop_assert_eq!(block.first_line, line);
                line += memchr::memchr_iter(b'\n', &block.bytes).count() as u64;
            }
        }
    }
}
