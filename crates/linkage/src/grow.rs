//! Decides about added records and about what they touch, and about nothing else.

use crate::block::cap;
use crate::cluster;
use crate::forest::Forest;
use crate::label::{self, Apart, Decisions, Label, RefusedLabel};
use crate::link::{Least, Run, with_tiers};
use crate::number::{Current, Settled, by_number, settle_some};
use crate::plan::Plan;
use crate::result::{Conflict, Edge, LinkOptions, Report, Tier, TierReport};
use crate::same::{fold_some, profile_hash};
use crate::tier;
use crate::touch::Around;
use crate::whole::apart;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// What was decided about each record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    /// The person of a record's number; 0 where it has none or it was set aside. Only equality matters.
    pub(crate) number_group: Vec<u32>,
    /// The same, where labels have joined records to such people.
    pub(crate) group: Vec<u32>,
    /// Records that are compared: of those that say the same one stands for all.
    pub(crate) active: Vec<bool>,
    /// Through the number, in order.
    pub(crate) number_edges: Vec<Edge>,
    /// Through labels, in order.
    pub(crate) label_edges: Vec<Edge>,
    /// Between open records that say the same, in order.
    pub(crate) tied_edges: Vec<Edge>,
    /// Through deterministic tiers, in order.
    pub(crate) tier_edges: Vec<Edge>,
    /// By weight, in order.
    pub(crate) edges: Vec<Edge>,
    pub(crate) conflicts: Vec<Conflict>,
    pub(crate) refused_labels: Vec<RefusedLabel>,
    /// See [`Run::passed_over`].
    pub(crate) passed_over: Vec<u32>,
    /// The smallest record of each record's cluster.
    pub(crate) roots: Vec<u32>,
}

/// What growing has done.
pub(crate) struct Grown {
    /// Records whose cluster was worked out anew.
    pub(crate) touched: Vec<bool>,
    pub(crate) report: Report,
}

/// How a record takes part in comparing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Another record stands for it, or it was not there.
    None,
    /// Compared with all.
    Open,
    /// Its number has settled its person: compared with open records only.
    Settled,
}

impl Part {
    pub(crate) fn of(group: &[u32], active: &[bool], record: usize) -> Self {
        match (active.get(record), group.get(record)) {
            (Some(true), Some(0)) => Self::Open,
            (Some(true), Some(_)) => Self::Settled,
            _ => Self::None,
        }
    }
}

impl Links {
    /// Of a run over so many records.
    pub(crate) fn of(mut run: Run, records: usize) -> Self {
        let mut active = vec![false; records];
        for record in run.active {
            active[record as usize] = true;
        }
        let tier = |tier: Tier| run.settled.iter().filter(|edge| edge.tier == tier).copied().collect();
        let tied = |edge: &&Edge| !matches!(edge.tier, Tier::Number | Tier::Clerical);
        let tied_edges = run.settled.iter().filter(tied).copied().collect();
        Self {
            number_edges: tier(Tier::Number),
            label_edges: tier(Tier::Clerical),
            tied_edges,
            number_group: run.number_group,
            group: run.group,
            active,
            tier_edges: run.tier_edges,
            edges: run.edges,
            conflicts: run.conflicts,
            refused_labels: run.refused_labels,
            passed_over: run.passed_over,
            roots: run.forest.roots(),
        }
    }

    /// How many clusters there are.
    pub(crate) fn clusters(&self) -> u64 {
        (0_u32..).zip(&self.roots).filter(|(record, root)| record == *root).count() as u64
    }

    /// For each record the number of its cluster, counted from 0 in order of smallest record; and how many there are.
    pub(crate) fn numbered(&self) -> (Vec<u32>, u64) {
        Forest::of_roots(self.roots.clone()).numbered()
    }

