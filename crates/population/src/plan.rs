//! A blueprint compiled against one snapshot: what one pass over the history has to do.

use crate::place::Shape;
use crate::score::Score;
use crate::stage::Stages;
use blueprint::Blueprint;
use blueprint::model::{
    Aggregate as WantedAggregate, CompareOp, EventExpr, FeatureSource, MeasureSum, ScoreKind, Window as WantedWindow,
};
use lake::engine::{Aggregate, Compare, EventAggregate, EventFilter, Program, Window};
use lake::{CodeSet, Columns, Dictionary};
use nhs::{CodeSystem, Day, Month};

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
    /// Event aggregates, as one program of the lake.
    pub program: Program,
    /// For each feature, its question in the program.
    pub question_of: Vec<Option<usize>>,
    /// Features by the moment at which they can be computed.
    pub stages: Stages,
    /// Scores asked for: the feature, the score, and the first day that counts.
    pub scores: Vec<PlannedScore>,
    /// Measures with their filters.
    pub measures: Vec<PlannedMeasure>,
    /// Positions of measures by kind of event.
    pub measures_of_kind: Vec<Vec<usize>>,
}

/// A score that a feature asks for.
pub struct PlannedScore {
    /// Position of the feature.
    pub feature: usize,
    /// The compiled score.
    pub score: Score,
    /// The first day that counts, since 1970.
    pub first_day: i32,
    /// Whether every kind of event counts and not only hospital diagnoses.
    pub any_kind: bool,
}

/// A measure compiled for the pass.
pub struct PlannedMeasure {
    /// Which events.
    pub filter: EventFilter,
    /// What is summed.
    pub sum: MeasureSum,
}

impl<'a> Plan<'a> {
    /// Compiles a blueprint for a snapshot's dictionary.
    pub fn new(blueprint: &'a Blueprint, shape: &'a Shape, dictionary: &Dictionary, as_of: Day, start: Day) -> Self {
        let mut questions = Vec::new();
        let mut question_of = Vec::with_capacity(blueprint.features.len());
        let mut scores = Vec::new();
        let lists: Vec<CodeSet> = blueprint.codes.iter().map(|list| code_set(dictionary, &list.codes)).collect();
        for (position, feature) in blueprint.features.iter().enumerate() {
            question_of.push(None);
            match &feature.source {
                FeatureSource::Events { kind, filter, window, aggregate } => {
                    question_of[position] = Some(questions.len());
                    questions.push(EventAggregate {
                        kind: *kind,
                        filter: filter.as_ref().map_or(EventFilter::Always, |f| event_filter(f, dictionary, &lists)),
                        window: lake_window(*window, as_of),
                        aggregate: lake_aggregate(*aggregate),
                    });
                }
                FeatureSource::Score { score, window } => scores.push(PlannedScore {
                    feature: position,
                    score: compile_score(blueprint, *score, dictionary),
                    first_day: lake_window(*window, as_of).first.0,
                    any_kind: matches!(score, ScoreKind::Loaded(_)),
                }),
                FeatureSource::Builtin(_) | FeatureSource::Rule(_) => {}
            }
        }
        let mut measures_of_kind = vec![Vec::new(); 256];
        let mut measures = Vec::new();
        for (position, measure) in blueprint.measures.iter().enumerate() {
            measures_of_kind[usize::from(measure.kind.number())].push(position);
            let filter = measure.filter.as_ref();
            measures.push(PlannedMeasure {
                filter: filter.map_or(EventFilter::Always, |f| event_filter(f, dictionary, &lists)),
                sum: measure.sum,
            });
        }
        let first_month = start.month();
        // A month that the as-of date cuts short would look like a fall, so the series ends with the last whole month.
        let last_whole = if as_of == as_of.month().last_day() { as_of.month().0 } else { as_of.month().0 - 1 };
        Self {
            blueprint,
            shape,
            as_of,
            first_month,
            months: usize::try_from(last_whole - first_month.0 + 1).unwrap_or(0),
            program: Program::new(questions, dictionary.len()),
            question_of,
            stages: Stages::of(blueprint),
            scores,
            measures,
            measures_of_kind,
        }
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
        self.measures.iter().fold(own | self.program.columns(), |all, m| all | m.filter.columns())
    }
}

