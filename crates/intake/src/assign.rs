//! From clusters to people: identifiers that stay from load to load.

use crate::cluster::{Clustered, best_source};
use crate::identity::{Identities, Identity};
use crate::quality::{LinkChange, LinkageQuality};
use crate::spool::NO_DAY;
use std::collections::BTreeMap;

/// How many merges and splits the report lists.
const LISTED: usize = 100;

/// The last snapshot's link table.
#[derive(Debug, Default)]
pub(crate) struct Previous {
    /// Identity key and person, in ascending order of the key.
    pub(crate) links: Vec<(u64, u64)>,
    /// The lowest identifier never used.
    pub(crate) next_person: u64,
}

/// Who is who.
#[derive(Debug, Default)]
pub(crate) struct Assigned {
    /// The person (position in `ids`) of each identity.
    pub(crate) person_of: Vec<u32>,
    /// Identities by person: `members[starts[p]..starts[p + 1]]`, best first.
    pub(crate) starts: Vec<u32>,
    pub(crate) members: Vec<u32>,
    /// Stable identifiers in ascending order.
    pub(crate) ids: Vec<u64>,
    /// The new link table: every key of this load, and those of earlier loads that did not come again.
    pub(crate) links: Vec<(u64, u64)>,
    pub(crate) next_person: u64,
    pub(crate) quality: LinkageQuality,
}

impl Assigned {
    /// The identities of a person, best first.
    pub(crate) fn members_of(&self, person: usize) -> &[u32] {
        &self.members[self.starts[person] as usize..self.starts[person + 1] as usize]
    }
}

/// Makes people of clusters. `rank_of_source` is lower for sources that know people better (the GP list first).
pub(crate) fn assign(
    identities: &Identities,
    rank_of_source: &[u8],
    clustered: &Clustered,
    previous: &Previous,
) -> Assigned {
    let Clustered { cluster_of, clusters, local_ids_refused, .. } = clustered;
    let clusters = *clusters;
    let mut quality = LinkageQuality {
        identities: identities.rows.len() as u64,
        people: u64::from(clusters),
        local_ids_refused: *local_ids_refused,
        ..LinkageQuality::default()
    };
    let (id_of, next_person) = identifiers(identities, cluster_of, clusters, previous, &mut quality);
    let mut order: Vec<u32> = (0..clusters).collect();
    order.sort_unstable_by_key(|&cluster| id_of[cluster as usize]);
    let mut position = vec![0_u32; clusters as usize];
    for (place, &cluster) in order.iter().enumerate() {
        position[cluster as usize] = place as u32;
    }
    let person_of: Vec<u32> = cluster_of.iter().map(|&cluster| position[cluster as usize]).collect();
    let ids: Vec<u64> = order.iter().map(|&cluster| id_of[cluster as usize]).collect();
    let (starts, members) = group(identities, &person_of, ids.len(), rank_of_source);
    let links = links(identities, &person_of, &ids, previous, &quality);
    let mut assigned = Assigned { person_of, starts, members, ids, links, next_person, quality };
    count_ways(identities, &mut assigned);
    assigned
}

