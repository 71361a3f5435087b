//! What a scan would read: columns with their bytes on disk, row groups, rows. Only the ends of the files are looked at.

use crate::{Columns, LakeError, Snapshot};

/// One column of the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredColumn {
    /// `person` or `event`.
    pub table: &'static str,
    /// Its name.
    pub name: String,
    /// Bytes on disk, compressed, over all buckets.
    pub bytes: u64,
    /// Whether the scan reads it.
    pub is_read: bool,
}

/// What a scan of some columns reads of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// Every column of people, then of events.
    pub columns: Vec<StoredColumn>,
    /// Buckets, all of which a scan opens.
    pub buckets: u64,
    /// Row groups of events, all of which a scan reads: people are in no order that a date or a code could skip by.
    pub row_groups: u64,
    /// Rows of events.
    pub rows: u64,
    /// People.
    pub people: u64,
}

impl Storage {
    /// Bytes that are read.
    pub fn bytes_read(&self) -> u64 {
        self.columns.iter().filter(|c| c.is_read).map(|c| c.bytes).sum()
    }

    /// Bytes of every column.
    pub fn bytes(&self) -> u64 {
        self.columns.iter().map(|c| c.bytes).sum()
    }
}

impl Snapshot {
    /// What a scan of these columns would read.
    pub fn storage(&self, columns: Columns) -> Result<Storage, LakeError> {
        let (person, event) = columns.names();
        let mut storage = Storage {
            columns: Vec::new(),
            buckets: self.manifest().buckets.len() as u64,
            row_groups: 0,
            rows: self.manifest().events,
            people: u64::from(self.manifest().people),
        };
        for bucket in 0..self.manifest().buckets.len() as u32 {
            let (people, _) = self.people_file("person", bucket)?;
            let events = self.event_file(bucket)?;
            storage.row_groups += events.groups().len() as u64;
            for (table, sizes, read) in [("person", people.sizes(), &person), ("event", events.sizes(), &event)] {
                for (name, bytes) in sizes {
                    storage.add(table, name, bytes, read);
                }
            }
        }
        storage.columns.sort_by_key(|column| std::cmp::Reverse(column.table));
        Ok(storage)
    }
}

impl Storage {
    fn add(&mut self, table: &'static str, name: String, bytes: u64, read: &[&str]) {
        if let Some(column) = self.columns.iter_mut().find(|c| c.table == table && c.name == name) {
            column.bytes += bytes;
            return;
        }
        let is_read = read.contains(&name.as_str());
        self.columns.push(StoredColumn { table, name, bytes, is_read });
    }
}
