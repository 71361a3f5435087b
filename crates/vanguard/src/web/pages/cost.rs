//! What care costs per member per month, by segment, practice and setting of care.

use super::{heading, page, shown};
use crate::web::Session;
use crate::web::components::{Column, Crumb, DetailsStyle, Size, Table, details, inset_text, table};
use crate::web::layout::{Page, Section};
use ::population::costs::{Line, Pmpm, shown as costs_shown};
use ::population::members::SETTINGS;
use axum::response::Response;
use maud::{Markup, html};
use nhs::Pence;

/// `GET /cost`
pub async fn show(session: Session) -> Response {
    session.respond(Ok(cost(&session)))
}

fn cost(session: &Session) -> Page {
    let summary = &session.site.summary;
    let costs = costs_shown(summary);
    let has_money = summary.members.segments.iter().any(|sum| sum.cost.pence != 0);
    let body = html! {
        (heading("Cost of care per member per month", Some(&format!("twelve months to {}", summary.as_of_day().long()))))
        @if has_money {
            p class="nhsuk-lede-text" {
                "What a month of care costs for each person on a list. Somebody who was on a list for part of the year counts for those days only."
            }
            (lines("By segment", "Segment", "by-segment", &costs.segments, &costs.whole))
            (lines("By practice", "Practice", "by-practice", &costs.practices, &costs.whole))
            (settings("By segment and setting of care", "Segment", "segment-settings", &costs.segments, &costs.whole))
            (settings("By practice and setting of care", "Practice", "practice-settings", &costs.practices, &costs.whole))
            p class="nhsuk-body-s" {
                (shown::NOTE) " Money is hidden where one or two people make up too much of it, and where it would give such a sum away."
            }
            (method())
        } @else {
            (inset_text(&html! { p { "No costs are known here. Ask the person who runs this place for a list of unit costs." } }))
        }
    };
    let above = vec![Crumb::new("Segments and tiers", Section::Segments.href())];
    page(session, "Cost per member per month", Section::Segments, above, body)
}

fn money(pence: Option<Pence>) -> Markup {
    html! { (pence.map_or_else(|| "hidden".to_owned(), |p| p.to_string())) }
}

fn with_limits(all: Option<Pmpm>) -> Markup {
    let limits = all.and_then(|all| all.limits);
    html! {
        @match limits {
            Some((lower, upper)) => span class="nhsuk-u-nowrap" { (lower.to_string()) " to " (upper.to_string()) },
            None => "",
        }
    }
}

fn lines(caption: &str, kind: &str, id: &str, lines: &[Line], whole: &Line) -> Markup {
    let row = |line: &Line| {
        vec![
            html! { (line.name) },
            html! { (shown::count(line.members.value())) },
            html! { (shown::count(line.months)) },
            money(line.all.map(|all| all.value)),
            with_limits(line.all),
        ]
    };
    table(&Table {
        caption,
        size: Some(Size::M),
        columns: vec![
            Column::text(kind),
            Column::number("Members in the year"),
            Column::number("Member months"),
            Column::number("Per member per month"),
            Column::number("95% limits"),
        ],
        rows: lines.iter().chain([whole]).map(row).collect(),
        row_headers: true,
        scroll_id: Some(id),
    })
}

fn settings(caption: &str, kind: &str, id: &str, lines: &[Line], whole: &Line) -> Markup {
    let mut columns = vec![Column::text(kind)];
    columns.extend(SETTINGS.iter().map(|(_, name)| Column::number(*name)));
    columns.push(Column::number("All care"));
    let row = |line: &Line| {
        let mut row = vec![html! { (line.name) }];
        row.extend(line.settings.iter().map(|&pence| money(pence)));
        row.push(money(line.all.map(|all| all.value)));
        row
    };
    table(&Table {
        caption,
        size: Some(Size::M),
        columns,
        rows: lines.iter().chain([whole]).map(row).collect(),
        row_headers: true,
        scroll_id: Some(id),
    })
}

fn method() -> Markup {
    let body = html! {
        p { "A year on a list is 12 member months, and a part of a year the same part of them. Only care begun on a day on a list counts. Figures are exact pence divided by exact member months." }
        p { "The limits take the people of the year as a sample: with other people of the same kind the figure would lie between them 95 times in 100. They are wide where few people have most of the cost." }
        p { "A person stands in the segment of the day of counting. People who died or left within the year are in no segment and have a line of their own." }
    };
    details("How these figures are worked out", &body, DetailsStyle::Expander, false)
}
