//! What a run would cost, before it is run: pairs rule by rule, blocks that are too large, seconds and bytes.

use crate::block::{Block, blocks, cap, words};
use crate::entries::{Entry, lonely_dropped};
use crate::key::Keys;
use crate::link::Least;
use crate::model::Model;
use crate::number::{self, Settled};
use crate::plan::Plan;
use crate::question::{Field, Test};
use crate::records::Records;
use crate::result::LinkOptions;
use crate::{label, same};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Pairs of a rule that are looked at, one by one, for an earlier rule that has them; of more a sample is taken.
const LOOKED_AT: u64 = 1 << 16;
/// Of more records than this the pairs are counted in some of the blocks only, where a run is about to compare them all.
const SAMPLED: usize = 1 << 17;
/// Blocks over the cap that are described.
const DESCRIBED: usize = 5;

// Measured with `benches/linkage` on one core: a million records, read from Parquet and written again.
const SECONDS_A_RECORD: f64 = 8.5e-7;
const SECONDS_TO_TRAIN: f64 = 0.35;
const SECONDS_AN_ENTRY: f64 = 4.5e-8;
const SECONDS_A_SEEN_PAIR: f64 = 1.5e-8;
const SECONDS_A_PAIR: f64 = 7.0e-7;
const BYTES_A_RECORD: u64 = 190;
const BYTES_AT_LEAST: u64 = 24 << 20;

/// Is told once what a run is about to compare.
pub type Foretold<'a> = &'a (dyn Fn(&Cost) + Sync);

/// A block over the cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LargeBlock {
    /// Records in it.
    pub records: u64,
    /// How its key looks, never what it says: `family of 5 letters, a date of birth`.
    pub key: String,
}

/// What one rule would compare.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleCost {
    /// The rule as the model writes it.
    pub rule: String,
    /// Pairs in its blocks, without those over the cap; counted, or of some blocks and scaled up where [`Cost::sampled`].
    pub pairs: u64,
    /// Of these the ones no earlier rule has.
    pub new_pairs: u64,
    /// Whether `new_pairs` is from a sample of the pairs.
    pub estimated: bool,
    /// Blocks over the cap.
    pub skipped_blocks: u64,
    /// Pairs in them.
    pub skipped_pairs: u64,
    /// The largest of them, largest first.
    pub largest: Vec<LargeBlock>,
}

/// What a run would cost.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cost {
    /// Records read.
    pub records: u64,
    /// Records that would be compared: numbers are settled and records that say the same are tied.
    pub profiles: u64,
    /// Whether the pairs were counted in some of the blocks only.
    pub sampled: bool,
    /// Rule by rule, in the order of the model.
    pub rules: Vec<RuleCost>,
    /// Pairs that would be compared.
    pub pairs: u64,
    /// CPU seconds of the whole run on one core of a present machine, roughly.
    pub cpu_seconds: f64,
    /// Peak memory in bytes, roughly.
    pub bytes: u64,
}

/// Works out what [`crate::link()`] would do with these records: settles numbers and sorts blocks, and compares nothing. The weights
/// need not be trained.
pub fn cost(records: &Records, model: &Model, options: &LinkOptions) -> Cost {
    let plan = Plan::new(records, model);
    let (apart, decisions) = label::sorted(&options.labels, records.len());
    let mut settled = number::settle(&plan, options, apart);
    label::join(&plan, &mut settled, decisions);
    same::fold(&plan, &mut settled, Least::of(model, options).tie, options);
    of(&plan, &settled, 1)
}

/// As [`cost`] once the numbers are settled; of many records the pairs are those of some blocks, scaled up.
pub(crate) fn roughly(plan: &Plan<'_>, settled: &Settled) -> Cost {
    of(plan, settled, (settled.active.len() / SAMPLED).next_power_of_two() as u64)
}

