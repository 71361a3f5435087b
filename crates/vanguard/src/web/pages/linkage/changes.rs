//! References of people that were joined or parted between loads.

use super::super::{heading, page, shown};
use super::above;
use crate::web::Session;
use crate::web::components::{Column, Size, Table, inset_text, table};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::session::internal;
use axum::response::Response;
use intake::{LinkChange, Quality};
use lake::{Snapshot, SnapshotId};
use maud::{Markup, html};

/// Loads shown at most, latest first.
const LOADS: usize = 12;

/// `GET /linkage/changes`
pub async fn show(session: Session) -> Response {
    session.respond(log(&session))
}

fn log(session: &Session) -> Result<Page, PageError> {
    let lake = session.site.folder.lake_dir();
    let mut ids = Snapshot::list(&lake).map_err(|error| internal(&error))?;
    ids.reverse();
    ids.truncate(LOADS);
    let loads: Vec<(SnapshotId, Quality)> =
        ids.into_iter().filter_map(|id| Some((id.clone(), quality(session, &id)?))).collect();
    let body = html! {
        (heading("References joined and parted", Some("From load to load")))
        p class="nhsuk-lede-text" {
            "A person keeps their reference from load to load. Where two references turn out to be one person, the older stays and the other ends. Where one turns out to be two people, the part with most of the records keeps it and the other begins."
        }
        (summary(&loads))
        @for (id, quality) in &loads { (changes(session, id, quality)) }
        p class="nhsuk-body-s" { (shown::NOTE) " References are listed for those who may open a person's record." }
    };
    Ok(page(session, "References joined and parted", Section::Linkage, above(false), body))
}

/// The quality report of a load; a snapshot that cannot be read any more is left out.
fn quality(session: &Session, id: &SnapshotId) -> Option<Quality> {
    if session.site.snapshot.manifest().id == *id {
        return Some(session.site.quality.clone());
    }
    let snapshot = Snapshot::open_id(&session.site.folder.lake_dir(), id).ok()?;
    serde_json::from_str(&snapshot.quality().ok()?).ok()
}

fn summary(loads: &[(SnapshotId, Quality)]) -> Markup {
    let people = |n: u64| html! { (shown::count(shown::alone(n))) };
    let rows = loads
        .iter()
        .map(|(id, quality)| {
            let linkage = &quality.linkage;
            vec![
                html! { (id) },
                people(linkage.people),
                people(linkage.kept),
                people(linkage.new),
                people(linkage.merge_count),
                people(linkage.split_count),
            ]
        })
        .collect();
    table(&Table {
        caption: "Loads, latest first",
        size: Some(Size::M),
        columns: vec![
            Column::text("Load"),
            Column::number("People"),
            Column::number("Kept their reference"),
            Column::number("New"),
            Column::number("Joined to another"),
            Column::number("Parted from another"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some("loads"),
    })
}

fn changes(session: &Session, id: &SnapshotId, quality: &Quality) -> Markup {
    let linkage = &quality.linkage;
    if session.access.may_see_names().is_err() && session.access.may_review_linkage().is_err() {
        return html! {};
    }
    let rows: Vec<Vec<Markup>> = linkage
        .merges
        .iter()
        .map(|change| row(session, "Joined", change))
        .chain(linkage.splits.iter().map(|change| row(session, "Parted", change)))
        .collect();
    if rows.is_empty() {
        return html! {};
    }
    let all = linkage.merge_count + linkage.split_count;
    let listed = rows.len() as u64;
    let scroll = format!("changes-{id}");
    let caption = format!("Load {id}");
    html! {
        (table(&Table {
            caption: &caption,
            size: Some(Size::M),
            columns: vec![
                Column::text("What happened"),
                Column::text("Reference that stays"),
                Column::text("The other reference"),
            ],
            rows,
            row_headers: false,
            scroll_id: Some(&scroll),
        }))
        @if all > listed { (inset_text(&html! { "The first " (listed) " of " (all) " changes are listed." })) }
    }
}

fn row(session: &Session, what: &str, change: &LinkChange) -> Vec<Markup> {
    let reference = |id: u64| {
        // Only those who may open records get the way there.
        let links = session.access.may_see_names().is_ok() && session.site.care().position(id).is_some();
        html! { @if links { a href=(format!("/person/{id}")) { (id) } } @else { (id) } }
    };
    let after = if what == "Joined" { "ended" } else { "began" };
    vec![html! { (what) }, reference(change.kept), html! { (reference(change.other)) " (" (after) ")" }]
}
