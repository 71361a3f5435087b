//! `vanguard review`: how records of a place became people, and what reviewers decided.

use super::Report;
use super::table::{count, table};
use crate::folder::Folder;
use crate::pipeline::compute;
use anyhow::Context as _;
use intake::review::{self, LinkageReport};
use population::disclosure::Shown;
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;
use store::{Decisions, PairKey, Standing, Store, Verdict};

/// Show how records of a place became people and how far the review of doubtful pairs is, or write the decisions as labels for
/// `vanguard link --labels`. The pairs themselves are in the pages, under /linkage/review.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The place's folder, with its place.toml.
    dir: PathBuf,
    /// Write the decisions that stand to this CSV file: the keys of the two records, and yes or no. It names nobody.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Report> {
    let folder = Folder::open(&args.dir)?;
    let snapshot = compute::snapshot(&folder)?;
    let report = review::report(&snapshot)?.with_context(|| {
        format!(
            "the live snapshot keeps nothing about its linkage: load again with `vanguard load {} --force`",
            args.dir.display()
        )
    })?;
    let pairs = review::pairs(&snapshot)?.unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let decisions = runtime.block_on(async {
        let store = Store::open(folder.database()).await?;
        let decisions = store.linkage_decisions().await?;
        store.close().await;
        anyhow::Ok(decisions)
    })?;
    let decided = pairs
        .iter()
        .filter(|pair| matches!(decisions.standing(PairKey::new(pair.left, pair.right)), Standing::Settled(_)));
    let decided = decided.count();
    let labels = decisions.labels();
    let mut text = words(&report);
    let _ = writeln!(
        text,
        "\n{} of {} doubtful pairs decided; {} disputed or waiting for a second opinion. {} decisions go to the next load.",
        count(decided as u64),
        count(pairs.len() as u64),
        count(unsettled(&decisions)),
        count(labels.len() as u64)
    );
    if let Some(file) = &args.labels {
        let bytes = crate::web::labels_csv(&labels);
        std::fs::write(file, bytes).with_context(|| format!("failed to write {}", file.display()))?;
        let _ = writeln!(text, "Written: {}", file.display());
    }
    let json = json!({
        "snapshot": snapshot.manifest().id.as_str(),
        "pairs": pairs.len(),
        "decided": decided,
        "disputed_or_waiting": unsettled(&decisions),
        "same": labels.iter().filter(|(_, same)| *same).count(),
        "different": labels.iter().filter(|(_, same)| !*same).count(),
        "cannot_tell": decisions.pairs.values().filter(|all| all.standing == Standing::Settled(Verdict::CannotTell)).count(),
        "reviewers_needed": decisions.reviewers,
        "followed_by_this_load": { "same": report.labels.same, "different": report.labels.different,
            "not_followed": report.labels.not_followed, "absent": report.labels.absent, "unclear": report.labels.unclear },
        "labels": args.labels,
    });
    Ok(Report::new(text, json))
}

fn unsettled(decisions: &Decisions) -> u64 {
    let waits = |standing| matches!(standing, Standing::Disputed | Standing::Waiting(_));
    decisions.pairs.values().filter(|all| waits(all.standing)).count() as u64
}

/// The sources with how many of their identities are linked, after disclosure control.
fn words(report: &LinkageReport) -> String {
    let rows: Vec<Vec<String>> = report
        .sources
        .iter()
        .map(|source| {
            let split =
                population::disclosure::one_way(&[source.linked, source.identities.saturating_sub(source.linked)]);
            vec![
                source.source.clone(),
                split.total.to_string(),
                Shown::alone(source.people).to_string(),
                if source.is_list { "the list".to_owned() } else { split.cells[0].to_string() },
            ]
        })
        .collect();
    format!(
        "{} identities are {} people at probability {}.\n\n{}\n",
        Shown::alone(report.identities),
        Shown::alone(report.people),
        report.threshold,
        table(&["source", "identities", "people", "linked"], &rows)
    )
}
