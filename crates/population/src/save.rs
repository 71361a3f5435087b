//! Results on disk: `people.parquet`, a table that `DuckDB`, Polars, R or Python open as it is, and `summary.json`.

use crate::compute::Computed;
use crate::refresh::Kept;
use crate::results::{NOWHERE, People, Summary};
use crate::rule::ABSENT;
use blueprint::Blueprint;
use blueprint::model::{Feature, ValueType};
use lake::LakeError;
use lake::table::{Column, Named, TableWriter, read_table_columns};
use nhs::Day;
use serde::{Serialize, de::DeserializeOwned};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Why results cannot be kept or opened. Messages complete "failed to ...".
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The table of people.
    #[error(transparent)]
    Table(#[from] LakeError),
    /// A file cannot be written or read.
    #[error("write or read {path}: {source}; free some space or correct the folder's permissions", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The results were made by another blueprint or version.
    #[error("read {path}: {what}; compute again with `vanguard population`", path = path.display())]
    Stale {
        /// Which file.
        path: PathBuf,
        /// What does not fit.
        what: String,
    },
}

/// Writes the results of a computation into a folder, the summary last, so that a folder with a summary is whole.
pub fn save(folder: &Path, computed: &Computed, blueprint: &Blueprint) -> Result<(), SaveError> {
    std::fs::create_dir_all(folder).map_err(|source| SaveError::File { path: folder.to_owned(), source })?;
    save_people(&folder.join(PEOPLE), &computed.people, &computed.summary, blueprint)?;
    save_json(&folder.join(SUMS), &computed.kept)?;
    save_json(&folder.join(SUMMARY), &computed.summary)
}

/// One row for each person.
pub(crate) const PEOPLE: &str = "people.parquet";
/// The sums behind the summary, for the next refresh.
pub(crate) const SUMS: &str = "sums.json";
/// The summary.
pub(crate) const SUMMARY: &str = "summary.json";

/// Reads what [`save`] wrote, with the same blueprint.
pub fn open(folder: &Path, blueprint: &Blueprint) -> Result<Computed, SaveError> {
    let summary: Summary = open_json(&folder.join(SUMMARY))?;
    let path = folder.join(PEOPLE);
    let people = open_people(&path, &summary, blueprint)?;
    Ok(Computed { people, summary, kept: Kept::default() })
}

/// People written at a time: a table of a million people with all features never stands in memory twice.
pub(crate) const ROWS: usize = 65_536;

fn save_people(path: &Path, people: &People, summary: &Summary, blueprint: &Blueprint) -> Result<(), SaveError> {
    let mut writer = TableWriter::create(path, &table(people, 0..0, summary, blueprint))?;
    for from in (0..people.len()).step_by(ROWS) {
        let rows = from..people.len().min(from + ROWS);
        writer.append(&table(people, rows, summary, blueprint))?;
    }
    Ok(writer.finish()?)
}

/// Writes a value as JSON beside its place, then puts it there in one step.
pub fn save_json<T: Serialize>(path: &Path, value: &T) -> Result<(), SaveError> {
    let failed = |source: std::io::Error| SaveError::File { path: path.to_owned(), source };
    let text = serde_json::to_vec_pretty(value).map_err(|e| failed(e.into()))?;
    let beside = path.with_extension("json.part");
    std::fs::write(&beside, text).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}

/// Reads a JSON file of the results folder.
pub fn open_json<T: DeserializeOwned>(path: &Path) -> Result<T, SaveError> {
    let text = std::fs::read(path).map_err(|source| SaveError::File { path: path.to_owned(), source })?;
    serde_json::from_slice(&text).map_err(|e| SaveError::Stale { path: path.to_owned(), what: e.to_string() })
}

/// Names of the columns before the features.
pub(crate) const FIXED: [&str; 6] = ["person_id", "age", "segment", "tier", "locality", "practice"];

pub(crate) fn table(people: &People, rows: Range<usize>, summary: &Summary, blueprint: &Blueprint) -> Vec<Named> {
    let words = |positions: &[u16], word: &dyn Fn(usize) -> String| {
        Column::OptionalText(
            positions[rows.clone()]
                .iter()
                .map(|&p| (p != NOWHERE).then(|| word(usize::from(p))))
                .collect::<Vec<Option<String>>>(),
        )
    };
    let ages = people.age[rows.clone()].iter().map(|&age| (age >= 0).then_some(i64::from(age))).collect();
    let fixed = [
        Column::I64(people.id[rows.clone()].iter().map(|&id| id as i64).collect()),
        Column::Number { decimals: 0, values: ages },
        words(&people.segment, &|p| summary.segments[p].id.clone()),
        words(&people.tier, &|p| summary.tiers[p].id.clone()),
        words(&people.locality, &|p| summary.localities[p].id.clone()),
        words(&people.practice, &|p| summary.practices[p].code.clone()),
    ];
    let mut named: Vec<Named> = FIXED.iter().map(|&name| name.to_owned()).zip(fixed).collect();
    for (feature, values) in blueprint.features.iter().zip(&people.features) {
        named.push((column_name(feature), column(feature.value, &values[rows.clone()])));
    }
    named
}

