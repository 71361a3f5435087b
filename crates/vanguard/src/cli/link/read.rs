//! Files of records, as the model reads them.

use super::csv_file;
use super::manifest;
use super::texts::Texts;
use anyhow::{Context as _, bail};
use linkage::{Field, Known as KnownTexts, Layout, Model, Reading, Records};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// Columns the command line names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub id: Option<&'a str>,
    pub truth: Option<&'a str>,
    /// Columns to group by; a file may lack them.
    pub by: &'a [String],
}

/// All records of the files, and what was found on the way.
#[derive(Debug, Default)]
pub struct Input {
    pub records: Records,
    pub ids: Texts,
    /// The true person of each record; empty text where the file does not say. `None` where no column was asked for.
    pub truth: Option<Texts>,
    /// For each column to group by its texts; empty where a file lacks it.
    pub by: Vec<Texts>,
    /// Numbers that rows say were replaced.
    pub superseded: Vec<(u64, u64)>,
    /// What the first encoded row says of its encoding, and its file.
    encoding: Option<(String, PathBuf)>,
    sources: Vec<String>,
    files: Vec<FileNotes>,
}

#[derive(Debug, Default)]
struct FileNotes {
    name: String,
    rows: u64,
    /// Fields the file has, with the columns' names.
    fields: Vec<(Field, String)>,
    /// Fields the model looks at and the file has no column for.
    missing: Vec<Field>,
    reading: Reading,
    /// Whether places in it are lines of text.
    has_lines: bool,
    not_utf8: Found,
    uneven: Found,
    bad_numbers: Found,
    bad_births: Found,
    bad_codes: Found,
}

/// Rows of one kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found {
    rows: u64,
    /// The line of the first in its file; the row, counted from 1, where the file has no lines.
    first: u64,
}

impl Found {
    /// Counts rows which were found up to a line.
    pub fn at(&mut self, rows: u64, line: u64) {
        if rows > 0 && self.rows == 0 {
            self.first = line;
        }
        self.rows += rows;
    }
}

/// Most different sources, which are kept as one byte.
const MOST_SOURCES: usize = 256;

impl Input {
    /// Reads the files in order.
    pub fn read(files: &[PathBuf], model: &Model, wanted: Wanted<'_>) -> anyhow::Result<Self> {
        Self::read_told(files, model, wanted, &|_| {})
    }

    /// As [`Self::read`]; `told` is called with the bytes read so far, of [`bytes_of`] the files.
    pub fn read_told(files: &[PathBuf], model: &Model, wanted: Wanted<'_>, told: &dyn Fn(u64)) -> anyhow::Result<Self> {
        let mut input = Self {
            truth: wanted.truth.map(|_| Texts::default()),
            by: wanted.by.iter().map(|_| Texts::default()).collect(),
            ..Self::default()
        };
        input.more(files, model, wanted, told)?;
        Ok(input)
    }

    /// What was read at an earlier time: records, their ids, and the names of their sources.
    pub fn earlier(records: Records, ids: Texts, sources: Vec<String>) -> Self {
        Self { records, ids, sources, ..Self::default() }
    }

    /// The names of the sources, in order of their numbers.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// Reads further files, in order, behind what is there.
    pub fn more(
        &mut self,
        files: &[PathBuf],
        model: &Model,
        wanted: Wanted<'_>,
        told: &dyn Fn(u64),
    ) -> anyhow::Result<()> {
        let mut before = 0;
        for path in files {
            self.file(path, model, wanted, &|bytes| told(before + bytes))
                .with_context(|| format!("failed to read {}", path.display()))?;
            before += bytes_of(std::slice::from_ref(path));
        }
        let input = self;
        if let Some((first, second, more)) = input.ids.repeated().filter(|_| wanted.id.is_some()) {
            let truths = input.truth.as_ref().map(|truth| (truth.get(first as usize), truth.get(second as usize)));
            let against = match truths {
                Some((a, b)) if a != b => format!(", and the truth of the two is {a:?} and {b:?}"),
                _ => String::new(),
            };
            bail!(
                "the id {:?} stands on {} and {}{against}; {more} rows repeat an id: name a column that is different on each row, or leave \
                 --id off to number the rows",
                input.ids.get(first as usize),
                input.row(first),
                input.row(second)
            );
        }
        Ok(())
    }

