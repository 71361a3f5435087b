//! One condition: a field, how to test it, and with what. One question to a page.

use super::checkboxes::{Checkboxes, checkboxes};
use super::state::{Given, Pairs, State, query};
use super::{above, may_build};
use crate::web::Session;
use crate::web::components::{
    ButtonSize, ButtonVariant, Choice, Crumb, Input, Label, Radios, Size, button, error_summary, input, radios,
};
use crate::web::errors::PageError;
use crate::web::layout::{Page, Section};
use crate::web::pages::{heading, page};
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use population::cohort::{Condition, Field, Join, Kind, MOST_CONDITIONS, Node, Step, Test, Tree, parse_path, tests_of};

/// `GET /cohorts/condition`: the question, or, once it is answered, the builder with one condition more.
pub async fn show(session: Session, found: Result<Query<Pairs>, QueryRejection>) -> Response {
    let given = match may_build(&session).and_then(|()| query(found)) {
        Ok(given) => given,
        Err(error) => return session.respond(Err(error)),
    };
    match asked(&session, &given) {
        Ok(Answer::Page(page)) => session.respond(Ok(page)),
        Ok(Answer::Go(address)) => Redirect::to(&address).into_response(),
        Err(error) => session.respond(Err(error)),
    }
}

enum Answer {
    Page(Page),
    Go(String),
}

fn asked(session: &Session, given: &Given) -> Result<Answer, PageError> {
    let (state, fields) = (given.state(), &session.site.cohorts.fields);
    let (at, how) = (given.get("at"), given.get("how"));
    let tree = Tree::parse(&state.rule);
    let lost = || {
        PageError::BadRequest {
        problems: vec!["The condition you wanted to change is no longer in this cohort. Go back to the builder and choose it there.".to_owned()],
    }
    };
    let path = parse_path(at).ok_or_else(lost)?;
    // A condition that is there already answers its own questions.
    let before = match tree.at(&path) {
        Some(node) if how == "put" => existing(node, session),
        _ => None,
    };
    let chosen = before.as_ref().filter(|_| given.get("field").is_empty()).map_or(given.get("field"), |c| &c.field);
    let Some((_, field)) = fields.find(chosen) else {
        return Ok(Answer::Go(state.href("/cohorts/build", &[("wrong", "field")])));
    };
    let mut typed = Condition { field: field.id.clone(), test: tests_of(&field.kind)[0], values: given.all("value") };
    let answered = Test::from_name(given.get("test"));
    match (answered, before) {
        (Some(test), _) => typed.test = test,
        (None, Some(before)) if before.field == field.id => typed = before,
        _ => {}
    }
    // The second box belongs to a range; one value more than the test takes was left there by another choice.
    if let Some(most) = typed.test.values() {
        typed.values.truncate(most);
    }
    let problem = match answered.map(|_| typed.rule(fields)) {
        None => None,
        Some(Err(problem)) => Some(problem),
        Some(Ok(_)) if how != "put" && tree.conditions() >= MOST_CONDITIONS => {
            Some(format!("A cohort has at most {MOST_CONDITIONS} conditions. Take one away first."))
        }
        Some(Ok(leaf)) => {
            let step = match how {
                "put" => Step::Put(path, leaf),
                "or" => Step::With(path, Join::Any, leaf),
                "and" => Step::With(path, Join::All, leaf),
                _ => Step::Add(path, leaf),
            };
            let after = tree.after(step).ok_or_else(lost)?;
            return Ok(Answer::Go(state.with(after.text()).build()));
        }
    };
    Ok(Answer::Page(question(session, &state, field, (at, how), &typed, problem.as_deref())))
}

/// The condition of a part, where a form can ask for it.
pub fn existing(node: &Node, session: &Session) -> Option<Condition> {
    let Node::Leaf(text) = node.bare() else { return None };
    let mut condition = Condition::parse(text, &session.site.cohorts.fields)?;
    if node.is_negated() {
        condition.test = match condition.test {
            Test::Yes => Test::No,
            Test::OneOf => Test::NoneOf,
            Test::NoneOf => Test::OneOf,
            Test::Known => Test::NotKnown,
            Test::NotKnown => Test::Known,
            _ => return None,
        };
    }
    Some(condition)
}

