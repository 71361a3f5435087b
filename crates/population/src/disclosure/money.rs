//! Sums of money: which of them tell of one person, and what else must be hidden so that they stay hidden.
//!
//! A sum is sensitive when 1 to 7 people make it up, when one of them is more than half of it (the dominance rule with n = 1,
//! k = 50), or when what the others but the second largest add is less than 10% of the largest, so that the second largest could
//! tell the largest to within 10% (the p% rule with p = 10). In a table, each sensitive sum is made the corner of a rectangle
//! of hidden sums whose other corners are large enough to move it up and down by 10% with every row, every column and every
//! published sum as it is: whatever an attacker reckons, the sum is not known to within 10% (the hypercube method).
//! Sources: Hundepool and others, "Statistical disclosure control", 2012, chapter 4; Giessing and Repsilber, "Tools and
//! strategies to protect multiple tables with the GHQUAR cell suppression engine", 2002.

use super::{LARGEST_SMALL, with_commas};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Money is rounded to a multiple of this many pence (100 pounds).
const ROUND_PENCE: i64 = 10_000;
/// One person may hold no more than this many hundredths of a sum.
const DOMINANT_PERCENT: i128 = 50;
/// No contributor may be known to within this many hundredths.
const P_PERCENT: i128 = 10;

/// What is kept of the amounts of a sum, so that sums of other people can be added and taken away exactly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    /// The sum.
    pub pence: i64,
    /// The sum without signs.
    pub volume: i64,
    /// People whose amount is not 0.
    pub givers: u64,
    /// The sum of squares, in square pence: no amount is more than its root.
    pub squares: i128,
}

impl Amounts {
    /// One person's amount.
    pub fn one(pence: i64) -> Self {
        let volume = pence.saturating_abs();
        let squares = i128::from(pence).saturating_mul(i128::from(pence));
        Self { pence, volume, givers: u64::from(pence != 0), squares }
    }

    /// Adds the amounts of other people.
    pub fn add(&mut self, other: &Self) {
        self.pence = self.pence.saturating_add(other.pence);
        self.volume = self.volume.saturating_add(other.volume);
        self.givers += other.givers;
        self.squares = self.squares.saturating_add(other.squares);
    }

    /// Takes away amounts that are among these: the opposite of [`Amounts::add`].
    pub fn take(&mut self, other: &Self) {
        let Self { pence, volume, givers, squares } = other;
        self.pence -= pence;
        self.volume -= volume;
        self.givers -= givers;
        self.squares -= squares;
    }

    /// Whether the sum may not be seen. The largest amount is taken to be the root of the sum of squares, which it never
    /// exceeds, so that a few harmless sums are hidden and no harmful one is seen: four times the squares within the square
    /// of the sum leaves nobody more than half of it, and the p% rule (1.514 times the root) holds a fortiori.
    pub fn is_sensitive(&self) -> bool {
        let volume = i128::from(self.volume);
        (1..=LARGEST_SMALL).contains(&self.givers) || self.squares.saturating_mul(4) > volume.saturating_mul(volume)
    }

    fn shown(&self) -> ShownMoney {
        let step = i128::from(ROUND_PENCE);
        let rounded = (i128::from(self.pence) + step / 2).div_euclid(step) * step / 100;
        i64::try_from(rounded).map_or(ShownMoney::Suppressed, ShownMoney::Pounds)
    }
}

/// Whether a sum may be seen of which the two largest amounts are known (without signs), by the same rules as
/// [`Amounts::is_sensitive`] but exactly.
pub fn is_sensitive(givers: u64, volume: i64, largest: i64, second: i64) -> bool {
    let (volume, largest, second) = (i128::from(volume), i128::from(largest), i128::from(second));
    (1..=LARGEST_SMALL).contains(&givers)
        || largest * 100 > volume * DOMINANT_PERCENT
        || (volume - largest - second) * 100 < largest * P_PERCENT
}

/// A sum of money as it may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShownMoney {
    /// Whole pounds, rounded to the nearest 100.
    Pounds(i64),
    /// Hidden.
    Suppressed,
}

impl ShownMoney {
    /// A sum that stands alone, with no total from which it could be worked out.
    pub fn alone(amounts: &Amounts) -> Self {
        if amounts.is_sensitive() { Self::Suppressed } else { amounts.shown() }
    }

    /// The pounds, where they may be seen.
    pub const fn value(self) -> Option<i64> {
        match self {
            Self::Pounds(pounds) => Some(pounds),
            Self::Suppressed => None,
        }
    }

    /// Whether the sum is hidden.
    pub const fn is_hidden(self) -> bool {
        matches!(self, Self::Suppressed)
    }
}

impl fmt::Display for ShownMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pounds(pounds) => {
                let sign = if *pounds < 0 { "\u{2212}" } else { "" };
                write!(f, "{sign}£{}", with_commas(pounds.unsigned_abs()))
            }
            Self::Suppressed => f.write_str("suppressed"),
        }
    }
}

/// A table of sums of money with the totals of rows and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyTable {
    /// The sums by row.
    pub cells: Vec<Vec<ShownMoney>>,
    /// The total of each row.
    pub row_totals: Vec<ShownMoney>,
    /// The total of each column.
    pub column_totals: Vec<ShownMoney>,
    /// The total of all.
    pub total: ShownMoney,
}

/// Sums that add up to a total, each of other people.
pub fn money_list(sums: &[Amounts]) -> (Vec<ShownMoney>, ShownMoney) {
    let rows: Vec<Vec<Amounts>> = sums.iter().map(|sum| vec![*sum]).collect();
    let table = money_table(&rows, sums);
    (table.row_totals, table.total)
}

