//! Saving, renaming, copying, deleting.

use super::build::{Draft, builder};
use super::state::{Given, Pairs, form};
use super::{find, may_build, saved};
use crate::web::Session;
use crate::web::cohort_room::NoAnswer;
use crate::web::errors::PageError;
use crate::web::layout::Page;
use crate::web::session::internal;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Redirect, Response};
use population::cohort::{MOST_CONDITIONS, Tree};
use store::{CohortText, Error, LONGEST_NAME};

/// Longest description, in characters.
const LONGEST_DESCRIPTION: usize = 1_000;

type Sent = Result<Form<Pairs>, FormRejection>;

/// Where to go when it is done, or the page that says what to put right.
enum Done {
    Go(String),
    Stay(Page),
}

fn answer(session: &Session, result: Result<Done, PageError>) -> Response {
    match result {
        Ok(Done::Go(address)) => Redirect::to(&address).into_response(),
        Ok(Done::Stay(page)) => session.respond(Ok(page)),
        Err(error) => session.respond(Err(error)),
    }
}

/// `POST /cohorts/save`: a new cohort, or a change of a saved one.
pub async fn save(session: Session, sent: Sent) -> Response {
    let result = match may_build(&session).and_then(|()| form(sent)) {
        Ok(given) => try_save(&session, &given).await,
        Err(error) => Err(error),
    };
    answer(&session, result)
}

async fn try_save(session: &Session, given: &Given) -> Result<Done, PageError> {
    let state = given.state();
    let draft = Draft { name: tidy(given.get("name")), description: tidy(given.get("description")) };
    let stay = |problem: String, place| builder(session, given, &draft, &[(problem, place)]).map(Done::Stay);
    if Tree::parse(&state.rule).conditions() > MOST_CONDITIONS {
        return stay(format!("A cohort has at most {MOST_CONDITIONS} conditions. Take some away."), "#rule");
    }
    match session.site.cohorts.compile(session.site.blueprint(), state.whom, &state.rule) {
        Ok(_) => {}
        // The builder shows what is wrong with the rule.
        Err(NoAnswer::Rule(_)) => return builder(session, given, &draft, &[]).map(Done::Stay),
        Err(NoAnswer::Results(error)) => return Err(error.into()),
    }
    let (store, snapshot, now) = (&session.site.store, &session.site.summary.snapshot, session.now()?);
    let (whom, rule) = (state.whom.name().to_owned(), state.rule.clone());
    let saved = if let Some((id, version)) = state.saved {
        let before = find(session, &id.to_string()).await?;
        let text = CohortText { whom, rule, ..before.text };
        store.change_cohort(id, version, &text, snapshot, now).await.map(|()| id)
    } else {
        if let Some(problem) = wrong(&draft) {
            return stay(problem, "#name");
        }
        let text = CohortText { name: draft.name.clone(), description: draft.description.clone(), whom, rule };
        store.save_cohort(&text, session.access.who(), snapshot, now).await
    };
    match saved {
        Ok(id) => Ok(Done::Go(format!("/cohorts/{id}?done=saved"))),
        Err(Error::CohortNameTaken(_)) => {
            stay("There is already a cohort with this name. Choose another name.".into(), "#name")
        }
        Err(error) => Err(refused(&error)),
    }
}

/// `POST /cohorts/{id}/rename`
pub async fn rename(session: Session, Path(id): Path<String>, sent: Sent) -> Response {
    let result = match may_build(&session).and_then(|()| form(sent)) {
        Ok(given) => try_rename(&session, &id, &given).await,
        Err(error) => Err(error),
    };
    answer(&session, result)
}

