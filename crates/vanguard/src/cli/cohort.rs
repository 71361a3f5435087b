//! `vanguard cohort`: saved groups of people, counted and exported.

use super::Report;
use super::table::table;
use crate::folder::Folder;
use crate::pipeline::{compute, progress::Terminal, runs};
use anyhow::{Context, bail};
use population::cohort::{Fields, PeopleTable, Register, Whom, who};
use population::{Computed, Summary};
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use store::{Access, CohortExport, Purpose, Role, SavedCohort, Scope, Store};

/// List saved cohorts with their counts, count a rule, or write a cohort's people to a file (which the audit records).
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Saved cohorts and their counts on the live snapshot.
    List {
        /// The place's folder, with its place.toml.
        dir: PathBuf,
    },
    /// Count a saved cohort, or a rule such as `age >= 75 and lives_alone`.
    Count {
        /// The place's folder, with its place.toml.
        dir: PathBuf,
        /// The number of a saved cohort, or a rule.
        cohort: String,
        /// Count among everyone any source knows, not only those the care model serves.
        #[arg(long)]
        known: bool,
    },
    /// Write the pseudonyms of a saved cohort's people to a file. The audit keeps who, why and the file's SHA-256.
    Export {
        /// The place's folder, with its place.toml.
        dir: PathBuf,
        /// The number of the saved cohort.
        cohort: i64,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
        /// Who exports, for the audit: your user name.
        #[arg(long)]
        who: String,
        /// For which organisation, for the audit.
        #[arg(long)]
        organisation: String,
        /// Why you need the list, in a sentence, for the audit.
        #[arg(long)]
        reason: String,
    },
}

/// Runs the command.
pub fn run(args: &Args, as_json: bool) -> anyhow::Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match &args.what {
        What::List { dir } => runtime.block_on(list(&Open::of(dir, as_json)?)),
        What::Count { dir, cohort, known } => runtime.block_on(count(&Open::of(dir, as_json)?, cohort, *known)),
        What::Export { dir, cohort, out, who, organisation, reason } => {
            let access = Access::new(who, Role::Analyst, organisation, Purpose::Planning, Scope::Figures);
            runtime.block_on(export(&Open::of(dir, as_json)?, *cohort, out, &access, reason))
        }
    }
}

/// A place with its results.
struct Open {
    folder: Folder,
    summary: Summary,
    fields: Fields,
    table: PeopleTable,
    register: Register,
}

impl Open {
    fn of(dir: &Path, as_json: bool) -> anyhow::Result<Self> {
        let folder = Folder::open(dir)?;
        let Computed { summary, .. } = compute::open_or_compute(&folder, &Terminal::new(as_json))?;
        let table = PeopleTable::open(&folder.results_dir(&summary.snapshot), &folder.blueprint, &summary)
            .context("failed to open the table of people")?;
        let (fields, register) = (Fields::of(&folder.blueprint, &summary), Register::of(&table)?);
        Ok(Self { folder, summary, fields, table, register })
    }

    /// The count as it may be seen, with the sentences of a rule that does not compile.
    fn count(&self, whom: Whom, rule: &str) -> anyhow::Result<Result<population::cohort::Figure, Vec<String>>> {
        let rule = match self.fields.compile(&self.folder.blueprint, rule) {
            Ok(rule) => self.table.membership(whom, rule),
            Err(findings) => return Ok(Err(findings.iter().map(blueprint::Diagnostic::render).collect())),
        };
        Ok(Ok(self.register.settle(&self.table, &rule).context("failed to count")?.figure))
    }
}

