//! `vanguard population cost` and `need`: cost per member per month, and weighted need, as the pages have them.

use super::Report;
use super::table::table;
use crate::folder::Folder;
use crate::pipeline::{compute, progress::Terminal};
use ::population::costs::{self, Line};
use ::population::members::SETTINGS;
use ::population::{Summary, need};
use nhs::Pence;
use serde_json::{Value, json};
use std::path::Path;

/// `vanguard population cost PLACE`
pub fn cost(dir: &Path, as_json: bool) -> anyhow::Result<Report> {
    let folder = Folder::open(dir)?;
    let summary = compute::update(&folder, false, &Terminal::new(as_json))?.summary;
    let costs = costs::shown(&summary);
    let mut text = String::new();
    for (heading, lines) in [("segment", &costs.segments), ("practice", &costs.practices)] {
        text.push_str(&words(heading, lines.iter().chain([&costs.whole])));
        text.push_str("\n\n");
    }
    text.push_str("Pounds per member per month in the twelve months to the day of counting. Small numbers, and money that would tell of one person, are suppressed.");
    let json = json!({
        "as_of": summary.as_of_day().to_string(),
        "year_days": summary.members.year_days,
        "segments": costs.segments.iter().map(line).collect::<Vec<_>>(),
        "practices": costs.practices.iter().map(line).collect::<Vec<_>>(),
        "all": line(&costs.whole),
        "method": "pence of care begun on days on a list, over 12 member months for a year of days; 95 % limits of a ratio estimate on the logarithm; dominance (1, 50 %) and p % (10 %) rules with secondary suppression",
    });
    Ok(Report::new(text, json))
}

fn words<'a>(heading: &str, lines: impl Iterator<Item = &'a Line>) -> String {
    let money = |pence: Option<Pence>| pence.map_or_else(|| "suppressed".to_owned(), |p| p.to_string());
    let rows: Vec<Vec<String>> = lines
        .map(|line| {
            let limits = line.all.and_then(|all| all.limits);
            let limits = limits.map_or_else(String::new, |(lower, upper)| format!("{lower} to {upper}"));
            vec![line.name.clone(), line.members.to_string(), money(line.all.map(|all| all.value)), limits]
        })
        .collect();
    table(&[heading, "members", "per member per month", "95 % limits"], &rows)
}

fn line(line: &Line) -> Value {
    let settings: serde_json::Map<String, Value> = SETTINGS
        .iter()
        .zip(&line.settings)
        .map(|((id, _), pence)| ((*id).to_owned(), json!(pence.map(|p| p.0))))
        .collect();
    let limits = line.all.and_then(|all| all.limits);
    json!({
        "id": line.id,
        "name": line.name,
        "members": line.members.value(),
        "member_months": line.months,
        "pence": line.all.map(|all| all.value.0),
        "lower95_pence": limits.map(|l| l.0.0),
        "upper95_pence": limits.map(|l| l.1.0),
        "pence_by_setting": settings,
    })
}

/// `vanguard population need PLACE`
pub fn weighted(dir: &Path, as_json: bool) -> anyhow::Result<Report> {
    let folder = Folder::open(dir)?;
    let summary: Summary = compute::update(&folder, false, &Terminal::new(as_json))?.summary;
    let (Some(plan), Some(need)) = (&folder.blueprint.need, need::shown(&summary)) else {
        anyhow::bail!("the place's blueprint has no weights of need, or nobody has any: give it [need] with a file");
    };
    let rows = |lines: &[need::Line]| -> Vec<Vec<String>> {
        let cell = |text: Option<String>| text.unwrap_or_else(|| "suppressed".to_owned());
        let row = |line: &need::Line| {
            vec![
                line.name.clone(),
                line.people.to_string(),
                cell(line.weighted.map(super::table::count)),
                cell(line.share.map(|share| format!("{:.2} %", share * 100.0))),
                cell(line.index.map(|index| format!("{index:.3}"))),
            ]
        };
        lines.iter().map(row).collect()
    };
    let columns = ["people", "weighted", "share of need", "index"];
    let one = |heading: &str, lines| table(&[&[heading], &columns[..]].concat(), &rows(lines));
    let text = format!(
        "{}\n\n{}\n\n{}. Weighted people add up to the people of the place; an index above 1 is more need than its average.",
        one("locality", &need.localities),
        one("practice", &need.practices),
        plan.name
    );
    let lines = |lines: &[need::Line]| -> Vec<Value> {
        let line = |line: &need::Line| json!({ "id": line.id, "name": line.name, "people": line.people.value(), "weighted": line.weighted, "share": line.share, "index": line.index });
        lines.iter().map(line).collect()
    };
    let json = json!({
        "weights": plan.name,
        "file": plan.file,
        "people": need.people.value(),
        "weight_not_known": need.unknown.value(),
        "localities": lines(&need.localities),
        "practices": lines(&need.practices),
        "method": "weighted = sum of weights x people of the place / sum of weights of the place; counts rounded to 5, small ones suppressed",
    });
    Ok(Report::new(text, json))
}
