//! Cost per member per month, and weighted populations.

use super::answer::Answer;
use super::counts::{PEOPLE, number};
use super::groups::{Group, Groups};
use super::sheet::{Sheet, plain};
use super::{Args, Keyed, labels};
use evidence::distribution::Confidence;
use evidence::need::{Part, normalise};
use evidence::ratio::{RatioSums, around};

const POUNDS: &[&str] = &["cost", "cost_pounds", "pounds", "total_cost", "amount", "spend"];
const PENCE: &[&str] = &["cost_pence", "pence"];
const MONTHS: &[&str] = &["member_months", "months", "membermonths"];
const DAYS: &[&str] = &["member_days", "days", "memberdays"];
const MEMBERS: &[&str] = &["members", "people", "n", "persons"];
const SPREAD: &[&str] = &["sd", "stdev", "cost_sd", "standard_deviation"];
const WHAT: &str = "pounds per member per month";
const METHOD: &str = "ratio estimate, limits on the logarithm";

/// Where the figures stand.
struct Columns {
    cost: usize,
    in_pence: bool,
    time: usize,
    in_days: bool,
    year: Option<usize>,
    members: Option<usize>,
    spread: Option<usize>,
}

/// What one row says: pence, and member months.
type Row = (i64, f64);

/// `pmpm`: rows are people, unless a column says how many members a row stands for.
pub fn pmpm(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    let (pounds, pence) = (sheet.find(POUNDS), sheet.find(PENCE));
    let (months, days) = (sheet.find(MONTHS), sheet.find(DAYS));
    let columns = Columns {
        cost: match pounds.or(pence) {
            Some(column) => column,
            None => sheet.need("costs", POUNDS)?,
        },
        in_pence: pounds.is_none(),
        time: match months.or(days) {
            Some(column) => column,
            None => sheet.need("member months (or member_days)", MONTHS)?,
        },
        in_days: months.is_none(),
        year: sheet.find(&["period_days", "year_days"]),
        members: sheet.find(MEMBERS),
        spread: sheet.find(SPREAD),
    };
    let used = [Some(columns.cost), Some(columns.time), columns.year, columns.members, columns.spread];
    if columns.members.is_some() {
        let answer = |row| (labels(sheet, row, &used), of_many(sheet, &columns, row));
        return Ok((0..sheet.len()).map(answer).collect());
    }
    let by: Vec<String> = args.by.iter().map(|name| plain(name)).collect();
    let mut answers = vec![(Vec::new(), Answer::default()); sheet.len()];
    for group in Groups::of(sheet, &by, &used)?.list {
        let one = of_people(sheet, &columns, &group);
        for &row in &group.rows {
            answers[row] = (group.key.clone(), one.clone());
        }
    }
    Ok(answers)
}

fn read(sheet: &Sheet, columns: &Columns, row: usize) -> Result<Row, String> {
    let cost = number(sheet, row, columns.cost, "cost")?;
    let time = number(sheet, row, columns.time, "member time")?;
    let pence = (cost * if columns.in_pence { 1.0 } else { 100.0 }).round();
    if pence.abs() > 1e15 {
        return Err("the cost is too large".to_owned());
    }
    if time < 0.0 {
        return Err("member time is negative".to_owned());
    }
    let year = sheet.number(row, columns.year).unwrap_or(365.0);
    if columns.in_days && year <= 0.0 {
        return Err("the days of the period must be above 0".to_owned());
    }
    Ok((pence as i64, if columns.in_days { time * 12.0 / year } else { time }))
}

/// A row that stands for many members; their standard deviation of cost gives limits.
fn of_many(sheet: &Sheet, columns: &Columns, row: usize) -> Answer {
    let (pence, months) = match read(sheet, columns, row) {
        Ok(read) => read,
        Err(why) => return Answer::none(WHAT, why),
    };
    let error = sheet.number(row, columns.members).zip(sheet.number(row, columns.spread));
    let error = error.map(|(members, sd)| members.max(0.0).sqrt() * sd / months);
    finish(pence, months, error.filter(|error| error.is_finite() && *error >= 0.0))
        .with("members", sheet.number(row, columns.members).map_or(serde_json::Value::Null, Into::into))
}

