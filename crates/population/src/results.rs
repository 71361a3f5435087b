//! What a computation leaves behind: one row per person, and a summary small enough to keep in memory.

use crate::disclosure::Amounts;
use crate::members::Members;
use nhs::{Day, Month};
use serde::{Deserialize, Serialize};

/// Marks a person who is in no segment, tier, locality or practice of the place.
pub const NOWHERE: u16 = u16::MAX;

/// One row per person of the snapshot, in the snapshot's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Stable identifiers.
    pub id: Vec<u64>,
    /// Position of the segment in the blueprint; [`NOWHERE`] for people outside the model's population.
    pub segment: Vec<u16>,
    /// Position of the tier in the blueprint; [`NOWHERE`] likewise.
    pub tier: Vec<u16>,
    /// Position of the locality in the place; [`NOWHERE`] where the practice is in none.
    pub locality: Vec<u16>,
    /// Position of the practice in [`Summary::practices`].
    pub practice: Vec<u16>,
    /// Age in whole years at the as-of date; -1 where the date of birth is not known.
    pub age: Vec<i16>,
    /// One column per feature of the blueprint, in its order.
    pub features: Vec<Vec<i64>>,
}

impl People {
    /// How many people the snapshot holds.
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }

    /// Whether a person belongs to the model's population.
    pub fn is_included(&self, person: usize) -> bool {
        self.segment.get(person).is_some_and(|&s| s != NOWHERE)
    }

    /// One person's feature values.
    pub fn values_of(&self, person: usize) -> Vec<i64> {
        self.features.iter().map(|column| column.get(person).copied().unwrap_or(crate::rule::ABSENT)).collect()
    }
}

/// Counts of the whole place. Figures here are exact: whoever shows them applies disclosure control first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The snapshot the figures come from.
    pub snapshot: String,
    /// The place's name.
    pub place: String,
    /// The blueprint's identifier and version.
    pub blueprint: String,
    /// A fingerprint of the whole resolved blueprint and of the place's localities and days: results made by other rules
    /// do not fit.
    pub fingerprint: String,
    /// Days since 1 January 1970.
    pub as_of: i32,
    /// First month of the series, in months since year 0.
    pub first_month: i32,
    /// Number of months in every series.
    pub months: usize,
    /// People in the snapshot, on any list.
    pub people_known: u64,
    /// People in the model's population: the sum of every split below.
    pub people: u64,
    /// Known people who are on no practice list of the place.
    pub people_unregistered: u64,
    /// Where the place or a locality lies outside the sizes that the model usually has. Advice, never a refusal.
    pub size_advice: Vec<String>,
    /// By segment, in the blueprint's order.
    pub segments: Vec<Group>,
    /// By tier, most complex first.
    pub tiers: Vec<Group>,
    /// People by segment (rows) and tier (columns).
    pub segment_by_tier: Vec<Vec<u64>>,
    /// By locality, in the place's order.
    pub localities: Vec<Locality>,
    /// Practices, in the order of localities.
    pub practices: Vec<Practice>,
    /// By decile of deprivation, 1 most deprived; position 0 is not known.
    pub imd_deciles: Vec<u64>,
    /// By five-year age band: male, female, other or not known.
    pub age_sex: Vec<[u64; 3]>,
    /// People for whom a true-or-false feature holds, in the blueprint's order of such features.
    pub flags: Vec<Flag>,
    /// Distributions of whole-number features and scores.
    pub distributions: Vec<Distribution>,
    /// Measures by month.
    pub measures: Vec<MeasureSeries>,
    /// What care cost per member per month.
    pub members: Members,
    /// Need by the blueprint's weights, in millionths, by practice; empty where the blueprint has none.
    pub need: Vec<NeedSum>,
}

/// People of a segment or a tier.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// People.
    pub people: u64,
    /// Sum of their ages, for the mean.
    pub age_sum: u64,
    /// What they did and cost in the twelve months to the as-of date.
    pub activity: Activity,
}

/// Twelve months of activity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Admissions of every kind.
    pub admissions: u64,
    /// Emergency admissions.
    pub emergency_admissions: u64,
    /// Nights in hospital.
    pub bed_days: u64,
    /// Emergency department attendances.
    pub attendances: u64,
    /// Outpatient appointments.
    pub outpatients: u64,
    /// GP appointments.
    pub gp_appointments: u64,
    /// Community and mental health contacts.
    pub contacts: u64,
    /// Cost of everything.
    pub cost: Amounts,
}

