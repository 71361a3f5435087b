//! Features in three stages: those that need neither segment nor tier, those that need the segment, and the rest.

use crate::features::feature_reads;
use blueprint::model::{Blueprint, Builtin, FeatureSource};

/// Positions of features by the moment at which they can be computed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stages {
    /// Before the segment is known.
    pub first: Vec<usize>,
    /// Once the segment is known.
    pub with_segment: Vec<usize>,
    /// Once the tier is known as well.
    pub with_tier: Vec<usize>,
}

impl Stages {
    /// Sorts the features of a blueprint; order within a stage is the blueprint's own.
    pub fn of(blueprint: &Blueprint) -> Self {
        let mut stage_of = vec![0u8; blueprint.features.len()];
        let mut stages = Self::default();
        for (position, feature) in blueprint.features.iter().enumerate() {
            let stage = match &feature.source {
                FeatureSource::Builtin(Builtin::Segment) => 1,
                FeatureSource::Builtin(Builtin::Tier) => 2,
                _ => {
                    let mut latest = 0;
                    feature_reads(feature, &mut |f| latest = latest.max(stage_of.get(f).copied().unwrap_or(0)));
                    latest
                }
            };
            stage_of[position] = stage;
            match stage {
                0 => stages.first.push(position),
                1 => stages.with_segment.push(position),
                _ => stages.with_tier.push(position),
            }
        }
        stages
    }
}
