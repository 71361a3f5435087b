//! The pairs of a rule's blocks that no earlier rule has, weighed.
//!
//! Most pairs of a later rule were seen under an earlier one. What tells so stands beside the key, so that the rows of the records, which
//! lie anywhere in memory, are fetched for new pairs alone, and for many of them at a time.

use crate::block::{Block, edge};
use crate::compare::Eye;
use crate::entries::{Keyed, Sorter, marked};
use crate::gauge::Spectrum;
use crate::key::Keys;
use crate::plan::Plan;
use crate::question::{Field, Test};
use crate::records::Row;
use crate::result::{Edge, Tier};

/// Pairs whose rows are fetched together; they stay in the processor's cache.
const PAIRS_AT_A_TIME: usize = 1 << 9;
/// Values that stand beside a key.
const BESIDE: usize = 3;

/// A record in a block, with what tells whether an earlier rule has brought it together with another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sighted {
    key: u64,
    pub(crate) record: u32,
    beside: [u32; BESIDE],
}

impl Keyed for Sighted {
    fn key(&self) -> u64 {
        self.key
    }
}

/// One rule, and how to tell the pairs that the rules before it have.
pub(crate) struct Earlier<'a> {
    plan: &'a Plan<'a>,
    rule: usize,
    /// The fields whose values stand beside the key.
    fields: Vec<Field>,
    /// Earlier rules that ask for equal fields alone, each with the values beside the key that must be equal, one bit each.
    quick: Vec<(usize, u8)>,
}

impl<'a> Earlier<'a> {
    pub(crate) fn of(plan: &'a Plan<'a>, rule: usize) -> Self {
        let rules = &plan.model.blocking.rules;
        let mut fields: Vec<Field> = Vec::new();
        let mut quick = Vec::new();
        'rules: for (at, earlier) in rules[..rule].iter().enumerate() {
            let mut need = 0;
            // What the rule itself asks for is equal in its blocks.
            for test in earlier.iter().filter(|test| !rules[rule].contains(test)) {
                let Test::Exact(field) = test else { continue 'rules };
                let place = fields.iter().position(|own| own == field).unwrap_or(fields.len());
                if place == BESIDE
                    || !matches!(field, Field::Family | Field::Given | Field::Birth | Field::Postcode | Field::Address)
                {
                    continue 'rules;
                }
                if place == fields.len() {
                    fields.push(*field);
                }
                need |= 1 << place;
            }
            quick.push((at, need));
        }
        Self { plan, rule, fields, quick }
    }

    /// The records that stand in a block of the rule, sorted by their blocks.
    pub(crate) fn entries<'s>(&self, active: &[u32], group: &[u32], sorter: &'s mut Sorter<Sighted>) -> &'s [Sighted] {
        let records = self.plan.records;
        let keys = Keys::new(records, &self.plan.model.blocking.rules[self.rule]);
        sorter.sort(active, active.len(), |record| {
            let key = keys.of(*record as usize)?;
            let row = &records.rows[*record as usize];
            let mut beside = [0; BESIDE];
            for (beside, field) in beside.iter_mut().zip(&self.fields) {
                *beside = match field {
                    Field::Family => row.texts[0],
                    Field::Given => row.texts[1],
                    Field::Postcode => row.texts[2],
                    Field::Address => row.texts[3],
                    _ => row.birth,
                };
            }
            Some(Sighted { key: marked(key, group, *record), record: *record, beside })
        })
    }

    /// Weighs the pairs of some blocks that no earlier rule has. Gives the edges, how many pairs there were, and their weights.
    pub(crate) fn new_pairs(
        &self,
        eye: &mut Eye<'_>,
        entries: &[Sighted],
        task: &[Block],
        passed_over: &[u32],
        keep_bits: f64,
    ) -> (Vec<Edge>, u64, Spectrum) {
        let mut found = Found { edges: Vec::new(), pairs: 0, spectrum: Spectrum::new(self.plan.records.len()) };
        let mut open: Vec<(u32, u32)> = Vec::with_capacity(PAIRS_AT_A_TIME);
        let mut rows = Vec::with_capacity(PAIRS_AT_A_TIME);
        for block in task {
            let members = &entries[block.range.clone()];
            for (i, a) in members[..block.open].iter().enumerate() {
                let skipped = passed_over.get(a.record as usize).copied().unwrap_or(0);
                for b in &members[i + 1..] {
                    let same = equal(&a.beside, &b.beside);
                    if self.quick.iter().any(|(at, need)| same & need == *need && skipped >> at & 1 == 0) {
                        continue;
                    }
                    open.push((a.record, b.record));
                    if open.len() == PAIRS_AT_A_TIME {
                        self.weigh(eye, &mut open, &mut rows, passed_over, keep_bits, &mut found);
                    }
                }
            }
        }
        self.weigh(eye, &mut open, &mut rows, passed_over, keep_bits, &mut found);
        (found.edges, found.pairs, found.spectrum)
    }

    fn weigh(
        &self,
        eye: &mut Eye<'_>,
        open: &mut Vec<(u32, u32)>,
        rows: &mut Vec<(Row, Row)>,
        passed_over: &[u32],
        keep_bits: f64,
        found: &mut Found,
    ) {
        let plan = self.plan;
        let (earlier, own) = (&plan.rules[..self.rule], plan.rules[self.rule]);
        let all = &plan.records.rows;
        rows.clear();
        rows.extend(open.iter().map(|(a, b)| (all[*a as usize], all[*b as usize])));
        eye.look_ahead(rows);
        for ((a, b), (row_a, row_b)) in open.drain(..).zip(rows.iter()) {
            let mask = eye.mask_of((a, row_a), (b, row_b));
            let skipped = passed_over.get(a as usize).copied().unwrap_or(0);
            let seen = |(at, need): (usize, &u64)| mask & need == *need && skipped >> at & 1 == 0;
            // The second condition parts keys that collide.
            if earlier.iter().enumerate().any(seen) || mask & own != own {
                continue;
            }
            found.pairs += 1;
            let (left, right) = (a.min(b), a.max(b));
            let bits = plan.bits(mask, left, right);
            if plan.veto(mask).is_some() {
                continue;
            }
            found.spectrum.see(plan, mask, bits, left, right);
            if bits >= keep_bits {
                found.edges.push(edge(left, right, bits, Tier::Weight));
            }
        }
    }
}

struct Found {
    edges: Vec<Edge>,
    pairs: u64,
    spectrum: Spectrum,
}

/// Which values are present and equal, one bit each.
fn equal(a: &[u32; BESIDE], b: &[u32; BESIDE]) -> u8 {
    a.iter().zip(b).enumerate().fold(0, |same, (at, (x, y))| same | u8::from(*x != 0 && x == y) << at)
}
