//! Events as fixed-size records in temporary files, between the two passes of a load.

use crate::LoadError;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// No day.
pub(crate) const NO_DAY: i32 = i32::MIN;
/// No amount.
pub(crate) const NO_NUMBER: i64 = i64::MIN;
/// Bytes of one event on disk.
pub(crate) const SIZE: usize = 56;

/// One event. `person` is an identity in the first pass and a person in the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SpoolEvent {
    pub(crate) person: u32,
    pub(crate) date: i32,
    pub(crate) kind: u8,
    pub(crate) source: u8,
    /// Place of the episode in its spell.
    pub(crate) order: u16,
    pub(crate) end: i32,
    pub(crate) method: u8,
    pub(crate) status: u8,
    /// Whether events with the same link are one event.
    pub(crate) join: bool,
    pub(crate) code: u32,
    pub(crate) provider: u32,
    pub(crate) detail: u32,
    pub(crate) link: u64,
    pub(crate) value: i64,
    pub(crate) cost: i64,
}

impl SpoolEvent {
    pub(crate) fn to_bytes(self) -> [u8; SIZE] {
        let mut out = [0; SIZE];
        out[0..4].copy_from_slice(&self.person.to_le_bytes());
        out[4..8].copy_from_slice(&self.date.to_le_bytes());
        out[8..12].copy_from_slice(&self.end.to_le_bytes());
        out[12..16].copy_from_slice(&self.code.to_le_bytes());
        out[16..20].copy_from_slice(&self.provider.to_le_bytes());
        out[20..24].copy_from_slice(&self.detail.to_le_bytes());
        out[24..32].copy_from_slice(&self.link.to_le_bytes());
        out[32..40].copy_from_slice(&self.value.to_le_bytes());
        out[40..48].copy_from_slice(&self.cost.to_le_bytes());
        out[48..50].copy_from_slice(&self.order.to_le_bytes());
        out[50..55].copy_from_slice(&[self.kind, self.source, self.method, self.status, u8::from(self.join)]);
        out
    }

    pub(crate) fn from_bytes(bytes: &[u8; SIZE]) -> Self {
        let four = |at: usize| [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        let eight = |at: usize| {
            let mut out = [0; 8];
            out.copy_from_slice(&bytes[at..at + 8]);
            out
        };
        Self {
            person: u32::from_le_bytes(four(0)),
            date: i32::from_le_bytes(four(4)),
            end: i32::from_le_bytes(four(8)),
            code: u32::from_le_bytes(four(12)),
            provider: u32::from_le_bytes(four(16)),
            detail: u32::from_le_bytes(four(20)),
            link: u64::from_le_bytes(eight(24)),
            value: i64::from_le_bytes(eight(32)),
            cost: i64::from_le_bytes(eight(40)),
            order: u16::from_le_bytes([bytes[48], bytes[49]]),
            kind: bytes[50],
            source: bytes[51],
            method: bytes[52],
            status: bytes[53],
            join: bytes[54] != 0,
        }
    }
}

/// The folder of a load's temporary files; removed when dropped, whatever happens.
pub(crate) struct SpoolDir {
    path: PathBuf,
    /// Held until the load ends, so that two loads never share the folder.
    _lock: File,
}

impl SpoolDir {
    /// Makes an empty folder beside the snapshots. What a crashed load left behind is removed.
    pub(crate) fn create(lake_dir: &Path) -> Result<Self, LoadError> {
        let locked = lake_dir.join(".spool.lock");
        let lock = File::create(&locked).map_err(|e| LoadError::write(&locked, e))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(LoadError::Busy),
            Err(std::fs::TryLockError::Error(e)) => return Err(LoadError::write(&locked, e)),
        }
        let path = lake_dir.join(".spool");
        if path.exists() {
            std::fs::remove_dir_all(&path).map_err(|e| LoadError::write(&path, e))?;
        }
        std::fs::create_dir_all(&path).map_err(|e| LoadError::write(&path, e))?;
        Ok(Self { path, _lock: lock })
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for SpoolDir {
    fn drop(&mut self) {
        // A folder that cannot be removed now is removed by the next load.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Writes events to one file.
pub(crate) struct SpoolWriter {
    path: PathBuf,
    file: BufWriter<File>,
    pub(crate) events: u64,
}

impl SpoolWriter {
    pub(crate) fn create(path: PathBuf, buffer: usize) -> Result<Self, LoadError> {
        let file = File::create(&path).map_err(|e| LoadError::write(&path, e))?;
        Ok(Self { path, file: BufWriter::with_capacity(buffer, file), events: 0 })
    }

    pub(crate) fn push(&mut self, event: SpoolEvent) -> Result<(), LoadError> {
        self.events += 1;
        self.file.write_all(&event.to_bytes()).map_err(|e| LoadError::write(&self.path, e))
    }

    pub(crate) fn finish(mut self) -> Result<PathBuf, LoadError> {
        self.file.flush().map_err(|e| LoadError::write(&self.path, e))?;
        Ok(self.path)
    }
}

/// Hands every event of a file to `take`.
pub(crate) fn read_events(
    path: &Path,
    mut take: impl FnMut(SpoolEvent) -> Result<(), LoadError>,
) -> Result<(), LoadError> {
    let file = File::open(path).map_err(|e| LoadError::write(path, e))?;
    let mut input = BufReader::with_capacity(SIZE * 8192, file);
    let mut bytes = [0; SIZE];
    loop {
        match input.read_exact(&mut bytes) {
            Ok(()) => take(SpoolEvent::from_bytes(&bytes))?,
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(LoadError::write(path, error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_as_it_went() {
        let event = SpoolEvent {
            person: 7,
            date: -3,
            end: NO_DAY,
            kind: 2,
            method: 3,
            status: 4,
            source: 5,
            order: 300,
            join: true,
            code: 9,
            provider: 10,
            detail: 11,
            link: u64::MAX - 1,
            value: NO_NUMBER,
            cost: -12,
        };
        assert_eq!(SpoolEvent::from_bytes(&event.to_bytes()), event);
    }
}
