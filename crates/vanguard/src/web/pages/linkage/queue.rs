//! The work list of doubtful pairs, those where a decision changes most first. It names nobody.

use super::super::paging::Paging;
use super::super::{heading, page};
use super::{above, allowed, words};
use crate::web::Session;
use crate::web::charts::count;
use crate::web::components::{
    ButtonSize, ButtonVariant, Choice, Column, DetailsStyle, Label, Notice, Select, Size, Table, button, button_link,
    details, inset_text, notification_banner, select, table,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::session::{SECOND_REVIEWER, internal};
use axum::extract::Query;
use axum::response::Response;
use intake::review::{Reason, ReviewPair};
use maud::{Markup, html};
use serde::Deserialize;
use store::{Decisions, Standing};

/// Pairs on a page.
const PER_PAGE: usize = 25;

/// Which pairs are asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Part {
    /// `open` (the default), `decided`, `disputed` or `all`.
    #[serde(default)]
    show: String,
    /// The stable name of a reason; empty for all.
    #[serde(default)]
    why: String,
    #[serde(default)]
    page: String,
    /// What was just done, for the banner.
    #[serde(default)]
    done: String,
}

/// `GET /linkage/review`
pub async fn show(session: Session, Query(part): Query<Part>) -> Response {
    let result = list(&session, &part).await;
    session.respond(result)
}

/// What reviewers have decided.
pub async fn decisions(session: &Session) -> Result<Decisions, PageError> {
    session.site.store.linkage_decisions().await.map_err(|error| internal(&error))
}

/// The next pair after this one that waits for a decision of this reviewer; from the top where there is none below.
pub fn next<'a>(session: &'a Session, decisions: &Decisions, after: Option<&ReviewPair>) -> Option<&'a ReviewPair> {
    let pairs = &session.site.pairs;
    let start =
        after.and_then(|pair| pairs.iter().position(|p| words::key(p) == words::key(pair))).map_or(0, |at| at + 1);
    let waits = |pair: &&ReviewPair| {
        let said = decisions.pairs.get(&words::key(pair)).and_then(|all| all.said_by(session.access.who()));
        words::is_open(decisions.standing(words::key(pair))) && said.is_none()
    };
    pairs[start..].iter().chain(&pairs[..start]).find(waits)
}

/// `12 of 80 decided`.
pub fn progress(session: &Session, decisions: &Decisions) -> String {
    let pairs = &session.site.pairs;
    let decided = pairs.iter().filter(|pair| !words::is_open(decisions.standing(words::key(pair)))).count();
    format!("{} of {} decided", count(decided as u64), count(pairs.len() as u64))
}

async fn list(session: &Session, part: &Part) -> Result<Page, PageError> {
    allowed(session)?;
    let decisions = decisions(session).await?;
    let chosen: Vec<(usize, &ReviewPair)> = session
        .site
        .pairs
        .iter()
        .enumerate()
        .filter(|(_, pair)| wanted(part, pair, decisions.standing(words::key(pair))))
        .collect();
    let paging = Paging::of(&part.page, chosen.len(), PER_PAGE);
    let body = html! {
        @if part.done == "none-left" { (notification_banner(Notice::Success, &html! { "Saved. No pair waits for your decision." })) }
        (heading("Pairs to review", Some(&progress(session, &decisions))))
        @if session.site.pairs.is_empty() {
            (inset_text(&html! { "There is no doubtful pair in this load. If the extracts were loaded by an earlier version of Vanguard, load them again." }))
        } @else {
            (intro(session, &decisions))
            (filter(part))
            @if chosen.is_empty() {
                (inset_text(&html! { "No pair fits this choice. Show all pairs, or another reason." }))
            } @else {
                @if let Some(words) = paging.words() { p class="nhsuk-body-s" { (words) } }
                (pairs(&chosen[paging.range()], &decisions))
                (paging.links(&format!("/linkage/review?show={}&why={}&page=", part.show, part.why)))
            }
            (bounds(session))
        }
        (settings(session, &decisions))
        (export())
    };
    Ok(page(session, "Pairs to review", Section::Linkage, above(false), body))
}

fn wanted(part: &Part, pair: &ReviewPair, standing: Standing) -> bool {
    let fits = match part.show.as_str() {
        "all" => true,
        "decided" => !words::is_open(standing),
        "disputed" => matches!(standing, Standing::Disputed | Standing::Waiting(_)),
        _ => words::is_open(standing),
    };
    let why = Reason::from_name(&part.why);
    fits && why.is_none_or(|why| pair.reason == why || why == Reason::Sample && pair.sampled)
}

fn intro(session: &Session, decisions: &Decisions) -> Markup {
    html! {
        p class="nhsuk-lede-text" {
            "Each pair is two records that may be of one person. You see them side by side and say whether they are. The next load joins them or keeps them apart, as you decide."
        }
        @if let Some(next) = next(session, decisions, None) {
            (button_link("Start with the next pair", &words::address(next), ButtonVariant::Primary, ButtonSize::Normal))
        }
        p { a href="/linkage/review/results" { "What the decisions say about the links so far" } }
    }
}

