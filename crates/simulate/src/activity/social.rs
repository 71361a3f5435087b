//! Adult social care, care homes and the registration of deaths.

use super::hospital::End;
use super::{Author, Life};
use crate::conditions::CONDITIONS;
use crate::output::File;
use crate::people::Standing;
use nhs::Day;

const OPEN_END: Day = Day(2_932_896); // 31 December 9999

/// Care home stays and council support.
pub fn write(author: &mut Author<'_>, life: &Life<'_>, first: Day, last: Day) {
    let age = life.person.age(last);
    if let Some((home, since)) = life.person.care_home {
        care_home(author, life, home, since, last);
    }
    if age < 18 {
        return;
    }
    let frailty = life.health.frailty(age);
    let disabled = life.health.has(crate::conditions::LEARNING_DISABILITY, last);
    let alone = life.home.size == 1;
    // About 1.4 % of adults have long-term support at any time, most of them old.
    let support = if disabled { 0.3 } else { (0.9 * (frailty - 0.12)).clamp(0.0, 0.5) * if alone { 1.3 } else { 0.8 } };
    if life.person.care_home.is_none() && author.random.chance(support) {
        let from = Day(last.0 - author.random.exponential(700.0) as i32).max(Day(first.0 - 700)).min(last);
        request(author, life, from, disabled);
        let (component, weekly, price) = match author.random.below(10) {
            0..=5 => ("Home Support", 7.0 + 14.0 * frailty + author.random.exponential(4.0), 24.10),
            6 => ("Day Support", 2.0, 61.00),
            7 => ("Direct Payment", 12.0, 17.30),
            _ => ("Home Support", 14.0, 24.10),
        };
        let ended = (life.person.standing != Standing::Registered).then_some(last);
        service(
            author,
            life,
            from,
            ended,
            "Long Term Support: Community",
            component,
            Some(weekly),
            price,
            "Hourly",
            disabled,
        );
    }
    if age >= 60 && author.random.chance((0.35 * frailty).min(0.25)) {
        let from = Day(first.0 + author.random.below((last.0 - first.0 + 1) as usize) as i32);
        let until = Day(from.0 + 14 + author.random.below(28) as i32).min(last);
        request(author, life, from, false);
        service(
            author,
            life,
            from,
            Some(until),
            "Short Term Support: ST-Max",
            "Reablement",
            Some(9.0),
            38.50,
            "Hourly",
            false,
        );
    }
    if age >= 50 && author.random.chance((0.4 * frailty).min(0.3)) {
        let from = Day(first.0 + author.random.below((last.0 - first.0 + 1) as usize) as i32);
        service(author, life, from, Some(from), "One-off Support", "Equipment", None, 185.00, "One-off", false);
    }
}

fn care_home(author: &mut Author<'_>, life: &Life<'_>, home: usize, since: Day, last: Day) {
    let place = &author.layout.homes[home];
    let gone = life.person.standing != Standing::Registered;
    let funding = match author.random.below(10) {
        0..=4 => "Council",
        5..=8 => "Self",
        _ => "NHS",
    };
    let room = 1 + author.random.below(48) as u64;
    let table = author.tables.get(File::CareHome);
    table.text(&place.code).text(&place.name).text(if place.nursing { "Nursing" } else { "Residential" });
    author.identity(File::CareHome, life, last);
    let table = author.tables.get(File::CareHome);
    table.number(room).date(since).date_or_empty(gone.then_some(last));
    table.text(match life.person.standing {
        Standing::Died => "Died",
        Standing::Left => "Moved",
        _ => "",
    });
    table.text(funding);
    author.end(File::CareHome, life);
    if funding == "Council" {
        let (kind, component, price) = if place.nursing {
            ("Long Term Support: Nursing Care", "Nursing Care", 1036.00)
        } else {
            ("Long Term Support: Residential Care", "Residential Care", 880.00)
        };
        service(author, life, since, gone.then_some(last), kind, component, None, price, "Weekly", false);
    }
}

fn request(author: &mut Author<'_>, life: &Life<'_>, day: Day, disabled: bool) {
    let asked = Day(day.0 - 10 - author.random.below(40) as i32);
    start(author, life, asked, disabled);
    let table = author.tables.get(File::SocialCare);
    table.date(asked).date(asked).text(if asked.0 % 2 == 0 { "Request" } else { "Assessment" }).empty(5);
    author.end(File::SocialCare, life);
}

#[expect(clippy::too_many_arguments, reason = "one argument for each column of the row")]
fn service(
    author: &mut Author<'_>,
    life: &Life<'_>,
    from: Day,
    until: Option<Day>,
    kind: &str,
    component: &str,
    weekly: Option<f64>,
    price: f64,
    frequency: &str,
    disabled: bool,
) {
    start(author, life, from, disabled);
    let open = author.random.chance(0.5).then_some(OPEN_END);
    let table = author.tables.get(File::SocialCare);
    table.date(from).date_or_empty(until.or(open)).text("Service").text(kind).text(component);
    match weekly {
        Some(hours) => table.text(&format!("{hours:.1}")),
        None => table.empty(1),
    };
    table.text(&format!("{price:.2}")).text(frequency);
    author.end(File::SocialCare, life);
}

/// The columns that every event of the council starts with.
fn start(author: &mut Author<'_>, life: &Life<'_>, on: Day, disabled: bool) {
    let key = author.key();
    let table = author.tables.get(File::SocialCare);
    table.number(900_000_000 + key).text("990");
    author.identity(File::SocialCare, life, on);
    let in_home = life.person.care_home.is_some_and(|(_, since)| since <= on);
    let reason = if disabled {
        "Learning Disability Support"
    } else if life.health.has(crate::conditions::DEMENTIA, on) {
        "Support with Memory and Cognition"
    } else {
        "Physical Support: Personal Care"
    };
    let table = author.tables.get(File::SocialCare);
    table.text("Service User").text(reason).text(if in_home { "Care home" } else { "Settled accommodation" });
}

/// The registration of a death.
pub fn death(author: &mut Author<'_>, life: &Life<'_>, day: Day, end: End) {
    const CAUSES: [&str; 8] = ["I259", "C349", "J449", "I64X", "J189", "C509", "G309", "R54X"];
    let key = author.key();
    let own: Vec<&str> = life.health.diagnoses.iter().filter(|d| d.since <= day).map(|d| d.icd10).collect();
    debug_assert!(own.len() <= CONDITIONS.len());
    let underlying = if own.is_empty() || author.random.chance(0.3) {
        *author.random.pick(&CAUSES)
    } else {
        *author.random.pick(&own)
    };
    let in_home = life.person.care_home.is_some();
    let place = match end {
        End::Hospital => "Hospital",
        End::Home if in_home => "Care home",
        End::Home if author.random.chance(0.1) => "Hospice",
        End::Home if author.random.chance(0.05) => "Elsewhere",
        End::Home => "Home",
    };
    // Deaths of the last days may be registered the same day, so that nothing is dated after the history.
    let wait = 3 + author.random.exponential(6.0).min(200.0) as i32;
    let registered = Day(day.0 + wait).min(author.layout.as_of);
    let table = author.tables.get(File::Deaths);
    table.number(400_000_000 + key);
    author.identity(File::Deaths, life, day);
    let table = author.tables.get(File::Deaths);
    table.date(day).date(registered).text(underlying);
    let mut written = 0;
    for code in own.iter().filter(|&&code| code != underlying).take(4) {
        table.text(code);
        written += 1;
    }
    table.empty(4 - written).text(place);
    author.end(File::Deaths, life);
}
