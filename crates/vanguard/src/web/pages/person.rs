//! One person's record across all sources, and who has looked at it.

mod history;
mod looks;
mod needs;

use super::{caseloads, page};
use crate::web::Session;
use crate::web::components::{Borders, Column, Crumb, Size, SummaryRow, Table, TagColour, summary_list, table, tag};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use axum::extract::{Path, Query};
use axum::response::Response;
use care::Record;
use maud::{Markup, html};
use nhs::{EventKind, Sex};
use serde::Deserialize;

/// Which part of the history is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Part {
    /// The kind of event, by its stable name; empty for all.
    #[serde(default)]
    kind: String,
    #[serde(default)]
    page: String,
}

/// `GET /person/{id}`
pub async fn show(session: Session, Path(id): Path<String>, Query(part): Query<Part>) -> Response {
    let result = person(&session, &id, &part).await;
    session.respond(result)
}

async fn person(session: &Session, id: &str, part: &Part) -> Result<Page, PageError> {
    let missing = || PageError::NotFound { what: Some("a person with that reference".to_owned()) };
    let id: u64 = id.parse().map_err(|_| missing())?;
    let record = session.site.care().record(&session.access, id, session.now()?).await?;
    let kind = EventKind::from_name(&part.kind);
    let name = care::named::name(&record.identity);
    let body = html! {
        // The name alone: it is what is read out, searched for and said to the person.
        h1 { (name) }
        (state(&record))
        div class="nhsuk-grid-row" {
            div class="nhsuk-grid-column-one-half" {
                h2 class="nhsuk-heading-m" { "Who this is" }
                (who(session, &record))
                (needs::groups(session, &record))
            }
            div class="nhsuk-grid-column-one-half" { (needs::reasons(session, &record)) }
        }
        h2 { "Teams" }
        (on_caseloads(session, &record))
        (history::timeline(session, &record))
        (history::events(session, &record, kind, &part.page))
        (needs::everything(session, &record))
        (lists(session, &record))
        (looks::table_of(&record))
    };
    let above = vec![Crumb::new("Caseloads", Section::Caseloads.href())];
    Ok(page(session, &name, Section::Caseloads, above, body))
}

/// What must not be missed: that the person has died, or is on no list here.
fn state(record: &Record) -> Markup {
    let person = &record.person;
    html! {
        @if let Some(day) = person.death {
            p { (tag("Died", TagColour::Grey)) " on " strong { (day.long()) } ". Do not contact this person." }
        } @else if person.practice.is_none() {
            p { (tag("On no list", TagColour::Orange)) " This person is not registered with a practice of this place." }
        }
    }
}

fn who(session: &Session, record: &Record) -> Markup {
    let (person, identity, summary) = (&record.person, &record.identity, &session.site.summary);
    let code = person.practice.map(|code| code.to_string());
    let practice = summary.practices.iter().find(|p| Some(&p.code) == code.as_ref());
    let locality = session.site.people.locality.get(record.number as usize).copied().unwrap_or(population::NOWHERE);
    let locality = summary.localities.get(usize::from(locality)).map_or("not known", |l| l.name.as_str());
    let last_day = person.death.unwrap_or_else(|| summary.as_of_day());
    let address = [identity.address.as_str(), identity.postcode.as_str()];
    let address: Vec<&str> = address.into_iter().filter(|line| !line.is_empty()).collect();
    let mut rows = vec![
        SummaryRow::new(
            "NHS number",
            html! { @match identity.nhs_number { Some(number) => (number), None => "not known" } },
        ),
        SummaryRow::new(
            "Date of birth",
            html! { @match person.birth { Some(day) => (day.long()), None => "not known" } },
        ),
    ];
    if let Some(birth) = person.birth.filter(|birth| *birth <= last_day) {
        let age = if person.death.is_some() { "Age at death" } else { "Age" };
        rows.push(SummaryRow::new(age, html! { (last_day.age_since(birth)) }));
    }
    rows.push(SummaryRow::new("Sex", html! { (sex(person.sex)) }));
    rows.push(SummaryRow::new(
        "Address",
        html! { @if address.is_empty() { "not known" } @else { (address.join(", ")) } },
    ));
    if let Some(home) = person.care_home {
        rows.push(SummaryRow::new("Lives in a care home", html! { (organisation(session, home.as_str())) }));
    }
    rows.push(SummaryRow::new(
        "Practice",
        html! {
            @match (practice, &code) {
                (Some(practice), Some(code)) if practice.name != *code => { (practice.name) " (" (code) ")" },
                (_, Some(code)) => (code),
                (_, None) => "none",
            }
        },
    ));
    rows.push(SummaryRow::new("Locality", html! { (locality) }));
    summary_list(&rows, Borders::All)
}

const fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "Female",
        Sex::Male => "Male",
        Sex::Indeterminate => "Indeterminate",
        Sex::Unknown => "Not known",
    }
}

/// An organisation's name where a source gave it, else its code.
fn organisation(session: &Session, code: &str) -> String {
    let dictionary = session.site.snapshot.dictionary();
    let number = dictionary.find(nhs::CodeSystem::None, code);
    match number.and_then(|number| dictionary.get(number)) {
        Some(row) if !row.name.is_empty() => row.name.clone(),
        _ => code.to_owned(),
    }
}

fn on_caseloads(session: &Session, record: &Record) -> Markup {
    let (site, found) = (&session.site, session.site.caseloads.of_person(record.number));
    let rows: Vec<Vec<Markup>> = found
        .into_iter()
        .map(|(list, rank, has_place)| {
            let service = site.blueprint().services.get(list.service).map_or("", |service| service.name.as_str());
            let may = site.care().may_see_caseload(&session.access, list.cover).is_ok();
            let reasons = list.reasons(site.blueprint(), &site.people, record.number).join(", ");
            vec![
                html! { @if may { a href=(caseloads::address(session, list)) { (service) } } @else { (service) } },
                html! { (list.team_name) },
                html! { (rank) " of " (list.ranked.len()) },
                if has_place {
                    tag("On the caseload", TagColour::Green)
                } else {
                    tag("Waiting for a place", TagColour::Yellow)
                },
                html! { (reasons) },
            ]
        })
        .collect();
    html! {
        @if rows.is_empty() {
            p { "No team has this person on its list: no rule of a service holds for them today." }
        } @else {
            (table(&Table {
                caption: "Caseloads this person is on",
                size: Some(Size::M),
                columns: vec![
                    Column::text("Service"),
                    Column::text("Team"),
                    Column::text("Rank"),
                    Column::text("Place"),
                    Column::text("Why"),
                ],
                rows,
                row_headers: true,
                scroll_id: Some("caseloads"),
            }))
        }
    }
}

/// Which sources know the person. Each has one bit.
fn lists(session: &Session, record: &Record) -> Markup {
    let sources = &session.site.snapshot.manifest().sources;
    let holds = |position: usize| record.person.lists.checked_shr(position as u32).is_some_and(|bits| bits & 1 == 1);
    let names: Vec<&str> =
        sources.iter().enumerate().filter(|(position, _)| holds(*position)).map(|(_, s)| s.name.as_str()).collect();
    html! {
        h2 class="nhsuk-heading-m" { "Which lists hold this person" }
        @if names.is_empty() { p { "No list does." } } @else {
            p { (names.len()) " of " (sources.len()) " sources:" }
            ul class="nhsuk-list nhsuk-list--bullet" { @for name in names { li { (name) } } }
        }
    }
}
