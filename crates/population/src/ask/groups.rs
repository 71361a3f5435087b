//! The groups that people are counted in: each person belongs to one cell.

use crate::pass::Standing;
use crate::place::Shape;
use crate::results::NOWHERE;
use crate::rule::ABSENT;
use blueprint::Blueprint;
use blueprint::model::{Builtin, FeatureSource, ValueType};
use blueprint::questions::By;
use lake::{Columns, LakeError, PersonRow, Snapshot};
use nhs::{AgeBand, Ethnicity, Lsoa, Sex};
use std::collections::BTreeSet;

/// Whole numbers up to this have a group of their own.
const LARGEST_NUMBER: i64 = 10;
/// The label of those for whom nothing is known.
const NOT_KNOWN: &str = "not known";
/// A letter of each ethnic group, in the order of the census.
const ETHNIC: [&str; 6] = ["A", "D", "H", "M", "R", "Z"];
/// In the order in which they are shown.
const SEXES: [Sex; 4] = [Sex::Male, Sex::Female, Sex::Indeterminate, Sex::Unknown];

/// One or more groupings, crossed.
pub(super) struct Groups {
    parts: Vec<Part>,
}

/// One grouping; the last label is for those of whom nothing is known.
struct Part {
    name: String,
    labels: Vec<String>,
    how: How,
}

enum How {
    Locality,
    Practice,
    Area(Vec<Lsoa>),
    AgeBand,
    Ethnicity,
    ImdFifth,
    YesNo(usize),
    Sex(usize),
    /// A position in a list of words, or a whole number from 0 up.
    Number(usize),
}

/// The small areas that people of a snapshot live in, in order.
pub(super) fn areas(snapshot: &Snapshot, threads: usize) -> Result<Vec<Lsoa>, LakeError> {
    let parts = snapshot.scan(Columns::PERSON_LSOA, threads, |view| {
        view.people.iter().filter_map(|person| person.lsoa).collect::<BTreeSet<Lsoa>>()
    })?;
    Ok(parts.into_iter().flatten().collect::<BTreeSet<Lsoa>>().into_iter().collect())
}

impl Groups {
    pub(super) fn new(by: &[By], model: &Blueprint, shape: &Shape, areas: &[Lsoa]) -> Self {
        Self { parts: by.iter().map(|&by| Part::new(by, model, shape, areas)).collect() }
    }

    /// How many cells there are; one where nothing is grouped.
    pub(super) fn cells(&self) -> usize {
        self.parts.iter().fold(1, |cells, part| cells.saturating_mul(part.labels.len()))
    }

    /// Names of the groupings.
    pub(super) fn names(&self) -> Vec<String> {
        self.parts.iter().map(|part| part.name.clone()).collect()
    }

    /// How many labels the innermost grouping has; 1 where nothing is grouped.
    pub(super) fn width(&self) -> usize {
        self.parts.last().map_or(1, |part| part.labels.len())
    }

    /// The labels of a cell, the outermost grouping first.
    pub(super) fn labels(&self, mut cell: usize) -> Vec<String> {
        let mut labels = Vec::with_capacity(self.parts.len());
        for part in self.parts.iter().rev() {
            labels.push(part.labels[cell % part.labels.len()].clone());
            cell /= part.labels.len();
        }
        labels.reverse();
        labels
    }

    /// The cell of a person.
    pub(super) fn cell(&self, person: &PersonRow, at: &Standing, features: &[i64]) -> usize {
        self.parts.iter().fold(0, |cell, part| cell * part.labels.len() + part.position(person, at, features))
    }

    pub(super) fn columns(&self) -> Columns {
        let of = |part: &Part| match part.how {
            How::Area(_) => Columns::PERSON_LSOA,
            How::Ethnicity => Columns::PERSON_ETHNICITY,
            How::ImdFifth => Columns::PERSON_IMD,
            _ => Columns::NONE,
        };
        self.parts.iter().fold(Columns::NONE, |all, part| all | of(part))
    }
}