fn question(
    session: &Session,
    state: &State,
    field: &Field,
    (at, how): (&str, &str),
    typed: &Condition,
    problem: Option<&str>,
) -> Page {
    let title = if how == "put" { "Change a condition" } else { "Add a condition" };
    let target = if problem.is_some() && !matches!(field.kind, Kind::YesNo) { "#value" } else { "#test" };
    let body = html! {
        div class="nhsuk-grid-row" { div class="nhsuk-grid-column-two-thirds" {
            @if let Some(problem) = problem { (error_summary("There is a problem", None, &[(problem, target)])) }
            (heading(&field.title, Some(title)))
            form method="get" action="/cohorts/condition" {
                (state.hidden(true))
                input type="hidden" name="at" value=(at);
                input type="hidden" name="how" value=(how);
                input type="hidden" name="field" value=(field.id);
                (answers(field, typed, problem))
                (button("Use this condition", ButtonVariant::Primary, ButtonSize::Normal))
            }
            p { a href=(state.build()) { "Go back without it" } }
        } }
    };
    let mut above = above();
    above.push(Crumb::new("Build a cohort", state.build()));
    page(session, &format!("{title}: {}", field.title), Section::Cohorts, above, body)
}

fn answers(field: &Field, typed: &Condition, problem: Option<&str>) -> Markup {
    let tests = tests_of(&field.kind);
    let choices: Vec<Choice> = tests.iter().map(|t| Choice::new(t.name(), sentence(*t, &field.kind))).collect();
    let ask = radios(&Radios {
        id_prefix: "test",
        name: "test",
        legend: match field.kind {
            Kind::YesNo => "Who is in the cohort?",
            Kind::Words(_) => "Which people?",
            Kind::Number { .. } | Kind::Date => "How is it tested?",
        },
        legend_size: Size::S,
        is_page_heading: false,
        hint: None,
        error: problem.filter(|_| field.kind == Kind::YesNo),
        inline: false,
        choices,
        chosen: Some(typed.test.name()),
    });
    let value = |at: usize| typed.values.get(at).map(String::as_str);
    html! {
        (ask)
        @match &field.kind {
            Kind::YesNo => {}
            Kind::Words(words) => (checkboxes(&Checkboxes {
                id_prefix: "value",
                name: "value",
                legend: "Choose one or more",
                error: problem,
                choices: words.iter().map(|(word, label)| Choice::new(word, label)).collect(),
                chosen: &typed.values,
            })),
            kind => {
                @let is_date = *kind == Kind::Date;
                @let hint = match kind {
                    Kind::Number { unit, decimals } => number_hint(unit, *decimals),
                    _ => "A number of days, or a day such as 31/3/2025. Leave it empty for “is known” and “is not known”.".to_owned(),
                };
                @let first = Input {
                    hint: Some(html! { (hint) }),
                    error: problem,
                    value: value(0),
                    width: Some(10),
                    numeric: !is_date,
                    autocomplete: Some("off"),
                    ..Input::new("value", "value", Label::plain("Value"))
                };
                (input(&first))
                @let second = Input {
                    hint: Some(html! { "Only for “between”" }),
                    value: value(1),
                    width: Some(10),
                    numeric: !is_date,
                    autocomplete: Some("off"),
                    ..Input::new("value-2", "value", Label::plain("Other end of the range"))
                };
                (input(&second))
            }
        }
    }
}

fn number_hint(unit: &str, decimals: u8) -> String {
    let what = if unit.is_empty() { "A number".to_owned() } else { format!("In {unit}").replace("In from", "From") };
    match decimals {
        0 => format!("{what}, without decimals"),
        1 => format!("{what}, with at most one decimal"),
        n => format!("{what}, with at most {n} decimals"),
    }
}

fn sentence(test: Test, kind: &Kind) -> &'static str {
    match (test, kind) {
        (Test::Yes, _) => "Yes: people of whom this is true",
        (Test::No, _) => "No: people of whom this is not true",
        (Test::OneOf, _) => "People with any of these",
        (Test::NoneOf, _) => "Everyone but people with these",
        (Test::WithinDays, _) => "In the last so many days",
        (Test::AtLeast, Kind::Date) => "On this day or after",
        (Test::AtMost, Kind::Date) => "On this day or before",
        (Test::AtLeast, _) => "At least",
        (Test::AtMost, _) => "At most",
        (Test::MoreThan, _) => "More than",
        (Test::LessThan, _) => "Less than",
        (Test::Equal, _) => "Exactly",
        (Test::Between, _) => "Between two values, both included",
        (Test::Known, _) => "Is known, whatever it is",
        (Test::NotKnown, _) => "Is not known",
    }
}
