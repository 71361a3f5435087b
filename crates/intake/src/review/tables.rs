//! The review as tables of the snapshot.

use super::{FoundBy, Reason, Review, ReviewEdge, ReviewPair, ReviewRecord, ReviewStep};
use lake::table::{Column, Named};
use lake::{LakeError, Snapshot, SnapshotWriter};

/// The figures.
pub(super) const REPORT: &str = "report.json";

/// Writes everything.
pub(super) fn write(review: &Review, writer: &SnapshotWriter) -> Result<(), LakeError> {
    writer.write_linkage_table("pair", &pairs(&review.pairs))?;
    writer.write_linkage_table("record", &records(&review.records))?;
    writer.write_linkage_table("edge", &edges(&review.edges))?;
    writer.write_linkage_table("step", &steps(&review.steps))?;
    let json = serde_json::to_string_pretty(&review.report)
        .map_err(|error| LakeError::Refused(format!("the report of the linkage is not JSON ({error})")))?;
    writer.write_linkage_text(REPORT, &json)?;
    writer.write_linkage_text("model.toml", &review.model)
}

fn text<T>(name: &str, rows: &[T], of: impl Fn(&T) -> String) -> Named {
    (name.to_owned(), Column::Text(rows.iter().map(of).collect()))
}

fn whole<T>(name: &str, rows: &[T], of: impl Fn(&T) -> u64) -> Named {
    (name.to_owned(), Column::I64(rows.iter().map(|row| i64::try_from(of(row)).unwrap_or(i64::MAX)).collect()))
}

fn flag<T>(name: &str, rows: &[T], of: impl Fn(&T) -> bool) -> Named {
    (name.to_owned(), Column::Bool(rows.iter().map(of).collect()))
}

fn decimal<T>(name: &str, decimals: u8, rows: &[T], of: impl Fn(&T) -> f64) -> Named {
    let scale = 10_f64.powi(i32::from(decimals));
    let values = rows.iter().map(|row| Some((of(row) * scale).round() as i64)).collect();
    (name.to_owned(), Column::Number { decimals, values })
}

fn hex(key: u64) -> String {
    format!("{key:016x}")
}

fn pairs(rows: &[ReviewPair]) -> Vec<Named> {
    vec![
        text("left_key", rows, |r| hex(r.left)),
        text("right_key", rows, |r| hex(r.right)),
        text("reason", rows, |r| r.reason.name().to_owned()),
        flag("sampled", rows, |r| r.sampled),
        flag("joined", rows, |r| r.joined),
        decimal("weight", 2, rows, |r| f64::from(r.weight_hundredths) / 100.0),
        decimal("probability", 9, rows, |r| r.probability),
        whole("left_person", rows, |r| r.left_person),
        whole("right_person", rows, |r| r.right_person),
        whole("links", rows, |r| r.links),
        decimal("matters", 3, rows, |r| r.matters_thousandths as f64 / 1000.0),
        whole("others", rows, |r| r.others),
    ]
}

fn records(rows: &[ReviewRecord]) -> Vec<Named> {
    let sources = |r: &ReviewRecord| r.sources.iter().map(u8::to_string).collect::<Vec<_>>().join(" ");
    vec![
        text("key", rows, |r| hex(r.key)),
        whole("person", rows, |r| r.person),
        text("sources", rows, sources),
        (
            "nhs_number".to_owned(),
            Column::Number { decimals: 0, values: rows.iter().map(|r| r.nhs_number.map(|n| n as i64)).collect() },
        ),
        text("family_name", rows, |r| r.family.clone()),
        text("given_name", rows, |r| r.given.clone()),
        ("birth_date".to_owned(), Column::Date(rows.iter().map(|r| r.birth).collect())),
        whole("sex", rows, |r| u64::from(r.sex)),
        text("address", rows, |r| r.address.clone()),
        text("postcode", rows, |r| r.postcode.clone()),
        text("local_id", rows, |r| r.local_id.clone()),
    ]
}

fn edges(rows: &[ReviewEdge]) -> Vec<Named> {
    vec![
        text("left_key", rows, |r| hex(r.left)),
        text("right_key", rows, |r| hex(r.right)),
        decimal("weight", 2, rows, |r| f64::from(r.weight_hundredths) / 100.0),
        text("found_by", rows, |r| r.found_by.name().to_owned()),
    ]
}

fn steps(rows: &[ReviewStep]) -> Vec<Named> {
    vec![
        text("left_key", rows, |r| hex(r.left)),
        text("right_key", rows, |r| hex(r.right)),
        text("comparison", rows, |r| r.comparison.clone()),
        text("level", rows, |r| r.level.clone()),
        decimal("bits", 4, rows, |r| r.bits),
        decimal("rarity_bits", 4, rows, |r| r.rarity_bits),
    ]
}

