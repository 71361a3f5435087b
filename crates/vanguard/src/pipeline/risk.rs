//! A snapshot to a model of risk.

use super::progress::Terminal;
use crate::folder::Folder;
use anyhow::Context;
use population::risk::{Options, RiskModel, train as train_model};
use std::path::PathBuf;

/// Seed of the split into people who train and people who judge.
pub const SEED: u64 = 20_160_401;

/// Trains on the live snapshot and keeps the model beside the results.
pub fn train(folder: &Folder, options: &Options, progress: &Terminal) -> anyhow::Result<RiskModel> {
    let snapshot = super::compute::snapshot(folder)?;
    progress.stage("Train the model of risk", None);
    let model = train_model(&snapshot, &folder.place, &folder.blueprint, options, super::threads())
        .context("failed to train the model of risk")?;
    let file = file(folder, snapshot.manifest().id.as_str());
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("failed to make {}", parent.display()))?;
    }
    population::save::save_json(&file, &model).context("failed to keep the model of risk")?;
    progress.end();
    Ok(model)
}

/// The model of the live snapshot, where one was trained with the same rules.
pub fn open(folder: &Folder) -> anyhow::Result<Option<RiskModel>> {
    let snapshot = super::compute::snapshot(folder)?;
    let wanted = population::fingerprint(&folder.place, &folder.blueprint);
    let found = population::save::open_json::<RiskModel>(&file(folder, snapshot.manifest().id.as_str()));
    Ok(found.ok().filter(|model| model.fingerprint == wanted))
}

fn file(folder: &Folder, snapshot: &str) -> PathBuf {
    folder.results_dir(snapshot).join("risk.json")
}
