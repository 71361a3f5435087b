//! Table.

use maud::{Markup, html};

use super::field::Size;

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// What it is called.
    pub text: String,
    /// Whether it holds numbers, which stand right.
    pub numeric: bool,
    /// Where a click on the heading leads, and whether the table is sorted by it now.
    pub sort: Option<ColumnSort>,
}

/// Sorting by a column, done by the server so that it works without JavaScript.
#[derive(Debug, Clone)]
pub struct ColumnSort {
    /// The address that sorts by this column, the other way round where it is sorted already.
    pub href: String,
    /// The order now, if this column gives it.
    pub order: Option<SortOrder>,
}

/// The order of a sorted column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortOrder {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

impl Column {
    /// A column of text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), numeric: false, sort: None }
    }

    /// A column of numbers.
    pub fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), numeric: true, sort: None }
    }

    /// The same column with a heading that sorts.
    #[must_use]
    pub fn sorted_by(mut self, href: impl Into<String>, order: Option<SortOrder>) -> Self {
        self.sort = Some(ColumnSort { href: href.into(), order });
        self
    }
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    /// What it shows.
    pub caption: &'a str,
    /// The caption's size.
    pub size: Option<Size>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each a cell per column.
    pub rows: Vec<Vec<Markup>>,
    /// Whether the first cell of a row names the row.
    pub row_headers: bool,
    /// An id unique on the page, which makes a wide table scroll on a narrow screen.
    pub scroll_id: Option<&'a str>,
}

/// The table.
pub fn table(table: &Table) -> Markup {
    let sortable = table.columns.iter().any(|column| column.sort.is_some());
    let mut caption_class = String::from("nhsuk-table__caption");
    if let Some(size) = table.size {
        caption_class.push_str(" nhsuk-table__caption--");
        caption_class.push_str(size.suffix());
    }
    let caption_id = table.scroll_id.map(|id| format!("{id}-caption"));
    let inner = html! {
        table class={ "nhsuk-table" @if sortable { " nhsuk-table--sortable" } } {
            caption class=(caption_class) id=[caption_id.as_ref()] {
                (table.caption)
                @if sortable { span class="nhsuk-u-visually-hidden" { " (Column headers are sortable)" } }
            }
            thead class="nhsuk-table__head" {
                tr class="nhsuk-table__row" { @for column in &table.columns { (head(column)) } }
            }
            tbody class="nhsuk-table__body" {
                @for row in &table.rows {
                    tr class="nhsuk-table__row" {
                        @for (index, cell) in row.iter().enumerate() { (body_cell(table, index, cell)) }
                    }
                }
            }
        }
    };
    html! {
        @if let Some(caption_id) = &caption_id {
            div class="nhsuk-scroll" data-module="nhsuk-scroll" {
                div class="nhsuk-scroll__content" role="region" aria-labelledby=(caption_id) { (inner) }
            }
        } @else {
            (inner)
        }
    }
}

fn head(column: &Column) -> Markup {
    let class = if column.numeric { "nhsuk-table__header nhsuk-table__header--numeric" } else { "nhsuk-table__header" };
    html! {
        @if let Some(sort) = &column.sort {
            @let order = sort.order.map(|order| match order {
                SortOrder::Ascending => "ascending",
                SortOrder::Descending => "descending",
            });
            th class=(class) scope="col" data-sort aria-sort=[order] {
                a class="nhsuk-link" href=(sort.href) { (column.text) }
            }
        } @else {
            th class=(class) scope="col" { (column.text) }
        }
    }
}

fn body_cell(table: &Table, index: usize, cell: &Markup) -> Markup {
    let numeric = table.columns.get(index).is_some_and(|column| column.numeric);
    html! {
        @if index == 0 && table.row_headers {
            th class="nhsuk-table__header" scope="row" { (cell) }
        } @else if numeric {
            td class="nhsuk-table__cell nhsuk-table__cell--numeric" { (cell) }
        } @else {
            td class="nhsuk-table__cell" { (cell) }
        }
    }
}
