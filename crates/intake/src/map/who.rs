//! Who a row is about.

use super::{Registration, Row};
use crate::format::{ColumnId, RegistrationRule};
use crate::identity::IdentityDraft;
use crate::spool::NO_DAY;
use crate::tally::Tally;
use nhs::{Day, Ethnicity, Invalid, Lsoa, NhsNumber, OdsCode, Postcode, Sex};

/// The longest name or address kept, in bytes.
const LONGEST: usize = 120;
/// Practice codes that say "none": not registered, not applicable, not known.
const NO_PRACTICE: [&str; 4] = ["V81997", "V81998", "V81999", "V82000"];

pub(super) fn identity(row: &Row<'_, '_>, tally: &mut Tally) -> IdentityDraft {
    let rule = &row.bound.format.identity;
    let mut draft = IdentityDraft::default();
    if let Some(number) = row.parsed(rule.nhs_number, tally, NhsNumber::parse) {
        draft.nhs_number = number.value();
    }
    if let Some(id) = row.optional(rule.local_id, tally) {
        draft.local_id = format!("{}\u{1f}{}", row.bound.format.space, local(&id));
    }
    draft.birth = birth(row, tally).map_or(NO_DAY, |day| day.0);
    draft.sex = row.parsed(rule.sex, tally, Sex::parse).unwrap_or_default();
    draft.ethnicity = row.parsed(rule.ethnicity, tally, Ethnicity::parse).unwrap_or_default();
    draft.lsoa = row.parsed(rule.lsoa, tally, Lsoa::parse).map_or(0, |area| area.value() + 1);
    draft.family = text(row, rule.family_name, tally);
    draft.given = text(row, rule.given_name, tally);
    draft.address = text(row, rule.address, tally);
    draft.uprn = row.parsed(rule.uprn, tally, uprn).unwrap_or_default();
    draft.postcode =
        row.parsed(rule.postcode, tally, Postcode::parse).map_or_else(String::new, |p| p.as_str().to_owned());
    if let Some(code) = practice(row, rule.practice, tally) {
        *tally.practices.entry(code).or_default() += 1;
    }
    draft
}

/// FHIR writes references to people in several ways; what follows the last slash or colon is the same in all.
fn local(id: &str) -> &str {
    let tail = id.strip_prefix("urn:uuid:").unwrap_or(id);
    tail.rsplit_once('/').map_or(tail, |(_, id)| id)
}

fn text(row: &Row<'_, '_>, column: Option<ColumnId>, tally: &mut Tally) -> String {
    let Some(text) = row.optional(column, tally) else { return String::new() };
    let end =
        text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|&end| end <= LONGEST).last().unwrap_or(0);
    text[..end].to_owned()
}

fn uprn(text: &str) -> Result<String, Invalid> {
    let digits = text.trim_start_matches('0');
    if (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(digits.to_owned());
    }
    Err(Invalid("is not 1 to 12 digits, as a unique property reference number is"))
}

fn birth(row: &Row<'_, '_>, tally: &mut Tally) -> Option<Day> {
    let rule = &row.bound.format.identity;
    let column = rule.birth?;
    let day = if let Some(month) = rule.birth_month {
        let number = |text: &str| text.parse::<u32>().map_err(|_| Invalid("is not a whole number"));
        let year = row.parsed(Some(column), tally, number)?;
        let month = row.parsed(Some(month), tally, number).unwrap_or(1);
        let day = row.parsed(rule.birth_day, tally, number).unwrap_or(1);
        let day = Day::from_ymd(i32::try_from(year).unwrap_or(0), month, day);
        if day.is_none() {
            row.warn(column, Invalid("is not a day of the calendar"), tally);
        }
        day?
    } else {
        row.known_date(Some(column), tally)?
    };
    if day > row.bound.as_of {
        row.warn(column, Invalid("is a birth after the day of the snapshot"), tally);
        return None;
    }
    if row.bound.as_of.age_since(day) > 120 {
        row.warn(column, Invalid("is a birth more than 120 years ago"), tally);
        return None;
    }
    Some(day)
}

fn practice(row: &Row<'_, '_>, column: Option<ColumnId>, tally: &mut Tally) -> Option<OdsCode> {
    let code = row.parsed(column, tally, OdsCode::parse)?;
    (!NO_PRACTICE.contains(&code.as_str())).then_some(code)
}

pub(super) fn registration(row: &Row<'_, '_>, rule: &RegistrationRule, tally: &mut Tally) -> Option<Registration> {
    let practice = practice(row, Some(rule.practice), tally);
    let from = row.known_date(rule.from, tally).filter(|&day| day <= row.bound.as_of);
    let to = row.known_date(rule.to, tally);
    if row.bound.format.identity.practice != Some(rule.practice)
        && let Some(code) = practice
    {
        *tally.practices.entry(code).or_default() += 1;
    }
    Some(Registration { from, to, practice: practice? })
}
