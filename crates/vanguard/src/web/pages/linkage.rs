//! How records became people: which source brought how many, how sure that is, and who is missed. Aggregates only, after
//! disclosure control.

mod bands;
mod changes;
mod compare;
mod decide;
mod export;
mod graph;
mod groups;
mod pair;
mod queue;
mod weights;
mod words;

use super::{heading, page, shown};
use crate::web::Session;
use crate::web::charts::count;
use crate::web::components::{Column, Crumb, DetailsStyle, Size, Table, action_link, details, inset_text, table};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use axum::extract::Query;
use axum::response::Response;
use intake::review::LinkageReport;
use maud::{Markup, html};
use serde::Deserialize;

pub use bands::show as bands;
pub use changes::show as changes;
pub use decide::{decide, reviewers, undo};
pub use export::{labels, labels_csv, records};
pub use pair::show as pair;
pub use queue::show as queue;

/// Which source the groups are shown for; empty for all.
#[derive(Debug, Default, Deserialize)]
pub struct Part {
    #[serde(default)]
    source: String,
}

/// `GET /linkage`
pub async fn index(session: Session, Query(part): Query<Part>) -> Response {
    session.respond(Ok(overview(&session, &part)))
}

/// The steps above the pages of the linkage.
fn above(review: bool) -> Vec<Crumb> {
    let mut above = vec![Crumb::new("Linkage", Section::Linkage.href())];
    if review {
        above.push(Crumb::new("Pairs to review", "/linkage/review"));
    }
    above
}

/// The refusal of pages that show people's names side by side.
fn allowed(session: &Session) -> Result<(), PageError> {
    session.access.may_review_linkage().map_err(|_| forbidden())
}

fn forbidden() -> PageError {
    PageError::Forbidden {
        what: "records of people side by side, with names, to decide whether they are one person. \
               If you think that two records are wrongly joined or wrongly apart, tell a data quality officer of the place"
            .to_owned(),
        roles: vec!["data quality officer".to_owned()],
    }
}

fn overview(session: &Session, part: &Part) -> Page {
    let body = html! {
        (heading("Linkage", Some("How records became people")))
        @match &session.site.linkage {
            None => (inset_text(&html! { "This load kept nothing to check the linkage by. Load the extracts again, and this page will show how records became people." })),
            Some(report) => {
                (lede(report))
                (figures(report))
                (ways(session))
                (sources(session, report))
                (weights::section(report))
                (groups::section(session, report, &part.source))
                (not_joined(report))
                (rules(report))
                p class="nhsuk-body-s" { (shown::NOTE) " Pairs of records are counted in the same way." }
            }
        }
    };
    page(session, "Linkage", Section::Linkage, Vec::new(), body)
}

