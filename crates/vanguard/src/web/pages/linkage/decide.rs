//! What a reviewer says about a pair is kept, taken back, or cannot be taken.

use super::pair::{Told, find, page_of, seen};
use super::queue::{decisions, next};
use super::{allowed, forbidden, words};
use crate::web::Session;
use crate::web::errors::PageError;
use crate::web::session::internal;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use store::{Error, Verdict};

/// The longest reason, in characters.
pub const LONGEST: usize = 500;

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
pub struct Answer {
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    reason: String,
}

fn to(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, address.to_owned())]).into_response()
}

fn failed(error: &Error) -> PageError {
    match error {
        Error::Refused(_) => forbidden(),
        other => internal(other),
    }
}

/// `POST /linkage/review/{pair}`: keeps the decision and goes on to the next pair.
pub async fn decide(session: Session, Path(pair): Path<String>, Form(answer): Form<Answer>) -> Response {
    match keep(&session, &pair, &answer).await {
        Ok(response) => response,
        Err(error) => session.respond(Err(error)),
    }
}

async fn keep(session: &Session, key: &str, answer: &Answer) -> Result<Response, PageError> {
    let pair = find(session, key)?;
    let verdict = Verdict::from_name(&answer.verdict);
    let reason = answer.reason.trim();
    if session.access.may_review_linkage().is_ok() {
        let problem = match verdict {
            None => Some(("Say whether the two records are one person", "#verdict")),
            Some(_) if reason.chars().count() > LONGEST => Some(("Give a reason of 500 letters or fewer", "#reason")),
            Some(_) => None,
        };
        if let Some(problem) = problem {
            let told = Told { problem: Some(problem), verdict, reason, after: None };
            let page = page_of(session, key, &told).await?;
            return Ok((StatusCode::BAD_REQUEST, session.respond(Ok(page))).into_response());
        }
    }
    let kept = session.site.store.decide(&session.access, seen(session, pair), verdict, reason, session.now()?).await;
    kept.map_err(|error| failed(&error))?;
    let all = decisions(session).await?;
    Ok(match next(session, &all, Some(pair)) {
        Some(next) => to(&format!("{}?after={}", words::address(next), words::key(pair))),
        None => to("/linkage/review?show=all&done=none-left"),
    })
}

/// `POST /linkage/review/{pair}/undo`: takes back what this reviewer said, and shows the pair again.
pub async fn undo(session: Session, Path(pair): Path<String>) -> Response {
    match take_back(&session, &pair).await {
        Ok(response) => response,
        Err(error) => session.respond(Err(error)),
    }
}

async fn take_back(session: &Session, key: &str) -> Result<Response, PageError> {
    allowed(session)?;
    let pair = find(session, key)?;
    let said = decisions(session).await?;
    let said = said.pairs.get(&words::key(pair)).and_then(|all| all.said_by(session.access.who())).is_some();
    if said {
        let kept = session.site.store.decide(&session.access, seen(session, pair), None, "", session.now()?).await;
        kept.map_err(|error| failed(&error))?;
    }
    Ok(to(&format!("{}?undone=yes", words::address(pair))))
}

/// What the form of the settings sends.
#[derive(Debug, Default, Deserialize)]
pub struct Rule {
    #[serde(default)]
    reviewers: String,
}

/// `POST /linkage/review/reviewers`
pub async fn reviewers(session: Session, Form(rule): Form<Rule>) -> Response {
    let reviewers = match rule.reviewers.as_str() {
        "1" => 1,
        "2" => 2,
        _ => {
            let problems = vec!["Choose whether one reviewer decides or two must agree.".to_owned()];
            return session.respond(Err(PageError::BadRequest { problems }));
        }
    };
    let now = match session.now() {
        Ok(now) => now,
        Err(error) => return session.respond(Err(error)),
    };
    match session.site.store.set_reviewers(&session.access, reviewers, now).await {
        Ok(()) => to("/linkage/review"),
        Err(error) => session.respond(Err(failed(&error))),
    }
}
