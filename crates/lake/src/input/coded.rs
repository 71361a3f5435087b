//! A column of texts whose values stand in a dictionary: each distinct text is read once, and a row is a small number.

use super::hybrid::{Hybrid, broken};
use super::word::Word;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;

/// Texts one behind the other, numbered from 1; 0 is the empty text.
#[derive(Debug)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Default for Texts {
    fn default() -> Self {
        Self { text: String::new(), ends: vec![0] }
    }
}

impl Texts {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.truncate(1);
    }

    fn push(&mut self, word: Word, value: &[u8]) {
        word.bytes(value, &mut self.text);
        self.ends.push(self.text.len());
    }

    fn get(&self, number: usize) -> &str {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[number]]
    }

    fn count(&self) -> usize {
        self.ends.len() - 1
    }
}

/// The values of a page.
enum Values {
    /// Places in the dictionary.
    Places(Hybrid),
    /// The texts themselves, from here on.
    Plain(usize),
}

/// A column of texts, and the rows read last.
pub(super) struct CodedColumn {
    pages: Box<dyn PageReader>,
    word: Word,
    optional: bool,
    dictionary: Texts,
    /// The page in hand: its bytes, its rows left, which of them are there, and the values.
    page: Vec<u8>,
    left: usize,
    present: Hybrid,
    values: Values,
    /// For each row 0 where the value is absent, then the dictionary's texts, then those of `plain`.
    codes: Vec<u32>,
    plain: Texts,
    there: Vec<u32>,
    places: Vec<u32>,
}

impl CodedColumn {
    /// Whether a column can be read so: texts or bytes without lists around them, in the plain encodings.
    pub(super) fn can_read(column: &ColumnChunkMetaData) -> bool {
        let descriptor = column.column_descr();
        let plain = |encoding| {
            matches!(encoding, Encoding::PLAIN | Encoding::RLE | Encoding::RLE_DICTIONARY)
                || encoding == Encoding::PLAIN_DICTIONARY
        };
        descriptor.physical_type() == Type::BYTE_ARRAY
            && descriptor.max_rep_level() == 0
            && descriptor.max_def_level() <= 1
            && column.encodings().all(plain)
    }

    pub(super) fn new(pages: Box<dyn PageReader>, column: &ColumnChunkMetaData) -> Result<Self, ParquetError> {
        Ok(Self {
            pages,
            word: Word::of(column.column_descr())?,
            optional: column.column_descr().max_def_level() > 0,
            dictionary: Texts::default(),
            page: Vec::new(),
            left: 0,
            present: Hybrid::default(),
            values: Values::Plain(0),
            codes: Vec::new(),
            plain: Texts::default(),
            there: Vec::new(),
            places: Vec::new(),
        })
    }

    /// The text of a row of the batch.
    pub(super) fn text(&self, row: usize) -> &str {
        let (code, known) = (self.codes[row] as usize, self.dictionary.count());
        if code <= known { self.dictionary.get(code) } else { self.plain.get(code - known) }
    }

    /// The number of a row's text in the dictionary, 0 for an absent value; `None` where the text stands for itself.
    pub(super) fn code(&self, row: usize) -> Option<u32> {
        Some(self.codes[row]).filter(|code| *code as usize <= self.dictionary.count())
    }

    /// Reads the next rows; an error where there are fewer.
    pub(super) fn read(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.codes.clear();
        self.plain.clear();
        while self.codes.len() < rows {
            if self.left == 0 {
                self.next_page()?;
                continue;
            }
            let count = self.left.min(rows - self.codes.len());
            self.some(count)?;
            self.left -= count;
        }
        Ok(())
    }

    /// Reads rows of the page in hand.
    fn some(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.there.clear();
        if self.optional {
            self.present.read(&self.page, rows, &mut self.there)?;
        }
        let count = if self.optional { self.there.iter().filter(|there| **there == 1).count() } else { rows };
        self.places.clear();
        let known = self.dictionary.count();
        match &mut self.values {
            Values::Places(places) => {
                places.read(&self.page, count, &mut self.places)?;
                if self.places.iter().any(|place| *place as usize >= known) {
                    return Err(broken());
                }
                self.places.iter_mut().for_each(|place| *place += 1);
            }
            Values::Plain(at) => {
                for _ in 0..count {
                    let (value, next) = counted(&self.page, *at)?;
                    self.plain.push(self.word, value);
                    *at = next;
                    let code = u32::try_from(known + self.plain.count()).map_err(|_| broken())?;
                    self.places.push(code);
                }
            }
        }
        if count == rows {
            self.codes.extend_from_slice(&self.places);
        } else {
            let mut places = self.places.iter();
            let mut next = |there: &u32| if *there == 1 { places.next().copied().unwrap_or(0) } else { 0 };
            self.codes.extend(self.there.iter().map(&mut next));
        }
        Ok(())
    }

    fn next_page(&mut self) -> Result<(), ParquetError> {
        let ended = || ParquetError::EOF("the file ends before its last row".to_owned());
        match self.pages.get_next_page()?.ok_or_else(ended)? {
            Page::DictionaryPage { buf, num_values, .. } => {
                self.dictionary.clear();
                let mut at = 0;
                for _ in 0..num_values {
                    let (value, next) = counted(&buf, at)?;
                    self.dictionary.push(self.word, value);
                    at = next;
                }
            }
            Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
                self.put(&buf, num_values);
                let mut at = 0;
                if self.optional {
                    if def_level_encoding != Encoding::RLE {
                        return Err(broken());
                    }
                    let (levels, next) = counted(&self.page, 0)?;
                    (self.present, at) = (Hybrid::new(1, next - levels.len(), next)?, next);
                }
                self.values = self.values_from(encoding, at)?;
            }
            Page::DataPageV2 { buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, .. } => {
                self.put(&buf, num_values);
                let from = rep_levels_byte_len as usize;
                let at = from + def_levels_byte_len as usize;
                if at > self.page.len() {
                    return Err(broken());
                }
                self.present = Hybrid::new(1, from, at)?;
                self.values = self.values_from(encoding, at)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, bytes: &[u8], rows: u32) {
        self.page.clear();
        self.page.extend_from_slice(bytes);
        self.left = rows as usize;
    }

    /// The values of the page in hand, which begin at a byte.
    fn values_from(&self, encoding: Encoding, at: usize) -> Result<Values, ParquetError> {
        match encoding {
            Encoding::PLAIN => Ok(Values::Plain(at)),
            Encoding::RLE_DICTIONARY => match self.page.get(at) {
                Some(width) => Ok(Values::Places(Hybrid::new(*width, at + 1, self.page.len())?)),
                // A page without a value.
                None => Ok(Values::Plain(at)),
            },
            _ if encoding == Encoding::PLAIN_DICTIONARY => self.values_from(Encoding::RLE_DICTIONARY, at),
            _ => Err(broken()),
        }
    }
}

/// The bytes behind their own number in four bytes, and where they end.
fn counted(bytes: &[u8], at: usize) -> Result<(&[u8], usize), ParquetError> {
    let head = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or_else(broken)?;
    let from = at + 4;
    let to = from + u32::from_le_bytes(*head) as usize;
    Ok((bytes.get(from..to).ok_or_else(broken)?, to))
}
