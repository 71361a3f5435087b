//! Small areas, postcodes and care homes of a place.

use crate::names;
use crate::random::Random;
use std::collections::BTreeMap;

/// A lower layer super output area: about 1,500 people.
#[derive(Debug, Clone)]
pub struct Area {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Decile of deprivation, 1 the most deprived.
    pub decile: u8,
    /// Share of people from communities other than British, 0 to 1.
    pub diversity: f64,
    /// Its postcodes, each with one street.
    pub postcodes: Vec<Street>,
}

/// A postcode and the street in it.
#[derive(Debug, Clone)]
pub struct Street {
    /// The postcode.
    pub postcode: String,
    /// The street's name.
    pub name: String,
}

/// A care home.
#[derive(Debug, Clone)]
pub struct CareHome {
    /// Its organisation code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether nurses work there.
    pub nursing: bool,
    /// The area it stands in.
    pub area: usize,
    /// Its postcode.
    pub postcode: String,
}

/// Postcodes in each area; 15 households of 2.3 people fill one.
const POSTCODES_PER_AREA: usize = 45;
/// Letters that Royal Mail does not use after the space: a postcode of them is nobody's.
const UNUSED: [u8; 6] = *b"CIKMOV";
const PER_DISTRICT: usize = 10 * UNUSED.len() * UNUSED.len();

/// Hands out postcodes that no real address has, district by district.
#[derive(Default)]
pub struct Postcodes {
    used: BTreeMap<String, usize>,
    invented: usize,
}

impl Postcodes {
    /// The streets of one area, in a real district where there is room, else in an invented one.
    pub fn streets(&mut self, district: Option<&str>, random: &mut Random) -> Vec<Street> {
        (0..POSTCODES_PER_AREA).map(|_| Street { postcode: self.next(district), name: names::street(random) }).collect()
    }

    fn next(&mut self, district: Option<&str>) -> String {
        if let Some(district) = district {
            let used = self.used.entry(district.to_owned()).or_default();
            if *used < PER_DISTRICT {
                *used += 1;
                return inward(district, *used - 1);
            }
        }
        let number = self.invented;
        self.invented += 1;
        inward(&invented_district(number / PER_DISTRICT), number % PER_DISTRICT)
    }
}

/// Districts of areas that no post town has: QX1 to QX99, QX1A to QX9Z, then QY and so on.
fn invented_district(number: usize) -> String {
    const PER_AREA: usize = 99 + 9 * 26;
    let letter = char::from(b"XYZVWJ"[(number / PER_AREA) % 6]);
    match number % PER_AREA {
        n if n < 99 => format!("Q{letter}{}", n + 1),
        n => format!("Q{letter}{}{}", (n - 99) / 26 + 1, char::from(b'A' + ((n - 99) % 26) as u8)),
    }
}

fn inward(district: &str, number: usize) -> String {
    let letters = number / 10;
    format!("{district} {}{}{}", number % 10, char::from(UNUSED[letters / 6]), char::from(UNUSED[letters % 6]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nhs::Postcode;
    use std::collections::BTreeSet;

    #[test]
    fn postcodes_have_the_shape_and_are_different() {
        let mut postcodes = Postcodes::default();
        let mut random = Random::new(1, 1);
        let mut seen = BTreeSet::new();
        for round in 0..900 {
            for street in postcodes.streets((round % 3 == 0).then_some("TS18"), &mut random) {
                assert!(
                    Postcode::parse(&street.postcode).is_ok_and(|p| p.as_str() == street.postcode),
                    "{}",
                    street.postcode
                );
                assert!(seen.insert(street.postcode));
            }
        }
    }
}
