//! Records whose errors are known because they are made here.
#![allow(dead_code, reason = "each test file uses a part")]

use linkage::{RecordInput, Records};

/// A small generator with the same stream everywhere.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    pub fn chance(&mut self, per_cent: u64) -> bool {
        self.below(100) < per_cent
    }
}

const SYLLABLES: [&str; 16] =
    ["ba", "do", "fe", "gu", "ha", "ki", "lo", "ma", "ne", "po", "ra", "si", "to", "vu", "we", "zo"];

pub fn name(dice: &mut Dice, syllables: u64) -> String {
    (0..syllables).map(|_| SYLLABLES[dice.below(16) as usize]).collect()
}

/// Two records of each person; the second has another given name in 30 of 100, another family name in 10, another birth date in 5,
/// another home in 40.
pub fn people(count: u32) -> (Records, Vec<Option<u32>>) {
    let mut dice = Dice(11);
    let (mut records, mut truth) = (Records::new(), Vec::new());
    for person in 0..count {
        let mut of = |family: &str, given: &str, birth: u64, home: u64| {
            truth.push(Some(person));
            records.push(
                1,
                &RecordInput {
                    family,
                    given,
                    birth: Some(birth as i32),
                    sex: 1 + (person % 2) as u8,
                    postcode: &format!("LS{} {}AB", home % 20 + 1, home / 20 % 9),
                    address: &format!("{} High Street", home / 180),
                    ..RecordInput::default()
                },
            );
        };
        let (family, given) = (name(&mut dice, 3), name(&mut dice, 2));
        let (birth, home) = (dice.below(20_000), dice.below(20_000));
        of(&family, &given, birth, home);
        let given = if dice.chance(30) { name(&mut dice, 2) } else { given };
        let family = if dice.chance(10) { name(&mut dice, 3) } else { family };
        let birth = if dice.chance(5) { dice.below(20_000) } else { birth };
        let home = if dice.chance(40) { dice.below(20_000) } else { home };
        of(&family, &given, birth, home);
    }
    (records, truth)
}
