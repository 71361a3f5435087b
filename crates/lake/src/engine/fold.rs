//! How one more event changes an answer.

use super::question::{Aggregate, EventAggregate, NO_RANK};
use crate::scan::{BucketView, NO_DAY, NO_NUMBER};
use nhs::Status;

/// What the answers to one person's questions need to remember beside themselves.
#[derive(Debug, Clone)]
pub(super) struct Folding {
    /// A number for whoever is being counted, each used once, from 1.
    person: u32,
    /// For each question the number of the person and the day last counted.
    days: Vec<(u32, i32)>,
    /// For each question that counts different codes, the number of the person for whom each code was last counted.
    codes: Vec<Vec<u32>>,
    /// For each question that counts different days or spells, those of one person in ascending order.
    different: Vec<(u32, Vec<u32>)>,
    dictionary_len: usize,
}

impl Folding {
    pub(super) fn new(questions: &[EventAggregate], dictionary_len: u32) -> Self {
        Self {
            person: 1,
            days: vec![(0, 0); questions.len()],
            codes: vec![Vec::new(); questions.len()],
            different: vec![(0, Vec::new()); questions.len()],
            dictionary_len: dictionary_len as usize,
        }
    }

    /// Whether it was made for as many questions and codes, and has numbers of people left for a bucket. What it remembers of
    /// other questions belongs to people counted before, and is not taken for anybody's who comes.
    pub(super) fn fits(&self, questions: &[EventAggregate], dictionary_len: u32) -> bool {
        (self.days.len(), self.dictionary_len) == (questions.len(), dictionary_len as usize)
            && self.person < u32::MAX / 2
    }

    /// Goes on to somebody else.
    pub(super) fn next_person(&mut self) {
        self.person = self.person.saturating_add(1);
    }

    /// Takes one more event into the answer: an event of the person at a position, with its day, within a window.
    pub(super) fn fold(
        &mut self,
        answer: &mut i64,
        (questions, question, aggregate): (&[EventAggregate], usize, Aggregate),
        view: &BucketView<'_>,
        (event, day): (usize, i32),
        window: (i32, i32),
    ) {
        let person = self.person;
        let value = || view.value.get(event).copied().unwrap_or(NO_NUMBER);
        let cost = || view.cost.get(event).copied().unwrap_or(NO_NUMBER);
        match aggregate {
            Aggregate::Count => *answer += 1,
            Aggregate::Exists => *answer = 1,
            Aggregate::DistinctCodes => {
                let code = view.code.get(event).map_or(0, |&code| code as usize);
                *answer += i64::from(self.is_new_code(question, person, code));
            }
            // A day as a number that keeps the order of days.
            Aggregate::DistinctDays => *answer += i64::from(self.is_new(question, person, day as u32 ^ (1 << 31))),
            Aggregate::DistinctSpells => {
                let spell = view.link.get(event).copied().unwrap_or(0);
                *answer += i64::from(spell != 0 && self.is_new(question, person, spell));
            }
            Aggregate::FirstDate => *answer = least(*answer, i64::from(day)),
            Aggregate::LastDate => *answer = i64::from(day).max(*answer),
            Aggregate::SumCost => *answer = add(*answer, cost()),
            Aggregate::MaxCost => *answer = cost().max(*answer),
            Aggregate::MinCost => *answer = least(*answer, cost()),
            Aggregate::SumDays => *answer += nights(view, event, window),
            Aggregate::MaxDays => *answer = length(view, event).max(*answer),
            Aggregate::MinDays => *answer = least(*answer, length(view, event)),
            Aggregate::FirstValue => self.take(answer, question, person, (value(), day), |day, known| day < known),
            Aggregate::LastValue => self.take(answer, question, person, (value(), day), |day, known| day > known),
            Aggregate::FirstCode => self.take_rank(answer, questions, (question, view), (event, day), |a, b| a < b),
            Aggregate::LastCode => self.take_rank(answer, questions, (question, view), (event, day), |a, b| a > b),
            Aggregate::MaxValue => *answer = value().max(*answer),
            Aggregate::MinValue => *answer = least(*answer, value()),
            Aggregate::SumValue if *answer == NO_NUMBER => *answer = value(),
            Aggregate::SumValue => *answer = add(*answer, value()),
        }
    }

