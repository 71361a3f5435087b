//! Counts, proportions and crude rates: one row, one answer.

use super::answer::Answer;
use super::sheet::{Cell, Sheet};
use super::{Args, Keyed, Method, labels, multiplier};
use evidence::distribution::Confidence;
use evidence::rates::{self, FEW_EVENTS, Rate, RateError};

/// Names of the column of events.
pub const EVENTS: &[&str] =
    &["numerator", "x", "count", "observed", "obs", "events", "deaths", "total_count", "observed_events"];

/// Names of the column of people.
pub const PEOPLE: &[&str] = &["denominator", "n", "pop", "population", "total_pop", "person_years", "measured"];

/// Names of the column of expected events.
pub const EXPECTED: &[&str] = &["expected", "exp", "expected_events", "denominator", "n"];

/// The number of a cell, or what is wrong with it.
pub fn number(sheet: &Sheet, row: usize, column: usize, what: &str) -> Result<f64, String> {
    match sheet.cell(row, column) {
        Cell::Number(number) => Ok(number),
        Cell::Missing => Err(format!("the {what} is missing")),
        Cell::NotANumber => Err(format!("the {what} is not a number ({:.40})", sheet.text(row, column))),
    }
}

/// `byars`, `exact`, `count`, `wilson` and `proportion`.
pub fn of_counts(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    let events = sheet.need("counts", EVENTS)?;
    let share = matches!(args.method, Method::Wilson | Method::Proportion);
    let people = if share { Some(sheet.need("denominators", PEOPLE)?) } else { None };
    Ok((0..sheet.len())
        .map(|row| {
            let per = multiplier(args, sheet, row, 1.0);
            let answer = match number(sheet, row, events, "numerator") {
                Err(why) => Answer::none(&statistic(share, per), why),
                Ok(count) => match people.map(|column| number(sheet, row, column, "denominator")) {
                    None => of_count(args.method, count, per),
                    Some(Err(why)) => Answer::none(&statistic(share, per), why),
                    Some(Ok(people)) => Answer::of_rate(&statistic(share, per), "Wilson", |level| {
                        rates::proportion(count, people, per, level)
                    }),
                },
            };
            (labels(sheet, row, &[Some(events), people]), answer)
        })
        .collect())
}

fn statistic(share: bool, per: f64) -> String {
    match (share, per) {
        (true, 100.0) => "percentage".to_owned(),
        (true, per) => format!("proportion of {per}"),
        (false, _) => "count".to_owned(),
    }
}

/// Limits of a count.
type Limits = fn(f64, Confidence) -> (f64, f64);

fn of_count(method: Method, count: f64, per: f64) -> Answer {
    let (limits, name): (Limits, _) = match method {
        Method::Byars => (rates::byars, "Byars"),
        Method::Exact => (rates::exact_poisson, "Exact"),
        _ => (rates::count_limits, which(count)),
    };
    Answer::of_rate("count", name, |level| {
        if count < 0.0 {
            return Err(RateError::BadCount);
        }
        let (lower, upper) = limits(count, level);
        Ok(Rate { value: count * per, lower: lower * per, upper: upper * per })
    })
}

/// The name of the limits of so many events.
pub fn which(count: f64) -> &'static str {
    if count < FEW_EVENTS { "Exact" } else { "Byars" }
}

/// `rate` and `ratio`.
pub fn of_rates(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    let events = sheet.need("counts", EVENTS)?;
    let is_ratio = args.method == Method::Ratio;
    let (what, names, usual) =
        if is_ratio { ("expected events", EXPECTED, 1.0) } else { ("populations", PEOPLE, 100_000.0) };
    let of = sheet.need(what, names)?;
    Ok((0..sheet.len())
        .map(|row| {
            let per = multiplier(args, sheet, row, usual);
            let statistic = if is_ratio { format!("ratio x {per}") } else { format!("rate per {per}") };
            let answer = match (number(sheet, row, events, "numerator"), number(sheet, row, of, "denominator")) {
                (Err(why), _) | (_, Err(why)) => Answer::none(&statistic, why),
                (Ok(count), Ok(of)) => {
                    Answer::of_rate(&statistic, which(count), |level| rates::crude_rate(count, of, per, level))
                }
            };
            (labels(sheet, row, &[Some(events), Some(of)]), answer)
        })
        .collect())
}
