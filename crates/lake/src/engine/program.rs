//! Questions compiled to one pass.

use super::filter::{Facts, Place};
use super::fold::Folding;
use super::plan::{Passing, Plan, Test};
use super::question::{Bounds, Dated, EventAggregate};
use super::table::BITS;
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
        let Values { people: out_people, numbers, passing, folding } = out;
        *out_people = people;
        numbers.resize_with(self.questions.len(), Vec::new);
        for (numbers, question) in numbers.iter_mut().zip(&self.questions) {
            numbers.clear();
            numbers.resize(people, question.aggregate.of_nothing());
        }
        if !folding.as_ref().is_some_and(|folding| folding.fits(&self.questions, self.dictionary_len)) {
            *folding = None;
        }
        let folding = folding.get_or_insert_with(|| Folding::new(&self.questions, self.dictionary_len));
        self.collect(view, bounds, passing);
        let mut settled = vec![0u64; self.plan.words];
        let mut position = 0;
        for (&event, masks) in passing.events.iter().zip(passing.masks.chunks_exact(self.plan.words.max(1))) {
            let event = event as usize;
            if event >= view.offsets[position + 1] as usize {
                // The next person with an event that passes is mostly near.
                while event >= view.offsets[position + 1] as usize {
                    position += 1;
                }
                folding.next_person();
                settled.fill(0);
            }
            for (word, (&passing, settled)) in masks.iter().zip(&mut settled).enumerate() {
                let mut passing = passing & !*settled;
                while passing != 0 {
                    let bit = passing.trailing_zeros();
                    passing &= passing - 1;
                    let test = &self.plan.tests[word * BITS + bit as usize];
                    let Some((day, window)) = in_window(test, view, (position, event), bounds) else { continue };
                    for &(question, aggregate) in &test.questions {
                        let number = &mut numbers[question][position];
                        folding.fold(number, (&self.questions, question, aggregate), view, (event, day), window);
                    }
                    *settled |= 1 << bit & self.plan.settled_by_one[word];
                }
            }
        }
        // Whoever comes next, in whatever bucket, is somebody else.
        folding.next_person();
    }

    /// The events that pass a test, as far as the tables know.
    fn collect(&self, view: &BucketView<'_>, bounds: &[Bounds<'_>], passing: &mut Passing) {
        passing.clear();
        let (Some(&first), Some(&last)) = (view.offsets.first(), view.offsets.last()) else { return };
        if !self.questions.iter().all(|question| question.bounds.is_some()) {
            return self.plan.passing(view, first as usize..last as usize, passing);
        }
        // Most people have nothing to be followed up.
        for position in 0..view.len() {
            if bounds.iter().any(|bounds| !bounds.is_shut(position)) {
                self.plan.passing(view, view.events_of(position), passing);
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
    if test.tabulated {
        return Some((view.date.get(event).copied().unwrap_or(0), test.days));
    }
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
    numbers: Vec<Vec<i64>>,
    // Memory that is used again from one bucket to the next.
    passing: Passing,
    folding: Option<Folding>,
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
        &self.numbers[question]
    }

    /// Exchanges the answers to one question for memory that later answers are written into.
    pub fn take(&mut self, question: usize, room: &mut Vec<i64>) {
        std::mem::swap(&mut self.numbers[question], room);
    }

    /// The answer to one question for the person at a position of the bucket.
    pub fn get(&self, question: usize, position: usize) -> Option<i64> {
        let number = self.column(question)[position];
        (number != crate::NO_NUMBER).then_some(number)
    }
}
