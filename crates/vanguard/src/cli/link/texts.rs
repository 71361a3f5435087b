//! The identifiers of many records in little memory: whole numbers as long as all are, text otherwise.

use lake::table::Column;
use rustc_hash::FxHashMap;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// One value for each record.
#[derive(Debug)]
pub enum Texts {
    /// All values so far are whole numbers as a program writes them.
    Numbers(Vec<i64>),
    /// Any text: one buffer and where each value ends.
    Words { text: String, ends: Vec<usize> },
}

impl Default for Texts {
    fn default() -> Self {
        Self::Numbers(Vec::new())
    }
}

impl Texts {
    /// Adds a value.
    pub fn push(&mut self, value: &str) {
        if let Self::Numbers(numbers) = self {
            if let Some(number) = whole(value) {
                numbers.push(number);
                return;
            }
            let mut words = Self::Words { text: String::new(), ends: Vec::new() };
            for number in numbers {
                words.push(&number.to_string());
            }
            *self = words;
        }
        if let Self::Words { text, ends } = self {
            text.push_str(value);
            ends.push(text.len());
        }
    }

    /// As bytes, to be kept: the numbers, or the text and where each value ends.
    pub fn to_bytes(&self) -> [Vec<u8>; 3] {
        match self {
            Self::Numbers(numbers) => {
                [numbers.iter().flat_map(|number| number.to_le_bytes()).collect(), Vec::new(), Vec::new()]
            }
            Self::Words { text, ends } => {
                let ends = ends.iter().flat_map(|end| (*end as u64).to_le_bytes()).collect();
                [Vec::new(), text.clone().into_bytes(), ends]
            }
        }
    }

    /// What [`Self::to_bytes`] gave; `None` where it cannot have.
    pub fn of_bytes(numbers: &[u8], text: Vec<u8>, ends: &[u8]) -> Option<Self> {
        let words = |bytes: &[u8]| -> Vec<u64> {
            let word = |eight: &[u8]| eight.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            bytes.chunks_exact(8).map(word).collect()
        };
        if ends.is_empty() {
            return Some(Self::Numbers(words(numbers).into_iter().map(u64::cast_signed).collect()));
        }
        let text = String::from_utf8(text).ok()?;
        let ends: Vec<usize> = words(ends).into_iter().map(|end| end as usize).collect();
        let fits =
            ends.is_sorted() && ends.last() == Some(&text.len()) && ends.iter().all(|end| text.is_char_boundary(*end));
        fits.then_some(Self::Words { text, ends })
    }