    /// Takes the added records in: those of the plan behind the known ones, and what `options` say beyond `before`.
    pub(crate) fn grow(&mut self, plan: &Plan<'_>, options: &LinkOptions, before: &LinkOptions, least: Least) -> Grown {
        let (known, count) = (self.roots.len(), plan.records.len());
        let (group, active) = (self.group.clone(), self.active.clone());
        self.number_group.resize(count, 0);
        self.active.resize(count, true);
        self.roots.extend(known as u32..count as u32);
        if !self.passed_over.is_empty() {
            self.passed_over.resize(count, 0);
        }
        let mut touched = vec![false; count];
        touched[known.min(count)..].fill(true);
        // Labels that came, and those that name a record which came.
        let old: FxHashSet<&Label> = before.labels.iter().collect();
        let fresh = |label: &&Label| !old.contains(label) || label.left.max(label.right) as usize >= known;
        for label in options.labels.iter().filter(fresh) {
            for record in [label.left, label.right] {
                touched.get_mut(record as usize).into_iter().for_each(|touched| *touched = true);
            }
        }
        let (apart_before, _) = label::sorted(&before.labels, known);
        let (apart, decisions) = label::sorted(&options.labels, count);
        let active_now = self.numbers(plan, options, before, &apart, &active, &mut touched);
        self.active = active_now;
        let joined_by_label = self.labels(plan, &apart, decisions, &mut touched);
        let mut report = Report { joined_by_label, ..Report::default() };
        let alone_before = |record: u32| group.get(record as usize) == Some(&0) && !apart_before.names(record);
        self.ties(plan, options, least, (&alone_before, &apart), &mut touched);
        let was = |record: usize| Part::of(&group, &active, record);
        let now = |record: usize| Part::of(&self.group, &self.active, record);
        let dirty: Vec<bool> = (0..count).map(|record| was(record) != now(record)).collect();
        let mut around = Around {
            plan,
            most: cap(plan.model),
            was: (0..count).into_par_iter().map(was).collect(),
            now: (0..count).into_par_iter().map(now).collect(),
            dirty,
            touched,
        };
        around.compare(&mut self.edges, &mut self.passed_over, least.keep, &mut report);
        let mut touched = around.touched;
        report.tiers = self.tiers(plan, &mut touched);
        self.cluster(plan, options, least, apart, &mut touched, &mut report);
        Grown { touched, report }
    }

    /// Settles anew the numbers of touched records, and those that were replaced since. Gives who stands for itself, as far as numbers
    /// tell.
    fn numbers(
        &mut self,
        plan: &Plan<'_>,
        options: &LinkOptions,
        before: &LinkOptions,
        apart: &Apart,
        active_before: &[bool],
        touched: &mut [bool],
    ) -> Vec<bool> {
        let mut active = std::mem::take(&mut self.active);
        if !plan.model.number.is_identity {
            return active;
        }
        let (records, known) = (plan.records, active_before.len());
        let (was, now) = (Current::of(&before.superseded), Current::of(&options.superseded));
        let mut wanted: FxHashSet<u64> = FxHashSet::default();
        let replaced = options.superseded.len() > before.superseded.len();
        for (record, row) in records.rows.iter().enumerate().filter(|(_, row)| row.number != 0) {
            if touched[record] {
                wanted.insert(now.number(row.number));
            }
            if replaced && record < known && was.number(row.number) != now.number(row.number) {
                wanted.extend([was.number(row.number), now.number(row.number)]);
            }
        }
        let runs = by_number(records, &now, |number| wanted.contains(&number));
        let mut redone = vec![false; records.len()];
        for (_, record) in &runs {
            redone[*record as usize] = true;
        }
        self.number_edges.retain(|edge| !redone[edge.left as usize]);
        self.conflicts.retain(|conflict| !redone[conflict.left as usize]);
        let people = self.number_group.iter().copied().max().unwrap_or(0);
        let mut settled = Settled::nobody(records.len(), apart.clone());
        let mut held = vec![false; records.len()];
        settle_some(plan, &runs, people, &mut settled, &mut held);
        for record in (0..records.len()).filter(|record| redone[*record]) {
            let stays_open = record < known && self.number_group[record] == 0 && settled.group[record] == 0;
            self.number_group[record] = settled.group[record];
            // Whether an open record stands for itself is decided by what says the same as it does.
            active[record] = if stays_open { active_before[record] } else { !held[record] };
            touched[record] = true;
        }
        self.number_edges.extend(settled.edges);
        self.number_edges.par_sort_unstable_by_key(|edge: &Edge| (edge.left, edge.right));
        self.conflicts.extend(settled.conflicts);
        self.conflicts.sort_unstable_by_key(|conflict| (conflict.left, conflict.right));
        active
    }

    /// Follows all labels anew: there are few, and one can stand against another far away. Gives how many joined two sets.
    fn labels(&mut self, plan: &Plan<'_>, apart: &Apart, decisions: Decisions, touched: &mut [bool]) -> u64 {
        let before = std::mem::take(&mut self.label_edges);
        let group_before = std::mem::take(&mut self.group);
        let mut settled = Settled::nobody(0, apart.clone());
        settled.forest = Forest::new(plan.records.len());
        for edge in &self.number_edges {
            if let Some((stays, goes)) = settled.forest.join(edge.left, edge.right) {
                settled.apart.joined(stays, goes);
            }
        }
        settled.group.clone_from(&self.number_group);
        let (refused, joins) = label::join(plan, &mut settled, decisions);
        (self.refused_labels, self.group, self.label_edges) = (refused, settled.group, settled.edges);
        self.label_edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        for (a, b) in [(&before, &self.label_edges), (&self.label_edges, &before)] {
            let known: FxHashSet<(u32, u32)> = b.iter().map(|edge| (edge.left, edge.right)).collect();
            for edge in a.iter().filter(|edge| !known.contains(&(edge.left, edge.right))) {
                touched[edge.left as usize] = true;
                touched[edge.right as usize] = true;
            }
        }
        for (record, touched) in touched.iter_mut().enumerate() {
            *touched |= group_before.get(record) != self.group.get(record);
        }
        joins
    }

