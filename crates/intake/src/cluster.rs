//! Which identities are of one person: linkage, the sources' own keys, and what reviewers decided.

use crate::error::LoadError;
use crate::hash::{Hasher, ReadyMap};
use crate::identity::Identities;
use crate::label::{self, Label, LabelUse};
use crate::sets::{Refusals, Sets};
use crate::spool::NO_DAY;
use linkage::{LinkOptions, Linked, Model, RecordInput, Records};
use std::collections::BTreeSet;

/// Pairs of at least this match probability are kept for the review and the estimates.
pub(crate) const KEEP: f64 = 0.01;

/// The sources of a load, as linking sees them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources<'a> {
    /// The place's names of the sources.
    pub(crate) ids: &'a [String],
    /// Lower for sources that know people better (the GP list first).
    pub(crate) ranks: &'a [u8],
    /// One bit for each list of registered people.
    pub(crate) lists: u32,
}

/// Which identities are of one person, and how that was found.
#[derive(Debug)]
pub(crate) struct Clustered {
    /// The cluster of each identity, numbered in the order of first sight.
    pub(crate) cluster_of: Vec<u32>,
    pub(crate) clusters: u32,
    /// How many of the sources' own keys stood on two people and were not heeded.
    pub(crate) local_ids_refused: u64,
    pub(crate) linking: Linking,
}

/// What linkage was given and what it said.
#[derive(Debug)]
pub(crate) struct Linking {
    pub(crate) records: Records,
    pub(crate) model: Model,
    pub(crate) linked: Linked,
    /// The record of each identity; `u32::MAX` where it says too little to be compared.
    pub(crate) record_of: Vec<u32>,
    /// One bit for each source that holds the record.
    pub(crate) sources_of: Vec<u32>,
    /// The stable key of each record.
    pub(crate) keys: Vec<u64>,
    /// One bit for each source that holds every person once.
    pub(crate) once: u32,
    pub(crate) labels: LabelUse,
}

impl Linking {
    /// The least weight at which two records may be joined, in hundredths of a bit.
    pub(crate) fn least(&self) -> i32 {
        let p = self.model.threshold.clamp(1e-12, 1.0 - 1e-12);
        ((p / (1.0 - p)).log2() * 100.0).round() as i32
    }
}

/// Joins identities. Labels say of pairs of records what reviewers decided.
pub(crate) fn cluster(identities: &Identities, sources: Sources<'_>, labels: &[Label]) -> Result<Clustered, LoadError> {
    let keyed = keyed_sources(identities);
    let (records, record_of) = records(identities, sources, keyed);
    let model = Model::person().map_err(|e| LoadError::Link(e.to_string()))?;
    // A list of registered people holds each of them once: two of its rows are one person only where they share their number.
    // So does a source that gives everybody a key of its own; rows that share the key are joined by it below.
    let once = sources.lists | keyed;
    let sources_of = sources_of(identities, &record_of, records.len());
    let mut keys = label::keys(&records, &sources_of, sources);
    let labels = LabelUse::find(labels, &records, &sources_of, sources.ids, once);
    for &(record, key) in &labels.known_as {
        keys[record as usize] = key;
    }
    let told = labels.pairs.iter().map(|&(left, right, is_match)| linkage::Label { left, right, is_match });
    let options = LinkOptions {
        keep: Some(KEEP),
        labels: told.collect(),
        superseded: superseded(&records, &labels),
        one_row_per_person: (0..32).filter(|&source| once >> source & 1 == 1).collect(),
        ..LinkOptions::default()
    };
    let linked = linkage::link(&records, &model, &options);
    let linking = Linking { records, model, linked, record_of, sources_of, keys, once, labels };
    let (cluster_of, clusters, local_ids_refused) = join(identities, &linking);
    Ok(Clustered { cluster_of, clusters, local_ids_refused, linking })
}

/// The sources, one bit each, in which every identity has the source's own key of the person.
fn keyed_sources(identities: &Identities) -> u32 {
    let (mut with, mut without) = (0, 0);
    for who in &identities.rows {
        *(if who.local_id == 0 { &mut without } else { &mut with }) |= who.sources;
    }
    with & !without
}

