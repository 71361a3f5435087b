//! Extracts to a snapshot.

use super::files;
use super::progress::Terminal;
use crate::folder::Folder;
use anyhow::{Context, bail};
use intake::{Label, LoadOptions, LoadReport, SourceFormat, SourceInput};
use std::path::Path;
use store::Store;

/// Working memory for sorting, beside the tables of identities and codes.
const MEMORY_BUDGET: usize = 512 << 20;

/// Loads what `place.toml` names.
pub fn load(folder: &Folder, force: bool, progress: &Terminal) -> anyhow::Result<LoadReport> {
    let place = &folder.place;
    let Some(as_of) = place.as_of else {
        bail!(
            "place.toml does not say the day as of which people are counted: add a line such as as_of = \"2026-03-31\" (the last day of the data)"
        );
    };
    let sources = place
        .sources
        .iter()
        .map(|source| {
            let format = format(&folder.dir, &source.format)
                .with_context(|| format!("source \"{}\" in place.toml cannot be used", source.id))?;
            let files = files::find(&folder.dir, &source.files)
                .with_context(|| format!("source \"{}\" in place.toml cannot be read", source.id))?;
            Ok(SourceInput { id: source.id.clone(), format, files })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let options = LoadOptions {
        place_dir: folder.dir.clone(),
        lake_dir: folder.lake_dir(),
        sources,
        as_of,
        threads: super::threads(),
        memory_budget: MEMORY_BUDGET,
        force,
        labels: labels(folder)?,
    };
    let report = intake::load(&options, progress).context("failed to load")?;
    progress.end();
    Ok(report)
}

/// What reviewers have decided about pairs of records; none where nobody has opened the place's pages yet.
fn labels(folder: &Folder) -> anyhow::Result<Vec<Label>> {
    let database = folder.database();
    if !database.is_file() {
        return Ok(Vec::new());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let decisions = runtime.block_on(async {
        let store = Store::open(database).await?;
        let decisions = store.linkage_decisions().await?;
        store.close().await;
        Ok::<_, store::Error>(decisions)
    });
    let decisions = decisions.context("failed to read what reviewers decided about records")?;
    let label = |(pair, same): (store::PairKey, bool)| Label { left: pair.left(), right: pair.right(), same };
    Ok(decisions.labels().into_iter().map(label).collect())
}

/// A format of the place's own `sources/` folder, or a built-in one.
fn format(place_dir: &Path, name: &str) -> anyhow::Result<SourceFormat> {
    let own = place_dir.join("sources").join(format!("{name}.toml"));
    if own.is_file() {
        let text = std::fs::read_to_string(&own).with_context(|| format!("failed to read {}", own.display()))?;
        let (format, issues) = SourceFormat::parse(&own.display().to_string(), &text);
        let words: Vec<String> = issues.iter().map(ToString::to_string).collect();
        return format.with_context(|| words.join("\n"));
    }
    SourceFormat::builtin(name).with_context(|| {
        format!("there is no format \"{name}\": `vanguard load --formats` lists them, or put your own into sources/{name}.toml in the place")
    })
}
