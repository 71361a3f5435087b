//! The accidents that befall rows and fields on their way from the keyboard to us.

use crate::random::Random;

/// A row that arrives broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowDirt {
    /// Fields are missing at the end.
    Cut,
    /// There are fields too many.
    Extra,
    /// A date that is no day of the calendar.
    BadDate,
    /// A letter O where a digit was.
    Letter,
}

impl RowDirt {
    /// Share of rows that arrive broken.
    pub const MALFORMED: f64 = 0.0005;
    /// Share of rows that arrive late, at the end of the file.
    pub const LATE: f64 = 0.004;
    /// Share of rows that come twice.
    pub const REPEATED: f64 = 0.001;

    /// One of the four.
    pub fn pick(random: &mut Random) -> Self {
        *random.pick(&[Self::Cut, Self::Extra, Self::BadDate, Self::Letter])
    }

    /// Breaks the row that starts at `start` and whose last date starts at `date`.
    pub fn apply(self, bytes: &mut Vec<u8>, start: usize, date: usize, random: &mut Random) {
        match self {
            Self::Cut => {
                let commas: Vec<usize> = (start..bytes.len()).filter(|&i| bytes[i] == b',').collect();
                if commas.len() > 1 {
                    let keep = commas[1 + random.below(commas.len() - 1)];
                    bytes.truncate(keep);
                }
            }
            Self::Extra => bytes.extend_from_slice(b",,see notes"),
            Self::BadDate => {
                // Month 13 or day 32 and the like: the first and the last pair of digits become impossible in every style.
                let end = (date + 10).min(bytes.len());
                for byte in bytes[date..end].iter_mut().filter(|b| b.is_ascii_digit()).skip(2) {
                    *byte = b'9';
                }
            }
            Self::Letter => {
                // Never in the first field of a person's number alone: any zero or one after the row's first field will do.
                let digits: Vec<usize> = (start..bytes.len()).filter(|&i| matches!(bytes[i], b'0' | b'1')).collect();
                if let Some(&at) = digits.get(random.below(digits.len())) {
                    bytes[at] = if bytes[at] == b'0' { b'O' } else { b'l' };
                }
            }
        }
    }
}

/// A name as somebody in a hurry types it: two letters swapped, one dropped, doubled or wrong.
pub fn mistype(text: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return text.to_owned();
    }
    let place = 1 + random.below(letters.len() - 2);
    match random.below(4) {
        0 => letters.swap(place, place + 1),
        1 => {
            letters.remove(place);
        }
        2 => letters.insert(place, letters[place]),
        _ => letters[place] = neighbour(letters[place], random),
    }
    letters.into_iter().collect()
}

/// A letter beside it on the keyboard.
fn neighbour(letter: char, random: &mut Random) -> char {
    const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
    let lower = letter.to_ascii_lowercase();
    for row in ROWS {
        if let Some(place) = row.find(lower) {
            let other = if place == 0 || (place + 1 < row.len() && random.chance(0.5)) { place + 1 } else { place - 1 };
            return char::from(row.as_bytes()[other]);
        }
    }
    letter
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_row_can_break(row in "[A-Z0-9,-]{0,60}", seed in 0u64..1000, which in 0usize..4) {
            let mut random = Random::new(seed, 0);
            let mut bytes = row.into_bytes();
            let date = bytes.len() / 2;
            let dirt = [RowDirt::Cut, RowDirt::Extra, RowDirt::BadDate, RowDirt::Letter][which];
            dirt.apply(&mut bytes, 0, date, &mut random);
        }

        #[test]
        fn a_mistyped_name_is_near(name in "[A-Z][a-z]{0,12}", seed in 0u64..1000) {
            let wrong = mistype(&name, &mut Random::new(seed, 0));
            prop_assert!(wrong.chars().count().abs_diff(name.chars().count()) <= 1);
        }
    }
}
