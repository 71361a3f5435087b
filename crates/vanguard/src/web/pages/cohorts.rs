//! Cohorts: named groups of people, built condition by condition. Figures pass disclosure control, whoever reads; a list of
//! people leaves only for a reason that the audit keeps.

mod build;
mod checkboxes;
mod compare;
mod condition;
mod definition;
mod export;
mod figures;
mod saved;
mod state;
mod write;

use super::{heading, page};
use crate::web::cohort_room::NoAnswer;
use crate::web::components::{
    ButtonSize, ButtonVariant, Choice, Column, Crumb, Label, Notice, Select, Size, Table, TagColour, button,
    button_link, inset_text, notification_banner, select, table, tag,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::session::internal;
use crate::web::{Session, Site};
use axum::Router;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use population::cohort::{Figure, Whom};
use state::{Given, Pairs, State};
use std::sync::Arc;
use store::SavedCohort;

/// The addresses of these pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/cohorts", get(index))
        .route("/cohorts/build", get(build::show))
        .route("/cohorts/condition", get(condition::show))
        .route("/cohorts/compare", get(compare::show))
        .route("/cohorts/profile.csv", get(export::profile_of_draft))
        .route("/cohorts/save", post(write::save))
        .route("/cohorts/{id}", get(saved::show))
        .route("/cohorts/{id}/rename", post(write::rename))
        .route("/cohorts/{id}/duplicate", post(write::duplicate))
        .route("/cohorts/{id}/delete", post(write::delete))
        .route("/cohorts/{id}/restore", post(write::restore))
        .route("/cohorts/{id}/profile.csv", get(export::profile_of_saved))
        .route("/cohorts/{id}/people.csv", post(export::people))
}

/// `GET /cohorts`
async fn index(session: Session, found: Result<Query<Pairs>, QueryRejection>) -> Response {
    let result = match state::query(found) {
        Ok(given) => list(&session, &given).await,
        Err(error) => Err(error),
    };
    session.respond(result)
}

async fn list(session: &Session, given: &Given) -> Result<Page, PageError> {
    let cohorts = session.site.store.cohorts().await.map_err(|e| internal(&e))?;
    let deleted = match given.get("deleted").parse() {
        Ok(id) => session.site.store.cohort(id).await.map_err(|e| internal(&e))?.filter(|c| c.deleted.is_some()),
        Err(_) => None,
    };
    let may_build = may_build(session).is_ok();
    let rows = cohorts.iter().map(|cohort| row(session, cohort)).collect::<Result<Vec<_>, PageError>>()?;
    let body = html! {
        @if let Some(cohort) = deleted.as_ref().filter(|_| may_build) { (undo(cohort)) }
        (heading("Cohorts", None))
        p class="nhsuk-lede-text" { "A cohort is a group of people who meet conditions you choose: an age, a place, a need, the care they used. Save it, and it is counted anew on every load of data." }
        @if may_build { (button_link("Build a cohort", "/cohorts/build", ButtonVariant::Primary, ButtonSize::Normal)) }
        @if cohorts.is_empty() {
            (inset_text(&html! {
                @if may_build { "Nobody has saved a cohort yet. Build one and give it a name; it then appears here." }
                @else { "Nobody has saved a cohort yet. Ask an analyst of your place to build one." }
            }))
        } @else {
            (table(&Table {
                caption: "Saved cohorts",
                size: Some(Size::M),
                columns: vec![Column::text("Name"), Column::number("People"), Column::text("Saved by"), Column::text("Last changed")],
                rows,
                row_headers: true,
                scroll_id: Some("cohorts"),
            }))
            p class="nhsuk-body-s" { (NOTE) }
            @if cohorts.len() > 1 { (compare_form(&cohorts, "", "")) }
        }
    };
    Ok(page(session, "Cohorts", Section::Cohorts, Vec::new(), body))
}

fn row(session: &Session, cohort: &SavedCohort) -> Result<Vec<Markup>, PageError> {
    let people = match count(session, &cohort.text)? {
        Some(figure) => html! { (figure) },
        None => tag("Needs attention", TagColour::Red),
    };
    Ok(vec![
        html! { a href=(format!("/cohorts/{}", cohort.id)) { (cohort.text.name) } },
        people,
        html! { (cohort.owner) },
        html! { (cohort.changed) },
    ])
}

/// The count of a saved cohort on the live snapshot; `None` where its rule no longer compiles.
fn count(session: &Session, text: &store::CohortText) -> Result<Option<Figure>, PageError> {
    let settled = session.site.cohorts.settle(session.site.blueprint(), Whom::from_name(&text.whom), &text.rule);
    match settled {
        Ok(settled) => Ok(Some(settled.figure)),
        Err(NoAnswer::Rule(_)) => Ok(None),
        Err(NoAnswer::Results(error)) => Err(error.into()),
    }
}

fn undo(cohort: &SavedCohort) -> Markup {
    html! {
        (notification_banner(Notice::Success, &html! { "The cohort “" (cohort.text.name) "” has been deleted." }))
        form method="post" action=(format!("/cohorts/{}/restore", cohort.id)) {
            (button("Undo: bring it back", ButtonVariant::Secondary, ButtonSize::Small))
        }
    }
}

/// The form that chooses two cohorts.
fn compare_form(cohorts: &[SavedCohort], first: &str, second: &str) -> Markup {
    let ids: Vec<String> = cohorts.iter().map(|c| c.id.to_string()).collect();
    let choices = || ids.iter().zip(cohorts).map(|(id, c)| Choice::new(id, &c.text.name)).collect::<Vec<_>>();
    let ask = |id, label, chosen| {
        select(&Select {
            id,
            name: id,
            label: Label::plain(label),
            hint: None,
            error: None,
            choices: choices(),
            chosen: Some(chosen),
        })
    };
    let other = ids.get(1).map_or("", String::as_str);
    html! {
        h2 { "Compare two cohorts" }
        form method="get" action="/cohorts/compare" {
            (ask("a", "First cohort", first))
            (ask("b", "Second cohort", if second.is_empty() { other } else { second }))
            (button("Compare", ButtonVariant::Secondary, ButtonSize::Normal))
        }
    }
}

/// Building, saving and deleting is the work of those who plan and evaluate.
fn may_build(session: &Session) -> Result<(), PageError> {
    if session.access.role().gives_direct_care() {
        return Err(PageError::Forbidden {
            what: "the tools that build cohorts".to_owned(),
            roles: vec!["analysts".to_owned(), "site leads".to_owned(), "evaluators".to_owned()],
        });
    }
    Ok(())
}

/// The steps above a page of a cohort.
fn above() -> Vec<Crumb> {
    vec![Crumb::new("Cohorts", Section::Cohorts.href())]
}

/// The cohort of an address, deleted or not.
async fn find(session: &Session, id: &str) -> Result<SavedCohort, PageError> {
    let missing = || PageError::NotFound { what: Some("that cohort".to_owned()) };
    let id = id.parse().map_err(|_| missing())?;
    session.site.store.cohort(id).await.map_err(|e| internal(&e))?.ok_or_else(missing)
}

/// The definition of a saved cohort, to be changed.
fn state_of(cohort: &SavedCohort) -> State {
    let text = &cohort.text;
    State { rule: text.rule.clone(), whom: Whom::from_name(&text.whom), saved: Some((cohort.id, cohort.version)) }
}

/// How figures of cohorts are protected.
const NOTE: &str = "Counts are rounded to the nearest 5, and fewer than 8 people are never counted out. A cohort that differs by fewer than 8 people from one already shown gets the figures of that one, so that asking twice tells of nobody.";
