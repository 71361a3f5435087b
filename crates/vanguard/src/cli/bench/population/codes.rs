//! What each code of the dictionary means to the questions.

use blueprint::model::ScoreKind;
use blueprint::score::{ScoreTable, score_table};
use lake::Dictionary;
use nhs::CodeSystem;

/// Groups of the Charlson index, a bit each.
const GROUPS: u32 = 17;

/// Heart failure (I50).
pub const FAILURE: u32 = 1 << GROUPS;

/// Cancer (C00 to C97).
pub const CANCER: u32 = 1 << (GROUPS + 1);

/// Where the position in the frailty score's table stands, from 1; 0 for none.
const FRAILTY: u32 = GROUPS + 2;

/// What one code means, packed so that all of a dictionary fit the processor's nearest cache: Charlson groups, [`FAILURE`],
/// [`CANCER`], position in the frailty table.
#[derive(Debug, Clone, Copy, Default)]
pub struct Code(u32);

impl Code {
    /// Groups and flags.
    #[inline]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Position in the frailty table, below 128; 0 for none.
    #[inline]
    pub const fn frailty(self) -> usize {
        (self.0 >> FRAILTY) as usize & 127
    }
}

/// All codes.
pub struct Codes {
    bits_of_code: Vec<Code>,
    /// The bit of each position of the frailty table; none for 0.
    frailty_bits: [u128; 128],
    /// Points of each position of the frailty table, in tenths.
    tenths: Vec<u64>,
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
        let points = |group: &blueprint::score::ScoreGroup| {
            if group.codes.iter().any(|code| code == "B20") { 2 } else { group.weight_tenths.max(0) as u64 / 10 }
        };
        let groups = charlson.groups.iter().map(|group| (points(group), group.yields_to)).collect();
        let mut frailty_bits = [0; 128];
        for (place, bit) in frailty_bits.iter_mut().enumerate().skip(1) {
            *bit = 1 << place;
        }
        let tenths = std::iter::once(0).chain(frailty.groups.iter().map(|g| g.weight_tenths.max(0) as u64)).collect();
        Self { bits_of_code: codes, frailty_bits, tenths, groups, starts, indicators: list }
    }

    /// What a code means; nothing for numbers beyond the dictionary.
    #[inline]
    pub fn get(&self, number: u32) -> Code {
        self.bits_of_code.get(number as usize).copied().unwrap_or_default()
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

    /// The bit of a position of the frailty table.
    #[inline]
    pub fn frailty_bit(&self, place: usize) -> u128 {
        self.frailty_bits[place & 127]
    }

    /// The frailty score of a set of such bits, in tenths: each code counts once.
    #[inline]
    pub fn frailty(&self, bits: u128) -> u64 {
        let (mut rest, mut tenths) = (bits, 0);
        while rest != 0 {
            tenths += self.tenths[rest.trailing_zeros() as usize];
            rest &= rest - 1;
        }
        tenths
    }

    /// Points of a set of Charlson groups; `None` where there are none.
    #[inline]
    pub fn points(&self, bits: u32) -> Option<u64> {
        let groups = bits & ((1 << GROUPS) - 1);
        if groups == 0 {
            return None;
        }
        let (mut rest, mut points) = (groups, 0);
        while rest != 0 {
            let (own, yields_to) = self.groups[rest.trailing_zeros() as usize];
            rest &= rest - 1;
            if yields_to.is_none_or(|other| groups >> other & 1 == 0) {
                points += own;
            }
        }
        Some(points)
    }
}

fn of_icd10(code: &str, frailty: &ScoreTable, charlson: &ScoreTable) -> Code {
    let under = |stems: &[String]| stems.iter().any(|stem| code.starts_with(stem.as_str()));
    let place =
        frailty.groups.iter().take(126).position(|group| under(&group.codes)).map_or(0, |place| place as u32 + 1);
    let mut bits = place << FRAILTY;
    for (bit, group) in charlson.groups.iter().take(GROUPS as usize).enumerate() {
        bits |= u32::from(under(&group.codes)) << bit;
    }
    if code.starts_with("I50") {
        bits |= FAILURE;
    }
    if ("C00".."C98").contains(&code) {
        bits |= CANCER;
    }
    Code(bits)
}
