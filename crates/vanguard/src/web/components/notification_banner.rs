//! Notification banner: what the reader should know before the page.

use maud::{Markup, html};

/// What a banner tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Something about the page or the service.
    Important,
    /// What was asked for has been done.
    Success,
}

/// A banner with one line.
pub fn notification_banner(notice: Notice, text: &Markup) -> Markup {
    let (class, role, title) = match notice {
        Notice::Important => ("nhsuk-notification-banner", "region", "Important"),
        Notice::Success => ("nhsuk-notification-banner nhsuk-notification-banner--success", "alert", "Success"),
    };
    html! {
        div class=(class) data-module="nhsuk-notification-banner" role=(role)
            aria-labelledby="nhsuk-notification-banner-title" {
            div class="nhsuk-notification-banner__header" {
                h2 class="nhsuk-notification-banner__title" id="nhsuk-notification-banner-title" { (title) }
            }
            div class="nhsuk-notification-banner__content" {
                p class="nhsuk-notification-banner__heading" { (text) }
            }
        }
    }
}
