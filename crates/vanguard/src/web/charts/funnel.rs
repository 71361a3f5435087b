//! A funnel plot: places of different size side by side, with the limits chance alone would give at each size.

use maud::{Markup, html};

use super::axis::{Plot, horizontal, label_width, vertical};
use super::draw::{
    Anchor, BLUE, INK, Key, Mark, ORANGE, PURPLE, QUIET, TEXT, Words, fit, legend, line, polyline, text_width,
};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, number};
use super::scale::Scale;
use crate::web::components::{Column, Table};

/// Where a place stands among the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Within the 95% limits.
    Within,
    /// Beyond 95%, within 99.8%.
    Alert,
    /// Beyond 99.8%.
    Outside,
}

impl Standing {
    fn mark(self) -> (Mark, &'static str) {
        match self {
            Self::Within => (Mark::Dot, BLUE),
            Self::Alert => (Mark::Triangle, PURPLE),
            Self::Outside => (Mark::Diamond, ORANGE),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Within => "Within the 95% limits",
            Self::Alert => "Beyond the 95% limits",
            Self::Outside => "Beyond the 99.8% limits",
        }
    }
}

/// One place.
#[derive(Debug, Clone)]
pub struct FunnelPoint {
    /// Its name.
    pub label: String,
    /// Its size: what the limits depend on.
    pub size: Num,
    /// Its value.
    pub value: Num,
    /// Where it stands.
    pub standing: Standing,
}

/// The limits at one size.
#[derive(Debug, Clone, Copy)]
pub struct FunnelLimits {
    /// The size.
    pub size: Num,
    /// Lower and upper 95% limit.
    pub inner: (Num, Num),
    /// Lower and upper 99.8% limit.
    pub outer: (Num, Num),
}

/// A funnel plot.
#[derive(Debug, Clone)]
pub struct FunnelPlot<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// What a point is, the heading of the first column.
    pub item: &'a str,
    /// What the horizontal axis counts.
    pub size_unit: &'a str,
    /// What the vertical axis counts.
    pub unit: &'a str,
    /// Decimals of the values.
    pub decimals: usize,
    /// The places.
    pub points: Vec<FunnelPoint>,
    /// The average of all.
    pub mean: Num,
    /// The limits in order of size.
    pub limits: Vec<FunnelLimits>,
}

/// The plot with its table.
pub fn funnel_plot(chart: &FunnelPlot) -> Markup {
    if chart.points.is_empty() {
        return empty(&chart.text);
    }
    let limits = chart.limits.iter().flat_map(|at| [at.outer.0, at.outer.1]);
    let values = chart.points.iter().map(|point| point.value).chain(limits).chain([chart.mean]);
    let y = Scale::new(values, false, 300.0, 36.0, 6);
    let plot = Plot { left: label_width(&y) + 16.0, right: WIDTH - 40.0, top: 36.0, bottom: 300.0 };
    let sizes = chart.points.iter().map(|point| point.size).chain(chart.limits.iter().map(|at| at.size));
    let x = Scale::new(sizes, false, plot.left, plot.right, 6);
    let (legend, legend_height) = legend(&keys(chart), plot.left, 356.0, plot.width());
    let curve = |pick: fn(&FunnelLimits) -> Num| -> Vec<(f64, f64)> {
        chart.limits.iter().map(|at| (x.at(at.size.get()), y.at(pick(at).get()))).collect()
    };
    let mean = y.at(chart.mean.get());
    let drawing = html! {
        (vertical(&y, plot, chart.unit))
        (horizontal(&x, plot, chart.size_unit))
        (line((plot.left, mean), (plot.right, mean), INK, 1.5, None))
        @for pick in [|at: &FunnelLimits| at.inner.0, |at: &FunnelLimits| at.inner.1] {
            (polyline(&curve(pick), QUIET, 1.5, Some("3 3")))
        }
        @for pick in [|at: &FunnelLimits| at.outer.0, |at: &FunnelLimits| at.outer.1] {
            (polyline(&curve(pick), QUIET, 1.5, Some("8 4")))
        }
        @for point in &chart.points { (one(point, (x.at(point.size.get()), y.at(point.value.get())), plot)) }
        (legend)
    };
    figure(&chart.text, Canvas { width: WIDTH, height: 356.0 + legend_height }, &drawing, &behind(chart))
}

/// A point; the unusual ones carry their name.
fn one(point: &FunnelPoint, (x, y): (f64, f64), plot: Plot) -> Markup {
    let (mark, colour) = point.standing.mark();
    let label = fit(&point.label, plot.width() * 0.4, TEXT);
    let on_left = x + 12.0 + text_width(&label, TEXT) > WIDTH - 4.0;
    let (anchor, place) = if on_left { (Anchor::End, x - 10.0) } else { (Anchor::Start, x + 10.0) };
    html! {
        (mark.at(x, y, 5.0, colour))
        @if point.standing != Standing::Within { (Words::plain(anchor).at(place, y + 4.5, &label)) }
    }
}

fn keys(chart: &FunnelPlot) -> Vec<(Key, &'static str)> {
    let mut keys = Vec::new();
    for standing in [Standing::Within, Standing::Alert, Standing::Outside] {
        if chart.points.iter().any(|point| point.standing == standing) {
            let (mark, colour) = standing.mark();
            keys.push((Key::Mark(mark, colour), standing.name()));
        }
    }
    keys.push((Key::Line(INK, None), "Average"));
    if !chart.limits.is_empty() {
        keys.push((Key::Line(QUIET, Some("3 3")), "95% limits"));
        keys.push((Key::Line(QUIET, Some("8 4")), "99.8% limits"));
    }
    keys
}

fn behind<'a>(chart: &FunnelPlot<'a>) -> Table<'a> {
    let columns = vec![
        Column::text(chart.item),
        Column::number(chart.size_unit),
        Column::number(chart.unit),
        Column::text("Where it stands"),
    ];
    let rows = chart.points.iter().map(|point| {
        vec![
            html! { (point.label) },
            html! { (number(point.size, 0)) },
            html! { (number(point.value, chart.decimals)) },
            html! { (point.standing.name()) },
        ]
    });
    Table { caption: chart.text.title, size: None, columns, rows: rows.collect(), row_headers: true, scroll_id: None }
}
