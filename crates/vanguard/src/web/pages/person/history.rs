//! What happened to a person: drawn on one line of time, and listed newest first.

use crate::web::Session;
use crate::web::charts::{ChartText, Lane, PersonTimeline, TimelineEvent, person_timeline};
use crate::web::components::{Column, Size, Table, table};
use crate::web::pages::paging::Paging;
use care::Record;
use lake::{CodeRow, EventRow};
use maud::{Markup, html};
use nhs::{CodeSystem, Day, EventKind, Method, Pence, Status};
use std::collections::BTreeMap;

/// Months that the time line shows; what is older is in the table.
const MONTHS_DRAWN: i32 = 60;
/// Rows on a page of the table.
const PER_PAGE: usize = 50;

/// The time line, a lane for each source that knows of something.
pub fn timeline(session: &Session, record: &Record) -> Markup {
    let as_of = session.site.summary.as_of_day();
    let oldest = as_of.add_months(-MONTHS_DRAWN);
    let drawn: Vec<&EventRow> = record.events.iter().filter(|event| is_drawn(event, oldest)).collect();
    let lanes: Vec<Lane> = by_source(&drawn)
        .into_iter()
        .map(|(source, events)| Lane {
            name: session
                .site
                .snapshot
                .manifest()
                .sources
                .get(usize::from(source))
                .map_or_else(String::new, |s| s.name.clone()),
            events: events.into_iter().map(|event| mark(session, event, as_of)).collect(),
        })
        .collect();
    let from = drawn.iter().map(|event| event.date).min().unwrap_or(oldest).max(oldest);
    let to = drawn.iter().map(|event| event.date).max().unwrap_or(as_of).max(as_of);
    let emergencies = lanes.iter().flat_map(|lane| &lane.events).filter(|event| event.emergency).count();
    let summary = format!(
        "{} from {} sources between {} and {}, {} of them emergencies.",
        plural(drawn.len(), "entry", "entries"),
        lanes.len(),
        from.long(),
        to.long(),
        emergencies
    );
    let older = record.events.iter().any(|event| event.date < oldest);
    person_timeline(&PersonTimeline {
        text: ChartText {
            id: "timeline",
            title: "Time line",
            summary: &summary,
            note: older.then_some("The last five years. What is older is in the table below."),
        },
        from,
        to,
        lanes,
    })
}

/// Diagnoses and procedures stand under the stay they belong to, so that a stay is drawn once.
fn is_drawn(event: &EventRow, oldest: Day) -> bool {
    let part_of_stay = event.link != 0 && matches!(event.kind, EventKind::Diagnosis | EventKind::Procedure);
    let last_day = event.end.unwrap_or(event.date);
    !part_of_stay && (last_day >= oldest || goes_on(event))
}

/// Events by the number of their source.
fn by_source<'a>(events: &[&'a EventRow]) -> BTreeMap<u8, Vec<&'a EventRow>> {
    let mut lanes: BTreeMap<u8, Vec<&EventRow>> = BTreeMap::new();
    for event in events {
        lanes.entry(event.source).or_default().push(event);
    }
    lanes
}

/// A stay or support. A medicine has a last day too, but somebody who takes five would be one long bar.
fn lasts(event: &EventRow) -> bool {
    matches!(event.kind, EventKind::Admission | EventKind::CareHomeStay | EventKind::SocialCare)
}

/// A stay or support that has not ended.
fn goes_on(event: &EventRow) -> bool {
    lasts(event) && event.end.is_none()
}

fn is_emergency(event: &EventRow) -> bool {
    match event.kind {
        EventKind::EmergencyAttendance | EventKind::AmbulanceCall => true,
        EventKind::Admission => event.method == Method::Emergency,
        _ => false,
    }
}

fn mark(session: &Session, event: &EventRow, as_of: Day) -> TimelineEvent {
    let end = match event.end {
        _ if !lasts(event) => None,
        None => Some(as_of.max(event.date)),
        end => end,
    };
    let code = code_text(session, event);
    let label = if code.is_empty() { what(event) } else { format!("{}: {code}", what(event)) };
    TimelineEvent { day: event.date, end: end.filter(|end| *end > event.date), label, emergency: is_emergency(event) }
}

/// The kind and the way: `Hospital admission, emergency`.
fn what(event: &EventRow) -> String {
    match event.method {
        Method::None | Method::Other => event.kind.label().to_owned(),
        method if event.kind == EventKind::EmergencyAttendance && method == Method::Emergency => {
            event.kind.label().to_owned()
        }
        method => format!("{}, {}", event.kind.label(), lower_first(method.label())),
    }
}

