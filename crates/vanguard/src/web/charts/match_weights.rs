//! What each answer of each comparison weighs: the match-weight chart of a linkage model.

use maud::{Markup, html};

use super::axis::{Plot, horizontal};
use super::draw::{Anchor, BLUE, Key, Mark, ORANGE, QUIET, TEXT, Words, fit, legend, line, rect, text_width};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, number};
use super::scale::Scale;
use crate::web::components::{Column, Table};

/// One answer.
#[derive(Debug, Clone)]
pub struct WeightLevel {
    /// What it is called.
    pub name: String,
    /// Its chance among matches and among other pairs; none where the answer weighs nothing (a value is missing).
    pub chances: Option<(Num, Num)>,
}

/// One comparison with its answers from the strongest agreement down.
#[derive(Debug, Clone)]
pub struct WeightGroup {
    /// What is compared.
    pub name: String,
    /// Its answers.
    pub levels: Vec<WeightLevel>,
}

/// The chart.
#[derive(Debug, Clone)]
pub struct MatchWeights<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// What is compared.
    pub groups: Vec<WeightGroup>,
}

const ROW: f64 = 22.0;
const HEAD: f64 = 30.0;
const TOP: f64 = 14.0;
const WIDEST_LABEL: f64 = 260.0;

impl WeightLevel {
    /// log2(m / u); none where it weighs nothing or a chance is not above 0.
    pub fn bits(&self) -> Option<Num> {
        let (m, u) = self.chances?;
        (m.get() > 0.0 && u.get() > 0.0).then(|| Num::new((m.get() / u.get()).log2())).flatten()
    }
}

/// The chart with its table.
pub fn match_weights(chart: &MatchWeights) -> Markup {
    let all = || chart.groups.iter().flat_map(|group| &group.levels);
    let values: Vec<Num> = all().filter_map(WeightLevel::bits).collect();
    if values.is_empty() {
        return empty(&chart.text);
    }
    let labels = all().map(|level| text_width(&level.name, TEXT)).fold(80.0, f64::max).min(WIDEST_LABEL);
    let rows: f64 = chart.groups.iter().map(|group| HEAD + ROW * group.levels.len() as f64).sum();
    let bottom = TOP + rows;
    // The shortest bars' numbers stand beside them, on either side.
    let plot = Plot { left: labels + 20.0, right: WIDTH - 20.0, top: TOP, bottom };
    let scale = Scale::new(values, true, plot.left + 44.0, plot.right - 44.0, 6);
    let keys =
        [(Key::Mark(Mark::Bar, BLUE), "speaks for one person"), (Key::Mark(Mark::Bar, ORANGE), "speaks against")];
    let (legend, legend_height) = legend(&keys, plot.left, bottom + 46.0, plot.width());
    // Where each comparison begins.
    let tops = chart.groups.iter().scan(TOP, |next, group| {
        let top = *next;
        *next += HEAD + ROW * group.levels.len() as f64;
        Some(top)
    });
    let drawing = html! {
        (horizontal(&scale, plot, "Match weight in bits: one more doubles the odds"))
        @for (group, y) in chart.groups.iter().zip(tops) {
            (Words::bold(Anchor::Start).at(4.0, y + 20.0, &fit(&group.name, WIDTH - 8.0, TEXT)))
            @for (at, level) in group.levels.iter().enumerate() {
                (one(level, y + HEAD + ROW * (at as f64 + 0.5), labels, plot.left, &scale))
            }
        }
        (legend)
    };
    figure(&chart.text, Canvas { width: WIDTH, height: bottom + 54.0 + legend_height }, &drawing, &behind(chart))
}

fn one(level: &WeightLevel, y: f64, labels: f64, left: f64, scale: &Scale) -> Markup {
    let zero = scale.at(0.0);
    html! {
        (Words::plain(Anchor::End).at(left - 8.0, y + 4.5, &fit(&level.name, labels, TEXT)))
        @match level.bits() {
            Some(bits) => {
                @let end = scale.at(bits.get());
                @let (anchor, place) = if bits.get() < 0.0 { (Anchor::End, end - 5.0) } else { (Anchor::Start, end + 5.0) };
                (rect(f64::min(zero, end), y - 7.0, (end - zero).abs(), 14.0, if bits.get() < 0.0 { ORANGE } else { BLUE }, None))
                (Words::quiet(anchor).at(place, y + 4.5, &fit(&signed(bits), 42.0, TEXT)))
            }
            None => (line((zero, y - 7.0), (zero, y + 7.0), QUIET, 3.0, None)),
        }
    }
}

fn signed(bits: Num) -> String {
    let text = number(bits, 1);
    if bits.get() > 0.0 && text != "0.0" { format!("+{text}") } else { text }
}

/// A chance with the digits that matter.
fn chance(value: Num) -> String {
    let value = value.get();
    if value == 0.0 || value.abs() >= 0.001 { format!("{value:.4}") } else { format!("{value:.1e}") }
}

fn behind<'a>(chart: &MatchWeights<'a>) -> Table<'a> {
    let none = || "none".to_owned();
    let row = |group: &WeightGroup, level: &WeightLevel| {
        let (m, u) = level.chances.unzip();
        vec![
            html! { (group.name) ": " (level.name) },
            html! { (m.map_or_else(none, chance)) },
            html! { (u.map_or_else(none, chance)) },
            html! { (level.bits().map_or_else(none, signed)) },
        ]
    };
    let rows = chart.groups.iter().flat_map(|group| group.levels.iter().map(move |level| row(group, level)));
    Table {
        caption: chart.text.title,
        size: None,
        columns: vec![
            Column::text("Comparison and answer"),
            Column::number("Share of matches (m)"),
            Column::number("Share of other pairs (u)"),
            Column::number("Weight in bits"),
        ],
        rows: rows.collect(),
        row_headers: true,
        scroll_id: None,
    }
}