    /// Ties anew the open records that say what a record says which came, was settled or is open again. `before` tells of a record
    /// whether it could be tied before.
    fn ties(
        &mut self,
        plan: &Plan<'_>,
        options: &LinkOptions,
        least: Least,
        (before, apart): (&(dyn Fn(u32) -> bool + Sync), &Apart),
        touched: &mut [bool],
    ) {
        let records = plan.records;
        let group = &self.group;
        let now = |record: u32| group[record as usize] == 0 && !apart.names(record);
        let all = 0..records.len() as u32;
        let changed = |record: &u32| before(*record) != now(*record);
        let hashes: FxHashSet<u64> = all.clone().filter(changed).map(|r| profile_hash(records, r)).collect();
        if hashes.is_empty() {
            return;
        }
        let order: Vec<(u64, u32)> = all
            .into_par_iter()
            .filter(|record| before(*record) || now(*record))
            .map(|record| (profile_hash(records, record), record))
            .filter(|(hash, _)| hashes.contains(hash))
            .collect();
        let mut redone = vec![false; records.len()];
        for (_, record) in &order {
            redone[*record as usize] = true;
            touched[*record as usize] = true;
            if self.number_group[*record as usize] == 0 {
                self.active[*record as usize] = true;
            }
        }
        self.tied_edges.retain(|edge| !redone[edge.left as usize]);
        let order = order.into_iter().filter(|(_, record)| now(*record)).collect();
        for (edge, record) in fold_some(plan, order, least.tie, options) {
            self.tied_edges.push(edge);
            self.active[record as usize] = false;
        }
        self.tied_edges.par_sort_unstable_by_key(|edge: &Edge| (edge.left, edge.right));
    }

    /// Looks for the pairs of all deterministic tiers anew: their blocks are small and few. Records of pairs that came or went are touched.
    fn tiers(&mut self, plan: &Plan<'_>, touched: &mut [bool]) -> Vec<TierReport> {
        if plan.model.tier.is_empty() {
            return Vec::new();
        }
        let active: Vec<u32> = (0_u32..).zip(&self.active).filter(|(_, active)| **active).map(|(at, _)| at).collect();
        let (now, reports) = tier::find(plan, &active, &self.group);
        let before = std::mem::replace(&mut self.tier_edges, now);
        let place = |edge: &Edge| (edge.left, edge.right, edge.tier);
        for edge in apart(&before, &self.tier_edges, place) {
            touched[edge.left as usize] = true;
            touched[edge.right as usize] = true;
        }
        reports
    }

    /// Grows anew the clusters of each connected part that has a touched record, from its edges, strongest first. Marks all records
    /// of these parts.
    fn cluster(
        &mut self,
        plan: &Plan<'_>,
        options: &LinkOptions,
        least: Least,
        apart: Apart,
        touched: &mut [bool],
        report: &mut Report,
    ) {
        let count = touched.len();
        let strong = |edge: &&Edge| edge.weight_bits_hundredths >= least.join_hundredths();
        let mut parts = Forest::new(count);
        for edge in self
            .number_edges
            .iter()
            .chain(&self.label_edges)
            .chain(&self.tied_edges)
            .chain(&self.tier_edges)
            .chain(self.edges.iter().filter(strong))
        {
            parts.join(edge.left, edge.right);
        }
        let parts = parts.roots();
        let mut again = vec![false; count];
        (0..count).filter(|record| touched[*record]).for_each(|record| again[parts[record] as usize] = true);
        let mut roots = std::mem::take(&mut self.roots);
        for record in 0..count {
            touched[record] = again[parts[record] as usize];
            if touched[record] {
                roots[record] = record as u32;
            }
        }
        let (forest, group) = (Forest::of_roots(roots), self.group.clone());
        let mut settled = Settled { forest, group, ..Settled::nobody(0, apart) };
        let here = |edge: &&Edge| touched[edge.left as usize];
        for edge in self.number_edges.iter().chain(&self.label_edges).chain(&self.tied_edges).filter(here) {
            settled.join(edge.left, edge.right);
        }
        let edges: Vec<Edge> = with_tiers(&self.tier_edges, &self.edges).iter().filter(here).copied().collect();
        cluster::join(plan, &mut settled, &edges, least.join_hundredths(), options, report, &|_| {});
        self.roots = settled.forest.roots();
    }
}
