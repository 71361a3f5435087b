//! Decides about added records and about what they touch, and about nothing else.

use crate::block::cap;
use crate::cluster;
use crate::forest::Forest;
use crate::link::{Least, Run};
use crate::number::{Current, Settled, by_number, settle_some};
use crate::plan::Plan;
use crate::result::{Conflict, Edge, LinkOptions, Report};
use crate::same::{fold_some, profile_hash};
use crate::touch::Around;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// What was decided about each record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    /// The person of a record's number; 0 where it has none or it was set aside. Only equality matters.
    pub(crate) group: Vec<u32>,
    /// Records that are compared: of those that say the same one stands for all.
    pub(crate) active: Vec<bool>,
    /// Through the number, in order.
    pub(crate) number_edges: Vec<Edge>,
    /// Between open records that say the same, in order.
    pub(crate) tied_edges: Vec<Edge>,
    /// By weight, in order.
    pub(crate) edges: Vec<Edge>,
    pub(crate) conflicts: Vec<Conflict>,
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
        let by_number = |edge: &Edge| edge.tier == crate::Tier::Number;
        let (number_edges, tied_edges) = run.settled.into_iter().partition(by_number);
        Self {
            group: run.group,
            active,
            number_edges,
            tied_edges,
            edges: run.edges,
            conflicts: run.conflicts,
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

    /// Takes the added records in: those of the plan behind the known ones.
    pub(crate) fn grow(
        &mut self,
        plan: &Plan<'_>,
        options: &LinkOptions,
        superseded_before: &[(u64, u64)],
        least: Least,
    ) -> Grown {
        let (known, count) = (self.roots.len(), plan.records.len());
        let (group, active) = (self.group.clone(), self.active.clone());
        self.group.resize(count, 0);
        self.active.resize(count, true);
        self.roots.extend(known as u32..count as u32);
        if !self.passed_over.is_empty() {
            self.passed_over.resize(count, 0);
        }
        let mut touched = vec![false; count];
        touched[known.min(count)..].fill(true);
        self.numbers(plan, options, superseded_before, &active, &mut touched);
        self.ties(plan, options, least, &group, &mut touched);
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
        let mut report = Report::default();
        around.compare(&mut self.edges, &mut self.passed_over, least.keep, &mut report);
        let mut touched = around.touched;
        self.cluster(plan, options, least, &mut touched, &mut report);
        Grown { touched, report }
    }

    /// Settles anew the numbers that added records have, and those that were replaced since.
    fn numbers(
        &mut self,
        plan: &Plan<'_>,
        options: &LinkOptions,
        superseded_before: &[(u64, u64)],
        active_before: &[bool],
        touched: &mut [bool],
    ) {
        if !plan.model.number.is_identity {
            return;
        }
        let (records, known) = (plan.records, active_before.len());
        let (was, now) = (Current::of(superseded_before), Current::of(&options.superseded));
        let numbers = |rows: &[crate::records::Row]| -> Vec<u64> {
            rows.iter().map(|row| row.number).filter(|number| *number != 0).collect()
        };
        let mut wanted: FxHashSet<u64> =
            numbers(&records.rows[known..]).into_iter().map(|number| now.number(number)).collect();
        if options.superseded.len() > superseded_before.len() {
            let both = |number: u64| (was.number(number), now.number(number));
            let moved = numbers(&records.rows[..known]).into_iter().map(both).filter(|(a, b)| a != b);
            wanted.extend(moved.flat_map(|(a, b)| [a, b]));
        }
        let runs = by_number(records, &now, |number| wanted.contains(&number));
        let mut redone = vec![false; records.len()];
        for (_, record) in &runs {
            redone[*record as usize] = true;
        }
        self.number_edges.retain(|edge| !redone[edge.left as usize]);
        self.conflicts.retain(|conflict| !redone[conflict.left as usize]);
        let people = self.group.iter().copied().max().unwrap_or(0);
        let mut settled = Settled::nobody(records.len());
        let mut held = vec![false; records.len()];
        settle_some(plan, &runs, people, &mut settled, &mut held);
        for record in (0..records.len()).filter(|record| redone[*record]) {
            let stays_open = record < known && self.group[record] == 0 && settled.group[record] == 0;
            self.group[record] = settled.group[record];
            // Whether an open record stands for itself is decided by what says the same as it does.
            self.active[record] = if stays_open { active_before[record] } else { !held[record] };
            touched[record] = true;
        }
        self.number_edges.extend(settled.edges);
        self.number_edges.par_sort_unstable_by_key(|edge: &Edge| (edge.left, edge.right));
        self.conflicts.extend(settled.conflicts);
        self.conflicts.sort_unstable_by_key(|conflict| (conflict.left, conflict.right));
    }

    /// Ties anew the open records that say what a record says which came, was settled or is open again.
    fn ties(
        &mut self,
        plan: &Plan<'_>,
        options: &LinkOptions,
        least: Least,
        group_before: &[u32],
        touched: &mut [bool],
    ) {
        let records = plan.records;
        let open = |group: &[u32], record: u32| group.get(record as usize) == Some(&0);
        let all = 0..records.len() as u32;
        let changed = |record: &u32| open(group_before, *record) != open(&self.group, *record);
        let hashes: FxHashSet<u64> = all.clone().filter(changed).map(|r| profile_hash(records, r)).collect();
        if hashes.is_empty() {
            return;
        }
        let order: Vec<(u64, u32)> = all
            .into_par_iter()
            .filter(|record| open(group_before, *record) || open(&self.group, *record))
            .map(|record| (profile_hash(records, record), record))
            .filter(|(hash, _)| hashes.contains(hash))
            .collect();
        let mut redone = vec![false; records.len()];
        for (_, record) in &order {
            redone[*record as usize] = true;
            touched[*record as usize] = true;
            if open(&self.group, *record) {
                self.active[*record as usize] = true;
            }
        }
        self.tied_edges.retain(|edge| !redone[edge.left as usize]);
        let order = order.into_iter().filter(|(_, record)| open(&self.group, *record)).collect();
        for (edge, record) in fold_some(plan, order, least.join, options) {
            self.tied_edges.push(edge);
            self.active[record as usize] = false;
        }
        self.tied_edges.par_sort_unstable_by_key(|edge: &Edge| (edge.left, edge.right));
    }

    /// Grows anew the clusters of each connected part that has a touched record, from its edges, strongest first. Marks all records
    /// of these parts.
    fn cluster(
        &mut self,
        plan: &Plan<'_>,
        options: &LinkOptions,
        least: Least,
        touched: &mut [bool],
        report: &mut Report,
    ) {
        let count = touched.len();
        let strong = |edge: &&Edge| edge.weight_bits_hundredths >= least.join_hundredths();
        let mut parts = Forest::new(count);
        for edge in self.number_edges.iter().chain(&self.tied_edges).chain(self.edges.iter().filter(strong)) {
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
        let mut settled = Settled { forest: Forest::of_roots(roots), group: self.group.clone(), ..Settled::nobody(0) };
        let here = |edge: &&Edge| touched[edge.left as usize];
        for edge in self.number_edges.iter().chain(&self.tied_edges).filter(here) {
            settled.forest.join(edge.left, edge.right);
        }
        let edges: Vec<Edge> = self.edges.iter().filter(here).copied().collect();
        cluster::join(plan, &mut settled, &edges, least.join_hundredths(), options, report);
        self.roots = settled.forest.roots();
    }
}
