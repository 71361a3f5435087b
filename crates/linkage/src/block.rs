//! Brings together the pairs worth comparing, each once, and weighs them.

use crate::compare::Eye;
use crate::gauge::Spectrum;
use crate::key::Keys;
use crate::model::{Comparison, Model};
use crate::plan::{Plan, probability};
use crate::question::{Field, Test};
use crate::records::{Records, Row};
use crate::result::{Edge, RuleReport, Tier};
use crate::token::Token;
use crate::watch::{Done, Stage, Watch};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// About how many pairs one task compares. A constant, so that the work is cut the same way for any number of threads.
const PAIRS_PER_TASK: u64 = 1 << 18;

/// One record under one rule: its key and its number.
pub(crate) type Entry = (u64, u32);

/// The keys of the records under a rule, sorted, so that a block is a run of equal keys. The lowest bit of a key says whether the
/// record has a settled person (`group` not 0): those come last in their block.
pub(crate) fn entries(records: &Records, rule: &[Test], active: &[u32], group: &[u32]) -> Vec<Entry> {
    some_entries(records, rule, active, group, 1)
}

/// As [`entries`], of one key in `one_in`: whole blocks, so that their pairs are a sample of all blocks' pairs.
pub(crate) fn some_entries(records: &Records, rule: &[Test], active: &[u32], group: &[u32], one_in: u64) -> Vec<Entry> {
    let settled = |record: u32| u64::from(group.get(record as usize).is_some_and(|group| *group != 0));
    let keys = Keys::new(records, rule);
    // 0 stands for a record without a key, or of another part of the blocks.
    let key = |record: &u32| match keys.of(*record as usize) {
        // Bits that neither the order nor the filter of lonely keys rests on alone.
        Some(key) if one_in <= 1 || (key >> 44) % one_in == 0 => key & !1 | settled(*record),
        _ => 0,
    };
    let all: Vec<u64> = active.par_iter().map(key).collect();
    let seen = Seen::of(all.iter().copied().filter(|key| *key != 0), all.len());
    let paired = |(key, _): &Entry| *key != 0 && seen.in_a_pair(*key);
    let mut entries: Vec<Entry> = all.into_iter().zip(active.iter().copied()).filter(paired).collect();
    entries.par_sort_unstable();
    entries
}

/// Drops entries that cannot be in a pair, before the sorting: keys seen once, and keys without an open record.
pub(crate) fn lonely_dropped(entries: &mut Vec<Entry>) {
    let seen = Seen::of(entries.iter().map(|(key, _)| *key), entries.len());
    entries.retain(|(key, _)| seen.in_a_pair(*key));
}

/// How often keys were seen: once or more, and whether with an open record. A few bits of the key's hash stand for the key, so it may
/// say yes to a few lonely ones, which does no harm.
struct Seen {
    /// Four bits for a place: seen, seen again, with an open record.
    words: Vec<u64>,
}

impl Seen {
    fn of(keys: impl Iterator<Item = u64>, most: usize) -> Self {
        let places = (most * 8).next_power_of_two().max(1 << 12);
        let mut seen = Self { words: vec![0_u64; places / 16] };
        for key in keys {
            let (word, shift) = seen.place(key);
            let before = seen.words[word] >> shift & 1;
            seen.words[word] |= (1 | before << 1 | (!key & 1) << 2) << shift;
        }
        seen
    }

    fn place(&self, key: u64) -> (usize, usize) {
        let at = (key >> 16) as usize & (self.words.len() * 16 - 1);
        (at / 16, at % 16 * 4)
    }