fn filter(part: &Part) -> Markup {
    let shows = [
        ("open", "Waiting for a decision"),
        ("decided", "Decided"),
        ("disputed", "Reviewers disagree, or a second opinion is needed"),
        ("all", "All"),
    ];
    let mut reasons = vec![Choice::new("", "Any reason")];
    reasons.extend(Reason::ALL.iter().map(|reason| Choice::new(reason.name(), words::reason(*reason))));
    let chosen = if part.show.is_empty() { "open" } else { part.show.as_str() };
    let select_of = |id, label, choices, chosen| {
        select(&Select {
            id,
            name: id,
            label: Label::plain(label),
            hint: None,
            error: None,
            choices,
            chosen: Some(chosen),
        })
    };
    html! {
        form method="get" action="/linkage/review" class="vg-inline" {
            (select_of("show", "Show", shows.iter().map(|(value, text)| Choice::new(value, text)).collect(), chosen))
            (select_of("why", "Why", reasons, part.why.as_str()))
            (button("Show", ButtonVariant::Secondary, ButtonSize::Small))
        }
    }
}

fn pairs(pairs: &[(usize, &ReviewPair)], decisions: &Decisions) -> Markup {
    let rows = pairs
        .iter()
        .map(|(at, pair)| {
            let all = decisions.pairs.get(&words::key(pair));
            let last = all.and_then(|all| all.last()).filter(|last| last.verdict.is_some());
            vec![
                html! { a href=(words::address(pair)) { "Pair " (at + 1) } },
                html! { (words::reason(pair.reason)) },
                html! { @if pair.joined { "joined" } @else { "apart" } },
                html! { (chance(pair.probability)) },
                html! { (count(pair.links)) },
                html! { (words::standing(decisions.standing(words::key(pair)))) },
                html! { @if let Some(last) = last { (last.who) ", " (last.at) } },
            ]
        })
        .collect();
    table(&Table {
        caption: "Pairs, those where a decision changes most first",
        size: Some(Size::M),
        columns: vec![
            Column::text("Pair"),
            Column::text("Why it is here"),
            Column::text("Now"),
            Column::number("Chance of one person"),
            Column::number("Links it changes"),
            Column::text("Decision"),
            Column::text("Last decided"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some("pairs"),
    })
}

/// A match probability as people read it: never "100%" for what is not certain.
pub fn chance(probability: f64) -> String {
    match probability {
        p if p >= 0.9995 => "over 99.9%".to_owned(),
        p if p < 0.0005 => "under 0.1%".to_owned(),
        p => format!("{:.1}%", p * 100.0),
    }
}

/// How many pairs there are of each kind, and how many are kept.
fn bounds(session: &Session) -> Markup {
    let Some(report) = &session.site.linkage else { return html! {} };
    let rows = report
        .picked
        .iter()
        .map(|picked| {
            vec![
                html! { (words::reason(picked.reason)) },
                html! { (count(picked.found)) },
                html! { (count(picked.elsewhere)) },
                html! { (count(picked.kept)) },
                html! { @match picked.reason.most() { Some(most) => (count(most as u64)), None => "all" } },
            ]
        })
        .collect();
    let behind = html! {
        (table(&Table {
            caption: "Pairs by reason",
            size: None,
            columns: vec![
                Column::text("Why"),
                Column::number("Found"),
                Column::number("Listed for another reason"),
                Column::number("On the list"),
                Column::number("At most"),
            ],
            rows,
            row_headers: true,
            scroll_id: None,
        }))
        @if report.alike > 0 {
            p { (words::many(report.alike, "pair is", "pairs are")) " left out because the two records are alike to the last letter: a decision about them could not be told from one about others." }
        }
        p { "Of several pairs between the same two people, the strongest stands for all." }
    };
    details("How pairs come onto this list, and how many are left out", &behind, DetailsStyle::Plain, false)
}

fn settings(session: &Session, decisions: &Decisions) -> Markup {
    let choices = vec![Choice::new("1", "One reviewer decides"), Choice::new("2", "Two reviewers must agree")];
    let chosen = decisions.reviewers.to_string();
    let second = session.team.as_deref() == Some(SECOND_REVIEWER);
    html! {
        h2 { "How decisions are made" }
        form method="post" action="/linkage/review/reviewers" class="vg-inline" {
            (select(&Select {
                id: "reviewers",
                name: "reviewers",
                label: Label::plain("How many reviewers a decision needs"),
                hint: None,
                error: None,
                choices,
                chosen: Some(&chosen),
            }))
            (button("Save", ButtonVariant::Secondary, ButtonSize::Small))
        }
        p { "Where two reviewers say different things, the pair waits under \"Reviewers disagree\" and changes nothing." }
        form method="post" action="/role" {
            input type="hidden" name="role" value="data_quality";
            input type="hidden" name="team" value=(if second { "" } else { SECOND_REVIEWER });
            input type="hidden" name="return_to" value="/linkage/review";
            p { "You are " (session.shell.viewer.name) ". There are two test users, so that a second opinion can be tried." }
            (button(if second { "Go on as the first officer" } else { "Go on as the second officer" }, ButtonVariant::Secondary, ButtonSize::Small))
        }
    }
}

fn export() -> Markup {
    html! {
        h2 { "Take the decisions elsewhere" }
        p { "The decisions as labels, which " code { "vanguard link --labels" } " takes, and the records they are about, with names. Both downloads are written down in the audit." }
        form method="post" action="/linkage/review/labels.csv" { (button("Download labels (CSV)", ButtonVariant::Secondary, ButtonSize::Small)) }
        form method="post" action="/linkage/review/records.csv" { (button("Download records with names (CSV)", ButtonVariant::Secondary, ButtonSize::Small)) }
    }
}

#[cfg(test)]
mod tests {
    use super::chance;

    #[test]
    fn chances_are_never_certain() {
        assert_eq!(
            [chance(1.0), chance(0.99949), chance(0.5), chance(0.0)],
            ["over 99.9%", "99.9%", "50.0%", "under 0.1%"]
        );
    }
}
