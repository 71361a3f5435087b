//! A table of named, typed columns as one Parquet file: results per person, for analysts.

use crate::format::copy::ChunkSource;
use crate::format::event::whole;
use crate::format::reader::ParquetIn;
use crate::format::writer::{Chunk, ParquetOut};
use crate::scan::{NO_DAY, NO_NUMBER};
use crate::{LakeError, layout};
use nhs::Day;
use rustc_hash::FxHashMap;
use std::fs;
use std::path::{Path, PathBuf};

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

    /// Its type in a Parquet schema, the name to be put in.
    fn schema(&self) -> Result<(&'static str, String), LakeError> {
        Ok(match self {
            Self::I64(_) => ("required int64", String::new()),
            Self::Number { decimals: 0, .. } => ("optional int64", String::new()),
            Self::Number { decimals, .. } if *decimals <= 18 => {
                ("optional int64", format!(" (DECIMAL(18,{decimals}))"))
            }
            Self::Number { decimals, .. } => {
                return Err(LakeError::Refused(format!("{decimals} decimals, where 18 are the most")));
            }
            Self::Text(_) => ("required binary", " (UTF8)".to_owned()),
            Self::OptionalText(_) => ("optional binary", " (UTF8)".to_owned()),
            Self::Bool(_) => ("required boolean", String::new()),
            Self::Date(_) => ("optional int32", " (DATE)".to_owned()),
        })
    }

    fn chunk(&self) -> Chunk {
        match self {
            Self::I64(values) => Chunk::longs(values.iter().copied()),
            Self::Number { values, .. } => Chunk::optional_longs(values.iter().copied()),
            Self::Text(values) => Chunk::texts(values.iter()),
            Self::OptionalText(values) => Chunk::optional_texts(values.iter().map(Option::as_ref)),
            Self::Bool(values) => Chunk::Bool(values.clone()),
            Self::Date(values) => Chunk::optional_ints(values.iter().map(|d| d.map(|d| d.0))),
        }
    }

    /// Whether a value is the same as one of another column of the same type.
    pub fn is_same(&self, at: usize, other: &Self, other_at: usize) -> bool {
        match (self, other) {
            (Self::I64(a), Self::I64(b)) => a.get(at) == b.get(other_at),
            (Self::Number { values: a, .. }, Self::Number { values: b, .. }) => a.get(at) == b.get(other_at),
            (Self::Text(a), Self::Text(b)) => a.get(at) == b.get(other_at),
            (Self::OptionalText(a), Self::OptionalText(b)) => a.get(at) == b.get(other_at),
            (Self::Bool(a), Self::Bool(b)) => a.get(at) == b.get(other_at),
            (Self::Date(a), Self::Date(b)) => a.get(at) == b.get(other_at),
            _ => false,
        }
    }

    /// Appends a value of another column of the same type; false where there is none.
    pub fn push_from(&mut self, other: &Self, at: usize) -> bool {
        match (self, other) {
            (Self::I64(a), Self::I64(b)) => push(a, b, at),
            (Self::Number { values: a, .. }, Self::Number { values: b, .. }) => push(a, b, at),
            (Self::Text(a), Self::Text(b)) => push(a, b, at),
            (Self::OptionalText(a), Self::OptionalText(b)) => push(a, b, at),
            (Self::Bool(a), Self::Bool(b)) => push(a, b, at),
            (Self::Date(a), Self::Date(b)) => push(a, b, at),
            _ => false,
        }
    }

    /// The same type without values.
    #[must_use]
    pub fn emptied(&self) -> Self {
        match self {
            Self::I64(_) => Self::I64(Vec::new()),
            Self::Number { decimals, .. } => Self::Number { decimals: *decimals, values: Vec::new() },
            Self::Text(_) => Self::Text(Vec::new()),
            Self::OptionalText(_) => Self::OptionalText(Vec::new()),
            Self::Bool(_) => Self::Bool(Vec::new()),
            Self::Date(_) => Self::Date(Vec::new()),
        }
    }
}

fn push<T: Clone>(to: &mut Vec<T>, from: &[T], at: usize) -> bool {
    to.extend(from.get(at).cloned());
    at < from.len()
}

/// A column with its name: letters, digits and `_`.
pub type Named = (String, Column);

/// Writes a whole table; a file of that name is replaced at the end, in one step.
pub fn write_table(path: &Path, columns: &[Named]) -> Result<(), LakeError> {
    let mut writer = TableWriter::create(path, columns)?;
    writer.append(columns)?;
    writer.finish()
}

