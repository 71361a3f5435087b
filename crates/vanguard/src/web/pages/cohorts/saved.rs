//! A saved cohort: its count today, its history, and what can be done with it.

use super::build::Draft;
use super::definition::definition;
use super::state::{Given, Pairs, query};
use super::{NOTE, above, figures, find, may_build, state_of, undo};
use crate::web::Session;
use crate::web::cohort_room::NoAnswer;
use crate::web::components::{
    Borders, ButtonSize, ButtonVariant, Column, DetailsStyle, Input, Label, Notice, Size, SummaryRow, Table, TagColour,
    button, button_link, details, error_summary, input, notification_banner, summary_list, table, tag, warning_callout,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::pages::{heading, page};
use crate::web::session::internal;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::response::Response;
use maud::{Markup, html};
use population::cohort::{Tree, Whom};
use store::{Action, AuditRow, CohortCount, Outcome, SavedCohort};

/// Exports that are listed.
const EXPORTS: u32 = 20;

/// `GET /cohorts/{id}`
pub async fn show(session: Session, Path(id): Path<String>, found: Result<Query<Pairs>, QueryRejection>) -> Response {
    let result = match query(found) {
        Ok(given) => match find(&session, &id).await {
            Ok(cohort) => view(&session, &cohort, &given, &Draft::default(), None).await,
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    session.respond(result)
}

/// The page; with a problem where the form that renames could not be taken.
pub async fn view(
    session: &Session,
    cohort: &SavedCohort,
    given: &Given,
    draft: &Draft,
    problem: Option<&str>,
) -> Result<Page, PageError> {
    let (store, blueprint) = (&session.site.store, session.site.blueprint());
    let (whom, rule) = (Whom::from_name(&cohort.text.whom), &cohort.text.rule);
    let may_build = may_build(session).is_ok();
    let settled = session.site.cohorts.settle(blueprint, whom, rule);
    let snapshot = &session.site.summary.snapshot;
    if let Ok(settled) = &settled {
        let people = settled.figure.value();
        store.note_cohort_count(cohort.id, snapshot, rule, people, session.now()?).await.map_err(|e| internal(&e))?;
    }
    let counts = store.cohort_counts(cohort.id).await.map_err(|e| internal(&e))?;
    let exports = store.exports_of_cohort(cohort.id, EXPORTS).await.map_err(|e| internal(&e))?;
    let state = state_of(cohort);
    let body = html! {
        @if let Some(problem) = problem { (error_summary("There is a problem", None, &[(problem, "#name")])) }
        @if cohort.deleted.is_some() && may_build { (undo(cohort)) }
        @if given.get("done") == "saved" && cohort.deleted.is_none() { (notification_banner(Notice::Success, &html! { "The cohort has been saved." })) }
        (heading(&cohort.text.name, Some("Cohort")))
        @if !cohort.text.description.is_empty() { p { (cohort.text.description) } }
        @match &settled {
            Ok(settled) => (figures::headline(session, whom, settled.figure)),
            Err(NoAnswer::Rule(findings)) => {
                (warning_callout("This cohort cannot be counted", &html! {
                    p { "Its definition no longer fits the care model of this place: something it asks about has been renamed or taken away." }
                    @for finding in findings { p { (finding.message) @if let Some(help) = &finding.help { " (" (help) ")" } "." } }
                    @if may_build { p { "Select “Change who is in it” and put the condition right." } }
                }))
            },
            Err(NoAnswer::Results(error)) => { @let _ = internal(error); p { "The figures of this snapshot cannot be read. Tell whoever runs Vanguard for you." } },
        }
        @if may_build && cohort.deleted.is_none() { (button_link("Change who is in it", &state.build(), ButtonVariant::Secondary, ButtonSize::Normal)) }
        h2 { "Who is in it" }
        (definition(session, &Tree::parse(rule), None))
        (about(cohort))
        @if let Ok(settled) = &settled {
            (history(&counts, rule))
            (figures::profile(session, settled)?)
            @if settled.figure.value().is_some() {
                p { a href=(format!("/cohorts/{}/profile.csv", cohort.id)) download { "Download these figures as CSV" } }
            }
        }
        @if cohort.deleted.is_none() {
            @if settled.is_ok() { (super::export::form(session, cohort)) }
            (exported(&exports))
            @if may_build { (manage(cohort, draft, problem)) }
        }
        p class="nhsuk-body-s" { (NOTE) }
    };
    Ok(page(session, &cohort.text.name, Section::Cohorts, above(), body))
}

fn about(cohort: &SavedCohort) -> Markup {
    let rule = if cohort.text.rule.is_empty() { "true" } else { &cohort.text.rule };
    summary_list(
        &[
            SummaryRow::new("Rule", html! { code { (rule) } }),
            SummaryRow::new("Looked for among", html! { (Whom::from_name(&cohort.text.whom).label()) }),
            SummaryRow::new("Saved by", html! { (cohort.owner) ", " (cohort.created) }),
            SummaryRow::new("Last changed", html! { (cohort.changed) " on snapshot " (cohort.snapshot) }),
        ],
        Borders::All,
    )
}

/// Counts by snapshot as they were shown; those of an earlier definition say so.
fn history(counts: &[CohortCount], rule: &str) -> Markup {
    let rows = counts
        .iter()
        .map(|count| {
            let people = count.people.map_or_else(|| "fewer than 8".to_owned(), crate::web::charts::count);
            let which = if count.rule == rule {
                html! { "As it is now" }
            } else {
                html! { "An earlier one: " code { (count.rule) } }
            };
            vec![html! { (count.snapshot) }, html! { (people) }, which, html! { (count.counted) }]
        })
        .collect();
    table(&Table {
        caption: "Counts by snapshot",
        size: Some(Size::M),
        columns: vec![
            Column::text("Snapshot"),
            Column::number("People"),
            Column::text("Definition"),
            Column::text("First shown"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some("history"),
    })
}

fn exported(exports: &[AuditRow]) -> Markup {
    if exports.is_empty() {
        return html! {};
    }
    let rows = exports
        .iter()
        .map(|row| {
            let outcome = match row.outcome {
                Outcome::Allowed => tag("Allowed", TagColour::Green),
                Outcome::Refused => tag("Refused", TagColour::Red),
            };
            let action =
                Action::from_name(&row.action).map_or_else(|| row.action.clone(), |action| action.label().to_owned());
            vec![html! { (row.at) }, html! { (row.who) }, html! { (action) }, html! { (told(&row.detail)) }, outcome]
        })
        .collect();
    table(&Table {
        caption: "Who has taken a list of its people",
        size: Some(Size::M),
        columns: vec![
            Column::text("When"),
            Column::text("Who"),
            Column::text("What they did"),
            Column::text("Why"),
            Column::text("Outcome"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some("exports"),
    })
}

/// The reason that was typed, or why it was refused. The number of people in the file stays in the audit.
fn told(detail: &str) -> &str {
    detail.split_once(" reason=").or_else(|| detail.split_once(" refused: ")).map_or(detail, |(_, told)| told)
}

fn manage(cohort: &SavedCohort, draft: &Draft, problem: Option<&str>) -> Markup {
    let (name, description) = match problem {
        Some(_) => (draft.name.as_str(), draft.description.as_str()),
        None => (cohort.text.name.as_str(), cohort.text.description.as_str()),
    };
    let name = Input {
        value: Some(name),
        error: problem,
        autocomplete: Some("off"),
        ..Input::new("name", "name", Label::plain("Name"))
    };
    let description = Input {
        value: Some(description),
        autocomplete: Some("off"),
        ..Input::new("description", "description", Label::plain("What it is for"))
    };
    let rename = html! {
        form method="post" action=(format!("/cohorts/{}/rename", cohort.id)) {
            input type="hidden" name="version" value=(cohort.version);
            (input(&name))
            (input(&description))
            (button("Rename", ButtonVariant::Secondary, ButtonSize::Small))
        }
    };
    let post = |what: &str, text: &str, variant| {
        html! {
            form method="post" action=(format!("/cohorts/{}/{what}", cohort.id)) { (button(text, variant, ButtonSize::Small)) }
        }
    };
    html! {
        h2 { "Manage this cohort" }
        (details("Give it another name or description", &rename, DetailsStyle::Plain, problem.is_some()))
        (post("duplicate", "Make a copy", ButtonVariant::Secondary))
        (post("delete", "Delete this cohort", ButtonVariant::Warning))
        p class="nhsuk-body-s" { "A deletion can be undone on the page that follows." }
    }
}
