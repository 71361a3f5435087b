//! Disjoint sets of records.

/// Each record points towards the smallest record of its set.
#[derive(Debug, Clone)]
pub(crate) struct Forest {
    parent: Vec<u32>,
}

impl Forest {
    pub(crate) fn new(records: usize) -> Self {
        Self { parent: (0..u32::try_from(records).unwrap_or(u32::MAX)).collect() }
    }

    /// Sets that are known: for each record the smallest of its set.
    pub(crate) fn of_roots(roots: Vec<u32>) -> Self {
        Self { parent: roots }
    }

    /// For each record the smallest of its set.
    pub(crate) fn roots(&mut self) -> Vec<u32> {
        (0..self.parent.len() as u32).map(|record| self.root(record)).collect()
    }

    /// The smallest record of the set of `record`.
    pub(crate) fn root(&mut self, record: u32) -> u32 {
        let mut at = record;
        while self.parent[at as usize] != at {
            let up = self.parent[self.parent[at as usize] as usize];
            self.parent[at as usize] = up;
            at = up;
        }
        at
    }

    /// The record that a record points to.
    pub(crate) fn above(&self, record: u32) -> u32 {
        self.parent[record as usize]
    }

    /// Joins two sets. Gives the root that stays and the one that goes; `None` where they were one set already.
    ///
    /// The smaller record always becomes the root; halving the paths keeps searches short without ranks.
    pub(crate) fn join(&mut self, a: u32, b: u32) -> Option<(u32, u32)> {
        let (a, b) = (self.root(a), self.root(b));
        let (stays, goes) = (a.min(b), a.max(b));
        if stays == goes {
            return None;
        }
        self.parent[goes as usize] = stays;
        Some((stays, goes))
    }

    /// For each record the number of its set, counted from 0 in order of smallest record; and how many sets there are.
    pub(crate) fn numbered(&mut self) -> (Vec<u32>, u64) {
        let mut number = vec![0_u32; self.parent.len()];
        let mut next = 0;
        for record in 0..self.parent.len() {
            let root = self.root(record as u32) as usize;
            if root == record {
                number[record] = next;
                next += 1;
            } else {
                number[record] = number[root];
            }
        }
        (number, u64::from(next))
    }
}
