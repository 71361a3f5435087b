//! The builder: the definition, what it counts, and the next step.

use super::definition::definition;
use super::figures;
use super::state::{Given, Pairs, State, query};
use super::{NOTE, above, may_build};
use crate::web::Session;
use crate::web::cohort_room::NoAnswer;
use crate::web::components::{
    ButtonSize, ButtonVariant, Choice, DetailsStyle, Input, Label, Select, button, details, error_summary, input,
    select,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::pages::{heading, page};
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Redirect, Response};
use blueprint::Diagnostic;
use maud::{Markup, html};
use population::cohort::{Step, Tree, Whom, parse_path};

/// `GET /cohorts/build`
pub async fn show(session: Session, found: Result<Query<Pairs>, QueryRejection>) -> Response {
    let given = match may_build(&session).and_then(|()| query(found)) {
        Ok(given) => given,
        Err(error) => return session.respond(Err(error)),
    };
    if let Some(after) = changed(&given) {
        return Redirect::to(&after.build()).into_response();
    }
    let result = builder(&session, &given, &Draft::default(), &[]);
    session.respond(result)
}

/// The definition after a step that needs no further answer. A step that leads nowhere leaves it as it is.
fn changed(given: &Given) -> Option<State> {
    let state = given.state();
    let step: fn(Vec<usize>) -> Step = match given.get("do") {
        "remove" => Step::Remove,
        "negate" => Step::Negate,
        "turn" => Step::Turn,
        _ => return None,
    };
    let after = parse_path(given.get("at")).and_then(|path| Tree::parse(&state.rule).after(step(path)));
    Some(after.map_or_else(|| state.clone(), |tree| state.with(tree.text())))
}

/// What was typed into the form that saves.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
}

