//! What came in, what was wrong with it, and how it was joined to people.

mod source;

use super::{heading, page, shown};
use crate::web::Session;
use crate::web::charts::count;
use crate::web::components::{
    Borders, Column, Crumb, DetailsStyle, Size, SummaryRow, Table, TagColour, details, inset_text, summary_list, table,
    tag,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use axum::response::Response;
use intake::{Change, SourceQuality};
use maud::{Markup, html};
use nhs::Day;

pub use source::show;

/// `GET /data-quality`
pub async fn index(session: Session) -> Response {
    session.respond(Ok(quality(&session)))
}

fn quality(session: &Session) -> Page {
    let quality = &session.site.quality;
    let body = html! {
        (heading("Data quality", None))
        p class="nhsuk-lede-text" {
            "Every row that partners sent is either loaded, in quarantine with the reason, or an exact copy of another row. Nothing is dropped in silence."
        }
        (totals(session))
        @if quality.sources.is_empty() {
            (inset_text(&html! { "No source has been loaded yet. Put extracts in the folder of the place and run it." }))
        } @else {
            (sources(session))
        }
        (reconciliation(session))
        (linkage(session))
        p class="nhsuk-body-s" { (shown::NOTE) " This is about counts of people; rows are counted as they are." }
    };
    page(session, "Data quality", Section::DataQuality, Vec::new(), body)
}

fn totals(session: &Session) -> Markup {
    let quality = &session.site.quality;
    let figure = |value: u64, label: &str| {
        html! { li { span class="vg-figures__value" { (count(value)) } span class="vg-figures__label" { (label) } } }
    };
    html! {
        ul class="vg-figures" {
            (figure(quality.rows_read, "rows read"))
            (figure(quality.rows_loaded, "loaded"))
            (figure(quality.rows_quarantined, "in quarantine"))
            (figure(quality.rows_duplicate, "exact copies, left out"))
        }
    }
}

fn sources(session: &Session) -> Markup {
    let rows = session
        .site
        .quality
        .sources
        .iter()
        .map(|source| {
            vec![
                html! { a href=(address(source)) { (source.title) } },
                html! { (count(source.rows_read)) },
                html! { (count(source.rows_loaded)) },
                html! { (count(source.rows_quarantined)) },
                html! { (count(source.rows_duplicate)) },
                html! { (day(source.latest.as_deref())) },
                html! { (change(source.change.as_ref())) },
            ]
        })
        .collect();
    table(&Table {
        caption: "Sources",
        size: Some(Size::M),
        columns: vec![
            Column::text("Source"),
            Column::number("Rows read"),
            Column::number("Loaded"),
            Column::number("In quarantine"),
            Column::number("Exact copies"),
            Column::text("Latest entry"),
            Column::text("Rows against the last load"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some("sources"),
    })
}

/// The address of a source's page.
pub fn address(source: &SourceQuality) -> String {
    format!("/data-quality/{}", source.id)
}

/// The steps above the pages of a source.
pub fn above(below: Option<&SourceQuality>) -> Vec<Crumb> {
    let mut above = vec![Crumb::new("Data quality", Section::DataQuality.href())];
    above.extend(below.map(|source| Crumb::new(&source.title, address(source))));
    above
}

/// The source of that name with its position in the manifest.
pub fn find<'a>(session: &'a Session, id: &str) -> Result<(usize, &'a SourceQuality), PageError> {
    let missing = || PageError::NotFound { what: Some("a source with that name".to_owned()) };
    let position = session.site.snapshot.manifest().sources.iter().position(|s| s.id == id).ok_or_else(missing)?;
    let source = session.site.quality.sources.iter().find(|s| s.id == id).ok_or_else(missing)?;
    Ok((position, source))
}

/// A day as people read it.
fn day(iso: Option<&str>) -> String {
    iso.map_or_else(|| "none".to_owned(), |iso| Day::parse_iso(iso).map_or_else(|_| iso.to_owned(), Day::long))
}

/// The change of a source against its last load, with a warning where it is large.
fn change(change: Option<&Change>) -> Markup {
    let Some(change) = change else { return html! { "first load" } };
    html! {
        (percent(change.tenths_of_percent))
        @if change.warn { " " (tag("Check this", TagColour::Orange)) }
    }
}

/// Tenths of a percent with their sign: `+12.5 %`.
fn percent(tenths: i64) -> String {
    let sign = match tenths {
        ..=-1 => "-",
        0 => "",
        1.. => "+",
    };
    format!("{sign}{}.{} %", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10)
}

/// A share of rows in percent with one decimal; `none` where there are no rows.
fn share(part: u64, all: u64) -> String {
    if all == 0 { "none".to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / all as f64) }
}

fn reconciliation(session: &Session) -> Markup {
    let quality = &session.site.quality;
    let lists = &quality.reconciliation;
    let people = |n: u64| html! { (shown::count(shown::alone(n))) };
    let title = |id: &str| {
        quality
            .sources
            .iter()
            .find(|source| source.id == id)
            .map_or_else(|| id.to_owned(), |source| source.title.clone())
    };
    let registers: Vec<String> = lists.person_lists.iter().map(|id| title(id)).collect();
    let rows = [
        SummaryRow::new(
            "The list of registered people",
            html! { @if registers.is_empty() { "none was sent" } @else { (registers.join(", ")) } },
        ),
        SummaryRow::new("In every source", people(lists.in_all)),
        SummaryRow::new("On the list and in no other source", people(lists.list_only)),
        SummaryRow::new("In another source but not on the list", people(lists.not_on_list)),
    ];
    let by_source = quality
        .sources
        .iter()
        .filter(|source| source.people > 0)
        .map(|source| {
            let absent = lists.not_on_list_by_source.get(&source.id).copied().unwrap_or(0);
            let only = lists.one_source_only.get(&source.id).copied().unwrap_or(0);
            // People on the list and not on it add up to the people of the source, so they are protected together.
            let split = shown::list(&[source.people.saturating_sub(absent), absent]);
            vec![
                html! { (source.title) },
                html! { (shown::count(split.total)) },
                html! { (shown::count(split.cells[1])) },
                html! { (shown::count(shown::alone(only))) },
            ]
        })
        .collect();
    html! {
        h2 { "Who is in which list" }
        (summary_list(&rows, Borders::All))
        (table(&Table {
            caption: "People by source",
            size: Some(Size::M),
            columns: vec![
                Column::text("Source"),
                Column::number("People"),
                Column::number("Of these, not on the list"),
                Column::number("In this source only"),
            ],
            rows: by_source,
            row_headers: true,
            scroll_id: Some("people-by-source"),
        }))
    }
}

fn linkage(session: &Session) -> Markup {
    let linkage = &session.site.quality.linkage;
    let people = |n: u64| html! { (shown::count(shown::alone(n))) };
    let rows = [
        SummaryRow::new("Different identities in all sources", people(linkage.identities)),
        SummaryRow::new("People they belong to", people(linkage.people)),
        SummaryRow::new("People with a valid NHS number", people(linkage.with_nhs_number)),
        SummaryRow::new("Identities joined by NHS number", people(linkage.by_nhs_number)),
        SummaryRow::new("Identities joined by a source's own number", people(linkage.by_local_id)),
        SummaryRow::new("Identities joined by name, birth and address", people(linkage.by_comparison)),
        SummaryRow::new("People known from the last load", people(linkage.kept)),
        SummaryRow::new("New people", people(linkage.new)),
        SummaryRow::new("Two records turned out to be one person", people(linkage.merge_count)),
        SummaryRow::new("One record turned out to be two people", people(linkage.split_count)),
    ];
    let how = html! {
        p { "An identity is one combination of NHS number, name, date of birth and address as a source writes it. Identities with the same valid NHS number are one person. The others are compared by name, date of birth and address, and joined where a chance likeness is very unlikely." }
        p { "People keep their reference from load to load. Where two records turn out to be one person, the older reference stays." }
    };
    html! {
        h2 { "How records were joined to people" }
        (summary_list(&rows, Borders::All))
        (details("How this is done", &how, DetailsStyle::Plain, false))
        p { a href=(Section::Linkage.href()) { "How sure the links are, and who is missed" } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_as_people_read_them() {
        assert_eq!(percent(125), "+12.5 %");
        assert_eq!(percent(-4), "-0.4 %");
        assert_eq!(percent(0), "0.0 %");
        assert_eq!(share(1, 0), "none");
        assert_eq!(share(1, 8), "12.5 %");
        assert_eq!(day(Some("2015-03-09")), "9 March 2015");
        assert_eq!(day(Some("soon")), "soon");
        assert_eq!(day(None), "none");
    }
}
