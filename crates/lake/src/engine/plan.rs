//! How the questions about events are asked together: every test that looks at one column of few values becomes a table from that value to a bitmap of the tests it passes, so that an event costs a few look-ups however
//! many questions there are.

use super::EventFilter;
use super::filter::Facts;
use super::question::{Aggregate, Dated, EventAggregate};
use crate::scan::{BucketView, Columns};
use nhs::EventKind;

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
    /// The questions: position, and what is made of the events.
    pub(super) questions: Vec<(usize, Aggregate)>,
    filter: EventFilter,
    kinds: Vec<EventKind>,
}

/// From the value of a column to a bitmap of tests.
#[derive(Debug, Default)]
pub(super) struct Table {
    masks: Vec<u64>,
}

impl Table {
    /// The bitmap of the tests that a value passes, `words` long. A value beyond the end passes none.
    #[inline]
    fn mask(&self, value: usize, words: usize, word: usize) -> u64 {
        let place = if words == 1 { value } else { value * words + word };
        self.masks.get(place).copied().unwrap_or(0)
    }
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
    kind: Table,
    method: Option<Table>,
    status: Option<Table>,
    code: Option<Table>,
    detail: Option<Table>,
    provider: Option<Table>,
}

/// The tables of a plan, each beside the column of a bucket that it reads.
pub(super) struct Looks<'a> {
    words: usize,
    kind: (&'a [u8], &'a Table),
    small: Vec<(&'a [u8], &'a Table)>,
    numbers: Vec<(&'a [u32], &'a Table)>,
}

impl Looks<'_> {
    /// Which of the tests 64 * word to 64 * word + 63 the event passes, as far as the tables know.
    #[inline]
    pub(super) fn passing(&self, event: usize, word: usize) -> u64 {
        let (column, table) = self.kind;
        let mut mask = column.get(event).map_or(0, |&kind| table.mask(usize::from(kind), self.words, word));
        if mask == 0 {
            return 0;
        }
        for (column, table) in &self.numbers {
            mask &= table.mask(column.get(event).map_or(0, |&v| v as usize), self.words, word);
        }
        for (column, table) in &self.small {
            mask &= table.mask(column.get(event).map_or(0, |&v| usize::from(v)), self.words, word);
        }
        mask
    }
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
        let (rest, questions) = (Vec::new(), vec![asked]);
        self.tests.push(Test { days, bounds, dated, reaching, rest, questions, filter, kinds });
    }

    /// Makes the tables, against a dictionary of so many entries.
    pub(super) fn compile(&mut self, dictionary_len: u32) {
        self.words = self.tests.len().div_ceil(64);
        self.all = self.bits(|_| true);
        self.settled_by_one =
            self.bits(|test| test.questions.iter().all(|(_, aggregate)| *aggregate == Aggregate::Exists));
        self.kind.masks = vec![0; 256 * self.words];
        for (number, test) in self.tests.iter().enumerate() {
            for kind in &test.kinds {
                self.kind.masks[usize::from(kind.number()) * self.words + number / 64] |= 1 << (number % 64);
            }
        }
        for test in 0..self.tests.len() {
            let mut parts = Vec::new();
            conjuncts(&self.tests[test].filter, &mut parts);
            for part in parts {
                if !self.tabulate(test, &part, dictionary_len) {
                    self.tests[test].rest.push(part);
                }
            }
        }
    }

    /// The tables beside the columns of a bucket.
    pub(super) fn looks<'a>(&'a self, view: &BucketView<'a>) -> Looks<'a> {
        let numbers = [(view.code, &self.code), (view.detail, &self.detail), (view.provider, &self.provider)];
        let small = [(view.method, &self.method), (view.status, &self.status)];
        Looks {
            words: self.words,
            kind: (view.kind, &self.kind),
            numbers: numbers.into_iter().filter_map(|(column, table)| Some((column, table.as_ref()?))).collect(),
            small: small.into_iter().filter_map(|(column, table)| Some((column, table.as_ref()?))).collect(),
        }
    }

    /// Puts a part that looks at one tabulated column into that column's table; false where it is not such a part.
    fn tabulate(&mut self, test: usize, part: &EventFilter, dictionary_len: u32) -> bool {
        let (words, all) = (self.words, &self.all);
        let codes = dictionary_len as usize;
        match part.columns() {
            Columns::METHOD => narrow(&mut self.method, all, words, 256, test, |v| {
                part.holds(&Facts { method: v as u8, ..Facts::BLANK }, None)
            }),
            Columns::STATUS => narrow(&mut self.status, all, words, 256, test, |v| {
                part.holds(&Facts { status: v as u8, ..Facts::BLANK }, None)
            }),
            Columns::CODE => narrow(&mut self.code, all, words, codes, test, |v| {
                part.holds(&Facts { code: v as u32, ..Facts::BLANK }, None)
            }),
            Columns::DETAIL => narrow(&mut self.detail, all, words, codes, test, |v| {
                part.holds(&Facts { detail: v as u32, ..Facts::BLANK }, None)
            }),
            Columns::PROVIDER => {
                narrow(&mut self.provider, all, words, codes, test, |v| {
                    part.holds(&Facts { provider: v as u32, ..Facts::BLANK }, None)
                });
            }
            _ => return false,
        }
        true
    }

    /// A bitmap of the tests of which something holds.
    fn bits(&self, holds: impl Fn(&Test) -> bool) -> Vec<u64> {
        let mut bits = vec![0; self.words];
        for (number, _) in self.tests.iter().enumerate().filter(|(_, test)| holds(test)) {
            bits[number / 64] |= 1 << (number % 64);
        }
        bits
    }
}

/// Takes the test's bit from every value for which `passes` is false.
fn narrow(
    table: &mut Option<Table>,
    all: &[u64],
    words: usize,
    values: usize,
    test: usize,
    passes: impl Fn(usize) -> bool,
) {
    let table = table.get_or_insert_with(|| Table { masks: all.repeat(values) });
    for value in 0..values {
        if !passes(value) {
            table.masks[value * words + test / 64] &= !(1 << (test % 64));
        }
    }
}

/// The parts that must all hold.
fn conjuncts(filter: &EventFilter, out: &mut Vec<EventFilter>) {
    match filter {
        EventFilter::Always => {}
        EventFilter::All(parts) => parts.iter().for_each(|p| conjuncts(p, out)),
        other => out.push(other.clone()),
    }
}
