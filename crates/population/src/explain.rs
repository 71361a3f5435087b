//! What a set of questions costs: columns and their bytes, the stages of the program, estimated and real time of each question.
//!
//! Estimates come from the ends of the files and from the constants below. Real times are taken on one thread over a sample of
//! buckets held in memory, the best of several runs, and scaled up by rows. The time of an event feature, a score, a table or a
//! series is that of the program with it alone, less that of the program without any: questions share the walk over the
//! events, so they add up to more than the stage.

use crate::ask::Asking;
use crate::features::FeatureProgram;
use crate::filter::Target;
use crate::pass::{self, each_person};
use crate::place::Shape;
use crate::plan::Plan;
use blueprint::model::{Feature, FeatureSource};
use blueprint::{Blueprint, Place};
use lake::engine::EventFilter;
use lake::{BucketView, Columns, LakeError, Snapshot, Storage};
use nhs::Day;
use std::hint::black_box;
use std::time::Instant;

/// One thing that takes time.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// `stage`, `event feature`, `score`, `table` or `measure`.
    pub kind: &'static str,
    /// Identifier, or the stage's name.
    pub id: String,
    /// What it does, in words.
    pub detail: String,
    /// Milliseconds on one thread, from constants.
    pub estimated_ms: f64,
    /// Milliseconds on one thread, measured on a sample and scaled up.
    pub real_ms: Option<f64>,
}

/// The costs of a set of questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Columns, row groups and rows.
    pub storage: Storage,
    /// Entries of the dictionary, which is the length of each bitmap of codes.
    pub dictionary: u32,
    /// Stages, one after the other; their times add up to the whole.
    pub stages: Vec<Step>,
    /// Questions, each alone.
    pub questions: Vec<Step>,
    /// Buckets and rows of the sample; `None` where nothing was run.
    pub sample: Option<(usize, u64)>,
}

/// Nanoseconds, as measured on two cores at work: to read and decode one value of an event column, and of a column of people.
const READ_EVENT: f64 = 5.0;
const READ_PERSON: f64 = 20.0;
/// To walk past an event, and to test it for one question alone and for one more of many.
const WALK: f64 = 8.0;
const TEST: f64 = 2.0;
const TEST_MORE: f64 = 0.4;
/// To look up the groups of a score, to work out a feature of a person or a rule, to count a person in a table.
const SCORE: f64 = 3.0;
const RULE: f64 = 25.0;
const TABLE: f64 = 20.0;
/// To look at an event for a series, and to count a person in a month of it.
const SERIES: f64 = 10.0;
const MONTH: f64 = 2.0;

/// Buckets of a sample at most.
const SAMPLE: usize = 3;
/// Runs of each step; the best counts.
const RUNS: usize = 3;

type Job<'j> = Box<dyn for<'v> Fn(&BucketView<'v>) + Sync + 'j>;

/// Costs of a question set; `run` also measures.
pub fn questions(asking: &Asking<'_>, snapshot: &Snapshot, run: bool) -> Result<Explained, LakeError> {
    let plan = asking.plan();
    let columns = asking.columns();
    let storage = snapshot.storage(columns)?;
    let (people, rows) = (storage.people as f64, storage.rows as f64);
    let mut asked = Vec::new();
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for (number, (id, months)) in asking.listed().into_iter().enumerate() {
        let (kind, detail, cost) = match months {
            None => ("table", "people by group".to_owned(), people * TABLE),
            Some(months) => {
                ("measure", format!("{months} months by group"), people * months as f64 * MONTH + rows * SERIES)
            }
        };
        asked.push(step(kind, id, detail, cost));
        jobs.push(Box::new(move |view| {
            black_box(asking.bucket_where(view, |question| question == number));
        }));
    }
    let whole: Job<'_> = Box::new(move |view| {
        black_box(asking.bucket_where(view, |_| true));
    });
    let none: Job<'_> = Box::new(move |view| {
        black_box(asking.bucket_where(view, |_| false));
    });
    explain(plan, snapshot, columns, storage, Counting { steps: asked, jobs, whole, none }, run)
}

