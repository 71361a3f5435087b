//! Future need: how many people each segment will have if things go on as they are.

use super::{heading, page, shown};
use crate::cli::project::{CAVEATS, check_words, years_shown};
use crate::web::Session;
use crate::web::charts::{ChartText, FanChart, FanPoint, HeatCell, HeatTable, Num, fan_chart, heat_table};
use crate::web::components::{Column, Crumb, DetailsStyle, Size, Table, details, inset_text, table};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use ::population::disclosure::{Shown, two_way};
use ::population::projection::{AGE_GROUP_NAMES, Estimate, Future, ShownEstimate, shown as person_count};
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use nhs::Day;

/// `GET /future`
pub async fn index(session: Session) -> Response {
    session.respond(Ok(all(&session)))
}

/// `GET /future/{segment}`
pub async fn show(session: Session, Path(id): Path<String>) -> Response {
    session.respond(one(&session, &id))
}

fn all(session: &Session) -> Page {
    let future = &session.site.future;
    let body = html! {
        (heading("Future need", None))
        @if future.why_not.is_empty() && !future.years.is_empty() {
            p class="nhsuk-lede-text" {
                "How many people each segment will have if people go on moving between segments, being born, dying, joining and leaving as they did in the last 12 months."
            }
            (caveats())
            (by_segment(future))
            p class="nhsuk-body-s" { (shown::NOTE) " Choose a segment to see its chart." }
            (by_age(future))
            (moves(future))
            (checks(future))
            (method(future))
        } @else {
            (inset_text(&html! { p { "There is no projection yet. " (future.why_not) } }))
        }
    };
    page(session, "Future need", Section::Segments, above(), body)
}

fn above() -> Vec<Crumb> {
    vec![Crumb::new("Segments and tiers", Section::Segments.href())]
}

fn caveats() -> Markup {
    html! {
        h2 class="nhsuk-heading-m" { "Before you use these figures" }
        ul class="nhsuk-list nhsuk-list--bullet" { @for caveat in CAVEATS { li { (caveat) } } }
    }
}

fn calendar(future: &Future, years: usize) -> String {
    Day(Day(future.as_of).add_months(12 * years as i32).0).long()
}

fn with_interval(estimate: &Estimate, hidden: bool) -> Markup {
    let count = |value: f64| word(person_count(value, hidden));
    html! {
        @if hidden { "hidden" } @else {
            (count(estimate.expected)) span class="nhsuk-u-nowrap" { " (" (count(estimate.lower)) " to " (count(estimate.upper)) ")" }
        }
    }
}

fn word(value: Shown) -> String {
    match value {
        Shown::Suppressed => "hidden".to_owned(),
        other => other.to_string(),
    }
}

fn by_segment(future: &Future) -> Markup {
    let rows_shown = future.shown();
    let years = years_shown(future);
    let mut columns = vec![Column::text("Segment"), Column::number("Today")];
    for year in &years {
        columns.push(Column::number(format!("{} (95% interval)", calendar(future, *year))));
        columns.push(Column::number("Ageing only"));
    }
    let rows = future
        .segments
        .iter()
        .enumerate()
        .map(|(position, (id, name))| {
            let today = rows_shown[0][position].expected;
            let mut row = vec![html! { a href=(format!("/future/{id}")) { (name) } }, html! { (word(today)) }];
            for &year in &years {
                row.push(with_interval(&future.years[year].segments[position], today.is_hidden()));
                row.push(html! { (word(rows_shown[year][position].ageing_only)) });
            }
            row
        })
        .collect();
    table(&Table {
        caption: "People by segment",
        size: Some(Size::M),
        columns,
        rows,
        row_headers: true,
        scroll_id: Some("by-segment"),
    })
}

fn by_age(future: &Future) -> Markup {
    let years = years_shown(future);
    let mut columns = vec![Column::text("Age"), Column::number("Today")];
    columns.extend(years.iter().map(|&year| Column::number(format!("{} (95% interval)", calendar(future, year)))));
    let mut rows: Vec<Vec<Markup>> = AGE_GROUP_NAMES
        .iter()
        .enumerate()
        .map(|(group, name)| {
            let mut row = vec![
                html! { (name) },
                html! { (word(person_count(future.years[0].age_groups[group].expected, false))) },
            ];
            row.extend(years.iter().map(|&year| with_interval(&future.years[year].age_groups[group], false)));
            row
        })
        .collect();
    let mut all = vec![html! { "All ages" }, html! { (word(person_count(future.years[0].total.expected, false))) }];
    all.extend(years.iter().map(|&year| with_interval(&future.years[year].total, false)));
    rows.push(all);
    table(&Table {
        caption: "People by age",
        size: Some(Size::M),
        columns,
        rows,
        row_headers: true,
        scroll_id: Some("by-age"),
    })
}

