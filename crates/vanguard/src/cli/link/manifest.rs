//! What an encoded file was made with, so that two parties can see that they agree before they link.

use super::read::Input;
use anyhow::Context as _;
use linkage::{Encoding, EncodingKey};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// The manifest of a file stands beside it.
pub fn path(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".manifest.json");
    file.with_file_name(name)
}

/// Writes the manifest of an encoded file.
pub fn write(
    file: &Path,
    encoding: &Encoding,
    key: &EncodingKey,
    fingerprint: &str,
    input: &Input,
) -> anyhow::Result<Value> {
    let parameters: Map<String, Value> =
        encoding.parameters().into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let manifest = json!({
        "what": "records encoded by vanguard link encode",
        "records": input.records.len(),
        "parameters": parameters,
        "key_fingerprint": key.fingerprint(),
        "encoding": fingerprint,
        "columns": input.columns(),
        "notes": input.notes(&[]),
    });
    super::write_text(&path(file), &format!("{manifest:#}\n"))?;
    Ok(manifest)
}

fn read(file: &Path) -> Option<Value> {
    serde_json::from_str(&std::fs::read_to_string(path(file)).ok()?).ok()
}

/// Why two files cannot be linked whose encodings differ: what their manifests tell.
pub fn difference(one: &Path, other: &Path) -> String {
    let (Some(a), Some(b)) = (read(one), read(other)) else {
        return "compare their manifests (the files ending in .manifest.json) to see what differs".to_owned();
    };
    let mut differ = Vec::new();
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if a["key_fingerprint"] != b["key_fingerprint"] {
        differ.push("the keys are not the same".to_owned());
    }
    let empty = Map::new();
    let parameters = |manifest: &Value| manifest["parameters"].as_object().cloned().unwrap_or_else(|| empty.clone());
    let (a, b) = (parameters(&a), parameters(&b));
    for (name, value) in a.iter().filter(|(name, value)| b.get(*name) != Some(value)) {
        differ.push(format!("{name} is {} and {}", shown(value), b.get(name).map_or("not told".to_owned(), shown)));
    }
    if differ.is_empty() {
        differ.push("the models' short forms of given names differ, or a manifest is not of its file".to_owned());
    }
    differ.join("; ")
}

/// Checks that a row was encoded as the first row of all was; `first` holds that row's fingerprint and file.
pub fn agrees(first: &mut Option<(String, PathBuf)>, own: &str, file: &Path) -> anyhow::Result<()> {
    match first {
        None => *first = Some((own.to_owned(), file.to_owned())),
        Some((fingerprint, _)) if fingerprint == own => {}
        Some((fingerprint, other)) => {
            let what = if other == file { "its own first row".to_owned() } else { other.display().to_string() };
            return Err(anyhow::anyhow!("{}", difference(other, file))).with_context(|| {
                format!("it was encoded in another way than {what} (fingerprints {own} and {fingerprint}), and cannot be linked with it")
            });
        }
    }
    Ok(())
}
