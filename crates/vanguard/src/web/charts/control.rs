//! A measure over time with its control limits. Points that chance would seldom give have a shape of their own.

use maud::{Markup, html};

use super::axis::{Plot, label_width, slots, vertical};
use super::draw::{
    Anchor, BLUE, INK, Key, Mark, ORANGE, PURPLE, QUIET, TEXT, Words, fit, legend, line, polyline, text_width,
};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, number};
use super::scale::Scale;
use crate::web::components::{Column, Table};

/// What a point is by the rules of the control chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Nothing that chance would not give.
    Common,
    /// Better than chance would give.
    Improvement,
    /// Worse than chance would give.
    Concern,
    /// Unusual, where neither direction is better.
    Change,
}

impl Signal {
    fn mark(self) -> (Mark, &'static str) {
        match self {
            Self::Common => (Mark::Dot, QUIET),
            Self::Improvement => (Mark::Diamond, BLUE),
            Self::Concern => (Mark::Square, ORANGE),
            Self::Change => (Mark::Triangle, PURPLE),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Common => "Within usual variation",
            Self::Improvement => "Special cause: improvement",
            Self::Concern => "Special cause: concern",
            Self::Change => "Special cause: change",
        }
    }
}

/// One point in time.
#[derive(Debug, Clone)]
pub struct ControlPoint {
    /// When, such as "April 2025".
    pub label: String,
    /// The value; none where it is missing or hidden.
    pub value: Option<Num>,
    /// The average at this point.
    pub mean: Option<Num>,
    /// The lower and upper control limit at this point.
    pub limits: Option<(Num, Num)>,
    /// What the point is.
    pub signal: Signal,
}

/// A control chart.
#[derive(Debug, Clone)]
pub struct ControlChart<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// What the vertical axis counts.
    pub unit: &'a str,
    /// Decimals in the table.
    pub decimals: usize,
    /// Whether the axis includes zero.
    pub from_zero: bool,
    /// The points in order of time.
    pub points: Vec<ControlPoint>,
    /// When something began: the index of the first point after it, and what it was.
    pub event: Option<(usize, String)>,
}

/// The chart with its table.
pub fn control_chart(chart: &ControlChart) -> Markup {
    let points = &chart.points;
    if points.iter().all(|point| point.value.is_none()) {
        return empty(&chart.text);
    }
    let values = points.iter().flat_map(|point| {
        let (low, high) = point.limits.unzip();
        [point.value, point.mean, low, high].into_iter().flatten()
    });
    let scale = Scale::new(values, chart.from_zero, 300.0, 52.0, 6);
    let plot = Plot { left: label_width(&scale) + 16.0, right: WIDTH - 16.0, top: 52.0, bottom: 300.0 };
    let keys = keys(points);
    let (legend, legend_height) = legend(&keys, plot.left, 338.0, plot.width());
    let labels: Vec<&str> = points.iter().map(|point| point.label.as_str()).collect();
    let drawing = html! {
        (vertical(&scale, plot, chart.unit))
        (slots(&labels, plot))
        @for pick in [lower_limit, upper_limit] { (steps(points, &scale, plot, pick, ORANGE, Some("6 4"))) }
        (steps(points, &scale, plot, |point| point.mean, INK, None))
        @if let Some((index, what)) = &chart.event { (event(*index, what, points.len(), plot)) }
        (series(points, &scale, plot))
        (legend)
    };
    let canvas = Canvas { width: WIDTH, height: 338.0 + legend_height };
    figure(&chart.text, canvas, &drawing, &behind(chart))
}

fn lower_limit(point: &ControlPoint) -> Option<Num> {
    point.limits.map(|(low, _)| low)
}

fn upper_limit(point: &ControlPoint) -> Option<Num> {
    point.limits.map(|(_, high)| high)
}

/// A line that is level over each point and may step between two.
fn steps(
    points: &[ControlPoint],
    scale: &Scale,
    plot: Plot,
    pick: impl Fn(&ControlPoint) -> Option<Num>,
    colour: &str,
    dashes: Option<&str>,
) -> Markup {
    let half = plot.width() / points.len() as f64 / 2.0;
    let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (index, point) in points.iter().enumerate() {
        let x = plot.slot(index, points.len());
        match (pick(point), runs.last_mut()) {
            (Some(value), Some(run)) => {
                let y = scale.at(value.get());
                run.extend([(x - half, y), (x + half, y)]);
            }
            (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
    }
    html! { @for run in &runs { (polyline(run, colour, 1.5, dashes)) } }
}

fn series(points: &[ControlPoint], scale: &Scale, plot: Plot) -> Markup {
    let place = |index: usize, value: Num| (plot.slot(index, points.len()), scale.at(value.get()));
    let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (index, point) in points.iter().enumerate() {
        match (point.value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push(place(index, value)),
            _ => runs.push(Vec::new()),
        }
    }
    let size = if points.len() > 60 { 3.0 } else { 5.0 };
    html! {
        @for run in &runs { (polyline(run, QUIET, 1.5, None)) }
        @for (index, point) in points.iter().enumerate() {
            @if let Some(value) = point.value {
                @let (x, y) = place(index, value);
                @let (mark, colour) = point.signal.mark();
                (mark.at(x, y, size, colour))
            }
        }
    }
}

fn event(index: usize, what: &str, count: usize, plot: Plot) -> Markup {
    let x = plot.left + plot.width() * index.min(count) as f64 / count.max(1) as f64;
    let text = fit(what, plot.width() * 0.5, TEXT);
    let on_left = x + 8.0 + text_width(&text, TEXT) > plot.right;
    let (anchor, place) = if on_left { (Anchor::End, x - 6.0) } else { (Anchor::Start, x + 6.0) };
    html! {
        (line((x, plot.top - 18.0), (x, plot.bottom), INK, 1.5, Some("2 3")))
        (Words::plain(anchor).at(place, plot.top - 8.0, &text))
    }
}

fn keys(points: &[ControlPoint]) -> Vec<(Key, &'static str)> {
    let mut keys = Vec::new();
    for signal in [Signal::Common, Signal::Improvement, Signal::Concern, Signal::Change] {
        if points.iter().any(|point| point.signal == signal && point.value.is_some()) {
            let (mark, colour) = signal.mark();
            keys.push((Key::Mark(mark, colour), signal.name()));
        }
    }
    if points.iter().any(|point| point.mean.is_some()) {
        keys.push((Key::Line(INK, None), "Average"));
    }
    if points.iter().any(|point| point.limits.is_some()) {
        keys.push((Key::Line(ORANGE, Some("6 4")), "Control limits"));
    }
    keys
}

fn behind<'a>(chart: &ControlChart<'a>) -> Table<'a> {
    let show = |value: Option<Num>| value.map_or_else(|| "none".to_owned(), |value| number(value, chart.decimals));
    let names = ["Value", "Average", "Lower limit", "Upper limit"];
    let columns = std::iter::once(Column::text("When"))
        .chain(names.map(Column::number))
        .chain(std::iter::once(Column::text("What it is")));
    let rows = chart.points.iter().map(|point| {
        let mut row = vec![html! { (point.label) }];
        for value in [point.value, point.mean, lower_limit(point), upper_limit(point)] {
            row.push(html! { (show(value)) });
        }
        row.push(html! { (if point.value.is_some() { point.signal.name() } else { "No value" }) });
        row
    });
    Table {
        caption: chart.text.title,
        size: None,
        columns: columns.collect(),
        rows: rows.collect(),
        row_headers: true,
        scroll_id: None,
    }
}
