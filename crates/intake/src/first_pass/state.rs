//! What the first pass knows of all sources so far.

use super::header::is_ignored;
use crate::error::LoadError;
use crate::format::SourceFormat;
use crate::hash::ReadySet;
use crate::identity::Identities;
use crate::map::{Bound, Registration};
use crate::options::{LoadOptions, SourceInput};
use crate::quality::{ColumnQuality, SourceQuality, WarningCount};
use crate::reference::References;
use crate::spool::{SpoolDir, SpoolWriter};
use crate::tally::Tally;
use crate::trace::Trace;
use lake::{DictionaryBuilder, QuarantineRow};
use nhs::OdsCode;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

/// Everything the first pass made.
pub(crate) struct FirstPass {
    pub(crate) identities: Identities,
    pub(crate) dictionary: DictionaryBuilder,
    pub(crate) references: References,
    pub(crate) spool: SpoolWriter,
    pub(crate) quarantine: csv::Writer<BufWriter<File>>,
    pub(crate) quarantine_path: PathBuf,
    /// Identity and registration.
    pub(crate) registrations: Vec<(u32, Registration)>,
    /// Identity and day.
    pub(crate) deaths: Vec<(u32, i32)>,
    /// Identity, first day, last day or `NO_DAY`, dictionary number of the home.
    pub(crate) stays: Vec<(u32, i32, i32, u32)>,
    pub(crate) sources: Vec<SourceState>,
    pub(crate) trace: Option<Trace>,
    pub(crate) bytes_done: u64,
    /// One bit for each list of registered people.
    pub(super) lists: u32,
}

