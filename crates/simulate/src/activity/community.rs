//! Community health and mental health contacts.

use super::{Author, Life, Stretch};
use crate::conditions as c;
use crate::effect::CONTACTS_ADDED;
use crate::output::File;
use crate::rates::{self, at_age};
use nhs::Day;

/// A year of contacts.
pub fn year(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    community(author, life, stretch);
    mental_health(author, life, stretch);
}

/// Few people have most contacts: a year on a caseload has many, and most years none.
fn community(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    let share = match stretch.age {
        ..=4 => 0.8,
        5..=17 => 0.12,
        _ => (0.05 + 1.3 * stretch.frailty).clamp(0.05, 0.65),
    };
    if !author.random.chance(share) {
        return;
    }
    let rate = 0.85 * at_age(&rates::COMMUNITY, stretch.age) * life.health.unplanned / share;
    let main = *author.random.pick(teams(stretch.age));
    let referred = Day(stretch.first.0 - author.random.below(30) as i32);
    for _ in 0..author.random.poisson(rate * stretch.years) {
        let day = author.working_day_in(stretch);
        let team = if author.random.chance(0.85) { main } else { *author.random.pick(teams(stretch.age)) };
        let month = author.layout.month_of(day);
        author.tally.contacts[month] += 1;
        contact(author, life, referred.min(day), day, team, "RZ5", File::Community);
    }
    if life.served && stretch.last >= author.layout.served_from {
        let first = stretch.first.max(author.layout.served_from);
        let years = f64::from(stretch.last.0 - first.0 + 1) / 365.25;
        let part = Stretch { first, ..*stretch };
        for _ in 0..author.random.poisson(rate * CONTACTS_ADDED * years) {
            let day = author.working_day_in(&part);
            let month = author.layout.month_of(day);
            author.tally.added_contacts[month] += 1;
            let team = *author.random.pick(if stretch.age >= 18 { &["EC", "IC", "RR"] } else { &["HV", "SL", "HV"] });
            contact(author, life, first, day, team, "RZ5", File::Community);
        }
    }
}

const fn teams(age: i32) -> &'static [&'static str] {
    match age {
        ..=4 => &["HV", "HV", "HV", "HV", "SL"],
        5..=17 => &["SL", "PH", "OT"],
        18..=64 => &["PH", "PH", "PO", "DN", "TV", "OT"],
        _ => &["DN", "DN", "DN", "DN", "PO", "PH", "OT", "TV", "IC", "RR"],
    }
}

fn mental_health(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    let health = life.health;
    let has = |condition| health.has(condition, stretch.last);
    let severe = has(c::SCHIZOPHRENIA) || has(c::BIPOLAR);
    let common = has(c::DEPRESSION) || has(c::ANXIETY);
    let share = if severe {
        0.7
    } else if common || has(c::DEMENTIA) {
        0.2
    } else {
        0.03
    };
    if !author.random.chance(share) {
        return;
    }
    let mean = at_age(&rates::MENTAL_HEALTH, stretch.age) * health.mental / share;
    let usual = match stretch.age {
        ..=17 => "D01",
        _ if severe => "A06",
        65.. if has(c::DEMENTIA) => "A07",
        _ => "C01",
    };
    let referred = Day(stretch.first.0 - author.random.below(40) as i32);
    for _ in 0..author.random.poisson(mean * stretch.years) {
        let day = author.working_day_in(stretch);
        let team = match author.random.below(20) {
            0 => "A02",
            1 => "A05",
            2 => "A11",
            _ => usual,
        };
        contact(author, life, referred.min(day), day, team, "RZ7", File::MentalHealth);
    }
}

fn contact(author: &mut Author<'_>, life: &Life<'_>, referred: Day, day: Day, team: &str, provider: &str, file: File) {
    let key = author.key();
    let base = if file == File::Community { 700_000_000_000 } else { 800_000_000_000 };
    author.tables.get(file).number(base + key);
    author.identity(file, life, day);
    let in_home = life.person.care_home.is_some_and(|(_, since)| since <= day);
    let random = &mut author.random;
    let at_home = matches!(team, "DN" | "IC" | "RR" | "HV" | "EC" | "A02");
    let place = if in_home {
        "E01"
    } else if at_home {
        "A01"
    } else {
        "B01"
    };
    let mechanism = match random.below(100) {
        0..=79 => "01",
        80..=94 => "02",
        _ => "11",
    };
    let status = match random.below(100) {
        0..=87 => "5",
        88..=89 => "6",
        90..=94 => "3",
        95..=97 => "2",
        _ => "4",
    };
    let table = author.tables.get(file);
    table.text(provider).date(referred).date(day).text(team).text(mechanism).text(status).text(place);
    author.end(file, life);
}
