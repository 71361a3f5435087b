//! Puts the tests of a plan to pairs of records. Each distinct pair of texts is compared once as long as it is remembered.

use crate::bits::dice_hundredths;
use crate::calendar::{day_month_swapped, day_of_bcd, digits_apart, neighbours_swapped};
use crate::plan::{Column, Plan};
use crate::postcode;
use crate::question::Test;
use crate::records::Row;
use crate::shape::Shapes;
use crate::strings::{jaro_winkler, within_edits};

/// Remembered pairs of each text column; a power of two.
const MEMORY: usize = 1 << 13;

/// One thread's view of the pairs.
pub(crate) struct Eye<'a> {
    plan: &'a Plan<'a>,
    /// For each text column: the pair of values (smaller first) and its answers.
    memory: [Vec<(u64, u64)>; 8],
}

impl<'a> Eye<'a> {
    pub(crate) fn new(plan: &'a Plan<'a>) -> Self {
        Self {
            plan,
            memory: std::array::from_fn(
                |text| if plan.text[text].ask.is_empty() { Vec::new() } else { vec![(0, 0); MEMORY] },
            ),
        }
    }

    /// Brings what is known of the texts of some pairs near: reads that wait for memory one behind the other wait together here.
    pub(crate) fn look_ahead(&self, pairs: &[(Row, Row)]) {
        let mut read = 0;
        for text in self.plan.asked.iter().copied().filter(|text| *text < 4 && !self.plan.text[*text].ask.is_empty()) {
            for (left, right) in pairs {
                let (a, b) = (left.texts[text], right.texts[text]);
                if a != b && a != 0 && b != 0 {
                    let (one, other) = self.plan.shapes(text, a, b);
                    read ^= one.word() ^ other.word();
                }
            }
        }
        // Else the compiler would see that nobody asks for the answer.
        std::hint::black_box(read);
    }

    /// The answers of all tests for a pair, one bit each. The same for both orders of the pair.
    pub(crate) fn mask(&mut self, left: u32, right: u32) -> u64 {
        let rows = &self.plan.records.rows;
        self.mask_of((left, &rows[left as usize]), (right, &rows[right as usize]))
    }

    /// As [`Self::mask`], for records whose rows are at hand.
    pub(crate) fn mask_of(&mut self, (left, left_row): (u32, &Row), (right, right_row): (u32, &Row)) -> u64 {
        let plan = self.plan;
        let mut mask = birth(&plan.birth, left_row.birth, right_row.birth);
        mask |= plain(&plan.sex, u64::from(left_row.sex), u64::from(right_row.sex));
        mask |= number(&plan.number, left_row.number, right_row.number);
        for text in &plan.asked {
            let (a, b) = match text {
                0..4 => (left_row.texts[*text], right_row.texts[*text]),
                _ => {
                    (Plan::value(plan.records, *text, left as usize), Plan::value(plan.records, *text, right as usize))
                }
            };
            mask |= self.text(*text, a, b, mask);
        }
        mask |= names(
            plan,
            (left_row.family(), left_row.given(), left_row.middle),
            (right_row.family(), right_row.given(), right_row.middle),
        );
        for (bit, least) in &plan.middle_dice {
            let alike = |a: u32, b: u32| {
                a != 0
                    && b != 0
                    && dice_hundredths(plan.records.names.get(a), plan.records.names.get(b)) >= f64::from(*least)
            };
            if alike(left_row.given(), right_row.middle) || alike(right_row.given(), left_row.middle) {
                mask |= bit;
            }
        }
        for (bit, token) in &plan.tokens {
            let of = |record: u32| plan.records.tokens.get(*token, record as usize);
            if of(left) != 0 && of(left) == of(right) {
                mask |= bit;
            }
        }
        mask
    }

