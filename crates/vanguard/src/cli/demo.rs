//! `vanguard demo`: a synthetic place from nothing to its pages.

use super::{Report, run, serve, simulate};
use crate::pipeline::progress::Terminal;
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};

/// Simulate a place, load, link, compute and evaluate it, then serve its pages.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many people live there.
    #[arg(long, default_value_t = 50_000)]
    people: u32,
    /// The same seed gives the same place.
    #[arg(long, default_value_t = 20_260_331)]
    seed: u64,
    /// The folder to make the place in. An earlier demo there is made anew.
    #[arg(long, default_value = "place/demo")]
    dir: PathBuf,
    /// End after the summary.
    #[arg(long)]
    no_serve: bool,
    #[command(flatten)]
    address: serve::Address,
}

/// Marks a folder as one that the demo made and may make anew.
const MARK: &str = ".vanguard-demo";

/// Runs the command.
pub fn run(args: &Args, json: bool) -> anyhow::Result<Report> {
    if !args.no_serve {
        // A port in use is worth knowing before the work, not after it.
        serve::check(&args.address)?;
    }
    clear(&args.dir)?;
    let progress = Terminal::new(json);
    let place = simulate::Args {
        people: Some(args.people),
        seed: args.seed,
        out: args.dir.clone(),
        as_of: simulate::last_day(),
        practices: None,
        area: None,
    };
    simulate::simulate(&place, &progress)?;
    let mark = args.dir.join(MARK);
    std::fs::write(&mark, "made by vanguard demo\n").with_context(|| format!("failed to write {}", mark.display()))?;
    let made = run::steps(&args.dir, false, false, &progress)?;
    let report = run::report(&args.dir, &made)?;
    if args.no_serve {
        return Ok(Report::new(format!("{}\nNext: vanguard serve {}", report.text, args.dir.display()), report.json));
    }
    super::print(&report, json);
    serve::serve(&args.dir, &args.address)
}

/// Removes an earlier demo, and nothing else.
fn clear(dir: &Path) -> anyhow::Result<()> {
    let occupied = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if !occupied {
        return Ok(());
    }
    if !dir.join(MARK).is_file() {
        bail!("{} holds something that is not a demo: choose another folder with --dir", dir.display());
    }
    std::fs::remove_dir_all(dir).with_context(|| format!("failed to remove the earlier demo in {}", dir.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_demo_is_made_anew() {
        let dir = tempfile::tempdir().unwrap();
        clear(&dir.path().join("not there")).unwrap();
        std::fs::write(dir.path().join("thesis.doc"), "years of work").unwrap();
        assert!(clear(dir.path()).is_err());
        assert!(dir.path().join("thesis.doc").is_file());
        std::fs::write(dir.path().join(MARK), "").unwrap();
        clear(dir.path()).unwrap();
        assert!(!dir.path().exists());
    }
}
