//! The population by age and sex: women to the left, men to the right, the oldest at the top.

use maud::{Markup, html};

use super::draw::{Anchor, BLUE, GRID, Key, Mark, PURPLE, QUIET, Words, fit, legend, line, rect, text_width};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, count};
use super::scale::Scale;
use crate::web::components::{Column, Table};

/// One band of ages.
#[derive(Debug, Clone)]
pub struct AgeSexBand {
    /// The ages, such as "85 to 89".
    pub label: String,
    /// Women and girls; none where the number is hidden.
    pub female: Option<u64>,
    /// Men and boys; none where the number is hidden.
    pub male: Option<u64>,
}

/// The pyramid.
#[derive(Debug, Clone)]
pub struct AgeSexPyramid<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// The bands from the youngest to the oldest.
    pub bands: Vec<AgeSexBand>,
}

const ROW: f64 = 19.0;
const TOP: f64 = 30.0;
const MARGIN: f64 = 40.0;
const LABELS: f64 = 46.0;

/// The pyramid with its table.
pub fn age_sex_pyramid(chart: &AgeSexPyramid) -> Markup {
    if chart.bands.is_empty() {
        return empty(&chart.text);
    }
    let counts = chart.bands.iter().flat_map(|band| [band.female, band.male]).flatten().map(Num::count);
    let centre = WIDTH / 2.0;
    let right = Scale::new(counts, true, centre + LABELS, WIDTH - MARGIN, 4);
    let left = right.between(centre - LABELS, MARGIN);
    let bottom = TOP + ROW * chart.bands.len() as f64;
    let keys = [(Key::Mark(Mark::Bar, PURPLE), "Female"), (Key::Mark(Mark::Bar, BLUE), "Male")];
    let (legend, legend_height) = legend(&keys, MARGIN, bottom + 44.0, WIDTH);
    let drawing = html! {
        (Words::bold(Anchor::Middle).at(f64::midpoint(MARGIN, centre - LABELS), 18.0, "Female"))
        (Words::bold(Anchor::Middle).at(f64::midpoint(WIDTH - MARGIN, centre + LABELS), 18.0, "Male"))
        (Words::quiet(Anchor::Middle).at(centre, 18.0, "Age"))
        @for scale in [&left, &right] { (ticks(scale, bottom)) }
        @for (index, band) in chart.bands.iter().rev().enumerate() {
            @let y = TOP + ROW * index as f64;
            (Words::plain(Anchor::Middle).at(centre, y + 14.0, &fit(&band.label, LABELS * 2.0 - 8.0, 13.0)))
            (side(band.female, &left, y, PURPLE))
            (side(band.male, &right, y, BLUE))
        }
        (Words::quiet(Anchor::Middle).at(centre, bottom + 36.0, "People"))
        (legend)
    };
    let canvas = Canvas { width: WIDTH, height: bottom + 44.0 + legend_height };
    figure(&chart.text, canvas, &drawing, &behind(chart))
}

fn ticks(scale: &Scale, bottom: f64) -> Markup {
    let ticks = scale.ticks();
    let widest = ticks.iter().map(|tick| text_width(&tick.2, 13.0)).fold(0.0, f64::max);
    let gap = match ticks.as_slice() {
        [first, second, ..] => (first.1 - second.1).abs(),
        _ => f64::MAX,
    };
    let every = ((widest + 8.0) / gap).ceil().max(1.0) as usize;
    html! {
        @for (index, (_, x, label)) in ticks.iter().enumerate() {
            (line((*x, TOP), (*x, bottom), GRID, 1.0, None))
            @if index % every == 0 { (Words::quiet(Anchor::Middle).at(*x, bottom + 17.0, label)) }
        }
    }
}

fn side(people: Option<u64>, scale: &Scale, y: f64, colour: &str) -> Markup {
    let base = scale.at(0.0);
    html! {
        @if let Some(people) = people {
            @let end = scale.at(Num::count(people).get());
            (rect(f64::min(base, end), y + 2.0, (end - base).abs(), ROW - 4.0, colour, None))
        } @else {
            @let outwards = scale.at(f64::MAX) > base;
            @let (anchor, x) = if outwards { (Anchor::Start, base + 6.0) } else { (Anchor::End, base - 6.0) };
            (Words { size: 12.0, colour: QUIET, ..Words::plain(anchor) }.at(x, y + 14.0, "hidden"))
        }
    }
}

fn behind<'a>(chart: &AgeSexPyramid<'a>) -> Table<'a> {
    let show = |people: Option<u64>| people.map_or_else(|| "hidden".to_owned(), count);
    let columns = vec![Column::text("Age"), Column::number("Female"), Column::number("Male")];
    let rows = chart
        .bands
        .iter()
        .rev()
        .map(|band| vec![html! { (band.label) }, html! { (show(band.female)) }, html! { (show(band.male)) }]);
    Table { caption: chart.text.title, size: None, columns, rows: rows.collect(), row_headers: true, scroll_id: None }
}
