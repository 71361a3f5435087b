//! One pass over the history: people as of earlier days with what happened to them since, and people of today.

use super::design::{Coded, FIXED, Planned, code};
use super::is_held_out;
use crate::on_day::{Answers, OnDay};
use crate::place::{Shape, registered_days};
use blueprint::Blueprint;
use blueprint::model::RiskPlan;
use evidence::logistic::Column;
use lake::{BucketView, Columns, LakeError, Snapshot};
use nhs::{Day, EventKind, Method};

/// Rows of one year, column by column.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) id: Vec<u64>,
    pub(super) codes: Vec<Vec<u8>>,
    pub(super) ethnicity: Vec<&'static str>,
    pub(super) outcome: Vec<bool>,
    pub(super) left: u64,
    pub(super) no_birth: u64,
    /// The last day of the year on which anybody's outcome began; days since 1970, the least number where there is none.
    pub(super) last_outcome: i32,
}

impl Rows {
    fn new(columns: usize) -> Self {
        Self { codes: vec![Vec::new(); columns], last_outcome: i32::MIN, ..Self::default() }
    }

    fn append(&mut self, mut part: Self) {
        for (all, own) in self.codes.iter_mut().zip(&mut part.codes) {
            all.append(own);
        }
        self.id.append(&mut part.id);
        self.ethnicity.append(&mut part.ethnicity);
        self.outcome.append(&mut part.outcome);
        self.left += part.left;
        self.no_birth += part.no_birth;
        self.last_outcome = self.last_outcome.max(part.last_outcome);
    }

    pub(super) fn columns<'a>(&'a self, planned: &[Planned]) -> Vec<Column<'a>> {
        planned.iter().map(|p| Column { codes: &self.codes[p.column], values: p.values.clone() }).collect()
    }

    /// Rows of people who train, and of those who judge.
    pub(super) fn split(&self, seed: u64) -> (Vec<u32>, Vec<u32>) {
        (0..self.id.len() as u32).partition(|&row| !is_held_out(self.id[row as usize], seed))
    }
}

/// People of today: their columns, and how many things a team can act on.
#[derive(Debug, Default)]
pub(super) struct Today {
    pub(super) codes: Vec<Vec<u8>>,
    pub(super) gaps: Vec<u8>,
}

/// Everything that training reads.
pub(super) struct History {
    /// One for each day asked for, in their order.
    pub(super) years: Vec<Rows>,
    pub(super) today: Today,
}

/// What the pass needs.
pub(super) struct Source<'a> {
    pub(super) blueprint: &'a Blueprint,
    pub(super) plan: &'a RiskPlan,
    pub(super) shape: &'a Shape,
}

impl Source<'_> {
    /// Reads the years after each of `days`, and today.
    pub(super) fn read(
        &self,
        snapshot: &Snapshot,
        days: &[Day],
        as_of: Day,
        threads: usize,
    ) -> Result<History, LakeError> {
        let predict = &self.plan.features;
        let wanted: Vec<usize> = predict.iter().chain(&self.plan.impactable).copied().collect();
        let on = |day: Day, wanted: &[usize]| OnDay::new(self.blueprint, self.shape, snapshot, day, wanted, false);
        let then: Vec<OnDay> = days.iter().map(|&day| on(day, predict)).collect::<Result<_, _>>()?;
        let now = on(as_of, &wanted)?;
        let columns = then.iter().fold(now.columns() | Columns::METHOD, |all, day| all | day.columns());
        let parts = snapshot.scan(columns, threads, |view| {
            let years: Vec<Rows> = then.iter().map(|day| self.year(&day.run(view), view, day.day)).collect();
            (years, self.today(&now.run_as(view), view, as_of))
        })?;
        let width = FIXED + predict.len();
        let mut history = History {
            years: days.iter().map(|_| Rows::new(width)).collect(),
            today: Today { codes: vec![Vec::new(); width], gaps: Vec::new() },
        };
        for (years, mut today) in parts {
            history.years.iter_mut().zip(years).for_each(|(all, own)| all.append(own));
            for (all, own) in history.today.codes.iter_mut().zip(&mut today.codes) {
                all.append(own);
            }
            history.today.gaps.append(&mut today.gaps);
        }
        Ok(history)
    }

    /// People of a bucket in the population on a day, their columns as of that day, and what happened in the 12 months after.
    fn year(&self, people: &Answers, view: &BucketView<'_>, base: Day) -> Rows {
        let end = Day(base.add_months(12).0).0;
        let mut rows = Rows::new(0);
        let mut kept = Vec::with_capacity(view.len());
        for (position, person) in view.people.iter().enumerate() {
            if !people.included[position] {
                continue;
            }
            if person.birth.is_none() {
                rows.no_birth += 1;
                continue;
            }
            let admitted = |&event: &usize| {
                view.kind[event] == EventKind::Admission.number()
                    && view.method[event] == Method::Emergency.number()
                    && view.date[event] > base.0
                    && view.date[event] <= end
            };
            let last = view.events_of(position).filter(admitted).map(|event| view.date[event]).max();
            let died = person.death.is_some_and(|day| day.0 <= end);
            if last.is_none() && !died && registered_days(person).1 < end {
                rows.left += 1;
                continue;
            }
            rows.last_outcome = rows.last_outcome.max(last.unwrap_or(i32::MIN));
            rows.id.push(person.id);
            rows.ethnicity.push(person.ethnicity.group());
            rows.outcome.push(last.is_some());
            kept.push(position);
        }
        rows.codes = self.codes(people, view, &kept, base);
        rows
    }

    fn today(&self, people: &Answers, view: &BucketView<'_>, as_of: Day) -> Today {
        let counts = |position: &usize| people.included[*position] && view.people[*position].birth.is_some();
        let kept: Vec<usize> = (0..view.len()).filter(counts).collect();
        let holds =
            |position: usize| self.plan.impactable.iter().filter(|&&f| people.features[f][position] == 1).count();
        Today {
            codes: self.codes(people, view, &kept, as_of),
            gaps: kept.iter().map(|&position| holds(position).min(255) as u8).collect(),
        }
    }

    /// The coded columns of some people of a bucket.
    fn codes(&self, people: &Answers, view: &BucketView<'_>, kept: &[usize], day: Day) -> Vec<Vec<u8>> {
        let of = |what: &dyn Fn(&lake::PersonRow) -> u8| kept.iter().map(|&at| what(&view.people[at])).collect();
        let age = |person: &lake::PersonRow| person.birth.map_or(0, |birth| day.age_since(birth).clamp(0, 130) as u8);
        let mut codes = vec![of(&age), of(&|person| person.sex as u8), of(&|person| person.imd_decile)];
        for &feature in &self.plan.features {
            let kind = self.blueprint.features[feature].value;
            codes.push(kept.iter().map(|&at| code(kind, people.features[feature][at])).collect());
        }
        codes
    }
}

impl Coded {
    /// One row of coded columns, in memory used before.
    pub(super) fn read(&mut self, columns: &[Vec<u8>], row: usize) {
        self.codes.clear();
        self.codes.extend(columns.iter().map(|column| column[row]));
    }
}
