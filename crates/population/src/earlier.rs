//! People as they were on an earlier day. A snapshot says of each person where they live on its own day; stays in care homes
//! are events too, and so tell who lived in one before.

use lake::{BucketView, NO_DAY, PersonRow};
use nhs::{Day, EventKind};

/// The people of a bucket with the care home of an earlier day: somebody whose stays all began later was not in one yet, and
/// somebody whose stay spans the day was, even where they have died or moved since.
pub fn people_on(view: &BucketView<'_>, day: Day) -> Vec<PersonRow> {
    let mut people = view.people.to_vec();
    for (position, person) in people.iter_mut().enumerate() {
        let (mut begun, mut later, mut spans) = (false, false, false);
        for event in view.events_of(position).filter(|&e| view.kind[e] == EventKind::CareHomeStay.number()) {
            if view.date[event] > day.0 {
                later = true;
            } else {
                begun = true;
                spans |= view.end[event] != NO_DAY && view.end[event] > day.0;
            }
        }
        if person.care_home.is_some() && later && !begun {
            person.care_home = None;
        } else if person.care_home.is_none() && spans {
            // Which home it was does not matter here: the one of residence then has no code in the person's row.
            person.care_home = nhs::OdsCode::parse("AAA00").ok();
        }
    }
    people
}
