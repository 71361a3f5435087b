//! Learns the probabilities of a model from the records, without labels.

use crate::block::{Block, blocks, cap, some_entries, touched, words};
use crate::compare::Eye;
use crate::model::{Level, Model};
use crate::plan::Plan;
use crate::question::{Field, Test};
use crate::records::Records;
use crate::token::Token;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Pairs drawn at random to learn u.
const RANDOM_PAIRS: u64 = 1 << 18;
/// Blocked pairs at most in one session of expectation and maximisation.
const SESSION_PAIRS: u64 = 1 << 18;
/// Of more records than this only some blocks are looked at in a session or for the prior.
const ENOUGH_RECORDS: u64 = 150_000;
/// The model's own probabilities count as this many pairs, so that a small place does not learn from chance.
const PRIOR_PAIRS: f64 = 100.0;
/// As [`PRIOR_PAIRS`], for u, as a share of the random pairs.
const PRIOR_RANDOM: f64 = 0.1;
/// Rounds of expectation and maximisation at most.
const MOST_ROUNDS: usize = 50;
/// A session has converged when no m moves by more than this.
const STILL: f64 = 1e-5;

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

/// A trained model and how the training went.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The model with the probabilities learned. Levels nothing was learned about keep theirs.
    pub model: Model,
    /// One for each training rule of the model.
    pub sessions: Vec<Session>,
    /// Random pairs that u was learned from.
    pub random_pairs: u64,
}

/// How many pairs took which levels: four bits for each comparison.
type Tally = FxHashMap<u64, u64>;

/// Learns u from random pairs, the prior from the pairs of `prior.rule`, and m by expectation and maximisation for each training
/// rule with u held fast (Fellegi and Sunter 1969; Winkler 1988), merged by the number of matches each session saw.
///
/// The same records, model and seed give the same answer for any number of threads.
pub fn train(records: &Records, model: &Model, seed: u64) -> Trained {
    let mut learned = model.clone();
    let random_pairs = learn_u(records, &mut learned, seed);
    learn_prior(records, &mut learned);
    let started = learned.clone();
    let plan = Plan::of_answers(records, &started);
    let mut sessions = Vec::new();
    // For each comparison and level: the sum of m weighted by the matches of the session, and the sum of those matches.
    let mut sums: Vec<Vec<(f64, f64)>> = started.comparison.iter().map(|c| vec![(0.0, 0.0); c.levels.len()]).collect();
    for (at, rule) in started.training.iter().enumerate() {
        let tally = blocked(&plan, at, seed);
        let (session, matches, m) = session(&plan, &tally, &touched(&started, rule), words(rule));
        for (comparison, found) in m.iter().enumerate() {
            let Some(found) = found else { continue };
            for (level, m) in found.iter().enumerate() {
                if can_tell(rule, &started.comparison[comparison].levels[level]) {
                    let (sum, weight) = &mut sums[comparison][level];
                    *sum += matches * m;
                    *weight += matches;
                }
            }
        }
        sessions.push(session);
    }
    for (comparison, sums) in learned.comparison.iter_mut().zip(&sums) {
        for (level, (sum, weight)) in comparison.levels.iter_mut().zip(sums) {
            if !level.is_neutral() && *weight > 0.0 {
                level.m = sum / weight;
            }
        }
        let total: f64 = comparison.levels.iter().map(|level| level.m).sum();
        for level in comparison.levels.iter_mut().filter(|level| !level.is_neutral()) {
            level.m = tidy(level.m / total);
        }
    }
    set_matches_aside(&mut learned, records.len());
    Trained { model: learned, sessions, random_pairs }
}

