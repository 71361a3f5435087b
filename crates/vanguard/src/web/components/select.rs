//! Select: one of a list of choices.

use maud::{Markup, html};

use super::field::{Label, described_by, error, group_class, hint};

/// A choice of a select or of radios.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'a> {
    /// The value sent with the form.
    pub value: &'a str,
    /// What the choice is called.
    pub text: &'a str,
}

impl<'a> Choice<'a> {
    /// A choice from its value and name.
    pub fn new(value: &'a str, text: &'a str) -> Self {
        Self { value, text }
    }
}

/// A question with a list of answers.
#[derive(Debug, Clone)]
pub struct Select<'a> {
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
    /// The answers.
    pub choices: Vec<Choice<'a>>,
    /// The value chosen so far.
    pub chosen: Option<&'a str>,
}

/// The question, its help and its list.
pub fn select(field: &Select) -> Markup {
    let described = described_by(field.id, field.hint.is_some(), field.error.is_some());
    let class = if field.error.is_some() { "nhsuk-select nhsuk-select--error" } else { "nhsuk-select" };
    html! {
        div class=(group_class(field.error.is_some())) {
            (field.label.render(field.id))
            (hint(field.id, field.hint.as_ref()))
            (error(field.id, field.error))
            select class=(class) id=(field.id) name=(field.name) aria-describedby=[described] {
                @for choice in &field.choices {
                    option value=(choice.value) selected[field.chosen == Some(choice.value)] { (choice.text) }
                }
            }
        }
    }
}
