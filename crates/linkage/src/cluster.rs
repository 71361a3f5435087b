//! Joins records by edges, strongest first, and refuses what would put two people together.

use crate::compare::Eye;
use crate::number::Settled;
use crate::plan::Plan;
use crate::result::{Edge, LinkOptions, Report, Tier};
use crate::watch::{Done, Stage, Watch};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// Most members of a cluster that are asked when another wants to join: those whose content comes first.
const SPOKESMEN: usize = 12;

struct Clusters<'a, 'b> {
    plan: &'a Plan<'a>,
    settled: &'b mut Settled,
    /// The next member of the same cluster, in a ring.
    next: Vec<u32>,
    /// For each root: one bit for each source that holds a person once and has a record here.
    once: Vec<u32>,
    /// Of the clusters of more members than may speak.
    spokesmen: FxHashMap<u32, Vec<u32>>,
}

/// Edges that are looked at ahead, so that their reads wait for memory together.
const AHEAD: usize = 1 << 8;

/// Joins along the edges of the deterministic tiers, in their order, and then along those of weight. Counts refusals in the report.
pub(crate) fn join(
    plan: &Plan<'_>,
    settled: &mut Settled,
    edges: &[Edge],
    least: i32,
    options: &LinkOptions,
    report: &mut Report,
    watch: Watch<'_>,
) {
    let content = |record: u32| plan.records.rows[record as usize].content;
    // Tier, weight, the two contents mixed in a way that does not ask which comes first, and the records.
    let mut order: Vec<(Tier, Reverse<i32>, u64, u32, u32)> = edges
        .iter()
        .filter(|edge| edge.tier != Tier::Weight || edge.weight_bits_hundredths >= least)
        .map(|edge| {
            let (a, b) = (content(edge.left), content(edge.right));
            let mixed = a.min(b).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ a.max(b);
            (edge.tier, Reverse(edge.weight_bits_hundredths), mixed, edge.left, edge.right)
        })
        .collect();
    order.par_sort_unstable();
    let mut clusters = Clusters::new(plan, settled, options);
    let mut eye = Eye::new(plan);
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    let total = order.len().max(1) as u64;
    for (done, (tier, _, _, left, right)) in order.iter().copied().enumerate() {
        if done % (1 << 14) == 0 {
            watch(Done { stage: Stage::Cluster, done: done as u64, total });
        }
        if done % AHEAD == 0 {
            clusters.look_ahead(&order[done..order.len().min(done + AHEAD)]);
        }
        let (a, b) = (clusters.settled.forest.root(left), clusters.settled.forest.root(right));
        if a == b {
            continue;
        }
        let (person_a, person_b) = (clusters.settled.group[a as usize], clusters.settled.group[b as usize]);
        if person_a != 0 && person_b != 0 && person_a != person_b {
            report.refused_numbers += 1;
            continue;
        }
        if clusters.settled.apart.between(&mut clusters.settled.forest, a, b).is_some() {
            report.refused_labels += 1;
            continue;
        }
        if clusters.once[a as usize] & clusters.once[b as usize] != 0 {
            report.refused_one_row += 1;
            continue;
        }
        clusters.speak(a, &mut of_a);
        clusters.speak(b, &mut of_b);
        match clusters.alike(&mut eye, &of_a, &of_b, tier == Tier::Weight) {
            Likeness::Alike => {
                clusters.unite(a, b, &mut of_a, &of_b);
                if let Tier::Rule(rule) = tier
                    && let Some(told) = report.tiers.get_mut(usize::from(rule))
                {
                    told.joined += 1;
                }
            }
            Likeness::Different => report.refused_different += 1,
            Likeness::Unlike => report.refused_unlike += 1,
        }
    }
}

enum Likeness {
    Alike,
    /// Half or more of the pairs across are vetoed.
    Different,
    /// The mean weight of the pairs across is too low.
    Unlike,
}

