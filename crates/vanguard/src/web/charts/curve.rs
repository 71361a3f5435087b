//! Lines over a measured axis: precision against recall, expected precision by threshold, and other curves.

use maud::{Markup, html};

use super::axis::{Plot, horizontal, label_width, vertical};
use super::draw::{
    Anchor, BLUE, INK, Key, Mark, ORANGE, PURPLE, QUIET, TEXT, Words, fit, legend, polyline, text_width,
};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, number};
use super::scale::Scale;
use crate::web::components::{Column, Table};

/// One line.
#[derive(Debug, Clone)]
pub struct Curve<'a> {
    /// What it shows.
    pub name: &'a str,
    /// Its points in order, across and up.
    pub points: Vec<(Num, Num)>,
}

/// A chart of up to four lines; more are drawn alike.
#[derive(Debug, Clone)]
pub struct CurveChart<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// What is measured across.
    pub across: &'a str,
    /// What is measured up.
    pub up: &'a str,
    /// Decimals in the table.
    pub decimals: usize,
    /// Whether both axes begin at zero.
    pub from_zero: bool,
    /// The lines.
    pub curves: Vec<Curve<'a>>,
    /// One point that matters, and why.
    pub mark: Option<((Num, Num), &'a str)>,
}

/// The look of each line: colour and dashes, so that colour alone never tells.
const LOOKS: [(&str, Option<&str>); 4] =
    [(BLUE, None), (ORANGE, Some("7 4")), (PURPLE, Some("2 3")), (QUIET, Some("10 3 2 3"))];
/// Rows of the table for each line at most.
const ROWS: usize = 25;

/// The chart with its table.
pub fn curve_chart(chart: &CurveChart) -> Markup {
    let points =
        || chart.curves.iter().flat_map(|curve| curve.points.iter().copied()).chain(chart.mark.map(|mark| mark.0));
    if chart.curves.iter().all(|curve| curve.points.is_empty()) {
        return empty(&chart.text);
    }
    let (top, bottom) = (44.0, 320.0);
    let up = Scale::new(points().map(|point| point.1), chart.from_zero, bottom, top, 5);
    // The last label stands half outside the plot.
    let plot = Plot { left: label_width(&up) + 16.0, right: WIDTH - 64.0, top, bottom };
    let across = Scale::new(points().map(|point| point.0), chart.from_zero, plot.left, plot.right, 6);
    let look = |at: usize| LOOKS[at % LOOKS.len()];
    let keys: Vec<(Key, &str)> =
        chart.curves.iter().enumerate().map(|(at, curve)| (Key::Line(look(at).0, look(at).1), curve.name)).collect();
    let shown: &[(Key, &str)] = if keys.len() > 1 { &keys } else { &[] };
    let (legend, legend_height) = legend(shown, plot.left, bottom + 46.0, plot.width());
    let drawing = html! {
        (vertical(&up, plot, chart.up))
        (horizontal(&across, plot, chart.across))
        @for (at, curve) in chart.curves.iter().enumerate() {
            @let places: Vec<(f64, f64)> = curve.points.iter().map(|(x, y)| (across.at(x.get()), up.at(y.get()))).collect();
            @let (colour, dashes) = look(at);
            (polyline(&places, colour, 2.5, dashes))
            @if let [only] = places[..] { (Mark::Dot.at(only.0, only.1, 5.0, colour)) }
        }
        @if let Some(((x, y), why)) = chart.mark {
            @let (x, y) = (across.at(x.get()), up.at(y.get()));
            @let words = fit(why, WIDTH * 0.6, TEXT);
            @let half = text_width(&words, TEXT) / 2.0;
            // Below the mark where there is no room above it.
            @let above = if y - 14.0 > top + 14.0 { y - 14.0 } else { y + 24.0 };
            (Mark::Diamond.at(x, y, 5.0, INK))
            (Words::bold(Anchor::Middle).at(x.clamp(half * 1.1 + 2.0, WIDTH - half * 1.1 - 2.0), above, &words))
        }
        (legend)
    };
    figure(&chart.text, Canvas { width: WIDTH, height: bottom + 54.0 + legend_height }, &drawing, &behind(chart))
}

/// So many points at most, the first and the last among them.
fn some<T: Copy>(points: &[T]) -> Vec<T> {
    if points.len() <= ROWS {
        return points.to_vec();
    }
    (0..ROWS).map(|at| points[at * (points.len() - 1) / (ROWS - 1)]).collect()
}

fn behind<'a>(chart: &CurveChart<'a>) -> Table<'a> {
    let row = |name: &str, point: (Num, Num)| {
        vec![html! { (name) }, html! { (number(point.0, chart.decimals)) }, html! { (number(point.1, chart.decimals)) }]
    };
    let mut rows: Vec<Vec<Markup>> = chart
        .curves
        .iter()
        .flat_map(|curve| some(&curve.points).into_iter().map(move |point| row(curve.name, point)))
        .collect();
    rows.extend(chart.mark.map(|(point, why)| row(why, point)));
    Table {
        caption: chart.text.title,
        size: None,
        columns: vec![Column::text("Line"), Column::number(chart.across), Column::number(chart.up)],
        rows,
        row_headers: true,
        scroll_id: None,
    }
}
