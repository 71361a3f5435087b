//! The people of a pair as clusters of records: a graph, and tables as its equals.

use super::{compare, words};
use crate::web::Session;
use crate::web::charts::{ChartText, ClusterChart, ClusterLink, ClusterNode, LinkKind, Num, cluster_chart};
use crate::web::components::{Column, Size, Table, table};
use intake::review::{FoundBy, ReviewEdge, ReviewPair, ReviewRecord};
use maud::{Markup, html};

/// A record with the short name it has on the page.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// `A1`, `B2`.
    pub label: String,
    /// The record.
    pub record: ReviewRecord,
    /// Whether it belongs to the second of two people.
    pub second: bool,
    /// Whether it is one of the two that are compared.
    pub compared: bool,
}

/// Gives the records of one or two people short names; the compared ones come first.
pub fn labelled(pair: &ReviewPair, mut records: Vec<ReviewRecord>) -> Vec<Labelled> {
    let rank = |key: u64| {
        if key == pair.left {
            0
        } else if key == pair.right {
            1
        } else {
            2
        }
    };
    let is_second = |record: &ReviewRecord| pair.left_person != pair.right_person && record.person == pair.right_person;
    records.sort_by_key(|record| (is_second(record), rank(record.key), record.key));
    let mut counts = [0_usize; 2];
    records
        .into_iter()
        .map(|record| {
            let second = is_second(&record);
            let count = &mut counts[usize::from(second)];
            *count += 1;
            let label = format!("{}{count}", if second { "B" } else { "A" });
            Labelled { label, second, compared: rank(record.key) < 2, record }
        })
        .collect()
}

/// The section.
pub fn section(session: &Session, pair: &ReviewPair, records: &[Labelled], edges: &[ReviewEdge]) -> Markup {
    let two = pair.left_person != pair.right_person;
    let place = |key: u64| records.iter().position(|record| record.record.key == key);
    let least = session.site.linkage.as_ref().map_or(0, |report| report.threshold_hundredths);
    let links: Vec<ClusterLink> = edges
        .iter()
        .filter_map(|edge| {
            let (from, to) = (place(edge.left)?, place(edge.right)?);
            let weight = Num::new(f64::from(edge.weight_hundredths) / 100.0)?;
            let across = records[from].second != records[to].second;
            let kind = match edge.found_by {
                _ if across => LinkKind::NotJoined,
                FoundBy::Number => LinkKind::Number,
                FoundBy::Reviewer => LinkKind::Reviewer,
                FoundBy::Weight if edge.weight_hundredths < least => LinkKind::NotJoined,
                FoundBy::Weight => LinkKind::Weight,
            };
            Some(ClusterLink { from, to, weight, kind })
        })
        .collect();
    let nodes = records
        .iter()
        .map(|record| ClusterNode {
            label: record.label.clone(),
            note: note(session, &record.record),
            second: record.second,
            marked: record.compared,
        })
        .collect();
    let count = |second: bool| records.iter().filter(|record| record.second == second).count() as u64;
    let summary = if two {
        format!(
            "Person A has {} and person B has {}. The two in frames are compared.",
            words::many(count(false), "record", "records"),
            words::many(count(true), "record", "records")
        )
    } else {
        format!("The person has {}. The two in frames are compared.", words::many(count(false), "record", "records"))
    };
    let title = if two { "The records of the two people" } else { "The records of the person" };
    let chart = ClusterChart {
        text: ChartText {
            id: "cluster",
            title,
            summary: &summary,
            note: Some(
                "Each mark is a record; a line says that two records were compared, with the match weight on it. Records may also belong together through the source's own number of the person, which has no line.",
            ),
        },
        people: if two { ("person A", "person B") } else { ("the person", "") },
        nodes,
        links,
    };
    html! {
        h2 { (title) }
        p { (summary) }
        (cluster_chart(&chart))
        (list(session, records))
    }
}

/// A record's best source, and how many more have it; the table names them all.
fn note(session: &Session, record: &ReviewRecord) -> String {
    let all = &session.site.snapshot.manifest().sources;
    let first =
        record.sources.first().and_then(|at| all.get(usize::from(*at))).map_or("", |source| source.name.as_str());
    match record.sources.len() {
        0 | 1 => first.to_owned(),
        more => format!("{first} and {} more", more - 1),
    }
}

fn list(session: &Session, records: &[Labelled]) -> Markup {
    let rows = records
        .iter()
        .map(|labelled| {
            let record = &labelled.record;
            let given = |text: &str| html! { @if text.is_empty() { "not given" } @else { (text) } };
            let home: Vec<&str> = [record.address.as_str(), record.postcode.as_str()]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect();
            vec![
                html! { (labelled.label) @if labelled.compared { " (compared)" } },
                given(&record.family),
                given(&record.given),
                compare::day(record.birth),
                given(compare::sex(record.sex)),
                given(&home.join(", ")),
                compare::number(record.nhs_number),
                html! { (compare::sources(session, record)) },
            ]
        })
        .collect();
    let columns = ["Record", "Family name", "Given name", "Born", "Sex", "Address", "NHS number", "Source"];
    table(&Table {
        caption: "All their records",
        size: Some(Size::M),
        columns: columns.map(Column::text).into(),
        rows,
        row_headers: true,
        scroll_id: Some("records"),
    })
}
