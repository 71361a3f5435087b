//! What care cost per member per month: exact pence over exact days on a list, by segment, practice and setting of care.
//!
//! The year is the twelve months to the as-of day. Somebody is a member on the days of it on which they are on a list of the
//! place and alive, and only what was begun on such a day costs. A year's membership is twelve member months, so that a day
//! is a fraction of them: `member months = 12 x days / days of the year`. So pence per member
//! per month are `pence x days of the year / (12 x days)`, a fraction of whole numbers.

use crate::disclosure::Amounts;
use crate::pass::Standing;
use crate::place::registered_days;
use crate::plan::Plan;
use crate::results::NOWHERE;
use lake::{BucketView, NO_NUMBER};
use nhs::EventKind;
use serde::{Deserialize, Serialize};

/// Settings of care in the order in which they are shown: identifier and name.
pub const SETTINGS: [(&str, &str); 9] = [
    ("admissions", "Hospital admissions"),
    ("outpatients", "Outpatients"),
    ("emergency_department", "Emergency departments"),
    ("general_practice", "General practice"),
    ("medicines", "Medicines"),
    ("community", "Community services"),
    ("mental_health", "Mental health"),
    ("social_care", "Social care and care homes"),
    ("ambulance_and_111", "Ambulance and NHS 111"),
];

/// The setting of a kind of event.
pub const fn setting(kind: EventKind) -> usize {
    match kind {
        EventKind::Admission | EventKind::Diagnosis | EventKind::Procedure | EventKind::Death => 0,
        EventKind::Outpatient => 1,
        EventKind::EmergencyAttendance => 2,
        EventKind::GpObservation | EventKind::GpAppointment => 3,
        EventKind::Medication => 4,
        EventKind::CommunityContact => 5,
        EventKind::MentalHealthContact => 6,
        EventKind::SocialCare | EventKind::CareHomeStay => 7,
        EventKind::AmbulanceCall | EventKind::Nhs111Call => 8,
    }
}

/// The members of a group in the year, and what their care cost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberSum {
    /// People with a day of membership.
    pub members: u64,
    /// Their days.
    pub days: i64,
    /// The sum of squares of each person's days.
    pub days_squared: i128,
    /// What each person's care cost.
    pub cost: Amounts,
    /// The sum of each person's pence times days.
    pub cost_by_days: i128,
    /// The cost by [`SETTINGS`].
    pub settings: Vec<Amounts>,
}

impl MemberSum {
    /// Nobody.
    pub(crate) fn nobody() -> Self {
        Self { settings: vec![Amounts::default(); SETTINGS.len()], ..Self::default() }
    }

    fn add_person(&mut self, days: i64, pence: &[i64; SETTINGS.len()]) {
        let whole = pence.iter().fold(0_i64, |sum, one| sum.saturating_add(*one));
        self.members += 1;
        self.days += days;
        self.days_squared += i128::from(days) * i128::from(days);
        self.cost.add(&Amounts::one(whole));
        self.cost_by_days += i128::from(whole) * i128::from(days);
        for (sum, &one) in self.settings.iter_mut().zip(pence).filter(|(_, one)| **one != 0) {
            sum.add(&Amounts::one(one));
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.members += other.members;
        self.days += other.days;
        self.days_squared += other.days_squared;
        self.cost.add(&other.cost);
        self.cost_by_days += other.cost_by_days;
        self.settings.iter_mut().zip(&other.settings).for_each(|(a, b)| a.add(b));
    }

    pub(crate) fn take(&mut self, other: &Self) {
        let Self { members, days, days_squared, cost, cost_by_days, settings } = other;
        self.members -= members;
        self.days -= days;
        self.days_squared -= days_squared;
        self.cost.take(cost);
        self.cost_by_days -= cost_by_days;
        self.settings.iter_mut().zip(settings).for_each(|(a, b)| a.take(b));
    }

    /// Pence per member per month of a sum of these members, rounded half up; `None` without a day of membership.
    pub fn per_month(&self, pence: i64, year_days: i32) -> Option<i64> {
        let of = 12 * i128::from(self.days);
        if of <= 0 {
            return None;
        }
        i64::try_from((i128::from(pence) * i128::from(year_days) * 2 + of).div_euclid(2 * of)).ok()
    }

    /// Member months.
    pub fn months(&self, year_days: i32) -> f64 {
        12.0 * self.days as f64 / f64::from(year_days.max(1))
    }
}

/// The members of a place in the year to the as-of day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// Days of the year: 365 or 366.
    pub year_days: i32,
    /// By segment, in the blueprint's order; at the end those who are in none, because they died or left within the year.
    pub segments: Vec<MemberSum>,
    /// By practice, in the order of [`crate::Summary::practices`].
    pub practices: Vec<MemberSum>,
}

impl Members {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            year_days: plan.as_of.0 - plan.as_of.add_months(-12).0,
            segments: vec![MemberSum::nobody(); plan.blueprint.segments.len() + 1],
            practices: vec![MemberSum::nobody(); plan.shape.practices.len()],
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.segments.iter_mut().zip(&other.segments).for_each(|(a, b)| a.merge(b));
        self.practices.iter_mut().zip(&other.practices).for_each(|(a, b)| a.merge(b));
    }

    pub(crate) fn take(&mut self, other: &Self) {
        let Self { year_days: _, segments, practices } = other;
        self.segments.iter_mut().zip(segments).for_each(|(a, b)| a.take(b));
        self.practices.iter_mut().zip(practices).for_each(|(a, b)| a.take(b));
    }

    /// All members together.
    pub fn whole(&self) -> MemberSum {
        self.practices.iter().fold(MemberSum::nobody(), |mut sum, one| {
            sum.merge(one);
            sum
        })
    }

    /// Adds a person of a bucket.
    pub(crate) fn add(&mut self, plan: &Plan, view: &BucketView<'_>, position: usize, at: &Standing) {
        if at.practice == NOWHERE {
            return;
        }
        let (from, to) = registered_days(&view.people[position]);
        let (from, to) = (from.max(plan.as_of.add_months(-12).0 + 1), to.min(plan.as_of.0));
        if from > to {
            return;
        }
        let mut pence = [0_i64; SETTINGS.len()];
        for event in view.events_of(position) {
            let (date, cost) = (view.date[event], view.cost[event]);
            if date < from || date > to || cost == NO_NUMBER {
                continue;
            }
            if let Some(kind) = EventKind::from_number(view.kind[event]) {
                let sum = &mut pence[setting(kind)];
                *sum = sum.saturating_add(cost);
            }
        }
        let days = i64::from(to - from + 1);
        let none = self.segments.len() - 1;
        let segment = if at.segment == NOWHERE { none } else { usize::from(at.segment).min(none) };
        self.segments[segment].add_person(days, &pence);
        self.practices[usize::from(at.practice)].add_person(days, &pence);
    }
}
