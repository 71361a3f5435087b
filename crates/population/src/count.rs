//! Adds one person to the sums.

use crate::disclosure::Amounts;
use crate::pass::{Standing, on_list};
use crate::place::registered_days;
use crate::plan::Plan;
use crate::results::{Activity, NOWHERE};
use crate::rule::{ABSENT, Values};
use crate::tally::{CLASSES, Tally};
use blueprint::model::{FeatureSource, MeasureSum, ScoreKind, ValueType};
use lake::{BucketView, NO_DAY, NO_NUMBER, PersonRow};
use nhs::{AgeBand, Day, Month, Sex};

/// Counts where a person stands and what is true of them.
pub fn person(plan: &Plan, person: &PersonRow, at: &Standing, features: &[i64], year: &Activity, tally: &mut Tally) {
    if at.segment == NOWHERE || at.tier == NOWHERE || at.locality == NOWHERE {
        tally.unregistered += u64::from(at.practice == NOWHERE);
        return;
    }
    let tiers = plan.blueprint.tiers.len();
    let cell = usize::from(at.segment) * tiers + usize::from(at.tier);
    let age = at.age.max(0);
    let band = AgeBand::of_age(i32::from(age)).index();
    let group = &mut tally.groups[cell];
    group.people += 1;
    group.age_sum += u64::from(age.unsigned_abs());
    group.activity.add(year);
    let locality = &mut tally.localities[usize::from(at.locality)];
    locality.groups[cell] += 1;
    locality.aged_65 += u64::from(age >= 65);
    locality.most_deprived_fifth += u64::from(matches!(person.imd_decile, 1 | 2));
    locality.age_bands[band] += 1;
    locality.activity.add(year);
    if let (Some(weights), Some(need)) = (&plan.blueprint.need, tally.need.get_mut(usize::from(at.practice))) {
        // A weight of nought is that of somebody whose age or sex no line of the weights has.
        match features[weights.feature] {
            weight if weight > 0 && weight != ABSENT => {
                need.people += 1;
                need.weight += weight;
            }
            _ => need.unknown += 1,
        }
    }
    tally.practice_tiers[usize::from(at.practice) * tiers + usize::from(at.tier)] += 1;
    tally.imd[usize::from(person.imd_decile.min(10))] += 1;
    tally.age_sex[band][match person.sex {
        Sex::Male => 0,
        Sex::Female => 1,
        Sex::Indeterminate | Sex::Unknown => 2,
    }] += 1;
    let localities = plan.shape.localities.len();
    for (position, (feature, &value)) in plan.blueprint.features.iter().zip(features).enumerate() {
        match feature.value {
            ValueType::Bool if value == 1 => tally.flags[position * localities + usize::from(at.locality)] += 1,
            ValueType::Number { decimals } if value != ABSENT => {
                if let Some(class) = class_of(&feature.source, decimals, value) {
                    tally.classes[position][class] += 1;
                }
            }
            _ => {}
        }
    }
}

/// The class of a value: frailty bands as published (below 5, 5 to 15, above 15), whole numbers one by one up to ten.
pub fn class_of(source: &FeatureSource, decimals: u8, value: i64) -> Option<usize> {
    match (source, decimals) {
        (FeatureSource::Score { score: ScoreKind::HospitalFrailtyRisk, .. }, _) => Some(match value {
            ..50 => 0,
            50..=150 => 1,
            _ => 2,
        }),
        (FeatureSource::Builtin(_), _) => None,
        (FeatureSource::Score { .. }, 1) => Some((value / 10).clamp(0, CLASSES as i64 - 2) as usize),
        (_, 0) => Some(value.clamp(0, CLASSES as i64 - 2) as usize),
        _ => None,
    }
}

