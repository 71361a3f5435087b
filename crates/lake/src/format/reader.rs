//! Reading columns: only the columns and rows asked for.

use super::guard::{check_footer, guarded};
use crate::LakeError;
use crate::table::{Column, Named};
use parquet::basic::{ConvertedType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{BoolType, ByteArray, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::statistics::Statistics;
use rustc_hash::FxHashMap;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A Parquet file of the lake, opened.
pub(crate) struct ParquetIn {
    path: PathBuf,
    reader: SerializedFileReader<File>,
}

impl ParquetIn {
    pub(crate) fn open(path: &Path) -> Result<Self, LakeError> {
        let file = File::open(path).map_err(|e| LakeError::io("read", path, e))?;
        let reader = guarded(|| SerializedFileReader::new(file)).map_err(|e| LakeError::damaged(path, e))?;
        check_footer(reader.metadata()).map_err(|e| LakeError::damaged(path, e))?;
        Ok(Self { path: path.to_owned(), reader })
    }

    /// Rows of each row group.
    pub(crate) fn groups(&self) -> Vec<usize> {
        self.reader.metadata().row_groups().iter().map(|g| usize::try_from(g.num_rows()).unwrap_or(0)).collect()
    }

    /// Rows of the file; an error where the manifest says otherwise.
    pub(crate) fn expect_rows(&self, rows: u64) -> Result<(), LakeError> {
        let found = self.reader.metadata().file_metadata().num_rows();
        if u64::try_from(found) == Ok(rows) {
            return Ok(());
        }
        Err(self.damaged(format!("it has {found} rows, the manifest says {rows}")))
    }

    /// Bytes on disk of each column, over all row groups, in the order of the schema.
    pub(crate) fn sizes(&self) -> Vec<(String, u64)> {
        let metadata = self.reader.metadata();
        let columns = metadata.file_metadata().schema_descr().columns();
        let of =
            |place: usize| -> i64 { metadata.row_groups().iter().map(|g| g.column(place).compressed_size()).sum() };
        let sized = columns.iter().enumerate();
        sized.map(|(place, column)| (column.name().to_owned(), u64::try_from(of(place)).unwrap_or(0))).collect()
    }

    pub(crate) fn damaged(&self, why: impl std::fmt::Display) -> LakeError {
        LakeError::damaged(&self.path, why)
    }

    fn position(&self, name: &str) -> Result<usize, LakeError> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        let found = schema.columns().iter().position(|c| c.name() == name);
        found.ok_or_else(|| self.damaged(format!("column {name} is not there")))
    }

    /// Whether a row group can hold a value of an unsigned column, by its statistics.
    pub(crate) fn may_hold(&self, group: usize, name: &str, value: u32) -> Result<bool, LakeError> {
        let column = self.position(name)?;
        Ok(match self.reader.metadata().row_group(group).column(column).statistics() {
            Some(Statistics::Int32(s)) => match (s.min_opt(), s.max_opt()) {
                (Some(&min), Some(&max)) => (min as u32..=max as u32).contains(&value),
                _ => true,
            },
            _ => true,
        })
    }

    /// The columns of a table by their names and types, without values.
    pub(crate) fn table_columns(&self) -> Result<Vec<Named>, LakeError> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        let mut columns = Vec::with_capacity(schema.num_columns());
        for column in schema.columns() {
            let optional = column.max_def_level() > 0;
            let decimals = u8::try_from(column.type_scale().max(0)).unwrap_or(0);
            let empty = match (column.physical_type(), column.converted_type(), optional) {
                (Type::INT64, _, false) => Column::I64(Vec::new()),
                (Type::INT64, _, true) => Column::Number { decimals, values: Vec::new() },
                (Type::BYTE_ARRAY, ConvertedType::UTF8, false) => Column::Text(Vec::new()),
                (Type::BYTE_ARRAY, ConvertedType::UTF8, true) => Column::OptionalText(Vec::new()),
                (Type::BOOLEAN, _, false) => Column::Bool(Vec::new()),
                (Type::INT32, ConvertedType::DATE, true) => Column::Date(Vec::new()),
                _ => {
                    return Err(
                        self.damaged(format!("column {} is of a type that no table of the lake has", column.name()))
                    );
                }
            };
            columns.push((column.name().to_owned(), empty));
        }
        Ok(columns)
    }

    fn column(&self, group: usize, name: &str) -> Result<ColumnReader, LakeError> {
        let column = self.position(name)?;
        guarded(|| self.reader.get_row_group(group)?.get_column_reader(column)).map_err(|e| self.damaged(e))
    }

    /// Values of a 32-bit column at the rows picked (ascending, within the row group); absent ones are `none`.
    pub(crate) fn ints(
        &self,
        group: usize,
        name: &str,
        pick: &[Range<usize>],
        none: i32,
        out: &mut Vec<i32>,
    ) -> Result<(), LakeError> {
        match self.column(group, name)? {
            ColumnReader::Int32ColumnReader(column) => self.fill::<Int32Type>(column, pick, &none, out),
            _ => Err(self.damaged(format!("column {name} is not of 32 bits"))),
        }
    }

    /// The same of a 64-bit column.
    pub(crate) fn longs(
        &self,
        group: usize,
        name: &str,
        pick: &[Range<usize>],
        none: i64,
        out: &mut Vec<i64>,
    ) -> Result<(), LakeError> {
        match self.column(group, name)? {
            ColumnReader::Int64ColumnReader(column) => self.fill::<Int64Type>(column, pick, &none, out),
            _ => Err(self.damaged(format!("column {name} is not of 64 bits"))),
        }
    }

    /// The same of a column of truths.
    pub(crate) fn bools(
        &self,
        group: usize,
        name: &str,
        pick: &[Range<usize>],
        out: &mut Vec<bool>,
    ) -> Result<(), LakeError> {
        match self.column(group, name)? {
            ColumnReader::BoolColumnReader(column) => self.fill::<BoolType>(column, pick, &false, out),
            _ => Err(self.damaged(format!("column {name} is not of true and false"))),
        }
    }

    /// Hands each text picked to `each`, `None` where it is absent.
    pub(crate) fn texts(
        &self,
        group: usize,
        name: &str,
        pick: &[Range<usize>],
        mut each: impl FnMut(Option<&str>) -> Result<(), LakeError>,
    ) -> Result<(), LakeError> {
        self.byte_arrays(group, name, pick, |value| match value {
            Some(value) => each(Some(value.as_utf8().map_err(|e| self.damaged(e))?)),
            None => each(None),
        })
    }

    /// Hands what `read` makes of each text picked to `each`. A text that a dictionary page holds is read once: as long as
    /// the column is in memory, its place there stands for it.
    pub(crate) fn words<T: Copy>(
        &self,
        group: usize,
        name: &str,
        pick: &[Range<usize>],
        mut read: impl FnMut(&str) -> Result<T, LakeError>,
        mut each: impl FnMut(Option<T>),
    ) -> Result<(), LakeError> {
        let mut known: FxHashMap<(usize, usize), T> = FxHashMap::default();
        self.byte_arrays(group, name, pick, |value| {
            let Some(value) = value else {
                each(None);
                return Ok(());
            };
            let place = (value.data().as_ptr() as usize, value.len());
            let word = if let Some(&word) = known.get(&place) {
                word
            } else {
                let word = read(value.as_utf8().map_err(|e| self.damaged(e))?)?;
                known.insert(place, word);
                word
            };
            each(Some(word));
            Ok(())
        })
    }

    /// All values picked are in memory while `each` sees them one by one.
    fn byte_arrays(
        &self,
        group: usize,
        name: &str,
        pick: &[Range<usize>],
        mut each: impl FnMut(Option<&ByteArray>) -> Result<(), LakeError>,
    ) -> Result<(), LakeError> {
        let ColumnReader::ByteArrayColumnReader(mut column) = self.column(group, name)? else {
            return Err(self.damaged(format!("column {name} is not text")));
        };
        let (mut at, mut present, mut values) = (0, Vec::new(), Vec::new());
        for range in pick {
            present.clear();
            values.clear();
            let count = self.pull(&mut column, &mut at, range, &mut present, &mut values)?;
            if count == range.len() {
                values.iter().try_for_each(|value| each(Some(value)))?;
                continue;
            }
            let mut values = values.iter();
            for &level in &present {
                each(if level == 0 { None } else { values.next() })?;
            }
        }
        Ok(())
    }

    fn fill<T: DataType>(
        &self,
        mut column: ColumnReaderImpl<T>,
        pick: &[Range<usize>],
        none: &T::T,
        out: &mut Vec<T::T>,
    ) -> Result<(), LakeError> {
        let (mut at, mut present) = (0, Vec::new());
        for range in pick {
            present.clear();
            let before = out.len();
            if self.pull(&mut column, &mut at, range, &mut present, out)? < range.len() {
                spread(out, before, &present, none);
            }
        }
        Ok(())
    }

    /// Reads the rows of a range, from the row `at` on, and says how many values are there. `present` has a level for each
    /// row where values can be absent.
    fn pull<T: DataType>(
        &self,
        column: &mut ColumnReaderImpl<T>,
        at: &mut usize,
        range: &Range<usize>,
        present: &mut Vec<i16>,
        out: &mut Vec<T::T>,
    ) -> Result<usize, LakeError> {
        let (skip, wanted) = (range.start.saturating_sub(*at), range.len());
        let missing = || self.damaged("it ends before the rows that its index promises");
        if skip > 0 && guarded(|| column.skip_records(skip)).map_err(|e| self.damaged(e))? != skip {
            return Err(missing());
        }
        let (records, values, _) = guarded(|| read_all(column, wanted, present, out)).map_err(|e| self.damaged(e))?;
        *at = range.end;
        if records == wanted { Ok(values) } else { Err(missing()) }
    }
}

fn read_all<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    wanted: usize,
    present: &mut Vec<i16>,
    out: &mut Vec<T::T>,
) -> Result<(usize, usize, usize), ParquetError> {
    let mut total = (0, 0, 0);
    while total.0 < wanted {
        let (records, values, levels) = column.read_records(wanted - total.0, Some(present), None, out)?;
        if records == 0 {
            break;
        }
        total = (total.0 + records, total.1 + values, total.2 + levels);
    }
    Ok(total)
}

/// Moves the values after `start`, which stand without gaps, to their rows, from the last to the first.
fn spread<T: Clone>(out: &mut Vec<T>, start: usize, present: &[i16], none: &T) {
    let mut from = out.len();
    out.resize(start + present.len(), none.clone());
    for (row, &level) in present.iter().enumerate().rev() {
        let to = start + row;
        if level == 0 {
            out[to] = none.clone();
        } else {
            from -= 1;
            out.swap(from, to);
        }
    }
}
