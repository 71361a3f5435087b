//! Horizontal bars, with intervals where the values are estimates.

use maud::{Markup, html};

use super::axis::{Plot, horizontal};
use super::draw::{Anchor, BLUE, INK, TEXT, Words, fit, line, rect, text_width};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, number};
use super::scale::Scale;
use crate::web::components::{Column, Table};

/// One bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// Its length; none where the number is hidden because it is small, or missing.
    pub value: Option<Num>,
    /// The interval about the value.
    pub interval: Option<(Num, Num)>,
}

/// A bar chart.
#[derive(Debug, Clone)]
pub struct BarChart<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// What the bars stand for, the heading of the first column.
    pub item: &'a str,
    /// What the axis counts.
    pub unit: &'a str,
    /// Decimals of the values.
    pub decimals: usize,
    /// The bars from the top.
    pub bars: Vec<Bar>,
    /// A value to compare with, and what it is.
    pub reference: Option<(Num, &'a str)>,
}

const ROW: f64 = 30.0;
const TOP: f64 = 26.0;
const WIDEST_LABEL: f64 = 220.0;

/// The chart with its table.
pub fn bar_chart(chart: &BarChart) -> Markup {
    if chart.bars.is_empty() {
        return empty(&chart.text);
    }
    let values = chart.bars.iter().flat_map(|bar| {
        let (low, high) = bar.interval.unzip();
        [bar.value, low, high].into_iter().flatten()
    });
    let values = values.chain(chart.reference.map(|(value, _)| value));
    let labels = chart.bars.iter().map(|bar| text_width(&bar.label, TEXT)).fold(60.0, f64::max).min(WIDEST_LABEL);
    let shown = chart.bars.iter().map(|bar| text_width(&shown(bar, chart.decimals), TEXT)).fold(40.0, f64::max);
    let bottom = TOP + ROW * chart.bars.len() as f64;
    // The last tick's label stands half outside the plot, the value of the longest bar beside it.
    let plot = Plot { left: labels + 12.0, right: WIDTH - shown.max(48.0) - 16.0, top: TOP, bottom };
    let scale = Scale::new(values, true, plot.left, plot.right, 5);
    let drawing = html! {
        (horizontal(&scale, plot, chart.unit))
        @for (index, bar) in chart.bars.iter().enumerate() {
            (one(bar, TOP + ROW * (index as f64 + 0.5), labels, chart.decimals, &scale, plot))
        }
        @if let Some((value, what)) = chart.reference {
            @let x = scale.at(value.get());
            @let label = fit(&format!("{what}: {}", number(value, chart.decimals)), WIDTH * 0.6, TEXT);
            @let half = text_width(&label, TEXT) / 2.0;
            (line((x, TOP - 6.0), (x, bottom), INK, 2.0, Some("6 4")))
            (Words::plain(Anchor::Middle).at(x.clamp(half + 2.0, WIDTH - half - 2.0), TOP - 11.0, &label))
        }
    };
    figure(&chart.text, Canvas { width: WIDTH, height: bottom + 46.0 }, &drawing, &behind(chart))
}

fn shown(bar: &Bar, decimals: usize) -> String {
    bar.value.map_or_else(|| "hidden".to_owned(), |value| number(value, decimals))
}

fn one(bar: &Bar, y: f64, labels: f64, decimals: usize, scale: &Scale, plot: Plot) -> Markup {
    let zero = scale.at(0.0);
    let end = bar.value.map_or(zero, |value| scale.at(value.get()));
    let reach = bar.interval.map_or(end, |(_, high)| f64::max(end, scale.at(high.get()))).max(zero);
    html! {
        (Words::plain(Anchor::End).at(plot.left - 8.0, y + 4.5, &fit(&bar.label, labels, TEXT)))
        (rect(f64::min(zero, end), y - 9.0, (end - zero).abs(), 18.0, BLUE, None))
        @if let Some((low, high)) = bar.interval {
            @let (from, to) = (scale.at(low.get()), scale.at(high.get()));
            // White below, ink above: the interval shows on the bar and beside it.
            (line((from, y), (to, y), "#ffffff", 4.0, None))
            (line((from, y), (to, y), INK, 1.5, None))
            @for x in [from, to] { (line((x, y - 5.0), (x, y + 5.0), INK, 1.5, None)) }
        }
        (Words::plain(Anchor::Start).at(reach + 6.0, y + 4.5, &shown(bar, decimals)))
    }
}

fn behind<'a>(chart: &BarChart<'a>) -> Table<'a> {
    let with_interval = chart.bars.iter().any(|bar| bar.interval.is_some());
    let mut columns = vec![Column::text(chart.item), Column::number(chart.unit)];
    if with_interval {
        columns.push(Column::number("95% interval"));
    }
    let rows = chart.bars.iter().map(|bar| {
        let mut row = vec![html! { (bar.label) }, html! { (shown(bar, chart.decimals)) }];
        if with_interval {
            row.push(html! {
                @if let Some((low, high)) = bar.interval {
                    (number(low, chart.decimals)) " to " (number(high, chart.decimals))
                } @else {
                    "none"
                }
            });
        }
        row
    });
    Table { caption: chart.text.title, size: None, columns, rows: rows.collect(), row_headers: true, scroll_id: None }
}