/// A table that was read, column by column.
struct Table(Vec<Named>);

impl Table {
    fn len(&self) -> usize {
        self.0.first().map_or(0, |(_, column)| column.len())
    }

    fn column(&self, name: &str) -> Option<&Column> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, column)| column)
    }

    fn text(&self, name: &str, row: usize) -> &str {
        match self.column(name) {
            Some(Column::Text(values)) => values.get(row).map_or("", String::as_str),
            _ => "",
        }
    }

    fn key(&self, name: &str, row: usize) -> u64 {
        u64::from_str_radix(self.text(name, row), 16).unwrap_or(0)
    }

    /// A number in units of the column's last decimal.
    fn units(&self, name: &str, row: usize) -> i64 {
        match self.column(name) {
            Some(Column::I64(values)) => values.get(row).copied().unwrap_or(0),
            Some(Column::Number { values, .. }) => values.get(row).copied().flatten().unwrap_or(0),
            _ => 0,
        }
    }

    fn whole(&self, name: &str, row: usize) -> u64 {
        u64::try_from(self.units(name, row)).unwrap_or(0)
    }

    fn flag(&self, name: &str, row: usize) -> bool {
        matches!(self.column(name), Some(Column::Bool(values)) if values.get(row).copied().unwrap_or(false))
    }

    fn hundredths(&self, name: &str, row: usize) -> i32 {
        self.units(name, row).try_into().unwrap_or(0)
    }
}

fn read<T>(snapshot: &Snapshot, name: &str, of: impl Fn(&Table, usize) -> T) -> Result<Option<Vec<T>>, LakeError> {
    let Some(columns) = snapshot.linkage_table(name)? else { return Ok(None) };
    let table = Table(columns);
    Ok(Some((0..table.len()).map(|row| of(&table, row)).collect()))
}

pub(super) fn read_pairs(snapshot: &Snapshot) -> Result<Option<Vec<ReviewPair>>, LakeError> {
    read(snapshot, "pair", |table, row| ReviewPair {
        left: table.key("left_key", row),
        right: table.key("right_key", row),
        reason: Reason::from_name(table.text("reason", row)).unwrap_or(Reason::Sample),
        sampled: table.flag("sampled", row),
        joined: table.flag("joined", row),
        weight_hundredths: table.hundredths("weight", row),
        probability: table.units("probability", row) as f64 / 1e9,
        left_person: table.whole("left_person", row),
        right_person: table.whole("right_person", row),
        links: table.whole("links", row),
        matters_thousandths: table.whole("matters", row),
        others: table.whole("others", row),
    })
}

pub(super) fn read_records(snapshot: &Snapshot) -> Result<Vec<ReviewRecord>, LakeError> {
    let records = read(snapshot, "record", |table, row| ReviewRecord {
        key: table.key("key", row),
        person: table.whole("person", row),
        sources: table.text("sources", row).split(' ').filter_map(|number| number.parse().ok()).collect(),
        nhs_number: Some(table.whole("nhs_number", row)).filter(|number| *number != 0),
        family: table.text("family_name", row).to_owned(),
        given: table.text("given_name", row).to_owned(),
        birth: match table.column("birth_date") {
            Some(Column::Date(days)) => days.get(row).copied().flatten(),
            _ => None,
        },
        sex: table.whole("sex", row).try_into().unwrap_or(0),
        address: table.text("address", row).to_owned(),
        postcode: table.text("postcode", row).to_owned(),
        local_id: table.text("local_id", row).to_owned(),
    })?;
    Ok(records.unwrap_or_default())
}

pub(super) fn read_edges(snapshot: &Snapshot) -> Result<Vec<ReviewEdge>, LakeError> {
    let edges = read(snapshot, "edge", |table, row| ReviewEdge {
        left: table.key("left_key", row),
        right: table.key("right_key", row),
        weight_hundredths: table.hundredths("weight", row),
        found_by: FoundBy::from_name(table.text("found_by", row)),
    })?;
    Ok(edges.unwrap_or_default())
}

pub(super) fn read_steps(snapshot: &Snapshot) -> Result<Vec<ReviewStep>, LakeError> {
    let steps = read(snapshot, "step", |table, row| ReviewStep {
        left: table.key("left_key", row),
        right: table.key("right_key", row),
        comparison: table.text("comparison", row).to_owned(),
        level: table.text("level", row).to_owned(),
        bits: table.units("bits", row) as f64 / 1e4,
        rarity_bits: table.units("rarity_bits", row) as f64 / 1e4,
    })?;
    Ok(steps.unwrap_or_default())
}
