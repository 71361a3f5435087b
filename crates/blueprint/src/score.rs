//! The tables of published scores over hospital diagnoses, read once from the files beside the blueprints.

use crate::model::ScoreKind;
use crate::sink::Sink;
use crate::{builtin_code_file, table};
use std::sync::OnceLock;

/// A published score: groups of diagnosis codes, each group counted at most once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScoreTable {
    /// The groups, in the order of the publication.
    pub groups: Vec<ScoreGroup>,
}

/// One condition of a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreGroup {
    /// Its name.
    pub name: String,
    /// ICD-10 stems in normal form (no dot): a diagnosis counts when it is one of these or under one of these.
    pub codes: Vec<String>,
    /// Points in tenths.
    pub weight_tenths: i64,
    /// Not counted where the group at this position is present too (diabetes beside diabetes with complications).
    pub yields_to: Option<usize>,
}

/// The table of a score. A person's score is the sum of the weights of the groups present in the window.
pub fn score_table(kind: ScoreKind) -> &'static ScoreTable {
    static HFRS: OnceLock<ScoreTable> = OnceLock::new();
    static QUAN: OnceLock<ScoreTable> = OnceLock::new();
    static SHMI: OnceLock<ScoreTable> = OnceLock::new();
    match kind {
        ScoreKind::HospitalFrailtyRisk => HFRS.get_or_init(|| codes_with_weights("codes/hfrs.csv")),
        ScoreKind::CharlsonQuan => QUAN.get_or_init(|| groups_of_codes("codes/charlson_quan.csv")),
        ScoreKind::CharlsonShmi => SHMI.get_or_init(|| groups_of_codes("codes/charlson_shmi.csv")),
    }
}

/// The rows of an embedded file. Its form is checked by a test, so that a wrong cell cannot reach a reader.
fn rows(file: &str, columns: &[&'static str]) -> Vec<table::Row> {
    let mut sink = Sink::default();
    let number = sink.add_file(file, builtin_code_file(file).unwrap_or_default());
    table::read(&mut sink, number, columns).map(|table| table.rows).unwrap_or_default()
}

fn cell(row: &table::Row, column: &str) -> String {
    row.cell(column).map(|cell| cell.text.clone()).unwrap_or_default()
}

fn weight(row: &table::Row) -> i64 {
    cell(row, "weight_tenths").parse().unwrap_or_default()
}

/// One code a row, each a group of its own.
fn codes_with_weights(file: &str) -> ScoreTable {
    let rows = rows(file, &["system", "code", "weight_tenths", "name"]);
    let group = |row: &table::Row| ScoreGroup {
        name: cell(row, "name"),
        codes: vec![cell(row, "code")],
        weight_tenths: weight(row),
        yields_to: None,
    };
    ScoreTable { groups: rows.iter().map(group).collect() }
}

/// One group a row, its codes separated by bars.
fn groups_of_codes(file: &str) -> ScoreTable {
    let rows = rows(file, &["id", "name", "weight_tenths", "yields_to", "codes"]);
    let ids: Vec<String> = rows.iter().map(|row| cell(row, "id")).collect();
    let group = |row: &table::Row| ScoreGroup {
        name: cell(row, "name"),
        codes: cell(row, "codes").split('|').map(str::to_owned).collect(),
        weight_tenths: weight(row),
        yields_to: ids.iter().position(|id| *id == cell(row, "yields_to")),
    };
    ScoreTable { groups: rows.iter().map(group).collect() }
}
