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

/// The table of a published score; `None` for a table that the blueprint itself brings ([`ScoreKind::Loaded`]).
/// A person's score is the sum of the weights of the groups present in the window.
pub fn published(kind: ScoreKind) -> Option<&'static ScoreTable> {
    const QUAN: &str = "codes/charlson_quan.csv";
    const ELIXHAUSER: &str = "codes/elixhauser_quan.csv";
    static TABLES: [OnceLock<ScoreTable>; 10] = [const { OnceLock::new() }; 10];
    let (place, file, weights) = match kind {
        ScoreKind::HospitalFrailtyRisk => {
            return Some(TABLES[0].get_or_init(|| codes_with_weights("codes/hfrs.csv")));
        }
        ScoreKind::CharlsonQuan => (1, QUAN, "weight_tenths"),
        ScoreKind::CharlsonOriginal => (2, QUAN, "original_tenths"),
        ScoreKind::CharlsonSchneeweiss => (3, QUAN, "schneeweiss_tenths"),
        ScoreKind::CharlsonShmi => (4, "codes/charlson_shmi.csv", "weight_tenths"),
        ScoreKind::ElixhauserCount => (5, ELIXHAUSER, "count_tenths"),
        ScoreKind::ElixhauserVanWalraven => (6, ELIXHAUSER, "van_walraven_tenths"),
        ScoreKind::ElixhauserSwiss => (7, ELIXHAUSER, "swiss_tenths"),
        ScoreKind::ElixhauserThompson30 => (8, ELIXHAUSER, "thompson_30_tenths"),
        ScoreKind::ElixhauserThompson29 => (9, ELIXHAUSER, "thompson_29_tenths"),
        ScoreKind::Loaded(_) => return None,
    };
    Some(TABLES[place].get_or_init(|| groups_of_codes(file, weights)))
}

/// The same, an empty table for a score that is not published.
pub fn score_table(kind: ScoreKind) -> &'static ScoreTable {
    static EMPTY: ScoreTable = ScoreTable { groups: Vec::new() };
    published(kind).unwrap_or(&EMPTY)
}

/// Names of the published scores as blueprints write them.
pub const PUBLISHED: [(&str, ScoreKind); 10] = [
    ("hospital_frailty_risk", ScoreKind::HospitalFrailtyRisk),
    ("charlson_quan", ScoreKind::CharlsonQuan),
    ("charlson_original", ScoreKind::CharlsonOriginal),
    ("charlson_schneeweiss", ScoreKind::CharlsonSchneeweiss),
    ("charlson_shmi", ScoreKind::CharlsonShmi),
    ("elixhauser_count", ScoreKind::ElixhauserCount),
    ("elixhauser_van_walraven", ScoreKind::ElixhauserVanWalraven),
    ("elixhauser_swiss", ScoreKind::ElixhauserSwiss),
    ("elixhauser_thompson_30", ScoreKind::ElixhauserThompson30),
    ("elixhauser_thompson_29", ScoreKind::ElixhauserThompson29),
];

/// The rows of an embedded file. Its form is checked by a test, so that a wrong cell cannot reach a reader.
fn rows(file: &str, columns: &[&'static str]) -> Vec<table::Row> {
    let mut sink = Sink::default();
    let number = sink.add_file(file, builtin_code_file(file).unwrap_or_default());
    table::read(&mut sink, number, columns).map(|table| table.rows).unwrap_or_default()
}

fn cell(row: &table::Row, column: &str) -> String {
    row.cell(column).map(|cell| cell.text.clone()).unwrap_or_default()
}

fn weight(row: &table::Row, column: &str) -> i64 {
    cell(row, column).parse().unwrap_or_default()
}

/// One code a row, each a group of its own.
fn codes_with_weights(file: &str) -> ScoreTable {
    let rows = rows(file, &["system", "code", "weight_tenths", "name"]);
    let group = |row: &table::Row| ScoreGroup {
        name: cell(row, "name"),
        codes: vec![cell(row, "code")],
        weight_tenths: weight(row, "weight_tenths"),
        yields_to: None,
    };
    ScoreTable { groups: rows.iter().map(group).collect() }
}

/// Columns of the files with one group a row; each has the weights it has.
const GROUP_COLUMNS: [&str; 12] = [
    "id",
    "name",
    "yields_to",
    "codes",
    "weight_tenths",
    "original_tenths",
    "schneeweiss_tenths",
    "count_tenths",
    "van_walraven_tenths",
    "swiss_tenths",
    "thompson_30_tenths",
    "thompson_29_tenths",
];

/// One group a row, its codes separated by bars, with the weights of one column.
fn groups_of_codes(file: &str, weights: &str) -> ScoreTable {
    let rows = rows(file, &GROUP_COLUMNS);
    let ids: Vec<String> = rows.iter().map(|row| cell(row, "id")).collect();
    let group = |row: &table::Row| ScoreGroup {
        name: cell(row, "name"),
        codes: cell(row, "codes").split('|').map(str::to_owned).collect(),
        weight_tenths: weight(row, weights),
        yields_to: ids.iter().position(|id| *id == cell(row, "yields_to")),
    };
    ScoreTable { groups: rows.iter().map(group).collect() }
}
