//! Who lives here and what they need.

use super::{heading, page, shown};
use crate::web::Session;
use crate::web::charts::{AgeSexBand, AgeSexPyramid, Bar, BarChart, ChartText, Num, age_sex_pyramid, bar_chart};
use crate::web::components::{
    Borders, Column, DetailsStyle, Size, SummaryRow, Table, details, inset_text, summary_list, table,
};
use crate::web::layout::{Page, Section};
use ::population::results::{Distribution, Flag};
use axum::response::Response;
use blueprint::model::FeatureSource;
use maud::{Markup, html};
use nhs::{AgeBand, EventKind};

/// `GET /population`
pub async fn show(session: Session) -> Response {
    session.respond(Ok(population(&session)))
}

fn population(session: &Session) -> Page {
    let body = html! {
        (heading("Population and needs", None))
        p { a href="/risk" { "Who is likely to have an emergency admission, and how good that prediction is" } }
        (who(session))
        (ages(session))
        (deprivation(session))
        (needs(session))
        (spreads(session))
    };
    page(session, "Population and needs", Section::Population, Vec::new(), body)
}

fn who(session: &Session) -> Markup {
    let summary = &session.site.summary;
    let population = &session.site.blueprint().population;
    let size = |bound: &blueprint::model::SizeBound| match (bound.from, bound.to) {
        (Some(from), Some(to)) => format!("{} to {}", shown::count(Some(from)), shown::count(Some(to))),
        (Some(from), None) => format!("at least {}", shown::count(Some(from))),
        (None, Some(to)) => format!("at most {}", shown::count(Some(to))),
        (None, None) => String::new(),
    };
    let mut rows = vec![
        SummaryRow::new("Registered people", html! { (shown::count(shown::alone(summary.people))) }),
        SummaryRow::new(
            "Known but on no list here",
            html! {
                (shown::count(shown::alone(summary.people_unregistered)))
                p class="nhsuk-body-s" { "People met in other sources who are not on the list of a practice of this place. They are not in any figure below." }
            },
        ),
        SummaryRow::new("Whom the care model serves", html! { (population.basis) }),
    ];
    for bound in &population.usual_sizes {
        rows.push(SummaryRow::new("Usual size", html! { (size(bound)) " people (" (bound.source) ")" }));
    }
    html! {
        h2 { "Who lives here" }
        (summary_list(&rows, Borders::All))
        @if !session.site.summary.size_advice.is_empty() {
            (inset_text(&html! { @for line in &session.site.summary.size_advice { p { (line) } } }))
        }
        p class="nhsuk-body-s" { (shown::NOTE) }
    }
}

fn ages(session: &Session) -> Markup {
    let counts: Vec<Vec<u64>> =
        session.site.summary.age_sex.iter().map(|band| vec![band[0], band[1], band[2]]).collect();
    let cells = shown::table(&counts).cells;
    let bands = AgeBand::all()
        .zip(&cells)
        .map(|(band, row)| AgeSexBand { label: band.to_string(), male: row[0], female: row[1] })
        .collect();
    age_sex_pyramid(&AgeSexPyramid {
        text: ChartText {
            id: "age-sex",
            title: "People by age and sex",
            summary: "Registered people in five-year age bands, women and girls on one side, men and boys on the other.",
            note: None,
        },
        bands,
    })
}

fn deprivation(session: &Session) -> Markup {
    let deciles = &session.site.summary.imd_deciles;
    let cells = shown::list(deciles).cells;
    let label = |decile: usize| match decile {
        0 => "Not known".to_owned(),
        1 => "1, most deprived".to_owned(),
        10 => "10, least deprived".to_owned(),
        n => n.to_string(),
    };
    let bars = (1..=10)
        .chain([0])
        .filter_map(|decile| {
            let people = *cells.get(decile)?;
            Some(Bar { label: label(decile), value: people.map(Num::count), interval: None })
        })
        .collect();
    bar_chart(&BarChart {
        text: ChartText {
            id: "deprivation",
            title: "People by deprivation of the area they live in",
            summary: "Registered people by decile of the Index of Multiple Deprivation, from the most deprived tenth of areas in England to the least.",
            note: None,
        },
        item: "Decile",
        unit: "People",
        decimals: 0,
        bars,
        reference: None,
    })
}

