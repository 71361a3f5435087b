//! What truth or decisions say of the weights.

use super::{Page, bits, num, percent, wide};
use crate::web::charts::{ChartText, Curve, CurveChart, Num, count, curve_chart};
use crate::web::components::Column;
use evidence::classification::Classification;
use linkage::{Explainer, Tier};
use maud::{Markup, html};

/// Points of a drawn curve at most.
const POINTS: usize = 400;

/// Curves and confusion; none where nothing is known.
pub fn section(page: &Page<'_>) -> Option<Markup> {
    let (known, what) = match &page.input.truth {
        Some(_) => (of_truth(page), "pairs that were compared and whose true people the file tells"),
        None if !page.labels.pairs.is_empty() => (of_labels(page), "pairs that people decided about"),
        None => return None,
    };
    if known.positives + known.negatives == 0 {
        return Some(html! { p { "No compared pair is among those that are known." } });
    }
    Some(html! {
        @if let Some(scores) = page.scores {
            (wide("scores", "The people found against the true people", vec![
                Column::text("Measure"), Column::number("Precision"), Column::number("Recall"), Column::number("F1"),
            ], vec![
                vec![html! { "Pairs of records put together" }, four(scores.precision), four(scores.recall), four(scores.f1)],
                vec![html! { "B-cubed, record by record" }, four(scores.b_cubed_precision), four(scores.b_cubed_recall), four(scores.b_cubed_f1)],
            ]))
        }
        h3 { "The weights alone" }
        p { "From " (count(known.positives)) " matches and " (count(known.negatives)) " others among the " (what) "." }
        (confusion(page, &known))
        (curves(page, &known))
    })
}

fn four(value: f64) -> Markup {
    html! { (format!("{value:.4}")) }
}

fn of_truth(page: &Page<'_>) -> Classification {
    let told = |record: u32| page.input.truth.as_ref().map(|truth| truth.get(record as usize)).unwrap_or_default();
    let scored = page.linked.edges.iter().filter(|pair| pair.tier == Tier::Weight).filter_map(|pair| {
        let (left, right) = (told(pair.left), told(pair.right));
        (!left.is_empty() && !right.is_empty()).then(|| (f64::from(pair.weight_bits_hundredths) / 100.0, left == right))
    });
    Classification::new(scored)
}

fn of_labels(page: &Page<'_>) -> Classification {
    let explainer = Explainer::new(&page.input.records, page.model);
    let scored = page
        .labels
        .pairs
        .iter()
        .filter_map(|label| Some((explainer.pair(label.left, label.right)?.total_bits, label.is_match)));
    Classification::new(scored)
}

/// What lies on which side of the threshold.
fn confusion(page: &Page<'_>, known: &Classification) -> Markup {
    let cut = known.at(bits(page.linked.threshold) - 0.005);
    let cell = |value: u64| html! { (count(value)) };
    html! {
        (wide("confusion", "At the threshold", vec![
            Column::text("In the answer"), Column::number("Matches"), Column::number("Others"),
        ], vec![
            vec![html! { "Linked" }, cell(cut.true_positives), cell(cut.false_positives)],
            vec![html! { "Not linked" }, cell(known.positives - cut.true_positives), cell(known.negatives - cut.false_positives)],
        ]))
        p {
            "Precision " (shown(cut.precision())) ", recall " (shown(known.recall(&cut))) ", false positive rate "
            (shown(known.false_positive_rate(&cut))) "; average precision " (shown(known.average_precision()))
            ", area under the receiver operating characteristic " (shown(known.area())) "."
        }
    }
}

fn shown(share: Option<f64>) -> String {
    share.map_or_else(|| "not known".to_owned(), |share| percent((share * 1e5).round() / 1e5))
}

fn curves(page: &Page<'_>, known: &Classification) -> Markup {
    let step = known.cuts.len().div_ceil(POINTS).max(1);
    // The last cut is always drawn: there everything is called a match.
    let drawn = || known.cuts.iter().rev().step_by(step).rev();
    let now = known.at(bits(page.linked.threshold) - 0.005);
    let pair = |x: Option<f64>, y: Option<f64>| Some((num(x?), num(y?)));
    let precision: Vec<(Num, Num)> = drawn().filter_map(|cut| pair(known.recall(cut), cut.precision())).collect();
    let origin = (known.negatives > 0 && known.positives > 0).then(|| (num(0.0), num(0.0)));
    let characteristic: Vec<(Num, Num)> = origin
        .into_iter()
        .chain(drawn().filter_map(|cut| pair(known.false_positive_rate(cut), known.recall(cut))))
        .collect();
    html! {
        (curve_chart(&CurveChart {
            text: ChartText {
                id: "precision-recall",
                title: "Precision and recall",
                summary: &format!("At the threshold precision is {} and recall {}.", shown(now.precision()), shown(known.recall(&now))),
                note: Some("Recall is of the known matches among these pairs; matches that no blocking rule found are not among them."),
            },
            across: "Recall: matches that are linked",
            up: "Precision: links that are matches",
            decimals: 4,
            from_zero: false,
            curves: vec![Curve { name: "all thresholds", points: precision }],
            mark: pair(known.recall(&now), now.precision()).map(|point| (point, "threshold")),
        }))
        (curve_chart(&CurveChart {
            text: ChartText {
                id: "characteristic",
                title: "Receiver operating characteristic",
                summary: &format!("The area under the curve is {}.", shown(known.area())),
                note: Some("The chance that a match weighs more than another compared pair is the area under the line."),
            },
            across: "Others that are linked",
            up: "Matches that are linked",
            decimals: 4,
            from_zero: true,
            curves: vec![Curve { name: "all thresholds", points: characteristic }],
            mark: pair(known.false_positive_rate(&now), known.recall(&now)).map(|point| (point, "threshold")),
        }))
    }
}