/// The main code in words, else the code itself; then the measured value.
fn code_text(session: &Session, event: &EventRow) -> String {
    let code =
        session.site.snapshot.dictionary().get(event.code).map_or_else(String::new, |row| match row.name.as_str() {
            "" if row.system == CodeSystem::None => row.code.clone(),
            "" => match list_name(session, row) {
                Some(list) => format!("{} ({} {})", list, row.system.label(), as_written(row)),
                None => format!("{} {}", row.system.label(), as_written(row)),
            },
            name => format!("{name} ({})", as_written(row)),
        });
    match event.value {
        Some(value) if code.is_empty() => thousandths(value),
        Some(value) if event.kind == EventKind::Medication => format!("{code}, quantity {}", thousandths(value)),
        Some(value) => format!("{code}: {}", thousandths(value)),
        None => code,
    }
}

/// What the first list of the care model that holds a code is called: most hospitals send diagnoses without words.
fn list_name<'a>(session: &'a Session, row: &CodeRow) -> Option<&'a str> {
    let nests = matches!(row.system, CodeSystem::Icd10 | CodeSystem::Opcs4);
    let holds = |(system, code): &(CodeSystem, String)| {
        *system == row.system && if nests { row.code.starts_with(code.as_str()) } else { row.code == *code }
    };
    let lists = session.site.blueprint().codes.iter();
    // Lists with weights belong to scores: they say what counts, not what it is.
    let of_conditions = |list: &&blueprint::model::CodeList| list.weights_tenths.is_empty();
    lists.filter(of_conditions).find(|list| list.codes.iter().any(holds)).map(|list| list.name.as_str())
}

/// A code as people write it: diagnoses and procedures have a dot after three characters.
fn as_written(row: &CodeRow) -> String {
    match row.code.split_at_checked(3) {
        Some((stem, rest)) if !rest.is_empty() && matches!(row.system, CodeSystem::Icd10 | CodeSystem::Opcs4) => {
            format!("{stem}.{rest}")
        }
        _ => row.code.clone(),
    }
}

/// The events, newest first, with links that show one kind only.
pub fn events(session: &Session, record: &Record, kind: Option<EventKind>, page: &str) -> Markup {
    let events: Vec<&EventRow> =
        record.events.iter().rev().filter(|event| kind.is_none_or(|kind| event.kind == kind)).collect();
    let paging = Paging::of(page, events.len(), PER_PAGE);
    let address = format!("/person/{}", record.person.id);
    let filter = kind.map_or_else(String::new, |kind| format!("kind={}&", kind.name()));
    let rows = events[paging.range()].iter().map(|event| row(session, event)).collect();
    let caption = match kind {
        Some(kind) => format!("Everything recorded, newest first: {}", lower_first(kind.label())),
        None => "Everything recorded, newest first".to_owned(),
    };
    html! {
        h2 id="history" { "History" }
        @if record.events.is_empty() { p { "No source has recorded anything yet." } } @else {
            (kinds(record, kind, &address))
            @if let Some(words) = paging.words() { p class="nhsuk-body-s" { (words) } }
            (table(&Table {
                caption: &caption,
                size: Some(Size::M),
                columns: vec![
                    Column::text("When"),
                    Column::text("What"),
                    Column::text("Code"),
                    Column::text("Where"),
                    Column::text("How it ended"),
                    Column::number("Cost"),
                ],
                rows,
                row_headers: true,
                scroll_id: Some("events"),
            }))
            (paging.links(&format!("{address}?{filter}page=")))
        }
    }
}

fn kinds(record: &Record, chosen: Option<EventKind>, address: &str) -> Markup {
    let mut counts: BTreeMap<EventKind, usize> = BTreeMap::new();
    for event in &record.events {
        *counts.entry(event.kind).or_default() += 1;
    }
    let entry = |text: &str, count: usize, href: &str, current: bool| {
        html! { li { @if current { strong { (text) " (" (count) ")" } } @else { a href=(href) { (text) " (" (count) ")" } } } }
    };
    html! {
        nav aria-label="Kinds of entry" {
            p { "Show only:" }
            ul class="nhsuk-list vg-filter" {
                (entry("Everything", record.events.len(), &format!("{address}#history"), chosen.is_none()))
                @for (kind, count) in counts {
                    (entry(kind.label(), count, &format!("{address}?kind={}#history", kind.name()), chosen == Some(kind)))
                }
            }
        }
    }
}