    /// Where a record stands, in words.
    fn row(&self, record: u32) -> String {
        let read: u64 = self.files.iter().map(|file| file.rows).sum();
        let mut first = self.ids.len() as u64 - read;
        let record = u64::from(record);
        if record < first {
            return format!("record {} of the whole", record + 1);
        }
        for file in &self.files {
            if record < first + file.rows {
                return format!("row {} of {}", record - first + 1, file.name);
            }
            first += file.rows;
        }
        format!("row {}", record + 1)
    }

    fn file(&mut self, path: &Path, model: &Model, wanted: Wanted<'_>, told: &dyn Fn(u64)) -> anyhow::Result<()> {
        if path.is_dir() {
            bail!("it is a folder; give the CSV or Parquet files in it");
        }
        let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let mut rows = Rows {
            input: self,
            path,
            columns: None,
            model,
            wanted,
            notes: FileNotes { name, ..FileNotes::default() },
            line: 0,
            wrong: None,
            known: KnownTexts::default(),
        };
        if csv_file::is_parquet(path)? {
            let mut wrong = None;
            // Header and rows come through two closures, never at one time.
            let shared = RefCell::new(&mut rows);
            let (bytes, all, mut read) = (bytes_of(&[path.to_owned()]), lake::input::parquet_rows(path)?.max(1), 0_u64);
            let mut group = 0;
            lake::input::read_parquet_rows(
                path,
                |header| {
                    let mut rows = shared.borrow_mut();
                    wrong = rows.header(header).err();
                    (0..header.len()).map(|at| rows.looks_at(at)).collect()
                },
                |row| {
                    let mut rows = shared.borrow_mut();
                    if row.group() != group {
                        group = row.group();
                        rows.known.forget();
                    }
                    rows.line = read + 1;
                    rows.row(|at| row.text(at), |at| row.code(at));
                    read += 1;
                    if read.is_multiple_of(1 << 14) {
                        told((bytes as f64 * (read as f64 / all as f64).min(1.0)) as u64);
                    }
                },
            )?;
            if let Some(error) = wrong {
                return Err(error);
            }
        } else {
            csv_file::rows(path, &mut rows, told)?;
        }
        let (mut notes, wrong) = (rows.notes, rows.wrong);
        if let Some(error) = wrong {
            return Err(error);
        }
        self.superseded.append(&mut notes.reading.superseded);
        self.files.push(notes);
        Ok(())
    }

    fn source(&mut self, name: &str) -> u8 {
        let at = self.sources.iter().position(|own| own == name).unwrap_or_else(|| {
            if self.sources.len() < MOST_SOURCES {
                self.sources.push(name.to_owned());
            }
            self.sources.len() - 1
        });
        at as u8
    }

    /// The name of a source.
    pub fn source_name(&self, source: u8) -> String {
        self.sources.get(usize::from(source)).cloned().unwrap_or_default()
    }

    /// Whether a field is read from a column.
    pub fn holds(&self, column: &str) -> bool {
        let parts = |columns: &String| columns.split(" + ").any(|own| own == column);
        self.files.iter().flat_map(|file| &file.fields).any(|(_, columns)| parts(columns))
    }

    /// The numbers of the sources that hold each person once.
    pub fn once(&self, model: &Model, more: &[String]) -> Vec<u8> {
        let named = |source: &String| {
            model.columns.one_row_per_person.iter().chain(more).any(|name| name.eq_ignore_ascii_case(source))
        };
        (0..=u8::MAX).zip(&self.sources).filter(|(_, source)| named(source)).map(|(at, _)| at).collect()
    }

