//! Action link: the next thing to do.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// A link to the next thing to do.
pub fn action_link(text: &str, href: &str) -> Markup {
    html! {
        a class="nhsuk-action-link" href=(href) {
            (icon(Icon::ArrowRightCircle))
            span class="nhsuk-action-link__text" { (text) }
        }
    }
}