/// A table whose rows are of different people and whose columns are parts of each person's amount. The row totals are given,
/// because one person stands in several columns of a row.
pub fn money_table(rows: &[Vec<Amounts>], row_totals: &[Amounts]) -> MoneyTable {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut all: Vec<Vec<Amounts>> = Vec::with_capacity(rows.len() + 1);
    for (row, total) in rows.iter().zip(row_totals) {
        let mut line: Vec<Amounts> = (0..width).map(|at| row.get(at).copied().unwrap_or_default()).collect();
        line.push(*total);
        all.push(line);
    }
    let mut last = vec![Amounts::default(); width + 1];
    for line in &all {
        last.iter_mut().zip(line).for_each(|(sum, cell)| sum.add(cell));
    }
    all.push(last);
    let (hidden, _) = Rectangles::of(&all).protect();
    let mut shown: Vec<Vec<ShownMoney>> = all
        .iter()
        .zip(&hidden)
        .map(|(line, hidden)| {
            let cells = line.iter().zip(hidden);
            cells.map(|(cell, &hidden)| if hidden { ShownMoney::Suppressed } else { cell.shown() }).collect()
        })
        .collect();
    let mut column_totals = shown.pop().unwrap_or_default();
    let total = column_totals.pop().unwrap_or(ShownMoney::Suppressed);
    let row_totals = shown.iter_mut().map(|line| line.pop().unwrap_or(ShownMoney::Suppressed)).collect();
    MoneyTable { cells: shown, row_totals, column_totals, total }
}

/// Which sums of a grouping to hide whose totals are not shown beside them but may be known from another question: cells in rows of
/// so many, each with its volume and whether it is sensitive. Totals are taken to be known to the penny, so only other groups
/// protect a sensitive one; where none can, every sum of something is hidden.
pub fn hide_in_groups(cells: &[(i64, bool)], width: usize) -> Vec<bool> {
    let width = width.clamp(1, cells.len().max(1));
    let cell = |&(volume, sensitive): &(i64, bool)| Weight { volume: i128::from(volume), sensitive };
    let mut rows: Vec<Vec<Weight>> = cells.chunks(width).map(|row| row.iter().map(cell).collect()).collect();
    if rows.len() == 1 {
        // A list is a table of one line: a second one, of which nothing is published, stands in for the other rows.
        rows.push(vec![Weight { volume: UNPUBLISHED, sensitive: false }; width]);
    }
    let (hidden, all_safe) = Rectangles::new(rows).protect();
    if all_safe {
        return hidden.concat().into_iter().take(cells.len()).collect();
    }
    cells.iter().map(|(volume, _)| *volume != 0).collect()
}

/// More than any sum, and small enough to be added up and multiplied.
const UNPUBLISHED: i128 = i64::MAX as i128;

/// What the search for rectangles needs of a sum.
#[derive(Debug, Clone, Copy)]
struct Weight {
    volume: i128,
    sensitive: bool,
}

/// A table (its totals as last row and column, where it has any), and what of it is hidden.
struct Rectangles {
    sums: Vec<Vec<Weight>>,
    hidden: Vec<Vec<bool>>,
}

impl Rectangles {
    fn new(sums: Vec<Vec<Weight>>) -> Self {
        let hidden = sums.iter().map(|line| line.iter().map(|sum| sum.sensitive).collect()).collect();
        Self { sums, hidden }
    }

    fn of(sums: &[Vec<Amounts>]) -> Self {
        let weight = |sum: &Amounts| Weight { volume: i128::from(sum.volume), sensitive: sum.is_sensitive() };
        Self::new(sums.iter().map(|line| line.iter().map(weight).collect()).collect())
    }

    /// Every sensitive sum gets a rectangle, the one that hides least money; whether each found one. The sums it hides need
    /// none of their own.
    fn protect(mut self) -> (Vec<Vec<bool>>, bool) {
        let mut all_safe = true;
        for row in 0..self.sums.len() {
            for column in 0..self.sums[row].len() {
                if self.sums[row][column].sensitive {
                    all_safe &= self.hide_beside(row, column);
                }
            }
        }
        (self.hidden, all_safe)
    }

    fn hide_beside(&mut self, row: usize, column: usize) -> bool {
        let found = (0..self.sums.len())
            .filter(|&other| other != row)
            .flat_map(|other| (0..self.sums[other].len()).map(move |at| (other, at)))
            .filter(|&(other, at)| at != column && self.moves(row, column, other, at))
            .min_by_key(|&(other, at)| (self.cost(row, column, other, at), other, at));
        let Some((other, at)) = found else { return false };
        for (row, at) in [(row, at), (other, column), (other, at)] {
            self.hidden[row][at] = true;
        }
        true
    }

    /// A sum of the table; none where a row is shorter.
    fn volume(&self, row: usize, at: usize) -> i128 {
        self.sums[row].get(at).map_or(0, |sum| sum.volume)
    }

    /// Whether the rectangle lets the sum move by its bound both ways with no sum falling below nothing. A total moves the
    /// same way as its part; parts of one line move against each other. A sum of nothing is shown and cannot move.
    fn moves(&self, row: usize, column: usize, other: usize, at: usize) -> bool {
        let bound = self.volume(row, column) * P_PERCENT;
        let corners = [(row, at), (other, column), (other, at)];
        corners.iter().all(|&(row, at)| self.volume(row, at) > 0 && self.volume(row, at) * 100 >= bound)
    }

    /// The money that the rectangle hides beyond what is hidden already.
    fn cost(&self, row: usize, column: usize, other: usize, at: usize) -> i128 {
        let corners = [(row, at), (other, column), (other, at)];
        let seen = corners.iter().filter(|(row, at)| !self.hidden[*row][*at]);
        seen.map(|&(row, at)| self.volume(row, at)).sum()
    }
}

#[cfg(test)]
#[path = "money_tests.rs"]
mod tests;
