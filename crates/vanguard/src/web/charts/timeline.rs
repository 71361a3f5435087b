//! One person's care on one line of time, a lane for each source.

use std::collections::BTreeSet;

use maud::{Markup, html};
use nhs::Day;

use super::draw::{Anchor, BLUE, GRID, Key, Mark, ORANGE, QUIET, TEXT, Words, fit, legend, line, rect, text_width};
use super::figure::{Canvas, ChartText, empty, figure};
use crate::web::components::{Column, Table};

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct TimelineEvent {
    /// When, or when it began.
    pub day: Day,
    /// When it ended, for a stay.
    pub end: Option<Day>,
    /// What it was.
    pub label: String,
    /// Whether it was an emergency.
    pub emergency: bool,
}

/// The events of one source.
#[derive(Debug, Clone)]
pub struct Lane {
    /// The source, such as "Hospital stays".
    pub name: String,
    /// Its events in any order.
    pub events: Vec<TimelineEvent>,
}

/// The time line.
#[derive(Debug, Clone)]
pub struct PersonTimeline<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// The first day shown.
    pub from: Day,
    /// The last day shown.
    pub to: Day,
    /// The lanes from the top.
    pub lanes: Vec<Lane>,
}

const WIDTH: f64 = 960.0;
const LANE: f64 = 38.0;
const TOP: f64 = 14.0;
/// Events in the table behind; the newest come first.
const ROWS: usize = 500;

/// The time line with its table.
pub fn person_timeline(chart: &PersonTimeline) -> Markup {
    if chart.lanes.iter().all(|lane| lane.events.is_empty()) {
        return empty(&chart.text);
    }
    let names = chart.lanes.iter().map(|lane| text_width(&lane.name, TEXT)).fold(60.0, f64::max).min(200.0);
    let left = names + 18.0;
    let span = Span { from: chart.from, to: chart.to.max(chart.from), left, right: WIDTH - 16.0 };
    let bottom = TOP + LANE * chart.lanes.len() as f64;
    let keys = [
        (Key::Mark(Mark::Dot, BLUE), "Contact or record"),
        (Key::Mark(Mark::Bar, BLUE), "Stay"),
        (Key::Mark(Mark::Diamond, ORANGE), "Emergency"),
    ];
    let (legend, legend_height) = legend(&keys, left, bottom + 30.0, WIDTH - left);
    let drawing = html! {
        (years(&span, bottom))
        @for (index, lane) in chart.lanes.iter().enumerate() {
            @let y = TOP + LANE * (index as f64 + 0.5);
            (line((left, y), (WIDTH - 16.0, y), GRID, 1.0, None))
            (Words::plain(Anchor::End).at(left - 12.0, y + 4.5, &fit(&lane.name, names, TEXT)))
            (marks(lane, &span, y))
        }
        (legend)
    };
    figure(&chart.text, Canvas { width: WIDTH, height: bottom + 30.0 + legend_height }, &drawing, &behind(chart))
}

/// The days shown and where they stand.
struct Span {
    from: Day,
    to: Day,
    left: f64,
    right: f64,
}

impl Span {
    fn at(&self, day: Day) -> f64 {
        let days = f64::from(self.to.0) - f64::from(self.from.0);
        let share = (f64::from(day.0) - f64::from(self.from.0)) / days.max(1.0);
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }
}

/// A line at the start of each year, or of each fifth, tenth or later year where there are many.
fn years(span: &Span, bottom: f64) -> Markup {
    let year = |day: Day| day.to_string().get(..4).and_then(|text| text.parse::<i32>().ok());
    let (Some(first), Some(last)) = (year(span.from), year(span.to)) else { return html! {} };
    let every =
        [1, 2, 5, 10, 25, 50, 100, 500, 1000].into_iter().find(|every| (last - first) / every <= 14).unwrap_or(5000);
    let shown = (first..=last).filter(|year| year.rem_euclid(every) == 0);
    html! {
        @for year in shown {
            @if let Ok(day) = Day::parse_iso(&format!("{year:04}-01-01")) {
                @if day >= span.from {
                    @let x = span.at(day);
                    (line((x, TOP), (x, bottom), GRID, 1.0, None))
                    (Words::quiet(Anchor::Middle).at(x.clamp(20.0, WIDTH - 20.0), bottom + 17.0, &year.to_string()))
                }
            }
        }
    }
}

/// The marks of a lane. Those that would cover each other exactly are drawn once.
fn marks(lane: &Lane, span: &Span, y: f64) -> Markup {
    let mut seen = BTreeSet::new();
    let mut places: Vec<(f64, f64, bool)> = Vec::new();
    for event in &lane.events {
        let (start, end) = (span.at(event.day), span.at(event.end.unwrap_or(event.day)));
        if seen.insert(((start * 2.0) as i64, (end * 2.0) as i64, event.emergency)) {
            places.push((start, f64::max(start, end), event.emergency));
        }
    }
    places.sort_by(|a, b| a.2.cmp(&b.2).then(a.0.total_cmp(&b.0))); // emergencies last, so that none is covered
    html! {
        @for (start, end, emergency) in places {
            @let colour = if emergency { ORANGE } else { BLUE };
            @if end - start > 2.0 { (rect(start, y - 5.0, end - start, 10.0, colour, None)) }
            @if emergency { (Mark::Diamond.at(start, y, 6.0, colour)) }
            @else if end - start <= 2.0 { (Mark::Dot.at(start, y, 5.0, colour)) }
            @else { (line((start, y - 7.0), (start, y + 7.0), QUIET, 1.0, None)) }
        }
    }
}

fn behind<'a>(chart: &PersonTimeline<'a>) -> Table<'a> {
    let mut events: Vec<(&str, &TimelineEvent)> =
        chart.lanes.iter().flat_map(|lane| lane.events.iter().map(|event| (lane.name.as_str(), event))).collect();
    events.sort_by(|a, b| b.1.day.cmp(&a.1.day).then_with(|| a.0.cmp(b.0)).then_with(|| a.1.label.cmp(&b.1.label)));
    let hidden = events.len().saturating_sub(ROWS);
    let mut rows: Vec<Vec<Markup>> = events
        .into_iter()
        .take(ROWS)
        .map(|(lane, event)| {
            vec![
                html! { (event.day.long()) @if let Some(end) = event.end { " to " (end.long()) } },
                html! { (lane) },
                html! { (event.label) @if event.emergency { " (emergency)" } },
            ]
        })
        .collect();
    if hidden > 0 {
        rows.push(vec![html! { "Earlier" }, html! {}, html! { (hidden) " more" }]);
    }
    let columns = vec![Column::text("When"), Column::text("Source"), Column::text("What")];
    Table { caption: chart.text.title, size: None, columns, rows, row_headers: true, scroll_id: None }
}
