//! Which rows belong together.

use super::sheet::{Sheet, plain};
use anyhow::Context as _;

/// Rows of the file with equal texts in the grouping columns.
pub struct Group {
    /// Name and text of each grouping column.
    pub key: Vec<(String, String)>,
    /// Positions of its rows, in the order of the file.
    pub rows: Vec<usize>,
}

/// Groups in the order of their first rows.
pub struct Groups {
    /// The groups.
    pub list: Vec<Group>,
}

impl Groups {
    /// Groups by the columns named (`--by`), or by every column that is neither used nor looks like a result or a key.
    pub fn of(sheet: &Sheet, by: &[String], used: &[Option<usize>]) -> anyhow::Result<Self> {
        let columns: Vec<usize> = if by.is_empty() {
            (0..sheet.names().len())
                .filter(|&c| !used.contains(&Some(c)) && !is_result(&sheet.names()[c]))
                .filter(|&c| sheet.len() < 2 || (!sheet.is_key(c) && !sheet.is_measured(c)))
                .collect()
        } else {
            by.iter()
                .filter(|name| *name != "none")
                .map(|name| sheet.find(&[&plain(name)]).with_context(|| format!("no column {name} to group by")))
                .collect::<Result<_, _>>()?
        };
        Ok(Self::by(sheet, |_| columns.clone()))
    }

    /// Groups by columns that may differ from row to row.
    pub fn by(sheet: &Sheet, columns: impl Fn(usize) -> Vec<usize>) -> Self {
        let mut list: Vec<Group> = Vec::new();
        let mut place = std::collections::BTreeMap::new();
        for row in 0..sheet.len() {
            let key: Vec<(String, String)> =
                columns(row).into_iter().map(|c| (sheet.names()[c].clone(), sheet.text(row, c).to_owned())).collect();
            let at = *place.entry(key.clone()).or_insert_with(|| {
                list.push(Group { key, rows: Vec::new() });
                list.len() - 1
            });
            list[at].rows.push(row);
        }
        Self { list }
    }
}

/// Columns in which files carry what somebody else worked out.
fn is_result(name: &str) -> bool {
    let words = ["expected", "result", "lower", "upper", "stdev", "statistic", "method", "confidence", "significance"];
    words.iter().any(|word| name.contains(word)) || name.ends_with("cl") || name.ends_with("ci")
}
