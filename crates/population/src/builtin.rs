//! What every place knows of a person without a blueprint saying how.

use crate::pass::on_list;
use crate::plan::Plan;
use crate::rule::ABSENT;
use blueprint::model::Builtin;
use lake::{BucketView, NO_DAY};
use nhs::EventKind;

/// An admission without an end is taken to have ended unseen after so many days.
const LONGEST_OPEN_STAY: i32 = 365;

/// A built-in feature of one person of a bucket.
pub fn value(what: Builtin, plan: &Plan, view: &BucketView<'_>, position: usize, practice: u16) -> i64 {
    let person = &view.people[position];
    match what {
        Builtin::Age => person.birth.map_or(ABSENT, |birth| i64::from(plan.as_of.age_since(birth))),
        Builtin::Sex => person.sex as i64,
        Builtin::ImdDecile if person.imd_decile == 0 => ABSENT,
        Builtin::ImdDecile => i64::from(person.imd_decile),
        Builtin::Registered => i64::from(on_list(person, practice, plan.as_of.0)),
        Builtin::Alive => i64::from(person.death.is_none_or(|day| day > plan.as_of)),
        // The area of a place is the list of small areas it sends; those are the ones with a known deprivation.
        Builtin::LivesInPlace => i64::from(person.imd_decile > 0),
        Builtin::CareHome => i64::from(person.care_home.is_some()),
        Builtin::LivesAlone => i64::from(person.household_size == 1 && person.care_home.is_none()),
        Builtin::InHospitalNow => i64::from(in_hospital(plan.as_of.0, view, position)),
        Builtin::ListCount => i64::from(person.lists.count_ones()),
        // Known only once the rules have run.
        Builtin::Segment | Builtin::Tier => ABSENT,
    }
}

fn in_hospital(as_of: i32, view: &BucketView<'_>, position: usize) -> bool {
    view.events_of(position).any(|event| {
        let (from, to) = (view.date[event], view.end[event]);
        view.kind[event] == EventKind::Admission.number()
            && from <= as_of
            && if to == NO_DAY { from > as_of - LONGEST_OPEN_STAY } else { to > as_of }
    })
}
