//! The first and the last code of a list, slow and obvious.

use crate::slow::{Code, Event};
use blueprint::model::Dated;
use nhs::CodeSystem;

/// The place, among a list's different codes, of the one that stands for the code of the first (or last) event; of several on that
/// day the one that stands first in the list.
pub fn code_of(list: &[Code], fitting: &[&Event], (from, to): (i64, i64), dated: Dated, is_first: bool) -> Option<i64> {
    let mut words: Vec<&str> = Vec::new();
    for (_, code) in list {
        if !words.contains(&code.as_str()) {
            words.push(code);
        }
    }
    let mut found: Vec<(i64, i64)> = Vec::new();
    for event in fitting {
        let day = if dated == Dated::End { event.end } else { Some(event.date) };
        let Some(day) = day.map(|day| i64::from(day.0)).filter(|day| from <= *day && *day <= to) else { continue };
        let Some((system, code)) = &event.code else { continue };
        let mut longest: Option<&str> = None;
        for (of, stem) in list {
            let nested = matches!(of, CodeSystem::Icd10 | CodeSystem::Opcs4);
            let fits = of == system && if nested { code.starts_with(stem.as_str()) } else { code == stem };
            if fits && longest.is_none_or(|known| stem.len() > known.len()) {
                longest = Some(stem);
            }
        }
        if let Some(word) = longest {
            let place = words.iter().position(|known| *known == word).unwrap() as i64;
            found.push((if is_first { day } else { -day }, place));
        }
    }
    found.into_iter().min().map(|(_, place)| place)
}
