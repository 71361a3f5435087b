//! Details: something to open where it is wanted.

use maud::{Markup, html};

/// How a details element looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DetailsStyle {
    /// A line of text.
    Plain,
    /// A box as wide as the page.
    Expander,
}

/// A summary that opens to `body`.
pub fn details(summary: &str, body: &Markup, style: DetailsStyle, open: bool) -> Markup {
    let class = match style {
        DetailsStyle::Plain => "nhsuk-details",
        DetailsStyle::Expander => "nhsuk-details nhsuk-expander",
    };
    html! {
        details class=(class) open[open] {
            summary class="nhsuk-details__summary" {
                span class="nhsuk-details__summary-text" { (summary) }
            }
            div class="nhsuk-details__text" { (body) }
        }
    }
}
