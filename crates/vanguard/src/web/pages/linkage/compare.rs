//! Two records side by side, with their differences in words.

use super::graph::Labelled;
use crate::web::Session;
use crate::web::components::{Column, Size, Table, TagColour, table, tag};
use intake::review::ReviewRecord;
use linkage::damerau_levenshtein;
use maud::{Markup, html};
use nhs::{Day, NhsNumber};

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    Same,
    Close,
    Different,
    Missing,
}

impl Likeness {
    fn tag(self) -> Markup {
        match self {
            Self::Same => tag("Same", TagColour::Green),
            Self::Close => tag("Close", TagColour::Yellow),
            Self::Different => tag("Different", TagColour::Orange),
            Self::Missing => tag("Missing", TagColour::Grey),
        }
    }
}

/// The likeness of two values, and how they differ in words.
type Difference = (Likeness, String);

/// The table of the two compared records.
pub fn table_of(session: &Session, compared: &[&Labelled]) -> Markup {
    let [left, right] = compared else {
        return html! { p { "The records of this pair are not in this load any more." } };
    };
    let (a, b) = (&left.record, &right.record);
    let (label_a, label_b) = (format!("Record {}", left.label), format!("Record {}", right.label));
    let text = |value: &str| html! { @if value.is_empty() { "not given" } @else { (value) } };
    let row = |name: &str, a: Markup, b: Markup, (likeness, how): Difference| {
        vec![html! { (name) }, a, b, html! { (likeness.tag()) " " (how) }]
    };
    let names = swapped(a, b);
    let mut rows = vec![
        row(
            "Family name",
            text(&a.family),
            text(&b.family),
            names.clone().unwrap_or_else(|| texts(&a.family, &b.family)),
        ),
        row("Given name", text(&a.given), text(&b.given), names.unwrap_or_else(|| texts(&a.given, &b.given))),
        row("Date of birth", day(a.birth), day(b.birth), births(a.birth, b.birth)),
        row("Sex", text(sex(a.sex)), text(sex(b.sex)), plain(sex(a.sex), sex(b.sex))),
        row("Address", text(&a.address), text(&b.address), texts(&a.address, &b.address)),
        row("Postcode", text(&a.postcode), text(&b.postcode), texts(&a.postcode, &b.postcode)),
        row("NHS number", number(a.nhs_number), number(b.nhs_number), numbers(a.nhs_number, b.nhs_number)),
    ];
    if !a.local_id.is_empty() || !b.local_id.is_empty() {
        let how = (Likeness::Missing, "each source counts for itself".to_owned());
        rows.push(row("The source's own number", text(&a.local_id), text(&b.local_id), how));
    }
    rows.push(vec![
        html! { "Source" },
        html! { (sources(session, a)) },
        html! { (sources(session, b)) },
        html! { @if a.sources == b.sources { "the same" } @else { "different" } },
    ]);
    table(&Table {
        caption: "The two records, as their sources write them",
        size: Some(Size::M),
        columns: vec![
            Column::text("What"),
            Column::text(label_a),
            Column::text(label_b),
            Column::text("How they compare"),
        ],
        rows,
        row_headers: true,
        scroll_id: Some("compared"),
    })
}

/// The names of a record's sources.
pub fn sources(session: &Session, record: &ReviewRecord) -> String {
    let all = &session.site.snapshot.manifest().sources;
    let names: Vec<&str> =
        record.sources.iter().filter_map(|at| all.get(usize::from(*at))).map(|source| source.name.as_str()).collect();
    names.join(", ")
}

/// A day as people read it.
pub fn day(day: Option<Day>) -> Markup {
    html! { @match day { Some(day) => (day.long()), None => "not given" } }
}

/// An NHS number as people read it.
pub fn number(number: Option<u64>) -> Markup {
    html! { @match number.and_then(|n| NhsNumber::from_value(n).ok()) { Some(number) => (number), None => "not given" } }
}

/// The word for a sex; empty where it is not known.
pub const fn sex(sex: u8) -> &'static str {
    match sex {
        1 => "Male",
        2 => "Female",
        9 => "Indeterminate",
        _ => "",
    }
}

fn missing(a: bool, b: bool) -> Option<Difference> {
    let how = match (a, b) {
        (false, false) => return None,
        (true, true) => "neither record says",
        (true, false) => "the first record does not say",
        (false, true) => "the second record does not say",
    };
    Some((Likeness::Missing, how.to_owned()))
}

