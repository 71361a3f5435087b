//! Inset text: something to be told apart from the text around it.

use maud::{Markup, html};

/// A marked paragraph.
pub fn inset_text(text: &Markup) -> Markup {
    html! {
        div class="nhsuk-inset-text" {
            span class="nhsuk-u-visually-hidden" { "Information: " }
            p { (text) }
        }
    }
}
