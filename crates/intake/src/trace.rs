//! Which row went to which person, for those who ask.

use crate::assign::Assigned;
use crate::error::LoadError;
use crate::quality::SourceQuality;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Bytes of one row in the temporary file: source, file, line, identity.
const SIZE: usize = 17;

/// Rows with their identities, on disk until the people are known.
pub(crate) struct Trace {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Trace {
    pub(crate) fn create(path: PathBuf) -> Result<Self, LoadError> {
        let file = File::create(&path).map_err(|e| LoadError::write(&path, e))?;
        Ok(Self { path, file: BufWriter::new(file) })
    }

    pub(crate) fn push(&mut self, source: u8, file: u32, line: u64, identity: u32) -> Result<(), LoadError> {
        let mut bytes = [source; SIZE];
        bytes[1..5].copy_from_slice(&file.to_le_bytes());
        bytes[5..13].copy_from_slice(&line.to_le_bytes());
        bytes[13..17].copy_from_slice(&identity.to_le_bytes());
        self.file.write_all(&bytes).map_err(|e| LoadError::write(&self.path, e))
    }

    /// Writes the rows with their people as CSV.
    pub(crate) fn write(mut self, to: &Path, sources: &[SourceQuality], assigned: &Assigned) -> Result<(), LoadError> {
        self.file.flush().map_err(|e| LoadError::write(&self.path, e))?;
        let mut input = BufReader::new(File::open(&self.path).map_err(|e| LoadError::write(&self.path, e))?);
        let mut out = csv::Writer::from_path(to).map_err(|e| LoadError::write(to, e.into()))?;
        out.write_record(["source", "file", "line", "person"]).map_err(|e| LoadError::write(to, e.into()))?;
        let mut bytes = [0; SIZE];
        while input.read_exact(&mut bytes).is_ok() {
            let four = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            let line = u64::from(four(5)) | u64::from(four(9)) << 32;
            let source = &sources[usize::from(bytes[0])];
            let file = source.files.get(four(1) as usize).map_or("", String::as_str);
            let person = assigned.ids[assigned.person_of[four(13) as usize] as usize];
            let fields = [source.id.as_str(), file, &line.to_string(), &person.to_string()];
            out.write_record(fields).map_err(|e| LoadError::write(to, e.into()))?;
        }
        out.flush().map_err(|e| LoadError::write(to, e))
    }
}
