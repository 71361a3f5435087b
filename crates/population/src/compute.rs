//! Runs a blueprint over a snapshot and puts the sums into words.

use crate::disclosure::Amounts;
use crate::pass::{self, Part};
use crate::place::Shape;
use crate::plan::Plan;
use crate::refresh::Kept;
use crate::results::{
    Activity, Cell, Class, Distribution, Flag, Group, Locality, MeasureSeries, People, Practice, Summary,
};
use crate::tally::Tally;
use blueprint::model::{Better, FeatureSource, ScoreKind, ValueType};
use blueprint::{Blueprint, Place};
use lake::{LakeError, Snapshot};
use nhs::{AgeBand, CodeSystem, Day};
use std::hash::Hasher as _;

/// What a computation makes of a snapshot.
#[derive(Debug, Clone, Default)]
pub struct Computed {
    /// One row per person.
    pub people: People,
    /// Counts of the place.
    pub summary: Summary,
    /// What the next refresh needs; empty where results were read from disk.
    pub kept: Kept,
}

/// Where people belong, and what may be measured: months from `start` (or three years before) to the as-of date.
pub fn compute(
    snapshot: &Snapshot,
    place: &Place,
    blueprint: &Blueprint,
    threads: usize,
) -> Result<Computed, LakeError> {
    let (as_of, start) = days(place, snapshot);
    let shape = Shape::of(place, &if place.localities.is_empty() { snapshot.persons()? } else { Vec::new() });
    let plan = Plan::new(blueprint, &shape, snapshot, as_of, start)?;
    let parts = snapshot.scan(plan.columns(), threads.max(1), |view| pass::run(&plan, view))?;
    let mut people = People { features: vec![Vec::new(); blueprint.features.len()], ..People::default() };
    let mut tally = Tally::new(&plan);
    for part in parts {
        tally.merge(&part.tally);
        append(&mut people, part);
    }
    let summary = summarise(&plan, snapshot, place, people.len(), &tally);
    Ok(Computed { people, summary, kept: Kept::new(tally) })
}

/// The as-of day, and the first day of the series.
pub(crate) fn days(place: &Place, snapshot: &Snapshot) -> (Day, Day) {
    let as_of = place.as_of.unwrap_or(snapshot.manifest().as_of);
    (as_of, place.start.unwrap_or_else(|| Day(as_of.add_months(-36).0 + 1)))
}

/// A fingerprint of everything but the snapshot that the results depend on. It changes with any rule, code list or locality.
pub fn fingerprint(place: &Place, blueprint: &Blueprint) -> String {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(format!("{blueprint:?} {:?} {:?} {:?}", place.localities, place.as_of, place.start).as_bytes());
    format!("{:016x}", hasher.finish())
}

pub(crate) fn append(people: &mut People, mut part: Part) {
    people.id.append(&mut part.people.id);
    people.segment.append(&mut part.people.segment);
    people.tier.append(&mut part.people.tier);
    people.locality.append(&mut part.people.locality);
    people.practice.append(&mut part.people.practice);
    people.age.append(&mut part.people.age);
    for (all, own) in people.features.iter_mut().zip(&mut part.people.features) {
        all.append(own);
    }
}

pub(crate) fn summarise(plan: &Plan, snapshot: &Snapshot, place: &Place, people: usize, tally: &Tally) -> Summary {
    let blueprint = plan.blueprint;
    let tiers = blueprint.tiers.len();
    let segment_by_tier: Vec<Vec<u64>> = (0..blueprint.segments.len())
        .map(|s| (0..tiers).map(|t| tally.groups[s * tiers + t].people).collect())
        .collect();
    let segments = blueprint
        .segments
        .iter()
        .enumerate()
        .map(|(s, segment)| group(&segment.id, &segment.name, tally, (0..tiers).map(|t| s * tiers + t)))
        .collect();
    let of_tiers = blueprint
        .tiers
        .iter()
        .enumerate()
        .map(|(t, tier)| group(&tier.id, &tier.name, tally, (0..blueprint.segments.len()).map(|s| s * tiers + t)))
        .collect();
    let people_included = tally.groups.iter().map(|g| g.people).sum();
    Summary {
        snapshot: snapshot.manifest().id.to_string(),
        place: place.name.clone(),
        blueprint: format!("{} {}", blueprint.id, blueprint.version),
        fingerprint: fingerprint(place, blueprint),
        as_of: plan.as_of.0,
        first_month: plan.first_month.0,
        months: plan.months,
        people_known: people as u64,
        people: people_included,
        size_advice: size_advice(plan, people_included, tally),
        people_unregistered: tally.unregistered,
        segments,
        tiers: of_tiers,
        segment_by_tier,
        localities: localities(plan, tally),
        practices: practices(plan, snapshot, tally),
        imd_deciles: tally.imd.clone(),
        age_sex: tally.age_sex.clone(),
        flags: flags(plan, tally),
        distributions: distributions(plan, tally),
        measures: measures(plan, tally),
        members: tally.members.clone(),
        need: tally.need.clone(),
    }
}

fn size_advice(plan: &Plan, people: u64, tally: &Tally) -> Vec<String> {
    let population = &plan.blueprint.population;
    // Rounded as disclosure control rounds: advice is shown to everyone.
    let mut advice = population.size_advice((people + 2) / 5 * 5);
    let Some(bound) = &population.locality_size else { return advice };
    let outside = tally.localities.iter().filter(|l| bound.advice(l.groups.iter().sum()).is_some()).count();
    if outside > 0 {
        let of = plan.shape.localities.len();
        advice.push(format!(
            "{outside} of {of} localities lie outside the size that a locality of this model usually has ({}).",
            bound.source
        ));
    }
    advice
}

