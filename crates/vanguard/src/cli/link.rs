//! `vanguard link`: which records of any files are of one person.

mod add;
mod cost;
mod csv_file;
mod encode;
mod explain;
mod folder;
mod key;
mod labels;
mod manifest;
mod page;
mod quality;
mod read;
mod score;
mod state;
mod suggest;
mod texts;
mod told;
mod train;
mod write;

use super::Report;
use crate::pipeline::progress::Terminal;
use anyhow::{Context as _, bail};
use clap::Subcommand;
use folder::Folder;
use labels::Labels;
use linkage::{Cost, Done, Field, Grouping, LinkOptions, Model, Stage, Whole};
use quality::{Asked, Quality};
use read::{Input, Wanted};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Find which records of CSV or Parquet files are of one person. The model says which columns hold what, what is compared and what it
/// weighs; its weights are learned from the records first, without labels.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Args {
    #[command(subcommand)]
    command: Option<Action>,
    #[command(flatten)]
    input: InputArgs,
    /// Folder for edges.parquet, clusters.parquet, model.toml, report.json and report.html.
    #[arg(long, value_name = "DIR", required_unless_present = "dry_run")]
    out: Option<PathBuf>,
    /// Column of the true person: writes truth.parquet and marks the answer.
    #[arg(long, value_name = "COLUMN")]
    truth: Option<String>,
    /// The least match probability at which records are joined [default: the model's].
    #[arg(long, value_name = "P")]
    threshold: Option<f64>,
    /// Choose the lowest threshold at which the expected precision of the links is at least this, instead of a threshold.
    #[arg(long, value_name = "P", conflicts_with = "threshold")]
    precision: Option<f64>,
    /// Use the weights of the model as they stand, without learning from the records.
    #[arg(long)]
    no_train: bool,
    /// A source that holds each person once, besides those of the model; may be given several times.
    #[arg(long, value_name = "SOURCE")]
    once: Vec<String>,
    /// File of numbers that were replaced: two columns, the old number and the new.
    #[arg(long, value_name = "FILE")]
    superseded: Option<PathBuf>,
    /// Show the values of the example pairs in report.html, which are hidden otherwise.
    #[arg(long)]
    show_values: bool,
    /// File of clerical decisions: two ids, and yes or no (1 or 0) for whether they are one person.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Show the quality of the linkage by sex, age and the groups of this column, such as ethnicity or deprivation; may be given
    /// several times. `--by sex` shows sex and age alone.
    #[arg(long, value_name = "COLUMN")]
    by: Vec<String>,
    /// The day ages are counted on; without it people are grouped by the decade of birth.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "by")]
    day: Option<String>,
    /// Show what the run would cost, rule by rule, and do not run it.
    #[arg(long)]
    dry_run: bool,
    /// Keep what `vanguard link add` needs in the folder, so that later records can be added without linking all again.
    #[arg(long)]
    state: bool,
}

