//! Two records side by side: how they differ, what the weight is made of, what else hangs on them, and the decision.

use super::super::{heading, page};
use super::queue::{chance, decisions, next, progress};
use super::{above, allowed, compare, forbidden, graph, words};
use crate::web::Session;
use crate::web::charts::{ChartText, Num, WaterfallChart, WaterfallStep, waterfall_chart};
use crate::web::components::{
    ButtonSize, ButtonVariant, Choice, Column, DetailsStyle, Input, Label, Notice, Radios, Size, Table, button,
    button_link, details, error_summary, input, inset_text, notification_banner, radios, table,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::session::internal;
use axum::extract::{Path, Query};
use axum::response::Response;
use intake::review::{self, ReviewPair, ReviewRecord, ReviewStep};
use maud::{Markup, html};
use serde::Deserialize;
use store::{Decisions, Error, PairDecisions, PairKey, Reviewed, Role, Standing, Verdict};

/// What was done on the way here.
#[derive(Debug, Default, Deserialize)]
pub struct Part {
    /// The pair that was just decided.
    #[serde(default)]
    after: String,
    /// Whether a decision was just taken back.
    #[serde(default)]
    undone: String,
}

/// What the form shows beside the pair.
#[derive(Debug, Default)]
pub struct Told<'a> {
    /// What is wrong with the answer, and the address of its field.
    pub problem: Option<(&'a str, &'a str)>,
    /// The answer so far.
    pub verdict: Option<Verdict>,
    /// The reason so far.
    pub reason: &'a str,
    /// The pair that was just decided; the pair itself where a decision was taken back.
    pub after: Option<PairKey>,
}

/// `GET /linkage/review/{pair}`
pub async fn show(session: Session, Path(pair): Path<String>, Query(part): Query<Part>) -> Response {
    let undone = if part.undone.is_empty() { None } else { PairKey::parse(&pair) };
    let told = Told { after: PairKey::parse(&part.after).or(undone), ..Told::default() };
    let result = page_of(&session, &pair, &told).await;
    session.respond(result)
}

/// The pair of an address. Somebody who may not see pairs does not learn which there are.
pub fn find<'a>(session: &'a Session, key: &str) -> Result<&'a ReviewPair, PageError> {
    let pair = PairKey::parse(key).and_then(|key| session.site.pairs.iter().find(|pair| words::key(pair) == key));
    let Some(pair) = pair else {
        allowed(session)?;
        return Err(PageError::NotFound { what: Some("that pair of records in this load".to_owned()) });
    };
    Ok(pair)
}

/// The pair as the database keeps acts about it.
pub fn seen<'a>(session: &'a Session, pair: &ReviewPair) -> Reviewed<'a> {
    Reviewed {
        pair: words::key(pair),
        people: (pair.left_person, pair.right_person),
        weight_hundredths: pair.weight_hundredths,
        snapshot: session.site.snapshot.manifest().id.as_str(),
    }
}

/// Everything on the page that is about people.
struct Shown<'a> {
    pair: &'a ReviewPair,
    position: usize,
    decisions: Decisions,
    /// All records of the one or two people; the compared ones first on their side.
    records: Vec<graph::Labelled>,
    steps: Vec<ReviewStep>,
}

impl Shown<'_> {
    fn standing(&self) -> Standing {
        self.decisions.standing(words::key(self.pair))
    }

    fn all(&self) -> Option<&PairDecisions> {
        self.decisions.pairs.get(&words::key(self.pair))
    }

    fn compared(&self) -> Vec<&graph::Labelled> {
        self.records.iter().filter(|record| record.compared).collect()
    }
}

