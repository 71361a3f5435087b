//! What a person needs: the reasons to see them, their segment and tier, and every value worked out from their record.

use crate::web::Session;
use crate::web::components::{Borders, Column, DetailsStyle, SummaryRow, Table, details, summary_list, table};
use ::blueprint::model::Feature;
use care::Record;
use maud::{Markup, html};
use population::ABSENT;

/// The features of the person with their values, in the care model's order.
fn values<'a>(session: &'a Session, record: &'a Record) -> impl Iterator<Item = (&'a Feature, i64)> {
    session.site.blueprint().features.iter().zip(record.features.iter().copied())
}

/// The needs in the words a team reads.
pub fn reasons(session: &Session, record: &Record) -> Markup {
    let reasons: Vec<String> = values(session, record)
        .filter(|(feature, _)| feature.reason.is_some())
        .filter_map(|(feature, value)| care::words::reason(feature, value))
        .collect();
    html! {
        h2 class="nhsuk-heading-m" { "Needs" }
        @if reasons.is_empty() { p { "Nothing in the record asks for a team's attention." } } @else {
            ul class="nhsuk-list nhsuk-list--bullet" { @for reason in reasons { li { (capital(&reason)) } } }
        }
    }
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