/// What every action reads.
#[derive(Debug, clap::Args)]
struct InputArgs {
    /// CSV or Parquet files of records.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Model file, or person, historical, febrl or encoded.
    #[arg(long, default_value = "person")]
    model: String,
    /// Column that tells the records apart [default: rows are numbered from 0].
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// Which column holds a field, instead of what the model says: `family=last_name`, `given="first + middle"`;
    /// `number=` leaves the field out.
    #[arg(long, value_name = "FIELD=COLUMN")]
    column: Vec<String>,
    /// Seed of the random pairs that weights are learned from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Debug, Subcommand)]
enum Action {
    Explain(explain::Args),
    Train(train::Args),
    SuggestBlocking(suggest::Args),
    Encode(Box<encode::Args>),
    Add(add::Args),
}

/// Runs the command.
pub fn run(args: &Args, json: bool) -> anyhow::Result<Report> {
    let shown = Terminal::new(json);
    match &args.command {
        Some(Action::Add(args)) => add::run(args, &shown),
        Some(Action::Explain(args)) => explain::run(args, &shown),
        Some(Action::Train(args)) => train::run(args, &shown),
        Some(Action::SuggestBlocking(args)) => suggest::run(args, &shown),
        Some(Action::Encode(args)) => encode::run(args, &shown),
        None => link(args, &shown),
    }
}

/// The model of a name or file, with the columns of the command line.
fn model(args: &InputArgs) -> anyhow::Result<Model> {
    let mut model = named_model(&args.model)?;
    set_columns(&mut model, &args.column)?;
    Ok(model)
}

/// The model of a name or file.
fn named_model(name: &str) -> anyhow::Result<Model> {
    Ok(match name {
        "person" => Model::person()?,
        "historical" => Model::historical()?,
        "febrl" => Model::febrl()?,
        "encoded" => Model::encoded()?,
        file => {
            let text = std::fs::read_to_string(file).with_context(|| {
                format!("failed to read the model {file}; give a file, or person, historical, febrl or encoded")
            })?;
            Model::parse(&text).with_context(|| format!("failed to use {file}"))?
        }
    })
}

/// Says which columns hold what, as the command line does.
fn set_columns(model: &mut Model, choices: &[String]) -> anyhow::Result<()> {
    for choice in choices {
        let Some((field, column)) = choice.split_once('=') else { bail!("--column {choice}: write FIELD=COLUMN") };
        let Some(field) = Field::parse(field.trim()) else {
            bail!(
                "--column {choice}: {field} is no field; the fields are family, given, birth, sex, postcode, address, number, \
                 full, place, occupation and other"
            )
        };
        model.columns.set(field, column);
    }
    Ok(())
}

fn link(args: &Args, shown: &Terminal) -> anyhow::Result<Report> {
    if let Some(threshold) = args.threshold.filter(|p| !(0.5..=1.0).contains(p)) {
        bail!("--threshold {threshold}: give a probability from 0.5 to 1");
    }
    if let Some(precision) = args.precision.filter(|p| !(0.5..1.0).contains(p)) {
        bail!("--precision {precision}: give a share from 0.5 up to, but not, 1");
    }
    let day = args.day.as_deref().map(day).transpose()?;
    let by: Vec<String> = args.by.iter().filter(|name| !matches!(name.as_str(), "sex" | "age")).cloned().collect();
    let mut model = model(&args.input)?;
    if model.columns.encoded && args.superseded.is_some() {
        bail!("--superseded: encoded numbers cannot be looked up; put the new numbers in before encoding");
    }
    let mut superseded = args.superseded.as_deref().map(read::superseded).transpose()?.unwrap_or_default();
    let out = match &args.out {
        Some(out) if !args.dry_run => {
            state::may_replace(out, args.state)?;
            Some(out)
        }
        _ => None,
    };
    shown.stage("read", Some(read::bytes_of(&args.input.files)));
    let wanted = Wanted { id: args.input.id.as_deref(), truth: args.truth.as_deref(), by: &by };
    let input = Input::read_told(&args.input.files, &model, wanted, &|bytes| shown.advance(bytes))?;
    let labels = args.labels.as_deref().map(|file| Labels::read(file, &input)).transpose()?.unwrap_or_default();
    superseded.extend(&input.superseded);
    let options = LinkOptions {
        threshold: args.threshold,
        precision: args.precision,
        // All pairs for the curves; near misses to show and to count for each group. What is kept for later runs holds links alone.
        keep: match (args.truth.is_some(), args.state) {
            (true, false) => Some(1e-9),
            (false, true) if args.by.is_empty() => None,
            _ => Some(0.01),
        },
        one_row_per_person: input.once(&model, &args.once),
        superseded,
        labels: labels.pairs.clone(),
    };
    let Some(out) = out else {
        shown.stage("count pairs", None);
        let cost = linkage::cost(&input.records, &model, &options);
        shown.end();
        return Ok(cost::report(&cost, &input));
    };
    let mut out = Folder::open(out)?;
    let (mut draws, mut sessions) = (Vec::new(), Vec::new());
    if !args.no_train {
        shown.stage("learn weights", None);
        let trained = linkage::train(&input.records, &model, args.input.seed);
        (model, draws, sessions) = (trained.model, trained.draws, trained.sessions);
    }
    shown.stage("link", Some(PARTS));
    let teller = shown.teller();
    let watch = |done: Done| teller(part(done));
    let (sayer, foretold) = (shown.sayer(), Mutex::new(Cost::default()));
    let foretell = |cost: &Cost| {
        sayer(&cost::before(cost));
        // The lock is held nowhere else while the run goes on.
        if let Ok(mut foretold) = foretold.lock() {
            foretold.clone_from(cost);
        }
    };
    let (whole, linked) = if args.state {
        let (whole, linked) = Whole::link_told(&input.records, &model, &options, &watch, Some(&foretell));
        (Some(whole), linked)
    } else {
        (None, linkage::link_told(&input.records, &model, &options, &watch, Some(&foretell)))
    };
    shown.stage("write", None);
    let edges = write::edges(&out.part("edges.parquet"), &input, &linked)?;
    write::clusters(&out.part("clusters.parquet"), &input, &linked)?;
    let scores = match input.truth {
        Some(_) => write::truth(&out.part("truth.parquet"), &input, &linked)?,
        None => None,
    };
    out.text("model.toml", &model.to_toml())?;
    let groupings = if args.by.is_empty() { Vec::new() } else { groupings(&input, &by, day) };
    let quality = Quality::of(&input, &model, &linked, &labels, &Asked { draws: &draws, groupings });
    let mut report = told::told(&input, &linked, &labels, edges, scores.as_ref(), &by);
    report.text.push_str(&quality.words());
    report.add("precision", args.precision.into());
    report.add("foretold", foretold.into_inner().map_or_else(|_| serde_json::Value::Null, |cost| cost::json(&cost)));
    report.add("quality", quality.json());
    let page = page::Page {
        input: &input,
        model: &model,
        linked: &linked,
        labels: &labels,
        sessions: &sessions,
        scores: scores.as_ref(),
        unlinkable: quality.unlinkable_curve(),
        links: edges,
        notes: &input.notes(&by),
        show_values: args.show_values,
    };
    out.text("report.html", &page::text(&page))?;
    out.text("report.json", &report.as_file())?;
    if let Some(whole) = whole {
        let kept = state::Kept { whole, input, id: args.input.id.clone(), load: 0 };
        state::write(&mut out, &kept)?;
        state::start_log(&mut out)?;
    }
    out.commit(true)?;
    shown.end();
    Ok(report)
}

/// Parts that the progress of a run is told in.
const PARTS: u64 = 1000;

/// How far a run is, in [`PARTS`]: comparing takes most of it.
fn part(done: Done) -> u64 {
    let (from, to) = match done.stage {
        Stage::Numbers => (0, 200),
        Stage::Compare => (200, 850),
        Stage::Cluster => (850, PARTS),
    };
    from + (to - from) * done.done.min(done.total) / done.total.max(1)
}

impl Report {
    /// Adds a figure for programs.
    fn add(&mut self, name: &str, value: serde_json::Value) {
        if let Some(object) = self.json.as_object_mut() {
            object.insert(name.to_owned(), value);
        }
    }

    /// As `report.json` has it.
    fn as_file(&self) -> String {
        format!("{:#}\n", self.json)
    }
}

fn day(text: &str) -> anyhow::Result<(u16, u8, u8)> {
    let (year, month, day) =
        nhs::Day::parse_iso(text).with_context(|| format!("--day {text}: write a day as 2026-03-31"))?.ymd();
    Ok((u16::try_from(year).unwrap_or(0), month as u8, day as u8))
}

/// Sex and age, which the fields tell, and the columns that were asked for.
fn groupings(input: &Input, by: &[String], day: Option<(u16, u8, u8)>) -> Vec<Grouping> {
    let records = &input.records;
    let age = day.map_or_else(|| Grouping::by_birth(records), |day| Grouping::by_age(records, day));
    let columns = by.iter().zip(&input.by);
    let columns = columns.map(|(name, texts)| Grouping::by_text(name, (0..texts.len()).map(|at| texts.get(at))));
    [Grouping::by_sex(records), age].into_iter().chain(columns).collect()
}

fn write_text(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))
}
