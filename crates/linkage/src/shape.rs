//! What is told of a text in one word: which letters it has, how long it is, how it begins. Enough to say that two texts are
//! not alike without looking at either.

use crate::question::Test;
use std::cell::Cell;

/// Bits 0 to 25 the letters A to Z, 26 to 35 the digits, 36 the space; 40 to 47 the first byte; 48 to 62 the length; bit 63 says that
/// there are other characters, and then nothing is ruled out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape(u64);

const CHARACTERS: u64 = (1 << 37) - 1;
const OTHER: u64 = 1 << 63;

impl Shape {
    pub(crate) fn of(text: &str) -> Self {
        let mut word = u64::from(text.as_bytes().first().copied().unwrap_or(0)) << 40;
        for byte in text.bytes() {
            word |= match byte {
                b'A'..=b'Z' => 1 << (byte - b'A'),
                b'0'..=b'9' => 1 << (byte - b'0' + 26),
                b' ' => 1 << 36,
                _ => OTHER,
            };
        }
        if text.len() >= 1 << 15 { Self(OTHER) } else { Self(word | (text.len() as u64) << 48) }
    }

    /// All of it.
    pub(crate) fn word(self) -> u64 {
        self.0
    }

    fn length(self) -> u32 {
        (self.0 >> 48 & 0x7fff) as u32
    }

    fn begins(self) -> u64 {
        self.0 >> 40 & 0xff
    }
}

/// Two unequal texts side by side.
#[derive(Debug, Clone)]
pub(crate) struct Shapes {
    lengths: (u32, u32),
    /// Different characters that only the one has; each stands at least once without a partner.
    alone: (u32, u32),
    same_start: bool,
    known: bool,
    /// The largest Jaro-Winkler similarity, in hundredths, once it has been asked for.
    alike: Cell<Option<f64>>,
}

impl Shapes {
    pub(crate) fn new(a: Shape, b: Shape) -> Self {
        Self {
            lengths: (a.length(), b.length()),
            alone: ((a.0 & !b.0 & CHARACTERS).count_ones(), (b.0 & !a.0 & CHARACTERS).count_ones()),
            same_start: a.begins() == b.begins(),
            known: (a.0 | b.0) & OTHER == 0,
            alike: Cell::new(None),
        }
    }

    /// Whether a test of the two texts may hold; where it says no, it does not hold.
    #[inline]
    pub(crate) fn may(&self, test: Test) -> bool {
        if !self.known {
            return true;
        }
        let (a, b) = self.lengths;
        match test {
            Test::Like(_, least) => {
                let alike = self.alike.get().unwrap_or_else(|| self.most_alike() * 100.0);
                self.alike.set(Some(alike));
                alike >= f64::from(least) - 1e-6
            }
            // An edit gives a partner to one character of each text at most, and changes the length by one.
            Test::Edit(_, limit) => {
                self.alone.0.max(self.alone.1) <= u32::from(limit) && a.abs_diff(b) <= u32::from(limit)
            }
            Test::Part(_) => {
                let shorter = if a <= b { self.alone.0 } else { self.alone.1 };
                self.same_start && (shorter == 0 || a == b)
            }
            Test::Initial(_) => self.same_start && a.min(b) <= 1,
            // Parts of a postcode begin where it begins.
            Test::First(..) | Test::Sector | Test::District | Test::Area => self.same_start,
            _ => true,
        }
    }

    /// The largest Jaro-Winkler similarity that texts of these shapes can have.
    fn most_alike(&self) -> f64 {
        let (a, b) = self.lengths;
        let common = a.saturating_sub(self.alone.0).min(b.saturating_sub(self.alone.1));
        if common == 0 {
            return 0.0;
        }
        let common = f64::from(common);
        let jaro = (common / f64::from(a) + common / f64::from(b) + 1.0) / 3.0;
        if self.same_start { jaro + 0.4 * (1.0 - jaro) } else { jaro }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Field;
    use crate::strings::{jaro_winkler, within_edits};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_holds_is_never_ruled_out(a in "[A-F0-2 É]{1,12}", b in "[A-F0-2 É]{1,12}") {
            prop_assume!(a != b);
            let shapes = Shapes::new(Shape::of(&a), Shape::of(&b));
            let field = Field::Given;
            for least in [50, 70, 82, 88, 92] {
                let holds = jaro_winkler(&a, &b) * 100.0 >= f64::from(least);
                prop_assert!(!holds || shapes.may(Test::Like(field, least)), "{a} {b} like {least}");
            }
            for limit in [1, 2, 3] {
                prop_assert!(!within_edits(&a, &b, usize::from(limit)) || shapes.may(Test::Edit(field, limit)));
            }
            let parts = [Test::Sector, Test::District, Test::Area];
            for test in
                [Test::Part(field), Test::Initial(field), Test::First(field, 1), Test::First(field, 3)].into_iter().chain(parts)
            {
                prop_assert!(!crate::compare::unequal(test, &a, &b) || shapes.may(test), "{a} {b} {test}");
            }
        }
    }

    #[test]
    fn unlike_names_are_ruled_out() {
        let may = |a: &str, b: &str, test| Shapes::new(Shape::of(a), Shape::of(b)).may(test);
        assert!(!may("SMITH", "JONES", Test::Like(Field::Family, 82)));
        assert!(!may("SMITH", "JONES", Test::Edit(Field::Family, 1)));
        assert!(may("SMITH", "SMYTH", Test::Edit(Field::Family, 1)));
        assert!(may("É", "E", Test::Like(Field::Family, 100)));
    }
}
