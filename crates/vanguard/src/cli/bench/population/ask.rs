//! The four questions, asked together in the language of blueprints: one pass over everybody's events.

use super::answers::Answers;
use super::indicators::Indicators;
use super::load::LOCALITIES;
use anyhow::{Context as _, bail};
use blueprint::FeatureSet;
use lake::{Columns, Snapshot};
use population::features::{FeatureProgram, Room};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The questions as a user would write them.
pub const QUESTIONS: &str = include_str!("questions.toml");

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
    let nothing = Answers::nothing(localities.count, indicators.nothing());
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
            sums.put(&asked, &|feature| answers[feature].as_slice(), own, 1);
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

pub fn questions() -> anyhow::Result<FeatureSet> {
    let (set, findings) = blueprint::feature_set("questions.toml", QUESTIONS, &blueprint::OnlyBuiltin);
    match set {
        Some(set) => Ok(set),
        None => bail!("failed to compile the questions: {findings:?}"),
    }
}

/// Where the features that are counted stand.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub hfrs: usize,
    pub has_group: usize,
    pub charlson: usize,
    pub admissions: usize,
    pub segment: usize,
    pub age: usize,
    pub sex: usize,
    pub in_cohort: usize,
    pub index: usize,
    pub attendances: usize,
}

impl Asked {
    /// Finds them.
    pub fn of(set: &FeatureSet) -> anyhow::Result<Self> {
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

    /// All.
    pub fn wanted(&self) -> [usize; 10] {
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
pub struct Localities {
    of_area: Vec<u16>,
    /// How many there are.
    pub count: usize,
}

impl Localities {
    /// Those that the snapshot was made with.
    pub fn read(snapshot: &Snapshot) -> anyhow::Result<Self> {
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
    pub fn of(&self, person: &lake::PersonRow) -> u16 {
        let area = person.lsoa.and_then(|area| self.of_area.get(area.value() as usize));
        area.copied().unwrap_or(u16::MAX)
    }
}
