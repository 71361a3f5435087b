//! What the decisions say about the links: the share of right ones in each band of weights.

use super::super::{heading, page};
use super::queue::{chance, decisions, progress};
use super::{above, allowed, words};
use crate::web::Session;
use crate::web::charts::{Bar, BarChart, ChartText, Num, bar_chart, count};
use crate::web::components::{Column, Size, Table, table};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use axum::response::Response;
use evidence::distribution::Confidence;
use evidence::rates::wilson;
use intake::review::{BANDS, ReviewPair, band};
use maud::{Markup, html};
use store::{Decisions, PairDecisions, Verdict};

/// `GET /linkage/review/results`
pub async fn show(session: Session) -> Response {
    let result = results(&session).await;
    session.respond(result)
}

/// Decisions about pairs of one band.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    pairs: u64,
    same: u64,
    different: u64,
    cannot_tell: u64,
    disputed: u64,
}

impl Tally {
    /// The share of pairs of one person among those decided either way, with Wilson's limits.
    fn share(self) -> Option<(f64, f64, f64)> {
        let decided = self.same + self.different;
        (decided > 0).then(|| {
            let (low, high) = wilson(self.same as f64, decided as f64, Confidence::P95);
            (self.same as f64 / decided as f64, low, high)
        })
    }
}

/// Tallies the pairs drawn at random, by band. Others came onto the list because they are doubtful, and would give a worse picture.
fn tally(pairs: &[ReviewPair], decisions: &Decisions) -> Vec<Tally> {
    let mut bands = vec![Tally::default(); BANDS.len()];
    for pair in pairs.iter().filter(|pair| pair.sampled) {
        let Some(tally) = band(pair.weight_hundredths).and_then(|band| bands.get_mut(band)) else { continue };
        tally.pairs += 1;
        add(tally, decisions, pair);
    }
    bands
}

fn add(tally: &mut Tally, decisions: &Decisions, pair: &ReviewPair) {
    use store::Standing::{Disputed, Open, Settled, Waiting};
    match decisions.standing(words::key(pair)) {
        Settled(Verdict::Same) => tally.same += 1,
        Settled(Verdict::Different) => tally.different += 1,
        Settled(Verdict::CannotTell) => tally.cannot_tell += 1,
        Disputed | Waiting(_) => tally.disputed += 1,
        Open => {}
    }
}

async fn results(session: &Session) -> Result<Page, PageError> {
    allowed(session)?;
    let decisions = decisions(session).await?;
    let bands = tally(&session.site.pairs, &decisions);
    let least = session.site.linkage.as_ref().map_or(425, |report| report.threshold_hundredths);
    let body = html! {
        (heading("What the decisions say", Some(&progress(session, &decisions))))
        p class="nhsuk-lede-text" {
            "Of the pairs drawn at random from each band of match weights, the share that reviewers found to be one person. Above the threshold it says how many links are right; below it, how many are missed."
        }
        (chart(&bands, least))
        (by_band(&bands, least))
        (all(session, &decisions))
        (agreement(&decisions))
    };
    Ok(page(session, "What the decisions say", Section::Linkage, above(true), body))
}

