//! Packed rows on disk: buckets one after the other, then what is known of each, a note and a check of both.

use super::{Block, Field, Header, Packed};
use crate::{LakeError, layout};
use std::fs::File;
use std::hash::Hasher as _;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Begins and ends a file; the digit is the version.
const MAGIC: &[u8; 8] = b"VGKEPT1\n";
/// Length of the footer, its check, and the ending.
const TAIL: u64 = 24;

/// Writes packed rows. Dropping it without [`RecordsWriter::finish`] leaves what stood under the name before.
#[derive(Debug)]
pub struct RecordsWriter {
    path: PathBuf,
    writing: PathBuf,
    out: BufWriter<File>,
    at: u64,
    columns: usize,
    headers: Vec<Header>,
}

impl RecordsWriter {
    /// Starts a file of rows with so many columns.
    pub fn create(path: &Path, columns: usize) -> Result<Self, LakeError> {
        let mut writing = path.as_os_str().to_owned();
        writing.push(".writing");
        let writing = PathBuf::from(writing);
        let file = File::create(&writing).map_err(|e| LakeError::io("create", &writing, e))?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        out.write_all(MAGIC).map_err(|e| LakeError::io("write", &writing, e))?;
        Ok(Self { path: path.to_owned(), writing, out, at: MAGIC.len() as u64, columns, headers: Vec::new() })
    }

    /// Appends a bucket.
    pub fn append(&mut self, bucket: &Packed) -> Result<(), LakeError> {
        self.append_block(&bucket.block())
    }

    /// Appends a bucket as it was read.
    pub fn append_block(&mut self, bucket: &Block<'_>) -> Result<(), LakeError> {
        if bucket.header.fields.len() != self.columns {
            return Err(LakeError::Refused("rows with another number of columns than the file's".to_owned()));
        }
        self.out.write_all(bucket.bytes).map_err(|e| LakeError::io("write", &self.writing, e))?;
        let bytes = bucket.bytes.len() as u64;
        self.headers.push(Header { offset: self.at, bytes, ..bucket.header.clone() });
        self.at += bytes;
        Ok(())
    }

    /// Ends the file with a note, and puts it on disk under its name.
    pub fn finish(mut self, note: &str) -> Result<(), LakeError> {
        let footer = footer(&self.headers, self.columns, note);
        let mut end = footer.clone();
        end.extend((footer.len() as u64).to_le_bytes());
        end.extend(check(&footer).to_le_bytes());
        end.extend(MAGIC);
        let put = |out: &mut BufWriter<File>| {
            out.write_all(&end)?;
            out.flush()?;
            out.get_ref().sync_all()
        };
        put(&mut self.out).map_err(|e| LakeError::io("write", &self.writing, e))?;
        std::fs::rename(&self.writing, &self.path).map_err(|e| LakeError::io("write", &self.path, e))?;
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => layout::sync_folder(folder),
            _ => Ok(()),
        }
    }
}

impl Drop for RecordsWriter {
    fn drop(&mut self) {
        // After `finish` the file bears its real name, and there is nothing to remove.
        let _ = std::fs::remove_file(&self.writing);
    }
}

fn check(footer: &[u8]) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(footer);
    hasher.finish()
}

fn footer(headers: &[Header], columns: usize, note: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut put = |number: u64| out.extend(number.to_le_bytes());
    put(headers.len() as u64);
    put(columns as u64);
    for header in headers {
        let words = [header.offset, header.bytes, u64::from(header.rows), header.first, header.last];
        words.into_iter().for_each(&mut put);
        put(u64::from(header.stride) << 32 | u64::from(header.id_bits));
        for field in &header.fields {
            put(field.base as u64);
            put(u64::from(field.at) << 32 | u64::from(field.bits) << 1 | u64::from(field.optional));
        }
    }
    out.extend(note.as_bytes());
    out
}

/// Packed rows, opened for reading.
#[derive(Debug)]
pub struct Records {
    path: PathBuf,
    file: Mutex<File>,
    headers: Vec<Header>,
    note: String,
}

