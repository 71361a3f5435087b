//! The GP's own files: the list, the record, appointments and medicines.

use super::{Author, Life, Stretch};
use crate::conditions::{self as c, ACUTE, CONDITIONS, MEDICINES};
use crate::output::File;
use crate::people::Standing;
use crate::rates::{self, at_age};
use nhs::Day;

/// The rows of the list: the registration now, and the one before a change of practice.
pub fn registration(author: &mut Author<'_>, life: &Life<'_>) {
    let person = life.person;
    if let Some(change) = person.moved.filter(|m| m.practice.is_some()) {
        let before = Day(change.on.0 - 1);
        author.identity(File::Registrations, life, before);
        author.tables.get(File::Registrations).date(person.registered_from).date(before);
        author.end(File::Registrations, life);
    }
    let from = person.moved.filter(|m| m.practice.is_some()).map_or(person.registered_from, |m| m.on);
    author.identity(File::Registrations, life, author.layout.as_of);
    // Practices are slow to strike off the dead and those who moved away without a word.
    let forgotten = person.ghost || (person.standing == Standing::Died && author.random.chance(0.02));
    let far_end = author.random.chance(0.05).then_some(Day(2_932_896)); // 31 December 9999
    let end = if forgotten { far_end } else { person.left.or(far_end) };
    author.tables.get(File::Registrations).date(from).date_or_empty(end);
    author.end(File::Registrations, life);
}

fn event(author: &mut Author<'_>, life: &Life<'_>, day: Day, code: &str, term: &str, value: Option<(f64, &str)>) {
    // The record moves with the patient: the practice of today sends all of it.
    author.identity(File::GpEvents, life, author.layout.as_of);
    let table = author.tables.get(File::GpEvents);
    table.date(day).text(code).text(term);
    match value {
        Some((value, unit)) => table.text(&format!("{value:.1}")).text(unit),
        None => table.empty(2),
    };
    author.end(File::GpEvents, life);
}

/// First diagnoses, also those long before the window, and what the record says once.
pub fn diagnoses(author: &mut Author<'_>, life: &Life<'_>, last: Day) {
    for position in 0..life.health.diagnoses.len() {
        let diagnosis = life.health.diagnoses[position];
        let condition = &CONDITIONS[diagnosis.condition];
        if diagnosis.since <= last && author.random.chance(0.97) {
            event(author, life, diagnosis.since, condition.snomed, condition.term, None);
        }
    }
    let age = life.person.age(last);
    let frailty = life.health.frailty(age);
    let recent = Day(last.0 - author.random.below(900) as i32).max(life.person.birth);
    if age >= 65 && author.random.chance(0.8) {
        let level = match frailty {
            f if f > 0.36 => Some(("925861000000102", "Severe frailty")),
            f if f > 0.24 => Some(("925831000000107", "Moderate frailty")),
            f if f > 0.12 => Some(("925791000000100", "Mild frailty")),
            _ => None,
        };
        if let Some((code, term)) = level {
            event(author, life, recent, code, term, None);
        }
    }
    if frailty > 0.24 && author.random.chance(0.45) {
        event(author, life, recent, "161898004", "Falls", None);
    }
    if frailty > 0.3 && author.random.chance(0.4) {
        event(author, life, recent, "160689007", "Housebound", None);
    }
    if age >= 65 && life.home.size == 1 && life.person.care_home.is_none() && author.random.chance(0.4) {
        event(author, life, recent, "105529008", "Lives alone", None);
    }
    // Half of those who die are expected to, and are on the palliative care register in their last months.
    let dying = life.person.standing == Standing::Died && author.random.chance(0.5);
    let expected = match frailty {
        f if f > 0.36 => 0.2,
        _ if life.health.has(c::CANCER, last) => 0.04,
        f if f > 0.24 => 0.05,
        _ => 0.0,
    };
    if dying || author.random.chance(expected) {
        let day = Day(last.0 - author.random.exponential(150.0) as i32).max(life.person.birth);
        event(author, life, day, "103735009", "Palliative care", None);
    }
}

/// A year of measurements, appointments and medicines.
pub fn year(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    measurements(author, life, stretch);
    appointments(author, life, stretch);
    medicines(author, life, stretch);
}

