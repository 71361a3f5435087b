//! Cells put in order and numbered.

use super::{Cell, Clusters, DidError};

/// A cell with its names replaced by numbers from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub cluster: usize,
    pub unit: usize,
    /// Place among the months seen.
    pub period: usize,
    /// The number of the month.
    pub month: i32,
    pub treated: bool,
    pub events: f64,
    pub person_time: f64,
}

/// The panel, sorted by cluster, unit and month, so that the order of the input changes nothing.
#[derive(Debug, Clone)]
pub(super) struct Panel {
    pub rows: Vec<Row>,
    pub clusters: usize,
    pub units: usize,
    pub periods: usize,
    /// The first treated month of each unit, if any.
    pub starts: Vec<Option<i32>>,
    /// Whether each unit lies in one cluster.
    pub nested: bool,
    pub empty_cells: usize,
}

impl Panel {
    /// Check the cells and number them.
    pub fn new(cells: &[Cell]) -> Result<Self, DidError> {
        let fine = |value: f64| value.is_finite() && value >= 0.0;
        if let Some(place) = cells.iter().position(|cell| !fine(cell.events) || !fine(cell.person_time)) {
            return Err(DidError::BadCell(place));
        }
        let panel = Self::index(cells);
        if panel.rows.is_empty() {
            return Err(DidError::Empty);
        }
        // Rows of one unit need not stand together when units cross clusters, so the start decides, not the neighbour.
        let ends = |row: &&Row| panel.starts[row.unit].is_some_and(|start| row.month >= start) && !row.treated;
        if let Some(row) = panel.rows.iter().find(ends) {
            return Err(DidError::TreatmentEnds(names(cells, |cell| cell.unit)[row.unit]));
        }
        Ok(panel)
    }

    /// Number the cells without a look at how treatment runs.
    pub fn index(cells: &[Cell]) -> Self {
        let mut used: Vec<Cell> = cells.iter().copied().filter(|cell| cell.person_time > 0.0).collect();
        used.sort_by(|a, b| {
            (a.cluster, a.unit, a.period, a.treated)
                .cmp(&(b.cluster, b.unit, b.period, b.treated))
                .then(a.events.total_cmp(&b.events))
                .then(a.person_time.total_cmp(&b.person_time))
        });
        let clusters = names(&used, |cell| cell.cluster);
        // Numbered over all cells so that a unit's number can be turned back into its name.
        let units = names(cells, |cell| cell.unit);
        let periods = names(&used, |cell| cell.period);
        let place = |known: &[u32], name: u32| known.partition_point(|&other| other < name);
        let mut starts = vec![None; units.len()];
        let mut cluster_of = vec![usize::MAX; units.len()];
        let mut nested = true;
        let mut rows = Vec::with_capacity(used.len());
        for cell in &used {
            let (cluster, unit) = (place(&clusters, cell.cluster), place(&units, cell.unit));
            nested &= cluster_of[unit] == usize::MAX || cluster_of[unit] == cluster;
            cluster_of[unit] = cluster;
            if cell.treated {
                starts[unit] = Some(starts[unit].map_or(cell.period, |start: i32| start.min(cell.period)));
            }
            rows.push(Row {
                cluster,
                unit,
                period: periods.partition_point(|&other| other < cell.period),
                month: cell.period,
                treated: cell.treated,
                events: cell.events,
                person_time: cell.person_time,
            });
        }
        Self {
            rows,
            clusters: clusters.len(),
            units: units.len(),
            periods: periods.len(),
            starts,
            nested,
            empty_cells: cells.len() - used.len(),
        }
    }

    /// The rows for which `keep` holds, numbered afresh.
    pub fn filtered(&self, keep: impl Fn(&Row) -> bool) -> Self {
        let cells: Vec<Cell> = self
            .rows
            .iter()
            .filter(|row| keep(row))
            .map(|row| Cell {
                cluster: row.cluster as u32,
                unit: row.unit as u32,
                period: row.month,
                treated: row.treated,
                events: row.events,
                person_time: row.person_time,
            })
            .collect();
        Self::index(&cells)
    }

    /// 1 where treated, 0 elsewhere.
    pub fn treated_column(&self) -> Vec<f64> {
        self.rows.iter().map(|row| f64::from(u8::from(row.treated))).collect()
    }

    /// How many clusters have a treated row, and how many none.
    pub fn clusters_served(&self) -> Clusters {
        let mut served = vec![false; self.clusters];
        for row in self.rows.iter().filter(|row| row.treated) {
            served[row.cluster] = true;
        }
        let count = served.iter().filter(|&&is| is).count();
        Clusters { served: count, others: self.clusters - count }
    }

    /// The start of each cluster; none at all when units of one cluster differ.
    pub fn cluster_starts(&self) -> Option<Vec<Option<i32>>> {
        let mut found: Vec<Option<Option<i32>>> = vec![None; self.clusters];
        for row in &self.rows {
            let start = self.starts[row.unit];
            match found[row.cluster] {
                Some(known) if known != start => return None,
                _ => found[row.cluster] = Some(start),
            }
        }
        Some(found.into_iter().map(Option::flatten).collect())
    }

    /// Whether treated units started in different months.
    pub fn is_staggered(&self) -> bool {
        let mut starts = self.starts.iter().flatten();
        starts.next().is_some_and(|first| starts.any(|other| other != first))
    }

    /// How many units have treated rows and no other.
    pub fn always_treated_units(&self) -> usize {
        let mut before = vec![false; self.units];
        for row in self.rows.iter().filter(|row| !row.treated) {
            before[row.unit] = true;
        }
        (0..self.units).filter(|&unit| self.starts[unit].is_some() && !before[unit]).count()
    }
}

/// The distinct names, sorted.
fn names<T: Ord>(cells: &[Cell], name: impl Fn(&Cell) -> T) -> Vec<T> {
    let mut all: Vec<T> = cells.iter().map(name).collect();
    all.sort_unstable();
    all.dedup();
    all
}
