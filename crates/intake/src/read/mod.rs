//! Opening what partners send: plain or gzip, CSV, Parquet or FHIR, recognised by the first bytes.

mod blocks;

pub(crate) use blocks::{Block, BlockReader};

use crate::LoadError;
use crate::hash::Hasher;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// A file that is open.
pub(crate) enum Opened {
    /// Text, decompressed.
    Text(Box<dyn Read + Send>),
    /// Parquet, which is read by the lake's reader from its path.
    Parquet,
}

/// A file's size and content hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) bytes: u64,
    pub(crate) hash: u64,
}

/// Checks that the file is there and hashes its content.
pub(crate) fn fingerprint(path: &Path, shown: &str) -> Result<Fingerprint, LoadError> {
    let mut file = open_file(path, shown)?;
    let mut buffer = vec![0; 1 << 20];
    let (mut bytes, mut hasher) = (0, Hasher::new(1));
    loop {
        let read = fill(&mut file, &mut buffer).map_err(|e| unreadable(shown, None, &e))?;
        hasher = hasher.bytes(&buffer[..read]);
        bytes += read as u64;
        if read < buffer.len() {
            return Ok(Fingerprint { bytes, hash: hasher.finish() });
        }
    }
}

fn open_file(path: &Path, shown: &str) -> Result<File, LoadError> {
    let refuse = |what: String, advice: &str| Err(LoadError::file(shown, None, what, advice));
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            refuse("there is no such file".to_owned(), "check the name in place.toml or ask the partner for the file")
        }
        Err(error) => refuse(format!("cannot be opened ({error})"), "check the file's permissions"),
        Ok(found) if found.is_dir() => refuse("is a folder".to_owned(), "name the files in it in place.toml"),
        Ok(found) if found.len() == 0 => {
            refuse("is empty (0 bytes)".to_owned(), "the transfer failed; ask the partner to send it again")
        }
        Ok(_) => File::open(path)
            .or_else(|error| refuse(format!("cannot be opened ({error})"), "check the file's permissions")),
    }
}

/// Opens a file and looks at its first bytes.
pub(crate) fn open(path: &Path, shown: &str) -> Result<Opened, LoadError> {
    let mut file = open_file(path, shown)?;
    let mut magic = [0; 4];
    let read = fill(&mut file, &mut magic).map_err(|e| unreadable(shown, None, &e))?;
    file.seek(SeekFrom::Start(0)).map_err(|e| unreadable(shown, None, &e))?;
    match &magic[..read] {
        b"PAR1" => Ok(Opened::Parquet),
        [0x1f, 0x8b, ..] => {
            let plain = flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(1 << 18, file));
            Ok(Opened::Text(Box::new(plain)))
        }
        b"PK\x03\x04" => Err(LoadError::file(shown, None, "is a zip archive", "unpack it and name the files inside")),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Err(LoadError::file(shown, Some(1), "is encoded in UTF-16", "export it again as UTF-8 or Windows-1252"))
        }
        _ => Ok(Opened::Text(Box::new(file))),
    }
}

/// Reads until the buffer is full or the input ends.
pub(crate) fn fill(input: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The message for a file whose reading broke off.
pub(crate) fn unreadable(shown: &str, line: Option<u64>, error: &std::io::Error) -> LoadError {
    use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    match error.kind() {
        UnexpectedEof => LoadError::file(
            shown,
            line,
            "the gzip file is cut short",
            "the transfer failed; ask the partner to send it again",
        ),
        InvalidData | InvalidInput => LoadError::file(
            shown,
            line,
            format!("the gzip file is damaged ({error})"),
            "ask the partner to send it again",
        ),
        _ => LoadError::file(
            shown,
            line,
            format!("cannot be read ({error})"),
            "check the disk and the file's permissions",
        ),
    }
}
