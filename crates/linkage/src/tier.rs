//! Deterministic tiers: rules which join two records without weighing them.

use crate::block::{blocks, cap, edge, tasks, words};
use crate::compare::Eye;
use crate::entries::entries;
use crate::plan::Plan;
use crate::question::Test;
use crate::result::{Edge, Tier, TierReport};
use rayon::prelude::*;

/// Pairs of open records (and of one open and one settled) on which every test of a tier's `when` holds and none of its `unless`, each
/// with the first tier that says so; ordered by left and right. Blocks over the cap are left out and reported.
pub(crate) fn find(plan: &Plan<'_>, active: &[u32], group: &[u32]) -> (Vec<Edge>, Vec<TierReport>) {
    let mut edges: Vec<Edge> = Vec::new();
    let mut reports = Vec::new();
    for (at, tier) in plan.model.tier.iter().enumerate() {
        let key: Vec<Test> = tier.when.iter().copied().filter(|test| test.is_key()).collect();
        let entries = entries(plan.records, &key, active, group);
        let mut blocks = blocks(&entries);
        let mut report = TierReport { name: tier.name.clone(), rule: words(&tier.when), ..TierReport::default() };
        let most = cap(plan.model);
        for block in blocks.iter().filter(|block| block.pairs() > most) {
            report.skipped_blocks += 1;
            report.skipped_pairs += block.pairs();
        }
        blocks.retain(|block| block.pairs() <= most);
        let found: Vec<Vec<Edge>> = tasks(&blocks)
            .par_iter()
            .map_init(
                || Eye::new(plan),
                |eye, task| {
                    let mut found = Vec::new();
                    for block in *task {
                        let members = &entries[block.range.clone()];
                        for (i, (_, a)) in members[..block.open].iter().enumerate() {
                            for (_, b) in &members[i + 1..] {
                                let (left, right) = ((*a).min(*b), (*a).max(*b));
                                let mask = eye.mask(left, right);
                                if plan.tier_holds(at, mask) {
                                    found.push(edge(left, right, plan.bits(mask, left, right), Tier::Rule(at as u8)));
                                }
                            }
                        }
                    }
                    found
                },
            )
            .collect();
        let before = edges.len();
        edges.extend(found.into_iter().flatten());
        report.pairs = (edges.len() - before) as u64;
        reports.push(report);
    }
    edges.par_sort_unstable_by_key(|edge| (edge.left, edge.right, edge.tier));
    edges.dedup_by_key(|edge| (edge.left, edge.right));
    (edges, reports)
}
