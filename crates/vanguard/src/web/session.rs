//! Who is looking. A cookie with a role and a team stands in for signing in, which comes later.

use super::Site;
use super::errors::PageError;
use super::layout::{Page, Shell, Viewer, layout};
use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use care::CareError;
use nhs::{LondonInstant, OdsCode};
use std::convert::Infallible;
use std::sync::Arc;
use store::{Access, Role, Scope};

/// The cookie's name.
pub const COOKIE_NAME: &str = "vanguard_role";

/// One request: the open place, who asks, and what every page shows of both.
#[derive(Debug, Clone)]
pub struct Session {
    /// The open place.
    pub site: Arc<Site>,
    /// Who asks, in what role, for which organisation and why. Whatever touches a person takes it.
    pub access: Access,
    /// The practice code or locality the person works for, where the role has one.
    pub team: Option<String>,
    /// The frame of the page.
    pub shell: Shell,
    /// The address asked for, with its query.
    pub path: String,
}

impl FromRequestParts<Arc<Site>> for Session {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Infallible> {
        let (role, team) = chosen(parts).unwrap_or((Role::Analyst, None));
        let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        Ok(Self::new(Arc::clone(site), role, team.as_deref(), path))
    }
}

/// The role and team of the cookie, where it holds a known role.
fn chosen(parts: &Parts) -> Option<(Role, Option<String>)> {
    let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let value = cookies
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE_NAME)?.strip_prefix('='))?
        .to_owned();
    let (role, team) = value.split_once('.').map_or((value.as_str(), None), |(role, team)| (role, Some(team)));
    Some((Role::from_name(role)?, team.filter(|t| !t.is_empty()).map(str::to_owned)))
}

impl Session {
    /// The session of a role; a role that works for a team and names none gets the first of the place.
    pub fn new(site: Arc<Site>, role: Role, team: Option<&str>, path: String) -> Self {
        let (team, organisation, scope) = team_of(&site, role, team);
        let (who, name) = stand_in(role, team.as_deref());
        let access = Access::new(who, role, organisation.clone(), role.usual_purpose(), scope);
        let viewer = Viewer {
            name: name.to_owned(),
            role: role.name().to_owned(),
            organisation,
            direct_care: role.gives_direct_care(),
        };
        let shell = Shell {
            place: site.summary.place.clone(),
            viewer,
            snapshot: Some(site.summary.snapshot.clone()),
            as_of: Some(site.summary.as_of_day().long()),
        };
        Self { site, access, team, shell, path }
    }

    /// The instant of the request.
    pub fn now(&self) -> Result<LondonInstant, PageError> {
        crate::pipeline::runs::now()
            .ok_or_else(|| internal(&"the clock of this machine is outside the calendar: set it right"))
    }

    /// The page, or the page that says why not.
    pub fn respond(&self, result: Result<Page, PageError>) -> Response {
        match result {
            Ok(page) => layout(&self.shell, &page).into_response(),
            Err(error) => error.respond(&self.shell, &self.path),
        }
    }
}

/// The second of two test users who check data, so that a second opinion can be tried.
pub const SECOND_REVIEWER: &str = "second";

/// The person who stands in for a role: user name and name.
fn stand_in(role: Role, team: Option<&str>) -> (&'static str, &'static str) {
    match role {
        Role::DataQuality if team == Some(SECOND_REVIEWER) => ("test.officer.2", "Second Test Officer"),
        Role::DataQuality => ("test.officer", "Test Officer"),
        Role::Analyst => ("test.analyst", "Test Analyst"),
        Role::CareCoordinator => ("test.coordinator", "Test Coordinator"),
        Role::Gp => ("test.gp", "Test Doctor"),
        Role::SiteLead => ("test.lead", "Test Lead"),
        Role::Evaluator => ("test.evaluator", "Test Evaluator"),
    }
}

/// The team someone works for: its code, the organisation as pages show it, and whom it reaches.
fn team_of(site: &Site, role: Role, wanted: Option<&str>) -> (Option<String>, String, Scope) {
    let summary = &site.summary;
    match role {
        Role::Gp => {
            let named = summary.practices.iter().find(|p| Some(p.code.as_str()) == wanted);
            let practice = named.or_else(|| summary.practices.iter().find(|p| p.people > 0));
            practice.map_or((None, summary.place.clone(), Scope::Figures), |p| {
                let own = OdsCode::parse(&p.code).into_iter().collect();
                (Some(p.code.clone()), p.name.clone(), Scope::Practices(own))
            })
        }
        Role::CareCoordinator => {
            let named = summary.localities.iter().find(|l| Some(l.id.as_str()) == wanted);
            let locality = named.or_else(|| summary.localities.iter().find(|l| l.people > 0));
            locality.map_or((None, summary.place.clone(), Scope::Figures), |l| {
                (Some(l.id.clone()), format!("{} team", l.name), Scope::Localities([l.id.clone()].into()))
            })
        }
        Role::DataQuality => {
            let second = wanted.filter(|team| *team == SECOND_REVIEWER).map(str::to_owned);
            (second, summary.place.clone(), Scope::Figures)
        }
        Role::Analyst | Role::SiteLead | Role::Evaluator => (None, summary.place.clone(), Scope::Figures),
    }
}

/// A failure of ours: the log gets the cause, the page a reference to it.
pub fn internal(cause: &dyn std::fmt::Display) -> PageError {
    let text = cause.to_string();
    let instant = crate::pipeline::runs::now().map_or(0, LondonInstant::unix_millis);
    let reference = store::sha256_hex(format!("{instant} {text}").as_bytes()).chars().take(8).collect::<String>();
    eprintln!("failure {reference}: {text}");
    PageError::Internal { reference }
}

impl From<CareError> for PageError {
    fn from(error: CareError) -> Self {
        match error {
            CareError::Refused(refused) => Self::Forbidden {
                what: format!("people's names and records. {}", refused.reason().trim_end_matches('.')),
                roles: vec!["care coordinators".to_owned(), "GPs, for the people they look after".to_owned()],
            },
            CareError::NoSuchPerson(_) => Self::NotFound { what: Some("a person with that reference".to_owned()) },
            CareError::NoSuchCaseload => Self::NotFound { what: Some("that caseload".to_owned()) },
            CareError::Lake(error) => internal(&error),
            CareError::Store(error) => internal(&error),
        }
    }
}
