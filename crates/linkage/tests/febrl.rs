//! Outside data: the FEBRL sets, whose record numbers tell the truth (rec-12-org and rec-12-dup-0 are one person).

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod common;

use common::{day, fields, score, shared};
use linkage::{LinkOptions, Model, RecordInput, Records, link, train};

/// Reads one file into `records` and the truth of each record into `truth`.
fn read(path: &str, source: u8, records: &mut Records, truth: &mut Vec<u32>) -> Option<()> {
    let text = std::fs::read_to_string(shared(path)?).unwrap();
    for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        let row = fields(line);
        let row: Vec<&str> = row.iter().map(|field| field.trim()).collect();
        truth.push(row[0].split('-').nth(1).unwrap().parse().unwrap());
        records.push(
            source,
            &RecordInput {
                nhs_number: row[10].parse().ok(),
                family: row[2],
                given: row[1],
                birth: day(row[9]),
                sex: 0,
                postcode: row[7],
                address: &format!("{} {}", row[3], row[4]),
            },
        );
    }
    Some(())
}

fn check(records: &Records, truth: &[u32], options: &LinkOptions, name: &str) {
    let model = Model::febrl().unwrap();
    for (how, model) in [("as it ships", model.clone()), ("trained", train(records, &model, 1).model)] {
        let linked = link(records, &model, options);
        let s = score(&linked.cluster_of, truth);
        println!(
            "{name}, {how}: precision {:.5} recall {:.5} F1 {:.5} B-cubed {:.5}, {} pairs",
            s.precision, s.recall, s.f1, s.b_cubed, linked.report.pairs
        );
        assert!(s.f1 >= 0.998, "{name} {how}: {s:?}");
    }
}

#[test]
fn dataset_3() {
    let (mut records, mut truth) = (Records::new(), Vec::new());
    if read("data/linkage/febrl/dataset3.csv", 0, &mut records, &mut truth).is_none() {
        return;
    }
    assert_eq!(records.len(), 5000);
    check(&records, &truth, &LinkOptions::default(), "FEBRL 3");
}

#[test]
fn dataset_4() {
    let (mut records, mut truth) = (Records::new(), Vec::new());
    if read("data/linkage/febrl/dataset4a.csv", 0, &mut records, &mut truth).is_none() {
        return;
    }
    read("data/linkage/febrl/dataset4b.csv", 1, &mut records, &mut truth).unwrap();
    assert_eq!(records.len(), 10_000);
    let options = LinkOptions { one_row_per_person: vec![0, 1], ..LinkOptions::default() };
    check(&records, &truth, &options, "FEBRL 4");
}
