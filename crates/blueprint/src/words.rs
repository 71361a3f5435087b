//! Words made from identifiers, and spans of time written in words.

use crate::fields::Text;
use crate::model::Window;
use crate::sink::Sink;

/// `integrated_team` as `Integrated team`.
pub(crate) fn from_id(id: &str) -> String {
    let words = id.replace('_', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

/// Longest span of time, so that no date leaves the calendar.
const LONGEST_DAYS: u32 = 366 * 150;

/// Reads `90 days`, `2 weeks`, `12 months` or `3 years`.
pub(crate) fn window(sink: &mut Sink, text: &Text) -> Option<Window> {
    let parsed = text.text.trim().split_once(' ').and_then(|(number, unit)| {
        let number: u32 = number.parse().ok().filter(|n| (1..=LONGEST_DAYS).contains(n))?;
        match unit.trim() {
            "day" | "days" => Some(Window::Days(number)),
            "week" | "weeks" => number.checked_mul(7).filter(|n| *n <= LONGEST_DAYS).map(Window::Days),
            "month" | "months" => Some(number).filter(|n| *n <= 1_800).map(Window::Months),
            "year" | "years" => Some(number).filter(|n| *n <= 150).map(|n| Window::Months(n * 12)),
            _ => None,
        }
    });
    if parsed.is_none() {
        sink.error(&text.at, format!("`{}` is not a span of time", text.text))
            .helped("write `90 days`, `12 months` or `2 years`");
    }
    parsed
}

/// Reads a span of time as days; months are refused, because they differ in length.
pub(crate) fn days(sink: &mut Sink, text: &Text) -> Option<u32> {
    match window(sink, text)? {
        Window::Days(days) => Some(days),
        Window::Months(_) => {
            sink.error(&text.at, "this is a number of days").helped("write `28 days` or `4 weeks`");
            None
        }
    }
}

/// Reads a span of time as months.
pub(crate) fn months(sink: &mut Sink, text: &Text) -> Option<u32> {
    match window(sink, text)? {
        Window::Months(months) => Some(months),
        Window::Days(_) => {
            sink.error(&text.at, "this is a number of months").helped("write `12 months`");
            None
        }
    }
}
