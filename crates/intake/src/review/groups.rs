//! Who is linked and who is missed, by source and by what the records themselves say of sex, age, deprivation and ethnicity.

use super::weigh::People;
use super::{GroupLinkage, Made, SourceLinkage};
use crate::identity::Identity;
use crate::spool::NO_DAY;
use linkage::Tier;
use nhs::{Day, Lsoa, Sex};
use std::collections::BTreeSet;

/// What the groups are by.
const BY: [&str; 4] = ["sex", "age", "deprivation", "ethnicity"];
const SEXES: [&str; 4] = ["Female", "Male", "Indeterminate", "Not known"];
const AGES: [&str; 6] = ["0 to 17", "18 to 39", "40 to 64", "65 to 84", "85 and over", "Not known"];
const QUINTILES: [&str; 6] = ["1, the most deprived fifth", "2", "3", "4", "5, the least deprived fifth", "Not known"];
const ETHNICITIES: [&str; 6] = [
    "White",
    "Mixed",
    "Asian or Asian British",
    "Black or Black British",
    "Other ethnic groups",
    "Not stated or not known",
];

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    records: u64,
    linked: u64,
    missed: f64,
    unlinkable: u64,
}

/// The sources, and the groups of those that are linked to something: all but the lists, or all where there is no list.
pub(super) fn count(made: &Made<'_>, people: &People) -> (Vec<SourceLinkage>, Vec<GroupLinkage>) {
    let linking = &made.clustered.linking;
    let lists = made.sources.lists;
    let sources_of_person = sources_of_people(made);
    let missed = missed(made, people);
    let unlinkable = super::weigh::unlinkable(made);
    let (mut sources, mut groups) = (Vec::new(), Vec::new());
    for (number, id) in made.sources.ids.iter().enumerate().filter(|(n, _)| made.about_people >> n & 1 == 1) {
        let bit = 1_u32 << number;
        let mut cells = [[Cell::default(); 6]; BY.len()];
        let mut own = SourceLinkage {
            source: id.clone(),
            is_list: lists & bit != 0,
            once: linking.once & bit != 0,
            ..SourceLinkage::default()
        };
        let mut met: BTreeSet<u32> = BTreeSet::new();
        for (place, who) in made.identities.rows.iter().enumerate().filter(|(_, who)| who.sources & bit != 0) {
            let person = made.assigned.person_of[place];
            let elsewhere = sources_of_person[person as usize];
            let linked = if lists == 0 { elsewhere & !bit != 0 } else { elsewhere & lists != 0 };
            own.identities += 1;
            own.linked += u64::from(linked);
            met.insert(person);
            let record = linking.record_of[place] as usize;
            for (by, cells) in cells.iter_mut().enumerate() {
                let cell = &mut cells[group(made, by, who)];
                cell.records += 1;
                cell.linked += u64::from(linked);
                cell.missed += if linked { 0.0 } else { missed.get(record).copied().unwrap_or(0.0) };
                cell.unlinkable += u64::from(unlinkable.get(record).copied().unwrap_or(true));
            }
        }
        own.people = met.len() as u64;
        if !own.is_list {
            for (by, cells) in cells.iter().enumerate() {
                // A source that never says it tells nothing about who is missed.
                let last = if by == 0 { 3 } else { 5 };
                if cells[..last].iter().all(|cell| cell.records == 0) {
                    continue;
                }
                for (group, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.records > 0) {
                    groups.push(GroupLinkage {
                        by: BY[by].to_owned(),
                        group: words(by, group).to_owned(),
                        source: id.clone(),
                        records: cell.records,
                        linked: cell.linked,
                        missed_thousandths: (cell.missed * 1000.0).round() as u64,
                        unlinkable: cell.unlinkable,
                    });
                }
            }
        }
        sources.push(own);
    }
    (sources, groups)
}

fn sources_of_people(made: &Made<'_>) -> Vec<u32> {
    let mut bits = vec![0; made.assigned.ids.len()];
    for (who, &person) in made.identities.rows.iter().zip(&made.assigned.person_of) {
        bits[person as usize] |= who.sources;
    }
    bits
}

/// For each record the chance that one of the compared pairs that were not joined is a match after all.
fn missed(made: &Made<'_>, people: &People) -> Vec<f64> {
    let linking = &made.clustered.linking;
    let mut none = vec![1.0; linking.records.len()];
    for edge in linking.linked.edges.iter().filter(|edge| edge.tier == Tier::Weight) {
        if people.of_record[edge.left as usize] != people.of_record[edge.right as usize] {
            for record in [edge.left, edge.right] {
                none[record as usize] *= 1.0 - f64::from(edge.probability);
            }
        }
    }
    none.into_iter().map(|none| 1.0 - none).collect()
}

fn group(made: &Made<'_>, by: usize, who: &Identity) -> usize {
    match by {
        0 => match who.sex {
            Sex::Female => 0,
            Sex::Male => 1,
            Sex::Indeterminate => 2,
            Sex::Unknown => 3,
        },
        1 if who.birth == NO_DAY => 5,
        1 => match made.as_of.age_since(Day(who.birth)) {
            ..18 => 0,
            18..40 => 1,
            40..65 => 2,
            65..85 => 3,
            _ => 4,
        },
        2 => {
            let area = who.lsoa.checked_sub(1).and_then(Lsoa::from_value);
            match area.and_then(|area| made.imd.get(&area.value())) {
                Some(decile @ 1..=10) => usize::from(decile - 1) / 2,
                _ => 5,
            }
        }
        _ => ETHNICITIES.iter().position(|group| *group == who.ethnicity.group()).unwrap_or(5),
    }
}

fn words(by: usize, group: usize) -> &'static str {
    match by {
        0 => SEXES[group.min(3)],
        1 => AGES[group],
        2 => QUINTILES[group],
        _ => ETHNICITIES[group],
    }
}
