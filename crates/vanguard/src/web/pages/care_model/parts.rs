//! The parts of a care model: building blocks, services, teams, contract and characteristics.

use crate::web::components::{Borders, Column, Size, SummaryRow, Table, summary_list, table};
use crate::web::layout::Section;
use crate::web::pages::measures::words;
use ::blueprint::Blueprint;
use ::blueprint::model::{Characteristic, TeamCover};
use maud::{Markup, html};

/// What needs to be in place.
pub fn building_blocks(blueprint: &Blueprint) -> Markup {
    if blueprint.building_blocks.is_empty() {
        return html! {};
    }
    let rows = blueprint
        .building_blocks
        .iter()
        .map(|block| vec![html! { (block.name) }, html! { (block.in_place_when) }])
        .collect();
    table(&Table {
        caption: "Building blocks: what needs to be in place",
        size: Some(Size::M),
        columns: vec![Column::text("Building block"), Column::text("It is in place when")],
        rows,
        row_headers: true,
        scroll_id: Some("building-blocks"),
    })
}

/// What people are offered, and who gives it.
pub fn services(blueprint: &Blueprint) -> Markup {
    if blueprint.services.is_empty() {
        return html! {};
    }
    let rows = blueprint
        .services
        .iter()
        .map(|service| {
            let team = service.team.and_then(|team| blueprint.teams.get(team));
            vec![
                html! { (service.name) },
                html! { (service.description) },
                html! { (words(&service.setting)) },
                html! { @match team { Some(team) => (team.name), None => "keeps no list" } },
                html! { @if service.eligible_text.is_empty() { "everyone" } @else { code { (service.eligible_text) } } },
            ]
        })
        .collect();
    html! {
        (table(&Table {
            caption: "Services",
            size: Some(Size::M),
            columns: vec![
                Column::text("Service"),
                Column::text("What it does"),
                Column::text("Where"),
                Column::text("Team"),
                Column::text("Who is eligible"),
            ],
            rows,
            row_headers: true,
            scroll_id: Some("services"),
        }))
        p { a href=(Section::Caseloads.href()) { "See the lists of the teams" } }
    }
}

/// Teams with what they cover, what they can carry and who is in them.
pub fn teams(blueprint: &Blueprint) -> Markup {
    if blueprint.teams.is_empty() {
        return html! {};
    }
    let rows = blueprint
        .teams
        .iter()
        .map(|team| {
            let roles = blueprint.roles.iter().filter(|role| team.roles.contains(&role.id));
            vec![
                html! { (team.name) },
                html! { (covers(team.covers)) },
                html! { (crate::web::charts::count(u64::from(team.capacity))) },
                html! { ul class="nhsuk-list nhsuk-list--bullet" { @for role in roles { li { (role.name) } } } },
            ]
        })
        .collect();
    let roles: Vec<SummaryRow> =
        blueprint.roles.iter().map(|role| SummaryRow::new(&role.name, html! { (role.description) })).collect();
    html! {
        (table(&Table {
            caption: "Teams",
            size: Some(Size::M),
            columns: vec![
                Column::text("Team"),
                Column::text("There is one for"),
                Column::number("People it can carry"),
                Column::text("Roles in it"),
            ],
            rows,
            row_headers: true,
            scroll_id: Some("teams"),
        }))
        @if !roles.is_empty() {
            h2 class="nhsuk-heading-m" { "What each role does" }
            (summary_list(&roles, Borders::All))
        }
    }
}

const fn covers(covers: TeamCover) -> &'static str {
    match covers {
        TeamCover::Practice => "each practice",
        TeamCover::Locality => "each locality",
        TeamCover::Place => "the whole place",
    }
}

/// The form of contract and what it pays for.
pub fn contract(blueprint: &Blueprint) -> Markup {
    let Some(contract) = &blueprint.contract else { return html! {} };
    let name = |id: &String| {
        blueprint
            .services
            .iter()
            .find(|service| service.id == *id)
            .map_or_else(|| words(id), |service| service.name.clone())
    };
    let scope: Vec<String> = contract.in_scope.iter().map(name).collect();
    let list = html! { ul class="nhsuk-list nhsuk-list--bullet" { @for service in scope { li { (service) } } } };
    let rows = [
        SummaryRow::new("Form", html! { (words(&contract.form)) p class="nhsuk-body-s" { (contract.description) } }),
        SummaryRow::new("In the budget", list),
    ];
    html! {
        h2 class="nhsuk-heading-m" { "Contract" }
        (summary_list(&rows, Borders::All))
    }
}

/// What a site is helped to show, group by group.
pub fn characteristics(blueprint: &Blueprint) -> Markup {
    if blueprint.characteristics.is_empty() {
        return html! {};
    }
    html! {
        h2 { "Characteristics" }
        p { "What a site is helped to show. They help; they never stop a site." }
        @for (at, (group, characteristics)) in grouped(&blueprint.characteristics).into_iter().enumerate() {
            (table(&Table {
                caption: group.unwrap_or("Of every site"),
                size: Some(Size::S),
                columns: vec![Column::text("Characteristic"), Column::text("What shows it")],
                rows: characteristics
                    .into_iter()
                    .map(|one| vec![html! { (one.text) }, shown_by(blueprint, &one.shown_by)])
                    .collect(),
                row_headers: false,
                scroll_id: Some(&format!("characteristics-{}", at + 1)),
            }))
        }
    }
}

/// Characteristics by group, each group where it first stands.
fn grouped(all: &[Characteristic]) -> Vec<(Option<&str>, Vec<&Characteristic>)> {
    let mut groups: Vec<(Option<&str>, Vec<&Characteristic>)> = Vec::new();
    for one in all {
        let name = one.group.as_deref();
        match groups.iter_mut().find(|(group, _)| *group == name) {
            Some((_, members)) => members.push(one),
            None => groups.push((name, vec![one])),
        }
    }
    groups
}

/// A measure as a link, a feature by its name, or the words themselves.
fn shown_by(blueprint: &Blueprint, id: &str) -> Markup {
    if let Some(measure) = blueprint.measures.iter().find(|measure| measure.id == id) {
        return html! { a href=(format!("/measures/{id}")) { (measure.name) } };
    }
    let feature = blueprint.features.iter().find(|feature| feature.id == id);
    html! { @match feature { Some(feature) => (feature.name), None => (id) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_comes_again_is_not_split() {
        let one = |id: &str, group: Option<&str>| Characteristic {
            id: id.into(),
            text: id.into(),
            group: group.map(str::to_owned),
            shown_by: String::new(),
            answers: Vec::new(),
        };
        let all = [one("a", Some("x")), one("b", None), one("c", Some("x"))];
        let groups: Vec<(Option<&str>, usize)> =
            grouped(&all).iter().map(|(name, members)| (*name, members.len())).collect();
        assert_eq!(groups, [(Some("x"), 2), (None, 1)]);
    }
}
