//! Card: one thing among several.

use maud::{Markup, html};

use super::field::Size;
use super::icon::{Icon, icon};

/// What a card is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardVariant {
    /// A card among others.
    Basic,
    /// The way on, with an arrow.
    Primary,
    /// A lesser card.
    Secondary,
    /// The one to be seen first.
    Feature,
    /// A warning.
    Warning,
}

/// A card.
#[derive(Debug, Clone)]
pub struct Card<'a> {
    /// What it is for.
    pub variant: CardVariant,
    /// Its heading.
    pub heading: Option<&'a str>,
    /// The heading's level, 2 to 4.
    pub level: u8,
    /// The heading's size.
    pub size: Option<Size>,
    /// Where the whole card leads.
    pub href: Option<&'a str>,
    /// A line of text.
    pub description: Option<&'a str>,
    /// Anything else.
    pub body: Option<Markup>,
}

impl<'a> Card<'a> {
    /// A basic card with a heading.
    pub fn new(heading: &'a str) -> Self {
        let (size, href, description, body) = (None, None, None, None);
        Self { variant: CardVariant::Basic, heading: Some(heading), level: 2, size, href, description, body }
    }
}

/// The card.
pub fn card(card: &Card) -> Markup {
    let mut class = String::from("nhsuk-card");
    if card.href.is_some() {
        class.push_str(" nhsuk-card--clickable");
    }
    class.push_str(match card.variant {
        CardVariant::Basic => "",
        CardVariant::Primary => " nhsuk-card--primary",
        CardVariant::Secondary => " nhsuk-card--secondary",
        CardVariant::Feature => " nhsuk-card--feature",
        CardVariant::Warning => " nhsuk-card--warning",
    });
    html! {
        div class=(class) {
            div class="nhsuk-card__content" {
                @if let Some(text) = card.heading { (heading(card, text)) }
                @if let Some(description) = card.description { p class="nhsuk-card__description" { (description) } }
                @if let Some(body) = &card.body { (body) }
                @if card.variant == CardVariant::Primary { (icon(Icon::ChevronRightCircle)) }
            }
        }
    }
}

fn heading(card: &Card, text: &str) -> Markup {
    let mut class = String::from("nhsuk-card__heading");
    if let Some(size) = card.size {
        class.push_str(" nhsuk-heading-");
        class.push_str(size.suffix());
    }
    let content = html! {
        @if let Some(href) = card.href { a class="nhsuk-card__link" href=(href) { (text) } } @else { (text) }
    };
    html! {
        @match card.level {
            4 => h4 class=(class) { (content) },
            3 => h3 class=(class) { (content) },
            _ => h2 class=(class) { (content) },
        }
    }
}
