//! Rows with the same codes, counted together and kept sparse.
//!
//! Most people have few of the things that predict, and many have the very same ones. So a row is kept as the list of its codes
//! that differ from the commonest code of their source, rows with the same list are one pattern with its counts, and patterns
//! stand in order of the source with the most columns (age): what they share is summed once.

use super::{Column, FitError};
use std::ops::Range;

/// Codes of a byte.
const CODES: usize = 256;

/// Columns that read the same codes.
struct Source<'a> {
    codes: &'a [u8],
    columns: Vec<usize>,
    /// The commonest code, which is left out of the patterns.
    base: usize,
}

/// Rows of the same codes with how many of them are in each fold, and with the outcome.
pub(super) struct Patterns {
    /// Raw value of each column at the commonest code of its source.
    pub(super) at_base: Vec<f64>,
    /// For each cell (a code of a source) its columns, with how much the value differs from that at the commonest code.
    entries: Vec<(u16, f64)>,
    entry_starts: Vec<u32>,
    /// The cell of the first source, and its patterns.
    pub(super) groups: Vec<(u32, Range<usize>)>,
    cells: Vec<u32>,
    cell_starts: Vec<u32>,
    folds: usize,
    /// People and events of each pattern, fold by fold.
    counts: Vec<[u32; 2]>,
}

/// One row while patterns are made.
struct Row {
    first: u32,
    from: u32,
    to: u32,
    fold: u32,
    event: bool,
}

impl Patterns {
    /// Counts the rows given; each belongs to the fold of its place among them, modulo `folds`.
    pub(super) fn new(columns: &[Column<'_>], outcome: &[bool], rows: &[u32], folds: usize) -> Result<Self, FitError> {
        if let Some(uneven) = columns.iter().position(|c| c.codes.len() != outcome.len()) {
            return Err(FitError::Uneven(uneven));
        }
        let folds = folds.max(1);
        let sources = sources(columns, rows);
        let mut patterns = Self {
            at_base: vec![0.0; columns.len()],
            entries: Vec::new(),
            entry_starts: vec![0],
            groups: Vec::new(),
            cells: Vec::new(),
            cell_starts: vec![0],
            folds,
            counts: Vec::new(),
        };
        patterns.tables(columns, &sources);
        let mut cells = Vec::with_capacity(rows.len() * 8);
        let mut all: Vec<Row> = Vec::with_capacity(rows.len());
        for (place, &row) in rows.iter().enumerate() {
            let at = row as usize;
            let from = cells.len() as u32;
            for (n, source) in sources.iter().enumerate().skip(1) {
                let code = usize::from(source.codes[at]);
                if code != source.base {
                    cells.push((n * CODES + code) as u32);
                }
            }
            let first = sources.first().map_or(0, |source| u32::from(source.codes[at]));
            all.push(Row { first, from, to: cells.len() as u32, fold: (place % folds) as u32, event: outcome[at] });
        }
        let list = |row: &Row| &cells[row.from as usize..row.to as usize];
        all.sort_unstable_by(|a, b| a.first.cmp(&b.first).then_with(|| list(a).cmp(list(b))));
        for row in &all {
            patterns.count(row, list(row));
        }
        Ok(patterns)
    }

    /// The worth of each cell.
    fn tables(&mut self, columns: &[Column<'_>], sources: &[Source<'_>]) {
        for source in sources {
            for &column in &source.columns {
                self.at_base[column] = columns[column].worth(source.base);
            }
            for code in 0..CODES {
                for &column in &source.columns {
                    let off = columns[column].worth(code) - self.at_base[column];
                    if off != 0.0 {
                        self.entries.push((column as u16, off));
                    }
                }
                self.entry_starts.push(self.entries.len() as u32);
            }
        }
        if sources.is_empty() {
            // Without columns everybody has the same pattern, of a cell that is worth nothing.
            self.entry_starts.push(0);
        }
    }

    /// Counts a row with the last pattern where it is the same, or begins a new one.
    fn count(&mut self, row: &Row, list: &[u32]) {
        let patterns = self.len();
        let same_group = self.groups.last().is_some_and(|(first, _)| *first == row.first);
        if !same_group {
            self.groups.push((row.first, patterns..patterns));
        }
        if !same_group || self.cells_of(patterns - 1) != list {
            self.cells.extend_from_slice(list);
            self.cell_starts.push(self.cells.len() as u32);
            self.counts.resize(self.counts.len() + self.folds, [0; 2]);
            if let Some((_, range)) = self.groups.last_mut() {
                range.end = patterns + 1;
            }
        }
        let at = (self.len() - 1) * self.folds + row.fold as usize;
        self.counts[at][0] += 1;
        self.counts[at][1] += u32::from(row.event);
    }

    /// How many patterns there are.
    pub(super) fn len(&self) -> usize {
        self.cell_starts.len() - 1
    }

    /// How many cells there are.
    pub(super) fn cell_count(&self) -> usize {
        self.entry_starts.len() - 1
    }

    /// The cells of a pattern but that of the first source.
    pub(super) fn cells_of(&self, pattern: usize) -> &[u32] {
        &self.cells[self.cell_starts[pattern] as usize..self.cell_starts[pattern + 1] as usize]
    }

    /// The columns of a cell and how far each is from its value at the commonest code.
    pub(super) fn entries_of(&self, cell: u32) -> &[(u16, f64)] {
        &self.entries[self.entry_starts[cell as usize] as usize..self.entry_starts[cell as usize + 1] as usize]
    }

    /// People and events of each pattern in the folds wanted.
    pub(super) fn weights(&self, wanted: impl Fn(usize) -> bool) -> Vec<[f64; 2]> {
        let of = |counts: &[[u32; 2]]| {
            let mut sum = [0u32; 2];
            for (_, [people, events]) in counts.iter().enumerate().filter(|(fold, _)| wanted(*fold)) {
                sum[0] += people;
                sum[1] += events;
            }
            sum.map(f64::from)
        };
        self.counts.chunks_exact(self.folds).map(of).collect()
    }
}

/// Columns by the codes they read, the source with the most columns first.
fn sources<'a>(columns: &[Column<'a>], rows: &[u32]) -> Vec<Source<'a>> {
    let mut sources: Vec<Source<'a>> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        match sources.iter_mut().find(|source| std::ptr::eq(source.codes, column.codes)) {
            Some(source) => source.columns.push(at),
            None => sources.push(Source { codes: column.codes, columns: vec![at], base: 0 }),
        }
    }
    for source in &mut sources {
        let mut counts = [0u32; CODES];
        for &row in rows {
            counts[usize::from(source.codes[row as usize])] += 1;
        }
        source.base = (0..CODES).rev().max_by_key(|&code| counts[code]).unwrap_or(0);
    }
    // The first of the sources with the most columns.
    let widest = sources.iter().map(|s| s.columns.len()).max().unwrap_or(0);
    if let Some(first) = sources.iter().position(|s| s.columns.len() == widest) {
        sources.swap(0, first);
    }
    sources
}
