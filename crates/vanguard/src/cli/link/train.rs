//! `vanguard link train`: a model that has learned from the records.

use super::InputArgs;
use super::read::{Input, Wanted};
use crate::cli::Report;
use crate::cli::table::{count, table};
use crate::pipeline::progress::Terminal;
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Learn the weights of a model from records, without labels, and write the model as a file to read and keep.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// File for the model.
    #[arg(long, value_name = "MODEL")]
    out: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args, shown: &Terminal) -> anyhow::Result<Report> {
    let model = super::model(&args.input)?;
    shown.stage("read", None);
    let input = Input::read(&args.input.files, &model, Wanted { id: args.input.id.as_deref(), truth: None })?;
    shown.stage("learn weights", None);
    let trained = linkage::train(&input.records, &model, args.input.seed);
    shown.end();
    super::write_text(&args.out, &trained.model.to_toml())?;
    let rows: Vec<Vec<String>> = trained
        .sessions
        .iter()
        .map(|session| {
            let end = if session.converged { "came to rest" } else { "did not come to rest" };
            vec![
                session.rule.clone(),
                count(session.pairs),
                session.rounds.to_string(),
                format!("{:.4}", session.match_share),
                end.to_owned(),
            ]
        })
        .collect();
    let mut text = format!(
        "{} records; u from {} random pairs; {:.4} matches expected for a record.\n\n{}\n\nWritten: {}\n",
        count(input.records.len() as u64),
        count(trained.random_pairs),
        trained.model.prior.matches_per_record,
        table(&["session", "pairs", "rounds", "matches", "end"], &rows),
        args.out.display()
    );
    let notes = input.notes();
    if !notes.is_empty() {
        let _ = writeln!(text, "\nNote:\n- {}", notes.join("\n- "));
    }
    let json = json!({
        "records": input.records.len(),
        "random_pairs": trained.random_pairs,
        "matches_per_record": trained.model.prior.matches_per_record,
        "sessions": trained.sessions.iter().map(|session| json!({
            "rule": session.rule,
            "pairs": session.pairs,
            "rounds": session.rounds,
            "last_change": session.last_change,
            "converged": session.converged,
            "match_share": session.match_share,
        })).collect::<Vec<_>>(),
        "model": args.out,
        "notes": notes,
    });
    Ok(Report::new(text, json))
}
