//! `vanguard link suggest-blocking`: rules for a budget of pairs.

use super::InputArgs;
use super::read::{Input, Wanted};
use crate::cli::Report;
use crate::cli::table::{count, table};
use crate::pipeline::progress::Terminal;
use anyhow::bail;
use linkage::Suggestion;
use serde_json::{Value, json};

/// Propose blocking rules which compare no more than a number of pairs, and show what share of the matches they should find.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Most pairs to compare [default: five for each record].
    #[arg(long)]
    pairs: Option<f64>,
}

/// Runs the command.
pub fn run(args: &Args, shown: &Terminal) -> anyhow::Result<Report> {
    let model = super::model(&args.input)?;
    if let Some(pairs) = args.pairs.filter(|pairs| !(*pairs >= 1.0 && pairs.is_finite())) {
        bail!("--pairs {pairs}: give a number of pairs");
    }
    shown.stage("read", None);
    let input = Input::read(&args.input.files, &model, Wanted { id: args.input.id.as_deref(), ..Wanted::default() })?;
    shown.stage("weigh rules", None);
    let budget = args.pairs.unwrap_or(5.0 * input.records.len() as f64);
    let proposal = linkage::suggest_blocking(&input.records, &model, budget);
    shown.end();
    let heading = ["rule", "pairs", "finds alone", "finds so far"];
    let toml: Vec<String> = proposal
        .rules
        .iter()
        .map(|rule| {
            let tests: Vec<String> = rule.rule.iter().map(|test| format!("\"{test}\"")).collect();
            format!("  [{}],", tests.join(", "))
        })
        .collect();
    let text = format!(
        "Proposed for at most {} pairs:\n{}\n\nThe model's own rules:\n{}\n\nMeasured on {} records and {} likely matches; matches that no rule \
         tried brings together are not counted.\n\nrules = [\n{}\n]",
        count(budget as u64),
        table(&heading, &rows(&proposal.rules)),
        table(&heading, &rows(&proposal.present)),
        count(proposal.sample),
        count(proposal.matches),
        toml.join("\n")
    );
    let json = json!({
        "budget": budget,
        "sample": proposal.sample,
        "matches": proposal.matches,
        "rules": list(&proposal.rules),
        "present": list(&proposal.present),
    });
    Ok(Report::new(text, json))
}

fn rows(rules: &[Suggestion]) -> Vec<Vec<String>> {
    let row = |rule: &Suggestion| {
        vec![
            rule.words.clone(),
            count(rule.pairs as u64),
            format!("{:.2} %", rule.recall_alone * 100.0),
            format!("{:.2} %", rule.recall * 100.0),
        ]
    };
    rules.iter().map(row).collect()
}

fn list(rules: &[Suggestion]) -> Vec<Value> {
    let one = |rule: &Suggestion| {
        let tests: Vec<String> = rule.rule.iter().map(ToString::to_string).collect();
        json!({ "rule": tests, "pairs": rule.pairs, "recall_alone": rule.recall_alone, "recall": rule.recall })
    };
    rules.iter().map(one).collect()
}
