//! What leaves: figures under disclosure control, and lists of people for a reason that the audit keeps.

use super::state::{Pairs, State, form as form_of, query};
use super::{find, may_build, state_of};
use crate::web::Session;
use crate::web::cohort_room::NoAnswer;
use crate::web::components::{ButtonSize, ButtonVariant, Input, Label, button, input};
use crate::web::errors::PageError;
use crate::web::session::internal;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use population::cohort::{self, Whom};
use std::fmt::Write as _;
use store::{CohortExport, Refused, SavedCohort};

/// `GET /cohorts/profile.csv`: the figures of a definition that has not been saved.
pub async fn profile_of_draft(session: Session, found: Result<Query<Pairs>, QueryRejection>) -> Response {
    let result = may_build(&session).and_then(|()| query(found)).and_then(|given| figures(&session, &given.state()));
    send(&session, result, "cohort-figures.csv")
}

/// `GET /cohorts/{id}/profile.csv`
pub async fn profile_of_saved(session: Session, Path(id): Path<String>) -> Response {
    let result = match find(&session, &id).await {
        Ok(cohort) => figures(&session, &state_of(&cohort)),
        Err(error) => Err(error),
    };
    send(&session, result, &format!("cohort-{}-figures.csv", number(&id)))
}

/// `POST /cohorts/{id}/people.csv`
pub async fn people(session: Session, Path(id): Path<String>, sent: Result<Form<Pairs>, FormRejection>) -> Response {
    let result = match form_of(sent) {
        Ok(given) => list(&session, &id, given.get("reason").trim()).await,
        Err(error) => Err(error),
    };
    send(&session, result, &format!("cohort-{}-people.csv", number(&id)))
}

fn number(id: &str) -> i64 {
    id.parse().unwrap_or_default()
}

fn send(session: &Session, result: Result<String, PageError>, name: &str) -> Response {
    match result {
        Ok(file) => {
            let name = format!("attachment; filename=\"{name}\"");
            ([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)], file).into_response()
        }
        Err(error) => session.respond(Err(error)),
    }
}

fn unfit(error: NoAnswer) -> PageError {
    match error {
        NoAnswer::Rule(findings) => {
            PageError::BadRequest { problems: findings.into_iter().map(|f| f.message).collect() }
        }
        NoAnswer::Results(error) => error.into(),
    }
}

/// The profile as a file: what the page shows and no more.
fn figures(session: &Session, state: &State) -> Result<String, PageError> {
    let (room, blueprint, summary) = (&session.site.cohorts, session.site.blueprint(), &session.site.summary);
    let settled = room.settle(blueprint, state.whom, &state.rule).map_err(unfit)?;
    let profile = cohort::profile(&room.table, &room.fields, blueprint, &settled)?;
    let mut file = String::from("part,item,people,mean\n");
    let count = |count: Option<u64>| count.map_or_else(|| "hidden".to_owned(), |n| n.to_string());
    let mut line = |part: &str, item: &str, people: &str, mean: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(file, "{},{},{people},{mean}", quoted(part), quoted(item));
    };
    line("snapshot", &summary.snapshot, "", "");
    line("rule", if state.rule.is_empty() { "true" } else { &state.rule }, "", "");
    line("looked among", state.whom.label(), "", "");
    line("cohort", "people", &settled.figure.value().map_or_else(|| "fewer than 8".to_owned(), |n| n.to_string()), "");
    for (band, cells) in nhs::AgeBand::all().zip(&profile.age_sex) {
        line("age and sex", &format!("{band}, female"), &count(cells[0]), "");
        line("age and sex", &format!("{band}, male"), &count(cells[1]), "");
    }
    for (label, people) in super::figures::deciles(&profile.deprivation) {
        line("deprivation decile", &label, &count(people), "");
    }
    let mut named = |part: &str, names: Vec<&str>, cells: &[Option<u64>]| {
        for (name, people) in names.into_iter().zip(cells) {
            line(part, name, &count(*people), "");
        }
    };
    named("segment", blueprint.segments.iter().map(|s| s.name.as_str()).collect(), &profile.segments);
    named("tier", blueprint.tiers.iter().map(|t| t.name.as_str()).collect(), &profile.tiers);
    named("locality", summary.localities.iter().map(|l| l.name.as_str()).collect(), &profile.localities);
    let title = |field: usize| room.fields.all().get(field).map_or("", |f| f.title.as_str());
    for share in &profile.needs {
        line("need", title(share.field), &count(share.people), "");
    }
    for number in &profile.numbers {
        let mean = number.mean.map_or_else(|| "hidden".to_owned(), |mean| format!("{mean:.2}"));
        line("mean for each person", title(number.field), "", &mean);
    }
    Ok(file)
}

