//! What a run would cost, before it is run: pairs rule by rule, blocks that are too large, seconds and bytes.

use crate::block::{Block, blocks, cap, words};
use crate::entries::{Entry, entries};
use crate::key::Keys;
use crate::link::Least;
use crate::model::Model;
use crate::plan::Plan;
use crate::question::{Field, Test};
use crate::records::Records;
use crate::result::LinkOptions;
use crate::{label, number, same};

/// Pairs of a rule that are looked at, one by one, for an earlier rule that has them; of more a sample is taken.
const LOOKED_AT: u64 = 1 << 16;
/// Blocks over the cap that are described.
const DESCRIBED: usize = 5;

// Measured with `benches/linkage` on one core: a million records, read from Parquet and written again.
const SECONDS_A_RECORD: f64 = 1.3e-6;
const SECONDS_TO_TRAIN: f64 = 0.35;
const SECONDS_AN_ENTRY: f64 = 6.0e-8;
const SECONDS_A_SEEN_PAIR: f64 = 1.5e-8;
const SECONDS_A_PAIR: f64 = 7.0e-7;
const BYTES_A_RECORD: u64 = 160;
const BYTES_AT_LEAST: u64 = 24 << 20;

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
    /// Pairs in its blocks, without those over the cap; counted.
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
    same::fold(&plan, &mut settled, Least::of(model, options).join, options);
    let rules = &model.blocking.rules;
    let keys: Vec<Keys<'_>> = rules.iter().map(|rule| Keys::new(records, rule)).collect();
    let mut passed_over: Vec<u32> = Vec::new();
    let mut told = Cost { records: records.len() as u64, profiles: settled.active.len() as u64, ..Cost::default() };
    let mut seconds = SECONDS_TO_TRAIN.min(told.records as f64 * 2e-5) + told.records as f64 * SECONDS_A_RECORD;
    for (at, rule) in rules.iter().enumerate() {
        let entries = entries(records, rule, &settled.active, &settled.group);
        let most = cap(model);
        let (over, blocks): (Vec<Block>, Vec<Block>) =
            blocks(&entries).into_iter().partition(|block| block.pairs() > most);
        for (_, record) in over.iter().flat_map(|block| &entries[block.range.clone()]) {
            passed_over.resize(records.len(), 0);
            passed_over[*record as usize] |= 1 << at;
        }
        let pairs: u64 = blocks.iter().map(Block::pairs).sum();
        let (looked, new) = fresh(&entries, &blocks, pairs, &keys[..at], &passed_over);
        let new_pairs = if looked == 0 { 0 } else { (pairs as f64 * new as f64 / looked as f64).round() as u64 };
        seconds += told.profiles as f64 * SECONDS_AN_ENTRY
            + pairs as f64 * SECONDS_A_SEEN_PAIR
            + new_pairs as f64 * SECONDS_A_PAIR;
        told.pairs += new_pairs;
        told.rules.push(RuleCost {
            rule: words(rule),
            pairs,
            new_pairs,
            estimated: looked < pairs,
            skipped_blocks: over.len() as u64,
            skipped_pairs: over.iter().map(Block::pairs).sum(),
            largest: largest(records, rule, &entries, over),
        });
    }
    told.cpu_seconds = seconds;
    told.bytes = BYTES_AT_LEAST + told.records * BYTES_A_RECORD;
    told
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
        let linked = crate::link(&records, &model, &options);
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
}
