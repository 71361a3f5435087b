//! Life expectancy: a group of age bands, one answer for each band.

use super::answer::Answer;
use super::counts::{PEOPLE, number};
use super::groups::{Group, Groups};
use super::sheet::Sheet;
use super::{Args, Keyed};
use evidence::distribution::Confidence;
use evidence::life_table::{Band, Expectancy, life_expectancy};

const DEATHS: &[&str] = &["deaths", "death", "numerator", "count", "x", "events"];
const AGES: &[&str] =
    &["startage", "start_age", "age", "ageband", "age_band", "agegroup", "age_group", "agecat", "age_cat"];

/// `life-expectancy`.
pub fn expectancy(args: &Args, sheet: &Sheet) -> anyhow::Result<Vec<Keyed>> {
    let (deaths, people, age) = (
        sheet.need("deaths", DEATHS)?,
        sheet.need("populations", &[PEOPLE, &["pops"]].concat())?,
        sheet.need("ages", AGES)?,
    );
    let mut answers = vec![(Vec::new(), Answer::default()); sheet.len()];
    for group in Groups::of(sheet, &args.by, &[Some(deaths), Some(people), Some(age)])?.list {
        for (row, answer) in of_group(sheet, &group, deaths, people, age) {
            answers[row] = (group.key.clone(), answer.with("startage", sheet.text(row, age).to_owned()));
        }
    }
    Ok(answers)
}

fn of_group(sheet: &Sheet, group: &Group, deaths: usize, people: usize, age: usize) -> Vec<(usize, Answer)> {
    let refuse = |why: String| group.rows.iter().map(|&row| (row, Answer::none("life expectancy", &why))).collect();
    let mut bands = Vec::with_capacity(group.rows.len());
    for &row in &group.rows {
        let band =
            first_age(sheet.text(row, age)).ok_or_else(|| "an age band has no age".to_owned()).and_then(|start| {
                let (population, deaths) =
                    (number(sheet, row, people, "population")?, number(sheet, row, deaths, "deaths")?);
                Ok(Band { start, population, deaths })
            });
        match band {
            Ok(band) => bands.push((row, band)),
            Err(why) => return refuse(why),
        }
    }
    bands.sort_by(|a, b| a.1.start.total_cmp(&b.1.start));
    let ordered: Vec<Band> = bands.iter().map(|&(_, band)| band).collect();
    match life_expectancy(&ordered) {
        Err(why) => refuse(why.to_string().split_once(": ").map_or_else(String::new, |(_, reason)| reason.to_owned())),
        Ok(found) => bands.iter().zip(&found).map(|(&(row, _), found)| (row, answer(found))).collect(),
    }
}

fn answer(found: &Expectancy) -> Answer {
    let reason = found.is_too_wide().then(|| "the interval of 95 % is wider than 20 years".to_owned());
    Answer {
        value: reason.is_none().then_some(found.years),
        limits95: Some(found.limits(Confidence::P95)),
        limits998: Some(found.limits(Confidence::P998)),
        statistic: "life expectancy".to_owned(),
        method: "Chiang, using Silcocks et al for confidence limits".to_owned(),
        reason,
        ..Answer::default()
    }
    .with("se", found.standard_error)
}

/// The first age of a band: `0`, `<1`, `1-4`, `90+`, `Under 1`, `85 and over`.
fn first_age(text: &str) -> Option<f64> {
    let text = text.to_ascii_lowercase();
    if text.trim_start().starts_with('<') || text.contains("under") {
        return Some(0.0);
    }
    let digits: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
