//! `vanguard link`: which records of any files are of one person.

mod add;
mod cost;
mod encode;
mod explain;
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
mod train;
mod write;

use super::Report;
use super::table::{count, table};
use crate::pipeline::progress::Terminal;
use anyhow::{Context as _, bail};
use clap::Subcommand;
use labels::Labels;
use linkage::{Done, Field, Grouping, LinkOptions, Linked, Model, Stage, Whole};
use quality::{Asked, Quality};
use read::{Input, Wanted};
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

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
            std::fs::create_dir_all(out).with_context(|| format!("failed to make the folder {}", out.display()))?;
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
    let (mut draws, mut sessions) = (Vec::new(), Vec::new());
    if !args.no_train {
        shown.stage("learn weights", None);
        let trained = linkage::train(&input.records, &model, args.input.seed);
        (model, draws, sessions) = (trained.model, trained.draws, trained.sessions);
    }
    shown.stage("link", Some(PARTS));
    let teller = shown.teller();
    let watch = |done: Done| teller(part(done));
    let (whole, linked) = if args.state {
        let (whole, linked) = Whole::link(&input.records, &model, &options, &watch);
        (Some(whole), linked)
    } else {
        (None, linkage::link_watched(&input.records, &model, &options, &watch))
    };
    shown.stage("write", None);
    let edges = write::edges(&out.join("edges.parquet"), &input, &linked)?;
    write::clusters(&out.join("clusters.parquet"), &input, &linked)?;
    let scores = write::truth(&out.join("truth.parquet"), &input, &linked)?;
    write_text(&out.join("model.toml"), &model.to_toml())?;
    let groupings = if args.by.is_empty() { Vec::new() } else { groupings(&input, &by, day) };
    let quality = Quality::of(&input, &model, &linked, &labels, &Asked { draws: &draws, groupings });
    let mut report = told(&input, &linked, &labels, edges, scores.as_ref(), &by);
    report.text.push_str(&quality.words());
    if let Some(object) = report.json.as_object_mut() {
        object.insert("quality".to_owned(), quality.json());
    }
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
    write_text(&out.join("report.html"), &page::text(&page))?;
    if let Some(whole) = whole {
        let kept = state::Kept { whole, input, id: args.input.id.clone(), load: 0 };
        state::write(out, &kept)?;
        state::start_log(out)?;
    }
    shown.end();
    report.written(out)
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
    /// Writes the report into a folder.
    fn written(self, out: &Path) -> anyhow::Result<Self> {
        write_text(&out.join("report.json"), &format!("{:#}\n", self.json))?;
        Ok(self)
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

/// A threshold chosen from the weights, to five digits.
fn shortened(threshold: f64) -> f64 {
    (threshold * 1e5).round() / 1e5
}

fn write_text(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))
}

/// What superseded numbers and deterministic tiers did; empty where there are none.
fn before_weights(report: &linkage::Report) -> String {
    let mut text = String::new();
    let old = &report.superseded;
    if old.given > 0 {
        text = format!(
            "Superseded numbers: {} given, {} records count by the newer one; {} circles and {} numbers with two successors were left as they are.\n",
            count(old.given),
            count(old.records),
            old.circles.len(),
            old.forks.len()
        );
    }
    if !report.tiers.is_empty() {
        let row = |tier: &linkage::TierReport| {
            vec![
                tier.name.clone(),
                count(tier.pairs),
                count(tier.joined),
                count(tier.skipped_blocks),
                count(tier.skipped_pairs),
            ]
        };
        let rows: Vec<Vec<String>> = report.tiers.iter().map(row).collect();
        let heading = ["deterministic tier", "pairs", "joins", "blocks skipped", "pairs skipped"];
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n{}", table(&heading, &rows));
    }
    text
}

/// The report of a run.
fn told(
    input: &Input,
    linked: &Linked,
    labels: &Labels,
    edges: u64,
    scores: Option<&score::Scores>,
    by: &[String],
) -> Report {
    let (report, threshold) = (&linked.report, shortened(linked.threshold));
    let mut text = format!(
        "{} records are {} people at probability {threshold}.\n{} joined through their number; {} pairs compared, {} links written.\n",
        count(report.records),
        count(report.clusters),
        count(report.joined_by_number),
        count(report.pairs),
        count(edges)
    );
    let refused = [
        ("different numbers", report.refused_numbers),
        ("a decision keeps them apart", report.refused_labels),
        ("a source that holds each person once", report.refused_one_row),
        ("relatives", report.refused_different),
        ("groups unlike as a whole", report.refused_unlike),
        ("one number on two people", linked.conflicts.len() as u64),
    ];
    for (why, number) in refused.iter().filter(|(_, number)| *number > 0) {
        let _ = writeln!(text, "Not joined, {why}: {}", count(*number));
    }
    text.push_str(&before_weights(report));
    let rules: Vec<Vec<String>> = report
        .rules
        .iter()
        .map(|rule| {
            vec![rule.rule.clone(), count(rule.new_pairs), count(rule.skipped_blocks), count(rule.skipped_pairs)]
        })
        .collect();
    let _ = writeln!(text, "\n{}", table(&["blocking rule", "new pairs", "blocks skipped", "pairs skipped"], &rules));
    text.push_str(&labels.words(input, linked));
    let mut notes = input.notes(by);
    notes.extend(labels.note());
    if !notes.is_empty() {
        let _ = writeln!(text, "\nNote:\n- {}", notes.join("\n- "));
    }
    if let Some(scores) = scores {
        let _ = writeln!(text, "\n{}", scores.words());
    }
    let json = json!({
        "records": report.records,
        "clusters": report.clusters,
        "threshold": threshold,
        "joined_by_number": report.joined_by_number,
        "superseded": {
            "given": report.superseded.given,
            "records": report.superseded.records,
            "circles": report.superseded.circles.len(),
            "forks": report.superseded.forks.len(),
        },
        "tiers": report.tiers.iter().map(|tier| json!({
            "name": tier.name,
            "rule": tier.rule,
            "pairs": tier.pairs,
            "joined": tier.joined,
            "skipped_blocks": tier.skipped_blocks,
            "skipped_pairs": tier.skipped_pairs,
        })).collect::<Vec<_>>(),
        "profiles": report.profiles,
        "pairs": report.pairs,
        "edges": edges,
        "conflicts": linked.conflicts.len(),
        "labels": labels.json(input, linked),
        "refused": {
            "different_numbers": report.refused_numbers,
            "labels": report.refused_labels,
            "one_row_per_person": report.refused_one_row,
            "different_people": report.refused_different,
            "unlike_clusters": report.refused_unlike,
        },
        "rules": report.rules.iter().map(|rule| json!({
            "rule": rule.rule,
            "pairs": rule.pairs,
            "new_pairs": rule.new_pairs,
            "skipped_blocks": rule.skipped_blocks,
            "skipped_pairs": rule.skipped_pairs,
            "largest_skipped": rule.largest_skipped,
        })).collect::<Vec<_>>(),
        "columns": input.columns(),
        "notes": notes,
        "scores": scores.map(score::Scores::json),
    });
    Report::new(text, json)
}
