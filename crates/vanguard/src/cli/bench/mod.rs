//! `vanguard bench`: how fast this machine answers.

mod meter;
mod population;

use super::Report;
use std::path::PathBuf;

/// Measure the engine on made-up data.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Four questions about a whole population, answered together from a lake that is made of the folder's files.
    Population {
        /// The folder with `person.parquet` and `event_*.parquet`.
        dir: PathBuf,
        /// How often to ask; the least processor time counts.
        #[arg(long, default_value_t = 3)]
        repeat: usize,
        /// Threads.
        #[arg(long, default_value_t = 2)]
        threads: usize,
        /// Make the lake anew even where it is there.
        #[arg(long)]
        reload: bool,
        /// Where the lake is; a folder `lake` beside the files by default.
        #[arg(long)]
        lake: Option<PathBuf>,
        /// So many more indicators, each by 24 months and by area, in the same pass.
        #[arg(long, default_value_t = 0)]
        indicators: usize,
        /// Measure a monthly refresh instead: make up a month's changes, bring the answers up to date from what is kept of each
        /// person, ask everything from the start too, and fail unless both give the same bytes. The value says whom the new
        /// rows are about.
        #[arg(long, value_name = "SHAPE")]
        refresh: Option<population::Shape>,
        /// With --refresh: new rows as a share of those known.
        #[arg(long, default_value_t = 0.01, requires = "refresh")]
        share: f64,
        /// With --refresh: seed of the changes.
        #[arg(long, default_value_t = 1, requires = "refresh")]
        seed: u64,
    },
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<Report> {
    match &args.what {
        What::Population { dir, repeat, threads, reload, lake, indicators, refresh, share, seed } => {
            let lake = lake.clone().unwrap_or_else(|| dir.join("lake"));
            let asked =
                population::Asked { repeat: (*repeat).max(1), threads: (*threads).max(1), indicators: *indicators };
            let size = refresh.map(|shape| population::Size {
                shape,
                share: share.clamp(0.0, 1.0),
                one_in: 10_000,
                seed: *seed,
            });
            population::run(dir, &lake, *reload, asked, size)
        }
    }
}
