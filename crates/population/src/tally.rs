//! Sums over people that a pass collects. Every sum is of integers, so buckets merge to the same total in any order.

use crate::disclosure::Amounts;
use crate::members::Members;
use crate::plan::Plan;
use crate::results::{Activity, NOWHERE, NeedSum};
use blueprint::model;
use nhs::AgeBand;
use serde::{Deserialize, Serialize};

/// Sums of one bucket, or of all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// By segment, then tier: people, sum of ages, activity.
    pub groups: Vec<GroupSum>,
    /// By locality.
    pub localities: Vec<LocalitySum>,
    /// By practice and tier.
    pub practice_tiers: Vec<u64>,
    /// By decile of deprivation.
    pub imd: Vec<u64>,
    /// By age band: male, female, other.
    pub age_sex: Vec<[u64; 3]>,
    /// By feature and locality, where a true-or-false feature holds.
    pub flags: Vec<u64>,
    /// By feature and class, for whole numbers and scores.
    pub classes: Vec<[u64; CLASSES]>,
    /// By measure.
    pub measures: Vec<MeasureSum>,
    /// People known who are on no list of the place.
    pub unregistered: u64,
    /// What care cost per member per month.
    pub members: Members,
    /// Weighted need by practice; empty where the blueprint has no weights.
    pub need: Vec<NeedSum>,
}

/// Classes that a distribution can have.
pub const CLASSES: usize = 12;

/// Sums of one cell of segment by tier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct GroupSum {
    /// People.
    pub people: u64,
    /// Sum of ages.
    pub age_sum: u64,
    /// Twelve months of activity.
    pub activity: Activity,
}

/// Sums of one locality.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LocalitySum {
    /// By segment, then tier.
    pub groups: Vec<u64>,
    /// Aged 65 and over.
    pub aged_65: u64,
    /// In the most deprived fifth.
    pub most_deprived_fifth: u64,
    /// By age band.
    pub age_bands: Vec<u64>,
    /// Twelve months of activity.
    pub activity: Activity,
}

/// Sums of one measure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MeasureSum {
    /// By practice, then month: the sum.
    pub practice_month: Vec<i64>,
    /// By tier, then month.
    pub tier_month: Vec<i64>,
    /// By practice, then month and one more: changes in the number of people (a running sum gives the people).
    pub practice_people: Vec<i64>,
    /// By tier, likewise.
    pub tier_people: Vec<i64>,
    /// By locality, then age band: the sum over the last twelve months.
    pub year: Vec<i64>,
    /// By locality, then age band: people in the middle of those months.
    pub year_people: Vec<u64>,
    /// Of a cost: by locality, then month. Empty for other measures.
    pub money: Vec<Amounts>,
}

impl Tally {
    /// All noughts, in the shape of a plan.
    pub fn new(plan: &Plan) -> Self {
        let (segments, tiers) = (plan.blueprint.segments.len(), plan.blueprint.tiers.len());
        let (localities, practices) = (plan.shape.localities.len(), plan.shape.practices.len());
        let locality = LocalitySum {
            groups: vec![0; segments * tiers],
            age_bands: vec![0; AgeBand::COUNT],
            ..LocalitySum::default()
        };
        let measure = |of: &model::Measure| MeasureSum {
            money: match of.sum {
                model::MeasureSum::Cost => vec![Amounts::default(); localities * plan.months],
                model::MeasureSum::Events | model::MeasureSum::Days => Vec::new(),
            },
            practice_month: vec![0; practices * plan.months],
            tier_month: vec![0; tiers * plan.months],
            practice_people: vec![0; practices * (plan.months + 1)],
            tier_people: vec![0; tiers * (plan.months + 1)],
            year: vec![0; localities * AgeBand::COUNT],
            year_people: vec![0; localities * AgeBand::COUNT],
        };
        Self {
            groups: vec![GroupSum::default(); segments * tiers],
            localities: vec![locality; localities],
            practice_tiers: vec![0; practices * tiers],
            imd: vec![0; 11],
            age_sex: vec![[0; 3]; AgeBand::COUNT],
            flags: vec![0; plan.blueprint.features.len() * localities],
            classes: vec![[0; CLASSES]; plan.blueprint.features.len()],
            measures: plan.blueprint.measures.iter().map(measure).collect(),
            unregistered: 0,
            members: Members::new(plan),
            need: plan.blueprint.need.iter().flat_map(|_| vec![NeedSum::default(); practices]).collect(),
        }
    }