/// The page; `problems` are those of a form that was sent, with the place of each.
pub fn builder(
    session: &Session,
    given: &Given,
    draft: &Draft,
    problems: &[(String, &'static str)],
) -> Result<Page, PageError> {
    let state = given.state();
    let tree = Tree::parse(&state.rule);
    let room = &session.site.cohorts;
    let (counted, findings) = match room.settle(session.site.blueprint(), state.whom, &state.rule) {
        Ok(settled) => (Some(settled), Vec::new()),
        Err(NoAnswer::Rule(findings)) => (None, findings),
        Err(NoAnswer::Results(error)) => return Err(error.into()),
    };
    let mut errors: Vec<(String, &str)> = problems.to_vec();
    if given.get("wrong") == "field" {
        errors.push(("Choose what to ask about from the list.".to_owned(), "#field"));
    }
    errors.extend(findings.iter().map(|f| (sentence(f), "#rule")));
    let errors: Vec<(&str, &str)> = errors.iter().map(|(text, place)| (text.as_str(), *place)).collect();
    let title = if state.saved.is_some() { "Change a cohort" } else { "Build a cohort" };
    let body = html! {
        @if !errors.is_empty() { (error_summary("There is a problem", None, &errors)) }
        (heading(title, None))
        @if let Some(settled) = &counted { (figures::headline(session, state.whom, settled.figure)) }
        @else { p class="nhsuk-lede-text" { "Nobody can be counted until the rule is put right: remove or change the condition that is wrong, or correct the rule below." } }
        h2 { "Who is in it" }
        (definition(session, &tree, Some(&state)))
        (add(session, &state, given))
        (population(&state))
        (typed(&state, &findings, given.get("type") == "yes"))
        @if let Some(settled) = &counted {
            (figures::funnel(session, &state, &tree)?)
            (save(&state, draft))
            (figures::profile(session, settled)?)
            p { a href=(state.href("/cohorts/profile.csv", &[])) download { "Download these figures as CSV" } }
        }
        p class="nhsuk-body-s" { (NOTE) " The address of this page holds the whole definition: bookmark it, or send it to somebody who uses this place." }
    };
    Ok(page(session, title, Section::Cohorts, above(), body))
}

/// A finding as a sentence with its place.
fn sentence(finding: &Diagnostic) -> String {
    let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    let mut message = finding.message.clone();
    if let Some(first) = message.get(..1) {
        message.replace_range(..1, &first.to_uppercase());
    }
    format!("{message}{help}: line {}, character {} of the rule.", finding.line, finding.column)
}

/// The form that chooses the next condition.
fn add(session: &Session, state: &State, given: &Given) -> Markup {
    let (how, at) = match given.get("how") {
        how @ ("or" | "and" | "add") => (how, given.get("to")),
        _ => ("add", ""),
    };
    let label = match (how, at) {
        ("or", _) => "Or something else: choose what",
        ("add", at) if !at.is_empty() => "Add a condition to the group",
        _ => "Add a condition",
    };
    let wrong = given.get("wrong") == "field";
    html! {
        form method="get" action="/cohorts/condition" {
            (state.hidden(true))
            input type="hidden" name="how" value=(how);
            input type="hidden" name="at" value=(at);
            div class={ "nhsuk-form-group" @if wrong { " nhsuk-form-group--error" } } {
                label class="nhsuk-label nhsuk-label--s" for="field" { (label) }
                @if wrong { span class="nhsuk-error-message" id="field-error" { span class="nhsuk-u-visually-hidden" { "Error: " } "Choose what to ask about from the list." } }
                select class={ "nhsuk-select" @if wrong { " nhsuk-select--error" } } id="field" name="field" aria-describedby=[wrong.then_some("field-error")] {
                    option value="" { "Choose from the list" }
                    @for (topic, fields) in session.site.cohorts.fields.offered() {
                        optgroup label=(topic.title()) {
                            @for field in fields { option value=(field.id) { (field.title) } }
                        }
                    }
                }
            }
            (button("Continue", ButtonVariant::Secondary, ButtonSize::Normal))
        }
    }
}

/// The form that chooses among whom.
fn population(state: &State) -> Markup {
    let choices = [Whom::Served, Whom::Known].map(|whom| Choice::new(whom.name(), whom.label())).to_vec();
    let hidden = State { whom: Whom::default(), ..state.clone() };
    let form = html! {
        form method="get" action="/cohorts/build" {
            (hidden.hidden(true))
            (select(&Select {
                id: "whom",
                name: "whom",
                label: Label::plain("Look among"),
                hint: None,
                error: None,
                choices,
                chosen: Some(state.whom.name()),
            }))
            (button("Count again", ButtonVariant::Secondary, ButtonSize::Small))
        }
    };
    details("Look among other people", &form, DetailsStyle::Plain, state.whom != Whom::default())
}

/// The rule as text, to read, copy or type; with what is wrong with it.
fn typed(state: &State, findings: &[Diagnostic], open: bool) -> Markup {
    let wrong = !findings.is_empty();
    let form = html! {
        p { "This is the whole cohort in the words of the care model. You may type here what the list above has no form for." }
        form method="get" action="/cohorts/build" {
            (state.hidden(false))
            div class={ "nhsuk-form-group" @if wrong { " nhsuk-form-group--error" } } {
                label class="nhsuk-label" for="rule" { "Rule" }
                @if wrong {
                    div class="nhsuk-error-message" id="rule-error" tabindex="0" { pre { @for finding in findings { (finding.render()) } } }
                }
                textarea class={ "nhsuk-textarea" @if wrong { " nhsuk-textarea--error" } } id="rule" name="rule" rows="4"
                    spellcheck="false" aria-describedby=[wrong.then_some("rule-error")] { (state.rule) }
            }
            (button("Use this rule", ButtonVariant::Secondary, ButtonSize::Small))
        }
    };
    details("As a rule", &form, DetailsStyle::Plain, wrong || open)
}

fn save(state: &State, draft: &Draft) -> Markup {
    let name = Input {
        value: Some(&draft.name),
        autocomplete: Some("off"),
        hint: Some(html! { "Such as “Frail people at home, north”" }),
        ..Input::new("name", "name", Label::plain("Name"))
    };
    let description = Input {
        value: Some(&draft.description),
        autocomplete: Some("off"),
        ..Input::new("description", "description", Label::plain("What it is for (you may leave this empty)"))
    };
    let as_new = html! {
        form method="post" action="/cohorts/save" {
            (State { saved: None, ..state.clone() }.hidden(true))
            (input(&name))
            (input(&description))
            (button("Save cohort", ButtonVariant::Primary, ButtonSize::Normal))
        }
    };
    html! {
        h2 { "Keep it" }
        @if state.saved.is_some() {
            form method="post" action="/cohorts/save" {
                (state.hidden(true))
                (button("Save the change", ButtonVariant::Primary, ButtonSize::Normal))
            }
            (details("Save it as another cohort", &as_new, DetailsStyle::Plain, !draft.name.is_empty()))
        } @else {
            (as_new)
        }
    }
}
