//! How the questions about events are asked together: every test that looks at one column of few values becomes a table from
//! that value to a bitmap of the tests it passes, so that an event costs a few look-ups however many questions there are.

use super::EventFilter;
use super::question::{Aggregate, Dated, EventAggregate};
use super::table::{BITS, DayTable, Table, by_column, fact};
use crate::scan::{BucketView, Columns};
use nhs::EventKind;
use std::ops::Range;

/// A test and the window it holds in, shared by every question that has both.
#[derive(Debug)]
pub(super) struct Test {
    /// First and last day.
    pub(super) days: (i32, i32),
    /// Which bounds of each person's own narrow the window.
    pub(super) bounds: Option<usize>,
    /// Which day of the event is in the window.
    pub(super) dated: Dated,
    /// Whether the event must reach into the window, and not only begin in it.
    pub(super) reaching: bool,
    /// What the tables do not answer.
    pub(super) rest: Vec<EventFilter>,
    /// Whether the tables answer all of it.
    pub(super) tabulated: bool,
    /// The questions: position, and what is made of the events.
    pub(super) questions: Vec<(usize, Aggregate)>,
    filter: EventFilter,
    kinds: Vec<EventKind>,
}

/// All tests of a program.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) tests: Vec<Test>,
    /// 64-bit words of a bitmap of tests.
    pub(super) words: usize,
    /// The tests of which one event settles every question: whether there is any.
    pub(super) settled_by_one: Vec<u64>,
    all: Vec<u64>,
    kind: Option<Table>,
    days: Option<DayTable>,
    method: Option<Table>,
    status: Option<Table>,
    code: Option<Table>,
    detail: Option<Table>,
    provider: Option<Table>,
}

/// Events looked at together: their bitmaps stay in the nearest memory.
const BLOCK: usize = 1_024;

/// The events that pass a test, as far as the tables know, with a bitmap of the tests for each.
#[derive(Debug, Default, Clone)]
pub(super) struct Passing {
    /// Positions of the bucket, ascending.
    pub(super) events: Vec<u32>,
    /// The bitmaps, so many words to an event.
    pub(super) masks: Vec<u64>,
    block: Vec<u64>,
}

impl Plan {
    /// Puts a question in, beside others with the same test.
    pub(super) fn add(&mut self, number: usize, question: &EventAggregate) {
        let days = (question.window.first.0, question.window.last.0);
        let reaching = question.aggregate.reaches();
        let (bounds, dated) = (question.bounds, question.dated);
        let mut kinds = question.kinds.clone();
        kinds.sort_unstable();
        kinds.dedup();
        let asked = (number, question.aggregate);
        let same = |t: &&mut Test| {
            (t.days, t.reaching, t.bounds, t.dated) == (days, reaching, bounds, dated)
                && t.kinds == kinds
                && t.filter == question.filter
        };
        if let Some(test) = self.tests.iter_mut().find(same) {
            test.questions.push(asked);
            return;
        }
        let filter = question.filter.clone();
        let (rest, questions, tabulated) = (Vec::new(), vec![asked], false);
        self.tests.push(Test { days, bounds, dated, reaching, rest, tabulated, questions, filter, kinds });
    }

    /// Makes the tables, against a dictionary of so many entries.
    pub(super) fn compile(&mut self, dictionary_len: u32) {
        self.words = self.tests.len().div_ceil(BITS);
        self.all = self.bits(|_| true);
        self.settled_by_one =
            self.bits(|test| test.questions.iter().all(|(_, aggregate)| *aggregate == Aggregate::Exists));
        self.kind = Table::new(256, &self.all, |kind, own| {
            clear(own, |test| self.tests[test].kinds.iter().all(|k| usize::from(k.number()) != kind));
        });
        self.days = DayTable::new(&self.tests.iter().map(Test::start_days).collect::<Vec<_>>(), self.words);
        let mut parts = Vec::new();
        for (number, test) in self.tests.iter_mut().enumerate() {
            by_column(&test.filter, |column, part| parts.push((number, column, part)), &mut test.rest);
        }
        let codes = dictionary_len as usize;
        self.method = self.table(&parts, Columns::METHOD, 256);
        self.status = self.table(&parts, Columns::STATUS, 256);
        self.code = self.table(&parts, Columns::CODE, codes);
        self.detail = self.table(&parts, Columns::DETAIL, codes);
        self.provider = self.table(&parts, Columns::PROVIDER, codes);
        let days = self.days.is_some();
        for test in &mut self.tests {
            let open = test.days == (i32::MIN, i32::MAX);
            test.tabulated = test.dated == Dated::Start
                && !test.reaching
                && test.bounds.is_none()
                && test.rest.is_empty()
                && (days || open);
        }
    }

