//! Which files a source of `place.toml` means: a path relative to the place, with `*` in the last part for any run of characters.

use anyhow::{Context, bail};
use std::path::{Path, PathBuf};

/// The files that match, in order of their names. None is an error: an extract that did not come is worth knowing.
pub fn find(place_dir: &Path, pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    let relative = Path::new(pattern);
    let name = relative
        .file_name()
        .and_then(|n| n.to_str())
        .with_context(|| format!("files = \"{pattern}\" in place.toml does not name a file"))?;
    let folder = place_dir.join(relative.parent().unwrap_or(Path::new("")));
    if !name.contains('*') {
        let file = folder.join(name);
        if file.is_file() {
            return Ok(vec![file]);
        }
        bail!("{} is not there: put the extract there, or correct `files` in place.toml", file.display());
    }
    let entries =
        std::fs::read_dir(&folder).with_context(|| format!("failed to read the folder {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && path.file_name().and_then(|n| n.to_str()).is_some_and(|n| matches(name, n)))
        .collect();
    files.sort();
    if files.is_empty() {
        bail!(
            "no file in {} matches {name}: put the extract there, or correct `files` in place.toml",
            folder.display()
        );
    }
    Ok(files)
}

/// Whether a name fits a pattern in which `*` stands for any run of characters.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars() {
        assert!(matches("gp_*.csv", "gp_2024.csv"));
        assert!(matches("*", "anything"));
        assert!(matches("a*b*c", "a1b2c"));
        assert!(matches("*.csv*", "x.csv.gz"));
        assert!(!matches("gp_*.csv", "gp_2024.txt"));
        assert!(!matches("a*b*c", "acb"));
        assert!(!matches("aa*aa", "aaa"));
    }

    #[test]
    fn missing_files_say_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let message = find(dir.path(), "extracts/gp.csv").unwrap_err().to_string();
        assert!(message.contains("put the extract there"), "{message}");
        std::fs::write(dir.path().join("b.csv"), "").unwrap();
        std::fs::write(dir.path().join("a.csv"), "").unwrap();
        let found = find(dir.path(), "*.csv").unwrap();
        assert_eq!(found.iter().filter_map(|p| p.file_name()?.to_str()).collect::<Vec<_>>(), ["a.csv", "b.csv"]);
        assert!(find(dir.path(), "*.gz").is_err());
    }
}
