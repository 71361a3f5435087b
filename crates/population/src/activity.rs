//! What one person did and cost in the twelve months to the as-of date.

use crate::disclosure::Amounts;
use crate::plan::Plan;
use crate::results::Activity;
use lake::{BucketView, NO_DAY, NO_NUMBER};
use nhs::{EventKind, Method, Status};

/// Twelve months of one person of a bucket.
pub fn of_year(plan: &Plan, view: &BucketView<'_>, position: usize) -> Activity {
    let last = plan.as_of.0;
    let first = plan.as_of.add_months(-12).0 + 1;
    let mut year = Activity::default();
    let mut pence = 0_i64;
    for event in view.events_of(position) {
        let date = view.date[event];
        let Some(kind) = EventKind::from_number(view.kind[event]) else { continue };
        if kind == EventKind::Admission && date <= last {
            year.bed_days += nights_within(date, view.end[event], first, last);
        }
        if date < first || date > last {
            continue;
        }
        if view.cost[event] != NO_NUMBER {
            pence = pence.saturating_add(view.cost[event]);
        }
        match kind {
            EventKind::Admission => {
                year.admissions += 1;
                year.emergency_admissions += u64::from(view.method[event] == Method::Emergency.number());
            }
            EventKind::EmergencyAttendance => year.attendances += 1,
            EventKind::Outpatient if took_place(view.status[event]) => year.outpatients += 1,
            EventKind::GpAppointment if took_place(view.status[event]) => year.gp_appointments += 1,
            EventKind::CommunityContact | EventKind::MentalHealthContact if took_place(view.status[event]) => {
                year.contacts += 1;
            }
            _ => {}
        }
    }
    year.cost = Amounts::one(pence);
    year
}

/// Whether the person came: an appointment missed or cancelled is not activity.
pub fn took_place(status: u8) -> bool {
    status != Status::DidNotAttend.number() && status != Status::Cancelled.number()
}

/// Nights of a stay that lie between two days; a stay without an end is counted up to the last day, for a year at most.
fn nights_within(from: i32, to: i32, first: i32, last: i32) -> u64 {
    let to = if to == NO_DAY { from.saturating_add(365).min(last) } else { to };
    u64::try_from(to.min(last).saturating_sub(from.max(first))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nights() {
        assert_eq!(nights_within(10, 13, 0, 100), 3);
        assert_eq!(nights_within(10, 10, 0, 100), 0);
        assert_eq!(nights_within(-5, 3, 0, 100), 3);
        assert_eq!(nights_within(98, 120, 0, 100), 2);
        assert_eq!(nights_within(90, NO_DAY, 0, 100), 10);
        assert_eq!(nights_within(10, 5, 0, 100), 0);
    }
}
