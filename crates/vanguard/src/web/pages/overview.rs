//! The first page: the place at a glance.

use super::shown;
use super::{heading, page};
use crate::web::Session;
use crate::web::charts::{ChartText, Num, Tier, TierTriangle, tier_triangle};
use crate::web::components::{Column, Size, Table, action_link, table};
use crate::web::layout::{Page, Section};
use axum::response::Response;
use maud::{Markup, html};
use nhs::Pence;
use population::disclosure::money_list;
use population::results::{Cell, MeasureSeries};

/// `GET /`
pub async fn show(session: Session) -> Response {
    session.respond(Ok(overview(&session)))
}

fn overview(session: &Session) -> Page {
    let summary = &session.site.summary;
    let people = shown::alone(summary.people);
    let body = html! {
        (heading(&summary.place, Some(&format!("{} registered people on {}", shown::count(people), summary.as_of_day().long()))))
        div class="nhsuk-grid-row" {
            div class="nhsuk-grid-column-two-thirds" { (triangle(session)) }
            div class="nhsuk-grid-column-one-third" { (what_next(session)) }
        }
        (key_measures(session))
        (freshness(session))
    };
    page(session, "Overview", Section::Overview, Vec::new(), body)
}

fn triangle(session: &Session) -> Markup {
    let summary = &session.site.summary;
    let counts: Vec<u64> = summary.tiers.iter().map(|t| t.people).collect();
    let shown = shown::list(&counts);
    let cost: i64 = summary.tiers.iter().map(|t| t.activity.cost.pence).sum();
    let (money, all_money) = money_list(&summary.tiers.iter().map(|t| t.activity.cost).collect::<Vec<_>>());
    let tiers = session
        .site
        .blueprint()
        .tiers
        .iter()
        .zip(&summary.tiers)
        .zip(shown.cells.iter().zip(money))
        .map(|((tier, sums), (&people, money))| Tier {
            name: tier.name.clone(),
            description: tier.description.clone(),
            people,
            share: shown::share(people, shown.total).and_then(Num::new),
            cost_share: people
                .filter(|_| cost > 0 && !money.is_hidden() && !all_money.is_hidden())
                .and_then(|_| Num::new(sums.activity.cost.pence as f64 * 100.0 / cost as f64)),
        })
        .collect();
    let words = summary.tiers.first().map_or_else(String::new, |top| {
        format!("{} people are in the tier with the most complex needs, {}.", shown::count(shown.cells[0]), top.name)
    });
    tier_triangle(&TierTriangle {
        text: ChartText {
            id: "tiers",
            title: "People by tier of need",
            summary: &words,
            note: Some("Every registered person is in exactly one tier. Cost is that of the last 12 months."),
        },
        tiers,
    })
}

fn what_next(session: &Session) -> Markup {
    html! {
        h2 class="nhsuk-heading-m" { "What do you want to do?" }
        @if session.access.role().gives_direct_care() {
            (action_link("See whom your teams should see", Section::Caseloads.href()))
        }
        (action_link("See what people here need", Section::Population.href()))
        (action_link("See whether the care model is working", Section::Evaluation.href()))
        (action_link("Check how good the data are", Section::DataQuality.href()))
    }
}

fn freshness(session: &Session) -> Markup {
    let sources = session.site.quality.sources.iter().filter(|s| s.latest.is_some());
    let rows = sources
        .map(|source| {
            let days = source.days_behind.map_or_else(String::new, |d| match d {
                ..=0 => "up to date".to_owned(),
                1 => "1 day behind".to_owned(),
                d => format!("{d} days behind"),
            });
            vec![html! { (source.title) }, html! { (days) }]
        })
        .collect();
    table(&Table {
        caption: "How fresh the data are",
        size: Some(Size::M),
        columns: vec![Column::text("Source"), Column::text("Latest entry")],
        rows,
        row_headers: true,
        scroll_id: None,
    })
}

/// Measures on the first page: the care model names the most telling first.
const KEY_MEASURES: usize = 8;

fn key_measures(session: &Session) -> Markup {
    let summary = &session.site.summary;
    let rows = summary
        .measures
        .iter()
        .take(KEY_MEASURES)
        .map(|measure| {
            let series = summary.series(measure, |_, _| true);
            let (now, before) = (year(&series, 0), year(&series, 12));
            vec![
                html! { a href=(format!("/measures/{}", measure.id)) { (measure.name) } },
                html! { (rate(measure, now)) },
                html! { (rate(measure, before)) },
                html! { (change(now, before)) },
            ]
        })
        .collect();
    html! {
        (table(&Table {
            caption: "Key measures, average month of the last 12 and of the 12 before",
            size: Some(Size::M),
            columns: vec![
                Column::text("Measure"),
                Column::number("Last 12 months"),
                Column::number("12 months before"),
                Column::number("Change"),
            ],
            rows,
            row_headers: true,
            scroll_id: Some("key-measures"),
        }))
        p { a href=(Section::Measures.href()) { "All " (summary.measures.len()) " measures, month by month" } }
        p class="nhsuk-body-s" {
            "A change over time alone does not show that the care model caused it. "
            a href=(Section::Evaluation.href()) { "The evaluation compares places that have it with places that do not" } "."
        }
    }
}

/// Sums of twelve months, ending so many months before the last.
fn year(series: &[Cell], skip: usize) -> Cell {
    series.iter().rev().skip(skip).take(12).fold(Cell::default(), |mut total, cell| {
        total.sum += cell.sum;
        total.people += cell.people;
        total
    })
}

/// The monthly rate of a measure, in its own unit; whole pounds where it is a cost.
pub fn rate(measure: &MeasureSeries, cell: Cell) -> String {
    if cell.people == 0 {
        return "no data".to_owned();
    }
    let events = cell.sum.unsigned_abs();
    if measure.is_cost {
        let value = cell.sum as f64 / 100.0 * f64::from(measure.per) / cell.people as f64;
        return shown::alone(cell.people)
            .map_or_else(|| "hidden".to_owned(), |_| shown::pounds(Some(Pence(value.round() as i64 * 100))));
    }
    match shown::rate(events, cell.people, f64::from(measure.per)) {
        Some(value) => format!("{value:.2}"),
        None => "hidden".to_owned(),
    }
}

fn change(now: Cell, before: Cell) -> String {
    if now.people == 0 || before.people == 0 || before.sum == 0 {
        return String::new();
    }
    let hidden = [now, before].iter().any(|c| shown::alone(c.sum.unsigned_abs()).is_none());
    if hidden {
        return "hidden".to_owned();
    }
    let ratio = now.sum as f64 / now.people as f64 / (before.sum as f64 / before.people as f64);
    format!("{:+.1} %", (ratio - 1.0) * 100.0)
}
