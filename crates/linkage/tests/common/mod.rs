//! Reading labelled files and scoring clusters against the truth.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::HashMap;
use std::path::PathBuf;

/// A file beside the project, or `None` with a plain line where the folder is absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if full.exists() {
        return Some(full);
    }
    println!("skipped: ../shared is not there");
    None
}

/// The fields of one line of comma separated values; a field may stand in quotes.
pub fn fields(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    for c in line.trim_end_matches('\r').chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            c => out.last_mut().unwrap().push(c),
        }
    }
    out
}

/// Days since 1970-01-01 of an eight-digit or ISO date; `None` where it is no date.
pub fn day(text: &str) -> Option<i32> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 8 {
        return None;
    }
    let (y, m, d): (i64, i64, i64) = (digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?);
    if !(1..=12).contains(&m) || !(1..=31).contains(&d) {
        return None;
    }
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
    Some((era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468) as i32)
}

/// How clusters compare with the truth.
#[derive(Debug)]
pub struct Score {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub b_cubed: f64,
    pub largest: u64,
}

/// Pairwise F1 of clusters and B-cubed F1.
pub fn score(cluster_of: &[u32], truth: &[u32]) -> Score {
    let mut both: HashMap<(u32, u32), u64> = HashMap::new();
    let mut found: HashMap<u32, u64> = HashMap::new();
    let mut real: HashMap<u32, u64> = HashMap::new();
    for (c, t) in cluster_of.iter().zip(truth) {
        *both.entry((*c, *t)).or_default() += 1;
        *found.entry(*c).or_default() += 1;
        *real.entry(*t).or_default() += 1;
    }
    let pairs = |n: &u64| n * (n - 1) / 2;
    let hit: u64 = both.values().map(pairs).sum();
    let predicted: u64 = found.values().map(pairs).sum();
    let actual: u64 = real.values().map(pairs).sum();
    let precision = hit as f64 / predicted.max(1) as f64;
    let recall = hit as f64 / actual.max(1) as f64;
    let n = truth.len() as f64;
    let (mut bp, mut br) = (0.0, 0.0);
    for ((c, t), k) in &both {
        bp += (k * k) as f64 / found[c] as f64 / n;
        br += (k * k) as f64 / real[t] as f64 / n;
    }
    Score {
        precision,
        recall,
        f1: 2.0 * precision * recall / (precision + recall),
        b_cubed: 2.0 * bp * br / (bp + br),
        largest: found.values().copied().max().unwrap_or(0),
    }
}