/// Costs of a whole care model, as `vanguard run` computes it.
pub fn model(
    snapshot: &Snapshot,
    place: &Place,
    blueprint: &Blueprint,
    shape: &Shape,
    run: bool,
) -> Result<Explained, LakeError> {
    let (as_of, start) = crate::compute::days(place, snapshot);
    let plan = Plan::new(blueprint, shape, snapshot, as_of, start)?;
    let columns = plan.columns();
    let storage = snapshot.storage(columns)?;
    let mut variants = Vec::new();
    let mut asked = Vec::new();
    for (position, measure) in blueprint.measures.iter().enumerate() {
        let cost = storage.people as f64 * MONTH + storage.rows as f64 * TEST_MORE;
        asked.push(step("measure", measure.id.clone(), format!("{} months by practice and tier", plan.months), cost));
        variants.push(with_measures(&plan, snapshot, start, &|measure| measure == position)?);
    }
    let without = with_measures(&plan, snapshot, start, &|_| false)?;
    let (variants, without, plan) = (&variants, &without, &plan);
    let run_plan = |plan: &Plan<'_>, view: &BucketView<'_>| {
        black_box(pass::run(plan, view));
    };
    let jobs =
        (0..variants.len()).map(|n| Box::new(move |view: &BucketView<'_>| run_plan(&variants[n], view)) as Job<'_>);
    let counting = Counting {
        steps: asked,
        jobs: jobs.collect(),
        whole: Box::new(move |view| run_plan(plan, view)),
        none: Box::new(move |view| run_plan(without, view)),
    };
    explain(plan, snapshot, columns, storage, counting, run)
}

/// What counts people, and how to run it.
struct Counting<'j> {
    /// Tables, series or measures.
    steps: Vec<Step>,
    /// The whole pass with one of them.
    jobs: Vec<Job<'j>>,
    /// The whole pass with all of them.
    whole: Job<'j>,
    /// The whole pass with none.
    none: Job<'j>,
}

fn explain(
    plan: &Plan<'_>,
    snapshot: &Snapshot,
    columns: Columns,
    storage: Storage,
    counting: Counting<'_>,
    run: bool,
) -> Result<Explained, LakeError> {
    let dictionary = snapshot.dictionary().len();
    let target = Target::new(&plan.blueprint.codes, snapshot, plan.as_of);
    let mut stages = stages(plan, &storage, &counting.steps);
    let (mut questions, mut single) = (Vec::new(), Vec::new());
    for feature in &plan.blueprint.features {
        if let Some(step) = of_feature(feature, &target, storage.rows as f64)? {
            questions.push(step);
            // A window that hangs on another feature cannot be asked without it.
            let alone = !matches!(&feature.source, FeatureSource::Events { first, last, .. } if first.is_some() || last.is_some());
            single.push(alone.then(|| vec![feature.clone()]));
        }
    }
    let features = questions.len();
    questions.extend(counting.steps);
    let mut sample = None;
    if run {
        let compile = |features| FeatureProgram::compile(features, &plan.blueprint.score_tables, &target);
        let empty = compile(&[])?;
        let alone: Vec<Option<FeatureProgram<'_>>> =
            single.iter().map(|one| one.as_deref().map(compile).transpose()).collect::<Result<_, LakeError>>()?;
        let mut jobs: Vec<Job<'_>> = vec![
            Box::new(|view| answer(&empty, view)),
            Box::new(|view| answer(&plan.features, view)),
            Box::new(|view| {
                black_box(each_person(plan, view, |position, at, features| {
                    black_box((position, at, features));
                }));
            }),
            counting.whole,
            counting.none,
        ];
        let fixed = jobs.len();
        for one in &alone {
            jobs.push(match one {
                Some(program) => Box::new(move |view| answer(program, view)),
                None => Box::new(|_| {}),
            });
        }
        jobs.extend(counting.jobs);
        let (times, read, taken) = measure(snapshot, columns, &jobs)?;
        let [nothing, program, placed, whole, none] = [0, 1, 2, 3, 4].map(|n| times[n]);
        let real = [read, program, (placed - program).max(0.0), (whole - placed).max(0.0)];
        stages.iter_mut().zip(real).for_each(|(stage, ms)| stage.real_ms = Some(ms));
        for (number, question) in questions.iter_mut().enumerate() {
            let base = if number < features { nothing } else { none };
            if single.get(number).is_none_or(Option::is_some) {
                question.real_ms = Some((times[fixed + number] - base).max(0.0));
            }
        }
        sample = Some(taken);
    }
    Ok(Explained { storage, dictionary, stages, questions, sample })
}

fn step(kind: &'static str, id: String, detail: String, nanoseconds: f64) -> Step {
    Step { kind, id, detail, estimated_ms: nanoseconds / 1e6, real_ms: None }
}

