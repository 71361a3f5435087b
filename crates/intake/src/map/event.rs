//! The events of a row.

use super::{BlockOut, Refusal, Row};
use crate::dictionary::BlockCodes;
use crate::format::{CodeRule, ColumnId, CostRule, CostUnit, EventRule, KindRule, Rate, Role, SystemRule, VocabRule};
use crate::hash::Hasher;
use crate::spool::{NO_DAY, NO_NUMBER, SpoolEvent};
use crate::tally::Tally;
use crate::value::{self, thousandths};
use nhs::{CodeSystem, Day, EventKind, Invalid, OdsCode, Pence};

/// Adds the events of a row to the block. The first rule that fits the row is the row's own event: where it cannot be
/// made the row is refused; the others are left out with a warning.
pub(super) fn events(row: &Row<'_, '_>, out: &mut BlockOut) -> Result<(), Box<Refusal>> {
    let rules = &row.bound.format.events;
    let mut primary = true;
    for rule in rules {
        if !rule.when.iter().all(|condition| row.holds(condition, &mut out.tally)) {
            continue;
        }
        match event(row, rule, out) {
            Ok(()) => {}
            Err(refusal) if primary => return Err(refusal),
            Err(_) => {
                if let Some(&column) = rule.date.first() {
                    row.warn(
                        column,
                        Invalid("leaves out a further event of the row, which has no usable date or code"),
                        &mut out.tally,
                    );
                }
            }
        }
        primary = false;
    }
    if primary && row.bound.format.role == Role::Events {
        let fits_identity = row.bound.format.identity_only.iter().any(|condition| row.holds(condition, &mut out.tally));
        if !fits_identity {
            let column =
                rules.first().and_then(|rule| rule.when.first()).map_or(ColumnId(u16::MAX), |when| when.column);
            return Err(row.refusal(column, "kind_of_row", "is a kind of row that this format makes no event of"));
        }
    }
    Ok(())
}

fn event(row: &Row<'_, '_>, rule: &EventRule, out: &mut BlockOut) -> Result<(), Box<Refusal>> {
    let BlockOut { events, codes, tally, .. } = out;
    let kind = kind(row, &rule.kind, tally)?;
    let date = row.event_date(&rule.date, tally)?;
    let end = end(row, rule, date, tally);
    let mut event = SpoolEvent {
        person: 0,
        date: date.0,
        end: end.map_or(NO_DAY, |day| day.0),
        kind: kind.number(),
        source: row.bound.source,
        order: order(row, rule.order, tally),
        method: vocabulary(row, &rule.method, tally).number(),
        status: vocabulary(row, &rule.status, tally).number(),
        join: rule.join,
        code: code(row, &rule.code, codes, tally),
        provider: provider(row, rule.provider, codes, tally),
        detail: code(row, &rule.detail, codes, tally),
        link: link(row, rule),
        value: row.parsed(rule.value, tally, thousandths).unwrap_or(NO_NUMBER),
        cost: rule.cost.as_ref().and_then(|cost| self::cost(row, cost, date, end, tally)).unwrap_or(NO_NUMBER),
    };
    if rule.needs_code && event.code == 0 {
        let column = rule.code.first().map_or(ColumnId(u16::MAX), |code| code.column);
        return Err(row.refusal(column, "code_missing", "holds no valid code"));
    }
    if rule.each.is_empty() {
        events.push(event);
        return Ok(());
    }
    for (place, &column) in rule.each.iter().enumerate() {
        let one = CodeRule { column, system: SystemRule::Always(rule.each_system), name: None };
        event.code = code(row, std::slice::from_ref(&one), codes, tally);
        if event.code != 0 {
            event.order = place as u16 + 1;
            events.push(event);
        }
    }
    Ok(())
}

fn kind(row: &Row<'_, '_>, rule: &KindRule, tally: &mut Tally) -> Result<EventKind, Box<Refusal>> {
    match rule {
        KindRule::Always(kind) => Ok(*kind),
        KindRule::By(column, map) => {
            let text = row.text(*column, tally);
            let found = map.get(text.as_deref().unwrap_or(""));
            found
                .ok_or_else(|| row.refusal(*column, "kind_unknown", "is a kind of event that the format does not list"))
        }
    }
}

