//! Directly and indirectly standardised rates: a group of strata, one answer.

use super::answer::Answer;
use super::counts::{EVENTS, PEOPLE, number, which};
use super::groups::{Group, Groups};
use super::sheet::{Sheet, plain};
use super::{Args, Keyed, Method};
use anyhow::Context as _;
use evidence::rates::{self, Stratum};
use std::path::Path;

const STANDARD: &[&str] =
    &["stdpop", "std_pop", "standard", "standard_population", "esp2013", "esp1976", "esp", "weight"];
const BANDS: &[&str] = &["ageband", "age_band", "age", "agegroup", "age_group", "agecat", "startage"];

/// `dsr`.
pub fn direct(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    let (events, people) = (sheet.find(EVENTS), sheet.need("populations", PEOPLE)?);
    let (standard, band) = (sheet.find(STANDARD), sheet.find(BANDS));
    let by_person = people_by_events(sheet);
    let repeated = args.not_independent || !by_person.is_empty();
    if events.is_none() && by_person.is_empty() {
        sheet.need("counts", EVENTS)?;
    }
    let mut used = vec![events, Some(people), standard, band, sheet.find(&["multiplier"])];
    used.extend(by_person.iter().map(|&(_, column)| Some(column)));
    let method = if repeated { "Dobson, with confidence adjusted for non-independent events" } else { "Dobson" };
    each_group(args, sheet, &used, |group| {
        let per = super::multiplier(args, sheet, group.rows[0], 100_000.0);
        let statistic = format!("dsr per {per}");
        let strata = strata(sheet, group, events, people, standard, &by_person);
        let answer = match &strata {
            Err(why) => Answer { method: method.to_owned(), ..Answer::none(&statistic, why) },
            Ok(strata) => {
                let mut answer =
                    Answer::of_rate(&statistic, method, |level| rates::directly_standardised(strata, per, level));
                if answer.reason.is_some() && strata.iter().map(|s| s.events).sum::<f64>() < rates::FEW_EVENTS {
                    "dsr NA for total count < 10".clone_into(&mut answer.statistic);
                }
                answer
            }
        };
        match strata {
            Err(_) => answer,
            Ok(strata) => answer
                .with("total_count", strata.iter().map(|s| s.events).sum::<f64>())
                .with("total_pop", strata.iter().map(|s| s.population).sum::<f64>()),
        }
    })
}

/// Columns `f1`, `f2`, ...: how many people had one event, two events and so on.
fn people_by_events(sheet: &Sheet) -> Vec<(f64, usize)> {
    let times = |name: &str| name.strip_prefix('f')?.parse::<u32>().ok().filter(|&n| n > 0);
    sheet.names().iter().enumerate().filter_map(|(column, name)| Some((f64::from(times(name)?), column))).collect()
}

fn strata(
    sheet: &Sheet,
    group: &Group,
    events: Option<usize>,
    people: usize,
    standard: Option<usize>,
    by_person: &[(f64, usize)],
) -> Result<Vec<Stratum>, String> {
    let usual = match standard {
        Some(_) => None,
        None => Some(usual_standard(group.rows.len()).ok_or_else(|| {
            format!(
                "no standard population, and {} strata are not the 18, 19 or 21 age bands of the European one",
                group.rows.len()
            )
        })?),
    };
    let mut strata = Vec::with_capacity(group.rows.len());
    for (at, &row) in group.rows.iter().enumerate() {
        let standard = match (standard, &usual) {
            (Some(column), _) => number(sheet, row, column, "standard population")?,
            (None, usual) => usual.as_ref().map_or(0.0, |weights| weights[at]),
        };
        if standard < 0.0 {
            return Err("a standard population is negative".to_owned());
        }
        let repeats: Vec<(f64, f64)> =
            by_person.iter().map(|&(times, column)| (times, sheet.number(row, Some(column)).unwrap_or(0.0))).collect();
        let total = repeats.iter().map(|(times, people)| times * people).sum::<f64>();
        // A stratum without a count had no events.
        let count = match events {
            Some(column) if sheet.text(row, column).is_empty() => {
                if by_person.is_empty() {
                    0.0
                } else {
                    total
                }
            }
            Some(column) => number(sheet, row, column, "count")?,
            None => total,
        };
        let people = number(sheet, row, people, "population")?;
        if people <= 0.0 {
            return Err("a population is zero or negative".to_owned());
        }
        let mut stratum = Stratum::new(count, people, standard);
        if !repeats.is_empty() {
            stratum.events_variance = repeats.iter().map(|(times, people)| times * times * people).sum();
        }
        strata.push(stratum);
    }
    Ok(strata)
}

/// The European standard population of 2013 in so many age bands: 19 to 90 and over, 18 to 85 and over, 21 with infants apart
/// and to 95 and over.
fn usual_standard(bands: usize) -> Option<Vec<f64>> {
    let nineteen: Vec<f64> = nhs::age::ESP_2013.iter().map(|&people| f64::from(people)).collect();
    match bands {
        19 => Some(nineteen),
        18 => {
            let mut weights = nineteen[..18].to_vec();
            weights[17] += nineteen[18];
            Some(weights)
        }
        21 => {
            let mut weights = vec![1000.0, 4000.0];
            weights.extend(&nineteen[1..18]);
            weights.extend([800.0, 200.0]);
            Some(weights)
        }
        _ => None,
    }
}

