//! Learns the probabilities of a model from the records, without labels.

use crate::block::{Block, blocks, cap, touched, words};
use crate::compare::Eye;
use crate::em::{
    Evidence, Learned, PRIOR_PAIRS, Table, Tally, level_of, levels, m_of, merge, merged, redrawn, session,
};
use crate::entries::some_entries;
use crate::model::{Level, Model};
use crate::plan::Plan;
use crate::prior;
use crate::question::{Field, Test};
use crate::records::Records;
use crate::stream::Stream;
use crate::token::Token;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Pairs drawn at random to learn u.
const RANDOM_PAIRS: u64 = 1 << 18;
/// Blocked pairs at most in one session of expectation and maximisation.
const SESSION_PAIRS: u64 = 1 << 18;
/// Of more records than this only some blocks are looked at in a session or for the prior.
const ENOUGH_RECORDS: u64 = 150_000;
/// As [`PRIOR_PAIRS`], for u, as a share of the random pairs.
const PRIOR_RANDOM: f64 = 0.1;
/// Rounds in which prior, u and m are worked out from one another, at most.
const MOST_TURNS: usize = 10;
/// The turns have come to rest when the prior moves by less than this share.
const AT_REST: f64 = 1e-4;
/// Bootstrap draws of what was learned.
const DRAWS: u64 = 40;

/// One session of expectation and maximisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The blocking rule it ran under.
    pub rule: String,
    /// Pairs it looked at.
    pub pairs: u64,
    /// Rounds it took.
    pub rounds: usize,
    /// The largest change of an m in the last round.
    pub last_change: f64,
    /// Whether it came to rest.
    pub converged: bool,
    /// Share of the pairs that seem to be matches.
    pub match_share: f64,
}

/// A bootstrap draw of what training learned: how it might have come out on other records of the same kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw {
    /// log2(m / u) of each level of each comparison; 0 where a level weighs nothing.
    pub bits: Vec<Vec<f64>>,
    /// m of each level of each comparison.
    pub m: Vec<Vec<f64>>,
    /// Expected number of other records of the same person, for a record taken at random.
    pub matches_per_record: f64,
}

/// A trained model and how the training went.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The model with the probabilities learned. Levels nothing was learned about keep theirs.
    pub model: Model,
    /// One for each training rule of the model.
    pub sessions: Vec<Session>,
    /// Random pairs that u was learned from.
    pub random_pairs: u64,
    /// The share of matches that agree on `prior.rule`: what the model says, or worked out from the m learned.
    pub prior_recall: f64,
    /// How many times prior, u and m were worked out from one another.
    pub turns: usize,
    /// Bootstrap draws, for intervals.
    pub draws: Vec<Draw>,
}

/// What is counted once; everything else is worked out from it.
struct Seen {
    random: Tally,
    evidence: Vec<Evidence>,
    /// Pairs that agree on the rule of the prior.
    agreeing: f64,
    records: usize,
    fill: Vec<f64>,
}

/// Learns u from random pairs, m by expectation and maximisation for each training rule with u held fast (Fellegi and Sunter 1969;
/// Winkler 1988), merged by the number of matches each session saw, and the prior from the pairs that agree on `prior.rule` divided by
/// the share of matches the learned m say agree on it. These depend on one another, and are worked out in turns until the prior rests.
///
/// The same records, model and seed give the same answer for any number of threads.
pub fn train(records: &Records, model: &Model, seed: u64) -> Trained {
    let plan = Plan::of_answers(records, model);
    let one_in = one_in(records);
    let (random, random_pairs) = random_tally(&plan, seed);
    let evidence = model
        .training
        .iter()
        .enumerate()
        .map(|(at, rule)| Evidence {
            rule: words(rule),
            tally: blocked(&plan, rule, plan.training[at], &[], seed).0,
            left_out: touched(model, rule),
            can_show: model.comparison.iter().map(|c| c.levels.iter().map(|l| can_tell(rule, l)).collect()).collect(),
        })
        .collect();
    let agreeing = prior::agreeing_pairs(records, model, one_in);
    let seen = Seen { fill: fill(model, &random), random, evidence, agreeing, records: records.len() };
    let (learned, sessions, turns, told) = settle(model, &seen);
    let draws = (0..DRAWS).into_par_iter().map(|at| draw(model, &learned, &seen, seed ^ (at + 1) << 40)).collect();
    let prior_recall = prior::recall(&learned, &told);
    let mut model = learned;
    for level in model.comparison.iter_mut().flat_map(|comparison| &mut comparison.levels) {
        if !level.is_neutral() {
            (level.m, level.u) = (tidy(level.m), tidy(level.u));
        }
    }
    model.prior.matches_per_record = short(model.prior.matches_per_record);
    Trained { model, sessions, random_pairs, prior_recall, turns, draws }
}

