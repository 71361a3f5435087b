//! What a cohort is like, as it may be seen.

use super::bits::Bits;
use super::column::Packed;
use super::fields::{Fields, Kind, is_part};
use super::register::Settled;
use super::table::PeopleTable;
use crate::disclosure::{Shown, is_sensitive, one_way, two_way};
use crate::rule::ABSENT;
use crate::save::SaveError;
use blueprint::Blueprint;
use blueprint::model::{Builtin, FeatureSource};
use nhs::{AgeBand, Sex};
use std::num::NonZero;

/// A cohort in figures under disclosure control. A cell that is not shown is `None`; a nought is not shown either, because a
/// cohort can be chosen so narrow that "none of them" tells of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Profile {
    /// By five-year age band: female, male.
    pub age_sex: Vec<[Option<u64>; 2]>,
    /// By decile of deprivation, 1 most deprived; position 0 is not known.
    pub deprivation: Vec<Option<u64>>,
    /// By locality in the place's order; the last is none.
    pub localities: Vec<Option<u64>>,
    /// By segment in the blueprint's order.
    pub segments: Vec<Option<u64>>,
    /// By tier, most complex first.
    pub tiers: Vec<Option<u64>>,
    /// True-or-false features, by position.
    pub needs: Vec<Share>,
    /// Numbers, by position.
    pub numbers: Vec<Line>,
}

/// How many of a cohort something is true of.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Position of the field.
    pub field: usize,
    /// People, where neither they nor the others are few.
    pub people: Option<u64>,
}

/// A number over a cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Position of the field.
    pub field: usize,
    /// Mean of those who have a value, in the field's own unit.
    pub mean: Option<f64>,
    /// Standard deviation of the same.
    pub deviation: Option<f64>,
}

/// The profile of a cohort; everything hidden where it is too small.
pub fn profile(
    table: &PeopleTable,
    fields: &Fields,
    blueprint: &Blueprint,
    of: &Settled,
) -> Result<Profile, SaveError> {
    let Some(set) = of.set.as_deref() else { return Ok(Profile::default()) };
    let column = |what: Builtin| table.builtin(what);
    let (age, sex) = (column(Builtin::Age)?, column(Builtin::Sex)?);
    let mut ages = vec![vec![0u64; 3]; AgeBand::COUNT];
    for row in set.rows() {
        let age = age.as_ref().map_or(ABSENT, |column| column.get(row));
        let sex = match sex.as_ref().map_or(0, |column| column.get(row)) {
            s if s == Sex::Female as i64 => 0,
            s if s == Sex::Male as i64 => 1,
            _ => 2,
        };
        ages[AgeBand::of_age(age.clamp(0, 130) as i32).index()][sex] += 1;
    }
    let age_sex = two_way(&ages).cells.iter().map(|row| [seen(row[0]), seen(row[1])]).collect();
    let by = |column: Option<std::sync::Arc<Packed>>, size: usize, first: i64| {
        column.map_or_else(Vec::new, |column| list(&counts(set, &column, size, first)))
    };
    let widest = fields.all().len();
    let localities = match &fields.all()[widest - 2].kind {
        Kind::Words(words) => words.len(),
        _ => 0,
    };
    let (needs, numbers) = features(table, fields, blueprint, set)?;
    // Deciles count from 1, and position 0 of the answer is for those without; the others count from 0, none last.
    let mut deprivation = by(column(Builtin::ImdDecile)?, 10, 1);
    if !deprivation.is_empty() {
        deprivation.rotate_right(1);
    }
    let within = |what: Builtin, size: usize| -> Result<Vec<Option<u64>>, SaveError> {
        let mut cells = by(column(what)?, size, 0);
        cells.truncate(size);
        Ok(cells)
    };
    Ok(Profile {
        age_sex,
        deprivation,
        segments: within(Builtin::Segment, blueprint.segments.len())?,
        tiers: within(Builtin::Tier, blueprint.tiers.len())?,
        localities: by(Some(table.column(widest - 2)?), localities, 0),
        needs,
        numbers,
    })
}

