//! Matches that no blocking rule brings together, from the learned m.

use crate::em::{Table, level_of};
use crate::gauge::Spectrum;
use crate::model::Model;
use crate::plan::{Plan, probability};
use crate::question::{Field, Test};
use crate::stream::Stream;

/// More answers together than this are not worked out one by one.
const MOST_ANSWERS: usize = 1 << 16;
/// Matches made up to see which of them a rule would bring together.
const MADE_UP: usize = 1 << 15;

/// What the matches of the sample answer: for each comparison and level the answers to the tests of the blocking rules, one bit each, with
/// their expected number.
pub(crate) struct Answers<'a> {
    plan: &'a Plan<'a>,
    /// For each comparison the bits of the rules' tests it is home to.
    homes: Vec<u64>,
    /// Bits of rules' tests that no comparison looks at; they are taken as they come in the sample.
    homeless: u64,
    seen: Vec<Vec<Vec<(u64, f64)>>>,
    loose: Vec<(u64, f64)>,
}

impl<'a> Answers<'a> {
    pub(crate) fn new(plan: &'a Plan<'a>, spectrum: &Spectrum) -> Self {
        let all = plan.rules.iter().fold(0, |all, rule| all | rule);
        let (homes, homeless) = homes(plan.model, all);
        let seen = plan.comparisons.iter().map(|rungs| vec![Vec::new(); rungs.len()]).collect();
        let mut answers = Self { plan, homes, homeless, seen, loose: Vec::new() };
        for pair in &spectrum.sample {
            let p = probability(f64::from(pair.bits));
            for (at, home) in answers.homes.iter().enumerate() {
                add(&mut answers.seen[at][level_of(pair.levels, at)], pair.mask & home, p);
            }
            add(&mut answers.loose, pair.mask & homeless, p);
        }
        answers
    }

    /// The share of matches that no rule brings together, if matches have these m: each comparison's level comes as often as m says
    /// (missing values as often as in the sample), the answers to the rules' tests as among the sampled matches of that level, each
    /// comparison by itself. Worked out over all answers that can come together; where those are very many, from matches that are
    /// made up by drawing.
    pub(crate) fn share_unseen(&self, m: &Table) -> f64 {
        let mut chances = vec![Chances::new(self.loose.iter().map(|(mask, p)| (mask & self.homeless, *p)))];
        chances.extend((0..self.homes.len()).map(|at| self.chances(at, &m[at])));
        let unseen = |mask: u64| !self.plan.rules.iter().any(|need| mask & need == *need);
        if let Some(all) = together(&chances) {
            return all.iter().filter(|(mask, _)| unseen(*mask)).map(|(_, p)| p).sum::<f64>().clamp(0.0, 1.0);
        }
        let mut stream = Stream(0x5eed);
        let draw = |stream: &mut Stream| chances.iter().fold(0, |mask, one| mask | one.draw(stream.share()));
        let found = (0..MADE_UP).filter(|_| unseen(draw(&mut stream))).count();
        found as f64 / MADE_UP as f64
    }

    /// The answers of one comparison and how often each is given.
    fn chances(&self, at: usize, m: &[f64]) -> Chances {
        let levels = &self.plan.model.comparison[at].levels;
        let seen = &self.seen[at];
        let sum = |level: usize| seen[level].iter().map(|(_, p)| p).sum::<f64>();
        let all: f64 = (0..levels.len()).map(sum).sum();
        let neutral: f64 = (0..levels.len()).filter(|level| levels[*level].is_neutral()).map(sum).sum();
        let missing = if all > 0.0 { neutral / all } else { 0.0 };
        let of_m: f64 = m.iter().sum();
        let mut chances = Vec::new();
        for (level, own) in levels.iter().enumerate() {
            let here = sum(level);
            let share = match (own.is_neutral(), here > 0.0) {
                (true, true) => missing * here / neutral,
                (true, false) => 0.0,
                (false, _) => (1.0 - missing) * m[level] / of_m.max(f64::MIN_POSITIVE),
            };
            if here > 0.0 {
                chances.extend(seen[level].iter().map(|(mask, p)| (*mask, share * p / here)));
            } else {
                // No match of the sample was at this level: its own tests hold, and nothing more is known.
                chances.push((self.plan.comparisons[at][level].need & self.homes[at], share));
            }
        }
        Chances::new(chances.into_iter())
    }
}

