//! Counting what the columns of a source hold while it is read.

use nhs::OdsCode;
use std::collections::BTreeMap;

/// One column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ColumnTally {
    pub(crate) filled: u64,
    pub(crate) invalid: u64,
    pub(crate) not_known: u64,
}

/// Something seen more than once, with the first place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) count: u64,
    pub(crate) first: String,
    pub(crate) shape: String,
}

/// The counts of one block, file or source. Columns are those of the file's header in its order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) columns: Vec<ColumnTally>,
    /// Column (position in the header) and reason.
    pub(crate) warnings: BTreeMap<(u16, &'static str), Seen>,
    /// Practices that rows name.
    pub(crate) practices: BTreeMap<OdsCode, u64>,
    /// Organisations that provide events.
    pub(crate) providers: BTreeMap<OdsCode, u64>,
}

impl Tally {
    pub(crate) fn new(columns: usize) -> Self {
        Self { columns: vec![ColumnTally::default(); columns], ..Self::default() }
    }

    /// Adds the counts of a later block of the same file.
    pub(crate) fn add(&mut self, later: Self) {
        for (own, more) in self.columns.iter_mut().zip(&later.columns) {
            own.filled += more.filled;
            own.invalid += more.invalid;
            own.not_known += more.not_known;
        }
        for (key, seen) in later.warnings {
            let own = self.warnings.entry(key).or_insert_with(|| Seen { count: 0, ..seen.clone() });
            own.count += seen.count;
        }
        for (code, count) in later.practices {
            *self.practices.entry(code).or_default() += count;
        }
        for (code, count) in later.providers {
            *self.providers.entry(code).or_default() += count;
        }
    }
}
