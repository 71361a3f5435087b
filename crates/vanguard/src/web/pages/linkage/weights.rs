//! The chart of match weights with the threshold.

use super::super::shown;
use crate::web::charts::{ChartText, Num, WeightHistogram, WeightStep, weight_histogram};
use intake::review::{LinkageReport, WeightBin};
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
    }
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
    fn steps_of_two_bits_hide_small_counts() {
        let bin = |from_bits, joined, apart| WeightBin { from_bits, joined, apart };
        let steps = steps(&[bin(-3, 0, 40), bin(-2, 0, 10), bin(-1, 0, 20), bin(0, 3, 0), bin(1, 0, 0)]);
        assert_eq!(steps.iter().map(|step| step.from).collect::<Vec<_>>(), [-4, -2, 0]);
        assert_eq!((steps[1].to, steps[1].apart.map(Num::get)), (Some(0), Some(30.0)));
        assert_eq!((steps[2].to, steps[2].joined), (None, None));
    }
}