fn group(id: &str, name: &str, tally: &Tally, cells: impl Iterator<Item = usize>) -> Group {
    let mut total = Group { id: id.to_owned(), name: name.to_owned(), ..Group::default() };
    for cell in cells {
        let sum = &tally.groups[cell];
        total.people += sum.people;
        total.age_sum += sum.age_sum;
        total.activity.add(&sum.activity);
    }
    total
}

fn localities(plan: &Plan, tally: &Tally) -> Vec<Locality> {
    let (segments, tiers) = (plan.blueprint.segments.len(), plan.blueprint.tiers.len());
    plan.shape
        .localities
        .iter()
        .zip(&tally.localities)
        .map(|(shape, sum)| Locality {
            id: shape.id.clone(),
            name: shape.name.clone(),
            served_from: shape.served_from.map(|day| day.0),
            people: sum.groups.iter().sum(),
            tiers: (0..tiers).map(|t| (0..segments).map(|s| sum.groups[s * tiers + t]).sum()).collect(),
            segments: (0..segments).map(|s| sum.groups[s * tiers..(s + 1) * tiers].iter().sum()).collect(),
            aged_65: sum.aged_65,
            most_deprived_fifth: sum.most_deprived_fifth,
            age_bands: sum.age_bands.clone(),
            activity: sum.activity,
        })
        .collect()
}

fn practices(plan: &Plan, snapshot: &Snapshot, tally: &Tally) -> Vec<Practice> {
    let tiers = plan.blueprint.tiers.len();
    let dictionary = snapshot.dictionary();
    plan.shape
        .practices
        .iter()
        .enumerate()
        .map(|(position, (code, locality))| {
            let known = dictionary.find(CodeSystem::None, code.as_str()).and_then(|number| dictionary.get(number));
            let by_tier = &tally.practice_tiers[position * tiers..(position + 1) * tiers];
            Practice {
                code: code.to_string(),
                name: known.filter(|row| !row.name.is_empty()).map_or_else(|| code.to_string(), |row| row.name.clone()),
                locality: *locality,
                people: by_tier.iter().sum(),
                tiers: by_tier.to_vec(),
            }
        })
        .collect()
}

fn flags(plan: &Plan, tally: &Tally) -> Vec<Flag> {
    let width = plan.shape.localities.len();
    let features = plan.blueprint.features.iter().enumerate();
    features
        .filter(|(_, feature)| feature.value == ValueType::Bool)
        .map(|(position, feature)| {
            let by_locality = tally.flags[position * width..(position + 1) * width].to_vec();
            Flag { id: feature.id.clone(), name: feature.name.clone(), people: by_locality.iter().sum(), by_locality }
        })
        .collect()
}

fn distributions(plan: &Plan, tally: &Tally) -> Vec<Distribution> {
    let features = plan.blueprint.features.iter().enumerate();
    features
        .filter_map(|(position, feature)| {
            let ValueType::Number { decimals } = feature.value else { return None };
            crate::count::class_of(&feature.source, decimals, 0)?;
            let counts = &tally.classes[position];
            let labels: Vec<String> = match &feature.source {
                FeatureSource::Score { score: ScoreKind::HospitalFrailtyRisk, .. } => {
                    ["Low (below 5)", "Intermediate (5 to 15)", "High (above 15)"].map(str::to_owned).to_vec()
                }
                _ => (0..counts.len() - 2).map(|n| n.to_string()).chain(["10 or more".to_owned()]).collect(),
            };
            let classes = labels.into_iter().zip(counts).map(|(label, &people)| Class { label, people }).collect();
            Some(Distribution { id: feature.id.clone(), name: feature.name.clone(), classes })
        })
        .collect()
}

fn measures(plan: &Plan, tally: &Tally) -> Vec<MeasureSeries> {
    let defined = plan.blueprint.measures.iter().zip(&tally.measures);
    defined
        .map(|(measure, sums)| MeasureSeries {
            id: measure.id.clone(),
            name: measure.name.clone(),
            per: measure.per,
            better: match measure.better {
                Better::Lower => "lower",
                Better::Higher => "higher",
                Better::Neither => "neither",
            }
            .to_owned(),
            gap: measure.gap.clone(),
            aim: measure.aim.clone(),
            is_cost: measure.sum == blueprint::model::MeasureSum::Cost,
            money: sums.money.chunks(plan.months.max(1)).map(<[Amounts]>::to_vec).collect(),
            practices: cells(&sums.practice_month, &sums.practice_people, plan.shape.practices.len(), plan.months),
            tiers: cells(&sums.tier_month, &sums.tier_people, plan.blueprint.tiers.len(), plan.months),
            year_by_locality_age: rows(&sums.year),
            people_by_locality_age: rows(&sums.year_people),
        })
        .collect()
}

fn rows<T: Clone>(flat: &[T]) -> Vec<Vec<T>> {
    flat.chunks(AgeBand::COUNT).map(<[T]>::to_vec).collect()
}

/// Sums and the people behind them: the changes in people are run up to a count for each month.
fn cells(sums: &[i64], changes: &[i64], rows: usize, months: usize) -> Vec<Vec<Cell>> {
    (0..rows)
        .map(|row| {
            let mut people = 0;
            (0..months)
                .map(|month| {
                    people += changes[row * (months + 1) + month];
                    Cell { sum: sums[row * months + month], people: u64::try_from(people).unwrap_or(0) }
                })
                .collect()
        })
        .collect()
}

impl Activity {
    /// Pence per person. Exact: whoever shows it asks [`crate::disclosure::money_list`] first.
    pub fn cost_per_head(&self, people: u64) -> Option<i64> {
        let people = i64::try_from(people).ok().filter(|&n| n > 0)?;
        Some((self.cost.pence + people / 2).div_euclid(people))
    }
}
