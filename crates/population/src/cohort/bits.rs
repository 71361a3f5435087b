//! A set of people as one bit each.

/// A set of the rows of a table, one bit a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// The empty set over so many rows.
    pub fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], len }
    }

    /// All rows.
    pub fn all(len: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; len.div_ceil(64)], len };
        bits.trim();
        bits
    }

    /// The rows for whose values `holds` is true.
    pub fn of<T: Copy>(values: &[T], holds: impl Fn(T) -> bool) -> Self {
        let word =
            |chunk: &[T]| chunk.iter().enumerate().fold(0, |word, (at, &value)| word | (u64::from(holds(value)) << at));
        Self { words: values.chunks(64).map(word).collect(), len: values.len() }
    }

    /// The rows for whose positions `holds` is true.
    pub fn from_fn(len: usize, mut holds: impl FnMut(usize) -> bool) -> Self {
        let mut bits = Self::none(len);
        for row in 0..len {
            if holds(row) {
                bits.words[row / 64] |= 1 << (row % 64);
            }
        }
        bits
    }

    /// Rows of the table, in the set or not.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether the table has no row at all.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many rows are in the set.
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// How many rows are in both.
    pub fn count_both(&self, other: &Self) -> u64 {
        self.words.iter().zip(&other.words).map(|(a, b)| u64::from((a & b).count_ones())).sum()
    }

    /// Whether a row is in the set.
    pub fn has(&self, row: usize) -> bool {
        row < self.len && self.words[row / 64] >> (row % 64) & 1 == 1
    }

    /// Keeps what is in the other too.
    pub fn and(&mut self, other: &Self) {
        for (word, with) in self.words.iter_mut().zip(&other.words) {
            *word &= with;
        }
    }

    /// Adds what is in the other.
    pub fn or(&mut self, other: &Self) {
        for (word, with) in self.words.iter_mut().zip(&other.words) {
            *word |= with;
        }
    }

    /// Takes out what is in the other.
    pub fn without(&mut self, other: &Self) {
        for (word, with) in self.words.iter_mut().zip(&other.words) {
            *word &= !with;
        }
    }

    /// Everything else.
    pub fn invert(&mut self) {
        for word in &mut self.words {
            *word = !*word;
        }
        self.trim();
    }

    /// The rows in the set, in order.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let row = (rest != 0).then(|| at * 64 + rest.trailing_zeros() as usize);
                rest &= rest.wrapping_sub(1);
                row
            })
        })
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.words.len() * 8
    }

    /// No bit stands behind the last row.
    fn trim(&mut self) {
        let over = self.len % 64;
        if over > 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << over) - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Every operation does to the set what it does to a list of truths.
        #[test]
        fn a_set_is_a_list_of_truths(pairs in proptest::collection::vec(any::<(bool, bool)>(), 0..300)) {
            let first = Bits::from_fn(pairs.len(), |row| pairs[row].0);
            let second = Bits::of(&pairs, |pair| pair.1);
            let check = |bits: &Bits, wanted: &dyn Fn((bool, bool)) -> bool| {
                let rows: Vec<usize> = (0..pairs.len()).filter(|&row| wanted(pairs[row])).collect();
                assert_eq!(bits.rows().collect::<Vec<_>>(), rows);
                assert_eq!(bits.count(), rows.len() as u64);
                assert!((0..pairs.len() + 3).all(|row| bits.has(row) == rows.contains(&row)));
            };
            let with = |change: &dyn Fn(&mut Bits)| { let mut bits = first.clone(); change(&mut bits); bits };
            check(&with(&|bits| bits.and(&second)), &|(a, b)| a && b);
            check(&with(&|bits| bits.or(&second)), &|(a, b)| a || b);
            check(&with(&|bits| bits.without(&second)), &|(a, b)| a && !b);
            check(&with(&Bits::invert), &|(a, _)| !a);
            check(&Bits::all(pairs.len()), &|_| true);
            check(&Bits::none(pairs.len()), &|_| false);
            prop_assert_eq!(first.count_both(&second), with(&|bits| bits.and(&second)).count());
        }
    }
}
