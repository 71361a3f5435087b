//! The identifiers of many records in little memory: whole numbers as long as all are, text otherwise.

use lake::table::Column;
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
    fn repeats_are_counted() {
        let mut texts = Texts::default();
        for value in ["5", "4", "5", "5", "4"] {
            texts.push(value);
        }
        assert_eq!(texts.repeated(), Some((1, 4, 3)));
    }
}
