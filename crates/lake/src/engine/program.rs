//! Questions compiled to one pass.

use super::filter::{Facts, Place};
use super::fold::Folding;
use super::plan::KindPlan;
use super::question::{Bounds, Dated, EventAggregate};
use crate::scan::{BucketView, Columns, NO_DAY};

/// A set of questions compiled to one pass over a bucket.
#[derive(Debug)]
pub struct Program {
    questions: Vec<EventAggregate>,
    /// By number of the kind; `None` where no question asks about it.
    kinds: Vec<Option<KindPlan>>,
    columns: Columns,
    dictionary_len: u32,
}

impl Program {
    /// Compiles questions against a dictionary of so many entries ([`crate::Dictionary::len`]).
    pub fn new(questions: Vec<EventAggregate>, dictionary_len: u32) -> Self {
        let mut kinds: Vec<Option<KindPlan>> = Vec::new();
        kinds.resize_with(256, || None);
        let mut columns = Columns::NONE;
        for (number, question) in questions.iter().enumerate() {
            columns = columns | question.columns();
            for (place, kind) in question.kinds.iter().enumerate() {
                // A kind written twice is asked once.
                if !question.kinds[..place].contains(kind) {
                    kinds[usize::from(kind.number())].get_or_insert_default().add(number, question);
                }
            }
        }
        for plan in kinds.iter_mut().flatten() {
            plan.compile(dictionary_len);
        }
        Self { questions, kinds, columns, dictionary_len }
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
        let bounded = self.questions.iter().all(|question| question.bounds.is_some());
        for position in 0..people {
            // Most people lack the day that a window hangs on.
            if bounded && bounds.iter().all(|bounds| bounds.is_shut(position)) {
                continue;
            }
            for event in view.events_of(position) {
                let Some(plan) = view.kind.get(event).and_then(|&kind| self.kinds[usize::from(kind)].as_ref()) else {
                    continue;
                };
                self.answer(plan, view, (position, event), bounds, &mut folding, out);
            }
        }
    }

    fn answer(
        &self,
        plan: &KindPlan,
        view: &BucketView<'_>,
        (position, event): (usize, usize),
        bounds: &[Bounds<'_>],
        folding: &mut Folding,
        out: &mut Values,
    ) {
        let date = view.date.get(event).copied().unwrap_or(0);
        for word in 0..plan.words {
            let mut passing = plan.mask(view, event, word);
            while passing != 0 {
                let test = &plan.tests[word * 64 + passing.trailing_zeros() as usize];
                passing &= passing - 1;
                let (mut first, mut last) = test.days;
                if let Some(number) = test.bounds {
                    let own = bounds.get(number).map_or((i32::MAX, i32::MIN), |bounds| bounds.of(position));
                    (first, last) = (first.max(own.0), last.min(own.1));
                }
                let day = match test.dated {
                    Dated::Start => date,
                    Dated::End => match view.end.get(event) {
                        Some(&end) if end != NO_DAY => end,
                        _ => continue,
                    },
                };
                // A stay reaches into the window from before it; what is made of it then counts only nights inside.
                if first > last || day > last || (day < first && !test.reaching) {
                    continue;
                }
                if !test.rest.is_empty() {
                    let facts = Facts::of(view, event);
                    let place = Place { view, own: view.events_of(position), event };
                    if !test.rest.iter().all(|part| part.holds(&facts, Some(&place))) {
                        continue;
                    }
                }
                for &question in &test.questions {
                    let number = &mut out.numbers[question * out.people + position];
                    let aggregate = self.questions[question].aggregate;
                    folding.fold(number, (question, aggregate), view, (position, event, day), (first, last));
                }
            }
        }
    }
}

impl KindPlan {
    /// Which of the tests 64 * word to 64 * word + 63 the event passes, as far as the tables know.
    #[inline]
    fn mask(&self, view: &BucketView<'_>, event: usize, word: usize) -> u64 {
        let small = |column: &[u8]| column.get(event).map_or(0, |&v| usize::from(v));
        let number = |column: &[u32]| column.get(event).map_or(0, |&v| v as usize);
        let mut mask = self.all[word];
        if let Some(table) = &self.code {
            mask &= table.mask(number(view.code), self.words, word);
        }
        if let Some(table) = &self.method {
            mask &= table.mask(small(view.method), self.words, word);
        }
        if let Some(table) = &self.status {
            mask &= table.mask(small(view.status), self.words, word);
        }
        if let Some(table) = &self.detail {
            mask &= table.mask(number(view.detail), self.words, word);
        }
        if let Some(table) = &self.provider {
            mask &= table.mask(number(view.provider), self.words, word);
        }
        mask
    }
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
