//! What may be seen of a cohort: its size, how each condition narrows it, and what it is like.

use super::definition::words;
use super::state::State;
use crate::web::Session;
use crate::web::charts::{
    AgeSexBand, AgeSexPyramid, Bar, BarChart, ChartText, Num, age_sex_pyramid, bar_chart, number,
};
use crate::web::cohort_room::NoAnswer;
use crate::web::components::{Column, DetailsStyle, Size, Table, details, inset_text, table};
use crate::web::errors::PageError;
use maud::{Markup, html};
use nhs::AgeBand;
use population::cohort::{self, Figure, Join, Kind, Settled, Tree, Whom};

/// Rows of a table that are in sight; the rest wait behind a heading.
const IN_SIGHT: usize = 12;

/// How many people, and what share.
pub fn headline(session: &Session, whom: Whom, figure: Figure) -> Markup {
    let everybody = everybody(session, whom);
    let among = match whom {
        Whom::Served => "the care model serves",
        Whom::Known => "any source knows",
    };
    html! {
        @match (figure.value(), everybody) {
            (Some(people), Some(all)) => p class="nhsuk-lede-text" role="status" {
                strong { (figure) " people" } ", " (percent(people, all)) "% of the " (crate::web::charts::count(all)) " people " (among) "."
            },
            _ => {
                p class="nhsuk-lede-text" role="status" { strong { "Fewer than 8 people" } " (" (among) "), perhaps nobody." }
                (inset_text(&html! { "A group this small is not described, because that would tell of single people. Remove or widen a condition to see more." }))
            },
        }
    }
}

/// Everyone looked among, as shown.
pub fn everybody(session: &Session, whom: Whom) -> Option<u64> {
    session.site.cohorts.settle(session.site.blueprint(), whom, "").ok()?.figure.value()
}

/// A share with one decimal, from figures as shown.
pub fn percent(part: u64, whole: u64) -> String {
    let share = part as f64 * 100.0 / whole.max(1) as f64;
    Num::new(share.min(100.0)).map_or_else(String::new, |share| number(share, 1))
}

/// One row for each condition: who is left, or gathered, after it.
pub fn funnel(session: &Session, state: &State, tree: &Tree) -> Result<Markup, PageError> {
    if tree.parts.len() < 2 {
        return Ok(html! {});
    }
    let all = everybody(session, state.whom);
    let mut rows = vec![vec![html! { "Everybody" }, html! { (shown(all)) }, html! { "100" }]];
    for end in 1..=tree.parts.len() {
        let part = Tree { join: tree.join, parts: tree.parts[..end].to_vec() };
        let settled = match session.site.cohorts.settle(session.site.blueprint(), state.whom, &part.text()) {
            Ok(settled) => settled,
            Err(NoAnswer::Rule(_)) => continue,
            Err(NoAnswer::Results(error)) => return Err(error.into()),
        };
        let word = match (end, tree.join) {
            (1, _) => "",
            (_, Join::All) => "and ",
            (_, Join::Any) => "or ",
        };
        let share = settled.figure.value().zip(all).map(|(people, all)| percent(people, all));
        rows.push(vec![
            html! { (word) (words(session, &tree.parts[end - 1])) },
            html! { (settled.figure) },
            html! { (share.as_deref().unwrap_or("hidden")) },
        ]);
    }
    let caption = match tree.join {
        Join::All => "How each condition narrows it",
        Join::Any => "How each condition widens it",
    };
    Ok(table(&Table {
        caption,
        size: Some(Size::M),
        columns: vec![Column::text("After this condition"), Column::number("People"), Column::number("Percent")],
        rows,
        row_headers: true,
        scroll_id: Some("funnel"),
    }))
}

fn shown(count: Option<u64>) -> String {
    count.map_or_else(|| "hidden".to_owned(), crate::web::charts::count)
}

/// Ages, deprivation, segments and needs of a cohort.
pub fn profile(session: &Session, of: &Settled) -> Result<Markup, PageError> {
    let Some(people) = of.figure.value() else { return Ok(html! {}) };
    let (room, blueprint, summary) = (&session.site.cohorts, session.site.blueprint(), &session.site.summary);
    let profile = cohort::profile(&room.table, &room.fields, blueprint, of)?;
    let named = |names: Vec<&str>, cells: &[Option<u64>]| {
        names.into_iter().map(str::to_owned).zip(cells.iter().copied()).collect::<Vec<_>>()
    };
    let segments = named(blueprint.segments.iter().map(|s| s.name.as_str()).collect(), &profile.segments);
    let tiers = named(blueprint.tiers.iter().map(|t| t.name.as_str()).collect(), &profile.tiers);
    let places = named(summary.localities.iter().map(|l| l.name.as_str()).collect(), &profile.localities);
    Ok(html! {
        h2 { "Who they are" }
        (ages(&profile.age_sex))
        (bars("cohort-deprivation", "Deprivation of the area they live in", "Decile", &deciles(&profile.deprivation)))
        (bars("cohort-segments", "Segments", "Segment", &segments))
        (bars("cohort-tiers", "Tiers of need", "Tier", &tiers))
        (bars("cohort-localities", "Localities", "Locality", &places))
        (needs(session, &profile, people))
        (numbers(session, &profile))
    })
}

