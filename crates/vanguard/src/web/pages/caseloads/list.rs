//! One team's list: the people it has places for, the line, and those just below it.

use super::{address, service_of};
use crate::web::Session;
use crate::web::components::{
    Borders, ButtonSize, ButtonVariant, Column, Crumb, Size, SummaryRow, Table, button, inset_text, summary_list, table,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::pages::measures::words;
use crate::web::pages::paging::Paging;
use crate::web::pages::{heading, page};
use ::blueprint::model::Service;
use axum::extract::{Path, Query};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use care::{Caseload, NamedPerson, cover_id};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::HashMap;
use store::Action;

/// Rows on a page: as many names as are looked up, and written down as seen, at once.
const PER_PAGE: usize = 50;
/// How many of those who wait are shown.
const BELOW: usize = 10;

/// Which page of the list is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Part {
    #[serde(default)]
    page: String,
}

/// A row of the list: rank from 0 in the team's whole list, and the person.
type Row = (usize, u32);

/// `GET /caseloads/{service}/{team}`
pub async fn show(
    session: Session,
    Path((service, team)): Path<(String, String)>,
    Query(part): Query<Part>,
) -> Response {
    let result = caseload(&session, &service, &team, &part).await;
    session.respond(result)
}

/// `POST /caseloads/{service}/{team}/caseload.csv`
pub async fn export(session: Session, Path((service, team)): Path<(String, String)>) -> Response {
    match file(&session, &service, &team).await {
        Ok(file) => {
            let name = format!("attachment; filename=\"caseload-{service}-{team}.csv\"");
            ([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, name)], file).into_response()
        }
        Err(error) => session.respond(Err(error)),
    }
}

async fn file(session: &Session, service: &str, team: &str) -> Result<Vec<u8>, PageError> {
    let cover = find(session, service, team)?.cover;
    Ok(session.site.care().export_caseload(&session.access, service, cover, session.now()?).await?)
}

/// The list of a service and a team, for those who may see it.
fn find<'a>(session: &'a Session, service: &str, team: &str) -> Result<&'a Caseload, PageError> {
    let (site, missing) = (&session.site, || PageError::NotFound { what: Some("that caseload".to_owned()) });
    let of_service = |list: &&Caseload| service_of(session, list).is_some_and(|found| found.id == service);
    let of_team = |list: &&Caseload| cover_id(list.cover, &site.summary) == team;
    let list = site.caseloads.lists.iter().filter(of_service).find(of_team).ok_or_else(missing)?;
    site.care().may_see_caseload(&session.access, list.cover).map_err(care::CareError::Refused)?;
    Ok(list)
}

async fn caseload(session: &Session, service: &str, team: &str, part: &Part) -> Result<Page, PageError> {
    let list = find(session, service, team)?;
    let service =
        service_of(session, list).ok_or_else(|| PageError::NotFound { what: Some("that service".to_owned()) })?;
    let (on, below) = own_rows(session, list);
    let next = below.len().min(BELOW);
    let paging = Paging::of(&part.page, on.len() + next, PER_PAGE);
    let (on_page, below_page) = split(&on, &below[..next], paging);
    let wanted: Vec<u32> = on_page.iter().chain(below_page).map(|(_, person)| *person).collect();
    let named = session.site.care().names(&session.access, &wanted, Action::SeeInCaseload, session.now()?).await?;
    let names: HashMap<u32, NamedPerson> = named.into_iter().map(|person| (person.person, person)).collect();
    let body = html! {
        (heading(&service.name, Some(&list.team_name)))
        p class="nhsuk-lede-text" { (service.description) }
        (counts(session, list, on.len() + below.len()))
        @if on.is_empty() && below.is_empty() {
            (inset_text(&html! { "Nobody is on this list today. People appear here after the next load of data in which they meet the rule below." }))
        } @else {
            (download(session, list))
            @if let Some(words) = paging.words() { p class="nhsuk-body-s" { (words) } }
            @if !on_page.is_empty() { (people(session, list, "On the caseload, most pressing first", "on", on_page, &names)) }
            @if paging.page == paging.pages || !below_page.is_empty() { (line(list)) }
            @if !below_page.is_empty() { (people(session, list, "Just below the line: the next to be offered a place", "below", below_page, &names)) }
            (paging.links(&format!("{}?page=", address(session, list))))
        }
        (about(session, list, service))
    };
    let above = vec![Crumb::new("Caseloads", Section::Caseloads.href())];
    Ok(page(session, &format!("{}, {}", service.name, list.team_name), Section::Caseloads, above, body))
}

/// The people of the list whom the reader looks after, with their rank among all: those with a place, and those without.
fn own_rows(session: &Session, list: &Caseload) -> (Vec<Row>, Vec<Row>) {
    let care = session.site.care();
    let is_own = |person: u32| {
        care.place_of(person).is_some_and(|place| session.access.may_see_person(place.practice, place.locality).is_ok())
    };
    let own = list.ranked.iter().copied().enumerate().filter(|(_, person)| is_own(*person));
    own.partition(|(rank, _)| *rank < list.on().len())
}

/// The rows of one page: of those on the list, and of those below it, who follow them.
fn split<'a>(on: &'a [Row], below: &'a [Row], paging: Paging) -> (&'a [Row], &'a [Row]) {
    let range = paging.range();
    let of_below = range.start.saturating_sub(on.len())..range.end.saturating_sub(on.len());
    (&on[range.start.min(on.len())..range.end.min(on.len())], &below[of_below])
}