impl Activity {
    /// Adds another count to this one.
    pub fn add(&mut self, other: &Self) {
        self.admissions += other.admissions;
        self.emergency_admissions += other.emergency_admissions;
        self.bed_days += other.bed_days;
        self.attendances += other.attendances;
        self.outpatients += other.outpatients;
        self.gp_appointments += other.gp_appointments;
        self.contacts += other.contacts;
        self.cost.add(&other.cost);
    }

    /// Takes out a count that is in this one: the opposite of [`Activity::add`].
    pub fn take(&mut self, other: &Self) {
        // Every field is named, so that a new one cannot be forgotten here.
        let Self {
            admissions,
            emergency_admissions,
            bed_days,
            attendances,
            outpatients,
            gp_appointments,
            contacts,
            cost,
        } = other;
        self.admissions -= admissions;
        self.emergency_admissions -= emergency_admissions;
        self.bed_days -= bed_days;
        self.attendances -= attendances;
        self.outpatients -= outpatients;
        self.gp_appointments -= gp_appointments;
        self.contacts -= contacts;
        self.cost.take(cost);
    }
}

/// A locality of the place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Locality {
    /// Identifier in `place.toml`.
    pub id: String,
    /// Name.
    pub name: String,
    /// When the care model started there (days since 1970).
    pub served_from: Option<i32>,
    /// People.
    pub people: u64,
    /// People by tier.
    pub tiers: Vec<u64>,
    /// People by segment.
    pub segments: Vec<u64>,
    /// People aged 65 and over.
    pub aged_65: u64,
    /// People who live in the most deprived fifth of areas.
    pub most_deprived_fifth: u64,
    /// People by five-year age band, the denominator of standardised rates.
    pub age_bands: Vec<u64>,
    /// Twelve months of activity.
    pub activity: Activity,
}

/// A practice of the place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Practice {
    /// Organisation code.
    pub code: String,
    /// Name where a source gave it, else the code.
    pub name: String,
    /// Position of the locality.
    pub locality: u16,
    /// People.
    pub people: u64,
    /// People by tier.
    pub tiers: Vec<u64>,
}

/// People for whom a feature holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Flag {
    /// Feature.
    pub id: String,
    /// Its name.
    pub name: String,
    /// People of the place.
    pub people: u64,
    /// By locality.
    pub by_locality: Vec<u64>,
}

/// How a number is spread over people.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// Feature.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Lower bound of each class in the feature's own units, with its label; the last is open.
    pub classes: Vec<Class>,
}

/// One class of a distribution.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// What the reader sees: "5 to 15".
    pub label: String,
    /// People in it.
    pub people: u64,
}

/// One measure by month, as sums that later pages divide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MeasureSeries {
    /// Measure of the blueprint.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Per so many people a month.
    pub per: u32,
    /// `lower`, `higher` or `neither` is better.
    pub better: String,
    /// The gap it helps close.
    pub gap: String,
    /// The aim it serves.
    pub aim: String,
    /// Whether the sums are pence.
    pub is_cost: bool,
    /// Of a cost, whose it is: by locality (rows) and month (columns). Empty for other measures.
    pub money: Vec<Vec<Amounts>>,
    /// Sums and people by practice (rows) and month (columns).
    pub practices: Vec<Vec<Cell>>,
    /// Sums and people by tier at the as-of date (rows) and month (columns).
    pub tiers: Vec<Vec<Cell>>,
    /// Sums in the last twelve months by locality (rows) and age band (columns), for standardised rates.
    pub year_by_locality_age: Vec<Vec<i64>>,
    /// People the measure is about who were registered in the middle of those months, by locality and age band.
    pub people_by_locality_age: Vec<Vec<u64>>,
}

/// Weighted need of some people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedSum {
    /// People whose weight is known.
    pub people: u64,
    /// People whose weight is not known.
    pub unknown: u64,
    /// The sum of weights in millionths.
    pub weight: i64,
}

/// One month of one group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Events, days or pence.
    pub sum: i64,
    /// People registered in the middle of the month.
    pub people: u64,
}

impl Summary {
    /// The as-of day.
    pub fn as_of_day(&self) -> Day {
        Day(self.as_of)
    }

    /// The month at a position of the series.
    pub fn month(&self, position: usize) -> Month {
        Month(self.first_month + position as i32)
    }

    /// A measure's series over some practices, month by month.
    pub fn series(&self, measure: &MeasureSeries, mut of: impl FnMut(usize, &Practice) -> bool) -> Vec<Cell> {
        let mut total = vec![Cell::default(); self.months];
        for (position, practice) in self.practices.iter().enumerate() {
            if of(position, practice) {
                for (sum, cell) in total.iter_mut().zip(&measure.practices[position]) {
                    sum.sum += cell.sum;
                    sum.people += cell.people;
                }
            }
        }
        total
    }
}
