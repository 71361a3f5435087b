//! A model made ready for one set of records: each test is one bit, each level, rule and veto a mask of bits.

use crate::clean;
use crate::held::Held;
use crate::model::Model;
use crate::question::{Field, Test};
use crate::records::Records;
use crate::shape::Shape;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// The text columns, in the order of the arrays of a [`Plan`].
pub(crate) const TEXTS: [Field; 8] = [
    Field::Family,
    Field::Given,
    Field::Postcode,
    Field::Address,
    Field::Full,
    Field::Place,
    Field::Occupation,
    Field::Other,
];

/// Tests of one column: the bits to set where the two values are equal, where one is missing, and what to ask otherwise.
#[derive(Debug, Default)]
pub(crate) struct Column {
    pub(crate) equal: u64,
    pub(crate) missing: u64,
    pub(crate) ask: Vec<(u64, Test)>,
    /// Answers without which no other answer of this column matters: the model asks for its tests only together with these, and
    /// they are known before this column is looked at.
    pub(crate) gate: u64,
}

impl Column {
    fn is_asked(&self) -> bool {
        self.equal != 0 || self.missing != 0 || !self.ask.is_empty()
    }
}

/// One level ready to be used.
#[derive(Debug)]
pub(crate) struct Rung {
    pub(crate) need: u64,
    /// log2(m / u); 0 where neutral.
    pub(crate) bits: f64,
    /// Indexes into [`TEXTS`] of the columns whose own frequency counts.
    pub(crate) frequency: Vec<usize>,
    /// Whether the frequency of the date of birth counts.
    pub(crate) birth_frequency: bool,
}

/// A model made ready.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) records: &'a Records,
    pub(crate) model: &'a Model,
    pub(crate) text: [Column; 8],
    /// The text columns some test looks at.
    pub(crate) asked: Vec<usize>,
    pub(crate) birth: Column,
    pub(crate) sex: Column,
    pub(crate) number: Column,
    pub(crate) swapped: u64,
    pub(crate) crossed: u64,
    pub(crate) middle: u64,
    /// Tests of the given name against an encoded middle name: the bit and the least likeness in hundredths.
    pub(crate) middle_dice: Vec<(u64, u8)>,
    /// Tests of tokens: the bit and the column of the token. Empty where records are not encoded.
    pub(crate) tokens: Vec<(u64, usize)>,
    pub(crate) comparisons: Vec<Vec<Rung>>,
    pub(crate) rules: Vec<u64>,
    pub(crate) training: Vec<u64>,
    pub(crate) agree: Vec<u64>,
    vetoes: Vec<(u64, u64)>,
    tiers: Vec<(u64, u64)>,
    /// How common values are, and the prior.
    pub(crate) held: Cow<'a, Held>,
    /// Given names and the numbers of the nickname lists they stand in.
    pub(crate) nicknames: FxHashMap<u32, Vec<u16>>,
    /// log2 of the prior odds of a pair.
    pub(crate) prior_bits: f64,
}

/// log2 of the prior odds of a pair among so many records.
pub(crate) fn prior_bits(records: usize, matches_per_record: f64) -> f64 {
    let others = records.max(SMALLEST_POPULATION) - 1;
    (matches_per_record / others as f64).log2()
}

/// Fewer records than this are treated as this many when the prior is worked out: in a handful of records a high prior would
/// join people on thin evidence.
const SMALLEST_POPULATION: usize = 1000;

impl<'a> Plan<'a> {
    pub(crate) fn new(records: &'a Records, model: &'a Model) -> Self {
        Self::with(records, model, Cow::Owned(Held::of(records, model)))
    }

    /// For answers alone: weights leave out how common values are.
    pub(crate) fn of_answers(records: &'a Records, model: &'a Model) -> Self {
        Self::with(records, model, Cow::Owned(Held::nothing(records, model)))
    }

