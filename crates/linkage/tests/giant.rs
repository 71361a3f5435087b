//! One giant block: a million records with the same name and date must neither explode nor be passed over in silence.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use linkage::{LinkOptions, Model, RecordInput, Records, link, train};

const COUNT: u64 = 1_000_000;

/// Most memory this process has held, in MiB; `None` where the system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// A million records of one name and date, each with an address of its own.
fn called(name: &str) -> Records {
    let mut records = Records::new();
    let mut address = String::new();
    for at in 0..COUNT {
        address.clear();
        std::fmt::write(&mut address, format_args!("{at} HIGH STREET")).unwrap();
        let input =
            RecordInput { family: name, given: name, birth: Some(7000), address: &address, ..RecordInput::default() };
        records.push((at % 3) as u8, &input);
    }
    records
}

#[test]
fn a_million_records_of_one_name_are_skipped_and_reported() {
    let model = Model::person().unwrap();
    // A placeholder that cleaning does not know: every rule on names and dates has one block of all.
    let records = called("NOT ON FILE");
    let trained = train(&records, &model, 1);
    let linked = link(&records, &trained.model, &LinkOptions::default());
    assert_eq!(linked.report.pairs, 0);
    let over: Vec<_> = linked.report.rules.iter().filter(|rule| rule.skipped_blocks > 0).collect();
    assert!(over.len() >= 5, "{:?}", linked.report.rules);
    for rule in over {
        assert_eq!((rule.skipped_blocks, rule.skipped_pairs), (1, COUNT * (COUNT - 1) / 2), "{}", rule.rule);
    }
    assert_eq!(linked.report.clusters, COUNT);
    // One that it knows: nobody has a name, and there is no block.
    drop((records, linked));
    let records = called("UNKNOWN");
    let linked = link(&records, &model, &LinkOptions::default());
    assert_eq!((linked.report.pairs, linked.report.clusters), (0, COUNT));
    assert!(linked.report.rules.iter().all(|rule| rule.skipped_blocks == 0));
    if let Some(peak) = peak() {
        assert!(peak < 700, "{peak} MiB");
    }
}
