//! What may be claimed from an estimate, in one sentence that says no more than the data.

use crate::did::{Estimate, FEW_CLUSTERS, PreTrendVerdict, VERY_FEW_CLUSTERS, Warning};
use std::fmt;

/// What was measured, in the words of the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The measure, as the start of a sentence: "Emergency admissions".
    pub measure: String,
    /// What was counted: "people" or "person-months" in "per 1,000 people a month".
    pub per: String,
    /// Whether a fall is better; none where neither direction is.
    pub lower_is_better: Option<bool>,
    /// Whether the protocol (measure, groups, model) was dated before the result was seen.
    pub protocol_first: bool,
}

/// How strong a claim the estimate carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Nothing may be claimed: the comparison itself is in doubt or cannot be judged.
    None,
    /// The result is uncertain: the interval holds no effect, and an effect either way.
    Uncertain,
    /// A difference was seen, with reasons for doubt.
    Suggestive,
    /// A difference was seen, and every check passed.
    Supported,
}

/// A reason that keeps a claim weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// There is no interval.
    NoInterval,
    /// Groups moved apart before the start.
    DifferentBefore,
    /// Whether they did cannot be told.
    BeforeUnknown,
    /// The interval holds zero.
    IntervalHoldsZero,
    /// Fewer than ten clusters.
    VeryFewClusters(usize),
    /// Fewer than twenty clusters.
    FewClusters(usize),
    /// The randomisation test does not agree.
    ChanceWouldDo,
    /// Groups started in different months, which this method mixes.
    MixedStarts,
    /// The protocol is not dated before the result.
    NoProtocol,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInterval => f.write_str("how sure the estimate is cannot be worked out"),
            Self::DifferentBefore => f.write_str("the groups were already moving apart before the start"),
            Self::BeforeUnknown => f.write_str("whether the groups moved together before the start cannot be told"),
            Self::IntervalHoldsZero => f.write_str("the interval includes no difference"),
            Self::VeryFewClusters(count) => write!(f, "there are only {count} groups to compare, fewer than 10"),
            Self::FewClusters(count) => write!(f, "there are only {count} groups to compare, fewer than 20"),
            Self::ChanceWouldDo => f.write_str("a random choice of served groups would often show as much"),
            Self::MixedStarts => f.write_str("groups started in different months, whose effects this method mixes"),
            Self::NoProtocol => f.write_str("no protocol was dated before the result"),
        }
    }
}

/// A graded claim. It can only be made from an estimate, so that its words cannot outrun the numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    strength: Strength,
    doubts: Vec<Doubt>,
    sentence: String,
}

impl Claim {
    /// Grade an estimate.
    pub fn grade(estimate: &Estimate, subject: &Subject) -> Self {
        let doubts = doubts(estimate, subject.protocol_first);
        let strength = strength(&doubts);
        let sentence = sentence(estimate, subject, strength, &doubts);
        Self { strength, doubts, sentence }
    }

    /// How strong it is.
    pub const fn strength(&self) -> Strength {
        self.strength
    }

    /// What keeps it from being stronger.
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// The sentence.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

fn doubts(estimate: &Estimate, protocol_first: bool) -> Vec<Doubt> {
    let clusters = estimate.clusters.all();
    let before = match estimate.pre_trend.verdict {
        PreTrendVerdict::Different => Some(Doubt::DifferentBefore),
        PreTrendVerdict::CannotTell => Some(Doubt::BeforeUnknown),
        PreTrendVerdict::NoSignOfDifference => None,
    };
    let has_interval = estimate.absolute.interval().is_some();
    let by_chance = estimate.permutation.is_some_and(|test| test.p_value > 0.1);
    let found = [
        (!has_interval).then_some(Doubt::NoInterval),
        before,
        (has_interval && !estimate.absolute.excludes_zero()).then_some(Doubt::IntervalHoldsZero),
        (clusters < VERY_FEW_CLUSTERS).then_some(Doubt::VeryFewClusters(clusters)),
        (VERY_FEW_CLUSTERS..FEW_CLUSTERS).contains(&clusters).then_some(Doubt::FewClusters(clusters)),
        (has_interval && estimate.absolute.excludes_zero() && by_chance).then_some(Doubt::ChanceWouldDo),
        estimate.warnings.contains(&Warning::StaggeredStart).then_some(Doubt::MixedStarts),
        (!protocol_first).then_some(Doubt::NoProtocol),
    ];
    found.into_iter().flatten().collect()
}

fn strength(doubts: &[Doubt]) -> Strength {
    let has = |doubt: Doubt| doubts.contains(&doubt);
    if has(Doubt::NoInterval) || has(Doubt::DifferentBefore) {
        Strength::None
    } else if has(Doubt::IntervalHoldsZero) {
        Strength::Uncertain
    } else if doubts.is_empty() {
        Strength::Supported
    } else {
        Strength::Suggestive
    }
}

fn sentence(estimate: &Estimate, subject: &Subject, strength: Strength, doubts: &[Doubt]) -> String {
    let Subject { measure, per, .. } = subject;
    let unit = format!("per {} {per} a month", thousands(estimate.per));
    let level = estimate.confidence.label();
    let Some((lower, upper)) = estimate.absolute.interval() else {
        return format!("{measure}: nothing can be claimed, because {}.", listed(doubts));
    };
    let interval = format!("{level} interval {} to {}", signed(lower), signed(upper));
    match strength {
        Strength::None => format!("{measure}: nothing can be claimed, because {}.", listed(doubts)),
        Strength::Uncertain => {
            let others: Vec<Doubt> =
                doubts.iter().copied().filter(|doubt| *doubt != Doubt::IntervalHoldsZero).collect();
            let also = if others.is_empty() { String::new() } else { format!("; also, {}", listed(&others)) };
            format!(
                "{measure}: the data do not show a difference and do not rule one out ({} {unit}, {interval}){also}.",
                signed(estimate.absolute.value)
            )
        }
        Strength::Suggestive | Strength::Supported => {
            let lower_now = estimate.absolute.value < 0.0;
            let direction = if lower_now { "lower" } else { "higher" };
            let worth = match subject.lower_is_better {
                Some(better) if better == lower_now => ", which is better",
                Some(_) => ", which is worse",
                None => "",
            };
            let size = figure(estimate.absolute.value.abs());
            let seen =
                format!("{measure}: {size} {unit} {direction} than expected from the other groups{worth} ({interval})");
            if strength == Strength::Supported {
                format!("{seen}; the checks passed, but a comparison without random choice cannot prove the cause.")
            } else {
                format!("{seen}; this is a hint and no more, because {}.", listed(doubts))
            }
        }
    }
}

fn listed(doubts: &[Doubt]) -> String {
    let words: Vec<String> = doubts.iter().map(ToString::to_string).collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// Three significant digits at most, as far as two decimals.
fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// A figure with a true minus sign.
fn signed(value: f64) -> String {
    let text = figure(value.abs());
    let is_zero = text.chars().all(|c| c == '0' || c == '.');
    if value < 0.0 && !is_zero { format!("\u{2212}{text}") } else { text }
}

fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
