//! Measures of the care model by month, as control charts.

use super::{heading, overview, page, shown};
use crate::web::Session;
use crate::web::charts::{ChartText, ControlChart, ControlPoint, Num, Signal, control_chart};
use crate::web::components::{
    Borders, Choice, Column, Crumb, Label, Select, Size, SummaryRow, Table, TagColour, button, select, summary_list,
    table, tag,
};
use crate::web::components::{ButtonSize, ButtonVariant};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use ::population::results::{Cell, MeasureSeries};
use axum::extract::{Path, Query};
use axum::response::Response;
use evidence::control_chart::{Better, Chart, Options, Variation, individuals};
use maud::{Markup, html};
use serde::Deserialize;

/// `GET /measures`
pub async fn index(session: Session) -> Response {
    session.respond(Ok(list(&session)))
}

/// Which part of the place a measure is shown for.
#[derive(Debug, Default, Deserialize)]
pub struct Part {
    /// A locality's id; empty for the whole place.
    #[serde(default)]
    locality: String,
}

/// `GET /measures/{id}`
pub async fn show(session: Session, Path(id): Path<String>, Query(part): Query<Part>) -> Response {
    session.respond(measure(&session, &id, &part))
}

fn list(session: &Session) -> Page {
    let summary = &session.site.summary;
    let rows = summary
        .measures
        .iter()
        .map(|measure| {
            let series = summary.series(measure, |_, _| true);
            let last = series.last().copied().unwrap_or_default();
            let hidden = shown::hidden_money(measure, summary.months).pop().unwrap_or_default();
            let chart = chart(measure, &series, &hidden);
            let last_hidden = hidden.last().copied().unwrap_or(false);
            vec![
                html! { a href=(format!("/measures/{}", measure.id)) { (measure.name) } },
                html! { (words(&measure.gap)) },
                html! { @if last_hidden { "hidden" } @else { (overview::rate(measure, last)) } },
                html! { @match chart { Some(chart) => (variation(chart.variation)), None => "not enough months" } },
            ]
        })
        .collect();
    let body = html! {
        (heading("Measures", None))
        p class="nhsuk-lede-text" {
            "What the care model agreed to watch, month by month. A tag says whether the latest month is more than the usual ups and downs."
        }
        (table(&Table {
            caption: "Measures of the care model",
            size: Some(Size::M),
            columns: vec![
                Column::text("Measure"),
                Column::text("Gap it helps close"),
                Column::number("Latest month"),
                Column::text("Variation"),
            ],
            rows,
            row_headers: true,
            scroll_id: Some("measures"),
        }))
        p class="nhsuk-body-s" { (shown::NOTE) }
    };
    page(session, "Measures", Section::Measures, Vec::new(), body)
}

fn measure(session: &Session, id: &str, part: &Part) -> Result<Page, PageError> {
    let summary = &session.site.summary;
    let missing = |what: &str| PageError::NotFound { what: Some(what.to_owned()) };
    let measure = summary.measures.iter().find(|m| m.id == id).ok_or_else(|| missing("a measure with that name"))?;
    let locality = match part.locality.as_str() {
        "" => None,
        id => Some(
            summary.localities.iter().position(|l| l.id == id).ok_or_else(|| missing("a locality with that name"))?,
        ),
    };
    let series = summary.series(measure, |_, practice| locality.is_none_or(|l| usize::from(practice.locality) == l));
    let place = locality.map_or(summary.place.as_str(), |l| summary.localities[l].name.as_str());
    let served = locality.map_or_else(
        || summary.localities.iter().filter_map(|l| l.served_from).min(),
        |l| summary.localities[l].served_from,
    );
    let mut hidden = shown::hidden_money(measure, summary.months);
    let hidden = hidden.swap_remove(locality.unwrap_or(hidden.len() - 1).min(hidden.len() - 1));
    let body = html! {
        (heading(&measure.name, Some(place)))
        (choose(session, measure, &part.locality))
        (figure(session, measure, (&series, &hidden), served, place))
        (about(session, measure))
    };
    let above = vec![Crumb::new("Measures", Section::Measures.href())];
    Ok(page(session, &measure.name, Section::Measures, above, body))
}

fn choose(session: &Session, measure: &MeasureSeries, chosen: &str) -> Markup {
    let mut choices = vec![Choice::new("", "The whole place")];
    choices.extend(session.site.summary.localities.iter().map(|l| Choice::new(&l.id, &l.name)));
    html! {
        form method="get" action=(format!("/measures/{}", measure.id)) {
            (select(&Select {
                id: "locality",
                name: "locality",
                label: Label::plain("Show"),
                hint: None,
                error: None,
                choices,
                chosen: Some(chosen),
            }))
            (button("Show", ButtonVariant::Secondary, ButtonSize::Small))
        }
    }
}