/// Needs shown at once; the rest wait behind a heading.
const NEEDS_SHOWN: usize = 20;

/// Whether a feature is one of the parts that a need is put together from (`dementia_in_diagnosis`), not a need of its own.
fn is_part(flag: &Flag) -> bool {
    EventKind::ALL.iter().any(|kind| flag.id.ends_with(&format!("_in_{}", kind.name())))
}

fn needs(session: &Session) -> Markup {
    let summary = &session.site.summary;
    let mut flags: Vec<&Flag> = summary.flags.iter().filter(|f| f.people < summary.people && !is_part(f)).collect();
    flags.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.id.cmp(&b.id)));
    let (first, rest) = flags.split_at(flags.len().min(NEEDS_SHOWN));
    html! {
        (needs_table(session, "Needs, most frequent first", "needs", first))
        @if !rest.is_empty() {
            (details(
                "Needs of fewer people",
                &needs_table(session, "Needs of fewer people", "rarer-needs", rest),
                DetailsStyle::Expander,
                false,
            ))
        }
    }
}

fn needs_table(session: &Session, caption: &str, id: &str, flags: &[&Flag]) -> Markup {
    let summary = &session.site.summary;
    let localities = &summary.localities;
    let mut columns = vec![Column::text("Need"), Column::number("People"), Column::number("Per 1,000")];
    columns.extend(localities.iter().map(|l| Column::number(format!("{} per 1,000", l.name))));
    let rows = flags
        .iter()
        .map(|flag| {
            let people = shown::list(&flag.by_locality);
            let mut row = vec![
                html! { (flag.name) },
                html! { (shown::count(people.total)) },
                html! { (shown::decimal(people.total.and_then(|_| shown::rate(flag.people, summary.people, 1000.0)))) },
            ];
            for ((locality, &count), shown_count) in localities.iter().zip(&flag.by_locality).zip(&people.cells) {
                let rate = shown_count.and_then(|_| shown::rate(count, locality.people, 1000.0));
                row.push(html! { (shown::decimal(rate)) });
            }
            row
        })
        .collect();
    table(&Table { caption, size: Some(Size::M), columns, rows, row_headers: true, scroll_id: Some(id) })
}

/// Scores and the count of long-term conditions are drawn; how other counts are spread waits behind a heading.
fn spreads(session: &Session) -> Markup {
    let blueprint = session.site.blueprint();
    let drawn = |d: &&Distribution| {
        let feature = blueprint.features.iter().find(|f| f.id == d.id);
        d.id == "long_term_conditions" || feature.is_some_and(|f| matches!(f.source, FeatureSource::Score { .. }))
    };
    let (first, rest): (Vec<&Distribution>, Vec<&Distribution>) =
        session.site.summary.distributions.iter().partition(drawn);
    let others = html! { @for distribution in &rest { (spread(distribution)) } };
    html! {
        h2 { "How needs are spread" }
        @for distribution in &first { (spread(distribution)) }
        @if !rest.is_empty() { (details("How other counts are spread", &others, DetailsStyle::Expander, false)) }
    }
}

fn spread(distribution: &Distribution) -> Markup {
    let counts: Vec<u64> = distribution.classes.iter().map(|c| c.people).collect();
    if counts.iter().all(|&n| n == 0) {
        return html! {};
    }
    let cells = shown::list(&counts).cells;
    let bars = distribution
        .classes
        .iter()
        .zip(cells)
        .map(|(class, people)| Bar { label: class.label.clone(), value: people.map(Num::count), interval: None })
        .collect();
    let summary = format!("How many registered people have each value of: {}.", distribution.name);
    bar_chart(&BarChart {
        text: ChartText {
            id: &distribution.id.replace('_', "-"),
            title: &distribution.name,
            summary: &summary,
            note: None,
        },
        item: "Value",
        unit: "People",
        decimals: 0,
        bars,
        reference: None,
    })
}
