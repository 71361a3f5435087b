//! The tables of published scores over hospital diagnoses.

use crate::model::ScoreKind;

/// A published score: groups of diagnosis codes, each group counted at most once.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    const EMPTY: &ScoreTable = &ScoreTable { groups: Vec::new() };
    let _ = kind;
    EMPTY
}