    fn in_a_pair(&self, key: u64) -> bool {
        let (word, shift) = self.place(key);
        self.words[word] >> shift & 0b110 == 0b110
    }
}

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
pub(crate) fn blocks(entries: &[Entry]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut from = 0;
    while from < entries.len() {
        let key = entries[from].0 >> 1;
        let mut to = from + 1;
        while to < entries.len() && entries[to].0 >> 1 == key {
            to += 1;
        }
        if to - from > 1 {
            let open = entries[from..to].iter().take_while(|(key, _)| key & 1 == 0).count();
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
    let rules = &plan.model.blocking.rules;
    for (rule_at, rule) in rules.iter().enumerate() {
        let entries = entries(records, rule, active, group);
        let mut blocks = blocks(&entries);
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
            for (_, record) in &entries[block.range.clone()] {
                passed_over[*record as usize] |= 1 << rule_at;
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
                    let found = one_task(plan, eye, rule_at, &entries, task, &passed_over, keep_bits);
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

fn one_task(
    plan: &Plan<'_>,
    eye: &mut Eye<'_>,
    rule_at: usize,
    entries: &[Entry],
    task: &[Block],
    passed_over: &[u32],
    keep_bits: f64,
) -> (Vec<Edge>, u64, Spectrum) {
    let (earlier, own) = (&plan.rules[..rule_at], plan.rules[rule_at]);
    let rules = &plan.model.blocking.rules[..rule_at];
    let quick: Vec<(usize, u8)> =
        rules.iter().enumerate().filter_map(|(at, rule)| Some((at, same_need(rule)?))).collect();
    let all = &plan.records.rows;
    let (mut edges, mut spectrum) = (Vec::new(), Spectrum::new(plan.records.len()));
    let mut pairs = 0;
    // The rows of a block side by side: fetched one behind the other they wait for memory together.
    let mut rows: Vec<Row> = Vec::new();
    for block in task {
        let members = &entries[block.range.clone()];
        rows.clear();
        rows.extend(members.iter().map(|(_, record)| all[*record as usize]));
        for (i, (_, a)) in members[..block.open].iter().enumerate() {
            let skipped = passed_over.get(*a as usize).copied().unwrap_or(0);
            for (j, (_, b)) in members.iter().enumerate().skip(i + 1) {
                let same = same_fields(&rows[i], &rows[j]);
                if quick.iter().any(|(at, need)| same & need == *need && skipped >> at & 1 == 0) {
                    continue;
                }
                let mask = eye.mask_of((*a, &rows[i]), (*b, &rows[j]));
                let seen = |(at, need): (usize, &u64)| mask & need == *need && skipped >> at & 1 == 0;
                // The second condition parts keys that collide.
                if earlier.iter().enumerate().any(seen) || mask & own != own {
                    continue;
                }
                pairs += 1;
                let (left, right) = ((*a).min(*b), (*a).max(*b));
                let bits = plan.bits(mask, left, right);
                if plan.veto(mask).is_some() {
                    continue;
                }
                spectrum.see(plan, mask, bits, left, right);
                if bits >= keep_bits {
                    edges.push(edge(left, right, bits, Tier::Weight));
                }
            }
        }
    }
    (edges, pairs, spectrum)
}

/// Which of family, given name, birth, postcode and address are present and equal, one bit each.
///
/// Most pairs of a later rule were seen under an earlier one; this tells so before anything is compared.
fn same_fields(l: &Row, r: &Row) -> u8 {
    let same = |a: u32, b: u32, bit: u8| u8::from(a != 0 && a == b) << bit;
    same(l.texts[0], r.texts[0], 0)
        | same(l.texts[1], r.texts[1], 1)
        | same(l.birth, r.birth, 2)
        | same(l.texts[2], r.texts[2], 3)
        | same(l.texts[3], r.texts[3], 4)
}

/// The bits of [`same_fields`] a rule needs; `None` where it asks for more than equal fields.
fn same_need(rule: &[Test]) -> Option<u8> {
    let bit = |test: &Test| match test {
        Test::Exact(Field::Family) => Some(1 << 0),
        Test::Exact(Field::Given) => Some(1 << 1),
        Test::Exact(Field::Birth) => Some(1 << 2),
        Test::Exact(Field::Postcode) => Some(1 << 3),
        Test::Exact(Field::Address) => Some(1 << 4),
        _ => None,
    };
    rule.iter().try_fold(0, |need, test| Some(need | bit(test)?))
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
