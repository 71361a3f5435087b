//! The four questions, answered together: each person's events are passed over once. Whole numbers throughout, so that the
//! answers do not depend on buckets or threads.

use super::codes::{CANCER, Codes, FAILURE};
use super::load::{LISTS, LOCALITIES};
use super::standardise::Cells;
use anyhow::Context as _;
use lake::{BucketView, Columns, PersonRow, Snapshot};
use nhs::{Day, EventKind, Method, Sex};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

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
    frailty: [u64; 4],
    /// People with a group, sum of points, people of 5 and more, the most points.
    charlson: [u64; 4],
    cells: Cells,
    segment_sum: u64,
    /// People, attendances.
    cohort: [u64; 2],
    /// First and last index day.
    index: Option<(i32, i32)>,
    indicators: Vec<u32>,
    /// Sum over all cells of the indicators: shows that they were counted.
    pub indicator_sum: u64,
}

/// Months of an indicator.
const MONTHS: usize = 24;

/// What the pass knows before it starts.
struct Plan {
    codes: Codes,
    locality_of_area: Vec<u16>,
    localities: usize,
    as_of: Day,
    /// First days that count: of frailty, of admissions.
    frailty_from: i32,
    admissions_from: i32,
    /// The latest birth of a person of so many years.
    born_by: Vec<i32>,
    /// The month of a day since the first day of the first.
    month_of_day: Vec<u8>,
    first_day: i32,
    lists: Lists,
}

/// The bits of the lists that the segments look at.
struct Lists {
    end_of_life: u32,
    dementia: u32,
    cancer: u32,
    organs: u32,
    mental: u32,
    conditions: u32,
}

impl Lists {
    fn new() -> Self {
        let bits = |names: &[&str]| {
            LISTS.iter().enumerate().filter(|(_, list)| names.contains(list)).fold(0u32, |all, (bit, _)| all | 1 << bit)
        };
        let conditions: Vec<&str> = LISTS.iter().copied().filter(|list| list.starts_with("ltc_")).collect();
        Self {
            end_of_life: bits(&["eol_register"]),
            dementia: bits(&["ltc_dementia"]),
            cancer: bits(&["ltc_cancer"]),
            organs: bits(&["ltc_hf", "ltc_copd", "ltc_stroke"]),
            mental: bits(&["ltc_smi"]),
            conditions: bits(&conditions),
        }
    }
}

/// Asks the four questions, and so many indicators more, in one pass.
pub fn ask(snapshot: &Snapshot, threads: usize, indicators: usize) -> anyhow::Result<Answers> {
    let plan = Plan::new(snapshot, indicators)?;
    let columns = Columns::DATE
        | Columns::KIND
        | Columns::METHOD
        | Columns::CODE
        | Columns::LINK
        | Columns::PERSON_LIFE
        | Columns::PERSON_SEX
        | Columns::PERSON_LSOA
        | Columns::PERSON_IMD
        | Columns::PERSON_HOME
        | Columns::PERSON_LISTS;
    // Sums of whole numbers: whoever comes first, the total is the same.
    let total = Mutex::new(plan.nothing(indicators));
    snapshot.scan(columns, threads, |view| {
        let part = plan.bucket(view, indicators);
        total.lock().unwrap_or_else(PoisonError::into_inner).merge(&part);
    })?;
    let mut total = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    total.indicator_sum = total.indicators.iter().map(|&n| u64::from(n)).sum();
    Ok(total)
}

