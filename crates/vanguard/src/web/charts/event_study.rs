//! An event study: the estimated difference in each period before and after a change, with its interval. Before the
//! change it should be near zero.

use maud::{Markup, html};

use super::axis::{Plot, label_width, slots, vertical};
use super::draw::{Anchor, BLUE, INK, Key, Mark, QUIET, TEXT, Words, fit, legend, line, text_width};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, number};
use super::scale::Scale;
use crate::web::components::{Column, Table};

/// One period.
#[derive(Debug, Clone)]
pub struct StudyPoint {
    /// The period, such as "-3" or "January 2025".
    pub label: String,
    /// The estimate; none where it cannot be made.
    pub estimate: Option<Num>,
    /// The lower and upper end of its interval; none for the period all others are compared with.
    pub interval: Option<(Num, Num)>,
}

/// The plot.
#[derive(Debug, Clone)]
pub struct EventStudy<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// What the vertical axis counts.
    pub unit: &'a str,
    /// Decimals in the table.
    pub decimals: usize,
    /// The periods in order.
    pub points: Vec<StudyPoint>,
    /// The index of the first period after the change.
    pub change: usize,
    /// What the change was.
    pub change_label: &'a str,
}

/// The plot with its table.
pub fn event_study(chart: &EventStudy) -> Markup {
    if chart.points.iter().all(|point| point.estimate.is_none()) {
        return empty(&chart.text);
    }
    let values = chart.points.iter().flat_map(|point| {
        let (low, high) = point.interval.unzip();
        [point.estimate, low, high].into_iter().flatten()
    });
    let scale = Scale::new(values, true, 300.0, 56.0, 6);
    let plot = Plot { left: label_width(&scale) + 16.0, right: WIDTH - 16.0, top: 56.0, bottom: 300.0 };
    let keys = [
        (Key::Mark(Mark::Ring, BLUE), "Before"),
        (Key::Mark(Mark::Dot, BLUE), "After"),
        (Key::Line(INK, None), "95% interval"),
    ];
    let (legend, legend_height) = legend(&keys, plot.left, 338.0, plot.width());
    let labels: Vec<&str> = chart.points.iter().map(|point| point.label.as_str()).collect();
    let zero = scale.at(0.0);
    let drawing = html! {
        (vertical(&scale, plot, chart.unit))
        (slots(&labels, plot))
        (line((plot.left, zero), (plot.right, zero), INK, 2.0, None))
        (change(chart, plot))
        @for (index, point) in chart.points.iter().enumerate() {
            (one(point, index >= chart.change, plot.slot(index, chart.points.len()), &scale))
        }
        (legend)
    };
    figure(&chart.text, Canvas { width: WIDTH, height: 338.0 + legend_height }, &drawing, &behind(chart))
}

fn change(chart: &EventStudy, plot: Plot) -> Markup {
    let count = chart.points.len();
    let x = plot.left + plot.width() * chart.change.min(count) as f64 / count.max(1) as f64;
    let text = fit(chart.change_label, plot.width() * 0.5, TEXT);
    let on_left = x + 8.0 + text_width(&text, TEXT) > plot.right;
    let (anchor, place) = if on_left { (Anchor::End, x - 6.0) } else { (Anchor::Start, x + 6.0) };
    html! {
        (line((x, plot.top - 18.0), (x, plot.bottom), QUIET, 1.5, Some("2 3")))
        (Words::plain(anchor).at(place, plot.top - 8.0, &text))
    }
}

fn one(point: &StudyPoint, after: bool, x: f64, scale: &Scale) -> Markup {
    html! {
        @if let Some((low, high)) = point.interval {
            @let (bottom, top) = (scale.at(low.get()), scale.at(high.get()));
            (line((x, bottom), (x, top), INK, 1.5, None))
            @for y in [bottom, top] { (line((x - 3.5, y), (x + 3.5, y), INK, 1.5, None)) }
        }
        @if let Some(estimate) = point.estimate {
            @let mark = if after { Mark::Dot } else { Mark::Ring };
            (mark.at(x, scale.at(estimate.get()), 5.5, BLUE))
        }
    }
}

fn behind<'a>(chart: &EventStudy<'a>) -> Table<'a> {
    let columns = vec![
        Column::text("Period"),
        Column::text("Before or after"),
        Column::number(chart.unit),
        Column::number("95% interval"),
    ];
    let rows = chart.points.iter().enumerate().map(|(index, point)| {
        let show = |value: Num| number(value, chart.decimals);
        vec![
            html! { (point.label) },
            html! { (if index >= chart.change { "After" } else { "Before" }) },
            html! { (point.estimate.map_or_else(|| "none".to_owned(), show)) },
            html! { (point.interval.map_or_else(|| "none".to_owned(), |(low, high)| format!("{} to {}", show(low), show(high)))) },
        ]
    });
    Table { caption: chart.text.title, size: None, columns, rows: rows.collect(), row_headers: true, scroll_id: None }
}
