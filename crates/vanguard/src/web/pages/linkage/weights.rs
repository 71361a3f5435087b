//! The chart of match weights with the threshold.

use super::super::shown;
use crate::web::charts::{ChartText, Num, WeightHistogram, WeightStep, number, weight_histogram};
use crate::web::components::{Borders, SummaryRow, summary_list};
use intake::review::{ExpectedErrors, LinkageReport, WeightBin};
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
        (expected(&report.errors))
    }
}

/// What to expect of the pairs that were weighed: shares of the links, with intervals, and no count of people.
fn expected(errors: &ExpectedErrors) -> Markup {
    let rows = [
        SummaryRow::new(
            "Links by weight that join two people",
            html! { (of_thousand(errors.false_matches, errors.false_variance, errors.links)) },
        ),
        SummaryRow::new(
            "Matches not joined, against links by weight",
            html! { (of_thousand(errors.missed, errors.missed_variance, errors.links)) },
        ),
    ];
    html! {
        h3 { "Errors to expect" }
        (summary_list(&rows, Borders::All))
        p class="nhsuk-body-s" {
            "Each pair counts by its match probability; the 95% intervals hold chance alone and trust the model, which reviewers' decisions about pairs drawn at random check. Links through an NHS number are not counted, nor are matches that no rule brought together. Links that were refused for another reason, such as two NHS numbers, count as missed by their weight, so the second figure is on the high side."
        }
    }
}

/// An expected number for every 1,000 links, with the interval of a sum of independent pairs; hidden where there are few links.
fn of_thousand(expected: f64, variance: f64, links: u64) -> String {
    /// The normal quantile of a two-sided 95% interval.
    const Z: f64 = 1.959_963_984_540_054;
    if shown::alone(links).is_none_or(|links| links == 0) {
        return "too few links to say".to_owned();
    }
    let words = |count: f64| {
        let share = (count / links as f64 * 1000.0).max(0.0);
        Num::new(share).map_or_else(String::new, |share| number(share, 1))
    };
    let half = Z * variance.max(0.0).sqrt();
    format!("{} in 1,000 ({} to {})", words(expected), words(expected - half), words(expected + half))
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
    fn expected_errors_are_shares_of_links() {
        // 100 links of probability 0.9: 10 expected, with a deviation of 3.
        assert_eq!(of_thousand(10.0, 9.0, 100), "100.0 in 1,000 (41.2 to 158.8)");
        assert_eq!(of_thousand(0.0, 0.0, 3), "too few links to say");
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
