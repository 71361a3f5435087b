//! Checkboxes of the design system: any number of a list of choices.

use crate::web::components::Choice;
use maud::{Markup, html};

/// A question with a list of boxes to tick.
pub struct Checkboxes<'a> {
    /// The start of every element's id, unique on the page.
    pub id_prefix: &'a str,
    /// The name sent with the form, once for each box ticked.
    pub name: &'a str,
    /// The question.
    pub legend: &'a str,
    /// What is wrong with the answer.
    pub error: Option<&'a str>,
    /// The boxes.
    pub choices: Vec<Choice<'a>>,
    /// The values ticked so far.
    pub chosen: &'a [String],
}

/// The question and its boxes.
pub fn checkboxes(field: &Checkboxes) -> Markup {
    let class = if field.error.is_some() { "nhsuk-form-group nhsuk-form-group--error" } else { "nhsuk-form-group" };
    let described = field.error.map(|_| format!("{}-error", field.id_prefix));
    html! {
        div class=(class) {
            fieldset class="nhsuk-fieldset" aria-describedby=[described.as_ref()] {
                legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--s" { (field.legend) }
                @if let (Some(text), Some(id)) = (field.error, described.as_ref()) {
                    span class="nhsuk-error-message" id=(id) { span class="nhsuk-u-visually-hidden" { "Error: " } (text) }
                }
                div class="nhsuk-checkboxes" data-module="nhsuk-checkboxes" {
                    @for (index, choice) in field.choices.iter().enumerate() {
                        @let id = if index == 0 { field.id_prefix.to_owned() } else { format!("{}-{}", field.id_prefix, index + 1) };
                        div class="nhsuk-checkboxes__item" {
                            input class="nhsuk-checkboxes__input" id=(id) name=(field.name) type="checkbox" value=(choice.value)
                                checked[field.chosen.iter().any(|c| c == choice.value)];
                            label class="nhsuk-label nhsuk-checkboxes__label" for=(id) { (choice.text) }
                        }
                    }
                }
            }
        }
    }
}
