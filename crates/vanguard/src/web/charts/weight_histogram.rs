//! How many compared pairs have which match weight, joined and not.

use maud::{Markup, html};

use super::axis::{Plot, label_width, slots, vertical};
use super::draw::{Anchor, BLUE, INK, Key, Mark, ORANGE, TEXT, Words, fit, legend, line, rect, text_width};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, number};
use super::scale::Scale;
use crate::web::components::{Column, Table};

/// Pairs of one step of weight.
#[derive(Debug, Clone, Copy)]
pub struct WeightStep {
    /// Where it begins, in bits.
    pub from: i32,
    /// Where it ends; none for the last, which is open.
    pub to: Option<i32>,
    /// Pairs that were joined; none where the number is hidden.
    pub joined: Option<Num>,
    /// Pairs that were not.
    pub apart: Option<Num>,
}

/// A chart of match weights.
#[derive(Debug, Clone)]
pub struct WeightHistogram<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// The steps from the lowest.
    pub steps: Vec<WeightStep>,
    /// The weight from which records are joined, in bits.
    pub threshold: Num,
}

/// The chart with its table.
pub fn weight_histogram(chart: &WeightHistogram) -> Markup {
    let values: Vec<Num> = chart.steps.iter().flat_map(|step| [step.joined, step.apart]).flatten().collect();
    let (Some(first), false) = (chart.steps.first(), values.is_empty()) else { return empty(&chart.text) };
    let plot = Plot { left: 0.0, right: WIDTH - 20.0, top: 44.0, bottom: 250.0 };
    let scale = Scale::new(values, true, plot.bottom, plot.top, 5);
    let plot = Plot { left: label_width(&scale) + 16.0, ..plot };
    let names: Vec<String> = chart.steps.iter().map(|step| step.from.to_string()).collect();
    let labels: Vec<&str> = names.iter().map(String::as_str).collect();
    let width = plot.width() / chart.steps.len() as f64;
    // Steps may be wider than a bit; the threshold stands in its step as far as it has come.
    let step_bits = f64::from(first.to.map_or(1, |to| to.saturating_sub(first.from).max(1)));
    let place = (chart.threshold.get() - f64::from(first.from)) / step_bits * width;
    let x = (plot.left + place).clamp(plot.left, plot.right);
    let words = fit(&format!("joined from {} bits", number(chart.threshold, 1)), WIDTH * 0.6, TEXT);
    let half = text_width(&words, TEXT) / 2.0;
    let keys =
        [(Key::Mark(Mark::Bar, BLUE), "joined (left bar)"), (Key::Mark(Mark::Bar, ORANGE), "not joined (right bar)")];
    let (legend, legend_height) = legend(&keys, plot.left, plot.bottom + 46.0, plot.width());
    let drawing = html! {
        (vertical(&scale, plot, "Pairs of records"))
        @for (at, step) in chart.steps.iter().enumerate() {
            @let left = plot.left + width * at as f64;
            @for (value, colour, offset) in [(step.joined, BLUE, 0.08), (step.apart, ORANGE, 0.52)] {
                @if let Some(value) = value {
                    @let top = scale.at(value.get());
                    (rect(left + width * offset, top, width * 0.4, plot.bottom - top, colour, None))
                }
            }
        }
        (slots(&labels, plot))
        (Words::quiet(Anchor::Middle).at(f64::midpoint(plot.left, plot.right), plot.bottom + 36.0, &fit("Match weight in bits, from", plot.width(), TEXT)))
        (line((x, plot.top - 6.0), (x, plot.bottom), INK, 2.0, Some("6 4")))
        (Words::plain(Anchor::Middle).at(x.clamp(half + 2.0, WIDTH - half - 2.0), plot.top - 12.0, &words))
        (legend)
    };
    figure(&chart.text, Canvas { width: WIDTH, height: plot.bottom + 54.0 + legend_height }, &drawing, &behind(chart))
}

fn behind<'a>(chart: &WeightHistogram<'a>) -> Table<'a> {
    let shown = |value: Option<Num>| value.map_or_else(|| "hidden".to_owned(), |value| number(value, 0));
    let rows = chart.steps.iter().map(|step| {
        let name = step.to.map_or_else(|| format!("{} and more", step.from), |to| format!("{} to {to}", step.from));
        vec![html! { (name) }, html! { (shown(step.joined)) }, html! { (shown(step.apart)) }]
    });
    Table {
        caption: chart.text.title,
        size: None,
        columns: vec![Column::text("Match weight in bits"), Column::number("Joined"), Column::number("Not joined")],
        rows: rows.collect(),
        row_headers: true,
        scroll_id: None,
    }
}
