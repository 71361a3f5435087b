//! The whole run: numbers, then weights, then clusters.

use crate::model::Model;
use crate::plan::{Plan, bits_of_probability};
use crate::records::Records;
use crate::result::{LinkOptions, Linked, Report};
use crate::{block, cluster, label, number, same};
use std::time::Instant;

/// Finds which records are of one person.
///
/// First records with the same valid number are joined where birth date or names agree (`number.agree` of the model). Then one
/// record for each distinct profile of those people, and all records without a number, are blocked, compared and weighed;
/// two records which both have a settled number are not compared again. Last, clusters grow along the edges from the strongest
/// down; a join is refused where it would put two different numbers, two rows of a source that holds each person once, or
/// two clearly different people into one cluster. Labels come before all of this: see [`LinkOptions::labels`].
///
/// The answer does not depend on the number of threads, nor on the order of the records but for ties between records whose
/// content is the same. The model is used as it is: train it first with [`crate::train`] where the data differ from it.
pub fn link(records: &Records, model: &Model, options: &LinkOptions) -> Linked {
    let mut clock = Clock::start();
    let plan = Plan::new(records, model);
    clock.lap("prepare");
    let (apart, decisions) = label::sorted(&options.labels, records.len());
    let mut settled = number::settle(&plan, options, apart);
    clock.lap("numbers");
    let (_, before) = settled.forest.numbered();
    let (refused_labels, joined_by_label) = label::join(&plan, &mut settled, decisions);
    let threshold = bits_of_probability(options.threshold.unwrap_or(model.threshold));
    let keep = options.keep.map_or(threshold, bits_of_probability).min(threshold);
    same::fold(&plan, &mut settled, threshold, options);
    clock.lap("the same");
    let mut report =
        Report { records: records.len() as u64, profiles: settled.active.len() as u64, ..Report::default() };
    report.joined_by_number = report.records - before;
    report.joined_by_label = joined_by_label;
    let (edges, rules) = block::compare(&plan, &settled.active, &settled.group, keep);
    report.pairs = rules.iter().map(|rule| rule.new_pairs).sum();
    report.rules = rules;
    clock.lap("compare");
    let least = (threshold * 100.0).round() as i32;
    cluster::join(&plan, &mut settled, &edges, least, options, &mut report);
    let (cluster_of, clusters) = settled.forest.numbered();
    report.clusters = clusters;
    let mut all = std::mem::take(&mut settled.edges);
    all.extend(edges);
    all.sort_unstable_by_key(|edge| (edge.left, edge.right, edge.tier));
    // A pair that several tiers found is listed with the first.
    all.dedup_by_key(|edge| (edge.left, edge.right));
    clock.lap("cluster");
    report.phases = clock.phases;
    Linked { cluster_of, edges: all, conflicts: settled.conflicts, refused_labels, report }
}

/// Wall time of the phases, for the report only: no result depends on it.
struct Clock {
    last: Instant,
    phases: Vec<(&'static str, std::time::Duration)>,
}

impl Clock {
    fn start() -> Self {
        Self { last: Instant::now(), phases: Vec::new() }
    }

    fn lap(&mut self, phase: &'static str) {
        let now = Instant::now();
        self.phases.push((phase, now - self.last));
        self.last = now;
    }
}