fn ages(cells: &[[Option<u64>; 2]]) -> Markup {
    let band = |(band, cell): (AgeBand, &[Option<u64>; 2])| AgeSexBand {
        label: band.to_string(),
        female: cell[0],
        male: cell[1],
    };
    age_sex_pyramid(&AgeSexPyramid {
        text: ChartText {
            id: "cohort-ages",
            title: "Age and sex",
            summary: "People of the cohort in five-year age bands, women and girls on one side, men and boys on the other.",
            note: Some("A band without a bar holds few people or none; which of the two is not told."),
        },
        bands: AgeBand::all().zip(cells).map(band).collect(),
    })
}

/// Deciles from the most deprived, those without last.
pub fn deciles(cells: &[Option<u64>]) -> Vec<(String, Option<u64>)> {
    let label = |decile: usize| match decile {
        0 => "Not known".to_owned(),
        1 => "1, most deprived".to_owned(),
        10 => "10, least deprived".to_owned(),
        n => n.to_string(),
    };
    (1..cells.len()).chain([0]).filter_map(|decile| Some((label(decile), *cells.get(decile)?))).collect()
}

fn bars(id: &str, title: &str, item: &str, cells: &[(String, Option<u64>)]) -> Markup {
    let summary = format!("People of the cohort by {}.", item.to_lowercase());
    let bars =
        cells.iter().map(|(label, people)| Bar { label: label.clone(), value: people.map(Num::count), interval: None });
    bar_chart(&BarChart {
        text: ChartText { id, title, summary: &summary, note: None },
        item,
        unit: "People",
        decimals: 0,
        bars: bars.collect(),
        reference: None,
    })
}

/// Needs, the most frequent first, with those of everybody beside them.
fn needs(session: &Session, profile: &cohort::Profile, people: u64) -> Markup {
    let (fields, summary) = (session.site.cohorts.fields.all(), &session.site.summary);
    let mut shares: Vec<(&str, u64, Option<u64>)> = profile
        .needs
        .iter()
        .filter_map(|share| {
            let field = fields.get(share.field)?;
            let count = share.people.filter(|&count| count < people)?;
            let of_all = summary.flags.iter().find(|flag| flag.id == field.id).map(|flag| flag.people);
            Some((field.title.as_str(), count, of_all.and_then(crate::web::pages::shown::alone)))
        })
        .collect();
    shares.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let everybody = crate::web::pages::shown::alone(summary.people);
    let rows: Vec<Vec<Markup>> = shares
        .iter()
        .map(|&(title, count, of_all)| {
            let of_all = of_all.zip(everybody).map(|(part, whole)| percent(part, whole));
            vec![
                html! { (title) },
                html! { (crate::web::charts::count(count)) },
                html! { (percent(count, people)) },
                html! { (of_all.as_deref().unwrap_or("hidden")) },
            ]
        })
        .collect();
    let heads = || {
        vec![
            Column::text("Need"),
            Column::number("People"),
            Column::number("Percent of the cohort"),
            Column::number("Percent of everybody served"),
        ]
    };
    some_rows("Needs, most frequent first", "cohort-needs", heads, rows)
}

/// Means, such as admissions and cost for each person.
fn numbers(session: &Session, profile: &cohort::Profile) -> Markup {
    let fields = session.site.cohorts.fields.all();
    let rows = profile
        .numbers
        .iter()
        .filter_map(|line| {
            let (field, mean) = (fields.get(line.field)?, line.mean.and_then(Num::new)?);
            Some(vec![html! { (field.title) }, html! { (with_unit(mean, &field.kind)) }])
        })
        .collect();
    some_rows(
        "Scores, care used and cost for each person",
        "cohort-numbers",
        || vec![Column::text("What"), Column::number("Mean")],
        rows,
    )
}

/// A mean with its unit: `£1,234`, `71.3 years`.
pub fn with_unit(mean: Num, kind: &Kind) -> String {
    match kind {
        Kind::Number { unit: "pounds", .. } => format!("£{}", number(mean, 0)),
        Kind::Number { unit, .. } if !unit.is_empty() && !unit.contains(' ') => format!("{} {unit}", number(mean, 1)),
        _ => number(mean, 2),
    }
}

fn some_rows(caption: &str, id: &str, columns: impl Fn() -> Vec<Column>, mut rows: Vec<Vec<Markup>>) -> Markup {
    let rest = rows.split_off(rows.len().min(IN_SIGHT));
    if rows.is_empty() {
        return html! {};
    }
    let part = |caption: &str, id: &str, rows| {
        table(&Table { caption, size: Some(Size::M), columns: columns(), rows, row_headers: true, scroll_id: Some(id) })
    };
    let more = format!("{caption}: the rest");
    html! {
        (part(caption, id, rows))
        @if !rest.is_empty() { (details(&more, &part(&more, &format!("{id}-rest"), rest), DetailsStyle::Expander, false)) }
    }
}
