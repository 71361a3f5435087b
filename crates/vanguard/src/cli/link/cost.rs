//! `vanguard link --dry-run`: what a run would cost.

use super::read::Input;
use crate::cli::Report;
use crate::cli::table::{count, table};
use linkage::{Cost, RuleCost};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The cost in words and as JSON.
pub fn report(cost: &Cost, input: &Input) -> Report {
    let row = |rule: &RuleCost| {
        let about = if rule.estimated { "about " } else { "" };
        vec![
            rule.rule.clone(),
            count(rule.pairs),
            format!("{about}{}", count(rule.new_pairs)),
            count(rule.skipped_blocks),
            count(rule.skipped_pairs),
        ]
    };
    let rows: Vec<Vec<String>> = cost.rules.iter().map(row).collect();
    let heading = ["blocking rule", "pairs in blocks", "new pairs", "blocks skipped", "pairs skipped"];
    let mebibytes = cost.bytes.div_ceil(1 << 20);
    let mut text = format!(
        "Nothing was linked. A run would read {} records and compare {} of them ({} pairs); the rest are settled by number or say \
         the same as another.\nIt would take about {:.1} CPU seconds and {} MiB of memory, reading and writing included.\n\n{}\n",
        count(cost.records),
        count(cost.profiles),
        count(cost.pairs),
        cost.cpu_seconds,
        count(mebibytes),
        table(&heading, &rows)
    );
    for rule in cost.rules.iter().filter(|rule| !rule.largest.is_empty()) {
        let _ = writeln!(text, "\nBlocks over the cap of the model, which {} would not compare:", rule.rule);
        for block in &rule.largest {
            let _ = writeln!(text, "- {} records that share {}", count(block.records), block.key);
        }
        if rule.skipped_blocks > rule.largest.len() as u64 {
            let _ = writeln!(text, "- {} more", count(rule.skipped_blocks - rule.largest.len() as u64));
        }
    }
    let notes = input.notes(&[]);
    if !notes.is_empty() {
        let _ = writeln!(text, "\nNote:\n- {}", notes.join("\n- "));
    }
    let rule = |rule: &RuleCost| -> Value {
        json!({
            "rule": rule.rule,
            "pairs": rule.pairs,
            "new_pairs": rule.new_pairs,
            "estimated": rule.estimated,
            "skipped_blocks": rule.skipped_blocks,
            "skipped_pairs": rule.skipped_pairs,
            "largest": rule.largest.iter().map(|block| json!({ "records": block.records, "key": block.key })).collect::<Vec<_>>(),
        })
    };
    let json = json!({
        "dry_run": true,
        "records": cost.records,
        "profiles": cost.profiles,
        "pairs": cost.pairs,
        "cpu_seconds": cost.cpu_seconds,
        "bytes": cost.bytes,
        "rules": cost.rules.iter().map(rule).collect::<Vec<_>>(),
        "columns": input.columns(),
        "notes": notes,
    });
    Report::new(text, json)
}
