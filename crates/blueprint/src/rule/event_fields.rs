//! What can be asked of one event: its fields, and the literals that go with each.

use super::events::Filter;
use super::numbers::{literal, rescale};
use crate::model::{CompareOp, EventExpr, EventField, Number};
use nhs::{Day, EventKind, Icd10, Method, OdsCode, Opcs4, Status};
use sqlparser::ast::{self, UnaryOperator};

/// A field of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Kind,
    Method,
    Status,
    Code,
    Detail,
    Provider,
    Source,
    Value,
    Cost,
    Days,
    Date,
    EndDate,
}

/// Every field by its name.
pub(super) const FIELDS: [(&str, Field); 12] = [
    ("kind", Field::Kind),
    ("method", Field::Method),
    ("status", Field::Status),
    ("code", Field::Code),
    ("detail", Field::Detail),
    ("provider", Field::Provider),
    ("source", Field::Source),
    ("value", Field::Value),
    ("cost", Field::Cost),
    ("days", Field::Days),
    ("date", Field::Date),
    ("end_date", Field::EndDate),
];

impl Field {
    /// Whether it has an order.
    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::Value | Self::Cost | Self::Days | Self::Date | Self::EndDate)
    }

    /// Whether a code list or `like` can be asked of it.
    pub(super) const fn is_code(self) -> bool {
        matches!(self, Self::Code | Self::Detail | Self::Provider)
    }

    /// What stands for it being empty; `None` where it never is.
    pub(super) const fn emptiness(self) -> Option<EventField> {
        Some(match self {
            Self::Code => EventField::Code,
            Self::Detail => EventField::Detail,
            Self::Provider => EventField::Provider,
            Self::Value => EventField::Value,
            Self::Cost => EventField::Cost,
            Self::Days | Self::EndDate => EventField::End,
            Self::Kind | Self::Method | Self::Status | Self::Source | Self::Date => return None,
        })
    }

    /// A comparison with a literal at the field's scale.
    pub(super) const fn compared(self, op: CompareOp, number: i64) -> Option<EventExpr> {
        Some(match self {
            Self::Value => EventExpr::Value(op, number),
            Self::Cost => EventExpr::Cost(op, number),
            Self::Days => EventExpr::Days(op, number),
            Self::Date => EventExpr::Date(op, number),
            Self::EndDate => EventExpr::End(op, number),
            _ => return None,
        })
    }
}