/// Masks with their cumulative chances.
struct Chances(Vec<(u64, f64)>);

impl Chances {
    fn new(masks: impl Iterator<Item = (u64, f64)>) -> Self {
        let mut total = 0.0;
        let mut masks: Vec<(u64, f64)> = masks
            .map(|(mask, chance)| {
                total += chance;
                (mask, total)
            })
            .collect();
        for (_, upto) in &mut masks {
            *upto /= total.max(f64::MIN_POSITIVE);
        }
        Self(masks)
    }

    fn draw(&self, share: f64) -> u64 {
        let at = self.0.partition_point(|(_, upto)| *upto <= share).min(self.0.len().saturating_sub(1));
        self.0.get(at).map_or(0, |(mask, _)| *mask)
    }
}

/// The answers of all comparisons together and how often they come; `None` where they are too many.
fn together(chances: &[Chances]) -> Option<Vec<(u64, f64)>> {
    let mut all = vec![(0, 1.0)];
    for Chances(one) in chances.iter().filter(|chances| !chances.0.is_empty()) {
        if all.len() * one.len() > MOST_ANSWERS {
            return None;
        }
        let mut next: Vec<(u64, f64)> = Vec::with_capacity(all.len() * one.len());
        for (mask, p) in &all {
            let mut before = 0.0;
            for (own, upto) in one {
                next.push((mask | own, p * (upto - before)));
                before = *upto;
            }
        }
        next.sort_by_key(|(mask, _)| *mask);
        next.dedup_by(|(mask, p), (kept, sum)| {
            let same = mask == kept;
            *sum += if same { *p } else { 0.0 };
            same
        });
        all = next;
    }
    Some(all)
}

fn add(counts: &mut Vec<(u64, f64)>, mask: u64, p: f64) {
    match counts.iter_mut().find(|(own, _)| *own == mask) {
        Some((_, sum)) => *sum += p,
        None => counts.push((mask, p)),
    }
}

/// Which comparison each of the rules' tests belongs to: one that asks for it, or else one that looks at its fields.
fn homes(model: &Model, wanted: u64) -> (Vec<u64>, u64) {
    let mut homes = vec![0; model.comparison.len()];
    let mut homeless = 0;
    for (at, test) in model.tests().iter().enumerate().filter(|(at, _)| wanted >> at & 1 == 1) {
        let asks = |c: &crate::model::Comparison| c.levels.iter().any(|level| level.when.contains(test));
        let looks = |c: &crate::model::Comparison| {
            let fields: Vec<Field> =
                c.levels.iter().flat_map(|level| &level.when).flat_map(|own: &Test| own.fields()).copied().collect();
            test.fields().iter().any(|field| fields.contains(field))
        };
        let home = model.comparison.iter().position(asks).or_else(|| model.comparison.iter().position(looks));
        *home.map_or(&mut homeless, |home| &mut homes[home]) |= 1 << at;
    }
    (homes, homeless)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

        /// What is worked out is what many draws come to.
        #[test]
        fn working_out_and_drawing_agree(
            lists in prop::collection::vec(prop::collection::vec((0..16_u64, 0.05..1.0_f64), 1..6), 1..5),
            rules in prop::collection::vec(0..16_u64, 1..3),
        ) {
            let chances: Vec<Chances> = lists.iter().map(|list| Chances::new(list.iter().copied())).collect();
            let unseen = |mask: u64| !rules.iter().any(|need| mask & need == *need);
            let all = together(&chances).unwrap();
            prop_assert!((all.iter().map(|(_, p)| p).sum::<f64>() - 1.0).abs() < 1e-9);
            let found: f64 = all.iter().filter(|(mask, _)| unseen(*mask)).map(|(_, p)| p).sum();
            let mut stream = Stream(7);
            let draw = |stream: &mut Stream| chances.iter().fold(0, |mask, one| mask | one.draw(stream.share()));
            let drawn = (0..40_000).filter(|_| unseen(draw(&mut stream))).count() as f64 / 40_000.0;
            // Five standard errors.
            prop_assert!((found - drawn).abs() < 0.0125, "{found} {drawn}");
        }
    }
}
