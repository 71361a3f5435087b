//! Pages for when something is not right. Each says what happened and what to do now.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::components::{DetailsStyle, action_link, details};
use super::layout::{Page, Section, Shell, layout};

/// Why a page cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageError {
    /// The address leads nowhere, or names something that is not in this snapshot.
    NotFound {
        /// What was looked for, such as "a person with that reference"; none for an unknown address.
        what: Option<String>,
    },
    /// The role may not see it.
    Forbidden {
        /// What the page shows, such as "people's names and records".
        what: String,
        /// The names of the roles that may see it.
        roles: Vec<String>,
    },
    /// The address or form holds something that cannot be understood.
    BadRequest {
        /// What is wrong and what would be right, a sentence each.
        problems: Vec<String>,
    },
    /// The program failed. The details are in its log, never on the page.
    Internal {
        /// What finds this failure in the log.
        reference: String,
    },
}

impl PageError {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::BadRequest { .. } => StatusCode::BAD_REQUEST,
            Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "Page not found",
            Self::Forbidden { .. } => "Your role does not see this page",
            Self::BadRequest { .. } => "There is a problem with this request",
            Self::Internal { .. } => "Sorry, there is a problem with Vanguard",
        }
    }

    /// The whole page; `path` is the address that was asked for.
    pub fn page(&self, shell: &Shell, path: &str) -> Markup {
        let body = html! {
            div class="nhsuk-grid-row" {
                div class="nhsuk-grid-column-two-thirds" {
                    h1 { (self.title()) }
                    (self.help())
                }
            }
        };
        let title = self.title().to_owned();
        layout(shell, &Page { title, section: None, breadcrumbs: Vec::new(), path: path.to_owned(), body })
    }

    /// The whole answer.
    pub fn respond(&self, shell: &Shell, path: &str) -> Response {
        (self.status(), self.page(shell, path)).into_response()
    }

    fn help(&self) -> Markup {
        match self {
            Self::NotFound { what } => not_found(what.as_deref()),
            Self::Forbidden { what, roles } => forbidden(what, roles),
            Self::BadRequest { problems } => bad_request(problems),
            Self::Internal { reference } => internal(reference),
        }
    }
}

fn not_found(what: Option<&str>) -> Markup {
    html! {
        @if let Some(what) = what {
            p { "We could not find " (what) "." }
            p { "It may have been in an earlier load of the data. References of people stay the same from load to load." }
        } @else {
            p { "If you typed the web address, check it is correct." }
            p { "If you pasted the web address, check you copied all of it." }
        }
        (action_link("Go to the overview", Section::Overview.href()))
        h2 class="nhsuk-heading-m" { "Or choose a section" }
        ul class="nhsuk-list nhsuk-list--bullet" {
            @for section in Section::ALL { li { a href=(section.href()) { (section.title()) } } }
        }
    }
}

fn forbidden(what: &str, roles: &[String]) -> Markup {
    html! {
        p { "This page shows " (what) ". " (who_may(roles)) }
        p { "Nothing about anybody has been shown." }
        h2 class="nhsuk-heading-m" { "What you can do" }
        ol class="nhsuk-list nhsuk-list--number" {
            li { "Go to \"See the pages as\" at the top of this page." }
            li { "Choose a role that may see it, and select \"Switch role\"." }
        }
        p { "Or stay with your role and look at the figures for the whole place." }
        (action_link("Go to the overview", Section::Overview.href()))
    }
}

fn who_may(roles: &[String]) -> String {
    match roles {
        [] => "No role may see it.".to_owned(),
        [only] => format!("Only this role sees it: {only}."),
        [start @ .., last] => format!("Only these roles see it: {} and {last}.", start.join(", ")),
    }
}

fn bad_request(problems: &[String]) -> Markup {
    html! {
        @if problems.is_empty() {
            p { "Part of the web address or the form could not be understood." }
        } @else {
            ul class="nhsuk-list nhsuk-list--bullet" { @for problem in problems { li { (problem) } } }
        }
        p { "Nothing has been changed. Go back, put it right and try again." }
        (action_link("Go to the overview", Section::Overview.href()))
    }
}

fn internal(reference: &str) -> Markup {
    let command =
        html! { p { "Search the output of the program for " code { (reference) } ". The line says what failed." } };
    html! {
        p { "Nothing has been changed. Try again in a moment." }
        p { "If it happens again, tell whoever runs Vanguard for you this reference: " strong { (reference) } "." }
        (details("I run Vanguard for this place", &command, DetailsStyle::Plain, false))
        (action_link("Go to the overview", Section::Overview.href()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::layout::Viewer;

    fn page(error: &PageError) -> String {
        let viewer =
            Viewer { name: "Sam".into(), role: "analyst".into(), organisation: "Place".into(), direct_care: false };
        let shell = Shell { place: "Place".into(), viewer, snapshot: None, as_of: None };
        error.page(&shell, "/x?<y>").into_string()
    }

    #[test]
    fn a_refusal_names_the_roles_and_the_way_to_switch() {
        let roles = vec!["care coordinator".to_owned(), "GP".to_owned()];
        let text = page(&PageError::Forbidden { what: "people's names".into(), roles });
        assert!(text.contains("Only these roles see it: care coordinator and GP."));
        assert!(text.contains("action=\"/role\""));
        assert!(text.contains("<title>Your role does not see this page - Vanguard</title>"));
    }

    #[test]
    fn the_asked_address_is_escaped_and_kept() {
        let text = page(&PageError::NotFound { what: None });
        assert!(text.contains("name=\"return_to\" value=\"/x?&lt;y&gt;\""));
    }

    #[test]
    fn an_analyst_has_no_search_box() {
        let text = page(&PageError::Internal { reference: "4f2a".into() });
        assert!(text.contains("4f2a"));
        assert!(!text.contains("type=\"search\""));
    }
}