fn counts(session: &Session, list: &Caseload, own: usize) -> Markup {
    let number = |n: usize| crate::web::charts::count(n as u64);
    let waiting = list.below().len();
    html! {
        p {
            strong { (number(list.ranked.len())) @if list.ranked.len() == 1 { " person is" } @else { " people are" } " eligible. " }
            "The team can carry " (number(list.capacity as usize)) ", so "
            @if waiting == 0 { "everyone has a place." } @else { (number(waiting)) @if waiting == 1 { " waits" } @else { " wait" } " for a place." }
            @if own < list.ranked.len() {
                " You see the " (number(own)) " whom " (session.access.organisation()) " looks after; the rank is that in the team's whole list."
            }
        }
    }
}

fn download(session: &Session, list: &Caseload) -> Markup {
    html! {
        form method="post" action=(format!("{}/caseload.csv", address(session, list))) {
            (button("Download as CSV", ButtonVariant::Secondary, ButtonSize::Small))
            p class="nhsuk-body-s" { "A file of comma-separated values (CSV) with names, which a spreadsheet opens. The download is written down on the record of everyone in it: keep the file as safe as the record." }
        }
    }
}

fn line(list: &Caseload) -> Markup {
    let number = |n: usize| crate::web::charts::count(n as u64);
    let waiting = list.below().len();
    inset_text(&html! {
        strong { "The line. " }
        "The team has " (number(list.capacity as usize)) @if list.capacity == 1 { " place. " } @else { " places. " }
        @if waiting == 0 {
            (number(list.capacity as usize - list.on().len())) " are free."
        } @else {
            "Nobody below this line has one: when a place comes free, it goes to the next below."
        }
    })
}

fn people(
    session: &Session,
    list: &Caseload,
    caption: &str,
    id: &str,
    rows: &[Row],
    names: &HashMap<u32, NamedPerson>,
) -> Markup {
    let site = &session.site;
    let rows = rows
        .iter()
        .filter_map(|&(rank, person)| {
            let named = names.get(&person)?;
            let position = person as usize;
            let age = site.people.age.get(position).copied().filter(|age| *age >= 0);
            let practice = site.people.practice.get(position).and_then(|p| site.summary.practices.get(usize::from(*p)));
            let reasons = list.reasons(site.blueprint(), &site.people, person).join(", ");
            Some(vec![
                html! { (rank + 1) },
                html! { a href=(format!("/person/{}", named.identity.id)) { (named.name()) } },
                html! { @match age { Some(age) => (age), None => "not known" } },
                html! { (practice.map_or("", |p| p.name.as_str())) },
                html! { @if reasons.is_empty() { "Meets the rule of the service" } @else { (reasons) } },
            ])
        })
        .collect();
    table(&Table {
        caption,
        size: Some(Size::M),
        columns: vec![
            Column::number("Rank"),
            Column::text("Name"),
            Column::number("Age"),
            Column::text("Practice"),
            Column::text("Why"),
        ],
        rows,
        row_headers: false,
        scroll_id: Some(id),
    })
}

/// Who is eligible, in what order, how often they are reviewed and who is in the team.
fn about(session: &Session, list: &Caseload, service: &Service) -> Markup {
    let blueprint = session.site.blueprint();
    let order: Vec<String> = service
        .rank_by
        .iter()
        .filter_map(|&(feature, largest_first)| {
            let name = &blueprint.features.get(feature)?.name;
            Some(format!("{name}, {} first", if largest_first { "highest" } else { "lowest" }))
        })
        .collect();
    let team = service.team.and_then(|team| blueprint.teams.get(team));
    let mut rows = vec![
        SummaryRow::new("Team", html! { (list.team_name) }),
        SummaryRow::new("Where", html! { (words(&service.setting)) }),
        SummaryRow::new("Who is eligible", html! { code { (service.eligible_text) } }),
        SummaryRow::new("How they are ranked", bullets(&order)),
    ];
    if let Some(days) = service.review_every_days {
        rows.push(SummaryRow::new("Review", html! { "Every " (days) @if days == 1 { " day" } @else { " days" } }));
    }
    if let Some(team) = team {
        let roles: Vec<&blueprint::model::Role> =
            blueprint.roles.iter().filter(|r| team.roles.contains(&r.id)).collect();
        let list = html! { ul class="nhsuk-list nhsuk-list--bullet" { @for role in roles { li { (role.name) @if !role.description.is_empty() { ": " (role.description) } } } } };
        rows.push(SummaryRow::new("Who is in the team", list));
    }
    html! {
        h2 { "About this service" }
        (summary_list(&rows, Borders::All))
    }
}

fn bullets(items: &[String]) -> Markup {
    html! { ul class="nhsuk-list nhsuk-list--bullet" { @for item in items { li { (item) } } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_together_show_everyone_once_and_in_order() {
        let row = |rank: usize| (rank, rank as u32);
        for (size, waiting) in [(0, 0), (3, 0), (45, 10), (50, 10), (100, 4), (0, 7)] {
            let on: Vec<Row> = (0..size).map(row).collect();
            let below: Vec<Row> = (size..size + waiting).map(row).collect();
            let pages = Paging::of("1", size + waiting, PER_PAGE).pages;
            let mut shown = Vec::new();
            for number in 1..=pages {
                let (first, second) = split(&on, &below, Paging::of(&number.to_string(), size + waiting, PER_PAGE));
                assert!(first.len() + second.len() <= PER_PAGE);
                shown.extend(first.iter().chain(second).map(|(rank, _)| *rank));
            }
            assert_eq!(shown, (0..size + waiting).collect::<Vec<_>>(), "{size} and {waiting}");
        }
    }
}
