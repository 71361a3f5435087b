//! What a run costs, rule by rule: told before it compares anything, and by `vanguard link --dry-run` alone.

use super::read::Input;
use crate::cli::Report;
use crate::cli::table::{count, table};
use linkage::{Cost, RuleCost};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What a dry run tells.
pub fn report(cost: &Cost, input: &Input) -> Report {
    let mut text = format!(
        "Nothing was linked. A run would read {} records and compare {} of them ({} pairs); the rest are settled by number or say \
         the same as another.\nIt would take about {:.1} CPU seconds and {} MiB of memory, reading and writing included.\n\n{}",
        count(cost.records),
        count(cost.profiles),
        count(cost.pairs),
        cost.cpu_seconds,
        mebibytes(cost),
        rules(cost, "would not compare")
    );
    let notes = input.notes(&[]);
    if !notes.is_empty() {
        let _ = writeln!(text, "\nNote:\n- {}", notes.join("\n- "));
    }
    let mut json = json(cost);
    if let Some(object) = json.as_object_mut() {
        object.insert("dry_run".to_owned(), true.into());
        object.insert("columns".to_owned(), input.columns());
        object.insert("notes".to_owned(), notes.into());
    }
    Report::new(text, json)
}

/// What a run is told to expect before anything is compared.
pub fn before(cost: &Cost) -> String {
    let text = format!(
        "{} of {} records are to be compared ({}{} pairs); the rest are settled by number or say the same as another. In all about {:.1} CPU \
         seconds and {} MiB of memory.\n\n{}",
        count(cost.profiles),
        count(cost.records),
        if cost.sampled { "about " } else { "" },
        count(cost.pairs),
        cost.cpu_seconds,
        mebibytes(cost),
        rules(cost, "does not compare")
    );
    text.trim_end().to_owned()
}

fn mebibytes(cost: &Cost) -> String {
    count(cost.bytes.div_ceil(1 << 20))
}

/// Rule by rule, with the blocks over the cap.
fn rules(cost: &Cost, not_compared: &str) -> String {
    let about = |number: u64, estimated: bool| format!("{}{}", if estimated { "about " } else { "" }, count(number));
    let row = |rule: &RuleCost| {
        vec![
            rule.rule.clone(),
            about(rule.pairs, cost.sampled),
            about(rule.new_pairs, rule.estimated),
            count(rule.skipped_blocks),
            count(rule.skipped_pairs),
        ]
    };
    let rows: Vec<Vec<String>> = cost.rules.iter().map(row).collect();
    let heading = ["blocking rule", "pairs in blocks", "new pairs", "blocks skipped", "pairs skipped"];
    let mut text = format!("{}\n", table(&heading, &rows));
    for rule in cost.rules.iter().filter(|rule| !rule.largest.is_empty()) {
        let _ = writeln!(text, "\nBlocks over the cap of the model, which {} {not_compared}:", rule.rule);
        for block in &rule.largest {
            let _ = writeln!(text, "- {} records that share {}", count(block.records), block.key);
        }
        if rule.skipped_blocks > rule.largest.len() as u64 {
            let _ = writeln!(text, "- {} more", count(rule.skipped_blocks - rule.largest.len() as u64));
        }
    }
    text
}

/// The cost for programs.
pub fn json(cost: &Cost) -> Value {
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
    json!({
        "records": cost.records,
        "profiles": cost.profiles,
        "pairs": cost.pairs,
        "sampled": cost.sampled,
        "cpu_seconds": cost.cpu_seconds,
        "bytes": cost.bytes,
        "rules": cost.rules.iter().map(rule).collect::<Vec<_>>(),
    })
}
