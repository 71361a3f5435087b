//! Text input.

use maud::{Markup, html};

use super::field::{Label, described_by, error, group_class, hint};

/// A question answered in one line of text.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// The element's id, unique on the page.
    pub id: &'a str,
    /// The name sent with the form.
    pub name: &'a str,
    /// The question.
    pub label: Label<'a>,
    /// Help below the question.
    pub hint: Option<Markup>,
    /// What is wrong with the answer.
    pub error: Option<&'a str>,
    /// The answer so far.
    pub value: Option<&'a str>,
    /// Width in characters: 2, 3, 4, 5, 10, 20 or 30.
    pub width: Option<u8>,
    /// Whether the answer is a code or number to be read figure by figure.
    pub code: bool,
    /// Whether phones show the number pad.
    pub numeric: bool,
    /// What the browser may fill in, such as `off`.
    pub autocomplete: Option<&'a str>,
    /// A button on the same line.
    pub button: Option<Markup>,
}

impl<'a> Input<'a> {
    /// A plain question.
    pub fn new(id: &'a str, name: &'a str, label: Label<'a>) -> Self {
        let (hint, error, value, width, autocomplete, button) = (None, None, None, None, None, None);
        Self { id, name, label, hint, error, value, width, code: false, numeric: false, autocomplete, button }
    }

    fn class(&self) -> String {
        let mut class = String::from("nhsuk-input");
        if self.code {
            class.push_str(" nhsuk-input--code");
        }
        if self.error.is_some() {
            class.push_str(" nhsuk-input--error");
        }
        if let Some(width) = self.width {
            class.push_str(" nhsuk-input--width-");
            class.push_str(&width.to_string());
        }
        class
    }
}

/// The question, its help and its field.
pub fn input(field: &Input) -> Markup {
    let described = described_by(field.id, field.hint.is_some(), field.error.is_some());
    let element = html! {
        input class=(field.class()) id=(field.id) name=(field.name) type="text" value=[field.value]
            spellcheck=[field.code.then_some("false")] aria-describedby=[described]
            autocomplete=[field.autocomplete] inputmode=[field.numeric.then_some("numeric")];
    };
    html! {
        div class=(group_class(field.error.is_some())) {
            (field.label.render(field.id))
            (hint(field.id, field.hint.as_ref()))
            (error(field.id, field.error))
            @if let Some(button) = &field.button {
                div class="nhsuk-input-wrapper" { (element) (button) }
            } @else {
                (element)
            }
        }
    }
}
