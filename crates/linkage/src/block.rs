//! Brings together the pairs worth comparing, each once, and weighs them.

use crate::compare::Eye;
use crate::entries::{Keyed, Sorter};
use crate::gauge::Spectrum;
use crate::model::{Comparison, Model};
use crate::pairs::Earlier;
use crate::plan::{Plan, probability};
use crate::question::{Field, Test};
use crate::result::{Edge, RuleReport, Tier};
use crate::token::Token;
use crate::watch::{Done, Stage, Watch};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// About how many pairs one task compares. A constant, so that the work is cut the same way for any number of threads.
const PAIRS_PER_TASK: u64 = 1 << 18;

/// A run of entries with one key.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) range: Range<usize>,
    /// How many of them have no settled person; they come first.
    pub(crate) open: usize,
}

impl Block {
    /// Pairs with at least one open record.
    pub(crate) fn pairs(&self) -> u64 {
        let (all, open) = (self.range.len() as u64, self.open as u64);
        open * (open.saturating_sub(1)) / 2 + open * (all - open)
    }
}

/// The blocks of sorted entries that have a pair to compare.
pub(crate) fn blocks<E: Keyed>(entries: &[E]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut from = 0;
    while from < entries.len() {
        let key = entries[from].key() >> 1;
        let mut to = from + 1;
        while to < entries.len() && entries[to].key() >> 1 == key {
            to += 1;
        }
        if to - from > 1 {
            let open = entries[from..to].iter().take_while(|entry| entry.key() & 1 == 0).count();
            let block = Block { range: from..to, open };
            if block.pairs() > 0 {
                blocks.push(block);
            }
        }
        from = to;
    }
    blocks
}

/// Most pairs of a block under a model's cap.
pub(crate) fn cap(model: &Model) -> u64 {
    let largest = u64::from(model.blocking.largest_block);
    largest * largest.saturating_sub(1) / 2
}

/// Cuts blocks into tasks of about equal size.
pub(crate) fn tasks(blocks: &[Block]) -> Vec<&[Block]> {
    let mut tasks = Vec::new();
    let (mut from, mut load) = (0, 0);
    for (at, block) in blocks.iter().enumerate() {
        load += block.pairs();
        if load >= PAIRS_PER_TASK {
            tasks.push(&blocks[from..=at]);
            from = at + 1;
            load = 0;
        }
    }
    if from < blocks.len() {
        tasks.push(&blocks[from..]);
    }
    tasks
}

/// What comparing has found.
pub(crate) struct Compared {
    /// Ordered by left and right.
    pub(crate) edges: Vec<Edge>,
    pub(crate) rules: Vec<RuleReport>,
    /// Rules under which a record stood in a block that was too large, one bit each; empty where none was.
    pub(crate) passed_over: Vec<u32>,
    /// All pairs compared, by weight.
    pub(crate) spectrum: Spectrum,
}

/// Parts of a rule that progress is told in.
const PARTS: u64 = 1000;

/// Compares all pairs that share a block of some rule and gives those of at least `keep_bits` and no veto, ordered by left and
/// right. Pairs of two records with settled persons are not compared: `group` has decided them.
pub(crate) fn compare(plan: &Plan<'_>, active: &[u32], group: &[u32], keep_bits: f64, watch: Watch<'_>) -> Compared {
    let records = plan.records;
    let mut edges = Vec::new();
    let mut reports = Vec::new();
    let mut passed_over: Vec<u32> = Vec::new();
    let mut spectrum = Spectrum::new(records.len());
    let mut sorter = Sorter::default();
    let rules = &plan.model.blocking.rules;
    for (rule_at, rule) in rules.iter().enumerate() {
        let earlier = Earlier::of(plan, rule_at);
        let entries = earlier.entries(active, group, &mut sorter);
        let mut blocks = blocks(entries);
        let mut report = RuleReport::of(words(rule));
        let most = cap(plan.model);
        for block in &blocks {
            let pairs = block.pairs();
            if pairs <= most {
                report.pairs += pairs;
                continue;
            }
            report.skip(pairs, block.range.len() as u64);
            passed_over.resize(records.len(), 0);
            for entry in &entries[block.range.clone()] {
                passed_over[entry.record as usize] |= 1 << rule_at;
            }
        }
        blocks.retain(|block| block.pairs() <= most);
        let work = tasks(&blocks);
        let told = AtomicU64::new(0);
        let whole = report.pairs.max(1);
        let results: Vec<(Vec<Edge>, u64, Spectrum)> = work
            .par_iter()
            .map_init(
                || Eye::new(plan),
                |eye, task| {
                    let found = earlier.new_pairs(eye, entries, task, &passed_over, keep_bits);
                    let pairs: u64 = task.iter().map(Block::pairs).sum();
                    let done = told.fetch_add(pairs, Ordering::Relaxed) + pairs;
                    let done = rule_at as u64 * PARTS + (done as f64 / whole as f64 * PARTS as f64) as u64;
                    watch(Done { stage: Stage::Compare, done, total: rules.len() as u64 * PARTS });
                    found
                },
            )
            .collect();
        for (found, pairs, seen) in results {
            edges.extend(found);
            report.new_pairs += pairs;
            spectrum.add(seen);
        }
        reports.push(report);
    }
    edges.par_sort_unstable_by_key(|edge: &Edge| (edge.left, edge.right));
    Compared { edges, rules: reports, passed_over, spectrum }
}

/// An edge with its weight in hundredths of a bit.
pub(crate) fn edge(left: u32, right: u32, bits: f64, tier: Tier) -> Edge {
    Edge {
        left,
        right,
        weight_bits_hundredths: (bits * 100.0).round() as i32,
        probability: probability(bits) as f32,
        tier,
    }
}

/// A rule in words.
pub(crate) fn words(rule: &[Test]) -> String {
    rule.iter().map(Test::to_string).collect::<Vec<_>>().join(" and ")
}

/// Which comparisons look at a field of a rule. Swapped names are left aside: under a rule on one name they hardly occur, and
/// counting them would keep the other name from being learned.
pub(crate) fn touched(model: &Model, rule: &[Test]) -> Vec<bool> {
    let fields: Vec<Field> = rule.iter().flat_map(|test| test.fields()).copied().collect();
    let looks = |test: &&Test| {
        !matches!(test, Test::Swapped | Test::Crossed | Test::Token(Token::NamesTurnedBirth))
            && test.fields().iter().any(|field| fields.contains(field))
    };
    let tests =
        |comparison: &Comparison| comparison.levels.iter().flat_map(|level| &level.when).any(|test| looks(&test));
    model.comparison.iter().map(tests).collect()
}