    /// With frequencies and prior of another time.
    pub(crate) fn with(records: &'a Records, model: &'a Model, held: Cow<'a, Held>) -> Self {
        let tests = model.tests();
        let mask = |some: &[Test]| some.iter().fold(0, |mask, test| mask | bit_of(&tests, *test));
        let comparisons: Vec<Vec<Rung>> = model
            .comparison
            .iter()
            .map(|comparison| {
                let rung = |level: &crate::model::Level| Rung {
                    need: mask(&level.when),
                    bits: if level.is_neutral() { 0.0 } else { (level.m / level.u).log2() },
                    frequency: TEXTS
                        .iter()
                        .enumerate()
                        .filter(|(_, f)| level.frequency.contains(f))
                        .map(|(i, _)| i)
                        .collect(),
                    birth_frequency: level.frequency.contains(&Field::Birth),
                };
                comparison.levels.iter().map(rung).collect()
            })
            .collect();
        let mut text: [Column; 8] = std::array::from_fn(|text| column(&tests, TEXTS[text]));
        set_gates(model, &mask, &tests, &mut text);
        let asked = (0..8).filter(|at| text[*at].is_asked()).collect();
        Self {
            records,
            model,
            text,
            asked,
            birth: column(&tests, Field::Birth),
            sex: column(&tests, Field::Sex),
            number: column(&tests, Field::Number),
            swapped: bit_of(&tests, Test::Swapped),
            crossed: bit_of(&tests, Test::Crossed),
            middle: bit_of(&tests, Test::Middle),
            middle_dice: tests
                .iter()
                .enumerate()
                .filter_map(
                    |(at, test)| if let Test::MiddleDice(least) = test { Some((1 << at, *least)) } else { None },
                )
                .collect(),
            tokens: tests
                .iter()
                .enumerate()
                .filter_map(|(at, test)| if let Test::Token(token) = test { Some((1 << at, token.at())) } else { None })
                .collect(),
            rules: model.blocking.rules.iter().map(|rule| mask(rule)).collect(),
            training: model.training.iter().map(|rule| mask(rule)).collect(),
            agree: model.number.agree.iter().map(|rule| mask(rule)).collect(),
            vetoes: model.veto.iter().map(|veto| (mask(&veto.when), mask(&veto.unless))).collect(),
            tiers: model.tier.iter().map(|tier| (mask(&tier.when), mask(&tier.unless))).collect(),
            nicknames: nickname_lists(records, model),
            prior_bits: held.prior_bits,
            held,
            comparisons,
        }
    }

    /// The value of a record in a text column; 0 where missing.
    pub(crate) fn value(records: &Records, text: usize, record: usize) -> u32 {
        if text < 4 {
            return records.rows[record].texts[text];
        }
        // The columns only some sources fill may be shorter than the records.
        records.more[text - 4].get(record).copied().unwrap_or(0)
    }

    /// The shapes of two values of a text column.
    pub(crate) fn shapes(&self, text: usize, left: u32, right: u32) -> (Shape, Shape) {
        let words = match text {
            0 | 1 => &self.records.names,
            2 => &self.records.postcodes,
            3 => &self.records.addresses,
            more => &self.records.more_words[more - 4],
        };
        (words.shape(left), words.shape(right))
    }

