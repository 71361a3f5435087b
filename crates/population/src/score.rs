//! Published scores over hospital diagnoses: each group of codes counts at most once for a person.

use blueprint::model::{LoadedScore, ScoreKind};
use blueprint::score::{ScoreTable, score_table};
use lake::Dictionary;
use nhs::CodeSystem;
use rustc_hash::FxHashMap;

/// A score compiled against a snapshot's dictionary.
#[derive(Debug, Clone)]
pub struct Score {
    /// For each dictionary entry, one bit for each group it belongs to.
    groups_of_code: Vec<u128>,
    groups: Vec<Group>,
    /// The sum of weights is divided by this and rounded half away from nought.
    divisor: i64,
}

/// What a group of codes adds.
#[derive(Debug, Clone, Copy)]
struct Group {
    weight: i64,
    /// The groups beside which it adds nothing.
    yields_to: u128,
}

impl Score {
    /// Compiles a score whose table the blueprint brings: groups of codes of any terminology, weights in thousandths.
    pub fn loaded(table: &LoadedScore, dictionary: &Dictionary) -> Self {
        let mut groups_of_code = vec![0; dictionary.len() as usize];
        for (position, group) in table.groups.iter().enumerate().take(128) {
            let mut set = |number: u32| {
                if let Some(bits) = groups_of_code.get_mut(number as usize) {
                    *bits |= 1u128 << position;
                }
            };
            for (system, code) in &group.codes {
                if matches!(system, CodeSystem::Icd10 | CodeSystem::Opcs4) {
                    dictionary.under(*system, code).iter().for_each(&mut set);
                } else {
                    dictionary.find(*system, code).into_iter().for_each(&mut set);
                }
            }
        }
        Self {
            groups_of_code,
            groups: table
                .groups
                .iter()
                .map(|g| Group { weight: g.weight_thousandths, yields_to: 0 })
                .take(128)
                .collect(),
            divisor: table.divisor.max(1),
        }
    }

    /// Compiles a score; `icd10` gives the dictionary entries that are ICD-10 codes, without their dots.
    pub fn compile<'a>(kind: ScoreKind, dictionary_len: usize, icd10: impl Iterator<Item = (u32, &'a str)>) -> Self {
        Self::from_table(score_table(kind), dictionary_len, icd10)
    }

    fn from_table<'a>(table: &ScoreTable, dictionary_len: usize, icd10: impl Iterator<Item = (u32, &'a str)>) -> Self {
        let stems = Stems::new(table);
        let mut groups_of_code = vec![0; dictionary_len];
        for (id, code) in icd10 {
            if let Some(slot) = groups_of_code.get_mut(id as usize) {
                *slot = stems.groups(code);
            }
        }
        Self {
            groups_of_code,
            groups: table
                .groups
                .iter()
                .map(|g| Group {
                    weight: g.weight_tenths,
                    yields_to: g.yields_to.and_then(|other| 1u128.checked_shl(other as u32)).unwrap_or(0),
                })
                .take(128)
                .collect(),
            divisor: 1,
        }
    }

    /// How many dictionary entries it knows.
    pub fn codes(&self) -> usize {
        self.groups_of_code.len()
    }

    /// How many groups it has, at most 128.
    pub fn size(&self) -> u32 {
        self.groups.len() as u32
    }

    /// Whether every code is in the same groups in both.
    pub fn has_groups_of(&self, other: &Self) -> bool {
        self.groups.len() == other.groups.len() && self.groups_of_code == other.groups_of_code
    }

    /// The bits of the groups that a code belongs to.
    pub fn groups(&self, code: u32) -> u128 {
        self.groups_of_code.get(code as usize).copied().unwrap_or(0)
    }

    /// The score of a person with these groups: tenths for a published score, thousandths for a loaded one.
    pub fn value(&self, groups: u128) -> i64 {
        let (mut rest, mut total) = (groups, 0);
        while rest != 0 {
            let place = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            if let Some(group) = self.groups.get(place)
                && groups & group.yields_to == 0
            {
                total += group.weight;
            }
        }
        if self.divisor == 1 {
            return total;
        }
        // Half away from nought, in whole numbers.
        (2 * total.abs() + self.divisor) / (2 * self.divisor) * total.signum()
    }
}

/// The groups of each stem, found by the beginnings of a code: a few look-ups instead of a comparison with every stem.
struct Stems<'t> {
    groups: FxHashMap<&'t str, u128>,
    /// Lengths of stems, each once.
    lengths: Vec<usize>,
}

impl<'t> Stems<'t> {
    fn new(table: &'t ScoreTable) -> Self {
        let (mut groups, mut lengths): (FxHashMap<&str, u128>, Vec<usize>) = (FxHashMap::default(), Vec::new());
        for (position, group) in table.groups.iter().enumerate().take(128) {
            for stem in &group.codes {
                *groups.entry(stem).or_default() |= 1 << position;
                lengths.push(stem.len());
            }
        }
        lengths.sort_unstable();
        lengths.dedup();
        Self { groups, lengths }
    }

    fn groups(&self, code: &str) -> u128 {
        let of = |&length: &usize| code.get(..length).and_then(|stem| self.groups.get(stem)).copied();
        self.lengths.iter().filter_map(of).fold(0, |all, groups| all | groups)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use blueprint::score::ScoreGroup;

    #[test]
    fn each_group_once_and_the_milder_yields() {
        let group = |name: &str, codes: &[&str], weight_tenths, yields_to| ScoreGroup {
            name: name.to_owned(),
            codes: codes.iter().map(|&c| c.to_owned()).collect(),
            weight_tenths,
            yields_to,
        };
        let table = ScoreTable {
            groups: vec![
                group("mild", &["K70"], 20, Some(1)),
                group("severe", &["K721"], 40, None),
                group("f", &["F00"], 71, None),
            ],
        };
        let codes = ["", "K701", "K721", "K703", "F00", "K72"];
        let score =
            Score::from_table(&table, codes.len(), codes.iter().enumerate().skip(1).map(|(i, c)| (i as u32, *c)));
        let total = |ids: &[u32]| score.value(ids.iter().fold(0, |bits, &id| bits | score.groups(id)));
        assert_eq!(total(&[1, 3, 1]), 20);
        assert_eq!(total(&[1, 2]), 40);
        assert_eq!(total(&[4, 5, 99]), 71);
        assert_eq!(total(&[]), 0);
    }
}