/// Reads a table that [`write_table`] or a [`TableWriter`] wrote.
pub fn read_table(path: &Path) -> Result<Vec<Named>, LakeError> {
    let file = ParquetIn::open(path)?;
    let mut columns = file.table_columns()?;
    for (group, rows) in file.groups().into_iter().enumerate() {
        for (name, column) in &mut columns {
            read_column(&file, group, name, rows, column)?;
        }
    }
    Ok(columns)
}

/// Reads only the columns of these names, in this order.
pub fn read_table_columns(path: &Path, names: &[&str]) -> Result<Vec<Named>, LakeError> {
    let file = ParquetIn::open(path)?;
    let all = file.table_columns()?;
    let mut columns = Vec::with_capacity(names.len());
    for &name in names {
        let found = all.iter().find(|(n, _)| n == name);
        let missing = || LakeError::NotThere(format!("column {name} is not in {}", path.display()));
        columns.push(found.cloned().ok_or_else(missing)?);
    }
    for (group, rows) in file.groups().into_iter().enumerate() {
        for (name, column) in &mut columns {
            read_column(&file, group, name, rows, column)?;
        }
    }
    Ok(columns)
}

/// How many rows a table has, from its footer alone.
pub fn table_rows(path: &Path) -> Result<usize, LakeError> {
    Ok(ParquetIn::open(path)?.groups().into_iter().sum())
}

/// A column of text as its different words, in the order met, and each row's position among them; absent where the row has
/// none. No word is held twice.
pub fn read_table_words(path: &Path, name: &str) -> Result<(Vec<String>, Vec<Option<u32>>), LakeError> {
    let file = ParquetIn::open(path)?;
    let (mut words, mut rows) = (Vec::new(), Vec::new());
    let mut known: FxHashMap<String, u32> = FxHashMap::default();
    for (group, count) in file.groups().into_iter().enumerate() {
        let number = |word: &str| {
            if let Some(&number) = known.get(word) {
                return Ok(number);
            }
            let number = u32::try_from(words.len())
                .map_err(|_| LakeError::Refused(format!("column {name} has too many different words")))?;
            words.push(word.to_owned());
            known.insert(word.to_owned(), number);
            Ok(number)
        };
        file.words(group, name, &[whole(count)], number, |word| rows.push(word))?;
    }
    Ok((words, rows))
}

fn read_column(file: &ParquetIn, group: usize, name: &str, rows: usize, column: &mut Column) -> Result<(), LakeError> {
    let pick = [whole(rows)];
    match column {
        Column::I64(values) => file.longs(group, name, &pick, NO_NUMBER, values),
        Column::Number { values, .. } => {
            let mut read = Vec::with_capacity(rows);
            file.longs(group, name, &pick, NO_NUMBER, &mut read)?;
            values.extend(read.into_iter().map(|n| (n != NO_NUMBER).then_some(n)));
            Ok(())
        }
        Column::Text(values) => file.texts(group, name, &pick, |text| {
            values.push(text.unwrap_or_default().to_owned());
            Ok(())
        }),
        Column::OptionalText(values) => file.texts(group, name, &pick, |text| {
            values.push(text.map(str::to_owned));
            Ok(())
        }),
        Column::Bool(values) => file.bools(group, name, &pick, values),
        Column::Date(values) => {
            let mut read = Vec::with_capacity(rows);
            file.ints(group, name, &pick, NO_DAY, &mut read)?;
            values.extend(read.into_iter().map(|n| (n != NO_DAY).then_some(Day(n))));
            Ok(())
        }
    }
}

/// A table that is read column by column and row group by row group.
pub struct TableReader {
    values: ParquetIn,
    chunks: ChunkSource,
    like: Vec<Named>,
}

impl TableReader {
    /// Opens a table.
    pub fn open(path: &Path) -> Result<Self, LakeError> {
        let values = ParquetIn::open(path)?;
        let like = values.table_columns()?;
        Ok(Self { values, chunks: ChunkSource::open(path)?, like })
    }

    /// Names and types of the columns, without values.
    pub fn columns(&self) -> &[Named] {
        &self.like
    }

    /// Rows of each row group.
    pub fn groups(&self) -> Vec<usize> {
        self.values.groups()
    }

    /// The values of one column in one row group.
    pub fn column(&self, group: usize, column: usize) -> Result<Column, LakeError> {
        let missing = || LakeError::NotThere(format!("column number {column} is not in the table"));
        let (name, empty) = self.like.get(column).ok_or_else(missing)?;
        let rows = self.groups().get(group).copied().ok_or_else(missing)?;
        let mut values = empty.clone();
        read_column(&self.values, group, name, rows, &mut values)?;
        Ok(values)
    }
}