fn of(plan: &Plan<'_>, settled: &Settled, one_in: u64) -> Cost {
    let (records, model) = (plan.records, plan.model);
    let rules = &model.blocking.rules;
    let keys: Vec<Keys<'_>> = rules.iter().map(|rule| Keys::new(records, rule)).collect();
    let mut passed_over: Vec<u32> = Vec::new();
    let mut told = Cost { records: records.len() as u64, profiles: settled.active.len() as u64, ..Cost::default() };
    let mut seconds = SECONDS_TO_TRAIN.min(told.records as f64 * 2e-5) + told.records as f64 * SECONDS_A_RECORD;
    for (at, rule) in rules.iter().enumerate() {
        let most = cap(model);
        let entries = chosen(&keys[at], settled, one_in, model.blocking.largest_block);
        let (over, mut blocks): (Vec<Block>, Vec<Block>) =
            blocks(&entries).into_iter().partition(|block| block.pairs() > most);
        for (_, record) in over.iter().flat_map(|block| &entries[block.range.clone()]) {
            passed_over.resize(records.len(), 0);
            passed_over[*record as usize] |= 1 << at;
        }
        // A block that is here because it might have been over the cap is no part of the sample.
        blocks.retain(|block| sampled(entries[block.range.start].0, one_in));
        let pairs: u64 = blocks.iter().map(Block::pairs).sum();
        let (looked, new) = fresh(&entries, &blocks, pairs, &keys[..at], &passed_over);
        let all = pairs * one_in;
        let new_pairs = if looked == 0 { 0 } else { (all as f64 * new as f64 / looked as f64).round() as u64 };
        let (estimated, pairs) = (one_in > 1 || looked < pairs, all);
        seconds += told.profiles as f64 * SECONDS_AN_ENTRY
            + pairs as f64 * SECONDS_A_SEEN_PAIR
            + new_pairs as f64 * SECONDS_A_PAIR;
        told.pairs += new_pairs;
        told.rules.push(RuleCost {
            rule: words(rule),
            pairs,
            new_pairs,
            estimated,
            skipped_blocks: over.len() as u64,
            skipped_pairs: over.iter().map(Block::pairs).sum(),
            largest: largest(records, rule, &entries, over),
        });
    }
    told.sampled = one_in > 1;
    told.cpu_seconds = seconds;
    told.bytes = BYTES_AT_LEAST + told.records * BYTES_A_RECORD;
    told
}

/// Whether a key is of the sample.
fn sampled(key: u64, one_in: u64) -> bool {
    // Bits that neither the order nor the filter of lonely keys rests on alone.
    one_in <= 1 || (key >> 44).is_multiple_of(one_in)
}

