//! Two cohorts side by side.

use super::state::{Given, Pairs, query};
use super::{NOTE, above, compare_form, figures, find};
use crate::web::Session;
use crate::web::charts::{Num, number};
use crate::web::cohort_room::NoAnswer;
use crate::web::components::{
    Borders, Column, DetailsStyle, Size, SummaryRow, Table, details, inset_text, summary_list, table,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::pages::{heading, page};
use crate::web::session::internal;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use evidence::rates::Rate;
use maud::{Markup, html};
use population::cohort::{self, Comparison, Contrast, Settled, Whom};
use store::SavedCohort;

/// Rows of each table that are in sight.
const IN_SIGHT: usize = 10;

/// `GET /cohorts/compare`
pub async fn show(session: Session, found: Result<Query<Pairs>, QueryRejection>) -> Response {
    let result = match query(found) {
        Ok(given) => compared(&session, &given).await,
        Err(error) => Err(error),
    };
    session.respond(result)
}

async fn compared(session: &Session, given: &Given) -> Result<Page, PageError> {
    let cohorts = session.site.store.cohorts().await.map_err(|e| internal(&e))?;
    let (a, b) = (given.get("a"), given.get("b"));
    let body = if cohorts.len() < 2 {
        html! {
            (heading("Compare two cohorts", None))
            (inset_text(&html! { "Comparing needs two saved cohorts. Build and save another first." }))
        }
    } else if a.is_empty() || b.is_empty() {
        html! { (heading("Compare two cohorts", None)) (compare_form(&cohorts, a, b)) }
    } else {
        let (first, second) = (find(session, a).await?, find(session, b).await?);
        let pair =
            Pair { first: settled(session, &first)?, second: settled(session, &second)?, names: (&first, &second) };
        let room = &session.site.cohorts;
        let comparison =
            cohort::compare(&room.table, &room.fields, session.site.blueprint(), &pair.first, &pair.second)?;
        html! {
            (heading("Compare two cohorts", Some(&format!("{} and {}", first.text.name, second.text.name))))
            (pair.sizes(&comparison))
            (pair.needs(session, &comparison.needs))
            (pair.numbers(session, &comparison.numbers))
            (pair.shares(session, &comparison))
            p class="nhsuk-body-s" { (NOTE) }
            (compare_form(&cohorts, a, b))
        }
    };
    Ok(page(session, "Compare two cohorts", Section::Cohorts, above(), body))
}

fn settled(session: &Session, cohort: &SavedCohort) -> Result<Settled, PageError> {
    let found =
        session.site.cohorts.settle(session.site.blueprint(), Whom::from_name(&cohort.text.whom), &cohort.text.rule);
    match found {
        Ok(settled) => Ok(settled),
        Err(NoAnswer::Rule(_)) => Err(PageError::BadRequest {
            problems: vec![format!(
                "The cohort “{}” no longer fits the care model of this place. Open it and put its definition right first.",
                cohort.text.name
            )],
        }),
        Err(NoAnswer::Results(error)) => Err(error.into()),
    }
}

struct Pair<'a> {
    first: Settled,
    second: Settled,
    names: (&'a SavedCohort, &'a SavedCohort),
}