/// The list of people: pseudonyms for those who plan and evaluate; names of their own people for those who care for them.
/// The audit row is written before a byte leaves, and a refusal is written down too.
async fn list(session: &Session, id: &str, reason: &str) -> Result<String, PageError> {
    let cohort = find(session, id).await?;
    if cohort.deleted.is_some() {
        return Err(PageError::NotFound { what: Some("that cohort: it has been deleted".to_owned()) });
    }
    let reason: String = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let (access, store) = (&session.access, &session.site.store);
    let by_name = access.role().gives_direct_care();
    let allowed = if by_name { access.may_export_names(&reason) } else { access.may_export_pseudonyms(&reason) };
    if let Err(refused) = allowed {
        store.audit_refused_export(access, cohort.id, &refused, session.now()?).await.map_err(|e| internal(&e))?;
        return Err(no_list(&refused));
    }
    let (room, blueprint) = (&session.site.cohorts, session.site.blueprint());
    let set = room.members(blueprint, Whom::from_name(&cohort.text.whom), &cohort.text.rule).map_err(unfit)?;
    let (file, count) = if by_name {
        let rows: Vec<u32> = set.rows().map(|row| row as u32).collect();
        let people = session.site.care().names(access, &rows, store::Action::ExportInCohort, session.now()?).await?;
        (names(&people), people.len())
    } else {
        let ids = room.table.ids(&set)?;
        let mut file = String::from("person_id\n");
        for id in &ids {
            let _ = writeln!(file, "{id}");
        }
        (file, ids.len())
    };
    let snapshot = &session.site.summary.snapshot;
    let export = CohortExport {
        cohort: cohort.id,
        snapshot,
        reason: &reason,
        rows: count,
        with_names: by_name,
        file: file.as_bytes(),
    };
    store.audit_cohort_export(access, &export, session.now()?).await.map_err(|e| internal(&e))?;
    Ok(file)
}

fn no_list(refused: &Refused) -> PageError {
    PageError::BadRequest {
        problems: vec![
            "The list has not been made.".to_owned(),
            refused.reason().to_owned(),
            "The attempt has been written down.".to_owned(),
        ],
    }
}

fn names(people: &[care::NamedPerson]) -> String {
    let mut file = String::from("person_id,nhs_number,family_name,given_name,date_of_birth,postcode\n");
    for person in people {
        let identity = &person.identity;
        let fields = [
            identity.id.to_string(),
            identity.nhs_number.map(|n| n.to_string()).unwrap_or_default(),
            identity.family_name.clone(),
            identity.given_name.clone(),
            person.birth.map(|day| day.to_string()).unwrap_or_default(),
            identity.postcode.clone(),
        ];
        let line: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        let _ = writeln!(file, "{}", line.join(","));
    }
    file
}

/// A field as CSV. A value that a spreadsheet would take for a formula gets an apostrophe before it.
fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t']);
    let field = if formula { format!("'{field}") } else { field.to_owned() };
    if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
}

/// The form that asks for the list.
pub fn form(session: &Session, cohort: &SavedCohort) -> Markup {
    let by_name = session.access.role().gives_direct_care();
    let hint = html! { "In a sentence, such as “Letters to offer the falls clinic, agreed by the locality board”. It is kept with your name in the audit." };
    let why = Input {
        hint: Some(hint),
        autocomplete: Some("off"),
        ..Input::new("reason", "reason", Label::plain("Why do you need the list?"))
    };
    html! {
        h2 { "List of people" }
        p {
            @if by_name { "The list has the names of those in the cohort whom " (session.access.organisation()) " looks after. It is written on the record of everyone in it." }
            @else { "The list has a pseudonym for each person and nothing else. The same person has the same pseudonym in every load, so treat the file as data about people." }
            " The purpose is: " (session.access.purpose().label()) "."
        }
        form method="post" action=(format!("/cohorts/{}/people.csv", cohort.id)) {
            (input(&why))
            (button("Download the list", ButtonVariant::Secondary, ButtonSize::Normal))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn fields_are_safe_in_a_spreadsheet() {
        assert_eq!(quoted("a,b \"c\""), "\"a,b \"\"c\"\"\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
    }
}