fn measurements(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    let health = life.health;
    let age = f64::from(stretch.age);
    let has = |condition| health.has(condition, stretch.last);
    let hypertension = has(0);
    let diabetes = has(c::TYPE_2) || has(c::TYPE_1);
    let share = stretch.years.min(1.0);
    if author.random.chance(
        share
            * if hypertension || diabetes {
                0.9
            } else if age >= 40.0 {
                0.4
            } else {
                0.12
            },
    ) {
        let day = author.working_day_in(stretch);
        let upper = 112.0 + 0.3 * age + if hypertension { 10.0 } else { 0.0 } + 12.0 * author.random.normal();
        let lower = 0.55 * upper + 6.0 + 5.0 * author.random.normal();
        event(
            author,
            life,
            day,
            "271649006",
            "Systolic blood pressure",
            Some((upper.round().clamp(80.0, 230.0), "mmHg")),
        );
        event(
            author,
            life,
            day,
            "271650006",
            "Diastolic blood pressure",
            Some((lower.round().clamp(40.0, 130.0), "mmHg")),
        );
    }
    if age >= 18.0 && author.random.chance(0.25 * share) {
        let day = author.working_day_in(stretch);
        let index = if has(21) { 34.0 } else { 26.0 } + 3.5 * author.random.normal() - 4.0 * stretch.frailty;
        event(author, life, day, "60621009", "Body mass index", Some((index.clamp(14.0, 60.0), "kg/m2")));
    }
    if author.random.chance(
        share
            * if diabetes {
                0.92
            } else if age >= 40.0 {
                0.08
            } else {
                0.01
            },
    ) {
        let day = author.working_day_in(stretch);
        let level =
            if diabetes { 57.0 + 14.0 * author.random.normal().abs() } else { 37.0 + 3.0 * author.random.normal() };
        event(
            author,
            life,
            day,
            "999791000000106",
            "HbA1c level",
            Some((level.round().clamp(20.0, 140.0), "mmol/mol")),
        );
    }
    if author.random.chance(
        share
            * if has(c::CKD) || diabetes {
                0.8
            } else if age >= 65.0 {
                0.35
            } else {
                0.03
            },
    ) {
        let day = author.working_day_in(stretch);
        let rate = if has(c::CKD) {
            44.0 + 10.0 * author.random.normal()
        } else {
            100.0 - 0.4 * age + 10.0 * author.random.normal()
        };
        event(author, life, day, "1011481000000105", "eGFR", Some((rate.round().clamp(6.0, 120.0), "mL/min/1.73m2")));
    }
    if age >= 18.0 && author.random.chance(0.12 * share) {
        let day = author.working_day_in(stretch);
        let smoker = author.random.chance(if has(c::COPD) { 0.4 } else { 0.13 });
        let (code, term) = if smoker { ("77176002", "Smoker") } else { ("8517006", "Ex-smoker") };
        event(author, life, day, code, term, None);
    }
    let ill = !health.diagnoses.is_empty();
    if author.random.chance(
        share
            * if age >= 65.0 {
                0.76
            } else if ill {
                0.3
            } else {
                0.05
            },
    ) {
        let day = author.working_day_in(stretch);
        event(author, life, day, "86198006", "Influenza vaccination", None);
    }
    if health.diagnoses.len() >= 3 && author.random.chance(0.6 * share) {
        let day = author.working_day_in(stretch);
        event(author, life, day, "314530002", "Medication review done", None);
    }
}

