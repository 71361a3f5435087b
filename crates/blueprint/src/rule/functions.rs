//! The functions of rules.

use super::names::arguments;
use super::numbers::{Scaled, level, level_all, rescale};
use super::people::{Typed, Typing};
use crate::model::{Number, Rounding};
use sqlparser::ast::{self, Spanned};

/// Every function with how it is written.
const FUNCTIONS: [(&str, &str); 14] = [
    ("coalesce", "coalesce(x, 0)"),
    ("least", "least(x, y)"),
    ("greatest", "greatest(x, y)"),
    ("abs", "abs(x)"),
    ("divide", "divide(x, y, 2)"),
    ("whole_divide", "whole_divide(x, y)"),
    ("date", "date('2017-03-31')"),
    ("days_since", "days_since(x)"),
    ("days_between", "days_between(earlier, later)"),
    ("months_between", "months_between(earlier, later)"),
    ("years_between", "years_between(earlier, later)"),
    ("add_months", "add_months(x, 3)"),
    ("year_of", "year_of(x)"),
    ("month_of", "month_of(x)"),
];

/// Decimals that a quotient may have.
const MOST_DECIMALS: i64 = 6;

impl Typing<'_> {
    pub(super) fn function(&mut self, whole: &ast::Expr, call: &ast::Function) -> Option<Typed> {
        let name = call.name.to_string().to_lowercase();
        let Some((name, form)) = FUNCTIONS.into_iter().find(|(known, _)| *known == name) else {
            let at = self.place.of_span(call.name.span());
            self.sink
                .error(&at, format!("there is no function `{name}`"))
                .nearest(&name, FUNCTIONS.iter().map(|(known, _)| *known));
            return None;
        };
        match (name, arguments(call).as_slice()) {
            ("coalesce", [value, other]) => self.coalesce(whole, value, other),
            ("coalesce", several) if several.len() > 2 => self.several(whole, several, Number::FirstKnown),
            ("least", several) if several.len() > 1 => self.several(whole, several, Number::Least),
            ("greatest", several) if several.len() > 1 => self.several(whole, several, Number::Greatest),
            ("abs", [value]) => {
                let Scaled { number, decimals } = self.number(value)?;
                Some(Typed::Number(Scaled { number: Number::Size(Box::new(number)), decimals }))
            }
            ("divide", [over, under, decimals]) => self.divide(over, under, decimals),
            ("whole_divide", [over, under]) => self.whole_divide(whole, over, under),
            ("date", [text]) => self.written_date(text),
            ("days_since", [date]) => match self.day_of(date, name)? {
                Number::Feature { feature, .. } => Some(whole_number(Number::DaysSince(feature))),
                day => Some(whole_number(Number::Subtract(Box::new(Number::AsOf), Box::new(day)))),
            },
            ("days_between" | "months_between" | "years_between", [earlier, later]) => {
                let (earlier, later) = (self.day_of(earlier, name), self.day_of(later, name));
                let (earlier, later) = (Box::new(earlier?), Box::new(later?));
                Some(whole_number(match name {
                    "days_between" => Number::Subtract(later, earlier),
                    "months_between" => Number::MonthsBetween(earlier, later),
                    _ => Number::YearsBetween(earlier, later),
                }))
            }
            ("add_months", [date, months]) => {
                let (date, months_at) = (self.day_of(date, name), months);
                let (date, months) = (date?, self.number(months)?);
                if months.decimals > 0 {
                    self.refuse(months_at, "a date moves by whole months", "write a whole number of months");
                    return None;
                }
                Some(Typed::Day(Number::AddMonths(Box::new(date), Box::new(months.number))))
            }
            ("year_of", [date]) => Some(whole_number(Number::YearOf(Box::new(self.day_of(date, name)?)))),
            ("month_of", [date]) => Some(whole_number(Number::MonthOf(Box::new(self.day_of(date, name)?)))),
            _ => {
                self.refuse(whole, &format!("`{name}` is used with other arguments"), &format!("write `{form}`"));
                None
            }
        }
    }

    fn day_of(&mut self, expr: &ast::Expr, function: &str) -> Option<Number> {
        match self.typed(expr)? {
            Typed::Day(day) => Some(day),
            other => {
                let message = format!("{function} needs a date; this is {}", other.what());
                self.refuse(expr, &message, "name a feature made with first_date or last_date");
                None
            }
        }
    }

    fn written_date(&mut self, expr: &ast::Expr) -> Option<Typed> {
        match self.typed(expr)? {
            Typed::Text(text) => self.day(&text, expr).map(Typed::Day),
            other => {
                let message = format!("date needs a day in single quotes; this is {}", other.what());
                self.refuse(expr, &message, "write `date('2017-03-31')`");
                None
            }
        }
    }

    fn coalesce(&mut self, whole: &ast::Expr, value: &ast::Expr, other: &ast::Expr) -> Option<Typed> {
        let (first, second) = (self.typed(value), self.typed(other));
        let (first, second) = (first?, second?);
        let (Typed::Number(first), Typed::Number(Scaled { number: Number::Literal(literal), decimals })) =
            (&first, &second)
        else {
            return self.several_typed(whole, &[value, other], vec![first, second], Number::FirstKnown);
        };
        if *decimals > first.decimals {
            self.refuse(other, "coalesce needs a plain number no finer than the feature", "write `coalesce(x, 0)`");
            return None;
        }
        match rescale(Number::Literal(*literal), first.decimals - decimals) {
            Some(Number::Literal(literal)) => {
                let number = Number::OrElse(Box::new(first.number.clone()), literal);
                Some(Typed::Number(Scaled { number, decimals: first.decimals }))
            }
            _ => self.too_large(whole),
        }
    }

    /// A function of several numbers, or of several dates.
    fn several(&mut self, whole: &ast::Expr, exprs: &[&ast::Expr], make: fn(Vec<Number>) -> Number) -> Option<Typed> {
        let typed: Vec<Option<Typed>> = exprs.iter().map(|expr| self.typed(expr)).collect();
        self.several_typed(whole, exprs, typed.into_iter().collect::<Option<_>>()?, make)
    }

    fn several_typed(
        &mut self,
        whole: &ast::Expr,
        exprs: &[&ast::Expr],
        typed: Vec<Typed>,
        make: fn(Vec<Number>) -> Number,
    ) -> Option<Typed> {
        let dates = matches!(typed.first(), Some(Typed::Day(_)));
        let (mut numbers, mut days) = (Vec::new(), Vec::new());
        for (expr, typed) in exprs.iter().zip(typed) {
            match typed {
                Typed::Day(day) if dates => days.push(day),
                Typed::Text(text) if dates => days.push(self.day(&text, expr)?),
                other if dates => {
                    let message = format!("the first is a date, and this is {}", other.what());
                    self.refuse(expr, &message, "make all of them dates");
                    return None;
                }
                other => numbers.push(self.as_number(other, expr)?),
            }
        }
        if dates {
            return Some(Typed::Day(make(days)));
        }
        match level_all(numbers) {
            Some((numbers, decimals)) => Some(Typed::Number(Scaled { number: make(numbers), decimals })),
            None => self.too_large(whole),
        }
    }

    fn divide(&mut self, over: &ast::Expr, under: &ast::Expr, decimals: &ast::Expr) -> Option<Typed> {
        let (a, b, wanted) = (self.number(over), self.number(under), self.number(decimals));
        let (a, b) = (a?, b?);
        self.refuse_nought(under, &b)?;
        let wanted = match wanted? {
            Scaled { number: Number::Literal(n), decimals: 0 } if (0..=MOST_DECIMALS).contains(&n) => n as u8,
            _ => {
                self.refuse(
                    decimals,
                    "the decimals of a quotient are a whole number from 0 to 6",
                    "write `divide(x, y, 2)`",
                );
                return None;
            }
        };
        // a / 10^da over b / 10^db, in units of 10^-wanted: a * 10^(wanted + db - da) / b.
        let (up, down) = (wanted + b.decimals, a.decimals);
        let number = Number::Divide {
            over: Box::new(a.number),
            over_up: up.saturating_sub(down),
            under: Box::new(b.number),
            under_up: down.saturating_sub(up),
            rounding: Rounding::Nearest,
        };
        Some(Typed::Number(Scaled { number, decimals: wanted }))
    }

    fn whole_divide(&mut self, whole: &ast::Expr, over: &ast::Expr, under: &ast::Expr) -> Option<Typed> {
        let (a, b) = (self.number(over), self.number(under));
        let (a, b) = (a?, b?);
        self.refuse_nought(under, &b)?;
        let Some((over, under, _)) = level(a, b) else { return self.too_large(whole) };
        let (over, under) = (Box::new(over), Box::new(under));
        Some(whole_number(Number::Divide { over, over_up: 0, under, under_up: 0, rounding: Rounding::Down }))
    }

    fn refuse_nought(&mut self, expr: &ast::Expr, under: &Scaled) -> Option<()> {
        if under.number == Number::Literal(0) {
            self.refuse(expr, "nothing can be divided by nought", "divide by a number that is not 0");
            return None;
        }
        Some(())
    }
}

fn whole_number(number: Number) -> Typed {
    Typed::Number(Scaled { number, decimals: 0 })
}
