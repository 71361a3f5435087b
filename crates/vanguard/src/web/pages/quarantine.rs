//! The rows of a source that could not be loaded: where they are and why. Never a value.

use super::data_quality::{above, address, find};
use super::paging::Paging;
use super::{heading, page};
use crate::web::Session;
use crate::web::components::{Column, Size, Table, inset_text, table};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::session::internal;
use axum::extract::{Path, Query};
use axum::response::Response;
use lake::QuarantineRow;
use maud::{Markup, html};
use serde::Deserialize;

/// Rows on a page.
const PER_PAGE: usize = 50;

/// Which page is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Part {
    #[serde(default)]
    page: String,
}

/// `GET /data-quality/{source}/quarantine`
pub async fn show(session: Session, Path(source): Path<String>, Query(part): Query<Part>) -> Response {
    session.respond(rows(&session, &source, &part))
}

fn rows(session: &Session, id: &str, part: &Part) -> Result<Page, PageError> {
    let (position, source) = find(session, id)?;
    let position = u8::try_from(position).map_err(|error| internal(&error))?;
    let total = session.site.snapshot.manifest().sources[usize::from(position)].quarantined;
    let paging = Paging::of(&part.page, usize::try_from(total).unwrap_or(usize::MAX), PER_PAGE);
    let range = paging.range();
    let found = session
        .site
        .snapshot
        .quarantine(Some(position), range.start as u64, range.len())
        .map_err(|error| internal(&error))?;
    let body = html! {
        (heading("Rows in quarantine", Some(&source.title)))
        @if found.rows.is_empty() {
            (inset_text(&html! { "No row of this source is in quarantine." }))
        } @else {
            p class="nhsuk-lede-text" { "Each row says where it stands in the file and why it was not loaded, so that whoever sent it can put it right. When a corrected file is loaded, the row leaves quarantine." }
            @if let Some(words) = paging.words() { p class="nhsuk-body-s" { (words) } }
            (listed(&found.rows))
            (paging.links(&format!("{}/quarantine?page=", address(source))))
        }
    };
    let title = format!("{}: rows in quarantine", source.title);
    Ok(page(session, &title, Section::DataQuality, above(Some(source)), body))
}

fn listed(rows: &[QuarantineRow]) -> Markup {
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                html! { (row.file) },
                html! { @if row.line == 0 { "the whole file" } @else { (row.line) } },
                html! { @if row.column.is_empty() { "the whole row" } @else { code { (row.column) } } },
                html! { (row.message) },
                html! { @if !row.shape.is_empty() { code { (row.shape) } } },
            ]
        })
        .collect();
    html! {
        (table(&Table {
            caption: "Rows in quarantine, in the order of the files",
            size: Some(Size::M),
            columns: vec![
                Column::text("File"),
                Column::number("Line"),
                Column::text("Column"),
                Column::text("Why"),
                Column::text("Shape of the value"),
            ],
            rows,
            row_headers: false,
            scroll_id: Some("rows"),
        }))
        p class="nhsuk-body-s" { "The shape shows letters as A and digits as 9. The value itself is only in the sender's file." }
    }
}
