//! The records of one or two people as a graph: what holds them together and what stands between them.

use maud::{Markup, html};

use super::draw::{Anchor, BLUE, INK, Key, Mark, ORANGE, PURPLE, QUIET, TEXT, Words, c, fit, legend, line, rect};
use super::figure::{Canvas, ChartText, WIDTH, empty, figure};
use super::num::{Num, number};
use crate::web::components::{Column, Table};

/// One record.
#[derive(Debug, Clone)]
pub struct ClusterNode {
    /// Its short name, such as `A1`.
    pub label: String,
    /// What stands under it, such as its source.
    pub note: String,
    /// Whether it belongs to the second of two people.
    pub second: bool,
    /// Whether it is one of the two records that are compared.
    pub marked: bool,
}

/// Why two records are linked, or are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// They share a valid NHS number.
    Number,
    /// Reviewers decided that they are one person.
    Reviewer,
    /// Their weight is enough.
    Weight,
    /// Their weight is too low, or the link was refused.
    NotJoined,
}

impl LinkKind {
    const ALL: [Self; 4] = [Self::Number, Self::Reviewer, Self::Weight, Self::NotJoined];

    /// What the legend and the table say.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Number => "the same NHS number",
            Self::Reviewer => "reviewers decided",
            Self::Weight => "enough weight",
            Self::NotJoined => "compared, not joined",
        }
    }

    const fn stroke(self) -> (&'static str, f64, Option<&'static str>) {
        match self {
            Self::Number => (BLUE, 5.0, None),
            Self::Reviewer => (PURPLE, 4.0, Some("12 3")),
            Self::Weight => (INK, 2.0, None),
            Self::NotJoined => (ORANGE, 2.0, Some("5 5")),
        }
    }
}

/// A link between two records, by their places among the nodes.
#[derive(Debug, Clone, Copy)]
pub struct ClusterLink {
    /// One record.
    pub from: usize,
    /// The other.
    pub to: usize,
    /// Match weight in bits.
    pub weight: Num,
    /// Why.
    pub kind: LinkKind,
}

/// A graph of records.
#[derive(Debug, Clone)]
pub struct ClusterChart<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// The two people: what their sides are called; the second empty where there is one.
    pub people: (&'a str, &'a str),
    /// The records.
    pub nodes: Vec<ClusterNode>,
    /// The links.
    pub links: Vec<ClusterLink>,
}

/// Records of one person that are drawn; the table has all.
const DRAWN: usize = 12;
const REACH: f64 = 18.0;

/// The chart with its table of links.
pub fn cluster_chart(chart: &ClusterChart) -> Markup {
    if chart.nodes.is_empty() {
        return empty(&chart.text);
    }
    let two = chart.nodes.iter().any(|node| node.second);
    let most = [false, true].map(|side| chart.nodes.iter().filter(|node| node.second == side).count().min(DRAWN));
    let height = if most[0].max(most[1]) > 3 { 420.0 } else { 280.0 };
    let places = places(chart, two, height);
    let kinds: Vec<LinkKind> =
        LinkKind::ALL.into_iter().filter(|kind| chart.links.iter().any(|link| link.kind == *kind)).collect();
    let keys: Vec<(Key, &str)> = kinds
        .iter()
        .map(|kind| {
            let (colour, _, dashes) = kind.stroke();
            (Key::Line(colour, dashes), kind.words())
        })
        .chain([(Key::Mark(Mark::Dot, BLUE), chart.people.0)])
        .chain(two.then_some((Key::Mark(Mark::Square, PURPLE), chart.people.1)))
        .collect();
    let (legend, legend_height) = legend(&keys, 12.0, height, WIDTH - 24.0);
    let few = chart.links.len() <= 12;
    let drawing = html! {
        @for link in &chart.links {
            @if let (Some(Some(from)), Some(Some(to))) = (places.get(link.from), places.get(link.to)) {
                @let (colour, width, dashes) = link.kind.stroke();
                (line(*from, *to, colour, width, dashes))
            }
        }
        @for link in chart.links.iter().filter(|_| few) {
            @if let (Some(Some(from)), Some(Some(to))) = (places.get(link.from), places.get(link.to)) {
                (Words::quiet(Anchor::Middle).at(f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1) + 4.5, &fit(&number(link.weight, 1), 90.0, TEXT)))
            }
        }
        @for (node, place) in chart.nodes.iter().zip(&places) {
            @if let Some((x, y)) = place { (one(node, *x, *y)) }
        }
        (legend)
    };
    figure(&chart.text, Canvas { width: WIDTH, height: height + legend_height + 12.0 }, &drawing, &behind(chart))
}

/// Where each drawn record stands: each person's on a ring of its own.
fn places(chart: &ClusterChart, two: bool, height: f64) -> Vec<Option<(f64, f64)>> {
    let mut places = vec![None; chart.nodes.len()];
    for side in [false, true] {
        let own: Vec<usize> = (0..chart.nodes.len()).filter(|at| chart.nodes[*at].second == side).take(DRAWN).collect();
        let middle = match (two, side) {
            (false, _) => WIDTH / 2.0,
            (true, false) => WIDTH * 0.25,
            (true, true) => WIDTH * 0.75,
        };
        let (wide, high) = (if two { WIDTH * 0.15 } else { WIDTH * 0.3 }, height / 2.0 - 62.0);
        for (turn, at) in own.iter().enumerate() {
            // The first, which is the compared one, looks at the other person.
            let start = if side { std::f64::consts::PI } else { 0.0 };
            let angle = start + std::f64::consts::TAU * turn as f64 / own.len() as f64;
            let (wide, high) = if own.len() == 1 { (0.0, 0.0) } else { (wide, high) };
            places[*at] = Some((middle + wide * angle.cos(), height / 2.0 - 8.0 + high * angle.sin()));
        }
    }
    places
}

fn one(node: &ClusterNode, x: f64, y: f64) -> Markup {
    let (shape, colour) = if node.second { (Mark::Square, PURPLE) } else { (Mark::Dot, BLUE) };
    let size = if node.second { REACH * 0.85 } else { REACH * 1.2 };
    html! {
        // A frame marks the two that are compared.
        @if node.marked { (rect(x - REACH - 7.0, y - REACH - 7.0, REACH * 2.0 + 14.0, REACH * 2.0 + 14.0, "#ffffff", Some(INK))) }
        (shape.at(x, y, size, colour))
        text x=(c(x)) y=(c(y + 4.5)) text-anchor="middle" font-size="13" font-weight="bold" fill="#ffffff" {
            (fit(&node.label, REACH * 2.2, TEXT))
        }
        (Words { colour: QUIET, ..Words::plain(Anchor::Middle) }.at(x, y + REACH + 22.0, &fit(&node.note, 120.0, TEXT)))
    }
}

fn behind<'a>(chart: &ClusterChart<'a>) -> Table<'a> {
    let name = |at: usize| chart.nodes.get(at).map_or("", |node| node.label.as_str());
    let rows = chart.links.iter().map(|link| {
        vec![
            html! { (name(link.from)) " and " (name(link.to)) },
            html! { (link.kind.words()) },
            html! { (number(link.weight, 2)) },
        ]
    });
    Table {
        caption: chart.text.title,
        size: None,
        columns: vec![Column::text("Records"), Column::text("Why"), Column::number("Match weight in bits")],
        rows: rows.collect(),
        row_headers: true,
        scroll_id: None,
    }
}
