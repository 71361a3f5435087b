//! The whole run: numbers, then weights, then clusters.

use crate::estimate::MOST_CERTAIN;
use crate::model::Model;
use crate::plan::{Plan, bits_of_probability, probability};
use crate::records::Records;
use crate::result::{LinkOptions, Linked, Report};
use crate::{block, cluster, label, number, same, tier};
use std::time::Instant;

/// Finds which records are of one person.
///
/// First records with the same valid number are joined where birth date or names agree (`number.agree` of the model). Then one
/// record for each distinct profile of those people, and all records without a number, are blocked, compared and weighed;
/// two records which both have a settled number are not compared again. Last, clusters grow along the edges from the strongest
/// down; a join is refused where it would put two different numbers, two rows of a source that holds each person once, or
/// two clearly different people into one cluster. Deterministic tiers of the model join before the
/// weights, with the same refusals. Labels come before all of this: see [`LinkOptions::labels`].
///
/// The answer does not depend on the number of threads, nor on the order of the records but for ties between records whose
/// content is the same. The model is used as it is: train it first with [`crate::train`] where the data differ from it.
pub fn link(records: &Records, model: &Model, options: &LinkOptions) -> Linked {
    let mut clock = Clock::start();
    let plan = Plan::new(records, model);
    clock.lap("prepare");
    let (apart, decisions) = label::sorted(&options.labels, records.len());
    let (mut settled, superseded) = number::settle(&plan, options, apart);
    clock.lap("numbers");
    let (_, before) = settled.forest.numbered();
    let (refused_labels, joined_by_label) = label::join(&plan, &mut settled, decisions);
    let mut threshold = bits_of_probability(options.threshold.unwrap_or(model.threshold));
    if options.precision.is_some() {
        // The threshold is not known yet: until it is, only what any threshold would take is joined.
        threshold = bits_of_probability(MOST_CERTAIN);
    }
    let lowest = if options.precision.is_some() { 0.0 } else { threshold };
    let keep = options.keep.map_or(lowest, bits_of_probability).min(lowest);
    let tied = settled.edges.len();
    same::fold(&plan, &mut settled, threshold, options);
    clock.lap("the same");
    let mut report =
        Report { records: records.len() as u64, profiles: settled.active.len() as u64, ..Report::default() };
    report.joined_by_number = report.records - before;
    report.joined_by_label = joined_by_label;
    let (by_rule, tiers) = tier::find(&plan, &settled.active, &settled.group);
    report.tiers = tiers;
    report.superseded = superseded;
    let (mut edges, rules, mut spectrum) = block::compare(&plan, &settled.active, &settled.group, keep);
    for edge in &settled.edges[tied..] {
        spectrum.count(f64::from(edge.weight_bits_hundredths) / 100.0);
    }
    report.pairs = rules.iter().map(|rule| rule.new_pairs).sum();
    report.rules = rules;
    clock.lap("compare");
    if let Some(precision) = options.precision {
        threshold = spectrum.weight_for(precision, 0.0, threshold);
        let keep = options.keep.map_or(threshold, bits_of_probability).min(threshold);
        edges.retain(|edge| f64::from(edge.weight_bits_hundredths) >= (keep * 100.0).floor());
    }
    edges.extend(by_rule);
    // A pair that several tiers found is tried, and listed, with the first.
    edges.sort_unstable_by_key(|edge| (edge.left, edge.right, edge.tier));
    edges.dedup_by_key(|edge| (edge.left, edge.right));
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
    let threshold = probability(threshold);
    Linked { threshold, spectrum, cluster_of, edges: all, conflicts: settled.conflicts, refused_labels, report }
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
