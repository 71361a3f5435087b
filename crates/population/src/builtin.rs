//! What every place knows of a person without a blueprint saying how.

use crate::pass::on_list;
use crate::rule::ABSENT;
use blueprint::model::Builtin;
use lake::{BucketView, Columns, NO_DAY, PersonRow};
use nhs::{Day, EventKind};
use std::sync::OnceLock;

/// An admission without an end is taken to have ended unseen after so many days.
const LONGEST_OPEN_STAY: i32 = 365;

/// Ages on a day by day of birth, worked out once for everybody.
#[derive(Debug)]
pub struct Ages {
    as_of: Day,
    /// From the day itself back; made where many people come together, whom it serves.
    ages: OnceLock<Vec<u8>>,
}

impl Ages {
    /// Longer ago than anybody living was born, in days; somebody older is worked out alone.
    const SPAN: i32 = 46_000;

    /// Together so many that the table costs less than it saves.
    const MANY: usize = 512;

    /// The ages on a day.
    pub fn on(as_of: Day) -> Self {
        Self { as_of, ages: OnceLock::new() }
    }

    /// Whole years of each person; none for those who are not born yet or whose birth is not known.
    pub fn of(&self, people: &[PersonRow], out: &mut [i64]) {
        let table = if people.len() < Self::MANY { &[] } else { self.table() };
        for (value, person) in out.iter_mut().zip(people) {
            let birth = person.birth.filter(|birth| *birth <= self.as_of);
            *value = birth.map_or(ABSENT, |birth| self.age(birth, table));
        }
    }

    fn table(&self) -> &[u8] {
        let age =
            |back: i32| u8::try_from(self.as_of.age_since(Day(self.as_of.0.saturating_sub(back)))).unwrap_or(u8::MAX);
        self.ages.get_or_init(|| (0..Self::SPAN).map(age).collect())
    }

    fn age(&self, birth: Day, table: &[u8]) -> i64 {
        let back = i64::from(self.as_of.0) - i64::from(birth.0);
        match usize::try_from(back).ok().and_then(|back| table.get(back)) {
            Some(&age) => i64::from(age),
            None => i64::from(self.as_of.age_since(birth)),
        }
    }
}

/// A built-in feature of one person of a bucket.
pub fn value(what: Builtin, as_of: Day, view: &BucketView<'_>, position: usize, practice: u16) -> i64 {
    if what == Builtin::InHospitalNow {
        return i64::from(in_hospital(as_of.0, view, position));
    }
    let Some(person) = view.people.get(position) else { return ABSENT };
    let known = |day: Option<Day>| day.filter(|day| *day <= as_of).map_or(ABSENT, |day| i64::from(day.0));
    match what {
        Builtin::Age => match person.birth {
            Some(birth) if birth <= as_of => i64::from(as_of.age_since(birth)),
            _ => ABSENT,
        },
        Builtin::Sex => person.sex as i64,
        Builtin::ImdDecile if person.imd_decile == 0 => ABSENT,
        Builtin::ImdDecile => i64::from(person.imd_decile),
        Builtin::Registered => i64::from(on_list(person, practice, as_of.0)),
        Builtin::Alive => {
            let born = person.birth.is_none_or(|day| day <= as_of);
            i64::from(born && person.death.is_none_or(|day| day > as_of))
        }
        Builtin::DateOfBirth => known(person.birth),
        Builtin::DateOfDeath => known(person.death),
        // The area of a place is the list of small areas it sends; those are the ones with a known deprivation.
        Builtin::LivesInPlace => i64::from(person.imd_decile > 0),
        Builtin::CareHome => i64::from(person.care_home.is_some()),
        Builtin::LivesAlone => i64::from(person.household_size == 1 && person.care_home.is_none()),
        Builtin::ListCount => i64::from(person.lists.count_ones()),
        // Known only once the rules have run, or found above.
        Builtin::Segment | Builtin::Tier | Builtin::InHospitalNow => ABSENT,
    }
}

/// The columns that a built-in feature looks at.
pub fn columns(what: Builtin) -> Columns {
    match what {
        Builtin::Age | Builtin::Alive | Builtin::DateOfBirth | Builtin::DateOfDeath => Columns::PERSON_LIFE,
        Builtin::Sex => Columns::PERSON_SEX,
        Builtin::ImdDecile | Builtin::LivesInPlace => Columns::PERSON_IMD,
        Builtin::Registered => Columns::PERSON_PRACTICE | Columns::PERSON_LIFE,
        Builtin::CareHome => Columns::PERSON_CARE_HOME,
        Builtin::LivesAlone => Columns::PERSON_HOME | Columns::PERSON_CARE_HOME,
        Builtin::InHospitalNow => Columns::KIND | Columns::DATE | Columns::END,
        Builtin::ListCount => Columns::PERSON_LISTS,
        Builtin::Segment | Builtin::Tier => Columns::NONE,
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
