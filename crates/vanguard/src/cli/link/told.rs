//! What a run tells when it is done.

use super::labels::Labels;
use super::read::Input;
use super::score;
use crate::cli::Report;
use crate::cli::table::{count, table};
use linkage::Linked;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A threshold chosen from the weights, to five digits.
pub fn shortened(threshold: f64) -> f64 {
    (threshold * 1e5).round() / 1e5
}

/// What superseded numbers and deterministic tiers did; empty where there are none.
pub fn before_weights(report: &linkage::Report) -> String {
    let mut text = String::new();
    let old = &report.superseded;
    if old.given > 0 {
        text = format!(
            "Superseded numbers: {} given, {} records count by the newer one; {} circles and {} numbers with two successors were left as they are.\n",
            count(old.given),
            count(old.records),
            old.circles.len(),
            old.forks.len()
        );
    }
    if !report.tiers.is_empty() {
        let row = |tier: &linkage::TierReport| {
            vec![
                tier.name.clone(),
                count(tier.pairs),
                count(tier.joined),
                count(tier.skipped_blocks),
                count(tier.skipped_pairs),
            ]
        };
        let rows: Vec<Vec<String>> = report.tiers.iter().map(row).collect();
        let heading = ["deterministic tier", "pairs", "joins", "blocks skipped", "pairs skipped"];
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\n{}", table(&heading, &rows));
    }
    text
}

/// The report of a run.
pub fn told(
    input: &Input,
    linked: &Linked,
    labels: &Labels,
    edges: u64,
    scores: Option<&score::Scores>,
    by: &[String],
) -> Report {
    let (report, threshold) = (&linked.report, shortened(linked.threshold));
    let mut text = format!(
        "{} records are {} people at probability {threshold}.\n{} joined through their number; {} pairs compared, {} links written.\n",
        count(report.records),
        count(report.clusters),
        count(report.joined_by_number),
        count(report.pairs),
        count(edges)
    );
    let refused = [
        ("different numbers", report.refused_numbers),
        ("a decision keeps them apart", report.refused_labels),
        ("a source that holds each person once", report.refused_one_row),
        ("relatives", report.refused_different),
        ("groups unlike as a whole", report.refused_unlike),
        ("one number on two people", linked.conflicts.len() as u64),
    ];
    for (why, number) in refused.iter().filter(|(_, number)| *number > 0) {
        let _ = writeln!(text, "Not joined, {why}: {}", count(*number));
    }
    text.push_str(&before_weights(report));
    let rules: Vec<Vec<String>> = report
        .rules
        .iter()
        .map(|rule| {
            vec![rule.rule.clone(), count(rule.new_pairs), count(rule.skipped_blocks), count(rule.skipped_pairs)]
        })
        .collect();
    let _ = writeln!(text, "\n{}", table(&["blocking rule", "new pairs", "blocks skipped", "pairs skipped"], &rules));
    text.push_str(&labels.words(input, linked));
    let mut notes = input.notes(by);
    notes.extend(labels.note());
    if !notes.is_empty() {
        let _ = writeln!(text, "\nNote:\n- {}", notes.join("\n- "));
    }
    if let Some(scores) = scores {
        let _ = writeln!(text, "\n{}", scores.words());
    }
    let json = json!({
        "records": report.records,
        "clusters": report.clusters,
        "threshold": threshold,
        "joined_by_number": report.joined_by_number,
        "superseded": {
            "given": report.superseded.given,
            "records": report.superseded.records,
            "circles": report.superseded.circles.len(),
            "forks": report.superseded.forks.len(),
        },
        "tiers": tiers(report),
        "profiles": report.profiles,
        "pairs": report.pairs,
        "edges": edges,
        "conflicts": linked.conflicts.len(),
        "labels": labels.json(input, linked),
        "refused": {
            "different_numbers": report.refused_numbers,
            "labels": report.refused_labels,
            "one_row_per_person": report.refused_one_row,
            "different_people": report.refused_different,
            "unlike_clusters": report.refused_unlike,
        },
        "rules": report.rules.iter().map(|rule| json!({
            "rule": rule.rule,
            "pairs": rule.pairs,
            "new_pairs": rule.new_pairs,
            "skipped_blocks": rule.skipped_blocks,
            "skipped_pairs": rule.skipped_pairs,
            "largest_skipped": rule.largest_skipped,
        })).collect::<Vec<_>>(),
        "columns": input.columns(),
        "notes": notes,
        "scores": scores.map(score::Scores::json),
    });
    Report::new(text, json)
}

/// What the deterministic tiers did, for programs.
pub fn tiers(report: &linkage::Report) -> Value {
    let tier = |tier: &linkage::TierReport| {
        json!({
            "name": tier.name,
            "rule": tier.rule,
            "pairs": tier.pairs,
            "joined": tier.joined,
            "skipped_blocks": tier.skipped_blocks,
            "skipped_pairs": tier.skipped_pairs,
        })
    };
    report.tiers.iter().map(tier).collect()
}