    /// The text of a value of a text column.
    pub(crate) fn words(&self, text: usize, value: u32) -> &'a str {
        match text {
            0 | 1 => self.records.names.get(value),
            2 => self.records.postcodes.get(value),
            3 => self.records.addresses.get(value),
            more => self.records.more_words[more - 4].get(value),
        }
    }

    /// The level each comparison takes for a mask of answers.
    pub(crate) fn level(rungs: &[Rung], mask: u64) -> usize {
        rungs.iter().position(|rung| mask & rung.need == rung.need).unwrap_or(rungs.len().saturating_sub(1))
    }

    /// What the frequency of the values adds to a level's weight, in bits.
    pub(crate) fn rarity_bits(&self, rung: &Rung, left: u32, right: u32) -> f64 {
        let mut bits = 0.0;
        for text in &rung.frequency {
            let of = |record: u32| self.held.of_text(*text, Self::value(self.records, *text, record as usize));
            bits += f64::from(of(left).min(of(right)));
        }
        if rung.birth_frequency {
            let of = |record: u32| self.held.of_birth(self.records.rows[record as usize].birth);
            bits += f64::from(of(left).min(of(right)));
        }
        bits
    }

    /// The match weight of a pair with the prior, in bits.
    pub(crate) fn bits(&self, mask: u64, left: u32, right: u32) -> f64 {
        let mut bits = self.prior_bits;
        for rungs in &self.comparisons {
            let rung = &rungs[Self::level(rungs, mask)];
            bits += rung.bits;
            if !rung.frequency.is_empty() || rung.birth_frequency {
                bits += self.rarity_bits(rung, left, right);
            }
        }
        bits
    }

    /// Whether a deterministic tier joins a pair.
    pub(crate) fn tier_holds(&self, tier: usize, mask: u64) -> bool {
        self.tiers.get(tier).is_some_and(|(when, unless)| mask & when == *when && mask & unless == 0)
    }

    /// The first deterministic tier that joins a pair.
    pub(crate) fn tier(&self, mask: u64) -> Option<usize> {
        (0..self.tiers.len()).find(|at| self.tier_holds(*at, mask))
    }

    /// The first veto that stands against a pair.
    pub(crate) fn veto(&self, mask: u64) -> Option<usize> {
        self.vetoes.iter().position(|(when, unless)| mask & when == *when && mask & unless == 0)
    }
}

fn bit_of(tests: &[Test], test: Test) -> u64 {
    tests.binary_search(&test).map_or(0, |at| 1 << at)
}

/// Sorts the tests of one field into a column.
fn column(tests: &[Test], field: Field) -> Column {
    let mut column = Column::default();
    for (at, test) in tests.iter().enumerate() {
        let bit = 1_u64 << at;
        if matches!(test, Test::Swapped | Test::Crossed | Test::Middle | Test::MiddleDice(_) | Test::Token(_))
            || !test.fields().contains(&field)
        {
            continue;
        }
        match test {
            Test::Missing(_) => column.missing |= bit,
            // Equal dates with day = month are not a mistake of order.
            Test::Transposed => column.ask.push((bit, *test)),
            Test::Exact(_) => column.equal |= bit,
            _ => {
                column.equal |= bit;
                column.ask.push((bit, *test));
            }
        }
    }
    column
}

/// Finds the gate of each text column. Only where a veto does not ask for a test of the column under `unless`: there a test counts
/// where it does not hold.
fn set_gates(model: &Model, mask: &impl Fn(&[Test]) -> u64, tests: &[Test], text: &mut [Column; 8]) {
    let levels = model.comparison.iter().flat_map(|comparison| &comparison.levels).map(|level| &level.when);
    let vetoes = model.veto.iter().map(|veto| &veto.when).chain(model.tier.iter().map(|tier| &tier.when));
    let rules =
        model.blocking.rules.iter().chain(&model.training).chain(&model.number.agree).chain([&model.prior.rule]);
    let needs: Vec<u64> = levels.chain(vetoes).chain(rules).map(|when| mask(when)).collect();
    let forbidden = model.veto.iter().map(|veto| &veto.unless).chain(model.tier.iter().map(|tier| &tier.unless));
    let unless = forbidden.fold(0, |all, unless| all | mask(unless));
    // Bits of the columns that are looked at before the text columns, then of each text column as it has been.
    let mut before = [Field::Birth, Field::Sex, Field::Number].iter().fold(0, |all, field| {
        let column = column(tests, *field);
        all | column.equal | column.missing | column.ask.iter().fold(0, |all, (bit, _)| all | bit)
    });
    for column in text.iter_mut() {
        let asked = column.ask.iter().fold(0, |all, (bit, _)| all | bit);
        if unless & asked == 0 {
            let all = needs.iter().filter(|need| **need & asked != 0).fold(u64::MAX, |all, need| all & need);
            column.gate = all & before;
        }
        before |= column.equal | column.missing | asked;
    }
}

