//! `vanguard simulate`: a synthetic place.

use super::Report;
use super::table::{count, table};
use crate::pipeline::progress::Terminal;
use anyhow::{Context, bail};
use nhs::Day;
use serde_json::json;
use simulate::{PracticeList, Progress, SimulateOptions};
use std::path::{Path, PathBuf};

/// People of a simulated place unless said otherwise.
const DEFAULT_PEOPLE: u32 = 50_000;

/// Make a synthetic place: realistic, messy extracts of imaginary people, with the truth in a folder of its own.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many people live there. With --practices, the default is the real size of the lists.
    #[arg(long)]
    pub people: Option<u32>,
    /// The same seed gives the same place.
    #[arg(long, default_value_t = 20_260_331)]
    pub seed: u64,
    /// The folder to make; it must be empty or not there.
    #[arg(long)]
    pub out: PathBuf,
    /// The last day of the data.
    #[arg(long, default_value = "2026-03-31", value_parser = day)]
    pub as_of: Day,
    /// Build the place on NHS England's real practice lists: a weighted populations file.
    #[arg(long, requires = "area")]
    pub practices: Option<PathBuf>,
    /// Which area of that file: an integrated care board, sub-board or council code, such as QE1.
    #[arg(long, requires = "practices")]
    pub area: Option<String>,
}

/// 31 March 2026, the end of a financial year: the last day of a simulated place unless said otherwise.
pub const fn last_day() -> Day {
    Day(20_543)
}

/// Reads a day given as an argument.
pub fn day(text: &str) -> Result<Day, String> {
    Day::parse_iso(text).map_err(|why| format!("{text} {why}"))
}

/// Runs the command.
pub fn run(args: &Args, json: bool) -> anyhow::Result<Report> {
    let progress = Terminal::new(json);
    simulate(args, &progress)
}

/// Makes the place.
pub fn simulate(args: &Args, progress: &Terminal) -> anyhow::Result<Report> {
    refuse_full(&args.out)?;
    let mut options = SimulateOptions::new(DEFAULT_PEOPLE, args.seed, &args.out);
    options.as_of = args.as_of;
    options.practices = match (&args.practices, &args.area) {
        (Some(file), Some(area)) => Some(PracticeList { file, area }),
        _ => None,
    };
    options.people = args.people.or(if options.practices.is_some() { None } else { options.people });
    let mut begun = false;
    let report = simulate::simulate(&options, &mut |p: Progress| {
        if !begun {
            begun = true;
            progress.stage("Simulate a place", Some(p.people_total));
        }
        progress.advance(p.people_done);
    })
    .context("failed to simulate")?;
    progress.end();
    let rows: Vec<Vec<String>> = report.files.iter().map(|f| vec![f.path.clone(), count(f.rows)]).collect();
    let text = format!(
        "{}\n\n{}: {} people on the lists of {} practices in {} localities, {} rows.\nThe care model runs in {} of the localities.\nNext: vanguard run {}",
        table(&["extract", "rows"], &rows),
        report.name,
        count(report.people),
        report.practices,
        report.localities,
        count(report.rows),
        report.served_localities,
        args.out.display()
    );
    let files: Vec<_> =
        report.files.iter().map(|f| json!({ "path": f.path, "rows": f.rows, "bytes": f.bytes })).collect();
    let json = json!({
        "out": args.out,
        "name": report.name,
        "people": report.people,
        "persons": report.persons,
        "practices": report.practices,
        "localities": report.localities,
        "served_localities": report.served_localities,
        "rows": report.rows,
        "files": files,
    });
    Ok(Report::new(text, json))
}

/// A simulated place never overwrites anything.
fn refuse_full(out: &Path) -> anyhow::Result<()> {
    let occupied = std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
    if occupied || out.is_file() {
        bail!("{} is not empty: choose another folder with --out, or remove it first", out.display());
    }
    Ok(())
}
