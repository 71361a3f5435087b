//! Kept rows in memory.

use crate::features::Kept;

/// The kept rows of some people, column by column, for whoever adds them up.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    kept: &'a Kept<'a>,
    columns: &'a [Vec<i64>],
}

impl<'a> Rows<'a> {
    pub(super) fn new(kept: &'a Kept<'a>, columns: &'a [Vec<i64>]) -> Self {
        Self { kept, columns }
    }

    /// How many people.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values of a feature, [`crate::ABSENT`] for none; empty where the feature is not kept.
    pub fn feature(&self, feature: usize) -> &'a [i64] {
        let column = self.kept.column_of(feature).and_then(|column| self.columns.get(column));
        column.map(Vec::as_slice).unwrap_or_default()
    }

    /// The caller's mark of each person.
    pub fn mark(&self) -> &'a [i64] {
        self.columns.get(self.kept.mark_column()).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Rows of people in the order of their identifiers, put together from several tables.
pub(super) struct Merged {
    pub ids: Vec<u64>,
    pub columns: Vec<Vec<i64>>,
}

impl Merged {
    /// Puts tables together; somebody who is in several counts in the last of them. Each is in the order of identifiers.
    pub fn of(tables: &[(&[u64], &[Vec<i64>])], width: usize) -> Self {
        let mut places: Vec<(u64, usize, usize)> = Vec::new();
        for (number, (ids, _)) in tables.iter().enumerate() {
            places.extend(ids.iter().enumerate().map(|(row, &id)| (id, number, row)));
        }
        places.sort_unstable();
        let is_last = |at: usize| places.get(at + 1).is_none_or(|next| next.0 != places[at].0);
        let stays: Vec<(u64, usize, usize)> =
            (0..places.len()).filter(|&at| is_last(at)).map(|at| places[at]).collect();
        let value = |column: usize, table: usize, row: usize| tables[table].1[column][row];
        let columns =
            (0..width).map(|column| stays.iter().map(|&(_, table, row)| value(column, table, row)).collect()).collect();
        Self { ids: stays.iter().map(|&(id, _, _)| id).collect(), columns }
    }
}
