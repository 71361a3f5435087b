//! `vanguard ask`: an analyst's own questions, answered in one pass.

pub(super) mod explain;
mod out;

use super::Report;
use super::table::count;
use crate::folder::{Findings, Folder, beside};
use crate::pipeline::{compute, progress::Terminal, runs, threads};
use anyhow::{Context, bail};
use blueprint::place::BlueprintRef;
use blueprint::{Diagnostic, Questions};
use lake::Snapshot;
use nhs::Day;
use out::Format;
use population::ask::{Asking, shape, shown};
use serde_json::json;
use std::path::{Path, PathBuf};
use store::{Access, Extract, Purpose, Role, Scope, Store};

/// Ask a place a set of questions written in the language of blueprints: counts of people by group, events by month.
///
/// Answers pass disclosure control: counts from 1 to 7 are hidden, others rounded to 5. With --per-person there is one row
/// for each person instead, exact and without names; it needs a reason, which the audit keeps.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The question file (docs/guide/analyst.md has examples).
    file: PathBuf,
    /// The place's folder, with its place.toml.
    #[arg(long = "in", value_name = "PLACE_DIR", default_value = ".")]
    place: PathBuf,
    /// The day as of which people are counted; where it is not given, that of place.toml.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// How to write the answers. Without it they are printed as tables.
    #[arg(long, value_enum)]
    out: Option<Format>,
    /// The file to write; without it CSV and JSON go to standard output.
    #[arg(long, value_name = "FILE", requires = "out")]
    to: Option<PathBuf>,
    /// One row for each person, exact, with the identifiers of the lake and no names.
    #[arg(long, requires_all = ["reason", "who", "out", "to"])]
    per_person: bool,
    /// Why rows of single people are needed, for the audit.
    #[arg(long, requires = "per_person")]
    reason: Option<String>,
    /// Who asks for rows of single people, for the audit: your user name.
    #[arg(long, requires = "per_person")]
    who: Option<String>,
    /// For which organisation, for the audit.
    #[arg(long, default_value = "not given", requires = "per_person")]
    organisation: String,
    /// Say what would be read and done instead of asking; `--explain analyze` asks a sample too and times each question.
    #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "plan", value_name = "HOW")]
    explain: Option<explain::How>,
}

/// Runs the command.
pub fn run(args: &Args, as_json: bool) -> anyhow::Result<Report> {
    let folder = Folder::open(&args.place)?;
    let (mut questions, findings) = compile(&args.file, &folder)?;
    population::ask::prune(&mut questions);
    for finding in &findings {
        eprintln!("{}", finding.render());
    }
    let snapshot = compute::snapshot(&folder)?;
    let as_of = as_of(args, &folder, &snapshot)?;
    let progress = Terminal::new(as_json);
    let shape = shape(&snapshot, &folder.place).context("failed to read the people")?;
    let asking = Asking::new(&questions, &snapshot, &shape, as_of, threads()).context("failed to compile")?;
    if let Some(how) = args.explain {
        progress.stage("Time the questions on a sample", None);
        let report = explain::questions(&asking, &snapshot, how)?;
        progress.end();
        return Ok(report);
    }
    let people = count(u64::from(snapshot.manifest().people));
    progress.stage(&format!("Ask {people} people"), None);
    let report = if args.per_person {
        per_person(args, &folder, &questions, &asking, as_of)
    } else {
        aggregates(args, &questions, &asking, &snapshot, as_of)
    };
    progress.end();
    report
}

/// Compiles the question file over the place's model.
fn compile(file: &Path, folder: &Folder) -> anyhow::Result<(Questions, Vec<Diagnostic>)> {
    let text = std::fs::read_to_string(file).with_context(|| format!("failed to read {}", file.display()))?;
    let (model_file, model_text, model_dir) = match &folder.place.blueprint {
        BlueprintRef::Builtin(id) => {
            let text = blueprint::builtin(id).with_context(|| format!("there is no built-in care model \"{id}\""))?;
            (format!("{id}.toml"), text.to_owned(), folder.dir.join("place.toml"))
        }
        BlueprintRef::File(name) => {
            let path = folder.dir.join(name);
            let text = std::fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
            (path.display().to_string(), text, path)
        }
    };
    let (own, models) = (beside(file), beside(&model_dir));
    let resolve = |name: &str| own(name).or_else(|| models(name));
    let shown = file.display().to_string();
    match blueprint::compile_questions(&shown, &text, (&model_file, &model_text), &resolve) {
        (Some(questions), findings) => Ok((questions, findings)),
        (None, findings) => Err(Findings(findings).into()),
    }
}

