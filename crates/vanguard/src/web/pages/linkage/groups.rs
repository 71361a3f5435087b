//! Who is linked and who is missed: by sex, age, deprivation and ethnicity, as the records themselves say.

use super::super::shown;
use super::words;
use crate::web::Session;
use crate::web::components::{
    ButtonSize, ButtonVariant, Choice, Column, Label, Select, Size, Table, button, inset_text, select, table,
};
use evidence::distribution::Confidence;
use evidence::rates::wilson;
use intake::review::{GroupLinkage, LinkageReport};
use maud::{Markup, html};
use std::collections::BTreeMap;

const BY: [(&str, &str); 4] = [
    ("sex", "By sex"),
    ("age", "By age"),
    ("deprivation", "By deprivation of the small area"),
    ("ethnicity", "By ethnicity"),
];

/// A share in percent with Wilson's interval. Both come from counts as they are shown, so they tell nothing more.
pub fn share(part: Option<u64>, whole: Option<u64>) -> String {
    match (part, whole) {
        (Some(part), Some(whole)) if whole > 0 => {
            let (low, high) = wilson(part as f64, whole as f64, Confidence::P95);
            let of = |share: f64| share * 100.0;
            format!("{:.1}% ({:.1} to {:.1})", of(part as f64 / whole as f64), of(low), of(high))
        }
        (_, Some(0)) => "none".to_owned(),
        _ => "hidden".to_owned(),
    }
}

/// The section, with the choice of a source.
pub fn section(session: &Session, report: &LinkageReport, source: &str) -> Markup {
    let known = report.groups.iter().any(|group| group.source == source);
    let chosen = if known { source } else { "" };
    let mut ids: Vec<&str> = report.groups.iter().map(|group| group.source.as_str()).collect();
    ids.dedup();
    let names: Vec<(String, String)> = ids.iter().map(|id| ((*id).to_owned(), words::source(session, id))).collect();
    let mut choices = vec![Choice::new("", "All sources")];
    choices.extend(names.iter().map(|(id, name)| Choice::new(id, name)));
    let to = if report.against_list { "found on the list of registered people" } else { "found in another source" };
    html! {
        h2 id="groups" { "Who is missed" }
        @if report.groups.is_empty() {
            (inset_text(&html! { "There is no source beside the list, so nothing had to be linked to it." }))
        } @else {
            p {
                "The share of identities that were " (to) ". Where a group has a lower share, its people's care is more often missing from their record, and figures about the group are too low. "
                "\"Matches missed\" is the share of the group's matches that were compared and not joined, as the match probabilities let expect; pairs that no rule brought together are not in it. \"Too little to link\" counts records without an NHS number that say too little even against a copy of themselves."
            }
            form method="get" action="/linkage#groups" class="vg-inline" {
                (select(&Select {
                    id: "source",
                    name: "source",
                    label: Label::plain("Source"),
                    hint: None,
                    error: None,
                    choices,
                    chosen: Some(chosen),
                }))
                (button("Show", ButtonVariant::Secondary, ButtonSize::Small))
            }
            @for (by, title) in BY { (by_group(report, by, title, chosen)) }
        }
    }
}

#[derive(Default)]
struct Sum {
    records: u64,
    linked: u64,
    matches_thousandths: u64,
    missed_thousandths: u64,
    unlinkable: u64,
}

fn by_group(report: &LinkageReport, by: &str, title: &str, source: &str) -> Markup {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    let wanted = |group: &&GroupLinkage| group.by == by && (source.is_empty() || group.source == source);
    for group in report.groups.iter().filter(wanted) {
        let sum = sums.entry(&group.group).or_default();
        sum.records += group.records;
        sum.linked += group.linked;
        sum.matches_thousandths += group.matches_thousandths;
        sum.missed_thousandths += group.missed_thousandths;
        sum.unlinkable += group.unlinkable;
    }
    let mut groups: Vec<(&str, Sum)> = sums.into_iter().collect();
    // "Not known" last; the names of ages and fifths are in their order.
    groups.sort_by_key(|(name, _)| (name.starts_with("Not "), *name));
    // Linked and not linked of every group add up to the totals of the source, so they are protected together.
    let cells: Vec<Vec<u64>> =
        groups.iter().map(|(_, sum)| vec![sum.linked, sum.records.saturating_sub(sum.linked)]).collect();
    let counts = shown::table(&cells);
    let rows = groups
        .iter()
        .enumerate()
        .map(|(at, (name, sum))| {
            vec![
                html! { (name) },
                html! { (shown::count(counts.row_totals[at])) },
                html! { (shown::count(counts.cells[at][0])) },
                html! { (share(counts.cells[at][0], counts.row_totals[at])) },
                html! { (expected(sum)) },
                html! { (shown::count(shown::alone(sum.unlinkable))) },
            ]
        })
        .collect();
    let id = format!("linked-by-{by}");
    table(&Table {
        caption: title,
        size: Some(Size::M),
        columns: vec![
            Column::text("Group"),
            Column::number("Identities"),
            Column::number("Linked"),
            Column::number("Share, with 95% interval"),
            Column::number("Matches missed, with 95% interval"),
            Column::number("Too little to link"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some(&id),
    })
}

/// The share of the matches expected that were not joined. Both counts are protected before they are divided; a share that is too small
/// to be told apart from none is said so.
fn expected(sum: &Sum) -> String {
    let counts = |thousandths: u64| (thousandths + 500) / 1000;
    let (missed, matches) = (counts(sum.missed_thousandths), counts(sum.matches_thousandths));
    match (shown::alone(missed), shown::alone(matches)) {
        (None, Some(_)) if missed * 50 < matches => "under 2%".to_owned(),
        (missed, matches) => share(missed, matches),
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_are_of_counts_as_shown() {
        // Wilson's limits of 80 in 100, as in Newcombe (1998).
        assert_eq!(share(Some(80), Some(100)), "80.0% (71.1 to 86.7)");
        assert_eq!(share(None, Some(100)), "hidden");
        assert_eq!(share(Some(0), Some(0)), "none");
    }
}
