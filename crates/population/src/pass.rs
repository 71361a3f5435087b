//! One bucket of people through the plan: features, scores, segment, tier, and the sums.

use crate::place::registered_days;
use crate::plan::Plan;
use crate::results::{NOWHERE, People};
use crate::rule::{ABSENT, Values, number};
use crate::tally::Tally;
use crate::{activity, builtin, count};
use blueprint::model::{Builtin, Expr, FeatureSource};
use lake::BucketView;

/// What a bucket leaves behind.
pub struct Part {
    /// Its people.
    pub people: People,
    /// Its sums.
    pub tally: Tally,
}

/// Runs the plan over one bucket.
pub fn run(plan: &Plan, view: &BucketView<'_>) -> Part {
    let mut people = People::default();
    let mut tally = Tally::new(plan);
    let columns = each_person(plan, view, |position, at, features| {
        let person = &view.people[position];
        people.id.push(person.id);
        people.segment.push(at.segment);
        people.tier.push(at.tier);
        people.locality.push(at.locality);
        people.practice.push(at.practice);
        people.age.push(at.age);
        let year = activity::of_year(plan, view, position);
        count::person(plan, person, at, features, &year, &mut tally);
        count::measures(plan, view, position, at, features, &mut tally);
        tally.members.add(plan, view, position, at);
    });
    people.features = columns;
    Part { people, tally }
}

/// Works out the features, the segment and the tier of each person of a bucket and hands them over, with the person's
/// position in the bucket, in order. Gives back a column for each feature.
pub fn each_person(
    plan: &Plan,
    view: &BucketView<'_>,
    mut visit: impl FnMut(usize, &Standing, &[i64]),
) -> Vec<Vec<i64>> {
    let belongs: Vec<(u16, u16)> = view.people.iter().map(|person| plan.shape.belongs(person)).collect();
    let practices: Vec<u16> = belongs.iter().map(|(practice, _)| *practice).collect();
    let mut columns = plan.features.run(view, &practices);
    let mut features = vec![ABSENT; columns.len()];
    for (position, person) in view.people.iter().enumerate() {
        let (practice, locality) = belongs[position];
        features.iter_mut().zip(&columns).for_each(|(value, column)| *value = column[position]);
        let seen = Seen { plan, view, position, practice, locality };
        let (segment, tier) = seen.place_in_model(&mut features);
        let age = person.birth.map_or(-1, |birth| plan.as_of.age_since(birth).clamp(0, 130) as i16);
        columns.iter_mut().zip(&features).for_each(|(column, value)| column[position] = *value);
        visit(position, &seen.standing(segment, tier, age), &features);
    }
    columns
}

/// Where a person stands, once known.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Position of the practice, or [`NOWHERE`].
    pub practice: u16,
    /// Position of the locality, or [`NOWHERE`].
    pub locality: u16,
    /// Position of the segment, or [`NOWHERE`].
    pub segment: u16,
    /// Position of the tier, or [`NOWHERE`].
    pub tier: u16,
    /// Age in whole years; -1 where not known.
    pub age: i16,
}

/// One person in view.
struct Seen<'a, 'b> {
    plan: &'a Plan<'a>,
    view: &'a BucketView<'b>,
    position: usize,
    practice: u16,
    locality: u16,
}

impl Seen<'_, '_> {
    fn standing(&self, segment: u16, tier: u16, age: i16) -> Standing {
        Standing { practice: self.practice, locality: self.locality, segment, tier, age }
    }

    /// Finds the segment and the tier, and computes the features that need them.
    fn place_in_model(&self, features: &mut [i64]) -> (u16, u16) {
        let blueprint = self.plan.blueprint;
        if !self.holds(&blueprint.population.include, features) {
            self.stage(&self.plan.stages.with_segment, NOWHERE, NOWHERE, features);
            self.stage(&self.plan.stages.with_tier, NOWHERE, NOWHERE, features);
            return (NOWHERE, NOWHERE);
        }
        let segment = self.first_that_holds(blueprint.segments.iter().map(|s| s.rule.as_ref()), features);
        self.stage(&self.plan.stages.with_segment, segment, NOWHERE, features);
        let tier = self.first_that_holds(blueprint.tiers.iter().map(|t| t.rule.as_ref()), features);
        self.stage(&self.plan.stages.with_tier, segment, tier, features);
        (segment, tier)
    }

    fn first_that_holds<'e>(&self, rules: impl Iterator<Item = Option<&'e Expr>>, features: &[i64]) -> u16 {
        // The compiler of blueprints sees to it that the last has no rule, so somebody always takes the person.
        let mut rules = rules.enumerate();
        rules.find(|(_, rule)| rule.is_none_or(|r| self.holds(r, features))).map_or(NOWHERE, |(n, _)| n as u16)
    }

    fn stage(&self, stage: &[usize], segment: u16, tier: u16, features: &mut [i64]) {
        for &feature in stage {
            match &self.plan.blueprint.features[feature].source {
                FeatureSource::Builtin(what) => {
                    features[feature] = match what {
                        Builtin::Segment => position_or_absent(segment),
                        Builtin::Tier => position_or_absent(tier),
                        _ => builtin::value(*what, self.plan.as_of, self.view, self.position, self.practice),
                    };
                }
                FeatureSource::Rule(rule) => {
                    features[feature] = Values { features, as_of: self.plan.as_of.0 }.value(rule);
                }
                FeatureSource::Choose { position, .. } => {
                    let chosen = Values { features, as_of: self.plan.as_of.0 };
                    features[feature] = number(chosen, self.plan.as_of.0, position).unwrap_or(ABSENT);
                }
                FeatureSource::Events { .. } | FeatureSource::Score { .. } | FeatureSource::KnownTo(_) => {}
            }
        }
    }

    fn holds(&self, rule: &Expr, features: &[i64]) -> bool {
        Values { features, as_of: self.plan.as_of.0 }.holds(rule)
    }
}

fn position_or_absent(position: u16) -> i64 {
    if position == NOWHERE { ABSENT } else { i64::from(position) }
}

/// Whether a person was on a list of the place on a day.
pub fn on_list(person: &lake::PersonRow, practice: u16, day: i32) -> bool {
    let (from, to) = registered_days(person);
    practice != NOWHERE && from <= day && day <= to
}
