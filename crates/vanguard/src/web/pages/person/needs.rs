//! What a person needs: the reasons to see them, their segment and tier, and every value worked out from their record.

use crate::web::Session;
use crate::web::components::{Borders, Column, DetailsStyle, SummaryRow, Table, details, summary_list, table};
use ::blueprint::model::{Feature, ValueType};
use care::Record;
use maud::{Markup, html};
use population::ABSENT;

/// The features of the person with their values, in the care model's order.
fn values<'a>(session: &'a Session, record: &'a Record) -> impl Iterator<Item = (&'a Feature, i64)> {
    session.site.blueprint().features.iter().zip(record.features.iter().copied())
}

/// The needs in the words a team reads: first what put the person on a list, then whatever else would be a reason for
/// any service. The rest of the record is below, for those who want it.
pub fn reasons(session: &Session, record: &Record) -> Markup {
    let (site, blueprint) = (&session.site, session.site.blueprint());
    let on_lists: Vec<usize> = site.caseloads.of_person(record.number).iter().map(|(list, ..)| list.service).collect();
    let of = |services: &[usize]| {
        let features = services.iter().filter_map(|service| blueprint.services.get(*service)).flat_map(|s| &s.reasons);
        features.copied().collect::<Vec<usize>>()
    };
    let pressing = each_once(&of(&on_lists), &[]);
    let every_service: Vec<usize> = (0..blueprint.services.len()).collect();
    let others = each_once(&of(&every_service), &pressing);
    let named: Vec<usize> = pressing.iter().chain(&others).copied().collect();
    let holds = in_words(session, record, &each_once(&conditions(session), &named));
    let (pressing, others) = (in_words(session, record, &pressing), in_words(session, record, &others));
    html! {
        h2 class="nhsuk-heading-m" { "Needs" }
        @if pressing.is_empty() && others.is_empty() && holds.is_empty() { p { "Nothing in the record asks for a team's attention." } }
        @if !pressing.is_empty() {
            p { "Why teams should see this person:" }
            (bullets(&pressing))
        }
        @if !others.is_empty() {
            p { @if pressing.is_empty() { "Recorded:" } @else { "Also recorded:" } }
            (bullets(&others))
        }
        @if !holds.is_empty() { p { "Conditions and circumstances: " (holds.join(", ")) "." } }
    }
}

/// Features that hold or do not, and that a team would want to know of.
fn conditions(session: &Session) -> Vec<usize> {
    let features = session.site.blueprint().features.iter().enumerate();
    let wanted = features.filter(|(_, feature)| feature.reason.is_some() && feature.value == ValueType::Bool);
    wanted.map(|(position, _)| position).collect()
}

fn bullets(items: &[String]) -> Markup {
    html! { ul class="nhsuk-list nhsuk-list--bullet" { @for item in items { li { (capital(item)) } } } }
}

/// Features in the order given, each once, without those already named.
fn each_once(features: &[usize], named: &[usize]) -> Vec<usize> {
    let mut once: Vec<usize> = Vec::new();
    for feature in features {
        if !named.contains(feature) && !once.contains(feature) {
            once.push(*feature);
        }
    }
    once
}

fn in_words(session: &Session, record: &Record, features: &[usize]) -> Vec<String> {
    let one = |&feature: &usize| {
        care::words::reason(session.site.blueprint().features.get(feature)?, *record.features.get(feature)?)
    };
    features.iter().filter_map(one).collect()
}

/// The segment and the tier, with who is in them.
pub fn groups(session: &Session, record: &Record) -> Markup {
    let (blueprint, people, at) = (session.site.blueprint(), &session.site.people, record.number as usize);
    let segment = people.segment.get(at).and_then(|s| blueprint.segments.get(usize::from(*s)));
    let tier = people.tier.get(at).and_then(|t| blueprint.tiers.get(usize::from(*t)));
    let value = |name: &str, description: &str| html! { strong { (name) } p class="nhsuk-body-s" { (description) } };
    let outside = || html! { "None: this person is not in the population that the care model serves." };
    let rows = [
        SummaryRow::new("Segment", segment.map_or_else(outside, |s| value(&s.name, &s.description))),
        SummaryRow::new("Tier of need", tier.map_or_else(outside, |t| value(&t.name, &t.description))),
    ];
    summary_list(&rows, Borders::All)
}

/// Every value, to be opened by those who want it.
pub fn everything(session: &Session, record: &Record) -> Markup {
    let rows: Vec<Vec<Markup>> = values(session, record)
        .filter(|(_, value)| *value != ABSENT)
        .map(|(feature, value)| vec![html! { (feature.name) }, html! { (care::words::value(feature, value)) }])
        .collect();
    let body = table(&Table {
        caption: "Values on the day of the figures",
        size: None,
        columns: vec![Column::text("What"), Column::text("Value")],
        rows,
        row_headers: true,
        scroll_id: None,
    });
    details("Everything worked out from this record", &body, DetailsStyle::Expander, false)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_need_is_named_twice() {
        let pressing = each_once(&[4, 2, 4, 7], &[]);
        assert_eq!(pressing, [4, 2, 7]);
        assert_eq!(each_once(&[1, 2, 3, 1], &pressing), [1, 3]);
    }

    #[test]
    fn needs_begin_with_a_capital() {
        assert_eq!(capital("lives alone"), "Lives alone");
        assert_eq!(capital("3 falls"), "3 falls");
        assert_eq!(capital(""), "");
    }
}
