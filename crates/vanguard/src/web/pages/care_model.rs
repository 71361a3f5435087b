//! The care model of the place: what its blueprint says.

mod logic;
mod parts;

use super::{heading, page, shown};
use crate::folder::beside;
use crate::web::Session;
use crate::web::components::{Borders, DetailsStyle, SummaryRow, details, summary_list};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::session::internal;
use ::blueprint::Blueprint;
use ::blueprint::model::SizeBound;
use ::blueprint::place::BlueprintRef;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// `GET /care-model`
pub async fn show(session: Session) -> Response {
    session.respond(Ok(model(&session)))
}

/// `GET /care-model.toml`: the whole model as it is in force, each part with where it came from.
pub async fn file(session: Session) -> Response {
    match resolved(&session) {
        Ok(text) => {
            let name = format!("attachment; filename=\"{}.toml\"", session.site.blueprint().id);
            ([(CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)], text)
                .into_response()
        }
        Err(error) => session.respond(Err(error)),
    }
}

fn resolved(session: &Session) -> Result<String, PageError> {
    let folder = &session.site.folder;
    let (shown, findings) = match &folder.place.blueprint {
        BlueprintRef::Builtin(id) => {
            let text = ::blueprint::builtin(id).ok_or_else(|| internal(&format!("there is no built-in model {id}")))?;
            ::blueprint::show(&format!("{id}.toml"), text, &::blueprint::OnlyBuiltin)
        }
        BlueprintRef::File(name) => {
            let path = folder.dir.join(name);
            let text = std::fs::read_to_string(&path).map_err(|error| internal(&error))?;
            ::blueprint::show(name, &text, &beside(&path))
        }
    };
    let why = || findings.first().map_or_else(String::new, ::blueprint::Diagnostic::render);
    shown.ok_or_else(|| internal(&format!("the care model changed on disk and no longer compiles: {}", why())))
}

fn model(session: &Session) -> Page {
    let blueprint = session.site.blueprint();
    let body = html! {
        (heading(&blueprint.name, Some(&format!("The care model of this place ({})", blueprint.id.to_uppercase()))))
        p class="nhsuk-lede-text" { (blueprint.summary) }
        (facts(blueprint))
        p { a href="/care-model.toml" download { "Download the whole model as a file (TOML, a plain text format)" } }
        (logic::drawn(blueprint))
        (parts::building_blocks(blueprint))
        (parts::services(blueprint))
        (parts::teams(blueprint))
        (parts::contract(blueprint))
        (parts::characteristics(blueprint))
        (requirements(blueprint))
    };
    page(session, "Care model", Section::CareModel, Vec::new(), body)
}

fn facts(blueprint: &Blueprint) -> Markup {
    let population = &blueprint.population;
    let mut rows = vec![
        SummaryRow::new("Version", html! { (blueprint.version) }),
        SummaryRow::new(
            "Whom it serves",
            html! { (population.basis) p class="nhsuk-body-s" { code { (population.include_text) } } },
        ),
    ];
    for bound in &population.usual_sizes {
        rows.push(SummaryRow::new("Usual size", size(bound)));
    }
    if let Some(bound) = &population.locality_size {
        rows.push(SummaryRow::new("Usual size of a locality", size(bound)));
    }
    if !blueprint.lineage.is_empty() {
        let names: Vec<Markup> = blueprint.lineage.iter().map(|id| ancestor(id)).collect();
        let list = html! { ul class="nhsuk-list nhsuk-list--bullet" { @for name in names { li { (name) } } } };
        rows.push(SummaryRow::new("Builds on", list));
    }
    summary_list(&rows, Borders::All)
}

/// A model that this one extends or composes: its name, and the identifier its file says.
fn ancestor(id: &str) -> Markup {
    let text = ::blueprint::builtin(id);
    let name = text.and_then(|text| ::blueprint::compile(&format!("{id}.toml"), text, &::blueprint::OnlyBuiltin).0);
    html! {
        @match name {
            Some(model) => { (model.name) " (" code { (id) } ")" },
            // The foundation of the built-in models is no model of its own, so it has no name.
            None if id == "base" => { "What all care models share (" code { (id) } ")" },
            None => code { (id) },
        }
    }
}

fn size(bound: &SizeBound) -> Markup {
    let number = |n: u64| shown::count(Some(n));
    let words = match (bound.from, bound.to) {
        (Some(from), Some(to)) => format!("{} to {} people", number(from), number(to)),
        (Some(from), None) => format!("at least {} people", number(from)),
        (None, Some(to)) => format!("at most {} people", number(to)),
        (None, None) => "any".to_owned(),
    };
    html! { (words) p class="nhsuk-body-s" { (bound.source) } }
}

/// Every row of the requirement table that the model or a part of it answers, each once, in order.
fn answered(blueprint: &Blueprint) -> BTreeSet<&str> {
    let parts = blueprint.services.iter().map(|s| &s.answers);
    let parts = parts.chain(blueprint.measures.iter().map(|m| &m.answers));
    let parts = parts.chain(blueprint.characteristics.iter().map(|c| &c.answers));
    let parts = parts.chain(blueprint.building_blocks.iter().map(|b| &b.answers));
    let parts = parts.chain(blueprint.contract.iter().map(|c| &c.answers));
    parts.chain([&blueprint.answers]).flatten().map(String::as_str).collect()
}

fn requirements(blueprint: &Blueprint) -> Markup {
    let rows = answered(blueprint);
    let body = html! { p { @for (at, row) in rows.iter().enumerate() { @if at > 0 { ", " } (row) } } };
    details(&format!("Rows of the requirement table it answers ({})", rows.len()), &body, DetailsStyle::Expander, false)
}
