//! A heat table: people by two groupings, such as segments and tiers. The number is in each cell; the shade helps the
//! eye and carries nothing of its own, so the table is its own table behind.

use maud::{Markup, html};

use super::figure::{ChartText, empty, frame};
use super::num::count;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatCell {
    /// People; none where the number is hidden because it is small.
    pub people: Option<u64>,
    /// Where the cell leads.
    pub href: Option<String>,
}

/// The table.
#[derive(Debug, Clone)]
pub struct HeatTable<'a> {
    /// The chart's words.
    pub text: ChartText<'a>,
    /// What the rows are.
    pub row_kind: &'a str,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows: a name and a cell per column. Missing cells are empty, further ones left out.
    pub rows: Vec<(String, Vec<HeatCell>)>,
    /// The totals shown in a last column and row: by row, by column and of all. None where totals would give a hidden
    /// number away.
    pub totals: Option<HeatTotals>,
}

/// Totals as they may be shown.
#[derive(Debug, Clone)]
pub struct HeatTotals {
    /// By row.
    pub rows: Vec<Option<u64>>,
    /// By column.
    pub columns: Vec<Option<u64>>,
    /// Of everyone.
    pub all: Option<u64>,
}

/// The table as a figure.
pub fn heat_table(chart: &HeatTable) -> Markup {
    if chart.rows.is_empty() || chart.columns.is_empty() {
        return empty(&chart.text);
    }
    let most = chart.rows.iter().flat_map(|(_, cells)| cells.iter().filter_map(|cell| cell.people)).max().unwrap_or(0);
    let table = html! {
        div class="nhsuk-scroll" data-module="nhsuk-scroll" {
            div class="nhsuk-scroll__content" role="region" aria-labelledby={ (chart.text.id) "-caption" } {
                table class="nhsuk-table vg-heat" {
                    thead class="nhsuk-table__head" { (head(chart)) }
                    tbody class="nhsuk-table__body" {
                        @for (index, (name, cells)) in chart.rows.iter().enumerate() {
                            tr class="nhsuk-table__row" {
                                th class="nhsuk-table__header" scope="row" { (name) }
                                @for column in 0..chart.columns.len() { (body_cell(cells.get(column), most)) }
                                @if let Some(totals) = &chart.totals { (total(totals.rows.get(index).copied().flatten())) }
                            }
                        }
                        @if let Some(totals) = &chart.totals { (last_row(totals, chart.columns.len())) }
                    }
                }
            }
        }
    };
    frame(&chart.text, &table, None)
}

fn head(chart: &HeatTable) -> Markup {
    html! {
        tr class="nhsuk-table__row" {
            th class="nhsuk-table__header" scope="col" { (chart.row_kind) }
            @for column in &chart.columns {
                th class="nhsuk-table__header nhsuk-table__header--numeric" scope="col" { (column) }
            }
            @if chart.totals.is_some() {
                th class="nhsuk-table__header nhsuk-table__header--numeric" scope="col" { "All" }
            }
        }
    }
}

fn body_cell(cell: Option<&HeatCell>, most: u64) -> Markup {
    let Some(cell) = cell else { return html! { td class="nhsuk-table__cell" {} } };
    let class = match cell.people {
        None => "vg-heat--hidden",
        Some(people) => SHADES[shade(people, most)],
    };
    let text = cell.people.map_or_else(|| "hidden".to_owned(), count);
    html! {
        td class={ "nhsuk-table__cell " (class) } {
            @if let Some(href) = &cell.href { a href=(href) { (text) } } @else { (text) }
        }
    }
}

const SHADES: [&str; 6] = ["vg-heat--0", "vg-heat--1", "vg-heat--2", "vg-heat--3", "vg-heat--4", "vg-heat--5"];

/// The shade of a count, 0 for nobody to 5. By square root, because a few cells hold most people.
fn shade(people: u64, most: u64) -> usize {
    if people == 0 || most == 0 {
        return 0;
    }
    let share = (people as f64 / most as f64).sqrt();
    ((share * 5.0).ceil() as usize).clamp(1, 5)
}

fn total(people: Option<u64>) -> Markup {
    html! {
        td class="nhsuk-table__cell" { strong { (people.map_or_else(|| "hidden".to_owned(), count)) } }
    }
}

fn last_row(totals: &HeatTotals, columns: usize) -> Markup {
    html! {
        tr class="nhsuk-table__row" {
            th class="nhsuk-table__header" scope="row" { "All" }
            @for column in 0..columns { (total(totals.columns.get(column).copied().flatten())) }
            (total(totals.all))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shade;

    #[test]
    fn shades_rise_with_people() {
        assert_eq!([0, 1, 100, 400, 2500, 10_000].map(|people| shade(people, 10_000)), [0, 1, 1, 1, 3, 5]);
        assert_eq!(shade(u64::MAX, u64::MAX), 5);
    }
}