fn lede(report: &LinkageReport) -> Markup {
    html! {
        p class="nhsuk-lede-text" {
            "Records that share a valid NHS number are one person where birth date or names agree. The others are compared by name, date of birth and address, and joined where the chance that they are one person is at least "
            (percent(report.threshold)) "."
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} in 100", share * 100.0)
}

fn figures(report: &LinkageReport) -> Markup {
    let figure = |value: u64, label: &str, note: &str| {
        html! {
            li {
                span class="vg-figures__value" { (shown::count(shown::alone(value))) }
                span class="vg-figures__label" { (label) }
                span class="vg-figures__note" { (note) }
            }
        }
    };
    html! {
        ul class="vg-figures" {
            (figure(report.identities, "different identities", "as the sources write them"))
            (figure(report.people, "people", "they belong to"))
            (figure(report.joined_by_number, "records joined", "by a valid NHS number"))
            (figure(report.pairs, "pairs compared", "by name, birth and address"))
        }
    }
}

/// Where to go from here.
fn ways(session: &Session) -> Markup {
    html! {
        @if session.access.may_review_linkage().is_ok() {
            (action_link("Review doubtful pairs", "/linkage/review"))
        } @else {
            p { "Doubtful pairs are decided by a data quality officer of the place, who sees the records side by side. The next load follows what they decide." }
        }
        p { a href="/linkage/changes" { "References that were joined or parted from load to load" } }
    }
}

fn sources(session: &Session, report: &LinkageReport) -> Markup {
    let rows = report
        .sources
        .iter()
        .map(|source| {
            // Linked and not linked add up, so they are protected together.
            let split = shown::list(&[source.linked, source.identities.saturating_sub(source.linked)]);
            let people = shown::alone(source.people);
            vec![
                html! { (words::source(session, &source.source)) },
                html! { (shown::count(split.total)) },
                html! { (shown::count(people)) },
                html! { @if source.is_list { "is the list" } @else { (shown::count(split.cells[0])) } },
                html! { @if source.is_list { "" } @else { (groups::share(split.cells[0], split.total)) } },
            ]
        })
        .collect();
    let linked = if report.against_list { "Found on the list of registered people" } else { "Found in another source" };
    html! {
        h2 { "From records to people" }
        (table(&Table {
            caption: "Sources",
            size: Some(Size::M),
            columns: vec![
                Column::text("Source"),
                Column::number("Different identities"),
                Column::number("People"),
                Column::number(linked),
                Column::number("Share, with 95% interval"),
            ],
            rows,
            row_headers: true,
            scroll_id: Some("linked-sources"),
        }))
        p class="nhsuk-body-s" {
            "An identity is one combination of NHS number, name, date of birth and address as a source writes it. "
            (shown::count(shown::alone(report.too_little))) " say too little to be compared with others."
        }
    }
}

/// Links that had the weight and were refused all the same.
fn not_joined(report: &LinkageReport) -> Markup {
    let rows = [
        ("The two have different valid NHS numbers", report.refused_numbers),
        ("One valid NHS number stands on two people who are clearly different", report.conflicts),
        ("A source that holds each person once holds both", report.refused_one_source),
        ("Half or more of the records across look like relatives, not like one person", report.refused_different),
        ("The two groups of records do not look alike as a whole", report.refused_unlike),
        ("Reviewers decided that they are different people", report.refused_labels),
    ];
    let rows =
        rows.iter().map(|(why, pairs)| vec![html! { (why) }, html! { (shown::count(shown::alone(*pairs))) }]).collect();
    html! {
        h2 { "What was not joined although it looks alike" }
        (table(&Table {
            caption: "Links refused",
            size: Some(Size::M),
            columns: vec![Column::text("Why"), Column::number("Links")],
            rows,
            row_headers: true,
            scroll_id: Some("refused"),
        }))
    }
}

fn rules(report: &LinkageReport) -> Markup {
    let skipped: u64 = report.rules.iter().map(|rule| rule.skipped_pairs).sum();
    let rows = report
        .rules
        .iter()
        .map(|rule| {
            vec![
                html! { code { (rule.rule) } },
                html! { (shown::count(shown::alone(rule.new_pairs))) },
                html! { (count(rule.skipped_blocks)) },
                html! { (shown::count(shown::alone(rule.skipped_pairs))) },
                html! { (shown::count(shown::alone(rule.largest_skipped))) },
            ]
        })
        .collect();
    let behind = table(&Table {
        caption: "Blocking rules, in their order",
        size: None,
        columns: vec![
            Column::text("Pairs that agree on"),
            Column::number("Pairs no earlier rule found"),
            Column::number("Groups too large"),
            Column::number("Pairs in them"),
            Column::number("Records in the largest"),
        ],
        rows,
        row_headers: true,
        scroll_id: None,
    });
    html! {
        h2 { "Which pairs were compared" }
        p {
            "Two records are compared where they agree on all parts of at least one rule. "
            @if skipped == 0 {
                "No group was too large to be compared, so nothing was skipped."
            } @else {
                "Groups that are too large, such as everybody called Unknown, are skipped under that rule: their pairs may still meet under another."
            }
        }
        (details("Show the rules and what each found", &behind, DetailsStyle::Plain, false))
    }
}
