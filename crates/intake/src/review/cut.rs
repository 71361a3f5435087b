//! The records and edges around the chosen pairs: what the viewer of a cluster shows.

use super::pick::Picked;
use super::weigh::People;
use super::{FoundBy, Made, ReviewEdge, ReviewRecord};
use crate::spool::NO_DAY;
use nhs::Day;
use std::collections::{BTreeMap, BTreeSet};

/// Records shown of one person at most; those of the pairs are always among them.
const MOST_RECORDS: usize = 30;

/// The records of everybody in the pairs with the edges between them.
pub(super) fn around(made: &Made<'_>, people: &People, pairs: &[Picked]) -> (Vec<ReviewRecord>, Vec<ReviewEdge>) {
    let linking = &made.clustered.linking;
    let must: BTreeSet<u32> = pairs.iter().flat_map(|pair| [pair.records.0, pair.records.1]).collect();
    let wanted: BTreeSet<u32> = must.iter().map(|record| people.of_record[*record as usize]).collect();
    let mut of_person: BTreeMap<u32, Vec<u32>> = wanted.into_iter().map(|person| (person, Vec::new())).collect();
    for (record, person) in (0_u32..).zip(&people.of_record) {
        if let Some(own) = of_person.get_mut(person) {
            own.push(record);
        }
    }
    let key = |record: u32| linking.keys[record as usize];
    let mut chosen: Vec<u32> = Vec::new();
    for mut records in of_person.into_values() {
        records.sort_by_key(|record| (!must.contains(record), key(*record)));
        let least = records.iter().filter(|record| must.contains(record)).count();
        records.truncate(MOST_RECORDS.max(least));
        chosen.extend(records);
    }
    chosen.sort_unstable();
    let inside = |record: u32| chosen.binary_search(&record).is_ok();
    let mut edges: Vec<ReviewEdge> = linking
        .linked
        .edges
        .iter()
        .filter(|edge| inside(edge.left) && inside(edge.right) && key(edge.left) != key(edge.right))
        .map(|edge| {
            let (a, b) = (key(edge.left), key(edge.right));
            ReviewEdge {
                left: a.min(b),
                right: a.max(b),
                weight_hundredths: edge.weight_bits_hundredths,
                found_by: FoundBy::of(edge.tier),
            }
        })
        .collect();
    edges.sort_by_key(|edge| (edge.left, edge.right, edge.found_by));
    edges.dedup();
    let mut records: Vec<ReviewRecord> = chosen.iter().map(|record| shown(made, people, *record)).collect();
    records.sort_by_key(|record| (record.person, record.key));
    (records, edges)
}

fn shown(made: &Made<'_>, people: &People, record: u32) -> ReviewRecord {
    let linking = &made.clustered.linking;
    let who = &made.identities.rows[people.face[record as usize] as usize];
    let text = |number: u32| made.identities.texts.get(number).to_owned();
    let bits = linking.sources_of[record as usize];
    let mut sources: Vec<u8> = (0..made.sources.ids.len() as u8).filter(|source| bits >> source & 1 == 1).collect();
    sources.sort_by_key(|source| (made.sources.ranks[usize::from(*source)], *source));
    ReviewRecord {
        key: linking.keys[record as usize],
        person: made.assigned.ids[people.of_record[record as usize] as usize],
        sources,
        nhs_number: (who.nhs_number != 0).then_some(who.nhs_number),
        family: text(who.family),
        given: text(who.given),
        birth: (who.birth != NO_DAY).then_some(Day(who.birth)),
        sex: who.sex as u8,
        address: text(who.address),
        postcode: text(who.postcode),
        // The space in which it counts stands before it.
        local_id: text(who.local_id).rsplit('\u{1f}').next().unwrap_or_default().to_owned(),
    }
}
