//! The whole run.

use crate::model::Model;
use crate::records::Records;
use crate::result::{LinkOptions, Linked};
use rustc_hash::FxHashMap;

/// Finds which records are of one person. First version: equal valid numbers only.
pub fn link(records: &Records, _model: &Model, _options: &LinkOptions) -> Linked {
    let mut first: FxHashMap<u64, u32> = FxHashMap::default();
    let mut clusters = 0;
    let mut cluster_of = Vec::with_capacity(records.len());
    for number in &records.number {
        let mut fresh = || {
            clusters += 1;
            clusters - 1
        };
        cluster_of.push(if *number == 0 { fresh() } else { *first.entry(*number).or_insert_with(fresh) });
    }
    Linked { cluster_of, ..Linked::default() }
}
