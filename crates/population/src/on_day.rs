//! Everybody as of one day, with no more worked out than is asked for: who is in the population, the segment, and some
//! features. Answers are those of [`crate::pass`], column by column and without its sums. (No feature but the segment and the tier
//! themselves hangs on them: the compiler of blueprints sees to it.)

use crate::block::Blocks;
use crate::earlier::people_on;
use crate::features::{FeatureProgram, needed};
use crate::filter::Target;
use crate::place::Shape;
use crate::results::NOWHERE;
use crate::rule::{ABSENT, features_read};
use blueprint::Blueprint;
use lake::{BucketView, Columns, LakeError, Snapshot};
use nhs::Day;

/// What is worked out of everybody as of one day.
pub(crate) struct OnDay<'a> {
    blueprint: &'a Blueprint,
    shape: &'a Shape,
    /// The day.
    pub(crate) day: Day,
    program: FeatureProgram<'a>,
    segments: bool,
}

/// The people of a bucket on the day.
pub(crate) struct Answers {
    /// Whether each is in the population.
    pub(crate) included: Vec<bool>,
    /// The segment of each, [`NOWHERE`] for those outside the population; empty where segments were not asked for.
    pub(crate) segment: Vec<u16>,
    /// A column for each feature; those that were not asked for may be empty.
    pub(crate) features: Vec<Vec<i64>>,
}

impl<'a> OnDay<'a> {
    /// Compiles what the population, the features wanted and (where `segments`) the segments need.
    pub(crate) fn new(
        blueprint: &'a Blueprint,
        shape: &'a Shape,
        snapshot: &Snapshot,
        day: Day,
        wanted: &[usize],
        segments: bool,
    ) -> Result<Self, LakeError> {
        let mut roots = wanted.to_vec();
        features_read(&blueprint.population.include, &mut |feature| roots.push(feature));
        for rule in blueprint.segments.iter().filter(|_| segments).filter_map(|s| s.rule.as_ref()) {
            features_read(rule, &mut |feature| roots.push(feature));
        }
        let reach = needed(&blueprint.features, &roots);
        let target = Target::new(&blueprint.codes, snapshot, day);
        let program = FeatureProgram::compile_some(&blueprint.features, reach, &blueprint.score_tables, &target)?;
        Ok(Self { blueprint, shape, day, program, segments })
    }

    /// The columns that are read, with those that tell how people were on the day.
    pub(crate) fn columns(&self) -> Columns {
        self.program.columns() | Columns::PEOPLE | Columns::DATE | Columns::END | Columns::KIND
    }

    /// Everybody of a bucket.
    pub(crate) fn run(&self, view: &BucketView<'_>) -> Answers {
        let people = people_on(view, self.day);
        self.run_as(&BucketView { people: &people, ..*view })
    }

    /// The same where the people already are as they were on the day.
    pub(crate) fn run_as(&self, view: &BucketView<'_>) -> Answers {
        let practices: Vec<u16> = view.people.iter().map(|person| self.shape.belongs(person).0).collect();
        let features = self.program.run(view, &practices);
        let mut blocks = Blocks::default();
        let mut holds = vec![0; view.len()];
        blocks.value(&features, self.day.0, &self.blueprint.population.include, &mut holds);
        let included: Vec<bool> = holds.iter().map(|&value| value != ABSENT && value != 0).collect();
        let segment = if self.segments { self.segments(&included, &features, &mut blocks) } else { Vec::new() };
        Answers { included, segment, features }
    }

    /// The first segment whose rule holds for each person of the population; one without a rule takes all that are left.
    fn segments(&self, included: &[bool], features: &[Vec<i64>], blocks: &mut Blocks) -> Vec<u16> {
        let mut found = vec![NOWHERE; included.len()];
        let mut holds = vec![1; included.len()];
        for (position, segment) in self.blueprint.segments.iter().enumerate() {
            match &segment.rule {
                Some(rule) => blocks.value(features, self.day.0, rule, &mut holds),
                None => holds.fill(1),
            }
            for ((found, included), value) in found.iter_mut().zip(included).zip(&holds) {
                if *found == NOWHERE && *included && *value != ABSENT && *value != 0 {
                    *found = position as u16;
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
