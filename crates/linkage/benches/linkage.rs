//! Times the linker on a file of the benchmark generator and marks it against the file's truth.
//!
//! `cargo bench -p linkage -- FILE.csv [--no-nhs] [--train] [--model MODEL.toml] [--write MODEL.toml] [--truth COLUMN] [--clusters OUT.csv]
//! [--threads N]`
//! where FILE.csv has columns the model names, and one that tells the true person.
//! Prints records, pairs, seconds, peak memory and F1. CPU counts reading the file, training, linking; marking is not counted.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark stops at the first surprise")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{fields, score};
use linkage::{Layout, LinkOptions, Model, Reading, Records, link, train};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::time::Instant;

/// Reads a file by the columns of the model, and the truth of each record.
fn read(path: &str, model: &Model, with_numbers: bool, truth: &str) -> (Records, Vec<u32>, LinkOptions) {
    let mut input = BufReader::with_capacity(1 << 20, std::fs::File::open(path).expect("open the file of records"));
    let mut line = String::new();
    input.read_line(&mut line).expect("read the header");
    let header = fields(line.trim_end());
    let mut columns = model.columns.clone();
    if !with_numbers {
        columns.number.clear();
    }
    let layout = Layout::find(&columns, &header, model.number.is_identity);
    let person = header.iter().position(|name| name == truth).expect("the column of the truth");
    let (mut records, mut people, mut sources) = (Records::new(), Vec::new(), Vec::<String>::new());
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut reading = Reading::default();
    loop {
        line.clear();
        if input.read_line(&mut line).expect("read a line") == 0 {
            break;
        }
        let parts: Vec<String>;
        let mut row = [""; 64];
        if line.contains('"') {
            parts = fields(line.trim_end());
            row.iter_mut().zip(&parts).for_each(|(cell, text)| *cell = text);
        } else {
            row.iter_mut().zip(line.trim_end().split(',')).for_each(|(cell, text)| *cell = text);
        }
        let next = numbers.len() as u32;
        people.push(match numbers.get(row[person]) {
            Some(number) => *number,
            None => *numbers.entry(row[person].to_owned()).or_insert(next),
        });
        let from = layout.source().map_or("", |at| row[at]);
        let source = sources.iter().position(|name| name == from).unwrap_or_else(|| {
            sources.push(from.to_owned());
            sources.len() - 1
        });
        layout.push(&mut records, source as u8, |at| row[at], &mut reading);
    }
    let once = |(at, name): (usize, &String)| columns.one_row_per_person.contains(name).then_some(at as u8);
    let one_row_per_person = sources.iter().enumerate().filter_map(once).collect();
    (records, people, LinkOptions { one_row_per_person, ..LinkOptions::default() })
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
    let mut model = match value("--model") {
        Some(file) => Model::parse(&std::fs::read_to_string(file).expect("open the model")).expect("a model"),
        None => Model::person().expect("a model"),
    };
    let column = value("--truth").map_or("person_id", String::as_str);
    let (records, truth, options) = read(path, &model, !flag("--no-nhs"), column);
    println!("{} records; read in {:.2} s, {:?}", records.len(), start.elapsed().as_secs_f64(), usage());
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