/// People of the set by value from `first` on; the last count is of all others.
fn counts(set: &Bits, column: &Packed, size: usize, first: i64) -> Vec<u64> {
    let mut counts = vec![0; size + 1];
    for row in set.rows() {
        let place = column.get(row).checked_sub(first).and_then(|v| usize::try_from(v).ok()).filter(|v| *v < size);
        counts[place.unwrap_or(size)] += 1;
    }
    counts
}

/// Counts of one list. Where its total would have to be hidden, so is everything, because the cohort's count is shown.
fn list(counts: &[u64]) -> Vec<Option<u64>> {
    let shown = one_way(counts);
    if shown.total.is_hidden() {
        return vec![None; counts.len()];
    }
    shown.cells.into_iter().map(seen).collect()
}

fn seen(cell: Shown) -> Option<u64> {
    cell.value().filter(|&count| count > 0)
}

type Features = (Vec<Share>, Vec<Line>);

/// Every feature that says something of its own, on as many threads as there are.
fn features(table: &PeopleTable, fields: &Fields, blueprint: &Blueprint, set: &Bits) -> Result<Features, SaveError> {
    let wanted: Vec<usize> = blueprint
        .features
        .iter()
        .enumerate()
        .filter(|(_, f)| !is_part(&f.id))
        .filter(|(_, f)| matches!(fields.find(&f.id), Some((_, field)) if matches!(field.kind, Kind::YesNo | Kind::Number { .. })))
        .filter(|(_, f)| !matches!(f.source, FeatureSource::Builtin(Builtin::ListCount | Builtin::ImdDecile)))
        .map(|(position, _)| position)
        .collect();
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(8);
    let share = wanted.len().div_ceil(threads).max(1);
    let parts: Vec<Result<Features, SaveError>> = std::thread::scope(|scope| {
        let started: Vec<_> =
            wanted.chunks(share).map(|part| scope.spawn(move || some_features(table, fields, set, part))).collect();
        started.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Ok(Features::default()))).collect()
    });
    let mut all = Features::default();
    for part in parts {
        let (needs, numbers) = part?;
        all.0.extend(needs);
        all.1.extend(numbers);
    }
    Ok(all)
}

fn some_features(table: &PeopleTable, fields: &Fields, set: &Bits, wanted: &[usize]) -> Result<Features, SaveError> {
    let mut found = Features::default();
    let people = set.count();
    for &position in wanted {
        let column = table.column(position)?;
        match (&fields.all()[position].kind, &*column) {
            (Kind::Number { decimals, unit }, column) => {
                found.1.push(line(position, column, set, *decimals, *unit == "pounds"));
            }
            (_, Packed::Truths(truths)) => {
                let with = set.count_both(truths);
                found.0.push(Share { field: position, people: list(&[with, people - with])[0] });
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Mean and deviation from exact integer sums; hidden where few have a value or few one that is not nought, and money also
/// where one or two people hold too much of it.
fn line(field: usize, column: &Packed, set: &Bits, decimals: u8, is_money: bool) -> Line {
    let (mut people, mut not_nought, mut sum, mut squares) = (0u64, 0u64, 0i128, 0i128);
    let (mut largest, mut second, mut volume) = (0i64, 0i64, 0i64);
    for row in set.rows() {
        let value = column.get(row);
        if value != ABSENT {
            let size = value.saturating_abs();
            volume = volume.saturating_add(size);
            second = second.max(largest.min(size));
            largest = largest.max(size);
            let value = i128::from(value);
            people += 1;
            not_nought += u64::from(value != 0);
            sum += value;
            squares += value * value;
        }
    }
    let dominated = is_money && is_sensitive(not_nought, volume, largest, second);
    if people < super::FEWEST || not_nought < super::FEWEST || dominated {
        return Line { field, mean: None, deviation: None };
    }
    let unit = 10f64.powi(i32::from(decimals));
    let (n, sum, squares) = (people as f64, sum as f64, squares as f64);
    let variance = ((squares - sum * sum / n) / (n - 1.0)).max(0.0);
    Line { field, mean: Some(sum / n / unit), deviation: Some(variance.sqrt() / unit) }
}
