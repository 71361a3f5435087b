//! Funnels: how far each row lies from the common value, and the limits at its size.

use super::answer::Answer;
use super::counts::{EVENTS, EXPECTED, PEOPLE, number};
use super::sheet::Sheet;
use super::{Args, Keyed, Method, labels, multiplier};
use evidence::distribution::Confidence::{P95, P998};
use evidence::funnel::{self, Position};

/// `funnel-proportion`, `funnel-ratio` and `funnel-rate`. The limits are those of the funnel at the row's size.
pub fn of(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    let events = sheet.find(EVENTS);
    let size = match args.method {
        Method::FunnelRatio => sheet.find(EXPECTED),
        _ => Some(sheet.need("populations", PEOPLE)?),
    };
    let baseline = sheet.find(&["baseline"]);
    if events.is_none() && (baseline.is_none() || args.method == Method::FunnelRatio) {
        sheet.need("counts", EVENTS)?;
    }
    let common = common(sheet, events, size);
    Ok((0..sheet.len())
        .map(|row| {
            let statistic = statistic(args.method);
            let answer = row_answer(args, sheet, row, events, size, sheet.number(row, baseline), common)
                .unwrap_or_else(|why| Answer::none(statistic, why));
            (labels(sheet, row, &[events, size]), answer)
        })
        .collect())
}

fn statistic(method: Method) -> &'static str {
    match method {
        Method::FunnelProportion => "proportion with funnel limits",
        Method::FunnelRatio => "ratio with funnel limits",
        _ => "rate with funnel limits",
    }
}

/// All events over all people, of the rows that have both.
fn common(sheet: &Sheet, events: Option<usize>, size: Option<usize>) -> Option<f64> {
    let (mut sum, mut of) = (0.0, 0.0);
    for row in 0..sheet.len() {
        if let Some((count, size)) = sheet.number(row, events).zip(sheet.number(row, size))
            && count >= 0.0
            && size > 0.0
        {
            sum += count;
            of += size;
        }
    }
    (of > 0.0).then(|| sum / of)
}

fn row_answer(
    args: &Args,
    sheet: &Sheet,
    row: usize,
    events: Option<usize>,
    size: Option<usize>,
    baseline: Option<f64>,
    common: Option<f64>,
) -> Result<Answer, String> {
    let count = match events {
        Some(column) => Some(number(sheet, row, column, "numerator")?),
        None => None,
    };
    if count.is_some_and(|count| count < 0.0) {
        return Err("a count of events must be 0 or more".to_owned());
    }
    let of = match size {
        Some(column) => Some(number(sheet, row, column, "denominator")?),
        None => None,
    };
    if of.is_some_and(|of| of <= 0.0) {
        return Err("a denominator must be above 0".to_owned());
    }
    match (args.method, count, of) {
        (Method::FunnelRatio, Some(count), of) => Ok(ratio(multiplier(args, sheet, row, 1.0), count, of)),
        (Method::FunnelProportion, count, Some(of)) => {
            let per = multiplier(args, sheet, row, if baseline.is_some() { 100.0 } else { 1.0 });
            let middle = baseline.map(|b| b / per).or(common).ok_or("there is no baseline")?;
            proportion(per, count, of, middle)
        }
        (_, count, Some(of)) => {
            let per = multiplier(args, sheet, row, 100_000.0);
            let middle = baseline.or(common.map(|c| c * per)).ok_or("there is no baseline")?;
            Ok(rate(per, count, of, middle, args.years.unwrap_or(1.0)))
        }
        _ => Err("the denominator is missing".to_owned()),
    }
}

fn proportion(per: f64, count: Option<f64>, of: f64, middle: f64) -> Result<Answer, String> {
    if count.is_some_and(|count| count > of) {
        return Err("the numerator must be no more than the denominator".to_owned());
    }
    if !(0.0..=1.0).contains(&middle) {
        return Err("the baseline is not a proportion".to_owned());
    }
    let scaled = |(lower, upper): (f64, f64)| (lower * per, upper * per);
    let answer = Answer {
        value: count.map(|count| count / of * per),
        limits95: Some(scaled(funnel::proportion_limits(middle, of, P95))),
        limits998: Some(scaled(funnel::proportion_limits(middle, of, P998))),
        statistic: statistic(Method::FunnelProportion).to_owned(),
        method: "Wilson".to_owned(),
        ..Answer::default()
    }
    .with("baseline", middle * per);
    Ok(match count {
        Some(count) => answer.with("significance", words(funnel::proportion_position(count, of, middle))),
        None => answer,
    })
}

fn ratio(per: f64, count: f64, expected: Option<f64>) -> Answer {
    let ((lower2, upper2), (lower3, upper3)) =
        (funnel::expected_at_limits(count, P95), funnel::expected_at_limits(count, P998));
    let mut answer = Answer {
        statistic: statistic(Method::FunnelRatio).to_owned(),
        method: "Poisson".to_owned(),
        value: expected.map(|expected| count / expected * per),
        ..Answer::default()
    };
    if let Some(expected) = expected {
        let at = |confidence| {
            let (lower, upper) = funnel::count_funnel(expected, confidence);
            Some((lower / expected * per, upper / expected * per))
        };
        answer.limits95 = at(P95);
        answer.limits998 = at(P998);
        answer = answer.with("significance", words(funnel::count_position(count, expected)));
    } else {
        // A file of observed numbers alone asks for the curve itself: the ratio at which so many lie on the limit.
        answer.limits95 = Some((count / lower2 * per, count / upper2 * per));
        answer.limits998 = Some((count / lower3 * per, count / upper3 * per));
    }
    answer
        .with("lower_2s_exp_events", lower2)
        .with("upper_2s_exp_events", upper2)
        .with("lower_3s_exp_events", lower3)
        .with("upper_3s_exp_events", upper3)
        .with("lower_2s_count", count / lower2 - 1.0)
        .with("upper_2s_count", if upper2 > 0.0 { (count / upper2 - 1.0).into() } else { serde_json::Value::Null })
        .with("lower_3s_count", count / lower3 - 1.0)
        .with("upper_3s_count", if upper3 > 0.0 { (count / upper3 - 1.0).into() } else { serde_json::Value::Null })
        .with("lower_2s_isr", 100.0 * count / lower2)
        .with("upper_2s_isr", 100.0 * count / upper2)
        .with("lower_3s_isr", 100.0 * count / lower3)
        .with("upper_3s_isr", 100.0 * count / upper3)
}

fn rate(per: f64, count: Option<f64>, of: f64, middle: f64, years: f64) -> Answer {
    let answer = Answer {
        value: count.map(|count| count / of * per),
        limits95: Some(funnel::rate_limits(middle, of, per, P95)),
        limits998: Some(funnel::rate_limits(middle, of, per, P998)),
        statistic: statistic(Method::FunnelRate).to_owned(),
        method: "Poisson".to_owned(),
        ..Answer::default()
    }
    .with("baseline", middle)
    .with("annual_population", of / years);
    match count {
        Some(count) => answer.with("significance", words(funnel::count_position(count, middle * of / per))),
        None => answer,
    }
}

/// As the public health profiles print it.
fn words(position: Position) -> &'static str {
    match position {
        Position::FarAbove => "High (0.001)",
        Position::Above => "High (0.025)",
        Position::Within => "Not significant",
        Position::Below => "Low (0.025)",
        Position::FarBelow => "Low (0.001)",
    }
}
