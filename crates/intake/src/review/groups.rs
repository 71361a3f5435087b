//! Who is linked and who is missed, by source and by what the records themselves say of sex, age, deprivation and ethnicity.

use super::weigh::People;
use super::{GroupLinkage, Made, SourceLinkage};
use crate::identity::Identity;
use crate::spool::NO_DAY;
use linkage::{GroupQuality, Grouping, quality_of_people, unlinkables};
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
    /// Identities that say too little even to be a record.
    too_little: u64,
}

/// The sources, and the groups of those that are linked to something: all but the lists, or all where there is no list.
pub(super) fn count(made: &Made<'_>, people: &People) -> (Vec<SourceLinkage>, Vec<GroupLinkage>) {
    let linking = &made.clustered.linking;
    let lists = made.sources.lists;
    let sources_of_person = sources_of_people(made);
    let own_weights = unlinkables(&linking.records, &linking.model);
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
        // Of the records of this source the group each is in; the others are in none.
        let mut of = vec![vec![u32::MAX; linking.records.len()]; BY.len()];
        for (place, who) in made.identities.rows.iter().enumerate().filter(|(_, who)| who.sources & bit != 0) {
            let person = made.assigned.person_of[place];
            let elsewhere = sources_of_person[person as usize];
            let linked = if lists == 0 { elsewhere & !bit != 0 } else { elsewhere & lists != 0 };
            own.identities += 1;
            own.linked += u64::from(linked);
            met.insert(person);
            let record = linking.record_of[place] as usize;
            for (by, cells) in cells.iter_mut().enumerate() {
                let group = group(made, by, who);
                let cell = &mut cells[group];
                cell.records += 1;
                cell.linked += u64::from(linked);
                match of[by].get_mut(record) {
                    Some(of) => *of = group as u32,
                    None => cell.too_little += 1,
                }
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
                let names = (0..cells.len()).map(|group| group.to_string()).collect();
                let grouping = Grouping { name: BY[by].to_owned(), groups: names, of: std::mem::take(&mut of[by]) };
                let found = quality_of_people(&linking.linked, &people.of_record, &own_weights, &grouping, None);
                for (group, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.records > 0) {
                    let quality = found.iter().find(|quality| quality.group == group.to_string());
                    let of = |share: fn(&GroupQuality) -> f64| quality.map_or(0.0, share);
                    groups.push(GroupLinkage {
                        by: BY[by].to_owned(),
                        group: words(by, group).to_owned(),
                        source: id.clone(),
                        records: cell.records,
                        linked: cell.linked,
                        matches_thousandths: of(|q| q.matches * 1000.0).round() as u64,
                        missed_thousandths: of(|q| q.missed.estimate * q.matches * 1000.0).round() as u64,
                        unlinkable: cell.too_little + of(|q| q.unlinkable.estimate * q.records as f64).round() as u64,
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
