//! The first tier: records that share a valid number.

use crate::block::edge;
use crate::compare::Eye;
use crate::forest::Forest;
use crate::label::Apart;
use crate::plan::Plan;
use crate::records::Records;
use crate::result::{Conflict, Edge, LinkOptions, Tier};
use crate::supersede::{SupersededReport, resolve};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// What the first tier has settled.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) forest: Forest,
    /// For each record the person its number stands for, counted from 1; 0 where it has none or it was set aside.
    pub(crate) group: Vec<u32>,
    /// Records the second tier looks at: all that are not settled, and one for each distinct profile of a settled person.
    pub(crate) active: Vec<u32>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) conflicts: Vec<Conflict>,
    /// What labels keep apart.
    pub(crate) apart: Apart,
}

impl Settled {
    /// Joins the sets of two records; the root that stays carries the person of both. Gives the root that stays and the one that goes.
    pub(crate) fn join(&mut self, a: u32, b: u32) -> Option<(u32, u32)> {
        let (stays, goes) = self.forest.join(a, b)?;
        self.apart.joined(stays, goes);
        self.group[stays as usize] = self.group[stays as usize].max(self.group[goes as usize]);
        Some((stays, goes))
    }
}

/// Most distinct people one number may seem to belong to; more and it is no key at all: the rest have it set aside.
const MOST_PEOPLE: usize = 64;

impl Settled {
    /// Of so many records about whom nothing is known.
    pub(crate) fn nobody(records: usize, apart: Apart) -> Self {
        Self {
            forest: Forest::new(records),
            group: vec![0; records],
            active: Vec::new(),
            edges: Vec::new(),
            conflicts: Vec::new(),
            apart,
        }
    }
}

/// Groups records by number, joins those that agree and sets the number of the others aside. Records that a label keeps apart are not
/// of one person, whatever their number.
pub(crate) fn settle(plan: &Plan<'_>, options: &LinkOptions, apart: Apart) -> Settled {
    let records = plan.records;
    let mut settled = Settled::nobody(records.len(), apart);
    if !plan.model.number.is_identity {
        settled.active = (0..records.len() as u32).collect();
        return settled;
    }
    let current = Current::of(&options.superseded);
    let mut held = vec![false; records.len()];
    settle_some(plan, &by_number(records, &current, |_| true), 0, &mut settled, &mut held);
    settled.active = (0..records.len() as u32).filter(|record| !held[*record as usize]).collect();
    settled.conflicts.sort_unstable_by_key(|conflict| (conflict.left, conflict.right));
    settled
}

/// Records whose rows are fetched ahead.
const AHEAD: usize = 1 << 10;

/// Settles all records of some numbers; people are counted on from `people`. Marks in `held` those that need no comparing.
pub(crate) fn settle_some(
    plan: &Plan<'_>,
    by_number: &[(u64, u32)],
    mut people: u32,
    settled: &mut Settled,
    held: &mut [bool],
) {
    let mut eye = Eye::new(plan);
    let mut near = 0;
    let mut done = 0;
    for run in by_number.chunk_by(|a, b| a.0 == b.0) {
        done += run.len();
        if done > near {
            // The rows of the next records, fetched one behind the other, wait for memory together.
            let next = &by_number[near..by_number.len().min(near + AHEAD)];
            std::hint::black_box(next.iter().fold(0, |read, (_, at)| read ^ plan.records.rows[*at as usize].birth));
            near += AHEAD;
        }
        people += 1;
        let owners = settle_one(plan, &mut eye, run, settled);
        for record in &owners {
            settled.group[*record as usize] = people;
        }
        hold_back(plan, owners, held);
    }
}

/// What numbers have become.
pub(crate) struct Current {
    newer: FxHashMap<u64, u64>,
    report: SupersededReport,
}

impl Current {
    /// Of pairs of an old number and the new one.
    pub(crate) fn of(superseded: &[(u64, u64)]) -> Self {
        let (newer, report) = resolve(superseded);
        Self { newer, report }
    }

    /// The number that counts for a number.
    pub(crate) fn number(&self, number: u64) -> u64 {
        self.newer.get(&number).copied().unwrap_or(number)
    }

    /// What became of them for some records.
    pub(crate) fn report(self, records: &Records) -> SupersededReport {
        let replaced = records.rows.iter().filter(|row| self.newer.contains_key(&row.number)).count() as u64;
        SupersededReport { records: if self.newer.is_empty() { 0 } else { replaced }, ..self.report }
    }
}

