//! What tables and series add up. Whole numbers throughout, so that the order of buckets is of no account.

use crate::count;
use crate::disclosure::is_sensitive;
use crate::pass::Standing;
use crate::place::registered_days;
use crate::plan::Plan;
use crate::results::NOWHERE;
use crate::rule::{ABSENT, Values};
use blueprint::model::MeasureSum;
use blueprint::questions::Ask;
use lake::{BucketView, Columns};
use nhs::{Day, Month};

/// A table's sums, cell by cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TableSums {
    pub(super) cells: Vec<TableCell>,
}

/// One cell of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct TableCell {
    /// People.
    pub(super) people: u64,
    /// Those for whom it holds, or who have a number.
    pub(super) count: u64,
    /// Sum of their numbers, at the feature's own scale.
    pub(super) sum: i64,
    /// Whose numbers these are.
    pub(super) shares: Shares,
}

/// What tells whether a sum is that of one or two people: amounts without their signs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Shares {
    largest: i64,
    second: i64,
    /// Sum of all.
    pub(super) volume: i64,
    /// People whose amount is not 0.
    givers: u64,
}

impl Shares {
    fn add(&mut self, amount: i64) {
        let size = amount.saturating_abs();
        self.merge(&Self { largest: size, second: 0, volume: size, givers: u64::from(amount != 0) });
    }

    fn merge(&mut self, other: &Self) {
        self.second = self.second.max(other.second).max(self.largest.min(other.largest));
        self.largest = self.largest.max(other.largest);
        self.volume = self.volume.saturating_add(other.volume);
        self.givers += other.givers;
    }

    /// Whether the sum tells of one person. A sum of nothing tells nothing of anybody.
    pub(super) fn are_sensitive(&self) -> bool {
        self.givers > 0 && is_sensitive(self.givers, self.volume, self.largest, self.second)
    }
}

impl TableSums {
    pub(super) fn new(cells: usize) -> Self {
        Self { cells: vec![TableCell::default(); cells] }
    }

    pub(super) fn add(&mut self, cell: usize, ask: &Ask, values: Values<'_>) {
        let cell = &mut self.cells[cell];
        cell.people += 1;
        match ask {
            Ask::People => {}
            Ask::Holds(rule) => cell.count += u64::from(values.holds(rule)),
            Ask::Mean(feature, _) | Ask::Sum(feature, _) => {
                let number = values.features[*feature];
                if number != ABSENT {
                    cell.count += 1;
                    cell.amount(number);
                }
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (a, b) in self.cells.iter_mut().zip(&other.cells) {
            a.people += b.people;
            a.count += b.count;
            a.sum = a.sum.saturating_add(b.sum);
            a.shares.merge(&b.shares);
        }
    }
}

impl TableCell {
    fn amount(&mut self, number: i64) {
        self.sum = self.sum.saturating_add(number);
        self.shares.add(number);
    }
}

/// A series' sums: by cell, then month.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SeriesSums {
    /// Months of this series.
    pub(super) months: usize,
    /// Months of the plan before the first of this series.
    skipped: usize,
    pub(super) cells: Vec<SeriesCell>,
}

/// One month of one group.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct SeriesCell {
    /// People on a list of the place on the month's 15th day.
    pub(super) people: u64,
    /// Events.
    pub(super) events: u64,
    /// Events, days or pence.
    pub(super) sum: i64,
    /// Whose they are.
    pub(super) shares: Shares,
}

impl SeriesSums {
    pub(super) fn new(cells: usize, of_plan: usize, wanted: usize) -> Self {
        let months = of_plan.min(wanted);
        Self { months, skipped: of_plan - months, cells: vec![SeriesCell::default(); cells * months] }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (a, b) in self.cells.iter_mut().zip(&other.cells) {
            a.people += b.people;
            a.events += b.events;
            a.sum = a.sum.saturating_add(b.sum);
            a.shares.merge(&b.shares);
        }
    }

    /// How many months of the plan come before this series.
    pub(super) fn skipped(&self) -> usize {
        self.skipped
    }
}

/// The columns that a sum looks at beside kind and date.
pub(super) fn of_sum(sum: MeasureSum) -> Columns {
    match sum {
        MeasureSum::Events => Columns::NONE,
        MeasureSum::Days => Columns::END,
        MeasureSum::Cost => Columns::COST,
    }
}

/// Adds a person to every series, by the rules of the place's own measures: events in the month they began while on a list of
/// the place, people by the 15th of the month.
pub(super) fn add_series(
    plan: &Plan<'_>,
    view: &BucketView<'_>,
    position: usize,
    at: &Standing,
    values: Values<'_>,
    (measure, cell): (usize, usize),
    sums: &mut SeriesSums,
) {
    let of = &plan.blueprint.measures[measure];
    if at.practice == NOWHERE || sums.months == 0 || of.among.as_ref().is_some_and(|rule| !values.holds(rule)) {
        return;
    }
    let (from, to) = registered_days(&view.people[position]);
    let (first_month, months) = (plan.first_month.0 + sums.skipped as i32, sums.months);
    let own = &mut sums.cells[cell * months..(cell + 1) * months];
    for (month, out) in own.iter_mut().enumerate() {
        let middle = Month(first_month + month as i32).first_day().0 + 14;
        out.people += u64::from(from <= middle && middle <= to);
    }
    let planned = &plan.measures[measure];
    let last = to.min(plan.as_of.0);
    // Events of one month stand together: what the person adds to it is known when the next month begins.
    let mut open: Option<(usize, i64)> = None;
    for event in view.events_of(position) {
        let date = view.date[event];
        if !of.counts(view.kind[event]) || date < from || date > last || !planned.filter.passes(view, event) {
            continue;
        }
        let month = usize::try_from(Day(date).month().0 - first_month).ok().filter(|&month| month < months);
        let Some(month) = month else { continue };
        let amount = count::amount(planned.sum, view, event, plan.as_of.0);
        own[month].events += 1;
        match &mut open {
            Some((same, sum)) if *same == month => *sum = sum.saturating_add(amount),
            _ => close(own, open.replace((month, amount))),
        }
    }
    close(own, open);
}

fn close(months: &mut [SeriesCell], open: Option<(usize, i64)>) {
    let Some((month, amount)) = open else { return };
    months[month].sum = months[month].sum.saturating_add(amount);
    months[month].shares.add(amount);
}
