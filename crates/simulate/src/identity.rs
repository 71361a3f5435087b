//! How each partner holds a person's identity: its own layout, its own spelling, its own gaps and mistakes.

use crate::dirt::mistype;
use crate::household::Household;
use crate::layout::Layout;
use crate::names;
use crate::output::File;
use crate::people::Person;
use crate::random::Random;
use crate::table::{DateStyle, push_date, push_number};
use nhs::Day;

/// How careful a partner is, as chances for one person's record there.
struct Habits {
    no_number: f64,
    wrong_number: f64,
    mistyped_name: f64,
    nickname: f64,
    wrong_birth: f64,
    unknown_birth: f64,
    old_address: f64,
    capitals: bool,
    accents: bool,
}

const fn habits(file: File) -> Habits {
    let usual = Habits {
        no_number: 0.02,
        wrong_number: 0.004,
        mistyped_name: 0.012,
        nickname: 0.01,
        wrong_birth: 0.01,
        unknown_birth: 0.001,
        old_address: 0.03,
        capitals: false,
        accents: true,
    };
    match file {
        File::Registrations => Habits {
            no_number: 0.004,
            wrong_number: 0.001,
            wrong_birth: 0.004,
            unknown_birth: 0.0003,
            nickname: 0.002,
            ..usual
        },
        File::GpEvents | File::GpAppointments | File::GpMedication => {
            Habits { no_number: 0.01, wrong_number: 0.001, wrong_birth: 0.002, unknown_birth: 0.0, ..usual }
        }
        File::Emergency => Habits {
            no_number: 0.05,
            wrong_number: 0.006,
            mistyped_name: 0.03,
            nickname: 0.04,
            wrong_birth: 0.015,
            unknown_birth: 0.003,
            capitals: true,
            accents: false,
            ..usual
        },
        File::Community | File::MentalHealth => Habits { no_number: 0.03, ..usual },
        File::SocialCare => Habits {
            no_number: 0.08,
            mistyped_name: 0.03,
            nickname: 0.03,
            wrong_birth: 0.02,
            old_address: 0.06,
            ..usual
        },
        File::CareHome => Habits {
            no_number: 0.06,
            mistyped_name: 0.025,
            nickname: 0.03,
            wrong_birth: 0.02,
            capitals: true,
            accents: false,
            ..usual
        },
        File::Calls => Habits {
            no_number: 0.08,
            wrong_number: 0.005,
            mistyped_name: 0.03,
            nickname: 0.06,
            wrong_birth: 0.02,
            unknown_birth: 0.005,
            capitals: true,
            accents: false,
            ..usual
        },
        File::Deaths => Habits { no_number: 0.02, mistyped_name: 0.01, capitals: true, accents: false, ..usual },
        File::Admitted | File::Outpatient => usual,
    }
}

/// What a partner needs to know to write a person down.
pub struct Subject<'a> {
    /// The person.
    pub person: &'a Person,
    /// Their household at the time.
    pub household: &'a Household,
    /// Another household of the block, whose postcode an outdated record may show.
    pub elsewhere: &'a Household,
    /// Code of their practice at the time; empty for none.
    pub practice: &'a str,
    /// NHS number of somebody else in the house or the block.
    pub other_number: Option<u64>,
}

/// Writes the identity fields of a person as this partner holds them, each followed by its comma.
pub fn write(bytes: &mut Vec<u8>, file: File, subject: &Subject<'_>, layout: &Layout, random: &mut Random) {
    let habits = habits(file);
    let style = file.date_style();
    number(bytes, &habits, file, subject, random);
    match file {
        File::GpEvents | File::GpAppointments | File::GpMedication => {
            birth(bytes, &habits, subject, style, random);
            field(bytes, subject.practice.as_bytes());
        }
        File::Admitted | File::Outpatient => {
            birth(bytes, &habits, subject, style, random);
            sex(bytes, file, subject, random);
            ethnicity(bytes, subject, random);
            postcode(bytes, &habits, subject, random);
            field(bytes, layout.areas[subject.household.area].code.as_bytes());
            field(bytes, hospital_practice(subject.practice).as_bytes());
        }
        File::Community | File::MentalHealth => {
            birth(bytes, &habits, subject, style, random);
            sex(bytes, file, subject, random);
            ethnicity(bytes, subject, random);
            postcode(bytes, &habits, subject, random);
            field(bytes, subject.practice.as_bytes());
        }
        File::Registrations => {
            both_names(bytes, &habits, file, subject, random);
            birth(bytes, &habits, subject, style, random);
            sex(bytes, file, subject, random);
            ethnicity(bytes, subject, random);
            field(bytes, subject.household.address.as_bytes());
            field(bytes, subject.household.postcode.as_bytes());
            if !random.chance(0.05) {
                push_number(bytes, subject.household.uprn, 1);
            }
            bytes.push(b',');
            field(bytes, layout.areas[subject.household.area].code.as_bytes());
            field(bytes, subject.practice.as_bytes());
        }
        File::Emergency | File::SocialCare => {
            both_names(bytes, &habits, file, subject, random);
            birth(bytes, &habits, subject, style, random);
            sex(bytes, file, subject, random);
            ethnicity(bytes, subject, random);
            address(bytes, subject);
            postcode(bytes, &habits, subject, random);
            field(bytes, subject.practice.as_bytes());
        }
        File::CareHome => {
            both_names(bytes, &habits, file, subject, random);
            birth(bytes, &habits, subject, style, random);
            sex(bytes, file, subject, random);
            field(bytes, subject.household.postcode.as_bytes());
            field(bytes, subject.practice.as_bytes());
        }
        File::Calls => {
            both_names(bytes, &habits, file, subject, random);
            birth(bytes, &habits, subject, style, random);
            sex(bytes, file, subject, random);
            address(bytes, subject);
            postcode(bytes, &habits, subject, random);
            field(bytes, subject.practice.as_bytes());
        }
        File::Deaths => {
            both_names(bytes, &habits, file, subject, random);
            birth(bytes, &habits, subject, style, random);
            sex(bytes, file, subject, random);
            address(bytes, subject);
            postcode(bytes, &habits, subject, random);
        }
    }
}