/// A feature's column bears its identifier, unless a column before the features already does.
pub(crate) fn column_name(feature: &Feature) -> String {
    if FIXED.contains(&feature.id.as_str()) { format!("feature_{}", feature.id) } else { feature.id.clone() }
}

/// A column of the lake from values with [`ABSENT`] for none.
pub(crate) fn column(value: ValueType, values: &[i64]) -> Column {
    let optional = |v: &i64| (*v != ABSENT).then_some(*v);
    match value {
        ValueType::Bool => Column::Bool(values.iter().map(|&v| v == 1).collect()),
        ValueType::Number { decimals } => Column::Number { decimals, values: values.iter().map(optional).collect() },
        ValueType::Date => {
            Column::Date(values.iter().map(|v| optional(v).and_then(|day| i32::try_from(day).ok()).map(Day)).collect())
        }
        ValueType::Choice => Column::Number { decimals: 0, values: values.iter().map(optional).collect() },
    }
}

/// Reads the table column by column, so that no more than one stands in memory twice.
fn open_people(path: &Path, summary: &Summary, blueprint: &Blueprint) -> Result<People, SaveError> {
    let mut people = People { features: Vec::with_capacity(blueprint.features.len()), ..People::default() };
    let fixed = FIXED.iter().map(|&name| name.to_owned());
    for (position, name) in fixed.chain(blueprint.features.iter().map(column_name)).enumerate() {
        for (name, column) in read_table_columns(path, &[&name])? {
            put(&mut people, position, &name, column, summary)
                .map_err(|what| SaveError::Stale { path: path.to_owned(), what })?;
        }
    }
    Ok(people)
}

fn put(people: &mut People, position: usize, name: &str, column: Column, summary: &Summary) -> Result<(), String> {
    let wrong = || format!("the column {name} is not what this blueprint makes");
    match (position, column) {
        (0, Column::I64(ids)) => people.id = ids.into_iter().map(|id| id as u64).collect(),
        (1, Column::Number { values, .. }) => {
            people.age = values.into_iter().map(|age| age.map_or(-1, |a| a as i16)).collect();
        }
        (2, Column::OptionalText(words)) => {
            people.segment = positions(&words, &summary.segments, |s| &s.id).ok_or_else(wrong)?;
        }
        (3, Column::OptionalText(words)) => {
            people.tier = positions(&words, &summary.tiers, |t| &t.id).ok_or_else(wrong)?;
        }
        (4, Column::OptionalText(words)) => {
            people.locality = positions(&words, &summary.localities, |l| &l.id).ok_or_else(wrong)?;
        }
        (5, Column::OptionalText(words)) => {
            people.practice = positions(&words, &summary.practices, |p| &p.code).ok_or_else(wrong)?;
        }
        (position, _) if position < FIXED.len() => return Err(wrong()),
        (_, column) => people.features.push(values(column).ok_or_else(wrong)?),
    }
    Ok(())
}

fn positions<T>(words: &[Option<String>], groups: &[T], id: impl Fn(&T) -> &String) -> Option<Vec<u16>> {
    let of: std::collections::HashMap<&str, u16> =
        groups.iter().enumerate().map(|(position, group)| (id(group).as_str(), position as u16)).collect();
    words.iter().map(|word| word.as_ref().map_or(Some(NOWHERE), |w| of.get(w.as_str()).copied())).collect()
}

fn values(column: Column) -> Option<Vec<i64>> {
    Some(match column {
        Column::Bool(values) => values.into_iter().map(i64::from).collect(),
        Column::Number { values, .. } => values.into_iter().map(|v| v.unwrap_or(ABSENT)).collect(),
        Column::Date(values) => values.into_iter().map(|day| day.map_or(ABSENT, |d| i64::from(d.0))).collect(),
        Column::I64(values) => values,
        Column::Text(_) | Column::OptionalText(_) => return None,
    })
}
