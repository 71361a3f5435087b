//! A blueprint compiled against one snapshot: what one pass over the history has to do.

use crate::features::FeatureProgram;
use crate::filter::Target;
use crate::place::Shape;
use crate::stage::Stages;
use blueprint::Blueprint;
use blueprint::model::MeasureSum;
use lake::engine::EventFilter;
use lake::{Columns, LakeError, Snapshot};
use nhs::{Day, Month};

/// Everything that one pass needs, with every name resolved to a position or a dictionary number.
pub struct Plan<'a> {
    /// The care model.
    pub blueprint: &'a Blueprint,
    /// Localities and practices.
    pub shape: &'a Shape,
    /// The day as of which people are counted.
    pub as_of: Day,
    /// First month of the series.
    pub first_month: Month,
    /// Months in every series.
    pub months: usize,
    /// Features, all but those that need the segment or the tier.
    pub features: FeatureProgram<'a>,
    /// Features by the moment at which they can be computed.
    pub stages: Stages,
    /// Measures with their filters.
    pub measures: Vec<PlannedMeasure>,
    /// Positions of measures by kind of event.
    pub measures_of_kind: Vec<Vec<usize>>,
}

/// A measure compiled for the pass.
pub struct PlannedMeasure {
    /// Which events.
    pub filter: EventFilter,
    /// What is summed.
    pub sum: MeasureSum,
}

impl<'a> Plan<'a> {
    /// Compiles a blueprint for a snapshot.
    pub fn new(
        blueprint: &'a Blueprint,
        shape: &'a Shape,
        snapshot: &Snapshot,
        as_of: Day,
        start: Day,
    ) -> Result<Self, LakeError> {
        let target = Target::new(&blueprint.codes, snapshot, as_of);
        let mut measures_of_kind = vec![Vec::new(); 256];
        let mut measures = Vec::new();
        for (position, measure) in blueprint.measures.iter().enumerate() {
            for kind in measure.kinds() {
                measures_of_kind[usize::from(kind.number())].push(position);
            }
            measures.push(PlannedMeasure { filter: target.filter(measure.filter.as_ref())?, sum: measure.sum });
        }
        let first_month = start.month();
        // A month that the as-of date cuts short would look like a fall, so the series ends with the last whole month.
        let last_whole = if as_of == as_of.month().last_day() { as_of.month().0 } else { as_of.month().0 - 1 };
        Ok(Self {
            blueprint,
            shape,
            as_of,
            first_month,
            months: usize::try_from(last_whole - first_month.0 + 1).unwrap_or(0),
            features: FeatureProgram::compile(&blueprint.features, &blueprint.score_tables, &target)?,
            stages: Stages::of(blueprint),
            measures,
            measures_of_kind,
        })
    }

    /// The columns that the pass reads.
    pub fn columns(&self) -> Columns {
        let own = Columns::PEOPLE
            | Columns::DATE
            | Columns::END
            | Columns::KIND
            | Columns::METHOD
            | Columns::STATUS
            | Columns::CODE
            | Columns::COST;
        self.measures.iter().fold(own | self.features.columns(), |all, m| all | m.filter.columns())
    }
}
