//! Proposes blocking rules for a budget of pairs.

use crate::block::{blocks, cap, words};
use crate::entries::entries;
use crate::key::Keys;
use crate::link::link;
use crate::model::Model;
use crate::question::{Field, Test};
use crate::records::Records;
use crate::result::LinkOptions;
use rayon::prelude::*;

/// Records looked at; of more a sample is taken.
const SAMPLE: usize = 100_000;
/// Most rules proposed.
const MOST: usize = 16;

/// One rule of a proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The rule as a model writes it.
    pub rule: Vec<Test>,
    /// The same in words.
    pub words: String,
    /// Pairs it compares, blocks over the model's cap left out; pairs of an earlier rule are not taken off.
    pub pairs: f64,
    /// Share of the expected matches this rule finds by itself.
    pub recall_alone: f64,
    /// Share that this rule and those before it find.
    pub recall: f64,
}

/// A proposal, and what the model's own rules cost and find by the same measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The best rules in order: the first finds most new matches for a pair.
    pub rules: Vec<Suggestion>,
    /// The rules the model has now.
    pub present: Vec<Suggestion>,
    /// Matches the estimate rests on.
    pub matches: u64,
    /// Records it rests on.
    pub sample: u64,
}

/// Proposes rules which compare at most `budget` pairs. Matches are the pairs of probability one half and more that the model's own
/// rules and the loosest candidates bring together in a sample, each counted with its probability; so recall is of these and not of
/// matches that nothing brings together.
pub fn suggest_blocking(records: &Records, model: &Model, budget: f64) -> Proposal {
    let sample = sample(records);
    let scale = records.len() as f64 / sample.len().max(1) as f64;
    let candidates = candidates(model, &sample);
    let mut wide = model.clone();
    wide.blocking.rules.extend(candidates.iter().filter(|rule| rule.len() == 2).take(12).cloned());
    wide.blocking.rules.truncate(crate::model::MOST_RULES);
    if wide.check().is_err() {
        wide = model.clone();
    }
    let linked = link(&sample, &wide, &LinkOptions { keep: Some(0.5), ..LinkOptions::default() });
    let matches: Vec<(u32, u32, f64)> =
        linked.edges.iter().map(|edge| (edge.left, edge.right, f64::from(edge.probability))).collect();
    let whole: f64 = matches.iter().map(|(_, _, p)| p).sum();
    let weighed = |rule: &Vec<Test>| Weighed::new(&sample, model, rule, &matches, scale);
    let pool: Vec<Weighed> = candidates.par_iter().map(weighed).collect();
    let present: Vec<Weighed> = model.blocking.rules.par_iter().map(weighed).collect();
    let rules = greedy(pool, &matches, whole, budget);
    let present = in_order(present, &matches, whole);
    Proposal { rules, present, matches: matches.len() as u64, sample: sample.len() as u64 }
}

/// A rule with its cost and the matches it finds, one bit each.
struct Weighed {
    rule: Vec<Test>,
    pairs: f64,
    finds: Vec<bool>,
}

impl Weighed {
    fn new(records: &Records, model: &Model, rule: &[Test], matches: &[(u32, u32, f64)], scale: f64) -> Self {
        let everyone: Vec<u32> = (0..records.len() as u32).collect();
        let entries = entries(records, rule, &everyone, &[]);
        // A block of the sample stands for one `scale` times as large.
        let most = cap(model) as f64;
        let pairs =
            blocks(&entries).iter().map(|block| block.pairs() as f64 * scale * scale).filter(|p| *p <= most).sum();
        let keys = Keys::new(records, rule);
        let holds = |(left, right, _): &(u32, u32, f64)| {
            let of = |record: u32| keys.of(record as usize);
            of(*left).is_some() && of(*left) == of(*right)
        };
        Self { rule: rule.to_vec(), pairs, finds: matches.iter().map(holds).collect() }
    }

    fn gain(&self, matches: &[(u32, u32, f64)], found: &[bool]) -> f64 {
        let new =
            |((_, _, p), (finds, found)): (&(u32, u32, f64), (&bool, &bool))| if *finds && !*found { *p } else { 0.0 };
        matches.iter().zip(self.finds.iter().zip(found)).map(new).sum()
    }
}

