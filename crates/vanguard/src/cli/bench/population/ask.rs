//! The four questions, asked together in the language of blueprints: one pass over everybody's events. Whole numbers throughout, so
//! that the answers do not depend on buckets or threads.

use super::indicators::Indicators;
use super::load::LOCALITIES;
use super::standardise::Cells;
use anyhow::{Context as _, bail};
use blueprint::FeatureSet;
use lake::{Columns, Snapshot};
use nhs::{Day, Sex};
use population::features::{FeatureProgram, Room};
use population::rule::ABSENT;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The questions as a user would write them.
const QUESTIONS: &str = include_str!("questions.toml");

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub enum Question {
    /// The Hospital Frailty Risk Score over two years.
    Frailty,
    /// The Charlson index.
    Charlson,
    /// Segments, and standardised rates of emergency admission by locality.
    Segments,
    /// Emergency attendances within 90 days of heart failure in a cohort.
    Cohort,
}

impl Question {
    /// All, in the order of the report.
    pub const ALL: [Self; 4] = [Self::Frailty, Self::Charlson, Self::Segments, Self::Cohort];

    /// As the other engines' program names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Frailty => "hfrs",
            Self::Charlson => "charlson",
            Self::Segments => "segrate",
            Self::Cohort => "cohort",
        }
    }
}

/// Everything that the pass adds up.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// People with a frailty code, sum of tenths, people of 15 and more, people of 5 and more below 15.
    frailty: [i64; 4],
    /// People with a group, sum of points, people of 5 and more, the most points.
    charlson: [i64; 4],
    cells: Cells,
    segment_sum: i64,
    /// People, attendances.
    cohort: [i64; 2],
    /// First and last index day.
    index: Option<(i64, i64)>,
    counts: Vec<u32>,
    /// Sum over all cells of the indicators: shows that they were counted.
    pub indicator_sum: u64,
}

/// Asks the four questions, and so many indicators more, in one pass.
pub fn ask(snapshot: &Snapshot, threads: usize, indicators: usize) -> anyhow::Result<Answers> {
    let as_of = snapshot.manifest().as_of;
    let set = questions()?;
    let asked = Asked::of(&set)?;
    let program = FeatureProgram::of(&set, &asked.wanted(), snapshot, as_of)?;
    let localities = Localities::read(snapshot)?;
    let indicators = Indicators::new(snapshot, as_of, indicators, localities.count);
    let columns = program.columns() | Columns::PERSON_LSOA | Columns::CODE | Columns::DATE;
    // Sums of whole numbers: whoever comes first, the total is the same.
    let nothing = Answers { cells: Cells::new(localities.count), counts: indicators.nothing(), ..Answers::default() };
    let total = Mutex::new(nothing.clone());
    // As many as there are threads, each used for one bucket after the other.
    let rooms: Mutex<Vec<Room>> = Mutex::default();
    snapshot.scan(columns, threads, |view| {
        let mut sums = nothing.clone();
        let mut room = rooms.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let homes: Vec<u16> = view.people.iter().map(|person| localities.of(person)).collect();
        let mut homes_left = homes.as_slice();
        program.run_parts(view, &[], &mut room, |part, answers| {
            let (own, left) = homes_left.split_at(part.len().min(homes_left.len()));
            sums.add(&asked, answers, own);
            homes_left = left;
        });
        rooms.lock().unwrap_or_else(PoisonError::into_inner).push(room);
        indicators.count(view, &homes, &mut sums.counts);
        total.lock().unwrap_or_else(PoisonError::into_inner).merge(&sums);
    })?;
    let mut total = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    total.indicator_sum = total.counts.iter().map(|&n| u64::from(n)).sum();
    Ok(total)
}

fn questions() -> anyhow::Result<FeatureSet> {
    let (set, findings) = blueprint::feature_set("questions.toml", QUESTIONS, &blueprint::OnlyBuiltin);
    match set {
        Some(set) => Ok(set),
        None => bail!("failed to compile the questions: {findings:?}"),
    }
}

/// Where the features that are counted stand.
struct Asked {
    hfrs: usize,
    has_group: usize,
    charlson: usize,
    admissions: usize,
    segment: usize,
    age: usize,
    sex: usize,
    in_cohort: usize,
    index: usize,
    attendances: usize,
}

impl Asked {
    fn of(set: &FeatureSet) -> anyhow::Result<Self> {
        let at = |id: &str| set.position(id).with_context(|| format!("the questions lack the feature {id}"));
        Ok(Self {
            hfrs: at("hfrs")?,
            has_group: at("has_charlson_group")?,
            charlson: at("charlson")?,
            admissions: at("emergency_admissions")?,
            segment: at("segment_number")?,
            age: at("age")?,
            sex: at("sex")?,
            in_cohort: at("in_cohort")?,
            index: at("first_heart_failure")?,
            attendances: at("attendances_after")?,
        })
    }