fn appointments(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    let rate = at_age(&rates::GP_APPOINTMENTS, stretch.age) * life.health.planned;
    let in_home = life.person.care_home.is_some_and(|(_, since)| since <= stretch.last);
    for _ in 0..author.random.poisson(rate * stretch.years) {
        let day = author.working_day_in(stretch);
        author.identity(File::GpAppointments, life, day);
        let key = author.key();
        let random = &mut author.random;
        let wait = if random.chance(0.44) { 0 } else { random.exponential(9.0) as i32 };
        let status = match random.below(1000) {
            0..=899 => "Attended",
            900..=941 => "DNA",
            942..=979 => "Cancelled",
            _ => "Unknown",
        };
        let staff = match random.below(100) {
            0..=45 => "GP",
            46..=97 => "Other Practice staff",
            _ => "Unknown",
        };
        let (mode, category) = if in_home && random.chance(0.6) {
            ("Home Visit", "Care Home Visit")
        } else if stretch.frailty > 0.36 && random.chance(0.15) {
            ("Home Visit", "Home Visit")
        } else {
            let mode = match random.below(100) {
                0..=65 => "Face-to-Face",
                66..=91 => "Telephone",
                92..=96 => "Video/Online",
                _ => "Unknown",
            };
            let category = *random.pick(&[
                "General Consultation Acute",
                "General Consultation Routine",
                "General Consultation Routine",
                "Planned Clinics",
                "Clinical Triage",
                "Structured Medication Review",
            ]);
            (mode, category)
        };
        let table = author.tables.get(File::GpAppointments);
        table
            .number(300_000_000_000 + key)
            .date(Day(day.0 - wait))
            .date(day)
            .text(status)
            .text(staff)
            .text(mode)
            .text(category);
        author.end(File::GpAppointments, life);
    }
}

fn medicines(author: &mut Author<'_>, life: &Life<'_>, stretch: &Stretch) {
    // A medicine that serves two conditions is issued once.
    let mut written = 0u64;
    for position in 0..life.health.diagnoses.len() {
        let diagnosis = life.health.diagnoses[position];
        if diagnosis.since > stretch.last {
            continue;
        }
        let first = diagnosis.since.max(stretch.first);
        for &(medicine, share) in CONDITIONS[diagnosis.condition].medicines {
            // The same people take it from year to year: a fixed lot for each person and medicine.
            if written & (1 << medicine) != 0 || !takes(life.person.id, medicine, share) {
                continue;
            }
            written |= 1 << medicine;
            let issues = 1 + (stretch.last.0 - first.0) / 30;
            course(author, life, first, Day(first.0 + 30 * (issues - 1)), medicine, issues as u64, "Repeat");
        }
    }
    let rate = at_age(&rates::ACUTE_MEDICINE, stretch.age) * life.health.planned;
    for _ in 0..author.random.poisson(rate * stretch.years) {
        let day = author.working_day_in(stretch);
        let medicine = *author.random.pick(&ACUTE);
        course(author, life, day, day, medicine, 1, "Acute");
    }
}

/// Whether a person is among the share who take a medicine.
fn takes(person: u32, medicine: usize, share: f64) -> bool {
    let lot =
        person.wrapping_mul(2_654_435_761).wrapping_add(medicine as u32 * 40_503).wrapping_mul(2_246_822_519) >> 8;
    f64::from(lot) < share * 16_777_216.0
}

fn course(author: &mut Author<'_>, life: &Life<'_>, first: Day, last: Day, medicine: usize, issues: u64, kind: &str) {
    author.identity(File::GpMedication, life, first);
    let item = &MEDICINES[medicine];
    let table = author.tables.get(File::GpMedication);
    table.date(first).date(last).text(item.bnf).text(item.name).number(item.quantity).number(issues).text(kind);
    author.end(File::GpMedication, life);
}

#[cfg(test)]
mod tests {
    use super::*;
    use nhs::SnomedId;

    #[test]
    fn written_codes_are_snomed_ct() {
        for code in [
            "925861000000102",
            "925831000000107",
            "925791000000100",
            "161898004",
            "160689007",
            "105529008",
            "103735009",
            "271649006",
            "271650006",
            "60621009",
            "999791000000106",
            "1011481000000105",
            "77176002",
            "8517006",
            "86198006",
            "314530002",
            "1048031000000100",
            "1048071000000103",
            "1048061000000105",
            "306706006",
            "1066331000000109",
            "306689006",
            "306691003",
            "1066301000000103",
            "182992009",
        ] {
            assert!(SnomedId::parse(code).is_ok(), "{code}");
        }
    }

    #[test]
    fn the_share_who_take_a_medicine_is_the_share() {
        let taking = (0..20_000u32).filter(|&p| takes(p, 5, 0.3)).count();
        assert!((5600..6400).contains(&taking), "{taking}");
    }
}