impl Pair<'_> {
    fn name(&self, which: usize) -> &str {
        if which == 0 { &self.names.0.text.name } else { &self.names.1.text.name }
    }

    fn sizes(&self, comparison: &Comparison) -> Markup {
        let shown = |count: Option<u64>| count.map_or_else(|| "hidden".to_owned(), crate::web::charts::count);
        let link = |cohort: &SavedCohort| html! { a href=(format!("/cohorts/{}", cohort.id)) { (cohort.text.name) } };
        let overlap = comparison.overlap;
        let rows = [
            ("People in the first", html! { (self.first.figure) ": " (link(self.names.0)) }),
            ("People in the second", html! { (self.second.figure) ": " (link(self.names.1)) }),
            ("In both", html! { (shown(overlap.both)) }),
            ("In the first alone", html! { (shown(overlap.first_only)) }),
            ("In the second alone", html! { (shown(overlap.second_only)) }),
        ];
        html! {
            h2 { "Whom they share" }
            (summary_list(&rows.map(|(key, value)| SummaryRow::new(key, value)), Borders::All))
        }
    }

    fn needs(&self, session: &Session, needs: &[Contrast]) -> Markup {
        let fields = session.site.cohorts.fields.all();
        let adjusted = needs.iter().any(|c| c.age_standardised.0.is_some() && c.age_standardised.1.is_some());
        let mut columns = vec![
            Column::text("Need"),
            Column::number(format!("{}, percent", self.name(0))),
            Column::number(format!("{}, percent", self.name(1))),
            Column::number("Difference in percentage points (95% interval)"),
            Column::number("Standardised difference"),
        ];
        if adjusted {
            columns.push(Column::number("First, standardised for age"));
            columns.push(Column::number("Second, standardised for age"));
        }
        let row = |contrast: &Contrast| {
            let title = fields.get(contrast.field).map_or("", |f| f.title.as_str());
            let mut row = vec![
                html! { (title) },
                html! { (decimal(contrast.values.0, 1)) },
                html! { (decimal(contrast.values.1, 1)) },
                html! { @match contrast.difference { Some(rate) => (interval(rate)), None => "none" } },
                html! { @match contrast.standardised { Some(value) => (decimal(value, 2)), None => "none" } },
            ];
            if adjusted {
                for rate in [contrast.age_standardised.0, contrast.age_standardised.1] {
                    row.push(html! { @match rate { Some(rate) => (interval(rate)), None => "too few" } });
                }
            }
            row
        };
        let rows: Vec<Vec<Markup>> = needs.iter().map(row).collect();
        html! {
            h2 { "How they differ" }
            @if rows.is_empty() { (inset_text(&html! { "There is no need of which enough people in both cohorts can be counted." })) }
            @else {
                (draw_part("Needs, the largest difference first", "compare-needs", &columns, rows))
                p class="nhsuk-body-s" {
                    "Differences are the first less the second, worked out from the counts as shown, with Newcombe's interval. Where the cohorts share people the intervals are wider than they need be. "
                    "A standardised difference below 0.1 either way is small."
                    @if adjusted { " Percentages standardised for age are what they would be if both had the ages of the European standard population of 2013." }
                }
            }
        }
    }

    fn numbers(&self, session: &Session, numbers: &[Contrast]) -> Markup {
        let fields = session.site.cohorts.fields.all();
        let columns = [
            Column::text("What"),
            Column::number(format!("{}, mean", self.name(0))),
            Column::number(format!("{}, mean", self.name(1))),
            Column::number("Standardised difference"),
        ];
        let row = |contrast: &Contrast| {
            let field = fields.get(contrast.field)?;
            let mean = |value| Num::new(value).map_or_else(String::new, |n| figures::with_unit(n, &field.kind));
            Some(vec![
                html! { (field.title) },
                html! { (mean(contrast.values.0)) },
                html! { (mean(contrast.values.1)) },
                html! { @match contrast.standardised { Some(value) => (decimal(value, 2)), None => "none" } },
            ])
        };
        let rows: Vec<Vec<Markup>> = numbers.iter().filter_map(row).collect();
        html! {
            @if !rows.is_empty() { (draw_part("Scores, care used and cost for each person", "compare-numbers", &columns, rows)) }
        }
    }

    /// Deprivation and segments as shares.
    fn shares(&self, session: &Session, comparison: &Comparison) -> Markup {
        let (a, b) = (&comparison.profiles.0, &comparison.profiles.1);
        let blueprint = session.site.blueprint();
        let sizes = (self.first.figure.value(), self.second.figure.value());
        let segments: Vec<&str> = blueprint.segments.iter().map(|s| s.name.as_str()).collect();
        let deciles: Vec<String> = figures::deciles(&[None; 11]).into_iter().map(|(label, _)| label).collect();
        let deciles: Vec<&str> = deciles.iter().map(String::as_str).collect();
        let by_decile = |cells: &[Option<u64>]| figures::deciles(cells).into_iter().map(|(_, n)| n).collect::<Vec<_>>();
        let share = |count: Option<u64>, of: Option<u64>| {
            count.zip(of).map_or_else(|| "hidden".to_owned(), |(part, whole)| figures::percent(part, whole))
        };
        let part = |caption: &str, item: &str, id: &str, names: &[&str], a: &[Option<u64>], b: &[Option<u64>]| {
            let rows: Vec<Vec<Markup>> = names
                .iter()
                .zip(a.iter().zip(b))
                .map(|(name, (&a, &b))| {
                    vec![html! { (name) }, html! { (share(a, sizes.0)) }, html! { (share(b, sizes.1)) }]
                })
                .collect();
            let columns = [
                Column::text(item),
                Column::number(format!("{}, percent", self.name(0))),
                Column::number(format!("{}, percent", self.name(1))),
            ];
            html! { @if !rows.is_empty() { (draw_part(caption, id, &columns, rows)) } }
        };
        html! {
            (part("Segments", "Segment", "compare-segments", &segments, &a.segments, &b.segments))
            (part("Deprivation of the area they live in", "Decile", "compare-deprivation", &deciles, &by_decile(&a.deprivation), &by_decile(&b.deprivation)))
        }
    }
}

fn draw_part(caption: &str, id: &str, columns: &[Column], mut rows: Vec<Vec<Markup>>) -> Markup {
    let rest = if rows.len() > IN_SIGHT + 2 { rows.split_off(IN_SIGHT) } else { Vec::new() };
    let draw = |caption: &str, id: &str, rows| {
        table(&Table {
            caption,
            size: Some(Size::M),
            columns: columns.to_vec(),
            rows,
            row_headers: true,
            scroll_id: Some(id),
        })
    };
    let more = format!("{caption}: the rest");
    html! {
        (draw(caption, id, rows))
        @if !rest.is_empty() { (details(&more, &draw(&more, &format!("{id}-rest"), rest), DetailsStyle::Expander, false)) }
    }
}

fn decimal(value: f64, decimals: usize) -> String {
    Num::new(value).map_or_else(String::new, |n| number(n, decimals))
}

fn interval(rate: Rate) -> String {
    format!("{} ({} to {})", decimal(rate.value, 1), decimal(rate.lower, 1), decimal(rate.upper, 1))
}
