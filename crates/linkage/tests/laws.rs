//! What must hold for any records.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use linkage::{LinkOptions, Linked, Model, RecordInput, Records, link, train};
use proptest::prelude::*;
use std::collections::HashMap;

const GIVEN: [&str; 9] = ["John", "John James", "Jon", "James", "Mary", "Marie", "Robert", "Bob", ""];
const FAMILY: [&str; 7] = ["Smith", "Smyth", "O'Brien", "Obrien", "Khan", "Jones", ""];
const PLACES: [(&str, &str); 4] =
    [("LS1 4AP", "1 High Street"), ("LS1 4AQ", "2 High Street"), ("HX1 2AA", "9 Mill Lane"), ("", "")];
const NUMBERS: [Option<u64>; 5] = [None, None, Some(9_434_765_919), Some(9_000_000_009), Some(4_010_232_137)];

/// A small world in which people resemble one another, so that every rule is at work.
type Row = (u8, usize, usize, i32, u8, usize, usize);

fn row() -> impl Strategy<Value = Row> {
    (0..3_u8, 0..FAMILY.len(), 0..GIVEN.len(), 0..6_i32, 0..3_u8, 0..PLACES.len(), 0..NUMBERS.len())
}

fn push(records: &mut Records, row: &Row) {
    let (source, family, given, birth, sex, place, number) = *row;
    records.push(
        source,
        &RecordInput {
            nhs_number: NUMBERS[number],
            family: FAMILY[family],
            given: GIVEN[given],
            birth: (birth < 5).then_some(5000 + birth * 31),
            sex,
            postcode: PLACES[place].0,
            address: PLACES[place].1,
        },
    );
}

fn run(rows: &[Row], options: &LinkOptions) -> (Records, Linked) {
    let mut records = Records::new();
    for row in rows {
        push(&mut records, row);
    }
    let linked = link(&records, &Model::person().unwrap(), options);
    (records, linked)
}

fn options() -> LinkOptions {
    LinkOptions { one_row_per_person: vec![0], keep: Some(0.01), ..LinkOptions::default() }
}

/// Numbers clusters by first sight, in a given order of the records.
fn partition(cluster_of: &[u32], order: &[usize]) -> Vec<usize> {
    let mut seen = HashMap::new();
    order
        .iter()
        .map(|record| {
            let next = seen.len();
            *seen.entry(cluster_of[*record]).or_insert(next)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clusters_are_numbered_in_order_and_keep_the_rules(rows in prop::collection::vec(row(), 0..60)) {
        let (records, linked) = run(&rows, &options());
        prop_assert_eq!(linked.cluster_of.len(), rows.len());
        let mut next = 0;
        for cluster in &linked.cluster_of {
            prop_assert!(*cluster <= next);
            next = next.max(cluster + 1);
        }
        prop_assert_eq!(u64::from(next), linked.report.clusters);
        // A number set aside is one of a conflict; every other cluster has one number at most.
        let disputed: Vec<u64> = linked.conflicts.iter().map(|conflict| conflict.number).collect();
        let mut number_of: HashMap<u32, u64> = HashMap::new();
        for record in 0..rows.len() as u32 {
            let Some(number) = records.nhs_number(record) else { continue };
            if disputed.contains(&number) {
                continue;
            }
            let held = number_of.entry(linked.cluster_of[record as usize]).or_insert(number);
            prop_assert_eq!(*held, number);
        }
        for edge in &linked.edges {
            prop_assert!(edge.left < edge.right);
            prop_assert!((0.0..=1.0).contains(&edge.probability));
        }
        prop_assert!(linked.edges.windows(2).all(|two| (two[0].left, two[0].right) <= (two[1].left, two[1].right)));
    }

    #[test]
    fn the_order_of_input_does_not_matter(
        rows in prop::collection::hash_set(row(), 0..60),
        seed in any::<u64>(),
    ) {
        let mut rows: Vec<Row> = rows.into_iter().collect();
        rows.sort_unstable();
        // Rows that clean to the same content are interchangeable, so they are left out here.
        let mut seen = std::collections::HashSet::new();
        rows.retain(|row| {
            let family = FAMILY[row.1].replace('\'', "").to_uppercase();
            seen.insert((row.0, family, row.2, row.3, row.4, row.5, NUMBERS[row.6]))
        });
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|at| (*at as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let shuffled: Vec<Row> = order.iter().map(|at| rows[*at]).collect();
        let (_, one) = run(&rows, &options());
        let (_, two) = run(&shuffled, &options());
        let back: Vec<usize> = (0..rows.len()).collect();
        prop_assert_eq!(partition(&one.cluster_of, &order), partition(&two.cluster_of, &back));
        prop_assert_eq!(one.edges.len(), two.edges.len());
    }

    #[test]
    fn threads_do_not_matter(rows in prop::collection::vec(row(), 0..80), seed in any::<u64>()) {
        let mut records = Records::new();
        for row in &rows {
            push(&mut records, row);
        }
        let model = Model::person().unwrap();
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let trained = train(&records, &model, seed);
                let linked = link(&records, &trained.model, &options());
                (trained, linked.cluster_of, linked.edges, linked.conflicts)
            })
        };
        prop_assert_eq!(with(1), with(3));
    }

    #[test]
    fn any_text_is_taken(
        texts in prop::collection::vec((any::<String>(), ".{0,30}", any::<Option<i32>>(), any::<Option<u64>>(), any::<u8>()), 0..20),
    ) {
        let mut records = Records::new();
        for (one, two, birth, number, small) in &texts {
            records.push(
                *small,
                &RecordInput {
                    nhs_number: *number,
                    family: one,
                    given: two,
                    birth: *birth,
                    sex: *small,
                    postcode: two,
                    address: one,
                },
            );
            let last = records.len() as u32 - 1;
            prop_assert!(records.family(last).len() <= 200);
            prop_assert!(!records.given(last).contains(char::is_whitespace));
        }
        let model = Model::person().unwrap();
        let linked = link(&records, &train(&records, &model, 1).model, &LinkOptions::default());
        prop_assert_eq!(linked.cluster_of.len(), texts.len());
    }

    #[test]
    fn any_text_is_a_model_or_an_error(text in any::<String>()) {
        prop_assert!(Model::parse(&text).is_err());
    }
}
