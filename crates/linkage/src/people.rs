//! Identifiers of people that stay while records are added.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What an addition did to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A person nobody knew.
    New {
        /// The identifier.
        person: u64,
        /// Records.
        records: u64,
    },
    /// Records were added to a person.
    Grown {
        /// The identifier.
        person: u64,
        /// Records added.
        records: u64,
    },
    /// Two people are one.
    Merged {
        /// The identifier that stays.
        person: u64,
        /// The one that ends.
        ended: u64,
    },
    /// One person is two.
    Split {
        /// The identifier that stays, with the larger part.
        person: u64,
        /// The identifier of the other part.
        other: u64,
    },
}

/// Who is who.
#[derive(Debug, Clone, Default)]
pub(crate) struct People {
    /// For each record its person.
    pub(crate) of: Vec<u64>,
    /// The lowest identifier never used.
    pub(crate) next: u64,
}

/// Records of one cluster that were of one person before.
struct Part {
    root: u32,
    records: u64,
}

impl People {
    /// The first run: people are numbered from 0 in order of their smallest record, as clusters are.
    pub(crate) fn first(roots: &[u32]) -> Self {
        let mut people = Self::default();
        for (record, root) in roots.iter().enumerate() {
            let known = people.of.get(*root as usize).copied();
            // The root is the smallest record of its cluster.
            let person = known.filter(|_| *root as usize != record).unwrap_or_else(|| people.fresh());
            people.of.push(person);
        }
        people
    }

    fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    /// Takes new clusters over, by the smallest record of each. Only people with a touched record can change.
    pub(crate) fn grow(&mut self, roots: &[u32], touched: &[bool]) -> Vec<Change> {
        let before = self.of.len();
        let mut parts: BTreeMap<u64, BTreeMap<u32, u64>> = BTreeMap::new();
        let mut added: BTreeMap<u32, u64> = BTreeMap::new();
        for record in (0..roots.len()).filter(|record| touched[*record]) {
            match self.of.get(record) {
                Some(person) => *parts.entry(*person).or_default().entry(roots[record]).or_default() += 1,
                None => *added.entry(roots[record]).or_default() += 1,
            }
        }
        let heirs: Vec<(u64, Part, Vec<u32>)> = parts
            .into_iter()
            .filter_map(|(person, parts)| {
                let all = parts.keys().copied().collect();
                let heir = parts.into_iter().min_by_key(|(root, records)| (Reverse(*records), *root))?;
                Some((person, Part { root: heir.0, records: heir.1 }, all))
            })
            .collect();
        let mut changes = Vec::new();
        let mut person_of: BTreeMap<u32, u64> = BTreeMap::new();
        // In ascending order of identifiers: the first to come is the smallest.
        for (person, heir, _) in &heirs {
            debug_assert!(heir.records > 0);
            match person_of.get(&heir.root) {
                Some(kept) => changes.push(Change::Merged { person: *kept, ended: *person }),
                None => _ = person_of.insert(heir.root, *person),
            }
        }
        // Parts that fell off and clusters of new records alone, in order of their smallest record.
        let known = |root: &u32, person_of: &BTreeMap<u32, u64>| person_of.contains_key(root);
        let mut nameless: Vec<u32> = heirs.iter().flat_map(|(_, _, all)| all).chain(added.keys()).copied().collect();
        nameless.sort_unstable();
        nameless.dedup();
        nameless.retain(|root| !known(root, &person_of));
        let mut fallen: Vec<u32> = heirs.iter().flat_map(|(_, _, all)| all).copied().collect();
        fallen.sort_unstable();
        for root in nameless {
            let person = self.fresh();
            person_of.insert(root, person);
            if fallen.binary_search(&root).is_err() {
                changes.push(Change::New { person, records: added.get(&root).copied().unwrap_or(0) });
            }
        }
        for (person, heir, all) in &heirs {
            for root in all.iter().filter(|root| **root != heir.root) {
                changes.push(Change::Split { person: *person, other: person_of[root] });
            }
        }
        for (root, records) in &added {
            if fallen.binary_search(root).is_ok() {
                changes.push(Change::Grown { person: person_of[root], records: *records });
            }
        }
        self.of.resize(roots.len(), 0);
        for record in (0..roots.len()).filter(|record| touched[*record]) {
            self.of[record] = person_of[&roots[record]];
        }
        debug_assert!(touched.iter().skip(before).all(|touched| *touched));
        changes.sort_unstable_by_key(|change| {
            let (Change::New { person, .. }
            | Change::Grown { person, .. }
            | Change::Merged { person, .. }
            | Change::Split { person, .. }) = change;
            (*person, *change)
        });
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_keep_the_smaller_and_splits_the_larger_part() {
        let mut people = People::first(&[0, 0, 2, 3, 3, 3, 6]);
        assert_eq!((&people.of[..], people.next), (&[0, 0, 1, 2, 2, 2, 3][..], 4));
        // 0 and 1 become one through a new record, 2 falls apart, 3 stays and a new person comes.
        let roots = [0, 0, 0, 3, 4, 4, 6, 0, 8];
        let touched = [true, true, true, true, true, true, false, true, true];
        let changes = people.grow(&roots, &touched);
        assert_eq!(people.of, [0, 0, 0, 4, 2, 2, 3, 0, 5]);
        assert_eq!(
            changes,
            [
                Change::Grown { person: 0, records: 1 },
                Change::Merged { person: 0, ended: 1 },
                Change::Split { person: 2, other: 4 },
                Change::New { person: 5, records: 1 },
            ]
        );
        // What ended is never used again.
        assert_eq!(people.next, 6);
    }
}