    /// The answers for two values of a text column; `known` are the answers so far.
    fn text(&mut self, text: usize, left: u32, right: u32, known: u64) -> u64 {
        let column = &self.plan.text[text];
        if left == 0 || right == 0 {
            return column.missing;
        }
        if left == right {
            return column.equal;
        }
        if column.ask.is_empty() || known & column.gate != column.gate {
            return 0;
        }
        // Most values that differ are ruled out by their shapes, without a look at the texts.
        let (one, other) = self.plan.shapes(text, left, right);
        let shapes = Shapes::new(one, other);
        let mut mask = 0;
        let mut open = false;
        for (bit, test) in &column.ask {
            match test {
                Test::Nickname(_) if self.nickname(left, right) => mask |= bit,
                Test::Nickname(_) => {}
                other => open |= shapes.may(*other),
            }
        }
        if !open {
            return mask;
        }
        let pair = u64::from(left.min(right)) << 32 | u64::from(left.max(right));
        let slot = (pair.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & (MEMORY - 1);
        let (known, answer) = self.memory[text][slot];
        if known == pair {
            return mask | answer;
        }
        let (a, b) = (self.plan.words(text, left), self.plan.words(text, right));
        let (mut like, mut dice) = (None, None);
        let mut answer = 0;
        for (bit, test) in &column.ask {
            let holds = match test {
                Test::Nickname(_) => false,
                Test::Dice(_, least) => *dice.get_or_insert_with(|| dice_hundredths(a, b)) >= f64::from(*least),
                Test::Like(_, least) => *like.get_or_insert_with(|| jaro_winkler(a, b)) * 100.0 >= f64::from(*least),
                other => shapes.may(*other) && unequal(*other, a, b),
            };
            if holds {
                answer |= bit;
            }
        }
        self.memory[text][slot] = (pair, answer);
        mask | answer
    }

    fn nickname(&self, left: u32, right: u32) -> bool {
        let lists = |value: u32| self.plan.nicknames.get(&value);
        match (lists(left), lists(right)) {
            (Some(a), Some(b)) => a.iter().any(|list| b.contains(list)),
            _ => false,
        }
    }
}

/// The first `letters` characters.
pub(crate) fn beginning(text: &str, letters: u8) -> &str {
    text.char_indices().nth(usize::from(letters)).map_or(text, |(end, _)| &text[..end])
}

/// A test of two present, unequal texts.
pub(crate) fn unequal(test: Test, a: &str, b: &str) -> bool {
    match test {
        Test::Edit(_, limit) => within_edits(a, b, usize::from(limit)),
        Test::First(_, letters) => beginning(a, letters) == beginning(b, letters),
        Test::Part(_) => a.len().min(b.len()) >= 2 && (a.starts_with(b) || b.starts_with(a)),
        Test::Share(_, least) => share(a, b) >= u32::from(least),
        Test::Initial(_) => {
            let single = |text: &str| text.chars().nth(1).is_none();
            (single(a) || single(b)) && a.chars().next() == b.chars().next()
        }
        Test::Sector => postcode::sector(a) == postcode::sector(b),
        Test::District => postcode::district(a) == postcode::district(b),
        Test::Area => postcode::area(a) == postcode::area(b),
        _ => false,
    }
}

/// Of the words of the text with fewer words, how many hundredths stand in the other; 0 where it has fewer than two.
fn share(a: &str, b: &str) -> u32 {
    let count = |text: &str| text.split(' ').count();
    let (few, many) = if count(a) <= count(b) { (a, b) } else { (b, a) };
    let words = count(few);
    if words < 2 {
        return 0;
    }
    let found = few.split(' ').filter(|word| many.split(' ').any(|other| other == *word)).count();
    (found * 100 / words) as u32
}

/// Tests across the names of two records: family, given and middle name of each.
fn names(plan: &Plan<'_>, left: (u32, u32, u32), right: (u32, u32, u32)) -> u64 {
    let same = |a: u32, b: u32| a != 0 && a == b;
    let (over, back) = (same(left.0, right.1), same(right.0, left.1));
    let mut mask = 0;
    if over && back {
        mask |= plan.swapped;
    }
    if over || back {
        mask |= plan.crossed;
    }
    if same(left.1, right.2) || same(right.1, left.2) {
        mask |= plan.middle;
    }
    mask
}

fn plain(column: &Column, left: u64, right: u64) -> u64 {
    if left == 0 || right == 0 {
        column.missing
    } else if left == right {
        column.equal
    } else {
        0
    }
}

fn birth(column: &Column, left: u32, right: u32) -> u64 {
    let mut mask = plain(column, u64::from(left), u64::from(right));
    if left == 0 || right == 0 || left == right {
        return mask;
    }
    for (bit, test) in &column.ask {
        let holds = match test {
            Test::Edit(..) => digits_apart(left, right) <= 1 || neighbours_swapped(left, right),
            Test::Transposed => day_month_swapped(left, right),
            Test::Within(days) => day_of_bcd(left).abs_diff(day_of_bcd(right)) <= u32::from(*days),
            Test::Year => left >> 16 == right >> 16,
            Test::MonthDay => left & 0xffff == right & 0xffff,
            _ => false,
        };
        if holds {
            mask |= bit;
        }
    }
    mask
}

fn number(column: &Column, left: u64, right: u64) -> u64 {
    let mut mask = plain(column, left, right);
    if left == 0 || right == 0 || left == right {
        return mask;
    }
    for (bit, test) in &column.ask {
        if matches!(test, Test::Edit(..)) && one_digit_edit(left, right) {
            mask |= bit;
        }
    }
    mask
}

/// Whether two numbers of the same length differ in one digit or in the order of two neighbouring digits.
fn one_digit_edit(mut left: u64, mut right: u64) -> bool {
    let mut apart = 0;
    let mut last: Option<(u32, u64, u64)> = None;
    let mut exchanged = false;
    for place in 0..20 {
        let (a, b) = (left % 10, right % 10);
        if a != b {
            apart += 1;
            if let Some((at, x, y)) = last {
                exchanged = at + 1 == place && x == b && y == a;
            }
            last = Some((place, a, b));
        }
        left /= 10;
        right /= 10;
    }
    apart <= 1 || apart == 2 && exchanged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_digit_or_two_neighbours() {
        for (a, b, expect) in [
            (9_434_765_919, 9_434_765_919, true),
            (9_434_765_919, 9_434_765_918, true),
            (9_434_765_919, 9_434_756_919, true),
            (9_434_765_919, 9_344_756_919, false),
            (9_434_765_919, 9_474_365_919, false),
            (u64::MAX, 1, false),
        ] {
            assert_eq!(one_digit_edit(a, b), expect, "{a} {b}");
        }
    }

    #[test]
    fn texts() {
        let field = crate::question::Field::Given;
        assert!(unequal(Test::Initial(field), "J", "JOHN"));
        assert!(!unequal(Test::Initial(field), "JO", "JOHN"));
        assert!(unequal(Test::Part(field), "JO", "JOHN"));
        assert_eq!(beginning("ÀÉÎ", 2), "ÀÉ");
        assert_eq!(beginning("A", 2), "A");
    }
}