impl<'a, 'b> Clusters<'a, 'b> {
    fn new(plan: &'a Plan<'a>, settled: &'b mut Settled, options: &LinkOptions) -> Self {
        let records = plan.records;
        let count = records.len() as u32;
        let mut next: Vec<u32> = (0..count).collect();
        let mut once = vec![0_u32; records.len()];
        let mut bit_of_source = [0_u32; 256];
        for (bit, source) in options.one_row_per_person.iter().take(32).enumerate() {
            bit_of_source[usize::from(*source)] = 1 << bit;
        }
        // A root carries the number's person of its members: joining keeps it, so only the members' own is copied up here.
        for record in 0..count {
            let root = settled.forest.root(record);
            once[root as usize] |= bit_of_source[usize::from(records.rows[record as usize].source)];
            if root != record {
                next.swap(root as usize, record as usize);
            }
        }
        Self { plan, settled, next, once, spokesmen: FxHashMap::default() }
    }

    /// Brings near what the next edges ask for.
    fn look_ahead(&self, edges: &[(Tier, Reverse<i32>, u64, u32, u32)]) {
        let mut read = 0;
        for (_, _, _, left, right) in edges {
            for record in [*left, *right] {
                read ^= self.settled.forest.above(record) ^ self.settled.group[record as usize];
                read ^= self.next[record as usize] ^ self.once[record as usize];
            }
        }
        for (_, _, _, left, right) in edges {
            for record in [*left, *right] {
                let above = self.settled.forest.above(record);
                read ^= self.settled.group[above as usize] ^ self.once[above as usize];
                read ^= self.plan.records.rows[record as usize].birth;
            }
        }
        // Else the compiler would see that nobody asks for the answer.
        std::hint::black_box(read);
    }

    /// The members of a cluster whose content comes first.
    fn speak(&mut self, root: u32, members: &mut Vec<u32>) {
        members.clear();
        if let Some(known) = self.spokesmen.get(&root) {
            members.extend(known);
            return;
        }
        members.push(root);
        let mut at = self.next[root as usize];
        while at != root {
            members.push(at);
            at = self.next[at as usize];
        }
        self.shorten(root, members);
    }

    /// Leaves those that may speak, and remembers them where that are not all.
    fn shorten(&mut self, root: u32, members: &mut Vec<u32>) {
        if members.len() < 2 {
            return;
        }
        let rows = &self.plan.records.rows;
        members.sort_unstable_by_key(|record| (rows[*record as usize].content, *record));
        if members.len() > SPOKESMEN {
            members.truncate(SPOKESMEN);
            self.spokesmen.insert(root, members.clone());
        }
    }

    /// `weighed` says that a weight asks, which has to hold for the clusters as a whole; a deterministic tier has only vetoes to fear.
    fn alike(&self, eye: &mut Eye<'_>, of_a: &[u32], of_b: &[u32], weighed: bool) -> Likeness {
        if let (true, [_], [_]) = (weighed, of_a, of_b) {
            // Two single records: the edge between them has been weighed, and no veto stood against it.
            return Likeness::Alike;
        }
        let (mut vetoed, mut bits) = (0, 0.0);
        for x in of_a {
            for y in of_b {
                let (left, right) = ((*x).min(*y), (*x).max(*y));
                let mask = eye.mask(left, right);
                vetoed += usize::from(self.plan.veto(mask).is_some());
                bits += self.plan.bits(mask, left, right);
            }
        }
        let pairs = of_a.len() * of_b.len();
        if vetoed * 2 >= pairs {
            Likeness::Different
        } else if weighed && bits < self.plan.model.least_mean_bits * pairs as f64 {
            Likeness::Unlike
        } else {
            Likeness::Alike
        }
    }

    /// Joins two clusters whose spokesmen are `members` and `others`.
    fn unite(&mut self, a: u32, b: u32, members: &mut Vec<u32>, others: &[u32]) {
        let Some((stays, goes)) = self.settled.join(a, b) else { return };
        if members.len() + others.len() > SPOKESMEN {
            self.spokesmen.remove(&goes);
            members.extend(others);
            self.shorten(stays, members);
        }
        self.next.swap(stays as usize, goes as usize);
        self.once[stays as usize] |= self.once[goes as usize];
    }
}
