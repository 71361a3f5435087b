//! Times the linker on a file of the benchmark generator and marks it against the file's truth.
//!
//! `cargo bench -p linkage -- FILE.csv [--no-nhs] [--train] [--model MODEL.toml] [--write MODEL.toml] [--clusters OUT.csv]
//! [--threads N]`
//! where FILE.csv has the columns of the generator: source, names, birth date, sex, postcode, address and the true person.
//! Prints records, pairs, seconds, peak memory and F1. CPU counts reading the file, training, linking; marking is not counted.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark stops at the first surprise")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{day, fields, score};
use linkage::{LinkOptions, Model, RecordInput, Records, link, train};
use std::io::{BufRead, BufReader};
use std::time::Instant;

const SOURCES: [&str; 4] = ["gp", "hospital", "community", "social"];

/// Ten digits and a right check digit (modulus 11).
fn nhs_number(text: &str) -> Option<u64> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
    if digits.len() != 10 {
        return None;
    }
    let sum: u32 = digits[..9].iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let check = (11 - sum % 11) % 11;
    (check == digits[9]).then(|| text.parse().ok()).flatten()
}

fn read(path: &str, with_numbers: bool) -> (Records, Vec<u32>) {
    let mut input = BufReader::with_capacity(1 << 20, std::fs::File::open(path).expect("open the file of records"));
    let mut line = String::new();
    input.read_line(&mut line).expect("read the header");
    let header = fields(line.trim_end());
    let at = |name: &str| header.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"));
    let columns = [
        "source",
        "nhs_number",
        "given_name",
        "middle_name",
        "surname",
        "dob",
        "sex",
        "postcode",
        "address1",
        "person_id",
    ]
    .map(at);
    let (mut records, mut truth) = (Records::new(), Vec::new());
    loop {
        line.clear();
        if input.read_line(&mut line).expect("read a line") == 0 {
            return (records, truth);
        }
        let mut row = [""; 16];
        for (cell, text) in row.iter_mut().zip(line.trim_end().split(',')) {
            *cell = text.trim_matches('"');
        }
        let [source, number, given, middle, family, dob, sex, postcode, address, person] =
            columns.map(|column| row[column]);
        truth.push(person.parse().expect("a person number"));
        records.push(
            SOURCES.iter().position(|name| *name == source).map_or(9, |at| at as u8),
            &RecordInput {
                nhs_number: nhs_number(number).filter(|_| with_numbers),
                family,
                given: &format!("{given} {middle}"),
                birth: day(dob),
                sex: match sex {
                    "M" => 1,
                    "F" => 2,
                    _ => 0,
                },
                postcode,
                address,
            },
        );
    }
}

/// CPU seconds of this process, and its peak memory in MiB, as Linux tells; 0 elsewhere.
fn usage() -> (f64, u64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or("");
    let ticks: f64 = after.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<f64>().ok()).sum();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = peak.and_then(|text| text.split_whitespace().next()).and_then(|word| word.parse().ok()).unwrap_or(0);
    (ticks / 100.0, kib / 1024)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let flag = |name: &str| arguments.iter().any(|word| word == name);
    let value = |name: &str| arguments.iter().position(|word| word == name).and_then(|at| arguments.get(at + 1));
    let Some(path) = arguments.first() else {
        println!("skipped: give a file of the benchmark generator");
        return;
    };
    if let Some(threads) = value("--threads").and_then(|text| text.parse().ok()) {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().expect("start threads");
    }
    let start = Instant::now();
    let (records, truth) = read(path, !flag("--no-nhs"));
    println!("{} records; read in {:.2} s, {:?}", records.len(), start.elapsed().as_secs_f64(), usage());
    let mut model = match value("--model") {
        Some(file) => Model::parse(&std::fs::read_to_string(file).expect("open the model")).expect("a model"),
        None => Model::person().expect("a model"),
    };
    if flag("--train") {
        let trained = train(&records, &model, 1);
        println!("trained in {:.2} s, {:?}", start.elapsed().as_secs_f64(), usage());
        for session in &trained.sessions {
            println!("  {session:?}");
        }
        model = trained.model;
    }
    if let Some(file) = value("--write") {
        std::fs::write(file, model.to_toml()).expect("write the model");
    }
    let options = LinkOptions { one_row_per_person: vec![0], ..LinkOptions::default() };
    let linked = link(&records, &model, &options);
    if let Some(file) = value("--clusters") {
        let lines: Vec<String> = linked.cluster_of.iter().enumerate().map(|(id, c)| format!("{id},{c}")).collect();
        std::fs::write(file, format!("id,cluster_id\n{}\n", lines.join("\n"))).expect("write the clusters");
    }
    let wall = start.elapsed().as_secs_f64();
    let (cpu, peak) = usage();
    println!("{:#?}\n{} conflicts, {} edges", linked.report, linked.conflicts.len(), linked.edges.len());
    println!("pairs {} CPU s {cpu:.2} wall s {wall:.2} peak MiB {peak}", linked.report.pairs);
    println!("{:?}", score(&linked.cluster_of, &truth));
}
