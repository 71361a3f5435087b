//! Weighted need: which practices and localities have more need than their numbers say.

use super::{heading, page, shown};
use crate::web::Session;
use crate::web::components::{Column, Crumb, DetailsStyle, Size, Table, details, inset_text, table};
use crate::web::layout::{Page, Section};
use ::population::need::{Line, Need, shown as need_shown};
use axum::response::Response;
use blueprint::model::NeedPlan;
use maud::{Markup, html};

/// `GET /need`
pub async fn show(session: Session) -> Response {
    session.respond(Ok(need(&session)))
}

fn need(session: &Session) -> Page {
    let found = session.site.blueprint().need.as_ref().zip(need_shown(&session.site.summary));
    let body = html! {
        (heading("Weighted need", Some(&session.site.summary.place)))
        @match &found {
            Some((plan, need)) => (tables(plan, need)),
            None => (inset_text(&html! { p { "This care model gives no weights of need. A site lead can name a table of weights in its file." } })),
        }
    };
    let above = vec![Crumb::new("Localities", Section::Localities.href())];
    page(session, "Weighted need", Section::Localities, above, body)
}

fn tables(plan: &NeedPlan, need: &Need) -> Markup {
    html! {
        p class="nhsuk-lede-text" {
            "People do not all need the same amount of care. Here each person counts by a weight, and the weights are scaled so that they add up to the people of the place. A share of money by need is the share of weighted people."
        }
        p { "Weights: " (plan.name) "." }
        (lines("Localities by need", "Locality", "localities", &need.localities))
        (lines("Practices by need", "Practice", "practices", &need.practices))
        p class="nhsuk-body-s" { (shown::NOTE) }
        (method(need))
    }
}

fn lines(caption: &str, kind: &str, id: &str, lines: &[Line]) -> Markup {
    let figure = |text: Option<String>| text.unwrap_or_else(|| "hidden".to_owned());
    let row = |line: &Line| {
        vec![
            html! { (line.name) },
            html! { (shown::count(line.people.value())) },
            html! { (shown::count(line.weighted)) },
            html! { (figure(line.share.map(|share| format!("{:.1} %", share * 100.0)))) },
            html! { (figure(line.index.map(|index| format!("{index:.3}")))) },
        ]
    };
    table(&Table {
        caption,
        size: Some(Size::M),
        columns: vec![
            Column::text(kind),
            Column::number("People"),
            Column::number("Weighted people"),
            Column::number("Share of need"),
            Column::number("Need against the average of 1"),
        ],
        rows: lines.iter().map(row).collect(),
        row_headers: true,
        scroll_id: Some(id),
    })
}

fn method(need: &Need) -> Markup {
    let body = html! {
        p { "A person's weight is the sum of what age, sex and conditions add, times what the place of living multiplies by, as the table of the care model says." }
        p { "Weighted people are the sum of weights, times all people, divided by the sum of all weights. They add up to the people of the place, so that they say how need is spread, not how large it is." }
        p { (shown::count(need.unknown.value())) " people have no known age or sex that the table weighs; they count as the average." }
    };
    details("How these figures are worked out", &body, DetailsStyle::Expander, false)
}
