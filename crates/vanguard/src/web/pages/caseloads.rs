//! Whom each team should see.

mod list;

use super::{heading, page, shown};
use crate::web::Session;
use crate::web::components::{
    ButtonSize, ButtonVariant, Choice, Column, Label, Select, Size, Table, button, inset_text, select, table,
};
use crate::web::layout::{Page, Section};
use ::blueprint::model::Service;
use axum::response::Response;
use care::{Caseload, Cover, cover_id};
use maud::{Markup, html};
use store::Role;

pub use list::{export, show};

/// `GET /caseloads`
pub async fn index(session: Session) -> Response {
    session.respond(Ok(all(&session)))
}

fn all(session: &Session) -> Page {
    let by_name = session.access.role().gives_direct_care();
    let body = html! {
        (heading("Caseloads", None))
        @if by_name { (own_teams(session)) } @else { (every_team(session)) }
    };
    page(session, "Caseloads", Section::Caseloads, Vec::new(), body)
}

/// The page of somebody who sees names: the lists of their own teams.
fn own_teams(session: &Session) -> Markup {
    let lists: Vec<&Caseload> = session.site.caseloads.lists.iter().filter(|list| is_own(session, list)).collect();
    html! {
        p class="nhsuk-lede-text" {
            "Whom your teams should see, most pressing first. Each list shows why a person is on it and whether the team has a place for them."
        }
        (switch_team(session))
        @if lists.is_empty() {
            (inset_text(&html! { "No team of yours keeps a list. Switch the practice or locality above, or look at the services in the " a href=(Section::CareModel.href()) { "care model" } "." }))
        } @else {
            (lists_table(session, &lists))
        }
    }
}

/// The page of everyone else: how long the lists are, and no way to a name.
fn every_team(session: &Session) -> Markup {
    let lists: Vec<&Caseload> = session.site.caseloads.lists.iter().collect();
    html! {
        p class="nhsuk-lede-text" {
            "How many people each team could see and how many it has places for. Names are for the teams: your role sees figures only."
        }
        @if lists.is_empty() {
            (inset_text(&html! { "No service of this care model keeps a list. Give a service a team and a rule for who is eligible in the care model, then run the place again." }))
        } @else {
            (lists_table(session, &lists))
        }
        p class="nhsuk-body-s" { (shown::NOTE) }
    }
}

/// A list of somebody's own team. A practice's people are also on the lists of their own locality and of the whole place.
fn is_own(session: &Session, list: &Caseload) -> bool {
    let allowed = session.site.care().may_see_caseload(&session.access, list.cover).is_ok();
    let elsewhere = match (session.access.role(), list.cover) {
        (Role::Gp, Cover::Locality(locality)) => {
            let own = session.site.summary.practices.iter().find(|p| Some(&p.code) == session.team.as_ref());
            own.is_none_or(|practice| practice.locality != locality)
        }
        _ => false,
    };
    allowed && !elsewhere
}

/// The service of a list.
fn service_of<'a>(session: &'a Session, list: &Caseload) -> Option<&'a Service> {
    session.site.blueprint().services.get(list.service)
}

/// The address of a list.
pub fn address(session: &Session, list: &Caseload) -> String {
    let service = service_of(session, list).map_or("", |service| service.id.as_str());
    format!("/caseloads/{service}/{}", cover_id(list.cover, &session.site.summary))
}

/// Runs of neighbours with the same key.
fn grouped<T, K: PartialEq>(items: &[T], key: impl Fn(&T) -> K) -> Vec<&[T]> {
    items.chunk_by(|a, b| key(a) == key(b)).collect()
}

fn lists_table(session: &Session, lists: &[&Caseload]) -> Markup {
    let rows = grouped(lists, |list| list.service).into_iter().flat_map(|lists| service_rows(session, lists)).collect();
    table(&Table {
        caption: "Lists by service and team",
        size: Some(Size::M),
        columns: vec![
            Column::text("Service"),
            Column::text("Team"),
            Column::number("Places"),
            Column::number("Eligible people"),
            Column::number("Waiting for a place"),
        ],
        rows,
        row_headers: false,
        scroll_id: Some("caseloads"),
    })
}

/// The rows of one service. Its teams share out the people of the place, so their counts are protected together.
fn service_rows(session: &Session, lists: &[&Caseload]) -> Vec<Vec<Markup>> {
    let by_name = session.access.role().gives_direct_care();
    let eligible: Vec<u64> = lists.iter().map(|list| list.ranked.len() as u64).collect();
    // Whoever sees the people of a list may count them; everyone else gets figures after disclosure control.
    let exact = session.access.may_see_exact_counts().is_ok();
    let eligible = if exact { eligible.into_iter().map(Some).collect() } else { shown::list(&eligible).cells };
    let row = |(list, eligible): (&&Caseload, Option<u64>)| {
        let name = service_of(session, list).map_or("", |service| service.name.as_str());
        // Worked out from the count as it may be seen, so that it tells nothing more.
        let waiting = eligible
            .map(|people| people.saturating_sub(u64::from(list.capacity)))
            .and_then(|n| if exact { Some(n) } else { shown::alone(n) });
        vec![
            html! { (name) },
            html! { @if by_name { a href=(address(session, list)) { (list.team_name) span class="nhsuk-u-visually-hidden" { ": " (name) } } } @else { (list.team_name) } },
            html! { (shown::count(Some(u64::from(list.capacity)))) },
            html! { (shown::count(eligible)) },
            html! { (shown::count(waiting)) },
        ]
    };
    lists.iter().zip(eligible).map(row).collect()
}

/// The form that switches the practice of a doctor or the locality of a coordinator.
fn switch_team(session: &Session) -> Markup {
    let summary = &session.site.summary;
    let (label, choices): (&str, Vec<Choice>) = match session.access.role() {
        Role::Gp => ("Your practice", summary.practices.iter().map(|p| Choice::new(&p.code, &p.name)).collect()),
        Role::CareCoordinator => {
            ("Your locality", summary.localities.iter().map(|l| Choice::new(&l.id, &l.name)).collect())
        }
        Role::Analyst | Role::SiteLead | Role::Evaluator | Role::DataQuality => return html! {},
    };
    html! {
        form method="post" action="/role" {
            input type="hidden" name="role" value=(session.access.role().name());
            input type="hidden" name="return_to" value=(Section::Caseloads.href());
            (select(&Select {
                id: "team",
                name: "team",
                label: Label::plain(label),
                hint: None,
                error: None,
                choices,
                chosen: session.team.as_deref(),
            }))
            (button("Switch team", ButtonVariant::Secondary, ButtonSize::Small))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn neighbours_with_the_same_key_go_together() {
        let items = [(1, 'a'), (1, 'b'), (2, 'c'), (1, 'd')];
        let letters = |group: &[(i32, char)]| group.iter().map(|(_, letter)| *letter).collect::<String>();
        let groups: Vec<String> = grouped(&items, |item| item.0).into_iter().map(letters).collect();
        assert_eq!(groups, ["ab", "c", "d"]);
        assert!(grouped::<(i32, char), i32>(&[], |item| item.0).is_empty());
    }
}