impl Plan {
    fn new(snapshot: &Snapshot, indicators: usize) -> anyhow::Result<Self> {
        let as_of = snapshot.manifest().as_of;
        let extra = snapshot.manifest().extras.get(LOCALITIES);
        let known: BTreeMap<u32, u16> = serde_json::from_str(extra.context("the lake was not made by this command")?)?;
        let mut locality_of_area = vec![u16::MAX; known.keys().next_back().map_or(0, |&area| area as usize + 1)];
        for (&area, &locality) in &known {
            locality_of_area[area as usize] = locality;
        }
        let first_month = as_of.add_months(-(MONTHS as i32)).0 + 1;
        let month_of_day = (first_month..=as_of.0)
            .map(|day| (Day(day).month().0 - Day(first_month).month().0).clamp(0, MONTHS as i32 - 1) as u8)
            .collect();
        Ok(Self {
            codes: Codes::new(snapshot.dictionary(), indicators),
            localities: known.values().max().map_or(0, |&most| usize::from(most) + 1),
            locality_of_area,
            as_of,
            frailty_from: as_of.add_months(-24).0 + 1,
            admissions_from: as_of.add_months(-12).0 + 1,
            born_by: (0..=131).map(|years| as_of.add_months(-12 * years).0).collect(),
            month_of_day,
            first_day: first_month,
            lists: Lists::new(),
        })
    }

    fn nothing(&self, indicators: usize) -> Answers {
        Answers {
            cells: Cells::new(self.localities),
            indicators: vec![0; indicators * MONTHS * self.localities],
            ..Answers::default()
        }
    }

    fn bucket(&self, view: &BucketView<'_>, indicators: usize) -> Answers {
        let mut sums = self.nothing(indicators);
        let mut seen = Seen::default();
        for (position, person) in view.people.iter().enumerate() {
            let locality = person.lsoa.and_then(|area| self.locality_of_area.get(area.value() as usize)).copied();
            let locality = locality.unwrap_or(u16::MAX);
            self.history(view, position, &mut seen);
            if indicators > 0 {
                self.indicators(view, position, locality, &mut sums.indicators);
            }
            self.person(view, position, person, locality, &mut seen, &mut sums);
        }
        sums
    }

    /// Passes over one person's events. Days stand in order, so that each window is the end of the history.
    // A function of its own keeps its numbers in registers.
    #[inline(never)]
    fn history(&self, view: &BucketView<'_>, position: usize, seen: &mut Seen) {
        let range = view.events_of(position);
        let (dates, codes) = (&view.date[range.clone()], &view.code[range.clone()]);
        let (kinds, methods, links) = (&view.kind[range.clone()], &view.method[range.clone()], &view.link[range]);
        let since = |day: i32| dates.iter().rposition(|&date| date < day).map_or(0, |last| last + 1);
        let (older, recent) = codes.split_at(since(self.frailty_from));
        let (mut frail, mut bits) = (0u128, 0u32);
        for &code in older {
            bits |= self.codes.get(code).bits();
        }
        for &code in recent {
            let code = self.codes.get(code);
            bits |= code.bits();
            frail |= self.codes.frailty_bit(code.frailty());
        }
        (seen.frail, seen.bits) = (frail, bits);
        seen.spells.clear();
        let year = since(self.admissions_from);
        for ((&kind, &method), &link) in kinds[year..].iter().zip(&methods[year..]).zip(&links[year..]) {
            let is_emergency = kind == EventKind::Diagnosis.number() && method == Method::Emergency.number();
            if is_emergency && !seen.spells.contains(&link) {
                seen.spells.push(link);
            }
        }
        seen.failure = None;
        if bits & FAILURE != 0 {
            let first = codes.iter().position(|&code| self.codes.get(code).bits() & FAILURE != 0);
            seen.failure = first.map(|place| dates[place]);
        }
    }

