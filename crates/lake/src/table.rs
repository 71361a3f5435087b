//! A table of named, typed columns as one Parquet file: results per person, for analysts.

use crate::LakeError;
use nhs::Day;
use std::path::Path;

/// The values of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// Integers.
    I64(Vec<i64>),
    /// Numbers that may be absent, as integers in units of 10 to the minus `decimals` (at most 18).
    Number {
        /// Decimals held; 0 for whole numbers.
        decimals: u8,
        /// The values.
        values: Vec<Option<i64>>,
    },
    /// Text.
    Text(Vec<String>),
    /// Text that may be absent.
    OptionalText(Vec<Option<String>>),
    /// True or false.
    Bool(Vec<bool>),
    /// Days that may be absent.
    Date(Vec<Option<Day>>),
}

impl Column {
    /// How many values.
    pub fn len(&self) -> usize {
        match self {
            Self::I64(v) => v.len(),
            Self::Number { values, .. } => values.len(),
            Self::Text(v) => v.len(),
            Self::OptionalText(v) => v.len(),
            Self::Bool(v) => v.len(),
            Self::Date(v) => v.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A column with its name.
pub type Named = (String, Column);

/// Writes a whole table; a file of that name is replaced at the end, in one step.
pub fn write_table(path: &Path, columns: &[Named]) -> Result<(), LakeError> {
    let mut writer = TableWriter::create(path, columns)?;
    writer.append(columns)?;
    writer.finish()
}

/// Reads a table that [`write_table`] wrote.
pub fn read_table(_path: &Path) -> Result<Vec<Named>, LakeError> {
    todo!()
}

/// Writes a table part by part (a bucket at a time), so that it need not be in memory as a whole.
#[derive(Debug)]
pub struct TableWriter {}

impl TableWriter {
    /// Starts a table with the names and types of these columns; their values are not written.
    pub fn create(_path: &Path, _like: &[Named]) -> Result<Self, LakeError> {
        todo!()
    }

    /// Appends rows: columns of the same names and types, all of one length.
    pub fn append(&mut self, _columns: &[Named]) -> Result<(), LakeError> {
        todo!()
    }

    /// Puts the table on disk under its name.
    pub fn finish(self) -> Result<(), LakeError> {
        todo!()
    }
}
