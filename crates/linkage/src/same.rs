//! Records that say exactly the same: one speaks for all, so that the others need no comparing.

use crate::block::edge;
use crate::compare::Eye;
use crate::entries::in_blocks;
use crate::number::Settled;
use crate::plan::Plan;
use crate::records::Records;
use crate::result::{Edge, LinkOptions, Tier};
use rayon::prelude::*;

/// Joins open records whose every value is the same, where a tier joins them or a blocking rule holds and they weigh at least
/// `least_bits`, and takes all but one of them out of the active records. Rows of a source that holds each person once are never taken
/// out, nor records that a label keeps apart from another.
pub(crate) fn fold(plan: &Plan<'_>, settled: &mut Settled, least_bits: f64, options: &LinkOptions) {
    let records = plan.records;
    let open = |record: &&u32| settled.group[**record as usize] == 0 && !settled.apart.names(**record);
    let profile = |record: &u32| open(&record).then(|| (profile_hash(records, *record), *record));
    let order = in_blocks(&settled.active, settled.active.len(), profile);
    let mut held = vec![false; records.len()];
    for (edge, record) in fold_some(plan, order, least_bits, options) {
        settled.edges.push(edge);
        settled.join(edge.left, edge.right);
        held[record as usize] = true;
    }
    settled.active.retain(|record| !held[*record as usize]);
}

/// Ties open records, each with the hash of its profile, to the first that says the same: gives the edge and the record which need
/// not be compared.
pub(crate) fn fold_some(
    plan: &Plan<'_>,
    mut order: Vec<(u64, u32)>,
    least_bits: f64,
    options: &LinkOptions,
) -> Vec<(Edge, u32)> {
    let records = plan.records;
    let once = |record: u32| options.one_row_per_person.contains(&records.rows[record as usize].source);
    order.par_sort_unstable();
    let mut eye = Eye::new(plan);
    let mut tied = Vec::new();
    for run in order.chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        run.sort_unstable_by_key(|(_, record)| (!once(*record), records.rows[*record as usize].content, *record));
        let first = run[0].1;
        for (_, record) in &run[1..] {
            if once(*record) || !same(records, first, *record) {
                continue;
            }
            let (left, right) = (first.min(*record), first.max(*record));
            let mask = eye.mask(left, right);
            let bits = plan.bits(mask, left, right);
            let blocked = plan.rules.iter().any(|need| mask & need == *need);
            let rule = plan.tier(mask);
            let heavy = blocked && bits >= least_bits;
            if plan.veto(mask).is_some() || rule.is_none() && !heavy {
                // The others of the run weigh the same.
                break;
            }
            tied.push((edge(left, right, bits, rule.map_or(Tier::Weight, |at| Tier::Rule(at as u8))), *record));
        }
    }
    tied
}

/// A hash of the values that are compared.
pub(crate) fn profile_hash(records: &Records, record: u32) -> u64 {
    let row = &records.rows[record as usize];
    let more = records.more.iter().map(|column| column.get(record as usize).copied().unwrap_or(0));
    let values = row.texts.iter().copied().chain([row.middle, row.birth, u32::from(row.sex)]).chain(more);
    let mix = |hash: u64, value: u32| (hash.rotate_left(25) ^ u64::from(value)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let hash = values.chain([row.number as u32, (row.number >> 32) as u32]).fold(0x51_7c_c1_b7_27_22_0a_95, mix);
    // The lowest bit says "open" to the filter of lonely keys.
    (hash ^ hash >> 32) & !1
}

fn same(records: &Records, a: u32, b: u32) -> bool {
    let (x, y) = (&records.rows[a as usize], &records.rows[b as usize]);
    let more = |record: u32| -> [u32; 4] {
        std::array::from_fn(|text| records.more[text].get(record as usize).copied().unwrap_or(0))
    };
    let of = |row: &crate::records::Row| (row.texts, row.middle, row.birth, row.sex, row.number);
    of(x) == of(y) && more(a) == more(b)
}
