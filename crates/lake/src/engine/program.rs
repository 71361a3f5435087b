//! Questions compiled to one pass.

use super::filter::{Facts, Place};
use super::fold::Folding;
use super::plan::{Plan, Test};
use super::question::{Bounds, Dated, EventAggregate};
use crate::scan::{BucketView, Columns, NO_DAY};

/// A set of questions compiled to one pass over a bucket.
#[derive(Debug)]
pub struct Program {
    questions: Vec<EventAggregate>,
    plan: Plan,
    columns: Columns,
    dictionary_len: u32,
}

impl Program {
    /// Compiles questions against a dictionary of so many entries ([`crate::Dictionary::len`]).
    pub fn new(questions: Vec<EventAggregate>, dictionary_len: u32) -> Self {
        let (mut plan, mut columns) = (Plan::default(), Columns::NONE);
        for (number, question) in questions.iter().enumerate() {
            columns = columns | question.columns();
            plan.add(number, question);
        }
        plan.compile(dictionary_len);
        Self { questions, plan, columns, dictionary_len }
    }

    /// The questions, in the order of the results.
    pub fn questions(&self) -> &[EventAggregate] {
        &self.questions
    }

    /// The columns a scan must read for it.
    pub fn columns(&self) -> Columns {
        self.columns
    }

    /// Answers every question for every person of a bucket. `out` is overwritten. The scan must have read
    /// [`Program::columns`], as [`crate::Snapshot::ask`] sees to.
    pub fn run(&self, view: &BucketView<'_>, out: &mut Values) {
        self.run_within(view, &[], out);
    }

    /// The same, with the bounds that questions name ([`EventAggregate::bounds`]); a question whose bounds are not there
    /// counts nothing.
    pub fn run_within(&self, view: &BucketView<'_>, bounds: &[Bounds<'_>], out: &mut Values) {
        let people = view.len();
        out.people = people;
        out.numbers.clear();
        for question in &self.questions {
            out.numbers.resize(out.numbers.len() + people, question.aggregate.of_nothing());
        }
        let mut folding = Folding::new(&self.questions, self.dictionary_len);
        let looks = self.plan.looks(view);
        let all_bounded = self.questions.iter().all(|question| question.bounds.is_some());
        let mut settled = vec![0u64; self.plan.words];
        for position in 0..people {
            // Most people have nothing to be followed up.
            if all_bounded && bounds.iter().all(|bounds| bounds.is_shut(position)) {
                continue;
            }
            settled.fill(0);
            for event in view.events_of(position) {
                for (word, settled) in settled.iter_mut().enumerate() {
                    let mut passing = looks.passing(event, word) & !*settled;
                    while passing != 0 {
                        let bit = passing.trailing_zeros();
                        passing &= passing - 1;
                        let test = &self.plan.tests[word * 64 + bit as usize];
                        let Some((day, window)) = in_window(test, view, (position, event), bounds) else { continue };
                        for &(question, aggregate) in &test.questions {
                            let number = &mut out.numbers[question * people + position];
                            folding.fold(number, (question, aggregate), view, (position, event, day), window);
                        }
                        *settled |= 1 << bit & self.plan.settled_by_one[word];
                    }
                }
            }
        }
    }
}

/// The day of an event that passes a test, and the window it is in.
#[inline]
fn in_window(
    test: &Test,
    view: &BucketView<'_>,
    (position, event): (usize, usize),
    bounds: &[Bounds<'_>],
) -> Option<(i32, (i32, i32))> {
    let (mut first, mut last) = test.days;
    if let Some(number) = test.bounds {
        let own = bounds.get(number).map_or((i32::MAX, i32::MIN), |bounds| bounds.of(position));
        (first, last) = (first.max(own.0), last.min(own.1));
    }
    let day = match test.dated {
        Dated::Start => view.date.get(event).copied().unwrap_or(0),
        Dated::End => view.end.get(event).copied().filter(|&end| end != NO_DAY)?,
    };
    // A stay reaches into the window from before it; what is made of it then counts only nights inside.
    if first > last || day > last || (day < first && !test.reaching) {
        return None;
    }
    if !test.rest.is_empty() {
        let facts = Facts::of(view, event);
        let place = Place { view, own: view.events_of(position), event };
        if !test.rest.iter().all(|part| part.holds(&facts, Some(&place))) {
            return None;
        }
    }
    Some((day, (first, last)))
}

/// Answers: one column per question, one row per person of a bucket.
#[derive(Debug, Clone, Default)]
pub struct Values {
    people: usize,
    numbers: Vec<i64>,
}

impl Values {
    /// No rows yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many people.
    pub fn people(&self) -> usize {
        self.people
    }

    /// The answers to one question, [`crate::NO_NUMBER`] where there is none.
    pub fn column(&self, question: usize) -> &[i64] {
        &self.numbers[question * self.people..(question + 1) * self.people]
    }

    /// The answer to one question for the person at a position of the bucket.
    pub fn get(&self, question: usize, position: usize) -> Option<i64> {
        let number = self.column(question)[position];
        (number != crate::NO_NUMBER).then_some(number)
    }
}
