//! The weight of a pair in parts: each bar begins where the one before ended.

use maud::{Markup, html};

use super::axis::{Plot, horizontal};
use super::draw::{Anchor, BLUE, INK, Key, Mark, ORANGE, QUIET, TEXT, Words, fit, legend, line, rect, text_width};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, number};
use super::scale::Scale;
use crate::web::components::{Column, Table};

/// One part of a weight.
#[derive(Debug, Clone)]
pub struct WaterfallStep {
    /// What is compared.
    pub name: String,
    /// The answer; may be empty.
    pub answer: String,
    /// What it adds, in bits.
    pub bits: Num,
}

/// A weight in parts.
#[derive(Debug, Clone)]
pub struct WaterfallChart<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// The parts, in their order.
    pub steps: Vec<WaterfallStep>,
    /// The weight from which records are joined, in bits.
    pub threshold: Option<Num>,
}

const ROW: f64 = 34.0;
const TOP: f64 = 34.0;
const WIDEST_LABEL: f64 = 260.0;

/// The chart with its table.
pub fn waterfall_chart(chart: &WaterfallChart) -> Markup {
    if chart.steps.is_empty() {
        return empty(&chart.text);
    }
    let bars = bars(&chart.steps);
    let ends = bars.iter().flat_map(|bar| [bar.0, bar.1]).filter_map(Num::new).chain(chart.threshold);
    let label = |step: &WaterfallStep| {
        if step.answer.is_empty() { step.name.clone() } else { format!("{}: {}", step.name, step.answer) }
    };
    let labels = chart.steps.iter().map(|step| text_width(&label(step), TEXT)).fold(80.0, f64::max).min(WIDEST_LABEL);
    let bottom = TOP + ROW * (bars.len() + 1) as f64;
    let plot = Plot { left: labels + 14.0, right: WIDTH - 64.0, top: TOP, bottom };
    let scale = Scale::new(ends, true, plot.left, plot.right, 6);
    let total = bars.last().map_or(0.0, |bar| bar.1);
    let keys = [
        (Key::Mark(Mark::Bar, BLUE), "speaks for one person"),
        (Key::Mark(Mark::Bar, ORANGE), "speaks against"),
        (Key::Mark(Mark::Bar, INK), "together"),
    ];
    let (legend, legend_height) = legend(&keys, plot.left, bottom + 46.0, plot.width());
    let middle = |row: usize| TOP + ROW * (row as f64 + 0.5);
    let drawing = html! {
        (horizontal(&scale, plot, "Match weight in bits: one more doubles the odds"))
        @for (row, (step, (from, to))) in chart.steps.iter().zip(&bars).enumerate() {
            (Words::plain(Anchor::End).at(plot.left - 8.0, middle(row) + 4.5, &fit(&label(step), labels, TEXT)))
            (bar(&scale, *from, *to, middle(row), if to >= from { BLUE } else { ORANGE }, step.bits))
            // A thin line leads from each bar's end to the next one's beginning.
            (line((scale.at(*to), middle(row) + 10.0), (scale.at(*to), middle(row + 1) - 10.0), QUIET, 1.0, None))
        }
        (Words::bold(Anchor::End).at(plot.left - 8.0, middle(bars.len()) + 4.5, "Together"))
        @if let Some(total) = Num::new(total) { (bar(&scale, 0.0, total.get(), middle(bars.len()), INK, total)) }
        @if let Some(threshold) = chart.threshold {
            @let x = scale.at(threshold.get());
            @let words = fit(&format!("joined from {}", number(threshold, 1)), WIDTH * 0.6, TEXT);
            @let half = text_width(&words, TEXT) / 2.0;
            (line((x, TOP - 8.0), (x, bottom), INK, 2.0, Some("6 4")))
            (Words::plain(Anchor::Middle).at(x.clamp(half + 2.0, WIDTH - half - 2.0), TOP - 14.0, &words))
        }
        (legend)
    };
    figure(&chart.text, Canvas { width: WIDTH, height: bottom + 54.0 + legend_height }, &drawing, &behind(chart, total))
}

/// Where each bar begins and ends.
fn bars(steps: &[WaterfallStep]) -> Vec<(f64, f64)> {
    let mut at = 0.0;
    let bar = |step: &WaterfallStep| {
        let from = at;
        at += step.bits.get();
        (from, at)
    };
    steps.iter().map(bar).collect()
}

fn bar(scale: &Scale, from: f64, to: f64, y: f64, colour: &str, value: Num) -> Markup {
    let (left, right) = (scale.at(from.min(to)), scale.at(from.max(to)));
    html! {
        // A step of nothing is a mark, so that it is not taken for one left out.
        @if right - left < 0.5 { (line((left, y - 9.0), (left, y + 9.0), QUIET, 2.0, None)) }
        (rect(left, y - 9.0, right - left, 18.0, colour, None))
        (Words::plain(Anchor::Start).at(right + 6.0, y + 4.5, &fit(&signed(value), WIDTH - right - 8.0, TEXT)))
    }
}

/// With its sign: `+3.2`.
fn signed(value: Num) -> String {
    let text = number(value, 1);
    if value.get() > 0.0 && text != "0.0" { format!("+{text}") } else { text }
}

fn behind<'a>(chart: &WaterfallChart<'a>, total: f64) -> Table<'a> {
    let mut rows: Vec<Vec<Markup>> = chart
        .steps
        .iter()
        .map(|step| vec![html! { (step.name) }, html! { (step.answer) }, html! { (signed(step.bits)) }])
        .collect();
    if let Some(total) = Num::new(total) {
        rows.push(vec![html! { "Together" }, html! {}, html! { (signed(total)) }]);
    }
    Table {
        caption: chart.text.title,
        size: None,
        columns: vec![Column::text("What is compared"), Column::text("Answer"), Column::number("Weight in bits")],
        rows,
        row_headers: true,
        scroll_id: None,
    }
}
