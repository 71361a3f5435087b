//! Rules: boolean expressions in SQL syntax, parsed with `sqlparser` and typed here.

mod arithmetic;
mod case;
mod compare;
mod event_fields;
mod events;
mod functions;
mod names;
mod numbers;
mod people;
mod source;

pub(crate) use events::event_filter;
pub(crate) use names::{Known, Names, Words, names_in};
pub(crate) use people::{Ruled, day, rule, truth};
pub(crate) use source::{Rule, parse};

/// The parts of a chain of the same operator, in the order in which they are written.
fn parts_of<'e>(
    whole: &'e sqlparser::ast::Expr,
    joined_by: &sqlparser::ast::BinaryOperator,
) -> Vec<&'e sqlparser::ast::Expr> {
    let mut parts = Vec::new();
    let mut rest = whole;
    while let sqlparser::ast::Expr::BinaryOp { left, op, right } = rest {
        if op != joined_by {
            break;
        }
        parts.push(right.as_ref());
        rest = left;
    }
    parts.push(rest);
    parts.reverse();
    parts
}
