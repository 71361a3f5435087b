//! Writes every component and chart on one page, `target/screens/gallery.html`, to be looked at in a browser, with the
//! assets beside it. Not part of the product.

use std::fs;
use std::path::PathBuf;

use maud::{Markup, html};

use super::assets;
use super::charts::{self, samples};
use super::components::*;
use super::errors::PageError;
use super::layout::{Page, Section, Shell, Viewer, layout};

fn shell(role: &str, direct_care: bool) -> Shell {
    Shell {
        place: "Harbour and Moorland".into(),
        viewer: Viewer {
            name: "Sam Okafor".into(),
            role: role.into(),
            organisation: "Harbour Health, Old Town team".into(),
            direct_care,
        },
        snapshot: Some("2025-11-01-a41f".into()),
        as_of: Some("31 October 2025".into()),
    }
}

/// The page with addresses that work from a file.
fn write(name: &str, page: &Markup) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/screens");
    fs::create_dir_all(folder.join("assets")).unwrap();
    for asset in assets::ASSETS {
        let body = String::from_utf8(asset.body.to_vec()).unwrap().replace("url(/assets/", "url(");
        fs::write(folder.join("assets").join(asset.name), body).unwrap();
    }
    fs::write(folder.join(name), page.0.replace("\"/assets/", "\"assets/")).unwrap();
}

#[test]
fn gallery() {
    let body = html! {
        h1 { "People and their needs" }
        p class="nhsuk-body-l" { "50,000 people are registered in this place on 31 October 2025." }
        (figures())
        (charts::tier_triangle(&samples::triangle()))
        (charts::control_chart(&samples::control()))
        (charts::bar_chart(&samples::bars()))
        (charts::funnel_plot(&samples::funnel()))
        (charts::age_sex_pyramid(&samples::age_sex()))
        (charts::person_timeline(&samples::timeline()))
        (charts::logic_chart(&samples::logic()))
        (charts::event_study(&samples::study()))
        (charts::heat_table(&samples::heat()))
    };
    let breadcrumbs = vec![Crumb::new("Overview", "/"), Crumb::new("Population", "/population")];
    let section = Some(Section::Population);
    let page = Page { title: "Gallery".into(), section, breadcrumbs, path: "/gallery".into(), body };
    write("gallery.html", &layout(&shell("care_coordinator", true), &page));
    let page = Page { body: components(), ..page };
    write("gallery-components.html", &layout(&shell("gp", true), &page));
    let roles = vec!["care coordinator".into(), "GP".into()];
    let refusal = PageError::Forbidden { what: "people's names and records".into(), roles };
    write("gallery-403.html", &refusal.page(&shell("analyst", false), "/people/1"));
    let fault = PageError::Internal { reference: "7f3a-20".into() };
    write("gallery-500.html", &fault.page(&shell("analyst", false), "/"));
}

fn figures() -> Markup {
    html! {
        ul class="vg-figures" {
            @for (value, label, note) in [
                ("50,000", "people", "registered with a GP here"),
                ("242", "with the highest needs", "0.5% of people, 9% of cost"),
                ("87.4", "emergency admissions", "for every 1,000 people a year"),
                ("99.2%", "of rows loaded", "1,204 in quarantine"),
            ] {
                li {
                    span class="vg-figures__value" { (value) }
                    span class="vg-figures__label" { (label) }
                    span class="vg-figures__note" { (note) }
                }
            }
        }
    }
}

fn components() -> Markup {
    let people = [
        ("Ada Pearce", "8.2", "Three emergency admissions in a year; lives alone"),
        ("Tom Ward", "7.9", "Frailty; five long-term conditions"),
    ];
    let rows = people
        .map(|(name, score, why)| vec![html! { a href="#person" { (name) } }, html! { (score) }, html! { (why) }]);
    let columns = vec![
        Column::text("Person").sorted_by("#name", None),
        Column::number("Frailty").sorted_by("#frailty", Some(SortOrder::Descending)),
        Column::text("Why"),
    ];
    let list = Table {
        caption: "Caseload of the Old Town team",
        size: Some(Size::M),
        columns,
        rows: rows.to_vec(),
        row_headers: true,
        scroll_id: Some("caseload"),
    };
    let choices = vec![Choice::new("a", "Old Town"), Choice::new("b", "Moorland")];
    html! {
        (error_summary("There is a problem", None, &[("Enter an NHS number of 10 digits", "#number")]))
        h1 { "Components" }
        (notification_banner(Notice::Important, &html! { "The figures of November are not complete yet." }))
        (table(&list))
        (pagination(4, 12, |page| format!("#page-{page}")))
        (summary_list(&[
            SummaryRow::new("NHS number", html! { "999 000 0018" }),
            SummaryRow { key: "Practice".into(), value: html! { "Abbey Surgery" }, actions: vec![Action { href: "#p".into(), text: "See".into(), hidden: "the practice".into() }] },
        ], Borders::All))
        p { (tag("Improving", TagColour::Blue)) " " (tag("Concern", TagColour::Orange)) " " (tag("No change", TagColour::Grey)) }
        (inset_text(&html! { "Numbers below 5 are hidden so that nobody can be recognised." }))
        (warning_callout("Not for care", &html! { "These are not real people." }))
        (action_link("Go to the caseload", "#caseload"))
        (card(&Card { description: Some("Frailty and repeated emergencies"), href: Some("#card"), ..Card::new("Extensive care team") }))
        (input(&Input { width: Some(10), code: true, numeric: true, error: Some("Enter an NHS number of 10 digits"), hint: Some(html! { "10 digits" }), ..Input::new("number", "number", Label::plain("NHS number")) }))
        (select(&Select { id: "team", name: "team", label: Label::plain("Team"), hint: None, error: None, choices: choices.clone(), chosen: Some("b") }))
        (radios(&Radios { id_prefix: "r", name: "r", legend: "Which locality?", legend_size: Size::S, is_page_heading: false, hint: None, error: None, inline: true, choices, chosen: Some("a") }))
        (button("Save", ButtonVariant::Primary, ButtonSize::Normal))
        (tabs("t", &[("This year", html! { p { "This year" } }), ("Last year", html! { p { "Last year" } })]))
        (task_list("steps", &[
            Task { name: "Load the extracts", href: Some("#1"), hint: Some("11 files"), status: TaskStatus::Completed },
            Task { name: "Evaluate", href: None, hint: None, status: TaskStatus::CannotStartYet },
        ]))
    }
}
