//! Predicted against observed, with the line on which both are equal.

use maud::{Markup, html};

use super::axis::{Plot, horizontal, label_width, vertical};
use super::draw::{BLUE, INK, Key, Mark, QUIET, legend, line};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, number};
use super::scale::Scale;
use crate::web::components::{Column, Table};

/// One group of people with like predictions.
#[derive(Debug, Clone)]
pub struct CalibrationPoint {
    /// Which group.
    pub label: String,
    /// Mean predicted per cent.
    pub predicted: Num,
    /// Observed per cent with its interval; none where it is hidden.
    pub observed: Option<(Num, Num, Num)>,
}

/// The chart.
#[derive(Debug, Clone)]
pub struct CalibrationChart<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// The groups in order of their prediction.
    pub points: Vec<CalibrationPoint>,
}

/// The chart with its table.
pub fn calibration_chart(chart: &CalibrationChart) -> Markup {
    if chart.points.iter().all(|point| point.observed.is_none()) {
        return empty(&chart.text);
    }
    let all = || {
        chart.points.iter().flat_map(|point| {
            let observed = point.observed.into_iter().flat_map(|(value, low, high)| [value, low, high]);
            std::iter::once(point.predicted).chain(observed)
        })
    };
    let up = Scale::new(all(), true, 320.0, 36.0, 5);
    // The last label stands half outside the plot.
    let plot = Plot { left: label_width(&up) + 16.0, right: WIDTH - 64.0, top: 36.0, bottom: 320.0 };
    let across = up.between(plot.left, plot.right);
    let ends = up.ticks();
    let (least, most) = (ends.first().map_or(0.0, |t| t.0), ends.last().map_or(1.0, |t| t.0));
    let keys = [
        (Key::Mark(Mark::Dot, BLUE), "Observed, with its 95% interval"),
        (Key::Line(QUIET, Some("6 4")), "Predicted and observed equal"),
    ];
    let (legend, legend_height) = legend(&keys, plot.left, 376.0, plot.width());
    let drawing = html! {
        (vertical(&up, plot, "Observed, %"))
        (horizontal(&across, plot, "Predicted, %"))
        (line((across.at(least), up.at(least)), (across.at(most), up.at(most)), QUIET, 2.0, Some("6 4")))
        @for point in &chart.points {
            @if let Some((value, low, high)) = point.observed {
                @let x = across.at(point.predicted.get());
                (line((x, up.at(low.get())), (x, up.at(high.get())), INK, 1.5, None))
                (Mark::Dot.at(x, up.at(value.get()), 5.5, BLUE))
            }
        }
        (legend)
    };
    figure(&chart.text, Canvas { width: WIDTH, height: 376.0 + legend_height }, &drawing, &behind(chart))
}

fn behind<'a>(chart: &CalibrationChart<'a>) -> Table<'a> {
    let columns = vec![
        Column::text("Group by risk"),
        Column::number("Predicted, %"),
        Column::number("Observed, %"),
        Column::number("95% interval"),
    ];
    let rows = chart.points.iter().map(|point| {
        let show = |value: Num| number(value, 1);
        vec![
            html! { (point.label) },
            html! { (show(point.predicted)) },
            html! { (point.observed.map_or_else(|| "hidden".to_owned(), |(value, _, _)| show(value))) },
            html! { (point.observed.map_or_else(|| "none".to_owned(), |(_, low, high)| format!("{} to {}", show(low), show(high)))) },
        ]
    });
    Table { caption: chart.text.title, size: None, columns, rows: rows.collect(), row_headers: true, scroll_id: None }
}