/// Monthly rates as the reader's role may see them; `None` for months that are hidden or have nobody in them.
fn rates(measure: &MeasureSeries, series: &[Cell], hidden: &[bool]) -> Vec<Option<f64>> {
    let per = f64::from(measure.per) / if measure.is_cost { 100.0 } else { 1.0 };
    series
        .iter()
        .zip(hidden)
        .map(|(cell, hidden)| {
            let people = shown::alone(cell.people).filter(|_| !hidden).filter(|&n| n > 0)?;
            let value = cell.sum as f64 * per / cell.people as f64;
            if measure.is_cost {
                (people > 0).then_some(value)
            } else {
                shown::rate(cell.sum.unsigned_abs(), cell.people, per)
            }
        })
        .collect()
}

/// The control chart of a series without gaps; `None` where it has some, or too few months.
fn chart(measure: &MeasureSeries, series: &[Cell], hidden: &[bool]) -> Option<Chart> {
    let values: Option<Vec<f64>> = rates(measure, series, hidden).into_iter().collect();
    let better = match measure.better.as_str() {
        "lower" => Better::Lower,
        "higher" => Better::Higher,
        _ => Better::Neither,
    };
    individuals(&values?, &Options::new(better)).ok()
}

fn figure(
    session: &Session,
    measure: &MeasureSeries,
    (series, hidden): (&[Cell], &[bool]),
    served: Option<i32>,
    place: &str,
) -> Markup {
    let summary = &session.site.summary;
    let chart = chart(measure, series, hidden);
    let values = rates(measure, series, hidden);
    let points = values
        .iter()
        .enumerate()
        .map(|(month, value)| {
            let point = chart.as_ref().and_then(|c| c.points.get(month));
            ControlPoint {
                label: summary.month(month).long(),
                value: value.and_then(Num::new),
                mean: point.and_then(|p| Num::new(p.mean)),
                limits: point.and_then(|p| p.limits).and_then(|(l, u)| Some((Num::new(l)?, Num::new(u)?))),
                signal: point.map_or(Signal::Common, |p| signal(p.variation)),
            }
        })
        .collect();
    let start = served.and_then(|day| (0..summary.months).find(|&m| summary.month(m).first_day().0 >= day));
    let words = chart.as_ref().map_or_else(
        || format!("{} in {place}, month by month.", measure.name),
        |c| format!("{} in {place}, month by month. The latest month: {}.", measure.name, c.variation),
    );
    let unit = unit(measure);
    control_chart(&ControlChart {
        text: ChartText {
            id: "control-chart",
            title: &format!("{}, {place}", measure.name),
            summary: &words,
            note: Some(
                "Individuals chart: mean and process limits (2.66 times the mean moving range) over the whole period, rules of the NHS \"Making Data Count\" method.",
            ),
        },
        unit: &unit,
        decimals: 2,
        from_zero: false,
        points,
        event: start.map(|month| (month, "Care model starts".to_owned())),
    })
}

fn about(session: &Session, measure: &MeasureSeries) -> Markup {
    let defined = session.site.blueprint().measures.iter().find(|m| m.id == measure.id);
    let lag = defined.map_or(0, |m| m.lag_months);
    let better = match measure.better.as_str() {
        "lower" => "Lower is better",
        "higher" => "Higher is better",
        _ => "Neither direction is better; it is watched for context",
    };
    let rows = [
        SummaryRow::new("Unit", html! { (unit(measure)) }),
        SummaryRow::new("Direction", html! { (better) }),
        SummaryRow::new("Gap it helps close", html! { (words(&measure.gap)) }),
        SummaryRow::new("Aim", html! { (words(&measure.aim)) }),
        SummaryRow::new("An effect is expected after", html! { (lag) " months" }),
        SummaryRow::new(
            "Is it working?",
            html! { a href=(format!("/evaluation/{}", measure.id)) { "Compare localities that have the care model with those that do not" } },
        ),
    ];
    html! {
        h2 { "About this measure" }
        (summary_list(&rows, Borders::All))
    }
}

/// What a month's figure counts.
pub fn unit(measure: &MeasureSeries) -> String {
    if measure.per == 1 {
        return if measure.is_cost { "Pounds per member a month" } else { "Per person a month" }.to_owned();
    }
    let per = crate::web::charts::count(u64::from(measure.per));
    if measure.is_cost { format!("Pounds per {per} people a month") } else { format!("Per {per} people a month") }
}

/// `care_and_quality` as people read it.
pub fn words(id: &str) -> String {
    let text = id.replace('_', " ");
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

const fn signal(variation: Variation) -> Signal {
    match variation {
        Variation::CommonCause => Signal::Common,
        Variation::Improvement => Signal::Improvement,
        Variation::Concern => Signal::Concern,
        Variation::NeitherHigh | Variation::NeitherLow => Signal::Change,
    }
}

fn variation(variation: Variation) -> Markup {
    match variation {
        Variation::CommonCause => tag("Usual ups and downs", TagColour::Grey),
        Variation::Improvement => tag("Getting better", TagColour::Blue),
        Variation::Concern => tag("Getting worse", TagColour::Orange),
        Variation::NeitherHigh => tag("Unusually high", TagColour::Purple),
        Variation::NeitherLow => tag("Unusually low", TagColour::Purple),
    }
}
