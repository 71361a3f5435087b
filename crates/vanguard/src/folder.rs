//! A place's folder: its `place.toml`, its blueprint and where everything else lies.

use anyhow::{Context, bail};
use blueprint::{Blueprint, Diagnostic, Place, Severity, place::BlueprintRef};
use std::path::{Path, PathBuf};

/// A place directory whose file and blueprint have been read and checked.
#[derive(Debug, Clone)]
pub struct Folder {
    /// The directory.
    pub dir: PathBuf,
    /// `place.toml`.
    pub place: Place,
    /// The compiled care model.
    pub blueprint: Blueprint,
    /// Findings that did not stop either.
    pub warnings: Vec<Diagnostic>,
}

/// Findings that stop a command, as a person reads them.
#[derive(Debug)]
pub struct Findings(pub Vec<Diagnostic>);

impl std::fmt::Display for Findings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for finding in &self.0 {
            writeln!(f, "{}", finding.render())?;
        }
        let errors = self.0.iter().filter(|d| d.severity == Severity::Error).count();
        let warnings = self.0.len() - errors;
        write!(f, "{errors} {}, {warnings} {}", plural(errors, "error"), plural(warnings, "warning"))
    }
}

impl std::error::Error for Findings {}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

impl Folder {
    /// Reads a place directory.
    pub fn open(dir: &Path) -> anyhow::Result<Self> {
        let file = dir.join("place.toml");
        if !file.is_file() {
            bail!(
                "there is no place.toml in {}: make a place with `vanguard simulate --out {}`, or copy the example in docs/formats/place.md",
                dir.display(),
                dir.display()
            );
        }
        let text = std::fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))?;
        let (place, mut warnings) = blueprint::place::parse(&file.display().to_string(), &text);
        let Some(place) = place else { return Err(Findings(warnings).into()) };
        let (blueprint, found) = compile(dir, &place.blueprint)?;
        warnings.extend(found);
        Ok(Self { dir: dir.to_owned(), place, blueprint, warnings })
    }

    /// Where snapshots live.
    pub fn lake_dir(&self) -> PathBuf {
        self.dir.join("lake")
    }

    /// Where what was computed from a snapshot lives.
    pub fn results_dir(&self, snapshot: &str) -> PathBuf {
        self.dir.join("results").join(snapshot)
    }

    /// The operational database.
    pub fn database(&self) -> PathBuf {
        self.dir.join("vanguard.db")
    }
}

fn compile(dir: &Path, reference: &BlueprintRef) -> anyhow::Result<(Blueprint, Vec<Diagnostic>)> {
    match reference {
        BlueprintRef::Builtin(id) => {
            let text = blueprint::builtin(id).with_context(|| {
                format!("there is no built-in care model \"{id}\"; there are {}", blueprint::builtin_ids().join(", "))
            })?;
            finish(blueprint::compile(&format!("{id}.toml"), text, &blueprint::OnlyBuiltin))
        }
        BlueprintRef::File(name) => compile_file(&dir.join(name)),
    }
}

/// Compiles a blueprint file; what it extends is looked for beside it, then among the built-in models.
pub fn compile_file(path: &Path) -> anyhow::Result<(Blueprint, Vec<Diagnostic>)> {
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    finish(blueprint::compile(&path.display().to_string(), &text, &beside(path)))
}

/// Finds files beside a blueprint; never outside its folder.
pub fn beside(path: &Path) -> impl Fn(&str) -> Option<String> + use<> {
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    move |name: &str| {
        let inside = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !inside {
            return None;
        }
        [name.to_owned(), format!("{name}.toml")].iter().find_map(|n| std::fs::read_to_string(folder.join(n)).ok())
    }
}

fn finish((model, findings): (Option<Blueprint>, Vec<Diagnostic>)) -> anyhow::Result<(Blueprint, Vec<Diagnostic>)> {
    match model {
        Some(model) => Ok((model, findings)),
        None => Err(Findings(findings).into()),
    }
}