/// The end of an event that lasts; the day itself for one that does not; none where it goes on.
fn end(row: &Row<'_, '_>, rule: &EventRule, date: Day, tally: &mut Tally) -> Option<Day> {
    let Some(columns) = &rule.end else { return Some(date) };
    for &column in columns {
        if let Some(end) = row.known_date(Some(column), tally) {
            if end >= date {
                return Some(end);
            }
            row.warn(column, Invalid("is an end before its beginning"), tally);
        }
    }
    None
}

fn order(row: &Row<'_, '_>, column: Option<ColumnId>, tally: &mut Tally) -> u16 {
    let number = |text: &str| {
        let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
        whole.parse::<u16>().map_err(|_| Invalid("is not the number of an episode"))
    };
    row.parsed(column, tally, number).unwrap_or(0)
}

fn vocabulary<V: Copy>(row: &Row<'_, '_>, rule: &VocabRule<V>, tally: &mut Tally) -> V {
    let mut unknown = None;
    for (column, map) in &rule.steps {
        let text = row.text(*column, tally);
        if let Some(value) = map.get(text.as_deref().unwrap_or("")) {
            return value;
        }
        if text.is_some() {
            unknown = Some(*column);
        }
    }
    if let (Some(column), true) = (unknown, rule.warn) {
        row.warn(column, Invalid("is a value that the format does not list"), tally);
    }
    rule.otherwise
}

/// The first alternative with a valid code; a warning where there were only bad ones.
fn code(row: &Row<'_, '_>, rules: &[CodeRule], codes: &mut BlockCodes, tally: &mut Tally) -> u32 {
    let mut bad = None;
    for rule in rules {
        let Some(text) = row.text(rule.column, tally) else { continue };
        let system = match &rule.system {
            SystemRule::Always(system) => *system,
            SystemRule::By(column, map) => {
                let name = row.text(*column, tally);
                match map.get(name.as_deref().unwrap_or("")) {
                    Some(system) => system,
                    None => continue,
                }
            }
        };
        match value::code(&text, system) {
            Ok(code) => {
                let name = row.optional(rule.name, tally);
                return codes.number(system, &code, name.as_deref().unwrap_or(""));
            }
            Err(why) => bad = bad.or(Some((rule.column, why))),
        }
    }
    if let Some((column, why)) = bad {
        row.warn(column, why, tally);
    }
    0
}

fn provider(row: &Row<'_, '_>, column: Option<ColumnId>, codes: &mut BlockCodes, tally: &mut Tally) -> u32 {
    let Some(code) = row.parsed(column, tally, OdsCode::parse) else { return 0 };
    *tally.providers.entry(code).or_default() += 1;
    codes.number(CodeSystem::None, code.as_str(), "")
}

/// The hash of what links events: 0 where one of the columns is empty.
fn link(row: &Row<'_, '_>, rule: &EventRule) -> u64 {
    if rule.link.is_empty() {
        return 0;
    }
    let mut hasher = Hasher::new(row.bound.space);
    for &column in &rule.link {
        match row.bytes(column) {
            Some(bytes) => hasher = hasher.bytes(bytes),
            None => return 0,
        }
    }
    hasher.finish().max(1)
}

fn cost(row: &Row<'_, '_>, rule: &CostRule, date: Day, end: Option<Day>, tally: &mut Tally) -> Option<i64> {
    let amount = row.parsed(Some(rule.column), tally, |text| match rule.unit {
        CostUnit::Pounds => Pence::parse_pounds(text).map(|pence| pence.0),
        CostUnit::Pence => text.parse::<i64>().map_err(|_| Invalid("is not a whole number of pence")),
    })?;
    let Some(rate) = &rule.rate else { return Some(amount) };
    let name = row.text(rate.column, tally)?;
    let Some(how) = rate.map.get(&name) else {
        row.warn(rate.column, Invalid("is a rate that the format does not list"), tally);
        return None;
    };
    let last = end.unwrap_or(row.bound.as_of).min(row.bound.as_of);
    let days = i128::from((last.0 - date.0 + 1).max(1));
    let amount = i128::from(amount);
    let total = match how {
        Rate::Once => amount,
        Rate::Daily => amount * days,
        Rate::Weekly => amount * days / 7,
        Rate::Hourly => {
            let hours = i128::from(row.parsed(rate.hours_per_week, tally, thousandths)?);
            amount * hours * days / 7000
        }
    };
    i64::try_from(total).ok()
}
