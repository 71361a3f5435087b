//! Reads a simulated place back, as strictly or as loosely as a test needs.
#![allow(dead_code, reason = "each test file uses a part")]

use flate2::read::MultiGzDecoder;
use simulate::{SimulateOptions, SimulateReport, simulate};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// A file of the place as lines of fields.
pub struct Extract {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Extract {
    pub fn column(&self, name: &str) -> usize {
        self.header.iter().position(|h| h == name).unwrap_or_else(|| panic!("no column {name} in {:?}", self.header))
    }

    /// Rows with every field in its place.
    pub fn whole(&self) -> impl Iterator<Item = &Vec<String>> {
        self.rows.iter().filter(|r| r.len() == self.header.len())
    }
}

pub fn bytes(out: &Path, path: &str) -> Vec<u8> {
    let raw = std::fs::read(out.join(path)).unwrap();
    if !raw.starts_with(&[0x1F, 0x8B]) {
        return raw;
    }
    let mut text = Vec::new();
    MultiGzDecoder::new(raw.as_slice()).read_to_end(&mut text).unwrap();
    text
}

pub fn extract(out: &Path, path: &str) -> Extract {
    let text: String = bytes(out, path).iter().map(|&b| char::from(b)).collect();
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut rows = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
    let mut header = rows.next().unwrap();
    header[0] = header[0].replace("ï»¿", "");
    Extract { header, rows: rows.collect() }
}

pub fn place(people: u32, seed: u64, threads: usize) -> (tempfile::TempDir, SimulateReport) {
    let folder = tempfile::tempdir().unwrap();
    let mut options = SimulateOptions::new(people, seed, folder.path());
    options.threads = threads;
    let report = simulate(&options, &mut |_| {}).unwrap();
    (folder, report)
}

/// The true person of each line, by file.
pub fn truth(out: &Path) -> BTreeMap<String, BTreeMap<u64, u32>> {
    let mut truth: BTreeMap<String, BTreeMap<u64, u32>> = BTreeMap::new();
    for row in extract(out, "truth/person.csv").rows {
        let lines = truth.entry(row[0].clone()).or_default();
        assert!(lines.insert(row[1].parse().unwrap(), row[2].parse().unwrap()).is_none(), "{row:?}");
    }
    truth
}

pub fn stem(path: &str) -> &str {
    path.trim_start_matches("extracts/").split('.').next().unwrap()
}