/// An identifier for each cluster: the one it had. Where one person became two, the part with most of the old identity keys
/// keeps the identifier; where two became one, the smallest stays. New ones count on from the highest ever used, in the
/// order of the clusters' smallest keys, so that they do not depend on the order of files.
fn identifiers(
    identities: &Identities,
    cluster_of: &[u32],
    clusters: u32,
    previous: &Previous,
    quality: &mut LinkageQuality,
) -> (Vec<u64>, u64) {
    let mut smallest_key = vec![u64::MAX; clusters as usize];
    // Keys that each old person has in each cluster.
    let mut votes: BTreeMap<(u64, u32), u32> = BTreeMap::new();
    for (who, &cluster) in identities.rows.iter().zip(cluster_of) {
        let smallest = &mut smallest_key[cluster as usize];
        *smallest = (*smallest).min(who.key);
        if let Ok(place) = previous.links.binary_search_by_key(&who.key, |&(key, _)| key) {
            *votes.entry((previous.links[place].1, cluster)).or_default() += 1;
        }
    }
    let mut id_of = vec![u64::MAX; clusters as usize];
    let mut heirs: Vec<(u64, u32, Vec<u32>)> = Vec::new();
    for (&(old, cluster), &count) in &votes {
        match heirs.last_mut() {
            Some((last, _, parts)) if *last == old => parts.push(cluster),
            _ => heirs.push((old, cluster, vec![cluster])),
        }
        if let Some((_, best, _)) = heirs.last_mut() {
            let rank = |c: u32, n: u32| (std::cmp::Reverse(n), smallest_key[c as usize]);
            let best_count = votes.get(&(old, *best)).copied().unwrap_or(0);
            if rank(cluster, count) < rank(*best, best_count) {
                *best = cluster;
            }
        }
    }
    let mut merged = Vec::new();
    for &(old, heir, _) in &heirs {
        // Ascending order of old identifiers: the first to come is the smallest.
        let own = &mut id_of[heir as usize];
        if *own == u64::MAX {
            *own = old;
        } else {
            merged.push(LinkChange { kept: *own, other: old });
        }
    }
    let mut next = previous.next_person.max(1);
    let mut new: Vec<u32> = (0..clusters).filter(|&c| id_of[c as usize] == u64::MAX).collect();
    new.sort_unstable_by_key(|&c| smallest_key[c as usize]);
    quality.new = new.len() as u64;
    quality.kept = u64::from(clusters) - quality.new;
    for cluster in new {
        id_of[cluster as usize] = next;
        next += 1;
    }
    let mut split = Vec::new();
    for (old, heir, parts) in &heirs {
        let others = parts.iter().filter(|part| *part != heir);
        split.extend(others.map(|&part| LinkChange { kept: *old, other: id_of[part as usize] }));
    }
    quality.merge_count = merged.len() as u64;
    quality.split_count = split.len() as u64;
    quality.merges = merged;
    quality.splits = split;
    (id_of, next)
}

fn links(
    identities: &Identities,
    person_of: &[u32],
    ids: &[u64],
    previous: &Previous,
    quality: &LinkageQuality,
) -> Vec<(u64, u64)> {
    let ended: BTreeMap<u64, u64> = quality.merges.iter().map(|merge| (merge.other, merge.kept)).collect();
    let mut links: Vec<(u64, u64)> =
        identities.rows.iter().zip(person_of).map(|(who, &person)| (who.key, ids[person as usize])).collect();
    links.sort_unstable();
    let now = links.len();
    for &(key, old) in &previous.links {
        if links[..now].binary_search_by_key(&key, |&(own, _)| own).is_err() {
            links.push((key, ended.get(&old).copied().unwrap_or(old)));
        }
    }
    links.sort_unstable();
    links
}

/// Identities by person, best first: the best source, then the most that is known, then the key.
fn group(identities: &Identities, person_of: &[u32], people: usize, rank_of_source: &[u8]) -> (Vec<u32>, Vec<u32>) {
    let rank = |who: &Identity| {
        let source = best_source(who.sources, rank_of_source);
        let filled =
            [who.family, who.given, who.address, who.postcode, who.uprn, who.lsoa].iter().filter(|&&n| n != 0).count()
                + usize::from(who.nhs_number != 0)
                + usize::from(who.birth != NO_DAY);
        (rank_of_source.get(usize::from(source)).copied().unwrap_or(u8::MAX), std::cmp::Reverse(filled), who.key)
    };
    let mut starts = vec![0_u32; people + 1];
    for &person in person_of {
        starts[person as usize + 1] += 1;
    }
    for person in 0..people {
        starts[person + 1] += starts[person];
    }
    let mut next = starts.clone();
    let mut members = vec![0_u32; person_of.len()];
    for (identity, &person) in person_of.iter().enumerate() {
        members[next[person as usize] as usize] = identity as u32;
        next[person as usize] += 1;
    }
    for person in 0..people {
        let range = starts[person] as usize..starts[person + 1] as usize;
        members[range].sort_by_cached_key(|&identity| rank(&identities.rows[identity as usize]));
    }
    (starts, members)
}