fn stages(plan: &Plan<'_>, storage: &Storage, counting: &[Step]) -> Vec<Step> {
    let (people, rows) = (storage.people as f64, storage.rows as f64);
    let read = |table| storage.columns.iter().filter(|c| c.is_read && c.table == table).count();
    let (of_people, of_events) = (read("person"), read("event"));
    let of = |test: fn(&FeatureSource) -> bool| plan.blueprint.features.iter().filter(|f| test(&f.source)).count();
    let asked = of(|source| matches!(source, FeatureSource::Events { .. }));
    let scores = of(|source| matches!(source, FeatureSource::Score { .. }));
    let others = plan.blueprint.features.len() - asked - scores;
    let detail = format!("{of_people} columns of people, {of_events} of events; all of each");
    let decode = people * of_people as f64 * READ_PERSON + rows * of_events as f64 * READ_EVENT;
    let walk = if asked == 0 { 0.0 } else { rows * (WALK + asked as f64 * TEST_MORE) };
    let work = walk + rows * scores as f64 * SCORE + people * others as f64 * RULE;
    let groups = plan.blueprint.segments.len() + plan.blueprint.tiers.len();
    vec![
        step("stage", "read".into(), detail, decode),
        step(
            "stage",
            "features".into(),
            format!("{asked} event features, {scores} scores, {others} rules and facts"),
            work,
        ),
        step("stage", "place".into(), format!("{groups} segments and tiers"), people * (1 + groups) as f64 * RULE),
        Step {
            estimated_ms: counting.iter().map(|s| s.estimated_ms).sum(),
            ..step("stage", "count".into(), format!("{} tables and measures", counting.len()), 0.0)
        },
    ]
}

/// What an event feature or a score costs; `None` for what is worked out from the row or from other features.
fn of_feature(feature: &Feature, target: &Target<'_>, rows: f64) -> Result<Option<Step>, LakeError> {
    Ok(match &feature.source {
        FeatureSource::Events { kinds, filter, aggregate, window, .. } => {
            let mut codes = 0;
            codes_in(&target.filter(filter.as_ref())?, &mut codes);
            let set = match codes {
                0 => String::new(),
                codes => format!(", {codes} of {} codes in a bitmap", target.dictionary.len()),
            };
            let since = window.map_or_else(String::new, |_| format!(" since {}", target.window(*window).first));
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            let detail = format!("{aggregate:?} of {}{since}{set}", kinds.join(", "));
            Some(step("event feature", feature.id.clone(), detail, rows * TEST))
        }
        FeatureSource::Score { .. } => {
            Some(step("score", feature.id.clone(), "groups of codes, each once".to_owned(), rows * SCORE))
        }
        _ => None,
    })
}

/// How many dictionary entries the code sets of a filter hold.
fn codes_in(filter: &EventFilter, codes: &mut usize) {
    match filter {
        EventFilter::All(parts) | EventFilter::Any(parts) => parts.iter().for_each(|part| codes_in(part, codes)),
        EventFilter::Not(part) => codes_in(part, codes),
        EventFilter::Code(set) | EventFilter::Detail(set) | EventFilter::Provider(set) => *codes += set.len(),
        _ => {}
    }
}

/// The whole plan with only some of its measures counted.
fn with_measures<'a>(
    plan: &Plan<'a>,
    snapshot: &Snapshot,
    start: Day,
    keep: &dyn Fn(usize) -> bool,
) -> Result<Plan<'a>, LakeError> {
    let mut some = Plan::new(plan.blueprint, plan.shape, snapshot, plan.as_of, start)?;
    some.measures_of_kind.iter_mut().for_each(|measures| measures.retain(|&measure| keep(measure)));
    Ok(some)
}

fn answer(program: &FeatureProgram<'_>, view: &BucketView<'_>) {
    black_box(program.run(view, &[]));
}

/// Milliseconds of each job over the whole snapshot, those of reading, and the sample (buckets, rows) they come from.
type Measured = (Vec<f64>, f64, (usize, u64));

/// Runs each job on a sample.
fn measure(snapshot: &Snapshot, columns: Columns, jobs: &[Job<'_>]) -> Result<Measured, LakeError> {
    let buckets = snapshot.manifest().buckets.len();
    let taken = buckets.min(SAMPLE);
    let sample: Vec<u32> = (0..taken).map(|n| (n * buckets / taken.max(1)) as u32).collect();
    let rows: u64 = sample.iter().filter_map(|&b| snapshot.manifest().buckets.get(b as usize)).map(|b| b.events).sum();
    let scale = snapshot.manifest().events as f64 / (rows as f64).max(1.0);
    let parts = snapshot
        .scan_some(&sample, columns, 1, |view| jobs.iter().map(|job| best(|| job(view))).collect::<Vec<f64>>())?;
    let mut read = f64::INFINITY;
    for _ in 0..RUNS {
        let begun = Instant::now();
        snapshot.scan_some(&sample, columns, 1, |view| {
            black_box(view.len());
        })?;
        read = read.min(begun.elapsed().as_secs_f64() * 1000.0);
    }
    let sum = |job: usize| parts.iter().map(|times| times[job]).sum::<f64>() * scale;
    Ok(((0..jobs.len()).map(sum).collect(), read * scale, (taken, rows)))
}

/// Milliseconds of the best of several runs.
fn best(mut job: impl FnMut()) -> f64 {
    let run = |_| {
        let begun = Instant::now();
        job();
        begun.elapsed().as_secs_f64() * 1000.0
    };
    (0..RUNS).map(run).fold(f64::INFINITY, f64::min)
}
