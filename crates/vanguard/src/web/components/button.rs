//! Button: sends a form, or leads to the next step.

use maud::{Markup, html};

/// The weight of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonVariant {
    /// The main action of a page.
    Primary,
    /// Another action.
    Secondary,
    /// An action that cannot be undone.
    Warning,
    /// For dark backgrounds.
    Reverse,
}

/// The size of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonSize {
    /// The size of the main action.
    Normal,
    /// For tables, headers and forms in a line.
    Small,
}

fn class(variant: ButtonVariant, size: ButtonSize) -> String {
    let mut class = String::from("nhsuk-button");
    class.push_str(match variant {
        ButtonVariant::Primary => "",
        ButtonVariant::Secondary => " nhsuk-button--secondary",
        ButtonVariant::Warning => " nhsuk-button--warning",
        ButtonVariant::Reverse => " nhsuk-button--reverse",
    });
    if size == ButtonSize::Small {
        class.push_str(" nhsuk-button--small");
    }
    class
}

/// A button that sends its form.
pub fn button(text: &str, variant: ButtonVariant, size: ButtonSize) -> Markup {
    html! { button class=(class(variant, size)) data-module="nhsuk-button" type="submit" { (text) } }
}

/// A link that looks like a button.
pub fn button_link(text: &str, href: &str, variant: ButtonVariant, size: ButtonSize) -> Markup {
    html! {
        a class=(class(variant, size)) data-module="nhsuk-button" href=(href) role="button" draggable="false" { (text) }
    }
}
