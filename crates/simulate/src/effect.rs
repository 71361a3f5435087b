//! The built-in effect of the care model and the count of what it did, so that an evaluation can be marked.

use crate::layout::Layout;
use nhs::{Day, Month};
use serde_json::{Value, json};

/// Emergency admissions that remain in served localities, as a share of those that would have been.
pub const ADMISSIONS_KEPT: f64 = 0.82;
/// Community contacts added in served localities, as a share of those there would have been.
pub const CONTACTS_ADDED: f64 = 0.12;

/// Counts of one locality, by month of the history.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// People of the locality on the list on the first day of the month.
    pub people: Vec<u64>,
    /// Emergency admissions that happened.
    pub admissions: Vec<u64>,
    /// Emergency admissions that the care model prevented.
    pub prevented: Vec<u64>,
    /// Emergency attendances that happened.
    pub attendances: Vec<u64>,
    /// Emergency attendances that would have led to a prevented admission.
    pub prevented_attendances: Vec<u64>,
    /// Community contacts that would have been without the care model.
    pub contacts: Vec<u64>,
    /// Community contacts that the care model added.
    pub added_contacts: Vec<u64>,
}

impl Tally {
    /// Zeros for so many months.
    pub fn new(months: usize) -> Self {
        let zeros = vec![0; months];
        Self {
            people: zeros.clone(),
            admissions: zeros.clone(),
            prevented: zeros.clone(),
            attendances: zeros.clone(),
            prevented_attendances: zeros.clone(),
            contacts: zeros.clone(),
            added_contacts: zeros,
        }
    }

    /// Adds another's counts.
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.people, &other.people),
            (&mut self.admissions, &other.admissions),
            (&mut self.prevented, &other.prevented),
            (&mut self.attendances, &other.attendances),
            (&mut self.prevented_attendances, &other.prevented_attendances),
            (&mut self.contacts, &other.contacts),
            (&mut self.added_contacts, &other.added_contacts),
        ];
        for (own, others) in pairs {
            for (a, b) in own.iter_mut().zip(others) {
                *a += b;
            }
        }
    }

    /// Counts a person in the months whose first day lies in their window.
    pub fn count_person(&mut self, layout: &Layout, first: Day, last: Day) {
        let start = layout.start.month().0;
        for (position, count) in self.people.iter_mut().enumerate() {
            let day = Month(start + position as i32).first_day();
            *count += u64::from(day >= first && day <= last);
        }
    }
}

/// What `truth/effect.json` says.
pub fn describe(layout: &Layout, tallies: &[Tally]) -> Value {
    let start = layout.start.month().0;
    let from = layout.month_of(layout.served_from);
    let mut served = Tally::new(layout.months());
    let mut rows = Vec::new();
    for (locality, tally) in layout.localities.iter().zip(tallies) {
        if locality.served {
            served.add(tally);
        }
        for month in 0..layout.months() {
            rows.push(json!({
                "locality": locality.id,
                "month": Month(start + month as i32).to_string(),
                "served": locality.served && month >= from,
                "people": tally.people[month],
                "emergency_admissions": tally.admissions[month],
                "prevented_admissions": tally.prevented[month],
                "emergency_attendances": tally.attendances[month],
                "prevented_attendances": tally.prevented_attendances[month],
                "community_contacts": tally.contacts[month] + tally.added_contacts[month],
                "added_community_contacts": tally.added_contacts[month],
            }));
        }
    }
    let after = |counts: &[u64]| counts[from..].iter().sum::<u64>() as f64;
    let person_months = after(&served.people);
    let per_thousand = |counts: &[u64]| if person_months > 0.0 { 1000.0 * after(counts) / person_months } else { 0.0 };
    json!({
        "what": "Emergency admissions, attendances and community contacts as they truly were, before any partner lost or doubled a row",
        "as_of": layout.as_of.to_string(),
        "start": layout.start.to_string(),
        "served_from": layout.served_from.to_string(),
        "served_localities": layout.localities.iter().filter(|l| l.served).map(|l| l.id.as_str()).collect::<Vec<_>>(),
        "emergency_admissions": {
            "rate_ratio": ADMISSIONS_KEPT,
            "rate_ratio_drawn": ratio(after(&served.admissions), after(&served.prevented)),
            "per_1000_people_per_month": -per_thousand(&served.prevented),
        },
        "emergency_attendances": {
            "rate_ratio_drawn": ratio(after(&served.attendances), after(&served.prevented_attendances)),
            "per_1000_people_per_month": -per_thousand(&served.prevented_attendances),
        },
        "community_contacts": {
            "rate_ratio": 1.0 + CONTACTS_ADDED,
            "per_1000_people_per_month": per_thousand(&served.added_contacts),
        },
        "by_locality_and_month": rows,
    })
}

fn ratio(kept: f64, prevented: f64) -> Option<f64> {
    (kept + prevented > 0.0).then(|| kept / (kept + prevented))
}
