//! How far a run has come, told while it runs.

/// What a run is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Joins records by their number.
    Numbers,
    /// Compares the pairs of blocks.
    Compare,
    /// Grows clusters.
    Cluster,
}

/// How far a stage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// The stage.
    pub stage: Stage,
    /// Parts of `total` that are done.
    pub done: u64,
    /// All parts; never 0.
    pub total: u64,
}

/// Is told how far a run has come, from any thread; no result depends on it.
pub type Watch<'a> = &'a (dyn Fn(Done) + Sync);