impl Filter<'_> {
    pub(super) fn field(&mut self, expr: &ast::Expr) -> Option<Field> {
        let ast::Expr::Identifier(name) = expr else {
            return self.refuse(
                expr,
                "a field of the event belongs here",
                "write method, status, code, detail, value or days first",
            );
        };
        let found = FIELDS.iter().find(|(known, _)| *known == name.value);
        if found.is_none() {
            let at = self.place.of_span(name.span);
            self.sink
                .error(&at, format!("an event has no field `{}`", name.value))
                .labelled("not known")
                .nearest(&name.value, FIELDS.iter().map(|(known, _)| *known));
        }
        found.map(|(_, field)| *field)
    }

    pub(super) fn text(&mut self, expr: &ast::Expr) -> Option<String> {
        if let ast::Expr::Value(value) = expr
            && let ast::Value::SingleQuotedString(text) = &value.value
        {
            return Some(text.clone());
        }
        self.refuse(expr, "a word or code in single quotes belongs here", "write 'emergency' or 'E11%'")
    }

    /// A literal at the scale of the field: thousandths of a value, pence, whole days, a day of the calendar.
    pub(super) fn number(&mut self, field: Field, expr: &ast::Expr) -> Option<i64> {
        if matches!(field, Field::Date | Field::EndDate) {
            let text = self.text(expr)?;
            return match Day::parse_iso(&text) {
                Ok(day) => Some(i64::from(day.0)),
                Err(_) => self.refuse(expr, &format!("`{text}` is not a day of the calendar"), "write '2017-03-31'"),
            };
        }
        let decimals = match field {
            Field::Value => 3,
            Field::Cost => 2,
            _ => 0,
        };
        let (negative, inner) = match expr {
            ast::Expr::UnaryOp { op: UnaryOperator::Minus, expr } => (true, expr.as_ref()),
            other => (false, other),
        };
        let ast::Expr::Value(value) = inner else {
            return self.refuse(expr, "a number belongs here", "write plain digits");
        };
        let ast::Value::Number(text, _) = &value.value else {
            return self.refuse(expr, "a number belongs here", "write plain digits");
        };
        let scaled = literal(text).filter(|s| s.decimals <= decimals);
        let number = scaled.and_then(|s| rescale(s.number, decimals - s.decimals));
        match number {
            Some(Number::Literal(n)) => Some(if negative { -n } else { n }),
            _ if field == Field::Value => {
                self.refuse(expr, "this number cannot be used", "a value has at most three decimals")
            }
            _ if field == Field::Cost => {
                self.refuse(expr, "this number cannot be used", "a cost has at most two decimals")
            }
            _ => self.refuse(expr, "this number is finer than whole days", "write a whole number of days"),
        }
    }

    pub(super) fn one_of(&mut self, field: Field, texts: Vec<(String, &ast::Expr)>) -> Option<EventExpr> {
        let names = |all: &mut dyn Iterator<Item = &'static str>| all.collect::<Vec<_>>();
        match field {
            Field::Kind => {
                let valid = names(&mut EventKind::ALL.iter().map(|k| k.name()));
                self.words(&texts, "kind of event", EventKind::from_name, &valid).map(EventExpr::Kind)
            }
            Field::Method => {
                let valid = names(&mut Method::ALL.iter().map(|m| m.name()));
                self.words(&texts, "method", Method::from_name, &valid).map(EventExpr::Method)
            }
            Field::Status => {
                let valid = names(&mut Status::ALL.iter().map(|s| s.name()));
                self.words(&texts, "status", Status::from_name, &valid).map(EventExpr::Status)
            }
            Field::Code => self.checked(texts, Self::check_code).map(EventExpr::Code),
            Field::Detail => self.checked(texts, |_, _, _| Some(())).map(EventExpr::Detail),
            Field::Provider => self.checked(texts, Self::check_provider).map(EventExpr::Provider),
            Field::Source => self.checked(texts, |_, _, _| Some(())).map(EventExpr::Source),
            Field::Value | Field::Cost | Field::Days | Field::Date | Field::EndDate => {
                let (_, expr) = texts.first()?;
                self.refuse(expr, "this field is a number", "compare it with a number")
            }
        }
    }

    fn checked(
        &mut self,
        texts: Vec<(String, &ast::Expr)>,
        check: fn(&mut Self, &str, &ast::Expr) -> Option<()>,
    ) -> Option<Vec<String>> {
        let checked: Vec<Option<()>> = texts
            .iter()
            .map(|(text, expr)| {
                if text.strip_suffix('%').unwrap_or(text).contains('%') {
                    let help = "write the beginning of the code: 'E11%'";
                    return self.refuse(expr, "`%` stands only at the end of a code", help);
                }
                check(self, text, expr)
            })
            .collect();
        checked.into_iter().collect::<Option<Vec<()>>>()?;
        Some(texts.into_iter().map(|(text, _)| text).collect())
    }

    /// Diagnoses and procedures have codes of a known form; other kinds may hold codes of the place's own.
    fn check_code(&mut self, code: &str, expr: &ast::Expr) -> Option<()> {
        let (stem, open) = code.strip_suffix('%').map_or((code, false), |stem| (stem, true));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        // A stem may be as short as its letter.
        let begun = |text: &str| {
            let mut letters = text.bytes();
            open && letters.next().is_none_or(|b| b.is_ascii_uppercase()) && letters.all(|b| b.is_ascii_digit())
        };
        let coded = self.kinds.iter().all(|kind| matches!(kind, EventKind::Diagnosis | EventKind::Procedure));
        if stem.is_empty() && !open {
            return self.refuse(expr, "a code cannot be empty", "write `code is null` for events without a code");
        }
        let known = Icd10::parse(stem).is_ok() || Opcs4::parse(stem).is_ok() || digits(stem) || begun(stem);
        if coded && !known {
            let message = format!("`{code}` is not a code of a diagnosis or procedure");
            let help =
                "write an ICD-10 code ('I50', 'E11%'), an OPCS-4 code ('W37') or the digits of a SNOMED CT concept";
            return self.refuse(expr, &message, help);
        }
        Some(())
    }

    fn check_provider(&mut self, code: &str, expr: &ast::Expr) -> Option<()> {
        let (stem, open) = code.strip_suffix('%').map_or((code, false), |stem| (stem, true));
        let letters = !stem.is_empty() && stem.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if (open && letters) || OdsCode::parse(stem).is_ok() {
            return Some(());
        }
        self.refuse(
            expr,
            &format!("`{code}` is not the code of an organisation"),
            "write an ODS code: 'RXX01' or 'RXX%'",
        )
    }

    fn words<T>(
        &mut self,
        texts: &[(String, &ast::Expr)],
        what: &str,
        find: fn(&str) -> Option<T>,
        valid: &[&'static str],
    ) -> Option<Vec<T>> {
        let mut found = Vec::new();
        for (text, expr) in texts {
            let word = find(text);
            if word.is_none() {
                let at = self.place.of(expr);
                let message = format!("there is no {what} `{text}`");
                self.sink.error(&at, message).labelled("not known").nearest(text, valid.iter().copied());
            }
            found.push(word);
        }
        found.into_iter().collect()
    }
}
