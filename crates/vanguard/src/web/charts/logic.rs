//! The logic model: from what goes in to what it is for, and why one should bring the next.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::draw::{Anchor, BLUE, INK, QUIET, Words, c, line, polygon, rect, wrap};
use super::figure::{Canvas, ChartText, empty, figure};
use crate::web::components::{Column, Table};

/// A stage of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of every logic model")]
pub enum Stage {
    Input,
    Activity,
    Output,
    Outcome,
    Impact,
}

impl Stage {
    const ALL: [Self; 5] = [Self::Input, Self::Activity, Self::Output, Self::Outcome, Self::Impact];

    /// The stage a care model names so.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.title().eq_ignore_ascii_case(name))
    }

    fn title(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Activity => "Activity",
            Self::Output => "Output",
            Self::Outcome => "Outcome",
            Self::Impact => "Impact",
        }
    }
}

/// A box.
#[derive(Debug, Clone)]
pub struct LogicBox {
    /// What arrows call it.
    pub id: String,
    /// What is written in it.
    pub name: String,
    /// Its column.
    pub stage: Stage,
}

/// An arrow.
#[derive(Debug, Clone)]
pub struct LogicLink {
    /// The box it leaves.
    pub from: String,
    /// The box it reaches.
    pub to: String,
    /// Why the one should bring the other.
    pub because: String,
}

/// The model.
#[derive(Debug, Clone)]
pub struct LogicChart<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// The boxes, in order from the top of each column.
    pub boxes: Vec<LogicBox>,
    /// The arrows; one that names no box is only in the table.
    pub links: Vec<LogicLink>,
}

const WIDTH: f64 = 960.0;
const BOX: f64 = 152.0;
const GAP: f64 = (WIDTH - 8.0 - 5.0 * BOX) / 4.0;
const HIGH: f64 = 58.0;
const ROW: f64 = 72.0;
const TOP: f64 = 40.0;

/// The model with its table.
pub fn logic_chart(chart: &LogicChart) -> Markup {
    if chart.boxes.is_empty() {
        return empty(&chart.text);
    }
    let tallest = Stage::ALL.map(|stage| chart.boxes.iter().filter(|entry| entry.stage == stage).count());
    let rows = tallest.into_iter().max().unwrap_or(1);
    let places = places(chart, rows);
    let arrows = chart.links.iter().filter_map(|link| {
        places.get(link.from.as_str()).zip(places.get(link.to.as_str())).map(|(from, to)| (*from, *to))
    });
    let drawing = html! {
        @for stage in Stage::ALL {
            @let x = 4.0 + (BOX + GAP) * f64::from(stage as u8);
            (Words { size: 14.0, ..Words::bold(Anchor::Middle) }.at(x + BOX / 2.0, 20.0, stage.title()))
            (line((x, 28.0), (x + BOX, 28.0), BLUE, 2.0, None))
        }
        @for (from, to) in arrows { (arrow(from, to)) }
        @for entry in &chart.boxes {
            @if let Some((x, y)) = places.get(entry.id.as_str()) { (one(entry, *x, *y)) }
        }
    };
    let height = TOP + ROW * rows as f64;
    figure(&chart.text, Canvas { width: WIDTH, height }, &drawing, &behind(chart))
}

/// The left top corner of every box. Each column is centred.
fn places<'a>(chart: &'a LogicChart, rows: usize) -> BTreeMap<&'a str, (f64, f64)> {
    let mut places = BTreeMap::new();
    for stage in Stage::ALL {
        let column: Vec<&LogicBox> = chart.boxes.iter().filter(|entry| entry.stage == stage).collect();
        let start = TOP + ROW * (rows - column.len()) as f64 / 2.0;
        for (index, entry) in column.into_iter().enumerate() {
            let x = 4.0 + (BOX + GAP) * f64::from(stage as u8);
            places.insert(entry.id.as_str(), (x, start + ROW * index as f64));
        }
    }
    places
}

fn one(entry: &LogicBox, x: f64, y: f64) -> Markup {
    let lines = wrap(&entry.name, BOX - 14.0, 12.0, 3);
    let first = y + HIGH / 2.0 + 4.0 - 7.5 * (lines.len() as f64 - 1.0);
    html! {
        (rect(x, y, BOX, HIGH, "#ffffff", Some(BLUE)))
        @for (row, text) in lines.iter().enumerate() {
            (Words { size: 12.0, ..Words::plain(Anchor::Middle) }.at(x + BOX / 2.0, first + 15.0 * row as f64, text))
        }
    }
}

/// From the right side of one box to the left side of the other; between boxes of one column, from below to above.
fn arrow(from: (f64, f64), to: (f64, f64)) -> Markup {
    if (from.0 - to.0).abs() < 1.0 {
        let (x, down) = (from.0 + BOX / 2.0, to.1 > from.1);
        let (start, end, back) = if down { (from.1 + HIGH, to.1, -7.0) } else { (from.1, to.1 + HIGH, 7.0) };
        return html! {
            (line((x, start), (x, end + back), QUIET, 1.5, None))
            (polygon(&[(x, end), (x - 4.5, end + back), (x + 4.5, end + back)], INK, INK))
        };
    }
    let forward = to.0 > from.0;
    let (start, end) = if forward { (from.0 + BOX, to.0) } else { (from.0, to.0 + BOX) };
    let tip = if forward { -7.0 } else { 7.0 };
    let (y1, y2) = (from.1 + HIGH / 2.0, to.1 + HIGH / 2.0);
    let bend = if forward { GAP * 0.6 } else { -GAP * 0.6 };
    let (near, far) = (start + bend, end + tip - bend);
    html! {
        path d={ "M" (c(start)) " " (c(y1)) " C" (c(near)) " " (c(y1)) " " (c(far)) " " (c(y2)) " " (c(end + tip)) " " (c(y2)) }
            fill="none" stroke=(QUIET) stroke-width="1.5" {}
        (polygon(&[(end, y2), (end + tip, y2 - 4.5), (end + tip, y2 + 4.5)], INK, INK))
    }
}

fn behind<'a>(chart: &LogicChart<'a>) -> Table<'a> {
    let find = |id: &str| chart.boxes.iter().find(|entry| entry.id == id);
    let name =
        |id: &str| find(id).map_or_else(|| id.to_owned(), |entry| format!("{}: {}", entry.stage.title(), entry.name));
    let mut rows: Vec<Vec<Markup>> = chart
        .links
        .iter()
        .map(|link| vec![html! { (name(&link.from)) }, html! { (name(&link.to)) }, html! { (link.because) }])
        .collect();
    let linked = |id: &str| chart.links.iter().any(|link| link.from == id || link.to == id);
    for entry in chart.boxes.iter().filter(|entry| !linked(&entry.id)) {
        rows.push(vec![html! { (name(&entry.id)) }, html! { "nothing" }, html! {}]);
    }
    let columns = vec![Column::text("This"), Column::text("Brings"), Column::text("Because")];
    Table { caption: chart.text.title, size: None, columns, rows, row_headers: true, scroll_id: None }
}