/// `isr` and `isratio`.
pub fn indirect(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    let people = sheet.need("populations", PEOPLE)?;
    let events = sheet.find(EVENTS);
    let band = sheet.find(BANDS);
    let own = sheet.find(&["refcount", "ref_count"]).zip(sheet.find(&["refpop", "ref_pop"]));
    let apart = args.reference.as_deref().map(reference).transpose()?;
    let observed = args.observed.as_deref().map(observed_by_group).transpose()?;
    if own.is_none() && apart.is_none() {
        anyhow::bail!("no reference: have columns refcount and refpop, or name a file of them with --reference");
    }
    if events.is_none() && observed.is_none() {
        sheet.need("counts", EVENTS)?;
    }
    let used = [events, Some(people), band, own.map(|o| o.0), own.map(|o| o.1), sheet.find(&["multiplier"])];
    let is_rate = args.method == Method::Isr;
    each_group(args, sheet, &used, |group| {
        let per = super::multiplier(args, sheet, group.rows[0], if is_rate { 100_000.0 } else { 100.0 });
        let what = if is_rate { "rate per" } else { "ratio x" };
        let statistic = format!("indirectly standardised {what} {per}");
        let reference = match (own, &apart) {
            (_, Some(reference)) => Ok(reference.clone()),
            (Some((count, people)), None) => group
                .rows
                .iter()
                .map(|&row| {
                    Ok((
                        number(sheet, row, count, "reference count")?,
                        number(sheet, row, people, "reference population")?,
                    ))
                })
                .collect(),
            (None, None) => Err("no reference".to_owned()),
        };
        let known = observed.as_ref().map(|groups| {
            let key: Vec<&str> = group.key.iter().map(|(_, text)| text.as_str()).collect();
            groups.iter().find(|(names, _)| names.iter().all(|n| key.contains(&n.as_str()))).map(|(_, count)| *count)
        });
        let events: Result<f64, String> = match (known, events) {
            (Some(count), _) => count.ok_or_else(|| "the group is not in the file of observed numbers".to_owned()),
            (None, Some(column)) => group.rows.iter().map(|&row| counted(sheet, row, column)).sum(),
            (None, None) => Err("no count".to_owned()),
        };
        let people: Result<Vec<f64>, String> =
            group.rows.iter().map(|&row| number(sheet, row, people, "population")).collect();
        match (reference, events, people) {
            (Err(why), _, _) | (_, Err(why), _) | (_, _, Err(why)) => Answer::none(&statistic, why),
            (Ok(reference), Ok(events), Ok(people)) => ratio(&statistic, is_rate, per, events, &people, &reference),
        }
    })
}

fn counted(sheet: &Sheet, row: usize, column: usize) -> Result<f64, String> {
    if sheet.text(row, column).is_empty() {
        return Ok(0.0);
    }
    let count = number(sheet, row, column, "count")?;
    if count < 0.0 { Err("a count is negative".to_owned()) } else { Ok(count) }
}

fn ratio(statistic: &str, is_rate: bool, per: f64, events: f64, people: &[f64], reference: &[(f64, f64)]) -> Answer {
    if people.len() != reference.len() {
        return Answer::none(
            statistic,
            format!("{} strata, where the reference has {}", people.len(), reference.len()),
        );
    }
    let strata: Vec<(f64, f64, f64)> = people.iter().zip(reference).map(|(&p, &(count, of))| (p, count, of)).collect();
    let expected = match rates::expected_events(&strata) {
        Ok(expected) => expected,
        Err(why) => return Answer::none(statistic, why),
    };
    let crude = reference.iter().map(|r| r.0).sum::<f64>() / reference.iter().map(|r| r.1).sum::<f64>();
    let scale = if is_rate { per * crude } else { per };
    let answer = Answer::of_rate(statistic, which(events), |level| {
        rates::indirectly_standardised(events, expected, scale, level)
    })
    .with("observed", events)
    .with("expected", expected);
    if is_rate { answer.with("ref_rate", crude * per) } else { answer }
}

/// Counts and populations of a reference, in the order of the file.
fn reference(path: &Path) -> anyhow::Result<Vec<(f64, f64)>> {
    let sheet = Sheet::read(path)?;
    let count = sheet.need("reference counts", &["refcount", "ref_count", "count", "x", "deaths"])?;
    let people = sheet.need("reference populations", &["refpop", "ref_pop", "pop", "population", "n"])?;
    (0..sheet.len())
        .map(|row| {
            let both = sheet.number(row, Some(count)).zip(sheet.number(row, Some(people)));
            both.with_context(|| format!("row {} of {} is not two numbers", row + 1, path.display()))
        })
        .collect()
}

/// The observed number of each group: the texts of the other columns, and the count.
fn observed_by_group(path: &Path) -> anyhow::Result<Vec<(Vec<String>, f64)>> {
    let sheet = Sheet::read(path)?;
    let count = sheet.need("observed numbers", EVENTS)?;
    (0..sheet.len())
        .map(|row| {
            let names =
                (0..sheet.names().len()).filter(|&c| c != count).map(|c| sheet.text(row, c).to_owned()).collect();
            let number = sheet.number(row, Some(count));
            Ok((names, number.with_context(|| format!("row {} of {} has no count", row + 1, path.display()))?))
        })
        .collect()
}

fn each_group(
    args: &Args,
    sheet: &Sheet,
    used: &[Option<usize>],
    answer: impl Fn(&Group) -> Answer,
) -> anyhow::Result<Vec<Keyed>> {
    let by: Vec<String> = args.by.iter().map(|name| plain(name)).collect();
    let mut answers = vec![(Vec::new(), Answer::default()); sheet.len()];
    for group in Groups::of(sheet, &by, used)?.list {
        let one = answer(&group);
        for &row in &group.rows {
            answers[row] = (group.key.clone(), one.clone());
        }
    }
    Ok(answers)
}
