//! The folder of an answer: its files get their names together or not at all.
//!
//! Each file is written beside its place under a name that ends in `.part`. When all are whole, `commit.json` is put there with their names;
//! from then on the new answer counts. The files then get their names one by one, and `commit.json` goes. Whoever opens the folder next
//! finishes what was committed, and removes parts that were not: so the state and the answer never belong to two different runs, at
//! whatever moment a run was stopped.

use anyhow::Context as _;
use serde_json::{Value, json};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Every file a run may write. Those a run does not write are removed when it replaces another.
const FILES: [&str; 8] = [
    "edges.parquet",
    "clusters.parquet",
    "truth.parquet",
    "model.toml",
    "report.json",
    "report.html",
    "state.bin",
    "changes.csv",
];
/// Says that the parts beside it are whole and count.
const COMMIT: &str = "commit.json";

/// A folder that is being written.
#[derive(Debug)]
pub struct Folder {
    at: PathBuf,
    /// Whether this run made the folder.
    made: bool,
    files: Vec<&'static str>,
}

impl Folder {
    /// Makes the folder where it is not there, and finishes what an earlier run committed.
    pub fn open(at: &Path) -> anyhow::Result<Self> {
        let made = !at.exists();
        std::fs::create_dir_all(at).with_context(|| format!("failed to make the folder {}", at.display()))?;
        recover(at)?;
        Ok(Self { at: at.to_owned(), made, files: Vec::new() })
    }

    /// Where to write a file, which is one of [`FILES`].
    pub fn part(&mut self, name: &'static str) -> PathBuf {
        if !self.files.contains(&name) {
            self.files.push(name);
        }
        part(&self.at, name)
    }

    /// Writes a file of text.
    pub fn text(&mut self, name: &'static str, text: &str) -> anyhow::Result<()> {
        let path = self.part(name);
        std::fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))
    }

    /// Gives all files their names. Where `replaces`, files of an earlier run that this one did not write are removed.
    pub fn commit(mut self, replaces: bool) -> anyhow::Result<()> {
        let goes = |name: &&&str| replaces && !self.files.contains(*name) && self.at.join(name).exists();
        let removed: Vec<&str> = FILES.iter().filter(goes).copied().collect();
        // An answer alone can be made again; a state is all there is.
        let lasting = self.files.contains(&"state.bin");
        for name in self.files.iter().filter(|_| lasting) {
            let path = part(&self.at, name);
            File::open(&path)
                .and_then(|file| file.sync_all())
                .with_context(|| format!("failed to write {}", path.display()))?;
        }
        let text = json!({ "files": self.files, "removed": removed }).to_string();
        let commit = part(&self.at, COMMIT);
        let put = || -> std::io::Result<()> {
            std::fs::write(&commit, text)?;
            File::open(&commit)?.sync_all()?;
            std::fs::rename(&commit, self.at.join(COMMIT))
        };
        put().with_context(|| format!("failed to write {}", commit.display()))?;
        // Nothing to take back any more.
        self.files.clear();
        self.made = false;
        recover(&self.at)
    }
}

impl Drop for Folder {
    /// Takes back what was not committed.
    fn drop(&mut self) {
        for name in &self.files {
            let _ = std::fs::remove_file(part(&self.at, name));
        }
        if self.made {
            // Only an empty folder goes.
            let _ = std::fs::remove_dir(&self.at);
        }
    }
}

/// Finishes what was committed in a folder and removes what was not. A folder that is not there is left so.
pub fn recover(at: &Path) -> anyhow::Result<()> {
    let commit = at.join(COMMIT);
    let Ok(text) = std::fs::read(&commit) else {
        for name in FILES.iter().chain(&[COMMIT]) {
            let _ = std::fs::remove_file(part(at, name));
        }
        return Ok(());
    };
    let names = serde_json::from_slice::<Value>(&text).unwrap_or_default();
    let listed = |key: &str| -> Vec<&'static str> {
        let listed = names[key].as_array().map_or(&[][..], Vec::as_slice);
        FILES.iter().filter(|name| listed.iter().any(|own| own == *name)).copied().collect()
    };
    for name in listed("files") {
        let part = part(at, name);
        // One that is not there has its name already.
        if part.exists() {
            std::fs::rename(&part, at.join(name))
                .with_context(|| format!("failed to give {} its name; free it and run this again", part.display()))?;
        }
    }
    for name in listed("removed") {
        let path = at.join(name);
        if path.exists() {
            std::fs::remove_file(&path)
                .with_context(|| format!("failed to remove {}; free it and run this again", path.display()))?;
        }
    }
    std::fs::remove_file(&commit).with_context(|| format!("failed to remove {}", commit.display()))
}

fn part(at: &Path, name: &str) -> PathBuf {
    at.join(format!("{name}.part"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(at: &Path) -> Vec<(String, String)> {
        let entries = std::fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path());
        let mut all: Vec<(String, String)> = entries
            .map(|path| {
                (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap())
            })
            .collect();
        all.sort();
        all
    }

    /// Wherever the giving of names is stopped, the next to open the folder finishes it.
    #[test]
    fn stopped_at_any_moment_it_is_the_old_answer_or_the_new() {
        let names: [&'static str; 3] = ["clusters.parquet", "edges.parquet", "state.bin"];
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let write = |text: &str| {
            let mut folder = Folder::open(at).unwrap();
            for name in names {
                folder.text(name, text).unwrap();
            }
            folder
        };
        let mut first = write("old");
        first.text("truth.parquet", "old").unwrap();
        first.commit(true).unwrap();
        let old = read(at);
        assert_eq!(old.len(), 4, "{old:?}");
        // Before the commit: nothing has happened.
        std::mem::forget(write("new"));
        recover(at).unwrap();
        assert_eq!(read(at), old);
        drop(write("new"));
        assert_eq!(read(at), old);
        let new = vec![("clusters.parquet", "new"), ("edges.parquet", "new"), ("state.bin", "new")];
        let new: Vec<(String, String)> = new.into_iter().map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
        for stopped_after in 0..=4 {
            write("old").commit(true).unwrap();
            std::fs::write(at.join("truth.parquet"), "old").unwrap();
            std::mem::forget(write("new"));
            std::fs::write(at.join(COMMIT), json!({ "files": names, "removed": ["truth.parquet"] }).to_string())
                .unwrap();
            for name in names.iter().take(stopped_after) {
                std::fs::rename(part(at, name), at.join(name)).unwrap();
            }
            if stopped_after == 4 {
                std::fs::remove_file(at.join("truth.parquet")).unwrap();
            }
            recover(at).unwrap();
            assert_eq!(read(at), new, "stopped after {stopped_after}");
        }
    }

    #[test]
    fn a_folder_that_was_made_for_nothing_goes() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("out");
        let mut made = Folder::open(&at).unwrap();
        made.text("model.toml", "x").unwrap();
        drop(made);
        assert!(!at.exists());
    }
}
