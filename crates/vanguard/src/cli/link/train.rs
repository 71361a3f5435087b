//! `vanguard link train`: a model that has learned from the records.

use super::InputArgs;
use super::labels::Labels;
use super::read::{Input, Wanted};
use crate::cli::Report;
use crate::cli::table::{count, table};
use crate::pipeline::progress::Terminal;
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Learn the weights of a model from records, without labels or with them, and write the model as a file to read and keep.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// File for the model.
    #[arg(long, value_name = "MODEL")]
    out: PathBuf,
    /// File of clerical decisions to learn from: two ids, yes or no (1 or 0), and if you like how many pairs each stands for.
    #[arg(long, value_name = "FILE", conflicts_with = "truth")]
    labels: Option<PathBuf>,
    /// Column of the true person to learn from.
    #[arg(long, value_name = "COLUMN")]
    truth: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args, shown: &Terminal) -> anyhow::Result<Report> {
    let model = super::model(&args.input)?;
    shown.stage("read", None);
    let input = Input::read(
        &args.input.files,
        &model,
        Wanted { id: args.input.id.as_deref(), truth: args.truth.as_deref(), ..Wanted::default() },
    )?;
    let labels = args.labels.as_deref().map(|file| Labels::read(file, &input)).transpose()?;
    shown.stage("learn weights", None);
    let (records, seed) = (&input.records, args.input.seed);
    let (trained, taught) = if let Some(labels) = &labels {
        let taught = linkage::train_from_labels(records, &model, &labels.pairs, labels.weights.as_deref(), seed);
        let told = json!({
            "match": taught.matches, "no_match": taught.others, "bands": taught.bands.0, "bands_in_all": taught.bands.1,
        });
        let words = format!(
            "Decisions: {} match and {} do not; they speak for {} of {} bands of match weight.\n",
            count(taught.matches),
            count(taught.others),
            taught.bands.0,
            taught.bands.1
        );
        (taught.trained, Some((words, told)))
    } else if let Some(truth) = &input.truth {
        let taught = linkage::train_from_truth(records, &model, &truth.people(), seed);
        let words = format!("m is of the true pairs: {}.\n", count(taught.matches));
        (taught.trained, Some((words, json!({ "match": taught.matches }))))
    } else {
        (linkage::train(records, &model, seed), None)
    };
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
    let rule: Vec<String> = trained.model.prior.rule.iter().map(ToString::to_string).collect();
    let mut text = format!(
        "{} records; u from {} random pairs; {:.4} matches expected for a record.\n{} finds {:.2} % of the matches; prior, m and u at rest \
         after {} turns.\n\n{}\n\nWritten: {}\n",
        count(input.records.len() as u64),
        count(trained.random_pairs),
        trained.model.prior.matches_per_record,
        rule.join(" and "),
        trained.prior_recall * 100.0,
        trained.turns,
        table(&["session", "pairs", "rounds", "matches", "end"], &rows),
        args.out.display()
    );
    if let Some((words, _)) = &taught {
        text.push_str(words);
    }
    let mut notes = input.notes(&[]);
    notes.extend(labels.iter().filter_map(Labels::note));
    if !notes.is_empty() {
        let _ = writeln!(text, "\nNote:\n- {}", notes.join("\n- "));
    }
    let json = json!({
        "records": input.records.len(),
        "random_pairs": trained.random_pairs,
        "matches_per_record": trained.model.prior.matches_per_record,
        "taught": taught.map(|(_, told)| told),
        "prior_rule": rule,
        "prior_recall": trained.prior_recall,
        "turns": trained.turns,
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
