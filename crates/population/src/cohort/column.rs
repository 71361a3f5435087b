//! One column of the table of people, as small as its values allow.

use super::bits::Bits;
use crate::rule::ABSENT;
use blueprint::model::CompareOp;

/// The values of one column. Whole numbers are held as their distance from the least, in one, two or four bytes each, the
/// largest of which stands for none; truths are held as bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packed {
    /// True or false.
    Truths(Bits),
    /// Up to 255 different values in a row.
    Bytes(i64, Vec<u8>),
    /// Up to 65,535.
    Shorts(i64, Vec<u16>),
    /// Up to 4,294,967,295.
    Ints(i64, Vec<u32>),
    /// Anything; [`ABSENT`] for none.
    Longs(Vec<i64>),
}

impl Packed {
    /// Packs values; [`ABSENT`] stands for none.
    pub fn of(values: &[i64]) -> Self {
        let present = || values.iter().copied().filter(|&value| value != ABSENT);
        let (Some(least), Some(most)) = (present().min(), present().max()) else {
            return Self::Bytes(0, vec![u8::MAX; values.len()]);
        };
        let from_least = |value: i64| (value != ABSENT).then(|| value.wrapping_sub(least));
        match most.checked_sub(least) {
            Some(..255) => {
                Self::Bytes(least, values.iter().map(|&v| from_least(v).map_or(u8::MAX, |d| d as u8)).collect())
            }
            Some(..65_535) => {
                Self::Shorts(least, values.iter().map(|&v| from_least(v).map_or(u16::MAX, |d| d as u16)).collect())
            }
            Some(..4_294_967_295) => {
                Self::Ints(least, values.iter().map(|&v| from_least(v).map_or(u32::MAX, |d| d as u32)).collect())
            }
            _ => Self::Longs(values.to_vec()),
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Truths(bits) => bits.len(),
            Self::Bytes(_, values) => values.len(),
            Self::Shorts(_, values) => values.len(),
            Self::Ints(_, values) => values.len(),
            Self::Longs(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Truths(bits) => bits.bytes(),
            Self::Bytes(_, values) => values.len(),
            Self::Shorts(_, values) => values.len() * 2,
            Self::Ints(_, values) => values.len() * 4,
            Self::Longs(values) => values.len() * 8,
        }
    }

    /// One row's value, [`ABSENT`] for none.
    pub fn get(&self, row: usize) -> i64 {
        let put = |least: i64, distance: i64, none: i64| if distance == none { ABSENT } else { least + distance };
        match self {
            Self::Truths(bits) => i64::from(bits.has(row)),
            Self::Bytes(least, values) => put(*least, values[row].into(), u8::MAX.into()),
            Self::Shorts(least, values) => put(*least, values[row].into(), u16::MAX.into()),
            Self::Ints(least, values) => put(*least, values[row].into(), u32::MAX.into()),
            Self::Longs(values) => values[row],
        }
    }

    /// Rows without a value.
    pub fn absent(&self) -> Bits {
        match self {
            Self::Truths(bits) => Bits::none(bits.len()),
            Self::Bytes(_, values) => Bits::of(values, |v| v == u8::MAX),
            Self::Shorts(_, values) => Bits::of(values, |v| v == u16::MAX),
            Self::Ints(_, values) => Bits::of(values, |v| v == u32::MAX),
            Self::Longs(values) => Bits::of(values, |v| v == ABSENT),
        }
    }

    /// Rows with a value that is not nought.
    pub fn is_true(&self) -> Bits {
        if let Self::Truths(bits) = self { bits.clone() } else { self.compare(CompareOp::Ne, 0) }
    }

    /// Rows whose value compares so with a number; none of those without a value.
    pub fn compare(&self, op: CompareOp, with: i64) -> Bits {
        match op {
            CompareOp::Eq => self.within(with, with),
            CompareOp::Lt => with.checked_sub(1).map_or_else(|| Bits::none(self.len()), |to| self.within(i64::MIN, to)),
            CompareOp::Le => self.within(i64::MIN, with),
            CompareOp::Gt => {
                with.checked_add(1).map_or_else(|| Bits::none(self.len()), |from| self.within(from, i64::MAX))
            }
            CompareOp::Ge => self.within(with, i64::MAX),
            CompareOp::Ne => {
                let mut others = self.within(i64::MIN, i64::MAX);
                others.without(&self.within(with, with));
                others
            }
        }
    }

    /// Rows whose value is one of these.
    pub fn one_of(&self, wanted: &[i64]) -> Bits {
        let mut wanted: Vec<i64> = wanted.iter().copied().filter(|&v| v != ABSENT).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let table = |least: i64, size: usize| {
            let mut table = vec![false; size];
            for distance in wanted.iter().filter_map(|v| usize::try_from(v.checked_sub(least)?).ok()) {
                // The last place stands for no value.
                if distance + 1 < size {
                    table[distance] = true;
                }
            }
            table
        };
        match self {
            Self::Truths(_) => {
                let mut found = Bits::none(self.len());
                for value in wanted.into_iter().filter(|v| matches!(v, 0 | 1)) {
                    found.or(&self.within(value, value));
                }
                found
            }
            Self::Bytes(least, values) => {
                let table = table(*least, 256);
                Bits::of(values, |v| table[usize::from(v)])
            }
            Self::Shorts(least, values) => {
                let table = table(*least, 65_536);
                Bits::of(values, |v| table[usize::from(v)])
            }
            Self::Ints(..) | Self::Longs(_) => {
                Bits::from_fn(self.len(), |row| wanted.binary_search(&self.get(row)).is_ok())
            }
        }
    }

    /// Rows whose value lies between two numbers, both included.
    fn within(&self, from: i64, to: i64) -> Bits {
        // The distances asked for; none where the range misses every value that can be held.
        let distances = |least: i64, largest: i64| {
            let (from, to) = (i128::from(from) - i128::from(least), i128::from(to) - i128::from(least));
            let (from, to) = (from.max(0), to.min(i128::from(largest)));
            (from <= to).then_some((from as i64, to as i64))
        };
        match self {
            Self::Truths(bits) => {
                let mut found = Bits::none(bits.len());
                if (from..=to).contains(&1) {
                    found.or(bits);
                }
                if (from..=to).contains(&0) {
                    let mut others = bits.clone();
                    others.invert();
                    found.or(&others);
                }
                found
            }
            Self::Bytes(least, values) => match distances(*least, i64::from(u8::MAX) - 1) {
                Some((from, to)) => Bits::of(values, |v| v.wrapping_sub(from as u8) <= (to - from) as u8),
                None => Bits::none(values.len()),
            },
            Self::Shorts(least, values) => match distances(*least, i64::from(u16::MAX) - 1) {
                Some((from, to)) => Bits::of(values, |v| v.wrapping_sub(from as u16) <= (to - from) as u16),
                None => Bits::none(values.len()),
            },
            Self::Ints(least, values) => match distances(*least, i64::from(u32::MAX) - 1) {
                Some((from, to)) => Bits::of(values, |v| v.wrapping_sub(from as u32) <= (to - from) as u32),
                None => Bits::none(values.len()),
            },
            Self::Longs(values) => Bits::of(values, |v| v != ABSENT && from <= v && v <= to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPS: [CompareOp; 6] =
        [CompareOp::Eq, CompareOp::Ne, CompareOp::Lt, CompareOp::Le, CompareOp::Gt, CompareOp::Ge];

    fn holds(value: i64, op: CompareOp, with: i64) -> bool {
        value != ABSENT
            && match op {
                CompareOp::Eq => value == with,
                CompareOp::Ne => value != with,
                CompareOp::Lt => value < with,
                CompareOp::Le => value <= with,
                CompareOp::Gt => value > with,
                CompareOp::Ge => value >= with,
            }
    }

    /// Columns of every width, with absent values among them.
    fn columns() -> impl Strategy<Value = Vec<i64>> {
        let of = |reach: i64| {
            let value = prop_oneof![1 => Just(ABSENT), 6 => -reach..=reach];
            proptest::collection::vec(value, 1..150)
        };
        prop_oneof![
            of(1),
            of(126),
            of(128),
            of(30_000),
            of(40_000),
            of(2_000_000_000),
            of(3_000_000_000),
            of(i64::MAX),
            Just(vec![0, 254]),
            Just(vec![0, 255]),
            Just(vec![-3, 65_531]),
            Just(vec![0, 65_535]),
            Just(vec![ABSENT]),
            Just(vec![i64::MAX, i64::MIN + 1, ABSENT]),
            Just(vec![0, 4_294_967_294]),
            Just(vec![0, 4_294_967_295]),
        ]
    }

    proptest! {
        #[test]
        fn packed_columns_answer_as_lists_do(values in columns(), pick in any::<prop::sample::Index>(), near in -2i64..=2) {
            let packed = Packed::of(&values);
            prop_assert!((0..values.len()).all(|row| packed.get(row) == values[row]));
            let wanted = |bits: Bits, holds: &dyn Fn(i64) -> bool| {
                assert_eq!(bits, Bits::of(&values, holds), "{values:?}");
            };
            wanted(packed.absent(), &|v| v == ABSENT);
            wanted(packed.is_true(), &|v| v != ABSENT && v != 0);
            let with = values[pick.index(values.len())].saturating_add(near);
            for op in OPS {
                for with in [with, 0, i64::MAX, i64::MIN, i64::MIN + 1] {
                    wanted(packed.compare(op, with), &|v| holds(v, op, with));
                }
            }
            let some = [with, with.saturating_add(1), 3, ABSENT, i64::MAX];
            wanted(packed.one_of(&some), &|v| v != ABSENT && some.contains(&v));
        }
    }

    #[test]
    fn truths_compare_as_nought_and_one() {
        let values = [true, false, true];
        let packed = Packed::Truths(Bits::of(&values, |v| v));
        for op in OPS {
            for with in -1..3 {
                assert_eq!(packed.compare(op, with), Bits::of(&values, |v| holds(i64::from(v), op, with)));
            }
        }
        assert_eq!(packed.one_of(&[1, 7]), Bits::of(&values, |v| v));
        assert_eq!(packed.absent().count(), 0);
    }
}