/// Works out prior, u and m in turns. Gives the model, the last sessions, the turns and the shares of matches with both values.
fn settle(model: &Model, seen: &Seen) -> (Model, Vec<Session>, usize, Vec<f64>) {
    let mut learned = model.clone();
    let raw = raw_u(model, &seen.random);
    put(&mut learned, None, &raw);
    let own = m_of(model);
    let mut turns = 0;
    loop {
        turns += 1;
        let before = learned.prior.matches_per_record;
        let (sessions, told) = turn(model, &mut learned, seen, &raw, &own);
        let moved = (learned.prior.matches_per_record / before - 1.0).abs();
        if moved < AT_REST || turns == MOST_TURNS {
            return (learned, sessions, turns, told);
        }
    }
}

/// One turn: m from u, the prior from m, u from the prior.
fn turn(model: &Model, learned: &mut Model, seen: &Seen, raw: &Table, start: &Table) -> (Vec<Session>, Vec<f64>) {
    // The model's own m stand for a few pairs in each session, whatever the turns before have learned.
    let mut base = learned.clone();
    put(&mut base, Some(&m_of(model)), &u_of(learned));
    let sessions: Vec<Learned> = seen.evidence.iter().map(|evidence| session(&base, evidence, start)).collect();
    let (m, told) = merged(&base, &seen.evidence, &sessions);
    let told: Vec<f64> = told.iter().zip(&seen.fill).map(|(told, fill)| told.unwrap_or(*fill)).collect();
    put(learned, Some(&m), raw);
    if let Some(found) = prior::matches_per_record(learned, seen.records, seen.agreeing, &told) {
        learned.prior.matches_per_record = found;
    }
    set_matches_aside(learned, seen.records);
    (sessions.into_iter().map(|learned| learned.session).collect(), told)
}

/// A bootstrap draw: every tally drawn anew, and one turn from what was learned.
fn draw(model: &Model, learned: &Model, seen: &Seen, seed: u64) -> Draw {
    let mut stream = Stream(seed);
    let evidence = seen
        .evidence
        .iter()
        .map(|one| Evidence {
            rule: String::new(),
            tally: redrawn(&one.tally, &mut stream),
            left_out: one.left_out.clone(),
            can_show: one.can_show.clone(),
        })
        .collect();
    let random = redrawn(&seen.random, &mut stream);
    let again = Seen {
        agreeing: stream.poisson(seen.agreeing),
        random,
        evidence,
        records: seen.records,
        fill: seen.fill.clone(),
    };
    let raw = raw_u(model, &again.random);
    let mut drawn = learned.clone();
    put(&mut drawn, None, &raw);
    set_matches_aside(&mut drawn, seen.records);
    turn(model, &mut drawn, &again, &raw, &m_of(learned));
    let bits = |level: &Level| if level.is_neutral() { 0.0 } else { (level.m / level.u).log2() };
    Draw {
        bits: drawn.comparison.iter().map(|c| c.levels.iter().map(bits).collect()).collect(),
        m: m_of(&drawn),
        matches_per_record: drawn.prior.matches_per_record,
    }
}

fn u_of(model: &Model) -> Table {
    model.comparison.iter().map(|c| c.levels.iter().map(|level| level.u).collect()).collect()
}

/// Puts probabilities into a model.
fn put(model: &mut Model, m: Option<&Table>, u: &Table) {
    for (at, comparison) in model.comparison.iter_mut().enumerate() {
        for (place, level) in comparison.levels.iter_mut().enumerate().filter(|(_, level)| !level.is_neutral()) {
            level.u = u[at][place];
            if let Some(m) = m {
                level.m = m[at][place].clamp(1e-12, 1.0);
            }
        }
    }
}

/// Takes the matches among the random pairs out of u: of pairs drawn at random the share of the prior are matches, which matters where
/// a person has many records. A level keeps a tenth of its u at least.
fn set_matches_aside(model: &mut Model, records: usize) {
    let share = (model.prior.matches_per_record / records.saturating_sub(1).max(1) as f64).min(0.5);
    for level in model.comparison.iter_mut().flat_map(|comparison| &mut comparison.levels) {
        if !level.is_neutral() {
            level.u = ((level.u - share * level.m) / (1.0 - share)).max(level.u / 10.0).clamp(1e-12, 1.0);
        }
    }
}

/// Whether pairs that agree on a rule can show a level: names cannot be swapped where one of them is known to agree.
fn can_tell(rule: &[Test], level: &Level) -> bool {
    let on_names =
        rule.iter().flat_map(|test| test.fields()).any(|field| matches!(field, Field::Family | Field::Given));
    let swap = |test: &Test| matches!(test, Test::Swapped | Test::Crossed | Test::Token(Token::NamesTurnedBirth));
    !(on_names && level.when.iter().any(swap))
}

/// A probability within what a model may say, short so that a model file can be read.
pub(crate) fn tidy(p: f64) -> f64 {
    short(p.clamp(1e-12, 1.0))
}