fn as_of(args: &Args, folder: &Folder, snapshot: &Snapshot) -> anyhow::Result<Day> {
    let end = snapshot.manifest().as_of;
    let Some(text) = &args.as_of else { return Ok(folder.place.as_of.unwrap_or(end)) };
    let day = Day::parse_iso(text).map_err(|why| anyhow::anyhow!("--as-of {text} {why}; write it as {end}"))?;
    if day > end {
        bail!("--as-of {day} is after the data, which end on {end}: ask as of that day, or load later extracts first");
    }
    Ok(day)
}

fn aggregates(
    args: &Args,
    questions: &Questions,
    asking: &Asking<'_>,
    snapshot: &Snapshot,
    as_of: Day,
) -> anyhow::Result<Report> {
    if questions.tables.is_empty() && questions.series.is_empty() {
        bail!(
            "{} has no table and no measure, only columns: ask with --per-person --reason \"...\", or add a [[table]]",
            args.file.display()
        );
    }
    let found = asking.run(threads()).context("failed to ask")?;
    let answers = shown::answers(asking, &found);
    let people = shown::people(&found);
    let head = json!({
        "questions": questions.name,
        "snapshot": snapshot.manifest().id.to_string(),
        "as_of": as_of.to_string(),
        "people": people.value(),
        "method": "counts of 1 to 7 suppressed with secondary suppression, others rounded to the nearest 5; a hidden value is null",
    });
    let json = out::json(head, &answers);
    let Some(format) = args.out else {
        let text = format!(
            "{}: {people} people as of {}. Counts are rounded to 5 and small ones suppressed.\n\n{}",
            questions.name,
            as_of.long(),
            out::text(&answers)
        );
        return Ok(Report::new(text, json));
    };
    match (&args.to, format) {
        (Some(file), format) => {
            out::write(file, format, &answers, &json)?;
            let lines: usize = answers.iter().map(|a| a.lines.len()).sum();
            let text = format!("Wrote {} ({} lines).", file.display(), count(lines as u64));
            Ok(Report::new(text, json!({ "file": file, "lines": lines, "people": people.value() })))
        }
        (None, Format::Csv) => Ok(Report::new(out::csv(&answers)?, json)),
        (None, Format::Json) => Ok(Report::new(format!("{json:#}"), json)),
        (None, Format::Parquet) => bail!("Parquet is not for a terminal: say where to write it with --to FILE"),
    }
}

/// Writes the rows beside their place, notes them in the audit, and only then puts them there.
fn per_person(
    args: &Args,
    folder: &Folder,
    questions: &Questions,
    asking: &Asking<'_>,
    as_of: Day,
) -> anyhow::Result<Report> {
    let (Some(reason), Some(who), Some(format), Some(file)) = (&args.reason, &args.who, args.out, &args.to) else {
        bail!("rows of single people need --reason, --who, --out and --to");
    };
    if reason.trim().len() < 10 {
        bail!("--reason \"{reason}\" is too short for an audit: say in a sentence what the rows are for");
    }
    if questions.columns.is_empty() {
        bail!("{} names no columns: add `columns = [\"age\"]` under [questions]", args.file.display());
    }
    let rows = asking.people(threads()).context("failed to ask")?;
    let beside = file.with_extension("part");
    out::write_people(&beside, format, &rows.table(&questions.model))?;
    let noted = note(args, folder, questions, as_of, &beside, &rows.id, reason, who);
    let noted = noted.and_then(|sha256| {
        std::fs::rename(&beside, file).with_context(|| format!("failed to write {}", file.display()))?;
        Ok(sha256)
    });
    if noted.is_err() {
        // Rows that the audit does not know of do not stay behind.
        let _ = std::fs::remove_file(&beside);
    }
    let (sha256, people) = (noted?, rows.id.len());
    let text = format!(
        "Wrote {} ({} people, exact, without names). The extract is in the audit.\nsha256 {sha256}",
        file.display(),
        count(people as u64)
    );
    Ok(Report::new(text, json!({ "file": file, "people": people, "sha256": sha256, "as_of": as_of.to_string() })))
}

#[expect(clippy::too_many_arguments, reason = "the particulars of one audit row")]
fn note(
    args: &Args,
    folder: &Folder,
    questions: &Questions,
    as_of: Day,
    written: &Path,
    people: &[u64],
    reason: &str,
    who: &str,
) -> anyhow::Result<String> {
    let bytes = std::fs::read(written).with_context(|| format!("failed to read {}", written.display()))?;
    let Some(now) = runs::now() else { bail!("the clock of this machine is outside the calendar: set it right") };
    let access = Access::new(who, Role::Analyst, &args.organisation, Purpose::Planning, Scope::Figures);
    let name = format!("{} as of {as_of}", questions.name);
    let extract = Extract { name: &name, reason: reason.trim(), rows: people.len() as u64, file: &bytes };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open(folder.database()).await?;
        store.audit_extract(&access, &extract, now).await?;
        store.close().await;
        anyhow::Ok(())
    })?;
    Ok(store::sha256_hex(&bytes))
}
