//! Disclosure control: what may be shown of small numbers. Pure functions.
//!
//! Counts of 1 to 7 are suppressed and all others rounded to the nearest 5; 0 is shown. Source: NHS England, "Hospital
//! Episode Statistics analysis guide", small numbers. In tables with totals more cells are suppressed until an attacker who
//! knows these rules, subtracts, and follows every bound through rows and columns is left with several possible values for
//! each small count (method: `docs/methods/disclosure.md`).
//!
//! A [`Shown`] can only be made here, from a raw count, and prints only what may be seen: a raw count cannot slip out through it.

mod money;

pub use money::{Amounts, MoneyTable, ShownMoney, hide_in_groups, is_sensitive, money_list, money_table};
use std::fmt;

/// The largest count that is suppressed.
const LARGEST_SMALL: u64 = 7;
/// Other counts are rounded to a multiple of this.
const ROUND_TO: u64 = 5;
/// An attacker must be left with at least this many possible values of a small count.
const POSSIBLE_VALUES: u64 = 4;

/// A count rounded to the nearest 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rounded(u64);

impl Rounded {
    /// The rounded count.
    pub const fn value(self) -> u64 {
        self.0
    }
}

/// A count as it may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shown {
    /// Rounded to the nearest 5.
    Count(Rounded),
    /// From 1 to 7, standing alone: "fewer than 8".
    Few,
    /// Hidden in a table; the word does not tell whether it is small itself or hides another.
    Suppressed,
}

impl Shown {
    /// A count that stands alone, with no total from which it could be worked out.
    pub const fn alone(count: u64) -> Self {
        if is_small(count) { Self::Few } else { Self::Count(round(count)) }
    }

    /// The rounded count, where it may be seen.
    pub const fn value(self) -> Option<u64> {
        match self {
            Self::Count(rounded) => Some(rounded.0),
            Self::Few | Self::Suppressed => None,
        }
    }

    /// Whether the count is hidden.
    pub const fn is_hidden(self) -> bool {
        !matches!(self, Self::Count(_))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(rounded) => f.pad(&with_commas(rounded.0)),
            Self::Few => f.pad("fewer than 8"),
            Self::Suppressed => f.pad("suppressed"),
        }
    }
}

/// A rate, proportion or mean as it may be seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ShownRate {
    /// The value, which neither a small numerator nor a small denominator gives away.
    Value(f64),
    /// Hidden.
    Suppressed,
}

impl ShownRate {
    /// A rate, hidden when its numerator or its denominator is small, or the denominator 0.
    pub const fn of(value: f64, numerator: u64, denominator: u64) -> Self {
        if is_small(numerator) || is_small(denominator) || denominator == 0 || !value.is_finite() {
            Self::Suppressed
        } else {
            Self::Value(value)
        }
    }

    /// The value, where it may be seen.
    pub const fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            Self::Suppressed => None,
        }
    }
}

impl fmt::Display for ShownRate {
    /// One decimal, or as many as the format asks for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{value:.*}", f.precision().unwrap_or(1)),
            Self::Suppressed => f.write_str("suppressed"),
        }
    }
}

/// A list of counts with its total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneWay {
    /// The counts, in the order given.
    pub cells: Vec<Shown>,
    /// Their total.
    pub total: Shown,
}

/// A table of counts with the totals of rows and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoWay {
    /// The counts by row.
    pub cells: Vec<Vec<Shown>>,
    /// The total of each row.
    pub row_totals: Vec<Shown>,
    /// The total of each column.
    pub column_totals: Vec<Shown>,
    /// The total of all.
    pub total: Shown,
}

/// Show a list of counts which add up to a total.
pub fn one_way(counts: &[u64]) -> OneWay {
    let mut grid = Grid::new(&[counts.to_vec()], counts.len(), false);
    grid.protect();
    let mut cells = grid.shown();
    let total = cells.pop().unwrap_or(Shown::Suppressed);
    OneWay { cells, total }
}

