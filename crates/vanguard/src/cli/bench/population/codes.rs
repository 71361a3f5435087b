//! What each code of the dictionary means to the questions.

use blueprint::model::ScoreKind;
use blueprint::score::{ScoreTable, score_table};
use lake::Dictionary;
use nhs::CodeSystem;

/// Heart failure (I50).
pub const FAILURE: u8 = 1;

/// Cancer (C00 to C97).
pub const CANCER: u8 = 2;

/// One code, packed so that all of a dictionary fit the processor's cache.
#[derive(Debug, Clone, Copy, Default)]
pub struct Code {
    /// Groups of the Charlson index, a bit each.
    pub charlson: u32,
    /// Points of the frailty score in tenths.
    pub tenths: u16,
    /// Position in the frailty score's table, from 1; 0 for none.
    pub frailty: u8,
    /// [`FAILURE`] and [`CANCER`].
    pub flags: u8,
}

/// All codes.
pub struct Codes {
    codes: Vec<Code>,
    /// Points of each Charlson group, and the group it yields to.
    groups: Vec<(u64, Option<usize>)>,
    /// Indicators of each code: where they begin in the list, and the list.
    starts: Vec<u32>,
    indicators: Vec<u16>,
}

impl Codes {
    /// Looks at every code of a dictionary; indicator n wants every hundredth code, beginning with the nth.
    pub fn new(dictionary: &Dictionary, indicators: usize) -> Self {
        let (frailty, charlson) = (score_table(ScoreKind::HospitalFrailtyRisk), score_table(ScoreKind::CharlsonQuan));
        let code_of = |row: &lake::CodeRow| match row.system {
            CodeSystem::Icd10 => of_icd10(&row.code, frailty, charlson),
            _ => Code::default(),
        };
        let codes: Vec<Code> = dictionary.rows().iter().map(code_of).collect();
        let (mut starts, mut list) = (vec![0], Vec::new());
        for number in 0..codes.len() {
            let wanted = (0..indicators).filter(|&n| number > 0 && (number * 7 + n) % 100 == 0);
            list.extend(wanted.map(|n| n as u16));
            starts.push(list.len() as u32);
        }
        // The peers' table gives HIV the two points of their own list; everything else is as published.
        let points = |group: &blueprint::score::ScoreGroup| match group.codes.iter().any(|code| code == "B20") {
            true => 2,
            false => group.weight_tenths.max(0) as u64 / 10,
        };
        let groups = charlson.groups.iter().map(|group| (points(group), group.yields_to)).collect();
        Self { codes, groups, starts, indicators: list }
    }

    /// What a code means; nothing for numbers beyond the dictionary.
    #[inline]
    pub fn get(&self, number: u32) -> Code {
        self.codes.get(number as usize).copied().unwrap_or_default()
    }

    /// The indicators that want a code.
    #[inline]
    pub fn indicators(&self, number: u32) -> &[u16] {
        let place = number as usize;
        match (self.starts.get(place), self.starts.get(place + 1)) {
            (Some(&start), Some(&end)) => &self.indicators[start as usize..end as usize],
            _ => &[],
        }
    }

    /// Points of a set of Charlson groups.
    #[inline]
    pub fn points(&self, groups: u32) -> u64 {
        let (mut rest, mut points) = (groups, 0);
        while rest != 0 {
            let (own, yields_to) = self.groups[rest.trailing_zeros() as usize];
            rest &= rest - 1;
            if yields_to.is_none_or(|other| groups >> other & 1 == 0) {
                points += own;
            }
        }
        points
    }
}

fn of_icd10(code: &str, frailty: &ScoreTable, charlson: &ScoreTable) -> Code {
    let under = |stems: &[String]| stems.iter().any(|stem| code.starts_with(stem.as_str()));
    let mut found = Code::default();
    if let Some(place) = frailty.groups.iter().take(128).position(|group| under(&group.codes)) {
        found.frailty = place as u8 + 1;
        found.tenths = frailty.groups[place].weight_tenths as u16;
    }
    for (bit, group) in charlson.groups.iter().take(32).enumerate() {
        found.charlson |= u32::from(under(&group.codes)) << bit;
    }
    if code.starts_with("I50") {
        found.flags |= FAILURE;
    }
    if ("C00".."C98").contains(&code) {
        found.flags |= CANCER;
    }
    found
}