    /// Counts one person, once the history is known.
    #[inline]
    fn person(
        &self,
        view: &BucketView<'_>,
        position: usize,
        person: &PersonRow,
        locality: u16,
        seen: &mut Seen,
        sums: &mut Answers,
    ) {
        let tenths = self.codes.frailty(seen.frail);
        if seen.frail != 0 {
            add(&mut sums.frailty, [1, tenths, u64::from(tenths >= 150), u64::from((50..150).contains(&tenths))]);
        }
        if let Some(points) = self.codes.points(seen.bits) {
            add(&mut sums.charlson, [1, points, u64::from(points >= 5), 0]);
            sums.charlson[3] = sums.charlson[3].max(points);
        }
        let admissions = seen.spells.len() as u32;
        let age = person.birth.map_or(-1, |birth| self.age(birth));
        let segment = self.segment(person, age, tenths);
        sums.segment_sum += segment;
        sums.cells.count(locality, age, if person.sex == Sex::Female { 2 } else { 1 }, admissions);
        if let Some(index) = seen.failure
            && age >= 65
            && (1..=4).contains(&person.imd_decile)
            && admissions >= 2
            && seen.bits & CANCER == 0
        {
            add(&mut sums.cohort, [1, attendances(view, position, index, &mut seen.spells)]);
            let (first, last) = sums.index.unwrap_or((index, index));
            sums.index = Some((first.min(index), last.max(index)));
        }
    }

    /// Whole years at the as-of date.
    #[inline]
    fn age(&self, birth: Day) -> i32 {
        let guess = ((i64::from(self.as_of.0) - i64::from(birth.0)) * 4 / 1461).clamp(0, 130) as usize;
        // The guess is at most one year off, by leap days.
        if birth.0 > self.born_by[guess] {
            guess as i32 - 1
        } else if birth.0 <= self.born_by[guess + 1] {
            guess as i32 + 1
        } else {
            guess as i32
        }
    }

    /// The first rule that holds, from 1 to 9.
    #[inline]
    fn segment(&self, person: &PersonRow, age: i32, tenths: u64) -> u64 {
        let on = |bits: u32| person.lists & bits != 0;
        let conditions = (person.lists & self.lists.conditions).count_ones();
        if on(self.lists.end_of_life) {
            1
        } else if tenths >= 150 || on(self.lists.dementia) || (person.care_home.is_some() && age >= 65) {
            2
        } else if on(self.lists.cancer) {
            3
        } else if on(self.lists.organs) && tenths >= 50 {
            4
        } else if conditions >= 4 {
            5
        } else if conditions >= 1 {
            6
        } else if on(self.lists.mental) {
            7
        } else if age < 18 {
            8
        } else {
            9
        }
    }

    /// Counts each indicator's events by month and locality.
    fn indicators(&self, view: &BucketView<'_>, position: usize, locality: u16, cells: &mut [u32]) {
        if usize::from(locality) >= self.localities {
            return;
        }
        for event in view.events_of(position) {
            let Some(&month) = self.month_of_day.get((view.date[event] - self.first_day) as usize) else { continue };
            for &indicator in self.codes.indicators(view.code[event]) {
                let cell = (usize::from(indicator) * self.localities + usize::from(locality)) * MONTHS;
                cells[cell + usize::from(month)] += 1;
            }
        }
    }
}

/// What is known of one person while the events pass.
#[derive(Debug, Default)]
struct Seen {
    /// Positions of the frailty table.
    frail: u128,
    /// Charlson groups and flags.
    bits: u32,
    failure: Option<i32>,
    spells: Vec<u32>,
}

/// Emergency department attendances in the 90 days after a day.
fn attendances(view: &BucketView<'_>, position: usize, index: i32, spells: &mut Vec<u32>) -> u64 {
    spells.clear();
    for event in view.events_of(position) {
        let within = view.date[event] > index && view.date[event] <= index.saturating_add(90);
        if within && view.kind[event] == EventKind::EmergencyAttendance.number() && !spells.contains(&view.link[event])
        {
            spells.push(view.link[event]);
        }
    }
    spells.len() as u64
}

fn add<const N: usize>(sums: &mut [u64; N], more: [u64; N]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}

impl Answers {
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
        for (own, more) in self.indicators.iter_mut().zip(&other.indicators) {
            *own += more;
        }
    }

    /// The answer as the other engines' program prints it.
    pub fn result(&self, question: Question) -> String {
        let day = |day: i32| {
            let (year, month, day) = Day(day).ymd();
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

fn tuple(numbers: &[u64]) -> String {
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("[({})]", words.join(", "))
}
