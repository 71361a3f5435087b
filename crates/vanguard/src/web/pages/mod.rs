//! One file per page. A handler takes the session, makes a page or says why not, and is about ten lines long.

mod care_model;
mod caseloads;
mod cohorts;
mod cost;
mod data_quality;
mod evaluation;
mod future;
mod linkage;
mod localities;
mod measures;
mod need;
mod overview;
mod paging;
mod person;
mod population;
mod quarantine;
mod risk;
mod search;
mod segments;
mod shown;

pub use linkage::labels_csv;

use super::components::Crumb;
use super::layout::{Page, Section};
use super::{Session, Site};
use axum::Router;
use axum::routing::{get, post};
use maud::{Markup, html};
use std::sync::Arc;

/// The addresses of all pages.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/", get(overview::show))
        .route("/population", get(population::show))
        .route("/segments", get(segments::show))
        .route("/risk", get(risk::index))
        .route("/future", get(future::index))
        .route("/future/{segment}", get(future::show))
        .route("/cost", get(cost::show))
        .route("/localities", get(localities::show))
        .route("/need", get(need::show))
        .route("/measures", get(measures::index))
        .route("/measures/{id}", get(measures::show))
        .route("/evaluation", get(evaluation::index))
        .route("/evaluation/{id}", get(evaluation::show))
        .route("/caseloads", get(caseloads::index))
        .route("/caseloads/{service}/{team}", get(caseloads::show))
        .route("/caseloads/{service}/{team}/caseload.csv", post(caseloads::export))
        .route("/person/{id}", get(person::show))
        .route("/search", get(search::show))
        .route("/data-quality", get(data_quality::index))
        .route("/data-quality/{source}", get(data_quality::show))
        .route("/data-quality/{source}/quarantine", get(quarantine::show))
        .route("/linkage", get(linkage::index))
        .route("/linkage/changes", get(linkage::changes))
        .route("/linkage/review", get(linkage::queue))
        .route("/linkage/review/reviewers", post(linkage::reviewers))
        .route("/linkage/review/results", get(linkage::bands))
        .route("/linkage/review/labels.csv", post(linkage::labels))
        .route("/linkage/review/records.csv", post(linkage::records))
        .route("/linkage/review/{pair}", get(linkage::pair).post(linkage::decide))
        .route("/linkage/review/{pair}/undo", post(linkage::undo))
        .merge(cohorts::routes())
        .route("/care-model", get(care_model::show))
        .route("/care-model.toml", get(care_model::file))
}

/// A page of a section. Breadcrumbs begin at the overview.
fn page(session: &Session, title: &str, section: Section, mut above: Vec<Crumb>, body: Markup) -> Page {
    if section != Section::Overview || !above.is_empty() {
        above.insert(0, Crumb::new("Overview", "/"));
    }
    Page { title: title.to_owned(), section: Some(section), breadcrumbs: above, path: session.path.clone(), body }
}

/// The page's heading, with a line below it.
fn heading(title: &str, below: Option<&str>) -> Markup {
    html! {
        h1 {
            (title)
            @if let Some(below) = below {
                " " span class="nhsuk-caption-l nhsuk-caption--bottom" { span class="nhsuk-u-visually-hidden" { "– " } (below) }
            }
        }
    }
}
