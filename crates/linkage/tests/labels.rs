//! Clerical decisions: what they join, what they keep apart, and what happens where they contradict each other.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use linkage::{Contradiction, Label, LinkOptions, Linked, Model, RecordInput, Records, Tier, link};
use proptest::prelude::*;

const A: u64 = 9_434_765_919;
const B: u64 = 9_000_000_009;

fn john() -> RecordInput<'static> {
    RecordInput {
        nhs_number: None,
        family: "Smith",
        given: "John",
        birth: Some(5000),
        sex: 1,
        postcode: "LS1 4AP",
        address: "12 High Street",
    }
}

fn grace() -> RecordInput<'static> {
    RecordInput { family: "Okafor", given: "Grace", birth: Some(-3000), sex: 2, postcode: "M1 1AE", ..john() }
}

fn yes(left: u32, right: u32) -> Label {
    Label { left, right, is_match: true }
}

fn no(left: u32, right: u32) -> Label {
    Label { left, right, is_match: false }
}

fn run(rows: &[RecordInput<'_>], labels: &[Label]) -> Linked {
    let mut records = Records::new();
    for row in rows {
        records.push(1, row);
    }
    let options = LinkOptions { labels: labels.to_vec(), ..LinkOptions::default() };
    link(&records, &Model::person().unwrap(), &options)
}

#[test]
fn a_match_joins_what_nothing_else_would() {
    let linked = run(&[john(), grace()], &[yes(1, 0)]);
    assert_eq!(linked.cluster_of, [0, 0]);
    assert_eq!((linked.edges[0].tier, linked.report.joined_by_label), (Tier::Clerical, 1));
    assert!(linked.edges[0].probability < 0.1, "the edge tells what the evidence says");
}

#[test]
fn no_match_keeps_apart_records_that_say_the_same() {
    assert_eq!(run(&[john(), john()], &[]).cluster_of, [0, 0]);
    let linked = run(&[john(), john(), john()], &[no(0, 1)]);
    assert_ne!(linked.cluster_of[0], linked.cluster_of[1], "whatever stands between them");
    assert!(linked.report.refused_labels >= 1);
}

#[test]
fn no_match_keeps_apart_records_of_one_number() {
    let one = RecordInput { nhs_number: Some(A), ..john() };
    let linked = run(&[one, one, one], &[no(0, 2)]);
    assert_ne!(linked.cluster_of[0], linked.cluster_of[2]);
    assert_eq!(linked.conflicts.len(), 1, "the number is in dispute: {:?}", linked.conflicts);
}

#[test]
fn labels_that_contradict_each_other_keep_apart_and_are_told() {
    let linked = run(&[john(), grace()], &[yes(0, 1), no(1, 0)]);
    assert_eq!(linked.cluster_of, [0, 1]);
    assert_eq!(linked.refused_labels[0].why, Contradiction::Opposite);
    // John = Jon, Jon = Grace, John is not Grace: the less likely match gives way.
    let jon = RecordInput { given: "Jon", ..john() };
    let linked = run(&[john(), jon, grace()], &[yes(0, 1), yes(1, 2), no(0, 2)]);
    assert_eq!(linked.cluster_of, [0, 0, 1]);
    let refused = linked.refused_labels[0];
    assert_eq!((refused.label, refused.why), (yes(1, 2), Contradiction::Chain { left: 0, right: 2 }));
}

#[test]
fn a_match_does_not_join_two_valid_numbers() {
    let (one, two) = (RecordInput { nhs_number: Some(A), ..john() }, RecordInput { nhs_number: Some(B), ..john() });
    let linked = run(&[one, two], &[yes(0, 1)]);
    assert_eq!((&linked.cluster_of[..], linked.refused_labels[0].why), (&[0, 1][..], Contradiction::Numbers));
    // Nor by way of a record without a number.
    let linked = run(&[one, two, grace()], &[yes(0, 2), yes(2, 1)]);
    assert_ne!(linked.cluster_of[0], linked.cluster_of[1]);
    assert_eq!(linked.refused_labels.len(), 1);
}

#[test]
fn labels_of_no_pair_are_told() {
    let linked = run(&[john(), grace()], &[yes(0, 0), no(1, 9)]);
    assert!(linked.refused_labels.iter().all(|refused| refused.why == Contradiction::NoPair));
    assert_eq!((linked.refused_labels.len(), linked.cluster_of), (2, vec![0, 1]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_match_holds_for_any_records_and_labels(
        rows in prop::collection::vec((0..3_usize, 0..3_usize, 0..3_usize), 2..25),
        labels in prop::collection::vec((0..25_u32, 0..25_u32, any::<bool>()), 0..30),
    ) {
        let rows: Vec<RecordInput<'_>> = rows
            .iter()
            .map(|(given, family, number)| RecordInput {
                given: ["John", "Jon", "Grace"][*given],
                family: ["Smith", "Smyth", ""][*family],
                nhs_number: [None, Some(A), Some(B)][*number],
                ..john()
            })
            .collect();
        let labels: Vec<Label> =
            labels.into_iter().map(|(left, right, is_match)| Label { left, right, is_match }).collect();
        let linked = run(&rows, &labels);
        let together = |label: &Label| linked.cluster_of[label.left as usize] == linked.cluster_of[label.right as usize];
        for label in labels.iter().filter(|label| label.left != label.right && label.left.max(label.right) < rows.len() as u32) {
            let told = linked.refused_labels.iter().any(|refused| {
                let (a, b) = (refused.label.left, refused.label.right);
                refused.label.is_match && (a, b) == (label.left.min(label.right), label.left.max(label.right))
            });
            prop_assert!(if label.is_match { told || together(label) } else { !together(label) }, "{label:?}");
        }
    }
}
