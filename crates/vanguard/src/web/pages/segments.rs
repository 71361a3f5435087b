//! Everyone in exactly one segment and one tier.

use super::{heading, page, shown};
use crate::web::Session;
use crate::web::charts::{ChartText, HeatCell, HeatTable, HeatTotals, heat_table};
use crate::web::components::{Borders, Column, DetailsStyle, Size, SummaryRow, Table, details, summary_list, table};
use crate::web::layout::{Page, Section};
use ::population::results::Group;
use axum::response::Response;
use maud::{Markup, html};

/// `GET /segments`
pub async fn show(session: Session) -> Response {
    session.respond(Ok(segments(&session)))
}

fn segments(session: &Session) -> Page {
    let summary = &session.site.summary;
    let body = html! {
        (heading("Segments and tiers", None))
        p class="nhsuk-lede-text" {
            "A segment says what people have in common; a tier says how much care they need. Everyone is in exactly one of each, so the rows and columns add up to the list."
        }
        p { a href="/future" { "How many people each segment will have in five and ten years" } }
        p { a href="/cost" { "What care costs per member per month, by segment, practice and setting" } }
        (grid(session))
        p class="nhsuk-body-s" { (shown::NOTE) }
        (groups("Segments: who they are and what they used in 12 months", "segments", &summary.segments))
        (groups("Tiers: who they are and what they used in 12 months", "tiers", &summary.tiers))
        (rules(session))
    };
    page(session, "Segments and tiers", Section::Segments, Vec::new(), body)
}

fn grid(session: &Session) -> Markup {
    let summary = &session.site.summary;
    let shown = shown::table(&summary.segment_by_tier);
    let rows = summary
        .segments
        .iter()
        .zip(&shown.cells)
        .map(|(segment, cells)| {
            let cells = cells.iter().map(|&people| HeatCell { people, href: None }).collect();
            (segment.name.clone(), cells)
        })
        .collect();
    heat_table(&HeatTable {
        text: ChartText {
            id: "segments-tiers",
            title: "People by segment and tier",
            summary: "Darker cells hold more people.",
            note: None,
        },
        row_kind: "Segment",
        columns: summary.tiers.iter().map(|t| t.name.clone()).collect(),
        rows,
        totals: Some(HeatTotals { rows: shown.row_totals, columns: shown.column_totals, all: shown.total }),
    })
}

fn groups(caption: &str, id: &str, groups: &[Group]) -> Markup {
    let counts: Vec<u64> = groups.iter().map(|g| g.people).collect();
    let people = shown::list(&counts).cells;
    let costs = shown::costs_per_head(groups.iter().map(|g| (&g.activity, g.people)));
    let rows = groups
        .iter()
        .zip(people.into_iter().zip(costs))
        .map(|(group, (people, cost))| {
            let rate = |events: u64| shown::decimal(people.and_then(|_| shown::rate(events, group.people, 1000.0)));
            let age = people.filter(|_| group.people > 0).map(|_| group.age_sum as f64 / group.people as f64);
            let cost = people.and(cost);
            vec![
                html! { (group.name) },
                html! { (shown::count(people)) },
                html! { (shown::decimal(age)) },
                html! { (rate(group.activity.emergency_admissions)) },
                html! { (rate(group.activity.attendances)) },
                html! { (rate(group.activity.bed_days)) },
                html! { (rate(group.activity.contacts)) },
                html! { (shown::pounds(cost)) },
            ]
        })
        .collect();
    table(&Table {
        caption,
        size: Some(Size::M),
        columns: vec![
            Column::text("Name"),
            Column::number("People"),
            Column::number("Mean age"),
            Column::number("Emergency admissions per 1,000"),
            Column::number("Emergency department attendances per 1,000"),
            Column::number("Hospital bed days per 1,000"),
            Column::number("Community and mental health contacts per 1,000"),
            Column::number("Cost a head"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some(id),
    })
}

fn rules(session: &Session) -> Markup {
    let blueprint = session.site.blueprint();
    let row = |name: &str, description: &str, rule: &str| {
        SummaryRow::new(
            name,
            html! {
                (description)
                @if rule.is_empty() {
                    p class="nhsuk-body-s" { "Everyone who is in none of those above." }
                } @else {
                    p class="nhsuk-body-s" { code { (rule) } }
                }
            },
        )
    };
    let segments: Vec<SummaryRow> =
        blueprint.segments.iter().map(|s| row(&s.name, &s.description, &s.rule_text)).collect();
    let tiers: Vec<SummaryRow> = blueprint.tiers.iter().map(|t| row(&t.name, &t.description, &t.rule_text)).collect();
    let body = html! {
        p { "The first rule that holds decides. The rules are those of the care model, as its file says them." }
        h3 { "Segments" }
        (summary_list(&segments, Borders::All))
        h3 { "Tiers" }
        (summary_list(&tiers, Borders::All))
    };
    details("How people are put in a segment and a tier", &body, DetailsStyle::Expander, false)
}
