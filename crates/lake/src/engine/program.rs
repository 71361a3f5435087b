//! Questions compiled to one pass.

use super::EventFilter;
use super::filter::Facts;
use super::plan::KindPlan;
use crate::scan::{BucketView, Columns, NO_DAY, NO_NUMBER};
use nhs::{Day, EventKind, Status};

/// A range of days, both ends included. An event is in it by the day it began; only [`Aggregate::SumDays`] also takes
/// the nights in the window of a stay that began before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
}

impl Window {
    /// Everything known at the end of a day.
    pub fn ever(as_of: Day) -> Self {
        Self { first: Day(i32::MIN), last: as_of }
    }

    /// The `days` days that end with the as-of date.
    pub fn days(as_of: Day, days: u32) -> Self {
        Self { first: Day((i64::from(as_of.0) - i64::from(days) + 1).max(i64::from(i32::MIN)) as i32), last: as_of }
    }

    /// The `months` months that end with the as-of date: the 12 months to 31 March 2016 begin on 1 April 2015.
    pub fn months(as_of: Day, months: u32) -> Self {
        // Ten thousand years back is for ever, and keeps the calendar's arithmetic in range.
        let back = months.min(120_000) as i32;
        Self { first: Day(as_of.add_months(-back).0 + 1), last: as_of }
    }
}

/// What is made of the events that pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// How many.
    Count,
    /// 1 if any, otherwise 0.
    Exists,
    /// How many different codes; no code does not count.
    DistinctCodes,
    /// How many different days.
    DistinctDays,
    /// The earliest day, in days since 1 January 1970.
    FirstDate,
    /// The latest day.
    LastDate,
    /// Sum of costs in pence; events without a cost add nothing.
    SumCost,
    /// Sum of the nights from start to end that lie within the window.
    SumDays,
    /// The value of the latest event that has one, in thousandths.
    LastValue,
    /// The largest value, in thousandths.
    MaxValue,
    /// The smallest value, in thousandths.
    MinValue,
}