/// How many other records of the same person share the value, on average: matches expected for each record, times m of the first
/// level that asks for the field's frequency. They say nothing about how common the value is among other people.
pub(crate) fn own_copies(model: &Model, field: Field) -> f64 {
    let mut levels = model.comparison.iter().flat_map(|comparison| &comparison.levels);
    let m = levels.find(|level| level.frequency.contains(&field)).map_or(0.0, |level| level.m);
    model.prior.matches_per_record * m
}

/// For each value of a text column how much rarer it is than the average value, as log2.
pub(crate) fn rarity_of(records: &Records, text: usize, copies: f64) -> Vec<f32> {
    let words = match text {
        0 | 1 => &records.names,
        2 => &records.postcodes,
        3 => &records.addresses,
        more => &records.more_words[more - 4],
    };
    let mut counts = vec![0_u32; words.len()];
    for record in 0..records.len() {
        if let Some(count) = counts.get_mut(Plan::value(records, text, record) as usize) {
            *count += 1;
        }
    }
    counts[0] = 0;
    rarities(&counts, copies)
}

/// As [`rarity_of`], for dates of birth, and the weight of a date that is not among them: the first of January is given to people
/// whose day is not known.
pub(crate) fn rarity_of_births(records: &Records, copies: f64) -> (FxHashMap<u32, f32>, f32) {
    let mut births: Vec<u32> = records.rows.iter().map(|row| row.birth).filter(|birth| *birth != 0).collect();
    births.sort_unstable();
    let runs: Vec<&[u32]> = births.chunk_by(|a, b| a == b).collect();
    let counts: Vec<u32> = runs.iter().map(|run| run.len() as u32).chain([0]).collect();
    let weights = rarities(&counts, copies);
    let other = weights.last().copied().unwrap_or(0.0);
    (runs.iter().map(|run| run[0]).zip(weights).collect(), other)
}

/// log2(average / own) for each count.
///
/// The average is the chance that two records of different people agree; own is the chance that another person has this value. Both
/// leave out the copies of the same person. A value counts at least twice, because it is looked up only where two records have it.
fn rarities(counts: &[u32], copies: f64) -> Vec<f32> {
    let total: f64 = counts.iter().map(|count| f64::from(*count)).sum();
    let others = |count: u32| (f64::from(count) - copies).max(0.0);
    let average = counts.iter().map(|count| f64::from(*count) * others(*count)).sum::<f64>() / (total * total).max(1.0);
    let own = |count: &u32| others(*count).max(2.0) / total.max(2.0);
    counts.iter().map(|count| (average.max(1e-12) / own(count)).log2() as f32).collect()
}

fn nickname_lists(records: &Records, model: &Model) -> FxHashMap<u32, Vec<u16>> {
    let mut lists: FxHashMap<u32, Vec<u16>> = FxHashMap::default();
    let mut cleaned = String::new();
    for (list, names) in model.nicknames.iter().enumerate().take(usize::from(u16::MAX)) {
        for name in names {
            clean::name(name, &mut cleaned);
            let number = records.names.find(&cleaned);
            if number != 0 {
                lists.entry(number).or_default().push(list as u16);
            }
        }
    }
    lists
}

/// Match probability of a weight in bits.
pub(crate) fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// Weight in bits of a match probability. Probabilities next to 0 and 1 are cut so that the weight stays finite.
pub(crate) fn bits_of_probability(probability: f64) -> f64 {
    let p = if probability.is_nan() { 0.5 } else { probability.clamp(1e-12, 1.0 - 1e-12) };
    (p / (1.0 - p)).log2()
}
