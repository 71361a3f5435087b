//! What was loaded and computed, and when, in the operational database.

use crate::cli::Made;
use crate::folder::Folder;
use nhs::LondonInstant;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use store::{RunEnd, Store};

/// The instant by this machine's clock. The only place of the project that reads it.
pub fn now() -> Option<LondonInstant> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    LondonInstant::from_unix_millis(i64::try_from(since.as_millis()).ok()?)
}

/// Notes a run that has ended well, with its counts and the time each stage took.
pub fn remember(folder: &Folder, made: &Made) -> anyhow::Result<()> {
    let Some(ended) = now() else { anyhow::bail!("the clock of this machine is outside the calendar: set it right") };
    let started = LondonInstant::from_unix_millis(ended.unix_millis() - made.total.as_millis() as i64).unwrap_or(ended);
    let quality = &made.load.quality;
    let counts = [
        ("rows read", quality.rows_read as i64),
        ("rows loaded", quality.rows_loaded as i64),
        ("rows in quarantine", quality.rows_quarantined as i64),
        ("people", made.done.summary.people as i64),
    ];
    let millis: Vec<(&str, i64)> =
        made.stages.iter().map(|(name, time)| (name.as_str(), time.as_millis() as i64)).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open(folder.database()).await?;
        let run = store.start_run("run", &made.done.summary.snapshot, started).await?;
        store.end_run(run, &RunEnd::Done { counts: &counts, millis: &millis }, ended).await?;
        store.close().await;
        Ok(())
    })
}
