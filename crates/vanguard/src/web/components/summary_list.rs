//! Summary list: names and values, such as a person's details.

use maud::{Markup, html};

/// A link beside a value.
#[derive(Debug, Clone)]
pub struct Action {
    /// Where it leads.
    pub href: String,
    /// What it does, in a word.
    pub text: String,
    /// The rest of the sentence, for those who do not see the row.
    pub hidden: String,
}

/// One row.
#[derive(Debug, Clone)]
pub struct SummaryRow {
    /// The name.
    pub key: String,
    /// The value.
    pub value: Markup,
    /// Links beside the value.
    pub actions: Vec<Action>,
}

impl SummaryRow {
    /// A row without links.
    pub fn new(key: impl Into<String>, value: Markup) -> Self {
        Self { key: key.into(), value, actions: Vec::new() }
    }
}

/// The lines between rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Borders {
    /// Below every row.
    All,
    /// Below every row but the last.
    Inner,
    /// None.
    None,
}

/// The rows.
pub fn summary_list(rows: &[SummaryRow], borders: Borders) -> Markup {
    let any_actions = rows.iter().any(|row| !row.actions.is_empty());
    let class = match borders {
        Borders::All => "nhsuk-summary-list",
        Borders::Inner => "nhsuk-summary-list nhsuk-summary-list--no-last-row-border",
        Borders::None => "nhsuk-summary-list nhsuk-summary-list--no-border",
    };
    html! {
        dl class=(class) {
            @for row in rows {
                @let bare = any_actions && row.actions.is_empty();
                div class={ "nhsuk-summary-list__row" @if bare { " nhsuk-summary-list__row--no-actions" } } {
                    dt class="nhsuk-summary-list__key" { (row.key) }
                    dd class="nhsuk-summary-list__value" { (row.value) }
                    @if !row.actions.is_empty() {
                        dd class="nhsuk-summary-list__actions" { (actions(&row.actions)) }
                    }
                }
            }
        }
    }
}

fn actions(actions: &[Action]) -> Markup {
    let link = |action: &Action| {
        html! {
            a class="nhsuk-link" href=(action.href) {
                (action.text)
                span class="nhsuk-u-visually-hidden" { " " (action.hidden) }
            }
        }
    };
    html! {
        @if let [only] = actions {
            (link(only))
        } @else {
            ul class="nhsuk-summary-list__actions-list" {
                @for action in actions { li class="nhsuk-summary-list__actions-list-item" { (link(action)) } }
            }
        }
    }
}
