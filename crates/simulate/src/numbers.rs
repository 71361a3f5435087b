//! NHS numbers for people who do not exist: valid by modulus 11, in the range kept for tests. That range holds about
//! 909,000 numbers; places with more people use 990 000 0000 to 999 999 9999, of which nobody was ever given one (numbers are
//! issued from 400 to 499 and 600 to 799 million in England and Wales, 320 to 399 in Northern Ireland, below 320 in Scotland).

use nhs::NhsNumber;

/// Every valid number of a range, dealt out without repeats.
pub struct Numbers {
    first: u64,
    valid: Vec<u32>,
}

/// Where the ranges begin, as the first nine digits: the test range, and the wider one for large places.
const RANGES: [u64; 2] = [999_000_000, 990_000_000];
/// A prime larger than the count of valid numbers of either range, so that steps of it visit each once.
const STEP: u64 = 1_000_000_007;

impl Numbers {
    /// For so many persons, in the smallest range that has a number for each.
    pub fn new(persons: u64) -> Self {
        let [test, wide] = RANGES;
        // One in eleven has no check digit, so a range of a million first nine digits has about 909,000 numbers.
        let first = if persons <= (1_000_000_000 - test) / 11 * 10 { test } else { wide };
        let valid = (first..1_000_000_000)
            .filter_map(NhsNumber::from_first_nine)
            .map(|number| (number.value() - first * 10) as u32)
            .collect();
        Self { first: first * 10, valid }
    }

    /// The number of the person at this position, if one is left for them.
    pub fn get(&self, position: u64) -> Option<u64> {
        let count = self.valid.len() as u64;
        (position < count).then(|| self.first + u64::from(self.valid[(position * STEP % count) as usize]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_people_share_a_number() {
        for persons in [1000u64, 909_000, 1_100_000] {
            let numbers = Numbers::new(persons);
            let given: Vec<u64> = (0..persons).filter_map(|p| numbers.get(p)).collect();
            let different: BTreeSet<u64> = given.iter().copied().collect();
            assert_eq!(different.len(), given.len(), "{persons}");
            assert_eq!(given.len() as u64, persons);
            assert!(given.iter().all(|&n| NhsNumber::from_value(n).is_ok()));
            let lowest = if persons <= 909_000 { 9_990_000_000 } else { 9_900_000_000 };
            assert!(given.iter().all(|&n| n >= lowest));
        }
    }
}