async fn list(open: &Open) -> anyhow::Result<Report> {
    let store = Store::open(open.folder.database()).await?;
    let cohorts = store.cohorts().await?;
    store.close().await;
    let (mut rows, mut entries) = (Vec::new(), Vec::new());
    for cohort in cohorts {
        let counted = open.count(Whom::from_name(&cohort.text.whom), &cohort.text.rule)?;
        let people = counted.as_ref().map_or_else(|_| "its rule does not fit".to_owned(), ToString::to_string);
        rows.push(vec![cohort.id.to_string(), people, cohort.text.name.clone(), cohort.owner.clone()]);
        entries.push(json!({
            "id": cohort.id,
            "name": cohort.text.name,
            "description": cohort.text.description,
            "owner": cohort.owner,
            "among": cohort.text.whom,
            "rule": cohort.text.rule,
            "people": counted.as_ref().ok().and_then(|figure| figure.value()),
            "fits": counted.is_ok(),
        }));
    }
    let text = if rows.is_empty() {
        "No cohort has been saved. Build one at /cohorts of `vanguard serve`, or count a rule with `vanguard cohort count`."
            .to_owned()
    } else {
        table(&["id", "people", "name", "saved by"], &rows)
    };
    Ok(Report::new(text, json!({ "snapshot": open.summary.snapshot, "cohorts": entries })))
}

async fn saved(open: &Open, store: &Store, id: i64) -> anyhow::Result<SavedCohort> {
    match store.cohort(id).await? {
        Some(cohort) if cohort.deleted.is_none() => Ok(cohort),
        _ => bail!("there is no cohort {id}: `vanguard cohort list {}` shows them", open.folder.dir.display()),
    }
}

async fn count(open: &Open, cohort: &str, known: bool) -> anyhow::Result<Report> {
    let (whom, rule) = if let Ok(id) = cohort.parse() {
        let store = Store::open(open.folder.database()).await?;
        let cohort = saved(open, &store, id).await?;
        store.close().await;
        (Whom::from_name(&cohort.text.whom), cohort.text.rule)
    } else {
        (if known { Whom::Known } else { Whom::Served }, cohort.to_owned())
    };
    let figure = match open.count(whom, &rule)? {
        Ok(figure) => figure,
        Err(findings) => bail!("failed to read the rule:\n{}", findings.concat()),
    };
    let everybody = open.count(whom, "")?.ok().and_then(population::cohort::Figure::value);
    let text = format!(
        "{figure} of {} people. Counts are rounded to 5; fewer than 8 are not counted out.",
        everybody.map_or_else(|| "fewer than 8".to_owned(), super::table::count)
    );
    let json = json!({
        "snapshot": open.summary.snapshot, "among": whom.name(), "rule": rule, "people": figure.value(), "of": everybody,
    });
    Ok(Report::new(text, json))
}

async fn export(open: &Open, id: i64, out: &Path, access: &Access, reason: &str) -> anyhow::Result<Report> {
    let Some(now) = runs::now() else { bail!("the clock of this machine is outside the calendar: set it right") };
    let store = Store::open(open.folder.database()).await?;
    let cohort = saved(open, &store, id).await?;
    if let Err(refused) = access.may_export_pseudonyms(reason) {
        store.audit_refused_export(access, id, &refused, now).await?;
        store.close().await;
        bail!("the list has not been made: {}", refused.reason());
    }
    let rule = match open.fields.compile(&open.folder.blueprint, &cohort.text.rule) {
        Ok(rule) => open.table.membership(Whom::from_name(&cohort.text.whom), rule),
        Err(findings) => {
            let findings: String = findings.iter().map(blueprint::Diagnostic::render).collect();
            bail!("the cohort no longer fits the care model:\n{findings}")
        }
    };
    let ids = open.table.ids(&who(&open.table, &rule)?)?;
    let mut file = String::from("person_id\n");
    for id in &ids {
        // Writing to a String cannot fail.
        let _ = writeln!(file, "{id}");
    }
    let (snapshot, rows) = (&open.summary.snapshot, ids.len());
    let export = CohortExport { cohort: id, snapshot, reason, rows, with_names: false, file: file.as_bytes() };
    store.audit_cohort_export(access, &export, now).await?;
    store.close().await;
    std::fs::write(out, &file).with_context(|| format!("failed to write {}", out.display()))?;
    let sha256 = store::sha256_hex(file.as_bytes());
    let text = format!("Wrote {} ({rows} people). The export is in the audit.\nsha256 {sha256}", out.display());
    Ok(Report::new(text, json!({ "file": out, "people": rows, "sha256": sha256 })))
}
