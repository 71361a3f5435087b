//! Emergency departments, ambulance calls and NHS 111.

use super::hospital::THROUGH_DEPARTMENT;
use super::{Author, Life, Stretch};
use crate::diagnoses::COMPLAINTS;
use crate::output::File;
use crate::rates::{self, at_age};
use nhs::Day;

const AMBULANCE: &str = "1048031000000100";
const OWN_TRANSPORT: &str = "1048071000000103";
const PUBLIC_TRANSPORT: &str = "1048061000000105";
const WARD: &str = "306706006";
const SHORT_STAY: &str = "1066331000000109";
const HOME: &str = "306689006";
const RESIDENTIAL_HOME: &str = "306691003";

/// A year of urgent care that does not end in an admission.
pub fn year(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    let without = at_age(&rates::EMERGENCY_ATTENDANCES, stretch.age)
        - THROUGH_DEPARTMENT * at_age(&rates::EMERGENCY_ADMISSIONS, stretch.age);
    let count = author.random.poisson(0.95 * without * life.health.unplanned * stretch.years);
    for _ in 0..count {
        let day = author.day_in(stretch);
        let complaint = complaint(author);
        let conveyed = author.random.chance(0.08 + 0.006 * f64::from(stretch.age));
        attendance(author, life, day, complaint, conveyed, false);
    }
    let count = author.random.poisson(at_age(&rates::AMBULANCE, stretch.age) * life.health.unplanned * stretch.years);
    for _ in 0..count {
        let day = author.day_in(stretch);
        let complaint = complaint(author);
        let outcome = if author.random.chance(0.7) { "See and treat" } else { "Hear and treat" };
        call(author, life, day, "999", complaint, outcome);
    }
    let count = author.random.poisson(at_age(&rates::NHS_111, stretch.age) * life.health.unplanned * stretch.years);
    for _ in 0..count {
        let day = author.day_in(stretch);
        let complaint = complaint(author);
        let outcome = match author.random.below(100) {
            0..=11 => "Ambulance",
            12..=22 => "ED",
            23..=76 => "Primary care",
            77..=92 => "Self-care",
            _ => "Other",
        };
        call(author, life, day, "111", complaint, outcome);
    }
}

/// Somebody on no list, known to urgent care only.
pub fn visitor(author: &mut Author<'_>, life: &Life<'_>, first: Day, last: Day) {
    let stretch = Stretch { first, last, years: 1.0, age: life.person.age(last), frailty: 0.0 };
    for _ in 0..=author.random.poisson(0.8) {
        let day = author.day_in(&stretch);
        let complaint = complaint(author);
        if author.random.chance(0.8) {
            attendance(author, life, day, complaint, false, false);
        } else {
            call(author, life, day, "111", complaint, "Primary care");
        }
    }
}

/// The attendance through which an emergency admission came.
pub fn attendance_before_admission(author: &mut Author<'_>, life: &Life<'_>, day: Day, complaint: &str) {
    let age = f64::from(life.person.age(day));
    let conveyed = author.random.chance(0.2 + 0.006 * age);
    attendance(author, life, day, complaint, conveyed, true);
}

fn complaint(author: &mut Author<'_>) -> &'static str {
    COMPLAINTS[author.random.weighted(COMPLAINTS.iter().map(|(_, weight)| *weight))].0
}

fn attendance(author: &mut Author<'_>, life: &Life<'_>, day: Day, complaint: &str, conveyed: bool, admitted: bool) {
    if !life.practice.is_empty() {
        let month = author.layout.month_of(day);
        author.tally.attendances[month] += 1;
    }
    if conveyed {
        call(author, life, day, "999", complaint, "Conveyed");
    }
    let (trust, site) = author.hospital(life);
    let key = author.key();
    author.tables.get(File::Emergency).number(100_000_000_000 + key);
    author.identity(File::Emergency, life, day);
    let in_home = life.person.care_home.is_some_and(|(_, since)| since <= day);
    let random = &mut author.random;
    let minor = !admitted && !conveyed && random.chance(0.33);
    let kind = if minor {
        "03"
    } else if admitted && random.chance(0.08) {
        "05"
    } else {
        "01"
    };
    let arrival = (random.unit().mul_add(0.7, 0.25) * 86_400.0) as u32 % 86_400;
    let minutes = if minor {
        30.0 + random.exponential(70.0)
    } else {
        90.0 + random.exponential(if admitted { 320.0 } else { 140.0 })
    };
    let left = arrival + (minutes * 60.0) as u32;
    let mode = if conveyed {
        AMBULANCE
    } else if random.chance(0.9) {
        OWN_TRANSPORT
    } else {
        PUBLIC_TRANSPORT
    };
    let walked_out = !admitted && random.chance(0.04);
    let destination = match (admitted, walked_out, in_home) {
        (true, _, _) if random.chance(0.12) => SHORT_STAY,
        (true, _, _) => WARD,
        (_, true, _) => "",
        (_, _, true) => RESIDENTIAL_HOME,
        _ => HOME,
    };
    let follow_up = random.below(100);
    let category = if follow_up < 4 {
        "3"
    } else if follow_up < 6 {
        "2"
    } else {
        "1"
    };
    let diagnosed = random.chance(0.6);
    let table = author.tables.get(File::Emergency);
    table.text(trust).text(site).text(kind).text(category).date(day).time(arrival).text(mode).text(complaint);
    table.text(if diagnosed { complaint } else { "" });
    table.date(Day(day.0 + (left / 86_400) as i32)).time(left).text(destination);
    table.text(if walked_out { "1066301000000103" } else { "182992009" });
    author.end(File::Emergency, life);
}

fn call(author: &mut Author<'_>, life: &Life<'_>, day: Day, service: &str, complaint: &str, outcome: &str) {
    let key = author.key();
    let second = author.random.below(86_400) as u32;
    author.tables.get(File::Calls).number(200_000_000 + key).text(service).moment(day, second);
    author.identity(File::Calls, life, day);
    let category = match service {
        "111" => "",
        _ => *author.random.pick(&["C1", "C2", "C2", "C2", "C2", "C2", "C3", "C3", "C4"]),
    };
    let length = if service == "111" { 900 } else { 5400 };
    let closed = second + length / 2 + author.random.below(length as usize) as u32;
    let table = author.tables.get(File::Calls);
    table.text(if service == "111" { "RZ9IU" } else { "RZ9" }).text(complaint).text(category).text(outcome);
    table.moment(Day(day.0 + (closed / 86_400) as i32), closed);
    author.end(File::Calls, life);
}