/// Show a table of counts with totals. Rows shorter than the longest are filled with 0.
pub fn two_way(rows: &[Vec<u64>]) -> TwoWay {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut grid = Grid::new(rows, width, true);
    grid.protect();
    let mut lines: Vec<Vec<Shown>> = grid.shown().chunks(width + 1).map(<[Shown]>::to_vec).collect();
    let mut column_totals = lines.pop().unwrap_or_default();
    let total = column_totals.pop().unwrap_or(Shown::Suppressed);
    let row_totals = lines.iter_mut().map(|line| line.pop().unwrap_or(Shown::Suppressed)).collect();
    TwoWay { cells: lines, row_totals, column_totals, total }
}

const fn is_small(count: u64) -> bool {
    count >= 1 && count <= LARGEST_SMALL
}

const fn round(count: u64) -> Rounded {
    let over = count % ROUND_TO;
    let down = count - over;
    Rounded(if over * 2 > ROUND_TO { down.saturating_add(ROUND_TO) } else { down })
}

fn with_commas(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Parts that add up to a total, by their places.
struct Line {
    parts: Vec<usize>,
    total: usize,
}

/// Counts and totals together, row by row, the totals last in their row and column.
struct Grid {
    counts: Vec<u64>,
    hidden: Vec<bool>,
    lines: Vec<Line>,
}

impl Grid {
    /// The rows with their totals; with the totals of columns too when `both`.
    fn new(rows: &[Vec<u64>], width: usize, both: bool) -> Self {
        let stride = width + 1;
        let mut counts = Vec::with_capacity((rows.len() + 1) * stride);
        for row in rows {
            let start = counts.len();
            counts.extend((0..width).map(|column| row.get(column).copied().unwrap_or(0)));
            counts.push(counts[start..].iter().fold(0, |sum: u64, count| sum.saturating_add(*count)));
        }
        let height = rows.len();
        if both {
            for column in 0..stride {
                let total = (0..height).fold(0, |sum: u64, row| sum.saturating_add(counts[row * stride + column]));
                counts.push(total);
            }
        }
        let all_rows = if both { height + 1 } else { height };
        let mut lines: Vec<Line> = (0..all_rows)
            .map(|row| Line { parts: (row * stride..row * stride + width).collect(), total: row * stride + width })
            .collect();
        if both {
            lines.extend((0..stride).map(|column| Line {
                parts: (0..height).map(|row| row * stride + column).collect(),
                total: height * stride + column,
            }));
        }
        let hidden = counts.iter().map(|&count| is_small(count)).collect();
        Self { counts, hidden, lines }
    }

    /// Hide more until nothing small can be worked out. Each turn hides a cell, so it ends.
    fn protect(&mut self) {
        while self.hide_beside_lonely() || self.hide_beside_exposed() {}
    }

    /// A single hidden count in a line follows by subtraction: hide a second.
    fn hide_beside_lonely(&mut self) -> bool {
        let lonely = |line: &Line| line.places().filter(|&place| self.hidden[place]).count() == 1;
        let found = self.lines.iter().filter(|line| lonely(line)).find_map(|line| self.smallest_visible(line));
        self.hide(found)
    }

    /// A small count whose possible values are too few: hide another in one of its lines.
    fn hide_beside_exposed(&mut self) -> bool {
        let ranges = self.possible();
        let exposed = |place: usize| {
            let (least, most) = ranges[place];
            is_small(self.counts[place]) && most.saturating_sub(least) + 1 < POSSIBLE_VALUES
        };
        let lines = self.lines.iter().filter(|line| line.places().any(exposed));
        let found =
            lines.filter_map(|line| self.smallest_visible(line)).min_by_key(|&place| (self.counts[place], place));
        self.hide(found)
    }

    fn hide(&mut self, place: Option<usize>) -> bool {
        if let Some(place) = place {
            self.hidden[place] = true;
        }
        place.is_some()
    }

    /// The smallest count of a line that is seen and not 0, its total only when no part is left.
    fn smallest_visible(&self, line: &Line) -> Option<usize> {
        let may = |place: &usize| !self.hidden[*place] && self.counts[*place] > 0;
        let part = line.parts.iter().copied().filter(may).min_by_key(|&place| (self.counts[place], place));
        part.or_else(|| Some(line.total).filter(may))
    }

    /// What an attacker who knows the rules can tell of each count: its least and greatest possible value.
    fn possible(&self) -> Vec<(u64, u64)> {
        let mut ranges: Vec<(u64, u64)> = (0..self.counts.len()).map(|place| self.seen(place)).collect();
        loop {
            let before = ranges.clone();
            for line in &self.lines {
                line.narrow(&mut ranges);
            }
            if ranges == before {
                return ranges;
            }
        }
    }

    /// What the published cell alone tells. The attacker is granted which hidden counts are the small ones.
    fn seen(&self, place: usize) -> (u64, u64) {
        let count = self.counts[place];
        if self.hidden[place] {
            return if is_small(count) { (1, LARGEST_SMALL) } else { (0, u64::MAX) };
        }
        let rounded = round(count).0;
        if rounded == 0 {
            return (0, 0);
        }
        let reach = ROUND_TO / 2;
        (rounded.saturating_sub(reach).max(LARGEST_SMALL + 1), rounded.saturating_add(reach))
    }

    fn shown(&self) -> Vec<Shown> {
        let cells = self.counts.iter().zip(&self.hidden);
        cells.map(|(&count, &hidden)| if hidden { Shown::Suppressed } else { Shown::Count(round(count)) }).collect()
    }
}

impl Line {
    fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().copied().chain([self.total])
    }

    /// The total lies between the sums of the parts' bounds; a part between what the total leaves.
    fn narrow(&self, ranges: &mut [(u64, u64)]) {
        let least: u64 = self.parts.iter().fold(0, |sum, &part| sum.saturating_add(ranges[part].0));
        let most: u64 = self.parts.iter().fold(0, |sum, &part| sum.saturating_add(ranges[part].1));
        let total = ranges[self.total];
        ranges[self.total] = (total.0.max(least), total.1.min(most));
        for &part in &self.parts {
            let (low, high) = ranges[part];
            let others_least = least.saturating_sub(low);
            let others_most = if most == u64::MAX {
                let others = self.parts.iter().filter(|&&other| other != part);
                others.fold(0, |sum: u64, &other| sum.saturating_add(ranges[other].1))
            } else {
                most - high
            };
            let most_left = total.1.saturating_sub(others_least);
            let least_left = total.0.saturating_sub(others_most);
            ranges[part] = (low.max(least_left), high.min(most_left));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(counts: &[u64]) -> String {
        let table = one_way(counts);
        let cells: Vec<String> = table.cells.iter().chain([&table.total]).map(ToString::to_string).collect();
        cells.join(" | ")
    }

    #[test]
    fn single_counts() {
        let words: Vec<String> = [0, 1, 7, 8, 12, 13, 1234].map(|count| Shown::alone(count).to_string()).to_vec();
        assert_eq!(words, ["0", "fewer than 8", "fewer than 8", "10", "10", "15", "1,235"]);
        assert_eq!(round(u64::MAX).0 % 5, 0);
    }

    #[test]
    fn a_raw_count_cannot_be_printed() {
        for count in 1..=7 {
            let text = format!("{} {:?}", Shown::alone(count), Shown::alone(count));
            assert!(!text.replace("fewer than 8", "").contains(|c: char| c.is_ascii_digit()), "{text}");
        }
        assert_eq!(format!("{:?}", Shown::alone(1233)), "Count(Rounded(1235))");
    }

    #[test]
    fn lists_with_totals() {
        assert_eq!(shown(&[20, 30]), "20 | 30 | 50");
        assert_eq!(shown(&[3, 20, 30]), "suppressed | suppressed | 30 | 55");
        assert_eq!(shown(&[3, 0, 0]), "suppressed | 0 | 0 | suppressed");
        // 14 would be shown as 15: two counts of at most 7 would have to be 6 or 7.
        assert_eq!(shown(&[7, 7, 0]), "suppressed | suppressed | 0 | suppressed");
        assert_eq!(shown(&[]), "0");
    }

    #[test]
    fn rates() {
        assert_eq!(ShownRate::of(12.34, 8, 100).to_string(), "12.3");
        assert_eq!(ShownRate::of(12.34, 7, 100), ShownRate::Suppressed);
        assert_eq!(ShownRate::of(12.34, 100, 5), ShownRate::Suppressed);
        assert_eq!(ShownRate::of(0.0, 0, 100), ShownRate::Value(0.0));
        assert_eq!(ShownRate::of(f64::NAN, 0, 0), ShownRate::Suppressed);
    }

    /// What an attacker may take a published cell for: the values that would be shown so.
    fn candidates(cell: Shown, small: bool) -> std::ops::RangeInclusive<u64> {
        match cell.value() {
            Some(0) => 0..=0,
            Some(value) => value.saturating_sub(2).max(8)..=value + 2,
            None if small => 1..=7,
            // Beyond any cell of the tables tried, and any total of two such cells.
            None => 0..=140,
        }
    }

    /// Try every table that would be published so; the values each interior cell takes in them.
    fn attack(rows: &[Vec<u64>], table: &TwoWay) -> Vec<std::collections::BTreeSet<u64>> {
        let width = rows[0].len();
        let fits = |cell: Shown, sum: u64, small: bool| candidates(cell, small).contains(&sum);
        let sums: Vec<u64> = rows.iter().map(|row| row.iter().sum()).collect();
        let columns: Vec<u64> = (0..width).map(|at| rows.iter().map(|row| row[at]).sum()).collect();
        let line = |row: usize| -> Vec<Vec<u64>> {
            let mut found: Vec<Vec<u64>> = vec![vec![]];
            for (cell, &count) in table.cells[row].iter().zip(&rows[row]) {
                let range = candidates(*cell, is_small(count));
                found = found
                    .iter()
                    .flat_map(|start| range.clone().map(move |value| [start.as_slice(), &[value]].concat()))
                    .collect();
            }
            let small = is_small(sums[row]);
            found.retain(|values| fits(table.row_totals[row], values.iter().sum(), small));
            found
        };
        let mut seen = vec![std::collections::BTreeSet::new(); 2 * width];
        for first in line(0) {
            for second in line(1) {
                let column_fits =
                    |at: usize| fits(table.column_totals[at], first[at] + second[at], is_small(columns[at]));
                let all: u64 = first.iter().chain(&second).sum();
                if (0..width).all(column_fits) && fits(table.total, all, is_small(sums.iter().sum())) {
                    for (place, value) in first.iter().chain(&second).enumerate() {
                        seen[place].insert(*value);
                    }
                }
            }
        }
        seen
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        /// Every table of 2 by 2 that would be published alike is tried: no small count is left with one value.
        #[test]
        fn no_small_count_of_a_table_can_be_worked_out(counts in proptest::collection::vec(0u64..24, 4)) {
            let rows: Vec<Vec<u64>> = counts.chunks(2).map(<[u64]>::to_vec).collect();
            let table = two_way(&rows);
            let seen = attack(&rows, &table);
            for (count, values) in counts.iter().zip(&seen) {
                prop_assert!(values.contains(count), "the attack misses the truth: {rows:?} {table:?}");
                prop_assert!(!is_small(*count) || values.len() >= 3, "{rows:?} {table:?} {values:?}");
            }
        }

        /// Laws of any table: small counts are hidden, zeros seen, no hidden count stands alone in its line.
        #[test]
        fn laws_of_tables(counts in proptest::collection::vec(proptest::collection::vec(0u64..60, 5), 1..7)) {
            let table = two_way(&counts);
            for (row, shown_row) in counts.iter().zip(&table.cells) {
                for (count, shown) in row.iter().zip(shown_row) {
                    prop_assert!(!is_small(*count) || shown.is_hidden());
                    prop_assert!(*count != 0 || shown.value() == Some(0));
                    prop_assert!(shown.value().is_none_or(|value| value.abs_diff(*count) <= 2));
                }
            }
            for (row, total) in table.cells.iter().zip(&table.row_totals) {
                prop_assert!(row.iter().chain([total]).filter(|cell| cell.is_hidden()).count() != 1);
            }
            for (at, total) in table.column_totals.iter().enumerate() {
                let column = table.cells.iter().map(|row| &row[at]);
                prop_assert!(column.chain([total]).filter(|cell| cell.is_hidden()).count() != 1);
            }
            // Counts large enough to need no care stay as they are.
            let large: Vec<Vec<u64>> = counts.iter().map(|row| row.iter().map(|count| count + 8).collect()).collect();
            prop_assert!(two_way(&large).cells.iter().flatten().all(|cell| !cell.is_hidden()));
        }
    }
}
