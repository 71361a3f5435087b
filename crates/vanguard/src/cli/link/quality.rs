//! How good a linkage is expected to be, overall and for groups of people; with labels or the truth, how good it is.

use super::labels::Labels;
use super::read::Input;
use crate::cli::table::{count, table};
use linkage::{
    Draw, Estimates, GroupQuality, Grouping, Interval, LabelEstimates, Linked, Model, Operating, Unlinkables, estimate,
    estimate_from_labels, quality_by_group, unlinkables,
};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Thresholds of which the report says what to expect.
const THRESHOLDS: [f64; 8] = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];

/// What is to be worked out besides the estimates.
#[derive(Debug, Default)]
pub struct Asked<'a> {
    pub draws: &'a [Draw],
    pub groupings: Vec<Grouping>,
}

/// Everything that is known of the quality of a run.
#[derive(Debug)]
pub struct Quality {
    records: u64,
    curve: Vec<Operating>,
    estimates: Estimates,
    from_labels: Option<LabelEstimates>,
    unlinkable: u64,
    unlinkable_curve: Vec<(f64, f64, f64)>,
    groups: Vec<(String, Vec<GroupQuality>)>,
}

impl Quality {
    pub fn of(input: &Input, model: &Model, linked: &Linked, labels: &Labels, asked: &Asked<'_>) -> Self {
        let records = &input.records;
        let own: Unlinkables = unlinkables(records, model);
        let truth = input.truth.as_ref().filter(|_| !asked.groupings.is_empty()).map(super::texts::Texts::people);
        let of =
            |grouping: &Grouping| (grouping.name.clone(), quality_by_group(linked, &own, grouping, truth.as_deref()));
        Self {
            records: records.len() as u64,
            curve: THRESHOLDS.iter().map(|threshold| linked.spectrum.at(*threshold)).collect(),
            estimates: estimate(records, model, &linked.spectrum, asked.draws, linked.threshold),
            from_labels: estimate_from_labels(records, model, &linked.spectrum, &labels.pairs, linked.threshold),
            unlinkable: own.count(linked.threshold),
            unlinkable_curve: own.curve(),
            groups: asked.groupings.iter().map(of).collect(),
        }
    }

    /// For each match weight in whole bits its probability and the share of records that weigh less even against themselves.
    pub fn unlinkable_curve(&self) -> &[(f64, f64, f64)] {
        &self.unlinkable_curve
    }

    pub fn words(&self) -> String {
        let e = &self.estimates;
        let mut text = format!(
            "\nExpected of the pairs compared (95 % intervals): {} of {} links false ({}); of the matches {} missed: {} compared \
             and below the threshold, {} that no blocking rule brought together.\n",
            counted(&e.false_matches),
            count(e.links),
            share(&e.false_match_rate),
            share(&e.missed_match_rate),
            counted(&e.missed_below),
            counted(&e.missed_unseen),
        );
        // Writing to a String cannot fail.
        if let Some(found) = &self.from_labels {
            let _ = writeln!(
                text,
                "From {} decisions, which speak for {:.0} % of the links: {} of the links false, {} of the matches compared missed.",
                count(found.labels),
                found.covered * 100.0,
                share(&found.false_match_rate),
                share(&found.missed_match_rate)
            );
        }
        let _ = writeln!(
            text,
            "Unlinkable, because they say too little: {} of {} records.",
            count(self.unlinkable),
            count(self.records)
        );
        let rows: Vec<Vec<String>> = self
            .curve
            .iter()
            .map(|at| {
                vec![
                    format!("{}", at.threshold),
                    format!("{:.1}", at.weight_bits),
                    count(at.links),
                    format!("{:.3} %", at.precision * 100.0),
                    format!("{:.3} %", at.recall * 100.0),
                ]
            })
            .collect();
        let heading = ["threshold", "match weight", "links", "expected precision", "expected recall"];
        let _ = writeln!(text, "\n{}", table(&heading, &rows));
        for (name, groups) in &self.groups {
            let _ = writeln!(text, "\n{}", by_group(name, groups));
        }
        text
    }

    pub fn json(&self) -> Value {
        let e = &self.estimates;
        json!({
            "links": e.links,
            "false_matches": interval(&e.false_matches),
            "false_match_rate": interval(&e.false_match_rate),
            "missed_below_threshold": interval(&e.missed_below),
            "missed_by_blocking": interval(&e.missed_unseen),
            "missed_match_rate": interval(&e.missed_match_rate),
            "from_labels": self.from_labels.map(|found| json!({
                "labels": found.labels,
                "share_of_links_covered": found.covered,
                "false_match_rate": interval(&found.false_match_rate),
                "missed_match_rate": interval(&found.missed_match_rate),
            })),
            "thresholds": self.curve.iter().map(|at| json!({
                "threshold": at.threshold,
                "match_weight": at.weight_bits,
                "links": at.links,
                "expected_precision": at.precision,
                "expected_recall": at.recall,
            })).collect::<Vec<_>>(),
            "unlinkable": self.unlinkable,
            "unlinkables": self.unlinkable_curve.iter().map(|(bits, p, share)| json!({
                "match_weight": bits, "match_probability": p, "share": share,
            })).collect::<Vec<_>>(),
            "groups": self.groups.iter().map(|(name, groups)| json!({
                "by": name,
                "groups": groups.iter().map(group_json).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        })
    }
}

fn group_json(group: &GroupQuality) -> Value {
    json!({
        "group": group.group,
        "records": group.records,
        "linked": interval(&group.linked),
        "unlinkable": interval(&group.unlinkable),
        "missed": interval(&group.missed),
        "expected_matches": group.matches,
        "precision": group.precision.as_ref().map(interval),
        "recall": group.recall.as_ref().map(interval),
    })
}

fn by_group(name: &str, groups: &[GroupQuality]) -> String {
    let row = |group: &GroupQuality| {
        let mut row = vec![
            group.group.clone(),
            count(group.records),
            share(&group.linked),
            share(&group.unlinkable),
            share(&group.missed),
        ];
        row.extend([group.precision, group.recall].iter().flatten().map(share));
        row
    };
    let rows: Vec<Vec<String>> = groups.iter().map(row).collect();
    let mut heading = vec![name, "records", "linked", "unlinkable", "matches missed (expected)"];
    if groups.iter().any(|group| group.precision.is_some()) {
        heading.extend(["precision", "recall"]);
    }
    table(&heading, &rows)
}

fn interval(interval: &Interval) -> Value {
    json!({ "estimate": interval.estimate, "low": interval.low, "high": interval.high })
}

fn counted(of: &Interval) -> String {
    let whole = |number: f64| count(number.round() as u64);
    format!("{} ({} to {})", whole(of.estimate), whole(of.low), whole(of.high))
}

fn share(of: &Interval) -> String {
    format!("{:.2} % ({:.2} to {:.2})", of.estimate * 100.0, of.low * 100.0, of.high * 100.0)
}