/// A group of people, a row each.
fn of_people(sheet: &Sheet, columns: &Columns, group: &Group) -> Answer {
    let rows: Result<Vec<Row>, String> = group.rows.iter().map(|&row| read(sheet, columns, row)).collect();
    let rows = match rows {
        Ok(rows) => rows,
        Err(why) => return Answer::none(WHAT, why),
    };
    let mut sums = RatioSums::default();
    for &(pence, months) in &rows {
        sums.add(pence as f64 / 100.0, months);
    }
    let pence = rows.iter().fold(0_i64, |sum, row| sum.saturating_add(row.0));
    finish(pence, sums.x, sums.standard_error().ok()).with("members", rows.len())
}

/// The value from exact pence, rounded half up to a penny beside it, and the limits where there is an error.
fn finish(pence: i64, months: f64, error: Option<f64>) -> Answer {
    if months.is_nan() || months <= 0.0 {
        return Answer::none(WHAT, "there are no member months");
    }
    let value = pence as f64 / 100.0 / months;
    let limits = |level| error.map(|error| around(value, error, level)).map(|rate| (rate.lower, rate.upper));
    Answer {
        value: Some(value),
        limits95: limits(Confidence::P95),
        limits998: limits(Confidence::P998),
        statistic: WHAT.to_owned(),
        method: if error.is_some() { METHOD } else { "no limits: one row without a spread" }.to_owned(),
        ..Answer::default()
    }
    .with("pence", (value * 100.0 + 0.5).floor())
    .with("cost_pence", pence)
    .with("member_months", months)
}

/// `weighted-need`: each row's people and need, brought to the people of all rows (or of its group, with `--by`).
pub fn weighted(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    let people = sheet.need("populations", &[PEOPLE, MEMBERS].concat())?;
    let raw = sheet.find(&["weighted", "raw", "weighted_population", "need", "raw_need"]);
    let per_head = sheet.find(&["weight", "index", "need_per_head", "need_index", "weight_per_head"]);
    if raw.is_none() && per_head.is_none() {
        sheet
            .need("need (weighted people, or weight for a weight a head)", &["weighted", "need", "weight", "index"])?;
    }
    let by: Vec<String> =
        if args.by.is_empty() { vec!["none".to_owned()] } else { args.by.iter().map(|name| plain(name)).collect() };
    let mut answers = vec![(Vec::new(), Answer::default()); sheet.len()];
    for group in Groups::of(sheet, &by, &[Some(people), raw, per_head])?.list {
        let parts: Vec<Result<Part, String>> =
            group.rows.iter().map(|&row| part(sheet, row, people, raw, per_head)).collect();
        let sound: Vec<Part> = parts.iter().flatten().copied().collect();
        let mut weighted = normalise(&sound).map(Vec::into_iter);
        for (&row, part) in group.rows.iter().zip(&parts) {
            let answer = match (part, weighted.as_mut().and_then(|all| part.is_ok().then(|| all.next()).flatten())) {
                (Err(why), _) => Answer::none("weighted population", why),
                (Ok(_), None) => Answer::none("weighted population", "nobody in the group has any need"),
                (Ok(_), Some(found)) => Answer {
                    value: Some(found.people),
                    statistic: "weighted population".to_owned(),
                    method: "normalised to the population".to_owned(),
                    ..Answer::default()
                }
                .with("share", found.share)
                .with("index", found.index.map_or(serde_json::Value::Null, Into::into)),
            };
            let mut key = group.key.clone();
            key.extend(
                labels(sheet, row, &[Some(people), raw, per_head]).into_iter().filter(|l| !group.key.contains(l)),
            );
            answers[row] = (key, answer);
        }
    }
    Ok(answers)
}

fn part(sheet: &Sheet, row: usize, people: usize, raw: Option<usize>, per_head: Option<usize>) -> Result<Part, String> {
    let people = number(sheet, row, people, "population")?;
    let raw = match (raw, per_head) {
        (Some(column), _) => number(sheet, row, column, "need")?,
        (None, Some(column)) => people * number(sheet, row, column, "weight")?,
        (None, None) => return Err("the need is missing".to_owned()),
    };
    if people < 0.0 || raw < 0.0 {
        return Err("a population or a need is negative".to_owned());
    }
    Ok(Part { people, raw })
}
