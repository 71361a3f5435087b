//! What the four questions add up. Whole numbers throughout, so that the answers do not depend on buckets or threads, and people
//! can be taken out again.

use super::ask::{Asked, Question};
use super::standardise::Cells;
use nhs::{Day, Sex};
use population::rule::ABSENT;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that the pass adds up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// People with a frailty code, sum of tenths, people of 15 and more, people of 5 and more below 15.
    frailty: [i64; 4],
    /// People with a group, sum of points, people of 5 and more.
    charlson: [i64; 3],
    /// People by points: the most points are those of the last.
    points: Vec<i64>,
    /// Counts behind the rates.
    cells: Cells,
    segment_sum: i64,
    /// People, attendances.
    cohort: [i64; 2],
    /// Members of the cohort by index day.
    index: BTreeMap<i64, i64>,
    /// Events of further indicators.
    pub counts: Vec<u32>,
    /// Sum over all cells of the indicators: shows that they were counted.
    pub indicator_sum: u64,
}

impl Answers {
    /// Nobody, in so many localities, with counts of indicators that are all nought.
    pub fn nothing(localities: usize, counts: Vec<u32>) -> Self {
        Self { cells: Cells::new(localities), counts, ..Self::default() }
    }

    /// Puts people in (`sign` 1) or takes them out (-1): the columns of features, and each person's locality.
    pub fn put<'a>(&mut self, asked: &Asked, column: &dyn Fn(usize) -> &'a [i64], homes: &[u16], sign: i64) {
        for &tenths in column(asked.hfrs).iter().filter(|&&tenths| tenths > 0) {
            let of = [1, tenths, i64::from(tenths >= 150), i64::from((50..150).contains(&tenths))];
            add(&mut self.frailty, of, sign);
        }
        for (&has, &tenths) in column(asked.has_group).iter().zip(column(asked.charlson)) {
            if has == 1 {
                let points = tenths / 10;
                add(&mut self.charlson, [1, points, i64::from(points >= 5)], sign);
                let place = points.clamp(0, 1000) as usize;
                if self.points.len() <= place {
                    self.points.resize(place + 1, 0);
                }
                self.points[place] += sign;
            }
        }
        self.segment_sum += sign * column(asked.segment).iter().sum::<i64>();
        let (age, sex, admissions) = (column(asked.age), column(asked.sex), column(asked.admissions));
        for (position, &home) in homes.iter().enumerate() {
            let sex = if sex[position] == Sex::Female as i64 { 2 } else { 1 };
            self.cells.count(home, age[position].max(-1) as i32, sex, [sign, sign * admissions[position]]);
        }
        for (position, _) in column(asked.in_cohort).iter().enumerate().filter(|(_, member)| **member == 1) {
            add(&mut self.cohort, [1, column(asked.attendances)[position]], sign);
            let index = column(asked.index)[position];
            debug_assert!(index != ABSENT, "a member has an index day");
            *self.index.entry(index).or_default() += sign;
        }
    }

    /// Adds those of other people.
    pub fn merge(&mut self, other: &Self) {
        add(&mut self.frailty, other.frailty, 1);
        add(&mut self.charlson, other.charlson, 1);
        self.points.resize(self.points.len().max(other.points.len()), 0);
        self.points.iter_mut().zip(&other.points).for_each(|(own, more)| *own += more);
        // The same people give the same sums, however they came.
        while self.points.last() == Some(&0) {
            self.points.pop();
        }
        self.cells.merge(&other.cells);
        self.segment_sum += other.segment_sum;
        add(&mut self.cohort, other.cohort, 1);
        for (&day, &members) in &other.index {
            *self.index.entry(day).or_default() += members;
        }
        self.index.retain(|_, members| *members != 0);
        for (own, more) in self.counts.iter_mut().zip(&other.counts) {
            *own += more;
        }
    }

    /// The answer as the other engines' program prints it.
    pub fn result(&self, question: Question) -> String {
        let day = |day: Option<&i64>| {
            day.map_or_else(
                || "None".to_owned(),
                |&day| {
                    let (year, month, day) = Day(day as i32).ymd();
                    format!("datetime.date({year}, {month}, {day})")
                },
            )
        };
        match question {
            Question::Frailty => tuple(&self.frailty),
            Question::Charlson => {
                let [people, sum, five] = self.charlson;
                tuple(&[people, sum, five, self.points.len().saturating_sub(1) as i64])
            }
            Question::Segments => {
                let (localities, events, [rate, lower, upper]) = self.cells.sums();
                format!("[({localities}, {events}, {rate:?}, {lower:?}, {upper:?}, {})]", self.segment_sum)
            }
            Question::Cohort => {
                let [people, attendances] = self.cohort;
                let (first, last) = (day(self.index.keys().next()), day(self.index.keys().next_back()));
                format!("[({people}, {attendances}, {first}, {last})]")
            }
        }
    }
}

fn add<const N: usize>(sums: &mut [i64; N], more: [i64; N], sign: i64) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += sign * more;
    }
}

fn tuple(numbers: &[i64]) -> String {
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("[({})]", words.join(", "))
}
