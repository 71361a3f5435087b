//! Compares the pairs that an addition brings together, and takes back those it parts.

use crate::block::{edge, words};
use crate::compare::Eye;
use crate::entries::Entry;
use crate::grow::Part;
use crate::key::Keys;
use crate::plan::Plan;
use crate::result::{Edge, Report, RuleReport, Tier};
use rayon::prelude::*;

/// Which records an addition touches.
pub(crate) struct Around<'a> {
    pub(crate) plan: &'a Plan<'a>,
    /// Most pairs of a block.
    pub(crate) most: u64,
    /// How each record took part before.
    pub(crate) was: Vec<Part>,
    /// How it takes part now.
    pub(crate) now: Vec<Part>,
    /// Records that take part otherwise than before: all their pairs are compared anew.
    pub(crate) dirty: Vec<bool>,
    /// Records whose cluster must be grown anew.
    pub(crate) touched: Vec<bool>,
}

/// Where blocks stand on the cap: before and now.
struct Block<'b> {
    members: &'b [Entry],
    was_over: bool,
    is_over: bool,
}

impl Around<'_> {
    /// Brings edges and the marks of passed over blocks up to date.
    pub(crate) fn compare(
        &mut self,
        edges: &mut Vec<Edge>,
        passed_over: &mut Vec<u32>,
        keep_bits: f64,
        report: &mut Report,
    ) {
        let dirty = &self.dirty;
        let touched = &mut self.touched;
        edges.retain(|edge| {
            let stays = !dirty[edge.left as usize] && !dirty[edge.right as usize];
            if !stays {
                touched[edge.left as usize] = true;
                touched[edge.right as usize] = true;
            }
            stays
        });
        let mut fresh = vec![false; dirty.len()];
        let mut found: Vec<Edge> = Vec::new();
        for (rule_at, rule) in self.plan.model.blocking.rules.iter().enumerate() {
            let mut told = RuleReport::of(words(rule));
            let entries = self.entries(&Keys::new(self.plan.records, rule));
            let blocks: Vec<Block<'_>> = entries
                .chunk_by(|a, b| a.0 == b.0)
                .filter(|members| members.iter().any(|(_, record)| self.dirty[*record as usize]))
                .map(|members| Block {
                    members,
                    was_over: pairs(members, &self.was) > self.most,
                    is_over: pairs(members, &self.now) > self.most,
                })
                .collect();
            self.mark(&blocks, rule_at, passed_over, &mut fresh, &mut told);
            let results: Vec<(Vec<Edge>, u64)> = blocks
                .par_chunks(256)
                .map_init(|| Eye::new(self.plan), |eye, some| self.some(eye, some, rule_at, passed_over, keep_bits))
                .collect();
            for (some, pairs) in results {
                found.extend(some);
                told.new_pairs += pairs;
            }
            report.pairs += told.new_pairs;
            report.rules.push(told);
        }
        for edge in &found {
            self.touched[edge.left as usize] = true;
            self.touched[edge.right as usize] = true;
        }
        self.part(edges, passed_over, &fresh);
        found.par_sort_unstable_by_key(|edge: &Edge| (edge.left, edge.right));
        edges.extend(found);
        edges.sort_by_key(|edge| (edge.left, edge.right));
        // A block that is under the cap again brings pairs together which another rule had found.
        edges.dedup_by_key(|edge| (edge.left, edge.right));
    }

    /// Records of blocks with a dirty record, by key; the few of other blocks do no harm.
    fn entries(&self, keys: &Keys<'_>) -> Vec<Entry> {
        let dirty = || (0..self.dirty.len()).filter(|record| self.dirty[*record]);
        let places = (dirty().count() * 64).next_power_of_two().max(1 << 12);
        let mut wanted = vec![0_u64; places / 64];
        let place = |key: u64| {
            let at = (key >> 16) as usize & (places - 1);
            (at / 64, 1_u64 << (at % 64))
        };
        for key in dirty().filter_map(|record| keys.of(record)) {
            let (word, bit) = place(key);
            wanted[word] |= bit;
        }
        let entry = |record: u32| {
            let at = record as usize;
            if self.was[at] == Part::None && self.now[at] == Part::None {
                return None;
            }
            let key = keys.of(at)?;
            let (word, bit) = place(key);
            (wanted[word] & bit != 0).then_some((key & !1, record))
        };
        let mut entries: Vec<Entry> = (0..self.dirty.len() as u32).into_par_iter().filter_map(entry).collect();
        entries.par_sort_unstable();
        entries
    }

    /// Brings the marks of one rule up to date. `fresh` are the records of blocks that have grown over the cap.
    fn mark(
        &self,
        blocks: &[Block<'_>],
        rule: usize,
        passed_over: &mut Vec<u32>,
        fresh: &mut [bool],
        told: &mut RuleReport,
    ) {
        for block in blocks {
            if block.is_over {
                let records = block.members.iter().filter(|(_, record)| self.now[*record as usize] != Part::None);
                told.skip(pairs(block.members, &self.now), records.count() as u64);
                passed_over.resize(self.now.len(), 0);
            }
            if passed_over.is_empty() {
                continue;
            }
            for (_, record) in block.members {
                let marks = &mut passed_over[*record as usize];
                *marks = *marks & !(1 << rule) | u32::from(block.is_over) << rule;
                fresh[*record as usize] |= block.is_over && !block.was_over;
            }
        }
    }

    /// Compares the new pairs of some blocks.
    fn some(
        &self,
        eye: &mut Eye<'_>,
        blocks: &[Block<'_>],
        rule: usize,
        passed_over: &[u32],
        keep_bits: f64,
    ) -> (Vec<Edge>, u64) {
        let plan = self.plan;
        let (earlier, own) = (&plan.rules[..rule], plan.rules[rule]);
        let mut edges = Vec::new();
        let mut pairs = 0;
        for block in blocks.iter().filter(|block| !block.is_over) {
            let of = |part: Part| {
                block.members.iter().map(|(_, record)| *record).filter(move |r| self.now[*r as usize] == part)
            };
            let open: Vec<u32> = of(Part::Open).collect();
            let members: Vec<u32> = open.iter().copied().chain(of(Part::Settled)).collect();
            for (i, a) in open.iter().enumerate() {
                let skipped = passed_over.get(*a as usize).copied().unwrap_or(0);
                let all = block.was_over || self.dirty[*a as usize];
                for b in members[i + 1..].iter().filter(|b| all || self.dirty[**b as usize]) {
                    let (left, right) = ((*a).min(*b), (*a).max(*b));
                    let mask = eye.mask(left, right);
                    let seen = |(at, need): (usize, &u64)| mask & need == *need && skipped >> at & 1 == 0;
                    if earlier.iter().enumerate().any(seen) || mask & own != own {
                        continue;
                    }
                    pairs += 1;
                    let bits = plan.bits(mask, left, right);
                    if bits >= keep_bits && plan.veto(mask).is_none() {
                        edges.push(edge(left, right, bits, Tier::Weight));
                    }
                }
            }
        }
        (edges, pairs)
    }

    /// Takes back edges that only a block found which is over the cap now.
    fn part(&mut self, edges: &mut Vec<Edge>, passed_over: &[u32], fresh: &[bool]) {
        if !fresh.contains(&true) {
            return;
        }
        let mut eye = Eye::new(self.plan);
        let touched = &mut self.touched;
        edges.retain(|edge| {
            if !fresh[edge.left as usize] || !fresh[edge.right as usize] {
                return true;
            }
            let mask = eye.mask(edge.left, edge.right);
            let skipped = passed_over[edge.left as usize];
            let holds = |(at, need): (usize, &u64)| mask & need == *need && skipped >> at & 1 == 0;
            let stays = self.plan.rules.iter().enumerate().any(holds);
            if !stays {
                touched[edge.left as usize] = true;
                touched[edge.right as usize] = true;
            }
            stays
        });
    }
}

/// Pairs of a block with at least one open record.
fn pairs(members: &[Entry], part: &[Part]) -> u64 {
    let count = |wanted: Part| members.iter().filter(|(_, record)| part[*record as usize] == wanted).count() as u64;
    let (open, settled) = (count(Part::Open), count(Part::Settled));
    open * open.saturating_sub(1) / 2 + open * settled
}
