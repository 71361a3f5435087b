//! Header: the service's name, search, who is looking, and the way to every section. Without the NHS logo, whose use
//! is for the NHS to allow.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// A link of the navigation.
#[derive(Debug, Clone, Copy)]
pub struct NavItem<'a> {
    /// What the section is called.
    pub text: &'a str,
    /// Its address.
    pub href: &'a str,
    /// Whether this page belongs to it.
    pub current: bool,
}

/// The header.
#[derive(Debug, Clone)]
pub struct Header<'a> {
    /// The service's name, which leads to the start page.
    pub service: Markup,
    /// The search box: its address, its label, the text in it.
    pub search: Option<Search<'a>>,
    /// Who is looking.
    pub account: Vec<Markup>,
    /// The sections.
    pub navigation: Vec<NavItem<'a>>,
}

/// The search box.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Where the question is sent.
    pub action: &'a str,
    /// What may be searched for; read out, not shown.
    pub label: &'a str,
    /// The short form shown in the box.
    pub placeholder: &'a str,
}

/// The header.
pub fn header(header: &Header) -> Markup {
    html! {
        header class="nhsuk-header" data-module="nhsuk-header" role="banner" {
            div class="nhsuk-header__container nhsuk-width-container" {
                div class="nhsuk-header__service" {
                    a class="nhsuk-header__service-name" href="/" { (header.service) }
                }
                @if let Some(field) = &header.search { (search(field)) }
                @if !header.account.is_empty() { (account(&header.account)) }
            }
            @if !header.navigation.is_empty() { (navigation(&header.navigation)) }
        }
    }
}

fn search(field: &Search) -> Markup {
    html! {
        search class="nhsuk-header__search" {
            form class="nhsuk-header__search-form" id="search" action=(field.action) method="get" novalidate {
                div class="nhsuk-form-group" {
                    label class="nhsuk-label nhsuk-u-visually-hidden" for="search-field" { (field.label) }
                    div class="nhsuk-input-wrapper" {
                        input class="nhsuk-input" id="search-field" name="q" type="search" autocomplete="off"
                            placeholder=(field.placeholder);
                        button class="nhsuk-button nhsuk-button--icon nhsuk-button--small" data-module="nhsuk-button"
                            type="submit" aria-label="Search" { (icon(Icon::Search)) }
                    }
                }
            }
        }
    }
}

fn account(items: &[Markup]) -> Markup {
    html! {
        nav class="nhsuk-header__account" aria-label="Account" {
            ul class="nhsuk-header__account-list" {
                @for (index, item) in items.iter().enumerate() {
                    li class="nhsuk-header__account-item" {
                        @if index == 0 { (icon(Icon::User)) }
                        (item)
                    }
                }
            }
        }
    }
}

fn navigation(items: &[NavItem]) -> Markup {
    html! {
        nav class="nhsuk-header__navigation" aria-label="Menu" {
            div class="nhsuk-header__navigation-container nhsuk-width-container" {
                ul class="nhsuk-header__navigation-list" {
                    @for item in items { (navigation_item(*item)) }
                    li class="nhsuk-header__menu" hidden {
                        button class="nhsuk-header__menu-toggle nhsuk-header__navigation-link" id="toggle-menu"
                            aria-expanded="false" {
                            span class="nhsuk-u-visually-hidden" { "Browse " }
                            "More"
                        }
                    }
                }
            }
        }
    }
}

fn navigation_item(item: NavItem) -> Markup {
    html! {
        @if item.current {
            li class="nhsuk-header__navigation-item nhsuk-header__navigation-item--current" {
                a class="nhsuk-header__navigation-link" href=(item.href) aria-current="true" {
                    strong class="nhsuk-header__navigation-item-current-fallback" { (item.text) }
                }
            }
        } @else {
            li class="nhsuk-header__navigation-item" {
                a class="nhsuk-header__navigation-link" href=(item.href) { (item.text) }
            }
        }
    }
}
