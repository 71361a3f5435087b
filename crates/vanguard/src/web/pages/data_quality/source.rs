//! One source: its columns, how timely it is, what leads nowhere, and what was refused.

use super::{above, change, day, find, share};
use crate::web::Session;
use crate::web::charts::{Bar, BarChart, ChartText, Num, bar_chart, count};
use crate::web::components::{
    Borders, Column, Size, SummaryRow, Table, TagColour, inset_text, summary_list, table, tag,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::pages::{heading, page, shown};
use axum::extract::Path;
use axum::response::Response;
use intake::{ColumnQuality, SourceQuality};
use maud::{Markup, html};
use nhs::Day;

/// Months in the chart: the last year and the one before it.
const MONTHS: usize = 24;
/// Of every hundred filled values, how many may be wrong before the column is marked.
const BAD_PERCENT: u64 = 5;

/// `GET /data-quality/{source}`
pub async fn show(session: Session, Path(source): Path<String>) -> Response {
    session.respond(one(&session, &source))
}

fn one(session: &Session, id: &str) -> Result<Page, PageError> {
    let (_, source) = find(session, id)?;
    let body = html! {
        (heading(&source.title, Some("Data quality of one source")))
        (facts(source))
        (refused(source))
        (warnings(source))
        (months(source))
        (gaps(source))
        (columns(source))
        (other_columns(source))
    };
    Ok(page(session, &format!("{}: data quality", source.title), Section::DataQuality, above(None), body))
}

fn facts(source: &SourceQuality) -> Markup {
    let behind = match source.days_behind {
        Some(days @ 2..) => format!(" ({} days before the day of the figures)", count(days.unsigned_abs())),
        Some(1) => " (1 day before the day of the figures)".to_owned(),
        _ => String::new(),
    };
    let rows = [
        SummaryRow::new(
            "Files",
            html! { ul class="nhsuk-list" { @for file in &source.files { li { code { (file) } } } } },
        ),
        SummaryRow::new("Format", html! { (source.format) }),
        SummaryRow::new("Rows read", html! { (count(source.rows_read)) }),
        SummaryRow::new("Rows loaded", html! { (count(source.rows_loaded)) }),
        SummaryRow::new("Rows in quarantine", html! { (count(source.rows_quarantined)) }),
        SummaryRow::new("Exact copies, left out", html! { (count(source.rows_duplicate)) }),
        SummaryRow::new("Entries in people's histories", html! { (count(source.events)) }),
        SummaryRow::new("People", html! { (shown::count(shown::alone(source.people))) }),
        SummaryRow::new("Latest entry", html! { (day(source.latest.as_deref())) (behind) }),
        SummaryRow::new("Rows against the last load", change(source.change.as_ref())),
    ];
    summary_list(&rows, Borders::All)
}

fn refused(source: &SourceQuality) -> Markup {
    let rows = source
        .quarantine
        .iter()
        .map(|reason| {
            vec![
                html! { (reason_words(&reason.reason)) },
                html! { @if reason.column.is_empty() { "the whole row" } @else { code { (reason.column) } } },
                html! { (count(reason.rows)) },
                html! { (reason.first) },
                html! { @if !reason.shape.is_empty() { code { (reason.shape) } } },
            ]
        })
        .collect();
    html! {
        h2 { "Quarantine" }
        @if source.rows_quarantined == 0 {
            (inset_text(&html! { "No row of this source is in quarantine." }))
        } @else {
            (table(&Table {
                caption: "Why rows are in quarantine, most frequent first",
                size: Some(Size::M),
                columns: vec![
                    Column::text("Reason"),
                    Column::text("Column"),
                    Column::number("Rows"),
                    Column::text("First met at"),
                    Column::text("Shape of its value"),
                ],
                rows,
                row_headers: true,
                scroll_id: Some("reasons"),
            }))
            p class="nhsuk-body-s" { "The shape shows letters as A and digits as 9, never the value itself." }
            p { a href=(format!("/data-quality/{}/quarantine", source.id)) { "See every row in quarantine" } }
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Why a row is in quarantine, in words; a code that is not known here is shown as it is, made readable.
fn reason_words(code: &str) -> String {
    let known = match code {
        "column_count" => "More or fewer columns than the header has",
        "open_quote" => "A quote opens and does not close",
        "not_delimited" | "not_json" => "The row cannot be read in this format",
        "nobody" => "It names nobody: no valid NHS number, no number of the source's own, no name with a date of birth",
        "nobody_on_list" => "It names nobody: what it says fits no registered person, or more than one",
        "date_missing" => "It has no date",
        "date_wrong" => "The date is not one of the calendar, or not written as agreed",
        "date_not_known" => "The date stands for \"not known\"",
        "date_too_early" => "The date lies before 1900",
        "date_in_future" => "The date lies after the day of the figures",
        "code_missing" => "It holds no valid code",
        "kind_unknown" | "kind_of_row" => "It is of a kind that the format does not know",
        other => return crate::web::pages::measures::words(other),
    };
    known.to_owned()
}

fn warnings(source: &SourceQuality) -> Markup {
    let rows = source
        .warnings
        .iter()
        .map(|warning| {
            vec![
                html! { (capital(&warning.reason)) },
                html! { code { (warning.column) } },
                html! { (count(warning.values)) },
                html! { (warning.first) },
                html! { @if !warning.shape.is_empty() { code { (warning.shape) } } },
            ]
        })
        .collect::<Vec<_>>();
    html! {
        @if !rows.is_empty() {
            (table(&Table {
                caption: "Warnings: values left out of rows that were loaded",
                size: Some(Size::M),
                columns: vec![
                    Column::text("What is wrong"),
                    Column::text("Column"),
                    Column::number("Values"),
                    Column::text("First met at"),
                    Column::text("Shape of its value"),
                ],
                rows,
                row_headers: true,
                scroll_id: Some("warnings"),
            }))
        }
    }
}

fn months(source: &SourceQuality) -> Markup {
    if source.months.iter().all(|month| month.events == 0) {
        return html! {};
    }
    let last = &source.months[source.months.len().saturating_sub(MONTHS)..];
    let bars = last
        .iter()
        .map(|month| Bar { label: month_name(&month.month), value: Some(Num::count(month.events)), interval: None })
        .collect();
    bar_chart(&BarChart {
        text: ChartText {
            id: "months",
            title: "Entries by month",
            summary: "How many entries are dated in each month. A short last bar means that entries are still on their way.",
            note: Some(
                "A month far below its neighbours may be a file that was not sent; a short last month is late entry.",
            ),
        },
        item: "Month",
        unit: "Entries",
        decimals: 0,
        bars,
        reference: None,
    })
}

/// `2015-03` as `March 2015`.
fn month_name(month: &str) -> String {
    Day::parse_iso(&format!("{month}-01")).map_or_else(|_| month.to_owned(), |day| day.month().long())
}

fn gaps(source: &SourceQuality) -> Markup {
    let rows = source
        .gaps
        .iter()
        .map(|gap| {
            vec![
                html! { (gap.to) },
                html! { (count(gap.checked)) },
                html! { (count(gap.missing)) },
                html! { (share(gap.missing, gap.checked)) },
                html! { (gap.examples.join(", ")) },
            ]
        })
        .collect::<Vec<_>>();
    html! {
        @if !rows.is_empty() {
            (table(&Table {
                caption: "References that lead nowhere",
                size: Some(Size::M),
                columns: vec![
                    Column::text("Should lead to"),
                    Column::number("Checked"),
                    Column::number("Lead nowhere"),
                    Column::number("Share"),
                    Column::text("Such as"),
                ],
                rows,
                row_headers: true,
                scroll_id: Some("gaps"),
            }))
        }
    }
}

fn columns(source: &SourceQuality) -> Markup {
    let rows = source
        .columns
        .iter()
        .map(|column| {
            vec![
                html! { code { (column.name) } @if !column.used { " " (tag("Not read", TagColour::Grey)) } },
                html! { (share(column.filled, column.rows)) },
                html! { @if column.used { (share(valid(column), column.filled)) } },
                html! { (count(column.invalid)) @if is_bad(column) { " " (tag("Check this", TagColour::Orange)) } },
                html! { (count(column.not_known)) },
            ]
        })
        .collect::<Vec<_>>();
    html! {
        @if !rows.is_empty() {
            (table(&Table {
                caption: "Columns: how complete and how valid",
                size: Some(Size::M),
                columns: vec![
                    Column::text("Column"),
                    Column::number("Filled"),
                    Column::number("Valid, of those filled"),
                    Column::number("Not valid"),
                    Column::number("Dates that mean \"not known\""),
                ],
                rows,
                row_headers: true,
                scroll_id: Some("columns"),
            }))
        }
    }
}

/// Filled values that are what the column should hold.
fn valid(column: &ColumnQuality) -> u64 {
    column.filled.saturating_sub(column.invalid)
}

/// Whether so many values are wrong that somebody should ask the sender.
fn is_bad(column: &ColumnQuality) -> bool {
    column.used && column.invalid * 100 > column.filled * BAD_PERCENT
}

fn other_columns(source: &SourceQuality) -> Markup {
    let list = |names: &[String]| html! { ul class="nhsuk-list nhsuk-list--bullet" { @for name in names { li { code { (name) } } } } };
    html! {
        @if !source.unknown_columns.is_empty() {
            h2 class="nhsuk-heading-m" { "Columns that the format does not know" }
            p { "They were not read. If one of them matters, name it in the file of the format." }
            (list(&source.unknown_columns))
        }
        @if !source.absent_columns.is_empty() {
            h2 class="nhsuk-heading-m" { "Columns that no file had" }
            p { "They are optional, so nothing was refused. What needs them stays empty." }
            (list(&source.absent_columns))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_marked_by_its_share_of_wrong_values() {
        let column =
            |filled, invalid| ColumnQuality { used: true, filled, invalid, rows: 100, ..ColumnQuality::default() };
        assert!(!is_bad(&column(100, 5)));
        assert!(is_bad(&column(100, 6)));
        assert!(is_bad(&column(1, 1)));
        assert!(!is_bad(&column(0, 0)));
        assert!(!is_bad(&ColumnQuality { used: false, ..column(100, 50) }));
        assert_eq!(valid(&column(100, 6)), 94);
    }

    #[test]
    fn reasons_are_words() {
        assert_eq!(reason_words("date_missing"), "It has no date");
        assert_eq!(reason_words("too_heavy"), "Too heavy");
    }

    #[test]
    fn months_are_named() {
        assert_eq!(month_name("2015-03"), "March 2015");
        assert_eq!(month_name("?"), "?");
    }
}
