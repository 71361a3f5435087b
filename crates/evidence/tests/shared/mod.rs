//! Reads the outside tables that lie beside the repository, where they are there.
#![allow(clippy::unwrap_used, clippy::too_many_lines, reason = "a test may stop at once")]

use std::path::PathBuf;

/// A comma-separated table.
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

#[allow(dead_code, reason = "each test binary uses a part of this")]
impl Table {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn text(&self, row: usize, name: &str) -> String {
        let place = self.header.iter().position(|column| column == name);
        place.and_then(|place| self.rows[row].get(place)).cloned().unwrap_or_default()
    }

    pub fn number(&self, row: usize, name: &str) -> Option<f64> {
        self.text(row, name).parse().ok()
    }
}

/// A table of `../shared/data/phe`; none, with a plain line, where it is absent.
#[allow(dead_code, reason = "each test binary uses a part of this")]
pub fn table(name: &str) -> Option<Table> {
    parse(&read(&format!("data/phe/{name}"))?)
}

/// The text of a file of `../shared`.
pub fn read(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if !path.exists() {
        println!("skipped: ../shared is not there ({name})");
        return None;
    }
    Some(std::fs::read_to_string(path).unwrap())
}

/// Comma-separated text with quotes, which may hold commas and line ends.
pub fn parse(text: &str) -> Option<Table> {
    let mut rows: Vec<Vec<String>> = vec![vec![String::new()]];
    let mut quoted = false;
    for symbol in text.trim_start_matches('\u{feff}').chars() {
        match symbol {
            '"' => quoted = !quoted,
            ',' if !quoted => rows.last_mut()?.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            '\r' => {}
            other => rows.last_mut()?.last_mut()?.push(other),
        }
    }
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    let mut rows = rows.into_iter().map(|row| row.into_iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    Some(Table { header: rows.next()?, rows: rows.collect() })
}

/// Equal to so many parts of the wanted value.
#[track_caller]
#[allow(dead_code, reason = "each test binary uses a part of this")]
pub fn close(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance * wanted.abs().max(1e-9), "found {found}, wanted {wanted}");
}
