//! Cost per member per month as it may be seen: by segment and by practice, in all and by setting of care.

use crate::disclosure::{Amounts, MoneyTable, Shown, money_table, one_way};
use crate::members::{MemberSum, Members, SETTINGS};
use crate::results::Summary;
use evidence::distribution::Confidence;
use evidence::ratio::RatioSums;
use nhs::Pence;

/// One group of members.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The segment's or practice's identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// People with a day of membership in the year.
    pub members: Shown,
    /// Member months, rounded to 5; `None` where the members are hidden.
    pub months: Option<u64>,
    /// Per member per month, with limits of 95%; `None` where money is hidden or there is no membership.
    pub all: Option<Pmpm>,
    /// The same by [`SETTINGS`], without limits.
    pub settings: Vec<Option<Pence>>,
}

/// Cost per member per month with its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pmpm {
    /// Exact pence, rounded half up.
    pub value: Pence,
    /// Limits of 95%; `None` for fewer than two members.
    pub limits: Option<(Pence, Pence)>,
}

/// The tables of a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Costs {
    /// By segment; the last line is of people in none, because they died or left within the year.
    pub segments: Vec<Line>,
    /// By practice.
    pub practices: Vec<Line>,
    /// Everybody.
    pub whole: Line,
}

/// Identifier of the line of those who are in no segment.
pub const NO_SEGMENT: &str = "no_segment";

/// What may be seen. The two tables have the totals in common, so that a total hidden in one is hidden in both.
pub fn shown(summary: &Summary) -> Costs {
    let members = &summary.members;
    let (by_segment, by_practice) = (hidden(&members.segments), hidden(&members.practices));
    let none = (NO_SEGMENT.to_owned(), "Died, left or not in the model's population".to_owned());
    let segments = summary.segments.iter().map(|s| (s.id.clone(), s.name.clone())).chain([none]);
    let practices = summary.practices.iter().map(|p| (p.code.clone(), p.name.clone()));
    let totals: Vec<bool> = by_segment
        .column_totals
        .iter()
        .zip(&by_practice.column_totals)
        .map(|(a, b)| a.is_hidden() || b.is_hidden())
        .collect();
    let whole = Names { id: "all".to_owned(), name: "Everybody".to_owned() };
    Costs {
        segments: lines(members, &members.segments, segments, &by_segment),
        practices: lines(members, &members.practices, practices, &by_practice),
        whole: line(
            members,
            &members.whole(),
            whole,
            Shown::alone(members.whole().members),
            by_segment.total.is_hidden() || by_practice.total.is_hidden(),
            &totals,
        ),
    }
}

fn hidden(sums: &[MemberSum]) -> MoneyTable {
    let rows: Vec<Vec<Amounts>> = sums.iter().map(|sum| sum.settings.clone()).collect();
    let totals: Vec<Amounts> = sums.iter().map(|sum| sum.cost).collect();
    money_table(&rows, &totals)
}

struct Names {
    id: String,
    name: String,
}

fn lines(
    members: &Members,
    sums: &[MemberSum],
    names: impl Iterator<Item = (String, String)>,
    money: &MoneyTable,
) -> Vec<Line> {
    let counts: Vec<u64> = sums.iter().map(|sum| sum.members).collect();
    let people = one_way(&counts).cells;
    sums.iter()
        .zip(names)
        .zip(people.iter().zip(money.cells.iter().zip(&money.row_totals)))
        .map(|((sum, (id, name)), (&people, (cells, total)))| {
            let cells: Vec<bool> = cells.iter().map(|cell| cell.is_hidden()).collect();
            line(members, sum, Names { id, name }, people, total.is_hidden(), &cells)
        })
        .collect()
}

fn line(members: &Members, sum: &MemberSum, names: Names, people: Shown, all_hidden: bool, hidden: &[bool]) -> Line {
    let seen = !people.is_hidden();
    let per_month = |pence: i64, hidden: bool| {
        if seen && !hidden { sum.per_month(pence, members.year_days).map(Pence) } else { None }
    };
    let settings = (0..SETTINGS.len())
        .map(|at| {
            let amounts = sum.settings.get(at).copied().unwrap_or_default();
            per_month(amounts.pence, hidden.get(at).copied().unwrap_or(true))
        })
        .collect();
    let all = per_month(sum.cost.pence, all_hidden).map(|value| Pmpm { value, limits: limits(members, sum) });
    let months = seen.then(|| (sum.months(members.year_days) / 5.0).round() as u64 * 5);
    Line { id: names.id, name: names.name, members: people, months, all, settings }
}

/// Limits of the ratio of pence to member months over people.
fn limits(members: &Members, sum: &MemberSum) -> Option<(Pence, Pence)> {
    let month = 12.0 / f64::from(members.year_days.max(1));
    let sums = RatioSums {
        n: sum.members as f64,
        y: sum.cost.pence as f64,
        x: sum.days as f64 * month,
        yy: sum.cost.squares as f64,
        xy: sum.cost_by_days as f64 * month,
        xx: sum.days_squared as f64 * month * month,
    };
    let rate = sums.limits(Confidence::P95).ok()?;
    Some((Pence(rate.lower.round() as i64), Pence(rate.upper.round() as i64)))
}
