//! The whole run: numbers, then weights, then clusters.

use crate::estimate::MOST_CERTAIN;
use crate::forest::Forest;
use crate::gauge::Spectrum;
use crate::label::RefusedLabel;
use crate::model::Model;
use crate::plan::{Plan, bits_of_probability, probability};
use crate::records::Records;
use crate::result::{Conflict, Edge, LinkOptions, Linked, Report};
use crate::watch::{Done, Stage, Watch};
use crate::{block, cluster, label, number, same, tier};
use std::time::Instant;

/// Finds which records are of one person.
///
/// First records with the same valid number are joined where birth date or names agree (`number.agree` of the model). Then one
/// record for each distinct profile of those people, and all records without a number, are blocked, compared and weighed;
/// two records which both have a settled number are not compared again. Last, clusters grow along the edges from the strongest
/// down; a join is refused where it would put two different numbers, two rows of a source that holds each person once, or
/// two clearly different people into one cluster. Deterministic tiers of the model join before the weights,
/// with the same refusals. Labels come before all of this: see [`LinkOptions::labels`].
///
/// The answer does not depend on the number of threads, nor on the order of the records but for ties between records whose
/// content is the same. The model is used as it is: train it first with [`crate::train`] where the data differ from it.
pub fn link(records: &Records, model: &Model, options: &LinkOptions) -> Linked {
    link_watched(records, model, options, &|_| {})
}

/// As [`link`], telling `watch` how far it has come; it is called now and then, from any thread.
pub fn link_watched(records: &Records, model: &Model, options: &LinkOptions, watch: Watch<'_>) -> Linked {
    run(&Plan::new(records, model), options, watch).linked()
}

/// The least weights of a run, in bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Least {
    /// To be joined.
    pub(crate) join: f64,
    /// To be reported.
    pub(crate) keep: f64,
}

impl Least {
    pub(crate) fn of(model: &Model, options: &LinkOptions) -> Self {
        // By expected precision the threshold is not known yet: until it is, only what any threshold would take is joined, and all that
        // one might take is kept.
        let by_precision = options.precision.is_some();
        let threshold = if by_precision { MOST_CERTAIN } else { options.threshold.unwrap_or(model.threshold) };
        let join = bits_of_probability(threshold);
        let lowest = if by_precision { 0.0 } else { join };
        Self { join, keep: options.keep.map_or(lowest, bits_of_probability).min(lowest) }
    }

    /// Once the pairs are weighed: the threshold by expected precision, where one is asked for.
    fn chosen(self, options: &LinkOptions, spectrum: &Spectrum) -> Self {
        let Some(precision) = options.precision else { return self };
        let join = spectrum.weight_for(precision, 0.0, self.join);
        Self { join, keep: options.keep.map_or(join, bits_of_probability).min(join) }
    }

    /// To be joined, in hundredths of a bit.
    pub(crate) fn join_hundredths(self) -> i32 {
        (self.join * 100.0).round() as i32
    }
}

/// All that a run finds out.
pub(crate) struct Run {
    /// For each record the person its number stands for, counted from 1; 0 where it has none or it was set aside.
    pub(crate) number_group: Vec<u32>,
    /// The same, where labels have joined records to such people.
    pub(crate) group: Vec<u32>,
    /// Labels that were not followed.
    pub(crate) refused_labels: Vec<RefusedLabel>,
    /// Records that were compared, in order.
    pub(crate) active: Vec<u32>,
    /// Edges through the number, through labels and between records that say the same, in order.
    pub(crate) settled: Vec<Edge>,
    /// Edges by weight, in order.
    pub(crate) edges: Vec<Edge>,
    pub(crate) conflicts: Vec<Conflict>,
    /// Rules under which a record stood in a block that was too large, one bit each; empty where none was.
    pub(crate) passed_over: Vec<u32>,
    pub(crate) forest: Forest,
    pub(crate) report: Report,
    /// The least weights in the end.
    pub(crate) least: Least,
    pub(crate) spectrum: Spectrum,
}

impl Run {
    /// The answer.
    pub(crate) fn linked(mut self) -> Linked {
        let (cluster_of, clusters) = self.forest.numbered();
        self.report.clusters = clusters;
        Linked {
            cluster_of,
            edges: in_order(self.settled, &self.edges),
            conflicts: self.conflicts,
            refused_labels: self.refused_labels,
            report: self.report,
            threshold: probability(self.least.join),
            spectrum: self.spectrum,
        }
    }
}

/// All edges of two ordered lists in order.
pub(crate) fn in_order(mut settled: Vec<Edge>, edges: &[Edge]) -> Vec<Edge> {
    settled.extend_from_slice(edges);
    // Two runs that are in order already: a stable sort merges them.
    settled.sort_by_key(|edge| (edge.left, edge.right, edge.tier));
    // A pair that several tiers found is listed with the first.
    settled.dedup_by_key(|edge| (edge.left, edge.right));
    settled
}

/// Runs everything under a plan.
pub(crate) fn run(plan: &Plan<'_>, options: &LinkOptions, watch: Watch<'_>) -> Run {
    let records = plan.records;
    let mut clock = Clock::start();
    let tell = |stage| watch(Done { stage, done: 0, total: 1 });
    tell(Stage::Numbers);
    let (apart, decisions) = label::sorted(&options.labels, records.len());
    let mut settled = number::settle(plan, options, apart);
    clock.lap("numbers");
    let mut least = Least::of(plan.model, options);
    let (_, before) = settled.forest.numbered();
    let number_group = settled.group.clone();
    let (refused_labels, joined_by_label) = label::join(plan, &mut settled, decisions);
    let tied = settled.edges.len();
    same::fold(plan, &mut settled, least.join, options);
    clock.lap("the same");
    let mut report =
        Report { records: records.len() as u64, profiles: settled.active.len() as u64, ..Report::default() };
    report.joined_by_number = report.records - before;
    report.joined_by_label = joined_by_label;
    report.superseded = number::Current::of(&options.superseded).report(records);
    let (by_rule, tiers) = tier::find(plan, &settled.active, &settled.group);
    report.tiers = tiers;
    let mut compared = block::compare(plan, &settled.active, &settled.group, least.keep, watch);
    report.pairs = compared.rules.iter().map(|rule| rule.new_pairs).sum();
    report.rules = compared.rules;
    for edge in &settled.edges[tied..] {
        compared.spectrum.count(f64::from(edge.weight_bits_hundredths) / 100.0);
    }
    if options.precision.is_some() {
        least = least.chosen(options, &compared.spectrum);
        compared.edges.retain(|edge| f64::from(edge.weight_bits_hundredths) >= (least.keep * 100.0).floor());
    }
    if !by_rule.is_empty() {
        compared.edges.extend(by_rule);
        // A pair that several tiers found is tried with the first.
        compared.edges.sort_unstable_by_key(|edge| (edge.left, edge.right, edge.tier));
        compared.edges.dedup_by_key(|edge| (edge.left, edge.right));
    }
    clock.lap("compare");
    let group = settled.group.clone();
    cluster::join(plan, &mut settled, &compared.edges, least.join_hundredths(), options, &mut report, watch);
    settled.edges.sort_unstable_by_key(|edge| (edge.left, edge.right, edge.tier));
    clock.lap("cluster");
    report.phases = clock.phases;
    Run {
        number_group,
        group,
        refused_labels,
        active: settled.active,
        settled: settled.edges,
        edges: compared.edges,
        conflicts: settled.conflicts,
        passed_over: compared.passed_over,
        forest: settled.forest,
        report,
        least,
        spectrum: compared.spectrum,
    }
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