fn moves(future: &Future) -> Markup {
    let shown = two_way(&future.moves);
    let rows = future
        .segments
        .iter()
        .zip(&shown.cells)
        .map(|((_, name), cells)| {
            (name.clone(), cells.iter().map(|cell| HeatCell { people: cell.value(), href: None }).collect())
        })
        .collect();
    let mut columns: Vec<String> = future.segments.iter().map(|s| s.1.clone()).collect();
    columns.extend(["Died".to_owned(), "Left".to_owned()]);
    heat_table(&HeatTable {
        text: ChartText {
            id: "moves",
            title: "Where people of each segment were a year later",
            summary: "Rows are where people were a year ago, columns where they are today. Darker cells hold more people.",
            note: None,
        },
        row_kind: "A year ago",
        columns,
        rows,
        totals: None,
    })
}

fn checks(future: &Future) -> Markup {
    html! {
        h2 class="nhsuk-heading-m" { "Would it have been right?" }
        @if future.checks.is_empty() {
            p { "There is too little history to try the method on the past: it needs two whole years before today." }
        } @else {
            p { "We projected from an earlier day to today with what was known then, and compared." }
            ul class="nhsuk-list nhsuk-list--bullet" { @for check in &future.checks { li { (check_words(check)) } } }
        }
    }
}

fn method(future: &Future) -> Markup {
    let body = html! {
        p { "Each person's segment is worked out as of today and as of a year ago. The chance to be in each segment a year later, to die or to leave is estimated for each segment by single year of age and sex. Small groups borrow from wider ones: five-year bands, then broad age groups." }
        p { "Everyone is then aged year by year. Births follow the number of women aged 15 to 44; people who join come as in the last year." }
        p { "The 95% intervals come from " (future.draws) " draws (seed " (future.seed) "): each draws the rates anew and lets each person move by chance. \u{201c}Ageing only\u{201d} keeps the share of each segment at each age and sex as it is today." }
    };
    details("How this is worked out", &body, DetailsStyle::Plain, false)
}

/// The last year shown, as a sentence.
fn in_words(future: &Future, rows: &[Vec<ShownEstimate>], position: usize) -> Markup {
    let Some((&year, today)) = years_shown(future).last().zip(rows.first()) else { return Markup::default() };
    let (today, then) = (today[position].expected, rows[year][position]);
    html! {
        @if today.is_hidden() {
            p class="nhsuk-lede-text" { "So few people are in this segment today that their number is hidden, and with it every year to come." }
        } @else {
            p class="nhsuk-lede-text" {
                (word(today)) " people today. On " (calendar(future, year)) " we expect " (word(then.expected))
                " (95% interval " (word(then.lower)) " to " (word(then.upper)) ") if people go on moving between segments as they did in the last 12 months, and "
                (word(then.ageing_only)) " if the population only aged."
            }
        }
    }
}

fn one(session: &Session, id: &str) -> Result<Page, PageError> {
    let future = &session.site.future;
    let missing = || PageError::NotFound { what: Some("a projection of that segment".to_owned()) };
    let position = future.segments.iter().position(|(segment, _)| segment == id).ok_or_else(missing)?;
    let name = &future.segments[position].1;
    let rows = future.shown();
    let first = Day(future.as_of);
    let num = |value: Shown| value.value().map(Num::count);
    let points: Vec<FanPoint> = rows
        .iter()
        .enumerate()
        .map(|(year, row)| FanPoint {
            label: Day(first.add_months(12 * year as i32).0).to_string().chars().take(4).collect(),
            value: num(row[position].expected),
            interval: num(row[position].lower).zip(num(row[position].upper)),
            other: num(row[position].ageing_only),
        })
        .collect();
    let body = html! {
        (heading(name, Some("Future need")))
        (in_words(future, &rows, position))
        (fan_chart(&FanChart {
            text: ChartText {
                id: "future",
                title: &format!("People of the segment \u{201c}{name}\u{201d}"),
                summary: "The expected number of people each year, with the band that holds it 95 times in 100 if rates stay as they are, and the number if the population only aged.",
                note: Some("The shaded band is the 95% interval."),
            },
            unit: "People",
            line: "With moves between segments",
            other: "Ageing only",
            points,
        }))
        (caveats())
    };
    let mut steps = above();
    steps.push(Crumb::new("Future need", "/future"));
    Ok(page(session, &format!("{name}: future need"), Section::Segments, steps, body))
}
