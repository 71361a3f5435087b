//! Who is being missed: the quality of a linkage for groups of people.

use crate::interval::Interval;
use crate::records::Records;
use crate::result::{Linked, Tier};
use crate::self_match::Unlinkables;

/// A way to group records: by sex, age band, deprivation, ethnicity or any other column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// What it is called.
    pub name: String,
    /// The groups, in the order they are shown.
    pub groups: Vec<String>,
    /// For each record the place of its group.
    pub of: Vec<u32>,
}

/// Words for a value that is missing.
const NOT_KNOWN: &str = "not known";

impl Grouping {
    /// Groups by any text: one group for each, in alphabetical order; an empty text is "not known".
    pub fn by_text<T: AsRef<str>>(name: &str, values: impl Iterator<Item = T>) -> Self {
        let mut place = std::collections::BTreeMap::new();
        let mut of = Vec::new();
        for value in values {
            let text = value.as_ref().trim();
            let next = place.len() as u32;
            of.push(*place.entry(if text.is_empty() { NOT_KNOWN } else { text }.to_owned()).or_insert(next));
        }
        // Numbers in order of first sight become places in alphabetical order.
        let mut rank = vec![0_u32; place.len()];
        for (at, number) in (0..).zip(place.values()) {
            rank[*number as usize] = at;
        }
        for number in &mut of {
            *number = rank[*number as usize];
        }
        Self { name: name.to_owned(), groups: place.into_keys().collect(), of }
    }

    /// Groups by the sex field: male, female, not known.
    pub fn by_sex(records: &Records) -> Self {
        let of = (0..records.len() as u32).map(|record| match records.sex(record) {
            sex @ (1 | 2) => u32::from(sex) - 1,
            _ => 2,
        });
        let groups = ["male", "female", NOT_KNOWN].map(str::to_owned).to_vec();
        Self { name: "sex".to_owned(), groups, of: of.collect() }
    }

    /// Groups by the decade of birth.
    pub fn by_birth(records: &Records) -> Self {
        let decade =
            |record: u32| records.birth(record).map_or_else(String::new, |(year, ..)| format!("{}s", year / 10 * 10));
        Self::by_text("born", (0..records.len() as u32).map(decade))
    }

    /// Groups by age in whole years on a day (year, month, day), from the date of birth.
    pub fn by_age(records: &Records, day: (u16, u8, u8)) -> Self {
        const BANDS: [(u16, &str); 7] = [
            (5, "0 to 4"),
            (18, "5 to 17"),
            (40, "18 to 39"),
            (65, "40 to 64"),
            (75, "65 to 74"),
            (85, "75 to 84"),
            (130, "85 and over"),
        ];
        let band = |record: u32| {
            let Some((year, month, of_month)) = records.birth(record) else { return BANDS.len() as u32 };
            let before_birthday = (day.1, day.2) < (month, of_month);
            let age = day.0.checked_sub(year).and_then(|years| years.checked_sub(u16::from(before_birthday)));
            let found = age.and_then(|age| BANDS.iter().position(|(below, _)| age < *below));
            found.unwrap_or(BANDS.len()) as u32
        };
        let mut groups: Vec<String> = BANDS.iter().map(|(_, words)| (*words).to_owned()).collect();
        groups.push(NOT_KNOWN.to_owned());
        Self { name: "age".to_owned(), groups, of: (0..records.len() as u32).map(band).collect() }
    }
}

/// The quality of a linkage for one group of records.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupQuality {
    /// The group.
    pub group: String,
    /// Its records.
    pub records: u64,
    /// Share of them that are linked to another record.
    pub linked: Interval,
    /// Share of them that nothing could have linked: no valid number, and below the threshold even against a copy of themselves.
    pub unlinkable: Interval,
    /// Share of their matches, as far as blocking brought them together, that were not joined: expected from the match probabilities.
    pub missed: Interval,
    /// Expected matches that the share is of.
    pub matches: f64,
    /// Where the true people are known: the share of the pairs joined that are right, and of the true pairs the share joined.
    pub precision: Option<Interval>,
    /// Of the true pairs the share joined.
    pub recall: Option<Interval>,
}

