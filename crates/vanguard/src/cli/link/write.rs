//! The answer as Parquet files.

use super::read::Input;
use super::score::{self, Scores};
use lake::LakeError;
use lake::table::{Column, Named, TableWriter};
use linkage::{Linked, Tier};
use std::path::Path;

/// Rows written at a time.
const ROWS: usize = 1 << 17;

/// Writes `l`, `r`, `p` of the links between records of one person, and returns how many. A link whose join was refused is left out, so
/// that the clusters are the connected parts of the file. A link through a number or a decision has at least the probability of the
/// threshold: that decided it and not the weight.
pub fn edges(path: &Path, input: &Input, linked: &Linked) -> Result<u64, LakeError> {
    let threshold = linked.threshold;
    let kept: Vec<u32> =
        (0..linked.edges.len() as u32).filter(|at| linked.is_link(&linked.edges[*at as usize])).collect();
    let columns = |some: &[u32]| -> Vec<Named> {
        let edge = |at: &u32| &linked.edges[*at as usize];
        let probability = |at: &u32| {
            let edge = edge(at);
            let floor = if edge.tier == Tier::Weight { 0.0 } else { threshold };
            Some((f64::from(edge.probability).max(floor) * 1e9).round() as i64)
        };
        vec![
            ("l".to_owned(), input.ids.column(some.iter().map(|at| edge(at).left))),
            ("r".to_owned(), input.ids.column(some.iter().map(|at| edge(at).right))),
            ("p".to_owned(), Column::Number { decimals: 9, values: some.iter().map(probability).collect() }),
        ]
    };
    write(path, &kept, columns)?;
    Ok(kept.len() as u64)
}

/// Writes `id` and `cluster_id` of every record.
pub fn clusters(path: &Path, input: &Input, linked: &Linked) -> Result<(), LakeError> {
    let all: Vec<u32> = (0..linked.cluster_of.len() as u32).collect();
    write(path, &all, |some| {
        let cluster = some.iter().map(|at| i64::from(linked.cluster_of[*at as usize])).collect();
        vec![("id".to_owned(), input.ids.column(some.iter().copied())), ("cluster_id".to_owned(), Column::I64(cluster))]
    })
}

/// Writes `id` and `cluster_id` of every record, where clusters have identifiers of their own.
pub fn people(path: &Path, input: &Input, people: &[u64]) -> Result<(), LakeError> {
    let all: Vec<u32> = (0..people.len() as u32).collect();
    write(path, &all, |some| {
        let cluster = some.iter().map(|at| people[*at as usize].cast_signed()).collect();
        vec![("id".to_owned(), input.ids.column(some.iter().copied())), ("cluster_id".to_owned(), Column::I64(cluster))]
    })
}

/// Writes `id` and `truth` of the records whose true person is told, and marks the answer. Nothing where no truth was asked for.
pub fn truth(path: &Path, input: &Input, linked: &Linked) -> Result<Option<Scores>, LakeError> {
    let Some(truth) = &input.truth else { return Ok(None) };
    let told: Vec<u32> = (0..truth.len() as u32).filter(|at| !truth.get(*at as usize).is_empty()).collect();
    write(path, &told, |some| {
        vec![
            ("id".to_owned(), input.ids.column(some.iter().copied())),
            ("truth".to_owned(), truth.column(some.iter().copied())),
        ]
    })?;
    Ok(Some(score::mark(truth, &told, &linked.cluster_of)))
}

fn write(path: &Path, places: &[u32], columns: impl Fn(&[u32]) -> Vec<Named>) -> Result<(), LakeError> {
    let mut writer = TableWriter::create_with(path, &columns(&[]), &["l", "r", "id", "cluster_id"])?;
    for some in places.chunks(ROWS) {
        writer.append(&columns(some))?;
    }
    writer.finish()
}