/// The page. The look is in the audit before a name is read.
pub async fn page_of(session: &Session, key: &str, told: &Told<'_>) -> Result<Page, PageError> {
    let pair = find(session, key)?;
    let look = session.site.store.look_at_pair(&session.access, seen(session, pair), session.now()?).await;
    look.map_err(|error| match error {
        Error::Refused(_) => forbidden(),
        other => internal(&other),
    })?;
    let snapshot = &session.site.snapshot;
    let people = [pair.left_person, pair.right_person];
    let mut records: Vec<ReviewRecord> = review::records(snapshot).map_err(|error| internal(&error))?;
    records.retain(|record| people.contains(&record.person));
    let mut steps = review::steps(snapshot).map_err(|error| internal(&error))?;
    steps.retain(|step| (step.left, step.right) == (pair.left, pair.right));
    let shown = Shown {
        pair,
        position: session.site.pairs.iter().position(|p| std::ptr::eq(p, pair)).unwrap_or(0) + 1,
        decisions: decisions(session).await?,
        records: graph::labelled(pair, records),
        steps,
    };
    let edges = review::edges(snapshot).map_err(|error| internal(&error))?;
    let title = "Are these records of one person?";
    let below = format!("Pair {}, {}", shown.position, progress(session, &shown.decisions));
    let body = html! {
        @if let Some((problem, field)) = told.problem { (error_summary("There is a problem", None, &[(problem, field)])) }
        (banner(session, &shown, told))
        (heading(title, Some(&below)))
        p class="nhsuk-lede-text" { (words::doubt(pair)) }
        (compare::table_of(session, &shown.compared()))
        (decision(session, &shown, told))
        (weight(session, &shown))
        (graph::section(session, pair, &shown.records, &edges))
        (acts(session, &shown))
        p class="nhsuk-body-s" { "That you saw these records is written down on the record of each person." }
    };
    Ok(page(session, title, Section::Linkage, above(true), body))
}

/// What was just done, with the way back.
fn banner(session: &Session, shown: &Shown, told: &Told<'_>) -> Markup {
    let Some(after) = told.after else { return html! {} };
    let own = after == words::key(shown.pair);
    let said = shown.decisions.pairs.get(&after).and_then(|all| all.said_by(session.access.who()));
    match said.and_then(|said| said.verdict) {
        None if own => notification_banner(Notice::Success, &html! { "Your decision about this pair is taken back." }),
        Some(verdict) if !own => html! {
            (notification_banner(Notice::Success, &html! { "Saved: " (verdict.label().to_lowercase()) ". This is the next pair." }))
            form method="post" action=(format!("/linkage/review/{after}/undo")) {
                (button("Undo the last decision", ButtonVariant::Secondary, ButtonSize::Small))
            }
        },
        _ => html! {},
    }
}

/// What a decision would change, the decision so far, and the form.
fn decision(session: &Session, shown: &Shown, told: &Told<'_>) -> Markup {
    let said = shown.all().and_then(|all| all.said_by(session.access.who()));
    let verdict = told.verdict.or_else(|| said.and_then(|said| said.verdict));
    let reason = if told.reason.is_empty() { said.map_or("", |said| said.reason.as_str()) } else { told.reason };
    let key = words::key(shown.pair);
    let problem = |field: &str| told.problem.filter(|(_, at)| *at == field).map(|(text, _)| text);
    let choices = Verdict::ALL.iter().map(|verdict| Choice::new(verdict.name(), verdict.label())).collect();
    let after = next(session, &shown.decisions, Some(shown.pair)).filter(|next| words::key(next) != key);
    html! {
        h2 { "Your decision" }
        p { (changes(shown)) }
        @if let Some(follows) = words::follows(shown.pair, shown.standing(), words::hindered(session, shown.pair)) {
            (inset_text(&html! { (words::standing(shown.standing())) " " (follows) }))
        }
        @if let Some(said) = said {
            form method="post" action=(format!("/linkage/review/{key}/undo")) {
                p { "You said \"" (said.verdict.map_or("", Verdict::label)) "\" on " (said.at) "." }
                (button("Undo my decision", ButtonVariant::Secondary, ButtonSize::Small))
            }
        }
        form method="post" action=(format!("/linkage/review/{key}")) novalidate {
            (radios(&Radios {
                id_prefix: "verdict",
                name: "verdict",
                legend: "Are the two records of one person?",
                legend_size: Size::S,
                is_page_heading: false,
                hint: None,
                error: problem("#verdict"),
                inline: false,
                choices,
                chosen: verdict.map(Verdict::name),
            }))
            (input(&Input {
                value: Some(reason).filter(|reason| !reason.is_empty()),
                hint: Some(html! { "For whoever looks again. Leave out names and NHS numbers." }),
                error: problem("#reason"),
                autocomplete: Some("off"),
                ..Input::new("reason", "reason", Label::plain("Why (optional)"))
            }))
            (button("Save and go on", ButtonVariant::Primary, ButtonSize::Normal))
        }
        @if let Some(after) = after {
            (button_link("Next pair, without deciding", &words::address(after), ButtonVariant::Secondary, ButtonSize::Small))
        }
    }
}

