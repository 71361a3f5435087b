//! Figures as pages show them: after disclosure control, whoever reads. Only a team's own list is counted exactly, because
//! its reader sees the people themselves.

use crate::web::charts::Num;
use nhs::Pence;
use population::disclosure::{Amounts, Shown, ShownRate, hide_in_groups, money_list, one_way, two_way};
use population::results::{Activity, MeasureSeries};

/// A list of counts that add up to a total, as they may be seen.
pub struct List {
    /// The counts.
    pub cells: Vec<Option<u64>>,
    /// Their total.
    pub total: Option<u64>,
}

/// A table of counts, as they may be seen.
pub struct Table {
    /// The counts by row.
    pub cells: Vec<Vec<Option<u64>>>,
    /// By row.
    pub row_totals: Vec<Option<u64>>,
    /// By column.
    pub column_totals: Vec<Option<u64>>,
    /// Of all.
    pub total: Option<u64>,
}

/// Counts that add up to a total.
pub fn list(counts: &[u64]) -> List {
    let shown = one_way(counts);
    List { cells: shown.cells.iter().map(|c| c.value()).collect(), total: shown.total.value() }
}

/// Counts of rows and columns with their totals.
pub fn table(rows: &[Vec<u64>]) -> Table {
    let shown = two_way(rows);
    let values = |cells: &[Shown]| cells.iter().map(|c| c.value()).collect::<Vec<_>>();
    Table {
        cells: shown.cells.iter().map(|row| values(row)).collect(),
        row_totals: values(&shown.row_totals),
        column_totals: values(&shown.column_totals),
        total: shown.total.value(),
    }
}

/// A count that stands alone.
pub fn alone(count: u64) -> Option<u64> {
    Shown::alone(count).value()
}

/// A rate of events per so many people; `None` where either is small enough to tell of somebody, or nobody is there.
pub fn rate(events: u64, people: u64, per: f64) -> Option<f64> {
    ShownRate::of(events as f64 * per / people.max(1) as f64, events, people).value()
}

/// Whole pounds a head in a year of groups that make up a whole, where the group is large enough to say so and the rules for
/// money let it be seen.
pub fn costs_per_head<'a>(groups: impl Iterator<Item = (&'a Activity, u64)>) -> Vec<Option<Pence>> {
    let groups: Vec<_> = groups.collect();
    let (sums, _) = money_list(&groups.iter().map(|(activity, _)| activity.cost).collect::<Vec<_>>());
    let pounds = |activity: &Activity, people: u64| {
        activity.cost_per_head(people).map(|pence| Pence((pence + 50).div_euclid(100) * 100))
    };
    let seen = groups.into_iter().zip(sums);
    seen.map(|((activity, people), sum)| {
        alone(people)?;
        if sum.is_hidden() { None } else { pounds(activity, people) }
    })
    .collect()
}

/// For each locality (rows) and month, whether a cost is hidden because of whose it is; the whole place last, which is hidden only
/// for itself. The place's own figure is shown, so that localities are hidden in twos at least.
pub fn hidden_money(measure: &MeasureSeries, months: usize) -> Vec<Vec<bool>> {
    let localities = measure.money.len();
    let mut hidden = vec![Vec::with_capacity(months); localities + 1];
    for month in 0..months {
        let own = |row: &Vec<Amounts>| row.get(month).copied().unwrap_or_default();
        let sums: Vec<Amounts> = measure.money.iter().map(own).collect();
        let all = sums.iter().fold(Amounts::default(), |mut all, sum| {
            all.add(sum);
            all
        });
        let cells: Vec<(i64, bool)> = sums.iter().map(|sum| (sum.volume, sum.is_sensitive())).collect();
        let of_month = hide_in_groups(&cells, localities).into_iter().chain([all.is_sensitive()]);
        for (row, is_hidden) in hidden.iter_mut().zip(of_month) {
            row.push(is_hidden);
        }
    }
    hidden
}

/// A count in words: `1,234`, or `hidden` where it is small or would give a small one away.
pub fn count(value: Option<u64>) -> String {
    value.map_or_else(|| "hidden".to_owned(), crate::web::charts::count)
}

/// A rate with one decimal, or `hidden`.
pub fn decimal(value: Option<f64>) -> String {
    value.and_then(Num::new).map_or_else(|| "hidden".to_owned(), |n| crate::web::charts::number(n, 1))
}

/// Whole pounds: `£1,234`.
pub fn pounds(value: Option<Pence>) -> String {
    value.map_or_else(|| "hidden".to_owned(), |p| p.to_string().trim_end_matches(".00").to_owned())
}

/// A share of a total in percent with one decimal; from figures as shown, so that it tells nothing more.
pub fn share(part: Option<u64>, total: Option<u64>) -> Option<f64> {
    match (part, total) {
        (Some(part), Some(total)) if total > 0 => Some(part as f64 * 100.0 / total as f64),
        _ => None,
    }
}

/// The sentence that says how figures are protected.
pub const NOTE: &str =
    "Counts are rounded to the nearest 5. Counts from 1 to 7, and others that would give them away, are hidden.";
