//! The quality report: `quality.json` of a snapshot, and what a load says at its end.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a load did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadReport {
    /// Whether there is a new snapshot.
    pub outcome: Outcome,
    /// Name of the live snapshot.
    pub snapshot: String,
    /// People in it.
    pub people: u64,
    /// Events in it.
    pub events: u64,
    /// The quality of what came in.
    pub quality: Quality,
    /// How long each stage took; not part of `quality.json`, which is the same for the same input.
    pub timings: Vec<StageTime>,
}

/// Whether a load made a new snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A new snapshot is live.
    Loaded,
    /// The same files, formats and day as the live snapshot: nothing was done.
    NoChange,
}

/// Time one stage took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageTime {
    /// Its name.
    pub stage: String,
    /// Milliseconds on the clock.
    pub milliseconds: u64,
}

/// The content of `quality.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Quality {
    /// The day the snapshot describes, `YYYY-MM-DD`.
    pub as_of: String,
    /// Rows read from all sources; the sum of the next three.
    pub rows_read: u64,
    /// Rows whose content is in the snapshot.
    pub rows_loaded: u64,
    /// Rows in quarantine.
    pub rows_quarantined: u64,
    /// Exact copies of a row of the same source, left out.
    pub rows_duplicate: u64,
    /// One entry a source, in the order of the manifest.
    pub sources: Vec<SourceQuality>,
    /// How the identities were joined to people.
    pub linkage: LinkageQuality,
    /// Who is in which list.
    pub reconciliation: Reconciliation,
}

/// The quality of one source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourceQuality {
    /// The place's name of the source.
    pub id: String,
    /// The format's name.
    pub format: String,
    /// The format's title, for readers.
    pub title: String,
    /// Files read, relative to the place directory.
    pub files: Vec<String>,
    /// Rows read; the sum of the next three.
    pub rows_read: u64,
    /// Rows whose content is in the snapshot.
    pub rows_loaded: u64,
    /// Rows in quarantine.
    pub rows_quarantined: u64,
    /// Exact copies left out.
    pub rows_duplicate: u64,
    /// Events made of the loaded rows, before episodes are joined into spells.
    pub events: u64,
    /// Different identities (combinations of number, name, birth, address) met.
    pub identities: u64,
    /// People with at least one row here.
    pub people: u64,
    /// Columns of the files, in their order.
    pub columns: Vec<ColumnQuality>,
    /// Columns the format does not know, which were not read.
    pub unknown_columns: Vec<String>,
    /// Optional columns the format knows which no file had.
    pub absent_columns: Vec<String>,
    /// Why rows are in quarantine, most frequent first.
    pub quarantine: Vec<QuarantineReason>,
    /// Bad optional values of rows that were loaded, most frequent first.
    pub warnings: Vec<WarningCount>,
    /// The latest event, `YYYY-MM-DD`.
    pub latest: Option<String>,
    /// Days from the latest event to the snapshot's day.
    pub days_behind: Option<i64>,
    /// Events by month of their date, the last 36 months to the snapshot's day.
    pub months: Vec<MonthCount>,
    /// References that lead nowhere.
    pub gaps: Vec<Gap>,
    /// Against the last load; `None` at the first.
    pub change: Option<Change>,
}

/// One column of a source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ColumnQuality {
    /// Its header.
    pub name: String,
    /// Whether the format reads it.
    pub used: bool,
    /// Rows with a value.
    pub filled: u64,
    /// Of these, values that are not what the column should hold.
    pub invalid: u64,
    /// Of these, dates that stand for "not known" (1800-01-01 and the like).
    pub not_known: u64,
    /// Rows read.
    pub rows: u64,
}

/// Rows in quarantine for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QuarantineReason {
    /// The column at fault; empty where the row as a whole is.
    pub column: String,
    /// The reason.
    pub reason: String,
    /// Rows.
    pub rows: u64,
    /// The first such row: file and line.
    pub first: String,
    /// The shape of its value: letters as A, digits as 9.
    pub shape: String,
}

/// Bad optional values of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WarningCount {
    /// The column.
    pub column: String,
    /// What is wrong with the values.
    pub reason: String,
    /// How many.
    pub values: u64,
    /// The first: file and line.
    pub first: String,
    /// The shape of its value.
    pub shape: String,
}

/// Events in one month.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MonthCount {
    /// `YYYY-MM`.
    pub month: String,
    /// Events dated in it.
    pub events: u64,
}

/// References that lead nowhere: practices not among the organisations, NHS numbers not on the list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Gap {
    /// What the reference should lead to, in words.
    pub to: String,
    /// References checked.
    pub checked: u64,
    /// References that lead nowhere.
    pub missing: u64,
    /// Up to five that do not lead anywhere, where they are codes of organisations; never an NHS number.
    pub examples: Vec<String>,
}

/// One source against its last load.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Change {
    /// Rows read at the last load.
    pub rows_before: u64,
    /// Change in tenths of a percent: 125 is +12.5 %.
    pub tenths_of_percent: i64,
    /// Whether it is more than 20 % either way.
    pub warn: bool,
}

/// How the identities were joined to people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LinkageQuality {
    /// Different identities of all sources.
    pub identities: u64,
    /// People they were joined to.
    pub people: u64,
    /// People known by a valid NHS number.
    pub with_nhs_number: u64,
    /// Identities joined by a valid NHS number.
    pub by_nhs_number: u64,
    /// Identities joined by a source's own key of the person.
    pub by_local_id: u64,
    /// Sources' own keys that stand on two people (two valid NHS numbers, or one number on two people) and joined nobody.
    #[serde(default)]
    pub local_ids_refused: u64,
    /// Identities joined by comparing names, birth and address.
    pub by_comparison: u64,
    /// People who kept their identifier from the last snapshot.
    pub kept: u64,
    /// People with a new identifier.
    pub new: u64,
    /// Identifiers which ended because two people turned out to be one.
    pub merges: Vec<LinkChange>,
    /// Identifiers which came about because one person turned out to be two.
    pub splits: Vec<LinkChange>,
    /// How many merges there were; the list holds the first hundred.
    pub merge_count: u64,
    /// How many splits there were; the list holds the first hundred.
    pub split_count: u64,
}

/// A change of identifiers between two snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LinkChange {
    /// The identifier that stays.
    pub kept: u64,
    /// The identifier that ended (merge) or began (split).
    pub other: u64,
}

/// Who is in which list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reconciliation {
    /// The sources that are the list of registered people.
    pub person_lists: Vec<String>,
    /// People in every source that has people.
    pub in_all: u64,
    /// People on the list of registered people and in no other source.
    pub list_only: u64,
    /// People in no list of registered people.
    pub not_on_list: u64,
    /// People in one other source only, by source.
    pub one_source_only: BTreeMap<String, u64>,
    /// Of the people of each source, how many are not on the list of registered people.
    pub not_on_list_by_source: BTreeMap<String, u64>,
}
