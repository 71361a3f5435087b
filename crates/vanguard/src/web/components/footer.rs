//! Footer: what the page was made from, and the way to help.

use maud::{Markup, html};

/// Links and lines of text; the last line stands where the design system has its copyright line.
pub fn footer(links: &[(&str, &str)], lines: &[Markup]) -> Markup {
    html! {
        footer class="nhsuk-footer" role="contentinfo" {
            div class="nhsuk-width-container" {
                div class="nhsuk-footer__meta" {
                    @if !links.is_empty() {
                        h2 class="nhsuk-u-visually-hidden" { "Support links" }
                        ul class="nhsuk-footer__list" {
                            @for (text, href) in links {
                                li class="nhsuk-footer__list-item" {
                                    a class="nhsuk-footer__list-item-link" href=(href) { (text) }
                                }
                            }
                        }
                    }
                    @for line in lines { p class="nhsuk-body-s" { (line) } }
                }
            }
        }
    }
}
