//! Disjoint sets of identities, and joins which may be refused.

use std::collections::{BTreeMap, BTreeSet};

/// Disjoint sets; the smallest member stands for each.
#[derive(Debug)]
pub(crate) struct Sets {
    parent: Vec<u32>,
}

impl Sets {
    pub(crate) fn new(members: usize) -> Self {
        Self { parent: (0..members as u32).collect() }
    }

    pub(crate) fn root(&mut self, mut member: u32) -> u32 {
        while self.parent[member as usize] != member {
            let above = self.parent[self.parent[member as usize] as usize];
            self.parent[member as usize] = above;
            member = above;
        }
        member
    }

    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// For each member the number of its set, counted from 0 in order of smallest member; and how many sets there are.
    pub(crate) fn numbered(mut self) -> (Vec<u32>, u32) {
        let mut numbers = vec![0; self.parent.len()];
        let mut next = 0;
        for member in 0..self.parent.len() {
            let root = self.root(member as u32) as usize;
            // A root is its set's smallest member, so it has its number before the others ask for it.
            if root == member {
                numbers[member] = next;
                next += 1;
            } else {
                numbers[member] = numbers[root];
            }
        }
        (numbers, next)
    }
}

/// What keeps sets apart that a source's own key would join.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    /// The valid NHS number each set stands for, by a member of the set.
    number_of: BTreeMap<u32, u64>,
    /// Members of sets that carry one number and are two people.
    conflicts: Vec<(u32, u32)>,
}

impl Refusals {
    /// The set of `member` is the person of this number; where reviewers found that two numbers are one person's, of the smaller.
    pub(crate) fn number(&mut self, member: u32, number: u64) {
        self.number_of.entry(member).and_modify(|own| *own = number.min(*own)).or_insert(number);
    }

    /// Two sets which linkage found to be two people with one number.
    pub(crate) fn conflict(&mut self, a: u32, b: u32) {
        self.conflicts.push((a, b));
    }

    /// Joins all members of each group, where nothing is against it: a group whose sets stand for two numbers, or hold two people in
    /// conflict, is left as it was. Such a group's key was given twice, so that it says nothing about any of its members. Gives how many
    /// groups were left. Groups are taken in the order they come.
    pub(crate) fn join_groups<'a>(self, sets: &mut Sets, groups: impl Iterator<Item = &'a [u32]>) -> u64 {
        let mut numbers: BTreeMap<u32, u64> = BTreeMap::new();
        for (member, number) in self.number_of {
            numbers.entry(sets.root(member)).or_insert(number);
        }
        let mut apart: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (a, b) in self.conflicts {
            apart.entry(sets.root(a)).or_default().push(b);
            apart.entry(sets.root(b)).or_default().push(a);
        }
        let mut left = 0;
        for group in groups {
            let roots: BTreeSet<u32> = group.iter().map(|member| sets.root(*member)).collect();
            if roots.len() < 2 {
                continue;
            }
            let own: BTreeSet<u64> = roots.iter().filter_map(|root| numbers.get(root)).copied().collect();
            let against: Vec<u32> = roots.iter().filter_map(|root| apart.get(root)).flatten().copied().collect();
            if own.len() > 1 || against.iter().any(|other| roots.contains(&sets.root(*other))) {
                left += 1;
                continue;
            }
            for member in &group[1..] {
                sets.join(group[0], *member);
            }
            let root = sets.root(group[0]);
            if let Some(number) = own.first() {
                numbers.insert(root, *number);
            }
            if !against.is_empty() {
                apart.insert(root, against);
            }
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(refusals: Refusals, groups: &[&[u32]]) -> (Vec<u32>, u64) {
        let mut sets = Sets::new(6);
        let left = refusals.join_groups(&mut sets, groups.iter().copied());
        (sets.numbered().0, left)
    }

    #[test]
    fn a_key_given_to_two_people_joins_nobody() {
        let mut refusals = Refusals::default();
        refusals.number(0, 7);
        refusals.number(1, 8);
        // 2 is joined to 0 by its own key, and so may not be joined to 1 by another.
        assert_eq!(joined(refusals, &[&[0, 1, 5], &[0, 2], &[2, 1], &[3, 4]]), (vec![0, 1, 0, 2, 2, 3], 2));
    }

    #[test]
    fn people_in_conflict_stay_apart_by_any_way_round() {
        let mut refusals = Refusals::default();
        refusals.conflict(0, 1);
        assert_eq!(joined(refusals, &[&[0, 2], &[3, 1], &[2, 3], &[4, 5]]), (vec![0, 1, 0, 1, 2, 2], 1));
    }
}
