//! A partner's Parquet file column by column, in its own types: for files whose form is known and whose size matters.

use crate::LakeError;
use crate::format::event::whole;
use crate::format::reader::ParquetIn;
use crate::{NO_DAY, NO_NUMBER};
use std::path::Path;

/// A Parquet file with flat columns, opened.
pub struct ColumnFile {
    file: ParquetIn,
    rows: Vec<usize>,
}

impl std::fmt::Debug for ColumnFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ColumnFile").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl ColumnFile {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, LakeError> {
        let file = ParquetIn::open(path)?;
        let rows = file.groups();
        Ok(Self { file, rows })
    }

    /// Rows of each of its groups of rows.
    pub fn groups(&self) -> &[usize] {
        &self.rows
    }

    /// Appends a column of 32 bits (or fewer, or days since 1 January 1970) of one group; absent values are [`NO_DAY`].
    pub fn ints(&self, group: usize, name: &str, out: &mut Vec<i32>) -> Result<(), LakeError> {
        self.file.ints(group, name, &[whole(self.rows[group])], NO_DAY, out)
    }

    /// Appends a column of 64 bits; absent values are [`NO_NUMBER`].
    pub fn longs(&self, group: usize, name: &str, out: &mut Vec<i64>) -> Result<(), LakeError> {
        self.file.longs(group, name, &[whole(self.rows[group])], NO_NUMBER, out)
    }

    /// Appends a column of truths; absent values are false.
    pub fn bools(&self, group: usize, name: &str, out: &mut Vec<bool>) -> Result<(), LakeError> {
        self.file.bools(group, name, &[whole(self.rows[group])], out)
    }

    /// Hands over a column of text; absent values are `None`.
    pub fn texts(&self, group: usize, name: &str, mut each: impl FnMut(Option<&str>)) -> Result<(), LakeError> {
        self.file.texts(group, name, &[whole(self.rows[group])], |text| {
            each(text);
            Ok(())
        })
    }

    /// Appends a number for each text of a column, as `number` gives them; absent values are 0. Each text of the file's own
    /// dictionary is asked about once.
    pub fn numbered(
        &self,
        group: usize,
        name: &str,
        mut number: impl FnMut(&str) -> u32,
        out: &mut Vec<u32>,
    ) -> Result<(), LakeError> {
        let pick = [whole(self.rows[group])];
        self.file.words(group, name, &pick, |text| Ok(number(text)), |word| out.push(word.unwrap_or(0)))
    }
}
