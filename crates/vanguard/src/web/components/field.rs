//! What every question of a form shares: its label, hint and error.

use maud::{Markup, html};

/// The size of a label, heading or caption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the design system's sizes: extra small to extra large")]
pub enum Size {
    Xs,
    S,
    M,
    L,
    Xl,
}

impl Size {
    /// The suffix of the design system's classes.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Xs => "xs",
            Self::S => "s",
            Self::M => "m",
            Self::L => "l",
            Self::Xl => "xl",
        }
    }
}

/// The question a field asks.
#[derive(Debug, Clone, Copy)]
pub struct Label<'a> {
    /// The question.
    pub text: &'a str,
    /// Its size; plain text where absent.
    pub size: Option<Size>,
    /// Whether the question is the page's heading.
    pub is_page_heading: bool,
    /// Whether only assistive technology sees it.
    pub hidden: bool,
}

impl<'a> Label<'a> {
    /// A label in plain text.
    pub fn plain(text: &'a str) -> Self {
        Self { text, size: None, is_page_heading: false, hidden: false }
    }

    pub(super) fn render(&self, field: &str) -> Markup {
        let mut class = String::from("nhsuk-label");
        if let Some(size) = self.size {
            class.push_str(" nhsuk-label--");
            class.push_str(size.suffix());
        }
        if self.hidden {
            class.push_str(" nhsuk-u-visually-hidden");
        }
        let label = html! { label class=(class) for=(field) { (self.text) } };
        html! {
            @if self.is_page_heading { h1 class="nhsuk-label-wrapper" { (label) } } @else { (label) }
        }
    }
}

/// The class of the group around a field.
pub(super) fn group_class(has_error: bool) -> &'static str {
    if has_error { "nhsuk-form-group nhsuk-form-group--error" } else { "nhsuk-form-group" }
}

/// The hint below the label.
pub(super) fn hint(field: &str, text: Option<&Markup>) -> Markup {
    html! { @if let Some(text) = text { div class="nhsuk-hint" id={ (field) "-hint" } { (text) } } }
}

/// What is wrong with the answer and how to put it right.
pub(super) fn error(field: &str, text: Option<&str>) -> Markup {
    html! {
        @if let Some(text) = text {
            span class="nhsuk-error-message" id={ (field) "-error" } {
                span class="nhsuk-u-visually-hidden" { "Error: " }
                (text)
            }
        }
    }
}

/// The ids a field is described by, if any.
pub(super) fn described_by(field: &str, has_hint: bool, has_error: bool) -> Option<String> {
    match (has_hint, has_error) {
        (false, false) => None,
        (true, false) => Some(format!("{field}-hint")),
        (false, true) => Some(format!("{field}-error")),
        (true, true) => Some(format!("{field}-hint {field}-error")),
    }
}