/// One question: what is made of which events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventAggregate {
    /// Events of this kind.
    pub kind: EventKind,
    /// Which of them.
    pub filter: EventFilter,
    /// When they began.
    pub window: Window,
    /// What is made of them.
    pub aggregate: Aggregate,
}

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
            columns =
                columns | Columns::KIND | Columns::DATE | question.filter.columns() | question.aggregate.columns();
            let days = (question.window.first.0, question.window.last.0);
            let reaching = question.aggregate == Aggregate::SumDays;
            let plan = kinds[usize::from(question.kind.number())].get_or_insert_default();
            plan.add(number, &question.filter, days, reaching);
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
        let people = view.len();
        out.people = people;
        out.numbers.clear();
        for question in &self.questions {
            out.numbers.resize(out.numbers.len() + people, question.aggregate.of_nothing());
        }
        let mut seen = Seen::new(&self.questions, self.dictionary_len);
        for position in 0..people {
            for event in view.events_of(position) {
                let Some(plan) = view.kind.get(event).and_then(|&kind| self.kinds[usize::from(kind)].as_ref()) else {
                    continue;
                };
                self.answer(plan, view, (position, event), &mut seen, out);
            }
        }
    }

    fn answer(&self, plan: &KindPlan, view: &BucketView<'_>, at: (usize, usize), seen: &mut Seen, out: &mut Values) {
        let (position, event) = at;
        let date = view.date.get(event).copied().unwrap_or(0);
        for word in 0..plan.words {
            let mut passing = plan.mask(view, event, word);
            while passing != 0 {
                let test = &plan.tests[word * 64 + passing.trailing_zeros() as usize];
                passing &= passing - 1;
                // A stay reaches into the window from before it; what is made of it then counts only nights inside.
                if date > test.days.1 || (date < test.days.0 && !test.reaching) {
                    continue;
                }
                if !test.rest.is_empty() {
                    let facts = Facts::of(view, event);
                    if !test.rest.iter().all(|part| part.holds(&facts)) {
                        continue;
                    }
                }
                for &question in &test.questions {
                    let number = &mut out.numbers[question * out.people + position];
                    self.questions[question].fold(number, view, event, || seen.new_to(question, position, view, event));
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

impl Aggregate {
    /// The answer where no event passes.
    fn of_nothing(self) -> i64 {
        match self {
            Self::Count | Self::Exists | Self::DistinctCodes | Self::DistinctDays | Self::SumCost | Self::SumDays => 0,
            Self::FirstDate | Self::LastDate | Self::LastValue | Self::MaxValue | Self::MinValue => NO_NUMBER,
        }
    }

    /// The columns it looks at beside kind and date.
    fn columns(self) -> Columns {
        match self {
            Self::Count | Self::Exists | Self::DistinctDays | Self::FirstDate | Self::LastDate => Columns::NONE,
            Self::DistinctCodes => Columns::CODE,
            Self::SumCost => Columns::COST,
            Self::SumDays => Columns::END | Columns::STATUS,
            Self::LastValue | Self::MaxValue | Self::MinValue => Columns::VALUE,
        }
    }
}

impl EventAggregate {
    /// Takes one more event into the answer. `is_new` says whether the event's day or code is new to this person.
    fn fold(&self, answer: &mut i64, view: &BucketView<'_>, event: usize, is_new: impl FnOnce() -> bool) {
        let date = i64::from(view.date.get(event).copied().unwrap_or(0));
        let value = || view.value.get(event).copied().unwrap_or(NO_NUMBER);
        match self.aggregate {
            Aggregate::Count => *answer += 1,
            Aggregate::Exists => *answer = 1,
            Aggregate::DistinctCodes | Aggregate::DistinctDays => *answer += i64::from(is_new()),
            // Events stand in the order of days.
            Aggregate::FirstDate if *answer != NO_NUMBER => {}
            Aggregate::FirstDate | Aggregate::LastDate => *answer = date,
            Aggregate::SumCost => match view.cost.get(event) {
                Some(&cost) if cost != NO_NUMBER => *answer = add(*answer, cost),
                _ => {}
            },
            Aggregate::SumDays => *answer += nights(view, event, self.window),
            Aggregate::LastValue if value() != NO_NUMBER => *answer = value(),
            Aggregate::MaxValue if value() != NO_NUMBER => *answer = value().max(*answer),
            Aggregate::MinValue if value() != NO_NUMBER => {
                *answer = if *answer == NO_NUMBER { value() } else { value().min(*answer) };
            }
            Aggregate::LastValue | Aggregate::MaxValue | Aggregate::MinValue => {}
        }
    }
}

/// A sum that stays at the ends of the range, and never becomes the number that stands for none.
fn add(sum: i64, more: i64) -> i64 {
    sum.saturating_add(more).max(NO_NUMBER + 1)
}

/// Nights of an event within a window: the night of a day counts with that day. Without an end the event goes on to the
/// window's last day if its status is "active"; otherwise the end is not known and no night is counted.
pub(super) fn nights(view: &BucketView<'_>, event: usize, window: Window) -> i64 {
    let (date, end) = (view.date.get(event).copied().unwrap_or(0), view.end.get(event).copied().unwrap_or(NO_DAY));
    let after_window = i64::from(window.last.0) + 1;
    let end = match end {
        NO_DAY if view.status.get(event) == Some(&Status::Active.number()) => after_window,
        NO_DAY => return 0,
        end => i64::from(end).min(after_window),
    };
    (end - i64::from(date.max(window.first.0))).max(0)
}

/// The days and codes already counted, for the questions that count different ones.
#[derive(Debug)]
struct Seen {
    /// For each question the codes (by their number) or the one day last counted, each with the person's position + 1.
    stamps: Vec<Vec<u32>>,
    days: Vec<(u32, i32)>,
    by_code: Vec<bool>,
    dictionary_len: usize,
}

impl Seen {
    fn new(questions: &[EventAggregate], dictionary_len: u32) -> Self {
        Self {
            stamps: vec![Vec::new(); questions.len()],
            days: vec![(0, 0); questions.len()],
            by_code: questions.iter().map(|q| q.aggregate == Aggregate::DistinctCodes).collect(),
            dictionary_len: dictionary_len as usize,
        }
    }

    /// Whether the event's code (or day) was not counted yet for this person; counts it.
    fn new_to(&mut self, question: usize, position: usize, view: &BucketView<'_>, event: usize) -> bool {
        let stamp = position as u32 + 1;
        if !self.by_code[question] {
            // Equal days stand together.
            let now = (stamp, view.date.get(event).copied().unwrap_or(0));
            return std::mem::replace(&mut self.days[question], now) != now;
        }
        let code = view.code.get(event).map_or(0, |&c| c as usize);
        if code == 0 || code >= self.dictionary_len {
            return false;
        }
        let stamps = &mut self.stamps[question];
        if code >= stamps.len() {
            stamps.resize(self.dictionary_len, 0);
        }
        std::mem::replace(&mut stamps[code], stamp) != stamp
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
