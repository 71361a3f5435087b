//! Finding a person, for those who look after people.

use super::{heading, page};
use crate::web::Session;
use crate::web::components::{
    ButtonSize, ButtonVariant, Column, Input, Label, Size, Table, button, input, inset_text, table,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use axum::extract::Query;
use axum::response::Response;
use care::{CareError, NamedPerson};
use maud::{Markup, html};
use serde::Deserialize;

/// People shown at most. Somebody who gets more can say more.
const SHOWN: usize = 50;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
}

/// `GET /search?q=`
pub async fn show(session: Session, Query(question): Query<Question>) -> Response {
    let result = search(&session, question.q.trim()).await;
    session.respond(result)
}

async fn search(session: &Session, text: &str) -> Result<Page, PageError> {
    session.access.may_see_names().map_err(CareError::Refused)?;
    let too_short = !text.is_empty() && says_too_little(text);
    let found = if text.is_empty() || too_short {
        None
    } else {
        Some(session.site.care().search(&session.access, text, SHOWN, session.now()?).await?)
    };
    let body = html! {
        (heading("Search for a person", None))
        (form(text, too_short))
        @match found {
            Some(found) => (answer(session, text, &found)),
            None => (examples()),
        }
    };
    Ok(page(session, "Search for a person", Section::Caseloads, Vec::new(), body))
}

/// Whether a text is too short to search by: one letter or figure, or words of one letter each.
fn says_too_little(text: &str) -> bool {
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    if has_digit {
        return text.chars().count() < 2;
    }
    !text.split(|c: char| c.is_whitespace() || c == ',').any(|word| word.chars().count() >= 2)
}

fn form(text: &str, too_short: bool) -> Markup {
    let question = Input {
        value: Some(text).filter(|text| !text.is_empty()),
        hint: Some(html! { "You find people whom you look after: those of your practice or locality." }),
        error: too_short.then_some("Enter at least 2 letters of a name, or the beginning of a postcode"),
        autocomplete: Some("off"),
        width: Some(30),
        ..Input::new("q", "q", Label::plain("Name, NHS number or postcode"))
    };
    html! {
        form method="get" action="/search" novalidate {
            (input(&question))
            (button("Search", ButtonVariant::Primary, ButtonSize::Small))
        }
    }
}

fn examples() -> Markup {
    html! {
        h2 class="nhsuk-heading-m" { "What you can enter" }
        ul class="nhsuk-list nhsuk-list--bullet" {
            li { "a name or the beginning of one: " strong { "smith" } ", or " strong { "smith, an" } }
            li { "an NHS number with or without spaces: " strong { "999 000 0018" } }
            li { "a postcode or the beginning of one: " strong { "TS18 1" } }
        }
    }
}

fn answer(session: &Session, text: &str, found: &[NamedPerson]) -> Markup {
    if found.is_empty() {
        return html! {
            (inset_text(&html! { "No person whom you look after matches \"" (text) "\"." }))
            p { "Check the spelling, enter less of the name, or try the NHS number. People of other practices or localities are not found here." }
            (examples())
        };
    }
    let caption = match found.len() {
        1 => "1 person found".to_owned(),
        SHOWN => format!("The first {SHOWN} people found"),
        people => format!("{people} people found"),
    };
    html! {
        @if found.len() == SHOWN { p { "There may be more. Enter more of the name to see fewer." } }
        (table(&Table {
            caption: &caption,
            size: Some(Size::M),
            columns: vec![
                Column::text("Name"),
                Column::text("NHS number"),
                Column::text("Born"),
                Column::text("Postcode"),
                Column::text("Practice"),
            ],
            rows: found.iter().map(|person| row(session, person)).collect(),
            row_headers: true,
            scroll_id: Some("found"),
        }))
        p class="nhsuk-body-s" { "That you saw these names is written down on the record of each." }
    }
}

fn row(session: &Session, person: &NamedPerson) -> Vec<Markup> {
    let site = &session.site;
    let practice = site.people.practice.get(person.person as usize);
    let practice = practice.and_then(|practice| site.summary.practices.get(usize::from(*practice)));
    let identity = &person.identity;
    vec![
        html! { a href=(format!("/person/{}", identity.id)) { (person.name()) } },
        html! { @match identity.nhs_number { Some(number) => (number), None => "not known" } },
        html! { @match person.birth { Some(day) => (day.long()), None => "not known" } },
        html! { (identity.postcode) },
        html! { (practice.map_or("none", |practice| practice.name.as_str())) },
    ]
}

#[cfg(test)]
mod tests {
    use super::says_too_little;

    #[test]
    fn two_letters_are_enough() {
        for text in ["s", "s, a", "7", "é"] {
            assert!(says_too_little(text), "{text}");
        }
        for text in ["sm", "s, an", "TS", "t1", "943 476 5919", "Élodie"] {
            assert!(!says_too_little(text), "{text}");
        }
    }
}
