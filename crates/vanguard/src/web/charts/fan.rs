//! A line into the future with the band it may lie in, and a second line to compare.

use maud::{Markup, html};

use super::axis::{Plot, label_width, slots, vertical};
use super::draw::{BLUE, Key, ORANGE, legend, polygon, polyline};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, number};
use super::scale::Scale;
use crate::web::components::{Column, Table};

/// One year.
#[derive(Debug, Clone)]
pub struct FanPoint {
    /// The year, such as "2031".
    pub label: String,
    /// What is expected; none where it is hidden.
    pub value: Option<Num>,
    /// The band.
    pub interval: Option<(Num, Num)>,
    /// The line to compare with.
    pub other: Option<Num>,
}

/// The chart.
#[derive(Debug, Clone)]
pub struct FanChart<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// What the axis counts.
    pub unit: &'a str,
    /// What the first line is.
    pub line: &'a str,
    /// What the second line is.
    pub other: &'a str,
    /// The years in order.
    pub points: Vec<FanPoint>,
}

/// The chart with its table.
pub fn fan_chart(chart: &FanChart) -> Markup {
    if chart.points.iter().all(|point| point.value.is_none()) {
        return empty(&chart.text);
    }
    let values = chart.points.iter().flat_map(|point| {
        let (low, high) = point.interval.unzip();
        [point.value, low, high, point.other].into_iter().flatten()
    });
    let scale = Scale::new(values, true, 260.0, 36.0, 5);
    let plot = Plot { left: label_width(&scale) + 16.0, right: WIDTH - 16.0, top: 36.0, bottom: 260.0 };
    let count = chart.points.len();
    let line = |of: &dyn Fn(&FanPoint) -> Option<Num>| -> Vec<(f64, f64)> {
        let places = chart.points.iter().enumerate();
        places.filter_map(|(n, point)| Some((plot.slot(n, count), scale.at(of(point)?.get())))).collect()
    };
    let mut band = line(&|point| point.interval.map(|(_, high)| high));
    band.extend(line(&|point| point.interval.map(|(low, _)| low)).into_iter().rev());
    let keys = [(Key::Line(BLUE, None), chart.line), (Key::Line(ORANGE, Some("6 4")), chart.other)];
    let (legend, legend_height) = legend(&keys, plot.left, 296.0, plot.width());
    let labels: Vec<&str> = chart.points.iter().map(|point| point.label.as_str()).collect();
    let drawing = html! {
        @if band.len() > 2 { (polygon(&band, "#d0e1f2", "#d0e1f2")) }
        (vertical(&scale, plot, chart.unit))
        (slots(&labels, plot))
        (polyline(&line(&|point| point.other), ORANGE, 2.0, Some("6 4")))
        (polyline(&line(&|point| point.value), BLUE, 3.0, None))
        (legend)
    };
    figure(&chart.text, Canvas { width: WIDTH, height: 296.0 + legend_height }, &drawing, &behind(chart))
}

fn behind<'a>(chart: &FanChart<'a>) -> Table<'a> {
    let columns = vec![
        Column::text("Year"),
        Column::number(chart.line),
        Column::number("95% interval"),
        Column::number(chart.other),
    ];
    let show = |value: Option<Num>| value.map_or_else(|| "hidden".to_owned(), |value| number(value, 0));
    let rows = chart.points.iter().map(|point| {
        vec![
            html! { (point.label) },
            html! { (show(point.value)) },
            html! { (point.interval.map_or_else(|| "none".to_owned(), |(low, high)| format!("{} to {}", number(low, 0), number(high, 0)))) },
            html! { (show(point.other)) },
        ]
    });
    Table { caption: chart.text.title, size: None, columns, rows: rows.collect(), row_headers: true, scroll_id: None }
}
