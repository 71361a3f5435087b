//! Skip link: the first thing on the page for someone who uses a keyboard.

use maud::{Markup, html};

/// A link to the main content, whose element has the id `maincontent`.
pub fn skip_link() -> Markup {
    html! { a class="nhsuk-skip-link" data-module="nhsuk-skip-link" href="#maincontent" { "Skip to main content" } }
}
