//! The state of a linked whole in its folder: one file, written whole and then given its name, and the log of what happened to people.

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
pub fn write(folder: &Path, kept: &Kept) -> anyhow::Result<()> {
    let words = json!({ "id": kept.id, "load": kept.load, "sources": kept.input.sources() }).to_string();
    let [numbers, text, ends] = kept.input.ids.to_bytes();
    let beside = [words.into_bytes(), numbers, text, ends];
    whole_file(&folder.join(FILE), |path| {
        let to = BufWriter::with_capacity(1 << 20, File::create(path)?);
        let mut to =
            kept.whole.write(&kept.input.records, &beside, to).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
        to.flush()?;
        to.get_ref().sync_all()?;
        Ok(())
    })
}

/// Reads the state.
pub fn read(folder: &Path) -> anyhow::Result<Kept> {
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

/// Lets `write` write a file under another name, and gives it its name when it is whole.
pub fn whole_file(path: &Path, write: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    write(&part)
        .and_then(|()| Ok(std::fs::rename(&part, path)?))
        .with_context(|| format!("failed to write {}", path.display()))
}

/// Begins the log.
pub fn start_log(folder: &Path) -> anyhow::Result<()> {
    whole_file(&folder.join(LOG), |path| Ok(std::fs::write(path, "load,change,cluster_id,other,records\n")?))
}

/// Adds the changes of one load to the log.
pub fn log(folder: &Path, load: u64, changes: &[Change]) -> anyhow::Result<()> {
    let path = folder.join(LOG);
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
    whole_file(&path, |path| Ok(std::fs::write(path, &text)?))
}