    /// Adds the sums of another part of the people.
    pub fn merge(&mut self, other: &Self) {
        for (a, b) in self.groups.iter_mut().zip(&other.groups) {
            a.people += b.people;
            a.age_sum += b.age_sum;
            a.activity.add(&b.activity);
        }
        for (a, b) in self.localities.iter_mut().zip(&other.localities) {
            add(&mut a.groups, &b.groups);
            add(&mut a.age_bands, &b.age_bands);
            a.aged_65 += b.aged_65;
            a.most_deprived_fifth += b.most_deprived_fifth;
            a.activity.add(&b.activity);
        }
        add(&mut self.practice_tiers, &other.practice_tiers);
        add(&mut self.imd, &other.imd);
        for (a, b) in self.age_sex.iter_mut().zip(&other.age_sex) {
            add(a, b);
        }
        add(&mut self.flags, &other.flags);
        for (a, b) in self.classes.iter_mut().zip(&other.classes) {
            add(a, b);
        }
        for (a, b) in self.measures.iter_mut().zip(&other.measures) {
            add(&mut a.practice_month, &b.practice_month);
            add(&mut a.tier_month, &b.tier_month);
            add(&mut a.practice_people, &b.practice_people);
            add(&mut a.tier_people, &b.tier_people);
            add(&mut a.year, &b.year);
            add(&mut a.year_people, &b.year_people);
            a.money.iter_mut().zip(&b.money).for_each(|(a, b)| a.add(b));
        }
        self.members.merge(&other.members);
        for (a, b) in self.need.iter_mut().zip(&other.need) {
            a.people += b.people;
            a.unknown += b.unknown;
            a.weight += b.weight;
        }
        self.unregistered += other.unregistered;
    }
}

impl MeasureSum {
    /// Counts a person of a practice (and of a tier, unless [`NOWHERE`]) in the months from one position to another,
    /// the last one excluded.
    pub fn add_person(&mut self, practice: u16, tier: u16, months: usize, from: usize, to: usize) {
        let width = months + 1;
        self.practice_people[usize::from(practice) * width + from] += 1;
        self.practice_people[usize::from(practice) * width + to] -= 1;
        if tier != NOWHERE {
            self.tier_people[usize::from(tier) * width + from] += 1;
            self.tier_people[usize::from(tier) * width + to] -= 1;
        }
    }
}

fn add<T: Copy + std::ops::AddAssign>(to: &mut [T], from: &[T]) {
    for (a, b) in to.iter_mut().zip(from) {
        *a += *b;
    }
}

impl Tally {
    /// Takes out the sums of some of the people that are in it: the opposite of [`Tally::merge`].
    pub fn take(&mut self, other: &Self) {
        // Every field is named, so that a new one cannot be forgotten here.
        let Self {
            groups,
            localities,
            practice_tiers,
            imd,
            age_sex,
            flags,
            classes,
            measures,
            unregistered,
            members,
            need,
        } = other;
        for (a, b) in self.groups.iter_mut().zip(groups) {
            a.people -= b.people;
            a.age_sum -= b.age_sum;
            a.activity.take(&b.activity);
        }
        for (a, b) in self.localities.iter_mut().zip(localities) {
            let LocalitySum { groups, aged_65, most_deprived_fifth, age_bands, activity } = b;
            take(&mut a.groups, groups);
            take(&mut a.age_bands, age_bands);
            a.aged_65 -= aged_65;
            a.most_deprived_fifth -= most_deprived_fifth;
            a.activity.take(activity);
        }
        take(&mut self.practice_tiers, practice_tiers);
        take(&mut self.imd, imd);
        for (a, b) in self.age_sex.iter_mut().zip(age_sex) {
            take(a, b);
        }
        take(&mut self.flags, flags);
        for (a, b) in self.classes.iter_mut().zip(classes) {
            take(a, b);
        }
        for (a, b) in self.measures.iter_mut().zip(measures) {
            let MeasureSum { practice_month, tier_month, practice_people, tier_people, year, year_people, money } = b;
            a.money.iter_mut().zip(money).for_each(|(a, b)| a.take(b));
            take(&mut a.practice_month, practice_month);
            take(&mut a.tier_month, tier_month);
            take(&mut a.practice_people, practice_people);
            take(&mut a.tier_people, tier_people);
            take(&mut a.year, year);
            take(&mut a.year_people, year_people);
        }
        self.unregistered -= unregistered;
        self.members.take(members);
        for (a, b) in self.need.iter_mut().zip(need) {
            a.people -= b.people;
            a.unknown -= b.unknown;
            a.weight -= b.weight;
        }
    }
}

fn take<T: Copy + std::ops::SubAssign>(from: &mut [T], less: &[T]) {
    for (a, b) in from.iter_mut().zip(less) {
        *a -= *b;
    }
}