    /// What people should know about the files.
    pub fn notes(&self, by: &[String]) -> Vec<String> {
        let mut notes = Vec::new();
        for file in &self.files {
            let name = &file.name;
            let mut say = |text: String| notes.push(format!("{name}: {text}"));
            if file.rows == 0 {
                say("no rows".to_owned());
                continue;
            }
            for field in &file.missing {
                say(format!("no column for {}; records are compared without it", field.word()));
            }
            for ((field, column), filled) in file.fields.iter().zip(&file.reading.filled) {
                if *filled == 0 {
                    say(format!("{column} ({}) is empty on every row", field.word()));
                }
            }
            let counts = [
                (file.bad_numbers, "a number that is not valid; it was left out"),
                (file.bad_births, "a date of birth that is no date; it was left out"),
                (file.bad_codes, "text that is neither a filter nor a token; it was left out"),
                (file.not_utf8, "text that is not UTF-8; it was read as Latin-1"),
                (
                    file.uneven,
                    "more or fewer cells than the header; absent cells are empty, cells too many are left out",
                ),
            ];
            for (found, what) in counts.iter().filter(|(found, _)| found.rows > 0) {
                let place = if file.has_lines { "line" } else { "row" };
                say(format!("{} of {} rows have {what} (first on {place} {})", found.rows, file.rows, found.first));
            }
        }
        if self.sources.len() == MOST_SOURCES {
            notes.push(format!("more than {MOST_SOURCES} sources; those after the first {MOST_SOURCES} count as one"));
        }
        if let Some(truth) = &self.truth {
            let without = (0..truth.len()).filter(|at| truth.get(*at).is_empty()).count();
            if without > 0 {
                notes.push(format!("{without} records have no truth and are not marked"));
            }
        }
        for (texts, name) in self.by.iter().zip(by) {
            if (0..texts.len()).all(|at| texts.get(at).is_empty()) {
                notes.push(format!("--by {name}: no file has a value in such a column"));
            }
        }
        notes
    }

    /// For each file which columns hold what.
    pub fn columns(&self) -> Value {
        let of = |file: &FileNotes| {
            let fields: serde_json::Map<String, Value> =
                file.fields.iter().map(|(field, column)| (field.word().to_owned(), json!(column))).collect();
            json!({ "file": file.name, "rows": file.rows, "fields": fields })
        };
        Value::Array(self.files.iter().map(of).collect())
    }
}

/// Takes the rows of one file.
pub struct Rows<'a> {
    input: &'a mut Input,
    path: &'a Path,
    /// Once the header is known.
    columns: Option<Known>,
    model: &'a Model,
    wanted: Wanted<'a>,
    notes: FileNotes,
    /// The line of the row that is read; its number where the file has no lines.
    line: u64,
    /// Why the rows cannot be used.
    wrong: Option<anyhow::Error>,
    /// What texts are that the file has numbered.
    known: KnownTexts,
}

struct Known {
    layout: Layout,
    id: Option<usize>,
    truth: Option<usize>,
    by: Vec<Option<usize>>,
    /// The column that says how an encoded row was made.
    encoding: Option<usize>,
    /// The file's own source, where no column tells.
    source: u8,
}