/// Adds a person to every measure: the people of each month, and the events of each month while on a list of the place.
pub fn measures(
    plan: &Plan,
    view: &BucketView<'_>,
    position: usize,
    at: &Standing,
    features: &[i64],
    tally: &mut Tally,
) {
    if at.practice == NOWHERE || plan.months == 0 {
        return;
    }
    let person = &view.people[position];
    let values = Values { features, as_of: plan.as_of.0 };
    let about: Vec<bool> =
        plan.blueprint.measures.iter().map(|m| m.among.as_ref().is_none_or(|rule| values.holds(rule))).collect();
    count_people(plan, person, at, &about, tally);
    let (from, to) = registered_days(person);
    let year_first = plan.as_of.add_months(-12).0 + 1;
    let middle = middle_of_year(plan);
    let band = person.birth.map_or(0, |birth| AgeBand::of_age(middle.age_since(birth)).index());
    let cell = usize::from(at.locality) * AgeBand::COUNT + band;
    let mut open: Vec<(usize, usize, i64)> = Vec::new();
    for event in view.events_of(position) {
        let date = view.date[event];
        if date < from || date > to || date > plan.as_of.0 {
            continue;
        }
        for &measure in &plan.measures_of_kind[usize::from(view.kind[event])] {
            let planned = &plan.measures[measure];
            if !about[measure] || !planned.filter.passes(view, event) {
                continue;
            }
            let amount = amount(planned.sum, view, event, plan.as_of.0);
            let sums = &mut tally.measures[measure];
            if let Ok(month) = usize::try_from(Day(date).month().0 - plan.first_month.0)
                && month < plan.months
            {
                sums.practice_month[usize::from(at.practice) * plan.months + month] += amount;
                if at.tier != NOWHERE {
                    sums.tier_month[usize::from(at.tier) * plan.months + month] += amount;
                }
                if planned.sum == MeasureSum::Cost {
                    match open.iter_mut().find(|(m, at, _)| (*m, *at) == (measure, month)) {
                        Some((_, _, sum)) => *sum = sum.saturating_add(amount),
                        None => open.push((measure, month, amount)),
                    }
                }
            }
            if date >= year_first {
                sums.year[cell] += amount;
            }
        }
    }
    // What the person adds to a month of a cost, all events together: the rules for money ask whose it is.
    for (measure, month, amount) in open {
        tally.measures[measure].money[usize::from(at.locality) * plan.months + month].add(&Amounts::one(amount));
    }
    if on_list(person, at.practice, middle.0) {
        for (sums, _) in tally.measures.iter_mut().zip(&about).filter(|(_, about)| **about) {
            sums.year_people[cell] += 1;
        }
    }
}

/// The day halfway through the twelve months to the as-of date, whose people are the denominator of that year's rates.
pub fn middle_of_year(plan: &Plan) -> Day {
    Day(plan.as_of.add_months(-6).0)
}

/// What an event adds to a sum.
pub fn amount(sum: MeasureSum, view: &BucketView<'_>, event: usize, as_of: i32) -> i64 {
    match sum {
        MeasureSum::Events => 1,
        MeasureSum::Days => {
            let end = if view.end[event] == NO_DAY { as_of } else { view.end[event] };
            i64::from(end.min(as_of).saturating_sub(view.date[event]).max(0))
        }
        MeasureSum::Cost if view.cost[event] == NO_NUMBER => 0,
        MeasureSum::Cost => view.cost[event],
    }
}

/// A person counts in a month when on a list on its fifteenth day.
fn count_people(plan: &Plan, person: &PersonRow, at: &Standing, about: &[bool], tally: &mut Tally) {
    let (from, to) = registered_days(person);
    let middle = |position: usize| Month(plan.first_month.0 + position as i32).first_day().0 + 14;
    let first = (0..plan.months).find(|&m| middle(m) >= from).unwrap_or(plan.months);
    let end = (first..plan.months).find(|&m| middle(m) > to).unwrap_or(plan.months);
    if first >= end {
        return;
    }
    for (sums, _) in tally.measures.iter_mut().zip(about).filter(|(_, about)| **about) {
        sums.add_person(at.practice, at.tier, plan.months, first, end);
    }
}