    /// Takes a value whose day stands before (or after) the day of the value known; of two on one day the larger.
    fn take(
        &mut self,
        answer: &mut i64,
        question: usize,
        person: u32,
        (value, day): (i64, i32),
        wins: impl Fn(i32, i32) -> bool,
    ) {
        let known = &mut self.days[question];
        let wins = known.0 != person || wins(day, known.1) || (day == known.1 && value > *answer);
        if value != NO_NUMBER && wins {
            *known = (person, day);
            *answer = value;
        }
    }

    /// Takes the rank of a code whose day stands before (or after) the day of the one known; of two on one day the lesser.
    fn take_rank(
        &mut self,
        answer: &mut i64,
        questions: &[EventAggregate],
        (question, view): (usize, &BucketView<'_>),
        (event, day): (usize, i32),
        wins: impl Fn(i32, i32) -> bool,
    ) {
        let code = view.code.get(event).map_or(0, |&code| code as usize);
        let ranks = questions.get(question).and_then(|question| question.ranks.as_deref());
        let rank = ranks.and_then(|ranks| ranks.get(code)).copied().unwrap_or(NO_RANK);
        let known = &mut self.days[question];
        let wins = known.0 != self.person || wins(day, known.1) || (day == known.1 && i64::from(rank) < *answer);
        if rank != NO_RANK && wins {
            *known = (self.person, day);
            *answer = i64::from(rank);
        }
    }

    /// Whether a code was not counted yet for this person; counts it.
    fn is_new_code(&mut self, question: usize, person: u32, code: usize) -> bool {
        if code == 0 || code >= self.dictionary_len {
            return false;
        }
        let stamps = &mut self.codes[question];
        if code >= stamps.len() {
            stamps.resize(self.dictionary_len, 0);
        }
        std::mem::replace(&mut stamps[code], person) != person
    }

    /// Whether a day or spell was not counted yet for this person; counts it.
    fn is_new(&mut self, question: usize, person: u32, number: u32) -> bool {
        let (owner, known) = &mut self.different[question];
        if *owner != person {
            *owner = person;
            known.clear();
        }
        // The history runs forward, so the newest number is mostly the largest.
        match known.last() {
            Some(&last) if last == number => false,
            Some(&last) if last > number => match known.binary_search(&number) {
                Ok(_) => false,
                Err(place) => {
                    known.insert(place, number);
                    true
                }
            },
            _ => {
                known.push(number);
                true
            }
        }
    }
}

/// The smaller of two numbers, either of which may be none.
fn least(a: i64, b: i64) -> i64 {
    match (a, b) {
        (NO_NUMBER, other) | (other, NO_NUMBER) => other,
        (a, b) => a.min(b),
    }
}

/// A sum that stays at the ends of the range, and never becomes the number that stands for none.
fn add(sum: i64, more: i64) -> i64 {
    if more == NO_NUMBER { sum } else { sum.saturating_add(more).max(NO_NUMBER + 1) }
}

/// Days from start to end; none where there is no end.
fn length(view: &BucketView<'_>, event: usize) -> i64 {
    match (view.date.get(event), view.end.get(event)) {
        (Some(&date), Some(&end)) if end != NO_DAY => i64::from(end) - i64::from(date),
        _ => NO_NUMBER,
    }
}

/// Nights of an event within a window: the night of a day counts with that day. Without an end the event goes on to the
/// window's last day if its status is "active"; otherwise the end is not known and no night is counted.
fn nights(view: &BucketView<'_>, event: usize, (first, last): (i32, i32)) -> i64 {
    let (date, end) = (view.date.get(event).copied().unwrap_or(0), view.end.get(event).copied().unwrap_or(NO_DAY));
    let after_window = i64::from(last) + 1;
    let end = match end {
        NO_DAY if view.status.get(event) == Some(&Status::Active.number()) => after_window,
        NO_DAY => return 0,
        end => i64::from(end).min(after_window),
    };
    (end - i64::from(date.max(first))).max(0)
}
