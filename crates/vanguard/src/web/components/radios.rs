//! Radios: one of a few choices, all in sight.

use maud::{Markup, html};

use super::field::{Size, described_by, error, group_class, hint};
use super::select::Choice;

/// A question with a few answers.
#[derive(Debug, Clone)]
pub struct Radios<'a> {
    /// The start of every element's id, unique on the page.
    pub id_prefix: &'a str,
    /// The name sent with the form.
    pub name: &'a str,
    /// The question.
    pub legend: &'a str,
    /// The size of the question.
    pub legend_size: Size,
    /// Whether the question is the page's heading.
    pub is_page_heading: bool,
    /// Help below the question.
    pub hint: Option<Markup>,
    /// What is wrong with the answer.
    pub error: Option<&'a str>,
    /// Whether the answers stand in one line.
    pub inline: bool,
    /// The answers.
    pub choices: Vec<Choice<'a>>,
    /// The value chosen so far.
    pub chosen: Option<&'a str>,
}

/// The question, its help and its answers.
pub fn radios(field: &Radios) -> Markup {
    let described = described_by(field.id_prefix, field.hint.is_some(), field.error.is_some());
    let list_class = if field.inline { "nhsuk-radios nhsuk-radios--inline" } else { "nhsuk-radios" };
    html! {
        div class=(group_class(field.error.is_some())) {
            fieldset class="nhsuk-fieldset" aria-describedby=[described] {
                legend class={ "nhsuk-fieldset__legend nhsuk-fieldset__legend--" (field.legend_size.suffix()) } {
                    @if field.is_page_heading {
                        h1 class="nhsuk-fieldset__heading" { (field.legend) }
                    } @else {
                        (field.legend)
                    }
                }
                (hint(field.id_prefix, field.hint.as_ref()))
                (error(field.id_prefix, field.error))
                div class=(list_class) data-module="nhsuk-radios" {
                    @for (index, choice) in field.choices.iter().enumerate() {
                        (radio(field, index, choice))
                    }
                }
            }
        }
    }
}

fn radio(field: &Radios, index: usize, choice: &Choice) -> Markup {
    let id = if index == 0 { field.id_prefix.to_owned() } else { format!("{}-{}", field.id_prefix, index + 1) };
    html! {
        div class="nhsuk-radios__item" {
            input class="nhsuk-radios__input" id=(id) name=(field.name) type="radio" value=(choice.value)
                checked[field.chosen == Some(choice.value)];
            label class="nhsuk-label nhsuk-radios__label" for=(id) { (choice.text) }
        }
    }
}
