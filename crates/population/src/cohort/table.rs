//! The table of people in memory, column by column as questions ask for them.

use super::Whom;
use super::bits::Bits;
use super::column::Packed;
use crate::results::Summary;
use crate::rule::ABSENT;
use crate::save::{SaveError, column_name};
use blueprint::Blueprint;
use blueprint::model::{Builtin, Expr, Feature, FeatureSource};
use lake::table::{Column, read_table_columns, read_table_words, table_rows};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sets of single conditions that are kept, so that the next step of a definition counts only what is new.
const SETS_KEPT: usize = 128;

/// One snapshot's people. A column is read from `people.parquet` when a question first asks for it and stays, in one to four
/// bytes for each person, or one bit where it is true or false. Drop the table when the snapshot changes.
#[derive(Debug)]
pub struct PeopleTable {
    path: PathBuf,
    rows: usize,
    as_of: i32,
    columns: Vec<Source>,
    builtins: Vec<Option<Builtin>>,
    segment: Option<usize>,
    loaded: Mutex<BTreeMap<usize, Arc<Packed>>>,
    sets: Mutex<FxHashMap<String, Arc<Bits>>>,
}

/// Where a column comes from.
#[derive(Debug, Clone)]
enum Source {
    /// A feature, by the name of its column.
    Feature(String),
    /// A column of words with the positions they stand for.
    Words(&'static str, Vec<String>),
}

impl PeopleTable {
    /// The table that [`crate::save::save`] wrote into this folder; nothing but its footer is read yet.
    ///
    /// Columns stand in the order of [`super::fields`]: the features of the blueprint, then the locality and the practice.
    pub fn open(folder: &Path, blueprint: &Blueprint, summary: &Summary) -> Result<Self, SaveError> {
        let path = folder.join("people.parquet");
        let rows = table_rows(&path)?;
        let mut columns: Vec<Source> = blueprint.features.iter().map(|f| Source::Feature(column_name(f))).collect();
        columns.push(Source::Words("locality", summary.localities.iter().map(|l| l.id.clone()).collect()));
        columns.push(Source::Words("practice", summary.practices.iter().map(|p| p.code.clone()).collect()));
        let builtin = |feature: &Feature| match feature.source {
            FeatureSource::Builtin(what) => Some(what),
            _ => None,
        };
        let builtins: Vec<Option<Builtin>> = blueprint.features.iter().map(builtin).collect();
        let segment = builtins.iter().position(|b| *b == Some(Builtin::Segment));
        let (loaded, sets) = (Mutex::default(), Mutex::default());
        Ok(Self { path, rows, as_of: summary.as_of, columns, builtins, segment, loaded, sets })
    }

    /// How many people the snapshot knows.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The day the features are of, in days since 1970.
    pub const fn as_of(&self) -> i32 {
        self.as_of
    }

    /// How many columns there are, loaded or not.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The column of a built-in feature, where the blueprint has it.
    pub fn builtin(&self, what: Builtin) -> Result<Option<Arc<Packed>>, SaveError> {
        self.builtins.iter().position(|b| *b == Some(what)).map(|position| self.column(position)).transpose()
    }

    /// The rule of those of a population who meet a rule.
    pub fn membership(&self, whom: Whom, rule: Expr) -> Expr {
        match (whom, self.segment) {
            (Whom::Served, Some(segment)) => Expr::All(vec![Expr::Not(Box::new(Expr::IsAbsent(segment))), rule]),
            _ => rule,
        }
    }

    /// A column, read now if it has not been before.
    pub fn column(&self, position: usize) -> Result<Arc<Packed>, SaveError> {
        if let Some(column) = lock(&self.loaded).get(&position) {
            return Ok(Arc::clone(column));
        }
        // Read outside the lock: two who ask at once both read, and one of the two stays.
        let column = Arc::new(self.read(position)?);
        Ok(Arc::clone(lock(&self.loaded).entry(position).or_insert(column)))
    }

    /// The set of a condition, worked out now if it is not kept from before.
    pub(super) fn set_of(
        &self,
        condition: &Expr,
        work: impl FnOnce() -> Result<Bits, SaveError>,
    ) -> Result<Arc<Bits>, SaveError> {
        let key = format!("{condition:?}");
        if let Some(bits) = lock(&self.sets).get(&key) {
            return Ok(Arc::clone(bits));
        }
        let bits = Arc::new(work()?);
        let mut sets = lock(&self.sets);
        if sets.len() >= SETS_KEPT {
            sets.clear();
        }
        sets.insert(key, Arc::clone(&bits));
        Ok(bits)
    }

    /// Columns in memory, and the bytes that they and the kept sets take.
    pub fn held(&self) -> (usize, usize) {
        let loaded = lock(&self.loaded);
        let sets: usize = lock(&self.sets).values().map(|bits| bits.bytes()).sum();
        (loaded.len(), loaded.values().map(|column| column.bytes()).sum::<usize>() + sets)
    }

    /// Stable identifiers of the people in a set, in the table's order. They are read anew each time.
    pub fn ids(&self, set: &Bits) -> Result<Vec<u64>, SaveError> {
        match read_table_columns(&self.path, &["person_id"])?.pop() {
            Some((_, Column::I64(ids))) if ids.len() == self.rows => {
                Ok(set.rows().filter_map(|row| ids.get(row)).map(|&id| id as u64).collect())
            }
            _ => Err(self.stale("person_id")),
        }
    }

    fn read(&self, position: usize) -> Result<Packed, SaveError> {
        let packed = match self.columns.get(position) {
            Some(Source::Feature(name)) => {
                let column = read_table_columns(&self.path, &[name])?.pop().map(|(_, column)| column);
                column.and_then(packed).ok_or_else(|| self.stale(name))?
            }
            Some(Source::Words(name, words)) => {
                let (met, rows) = read_table_words(&self.path, name)?;
                let positions: Option<Vec<i64>> =
                    met.iter().map(|word| words.iter().position(|w| w == word).map(|p| p as i64)).collect();
                let positions = positions.ok_or_else(|| self.stale(name))?;
                let value = |row: Option<u32>| row.and_then(|w| positions.get(w as usize)).copied().unwrap_or(ABSENT);
                Packed::of(&rows.into_iter().map(value).collect::<Vec<i64>>())
            }
            None => return Err(self.stale(&position.to_string())),
        };
        if packed.len() == self.rows { Ok(packed) } else { Err(self.stale("person_id")) }
    }

    fn stale(&self, column: &str) -> SaveError {
        SaveError::Stale {
            path: self.path.clone(),
            what: format!("the column {column} is not what this blueprint makes"),
        }
    }
}

fn packed(column: Column) -> Option<Packed> {
    Some(match column {
        Column::Bool(values) => Packed::Truths(Bits::of(&values, |v| v)),
        Column::I64(values) => Packed::of(&values),
        Column::Number { values, .. } => {
            Packed::of(&values.into_iter().map(|v| v.unwrap_or(ABSENT)).collect::<Vec<i64>>())
        }
        Column::Date(values) => {
            Packed::of(&values.into_iter().map(|day| day.map_or(ABSENT, |d| i64::from(d.0))).collect::<Vec<i64>>())
        }
        Column::Text(_) | Column::OptionalText(_) => return None,
    })
}

/// A panic elsewhere leaves these maps whole, so their lock is taken all the same.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
