//! `vanguard load`: extracts to a snapshot.

use super::Report;
use super::table::{count, table};
use crate::folder::Folder;
use crate::pipeline::progress::Terminal;
use intake::{LoadReport, Outcome};
use serde_json::json;
use std::path::PathBuf;

/// Check and load a place's extracts into a new snapshot. A load that stops leaves the live snapshot as it was.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The place's folder, with its place.toml.
    #[arg(required_unless_present = "formats")]
    pub dir: Option<PathBuf>,
    /// Load even where the same files are already the live snapshot, or a source has lost more than half its rows.
    #[arg(long)]
    pub force: bool,
    /// List the extract formats that need no file of your own, and stop.
    #[arg(long)]
    pub formats: bool,
}

/// Runs the command.
pub fn run(args: &Args, json: bool) -> anyhow::Result<Report> {
    let Some(dir) = args.dir.as_ref().filter(|_| !args.formats) else {
        let names = intake::SourceFormat::builtin_names();
        return Ok(Report::new(names.join("\n"), json!({ "formats": names })));
    };
    let folder = Folder::open(dir)?;
    let report = crate::pipeline::load::load(&folder, args.force, &Terminal::new(json))?;
    let text = format!("{}\nNext: vanguard population {}", words(&report), dir.display());
    Ok(Report::new(text, serde_json::to_value(&report)?))
}

/// What a load did, for people.
pub fn words(report: &LoadReport) -> String {
    let quality = &report.quality;
    if report.outcome == Outcome::NoChange {
        return format!(
            "No change: the files are the ones already loaded. Snapshot {} stays live, with {} people and {} events.\n",
            report.snapshot,
            count(report.people),
            count(report.events)
        );
    }
    let mut rows: Vec<Vec<String>> = quality
        .sources
        .iter()
        .map(|s| {
            vec![
                s.id.clone(),
                count(s.rows_read),
                count(s.rows_loaded),
                count(s.rows_quarantined),
                count(s.rows_duplicate),
            ]
        })
        .collect();
    rows.push(vec![
        "all".to_owned(),
        count(quality.rows_read),
        count(quality.rows_loaded),
        count(quality.rows_quarantined),
        count(quality.rows_duplicate),
    ]);
    format!(
        "{}\n\nSnapshot {}: {} people, {} events.\n",
        table(&["source", "rows read", "loaded", "quarantined", "duplicates"], &rows),
        report.snapshot,
        count(report.people),
        count(report.events)
    )
}