/// The entries of one key in `one_in`, and of every key that may have a block over the cap, sorted.
fn chosen(keys: &Keys<'_>, settled: &Settled, one_in: u64, largest_block: u32) -> Vec<Entry> {
    let group = &settled.group;
    let key = |record: &u32| {
        let closed = u64::from(group.get(*record as usize).is_some_and(|group| *group != 0));
        // 0 stands for a record without a key.
        keys.of(*record as usize).map_or(0, |key| key & !1 | closed)
    };
    let all: Vec<u64> = settled.active.par_iter().map(key).collect();
    let mut heavy: FxHashSet<u64> = FxHashSet::default();
    if one_in > 1 {
        // A block over the cap has at least as many records as the cap: of those looked at here its share is far from chance.
        let every = (largest_block as usize / 64).max(1);
        // Multiples of the golden ratio, so that no order of the records repeats in step with what is looked at.
        let looked_at =
            |at: &usize| ((*at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).is_multiple_of(every as u64);
        let mut some: Vec<u64> =
            (0..all.len()).filter(looked_at).map(|at| all[at] >> 1).filter(|key| *key != 0).collect();
        some.par_sort_unstable();
        let least = largest_block as usize / every / 3;
        heavy.extend(some.chunk_by(|a, b| a == b).filter(|run| run.len() > least).map(|run| run[0]));
    }
    let wanted = |key: u64| key != 0 && (sampled(key, one_in) || heavy.contains(&(key >> 1)));
    let mut entries: Vec<Entry> =
        all.into_iter().zip(settled.active.iter().copied()).filter(|(key, _)| wanted(*key)).collect();
    lonely_dropped(&mut entries);
    entries.par_sort_unstable();
    entries
}

/// Of every n-th pair, how many were looked at and how many no earlier rule has.
fn fresh(entries: &[Entry], blocks: &[Block], pairs: u64, earlier: &[Keys<'_>], passed_over: &[u32]) -> (u64, u64) {
    let every = pairs.div_ceil(LOOKED_AT).max(1);
    let (mut at, mut looked, mut new) = (0_u64, 0_u64, 0_u64);
    for block in blocks {
        let members = &entries[block.range.clone()];
        // Steps over whole blocks that have no pair of the sample.
        if every > 1 && at % every + block.pairs() < every {
            at += block.pairs();
            continue;
        }
        for (i, (_, a)) in members[..block.open].iter().enumerate() {
            let skipped = passed_over.get(*a as usize).copied().unwrap_or(0);
            for (_, b) in &members[i + 1..] {
                at += 1;
                if at % every != 0 {
                    continue;
                }
                looked += 1;
                let has = |(rule, keys): (usize, &Keys<'_>)| {
                    skipped >> rule & 1 == 0
                        && keys.of(*a as usize).is_some_and(|key| keys.of(*b as usize) == Some(key))
                };
                new += u64::from(!earlier.iter().enumerate().any(has));
            }
        }
    }
    (looked, new)
}

fn largest(records: &Records, rule: &[Test], entries: &[Entry], mut over: Vec<Block>) -> Vec<LargeBlock> {
    over.sort_by_key(|block| (std::cmp::Reverse(block.range.len()), block.range.start));
    let of = |block: Block| LargeBlock {
        records: block.range.len() as u64,
        key: rule.iter().map(|test| looks(records, *test, entries[block.range.start].1)).collect::<Vec<_>>().join(", "),
    };
    over.into_iter().take(DESCRIBED).map(of).collect()
}

/// How what a test looks at is made, without saying it.
fn looks(records: &Records, test: Test, record: u32) -> String {
    let made = |text: &str| {
        let (letters, digits) =
            (text.chars().filter(|c| c.is_alphabetic()).count(), text.chars().filter(char::is_ascii_digit).count());
        match (letters, digits) {
            (letters, 0) => format!("of {letters} letters"),
            (0, digits) => format!("of {digits} digits"),
            (letters, digits) => format!("of {letters} letters and {digits} digits"),
        }
    };
    let text = |field: Field| match field {
        Field::Family => records.family(record),
        Field::Given => records.given(record),
        Field::Postcode => records.postcode(record),
        Field::Address => records.address(record),
        other => records.more(other, record),
    };
    match test {
        Test::Exact(Field::Birth) => match records.birth(record) {
            Some((_, 1, 1)) => "a date of birth on 1 January".to_owned(),
            _ => "a date of birth".to_owned(),
        },
        Test::Exact(Field::Sex) => "a sex".to_owned(),
        Test::Exact(Field::Number) => "a number".to_owned(),
        Test::Exact(field) => format!("{} {}", field.word(), made(text(field))),
        Test::First(field, letters) => format!("the first {letters} letters of {}", field.word()),
        Test::Swapped => "two names".to_owned(),
        Test::Year => "a year of birth".to_owned(),
        Test::MonthDay => "a day and month of birth".to_owned(),
        Test::Sector | Test::District | Test::Area => format!("a {test}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::RecordInput;

    /// What the run then does is what was foretold: pairs, new pairs and skipped blocks of each rule.
    #[test]
    fn the_run_does_what_was_foretold() {
        let mut records = Records::new();
        for i in 0..4000_u32 {
            let (family, given) = (
                format!("F{}", char::from(b'A' + (i % 7) as u8)),
                format!("G{}", "ABCDE".chars().nth(i as usize % 5).unwrap_or('Z')),
            );
            let postcode = format!("LS{} {}AB", i % 13 + 1, i % 9);
            records.push(
                (i % 3) as u8,
                &RecordInput {
                    family: &family,
                    given: &given,
                    birth: Some(4000 + (i % 400) as i32),
                    postcode: &postcode,
                    ..RecordInput::default()
                },
            );
        }
        let mut model = Model::person().unwrap();
        model.blocking.largest_block = 12;
        let options = LinkOptions { one_row_per_person: vec![0], ..LinkOptions::default() };
        let told = cost(&records, &model, &options);
        let rough = std::sync::Mutex::new(Vec::new());
        let keep = |cost: &Cost| rough.lock().unwrap().push(cost.clone());
        let linked = crate::link_told(&records, &model, &options, &|_| {}, Some(&keep));
        assert_eq!(
            rough.into_inner().unwrap(),
            std::slice::from_ref(&told),
            "a run over few records is told the same, once"
        );
        assert_eq!(told.profiles, linked.report.profiles);
        assert!(told.rules.iter().any(|rule| rule.skipped_blocks > 0));
        for (foretold, done) in told.rules.iter().zip(&linked.report.rules) {
            assert_eq!(foretold.rule, done.rule);
            assert_eq!(foretold.pairs, done.pairs, "{}", done.rule);
            assert_eq!((foretold.skipped_blocks, foretold.skipped_pairs), (done.skipped_blocks, done.skipped_pairs));
            if foretold.estimated {
                let apart = foretold.new_pairs.abs_diff(done.new_pairs) as f64;
                assert!(apart <= 0.02 * foretold.pairs as f64 + 50.0, "{foretold:?} {done:?}");
            } else {
                assert_eq!(foretold.new_pairs, done.new_pairs, "{}", done.rule);
            }
            let described: Vec<&str> = foretold.largest.iter().map(|block| block.key.as_str()).collect();
            assert!(described.iter().all(|key| !key.contains("FA") && !key.contains("LS")), "{described:?}");
        }
    }

    /// A number as a name.
    fn letters(mut number: u32) -> String {
        let mut text = String::new();
        for _ in 0..5 {
            text.push(char::from(b'A' + (number % 26) as u8));
            number /= 26;
        }
        text
    }

    /// Of some blocks: near the count, and every block over the cap is found.
    #[test]
    fn some_blocks_tell_of_all() {
        let mut records = Records::new();
        for i in 0..30_000_u32 {
            let family = if i % 10 == 3 { "UNKNOWNS".to_owned() } else { letters(i / 7) };
            let given = letters(i);
            let birth = Some(if i % 10 == 3 { 4000 } else { (i / 3 % 20_000) as i32 });
            records.push(1, &RecordInput { family: &family, given: &given, birth, ..RecordInput::default() });
        }
        let mut model = Model::person().unwrap();
        model.blocking.largest_block = 1000;
        let plan = Plan::new(&records, &model);
        let (apart, _) = label::sorted(&[], records.len());
        let settled = number::settle(&plan, &LinkOptions::default(), apart);
        let (counted, rough) = (of(&plan, &settled, 1), of(&plan, &settled, 8));
        assert!(rough.sampled && !counted.sampled);
        assert!(counted.rules[0].skipped_blocks == 1 && counted.rules[0].pairs > 10_000, "{counted:?}");
        for (counted, rough) in counted.rules.iter().zip(&rough.rules) {
            assert_eq!((counted.skipped_blocks, counted.skipped_pairs), (rough.skipped_blocks, rough.skipped_pairs));
            assert_eq!(counted.largest, rough.largest);
            for (a, b) in [(counted.pairs, rough.pairs), (counted.new_pairs, rough.new_pairs)] {
                assert!(a.abs_diff(b) as f64 <= 0.1 * a as f64 + 100.0, "{counted:?} {rough:?}");
            }
        }
    }
}
