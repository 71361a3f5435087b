//! What a place has to ask about: every feature of its care model, and the locality and the practice.

use crate::results::Summary;
use blueprint::model::{Aggregate, Builtin, Expr, Feature, FeatureSource, ValueType};
use blueprint::{Blueprint, Diagnostic, WordSet, question};
use nhs::EventKind;

/// Under which heading a field is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Age, sex, alive and the like.
    Person,
    /// Locality, practice, deprivation, home.
    Where,
    /// Segment and tier.
    Model,
    /// Scores and counts of conditions.
    Score,
    /// True-or-false needs.
    Need,
    /// Use of services, dates, measurements and costs.
    Use,
}

impl Topic {
    /// In the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Person, Self::Where, Self::Model, Self::Score, Self::Need, Self::Use];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Person => "About the person",
            Self::Where => "Where they live and are registered",
            Self::Model => "Place in the care model",
            Self::Score => "Scores",
            Self::Need => "Needs and conditions",
            Self::Use => "Care used, dates and measurements",
        }
    }
}

/// The kind of value a field has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    YesNo,
    /// A number.
    Number {
        /// Decimals held.
        decimals: u8,
        /// What it counts, such as "years"; empty where the title says it.
        unit: &'static str,
    },
    /// A day.
    Date,
    /// One of a few words: the word as a rule writes it, and as people read it.
    Words(Vec<(String, String)>),
}

/// One thing to ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in rules.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its heading.
    pub topic: Topic,
    /// Its values.
    pub kind: Kind,
}

/// Everything that can be asked about at a place; positions are those of the columns of [`super::PeopleTable`].
#[derive(Debug, Clone)]
pub struct Fields {
    all: Vec<Field>,
    localities: Vec<String>,
    practices: Vec<String>,
}

impl Fields {
    /// The fields of a place.
    pub fn of(blueprint: &Blueprint, summary: &Summary) -> Self {
        let mut all: Vec<Field> = blueprint.features.iter().map(|feature| field(feature, blueprint)).collect();
        let words = |id: &str, title: &str, words: Vec<(String, String)>| Field {
            id: id.to_owned(),
            title: title.to_owned(),
            topic: Topic::Where,
            kind: Kind::Words(words),
        };
        all.push(words("locality", "Locality", pairs(summary.localities.iter().map(|l| (&l.id, &l.name)))));
        all.push(words("practice", "GP practice", pairs(summary.practices.iter().map(|p| (&p.code, &p.name)))));
        let localities = summary.localities.iter().map(|l| l.id.clone()).collect();
        Self { all, localities, practices: summary.practices.iter().map(|p| p.code.clone()).collect() }
    }

    /// All of them, by position.
    pub fn all(&self) -> &[Field] {
        &self.all
    }

    /// The field of this name. A feature of the blueprint comes before a column of the same name.
    pub fn find(&self, id: &str) -> Option<(usize, &Field)> {
        self.all.iter().enumerate().find(|(_, field)| field.id == id)
    }

    /// Those offered for choosing, under their headings and by title: parts that a feature is put together from are left
    /// out, though a rule may name them.
    pub fn offered(&self) -> Vec<(Topic, Vec<&Field>)> {
        let of = |topic: Topic| {
            let mut fields: Vec<&Field> = self.all.iter().filter(|f| f.topic == topic && !is_part(&f.id)).collect();
            if topic != Topic::Person {
                fields.sort_by(|a, b| a.title.cmp(&b.title));
            }
            (topic, fields)
        };
        Topic::ALL.into_iter().map(of).filter(|(_, fields)| !fields.is_empty()).collect()
    }

    /// Compiles a rule. A rule without a word holds for everybody.
    pub fn compile(&self, blueprint: &Blueprint, rule: &str) -> Result<Expr, Vec<Diagnostic>> {
        if rule.trim().is_empty() {
            return Ok(Expr::Constant(true));
        }
        let sets = [
            WordSet { id: "locality", what: "locality", words: &self.localities },
            WordSet { id: "practice", what: "practice", words: &self.practices },
        ];
        question(blueprint, &sets, rule)
    }
}

/// Whether a feature is one of the parts that a need is put together from (`dementia_in_diagnosis`).
pub fn is_part(id: &str) -> bool {
    EventKind::ALL.iter().any(|kind| id.strip_suffix(kind.name()).is_some_and(|start| start.ends_with("_in_")))
}

fn pairs<'a>(of: impl Iterator<Item = (&'a String, &'a String)>) -> Vec<(String, String)> {
    of.map(|(value, label)| (value.clone(), label.clone())).collect()
}

fn field(feature: &Feature, blueprint: &Blueprint) -> Field {
    let kind = match (feature.value, &feature.source) {
        (ValueType::Bool, _) => Kind::YesNo,
        (ValueType::Date, _) => Kind::Date,
        (ValueType::Number { decimals }, source) => Kind::Number { decimals, unit: unit(source, decimals) },
        (ValueType::Choice, FeatureSource::Builtin(Builtin::Segment)) => {
            Kind::Words(pairs(blueprint.segments.iter().map(|s| (&s.id, &s.name))))
        }
        (ValueType::Choice, FeatureSource::Builtin(Builtin::Tier)) => {
            Kind::Words(pairs(blueprint.tiers.iter().map(|t| (&t.id, &t.name))))
        }
        (ValueType::Choice, FeatureSource::Choose { words, .. }) => Kind::Words(pairs(words.iter().map(|w| (w, w)))),
        (ValueType::Choice, _) => Kind::Words(
            [("female", "Female"), ("male", "Male"), ("indeterminate", "Indeterminate"), ("unknown", "Not known")]
                .map(|(value, label)| (value.to_owned(), label.to_owned()))
                .to_vec(),
        ),
    };
    Field { id: feature.id.clone(), title: feature.name.clone(), topic: topic(feature, &kind), kind }
}

fn topic(feature: &Feature, kind: &Kind) -> Topic {
    match (&feature.source, kind) {
        (FeatureSource::Builtin(builtin), _) => match builtin {
            Builtin::Age
            | Builtin::Sex
            | Builtin::Alive
            | Builtin::DateOfBirth
            | Builtin::DateOfDeath
            | Builtin::Registered
            | Builtin::ListCount => Topic::Person,
            Builtin::ImdDecile | Builtin::LivesInPlace | Builtin::CareHome | Builtin::LivesAlone => Topic::Where,
            Builtin::Segment | Builtin::Tier => Topic::Model,
            Builtin::InHospitalNow => Topic::Use,
        },
        (FeatureSource::Score { .. }, _) => Topic::Score,
        (_, Kind::YesNo) => Topic::Need,
        (FeatureSource::Rule(_), Kind::Number { decimals: 0, .. }) if feature.id.contains("condition") => Topic::Score,
        _ => Topic::Use,
    }
}

fn unit(source: &FeatureSource, decimals: u8) -> &'static str {
    match source {
        FeatureSource::Builtin(Builtin::Age) => "years",
        FeatureSource::Builtin(Builtin::ImdDecile) => "from 1, most deprived, to 10",
        FeatureSource::Score { .. } => "points",
        FeatureSource::Events { aggregate: Aggregate::SumCost, .. } => "pounds",
        FeatureSource::Events { aggregate: Aggregate::SumDays, .. } => "days",
        FeatureSource::Rule(_) if decimals == 2 => "pounds",
        _ => "",
    }
}
