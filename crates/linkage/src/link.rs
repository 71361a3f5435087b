//! The whole run: numbers, then weights, then clusters.

use crate::compare::Eye;
use crate::cost::{self, Foretold};
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
use std::borrow::Cow;
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
    link_told(records, model, options, &|_| {}, None)
}

/// As [`link`], telling `watch` how far it has come; it is called now and then, from any thread. `told`, where there is one, is told
/// once what each rule is going to compare, before anything is compared. Of many records the pairs are counted in some of the blocks;
/// blocks over the cap are always all found.
pub fn link_told(
    records: &Records,
    model: &Model,
    options: &LinkOptions,
    watch: Watch<'_>,
    told: Option<Foretold<'_>>,
) -> Linked {
    run(&Plan::new(records, model), options, watch, told).linked()
}

/// The least weights of a run, in bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Least {
    /// For records that say the same to be tied instead of compared.
    pub(crate) tie: f64,
    /// To be joined.
    pub(crate) join: f64,
    /// To be reported.
    pub(crate) keep: f64,
}

impl Least {
    pub(crate) fn of(model: &Model, options: &LinkOptions) -> Self {
        // By expected precision the threshold is not known yet: until it is, only what any threshold would take is joined, and all that
        // one might take is kept.
        let by_precision = options.chooses_threshold();
        let threshold = if by_precision { MOST_CERTAIN } else { options.threshold.unwrap_or(model.threshold) };
        let join = bits_of_probability(threshold);
        let lowest = if by_precision { 0.0 } else { join };
        // Where the threshold was chosen by an earlier run, that run could tie no more than this.
        let tie = if options.precision.is_some() { bits_of_probability(MOST_CERTAIN) } else { join };
        Self { tie, join, keep: options.keep.map_or(lowest, bits_of_probability).min(lowest) }
    }

    /// Once the pairs are weighed: the threshold by expected precision, where one is asked for.
    fn chosen(self, options: &LinkOptions, spectrum: &Spectrum) -> Self {
        let Some(precision) = options.precision.filter(|_| options.chooses_threshold()) else { return self };
        // As a run would have it that is given the threshold as a probability.
        let join = bits_of_probability(probability(spectrum.weight_for(precision, 0.0, self.join)));
        Self { join, keep: options.keep.map_or(join, bits_of_probability).min(join), ..self }
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
    /// Edges through deterministic tiers, in order.
    pub(crate) tier_edges: Vec<Edge>,
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
            edges: in_order(in_order(self.settled, &self.tier_edges), &self.edges),
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
    if edges.is_empty() {
        return settled;
    }
    settled.extend_from_slice(edges);
    // Two runs that are in order already: a stable sort merges them.
    settled.sort_by_key(|edge| (edge.left, edge.right, edge.tier));
    // A pair that several tiers found is listed with the first.
    settled.dedup_by_key(|edge| (edge.left, edge.right));
    settled
}

/// Runs everything under a plan.
pub(crate) fn run(plan: &Plan<'_>, options: &LinkOptions, watch: Watch<'_>, told: Option<Foretold<'_>>) -> Run {
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
    same::fold(plan, &mut settled, least.tie, options);
    clock.lap("the same");
    let mut report =
        Report { records: records.len() as u64, profiles: settled.active.len() as u64, ..Report::default() };
    report.joined_by_number = report.records - before;
    report.joined_by_label = joined_by_label;
    report.superseded = number::Current::of(&options.superseded).report(records);
    if let Some(told) = told {
        told(&cost::roughly(plan, &settled));
        clock.lap("foretell");
    }
    let (tier_edges, tiers) = tier::find(plan, &settled.active, &settled.group);
    report.tiers = tiers;
    let mut compared = block::compare(plan, &settled.active, &settled.group, least.keep, watch);
    report.pairs = compared.rules.iter().map(|rule| rule.new_pairs).sum();
    report.rules = compared.rules;
    for edge in &settled.edges[tied..] {
        compared.spectrum.count(f64::from(edge.weight_bits_hundredths) / 100.0);
    }
    if options.chooses_threshold() {
        least = least.chosen(options, &compared.spectrum);
        drop_below(plan, &mut compared.edges, least.keep);
    }
    clock.lap("compare");
    let group = settled.group.clone();
    let join = least.join_hundredths();
    let edges = with_tiers(&tier_edges, &compared.edges);
    cluster::join(plan, &mut settled, &edges, join, options, &mut report, watch);
    drop(edges);
    settled.edges.sort_unstable_by_key(|edge| (edge.left, edge.right, edge.tier));
    clock.lap("cluster");
    report.phases = clock.phases;
    Run {
        number_group,
        group,
        refused_labels,
        active: settled.active,
        settled: settled.edges,
        tier_edges,
        edges: compared.edges,
        conflicts: settled.conflicts,
        passed_over: compared.passed_over,
        forest: settled.forest,
        report,
        least,
        spectrum: compared.spectrum,
    }
}

/// Drops the edges that weigh less than `keep` bits. The hundredths of an edge are rounded: near `keep` the pair is weighed again.
fn drop_below(plan: &Plan<'_>, edges: &mut Vec<Edge>, keep: f64) {
    let mut eye = Eye::new(plan);
    edges.retain(|edge| {
        let above = f64::from(edge.weight_bits_hundredths) - keep * 100.0;
        if above.abs() > 1.0 {
            return above > 0.0;
        }
        plan.bits(eye.mask(edge.left, edge.right), edge.left, edge.right) >= keep
    });
}

/// The edges of tiers and weights that clusters grow along, in order; a pair that several found is tried with the first.
pub(crate) fn with_tiers<'a>(tier_edges: &[Edge], edges: &'a [Edge]) -> Cow<'a, [Edge]> {
    if tier_edges.is_empty() { Cow::Borrowed(edges) } else { Cow::Owned(in_order(tier_edges.to_vec(), edges)) }
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
