//! Numbers in rules: sums, products, days since a date, and a value in place of an absent one.

use super::names::arguments;
use super::numbers::{Scaled, level, rescale};
use super::people::{Typed, Typing};
use crate::model::{Expr, Number};
use sqlparser::ast::{self, Spanned};

impl Typing<'_> {
    pub(super) fn negative(&mut self, inner: &ast::Expr) -> Option<Typed> {
        let scaled = self.number(inner)?;
        let number = match scaled.number {
            Number::Literal(value) => Number::Literal(-value),
            other => Number::Times(Box::new(other), -1),
        };
        Some(Typed::Number(Scaled { number, decimals: scaled.decimals }))
    }

    /// A number, where a yes/no feature counts as 1 or 0.
    pub(super) fn number(&mut self, expr: &ast::Expr) -> Option<Scaled> {
        match self.typed(expr)? {
            Typed::Number(scaled) => Some(scaled),
            Typed::Truth(Expr::Feature(feature)) => {
                Some(Scaled { number: Number::Feature { feature, scale_up: 0 }, decimals: 0 })
            }
            Typed::Truth(_) => {
                self.refuse(
                    expr,
                    "only a number or a yes/no feature can be added up",
                    "make a feature of this condition",
                );
                None
            }
            other => {
                let message = format!("this is {}, and must be a number", other.what());
                self.refuse(expr, &message, "days_since(x) turns a date into a number of days");
                None
            }
        }
    }

    pub(super) fn sum(&mut self, whole: &ast::Expr, left: &ast::Expr, plus: bool, right: &ast::Expr) -> Option<Typed> {
        let (left, right) = (self.number(left), self.number(right));
        let Some((left, right, decimals)) = level(left?, right?) else { return self.too_large(whole) };
        let number = if plus {
            Number::Add(Box::new(left), Box::new(right))
        } else {
            Number::Subtract(Box::new(left), Box::new(right))
        };
        Some(Typed::Number(Scaled { number, decimals }))
    }

    pub(super) fn product(&mut self, whole: &ast::Expr, left: &ast::Expr, right: &ast::Expr) -> Option<Typed> {
        let (left, right) = (self.number(left), self.number(right));
        let ((Scaled { number: Number::Literal(factor), decimals: 0 }, other)
        | (other, Scaled { number: Number::Literal(factor), decimals: 0 })) = (left?, right?)
        else {
            self.refuse(whole, "a product needs a whole number on one side", "write `2 * falls`");
            return None;
        };
        Some(Typed::Number(Scaled { number: Number::Times(Box::new(other.number), factor), decimals: other.decimals }))
    }

    pub(super) fn too_large(&mut self, whole: &ast::Expr) -> Option<Typed> {
        self.refuse(whole, "this number is too large", "use a smaller number");
        None
    }

    pub(super) fn function(&mut self, whole: &ast::Expr, call: &ast::Function) -> Option<Typed> {
        let name = call.name.to_string().to_lowercase();
        let arguments = arguments(call);
        match (name.as_str(), arguments.as_slice()) {
            ("days_since", [date]) => match self.typed(date)? {
                Typed::Day(Number::Feature { feature, .. }) => {
                    Some(Typed::Number(Scaled { number: Number::DaysSince(feature), decimals: 0 }))
                }
                other => {
                    let message = format!("days_since needs a date; this is {}", other.what());
                    self.refuse(date, &message, "name a feature made with first_date or last_date");
                    None
                }
            },
            ("coalesce", [value, other]) => {
                let (value, fallback) = (self.number(value), self.number(other));
                let (value, fallback) = (value?, fallback?);
                if fallback.decimals > value.decimals || !matches!(fallback.number, Number::Literal(_)) {
                    self.refuse(
                        other,
                        "coalesce needs a plain number no finer than the feature",
                        "write `coalesce(x, 0)`",
                    );
                    return None;
                }
                let up = value.decimals - fallback.decimals;
                match rescale(fallback.number, up) {
                    Some(Number::Literal(literal)) => {
                        let number = Number::OrElse(Box::new(value.number), literal);
                        Some(Typed::Number(Scaled { number, decimals: value.decimals }))
                    }
                    _ => self.too_large(whole),
                }
            }
            ("days_since" | "coalesce", _) => {
                self.refuse(
                    whole,
                    &format!("`{name}` is used with other arguments"),
                    "write days_since(x) or coalesce(x, 0)",
                );
                None
            }
            _ => {
                let at = self.place.of_span(call.name.span());
                self.sink
                    .error(&at, format!("there is no function `{name}`"))
                    .nearest(&name, ["days_since", "coalesce"]);
                None
            }
        }
    }
}
