//! A state's rows in one form.

use super::rows::Table;
use super::{State, Sums};
use crate::features::Kept;
use lake::LakeError;
use lake::records::{Block, Packed, RecordsWriter};
use std::path::Path;

/// People of a bucket of an exported file.
const PEOPLE: usize = 16_384;

impl<S: Sums> State<S> {
    /// Writes the rows of everybody who is there, in the order of identifiers, with the sums. Two states of the same people
    /// give the same bytes, however they came about. Gives back how many people there are.
    pub fn export(&self, path: &Path, kept: &Kept<'_>) -> Result<u64, LakeError> {
        let width = kept.width();
        let mut writer = RecordsWriter::create(path, width)?;
        let (mut waiting, mut rooms, mut people) = (Table::empty(width), <[Vec<u8>; 3]>::default(), 0);
        let [base_room, over_room, whole_room] = &mut rooms;
        for bucket in 0..self.base.len() {
            let mut all = table(&self.base.read(bucket, base_room)?, width);
            if let Some((over, whole)) = &self.beside {
                let over = table(&over.read(bucket, over_room)?, kept.moving_columns().len());
                put_in(&mut all, &over, kept.moving_columns().start);
                all = all.with(table(&whole.read(bucket, whole_room)?, width));
            }
            for (row, &id) in all.ids.iter().enumerate().filter(|(row, _)| all.columns[0][*row] == 1) {
                waiting.ids.push(id);
                waiting.columns.iter_mut().zip(&all.columns).for_each(|(waiting, own)| waiting.push(own[row]));
            }
            people += flush(&mut writer, &mut waiting, PEOPLE)?;
        }
        people += flush(&mut writer, &mut waiting, 1)?;
        // Numbers always have a JSON form.
        writer.finish(&serde_json::to_string(&self.sums).unwrap_or_default())?;
        Ok(people)
    }
}

/// Puts some columns of people who are there into a table, from a column on.
fn put_in(all: &mut Table, some: &Table, from: usize) {
    for (row, id) in some.ids.iter().enumerate() {
        if let Ok(place) = all.ids.binary_search(id) {
            for (column, values) in all.columns[from..].iter_mut().zip(&some.columns) {
                column[place] = values[row];
            }
        }
    }
}

/// Everybody of a bucket.
pub(super) fn table(block: &Block<'_>, width: usize) -> Table {
    let rows: Vec<u32> = (0..block.len() as u32).collect();
    let column = |column| {
        let mut values = Vec::with_capacity(rows.len());
        block.column(column, &rows, &mut values);
        values
    };
    Table { ids: block.ids(), columns: (0..width).map(column).collect() }
}

/// Writes buckets as long as there are so many people.
fn flush(writer: &mut RecordsWriter, waiting: &mut Table, least: usize) -> Result<u64, LakeError> {
    let mut written = 0;
    while waiting.ids.len() >= least {
        let count = waiting.ids.len().min(PEOPLE);
        let ids: Vec<u64> = waiting.ids.drain(..count).collect();
        let columns: Vec<Vec<i64>> = waiting.columns.iter_mut().map(|column| column.drain(..count).collect()).collect();
        writer.append(&Packed::new(&ids, &columns))?;
        written += count as u64;
    }
    Ok(written)
}
