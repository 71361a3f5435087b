//! Weights of answers, and of pairs.

use super::{Page, bits, num, percent, wide};
use crate::web::charts::{
    ChartText, MatchWeights, Num, WeightGroup, WeightHistogram, WeightLevel, WeightStep, count, match_weights,
    weight_histogram,
};
use crate::web::components::Column;
use maud::{Markup, html};

/// The match-weight chart.
pub fn chart(page: &Page<'_>) -> Markup {
    let level = |level: &linkage::Level| WeightLevel {
        name: level.name.clone(),
        chances: (!level.is_neutral()).then(|| (num(level.m), num(level.u))),
    };
    let group = |comparison: &linkage::Comparison| WeightGroup {
        name: comparison.name.clone(),
        levels: comparison.levels.iter().map(level).collect(),
    };
    let start = page.model.prior.matches_per_record / page.linked.report.records.max(1000) as f64;
    html! {
        p {
            "Two records taken at random are of one person with a chance of about one in " (count((1.0 / start.max(1e-12)).round() as u64))
            ". Each answer below raises or lowers that; all weights add up."
        }
        (match_weights(&MatchWeights {
            text: ChartText {
                id: "match-weights",
                title: "Match weight of each answer",
                summary: "Bars to the right speak for one person, bars to the left against; the table has the figures.",
                note: Some("Weight is log2(m / u): m is how often matches give the answer, u how often other pairs do. How common a value is \
                            is added pair by pair and not shown here."),
            },
            groups: page.model.comparison.iter().map(group).collect(),
        }))
    }
}

/// Weights below and above these are put into the outermost steps.
const REACH: i32 = 40;
/// Bits of a step.
const STEP: i32 = 2;

/// Blocking rules with their cost, and the histogram of weights.
pub fn pairs(page: &Page<'_>) -> Markup {
    let mut steps: Vec<(u64, u64)> = vec![(0, 0); (2 * REACH / STEP) as usize];
    let least = bits(page.linked.threshold);
    for (at, pairs) in page.linked.spectrum.bins() {
        let step = ((at + f64::from(REACH)) / f64::from(STEP)).clamp(0.0, steps.len() as f64 - 1.0) as usize;
        if at >= least {
            steps[step].0 += pairs;
        } else {
            steps[step].1 += pairs;
        }
    }
    let used = |step: &(u64, u64)| step.0 + step.1 > 0;
    let first = steps.iter().position(used).unwrap_or(0);
    let last = steps.iter().rposition(used).map_or(0, |at| at + 1);
    let step = |at: usize| {
        let from = at as i32 * STEP - REACH;
        WeightStep {
            from,
            to: (at + 1 < last).then_some(from + STEP),
            joined: Some(Num::count(steps[at].0)),
            apart: Some(Num::count(steps[at].1)),
        }
    };
    let rules = &page.linked.report.rules;
    let row = |rule: &linkage::RuleReport| {
        vec![
            html! { (rule.rule) },
            html! { (count(rule.pairs)) },
            html! { (count(rule.new_pairs)) },
            html! { (count(rule.skipped_blocks)) },
            html! { (count(rule.skipped_pairs)) },
        ]
    };
    let columns = vec![
        Column::text("Records that share"),
        Column::number("Pairs"),
        Column::number("New pairs compared"),
        Column::number("Blocks left out"),
        Column::number("Pairs left out"),
    ];
    html! {
        p { "Only pairs that share what one of these rules asks for are compared; a block too large to compare is left out and counted." }
        (wide("rules", "Blocking rules and their cost", columns, rules.iter().map(row).collect()))
        h3 { "Weights of all compared pairs" }
        (weight_histogram(&WeightHistogram {
            text: ChartText {
                id: "histogram",
                title: "Compared pairs by match weight",
                summary: &format!("Pairs of {} and above are links; two clear heaps with little between them are a good sign.", percent(page.linked.threshold)),
                note: Some("Pairs above the threshold count as joined here, also where a rule of the clusters refused the link."),
            },
            steps: (first..last).map(step).collect(),
            threshold: num(least),
        }))
    }
}