/// Counts by which evidence identities were joined to their person's best identity.
fn count_ways(identities: &Identities, assigned: &mut Assigned) {
    let mut quality = std::mem::take(&mut assigned.quality);
    for person in 0..assigned.ids.len() {
        let members = assigned.members_of(person);
        let number = members.iter().map(|&m| identities.rows[m as usize].nhs_number).find(|&n| n != 0).unwrap_or(0);
        quality.with_nhs_number += u64::from(number != 0);
        let local = members.iter().map(|&m| identities.rows[m as usize].local_id).find(|&n| n != 0).unwrap_or(0);
        for &member in members.iter().skip(1) {
            let who = &identities.rows[member as usize];
            if number != 0 && who.nhs_number == number {
                quality.by_nhs_number += 1;
            } else if local != 0 && who.local_id == local {
                quality.by_local_id += 1;
            } else {
                quality.by_comparison += 1;
            }
        }
    }
    quality.merges.truncate(LISTED);
    quality.splits.truncate(LISTED);
    assigned.quality = quality;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::IdentityDraft;

    fn who(numbers: &[u64]) -> Identities {
        let mut identities = Identities::default();
        for (place, &number) in numbers.iter().enumerate() {
            let draft = IdentityDraft {
                nhs_number: number,
                birth: 10_000,
                family: format!("Ash{place}"),
                ..IdentityDraft::default()
            };
            let at = identities.number(draft.key(), &draft);
            identities.rows[at as usize].sources = 1;
        }
        identities
    }

    fn ids(identities: &Identities, clusters: &[u32], previous: &Previous) -> (Vec<u64>, u64, LinkageQuality) {
        let mut quality = LinkageQuality::default();
        let count = clusters.iter().max().map_or(0, |m| m + 1);
        let (ids, next) = identifiers(identities, clusters, count, previous, &mut quality);
        (ids, next, quality)
    }

    #[test]
    fn a_merge_keeps_the_smallest_and_a_split_the_largest_part() {
        let identities = who(&[1, 2, 3, 4, 5]);
        let key = |place: usize| identities.rows[place].key;
        let mut links = vec![(key(0), 7), (key(1), 9), (key(2), 9), (key(3), 20), (key(4), 20)];
        links.sort_unstable();
        let previous = Previous { links, next_person: 21 };
        // 7 and most of 9 are one now; 20 falls apart, one part with one of 9.
        let (ids_now, next, quality) = ids(&identities, &[0, 0, 0, 1, 2], &previous);
        assert_eq!(ids_now[0], 7);
        assert_eq!(quality.merges, [LinkChange { kept: 7, other: 9 }]);
        let mut rest = ids_now[1..].to_vec();
        rest.sort_unstable();
        assert_eq!(rest, [20, 21]);
        assert_eq!((next, quality.split_count, quality.kept, quality.new), (22, 1, 2, 1));
    }

    #[test]
    fn the_same_again_keeps_everything_and_ended_numbers_are_not_used_again() {
        let identities = who(&[1, 2, 3]);
        let (first, next, _) = ids(&identities, &[0, 1, 2], &Previous::default());
        let mut links: Vec<(u64, u64)> = identities.rows.iter().zip(&first).map(|(w, &id)| (w.key, id)).collect();
        links.sort_unstable();
        let (second, again, quality) = ids(&identities, &[0, 1, 2], &Previous { links, next_person: next });
        assert_eq!((&first, next, 0), (&second, again, quality.new));
        let (none, _, _) = ids(&identities, &[0, 1, 2], &Previous { links: Vec::new(), next_person: 50 });
        assert!(none.iter().all(|&id| id >= 50));
    }
}