fn changes(shown: &Shown) -> String {
    let pair = shown.pair;
    let links = words::many(pair.links, "link between records", "links between records");
    let others = match pair.others {
        0 => String::new(),
        n => {
            format!(" {} between the same two people hang on it, too.", words::many(n, "further pair", "further pairs"))
        }
    };
    if pair.joined {
        format!("The records are one person now. \"Different people\" undoes {links} at the next load.{others}")
    } else {
        format!("The records are two people now. \"Same person\" makes {links} at the next load.{others}")
    }
}

fn weight(session: &Session, shown: &Shown) -> Markup {
    let pair = shown.pair;
    let steps: Vec<WaterfallStep> = shown
        .steps
        .iter()
        .filter(|step| step.comparison != "kept apart by a rule")
        .flat_map(|step| {
            let part = |name: &str, answer: &str, bits: f64| {
                Some(WaterfallStep { name: name.to_owned(), answer: answer.to_owned(), bits: Num::new(bits)? })
            };
            let rarity =
                part(&step.comparison, "how common the value is", step.rarity_bits).filter(|_| step.rarity_bits != 0.0);
            part(&step.comparison, &step.level, step.bits).into_iter().chain(rarity)
        })
        .collect();
    let rule = shown.steps.iter().find(|step| step.comparison == "kept apart by a rule");
    let threshold = session.site.linkage.as_ref().map(|report| f64::from(report.threshold_hundredths) / 100.0);
    let summary = format!(
        "Before anything is compared, the weight is that of two records taken at random. Each comparison adds to it or takes away. Together they are {:.1} bits, a chance of {} that the records are of one person.",
        f64::from(pair.weight_hundredths) / 100.0,
        chance(pair.probability)
    );
    let text = ChartText {
        id: "waterfall",
        title: "What the match weight is made of",
        summary: &summary,
        note: Some("Agreeing on something rare weighs more than on something common. What is missing weighs nothing."),
    };
    html! {
        h2 { "Evidence" }
        p { "By the weight alone, the chance that the records are of one person is " strong { (chance(pair.probability)) } "." }
        @if let Some(rule) = rule { (inset_text(&html! { "Whatever they weigh, a rule keeps such records apart: " (rule.level) "." })) }
        (waterfall_chart(&WaterfallChart { text, steps, threshold: threshold.and_then(Num::new) }))
    }
}

/// Who said what when. Whoever is asked for a second opinion gives it before looking.
fn acts(session: &Session, shown: &Shown) -> Markup {
    let Some(all) = shown.all() else {
        return html! { h2 { "Who decided" } p { "Nobody has decided about this pair yet." } };
    };
    let rows = all
        .acts
        .iter()
        .map(|act| {
            let role = Role::from_name(&act.role).map(Role::label);
            vec![
                html! { (act.at) },
                html! { (act.who) ", " (role.unwrap_or(&act.role)) },
                html! { (act.verdict.map_or("Took it back", Verdict::label)) },
                html! { @if act.reason.is_empty() { "none given" } @else { (act.reason) } },
                html! { (act.snapshot) },
            ]
        })
        .collect();
    let columns = ["When", "Who", "What they said", "Why", "Load they saw"].map(Column::text);
    let blind = all.said_by(session.access.who()).is_none() && words::is_open(all.standing);
    let behind = table(&Table {
        caption: "Decisions about this pair, earliest first",
        size: None,
        columns: columns.into(),
        rows,
        row_headers: true,
        scroll_id: if blind { None } else { Some("acts") },
    });
    html! {
        h2 { "Who decided" }
        @if blind {
            p { "Somebody has decided about this pair. Say what you think before you look." }
            (details("Show what others said", &behind, DetailsStyle::Plain, false))
        } @else {
            (behind)
        }
    }
}