/// Takes the matches among the random pairs out of u: of pairs drawn at random the share of the prior are matches, which matters where
/// a person has many records. A level keeps a tenth of its u at least.
fn set_matches_aside(model: &mut Model, records: usize) {
    let share = (model.prior.matches_per_record / records.saturating_sub(1).max(1) as f64).min(0.5);
    for level in model.comparison.iter_mut().flat_map(|comparison| &mut comparison.levels) {
        if !level.is_neutral() {
            level.u = tidy(((level.u - share * level.m) / (1.0 - share)).max(level.u / 10.0));
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
fn tidy(p: f64) -> f64 {
    short(p.clamp(1e-12, 1.0))
}

/// Six significant digits.
fn short(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// A small generator with the same stream everywhere (splitmix64).
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }
}

fn levels(plan: &Plan<'_>, mask: u64) -> u64 {
    plan.comparisons.iter().enumerate().fold(0, |all, (at, rungs)| all | (Plan::level(rungs, mask) as u64) << (at * 4))
}

fn level_of(levels: u64, comparison: usize) -> usize {
    (levels >> (comparison * 4) & 15) as usize
}

fn merge(tallies: Vec<Tally>) -> Vec<(u64, f64)> {
    let mut all = Tally::default();
    for (levels, count) in tallies.into_iter().flatten() {
        *all.entry(levels).or_default() += count;
    }
    let mut sorted: Vec<(u64, f64)> = all.into_iter().map(|(levels, count)| (levels, count as f64)).collect();
    sorted.sort_unstable_by_key(|(levels, _)| *levels);
    sorted
}

fn learn_u(records: &Records, model: &mut Model, seed: u64) -> u64 {
    let count = records.len() as u64;
    if count < 2 {
        return 0;
    }
    let start = model.clone();
    let plan = Plan::of_answers(records, &start);
    let all = count * (count - 1) / 2;
    let drawn = RANDOM_PAIRS.min(all);
    let slices = 64;
    let tallies: Vec<Tally> = (0..slices)
        .into_par_iter()
        .map_init(
            || Eye::new(&plan),
            |eye, slice| {
                let mut stream = Stream(seed ^ (slice << 32));
                let mut tally = Tally::default();
                for _ in 0..drawn.div_ceil(slices) {
                    let left = stream.below(count);
                    let right = (left + 1 + stream.below(count - 1)) % count;
                    let mask = eye.mask(left.min(right) as u32, left.max(right) as u32);
                    *tally.entry(levels(&plan, mask)).or_default() += 1;
                }
                tally
            },
        )
        .collect();
    let tally = merge(tallies);
    for (at, comparison) in model.comparison.iter_mut().enumerate() {
        let mut seen = vec![0.0; comparison.levels.len()];
        for (levels, pairs) in &tally {
            seen[level_of(*levels, at)] += pairs;
        }
        let told: f64 = comparison.levels.iter().zip(&seen).filter(|(l, _)| !l.is_neutral()).map(|(_, s)| s).sum();
        let own = PRIOR_RANDOM * told + PRIOR_PAIRS;
        let before: f64 = comparison.levels.iter().map(|level| level.u).sum();
        for (level, seen) in comparison.levels.iter_mut().zip(&seen).filter(|(level, _)| !level.is_neutral()) {
            level.u = tidy((seen + own * level.u / before) / (told + own));
        }
    }
    drawn
}

/// One block in so many is enough.
fn one_in(records: &Records) -> u64 {
    (records.len() as u64 / ENOUGH_RECORDS).max(1)
}

fn learn_prior(records: &Records, model: &mut Model) {
    let everyone: Vec<u32> = (0..records.len() as u32).collect();
    let one_in = one_in(records);
    let entries = some_entries(records, &model.prior.rule, &everyone, &[], one_in);
    let most = cap(model);
    let pairs: u64 = blocks(&entries).iter().map(Block::pairs).filter(|pairs| *pairs <= most).sum();
    if pairs < 20 {
        return;
    }
    let found = 2.0 * (pairs * one_in) as f64 / model.prior.recall / records.len() as f64;
    model.prior.matches_per_record = short(found.clamp(1e-6, 1e6));
}

/// Tallies pairs that agree on a training rule; whole blocks in the order of their hashed keys until there are enough.
fn blocked(plan: &Plan<'_>, rule: usize, seed: u64) -> Vec<(u64, f64)> {
    let everyone: Vec<u32> = (0..plan.records.len() as u32).collect();
    let entries = some_entries(plan.records, &plan.model.training[rule], &everyone, &[], one_in(plan.records));
    let most = cap(plan.model).min(SESSION_PAIRS);
    let mut chosen = blocks(&entries);
    chosen.retain(|block| block.pairs() <= most);
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
    let need = plan.training[rule];
    let tallies: Vec<Tally> = chosen
        .par_chunks(1 << 12)
        .map_init(
            || Eye::new(plan),
            |eye, some| {
                let mut tally = Tally::default();
                for block in some {
                    let members = &entries[block.range.clone()];
                    for (i, (_, a)) in members.iter().enumerate() {
                        for (_, b) in &members[i + 1..] {
                            let mask = eye.mask((*a).min(*b), (*a).max(*b));
                            if mask & need == need {
                                *tally.entry(levels(plan, mask)).or_default() += 1;
                            }
                        }
                    }
                }
                tally
            },
        )
        .collect();
    merge(tallies)
}

/// Expectation and maximisation over one tally. Gives the session, its expected matches, and m for each comparison it could learn.
fn session(
    plan: &Plan<'_>,
    tally: &[(u64, f64)],
    left_out: &[bool],
    rule: String,
) -> (Session, f64, Vec<Option<Vec<f64>>>) {
    let comparisons = &plan.model.comparison;
    let total: f64 = tally.iter().map(|(_, pairs)| pairs).sum();
    let mut m: Vec<Vec<f64>> = comparisons.iter().map(|c| c.levels.iter().map(|level| level.m).collect()).collect();
    let neutral = |comparison: usize, level: usize| plan.comparisons[comparison][level].neutral;
    let (mut share, mut change, mut rounds) = (0.5, 0.0, 0);
    if total < 1.0 {
        let session = Session { rule, pairs: 0, rounds, last_change: 0.0, converged: true, match_share: 0.0 };
        return (session, 0.0, vec![None; comparisons.len()]);
    }
    while rounds < MOST_ROUNDS {
        rounds += 1;
        let mut matches = 0.0;
        let mut seen: Vec<Vec<f64>> = m.iter().map(|levels| vec![0.0; levels.len()]).collect();
        for (levels, pairs) in tally {
            let mut ratio = 1.0;
            for (at, comparison) in comparisons.iter().enumerate().filter(|(at, _)| !left_out[*at]) {
                let level = level_of(*levels, at);
                if !neutral(at, level) {
                    ratio *= m[at][level] / comparison.levels[level].u;
                }
            }
            let odds = share / (1.0 - share) * ratio;
            let expected = pairs * if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 };
            matches += expected;
            for (at, seen) in seen.iter_mut().enumerate() {
                seen[level_of(*levels, at)] += expected;
            }
        }
        share = ((matches + 1.0) / (total + 2.0)).clamp(1e-9, 1.0 - 1e-9);
        change = 0.0;
        for (at, seen) in seen.iter().enumerate().filter(|(at, _)| !left_out[*at]) {
            let told: f64 = seen.iter().enumerate().filter(|(level, _)| !neutral(at, *level)).map(|(_, s)| s).sum();
            let before: f64 = comparisons[at].levels.iter().map(|level| level.m).sum();
            for level in (0..seen.len()).filter(|level| !neutral(at, *level)) {
                let own = PRIOR_PAIRS * comparisons[at].levels[level].m / before;
                let now = (seen[level] + own) / (told + PRIOR_PAIRS);
                change = f64::max(change, (now - m[at][level]).abs());
                m[at][level] = now;
            }
        }
        if change < STILL {
            break;
        }
    }
    let session = Session {
        rule,
        pairs: total as u64,
        rounds,
        last_change: change,
        converged: change < STILL,
        match_share: share,
    };
    let learned = m.into_iter().enumerate().map(|(at, m)| (!left_out[at]).then_some(m)).collect();
    (session, share * total, learned)
}