/// What is compared, each once, and the record of each identity.
fn records(identities: &Identities, sources: Sources<'_>, keyed: u32) -> (Records, Vec<u32>) {
    let mut records = Records::new();
    let mut record_of = vec![u32::MAX; identities.rows.len()];
    let mut known: ReadyMap<u32> = ReadyMap::default();
    let texts = &identities.texts;
    for (place, who) in identities.rows.iter().enumerate() {
        let comparable = who.birth != NO_DAY && (who.family != 0 || who.postcode != 0);
        // A faint identity was held against the list already.
        let faint = who.nhs_number == 0 && who.local_id == 0 && who.family == 0;
        if faint || who.nhs_number == 0 && !comparable {
            continue;
        }
        // Identities that differ only in what is not compared are one record.
        let mut hasher = Hasher::new(8).number(who.nhs_number).number(who.birth as u64).number(who.sex as u64);
        for text in [who.family, who.given, who.postcode, who.address] {
            hasher = hasher.number(u64::from(text));
        }
        let on_list = who.sources & sources.lists != 0;
        let source = best_source(who.sources, sources.ranks);
        // Namesakes with keys of their own are two people.
        let key = if who.sources & keyed != 0 { who.local_id } else { 0 };
        let hash = hasher.number(u64::from(on_list)).number(u64::from(key)).finish();
        record_of[place] = *known.entry(hash).or_insert_with(|| {
            records.push(
                source,
                &RecordInput {
                    nhs_number: (who.nhs_number != 0).then_some(who.nhs_number),
                    family: texts.get(who.family),
                    given: texts.get(who.given),
                    birth: (who.birth != NO_DAY).then_some(who.birth),
                    sex: who.sex as u8,
                    postcode: texts.get(who.postcode),
                    address: texts.get(who.address),
                },
            )
        });
    }
    (records, record_of)
}

/// Two valid numbers that reviewers found to be one person's: the larger counts as the smaller from here on. Without this the numbers
/// would keep the records apart whatever was decided.
fn superseded(records: &Records, labels: &LabelUse) -> Vec<(u64, u64)> {
    let same = labels.pairs.iter().filter(|(_, _, same)| *same);
    let numbers = same.filter_map(|&(left, right, _)| {
        let (a, b) = (records.nhs_number(left)?, records.nhs_number(right)?);
        (a != b).then_some((a.max(b), a.min(b)))
    });
    numbers.collect()
}

/// One bit for each source of each record's identities.
fn sources_of(identities: &Identities, record_of: &[u32], records: usize) -> Vec<u32> {
    let mut bits = vec![0; records];
    for (who, &record) in identities.rows.iter().zip(record_of) {
        if let Some(own) = bits.get_mut(record as usize) {
            *own |= who.sources;
        }
    }
    bits
}

/// Joins what linkage, labels, sources' own keys and faint identities say is one person. Gives the cluster of each identity, how many
/// clusters there are, and how many of the sources' own keys stood on two people and were not heeded.
fn join(identities: &Identities, linking: &Linking) -> (Vec<u32>, u32, u64) {
    let Linking { records, linked, record_of, labels, .. } = linking;
    let mut sets = Sets::new(identities.rows.len());
    let mut refusals = Refusals::default();
    let mut first_of_cluster = vec![u32::MAX; records.len()];
    let mut first_of_record = vec![u32::MAX; records.len()];
    for (place, &record) in record_of.iter().enumerate() {
        let Some(&cluster) = linked.cluster_of.get(record as usize) else { continue };
        let first = &mut first_of_cluster[cluster as usize];
        *first = (*first).min(place as u32);
        sets.join(*first, place as u32);
        let first = &mut first_of_record[record as usize];
        *first = (*first).min(place as u32);
    }
    // A number in conflict is set aside where it stands on the wrong person: there the set does not stand for it.
    let aside: BTreeSet<(u32, u64)> =
        linked.conflicts.iter().map(|c| (linked.cluster_of[c.right as usize], c.number)).collect();
    for (place, who) in identities.rows.iter().enumerate().filter(|(_, who)| who.nhs_number != 0) {
        let cluster = linked.cluster_of.get(record_of[place] as usize).copied().unwrap_or(u32::MAX);
        if !aside.contains(&(cluster, who.nhs_number)) {
            refusals.number(first_of_cluster.get(cluster as usize).copied().unwrap_or(place as u32), who.nhs_number);
        }
    }
    for conflict in &linked.conflicts {
        let member = |record: u32| first_of_record[record as usize];
        refusals.conflict(member(conflict.left), member(conflict.right));
    }
    for &(left, right, same) in &labels.pairs {
        // What the reviewers keep apart a key does not join.
        if !same {
            refusals.conflict(first_of_record[left as usize], first_of_record[right as usize]);
        }
    }
    let mut by_local: Vec<(u32, u32)> = (0..)
        .zip(&identities.rows)
        .filter(|(_, who)| who.local_id != 0)
        .map(|(place, who)| (who.local_id, place))
        .collect();
    by_local.sort_unstable();
    let groups: Vec<Vec<u32>> = by_local
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|group| group.len() > 1)
        .map(|group| group.iter().map(|(_, place)| *place).collect())
        .collect();
    let refused = refusals.join_groups(&mut sets, groups.iter().map(Vec::as_slice));
    for &(faint, registered) in &identities.same {
        sets.join(faint, registered);
    }
    let (numbers, clusters) = sets.numbered();
    (numbers, clusters, refused)
}

/// Of the sources of these bits the one that knows people best.
pub(crate) fn best_source(sources: u32, rank_of_source: &[u8]) -> u8 {
    let present = (0..rank_of_source.len()).filter(|&source| sources >> source & 1 == 1);
    present.min_by_key(|&source| (rank_of_source[source], source)).unwrap_or(0) as u8
}