    /// The table of a column, where a test looks at it.
    fn table(&mut self, parts: &[(usize, Columns, EventFilter)], column: Columns, values: usize) -> Option<Table> {
        let own: Vec<(usize, &EventFilter)> =
            parts.iter().filter(|(_, of, _)| *of == column).map(|(test, _, part)| (*test, part)).collect();
        if own.is_empty() {
            return None;
        }
        let table = Table::new(values, &self.all, |value, bits| {
            let fact = fact(column, value);
            for (test, part) in &own {
                if !part.holds(&fact, None) {
                    bits[test / BITS] &= !(1 << (test % BITS));
                }
            }
        });
        if table.is_none() {
            for (test, part) in own {
                self.tests[test].rest.push(part.clone());
            }
        }
        table
    }

    /// Adds the events of a range that pass a test, as far as the tables know.
    pub(super) fn passing(&self, view: &BucketView<'_>, range: Range<usize>, out: &mut Passing) {
        let Passing { events, masks, block } = out;
        for from in range.clone().step_by(BLOCK) {
            let rows = from..range.end.min(from + BLOCK);
            block.clear();
            for word in 0..self.words {
                block.resize(block.len() + rows.len(), self.all[word]);
                let own = &mut block[word * rows.len()..];
                narrowed(self.kind.as_ref(), word, view.kind.get(rows.clone()), own);
                narrowed(self.method.as_ref(), word, view.method.get(rows.clone()), own);
                narrowed(self.status.as_ref(), word, view.status.get(rows.clone()), own);
                narrowed(self.code.as_ref(), word, view.code.get(rows.clone()), own);
                narrowed(self.detail.as_ref(), word, view.detail.get(rows.clone()), own);
                narrowed(self.provider.as_ref(), word, view.provider.get(rows.clone()), own);
                if let (Some(table), Some(days)) = (&self.days, view.date.get(rows.clone())) {
                    table.narrow(word, days, own);
                }
            }
            if self.words == 1 {
                keep(block, from, events, masks);
            } else {
                self.keep_words(block, rows, events, masks);
            }
        }
    }

    fn keep_words(&self, block: &[u64], rows: Range<usize>, events: &mut Vec<u32>, masks: &mut Vec<u64>) {
        for row in 0..rows.len() {
            let of = |word: usize| block[word * rows.len() + row];
            if (0..self.words).any(|word| of(word) != 0) {
                events.push((rows.start + row) as u32);
                masks.extend((0..self.words).map(of));
            }
        }
    }

    /// A bitmap of the tests of which something holds.
    fn bits(&self, holds: impl Fn(&Test) -> bool) -> Vec<u64> {
        let mut bits = vec![0; self.words];
        for (number, _) in self.tests.iter().enumerate().filter(|(_, test)| holds(test)) {
            bits[number / BITS] |= 1 << (number % BITS);
        }
        bits
    }
}

impl Test {
    /// First and last day on which an event may begin that passes.
    fn start_days(&self) -> (i32, i32) {
        match (self.dated, self.reaching) {
            (Dated::End, _) => (i32::MIN, i32::MAX),
            (Dated::Start, true) => (i32::MIN, self.days.1),
            (Dated::Start, false) => self.days,
        }
    }
}

impl Passing {
    /// Forgets the events; keeps the memory.
    pub(super) fn clear(&mut self) {
        self.events.clear();
        self.masks.clear();
    }
}

/// Keeps the events of a block with a bitmap that is not empty. Whether one is cannot be foreseen, so every event is written and
/// the next one written over those that do not pass.
fn keep(block: &[u64], first: usize, events: &mut Vec<u32>, masks: &mut Vec<u64>) {
    let mut kept = events.len();
    events.resize(kept + block.len(), 0);
    masks.resize(kept + block.len(), 0);
    for (row, &mask) in block.iter().enumerate() {
        events[kept] = (first + row) as u32;
        masks[kept] = mask;
        kept += usize::from(mask != 0);
    }
    events.truncate(kept);
    masks.truncate(kept);
}

/// A column that was not read passes nothing.
fn narrowed<T: Copy + Into<u32>>(table: Option<&Table>, word: usize, column: Option<&[T]>, masks: &mut [u64]) {
    match (table, column) {
        (Some(table), Some(column)) => table.narrow(word, column, masks),
        (Some(_), None) => masks.fill(0),
        (None, _) => {}
    }
}

/// Clears the bits of the tests of which something holds.
fn clear(bits: &mut [u64], holds: impl Fn(usize) -> bool) {
    for (word, bits) in bits.iter_mut().enumerate() {
        let mut left = *bits;
        while left != 0 {
            let bit = left.trailing_zeros() as usize;
            left &= left - 1;
            if holds(word * BITS + bit) {
                *bits &= !(1 << bit);
            }
        }
    }
}
