//! The quality report of a load.

use super::{person_lists, total};
use crate::assign::Assigned;
use crate::first_pass::SourceState;
use crate::identity::Identities;
use crate::options::LoadOptions;
use crate::quality::{Change, Gap, MonthCount, Quality, Reconciliation, SourceQuality};
use lake::Snapshot;
use nhs::{Day, Month, OdsCode};
use std::collections::{BTreeMap, BTreeSet};

/// Months shown.
const MONTHS: i32 = 36;
/// A change of rows beyond this many tenths of a percent is worth a warning.
const WARN_TENTHS: i64 = 200;

pub(super) fn quality(
    options: &LoadOptions,
    sources: Vec<SourceState>,
    identities: &Identities,
    assigned: &Assigned,
    organisations: &BTreeMap<OdsCode, String>,
    live: Option<&Snapshot>,
) -> Quality {
    let before: Option<Quality> =
        live.and_then(|live| live.quality().ok()).and_then(|json| serde_json::from_str(&json).ok());
    let lists = person_lists(options);
    let on_list: BTreeSet<u64> = identities
        .rows
        .iter()
        .filter(|who| who.sources & lists != 0 && who.nhs_number != 0)
        .map(|who| who.nhs_number)
        .collect();
    let sources = sources.into_iter().enumerate().map(|(number, state)| {
        let mut quality = finish_source(state, options.as_of, organisations, before.as_ref());
        let own = identities.rows.iter().filter(|who| who.sources >> number & 1 == 1);
        quality.identities = own.clone().count() as u64;
        if lists != 0 && lists >> number & 1 == 0 && options.sources[number].format.role().is_about_people() {
            let numbers: BTreeSet<u64> = own.map(|who| who.nhs_number).filter(|&n| n != 0).collect();
            let missing = numbers.iter().filter(|n| !on_list.contains(n)).count() as u64;
            let to = "NHS numbers on the list of registered people".to_owned();
            quality.gaps.push(Gap { to, checked: numbers.len() as u64, missing, examples: Vec::new() });
        }
        quality
    });
    let mut quality = Quality {
        as_of: options.as_of.to_string(),
        sources: sources.collect(),
        linkage: assigned.quality.clone(),
        ..Quality::default()
    };
    quality.reconciliation = reconcile(options, identities, assigned, &mut quality.sources);
    total(&mut quality);
    quality
}

fn finish_source(
    state: SourceState,
    as_of: Day,
    organisations: &BTreeMap<OdsCode, String>,
    before: Option<&Quality>,
) -> SourceQuality {
    let mut quality = state.quality;
    quality.latest = state.latest.map(|day| Day(day).to_string());
    quality.days_behind = state.latest.map(|day| i64::from(as_of.0) - i64::from(day));
    if state.latest.is_some() {
        let last = as_of.month().0;
        let month = |number: i32| MonthCount {
            month: Month(number).to_string(),
            events: state.months.get(&number).copied().unwrap_or(0),
        };
        quality.months = (last - MONTHS + 1..=last).map(month).collect();
    }
    for (to, codes) in [
        ("practices among the organisations", &state.practices),
        ("providers among the organisations", &state.providers),
    ] {
        if organisations.is_empty() || codes.is_empty() {
            continue;
        }
        let missing: Vec<(&OdsCode, &u64)> = codes.iter().filter(|(code, _)| !is_known(code, organisations)).collect();
        quality.gaps.push(Gap {
            to: to.to_owned(),
            checked: codes.values().sum(),
            missing: missing.iter().map(|(_, rows)| **rows).sum(),
            examples: missing.iter().take(5).map(|(code, _)| code.to_string()).collect(),
        });
    }
    let old = before.and_then(|before| before.sources.iter().find(|old| old.id == quality.id));
    quality.change = old.map(|old| change(old.rows_read, quality.rows_read));
    quality
}

/// Sites count as known where their trust is.
fn is_known(code: &OdsCode, organisations: &BTreeMap<OdsCode, String>) -> bool {
    organisations.contains_key(code) || code.trust().is_some_and(|trust| organisations.contains_key(&trust))
}

fn change(before: u64, now: u64) -> Change {
    let difference = i128::from(now) - i128::from(before);
    let tenths = if before == 0 { i128::from(now.min(1)) * 1000 } else { difference * 1000 / i128::from(before) };
    let tenths_of_percent = i64::try_from(tenths).unwrap_or(i64::MAX);
    Change { rows_before: before, tenths_of_percent, warn: tenths_of_percent.abs() > WARN_TENTHS }
}

fn reconcile(
    options: &LoadOptions,
    identities: &Identities,
    assigned: &Assigned,
    sources: &mut [SourceQuality],
) -> Reconciliation {
    let lists = person_lists(options);
    let about = |place: &usize| options.sources[*place].format.role().is_about_people();
    let people_sources: Vec<usize> = (0..options.sources.len()).filter(about).collect();
    let all = people_sources.iter().fold(0_u32, |bits, &number| bits | 1 << number);
    let mut out = Reconciliation::default();
    let id = |number: usize| options.sources[number].id.clone();
    out.person_lists = people_sources.iter().filter(|&&n| lists >> n & 1 == 1).map(|&n| id(n)).collect();
    for &number in people_sources.iter().filter(|&&n| lists >> n & 1 == 0) {
        out.one_source_only.insert(id(number), 0);
        out.not_on_list_by_source.insert(id(number), 0);
    }
    for person in 0..assigned.ids.len() {
        let bits = assigned.members_of(person).iter().fold(0, |bits, &m| bits | identities.rows[m as usize].sources);
        out.in_all += u64::from(bits & all == all);
        out.list_only += u64::from(bits & lists != 0 && bits & !lists == 0);
        let off_list = bits & lists == 0;
        out.not_on_list += u64::from(off_list);
        for &number in people_sources.iter().filter(|&&n| bits >> n & 1 == 1) {
            sources[number].people += 1;
            if let Some(count) = out.one_source_only.get_mut(&options.sources[number].id) {
                *count += u64::from(bits == 1 << number);
            }
            if let Some(count) = out.not_on_list_by_source.get_mut(&options.sources[number].id) {
                *count += u64::from(off_list);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes() {
        assert_eq!(change(100, 120), Change { rows_before: 100, tenths_of_percent: 200, warn: false });
        assert_eq!(change(1000, 799), Change { rows_before: 1000, tenths_of_percent: -201, warn: true });
        assert!(change(0, 5).warn && !change(0, 0).warn);
    }
}
