//! The chart of match weights with the threshold.

use super::super::shown;
use crate::web::charts::{ChartText, Num, WeightHistogram, WeightStep, number, weight_histogram};
use crate::web::components::{Borders, SummaryRow, summary_list};
use intake::review::{Bounds, ExpectedErrors, LinkageReport, WeightBin};
use maud::{Markup, html};

/// Bits of one step of the chart.
const STEP: i32 = 2;

/// The section.
pub fn section(report: &LinkageReport) -> Markup {
    let steps = steps(&report.weights);
    let threshold = Num::new(f64::from(report.threshold_hundredths) / 100.0).unwrap_or(Num::from(0));
    let summary = summary(&steps);
    let chart = WeightHistogram {
        text: ChartText {
            id: "match-weights",
            title: "Match weights of the compared pairs",
            summary: &summary,
            note: Some(
                "Pairs right of the line have enough weight to be joined; those of them that were not were refused for another reason. A clear valley about the line means that few pairs are in doubt. Pairs of far lower weight are not counted.",
            ),
        },
        steps,
        threshold,
    };
    html! {
        h2 { "How sure the links are" }
        (weight_histogram(&chart))
        (expected(report.expected.as_ref()))
    }
}

/// What to expect of the pairs that were weighed: shares with intervals, and no count of people.
fn expected(expected: Option<&ExpectedErrors>) -> Markup {
    let Some(found) = expected else {
        return html! {
            h3 { "Errors to expect" }
            p { "This load was made before these estimates were. Load the extracts again to see them." }
        };
    };
    let enough = shown::alone(found.links).is_some_and(|links| links > 0);
    let rate = |rate: Bounds| if enough { of_thousand(rate) } else { "too few links to say".to_owned() };
    let rows = [
        SummaryRow::new("Links by weight that join two people", html! { (rate(found.false_match_rate)) }),
        SummaryRow::new("Matches that were missed", html! { (rate(found.missed_match_rate)) }),
        SummaryRow::new("Why matches were missed", html! { (why_missed(found, enough)) }),
    ];
    html! {
        h3 { "Errors to expect" }
        (summary_list(&rows, Borders::All))
        p class="nhsuk-body-s" {
            "Worked out from the weights, without anybody's decision: each compared pair counts by its match probability, and pairs that no rule brought together by how often the rules would miss a match. Links through an NHS number are not counted; a match that only a source's own key of the person joins counts as missed here. The 95% intervals hold chance alone; they trust the weights, and that the answers about a pair do not depend on one another. People who marry and move change several answers at once, so more may be missed. Reviewers' decisions about pairs drawn at random check all this."
        }
    }
}

/// Which part of the missed matches had too little weight, and which no rule brought together.
fn why_missed(found: &ExpectedErrors, enough: bool) -> String {
    let (below, unseen) = (found.missed_below.estimate, found.missed_by_blocking.estimate);
    let all = below + unseen;
    if !enough || all < 1.0 {
        return "too few to say".to_owned();
    }
    let share = |part: f64| (part / all * 100.0).round();
    format!("about {}% had too little weight, about {}% no rule brought together", share(below), share(unseen))
}

/// A share as a number for every 1,000, with its interval.
fn of_thousand(rate: Bounds) -> String {
    let words = |share: f64| Num::new((share * 1000.0).max(0.0)).map_or_else(String::new, |share| number(share, 1));
    format!("{} in 1,000 ({} to {})", words(rate.estimate), words(rate.low), words(rate.high))
}

/// Steps of two bits; each kind of pair protected as a list of its own.
fn steps(bins: &[WeightBin]) -> Vec<WeightStep> {
    let mut steps: Vec<(i32, u64, u64)> = Vec::new();
    for bin in bins {
        let from = bin.from_bits.div_euclid(STEP) * STEP;
        match steps.last_mut() {
            Some(last) if last.0 == from => {
                last.1 += bin.joined;
                last.2 += bin.apart;
            }
            _ => steps.push((from, bin.joined, bin.apart)),
        }
    }
    let joined = shown::list(&steps.iter().map(|step| step.1).collect::<Vec<_>>());
    let apart = shown::list(&steps.iter().map(|step| step.2).collect::<Vec<_>>());
    let last = steps.len().saturating_sub(1);
    let step = |(at, (from, ..)): (usize, &(i32, u64, u64))| WeightStep {
        from: *from,
        to: (at != last).then_some(from + STEP),
        joined: joined.cells[at].map(Num::count),
        apart: apart.cells[at].map(Num::count),
    };
    steps.iter().enumerate().map(step).collect()
}

fn summary(steps: &[WeightStep]) -> String {
    let sum = |of: fn(&WeightStep) -> Option<Num>| steps.iter().filter_map(of).map(Num::get).sum::<f64>();
    let words = |value: f64| Num::new(value).map_or_else(String::new, |n| crate::web::charts::number(n, 0));
    format!(
        "About {} pairs were joined by their weight and about {} pairs with some likeness were not.",
        words(sum(|step| step.joined)),
        words(sum(|step| step.apart))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_errors_are_shares() {
        let bounds = |estimate, low, high| Bounds { estimate, low, high };
        let few = ExpectedErrors { links: 3, ..ExpectedErrors::default() };
        let found = ExpectedErrors {
            links: 900,
            false_match_rate: bounds(0.002, 0.001, 0.004),
            missed_below: bounds(30.0, 20.0, 40.0),
            missed_by_blocking: bounds(10.0, 5.0, 20.0),
            missed_match_rate: bounds(0.04, 0.03, 0.05),
        };
        assert_eq!(of_thousand(found.false_match_rate), "2.0 in 1,000 (1.0 to 4.0)");
        assert_eq!(why_missed(&found, true), "about 75% had too little weight, about 25% no rule brought together");
        assert_eq!(why_missed(&few, false), "too few to say");
        assert!(expected(Some(&few)).into_string().contains("too few links to say"));
        assert!(expected(None).into_string().contains("Load the extracts again"));
    }

    #[test]
    fn steps_of_two_bits_hide_small_counts() {
        let bin = |from_bits, joined, apart| WeightBin { from_bits, joined, apart };
        let steps = steps(&[bin(-3, 0, 40), bin(-2, 0, 10), bin(-1, 0, 20), bin(0, 3, 0), bin(1, 0, 0)]);
        assert_eq!(steps.iter().map(|step| step.from).collect::<Vec<_>>(), [-4, -2, 0]);
        assert_eq!((steps[1].to, steps[1].apart.map(Num::get)), (Some(0), Some(30.0)));
        assert_eq!((steps[2].to, steps[2].joined), (None, None));
    }
}