async fn try_rename(session: &Session, id: &str, given: &Given) -> Result<Done, PageError> {
    let cohort = find(session, id).await?;
    let draft = Draft { name: tidy(given.get("name")), description: tidy(given.get("description")) };
    let mut problem = wrong(&draft);
    if problem.is_none() {
        let version = given.get("version").parse().unwrap_or_default();
        let text =
            CohortText { name: draft.name.clone(), description: draft.description.clone(), ..cohort.text.clone() };
        match session.site.store.change_cohort(cohort.id, version, &text, &cohort.snapshot, session.now()?).await {
            Ok(()) => return Ok(Done::Go(format!("/cohorts/{}?done=saved", cohort.id))),
            Err(Error::CohortNameTaken(_)) => {
                problem = Some("There is already a cohort with this name. Choose another name.".to_owned());
            }
            Err(error) => return Err(refused(&error)),
        }
    }
    saved::view(session, &cohort, &Given::default(), &draft, problem.as_deref()).await.map(Done::Stay)
}

/// `POST /cohorts/{id}/duplicate`
pub async fn duplicate(session: Session, Path(id): Path<String>) -> Response {
    let result = try_duplicate(&session, &id).await;
    answer(&session, result)
}

async fn try_duplicate(session: &Session, id: &str) -> Result<Done, PageError> {
    may_build(session)?;
    let cohort = find(session, id).await?;
    let start: String = cohort.text.name.chars().take(LONGEST_NAME - 20).collect();
    let (store, snapshot) = (&session.site.store, &session.site.summary.snapshot);
    for number in 1..1_000 {
        let name = if number == 1 { format!("{start} (copy)") } else { format!("{start} (copy {number})") };
        let text = CohortText { name, ..cohort.text.clone() };
        match store.save_cohort(&text, session.access.who(), snapshot, session.now()?).await {
            Ok(id) => return Ok(Done::Go(format!("/cohorts/{id}?done=saved"))),
            Err(Error::CohortNameTaken(_)) => {}
            Err(error) => return Err(refused(&error)),
        }
    }
    Err(PageError::BadRequest {
        problems: vec!["There are too many copies of this cohort. Give one of them another name.".into()],
    })
}

/// `POST /cohorts/{id}/delete`
pub async fn delete(session: Session, Path(id): Path<String>) -> Response {
    let result = turn(&session, &id, true).await;
    answer(&session, result)
}

/// `POST /cohorts/{id}/restore`
pub async fn restore(session: Session, Path(id): Path<String>) -> Response {
    let result = turn(&session, &id, false).await;
    answer(&session, result)
}

async fn turn(session: &Session, id: &str, delete: bool) -> Result<Done, PageError> {
    may_build(session)?;
    let cohort = find(session, id).await?;
    let now = if delete { Some(session.now()?) } else { None };
    match session.site.store.delete_cohort(cohort.id, now).await {
        // Done already, in another tab perhaps: the result is what was asked for.
        Ok(()) | Err(Error::NoSuchCohort(_)) => {}
        Err(Error::CohortNameTaken(_)) => {
            return Err(PageError::BadRequest {
                problems: vec![format!(
                    "There is now another cohort with the name “{}”. Rename that one, then bring this one back.",
                    cohort.text.name
                )],
            });
        }
        Err(error) => return Err(refused(&error)),
    }
    Ok(Done::Go(if delete { format!("/cohorts?deleted={}", cohort.id) } else { format!("/cohorts/{}", cohort.id) }))
}

/// What is wrong with a name or a description.
fn wrong(draft: &Draft) -> Option<String> {
    let (name, description) = (draft.name.chars().count(), draft.description.chars().count());
    if name == 0 {
        Some("Enter a name for the cohort.".to_owned())
    } else if name > LONGEST_NAME {
        Some(format!("The name has {name} characters. Use at most {LONGEST_NAME}."))
    } else if description > LONGEST_DESCRIPTION {
        Some(format!("The description has {description} characters. Use at most {LONGEST_DESCRIPTION}."))
    } else {
        None
    }
}

/// Text without control characters, and with single spaces.
fn tidy(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn refused(error: &Error) -> PageError {
    match error {
        Error::CohortChanged(id) => PageError::BadRequest {
            problems: vec![format!(
                "Cohort {id} has been changed or deleted since you opened it, perhaps in another tab. Open it from the list of cohorts, look at what is there now, and make your change again."
            )],
        },
        Error::NoSuchCohort(_) => PageError::NotFound { what: Some("that cohort".to_owned()) },
        other => internal(other),
    }
}
