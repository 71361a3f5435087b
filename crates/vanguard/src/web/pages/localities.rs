//! Localities side by side.

use super::{heading, page, shown};
use crate::web::Session;
use crate::web::charts::{
    Bar, BarChart, ChartText, FunnelLimits, FunnelPlot, FunnelPoint, Num, Standing, bar_chart, funnel_plot,
};
use crate::web::components::{Column, Size, Table, table};
use crate::web::layout::{Page, Section};
use ::population::results::MeasureSeries;
use axum::response::Response;
use evidence::distribution::Confidence;
use evidence::funnel::{Position, count_position, rate_limits};
use evidence::rates::{Rate, Stratum, directly_standardised};
use maud::{Markup, html};
use nhs::{AgeBand, Day};

/// `GET /localities`
pub async fn show(session: Session) -> Response {
    session.respond(Ok(localities(&session)))
}

fn localities(session: &Session) -> Page {
    let counted = session.site.summary.measures.iter().filter(|m| !m.is_cost);
    let body = html! {
        (heading("Localities side by side", None))
        p { a href="/need" { "Which localities and practices have more need than their numbers say" } }
        (facts(session))
        p class="nhsuk-body-s" { (shown::NOTE) }
        @for measure in counted.take(3) { (standardised(session, measure)) }
        @if let Some(measure) = session.site.summary.measures.iter().find(|m| !m.is_cost) { (practices(session, measure)) }
    };
    page(session, "Localities", Section::Localities, Vec::new(), body)
}

