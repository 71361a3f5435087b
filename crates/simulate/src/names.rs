//! Names that are common in England, by the time and the community people were born into; streets and care homes.

use crate::random::Random;

#[rustfmt::skip]
mod words;

use words::{
    FEMALE_MIDDLE, FEMALE_OLD, FEMALE_OTHER, FEMALE_SOUTH_ASIAN, FEMALE_YOUNG, HOME_NAMES, MALE_MIDDLE, MALE_OLD,
    MALE_OTHER, MALE_SOUTH_ASIAN, MALE_YOUNG, NICKNAMES, STREET_KINDS, STREETS, SURNAME_ENDS, SURNAME_STARTS, SURNAMES,
    SURNAMES_OTHER, SURNAMES_SOUTH_ASIAN,
};

/// The community a name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Community {
    /// British and Irish.
    British,
    /// South Asian.
    SouthAsian,
    /// African, Caribbean, Chinese, European and other.
    Other,
}

/// A surname.
pub fn surname(community: Community, random: &mut Random) -> String {
    match community {
        Community::British if random.chance(0.45) => {
            format!("{}{}", random.pick(SURNAME_STARTS), random.pick(SURNAME_ENDS))
        }
        Community::British => common(SURNAMES, random).to_owned(),
        Community::SouthAsian => common(SURNAMES_SOUTH_ASIAN, random).to_owned(),
        Community::Other => common(SURNAMES_OTHER, random).to_owned(),
    }
}

/// A given name for somebody of this sex and year of birth.
pub fn given(community: Community, female: bool, year: i32, random: &mut Random) -> &'static str {
    let list = match (community, female) {
        (Community::British, false) if year < 1955 => MALE_OLD,
        (Community::British, false) if year < 1990 => MALE_MIDDLE,
        (Community::British, false) => MALE_YOUNG,
        (Community::British, true) if year < 1955 => FEMALE_OLD,
        (Community::British, true) if year < 1990 => FEMALE_MIDDLE,
        (Community::British, true) => FEMALE_YOUNG,
        (Community::SouthAsian, false) => MALE_SOUTH_ASIAN,
        (Community::SouthAsian, true) => FEMALE_SOUTH_ASIAN,
        (Community::Other, false) => MALE_OTHER,
        (Community::Other, true) => FEMALE_OTHER,
    };
    common(list, random)
}

/// Earlier names of a list are more frequent.
fn common<'a>(list: &'a [&'a str], random: &mut Random) -> &'a str {
    let place = (random.unit().powf(1.5) * list.len() as f64) as usize;
    list[place.min(list.len() - 1)]
}

/// The short form of a name, where it has one.
pub fn nickname(name: &str) -> Option<&'static str> {
    NICKNAMES.iter().find(|(full, _)| *full == name).map(|(_, short)| *short)
}

/// The street of a postcode.
pub fn street(random: &mut Random) -> String {
    format!("{} {}", random.pick(STREETS), random.pick(STREET_KINDS))
}

/// The name of the care home at a position, different for each.
pub fn care_home(position: usize) -> String {
    let name = HOME_NAMES[position % HOME_NAMES.len()];
    match position / HOME_NAMES.len() {
        0 => name.to_owned(),
        round => format!("{name} {}", STREETS[round % STREETS.len()]),
    }
}

/// The name of the practice or locality at a position.
pub fn place_name(position: usize) -> String {
    let starts = SURNAME_STARTS.len();
    format!(
        "{}{}",
        SURNAME_STARTS[position % starts],
        SURNAME_ENDS[(position + position / starts) % SURNAME_ENDS.len()]
    )
}

/// Without accents and with a straight apostrophe, as older systems hold it.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '’' => '\'',
            'á' | 'ã' | 'â' => 'a',
            'é' | 'ë' | 'ê' => 'e',
            'ó' | 'ö' | 'ô' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            'í' => 'i',
            other => other,
        })
        .collect()
}

/// The bytes of Windows-1252 for the characters these names use.
pub fn windows_1252(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| match c {
            '’' => 0x92,
            '–' => 0x96,
            c if u32::from(c) < 0x80 || (0xA0..0x100).contains(&u32::from(c)) => c as u8,
            _ => b'?',
        })
        .collect()
}