fn greedy(mut pool: Vec<Weighed>, matches: &[(u32, u32, f64)], whole: f64, budget: f64) -> Vec<Suggestion> {
    let mut found = vec![false; matches.len()];
    let mut chosen = Vec::new();
    let (mut spent, mut reached) = (0.0, 0.0);
    while chosen.len() < MOST {
        let worth = |weighed: &Weighed| {
            let gain = weighed.gain(matches, &found);
            // A rule for less than one match in ten thousand is not worth its line.
            if spent + weighed.pairs > budget || gain < whole * 1e-4 {
                None
            } else {
                Some(gain / (weighed.pairs + whole))
            }
        };
        let best = pool
            .iter()
            .enumerate()
            .filter_map(|(at, weighed)| Some((at, worth(weighed)?)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let Some((at, _)) = best else { break };
        let weighed = pool.remove(at);
        spent += weighed.pairs;
        chosen.push(take(weighed, matches, whole, &mut found, &mut reached));
    }
    chosen
}

fn in_order(rules: Vec<Weighed>, matches: &[(u32, u32, f64)], whole: f64) -> Vec<Suggestion> {
    let mut found = vec![false; matches.len()];
    let mut reached = 0.0;
    rules.into_iter().map(|weighed| take(weighed, matches, whole, &mut found, &mut reached)).collect()
}

fn take(
    weighed: Weighed,
    matches: &[(u32, u32, f64)],
    whole: f64,
    found: &mut [bool],
    reached: &mut f64,
) -> Suggestion {
    let nothing = vec![false; matches.len()];
    let alone = weighed.gain(matches, &nothing);
    *reached += weighed.gain(matches, found);
    found.iter_mut().zip(&weighed.finds).for_each(|(found, finds)| *found |= finds);
    let share = |part: f64| if whole > 0.0 { part / whole } else { 0.0 };
    Suggestion {
        words: words(&weighed.rule),
        rule: weighed.rule,
        pairs: weighed.pairs.round(),
        recall_alone: share(alone),
        recall: share(*reached),
    }
}

/// Every n-th record; all where there are few.
fn sample(records: &Records) -> Records {
    let step = records.len().div_ceil(SAMPLE).max(1);
    if step == 1 { records.clone() } else { records.every(step) }
}

/// Rules of two or three tests of different fields, and exact ones of a single field; only of fields that some record has.
fn candidates(model: &Model, records: &Records) -> Vec<Vec<Test>> {
    let fields = model.fields();
    let filled = |test: &Test| {
        let keys = Keys::new(records, &[*test]);
        (0..records.len()).take(1000).any(|record| keys.of(record).is_some())
    };
    let mut tests: Vec<Test> = Vec::new();
    for field in fields {
        let own: &[Test] = match field {
            Field::Birth => &[Test::Exact(Field::Birth), Test::Year, Test::MonthDay],
            Field::Postcode => &[Test::Exact(Field::Postcode), Test::Sector, Test::District],
            Field::Family => &[Test::Exact(Field::Family), Test::First(Field::Family, 3)],
            Field::Given => &[Test::Exact(Field::Given), Test::First(Field::Given, 1), Test::First(Field::Given, 3)],
            // A sex blocks nothing, and an identity has its own tier.
            Field::Sex | Field::Number => &[],
            other => &[Test::Exact(other)],
        };
        tests.extend(own.iter().filter(|test| filled(test)));
    }
    let apart = |a: &Test, b: &Test| a.fields() != b.fields();
    let mut rules = Vec::new();
    for (i, a) in tests.iter().enumerate() {
        if matches!(a, Test::Exact(_)) {
            rules.push(vec![*a]);
        }
        for (j, b) in tests.iter().enumerate().skip(i + 1).filter(|(_, b)| apart(a, b)) {
            rules.push(vec![*a, *b]);
            rules.extend(tests.iter().skip(j + 1).filter(|c| apart(a, c) && apart(b, c)).map(|c| vec![*a, *b, *c]));
        }
    }
    rules
}