fn row(session: &Session, event: &EventRow) -> Vec<Markup> {
    let dictionary = session.site.snapshot.dictionary();
    let name = |number: u32| dictionary.get(number).map(|row| if row.name.is_empty() { &row.code } else { &row.name });
    let end = event.end.filter(|end| *end > event.date);
    vec![
        html! { (event.date.long()) @if let Some(end) = end { " to " (end.long()) } @else if goes_on(event) { " and goes on" } },
        html! { (what(event)) @if let Some(detail) = dictionary.get(event.detail) { br; (in_words(detail)) } },
        html! { (code_text(session, event)) },
        html! { @if let Some(provider) = name(event.provider) { (provider) } },
        html! { @if event.status != Status::None { (event.status.label()) } },
        html! { @if let Some(cost) = event.cost { (Pence(cost)) } },
    ]
}

/// A second code in words, else with the name of its terminology.
fn in_words(row: &CodeRow) -> String {
    match (row.name.as_str(), row.system) {
        // Some sources send words where others send codes.
        ("", _) if row.code.bytes().any(|byte| byte.is_ascii_lowercase()) => row.code.clone(),
        ("", CodeSystem::None | CodeSystem::Local) => row.code.clone(),
        ("", system) => format!("{} {}", system.label(), row.code),
        (name, _) => name.to_owned(),
    }
}

/// A value held in thousandths: `58`, `7.2`, `-0.125`.
fn thousandths(value: i64) -> String {
    let (whole, part) = (value.unsigned_abs() / 1000, value.unsigned_abs() % 1000);
    let text = format!("{}{whole}.{part:03}", if value < 0 { "-" } else { "" });
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Words within a sentence; an acronym keeps its capitals.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: EventKind, method: Method, source: u8, link: u32) -> EventRow {
        let (code, provider, detail) = (0, 0, 0);
        let (date, status) = (Day(20_000), Status::None);
        EventRow {
            person: 0,
            date,
            end: Some(date),
            kind,
            method,
            status,
            code,
            provider,
            detail,
            value: None,
            cost: None,
            link,
            source,
        }
    }

    #[test]
    fn a_stay_is_drawn_once_and_what_goes_on_is_never_too_old() {
        let oldest = Day(19_000);
        assert!(is_drawn(&event(EventKind::Admission, Method::Emergency, 0, 7), oldest));
        assert!(!is_drawn(&event(EventKind::Diagnosis, Method::None, 0, 7), oldest));
        assert!(is_drawn(&event(EventKind::Diagnosis, Method::None, 0, 0), oldest));
        let home = event(EventKind::CareHomeStay, Method::Residential, 0, 0);
        assert!(!is_drawn(&home, Day(20_001)));
        assert!(is_drawn(&EventRow { end: None, ..home }, Day(20_001)));
    }

    #[test]
    fn lanes_are_in_the_order_of_sources() {
        let events = [
            event(EventKind::Admission, Method::None, 3, 0),
            event(EventKind::Death, Method::None, 1, 0),
            event(EventKind::Admission, Method::None, 3, 1),
        ];
        let lanes = by_source(&events.iter().collect::<Vec<_>>());
        assert_eq!(lanes.iter().map(|(source, events)| (*source, events.len())).collect::<Vec<_>>(), [(1, 1), (3, 2)]);
    }

    #[test]
    fn codes_as_people_write_them() {
        let row = |system, code: &str| CodeRow { system, code: code.into(), name: String::new() };
        assert_eq!(as_written(&row(CodeSystem::Icd10, "I500")), "I50.0");
        assert_eq!(as_written(&row(CodeSystem::Icd10, "I10")), "I10");
        assert_eq!(as_written(&row(CodeSystem::SnomedCt, "84114007")), "84114007");
        assert_eq!(in_words(&row(CodeSystem::TreatmentFunction, "430")), "Treatment function 430");
        assert_eq!(in_words(&row(CodeSystem::Service, "Repeat")), "Repeat");
        assert_eq!(in_words(&row(CodeSystem::Local, "Z")), "Z");
    }

    #[test]
    fn words() {
        assert_eq!(what(&event(EventKind::Admission, Method::Emergency, 0, 0)), "Hospital admission, emergency");
        assert_eq!(what(&event(EventKind::GpObservation, Method::None, 0, 0)), "GP record entry");
        assert_eq!(lower_first("GP record entry"), "GP record entry");
        assert_eq!(thousandths(58_000), "58");
        assert_eq!(thousandths(7_200), "7.2");
        assert_eq!(thousandths(-125), "-0.125");
        assert_eq!(thousandths(0), "0");
    }
}