impl Part {
    fn new(by: By, model: &Blueprint, shape: &Shape, areas: &[Lsoa]) -> Self {
        let (name, mut labels, how): (&str, Vec<String>, How) = match by {
            By::Locality => ("locality", shape.localities.iter().map(|l| l.id.clone()).collect(), How::Locality),
            By::Practice => ("practice", shape.practices.iter().map(|p| p.0.to_string()).collect(), How::Practice),
            By::Area => ("area", areas.iter().map(ToString::to_string).collect(), How::Area(areas.to_vec())),
            By::AgeBand => ("age_band", AgeBand::all().map(|band| band.to_string()).collect(), How::AgeBand),
            By::Ethnicity => {
                let group = |letter: &&str| Ethnicity::parse(letter).map(|e| e.group().to_owned()).unwrap_or_default();
                ("ethnicity", ETHNIC.iter().map(group).collect(), How::Ethnicity)
            }
            By::ImdFifth => ("imd_fifth", (1..=5).map(|n| n.to_string()).collect(), How::ImdFifth),
            By::Feature(feature) => return Self::feature(feature, model),
        };
        labels.push(NOT_KNOWN.to_owned());
        Self { name: name.to_owned(), labels, how }
    }

    fn feature(position: usize, model: &Blueprint) -> Self {
        let feature = &model.features[position];
        let (mut labels, how): (Vec<String>, How) = match (&feature.source, feature.value) {
            (FeatureSource::Builtin(Builtin::Sex), _) => {
                (SEXES.iter().map(|sex| sex.name().to_owned()).collect(), How::Sex(position))
            }
            (FeatureSource::Builtin(Builtin::Segment), _) => {
                (model.segments.iter().map(|s| s.id.clone()).collect(), How::Number(position))
            }
            (FeatureSource::Builtin(Builtin::Tier), _) => {
                (model.tiers.iter().map(|t| t.id.clone()).collect(), How::Number(position))
            }
            (FeatureSource::Choose { words, .. }, _) => (words.clone(), How::Number(position)),
            (_, ValueType::Bool) => (vec!["no".to_owned(), "yes".to_owned()], How::YesNo(position)),
            _ => {
                let numbers = (0..=LARGEST_NUMBER).map(|n| n.to_string());
                (numbers.chain([format!("{} or more", LARGEST_NUMBER + 1)]).collect(), How::Number(position))
            }
        };
        labels.push(NOT_KNOWN.to_owned());
        Self { name: feature.id.clone(), labels, how }
    }

    fn position(&self, person: &PersonRow, at: &Standing, features: &[i64]) -> usize {
        let last = self.labels.len() - 1;
        let within = |position: Option<usize>| position.filter(|&p| p < last).unwrap_or(last);
        let known = |position: u16| (position != NOWHERE).then_some(usize::from(position));
        match &self.how {
            How::Locality => within(known(at.locality)),
            How::Practice => within(known(at.practice)),
            How::Area(areas) => within(person.lsoa.and_then(|area| areas.binary_search(&area).ok())),
            How::AgeBand if at.age < 0 => last,
            How::AgeBand => AgeBand::of_age(i32::from(at.age)).index(),
            How::Ethnicity => {
                let group = person.ethnicity.group();
                self.labels.iter().position(|label| label == group).unwrap_or(last)
            }
            How::ImdFifth if person.imd_decile == 0 => last,
            How::ImdFifth => within(Some((usize::from(person.imd_decile) - 1) / 2)),
            How::YesNo(feature) => within(usize::try_from(features[*feature]).ok()),
            How::Sex(feature) => within(SEXES.iter().position(|&sex| sex as i64 == features[*feature])),
            How::Number(feature) => match features[*feature] {
                ABSENT => last,
                number => usize::try_from(number).map_or(last, |n| n.min(last.saturating_sub(1))),
            },
        }
    }
}