/// Writes a table part by part (a bucket at a time), so that it need not be in memory as a whole. Dropping it without
/// [`TableWriter::finish`] leaves what stood under the name before.
#[derive(Debug)]
pub struct TableWriter {
    path: PathBuf,
    writing: PathBuf,
    like: Vec<Named>,
    out: Option<ParquetOut>,
}

impl TableWriter {
    /// Starts a table with the names and types of these columns; their values are not written.
    pub fn create(path: &Path, like: &[Named]) -> Result<Self, LakeError> {
        Self::create_with(path, like, &[])
    }

    /// As [`TableWriter::create`]; of the columns named in `different`, whole numbers which hardly ever repeat (identifiers), each is
    /// written by its difference from the one before it, and no list of different values is made.
    pub fn create_with(path: &Path, like: &[Named], different: &[&str]) -> Result<Self, LakeError> {
        let mut schema = String::from("message table {\n");
        for (number, (name, column)) in like.iter().enumerate() {
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return Err(LakeError::Refused(format!("{name:?} cannot name a column; use letters, digits and '_'")));
            }
            if like[..number].iter().any(|(other, _)| other == name) {
                return Err(LakeError::Refused(format!("two columns have the name {name}")));
            }
            let (kind, logical) = column.schema()?;
            schema.extend(["    ", kind, " ", name, &logical, ";\n"]);
        }
        schema.push('}');
        let mut writing = path.as_os_str().to_owned();
        writing.push(".writing");
        let writing = PathBuf::from(writing);
        let whole = |name: &&&str| like.iter().any(|(own, column)| own == *name && matches!(column, Column::I64(_)));
        let different: Vec<&str> = different.iter().filter(whole).copied().collect();
        let out = ParquetOut::create(&writing, &schema, &different)?;
        let like = like.iter().map(|(name, column)| (name.clone(), column.emptied())).collect();
        Ok(Self { path: path.to_owned(), writing, like, out: Some(out) })
    }

    /// Appends rows: columns of the same names and types, all of one length.
    pub fn append(&mut self, columns: &[Named]) -> Result<(), LakeError> {
        let rows = columns.first().map_or(0, |(_, c)| c.len());
        let fits = columns.len() == self.like.len()
            && columns.iter().zip(&self.like).all(|((name, column), (own_name, own))| {
                name == own_name && column.len() == rows && column.emptied() == *own
            });
        if !fits {
            return Err(LakeError::Refused("the columns are not those of the table, or not of one length".to_owned()));
        }
        match &mut self.out {
            Some(out) if rows > 0 => out.row_group(&columns.iter().map(|(_, c)| c.chunk()).collect::<Vec<_>>()),
            _ => Ok(()),
        }
    }

    /// Appends a row group of which some columns are those of another table's row group, value for value: `None` takes such a
    /// column over as it is on disk.
    pub fn append_from(
        &mut self,
        source: &TableReader,
        group: usize,
        columns: &[Option<Column>],
    ) -> Result<(), LakeError> {
        let rows = source.groups().get(group).copied().unwrap_or(0);
        let fits = columns.len() == self.like.len()
            && source.like.iter().zip(&self.like).all(|(theirs, own)| theirs == own)
            && columns.iter().zip(&self.like).all(|(column, (_, own))| {
                column.as_ref().is_none_or(|column| column.len() == rows && column.emptied() == *own)
            });
        if !fits || rows == 0 {
            return Err(LakeError::Refused("the columns are not those of the table, or not of one length".to_owned()));
        }
        let Some(out) = &mut self.out else { return Ok(()) };
        let chunks: Vec<Option<Chunk>> = columns.iter().map(|column| column.as_ref().map(Column::chunk)).collect();
        out.row_group_from(&source.chunks, group, &chunks)
    }

    /// Puts the table on disk under its name.
    pub fn finish(mut self) -> Result<(), LakeError> {
        if let Some(out) = self.out.take() {
            out.finish()?;
        }
        fs::rename(&self.writing, &self.path).map_err(|e| LakeError::io("write", &self.path, e))?;
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => layout::sync_folder(folder),
            _ => Ok(()),
        }
    }
}

impl Drop for TableWriter {
    fn drop(&mut self) {
        // After `finish` the file bears its real name, and there is nothing to remove.
        let _ = fs::remove_file(&self.writing);
    }
}
