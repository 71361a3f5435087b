//! Numbers and days in rules: sums, differences and products.

use super::numbers::{Scaled, level};
use super::people::{Typed, Typing};
use crate::model::{Expr, Number};
use sqlparser::ast;

/// No number holds more decimals.
const MOST_DECIMALS: u8 = 6;

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
        let typed = self.typed(expr)?;
        self.as_number(typed, expr)
    }

    pub(super) fn as_number(&mut self, typed: Typed, expr: &ast::Expr) -> Option<Scaled> {
        match typed {
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
        let (first, second) = (self.typed(left), self.typed(right));
        match (first?, second?) {
            (Typed::Day(_), Typed::Day(_)) if plus => {
                self.refuse(
                    whole,
                    "two dates cannot be added up",
                    "`later - earlier` is the number of days between them",
                );
                None
            }
            (Typed::Day(a), Typed::Day(b)) => {
                let number = Number::Subtract(Box::new(a), Box::new(b));
                Some(Typed::Number(Scaled { number, decimals: 0 }))
            }
            (Typed::Day(day), days) => self.moved(day, plus, days, right),
            (days, Typed::Day(day)) if plus => self.moved(day, plus, days, left),
            (first, second) => {
                let (left, right) = (self.as_number(first, left), self.as_number(second, right));
                let Some((left, right, decimals)) = level(left?, right?) else { return self.too_large(whole) };
                let (left, right) = (Box::new(left), Box::new(right));
                let number = if plus { Number::Add(left, right) } else { Number::Subtract(left, right) };
                Some(Typed::Number(Scaled { number, decimals }))
            }
        }
    }

    /// A day so many days later or earlier.
    fn moved(&mut self, day: Number, later: bool, days: Typed, at: &ast::Expr) -> Option<Typed> {
        let Typed::Number(Scaled { number, decimals: 0 }) = days else {
            let what = if matches!(days, Typed::Number(_)) { "a number with decimals" } else { days.what() };
            let message = format!("a date moves by whole days; this is {what}");
            self.refuse(at, &message, "write `last_admission + 30`");
            return None;
        };
        let (day, days) = (Box::new(day), Box::new(number));
        Some(Typed::Day(if later { Number::Add(day, days) } else { Number::Subtract(day, days) }))
    }

    pub(super) fn product(&mut self, whole: &ast::Expr, left: &ast::Expr, right: &ast::Expr) -> Option<Typed> {
        let (left, right) = (self.number(left), self.number(right));
        let (left, right) = (left?, right?);
        let decimals = left.decimals + right.decimals;
        if decimals > MOST_DECIMALS {
            let help = "round one side first: `divide(x, 1, 2)` has two";
            self.refuse(whole, "this product has more than six decimals", help);
            return None;
        }
        let number = match (left, right) {
            (Scaled { number: Number::Literal(factor), decimals: 0 }, other)
            | (other, Scaled { number: Number::Literal(factor), decimals: 0 }) => {
                Number::Times(Box::new(other.number), factor)
            }
            (left, right) => Number::Product(Box::new(left.number), Box::new(right.number)),
        };
        Some(Typed::Number(Scaled { number, decimals }))
    }

    pub(super) fn too_large(&mut self, whole: &ast::Expr) -> Option<Typed> {
        self.refuse(whole, "this number is too large", "use a smaller number");
        None
    }
}
