//! A state's rows in one form.

use super::rows::Merged;
use super::{State, Sums};
use lake::LakeError;
use lake::records::{Block, Packed, RecordsWriter};
use std::path::Path;

/// People of a bucket of an exported file.
const PEOPLE: usize = 16_384;

impl<S: Sums> State<S> {
    /// Writes the rows of everybody who is there, in the order of identifiers, with the sums. Two states of the same people
    /// give the same bytes, however they came about.
    pub fn export(&self, path: &Path, width: usize) -> Result<u64, LakeError> {
        let mut writer = RecordsWriter::create(path, width)?;
        let (mut ids, mut columns): (Vec<u64>, Vec<Vec<i64>>) = (Vec::new(), vec![Vec::new(); width]);
        let (mut base, mut over, mut people) = (Vec::new(), Vec::new(), 0);
        for bucket in 0..self.base.len() {
            let mut tables = vec![table(&self.base.read(bucket, &mut base)?, width)];
            if let Some(records) = &self.over {
                tables.push(table(&records.read(bucket, &mut over)?, width));
            }
            let tables: Vec<(&[u64], &[Vec<i64>])> = tables.iter().map(|(i, c)| (i.as_slice(), c.as_slice())).collect();
            let merged = Merged::of(&tables, width);
            for (row, &id) in merged.ids.iter().enumerate().filter(|(row, _)| merged.columns[0][*row] == 1) {
                ids.push(id);
                columns.iter_mut().zip(&merged.columns).for_each(|(all, own)| all.push(own[row]));
            }
            people += flush(&mut writer, &mut ids, &mut columns, PEOPLE)?;
        }
        people += flush(&mut writer, &mut ids, &mut columns, 1)?;
        // Numbers always have a JSON form.
        writer.finish(&serde_json::to_string(&self.sums).unwrap_or_default())?;
        Ok(people)
    }
}

/// Everybody of a bucket.
pub(super) fn table(block: &Block<'_>, width: usize) -> (Vec<u64>, Vec<Vec<i64>>) {
    let rows: Vec<u32> = (0..block.len() as u32).collect();
    let column = |column| {
        let mut values = Vec::with_capacity(rows.len());
        block.column(column, &rows, &mut values);
        values
    };
    (block.ids(), (0..width).map(column).collect())
}

/// Writes buckets as long as there are so many people.
fn flush(
    writer: &mut RecordsWriter,
    ids: &mut Vec<u64>,
    columns: &mut [Vec<i64>],
    least: usize,
) -> Result<u64, LakeError> {
    let mut written = 0;
    while ids.len() >= least {
        let count = ids.len().min(PEOPLE);
        let own: Vec<u64> = ids.drain(..count).collect();
        let parts: Vec<Vec<i64>> = columns.iter_mut().map(|column| column.drain(..count).collect()).collect();
        writer.append(&Packed::new(&own, &parts))?;
        written += count as u64;
    }
    Ok(written)
}
