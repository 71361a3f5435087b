//! A CSV file as named columns, with the many names that analysts give the same thing.

use anyhow::Context as _;
use std::path::Path;

/// A file's rows as text.
pub struct Sheet {
    /// Column names in small letters, spaces and points as `_`.
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A cell read as a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// Empty, or a word for missing: `NA`, `NaN`, `NULL`, `None`, `-`.
    Missing,
    /// Something else.
    NotANumber,
}

impl Cell {
    fn parse(text: &str) -> Self {
        let text = text.trim();
        let missing = ["", "na", "n/a", "nan", "null", "none", "-", "."];
        if missing.contains(&text.to_ascii_lowercase().as_str()) {
            return Self::Missing;
        }
        // Excel writes thousands with commas and shares with a sign.
        match text.replace(',', "").trim_end_matches('%').parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Number(number),
            _ => Self::NotANumber,
        }
    }

    /// The number, if it is one.
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }
}

impl Sheet {
    /// Reads a file. Rows that are too short have empty cells at their end; empty rows are left out.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            // Windows writes Latin letters; every byte is a letter of its own there.
            Err(not_utf8) => not_utf8.into_bytes().into_iter().map(char::from).collect(),
        };
        Self::parse(&text).with_context(|| format!("failed to read {}", path.display()))
    }

    /// Reads text.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record?;
            if record.iter().any(|cell| !cell.trim().is_empty()) {
                rows.push(record.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
            }
        }
        if rows.is_empty() {
            anyhow::bail!("the file has no header");
        }
        let names = rows.remove(0).iter().map(|name| plain(name)).collect();
        Ok(Self { names, rows })
    }

    /// How many rows under the header.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// All column names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The position of the first of these names that the file has.
    pub fn find(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.names.iter().position(|own| own == name))
    }

    /// The same; an error that names what is there where none is.
    pub fn need(&self, what: &str, names: &[&str]) -> anyhow::Result<usize> {
        self.find(names).with_context(|| {
            format!("no column of {what}: name one {}; the file has {}", names.join(" or "), self.names.join(", "))
        })
    }

    /// A cell as text; empty where the row is too short.
    pub fn text(&self, row: usize, column: usize) -> &str {
        self.rows[row].get(column).map_or("", String::as_str)
    }

    /// A cell as a number.
    pub fn cell(&self, row: usize, column: usize) -> Cell {
        Cell::parse(self.text(row, column))
    }

    /// A number of a column that may not be there.
    pub fn number(&self, row: usize, column: Option<usize>) -> Option<f64> {
        self.cell(row, column?).number()
    }

    /// Whether no two rows have the same text in a column.
    pub fn is_key(&self, column: usize) -> bool {
        let mut seen = std::collections::BTreeSet::new();
        (0..self.len()).all(|row| seen.insert(self.text(row, column)))
    }

    /// Whether a column holds numbers with decimals, and nothing but numbers.
    pub fn is_measured(&self, column: usize) -> bool {
        let cells = || (0..self.len()).map(|row| self.cell(row, column));
        cells().all(|c| c != Cell::NotANumber) && cells().any(|c| c.number().is_some_and(|n| n.fract() != 0.0))
    }
}

/// A column name in small letters, everything but letters and digits as one `_`.
pub fn plain(name: &str) -> String {
    let mut out = String::new();
    for symbol in name.trim().chars() {
        if symbol.is_alphanumeric() {
            out.extend(symbol.to_lowercase());
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    out.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_cells_as_analysts_write_them() {
        let sheet =
            Sheet::parse("\u{feff}Age Band,\"Observed_events\n\",lower95.0cl\n0-4,\"1,234\",NA\n\n5-9,x\n").unwrap();
        assert_eq!(sheet.names(), ["age_band", "observed_events", "lower95_0cl"]);
        assert_eq!(sheet.len(), 2);
        assert_eq!(sheet.cell(0, 1), Cell::Number(1234.0));
        assert_eq!(sheet.cell(0, 2), Cell::Missing);
        assert_eq!((sheet.cell(1, 1), sheet.cell(1, 2)), (Cell::NotANumber, Cell::Missing));
        assert!(Sheet::parse("").is_err());
    }
}
