//! What the linker must do with people who are easily mistaken for one another.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use linkage::{LinkOptions, Linked, Model, RecordInput, Records, Tier, explain, link, train};

const A: u64 = 9_434_765_919;
const B: u64 = 9_000_000_009;

/// A record of John Smith, from which the cases differ.
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

fn run(rows: &[(u8, RecordInput<'_>)], options: &LinkOptions) -> Linked {
    let mut records = Records::new();
    for (source, row) in rows {
        records.push(*source, row);
    }
    link(&records, &Model::person().unwrap(), options)
}

fn clusters(rows: &[RecordInput<'_>]) -> Vec<u32> {
    let rows: Vec<_> = rows.iter().map(|row| (1, *row)).collect();
    run(&rows, &LinkOptions::default()).cluster_of
}

#[test]
fn nothing_comes_of_nothing() {
    assert!(clusters(&[]).is_empty());
    assert_eq!(clusters(&[john()]), [0]);
    let blank = RecordInput::default();
    assert_eq!(clusters(&[blank, blank, blank]), [0, 1, 2], "records that say nothing are not one person");
}

#[test]
fn one_number_joins_where_birth_or_name_agree() {
    let one = RecordInput { nhs_number: Some(A), ..john() };
    let moved = RecordInput { family: "Jones", postcode: "M1 1AE", address: "4 Mill Lane", ..one };
    let other_birth = RecordInput { birth: Some(9000), ..one };
    assert_eq!(clusters(&[one, moved, other_birth]), [0, 0, 0]);
    let bare = RecordInput { nhs_number: Some(A), ..RecordInput::default() };
    assert_eq!(clusters(&[one, bare]), [0, 0]);
    let linked = run(&[(1, one), (1, moved)], &LinkOptions::default());
    assert_eq!(linked.edges.len(), 1);
    assert_eq!(linked.edges[0].tier, Tier::Number);
}

#[test]
fn one_number_on_two_people_is_a_conflict() {
    let one = RecordInput { nhs_number: Some(A), ..john() };
    let other = RecordInput {
        nhs_number: Some(A),
        family: "Okafor",
        given: "Grace",
        birth: Some(-3000),
        sex: 2,
        postcode: "M1 1AE",
        address: "4 Mill Lane",
    };
    let linked = run(&[(1, one), (1, one), (1, other)], &LinkOptions::default());
    assert_eq!(linked.cluster_of, [0, 0, 1]);
    assert_eq!(linked.conflicts.len(), 1);
    let conflict = linked.conflicts[0];
    assert_eq!((conflict.number, conflict.right, conflict.same_family), (A, 2, false));
}

#[test]
fn a_record_with_a_relatives_number_finds_its_own_person() {
    let father = RecordInput { nhs_number: Some(A), ..john() };
    let son = RecordInput { nhs_number: Some(B), given: "Peter", birth: Some(14_000), ..john() };
    let wrong = RecordInput { nhs_number: Some(A), ..son };
    let linked = run(&[(0, father), (1, father), (0, son), (1, wrong)], &LinkOptions::default());
    assert_eq!(linked.cluster_of, [0, 0, 1, 1]);
    assert!(linked.conflicts[0].same_family);
}

#[test]
fn different_numbers_never_meet_unless_superseded() {
    let one = RecordInput { nhs_number: Some(A), ..john() };
    let two = RecordInput { nhs_number: Some(B), ..john() };
    let open = john();
    let found = clusters(&[one, two, open]);
    assert_ne!(found[0], found[1], "one record without a number must not chain two people");
    let options = LinkOptions { superseded: vec![(B, A)], ..LinkOptions::default() };
    assert_eq!(run(&[(1, one), (1, two)], &options).cluster_of, [0, 0]);
    let circle = LinkOptions { superseded: vec![(B, A), (A, B)], ..LinkOptions::default() };
    assert_eq!(run(&[(1, one), (1, two)], &circle).cluster_of.len(), 2);
}

#[test]
fn a_record_without_a_number_finds_its_person() {
    let one = RecordInput { nhs_number: Some(A), ..john() };
    for (name, other) in [
        ("the same", john()),
        ("a slip in the name", RecordInput { family: "Smyth", ..john() }),
        ("names swapped", RecordInput { family: "John", given: "Smith", ..john() }),
        ("a nickname", RecordInput { given: "Jack", ..john() }),
        ("half swapped", RecordInput { family: "John", given: "Smiht", ..john() }),
        ("a slip in both", RecordInput { family: "Smth", given: "Jphn", ..john() }),
        ("a move", RecordInput { postcode: "HX1 2AA", address: "9 Mill Lane", ..john() }),
        ("no sex, no address", RecordInput { sex: 0, postcode: "", address: "", ..john() }),
    ] {
        assert_eq!(clusters(&[one, other]), [0, 0], "{name}");
    }
}

#[test]
fn a_person_may_go_by_the_middle_name() {
    let full = RecordInput { given: "John Peter", ..john() };
    let middle = RecordInput { given: "Peter", ..john() };
    assert_eq!(clusters(&[full, middle]), [0, 0]);
    assert_eq!(clusters(&[john(), middle]), [0, 1], "without the middle name it may as well be a brother");
}

#[test]
fn relatives_stay_apart() {
    for (name, other) in [
        ("a twin", RecordInput { given: "James", ..john() }),
        ("a twin sister", RecordInput { given: "Mary", sex: 2, ..john() }),
        ("a wife", RecordInput { given: "Susan", sex: 2, birth: Some(5400), ..john() }),
        ("a father of the same name", RecordInput { birth: Some(-5003), ..john() }),
        (
            "a stranger of the same name",
            RecordInput { birth: Some(7777), postcode: "HX1 2AA", address: "9 Mill Lane", ..john() },
        ),
    ] {
        assert_eq!(clusters(&[john(), other]), [0, 1], "{name}");
    }
}

#[test]
fn a_record_without_a_given_name_does_not_chain_twins() {
    let twin = RecordInput { given: "James", ..john() };
    let nameless = RecordInput { given: "", ..john() };
    let found = clusters(&[john(), twin, nameless]);
    assert_ne!(found[0], found[1]);
}

#[test]
fn a_list_that_holds_each_person_once_is_heeded() {
    let options = LinkOptions { one_row_per_person: vec![0], ..LinkOptions::default() };
    let linked = run(&[(0, john()), (0, john()), (1, john())], &options);
    assert_ne!(linked.cluster_of[0], linked.cluster_of[1]);
    assert_eq!(
        linked.report.refused_one_row, 1,
        "the third record says what the first says, and is not compared again"
    );
    assert!(linked.cluster_of[..2].contains(&linked.cluster_of[2]));
    let open = run(&[(0, john()), (0, john())], &LinkOptions::default());
    assert_eq!(open.cluster_of, [0, 0]);
}

#[test]
fn records_that_say_the_same_are_one_only_where_they_say_enough() {
    let mut records = Records::new();
    for _ in 0..50 {
        records.push(1, &john());
    }
    for _ in 0..50 {
        records.push(1, &RecordInput { family: "Jones", given: "Mary", ..RecordInput::default() });
    }
    let linked = link(&records, &Model::person().unwrap(), &LinkOptions::default());
    assert_eq!((linked.report.clusters, linked.report.profiles), (51, 51));
    assert_eq!(linked.edges.len(), 49, "each is tied to the one that speaks for all");
}

#[test]
fn a_giant_block_is_reported_and_not_compared() {
    let mut records = Records::new();
    for i in 0..3000 {
        // One name and one birth date for all: a block of 4.5 million pairs.
        let address = format!("{i} Long Road");
        records.push(1, &RecordInput { postcode: "", address: &address, ..john() });
    }
    for _ in 0..100_000 {
        records.push(
            1,
            &RecordInput { family: "UNKNOWN", given: "Not known", postcode: "ZZ99 3VZ", ..RecordInput::default() },
        );
    }
    let linked = link(&records, &Model::person().unwrap(), &LinkOptions::default());
    assert_eq!(linked.report.clusters, 103_000);
    let first = &linked.report.rules[0];
    assert_eq!((first.skipped_blocks, first.largest_skipped, first.new_pairs), (1, 3000, 0));
}

#[test]
fn pairs_of_a_skipped_block_are_still_found_by_a_later_rule() {
    let mut records = Records::new();
    for i in 0..3000_u32 {
        let postcode = format!("LS{} {}AB", i / 2 % 90 + 1, i / 180 % 9);
        let address = format!("{} High Street", i / 2);
        // Not the same in every value, or one would speak for both.
        let sex = (i % 2) as u8;
        records.push(1, &RecordInput { postcode: &postcode, address: &address, sex, ..john() });
    }
    let linked = link(&records, &Model::person().unwrap(), &LinkOptions::default());
    assert_eq!(linked.report.rules[0].skipped_blocks, 1);
    assert!(linked.report.rules[2].new_pairs >= 1500, "{:?}", linked.report.rules);
    assert_eq!(linked.cluster_of[0], linked.cluster_of[1]);
}

#[test]
fn a_waterfall_adds_up_and_agrees_with_the_edge() {
    let mut records = Records::new();
    records.push(1, &john());
    records.push(1, &RecordInput { family: "Smyth", ..john() });
    let model = Model::person().unwrap();
    let shown = explain(&records, &model, 1, 0).unwrap();
    let sum: f64 = shown.prior_bits + shown.steps.iter().map(|step| step.bits + step.rarity_bits).sum::<f64>();
    assert!((sum - shown.total_bits).abs() < 1e-9);
    let edge = link(&records, &model, &LinkOptions::default()).edges[0];
    assert_eq!(edge.weight_bits_hundredths, (shown.total_bits * 100.0).round() as i32);
    assert_eq!(shown.steps[0].level, "the same");
    assert_eq!(explain(&records, &model, 0, 2), None);
    let twins = explain(&records, &model, 0, 0).unwrap();
    assert_eq!(twins.veto, None);
}

#[test]
fn the_models_read_write_and_read() {
    for model in [Model::person().unwrap(), Model::febrl().unwrap()] {
        assert_eq!(Model::parse(&model.to_toml()).unwrap(), model);
    }
}

#[test]
fn bad_models_say_what_to_do() {
    let good = Model::febrl().unwrap().to_toml();
    for (from, to, expect) in [
        ("\"family exact\"", "\"family exactly\"", "is not a test"),
        ("\"family exact\"", "\"family like 90\"", "cannot block"),
        ("threshold = 0.95", "threshold = 1.5", "threshold is 1.5; give 0.5 to 1"),
        ("threshold = 0.95", "threshold = nan", "threshold is NaN"),
        ("threshold = 0.95", "treshold = 0.95", "unknown field"),
        ("when = []", "when = [\"sex exact\"]", "the last level must have `when = []`"),
        ("m = 0.905", "m = -1.0", "give m and u above 0"),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let error = Model::parse(&text).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    }
}

#[test]
fn training_on_little_keeps_the_model_sound() {
    let mut records = Records::new();
    for _ in 0..3 {
        records.push(1, &john());
    }
    let model = Model::person().unwrap();
    for records in [Records::new(), records] {
        let trained = train(&records, &model, 7);
        trained.model.check().unwrap();
        assert_eq!(Model::parse(&trained.model.to_toml()).unwrap(), trained.model);
    }
}