/// What is known of one source.
#[derive(Default)]
pub(crate) struct SourceState {
    pub(crate) quality: SourceQuality,
    /// The tally of the file being read.
    pub(super) tally: Tally,
    /// The header of the file being read.
    pub(super) header: Vec<String>,
    pub(super) file_rows: u64,
    pub(super) seen: ReadySet,
    pub(super) reasons: BTreeMap<(String, &'static str), crate::tally::Seen>,
    warnings: BTreeMap<(String, &'static str), WarningCount>,
    /// Events by month number.
    pub(crate) months: BTreeMap<i32, u64>,
    pub(crate) latest: Option<i32>,
    pub(crate) practices: BTreeMap<OdsCode, u64>,
    pub(crate) providers: BTreeMap<OdsCode, u64>,
}

impl FirstPass {
    pub(super) fn new(options: &LoadOptions, spool: &SpoolDir, trace: bool) -> Result<Self, LoadError> {
        let quarantine_path = spool.file("quarantine.csv");
        let file = File::create(&quarantine_path).map_err(|e| LoadError::write(&quarantine_path, e))?;
        let sources = options.sources.iter().map(|source| SourceState {
            quality: SourceQuality {
                id: source.id.clone(),
                format: source.format.name().to_owned(),
                title: source.format.title().to_owned(),
                ..SourceQuality::default()
            },
            ..SourceState::default()
        });
        Ok(Self {
            identities: Identities::default(),
            dictionary: DictionaryBuilder::new(),
            references: References::default(),
            spool: SpoolWriter::create(spool.file("events"), 1 << 20)?,
            quarantine: csv::WriterBuilder::new().has_headers(false).from_writer(BufWriter::new(file)),
            quarantine_path,
            registrations: Vec::new(),
            deaths: Vec::new(),
            stays: Vec::new(),
            sources: sources.collect(),
            trace: trace.then(|| Trace::create(spool.file("trace"))).transpose()?,
            bytes_done: 0,
            lists: crate::finish::person_lists(options),
        })
    }

    pub(super) fn begin_source(&mut self, number: usize) {
        self.sources[number].seen = ReadySet::default();
    }

    pub(super) fn begin_file(&mut self, number: u8, shown: &str) {
        let source = &mut self.sources[usize::from(number)];
        source.quality.files.push(shown.to_owned());
        source.tally = Tally::default();
        source.header.clear();
        source.file_rows = 0;
    }

    pub(super) fn file_rows(&self, number: u8) -> u64 {
        self.sources[usize::from(number)].file_rows
    }

    /// Notes the columns of a file, once a file.
    pub(super) fn set_header(&mut self, number: u8, bound: &Bound<'_>) {
        let source = &mut self.sources[usize::from(number)];
        if !source.header.is_empty() {
            return;
        }
        source.header.clone_from(&bound.header);
        source.tally = Tally::new(bound.header.len());
        for (place, name) in bound.header.iter().enumerate() {
            let used = bound.is_used(place);
            if !source.quality.columns.iter().any(|column| column.name == *name) {
                source.quality.columns.push(ColumnQuality { name: name.clone(), used, ..ColumnQuality::default() });
            }
            if !used && !is_ignored(bound.format, name) && !source.quality.unknown_columns.contains(name) {
                source.quality.unknown_columns.push(name.clone());
            }
        }
    }

    /// Adds the counts of a finished file to its source.
    pub(super) fn end_file(&mut self, number: u8) {
        let source = &mut self.sources[usize::from(number)];
        let tally = std::mem::take(&mut source.tally);
        let file = source.quality.files.last().cloned().unwrap_or_default();
        // Files of one source may order their columns differently, so columns are found by their name.
        let names = std::mem::take(&mut source.header);
        for (name, counts) in names.iter().zip(&tally.columns) {
            if let Some(column) = source.quality.columns.iter_mut().find(|column| column.name == *name) {
                column.filled += counts.filled;
                column.invalid += counts.invalid;
                column.not_known += counts.not_known;
                column.rows += source.file_rows;
            }
        }
        for ((column, reason), seen) in tally.warnings {
            let name = names.get(usize::from(column)).cloned().unwrap_or_default();
            let own = source.warnings.entry((name.clone(), reason)).or_insert_with(|| WarningCount {
                column: name,
                reason: reason.to_owned(),
                values: 0,
                first: format!("{file} line {}", seen.first),
                shape: seen.shape.clone(),
            });
            own.values += seen.count;
        }
        for (code, count) in tally.practices {
            *source.practices.entry(code).or_default() += count;
        }
        for (code, count) in tally.providers {
            *source.providers.entry(code).or_default() += count;
        }
    }

    /// Closes a source: checks that its counts add up and frees what only reading needed.
    pub(super) fn end_source(&mut self, number: usize, input: &SourceInput) -> Result<(), LoadError> {
        let source = &mut self.sources[number];
        source.seen = ReadySet::default();
        let quality = &mut source.quality;
        if quality.rows_loaded + quality.rows_quarantined + quality.rows_duplicate != quality.rows_read {
            let what = format!(
                "the counts of source \"{}\" do not add up, which is an error in Vanguard; report it",
                quality.id
            );
            return Err(LoadError::Options(what));
        }
        quality.absent_columns = absent(&input.format, &quality.columns);
        let mut warnings: Vec<WarningCount> = std::mem::take(&mut source.warnings).into_values().collect();
        warnings
            .sort_by(|a, b| b.values.cmp(&a.values).then_with(|| (&a.column, &a.reason).cmp(&(&b.column, &b.reason))));
        quality.warnings = warnings;
        let reasons = std::mem::take(&mut source.reasons).into_iter();
        let mut reasons: Vec<crate::QuarantineReason> = reasons
            .map(|((column, reason), seen)| crate::QuarantineReason {
                column,
                reason: reason.to_owned(),
                rows: seen.count,
                first: seen.first,
                shape: seen.shape,
            })
            .collect();
        reasons.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| (&a.column, &a.reason).cmp(&(&b.column, &b.reason))));
        quality.quarantine = reasons;
        Ok(())
    }

    /// Puts a row aside.
    pub(super) fn put_aside(&mut self, row: &QuarantineRow) -> Result<(), LoadError> {
        let fields = [
            &row.source.to_string(),
            &row.file,
            &row.line.to_string(),
            &row.column,
            &row.reason,
            &row.message,
            &row.shape,
        ];
        self.quarantine
            .write_record(fields.map(String::as_bytes))
            .map_err(|e| LoadError::write(&self.quarantine_path, e.into()))
    }
}

/// Columns the format reads and no file of the source had.
fn absent(format: &SourceFormat, columns: &[ColumnQuality]) -> Vec<String> {
    let has = |name: &String| columns.iter().any(|column| column.name.trim().eq_ignore_ascii_case(name));
    let absent = format.columns.iter().filter(|spec| !spec.names.iter().any(has));
    absent.filter_map(|spec| spec.names.first().cloned()).collect()
}