/// Records with a wanted number, by number (the new one where it was superseded), then by content.
pub(crate) fn by_number(records: &Records, current: &Current, wanted: impl Fn(u64) -> bool) -> Vec<(u64, u32)> {
    let numbered = (0_u32..).zip(&records.rows).filter(|(_, row)| row.number != 0);
    let mut by_number: Vec<(u64, u32)> = numbered
        .map(|(record, row)| (current.number(row.number), record))
        .filter(|(number, _)| wanted(*number))
        .collect();
    by_number.par_sort_unstable();
    for run in by_number.chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        run.sort_unstable_by_key(|(_, record)| (records.rows[*record as usize].content, *record));
    }
    by_number
}

/// Splits the records of one number into people. Gives the records of the people who keep it: the largest group, and of equal
/// groups the one whose smallest content comes first.
fn settle_one(plan: &Plan<'_>, eye: &mut Eye<'_>, run: &[(u64, u32)], settled: &mut Settled) -> Vec<u32> {
    let records = plan.records;
    let agrees = |mask: u64| plan.agree.iter().any(|need| mask & need == *need);
    if let [(_, only)] = run {
        return vec![*only];
    }
    // Each person: its records, in order of content.
    let mut people: Vec<Vec<u32>> = Vec::new();
    let mut strays: Vec<u32> = Vec::new();
    for (_, record) in run {
        let mut home: Option<usize> = None;
        let mut other = 0;
        while other < people.len() {
            let met = meets(plan, eye, &people[other], *record, agrees);
            let Some((with, bits)) = met.filter(|_| !settled.apart.bars(*record, &people[other])) else {
                other += 1;
                continue;
            };
            if let Some(first) = home
                && people[other].iter().any(|member| settled.apart.bars(*member, &people[first]))
            {
                other += 1;
                continue;
            }
            let (left, right) = (with.min(*record), with.max(*record));
            settled.edges.push(edge(left, right, bits + plan.model.number.bits, Tier::Number));
            match home {
                None => {
                    home = Some(other);
                    other += 1;
                }
                Some(first) => {
                    let moved = people.remove(other);
                    people[first].extend(moved);
                }
            }
        }
        match home {
            Some(first) => people[first].push(*record),
            None if people.len() < MOST_PEOPLE => people.push(vec![*record]),
            None => strays.push(*record),
        }
    }
    for person in &people {
        for record in &person[1..] {
            settled.join(person[0], *record);
        }
    }
    let first = |person: &Vec<u32>| person.iter().map(|r| records.rows[*r as usize].content).min().unwrap_or(u64::MAX);
    people.sort_by_key(|person| (std::cmp::Reverse(person.len()), first(person)));
    let mut rest = people.split_off(1);
    rest.extend(strays.into_iter().map(|record| vec![record]));
    let owners = people.pop().unwrap_or_default();
    for person in &rest {
        let (a, b) = (owners[0], person[0]);
        let family = |record: u32| records.rows[record as usize].family();
        let same_family = family(a) != 0 && family(a) == family(b);
        settled.conflicts.push(Conflict { number: run[0].0, left: a, right: b, same_family });
    }
    owners
}

/// The first distinct profile of a person that agrees with a record, and their weight.
fn meets(
    plan: &Plan<'_>,
    eye: &mut Eye<'_>,
    person: &[u32],
    record: u32,
    agrees: impl Fn(u64) -> bool,
) -> Option<(u32, f64)> {
    // A person with hundreds of records repeats a few profiles; a stride keeps the search short.
    let stride = person.len().div_ceil(32);
    for other in person.iter().step_by(stride.max(1)) {
        let (left, right) = ((*other).min(record), (*other).max(record));
        let mask = eye.mask(left, right);
        if agrees(mask) {
            return Some((*other, plan.bits(mask, left, right)));
        }
    }
    None
}

/// Marks all but one record of each distinct profile among the records of one person.
fn hold_back(plan: &Plan<'_>, mut owners: Vec<u32>, held: &mut [bool]) {
    if owners.len() < 2 {
        return;
    }
    let r = plan.records;
    let profile = |record: &u32| {
        let at = *record as usize;
        let row = &r.rows[at];
        let more: [u32; 4] = std::array::from_fn(|text| r.more[text].get(at).copied().unwrap_or(0));
        (row.texts, row.middle, row.birth, row.sex, more)
    };
    owners.sort_by_key(|record| (profile(record), r.rows[*record as usize].content, *record));
    for pair in owners.windows(2) {
        if profile(&pair[0]) == profile(&pair[1]) {
            held[pair[1] as usize] = true;
        }
    }
}
