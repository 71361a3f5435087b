//! `vanguard link encode`: records for partners who may not send names.

use super::read::{Input, Wanted};
use super::{key, manifest};
use crate::cli::Report;
use crate::cli::table::count;
use crate::pipeline::progress::Terminal;
use anyhow::{Context as _, bail};
use clap::ValueEnum;
use lake::table::{Column, Named, TableWriter};
use linkage::{Encoder, Encoding, Hardening};
use std::path::{Path, PathBuf};

/// Write records without any value that can be read: names and addresses as keyed Bloom filters, numbers, birth dates and postcodes as
/// keyed tokens. Partners who encode with the same key and parameters can be linked with `vanguard link --model encoded`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// CSV or Parquet files of records.
    #[arg(required_unless_present = "new_key", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Make a new key in this file and stop. Give it to your partners by a safe way, and never to who links.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "key_file", "out"])]
    new_key: Option<PathBuf>,
    /// File with the key, which only its owner may read.
    #[arg(long, value_name = "KEY", required_unless_present = "new_key")]
    key_file: Option<PathBuf>,
    /// CSV or Parquet file to write; a manifest is written beside it.
    #[arg(long, value_name = "FILE", required_unless_present = "new_key")]
    out: Option<PathBuf>,
    /// Model that says which columns hold what: a file, or person, historical or febrl.
    #[arg(long, default_value = "person")]
    model: String,
    /// Column that tells the records apart, written as it is: take one that does not tell who somebody is [default: rows are numbered
    /// from 0].
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// Which column holds a field, instead of what the model says: `family=last_name`.
    #[arg(long, value_name = "FIELD=COLUMN")]
    column: Vec<String>,
    /// One filter for each name and address, or one for the whole record, which tells less and links less well.
    #[arg(long, value_enum, default_value = "attribute")]
    level: LevelOption,
    /// Bits of a filter before folding: 256, 512, 1024, 2048 or 4096.
    #[arg(long, default_value_t = Encoding::default().bits)]
    bits: u16,
    /// Bits that each part of a value sets.
    #[arg(long, default_value_t = Encoding::default().hashes)]
    hashes: u8,
    /// Letters of a part.
    #[arg(long, default_value_t = Encoding::default().gram)]
    gram: u8,
    /// Do not fold filters.
    #[arg(long)]
    no_fold: bool,
    /// Salt names, address and postcode with the year of birth: safer, but a wrong year of birth loses the match.
    #[arg(long)]
    salt: bool,
    /// Of 1,000 bits so many are thrown by coin.
    #[arg(long, value_name = "N", default_value_t = Hardening::STANDARD.noise_thousandths)]
    noise: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LevelOption {
    Attribute,
    Record,
}

/// Rows encoded at a time.
const ROWS: u32 = 1 << 15;

/// Runs the command.
pub fn run(args: &Args, shown: &Terminal) -> anyhow::Result<Report> {
    if let Some(path) = &args.new_key {
        let key = key::make(path)?;
        let text = format!(
            "A new key is in {}. Its fingerprint is {}; partners who hold the same key see the same fingerprint.\n\
             Whoever holds the key can find out names: keep it from the party that links.",
            path.display(),
            key.fingerprint()
        );
        return Ok(Report::new(text, serde_json::json!({ "key_file": path, "key_fingerprint": key.fingerprint() })));
    }
    let (Some(key_file), Some(out)) = (&args.key_file, &args.out) else { bail!("give --key-file and --out") };
    let encoding = Encoding {
        bits: args.bits,
        hashes: args.hashes,
        gram: args.gram,
        whole_record: args.level == LevelOption::Record,
        hardening: Hardening { salt: args.salt, fold: !args.no_fold, noise_thousandths: args.noise },
    };
    encoding.check().context("failed to encode")?;
    let key = key::read(key_file)?;
    let mut model = super::named_model(&args.model)?;
    super::set_columns(&mut model, &args.column)?;
    if model.columns.encoded {
        bail!("failed to encode: the model {} is for records that are encoded already; take person", args.model);
    }
    shown.stage("read", None);
    let input = Input::read(&args.files, &model, Wanted { id: args.id.as_deref(), ..Wanted::default() })?;
    if let Some(id) = &args.id {
        harmless(&input, id)?;
    }
    shown.stage("encode", Some(input.records.len() as u64));
    let encoder = Encoder::new(encoding, &key, &model);
    let mut writer = Writer::create(out)?;
    let total = input.records.len() as u32;
    let mut from = 0;
    while from < total {
        let to = total.min(from.saturating_add(ROWS));
        let id = |record: u32| input.ids.get(record as usize);
        writer.append(&encoder.rows(&input.records, from..to, &id, &|source| input.source_name(source)))?;
        shown.advance(u64::from(to));
        from = to;
    }
    writer.finish()?;
    shown.end();
    let manifest = manifest::write(out, &encoding, &key, &encoding.fingerprint(&key, &model), &input)?;
    let mut text = format!(
        "{} records encoded to {}; parameters and fingerprints are in {}.\nKey fingerprint {}, encoding fingerprint {}.",
        count(u64::from(total)),
        out.display(),
        manifest::path(out).display(),
        manifest["key_fingerprint"].as_str().unwrap_or_default(),
        manifest["encoding"].as_str().unwrap_or_default(),
    );
    let notes = input.notes(&[]);
    if !notes.is_empty() {
        text = format!("{text}\n\nNote:\n- {}", notes.join("\n- "));
    }
    Ok(Report::new(text, manifest))
}

/// An id is written as it is: it must not be a value that is to be hidden.
fn harmless(input: &Input, id: &str) -> anyhow::Result<()> {
    if input.holds(id) {
        bail!(
            "failed to encode: --id {id} is a column with values to be hidden; name another, or leave --id off to number the rows"
        );
    }
    let valid = (0..input.ids.len()).filter(|at| nhs::NhsNumber::parse(&input.ids.get(*at)).is_ok()).count();
    // One in eleven numbers of ten digits is valid by chance.
    if valid * 4 > input.ids.len() {
        bail!(
            "failed to encode: {valid} of {} values of --id {id} are valid NHS numbers, and ids are written as they are; name \
             another column, or leave --id off to number the rows",
            input.ids.len()
        );
    }
    Ok(())
}

/// The file of either kind.
enum Writer {
    Csv(Box<csv::Writer<std::fs::File>>),
    Parquet(Box<TableWriter>),
}

impl Writer {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let context = || format!("failed to write {}", path.display());
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => {
                let mut writer = csv::Writer::from_path(path).with_context(context)?;
                writer.write_record(Encoder::header()).with_context(context)?;
                Ok(Self::Csv(Box::new(writer)))
            }
            Some("parquet") => {
                let writer = TableWriter::create(path, &columns(&[])).with_context(context)?;
                Ok(Self::Parquet(Box::new(writer)))
            }
            _ => bail!("failed to write {}: give a name that ends in .csv or .parquet", path.display()),
        }
    }

    fn append(&mut self, rows: &[linkage::Encoded]) -> anyhow::Result<()> {
        match self {
            Self::Csv(writer) => rows.iter().try_for_each(|row| writer.write_record(row))?,
            Self::Parquet(writer) => writer.append(&columns(rows))?,
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Csv(mut writer) => writer.flush()?,
            Self::Parquet(writer) => writer.finish()?,
        }
        Ok(())
    }
}

fn columns(rows: &[linkage::Encoded]) -> Vec<Named> {
    let header = Encoder::header().into_iter().enumerate();
    header.map(|(at, name)| (name, Column::Text(rows.iter().map(|row| row[at].clone()).collect()))).collect()
}
