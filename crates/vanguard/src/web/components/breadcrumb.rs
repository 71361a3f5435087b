//! Breadcrumb: where this page stands.

use maud::{Markup, html};

/// A step above this page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// What the step is called.
    pub text: String,
    /// Its address.
    pub href: String,
}

impl Crumb {
    /// A step from its name and address.
    pub fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}

/// The steps from the start page down to the parent of this page; nothing where there are none.
pub fn breadcrumb(items: &[Crumb]) -> Markup {
    html! {
        @if let Some(parent) = items.last() {
            nav class="nhsuk-breadcrumb" aria-label="Breadcrumb" {
                ol class="nhsuk-breadcrumb__list" {
                    @for item in items {
                        li class="nhsuk-breadcrumb__list-item" {
                            a class="nhsuk-breadcrumb__link" href=(item.href) { (item.text) }
                        }
                    }
                }
                a class="nhsuk-back-link" href=(parent.href) {
                    span class="nhsuk-u-visually-hidden" { "Back to " }
                    (parent.text)
                }
            }
        }
    }
}