fn facts(session: &Session) -> Markup {
    let localities = &session.site.summary.localities;
    let of = |value: &dyn Fn(usize) -> u64| -> Vec<u64> { (0..localities.len()).map(value).collect() };
    let people = shown::list(&of(&|l| localities[l].people)).cells;
    let costs = shown::costs_per_head(localities.iter().map(|l| (&l.activity, l.people)));
    let rows = localities
        .iter()
        .zip(people.into_iter().zip(costs))
        .map(|(locality, (people, cost))| {
            let percent = |part: u64| match people.and_then(|_| shown::rate(part, locality.people, 100.0)) {
                Some(value) => format!("{value:.1} %"),
                None => "hidden".to_owned(),
            };
            let year = &locality.activity;
            let rate = people.and_then(|_| shown::rate(year.emergency_admissions, locality.people, 1000.0));
            let cost = people.and(cost);
            vec![
                html! { (locality.name) },
                html! { (locality.served_from.map_or_else(|| "not yet".to_owned(), |day| Day(day).long())) },
                html! { (shown::count(people)) },
                html! { (percent(locality.aged_65)) },
                html! { (percent(locality.most_deprived_fifth)) },
                html! { (shown::decimal(rate)) },
                html! { (shown::pounds(cost)) },
            ]
        })
        .collect();
    table(&Table {
        caption: "Localities",
        size: Some(Size::M),
        columns: vec![
            Column::text("Locality"),
            Column::text("Care model runs from"),
            Column::number("People"),
            Column::number("Aged 65 and over"),
            Column::number("In the most deprived fifth of areas"),
            Column::number("Emergency admissions per 1,000 in 12 months"),
            Column::number("Cost a head in 12 months"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some("facts"),
    })
}

/// The directly standardised rate of a locality per 1,000 people a year (European standard population 2013, five-year age
/// bands, Dobson's limits).
fn locality_rate(measure: &MeasureSeries, locality: usize) -> Option<(Rate, u64, u64)> {
    let sums = measure.year_by_locality_age.get(locality)?;
    let people = measure.people_by_locality_age.get(locality)?;
    let strata: Vec<Stratum> = AgeBand::all()
        .zip(sums.iter().zip(people))
        .map(|(band, (&events, &people))| Stratum::new(events as f64, people as f64, f64::from(band.esp_2013())))
        .collect();
    let rate = directly_standardised(&strata, 1000.0, Confidence::P95).ok()?;
    Some((rate, sums.iter().sum::<i64>().unsigned_abs(), people.iter().sum()))
}

fn standardised(session: &Session, measure: &MeasureSeries) -> Markup {
    let summary = &session.site.summary;
    let bars = summary
        .localities
        .iter()
        .enumerate()
        .map(|(position, locality)| {
            let found = locality_rate(measure, position)
                .filter(|(_, events, people)| shown::rate(*events, *people, 1000.0).is_some());
            Bar {
                label: locality.name.clone(),
                value: found.and_then(|(rate, ..)| Num::new(rate.value)),
                interval: found.and_then(|(rate, ..)| Some((Num::new(rate.lower)?, Num::new(rate.upper)?))),
            }
        })
        .collect();
    let words =
        format!("{} by locality over the last 12 months, as if every locality had the same mix of ages.", measure.name);
    bar_chart(&BarChart {
        text: ChartText {
            id: &format!("rate-{}", measure.id.replace('_', "-")),
            title: &format!("{}: localities compared", measure.name),
            summary: &words,
            note: Some(
                "Directly standardised for age (European standard population 2013) with Dobson's 95 % limits, per 1,000 people a year. Where the lines of two localities overlap, the difference may be chance.",
            ),
        },
        item: "Locality",
        unit: "Per 1,000 people a year",
        decimals: 1,
        bars,
        reference: None,
    })
}

/// Practices around the rate of the whole place, with limits that widen where few people are registered.
fn practices(session: &Session, measure: &MeasureSeries) -> Markup {
    let summary = &session.site.summary;
    let per = 1000.0;
    let mut sizes = Vec::new();
    for (position, practice) in summary.practices.iter().enumerate() {
        let last = measure.practices[position].iter().rev().take(12);
        let (events, months) = last.fold((0, 0), |(e, p), cell| (e + cell.sum, p + cell.people));
        let people = months as f64 / 12.0;
        if people >= 1.0 && shown::rate(events.unsigned_abs(), months / 12, per).is_some() {
            sizes.push((practice.name.clone(), people, events as f64));
        }
    }
    let total = sizes.iter().fold((0.0, 0.0), |(p, e), (_, people, events)| (p + people, e + events));
    let baseline = if total.0 > 0.0 { total.1 / total.0 } else { 0.0 };
    let Some(mean) = Num::new(baseline * per) else { return html! {} };
    let largest = sizes.iter().map(|(_, people, _)| *people).fold(0.0, f64::max);
    let limits =
        (1..=40).filter_map(|step| limits_at(baseline, largest * 1.05 * f64::from(step) / 40.0, per)).collect();
    let points = sizes
        .iter()
        .filter_map(|(name, people, events)| {
            Some(FunnelPoint {
                label: name.clone(),
                size: Num::new(*people)?,
                value: Num::new(events / people * per)?,
                standing: match count_position(*events, baseline * people) {
                    Position::Within => Standing::Within,
                    Position::Above | Position::Below => Standing::Alert,
                    Position::FarAbove | Position::FarBelow => Standing::Outside,
                },
            })
        })
        .collect();
    funnel_plot(&FunnelPlot {
        text: ChartText {
            id: "practices",
            title: &format!("{}: practices around the whole place", measure.name),
            summary: "Practices inside the limits differ from the whole place no more than chance would make them. Not standardised for age.",
            note: Some(
                "Limits of 95 % and 99.8 % (Byar's; exact Poisson below 10 events) around the rate of the whole place, last 12 months.",
            ),
        },
        item: "Practice",
        size_unit: "Registered people",
        unit: "Per 1,000 people a year",
        decimals: 1,
        points,
        mean,
        limits,
    })
}

fn limits_at(baseline: f64, people: f64, per: f64) -> Option<FunnelLimits> {
    let pair = |confidence| {
        let (lower, upper) = rate_limits(baseline * per, people, per, confidence);
        Some((Num::new(lower)?, Num::new(upper)?))
    };
    Some(FunnelLimits { size: Num::new(people)?, inner: pair(Confidence::P95)?, outer: pair(Confidence::P998)? })
}
