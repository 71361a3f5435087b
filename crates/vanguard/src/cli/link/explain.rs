//! `vanguard link explain`: why a pair weighs what it weighs.

use super::InputArgs;
use super::read::{Input, Wanted};
use crate::cli::Report;
use crate::cli::table::table;
use crate::pipeline::progress::Terminal;
use anyhow::Context as _;
use serde_json::json;
use std::fmt::Write as _;

/// Show the weight of one pair of records in parts that add up.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Id of one record.
    #[arg(long)]
    left: String,
    /// Id of the other record.
    #[arg(long)]
    right: String,
}

/// Runs the command.
pub fn run(args: &Args, shown: &Terminal) -> anyhow::Result<Report> {
    let model = super::model(&args.input)?;
    shown.stage("read", None);
    let input = Input::read(&args.input.files, &model, Wanted { id: args.input.id.as_deref(), ..Wanted::default() })?;
    shown.end();
    let find = |id: &String| input.ids.find(id).with_context(|| format!("no record has the id {id:?}"));
    let (left, right) = (find(&args.left)?, find(&args.right)?);
    let pair = linkage::explain(&input.records, &model, left, right).context("no such pair")?;
    let bits = |bits: f64| format!("{bits:+.2}");
    let mut rows = vec![vec!["before anything is compared".to_owned(), String::new(), bits(pair.prior_bits)]];
    for step in &pair.steps {
        rows.push(vec![step.comparison.clone(), step.level.clone(), bits(step.bits)]);
        if step.rarity_bits != 0.0 {
            rows.push(vec![String::new(), "how common the value is".to_owned(), bits(step.rarity_bits)]);
        }
    }
    rows.push(vec!["together".to_owned(), format!("probability {:.6}", pair.probability), bits(pair.total_bits)]);
    let mut text = table(&["comparison", "answer", "weight in bits"], &rows);
    if let Some(veto) = &pair.veto {
        let _ = write!(text, "\nNot joined by weight: {veto}.");
    }
    if pair.same_number {
        text.push_str("\nBoth have the same valid number.");
    }
    let json = json!({
        "left": args.left,
        "right": args.right,
        "prior_bits": pair.prior_bits,
        "steps": pair.steps.iter().map(|step| json!({
            "comparison": step.comparison, "level": step.level, "bits": step.bits, "rarity_bits": step.rarity_bits,
        })).collect::<Vec<_>>(),
        "total_bits": pair.total_bits,
        "probability": pair.probability,
        "veto": pair.veto,
        "same_number": pair.same_number,
    });
    Ok(Report::new(text, json))
}