impl Records {
    /// Opens a file of packed rows. A file that is cut short or has another footer than was written is refused.
    pub fn open(path: &Path) -> Result<Self, LakeError> {
        let mut file = File::open(path).map_err(|e| LakeError::io("read", path, e))?;
        let io = |e| LakeError::io("read", path, e);
        let damaged = |why: &str| LakeError::damaged(path, why);
        let length = file.metadata().map_err(io)?.len();
        let mut tail = [0; TAIL as usize];
        file.seek(SeekFrom::Start(length.checked_sub(TAIL).ok_or_else(|| damaged("it is too short"))?)).map_err(io)?;
        file.read_exact(&mut tail).map_err(io)?;
        let word = |at: usize| tail[at..at + 8].try_into().map_or(0, u64::from_le_bytes);
        let start = (length - TAIL).checked_sub(word(0)).filter(|_| tail[16..] == *MAGIC);
        let start = start.ok_or_else(|| damaged("its end is not that of a file of kept rows of this version"))?;
        let mut footer = vec![0; usize::try_from(word(0)).map_err(|_| damaged("its footer is too long"))?];
        file.seek(SeekFrom::Start(start)).map_err(io)?;
        file.read_exact(&mut footer).map_err(io)?;
        if check(&footer) != word(8) {
            return Err(damaged("its footer is not the one that was written"));
        }
        let (headers, note) = parse(&footer).ok_or_else(|| damaged("its footer cannot be read"))?;
        if headers.iter().any(|h| h.offset.checked_add(h.bytes).is_none_or(|end| end > start)) {
            return Err(damaged("a bucket lies outside it"));
        }
        Ok(Self { path: path.to_owned(), file: Mutex::new(file), headers, note })
    }

    /// What was noted at the end.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// How many buckets.
    pub fn len(&self) -> usize {
        self.headers.len()
    }

    /// Whether there are no buckets.
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty()
    }

    /// How many people a bucket has.
    pub fn rows(&self, bucket: usize) -> usize {
        self.headers.get(bucket).map_or(0, |h| h.rows as usize)
    }

    /// The first identifier of a bucket; `None` where nobody is in it.
    pub fn first_id(&self, bucket: usize) -> Option<u64> {
        self.headers.get(bucket).filter(|h| h.rows > 0).map(|h| h.first)
    }

    /// Reads a bucket into a room that an earlier one may have used.
    pub fn read<'a>(&'a self, bucket: usize, room: &'a mut Vec<u8>) -> Result<Block<'a>, LakeError> {
        let missing = || LakeError::NotThere(format!("bucket {bucket} is not in {}", self.path.display()));
        let header = self.headers.get(bucket).ok_or_else(missing)?;
        room.resize(usize::try_from(header.bytes).map_err(|_| missing())?, 0);
        // A bucket is read at once, so whoever waits here waits for a copy from memory.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut read = || {
            file.seek(SeekFrom::Start(header.offset))?;
            file.read_exact(room)
        };
        read().map_err(|e| LakeError::io("read", &self.path, e))?;
        Ok(Block { header, bytes: room })
    }
}

fn parse(footer: &[u8]) -> Option<(Vec<Header>, String)> {
    let mut words = footer.chunks_exact(8).map(|word| word.try_into().map_or(0, u64::from_le_bytes));
    let (buckets, columns) = (words.next()?, usize::try_from(words.next()?).ok()?);
    let mut headers = Vec::new();
    for _ in 0..buckets {
        let (offset, bytes, rows) = (words.next()?, words.next()?, u32::try_from(words.next()?).ok()?);
        let (first, last, sizes) = (words.next()?, words.next()?, words.next()?);
        let mut fields = Vec::new();
        for _ in 0..columns {
            let (base, word) = (words.next()? as i64, words.next()?);
            let (at, bits) = ((word >> 32) as u32, (word as u32) >> 1);
            fields.push(Field { base, optional: word & 1 == 1, bits, at });
        }
        let (stride, id_bits) = ((sizes >> 32) as u32, sizes as u32);
        headers.push(Header { offset, bytes, rows, first, last, stride, id_bits, fields });
    }
    let used = 16 + headers.len() * (48 + 16 * columns);
    Some((headers, String::from_utf8(footer.get(used..)?.to_vec()).ok()?))
}
