//! The triangle of tiers: few people with high needs at the top, the whole population at the base.

use maud::{Markup, html};

use super::draw::{Anchor, GRID, Words, fit, line, polygon, wrap};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, count, number};
use crate::web::components::{Column, Table};

/// One tier of need.
#[derive(Debug, Clone)]
pub struct Tier {
    /// What it is called.
    pub name: String,
    /// Who is in it and what they are offered, in a line.
    pub description: String,
    /// People in it; none where the number is hidden because it is small.
    pub people: Option<u64>,
    /// Their share of everyone, in percent.
    pub share: Option<Num>,
    /// Their share of all cost, in percent.
    pub cost_share: Option<Num>,
}

/// The triangle; the first tier stands at the top.
#[derive(Debug, Clone)]
pub struct TierTriangle<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// The tiers from the highest need to the lowest.
    pub tiers: Vec<Tier>,
}

const SLICE: f64 = 74.0;
const HALF_BASE: f64 = 170.0;
const CENTRE: f64 = 180.0;
const LABELS: f64 = 376.0;
/// From the highest need, dark, to the lowest, pale; the labels carry the meaning.
const SHADES: [&str; 6] = ["#002f5c", "#00498f", "#005eb8", "#4d8ecd", "#99bfe3", "#ccdff1"];

/// The triangle with its table.
pub fn tier_triangle(chart: &TierTriangle) -> Markup {
    if chart.tiers.is_empty() {
        return empty(&chart.text);
    }
    let height = SLICE * chart.tiers.len() as f64;
    let canvas = Canvas { width: WIDTH, height: height + 24.0 };
    let drawing = html! {
        @for (index, tier) in chart.tiers.iter().enumerate() { (slice(index, chart.tiers.len(), tier)) }
    };
    figure(&chart.text, canvas, &drawing, &behind(chart))
}

fn slice(index: usize, count: usize, tier: &Tier) -> Markup {
    let top = 12.0 + SLICE * index as f64;
    let bottom = top + SLICE - 3.0;
    let reach = |y: f64| HALF_BASE * ((y - 12.0) / (SLICE * count as f64));
    let (upper, lower) = (reach(top), reach(bottom));
    let shade = SHADES[(index * SHADES.len() / count).min(SHADES.len() - 1)];
    let corners = [(CENTRE - upper, top), (CENTRE + upper, top), (CENTRE + lower, bottom), (CENTRE - lower, bottom)];
    let middle = f64::midpoint(top, bottom);
    let width = WIDTH - LABELS - 8.0;
    let figures = Words { size: 14.0, ..Words::plain(Anchor::Start) };
    html! {
        (polygon(&corners, shade, shade))
        (line((CENTRE + reach(middle) + 4.0, middle), (LABELS - 10.0, middle), GRID, 1.5, None))
        (Words { size: 15.0, ..Words::bold(Anchor::Start) }.at(LABELS, middle - 16.0, &fit(&tier.name, width, 16.5)))
        (figures.at(LABELS, middle + 2.0, &fit(&figures_of(tier), width, 14.0)))
        @for (row, text) in wrap(&tier.description, width, 12.0, 2).iter().enumerate() {
            (Words { size: 12.0, ..Words::quiet(Anchor::Start) }.at(LABELS, middle + 18.0 + 14.0 * row as f64, text))
        }
    }
}

fn figures_of(tier: &Tier) -> String {
    let people = tier.people.map_or_else(|| "Number hidden".to_owned(), |people| format!("{} people", count(people)));
    match (tier.share, tier.cost_share) {
        (Some(share), Some(cost)) => format!("{people}, {}%; {}% of cost", number(share, 1), number(cost, 1)),
        (Some(share), None) => format!("{people}, {}%", number(share, 1)),
        (None, _) => people,
    }
}

fn behind<'a>(chart: &TierTriangle<'a>) -> Table<'a> {
    let percent =
        |value: Option<Num>| value.map_or_else(|| "hidden".to_owned(), |value| format!("{}%", number(value, 1)));
    let with_cost = chart.tiers.iter().any(|tier| tier.cost_share.is_some());
    let mut columns =
        vec![Column::text("Tier"), Column::text("Who"), Column::number("People"), Column::number("Share of people")];
    if with_cost {
        columns.push(Column::number("Share of cost"));
    }
    let rows = chart.tiers.iter().map(|tier| {
        let people = tier.people.map_or_else(|| "hidden".to_owned(), count);
        let mut row = vec![html! { (tier.name) }, html! { (tier.description) }, html! { (people) }];
        row.push(html! { (percent(tier.share)) });
        if with_cost {
            row.push(html! { (percent(tier.cost_share)) });
        }
        row
    });
    Table { caption: chart.text.title, size: None, columns, rows: rows.collect(), row_headers: true, scroll_id: None }
}
