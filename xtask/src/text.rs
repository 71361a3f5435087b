//! Rules about the text of files.

/// No source file is longer than this.
pub const LINES: usize = 500;
/// Files that may be longer, each with its reason.
pub const LONG: &[(&str, &str)] = &[];

/// Source files of the crates with too many lines.
pub fn too_long(files: &[(String, String)]) -> Vec<String> {
    files
        .iter()
        .filter(|(path, _)| is_rust(path) && path.starts_with("crates/"))
        .filter(|(path, _)| !LONG.iter().any(|(long, _)| long == path))
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES)
        .map(|(path, lines)| format!("{path} has {lines} lines; at most {LINES}"))
        .collect()
}

/// Work left undone, or a test switched off, in code and scripts.
pub fn unfinished(files: &[(String, String)]) -> Vec<String> {
    // Written in two parts, so that this file does not find itself.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!("#[ig", "nore"),
        concat!("test.sk", "ip("),
        concat!("test.on", "ly("),
    ];
    let code =
        |path: &str| [".rs", ".toml", ".sql", ".mjs", ".js", ".css", ".html"].iter().any(|end| path.ends_with(end));
    find(files, |path| code(path) || path.starts_with("scripts/"), &marks)
}

/// Paths of one machine and addresses of package registries.
pub fn machine_bound(files: &[(String, String)]) -> Vec<String> {
    let marks = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("registry.npm", "js"),
        concat!("crates", ".io"),
        concat!("pypi", ".org"),
        concat!("python", "hosted"),
        concat!("deb.deb", "ian.org"),
    ];
    // The lock file of cargo names its registry in every line; that is its format.
    let mut found = find(files, |path| path != "Cargo.lock", &marks);
    found.extend(find(files, |path| path.ends_with("package-lock.json"), &[concat!("\"resol", "ved\"")]));
    found
}

/// Dependencies in a crate's manifest that are not taken from the workspace.
pub fn own_dependencies(path: &str, manifest: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for (number, line) in manifest.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            inside = section.ends_with("dependencies");
            if section.contains("dependencies.") {
                found.push(format!("{path}:{}: write the dependency on one line", number + 1));
            }
        } else if inside && !line.is_empty() {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            let spaceless: String = value.chars().filter(|c| !c.is_whitespace()).collect();
            if !key.trim().ends_with(".workspace") && !spaceless.contains("workspace=true") {
                found.push(format!("{path}:{}: {} is not taken from the workspace", number + 1, key.trim()));
            }
        }
    }
    found
}

/// Requirement ids named in a text (`MCP-001`, `PRG-019`), each once, in order.
pub fn requirement_ids<'a>(text: &'a str, groups: &[&str]) -> Vec<&'a str> {
    let mut ids: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| {
            word.split_once('-').is_some_and(|(group, number)| {
                groups.contains(&group) && number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit())
            })
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn find(files: &[(String, String)], looked_at: impl Fn(&str) -> bool, marks: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| looked_at(path)) {
        for (number, line) in text.lines().enumerate() {
            if let Some(mark) = marks.iter().find(|mark| line.contains(**mark)) {
                found.push(format!("{path}:{}: has {mark}", number + 1));
            }
        }
    }
    found
}

fn is_rust(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == "rs")
}
