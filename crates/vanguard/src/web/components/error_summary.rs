//! Error summary: everything that is wrong with a form, each with a link to its field.

use maud::{Markup, html};

/// A summary with a link to each field. `errors` holds (what is wrong, the field's address such as `#postcode`).
pub fn error_summary(heading: &str, description: Option<&str>, errors: &[(&str, &str)]) -> Markup {
    html! {
        div class="nhsuk-error-summary" data-module="nhsuk-error-summary" {
            div role="alert" {
                h2 class="nhsuk-error-summary__heading" { (heading) }
                div class="nhsuk-error-summary__body" {
                    @if let Some(description) = description { p { (description) } }
                    @if !errors.is_empty() {
                        ul class="nhsuk-list nhsuk-error-summary__list" {
                            @for (text, href) in errors { li { a href=(href) { (text) } } }
                        }
                    }
                }
            }
        }
    }
}