impl Rows<'_> {
    /// Takes the header.
    pub fn header(&mut self, names: &[String]) -> anyhow::Result<()> {
        let layout = Layout::find(&self.model.columns, names, self.model.number.is_identity);
        let place = |name: &str, option: &str| {
            let found = names.iter().position(|column| column.trim() == name);
            found.with_context(|| format!("{option} {name}: no such column; the file has {}", names.join(", ")))
        };
        let id = self.wanted.id.map(|name| place(name, "--id")).transpose()?;
        let truth = self.wanted.truth.map(|name| place(name, "--truth")).transpose()?;
        let by = self.wanted.by.iter().map(|name| place(name, "--by").ok()).collect();
        let encoding = names.iter().position(|name| name.trim() == "encoding").filter(|_| self.model.columns.encoded);
        if self.model.columns.encoded && encoding.is_none() {
            bail!(
                "it has no column `encoding`, so it is no encoded file; make one with vanguard link encode, or take --model person"
            );
        }
        let told = |field: &Field| layout.fields().iter().any(|(own, _)| own == field);
        let (found, missing): (Vec<Field>, Vec<Field>) = self.model.fields().into_iter().partition(told);
        let comparable = |field: &Field| *field != Field::Sex;
        if !found.iter().any(comparable) {
            bail!(
                "none of its columns ({}) is one the model knows; name them under [columns] in the model or with --column",
                names.join(", ")
            );
        }
        let column = |places: &[usize]| places.iter().map(|at| names[*at].trim()).collect::<Vec<_>>().join(" + ");
        self.notes.fields = layout.fields().iter().map(|(field, places)| (*field, column(places))).collect();
        self.notes.missing = missing;
        let source = if layout.source().is_none() { self.input.source(&self.notes.name) } else { 0 };
        self.columns = Some(Known { layout, id, truth, by, encoding, source });
        Ok(())
    }

    /// Takes a line of text whose cells may be more or fewer than the header's, and may not have been UTF-8.
    pub fn line<'c>(&mut self, line: u64, even: bool, utf8: bool, cell: impl Fn(usize) -> &'c str) {
        self.line = line;
        self.notes.has_lines = true;
        self.notes.uneven.at(u64::from(!even), line);
        self.notes.not_utf8.at(u64::from(!utf8), line);
        self.row(cell, |_| None);
    }

    /// How many rows there were.
    pub fn count(&self) -> u64 {
        self.notes.rows
    }

    /// Whether a column is wanted.
    fn looks_at(&self, column: usize) -> bool {
        self.columns.as_ref().is_some_and(|known| {
            let own = [known.id, known.truth, known.encoding];
            own.contains(&Some(column)) || known.by.contains(&Some(column)) || known.layout.looks_at(column)
        })
    }

    fn row<'c>(&mut self, cell: impl Fn(usize) -> &'c str, code: impl Fn(usize) -> Option<u32>) {
        let Some(known) = &self.columns else { return };
        if self.wrong.is_some() {
            return;
        }
        if let Some(at) = known.encoding {
            self.wrong = manifest::agrees(&mut self.input.encoding, cell(at).trim(), self.path).err();
        }
        let source = match known.layout.source() {
            Some(at) => self.input.source(cell(at).trim()),
            None => known.source,
        };
        let bad = |reading: &Reading| [reading.bad_numbers, reading.bad_births, reading.bad_codes];
        let before = bad(&self.notes.reading);
        let records = &mut self.input.records;
        let record = known.layout.push_known(records, source, &cell, code, &mut self.known, &mut self.notes.reading);
        let [numbers, births, codes] = bad(&self.notes.reading);
        self.notes.bad_numbers.at(numbers - before[0], self.line);
        self.notes.bad_births.at(births - before[1], self.line);
        self.notes.bad_codes.at(codes - before[2], self.line);
        match known.id {
            Some(at) => self.input.ids.push(cell(at).trim()),
            None => self.input.ids.push(&record.to_string()),
        }
        for (texts, at) in self.input.by.iter_mut().zip(&known.by) {
            texts.push(at.map_or("", |at| cell(at).trim()));
        }
        if let (Some(truth), Some(at)) = (&mut self.input.truth, known.truth) {
            truth.push(cell(at).trim());
        }
        self.notes.rows += 1;
    }
}

/// The bytes of some files together; a file that cannot be asked counts nothing.
pub fn bytes_of(files: &[PathBuf]) -> u64 {
    files.iter().filter_map(|path| std::fs::metadata(path).ok()).map(|known| known.len()).sum()
}

/// Replaced numbers: the old one and the new one.
pub fn superseded(path: &Path) -> anyhow::Result<Vec<(u64, u64)>> {
    let read = || -> anyhow::Result<Vec<(u64, u64)>> {
        let mut pairs = Vec::new();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path)?;
        for (line, record) in reader.records().enumerate() {
            let record = record?;
            let number =
                |at: usize| nhs::NhsNumber::parse(record.get(at).unwrap_or("")).ok().map(nhs::NhsNumber::value);
            match (number(0), number(1)) {
                (Some(old), Some(new)) => pairs.push((old, new)),
                // A header.
                _ if line == 0 => {}
                _ => bail!("line {}: two valid NHS numbers are needed, the old one and the new one", line + 1),
            }
        }
        Ok(pairs)
    };
    read().with_context(|| format!("failed to read {}", path.display()))
}