fn field(bytes: &mut Vec<u8>, text: &[u8]) {
    bytes.extend_from_slice(text);
    bytes.push(b',');
}

fn number(bytes: &mut Vec<u8>, habits: &Habits, file: File, subject: &Subject<'_>, random: &mut Random) {
    let missing = random.chance(habits.no_number);
    let wrong = random.chance(habits.wrong_number);
    if let (Some(own), false) = (subject.person.nhs_number, missing) {
        let shown = if wrong { wrong_number(own, subject.other_number, random) } else { own };
        let spaced = matches!(file, File::SocialCare | File::CareHome) && random.chance(0.3);
        let start = bytes.len();
        push_number(bytes, shown, 10);
        if spaced {
            bytes.insert(start + 3, b' ');
            bytes.insert(start + 7, b' ');
        }
    }
    bytes.push(b',');
}

/// Two digits swapped, or somebody else's number. Only the last seven digits are touched, so that the number stays in the test range.
fn wrong_number(own: u64, other: Option<u64>, random: &mut Random) -> u64 {
    if let Some(other) = other.filter(|_| random.chance(0.4)) {
        return other;
    }
    let unit = 10u64.pow(random.below(6) as u32);
    let (low, high) = (own / unit % 10, own / (unit * 10) % 10);
    own - low * unit - high * unit * 10 + high * unit + low * unit * 10
}

fn birth(bytes: &mut Vec<u8>, habits: &Habits, subject: &Subject<'_>, style: DateStyle, random: &mut Random) {
    let own = subject.person.birth;
    let mut shown = own;
    if random.chance(habits.unknown_birth) {
        shown = Day(-25_567); // 1 January 1900
    } else if random.chance(habits.wrong_birth) {
        let (year, month, day) = own.ymd();
        shown = match random.below(4) {
            0 => Day::from_ymd(year, day, month),
            1 => Day::from_ymd(year + random.between(-1, 1), month, day),
            2 => Day::from_ymd(year - 10 * random.between(-1, 1), month, day),
            _ => Day::from_ymd(year, month, 1 + random.below(28) as u32),
        }
        .unwrap_or(own);
    }
    push_date(bytes, shown, style);
    bytes.push(b',');
}

fn sex(bytes: &mut Vec<u8>, file: File, subject: &Subject<'_>, random: &mut Random) {
    let female = subject.person.female != random.chance(0.002);
    let unknown = random.chance(0.003);
    let text = match (file, unknown, female) {
        (File::SocialCare, true, _) => "Unknown",
        (File::SocialCare, _, true) => "Female",
        (File::SocialCare, _, false) => "Male",
        (File::CareHome, true, _) => "",
        (File::Calls, true, _) => "U",
        (File::CareHome | File::Calls, _, true) => "F",
        (File::CareHome | File::Calls, _, false) => "M",
        (File::Deaths, _, true) => "2",
        (File::Deaths, _, false) => "1",
        (_, true, _) => "X",
        (_, _, true) => "2",
        (_, _, false) => "1",
    };
    field(bytes, text.as_bytes());
}

fn ethnicity(bytes: &mut Vec<u8>, subject: &Subject<'_>, random: &mut Random) {
    if random.chance(0.05) {
        bytes.push(b'Z');
    } else if random.chance(0.04) {
        bytes.extend_from_slice(b"99");
    } else {
        bytes.push(subject.person.ethnicity);
    }
    bytes.push(b',');
}

fn postcode(bytes: &mut Vec<u8>, habits: &Habits, subject: &Subject<'_>, random: &mut Random) {
    if random.chance(0.01) {
        bytes.push(b',');
    } else if random.chance(habits.old_address) {
        field(bytes, subject.elsewhere.postcode.as_bytes());
    } else {
        field(bytes, subject.household.postcode.as_bytes());
    }
}

fn address(bytes: &mut Vec<u8>, subject: &Subject<'_>) {
    field(bytes, subject.household.address.as_bytes());
}

fn both_names(bytes: &mut Vec<u8>, habits: &Habits, file: File, subject: &Subject<'_>, random: &mut Random) {
    let person = subject.person;
    let former = person.former_family.as_deref().filter(|_| random.chance(0.4));
    let family = former.unwrap_or(&person.family);
    let given = if random.chance(habits.nickname) {
        names::nickname(person.given).unwrap_or(person.given)
    } else {
        person.given
    };
    let swapped = random.chance(0.001);
    let (first, second) = if swapped { (given, family) } else { (family, given) };
    for text in [first, second] {
        let mut shown = if random.chance(habits.mistyped_name) { mistype(text, random) } else { text.to_owned() };
        if !habits.accents {
            shown = names::plain(&shown);
        }
        if habits.capitals {
            shown = shown.to_uppercase();
        }
        if file == File::SocialCare {
            bytes.extend_from_slice(&names::windows_1252(&shown));
        } else {
            bytes.extend_from_slice(shown.as_bytes());
        }
        bytes.push(b',');
    }
}

/// Hospitals write a default code for people on no list.
fn hospital_practice(practice: &str) -> &str {
    if practice.is_empty() { "V81997" } else { practice }
}