fn compile_score(blueprint: &Blueprint, kind: ScoreKind, dictionary: &Dictionary) -> Score {
    if let ScoreKind::Loaded(table) = kind
        && let Some(table) = blueprint.score_tables.get(usize::from(table))
    {
        return Score::loaded(table, dictionary);
    }
    let icd10 = dictionary
        .rows()
        .iter()
        .enumerate()
        .filter(|(_, row)| row.system == CodeSystem::Icd10)
        .map(|(number, row)| (number as u32, row.code.as_str()));
    Score::compile(kind, dictionary.len() as usize, icd10)
}

/// Dictionary numbers of a code list. ICD-10 and OPCS-4 codes stand for the codes under them; others for themselves.
fn code_set(dictionary: &Dictionary, codes: &[(CodeSystem, String)]) -> CodeSet {
    let mut set = CodeSet::new();
    for (system, code) in codes {
        if matches!(system, CodeSystem::Icd10 | CodeSystem::Opcs4) {
            set.union_with(&dictionary.under(*system, code));
        } else if let Some(number) = dictionary.find(*system, code) {
            set.insert(number);
        }
    }
    set
}

fn event_filter(expr: &EventExpr, dictionary: &Dictionary, lists: &[CodeSet]) -> EventFilter {
    let all = |parts: &[EventExpr]| parts.iter().map(|p| event_filter(p, dictionary, lists)).collect();
    match expr {
        EventExpr::All(parts) => EventFilter::All(all(parts)),
        EventExpr::Any(parts) => EventFilter::Any(all(parts)),
        EventExpr::Not(part) => EventFilter::Not(Box::new(event_filter(part, dictionary, lists))),
        EventExpr::Method(methods) => EventFilter::Method(methods.clone()),
        EventExpr::Status(statuses) => EventFilter::Status(statuses.clone()),
        EventExpr::CodeIn(list) => EventFilter::Code(lists.get(*list).cloned().unwrap_or_default()),
        EventExpr::Code(codes) => EventFilter::Code(literal_codes(dictionary, codes)),
        EventExpr::Detail(codes) => EventFilter::Detail(literal_codes(dictionary, codes)),
        EventExpr::Value(op, value) => EventFilter::Value(lake_compare(*op), *value),
        EventExpr::Days(op, days) => EventFilter::Days(lake_compare(*op), *days),
    }
}

/// Codes written in a rule, of whatever terminology: `I50%` stands for all that begin so.
fn literal_codes(dictionary: &Dictionary, codes: &[String]) -> CodeSet {
    dictionary.matching(|row| {
        codes.iter().any(|code| match code.strip_suffix('%') {
            Some(stem) => row.code.starts_with(&stem.replace('.', "")),
            None => row.code == *code || row.code == code.replace('.', ""),
        })
    })
}

fn lake_window(window: Option<WantedWindow>, as_of: Day) -> Window {
    match window {
        None => Window::ever(as_of),
        Some(WantedWindow::Days(days)) => Window::days(as_of, days),
        Some(WantedWindow::Months(months)) => Window::months(as_of, months),
    }
}

const fn lake_aggregate(aggregate: WantedAggregate) -> Aggregate {
    match aggregate {
        WantedAggregate::Count => Aggregate::Count,
        WantedAggregate::Exists => Aggregate::Exists,
        WantedAggregate::DistinctCodes => Aggregate::DistinctCodes,
        WantedAggregate::DistinctDays => Aggregate::DistinctDays,
        WantedAggregate::FirstDate => Aggregate::FirstDate,
        WantedAggregate::LastDate => Aggregate::LastDate,
        WantedAggregate::SumCost => Aggregate::SumCost,
        WantedAggregate::SumDays => Aggregate::SumDays,
        WantedAggregate::LastValue => Aggregate::LastValue,
        WantedAggregate::MaxValue => Aggregate::MaxValue,
        WantedAggregate::MinValue => Aggregate::MinValue,
    }
}

const fn lake_compare(op: CompareOp) -> Compare {
    match op {
        CompareOp::Eq => Compare::Eq,
        CompareOp::Ne => Compare::Ne,
        CompareOp::Lt => Compare::Lt,
        CompareOp::Le => Compare::Le,
        CompareOp::Gt => Compare::Gt,
        CompareOp::Ge => Compare::Ge,
    }
}