fn simple(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn plain(a: &str, b: &str) -> Difference {
    missing(a.is_empty(), b.is_empty()).unwrap_or_else(|| {
        if a == b { (Likeness::Same, "the same".to_owned()) } else { (Likeness::Different, "different".to_owned()) }
    })
}

/// Family and given name that have changed places.
fn swapped(a: &ReviewRecord, b: &ReviewRecord) -> Option<Difference> {
    let given = |record: &ReviewRecord| simple(record.given.split_whitespace().next().unwrap_or_default());
    let (fa, fb) = (simple(&a.family), simple(&b.family));
    let changed = !fa.is_empty() && !fb.is_empty() && fa != fb && fa == given(b) && fb == given(a);
    changed.then(|| (Likeness::Close, "family and given name have changed places".to_owned()))
}

fn texts(a: &str, b: &str) -> Difference {
    let (x, y) = (simple(a), simple(b));
    if let Some(missing) = missing(x.is_empty(), y.is_empty()) {
        return missing;
    }
    if a == b {
        return (Likeness::Same, "the same".to_owned());
    }
    if x == y {
        return (Likeness::Same, "the same but for capitals, spaces or marks".to_owned());
    }
    match damerau_levenshtein(&x, &y) {
        1 => (Likeness::Close, "one letter differs".to_owned()),
        2 if x.chars().count().min(y.chars().count()) > 4 => (Likeness::Close, "two letters differ".to_owned()),
        _ if x.starts_with(&y) => (Likeness::Close, "the second is the beginning of the first".to_owned()),
        _ if y.starts_with(&x) => (Likeness::Close, "the first is the beginning of the second".to_owned()),
        _ => (Likeness::Different, "different".to_owned()),
    }
}

fn births(a: Option<Day>, b: Option<Day>) -> Difference {
    let (Some(a), Some(b)) = (a, b) else {
        return missing(a.is_none(), b.is_none()).unwrap_or((Likeness::Missing, String::new()));
    };
    if a == b {
        return (Likeness::Same, "the same".to_owned());
    }
    let ((ya, ma, da), (yb, mb, db)) = (a.ymd(), b.ymd());
    let apart = (i64::from(a.0) - i64::from(b.0)).abs();
    let differ = usize::from(ya != yb) + usize::from(ma != mb) + usize::from(da != db);
    if ya == yb && ma == db && da == mb {
        (Likeness::Close, "day and month have changed places".to_owned())
    } else if apart <= 31 {
        (Likeness::Close, format!("{apart} {} apart", if apart == 1 { "day" } else { "days" }))
    } else if differ == 1 {
        let what = if ya != yb {
            "the year"
        } else if ma != mb {
            "the month"
        } else {
            "the day"
        };
        (Likeness::Close, format!("only {what} differs"))
    } else {
        (Likeness::Different, "different".to_owned())
    }
}

fn numbers(a: Option<u64>, b: Option<u64>) -> Difference {
    let (Some(a), Some(b)) = (a, b) else {
        return missing(a.is_none(), b.is_none()).unwrap_or((Likeness::Missing, String::new()));
    };
    match damerau_levenshtein(&a.to_string(), &b.to_string()) {
        0 => (Likeness::Same, "the same valid number".to_owned()),
        1 => (Likeness::Close, "one digit differs, or two neighbours have changed places".to_owned()),
        _ => (Likeness::Different, "two different valid numbers".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said((likeness, how): Difference) -> (Likeness, String) {
        (likeness, how)
    }

    #[test]
    fn differences_in_words() {
        let close = |how: &str| (Likeness::Close, how.to_owned());
        assert_eq!(
            said(texts("O'Brien", "OBRIEN")),
            (Likeness::Same, "the same but for capitals, spaces or marks".into())
        );
        assert_eq!(said(texts("Smith", "Smyth")), close("one letter differs"));
        assert_eq!(said(texts("Ann", "Ann Marie")), close("the first is the beginning of the second"));
        assert_eq!(said(texts("", "Ann")), (Likeness::Missing, "the first record does not say".into()));
        assert_eq!(texts("Jo", "Al").0, Likeness::Different);
        let day = |iso: &str| Day::parse_iso(iso).ok();
        assert_eq!(said(births(day("1950-02-03"), day("1950-03-02"))), close("day and month have changed places"));
        assert_eq!(said(births(day("1950-02-03"), day("1950-02-04"))), close("1 day apart"));
        assert_eq!(said(births(day("1950-02-03"), day("1960-02-03"))), close("only the year differs"));
        assert_eq!(births(day("1950-02-03"), day("1961-02-04")).0, Likeness::Different);
        assert_eq!(births(None, None).0, Likeness::Missing);
        assert_eq!(numbers(Some(9_434_765_919), Some(9_434_765_991)).0, Likeness::Close);
    }
}
