//! The state of a linked whole in its folder, and the log of what happened to people.

use super::folder::{self, Folder};
use super::read::Input;
use super::texts::Texts;
use anyhow::{Context as _, bail};
use linkage::{Change, Whole};
use serde_json::json;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::Path;

/// The name of the state in its folder.
const FILE: &str = "state.bin";
/// The name of the log.
const LOG: &str = "changes.csv";

/// A linked whole with what the command needs beside it.
pub struct Kept {
    pub whole: Whole,
    /// All records, their ids, and the names of their sources.
    pub input: Input,
    /// The column of the ids; rows are numbered where there is none.
    pub id: Option<String>,
    /// How many additions there were.
    pub load: u64,
}

/// Refuses to leave a state beside an answer it does not belong to.
pub fn may_replace(folder: &Path, with_state: bool) -> anyhow::Result<()> {
    if folder.is_file() {
        bail!("{} is a file; name a folder for the answer", folder.display());
    }
    folder::recover(folder)?;
    if !with_state && folder.join(FILE).exists() {
        bail!(
            "{} holds the state of a linked whole, which this run would not belong to: add --state to replace it, add records with \
             vanguard link add, or choose another folder",
            folder.display()
        );
    }
    Ok(())
}

/// Writes the state.
pub fn write(folder: &mut Folder, kept: &Kept) -> anyhow::Result<()> {
    let words = json!({ "id": kept.id, "load": kept.load, "sources": kept.input.sources() }).to_string();
    let [numbers, text, ends] = kept.input.ids.to_bytes();
    let beside = [words.into_bytes(), numbers, text, ends];
    let path = folder.part(FILE);
    let write = || -> anyhow::Result<()> {
        let to = BufWriter::with_capacity(1 << 20, File::create(&path)?);
        let to = kept.whole.write(&kept.input.records, &beside, to);
        to.map_err(|error| anyhow::anyhow!("failed to {error}"))?.flush()?;
        Ok(())
    };
    write().with_context(|| format!("failed to write {}", path.display()))
}

/// Reads the state.
pub fn read(folder: &Path) -> anyhow::Result<Kept> {
    folder::recover(folder)?;
    let path = folder.join(FILE);
    let file = File::open(&path).with_context(|| {
        format!(
            "failed to open {}: link the first records with vanguard link FILE... --out {} --state",
            path.display(),
            folder.display()
        )
    })?;
    let read = || -> anyhow::Result<Kept> {
        let from = BufReader::with_capacity(1 << 20, file);
        let (whole, records, beside) = Whole::read(from).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
        let damaged = "its ids cannot be read";
        let [words, numbers, text, ends]: [Vec<u8>; 4] = beside.try_into().ok().context(damaged)?;
        let words: serde_json::Value = serde_json::from_slice(&words)?;
        let ids = Texts::of_bytes(&numbers, text, &ends).filter(|ids| ids.len() == whole.len()).context(damaged)?;
        let sources = words["sources"].as_array().context(damaged)?;
        let sources = sources.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
        let id = words["id"].as_str().map(str::to_owned);
        let load = words["load"].as_u64().context(damaged)?;
        Ok(Kept { whole, input: Input::earlier(records, ids, sources), id, load })
    };
    read().with_context(|| format!("failed to read {}", path.display()))
}

/// Begins the log.
pub fn start_log(folder: &mut Folder) -> anyhow::Result<()> {
    folder.text(LOG, "load,change,cluster_id,other,records\n")
}

/// Adds the changes of one load to the log that stands in the folder.
pub fn log(at: &Path, folder: &mut Folder, load: u64, changes: &[Change]) -> anyhow::Result<()> {
    let path = at.join(LOG);
    let mut text = std::fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
    for change in changes {
        // Writing to a String cannot fail.
        let _ = match *change {
            Change::New { person, records } => writeln!(text, "{load},new,{person},,{records}"),
            Change::Grown { person, records } => writeln!(text, "{load},grown,{person},,{records}"),
            Change::Merged { person, ended } => writeln!(text, "{load},merged,{person},{ended},"),
            Change::Split { person, other } => writeln!(text, "{load},split,{person},{other},"),
        };
    }
    folder.text(LOG, &text)
}
