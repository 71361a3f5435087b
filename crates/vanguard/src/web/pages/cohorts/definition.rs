//! A definition in words: conditions and groups as a list, each with what can be done about it.

use super::condition::existing;
use super::state::State;
use crate::web::Session;
use maud::{Markup, html};
use population::cohort::{Join, Node, Tree, path_text};

/// The definition to read; with `state` each part has its links.
pub fn definition(session: &Session, tree: &Tree, state: Option<&State>) -> Markup {
    html! {
        @if tree.parts.is_empty() {
            p { "Everybody. Add a condition to narrow it." }
        } @else {
            @if tree.parts.len() > 1 { (join_line(tree.join, &[], state, "People are in the cohort when")) }
            (parts(session, &tree.parts, &[], state))
        }
    }
}

fn parts(session: &Session, nodes: &[Node], above: &[usize], state: Option<&State>) -> Markup {
    html! {
        ul class="nhsuk-list nhsuk-list--bullet" {
            @for (at, node) in nodes.iter().enumerate() {
                @let path = [above, &[at]].concat();
                li {
                    @match node.bare() {
                        Node::Group(join, inner) => {
                            @let start = if node.is_negated() { "Not those of whom" } else { "" };
                            (join_line(*join, &path, state, start))
                            (parts(session, inner, &path, state))
                            @if let Some(state) = state { (links(state, &path, node, Kind::Group, "this group")) }
                        }
                        _ => {
                            @let text = words(session, node);
                            (text)
                            @if let Some(state) = state { (links(state, &path, node, if existing(node, session).is_some() { Kind::Form } else { Kind::Typed }, &text)) }
                        }
                    }
                }
            }
        }
    }
}

fn join_line(join: Join, path: &[usize], state: Option<&State>, start: &str) -> Markup {
    let (now, other) = match join {
        Join::All => ("all of these are true", "Change to at least one of these"),
        Join::Any => ("at least one of these is true", "Change to all of these"),
    };
    html! {
        p {
            @if start.is_empty() { strong { (capital(now)) } } @else { (start) " " strong { (now) } } ":"
            @if let Some(state) = state {
                " " a href=(act(state, "turn", path)) { (other) }
            }
        }
    }
}

/// The address that does something to a part.
fn act(state: &State, what: &str, path: &[usize]) -> String {
    state.href("/cohorts/build", &[("do", what), ("at", &path_text(path))])
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What can be done with a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A group, which takes more conditions.
    Group,
    /// A condition that a form asks for.
    Form,
    /// A condition that only the text of the rule can hold.
    Typed,
}

fn links(state: &State, path: &[usize], node: &Node, kind: Kind, what: &str) -> Markup {
    let at = path_text(path);
    let link = |href: &str, text: &str| {
        html! { a class="nhsuk-u-margin-right-3" href=(href) { (text) span class="nhsuk-u-visually-hidden" { ": " (what) } } " " }
    };
    html! {
        p class="nhsuk-body-s" {
            @if kind == Kind::Group {
                (link(&state.href("/cohorts/build", &[("how", "add"), ("to", &at)]), "Add to the group"))
            } @else {
                @if kind == Kind::Form { (link(&state.href("/cohorts/condition", &[("how", "put"), ("at", &at)]), "Change")) }
                @else { (link(&format!("{}#rule", state.href("/cohorts/build", &[("type", "yes")])), "Change in the rule")) }
                (link(&state.href("/cohorts/build", &[("how", "or"), ("to", &at)]), "Or something else"))
            }
            (link(&act(state, "negate", path), if node.is_negated() { "Include instead" } else { "Exclude instead" }))
            (link(&act(state, "remove", path), "Remove"))
        }
    }
}

/// A condition in words; one that only a typed rule has stands as it is.
pub fn words(session: &Session, node: &Node) -> String {
    let fields = &session.site.cohorts.fields;
    if let Some(condition) = existing(node, session) {
        let (title, asked) = condition.words(fields);
        return format!("{title}: {asked}");
    }
    let inner = match node.bare() {
        Node::Leaf(text) => match population::cohort::Condition::parse(text, fields) {
            Some(condition) => {
                let (title, asked) = condition.words(fields);
                format!("{title}: {asked}")
            }
            None => format!("The rule {text}"),
        },
        Node::Group(join, parts) => {
            let parts: Vec<String> = parts.iter().map(|part| words(session, part)).collect();
            parts.join(&format!(" {} ", join.word()))
        }
        Node::Not(inner) => words(session, inner),
    };
    if node.is_negated() { format!("Not so: {inner}") } else { inner }
}