fn name(band: usize) -> String {
    let bits = |hundredths: i32| {
        let text = format!("{:.2}", f64::from(hundredths) / 100.0);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match BANDS.get(band + 1) {
        Some(to) => format!("{} to {} bits", bits(BANDS[band]), bits(*to)),
        None => format!("{} bits and more", bits(BANDS[band])),
    }
}

fn chart(bands: &[Tally], least: i32) -> Markup {
    let share = |value: f64| Num::new(value * 100.0);
    let bars = bands.iter().enumerate().filter_map(|(at, tally)| {
        let (value, low, high) = tally.share()?;
        let side = if BANDS[at] >= least { "joined" } else { "not joined" };
        let interval = share(low).zip(share(high));
        Some(Bar { label: format!("{} ({side})", name(at)), value: share(value), interval })
    });
    bar_chart(&BarChart {
        text: ChartText {
            id: "bands",
            title: "Share of pairs that are one person, by match weight",
            summary: "Each bar is the share of the decided pairs of a band that are one person, with its 95% interval.",
            note: Some(
                "A bar has a wide interval while few of the band's pairs are decided. Decide the pairs with the reason \"Drawn at random\" to narrow it.",
            ),
        },
        item: "Match weight",
        unit: "Percent of decided pairs",
        decimals: 0,
        bars: bars.collect(),
        reference: None,
    })
}

fn by_band(bands: &[Tally], least: i32) -> Markup {
    let rows = bands
        .iter()
        .enumerate()
        .map(|(at, tally)| {
            let share = tally.share().map_or_else(
                || "nothing decided".to_owned(),
                |(value, low, high)| format!("{:.0}% ({:.0} to {:.0})", value * 100.0, low * 100.0, high * 100.0),
            );
            let weight = f64::from(BANDS[at]) / 100.0;
            vec![
                html! { (name(at)) },
                html! { (chance(1.0 / (1.0 + (-weight).exp2()))) },
                html! { @if BANDS[at] >= least { "joined" } @else { "not joined" } },
                html! { (count(tally.pairs)) },
                html! { (count(tally.same)) },
                html! { (count(tally.different)) },
                html! { (count(tally.cannot_tell)) },
                html! { (share) },
            ]
        })
        .collect();
    table(&Table {
        caption: "Pairs drawn at random, by match weight",
        size: Some(Size::M),
        columns: vec![
            Column::text("Match weight"),
            Column::number("The model's chance, from"),
            Column::text("By weight"),
            Column::number("Drawn"),
            Column::number("Same person"),
            Column::number("Different people"),
            Column::number("Cannot tell"),
            Column::number("Share of one person, 95% interval"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some("by-band"),
    })
}

/// Every pair of the list, by what the load makes of it.
fn all(session: &Session, decisions: &Decisions) -> Markup {
    let mut sides = [Tally::default(); 2];
    for pair in &session.site.pairs {
        let tally = &mut sides[usize::from(pair.joined)];
        tally.pairs += 1;
        add(tally, decisions, pair);
    }
    let row = |name: &str, tally: Tally| {
        let figures = [tally.pairs, tally.same, tally.different, tally.cannot_tell, tally.disputed];
        std::iter::once(html! { (name) }).chain(figures.iter().map(|n| html! { (count(*n)) })).collect()
    };
    let rows = vec![row("Joined in this load", sides[1]), row("Apart in this load", sides[0])];
    html! {
        (table(&Table {
            caption: "All pairs on the list",
            size: Some(Size::M),
            columns: vec![
                Column::text("Now"),
                Column::number("Pairs"),
                Column::number("Same person"),
                Column::number("Different people"),
                Column::number("Cannot tell"),
                Column::number("Disagreement or second opinion"),
            ],
            rows,
            row_headers: true,
            scroll_id: Some("all-pairs"),
        }))
        @if let Some(report) = &session.site.linkage { (used(&report.labels)) }
    }
}

/// What this load made of the decisions it was given.
fn used(labels: &intake::review::LabelReport) -> Markup {
    let given = labels.same + labels.different + labels.absent + labels.unclear;
    html! {
        @if given == 0 {
            p { "This load was given no decision. The next one takes those that stand." }
        } @else {
            p { "This load followed decisions about " (words::many(labels.same, "pair", "pairs")) " of one person and " (words::many(labels.different, "pair", "pairs")) " of two." }
            ul class="nhsuk-list nhsuk-list--bullet" {
                @if labels.not_followed > 0 { li { (words::many(labels.not_followed, "pair stands", "pairs stand")) " otherwise, because another decision or other evidence goes before." } }
                @if labels.absent > 0 { li { (words::many(labels.absent, "decision waits", "decisions wait")) ": a record did not come again." } }
                @if labels.unclear > 0 { li { (words::many(labels.unclear, "decision could", "decisions could")) " not be used, because its records cannot be told from others." } }
            }
        }
    }
}

/// How often two reviewers who looked at one pair said the same.
fn agreement(decisions: &Decisions) -> Markup {
    let (both, agree) = decisions.pairs.values().map(spoken).fold((0_u64, 0_u64), |(both, agree), (people, one)| {
        (both + u64::from(people > 1), agree + u64::from(people > 1 && one))
    });
    html! {
        @if both > 0 {
            p { "Two reviewers looked at " (words::many(both, "pair", "pairs")) " and said the same about " (count(agree)) "." }
        } @else {
            p { "No pair has been looked at by two reviewers yet." }
        }
    }
}

/// How many reviewers have a word that stands, and whether all words are one.
fn spoken(all: &PairDecisions) -> (usize, bool) {
    let mut people: Vec<&str> = all.acts.iter().map(|act| act.who.as_str()).collect();
    people.sort_unstable();
    people.dedup();
    let words: Vec<Verdict> = people.iter().filter_map(|who| all.said_by(who)?.verdict).collect();
    (words.len(), words.windows(2).all(|pair| pair[0] == pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_have_names_and_shares() {
        assert_eq!(name(0), "-2 to 0 bits");
        assert_eq!(name(3), "4.25 to 8 bits");
        assert_eq!(name(6), "20 bits and more");
        let tally = Tally { same: 80, different: 20, ..Tally::default() };
        let (share, low, high) = tally.share().unwrap_or_default();
        assert_eq!(format!("{share:.3} {low:.3} {high:.3}"), "0.800 0.711 0.867");
        assert_eq!(Tally::default().share(), None);
    }
}