    fn wanted(&self) -> [usize; 10] {
        [
            self.hfrs,
            self.has_group,
            self.charlson,
            self.admissions,
            self.segment,
            self.age,
            self.sex,
            self.in_cohort,
            self.index,
            self.attendances,
        ]
    }
}

/// The locality of each area.
struct Localities {
    of_area: Vec<u16>,
    count: usize,
}

impl Localities {
    fn read(snapshot: &Snapshot) -> anyhow::Result<Self> {
        let extra = snapshot.manifest().extras.get(LOCALITIES);
        let known: BTreeMap<u32, u16> = serde_json::from_str(extra.context("the lake was not made by this command")?)?;
        let mut of_area = vec![u16::MAX; known.keys().next_back().map_or(0, |&area| area as usize + 1)];
        for (&area, &locality) in &known {
            of_area[area as usize] = locality;
        }
        let count = known.values().max().map_or(0, |&most| usize::from(most) + 1);
        Ok(Self { of_area, count })
    }

    /// The locality of a person; `u16::MAX` for none.
    fn of(&self, person: &lake::PersonRow) -> u16 {
        let area = person.lsoa.and_then(|area| self.of_area.get(area.value() as usize));
        area.copied().unwrap_or(u16::MAX)
    }
}

impl Answers {
    fn add(&mut self, asked: &Asked, answers: &[Vec<i64>], homes: &[u16]) {
        let column = |feature: usize| answers[feature].as_slice();
        for &tenths in column(asked.hfrs).iter().filter(|&&tenths| tenths > 0) {
            add(&mut self.frailty, [1, tenths, i64::from(tenths >= 150), i64::from((50..150).contains(&tenths))]);
        }
        for (&has, &tenths) in column(asked.has_group).iter().zip(column(asked.charlson)) {
            if has == 1 {
                let points = tenths / 10;
                add(&mut self.charlson[..3], [1, points, i64::from(points >= 5)]);
                self.charlson[3] = self.charlson[3].max(points);
            }
        }
        self.segment_sum += column(asked.segment).iter().sum::<i64>();
        let (age, sex, admissions) = (column(asked.age), column(asked.sex), column(asked.admissions));
        for (position, &home) in homes.iter().enumerate() {
            let sex = if sex[position] == Sex::Female as i64 { 2 } else { 1 };
            self.cells.count(home, age[position].max(-1) as i32, sex, admissions[position] as u32);
        }
        for (position, _) in column(asked.in_cohort).iter().enumerate().filter(|(_, member)| **member == 1) {
            add(&mut self.cohort, [1, column(asked.attendances)[position]]);
            let index = column(asked.index)[position];
            debug_assert!(index != ABSENT, "a member has an index day");
            let (first, last) = self.index.unwrap_or((index, index));
            self.index = Some((first.min(index), last.max(index)));
        }
    }

    fn merge(&mut self, other: &Self) {
        add(&mut self.frailty, other.frailty);
        let most = self.charlson[3].max(other.charlson[3]);
        add(&mut self.charlson, other.charlson);
        self.charlson[3] = most;
        self.cells.merge(&other.cells);
        self.segment_sum += other.segment_sum;
        add(&mut self.cohort, other.cohort);
        self.index = match (self.index, other.index) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        for (own, more) in self.counts.iter_mut().zip(&other.counts) {
            *own += more;
        }
    }

    /// The answer as the other engines' program prints it.
    pub fn result(&self, question: Question) -> String {
        let day = |day: i64| {
            let (year, month, day) = Day(day as i32).ymd();
            format!("datetime.date({year}, {month}, {day})")
        };
        match question {
            Question::Frailty => tuple(&self.frailty),
            Question::Charlson => tuple(&self.charlson),
            Question::Segments => {
                let (localities, events, [rate, lower, upper]) = self.cells.sums();
                format!("[({localities}, {events}, {rate:?}, {lower:?}, {upper:?}, {})]", self.segment_sum)
            }
            Question::Cohort => {
                let [people, attendances] = self.cohort;
                let (first, last) = self
                    .index
                    .map_or_else(|| ("None".to_owned(), "None".to_owned()), |(first, last)| (day(first), day(last)));
                format!("[({people}, {attendances}, {first}, {last})]")
            }
        }
    }
}

fn add<const N: usize>(sums: &mut [i64], more: [i64; N]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}

fn tuple(numbers: &[i64]) -> String {
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("[({})]", words.join(", "))
}
