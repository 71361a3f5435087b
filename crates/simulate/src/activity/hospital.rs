//! Admissions and outpatient appointments.

use super::{Author, Life, Stretch, urgent};
use crate::conditions;
use crate::diagnoses::{EMERGENCIES, OF_FRAILTY, PLANNED, age_group};
use crate::effect::ADMISSIONS_KEPT;
use crate::output::File;
use crate::people::Standing;
use crate::rates::{self, at_age};
use nhs::Day;

/// Those who die or live in care homes are drawn with more need; this brings the whole back to the public rate.
const SCALE: f64 = 0.9;
/// Share of emergency admissions that come through the emergency department.
pub const THROUGH_DEPARTMENT: f64 = 0.7;
/// Share of deaths in hospital (Office for Health Improvement and Disparities, palliative and end of life care profiles).
const DEATHS_IN_HOSPITAL: f64 = 0.45;

/// Where somebody died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// In hospital.
    Hospital,
    /// At home or in the care home.
    Home,
}

struct Spell<'a> {
    admitted: Day,
    discharged: Day,
    method: &'a str,
    class: &'a str,
    died: bool,
    specialty: &'a str,
    codes: Vec<&'static str>,
    operation: Option<&'static str>,
    kind: &'a str,
}

/// A year of admissions and appointments.
pub fn year(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    // Bad years and good ones, mean 1.
    let flare = (0.5 * author.random.normal() - 0.125).exp();
    let rate = SCALE * at_age(&rates::EMERGENCY_ADMISSIONS, stretch.age) * life.health.unplanned * flare;
    for _ in 0..author.random.poisson(rate * stretch.years) {
        let day = author.day_in(stretch);
        emergency(author, life, day, stretch.frailty, false);
    }
    let rate = at_age(&rates::PLANNED_ADMISSIONS, stretch.age) * life.health.planned;
    for _ in 0..author.random.poisson(rate * stretch.years) {
        planned(author, life, stretch);
    }
    let mothers = match stretch.age {
        18..=24 => 0.05,
        25..=34 => 0.095,
        35..=42 => 0.045,
        _ => 0.0,
    };
    if life.person.female && author.random.chance(mothers * stretch.years) {
        delivery(author, life, stretch);
    }
    if life.person.birth == stretch.first && author.random.chance(0.97) {
        birth(author, life);
    }
    outpatient(author, life, stretch);
}

/// The last admission of somebody who dies; says where they died.
pub fn last_days(author: &mut Author<'_>, life: &Life<'_>, first: Day, last: Day) -> End {
    if life.person.standing != Standing::Died || !author.random.chance(DEATHS_IN_HOSPITAL) {
        return End::Home;
    }
    let day = Day(last.0 - author.random.exponential(9.0) as i32).max(first);
    let frailty = life.health.frailty(life.person.age(last));
    if emergency(author, life, day, frailty, true) { End::Hospital } else { End::Home }
}

/// An emergency admission, unless the care model prevents it; says whether it happened.
fn emergency(author: &mut Author<'_>, life: &Life<'_>, day: Day, frailty: f64, dies: bool) -> bool {
    let age = life.person.age(day);
    let department = author.random.chance(THROUGH_DEPARTMENT);
    let month = author.layout.month_of(day);
    if author.is_served(life, day) && !author.random.chance(ADMISSIONS_KEPT) {
        author.tally.prevented[month] += 1;
        author.tally.prevented_attendances[month] += u64::from(department);
        return false;
    }
    author.tally.admissions[month] += 1;
    let group = age_group(age);
    let health = life.health;
    let choice = author.random.weighted(EMERGENCIES.iter().map(|reason| match reason.needs {
        None => reason.weights[group],
        Some(condition) if health.has(condition, day) => 8.0 * reason.weights[group],
        Some(_) => 0.0,
    }));
    let reason = &EMERGENCIES[choice];
    if department {
        urgent::attendance_before_admission(author, life, day, reason.complaint);
    }
    let (_, window_end) = life.person.window(author.layout);
    let stay = if author.random.chance(0.36 * (1.0 - frailty)) {
        0
    } else {
        1 + author.random.exponential(2.0 + 0.09 * f64::from((age - 50).max(0)) + 14.0 * frailty).min(110.0) as i32
    };
    // The living may still be in hospital at the end of the history; the dying leave on their last day.
    let limit = if life.person.standing == Standing::Registered { i32::MAX } else { window_end.0 };
    let discharged = if dies { window_end } else { Day((day.0 + stay).min(limit)) };
    let mut codes = vec![reason.icd10];
    match reason.icd10 {
        "S7200" | "S5250" | "S4220" | "S099" | "S065" => codes.push("W19X"),
        "T391" => codes.push("X60X"),
        _ => {}
    }
    beside(author, life, day, frailty, &mut codes);
    let method = if department { "21" } else { ["22", "22", "28", "2A"][author.random.below(4)] };
    let operation = match reason.icd10 {
        "S7200" => Some("W461"),
        "K359" => Some("H011"),
        "I214" => Some("K751"),
        _ => None,
    };
    let spell = Spell {
        admitted: day,
        discharged,
        method,
        class: "1",
        died: dies,
        specialty: if age < 16 {
            "420"
        } else if age >= 80 && reason.specialty == "300" {
            "430"
        } else {
            reason.specialty
        },
        codes,
        operation,
        kind: "1",
    };
    write(author, life, &spell);
    true
}

