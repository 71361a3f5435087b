//! Expectation and maximisation over tallied pairs (Winkler 1988), with u held fast.

use crate::model::Model;
use crate::plan::Plan;
use crate::stream::Stream;
use crate::train::Session;
use rustc_hash::FxHashMap;

/// The model's own probabilities count as this many pairs, so that a small place does not learn from chance.
pub(crate) const PRIOR_PAIRS: f64 = 100.0;
/// Rounds of expectation and maximisation at most.
const MOST_ROUNDS: usize = 50;
/// A session has converged when no m moves by more than this.
const STILL: f64 = 1e-5;

/// How many pairs took which levels: four bits for each comparison. In order of the levels.
pub(crate) type Tally = Vec<(u64, f64)>;
/// One probability for each level of each comparison.
pub(crate) type Table = Vec<Vec<f64>>;

/// What is known of the pairs of one training rule.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) rule: String,
    pub(crate) tally: Tally,
    /// Comparisons that the rule decides and the session cannot learn.
    pub(crate) left_out: Vec<bool>,
    /// For each comparison and level whether pairs of the rule can show it.
    pub(crate) can_show: Vec<Vec<bool>>,
}

/// What one session learned.
#[derive(Debug)]
pub(crate) struct Learned {
    pub(crate) session: Session,
    /// Expected matches among the pairs.
    pub(crate) matches: f64,
    pub(crate) m: Table,
    /// For each comparison the share of matches whose answer weighs something: neither value missing.
    pub(crate) told: Vec<f64>,
}

/// The levels of all comparisons in one number.
pub(crate) fn levels(plan: &Plan<'_>, mask: u64) -> u64 {
    plan.comparisons.iter().enumerate().fold(0, |all, (at, rungs)| all | (Plan::level(rungs, mask) as u64) << (at * 4))
}

/// The level of one comparison.
pub(crate) fn level_of(levels: u64, comparison: usize) -> usize {
    (levels >> (comparison * 4) & 15) as usize
}

/// Adds tallies up.
pub(crate) fn merge(tallies: Vec<FxHashMap<u64, u64>>) -> Tally {
    let mut all: FxHashMap<u64, u64> = FxHashMap::default();
    for (levels, count) in tallies.into_iter().flatten() {
        *all.entry(levels).or_default() += count;
    }
    let mut sorted: Tally = all.into_iter().map(|(levels, count)| (levels, count as f64)).collect();
    sorted.sort_unstable_by_key(|(levels, _)| *levels);
    sorted
}

/// A bootstrap draw of a tally: each count is drawn anew from the Poisson distribution with that mean.
pub(crate) fn redrawn(tally: &Tally, stream: &mut Stream) -> Tally {
    tally.iter().map(|(levels, count)| (*levels, stream.poisson(*count))).collect()
}

/// m of a model as a table.
pub(crate) fn m_of(model: &Model) -> Table {
    model.comparison.iter().map(|c| c.levels.iter().map(|level| level.m).collect()).collect()
}

/// One session: m of the comparisons that are not left out, from the model's u and `start`; the model's own m count as
/// [`PRIOR_PAIRS`] pairs.
pub(crate) fn session(model: &Model, evidence: &Evidence, start: &Table) -> Learned {
    let comparisons = &model.comparison;
    let left_out = &evidence.left_out;
    let total: f64 = evidence.tally.iter().map(|(_, pairs)| pairs).sum();
    let mut m = start.clone();
    let neutral = |comparison: usize, level: usize| comparisons[comparison].levels[level].is_neutral();
    let (mut share, mut change, mut rounds, mut matches) = (0.5, 0.0, 0, 0.0);
    let mut told = vec![1.0; comparisons.len()];
    while total >= 1.0 && rounds < MOST_ROUNDS {
        rounds += 1;
        matches = 0.0;
        let ratio = ratios(model, &m);
        let mut seen: Table = m.iter().map(|levels| vec![0.0; levels.len()]).collect();
        for (levels, pairs) in &evidence.tally {
            let learned = (0..comparisons.len()).filter(|at| !left_out[*at]);
            let ratio: f64 = learned.map(|at| ratio[at][level_of(*levels, at)]).product();
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
            let sum: f64 = seen.iter().enumerate().filter(|(level, _)| !neutral(at, *level)).map(|(_, s)| s).sum();
            told[at] = if matches > 0.0 { sum / matches } else { 1.0 };
            let before: f64 = comparisons[at].levels.iter().map(|level| level.m).sum();
            for level in (0..seen.len()).filter(|level| !neutral(at, *level)) {
                let own = PRIOR_PAIRS * comparisons[at].levels[level].m / before;
                let now = (seen[level] + own) / (sum + PRIOR_PAIRS);
                change = f64::max(change, (now - m[at][level]).abs());
                m[at][level] = now;
            }
        }
        if change < STILL {
            break;
        }
    }
    let session = Session {
        rule: evidence.rule.clone(),
        pairs: total as u64,
        rounds,
        last_change: change,
        converged: change < STILL,
        match_share: if total >= 1.0 { share } else { 0.0 },
    };
    Learned { session, matches, m, told }
}

/// m / u of each level; 1 where it weighs nothing.
fn ratios(model: &Model, m: &Table) -> Table {
    let of = |(comparison, m): (&crate::model::Comparison, &Vec<f64>)| {
        let ratio = |(level, m): (&crate::model::Level, &f64)| if level.is_neutral() { 1.0 } else { m / level.u };
        comparison.levels.iter().zip(m).map(ratio).collect()
    };
    model.comparison.iter().zip(m).map(of).collect()
}

/// What the sessions learned together, each weighted by its matches: m, and the share of matches with both values. What no session
/// could learn keeps the model's m, and its share is `None`.
pub(crate) fn merged(model: &Model, evidence: &[Evidence], learned: &[Learned]) -> (Table, Vec<Option<f64>>) {
    let mut m = m_of(model);
    let mut told = Vec::with_capacity(m.len());
    for (at, comparison) in model.comparison.iter().enumerate() {
        let mut told_of = (0.0, 0.0);
        let able: Vec<(&Evidence, &Learned)> = evidence
            .iter()
            .zip(learned)
            .filter(|(evidence, learned)| !evidence.left_out[at] && learned.matches > 0.0)
            .collect();
        for (_, learned) in &able {
            told_of = (told_of.0 + learned.matches * learned.told[at], told_of.1 + learned.matches);
        }
        told.push((told_of.1 > 0.0).then(|| told_of.0 / told_of.1));
        for (level, m) in m[at].iter_mut().enumerate().filter(|(level, _)| !comparison.levels[*level].is_neutral()) {
            let showing = able.iter().filter(|(evidence, _)| evidence.can_show[at][level]);
            let (sum, weight) = showing.fold((0.0, 0.0), |(sum, weight), (_, learned)| {
                (sum + learned.matches * learned.m[at][level], weight + learned.matches)
            });
            if weight > 0.0 {
                *m = sum / weight;
            }
        }
        let total: f64 = m[at].iter().sum();
        if total > 0.0 {
            m[at].iter_mut().for_each(|m| *m /= total);
        }
    }
    (m, told)
}
