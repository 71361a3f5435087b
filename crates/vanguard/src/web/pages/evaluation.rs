//! Is the care model working?

use super::measures::{unit, words};
use super::{heading, page};
use crate::web::Session;
use crate::web::charts::{ChartText, EventStudy, Num, StudyPoint, event_study};
use crate::web::components::{
    Borders, Column, Crumb, DetailsStyle, Size, SummaryRow, Table, TagColour, details, inset_text, summary_list, table,
    tag,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use ::population::evaluation::{Interval, Result as Finding, Verdict};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use nhs::Day;

/// `GET /evaluation`
pub async fn index(session: Session) -> Response {
    session.respond(Ok(all(&session)))
}

/// `GET /evaluation/{id}`
pub async fn show(session: Session, Path(id): Path<String>) -> Response {
    session.respond(one(&session, &id))
}

fn all(session: &Session) -> Page {
    let evaluation = &session.site.evaluation;
    let comparable = !evaluation.served.is_empty() && !evaluation.others.is_empty();
    let body = html! {
        (heading("Is the care model working?", None))
        @if comparable {
            p class="nhsuk-lede-text" {
                "We compare localities that have the care model with localities that do not, before and after it started. If both moved together before, the difference after is the best estimate of what the care model changed."
            }
            (who(session))
            (findings(session))
            (method())
        } @else {
            (inset_text(&html! {
                p { "There is nothing to compare yet." }
                p { "Give the localities that have the care model a start day (served_from) in place.toml, and leave at least one locality without, then run the place again." }
            }))
        }
    };
    page(session, "Evaluation", Section::Evaluation, Vec::new(), body)
}

fn who(session: &Session) -> Markup {
    let evaluation = &session.site.evaluation;
    let served: Vec<String> =
        evaluation.served.iter().map(|(name, day)| format!("{name} (from {})", Day(*day).long())).collect();
    let rows = [
        SummaryRow::new("Have the care model", html! { (served.join(", ")) }),
        SummaryRow::new("Comparison", html! { (evaluation.others.join(", ")) }),
    ];
    summary_list(&rows, Borders::All)
}

fn findings(session: &Session) -> Markup {
    let rows = session
        .site
        .evaluation
        .verdicts
        .iter()
        .map(|verdict| {
            let link = html! { a href=(format!("/evaluation/{}", verdict.measure)) { (verdict.name) } };
            match &verdict.result {
                Some(found) => vec![
                    link,
                    html! { (number(found.before_served)) },
                    html! { (interval(&found.absolute, "")) },
                    html! { @match &found.relative_percent { Some(p) => (interval(p, " %")), None => "" } },
                    strength(&found.strength),
                ],
                None => vec![link, html! {}, html! { "no estimate" }, html! {}, html! {}],
            }
        })
        .collect();
    table(&Table {
        caption: "What changed where the care model runs, beyond what changed elsewhere",
        size: Some(Size::M),
        columns: vec![
            Column::text("Measure, a month"),
            Column::number("Before"),
            Column::number("Change (95 % interval)"),
            Column::number("In per cent (95 % interval)"),
            Column::text("What may be claimed"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some("findings"),
    })
}

fn method() -> Markup {
    let body = html! {
        p { "Difference-in-differences: practice by practice and month by month, with an effect for each practice and each month, weighted by registered people. A month counts as served when the care model had started by its first day." }
        p { "Intervals are robust to errors that go together within a locality (CR2 with Satterthwaite's degrees of freedom). The change in per cent comes from a Poisson regression with the same effects." }
        p { "Whoever is registered counts, whether or not the care model reached them. What the comparison cannot rule out is something else that changed in just those localities at just that time." }
    };
    details("How this is worked out", &body, DetailsStyle::Plain, false)
}

fn one(session: &Session, id: &str) -> Result<Page, PageError> {
    let missing = || PageError::NotFound { what: Some("a measure with that name".to_owned()) };
    let verdict = session.site.evaluation.verdicts.iter().find(|v| v.measure == id).ok_or_else(missing)?;
    let body = html! {
        (heading(&verdict.name, Some("What the comparison says")))
        @match &verdict.result {
            Some(found) => {
                (inset_text(&html! { p { (found.sentence) } }))
                (result(session, verdict, found))
                (study(session, verdict, found))
            },
            None => (inset_text(&html! { p { (verdict.why_not.as_deref().unwrap_or("There is no estimate.")) } })),
        }
    };
    let above = vec![Crumb::new("Evaluation", Section::Evaluation.href())];
    Ok(page(session, &format!("{}: evaluation", verdict.name), Section::Evaluation, above, body))
}

fn result(session: &Session, verdict: &Verdict, found: &Finding) -> Markup {
    let series = session.site.summary.measures.iter().find(|m| m.id == verdict.measure);
    let mut rows = vec![
        SummaryRow::new("What may be claimed", strength(&found.strength)),
        SummaryRow::new("Unit", html! { (series.map(unit).unwrap_or_default()) }),
        SummaryRow::new("Before, where it runs now", html! { (number(found.before_served)) }),
        SummaryRow::new("Before, comparison", html! { (number(found.before_others)) }),
        SummaryRow::new("Change (95 % interval)", html! { (interval(&found.absolute, "")) }),
    ];
    if let Some(percent) = &found.relative_percent {
        rows.push(SummaryRow::new("Change in per cent (95 % interval)", html! { (interval(percent, " %")) }));
    }
    rows.push(SummaryRow::new(
        "Localities",
        html! { (found.clusters.0) " with the care model, " (found.clusters.1) " without" },
    ));
    rows.push(SummaryRow::new("Before the start", html! { (found.pre_trend) }));
    if let Some((p, assignments)) = found.permutation {
        rows.push(SummaryRow::new(
            "By chance alone",
            html! { "Of " (assignments) " ways to choose which localities have the care model, " (format!("{:.1} %", p * 100.0)) " would show as large a change." },
        ));
    }
    if !found.doubts.is_empty() {
        let list = html! { ul class="nhsuk-list nhsuk-list--bullet" { @for doubt in &found.doubts { li { (words(doubt)) } } } };
        rows.push(SummaryRow::new("Reasons for doubt", list));
    }
    if !found.warnings.is_empty() {
        let list =
            html! { ul class="nhsuk-list nhsuk-list--bullet" { @for warning in &found.warnings { li { (warning) } } } };
        rows.push(SummaryRow::new("Read with care", list));
    }
    summary_list(&rows, Borders::All)
}

fn study(session: &Session, verdict: &Verdict, found: &Finding) -> Markup {
    let series = session.site.summary.measures.iter().find(|m| m.id == verdict.measure);
    let points: Vec<StudyPoint> = found
        .event_study
        .iter()
        .map(|(month, effect)| StudyPoint {
            label: month.to_string(),
            estimate: Num::new(effect.value),
            interval: effect.limits.and_then(|(l, u)| Some((Num::new(l)?, Num::new(u)?))),
        })
        .collect();
    let change = found.event_study.iter().position(|(month, _)| *month >= 0).unwrap_or(points.len());
    event_study(&EventStudy {
        text: ChartText {
            id: "event-study",
            title: "The difference month by month",
            summary: "The difference between localities with and without the care model in each month, against the month before it started.",
            note: Some(
                "Months from the start. Before the start the points should lie around nought; lines are 95 % intervals.",
            ),
        },
        unit: &series.map(unit).unwrap_or_default(),
        decimals: 2,
        points,
        change,
        change_label: "Care model starts",
    })
}

fn number(value: f64) -> String {
    format!("{value:.2}")
}

fn interval(interval: &Interval, unit: &str) -> String {
    match interval.limits {
        Some((lower, upper)) => format!("{:+.2}{unit} ({lower:+.2} to {upper:+.2})", interval.value),
        None => format!("{:+.2}{unit} (no interval)", interval.value),
    }
}

fn strength(strength: &str) -> Markup {
    match strength {
        "supported" => tag("Supported", TagColour::Green),
        "suggestive" => tag("Suggestive", TagColour::Blue),
        "uncertain" => tag("Uncertain", TagColour::Grey),
        _ => tag("No claim", TagColour::Orange),
    }
}
