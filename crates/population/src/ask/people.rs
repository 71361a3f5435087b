//! One row for each person: identifiers without names, and the columns of the question set.

use crate::rule::ABSENT;
use crate::save::column;
use blueprint::Blueprint;
use blueprint::model::{Builtin, FeatureSource};
use blueprint::questions::Questions;
use lake::table::{Column, Named};
use nhs::Sex;

/// A row for each person that a question set is about, in the order of identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRows {
    /// Stable identifiers of the lake: no names, and no use to anybody who may not open `identity/`.
    pub id: Vec<u64>,
    positions: Vec<usize>,
    columns: Vec<Vec<i64>>,
}

impl PersonRows {
    pub(super) fn new(questions: &Questions) -> Self {
        let positions = questions.columns.clone();
        Self { id: Vec::new(), columns: vec![Vec::new(); positions.len()], positions }
    }

    pub(super) fn push(&mut self, id: u64, features: &[i64]) {
        self.id.push(id);
        for (column, &feature) in self.columns.iter_mut().zip(&self.positions) {
            column.push(features[feature]);
        }
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.id.append(&mut other.id);
        self.columns.iter_mut().zip(&mut other.columns).for_each(|(all, part)| all.append(part));
    }

    /// The rows as a table of the lake: `person_id`, then the columns asked for; words as words.
    pub fn table(&self, model: &Blueprint) -> Vec<Named> {
        let mut named = vec![("person_id".to_owned(), Column::I64(self.id.iter().map(|&id| id as i64).collect()))];
        for (values, &position) in self.columns.iter().zip(&self.positions) {
            let feature = &model.features[position];
            let word = |value: i64| -> Option<String> {
                let at = usize::try_from(value).ok()?;
                match feature.source {
                    FeatureSource::Builtin(Builtin::Sex) => {
                        u8::try_from(value).ok().map(|sex| Sex::from_number(sex).name().to_owned())
                    }
                    FeatureSource::Builtin(Builtin::Segment) => model.segments.get(at).map(|s| s.id.clone()),
                    FeatureSource::Builtin(Builtin::Tier) => model.tiers.get(at).map(|t| t.id.clone()),
                    FeatureSource::Choose { ref words, .. } => words.get(at).cloned(),
                    _ => None,
                }
            };
            let is_words = matches!(
                feature.source,
                FeatureSource::Choose { .. } | FeatureSource::Builtin(Builtin::Sex | Builtin::Segment | Builtin::Tier)
            );
            let out = if is_words {
                Column::OptionalText(values.iter().map(|&v| (v != ABSENT).then(|| word(v)).flatten()).collect())
            } else {
                column(feature.value, values)
            };
            named.push((feature.id.clone(), out));
        }
        named
    }
}
