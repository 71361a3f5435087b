//! Means and quantiles: many rows, one answer or one place for each.

use super::answer::Answer;
use super::counts::number;
use super::groups::Groups;
use super::sheet::Sheet;
use super::{Args, Keyed};
use anyhow::Context as _;
use evidence::distribution::Confidence;
use evidence::rates;
use serde_json::Value;

const VALUES: &[&str] = &["value", "values", "x", "rate", "measure"];

/// `mean`: every row has the answer of its group.
pub fn means(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    let column = sheet.need("values", VALUES)?;
    let groups = Groups::of(sheet, &args.by, &[Some(column)])?;
    let mut answers = vec![(Vec::new(), Answer::default()); sheet.len()];
    for group in groups.list {
        let values: Result<Vec<f64>, String> =
            group.rows.iter().map(|&row| number(sheet, row, column, "value")).collect();
        let answer = match values {
            Err(why) => Answer::none("mean", why),
            Ok(values) => mean(&values),
        };
        for &row in &group.rows {
            answers[row] = (group.key.clone(), answer.clone());
        }
    }
    Ok(answers)
}

fn mean(values: &[f64]) -> Answer {
    let answer =
        Answer::of_rate("mean", "Student's t-distribution", |level| rates::mean(values, level).map(|(rate, _)| rate));
    let deviation = rates::mean(values, Confidence::P95).ok().map(|(_, deviation)| deviation);
    answer
        .with("value_sum", values.iter().sum::<f64>())
        .with("value_count", values.len())
        .with("stdev", deviation.map_or(Value::Null, Value::from))
}

/// `quantiles`: every row has the quantile of its value within its group.
pub fn quantiles(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    let column = sheet.need("values", VALUES)?;
    let named = sheet.find(&["quantilenm", "quantile", "quantiles"]);
    let polarity = sheet.find(&["polarity", "invert", "highest_first"]);
    let groups = quantile_groups(args, sheet, column, named, polarity)?;
    let mut answers = vec![(Vec::new(), Answer::default()); sheet.len()];
    for group in groups.list {
        let first = group.rows[0];
        let count = args.quantiles.or_else(|| named.and_then(|column| how_many(sheet.text(first, column)))).context(
            "how many quantiles are wanted? Say --quantiles 10, or have a column quantilenm (Decile, Quintile)",
        )?;
        // The first row's word goes for its group.
        let highest_first =
            args.highest_first || polarity.is_some_and(|column| is_highest_first(sheet.text(first, column)));
        let values: Vec<Option<f64>> = group.rows.iter().map(|&row| sheet.number(row, Some(column))).collect();
        let present = values.iter().flatten().count();
        let statistic = format!("quantile of {count}");
        for (&row, place) in group.rows.iter().zip(evidence::quantiles::quantiles(&values, count, highest_first)) {
            let answer = match (place, number(sheet, row, column, "value")) {
                (Some(place), _) => Answer {
                    value: Some(place as f64),
                    statistic: statistic.clone(),
                    method: if highest_first { "highest first" } else { "lowest first" }.to_owned(),
                    ..Answer::default()
                },
                (None, Err(why)) => Answer::none(&statistic, why),
                (None, Ok(_)) => Answer::none(&statistic, "fewer values in the group than quantiles"),
            };
            answers[row] = (group.key.clone(), answer.with("values_in_group", present));
        }
    }
    Ok(answers)
}

/// A column `groupset` says row by row what the quantiles are within: nothing, an indicator and sex, or these and a region.
fn quantile_groups(
    args: &Args,
    sheet: &Sheet,
    value: usize,
    named: Option<usize>,
    polarity: Option<usize>,
) -> anyhow::Result<Groups> {
    let Some(set) = sheet.find(&["groupset"]).filter(|_| args.by.is_empty()) else {
        let by_names: Vec<String> =
            ["indsexref", "indicatorid", "indicator", "sex", "period", "group", "parentcode", "region"]
                .iter()
                .filter(|name| sheet.find(&[name]).is_some())
                .map(|&name| name.to_owned())
                .collect();
        let by = match (&args.by, by_names) {
            (asked, _) if !asked.is_empty() => asked.clone(),
            (_, found) if found.is_empty() => vec!["none".to_owned()],
            (_, found) => found,
        };
        return Groups::of(sheet, &by, &[Some(value), named, polarity]);
    };
    let (indicator, parent) = (sheet.find(&["indsexref"]), sheet.find(&["parentcode"]));
    Ok(Groups::by(sheet, |row| {
        let within = match sheet.text(row, set) {
            "IndSex" => [indicator, None],
            "IndSexReg" => [indicator, parent],
            _ => [None, None],
        };
        [Some(set), named].into_iter().chain(within).flatten().collect()
    }))
}

fn how_many(word: &str) -> Option<usize> {
    match word.to_ascii_lowercase().as_str() {
        "tertile" => Some(3),
        "quartile" => Some(4),
        "quintile" => Some(5),
        "sextile" => Some(6),
        "septile" => Some(7),
        "octile" => Some(8),
        "decile" => Some(10),
        "percentile" => Some(100),
        number => number.parse().ok().filter(|&n| n > 0),
    }
}

fn is_highest_first(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.contains("low is good") || word == "true" || word == "1"
}
