//! Deterministic tiers and superseded numbers.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use linkage::{Layout, LinkOptions, Linked, Model, Reading, RecordInput, Records, Tier, link};

const A: u64 = 9_434_765_919;
const B: u64 = 9_000_000_009;

fn john() -> RecordInput<'static> {
    RecordInput { family: "Smith", given: "John", birth: Some(5000), postcode: "LS1 4AP", ..RecordInput::default() }
}

/// Records whose names differ altogether: no weight would join them.
fn renamed() -> RecordInput<'static> {
    RecordInput { family: "Okafor", given: "Ben", birth: Some(-2000), ..john() }
}

/// The model for people with a tier that no weight would follow.
fn model() -> Model {
    let tier = "\n[[tier]]\nname = \"one home and sex\"\nwhen = [\"postcode exact\", \"sex exact\"]\nunless = [\"birth missing\"]\n";
    Model::parse(&(Model::person().unwrap().to_toml() + tier)).unwrap()
}

fn run(rows: &[(u8, RecordInput<'_>)], model: &Model, options: &LinkOptions) -> Linked {
    let mut records = Records::new();
    for (source, row) in rows {
        records.push(*source, row);
    }
    link(&records, model, options)
}

#[test]
fn a_tier_joins_and_is_audited_by_its_name() {
    let rows = [(1, RecordInput { sex: 1, ..john() }), (1, RecordInput { sex: 1, ..renamed() })];
    let options = LinkOptions::default();
    assert_eq!(run(&rows, &Model::person().unwrap(), &options).cluster_of, [0, 1]);
    let model = model();
    assert_eq!(Model::parse(&model.to_toml()).unwrap(), model, "the tier is written as it was read");
    let linked = run(&rows, &model, &options);
    assert_eq!((&linked.cluster_of[..], linked.edges[0].tier), (&[0, 0][..], Tier::Rule(0)));
    let told = &linked.report.tiers[0];
    assert_eq!((told.name.as_str(), told.pairs, told.joined), ("one home and sex", 1, 1));
    let unborn = RecordInput { birth: None, ..rows[1].1 };
    assert_eq!(run(&[rows[0], (1, unborn)], &model, &options).cluster_of, [0, 1], "a missing birth date forbids it");
}

#[test]
fn a_tier_is_refused_what_a_weight_is_refused() {
    let (one, two) = (RecordInput { sex: 1, ..john() }, RecordInput { sex: 1, ..renamed() });
    let numbered = [(1, RecordInput { nhs_number: Some(A), ..one }), (1, RecordInput { nhs_number: Some(B), ..two })];
    assert_eq!(run(&numbered, &model(), &LinkOptions::default()).cluster_of, [0, 1]);
    let once = LinkOptions { one_row_per_person: vec![1], ..LinkOptions::default() };
    let linked = run(&[(1, one), (1, two)], &model(), &once);
    assert_eq!((&linked.cluster_of[..], linked.report.refused_one_row), (&[0, 1][..], 1));
    // A twin: the veto stands against the tier, too.
    let twin = RecordInput { given: "Peter", ..one };
    let linked = run(&[(1, one), (1, twin)], &model(), &LinkOptions::default());
    assert_eq!((&linked.cluster_of[..], linked.report.refused_different), (&[0, 1][..], 1));
}

#[test]
fn a_tier_must_be_able_to_block() {
    let text = Model::person().unwrap().to_toml() + "\n[[tier]]\nname = \"x\"\nwhen = [\"given like 92\"]\n";
    let error = Model::parse(&text).unwrap_err().to_string();
    assert!(error.contains("must bring records together"), "{error}");
}

#[test]
fn a_column_of_superseded_numbers_is_heeded() {
    let model = Model::person().unwrap();
    let header = ["surname", "first_name", "dob", "nhs_number", "previous_nhs_number"];
    let layout = Layout::find(&model.columns, &header, true);
    let (mut records, mut reading) = (Records::new(), Reading::default());
    for row in [
        ["Smith", "John", "1970-01-02", "9434765919", "9000000009"],
        ["Smith", "John", "1970-01-02", "9000000009", ""],
        ["Smith", "John", "1970-01-02", "", "900 000 0009"],
    ] {
        layout.push(&mut records, 1, |at| row[at], &mut reading);
    }
    assert_eq!(reading.superseded, [(B, A)]);
    let options = LinkOptions { superseded: reading.superseded, ..LinkOptions::default() };
    let linked = link(&records, &model, &options);
    assert_eq!(linked.cluster_of, [0, 0, 0]);
    assert_eq!((linked.report.superseded.given, linked.report.superseded.records), (1, 2));
}
