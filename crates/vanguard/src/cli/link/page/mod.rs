//! `report.html`: what a linkage did, on one page that needs nothing else.

mod examples;
mod learned;
mod truth;
mod weights;

use super::labels::Labels;
use super::read::Input;
use super::score::Scores;
use crate::web::charts::{Bar, BarChart, ChartText, Num, bar_chart, count};
use crate::web::components::{Column, Table, table};
use linkage::{Linked, Model, Session};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// All that the page shows.
pub struct Page<'a> {
    pub input: &'a Input,
    pub model: &'a Model,
    pub linked: &'a Linked,
    pub labels: &'a Labels,
    /// How the weights were learned; empty where they were not.
    pub sessions: &'a [Session],
    pub scores: Option<&'a Scores>,
    /// For each match weight in whole bits its probability and the share of records that weigh less even against themselves.
    pub unlinkable: &'a [(f64, f64, f64)],
    /// Links that were written.
    pub links: u64,
    pub notes: &'a [String],
    /// Whether the values of example pairs are shown.
    pub show_values: bool,
}

/// A section: its id, its heading and what stands in it.
type Section = (&'static str, &'static str, Markup);

/// The page as text.
pub fn text(page: &Page<'_>) -> String {
    let mut sections: Vec<Section> = vec![
        ("weights", "What each answer weighs", weights::chart(page)),
        ("pairs", "How pairs were found and what they weigh", weights::pairs(page)),
    ];
    if !page.sessions.is_empty() {
        sections.push(("learned", "How the weights were learned", learned::sessions(page)));
    }
    sections.push(("expected", "What to expect at other thresholds", learned::expected(page)));
    if let Some(known) = truth::section(page) {
        sections.push(("truth", "Against what is known", known));
    }
    sections.push(("groups", "How many records people have", sizes(page)));
    sections.push(("examples", "Pairs next to the threshold", examples::section(page)));
    let title = format!("Linkage report: {}", page.model.name);
    let html = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                a class="skip" href="#main" { "Skip to main content" }
                header { div class="in" { p { "Vanguard" } h1 { (title) } } }
                main id="main" tabindex="-1" {
                    (summary(page))
                    nav aria-label="On this page" {
                        ul { @for (id, heading, _) in &sections { li { a href={ "#" (id) } { (heading) } } } }
                    }
                    @for (id, heading, content) in &sections { section id=(id) { h2 { (heading) } (content) } }
                }
            }
        }
    };
    // What scrolls sideways must be reached by keyboard.
    html.into_string().replace("class=\"nhsuk-scroll__content\"", "class=\"nhsuk-scroll__content\" tabindex=\"0\"")
}

/// A table that scrolls on a narrow screen.
fn wide(id: &str, caption: &str, columns: Vec<Column>, rows: Vec<Vec<Markup>>) -> Markup {
    table(&Table { caption, size: None, columns, rows, row_headers: true, scroll_id: Some(id) })
}

fn summary(page: &Page<'_>) -> Markup {
    let report = &page.linked.report;
    let refused = [
        (report.refused_numbers, "links were refused because the valid numbers differ"),
        (report.refused_labels, "because a decision keeps the records apart"),
        (report.refused_one_row, "because a source holds each person once"),
        (report.refused_different, "because they look like relatives"),
        (report.refused_unlike, "because the groups as a whole are unlike"),
        (page.linked.conflicts.len() as u64, "numbers stand on two different people"),
    ];
    html! {
        p class="note" {
            b { (count(report.records)) " records are " (count(report.clusters)) " people" }
            " at a match probability of " (percent(page.linked.threshold)) " and above. "
            (count(report.joined_by_number)) " joined another through their number; " (count(report.pairs))
            " pairs were compared and " (count(page.links)) " links written."
        }
        @if refused.iter().any(|(number, _)| *number > 0) {
            p { "Not joined:" }
            ul { @for (number, why) in refused.iter().filter(|(number, _)| *number > 0) { li { (count(*number)) " " (why) } } }
        }
        @if !page.notes.is_empty() {
            p { "About the files:" }
            ul { @for note in page.notes { li { (note) } } }
        }
    }
}

/// `99.5%`, with as many digits as tell it from 100.
fn percent(share: f64) -> String {
    let text = format!("{:.4}", share * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

fn num(value: f64) -> Num {
    Num::new(value).unwrap_or(Num::count(0))
}

/// Weight in bits of a probability.
fn bits(probability: f64) -> f64 {
    let p = probability.clamp(1e-12, 1.0 - 1e-12);
    (p / (1.0 - p)).log2()
}

/// How many groups have one, two and more records.
fn sizes(page: &Page<'_>) -> Markup {
    let mut of = vec![0_u64; page.linked.report.clusters as usize];
    for cluster in &page.linked.cluster_of {
        of[*cluster as usize] += 1;
    }
    let steps: [(u64, u64); 10] =
        [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 7), (8, 10), (11, 20), (21, 50), (51, u64::MAX)];
    let largest = of.iter().copied().max().unwrap_or(0);
    let bar = |(from, to): &(u64, u64)| {
        let label = match (*from, *to) {
            (1, 1) => "1 record".to_owned(),
            (from, u64::MAX) => format!("{from} or more"),
            (from, to) if from == to => format!("{from} records"),
            (from, to) => format!("{from} to {to} records"),
        };
        let people = of.iter().filter(|size| (*from..=*to).contains(size)).count() as u64;
        Bar { label, value: Some(Num::count(people)), interval: None }
    };
    let bars = steps.iter().filter(|(from, _)| *from <= largest.max(1)).map(bar).collect();
    bar_chart(&BarChart {
        text: ChartText {
            id: "sizes",
            title: "People by how many records they have",
            summary: &format!("The largest group has {} records.", count(largest)),
            note: Some(
                "A group far larger than the number of sources suggests may be several people chained together.",
            ),
        },
        item: "Records",
        unit: "People",
        decimals: 0,
        bars,
        reference: None,
    })
}
