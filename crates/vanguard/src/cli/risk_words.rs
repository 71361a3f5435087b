//! What a model of risk says, in words that need no statistics: for the page and the terminal alike.

use population::disclosure::ShownRate;
use population::risk::{Group, Judgement, WithInterval};

/// What the model may be used for.
pub const USES: [&str; 3] = [
    "Choosing whom a team looks at first, together with what the team can act on.",
    "Comparing how much emergency care groups of people are likely to need.",
    "Checking how well the records foresee who will need emergency care.",
];

/// What it may not be used for.
pub const NOT_FOR: [&str; 4] = [
    "Refusing anybody care, or giving them less of it.",
    "Deciding about one person without a professional who knows them.",
    "Judging a practice, a team or a member of staff, or setting payments.",
    "People of another place: train a model there.",
];

/// A value of 0 to 1 as so many times in 100.
fn in_hundred(value: f64) -> String {
    format!("{:.0}", value * 100.0)
}

/// How well the model tells people apart, as one sentence.
pub fn telling_apart(judged: &Judgement) -> String {
    let Some(WithInterval { value, limits }) = judged.all.c_statistic else {
        return "How well it tells people apart cannot be worked out.".to_owned();
    };
    let limits = limits
        .map_or_else(String::new, |(low, high)| format!(" (95% interval {} to {})", in_hundred(low), in_hundred(high)));
    format!(
        "Take one person who was admitted and one who was not: the model gave the higher risk to the one who was admitted {} times in 100{limits}. A coin would manage 50.",
        in_hundred(value)
    )
}

/// Whether predictions are too high, too low, too extreme or too mild, as one or two sentences.
pub fn size_of_risks(judged: &Judgement) -> String {
    let side = |value: Option<WithInterval>, right: f64| match value.and_then(|v| v.limits) {
        None => None,
        Some((low, _)) if low > right => Some(1),
        Some((_, high)) if high < right => Some(-1),
        Some(_) => Some(0),
    };
    let level = match side(judged.in_the_large, 0.0) {
        None => "Whether risks are too high or too low on the whole cannot be worked out.",
        Some(0) => "On the whole, as many people were admitted as predicted, give or take chance.",
        Some(1) => "On the whole, more people were admitted than predicted: risks are too low.",
        Some(_) => "On the whole, fewer people were admitted than predicted: risks are too high.",
    };
    let spread = match side(judged.slope, 1.0) {
        None => "",
        Some(0) => " High risks were as high, and low risks as low, as predicted.",
        Some(1) => " Risks are too mild: high ones should be higher and low ones lower.",
        Some(_) => " Risks are too extreme: high ones should be lower and low ones higher.",
    };
    format!("{level}{spread}")
}

/// Whether the model is right for a group, in a few words.
pub fn verdict(group: &Group, seen: bool) -> &'static str {
    match group.observed_over_expected.and_then(|v| v.limits) {
        _ if !seen => "hidden",
        None => "Cannot be told",
        Some((low, _)) if low > 1.0 => "Sees too little risk",
        Some((_, high)) if high < 1.0 => "Sees too much risk",
        Some((low, high)) if high - low > 1.0 => "Too few people to tell",
        Some(_) => "Right, give or take chance",
    }
}

/// What acting from a threshold of risk means.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// Act from this chance up.
    pub from: f64,
    /// People acted on, of each 1,000.
    pub acted_on: f64,
    /// Of 100 people acted on, how many are admitted; hidden where few are, or are not.
    pub admitted: ShownRate,
    /// Net benefit for each 1,000 people.
    pub benefit: f64,
    /// Net benefit of acting on everybody.
    pub everybody: f64,
}

/// Every threshold of the decision curve.
pub fn thresholds(judged: &Judgement) -> Vec<Threshold> {
    let people = judged.all.people as f64;
    let of = |&(from, model, everybody, acted_on): &(f64, f64, f64, f64)| {
        // Net benefit is right less wrong at the odds of the threshold, and right and wrong make up those acted on.
        let odds = from / (1.0 - from);
        let right = ((model + acted_on * odds) / (1.0 + odds)).clamp(0.0, acted_on.max(0.0));
        let count = |share: f64| (share * people).round().max(0.0) as u64;
        let share = if acted_on > 0.0 { right / acted_on * 100.0 } else { 0.0 };
        let admitted = match ShownRate::of(share, count(right), count(acted_on)) {
            // Those acted on and not admitted must not be few either.
            ShownRate::Value(_) => ShownRate::of(share, count(acted_on - right), count(acted_on)),
            hidden @ ShownRate::Suppressed => hidden,
        };
        Threshold {
            from,
            acted_on: acted_on * 1000.0,
            admitted,
            benefit: model * 1000.0,
            everybody: everybody * 1000.0,
        }
    };
    judged.decisions.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: f64, low: f64, high: f64) -> WithInterval {
        WithInterval { value, limits: Some((low, high)) }
    }

    #[test]
    fn words_follow_the_intervals() {
        let mut judged = Judgement::default();
        judged.all.c_statistic = Some(with(0.744, 0.727, 0.761));
        assert!(telling_apart(&judged).contains("74 times in 100 (95% interval 73 to 76)"));
        judged.in_the_large = Some(with(-0.10, -0.17, -0.03));
        judged.slope = Some(with(1.02, 0.95, 1.10));
        assert_eq!(
            size_of_risks(&judged),
            "On the whole, fewer people were admitted than predicted: risks are too high. High risks were as high, and low risks as low, as predicted."
        );
        let group = |low, high| Group { observed_over_expected: Some(with(1.0, low, high)), ..Group::default() };
        assert_eq!(verdict(&group(0.9, 1.1), true), "Right, give or take chance");
        assert_eq!(verdict(&group(1.1, 1.4), true), "Sees too little risk");
        assert_eq!(verdict(&group(0.5, 0.9), true), "Sees too much risk");
        assert_eq!(verdict(&group(0.0, 2.6), true), "Too few people to tell");
        assert_eq!((verdict(&group(1.1, 1.4), false), verdict(&Group::default(), true)), ("hidden", "Cannot be told"));
    }

    /// By hand: of 1,000 people 100 are acted on at a risk of 20 in 100 and 40 of them are admitted; 40 less 60 at a quarter is 25.
    #[test]
    fn thresholds_give_back_who_was_acted_on() {
        let mut judged = Judgement { decisions: vec![(0.2, 0.025, -0.05, 0.1)], ..Judgement::default() };
        judged.all.people = 1000;
        let found = thresholds(&judged).remove(0);
        assert!((found.acted_on - 100.0).abs() < 1e-9 && (found.benefit - 25.0).abs() < 1e-9);
        assert!((found.admitted.value().unwrap() - 40.0).abs() < 1e-9);
        // Of a hundred people the same shares are four admitted: hidden.
        judged.all.people = 100;
        assert_eq!(thresholds(&judged)[0].admitted, ShownRate::Suppressed);
    }
}
