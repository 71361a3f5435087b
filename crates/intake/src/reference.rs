//! Reference files: unit costs, organisations, small areas.

use crate::format::ReferenceRule;
use crate::map::{Refusal, Row};
use crate::tally::Tally;
use lake::CodeRow;
use nhs::{Day, EventKind, Invalid, Lsoa, Method, OdsCode, Pence};
use std::collections::BTreeMap;

/// One row of a reference file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReferenceRow {
    UnitCost(UnitCost),
    Organisation { code: OdsCode, name: String, kind: String },
    Lsoa { lsoa: Lsoa, imd_decile: u8 },
}

/// The price of a kind of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnitCost {
    pub(crate) kind: EventKind,
    pub(crate) method: Option<Method>,
    pub(crate) detail: String,
    pub(crate) per_day: bool,
    pub(crate) pence: i64,
    pub(crate) from: Option<Day>,
}

/// Reads one row.
pub(crate) fn row(row: &Row<'_, '_>, rule: &ReferenceRule, tally: &mut Tally) -> Result<ReferenceRow, Box<Refusal>> {
    match rule {
        ReferenceRule::UnitCosts(rule) => {
            let kind = row
                .parsed(Some(rule.kind), tally, |t| EventKind::from_name(t).ok_or(Invalid("is not a kind of event")));
            let kind = kind.ok_or_else(|| row.refusal(rule.kind, "kind_unknown", "is not a kind of event"))?;
            let pence = row.parsed(Some(rule.pounds), tally, Pence::parse_pounds);
            let pence = pence.ok_or_else(|| row.refusal(rule.pounds, "amount_wrong", "is not an amount in pounds"))?;
            let method = match row.optional(rule.method, tally) {
                None => None,
                Some(text) => match (Method::from_name(&text), rule.method) {
                    (Some(method), _) => Some(method),
                    (None, Some(column)) => {
                        return Err(row.refusal(column, "method_unknown", "is not a method of an event"));
                    }
                    (None, None) => None,
                },
            };
            let per_day = row.optional(rule.per, tally).is_some_and(|per| per.eq_ignore_ascii_case("day"));
            let detail = row.optional(rule.detail, tally).unwrap_or_default().into_owned();
            let from = row.known_date(rule.valid_from, tally);
            Ok(ReferenceRow::UnitCost(UnitCost { kind, method, detail, per_day, pence: pence.0, from }))
        }
        ReferenceRule::Organisations(rule) => {
            let code = row.parsed(Some(rule.code), tally, OdsCode::parse);
            let code =
                code.ok_or_else(|| row.refusal(rule.code, "organisation_code", "is not the code of an organisation"))?;
            let name = row.optional(rule.name, tally).unwrap_or_default().into_owned();
            let kind = row.optional(rule.kind, tally).unwrap_or_default().into_owned();
            Ok(ReferenceRow::Organisation { code, name, kind })
        }
        ReferenceRule::Lsoa(rule) => {
            let lsoa = row.parsed(Some(rule.lsoa), tally, Lsoa::parse);
            let lsoa = lsoa.ok_or_else(|| row.refusal(rule.lsoa, "area_code", "is not the code of a small area"))?;
            let decile = |text: &str| match text.parse::<u8>() {
                Ok(decile @ 1..=10) => Ok(decile),
                _ => Err(Invalid("is not a decile from 1 to 10")),
            };
            let imd_decile = row.parsed(Some(rule.imd_decile), tally, decile).unwrap_or(0);
            Ok(ReferenceRow::Lsoa { lsoa, imd_decile })
        }
    }
}

/// What the reference files of a load say together.
#[derive(Debug, Default)]
pub(crate) struct References {
    pub(crate) organisations: BTreeMap<OdsCode, String>,
    pub(crate) practices: u64,
    pub(crate) imd: BTreeMap<u32, u8>,
    pub(crate) costs: Vec<UnitCost>,
}

impl References {
    /// Takes a row in; a later row for the same thing wins.
    pub(crate) fn add(&mut self, row: ReferenceRow) {
        match row {
            ReferenceRow::UnitCost(cost) => self.costs.push(cost),
            ReferenceRow::Organisation { code, name, kind } => {
                self.practices += u64::from(kind.eq_ignore_ascii_case("practice"));
                self.organisations.insert(code, name);
            }
            ReferenceRow::Lsoa { lsoa, imd_decile } => {
                self.imd.insert(lsoa.value(), imd_decile);
            }
        }
    }
}

