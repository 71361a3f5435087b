//! `case when ... then ... else ... end`: the result of the first condition that holds.

use super::numbers::{Scaled, level_all};
use super::people::{Typed, Typing};
use crate::model::{Expr, Number};
use sqlparser::ast;

/// What the results of a case all are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Truth,
    Number,
    Day,
    Words,
}

impl Typing<'_> {
    pub(super) fn case(
        &mut self,
        whole: &ast::Expr,
        operand: Option<&ast::Expr>,
        branches: &[ast::CaseWhen],
        otherwise: Option<&ast::Expr>,
    ) -> Option<Typed> {
        if let Some(operand) = operand {
            let help = "write the whole condition: `case when x = 1 then ... end`";
            self.refuse(operand, "a case does not begin with a value", help);
            return None;
        }
        let conditions: Vec<Option<Expr>> = branches.iter().map(|branch| self.truth(&branch.condition)).collect();
        let written: Vec<&ast::Expr> = branches.iter().map(|branch| &branch.result).chain(otherwise).collect();
        let results: Vec<Option<Typed>> = written.iter().map(|result| self.typed(result)).collect();
        let conditions: Vec<Expr> = conditions.into_iter().collect::<Option<_>>()?;
        let mut results: Vec<Typed> = results.into_iter().collect::<Option<_>>()?;
        let sort = self.sort_of(whole, &written, &results)?;
        if otherwise.is_none() {
            results.push(Typed::Nothing);
        }
        match sort {
            Sort::Truth => self.truth_of_case(whole, conditions, results),
            Sort::Words => Some(words_of_case(conditions, results)),
            Sort::Number => {
                let numbers = results.into_iter().map(|result| match result {
                    Typed::Number(scaled) => scaled,
                    _ => Scaled { number: Number::Absent, decimals: 0 },
                });
                let Some((numbers, decimals)) = level_all(numbers.collect()) else { return self.too_large(whole) };
                Some(Typed::Number(Scaled { number: chosen(conditions, numbers), decimals }))
            }
            Sort::Day => {
                let days = results.into_iter().map(|result| match result {
                    Typed::Day(day) => day,
                    _ => Number::Absent,
                });
                Some(Typed::Day(chosen(conditions, days.collect())))
            }
        }
    }

    /// What all results are; a finding where they differ.
    fn sort_of(&mut self, whole: &ast::Expr, written: &[&ast::Expr], results: &[Typed]) -> Option<Sort> {
        let mut common: Option<(Sort, &'static str)> = None;
        for (expr, result) in written.iter().zip(results) {
            let sort = match result {
                Typed::Truth(_) => Sort::Truth,
                Typed::Number(_) => Sort::Number,
                Typed::Day(_) => Sort::Day,
                Typed::Text(_) => Sort::Words,
                Typed::Nothing => continue,
                Typed::Choice(..) | Typed::Chosen(..) => {
                    let help = "write the words themselves: `case when ... then 'high' else 'low' end`";
                    self.refuse(expr, "a case cannot hand on the words of something else", help);
                    return None;
                }
            };
            match common {
                None => common = Some((sort, result.what())),
                Some((first, _)) if first == sort => {}
                Some((_, first)) => {
                    let message =
                        format!("the results of a case must be alike: the first is {first}, this is {}", result.what());
                    self.refuse(expr, &message, "make all of them numbers, dates, words or conditions");
                    return None;
                }
            }
        }
        if common.is_none() {
            self.refuse(whole, "every result of this case is null", "give at least one of them a value");
        }
        common.map(|(sort, _)| sort)
    }

    /// A case of conditions is one condition: a result counts where its own condition holds and none before it does.
    fn truth_of_case(&mut self, whole: &ast::Expr, conditions: Vec<Expr>, results: Vec<Typed>) -> Option<Typed> {
        let mut any = Vec::new();
        let mut before: Vec<Expr> = Vec::new();
        let conditions = conditions.into_iter().map(Some).chain([None]);
        for (condition, result) in conditions.zip(results) {
            let Typed::Truth(result) = result else {
                let help = "write `else false`, and no null";
                self.refuse(whole, "a yes/no value is never absent, so this case must say what holds otherwise", help);
                return None;
            };
            let mut all = before.clone();
            all.extend(condition.clone());
            all.push(result);
            any.push(Expr::All(all));
            before.extend(condition.map(|c| Expr::Not(Box::new(c))));
        }
        Some(Typed::Truth(Expr::Any(any)))
    }
}

fn chosen(conditions: Vec<Expr>, mut numbers: Vec<Number>) -> Number {
    // There is one number more than there are conditions.
    let otherwise = Box::new(numbers.pop().unwrap_or(Number::Absent));
    Number::Case { when: conditions.into_iter().zip(numbers).collect(), otherwise }
}

/// The words in the order in which they are first named, and which of them holds.
fn words_of_case(conditions: Vec<Expr>, results: Vec<Typed>) -> Typed {
    let mut words: Vec<String> = Vec::new();
    let mut positions = Vec::new();
    for result in results {
        let Typed::Text(text) = result else {
            positions.push(Number::Absent);
            continue;
        };
        let known = words.iter().position(|word| *word == text).unwrap_or_else(|| {
            words.push(text);
            words.len() - 1
        });
        positions.push(Number::Literal(known as i64));
    }
    Typed::Chosen(chosen(conditions, positions), words)
}
