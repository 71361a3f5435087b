//! The first page: the place at a glance.

use crate::web::Session;
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use axum::response::Response;
use maud::html;

/// `GET /`
pub async fn show(session: Session) -> Response {
    session.respond(page(&session))
}

fn page(session: &Session) -> Result<Page, PageError> {
    let summary = &session.site.summary;
    let body = html! { h1 { (summary.place) } };
    Ok(Page {
        title: "Overview".to_owned(),
        section: Some(Section::Overview),
        breadcrumbs: Vec::new(),
        path: session.path.clone(),
        body,
    })
}
