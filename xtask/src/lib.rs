//! Rules of the repository, checked by the tests beside this file. Nothing here runs in the product.
//!
//! Each rule is a function from plain data to a list of breaches, so that a test can show it a repository that breaks it.

pub mod imports;
pub mod text;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

/// Standard output of a command run in the root of the repository, or why there is none.
pub fn output_of(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .map_err(|error| format!("failed to start {program}: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "{program} {arguments:?} ended with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{program} printed something other than text: {error}"))
}

/// Every text file of the repository that git knows or would add, with its path from the root and its contents.
pub fn tracked_texts() -> Result<Vec<(String, String)>, String> {
    let listing = output_of("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    let mut texts = Vec::new();
    for path in listing.split('\0').filter(|path| !path.is_empty()) {
        // A file deleted in the work tree but not yet in the index has no text; neither have pictures.
        if let Ok(text) = std::fs::read_to_string(root().join(path)) {
            texts.push((path.to_owned(), text));
        }
    }
    Ok(texts)
}
