//! What reviewers decided about pairs of records, and how a record is known again at the next load.

use crate::cluster::Sources;
use crate::hash::{Hasher, ReadyMap};
use linkage::Records;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// A decision about two records: they are one person, or two. A record is known by its key, which is made of the name of its source
/// and of what it says once cleaned, and so is the same in every load that brings it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label {
    /// The key of one record.
    pub left: u64,
    /// The key of the other.
    pub right: u64,
    /// Whether they are one person.
    pub same: bool,
}

/// The key of a record as a row of this source.
fn key(records: &Records, record: u32, source: &str) -> u64 {
    let mut hasher = Hasher::new(21).bytes(source.as_bytes());
    let texts = [
        records.family(record),
        records.given(record),
        records.middle(record),
        records.postcode(record),
        records.address(record),
    ];
    for text in texts {
        hasher = hasher.bytes(text.as_bytes());
    }
    let (year, month, day) = records.birth(record).unwrap_or_default();
    let birth = u64::from(year) << 16 | u64::from(month) << 8 | u64::from(day);
    let number = records.nhs_number(record).unwrap_or(0);
    hasher.number(birth).number(number).number(u64::from(records.sex(record))).finish()
}

/// The key of each record as a row of the best of its sources.
pub(crate) fn keys(records: &Records, sources_of: &[u32], sources: Sources<'_>) -> Vec<u64> {
    let of = |(record, bits): (usize, &u32)| {
        let own = sources.ids.iter().zip(sources.ranks).enumerate().filter(|(source, _)| bits >> source & 1 == 1);
        // Of sources that know people equally well the name decides, so that the order in place.toml does not matter.
        let best = own.map(|(_, (id, rank))| (*rank, id.as_str())).min();
        key(records, record as u32, best.map_or("", |(_, id)| id))
    };
    sources_of.par_iter().enumerate().map(of).collect()
}

/// The labels of a load as pairs of its records.
#[derive(Debug, Clone, Default)]
pub(crate) struct LabelUse {
    /// Left, right, whether they are one person; in ascending order, each pair once.
    pub(crate) pairs: Vec<(u32, u32, bool)>,
    /// The keys by which labels know records: where another source holds a record now, too, its own key may be another.
    pub(crate) known_as: Vec<(u32, u64)>,
    /// Labels of which a record did not come again.
    pub(crate) absent: u64,
    /// Labels whose key fits several people of a source that holds each person once.
    pub(crate) unclear: u64,
}

impl LabelUse {
    /// Finds the records of the labels. A record that several sources hold is found by each of them.
    pub(crate) fn find(labels: &[Label], records: &Records, sources_of: &[u32], ids: &[String], once: u32) -> Self {
        let mut found = Self::default();
        if labels.is_empty() {
            return found;
        }
        let mut wanted: ReadyMap<Vec<u32>> =
            labels.iter().flat_map(|label| [label.left, label.right]).map(|key| (key, Vec::new())).collect();
        for (record, bits) in sources_of.iter().enumerate() {
            for (_, id) in ids.iter().enumerate().filter(|(source, _)| bits >> source & 1 == 1) {
                if let Some(places) = wanted.get_mut(&key(records, record as u32, id)) {
                    places.push(record as u32);
                }
            }
        }
        let of = |key: u64| wanted.get(&key).map_or(&[][..], Vec::as_slice);
        let unclear = |places: &[u32]| places.len() > 1 && places.iter().any(|r| sources_of[*r as usize] & once != 0);
        for label in labels {
            let (left, right) = (of(label.left), of(label.right));
            if left.is_empty() || right.is_empty() {
                found.absent += 1;
            } else if unclear(left) || unclear(right) || label.left == label.right {
                found.unclear += 1;
            } else {
                let pairs = left.iter().flat_map(|l| right.iter().map(move |r| (*l.min(r), *l.max(r), label.same)));
                found.pairs.extend(pairs.filter(|(l, r, _)| l != r));
                let known = |places: &[u32], key: u64| places.iter().map(|place| (*place, key)).collect::<Vec<_>>();
                found.known_as.extend(known(left, label.left));
                found.known_as.extend(known(right, label.right));
            }
        }
        found.pairs.sort_unstable();
        found.pairs.dedup();
        found.known_as.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linkage::RecordInput;

    fn records(names: &[&str]) -> Records {
        let mut records = Records::new();
        for family in names {
            records.push(0, &RecordInput { family, birth: Some(5), ..RecordInput::default() });
        }
        records
    }

    #[test]
    fn a_record_is_known_again_in_another_order_and_by_any_of_its_sources() {
        let ids = ["list".to_owned(), "clinic".to_owned()];
        let before = records(&["Ash", "Beech"]);
        let label = Label { left: key(&before, 0, "clinic"), right: key(&before, 1, "clinic"), same: true };
        // The list has Ash now, too, and what is cleaned away does not matter.
        let after = records(&["Cedar", "beech", "ASH"]);
        let found = LabelUse::find(&[label], &after, &[2, 2, 3], &ids, 1);
        assert_eq!((found.pairs, found.absent, found.unclear), (vec![(1, 2, true)], 0, 0));
        let found = LabelUse::find(&[label], &after, &[2, 1, 3], &ids, 1);
        assert_eq!((found.pairs, found.absent), (Vec::new(), 1));
    }

    #[test]
    fn a_key_of_two_people_decides_nothing() {
        let ids = ["list".to_owned()];
        let twice = records(&["Ash", "Ash", "Beech"]);
        let label = Label { left: key(&twice, 0, "list"), right: key(&twice, 2, "list"), same: false };
        let found = LabelUse::find(&[label], &twice, &[1, 1, 1], &ids, 1);
        assert_eq!((found.pairs.len(), found.unclear), (0, 1));
        // In a source that may hold a person twice it is about both.
        let found = LabelUse::find(&[label], &twice, &[1, 1, 1], &ids, 0);
        assert_eq!(found.pairs, [(0, 2, false), (1, 2, false)]);
    }
}
