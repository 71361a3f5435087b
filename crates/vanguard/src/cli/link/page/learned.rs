//! How the weights were learned, and what the model expects of itself.

use super::{Page, bits, num, percent, wide};
use crate::web::charts::{ChartText, Curve, CurveChart, Num, count, curve_chart};
use crate::web::components::Column;
use linkage::{Operating, Session};
use maud::{Markup, html};

/// One row for each session of training.
pub fn sessions(page: &Page<'_>) -> Markup {
    let row = |session: &Session| {
        vec![
            html! { (session.rule) },
            html! { (count(session.pairs)) },
            html! { (session.rounds) },
            html! { (format!("{:.1e}", session.last_change)) },
            html! { (percent((session.match_share * 1e4).round() / 1e4)) },
            html! { (if session.converged { "came to rest" } else { "did not come to rest" }) },
        ]
    };
    let columns = vec![
        Column::text("Pairs that share"),
        Column::number("Pairs"),
        Column::number("Rounds"),
        Column::number("Last change"),
        Column::number("Matches among them"),
        Column::text("End"),
    ];
    let restless = page.sessions.iter().filter(|session| !session.converged).count();
    html! {
        p {
            "The weights were learned from the records without labels, once for each rule below. "
            @if restless > 0 { b { (restless) " of " (page.sessions.len()) " sessions did not come to rest: look at their weights with care." } }
            @else { "All sessions came to rest." }
        }
        (wide("sessions", "Sessions of training", columns, page.sessions.iter().map(row).collect()))
    }
}

/// Expected precision and recall by threshold, and the records that say too little.
pub fn expected(page: &Page<'_>) -> Markup {
    let steps: Vec<f64> = (0..=56).map(|half| f64::from(half) / 2.0 - 8.0).collect();
    let at = |weight: f64| page.linked.spectrum.at(1.0 / (1.0 + (-weight).exp2()));
    let curve = |of: fn(&Operating) -> f64| -> Vec<(Num, Num)> {
        steps.iter().map(|weight| (num(*weight), num(of(&at(*weight))))).collect()
    };
    let least = bits(page.linked.threshold);
    let now = page.linked.spectrum.at(page.linked.threshold);
    let own = page.unlinkable;
    let share = own.iter().map(|(weight, _, share)| (num(*weight), num(*share))).collect();
    let below = own.iter().rfind(|(weight, ..)| *weight <= least).map_or(0.0, |(.., share)| *share);
    html! {
        (curve_chart(&CurveChart {
            text: ChartText {
                id: "operating",
                title: "Expected precision and recall by threshold",
                summary: &format!(
                    "At the threshold {} of links are expected to be right, and {} of the matches among compared pairs to be found.",
                    percent((now.precision * 1e5).round() / 1e5),
                    percent((now.recall * 1e5).round() / 1e5)
                ),
                note: Some("These are what the model expects of its own weights, not what was checked: they are as good as the model is."),
            },
            across: "Threshold: match weight in bits",
            up: "Share",
            decimals: 4,
            from_zero: false,
            curves: vec![
                Curve { name: "precision: links that are right", points: curve(|one| one.precision) },
                Curve { name: "recall: compared matches that are found", points: curve(|one| one.recall) },
            ],
            mark: Some(((num(least), num(now.precision)), "threshold")),
        }))
        (curve_chart(&CurveChart {
            text: ChartText {
                id: "unlinkable",
                title: "Records that say too little to be linked by weight",
                summary: &format!(
                    "{} of records weigh less than the threshold even against a copy of themselves.",
                    percent((below * 1e4).round() / 1e4)
                ),
                note: Some("A record can only be linked by weight where its match weight with itself reaches the threshold. Those with a valid \
                            number can still be linked through it."),
            },
            across: "Match weight in bits",
            up: "Share of records below",
            decimals: 4,
            from_zero: false,
            curves: vec![Curve { name: "share of records", points: share }],
            mark: Some(((num(least), num(below)), "threshold")),
        }))
    }
}
