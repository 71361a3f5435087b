//! One bucket of a state: the rows of the snapshot's time under those that stand beside them.

use crate::ABSENT;
use crate::features::Kept;
use lake::records::{Block, NOBODY};
use std::ops::Range;

/// The blocks of one bucket.
pub(super) struct Stack<'a> {
    pub base: Block<'a>,
    /// The moving columns of some people of the base.
    pub over: Block<'a>,
    /// Whole rows, which stand for whatever the others say.
    pub whole: Block<'a>,
    pub moving: Range<usize>,
}

/// Where people's rows are, block by block.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub base: Vec<u32>,
    over: Vec<u32>,
    pub whole: Vec<u32>,
    /// Whether everybody's row is only in the base.
    plain: bool,
}

impl<'a> Stack<'a> {
    pub fn new(base: Block<'a>, over: Block<'a>, whole: Block<'a>, kept: &Kept<'_>) -> Self {
        Self { base, over, whole, moving: kept.moving_columns() }
    }

    /// Finds people, who come in the order of identifiers.
    pub fn find(&self, ids: &[u64]) -> Places {
        let mut places = Places::default();
        self.base.find(ids, &mut places.base);
        self.over.find(ids, &mut places.over);
        self.whole.find(ids, &mut places.whole);
        let lone = |rows: &[u32]| rows.iter().all(|row| *row == NOBODY);
        places.plain = lone(&places.over) && lone(&places.whole);
        places
    }

    /// Whether somebody is there.
    pub fn is_there(&self, places: &Places, at: usize) -> bool {
        match places.whole[at] {
            // Everybody in the base was there.
            NOBODY => places.base[at] != NOBODY,
            row => {
                let mut there = Vec::new();
                self.whole.column(0, &[row], &mut there);
                there == [1]
            }
        }
    }

    /// The values of a column of some of these people.
    pub fn column(&self, column: usize, places: &Places, some: &[u32]) -> Vec<i64> {
        let mut values = Vec::with_capacity(some.len());
        if places.plain {
            self.base.pick(column, &places.base, some, &mut values);
            return values;
        }
        let moves = self.moving.contains(&column);
        for &at in some {
            let place = at as usize;
            let one = [at];
            if places.whole[place] != NOBODY {
                self.whole.pick(column, &places.whole, &one, &mut values);
            } else if moves && places.over[place] != NOBODY {
                self.over.pick(column - self.moving.start, &places.over, &one, &mut values);
            } else if places.base[place] != NOBODY {
                self.base.pick(column, &places.base, &one, &mut values);
            } else {
                values.push(ABSENT);
            }
        }
        values
    }

    /// Some columns of some of these people.
    pub fn columns(&self, columns: impl Iterator<Item = usize>, places: &Places, some: &[u32]) -> Vec<Vec<i64>> {
        columns.map(|column| self.column(column, places, some)).collect()
    }
}
