//! How the questions about one kind of event are asked together: every test that looks at one column of few values
//! becomes a table from that value to a bitmap of the tests it passes, so that an event costs a few look-ups however
//! many questions there are.

use super::EventFilter;
use super::filter::Facts;
use super::question::{Dated, EventAggregate};
use crate::scan::Columns;

/// A test and the window it holds in, shared by every question that has both.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) filter: EventFilter,
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
    /// Positions of the questions.
    pub(super) questions: Vec<usize>,
}

/// From the value of a column to a bitmap of tests.
#[derive(Debug, Default)]
pub(super) struct Table {
    masks: Vec<u64>,
}

impl Table {
    /// The bitmap of the tests that a value passes, `words` long. A value beyond the end passes none.
    #[inline]
    pub(super) fn mask(&self, value: usize, words: usize, word: usize) -> u64 {
        self.masks.get(value * words + word).copied().unwrap_or(0)
    }
}

/// All tests on one kind of event.
#[derive(Debug, Default)]
pub(super) struct KindPlan {
    pub(super) tests: Vec<Test>,
    /// 64-bit words of a bitmap of tests.
    pub(super) words: usize,
    pub(super) all: Vec<u64>,
    pub(super) method: Option<Table>,
    pub(super) status: Option<Table>,
    pub(super) code: Option<Table>,
    pub(super) detail: Option<Table>,
    pub(super) provider: Option<Table>,
}

impl KindPlan {
    /// Puts a question in, beside others with the same test.
    pub(super) fn add(&mut self, number: usize, question: &EventAggregate) {
        let days = (question.window.first.0, question.window.last.0);
        let reaching = question.aggregate.reaches();
        let (bounds, dated) = (question.bounds, question.dated);
        let same = |t: &&mut Test| {
            (t.days, t.reaching, t.bounds, t.dated) == (days, reaching, bounds, dated) && t.filter == question.filter
        };
        if let Some(test) = self.tests.iter_mut().find(same) {
            test.questions.push(number);
            return;
        }
        let filter = question.filter.clone();
        self.tests.push(Test { filter, days, bounds, dated, reaching, rest: Vec::new(), questions: vec![number] });
    }

    /// Makes the tables, against a dictionary of so many entries.
    pub(super) fn compile(&mut self, dictionary_len: u32) {
        self.words = self.tests.len().div_ceil(64);
        self.all = self.all_tests();
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

    /// A bitmap with a bit for each test: what a value passes before a table narrows it.
    fn all_tests(&self) -> Vec<u64> {
        let mut all = vec![0; self.words];
        for test in 0..self.tests.len() {
            all[test / 64] |= 1 << (test % 64);
        }
        all
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