/// Six significant digits.
pub(crate) fn short(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// Tallies pairs drawn at random; and how many.
fn random_tally(plan: &Plan<'_>, seed: u64) -> (Tally, u64) {
    let count = plan.records.len() as u64;
    if count < 2 {
        return (Vec::new(), 0);
    }
    let drawn = RANDOM_PAIRS.min(count * (count - 1) / 2);
    let slices = 64;
    let tallies: Vec<FxHashMap<u64, u64>> = (0..slices)
        .into_par_iter()
        .map_init(
            || Eye::new(plan),
            |eye, slice| {
                let mut stream = Stream(seed ^ (slice << 32));
                let mut tally = FxHashMap::default();
                for _ in 0..drawn.div_ceil(slices) {
                    let left = stream.below(count);
                    let right = (left + 1 + stream.below(count - 1)) % count;
                    let mask = eye.mask(left.min(right) as u32, left.max(right) as u32);
                    *tally.entry(levels(plan, mask)).or_default() += 1;
                }
                tally
            },
        )
        .collect();
    (merge(tallies), drawn)
}

/// For each comparison the pairs of a tally at each level.
fn at_levels(model: &Model, tally: &Tally) -> Table {
    let mut seen: Table = model.comparison.iter().map(|c| vec![0.0; c.levels.len()]).collect();
    for (levels, pairs) in tally {
        for (at, seen) in seen.iter_mut().enumerate() {
            seen[level_of(*levels, at)] += pairs;
        }
    }
    seen
}

/// The pairs of a comparison whose answer weighs something.
fn weighed(comparison: &crate::model::Comparison, seen: &[f64]) -> f64 {
    comparison.levels.iter().zip(seen).filter(|(level, _)| !level.is_neutral()).map(|(_, seen)| seen).sum()
}

/// The share of random pairs that have both values, for each comparison.
fn fill(model: &Model, random: &Tally) -> Vec<f64> {
    let total: f64 = random.iter().map(|(_, pairs)| pairs).sum();
    let seen = at_levels(model, random);
    let share = |(c, seen): (_, &Vec<f64>)| if total > 0.0 { weighed(c, seen) / total } else { 1.0 };
    model.comparison.iter().zip(&seen).map(share).collect()
}

/// u from random pairs, the matches among them not yet taken out.
fn raw_u(model: &Model, random: &Tally) -> Table {
    let mut u = u_of(model);
    for ((comparison, seen), u) in model.comparison.iter().zip(at_levels(model, random)).zip(&mut u) {
        let told = weighed(comparison, &seen);
        let own = PRIOR_RANDOM * told + PRIOR_PAIRS;
        let before: f64 = u.iter().sum();
        for ((level, seen), u) in comparison.levels.iter().zip(&seen).zip(u).filter(|((l, _), _)| !l.is_neutral()) {
            *u = ((seen + own * level.u / before) / (told + own)).clamp(1e-12, 1.0);
        }
    }
    u
}

/// One block in so many is enough.
fn one_in(records: &Records) -> u64 {
    (records.len() as u64 / ENOUGH_RECORDS).max(1)
}

/// Tallies pairs that agree on a rule and on none of the `earlier` ones; whole blocks in the order of their hashed keys until there are
/// enough. Gives how many pairs of the whole each stands for, too.
pub(crate) fn blocked(plan: &Plan<'_>, rule: &[Test], need: u64, earlier: &[u64], seed: u64) -> (Tally, f64) {
    let everyone: Vec<u32> = (0..plan.records.len() as u32).collect();
    let one_in = one_in(plan.records);
    let entries = some_entries(plan.records, rule, &everyone, &[], one_in);
    let most = cap(plan.model).min(SESSION_PAIRS);
    let mut chosen = blocks(&entries);
    chosen.retain(|block| block.pairs() <= most);
    let all: u64 = chosen.iter().map(Block::pairs).sum();
    if !chosen.is_empty() {
        let from = Stream(seed).below(chosen.len() as u64) as usize;
        chosen.rotate_left(from);
    }
    let mut total = 0;
    let enough = chosen.iter().position(|block| {
        total += block.pairs();
        total > SESSION_PAIRS
    });
    chosen.truncate(enough.unwrap_or(chosen.len()));
    let taken: u64 = chosen.iter().map(Block::pairs).sum();
    let tallies: Vec<FxHashMap<u64, u64>> = chosen
        .par_chunks(1 << 12)
        .map_init(
            || Eye::new(plan),
            |eye, some| {
                let mut tally = FxHashMap::default();
                for block in some {
                    let members = &entries[block.range.clone()];
                    for (i, (_, a)) in members.iter().enumerate() {
                        for (_, b) in &members[i + 1..] {
                            let mask = eye.mask((*a).min(*b), (*a).max(*b));
                            if mask & need == need && !earlier.iter().any(|other| mask & other == *other) {
                                *tally.entry(levels(plan, mask)).or_default() += 1;
                            }
                        }
                    }
                }
                tally
            },
        )
        .collect();
    (merge(tallies), one_in as f64 * all as f64 / taken.max(1) as f64)
}