/// The quality of a linkage group by group; groups without a record are left out. Link with a low `keep` (0.01), so that matches just
/// below the threshold can be counted. Intervals are Wilson's, as if records and pairs were independent.
///
/// A pair counts half for the group of each of its records. `truth` says for each record its true person, where that is known.
pub fn quality_by_group(
    linked: &Linked,
    unlinkables: &Unlinkables,
    grouping: &Grouping,
    truth: Option<&[Option<u32>]>,
) -> Vec<GroupQuality> {
    quality_of_people(linked, &linked.cluster_of, unlinkables, grouping, truth)
}

/// As [`quality_by_group`], where more than the linkage decided who is one person: `person_of` says for each record its person, counted
/// from 0. A record whose place in the grouping is no group is in none.
pub fn quality_of_people(
    linked: &Linked,
    person_of: &[u32],
    unlinkables: &Unlinkables,
    grouping: &Grouping,
    truth: Option<&[Option<u32>]>,
) -> Vec<GroupQuality> {
    let count = grouping.groups.len();
    let group = |record: usize| grouping.of.get(record).map_or(usize::MAX, |group| *group as usize);
    let mut sums = vec![Sums::default(); count];
    let clusters = person_of.iter().max().map_or(0, |last| *last as usize + 1);
    let mut size = vec![0_u32; clusters];
    for person in person_of {
        size[*person as usize] += 1;
    }
    for (record, cluster) in person_of.iter().enumerate() {
        let Some(sums) = sums.get_mut(group(record)) else { continue };
        sums.records += 1.0;
        sums.linked += f64::from(u8::from(size[*cluster as usize] > 1));
        sums.unlinkable += f64::from(u8::from(unlinkables.is_unlinkable(record as u32, linked.threshold)));
    }
    for edge in &linked.edges {
        let (left, right) = (edge.left as usize, edge.right as usize);
        let joined = person_of.get(left) == person_of.get(right);
        if !joined && linked.reaches(edge) {
            // Refused: two numbers, two rows of a list, relatives.
            continue;
        }
        // What a number, a decision or a tier joined is a match, whatever it weighs.
        let p = if joined && edge.tier != Tier::Weight { 1.0 } else { f64::from(edge.probability) };
        for record in [left, right] {
            if let Some(sums) = sums.get_mut(group(record)) {
                *(if joined { &mut sums.found } else { &mut sums.missed }) += p / 2.0;
            }
        }
    }
    if let Some(truth) = truth {
        true_pairs(person_of, truth, &group, &mut sums);
    }
    let shown = |(sums, name): (&Sums, &String)| {
        let whole = sums.records;
        (whole > 0.0).then(|| GroupQuality {
            group: name.clone(),
            records: whole as u64,
            linked: Interval::wilson(sums.linked, whole),
            unlinkable: Interval::wilson(sums.unlinkable, whole),
            missed: Interval::wilson(sums.missed, sums.missed + sums.found),
            matches: sums.missed + sums.found,
            precision: truth.map(|_| Interval::wilson(sums.right, sums.together)),
            recall: truth.map(|_| Interval::wilson(sums.right, sums.of_one)),
        })
    };
    sums.iter().zip(&grouping.groups).filter_map(shown).collect()
}

#[derive(Debug, Clone, Default)]
struct Sums {
    records: f64,
    linked: f64,
    unlinkable: f64,
    found: f64,
    missed: f64,
    /// Pairs, halved for each end: joined, of one true person, and both.
    together: f64,
    of_one: f64,
    right: f64,
}

/// Counts pairs of records whose person is known, without going through the pairs: each record meets so many others.
fn true_pairs(person_of: &[u32], truth: &[Option<u32>], group: &impl Fn(usize) -> usize, sums: &mut [Sums]) {
    let mut known: Vec<(u32, u32, usize)> = truth
        .iter()
        .zip(person_of)
        .enumerate()
        .filter_map(|(record, (person, cluster))| Some(((*person)?, *cluster, record)))
        .collect();
    let mut add = |run: &[(u32, u32, usize)], to: fn(&mut Sums) -> &mut f64| {
        for (_, _, record) in run {
            if let Some(sums) = sums.get_mut(group(*record)) {
                *to(sums) += (run.len() - 1) as f64 / 2.0;
            }
        }
    };
    known.sort_unstable();
    known.chunk_by(|a, b| a.0 == b.0).for_each(|run| add(run, |sums| &mut sums.of_one));
    known.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).for_each(|run| add(run, |sums| &mut sums.right));
    known.sort_unstable_by_key(|(_, cluster, record)| (*cluster, *record));
    known.chunk_by(|a, b| a.1 == b.1).for_each(|run| add(run, |sums| &mut sums.together));
}
