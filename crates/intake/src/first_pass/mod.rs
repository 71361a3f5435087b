//! The first pass: every file once, rows to events in the spool, identities and codes to tables in memory.

mod cut_short;
mod header;
mod merge;
mod state;

pub(crate) use state::{FirstPass, SourceState};

use crate::error::LoadError;
use crate::fhir::{self, Item};
use crate::format::{ReaderKind, Role};
use crate::load::{Clock, shown};
use crate::map::{BlockOut, Bound, map_row};
use crate::options::{LoadOptions, SourceInput};
use crate::read::{Block, BlockReader, Opened, open};
use crate::spool::SpoolDir;
use csv::ByteRecord;
use rayon::prelude::*;
use std::path::Path;

/// Records of one batch that did not come from text blocks.
const RECORDS: usize = 4096;

/// Reads all sources: the lists of registered people first, then the others, each in their order.
pub(crate) fn read_all(
    options: &LoadOptions,
    spool: &SpoolDir,
    pool: &rayon::ThreadPool,
    clock: &Clock<'_>,
    trace: bool,
) -> Result<FirstPass, LoadError> {
    let mut pass = FirstPass::new(options, spool, trace)?;
    let mut order: Vec<(usize, &SourceInput)> = options.sources.iter().enumerate().collect();
    order.sort_by_key(|(_, source)| source.format.role() != Role::PersonList);
    for (number, source) in order {
        pass.begin_source(number);
        for path in &source.files {
            let name = shown(options, path);
            let mut reader =
                FileReader { options, source, number: number as u8, path, shown: &name, pool, clock, pass: &mut pass };
            reader.read()?;
        }
        pass.end_source(number, source)?;
    }
    Ok(pass)
}

struct FileReader<'a> {
    options: &'a LoadOptions,
    source: &'a SourceInput,
    number: u8,
    path: &'a Path,
    shown: &'a str,
    pool: &'a rayon::ThreadPool,
    clock: &'a Clock<'a>,
    pass: &'a mut FirstPass,
}

/// Work for one thread.
enum Work {
    Text(Block),
    Records(Vec<(u64, ByteRecord)>),
    /// A line that is no record: line, raw bytes, message.
    Broken(u64, Vec<u8>, String),
}