/// Long-term conditions and signs of frailty coded beside the main diagnosis.
fn beside(author: &mut Author<'_>, life: &Life<'_>, day: Day, frailty: f64, codes: &mut Vec<&'static str>) {
    for diagnosis in life.health.diagnoses.iter().filter(|d| d.since <= day) {
        if author.random.chance(0.62) && !codes.contains(&diagnosis.icd10) {
            codes.push(diagnosis.icd10);
            match diagnosis.icd10 {
                // Dementia in Alzheimer's disease carries the asterisk, the disease itself the dagger.
                "F001A" => codes.push("G301D"),
                "F009" => codes.push("G309"),
                _ if diagnosis.condition == conditions::CANCER && author.random.chance(0.12) => codes.push("C780"),
                _ if diagnosis.condition == conditions::STROKE && author.random.chance(0.12) => codes.push("G819"),
                _ => {}
            }
        }
    }
    // The signs of old age are rare in the young, however ill.
    let years = match life.person.age(day) {
        ..=49 => 0.1,
        50..=64 => 0.4,
        _ => 1.0,
    };
    let level = 0.5 * years * (frailty / 0.3).min(1.6);
    if level > 0.03 {
        for &(code, chance) in &OF_FRAILTY {
            if author.random.chance(chance * level) && !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    codes.truncate(20);
}

fn planned(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    let day = author.working_day_in(stretch);
    let group = age_group(stretch.age);
    let health = life.health;
    let female = life.person.female;
    let choice = author.random.weighted(PLANNED.iter().map(|plan| match plan.needs {
        Some(condition) if health.has(condition, day) => 10.0 * plan.weights[group],
        Some(_) => 0.0,
        None if plan.specialty == "502" && !female => 0.0,
        None => plan.weights[group],
    }));
    let plan = &PLANNED[choice];
    let one_day = author.random.chance(plan.day_case);
    let stay = if one_day { 0 } else { 1 + author.random.exponential(2.0).min(30.0) as i32 };
    let limit = if life.person.standing == Standing::Registered { i32::MAX } else { stretch.last.0 };
    let mut codes = vec![plan.icd10];
    beside(author, life, day, stretch.frailty * 0.3, &mut codes);
    let spell = Spell {
        admitted: day,
        discharged: Day((day.0 + stay).min(limit)),
        method: ["11", "11", "12", "13"][author.random.below(4)],
        class: if one_day { "2" } else { "1" },
        died: false,
        specialty: plan.specialty,
        codes,
        operation: Some(plan.opcs4),
        kind: "1",
    };
    write(author, life, &spell);
}

fn delivery(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    let day = author.day_in(stretch);
    let surgical = author.random.chance(0.35);
    let stay = 1 + author.random.below(3) as i32;
    let limit = if life.person.standing == Standing::Registered { i32::MAX } else { stretch.last.0 };
    let spell = Spell {
        admitted: day,
        discharged: Day((day.0 + stay).min(limit)),
        method: "31",
        class: "1",
        died: false,
        specialty: "501",
        codes: vec![if surgical { "O820" } else { "O80X" }, "Z370"],
        operation: Some(if surgical { "R178" } else { "R249" }),
        kind: "2",
    };
    write(author, life, &spell);
}

fn birth(author: &mut Author<'_>, life: &Life<'_>) {
    let day = life.person.birth;
    let spell = Spell {
        admitted: day,
        discharged: Day(day.0 + 1 + author.random.below(2) as i32),
        method: "82",
        class: "1",
        died: false,
        specialty: "420",
        codes: vec!["Z380"],
        operation: None,
        kind: "3",
    };
    write(author, life, &spell);
}

/// One row for each consultant episode of the spell.
fn write(author: &mut Author<'_>, life: &Life<'_>, spell: &Spell<'_>) {
    let as_of = author.layout.as_of;
    let (trust, site) = author.hospital(life);
    let nights = spell.discharged.0 - spell.admitted.0;
    let episodes = if spell.kind != "1" || nights == 0 {
        1
    } else {
        1 + i32::from(author.random.chance(0.25)) + i32::from(nights > 6 && author.random.chance(0.4))
    };
    let number = author.key();
    let at_home = life.person.care_home.is_none_or(|(_, since)| spell.admitted < since);
    let nursing = life.person.care_home.is_some_and(|(home, _)| author.layout.homes[home].nursing);
    let usual = if at_home {
        "19"
    } else if nursing {
        "54"
    } else {
        "65"
    };
    let unfinished = spell.discharged > as_of;
    for order in 0..episodes {
        let from = Day(spell.admitted.0 + nights * order / episodes);
        let to = if order + 1 == episodes {
            spell.discharged
        } else {
            Day(spell.admitted.0 + nights * (order + 1) / episodes)
        };
        if from > as_of {
            break;
        }
        let open = to > as_of;
        let key = author.key();
        let table = author.tables.get(File::Admitted);
        let year = if open { as_of } else { to };
        table.text(&year.financial_year().hes_code()).padded(500_000_000_000 + key, 12).padded(number, 10);
        author.identity(File::Admitted, life, spell.admitted);
        let null_date = author.random.chance(0.3).then_some(Day(-62_091)); // 1 January 1800
        let missing_discharge = author.random.chance(0.001);
        let self_discharge = author.random.chance(0.02);
        let not_coded = author.random.chance(0.004);
        let dash = author.random.chance(0.5);
        let table = author.tables.get(File::Admitted);
        table.text(trust).text(site).text(spell.method);
        table.text(if spell.kind == "3" { "79" } else { usual }).date(spell.admitted);
        let discharge = match (unfinished, missing_discharge) {
            (true, _) => null_date,
            (false, true) => Some(Day(-61_726)), // 1 January 1801
            _ => Some(spell.discharged),
        };
        table.date_or_empty(discharge);
        let (how, destination) = match (unfinished, spell.died, self_discharge) {
            (true, _, _) => ("8", "98"),
            (_, true, _) => ("4", "79"),
            (_, _, true) => ("2", usual),
            _ => ("1", usual),
        };
        table.text(how).text(destination).text(spell.class).date(from);
        table.date_or_empty(if open { null_date } else { Some(to) });
        table.number(order as u64 + 1);
        if open {
            table.empty(1)
        } else {
            table.number((to.0 - from.0) as u64)
        };
        if unfinished {
            table.empty(1)
        } else {
            table.number(nights as u64)
        };
        table.text(if open { "1" } else { "3" }).text(spell.kind);
        table.text(if spell.specialty == "430" { "300" } else { spell.specialty }).text(spell.specialty);
        if not_coded {
            table.text("R69X").empty(19);
        } else {
            for code in &spell.codes {
                table.text(code);
            }
            table.empty(20 - spell.codes.len());
        }
        match spell.operation.filter(|_| order == 0) {
            Some(operation) => table.text(operation),
            None => table.text(if dash { "-" } else { "" }),
        };
        table.empty(11);
        author.end(File::Admitted, life);
    }
}

fn outpatient(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    const ADULT: [&str; 16] = [
        "110", "130", "130", "100", "120", "301", "320", "330", "340", "361", "370", "400", "410", "650", "101", "502",
    ];
    let rate = at_age(&rates::OUTPATIENT, stretch.age) * life.health.planned;
    let count = author.random.poisson(rate * stretch.years);
    let (trust, _) = author.hospital(life);
    let usual = *author.random.pick(&ADULT);
    for _ in 0..count {
        let day = author.working_day_in(stretch);
        let key = author.key();
        let table = author.tables.get(File::Outpatient);
        table.text(&day.financial_year().hes_code()).padded(600_000_000_000 + key, 12);
        author.identity(File::Outpatient, life, day);
        let random = &mut author.random;
        let first = random.chance(0.32);
        let distant = random.chance(0.2);
        let attended = match random.below(100) {
            0..=76 => "5",
            77 => "6",
            78..=84 => "3",
            85 => "7",
            86..=92 => "2",
            _ => "4",
        };
        let specialty = match stretch.age {
            ..=15 => "420",
            16..=44 if life.person.female && random.chance(0.25) => "501",
            _ if random.chance(0.6) => usual,
            _ => *random.pick(&ADULT),
        };
        let specialty = if specialty == "502" && !life.person.female { "101" } else { specialty };
        let waited = 10 + random.exponential(70.0) as i32;
        let requested = if random.chance(0.03) { Day(-62_091) } else { Day(day.0 - waited) };
        let outcome = *random.pick(&["1", "2", "2", "3"]);
        let source = *random.pick(&["03", "03", "03", "05", "05", "04", "92", "97"]);
        let priority = *random.pick(&["1", "1", "1", "1", "2", "3"]);
        let operation = if random.chance(0.25) { *random.pick(&["X621", "U051", "U212", "C873", "Y981"]) } else { "-" };
        let table = author.tables.get(File::Outpatient);
        table.text(trust).date(day).date(requested).text(attended);
        table.text(match (first, distant) {
            (true, false) => "1",
            (false, false) => "2",
            (true, true) => "3",
            (false, true) => "4",
        });
        table.text(outcome).text(source).text(priority).text(specialty).text(specialty).text("R69X").text(operation);
        author.end(File::Outpatient, life);
    }
}
