//! Warning callout: what the reader must not miss.

use maud::{Markup, html};

/// A warning. The heading "Important" stands alone; any other is read out after "Important".
pub fn warning_callout(heading: &str, text: &Markup) -> Markup {
    html! {
        div class="nhsuk-card nhsuk-card--warning" {
            div class="nhsuk-card__content" {
                h3 class="nhsuk-card__heading" {
                    @if heading == "Important" {
                        (heading)
                    } @else {
                        span role="text" {
                            span class="nhsuk-u-visually-hidden" { "Important: " }
                            (heading)
                        }
                    }
                }
                p class="nhsuk-card__description" { (text) }
            }
        }
    }
}
