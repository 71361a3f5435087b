//! Words that several pages of the linkage share.

use crate::web::Session;
use crate::web::components::{TagColour, tag};
use intake::review::{Hindrance, Reason, ReviewPair};
use maud::{Markup, html};
use store::{PairKey, Standing, Verdict};

/// The key under which decisions about a pair are kept.
pub fn key(pair: &ReviewPair) -> PairKey {
    PairKey::new(pair.left, pair.right)
}

/// The address of a pair.
pub fn address(pair: &ReviewPair) -> String {
    format!("/linkage/review/{}", key(pair))
}

/// A source's name in words.
pub fn source(session: &Session, id: &str) -> String {
    let sources = &session.site.snapshot.manifest().sources;
    sources.iter().find(|source| source.id == id).map_or_else(|| id.to_owned(), |source| source.name.clone())
}

/// Why a pair is on the list, for a narrow column.
pub const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Decided => "Decided before",
        Reason::SharedNumber => "One NHS number on two people",
        Reason::DifferentNumbers => "Alike, but two NHS numbers",
        Reason::OneSource => "Alike, but one list has both",
        Reason::Unlike => "Alike, but the groups are not",
        Reason::NearMiss => "Just not joined",
        Reason::WeakLink => "Weakest link of a person",
        Reason::Sample => "Drawn at random",
    }
}

/// The same in a sentence that says what is in doubt.
pub const fn doubt(pair: &ReviewPair) -> &'static str {
    match pair.reason {
        Reason::Decided => "Somebody has decided about these two records at an earlier load.",
        Reason::SharedNumber => {
            "The same valid NHS number stands on both records, and they look like two people. One of them may carry the number of a relative or of the patient before."
        }
        Reason::DifferentNumbers => {
            "The records look alike, but the two people have different valid NHS numbers, so they were not joined. They are two people, or one person who was given a second number, or one of the records is with the wrong person."
        }
        Reason::OneSource => {
            "The records look alike, but one source that holds each person once holds both, so they were not joined."
        }
        Reason::Unlike => {
            "These two records look alike, but the other records of the two people do not, so they were not joined."
        }
        Reason::NearMiss => "The records agree in much, but not in enough to be joined.",
        Reason::WeakLink => {
            "The two records were joined. This is the weakest of the links that hold the person's records together."
        }
        Reason::Sample => {
            "The pair was drawn at random from its band of weights, so that the share of right links in the band can be estimated."
        }
    }
}

/// What stands about a pair, as a tag.
pub fn standing(standing: Standing) -> Markup {
    match standing {
        Standing::Open => tag("Not decided", TagColour::Grey),
        Standing::Settled(Verdict::Same) => tag("Same person", TagColour::Green),
        Standing::Settled(Verdict::Different) => tag("Different people", TagColour::Blue),
        Standing::Settled(Verdict::CannotTell) => tag("Cannot tell", TagColour::Yellow),
        Standing::Waiting(verdict) => html! { (tag("Second opinion needed", TagColour::Orange)) " " (verdict.label()) },
        Standing::Disputed => tag("Reviewers disagree", TagColour::Red),
    }
}

/// Whether a reviewer still has something to say about a pair.
pub fn is_open(standing: Standing) -> bool {
    !matches!(standing, Standing::Settled(_))
}

/// What stood against a decision in this load.
pub fn hindered(session: &Session, pair: &ReviewPair) -> Option<Hindrance> {
    let report = session.site.linkage.as_ref()?;
    let refused =
        report.refused_decisions.iter().find(|refused| (refused.left, refused.right) == (pair.left, pair.right));
    refused.map(|refused| refused.why)
}

/// What the next load makes of a decision, or what this one has made of it.
pub fn follows(pair: &ReviewPair, standing: Standing, hindered: Option<Hindrance>) -> Option<&'static str> {
    match (standing, pair.joined) {
        (Standing::Settled(Verdict::Same), false) if hindered == Some(Hindrance::Numbers) => Some(
            "This load could not follow it: the two people have different valid NHS numbers. If both numbers are one person's, say so of two records that carry the numbers. If one record is with the wrong person, say so of that record and its own person.",
        ),
        (Standing::Settled(Verdict::Same), false) if hindered.is_some() => Some(
            "This load could not follow it: with other decisions it would join records that reviewers keep apart. Look at the decisions about the other records of the two people.",
        ),
        (Standing::Settled(Verdict::Same), true) => Some("In this load the records are one person, as decided."),
        (Standing::Settled(Verdict::Same), false) => Some("The next load joins the records."),
        (Standing::Settled(Verdict::Different), true) => Some("The next load keeps the records apart."),
        (Standing::Settled(Verdict::Different), false) => Some("In this load the records are two people, as decided."),
        (Standing::Settled(Verdict::CannotTell), _) => {
            Some("Nothing changes: the next load decides by the weight, as this one did.")
        }
        (Standing::Waiting(_), _) => Some("Nothing changes until a second reviewer agrees."),
        (Standing::Disputed, _) => {
            Some("Nothing changes while reviewers disagree: the next load decides by the weight.")
        }
        (Standing::Open, _) => None,
    }
}

/// `1 record`, `3 records`.
pub fn many(number: u64, one: &str, more: &str) -> String {
    let number_words = crate::web::charts::count(number);
    format!("{number_words} {}", if number == 1 { one } else { more })
}
