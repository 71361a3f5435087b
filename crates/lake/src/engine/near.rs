//! Events near other events: a discharge and the admission after it.

use super::EventFilter;
use super::filter::{Facts, Place};
use crate::scan::{BucketView, Columns, NO_DAY};
use nhs::{Day, EventKind};
use std::ops::Range;

/// Another event of the same person near an event. The days between are counted from the earlier of the two to the day on
/// which the later one began. An event is never near itself, nor near the others of its own spell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// Whether the other event is the later one.
    pub after: bool,
    /// Kinds of the other event.
    pub kinds: Vec<EventKind>,
    /// Which of them.
    pub filter: EventFilter,
    /// Whether days are counted from the day on which the earlier event ended (else from the day it began). An event
    /// without an end is then followed by none.
    pub from_end: bool,
    /// Days between, at least.
    pub at_least: u32,
    /// Days between, at most.
    pub within: u32,
    /// The last day on which the other event may begin: the as-of date.
    pub last: Day,
}

impl Near {
    pub(super) fn holds(&self, place: &Place<'_, '_>) -> bool {
        let view = place.view;
        let begun = |event: usize| view.date.get(event).copied().unwrap_or(0);
        let from = |event: usize| {
            if self.from_end { view.end.get(event).copied().filter(|&end| end != NO_DAY) } else { Some(begun(event)) }
        };
        let candidates = if self.after {
            let Some(from) = from(place.event) else { return false };
            // Days stand in order, so the events of a stretch of days stand together.
            let first = i64::from(from) + i64::from(self.at_least);
            let last = (i64::from(from) + i64::from(self.within)).min(i64::from(self.last.0));
            stretch(view, &place.own, first, last)
        } else {
            let last = i64::from(self.last.0);
            let first = if self.from_end { i64::MIN } else { i64::from(begun(place.event)) - i64::from(self.within) };
            stretch(view, &place.own, first, last.min(i64::from(begun(place.event)) - i64::from(self.least_before())))
        };
        candidates.into_iter().any(|other| {
            let between = if self.after {
                true
            } else {
                let days = from(other).map(|from| i64::from(begun(place.event)) - i64::from(from));
                days.is_some_and(|days| i64::from(self.at_least) <= days && days <= i64::from(self.within))
            };
            between && self.is_other(place, other)
        })
    }

    /// The fewest days from the beginning of the earlier event: with an end before its beginning there is no telling.
    fn least_before(&self) -> i32 {
        if self.from_end { i32::MIN / 2 } else { i32::try_from(self.at_least).unwrap_or(i32::MAX) }
    }

    fn is_other(&self, place: &Place<'_, '_>, other: usize) -> bool {
        let view = place.view;
        let kind = view.kind.get(other).copied().unwrap_or(0);
        if other == place.event || !self.kinds.iter().any(|k| k.number() == kind) {
            return false;
        }
        let spell = |event: usize| view.link.get(event).copied().unwrap_or(0);
        if spell(other) != 0 && spell(other) == spell(place.event) {
            return false;
        }
        let other = Place { view, own: place.own.clone(), event: other };
        self.filter.holds(&Facts::of(view, other.event), Some(&other))
    }

    pub(super) fn columns(&self) -> Columns {
        let own = Columns::KIND | Columns::DATE | Columns::LINK | self.filter.columns();
        if self.from_end { own | Columns::END } else { own }
    }
}

/// The events of a person that began between two days, both included.
fn stretch(view: &BucketView<'_>, own: &Range<usize>, first: i64, last: i64) -> Range<usize> {
    let Some(dates) = view.date.get(own.clone()) else { return own.clone() };
    let start = dates.partition_point(|&day| i64::from(day) < first);
    let end = dates.partition_point(|&day| i64::from(day) <= last);
    own.start + start..own.start + end.max(start)
}
