//! Task list: steps and how far each has come.

use maud::{Markup, html};

use super::tag::{TagColour, tag};

/// How far a task has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskStatus {
    /// Done.
    Completed,
    /// To be done now.
    Incomplete,
    /// Waits for another task.
    CannotStartYet,
}

/// One task.
#[derive(Debug, Clone)]
pub struct Task<'a> {
    /// What is to be done.
    pub name: &'a str,
    /// Where; a task without an address is not a link.
    pub href: Option<&'a str>,
    /// More about it.
    pub hint: Option<&'a str>,
    /// How far it has come.
    pub status: TaskStatus,
}

/// The tasks in order; ids are `id_prefix` and a number.
pub fn task_list(id_prefix: &str, tasks: &[Task]) -> Markup {
    html! {
        ul class="nhsuk-task-list" {
            @for (index, task) in tasks.iter().enumerate() { (item(&format!("{id_prefix}-{}", index + 1), task)) }
        }
    }
}

fn item(id: &str, task: &Task) -> Markup {
    let class = if task.href.is_some() {
        "nhsuk-task-list__item nhsuk-task-list__item--with-link"
    } else {
        "nhsuk-task-list__item"
    };
    let described = if task.hint.is_some() { format!("{id}-hint {id}-status") } else { format!("{id}-status") };
    html! {
        li class=(class) {
            div class="nhsuk-task-list__name-and-hint" {
                @if let Some(href) = task.href {
                    a class="nhsuk-task-list__link nhsuk-link" href=(href) aria-describedby=(described) { (task.name) }
                } @else {
                    div { (task.name) }
                }
                @if let Some(hint) = task.hint { div class="nhsuk-task-list__hint" id={ (id) "-hint" } { (hint) } }
            }
            div class="nhsuk-task-list__status" id={ (id) "-status" } { (status(task.status)) }
        }
    }
}

fn status(status: TaskStatus) -> Markup {
    const QUIET: &str = "nhsuk-tag nhsuk-tag--no-colour nhsuk-tag--no-border nhsuk-u-font-weight-normal";
    match status {
        TaskStatus::Completed => html! { strong class=(QUIET) { "Completed" } },
        TaskStatus::Incomplete => tag("Incomplete", TagColour::Blue),
        TaskStatus::CannotStartYet => {
            html! { strong class={ (QUIET) " nhsuk-u-secondary-text-colour" } { "Cannot start yet" } }
        }
    }
}