/// Prices ready to be looked up by the dictionary's numbers.
#[derive(Debug, Default)]
pub(crate) struct Prices {
    /// By kind, method (0 for any) and detail (0 for any): prices with the first day each holds.
    table: BTreeMap<(u8, u8, u32), Vec<Price>>,
}

#[derive(Debug, Clone, Copy)]
struct Price {
    from: Day,
    per_day: bool,
    pence: i64,
}

impl Prices {
    pub(crate) fn new(costs: &[UnitCost], dictionary: &[CodeRow]) -> Self {
        let mut table: BTreeMap<(u8, u8, u32), Vec<Price>> = BTreeMap::new();
        for cost in costs {
            let price = Price { from: cost.from.unwrap_or(Day(i32::MIN)), per_day: cost.per_day, pence: cost.pence };
            let method = cost.method.map_or(0, Method::number);
            let mut put = |detail: u32| table.entry((cost.kind.number(), method, detail)).or_default().push(price);
            if cost.detail.is_empty() {
                put(0);
                continue;
            }
            for (number, row) in dictionary.iter().enumerate().skip(1) {
                if row.code == cost.detail {
                    put(number as u32);
                }
            }
        }
        Self { table }
    }

    /// The price of an event: the most exact line of kind, method and detail; a price per event and a price per night add
    /// up. Each is the last that had come into force on the event's first day, or the earliest where none had.
    pub(crate) fn of(&self, kind: u8, method: u8, detail: u32, date: i32, nights: i64) -> Option<i64> {
        let keys = [(kind, method, detail), (kind, method, 0), (kind, 0, detail), (kind, 0, 0)];
        let prices = keys.iter().find_map(|key| self.table.get(key))?;
        let latest = |per_day: bool| {
            let all = prices.iter().filter(|price| price.per_day == per_day);
            let known = all.clone().filter(|price| price.from.0 <= date).max_by_key(|price| price.from);
            known.or_else(|| all.min_by_key(|price| price.from)).map(|price| price.pence)
        };
        let once = latest(false);
        let nightly = latest(true).and_then(|pence| pence.checked_mul(nights));
        match (once, nightly) {
            (None, None) => None,
            (a, b) => a.unwrap_or(0).checked_add(b.unwrap_or(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nhs::CodeSystem;

    #[test]
    fn the_most_exact_price_wins_and_nights_add_up() {
        let cost = |method, detail: &str, per_day, pence, from| UnitCost {
            kind: EventKind::Admission,
            method,
            detail: detail.to_owned(),
            per_day,
            pence,
            from,
        };
        let dictionary = [
            CodeRow { system: CodeSystem::None, code: String::new(), name: String::new() },
            CodeRow { system: CodeSystem::TreatmentFunction, code: "300".to_owned(), name: String::new() },
        ];
        let day = |text: &str| Day::parse_iso(text).unwrap();
        let prices = Prices::new(
            &[
                cost(None, "", false, 100, None),
                cost(Some(Method::Emergency), "", false, 200, Some(day("2020-01-01"))),
                cost(Some(Method::Emergency), "", false, 250, Some(day("2024-01-01"))),
                cost(Some(Method::Emergency), "", true, 30, None),
                cost(Some(Method::Emergency), "300", false, 999, None),
            ],
            &dictionary,
        );
        let of = |method: Method, detail, date, nights| {
            prices.of(EventKind::Admission.number(), method.number(), detail, day(date).0, nights)
        };
        assert_eq!(of(Method::Elective, 0, "2023-05-01", 3), Some(100));
        assert_eq!(of(Method::Emergency, 0, "2023-05-01", 3), Some(290));
        assert_eq!(of(Method::Emergency, 0, "2024-05-01", 0), Some(250));
        assert_eq!(of(Method::Emergency, 1, "2024-05-01", 5), Some(999));
        assert_eq!(prices.of(EventKind::Outpatient.number(), 0, 0, 0, 0), None);
    }
}
