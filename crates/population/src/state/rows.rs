//! Kept rows in memory.

use crate::features::Kept;

/// The kept rows of some people, column by column, for whoever adds them up: the features that were wanted, and the mark.
#[derive(Clone)]
pub struct Rows<'a> {
    kept: &'a Kept<'a>,
    people: usize,
    columns: Vec<&'a [i64]>,
}

impl<'a> Rows<'a> {
    /// Whole rows.
    pub(super) fn whole(kept: &'a Kept<'a>, columns: &'a [Vec<i64>]) -> Self {
        let people = columns.first().map_or(0, Vec::len);
        Self { kept, people, columns: columns.iter().map(Vec::as_slice).collect() }
    }

    /// What moves, and those of the other columns that are read.
    pub(super) fn moving(kept: &'a Kept<'a>, moving: &'a [Vec<i64>], read: &'a [Vec<i64>]) -> Self {
        let people = moving.first().or(read.first()).map_or(0, Vec::len);
        let mut columns: Vec<&[i64]> = vec![&[]; kept.width()];
        for (column, values) in kept.moving_columns().zip(moving) {
            columns[column] = values;
        }
        for (&column, values) in kept.read_columns().iter().zip(read) {
            columns[column] = values;
        }
        Self { kept, people, columns }
    }

    /// How many people.
    pub fn len(&self) -> usize {
        self.people
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values of a feature, [`crate::ABSENT`] for none; empty where the feature was not wanted.
    pub fn feature(&self, feature: usize) -> &'a [i64] {
        let column = self.kept.column_of(feature).and_then(|column| self.columns.get(column));
        column.copied().unwrap_or_default()
    }

    /// The caller's mark of each person.
    pub fn mark(&self) -> &'a [i64] {
        self.columns.get(self.kept.mark_column()).copied().unwrap_or_default()
    }
}

/// Rows of people in the order of their identifiers.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub ids: Vec<u64>,
    pub columns: Vec<Vec<i64>>,
}

impl Table {
    /// Nobody.
    pub fn empty(width: usize) -> Self {
        Self { ids: Vec::new(), columns: vec![Vec::new(); width] }
    }

    /// The rows of another table put in, in place of those of the same people. Both are in the order of identifiers.
    pub fn with(self, other: Self) -> Self {
        if self.ids.is_empty() {
            return other;
        }
        if other.ids.is_empty() {
            return self;
        }
        // Each row of the result: of the other table, or of this one.
        let mut rows: Vec<(bool, usize)> = Vec::with_capacity(self.ids.len() + other.ids.len());
        let mut next = 0;
        for (row, &id) in self.ids.iter().enumerate() {
            while other.ids.get(next).is_some_and(|&theirs| theirs < id) {
                rows.push((true, next));
                next += 1;
            }
            if other.ids.get(next) != Some(&id) {
                rows.push((false, row));
            }
        }
        rows.extend((next..other.ids.len()).map(|row| (true, row)));
        let merged = |own: &[i64], theirs: &[i64]| -> Vec<i64> {
            rows.iter().map(|&(other, row)| if other { theirs[row] } else { own[row] }).collect()
        };
        Self {
            ids: rows.iter().map(|&(theirs, row)| if theirs { other.ids[row] } else { self.ids[row] }).collect(),
            columns: self.columns.iter().zip(&other.columns).map(|(own, theirs)| merged(own, theirs)).collect(),
        }
    }

    /// Without some people, who come in the order of identifiers.
    pub fn without(mut self, ids: &[u64]) -> Self {
        if ids.is_empty() || self.ids.is_empty() {
            return self;
        }
        let stays: Vec<bool> = self.ids.iter().map(|id| ids.binary_search(id).is_err()).collect();
        let mut keep = stays.iter();
        self.ids.retain(|_| keep.next() == Some(&true));
        for column in &mut self.columns {
            let mut keep = stays.iter();
            column.retain(|_| keep.next() == Some(&true));
        }
        self
    }
}
