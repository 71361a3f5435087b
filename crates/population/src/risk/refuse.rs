//! When there is nothing to learn from, and what must be said of a model that is there.

use super::card::RiskModel;
use super::design::{FIXED, Planned};
use super::rows::Rows;
use nhs::Day;

/// So many people with the outcome, and so many without, are needed among those who train: one for each column or so. The
/// penalty chosen on fewer is little better than a guess (Riley and others, BMJ 2020; 368: m441).
pub const LEAST_EVENTS: usize = 50;
/// With fewer than so many people with the outcome among those who judge, calibration cannot be told (Vergouwe and others, J
/// Clin Epidemiol 2005; 58: 475-83).
pub const LEAST_TO_JUDGE: u64 = 100;
/// A year whose last outcome is further than so many days from its end is not all there.
const QUIET: i32 = 31;

/// Why these people cannot train a model, in words; `None` where they can.
pub(super) fn refusal(rows: &Rows, planned: &[Planned], training: &[u32]) -> Option<String> {
    let with = training.iter().filter(|&&row| rows.outcome[row as usize]).count();
    let without = training.len() - with;
    Some(match (with, without) {
        (0, 0) => "Nobody was in the population a year before the place\u{2019}s day: check `as_of` and `start` in place.toml, and the dates of registration.".to_owned(),
        (0, _) => "Nobody had an emergency admission in the 12 months to the place\u{2019}s day: check that admissions are loaded and that they say which were emergencies.".to_owned(),
        (_, 0) => "Everybody in the population had an emergency admission in the 12 months to the place\u{2019}s day: check whom the care model includes.".to_owned(),
        (with, _) if with < LEAST_EVENTS => format!(
            "Fewer than {LEAST_EVENTS} of the people it would learn from had an emergency admission in the 12 months to the place\u{2019}s day. That is too few: train on a larger place."
        ),
        (_, without) if without < LEAST_EVENTS => format!(
            "Fewer than {LEAST_EVENTS} of the people it would learn from had no emergency admission in the 12 months to the place\u{2019}s day. That is too few: check whom the care model includes."
        ),
        _ => {
            let column = planned.iter().find(|c| c.column >= FIXED && separates(rows, c.column, training))?;
            format!(
                "`{}` alone tells everybody who was admitted from everybody who was not. Nothing known a year before can do that, so it must hold the outcome itself: take it out of [risk] in the care model.",
                column.feature
            )
        }
    })
}

/// Whether each code of a column is only with people of one outcome.
fn separates(rows: &Rows, column: usize, training: &[u32]) -> bool {
    let mut seen = [[false; 2]; 256];
    for &row in training {
        let row = row as usize;
        seen[usize::from(rows.codes[column][row])][usize::from(rows.outcome[row])] = true;
    }
    seen.iter().all(|outcomes| *outcomes != [true, true])
}

/// What a reader must know of this model beside what holds for all.
pub(super) fn cautions(model: &RiskModel, rows: &Rows, planned: &[Planned], training: &[u32], end: Day) -> Vec<String> {
    let mut found = Vec::new();
    if rows.last_outcome < end.0 - QUIET {
        found.push(format!(
            "The last emergency admission on record was on {}, more than a month before the year ended on {}. Later ones seem not to be loaded, so every risk is too low.",
            Day(rows.last_outcome).long(),
            end.long()
        ));
    }
    if model.judged.all.events < LEAST_TO_JUDGE {
        found.push(format!(
            "Fewer than {LEAST_TO_JUDGE} of the people held out were admitted: how good the model is can only be told roughly."
        ));
    }
    if !model.setting.converged {
        found.push("The fit did not come to rest: something tells those admitted from the others almost perfectly. Do not use the model before that is understood.".to_owned());
    }
    let silent: Vec<&str> = planned
        .iter()
        .filter(|column| column.column >= FIXED && !varies(&rows.codes[column.column], training))
        .map(|column| column.feature.as_str())
        .collect();
    if !silent.is_empty() {
        found.push(format!(
            "The same for everybody, and so of no use to the model: {}. If people here do differ, check the code lists.",
            silent.join(", ")
        ));
    }
    found
}

fn varies(codes: &[u8], training: &[u32]) -> bool {
    let mut own = training.iter().map(|&row| codes[row as usize]);
    own.next().is_some_and(|first| own.any(|code| code != first))
}