impl FileReader<'_> {
    fn read(&mut self) -> Result<(), LoadError> {
        self.pass.begin_file(self.number, self.shown);
        match (open(self.path, self.shown)?, self.source.format.reader) {
            (Opened::Parquet, _) => self.parquet()?,
            (Opened::Text(input), ReaderKind::Fhir) => self.fhir(input)?,
            (Opened::Text(input), ReaderKind::Csv) => self.csv(input)?,
        }
        self.pass.end_file(self.number);
        Ok(())
    }

    fn csv(&mut self, input: Box<dyn std::io::Read + Send>) -> Result<(), LoadError> {
        let format = &self.source.format;
        let mut blocks = BlockReader::new(input, self.shown, format.delimiter, format.quote);
        let Some(mut first) = blocks.next_block()? else {
            return Err(LoadError::file(
                self.shown,
                None,
                "holds no text",
                "the transfer failed; ask the partner to send it again",
            ));
        };
        let header = header::take(format, &mut first, self.shown)?;
        let (source, options, shown) = (self.source, self.options, self.shown);
        header::check(&source.format, &header, shown)?;
        let columns = header.len();
        cut_short::check(&first, &source.format, columns, shown)?;
        let bound = Bound::new(&source.format, header, options.as_of, self.number);
        self.pass.set_header(self.number, &bound);
        let threads = self.pool.current_num_threads();
        let next_batch = |blocks: &mut BlockReader<Box<dyn std::io::Read + Send>>| -> Result<Vec<Work>, LoadError> {
            let mut batch = Vec::new();
            while batch.len() < threads * 2 {
                let Some(block) = blocks.next_block()? else { break };
                cut_short::check(&block, &source.format, columns, shown)?;
                batch.push(Work::Text(block));
            }
            Ok(batch)
        };
        let mut batch = vec![Work::Text(first)];
        batch.extend(next_batch(&mut blocks)?);
        while !batch.is_empty() {
            // The next blocks are read and decompressed while these are parsed.
            let (outs, next) =
                self.pool.join(|| map_batch(&bound, std::mem::take(&mut batch)), || next_batch(&mut blocks));
            self.merge(outs)?;
            batch = next?;
        }
        if self.pass.file_rows(self.number) == 0 && !source.format.may_be_empty {
            let advice =
                "an extract without rows is not loaded in place of one with rows; ask the partner to send it again";
            return Err(LoadError::file(self.shown, Some(1), "holds a header and no rows", advice));
        }
        Ok(())
    }

    fn parquet(&mut self) -> Result<(), LoadError> {
        let shown = self.shown;
        let threads = self.pool.current_num_threads();
        let header = std::cell::RefCell::new(Vec::new());
        let (mut failure, mut batch, mut records, mut row) = (None, Vec::new(), Vec::new(), 0);
        let path = self.path;
        let read = lake::input::read_parquet_strings(
            path,
            |names| *header.borrow_mut() = names.to_vec(),
            |fields| {
                // The reader cannot be stopped from here; after a failure the rest is passed over.
                if failure.is_some() {
                    return;
                }
                row += 1;
                records.push((row, ByteRecord::from(fields.to_vec())));
                if records.len() >= RECORDS {
                    batch.push(Work::Records(std::mem::take(&mut records)));
                }
                if batch.len() >= threads * 2 {
                    failure = self.map_records(&header.borrow(), std::mem::take(&mut batch)).err();
                }
            },
        );
        read.map_err(|e| LoadError::file(shown, None, e.to_string(), "ask the partner to send it again"))?;
        if let Some(error) = failure {
            return Err(error);
        }
        batch.push(Work::Records(records));
        self.map_records(&header.borrow(), batch)
    }

    fn map_records(&mut self, header: &[String], batch: Vec<Work>) -> Result<(), LoadError> {
        let format = &self.source.format;
        header::check(format, header, self.shown)?;
        let bound = Bound::new(format, header.to_vec(), self.options.as_of, self.number);
        self.pass.set_header(self.number, &bound);
        let outs = self.pool.install(|| map_batch(&bound, batch));
        self.merge(outs)
    }

    fn fhir(&mut self, input: Box<dyn std::io::Read + Send>) -> Result<(), LoadError> {
        let header: Vec<String> = fhir::COLUMNS.map(str::to_owned).to_vec();
        let source = self.source;
        let bound = Bound::new(&source.format, header, self.options.as_of, self.number);
        self.pass.set_header(self.number, &bound);
        let limit = self.pool.current_num_threads() * 2;
        let (mut batch, mut records) = (Vec::new(), Vec::new());
        let shown = self.shown;
        fhir::read(input, shown, &mut |item| {
            match item {
                Item::Row { line, fields } => records.push((line, ByteRecord::from(fields))),
                Item::Broken { line, raw, message } => batch.push(Work::Broken(line, raw, message)),
            }
            if records.len() >= RECORDS {
                batch.push(Work::Records(std::mem::take(&mut records)));
            }
            if batch.len() < limit {
                return Ok(());
            }
            let outs = self.pool.install(|| map_batch(&bound, std::mem::take(&mut batch)));
            self.merge(outs)
        })?;
        batch.push(Work::Records(records));
        let outs = self.pool.install(|| map_batch(&bound, batch));
        self.merge(outs)
    }

    fn merge(&mut self, outs: Vec<BlockOut>) -> Result<(), LoadError> {
        for out in outs {
            self.pass.merge(self.number, self.shown, out)?;
        }
        self.clock.progress.advance(self.pass.bytes_done);
        Ok(())
    }
}

fn map_batch(bound: &Bound<'_>, batch: Vec<Work>) -> Vec<BlockOut> {
    batch.into_par_iter().map(|work| map_work(bound, work)).collect()
}

fn map_work(bound: &Bound<'_>, work: Work) -> BlockOut {
    let mut out = BlockOut::new(bound.header.len());
    match work {
        Work::Broken(line, raw, message) => out.refuse(line, &raw, "not_json", message),
        Work::Records(records) => {
            for (line, mut record) in records {
                let mut position = csv::Position::new();
                position.set_line(line);
                record.set_position(Some(position));
                map_row(bound, &record, line, &mut out);
            }
        }
        Work::Text(block) => map_text(bound, &block, &mut out),
    }
    out
}

fn map_text(bound: &Bound<'_>, block: &Block, out: &mut BlockOut) {
    out.bytes = block.bytes.len() as u64;
    if block.broken {
        let message = "has a quote that opens and does not close".to_owned();
        return out.refuse(block.first_line, &block.bytes, "open_quote", message);
    }
    let format = bound.format;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(format.delimiter)
        .quote(format.quote)
        .from_reader(block.bytes.as_slice());
    let mut record = ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => return,
            Ok(true) => {
                let line = block.first_line + line_in_block(&block.bytes, record.position());
                let mut position = csv::Position::new();
                position.set_line(line);
                record.set_position(Some(position));
                map_row(bound, &record, line, out);
            }
            Err(error) => {
                // Reading from memory with any number of columns cannot fail; were it to, the rest of the block is refused.
                out.refuse(block.first_line, &[], "not_delimited", format!("cannot be read: {error}"));
                return;
            }
        }
    }
}

/// How many lines of the block lie before a record. The reader notes where it began to look for the record, which may be before
/// the line feed of a Windows line end and before empty lines.
fn line_in_block(bytes: &[u8], position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(bytes.len());
    let skipped = bytes[from..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|&&b| b == b'\n').count();
    position.line() - 1 + skipped as u64
}
