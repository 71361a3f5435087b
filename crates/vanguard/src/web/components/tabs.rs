//! Tabs. Without JavaScript every panel shows, under a list of contents.

use maud::{Markup, html};

/// Panels with labels; their ids are `id_prefix` and a number.
pub fn tabs(id_prefix: &str, items: &[(&str, Markup)]) -> Markup {
    html! {
        div class="nhsuk-tabs" data-module="nhsuk-tabs" {
            h2 class="nhsuk-tabs__heading" { "Contents" }
            ul class="nhsuk-tabs__list" {
                @for (index, (label, _)) in items.iter().enumerate() {
                    li class={ "nhsuk-tabs__list-item" @if index == 0 { " nhsuk-tabs__list-item--selected" } } {
                        a class="nhsuk-tabs__tab" href={ "#" (id_prefix) "-" (index + 1) } { (label) }
                    }
                }
            }
            @for (index, (_, panel)) in items.iter().enumerate() {
                div class={ "nhsuk-tabs__panel" @if index > 0 { " nhsuk-tabs__panel--hidden" } }
                    id={ (id_prefix) "-" (index + 1) } { (panel) }
            }
        }
    }
}
