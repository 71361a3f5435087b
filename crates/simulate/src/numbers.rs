//! NHS numbers for people who do not exist: valid by modulus 11 and all in the range kept for tests.

use nhs::NhsNumber;

/// Every valid number of the test range 999 000 0000 to 999 999 9999, dealt out without repeats.
pub struct Numbers {
    valid: Vec<u32>,
    persons: u64,
}

const FIRST: u64 = 9_990_000_000;
/// Shares no factor with the count of valid numbers (checked in the tests), so that steps of it visit each once.
const STEP: u64 = 618_033_989;

impl Numbers {
    /// For so many persons. Where there are more than numbers, some persons have none.
    pub fn new(persons: u64) -> Self {
        let valid = (999_000_000..=999_999_999u64)
            .filter_map(NhsNumber::from_first_nine)
            .map(|number| (number.value() - FIRST) as u32)
            .collect();
        Self { valid, persons }
    }

    /// The number of the person at this position, if one is left for them.
    pub fn get(&self, position: u64) -> Option<u64> {
        let count = self.valid.len() as u64;
        let place = if self.persons <= count {
            position
        } else {
            let place = position * count / self.persons;
            if position > 0 && (position - 1) * count / self.persons == place {
                return None;
            }
            place
        };
        Some(FIRST + u64::from(self.valid[(place % count * STEP % count) as usize]))
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
            assert!(given.iter().all(|&n| NhsNumber::from_value(n).is_ok_and(NhsNumber::is_test)));
            assert!(given.len() as u64 == persons || given.len() > 900_000, "{persons}: {}", given.len());
        }
    }
}