    /// For some records the number of their value, counted from 0 in order of first sight, and how many values there are.
    pub fn numbered(&self, records: &[u32]) -> (Vec<u32>, usize) {
        fn number<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = K>) -> (Vec<u32>, usize) {
            let mut known: FxHashMap<K, u32> = FxHashMap::default();
            let numbers = keys
                .map(|key| {
                    let next = known.len() as u32;
                    *known.entry(key).or_insert(next)
                })
                .collect();
            (numbers, known.len())
        }
        match self {
            Self::Numbers(numbers) => number(records.iter().map(|at| numbers[*at as usize])),
            Self::Words { .. } => number(records.iter().map(|at| self.word(*at))),
        }
    }

    /// How many values.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Words { ends, .. } => ends.len(),
        }
    }

    /// A value as text.
    pub fn get(&self, at: usize) -> String {
        match self {
            Self::Numbers(numbers) => numbers.get(at).map(i64::to_string).unwrap_or_default(),
            Self::Words { text, ends } => {
                let from = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
                text[from..ends.get(at).copied().unwrap_or(from)].to_owned()
            }
        }
    }

    /// The record of an identifier.
    pub fn find(&self, value: &str) -> Option<u32> {
        (0..self.len()).find(|at| self.get(*at) == value).map(|at| at as u32)
    }

    /// The records of some identifiers, in one look through all. Those that no record has are left out.
    pub fn find_all(&self, wanted: &HashSet<&str>) -> HashMap<String, u32> {
        let mut found = HashMap::with_capacity(wanted.len());
        for at in 0..self.len() {
            let text = self.get(at);
            if wanted.contains(text.as_str()) {
                found.entry(text).or_insert(at as u32);
            }
        }
        found
    }

    /// The values as numbers from 0, equal ones with equal numbers; none where the text is empty.
    pub fn people(&self) -> Vec<Option<u32>> {
        let mut known: HashMap<String, u32> = HashMap::new();
        let number = |at: usize| {
            let text = self.get(at);
            let next = known.len() as u32;
            (!text.is_empty()).then(|| *known.entry(text).or_insert(next))
        };
        (0..self.len()).map(number).collect()
    }

    /// Some of the values as a column.
    pub fn column(&self, places: impl Iterator<Item = u32>) -> Column {
        match self {
            Self::Numbers(numbers) => Column::I64(places.map(|at| numbers[at as usize]).collect()),
            Self::Words { .. } => Column::Text(places.map(|at| self.get(at as usize)).collect()),
        }
    }

    /// The places of the first two equal values, and how many values repeat an earlier one.
    pub fn repeated(&self) -> Option<(u32, u32, u64)> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        match self {
            Self::Numbers(numbers) => {
                // Files often come in order of their numbers: nothing to sort then.
                if numbers.is_sorted_by(|a, b| a < b) {
                    return None;
                }
                order.sort_unstable_by_key(|at| (numbers[*at as usize], *at));
            }
            Self::Words { .. } => order.sort_unstable_by(|a, b| self.word(*a).cmp(self.word(*b)).then(a.cmp(b))),
        }
        let same = |pair: &[u32]| match self {
            Self::Numbers(numbers) => numbers[pair[0] as usize] == numbers[pair[1] as usize],
            Self::Words { .. } => self.word(pair[0]) == self.word(pair[1]),
        };
        let mut equal = order.windows(2).filter(|pair| same(pair));
        let first = equal.next().map(|pair| (pair[0], pair[1]))?;
        Some((first.0, first.1, 1 + equal.count() as u64))
    }

    fn word(&self, at: u32) -> &str {
        let Self::Words { text, ends } = self else { return "" };
        &text[Self::range(ends, at)]
    }

    fn range(ends: &[usize], at: u32) -> Range<usize> {
        let from = (at as usize).checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        from..ends.get(at as usize).copied().unwrap_or(from)
    }
}

/// A whole number, where writing it gives the same text again.
fn whole(value: &str) -> Option<i64> {
    let number: i64 = value.parse().ok()?;
    let plain = value.strip_prefix('-').unwrap_or(value);
    let canonical = plain == "0" && number == 0 && value == "0" || !plain.starts_with('0') && !value.starts_with('+');
    canonical.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_numbers_until_one_is_not() {
        let mut texts = Texts::default();
        for value in ["7", "-3", "0"] {
            texts.push(value);
        }
        assert!(matches!(texts, Texts::Numbers(_)));
        for value in ["007", "", "7"] {
            texts.push(value);
        }
        let all: Vec<String> = (0..6).map(|at| texts.get(at)).collect();
        assert_eq!(all, ["7", "-3", "0", "007", "", "7"]);
        assert_eq!(texts.repeated(), Some((0, 5, 1)));
        assert_eq!(texts.find("007"), Some(3));
        assert_eq!(texts.column([1, 3].into_iter()), Column::Text(vec!["-3".into(), "007".into()]));
    }

    #[test]
    fn bytes_come_back_as_they_were() {
        for values in [&["7", "-3", "9223372036854775807"][..], &["a", "", "\u{e9}"], &[]] {
            let mut texts = Texts::default();
            for value in values {
                texts.push(value);
            }
            let [numbers, text, ends] = texts.to_bytes();
            let again = Texts::of_bytes(&numbers, text, &ends).unwrap();
            let all: Vec<String> = (0..again.len()).map(|at| again.get(at)).collect();
            assert_eq!(all, values);
        }
        assert!(Texts::of_bytes(&[], vec![0xff], &[1, 0, 0, 0, 0, 0, 0, 0]).is_none());
        assert!(Texts::of_bytes(&[], vec![b'a'], &[9, 0, 0, 0, 0, 0, 0, 0]).is_none());
    }

    #[test]
    fn repeats_are_counted() {
        let mut texts = Texts::default();
        for value in ["5", "4", "5", "5", "4"] {
            texts.push(value);
        }
        assert_eq!(texts.repeated(), Some((1, 4, 3)));
    }
}
