//! `vanguard project`: how many people each segment will have.

use super::Report;
use super::table::table;
use crate::folder::Folder;
use crate::pipeline::future::{SEED, YEARS, project};
use crate::pipeline::progress::Terminal;
use anyhow::bail;
use evidence::projection::Options;
use nhs::Day;
use population::disclosure::two_way;
use population::projection::{Check, Future, ShownEstimate, shown};
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Project the people of each segment some years on from where people moved in the last 12 months.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The place's folder, with its place.toml.
    dir: PathBuf,
    /// Years ahead, from 1 to 50.
    #[arg(long, default_value_t = YEARS)]
    years: usize,
    /// Draws behind the intervals.
    #[arg(long, default_value_t = 400)]
    draws: usize,
    /// Seed of the draws.
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// How many people's worth of evidence a small cell borrows from the coarser one.
    #[arg(long, default_value_t = 20.0)]
    borrow: f64,
}

/// Runs the command.
pub fn run(args: &Args, as_json: bool) -> anyhow::Result<Report> {
    if !(1..=50).contains(&args.years) {
        bail!("--years {} is outside 1 to 50", args.years);
    }
    if args.draws > 10_000 {
        bail!("--draws {} is more than 10,000: a thousand are plenty", args.draws);
    }
    if !args.borrow.is_finite() || args.borrow < 0.0 {
        bail!("--borrow must be 0 or a positive number");
    }
    let folder = Folder::open(&args.dir)?;
    let options =
        Options { years: args.years, draws: args.draws, seed: args.seed, borrow: args.borrow, ..Options::default() };
    let future = project(&folder, &options, &Terminal::new(as_json))?;
    let text = format!("{}Next: vanguard serve {}", words(&future), args.dir.display());
    Ok(Report::new(text, json(&future)))
}

/// What a reader must know before using the figures.
pub const CAVEATS: [&str; 4] = [
    "The projection assumes that people go on moving between segments, dying, leaving and joining as they did in the last 12 months.",
    "The intervals hold chance and the doubt about those rates. They do not hold a change in the rates themselves, such as a pandemic, new housing or better care.",
    "The further ahead, the wider the truth can lie. Use the ten-year figures to compare choices, not to plan staffing.",
    "Someone who changed practice inside the place in the year counts today but not among those who moved or joined.",
];

/// The years that a table shows: the first, the fifth and the last.
pub fn years_shown(future: &Future) -> Vec<usize> {
    let last = future.years.len().saturating_sub(1);
    let mut years: Vec<usize> = [1, 5, last].into_iter().filter(|&year| year >= 1 && year <= last).collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// An estimate with its interval, as it may be seen.
pub fn interval(estimate: &ShownEstimate) -> String {
    if estimate.expected.is_hidden() {
        return estimate.expected.to_string();
    }
    format!("{} ({} to {})", estimate.expected, estimate.lower, estimate.upper)
}

fn words(future: &Future) -> String {
    if !future.why_not.is_empty() {
        return format!("There is no projection. {}\n\n", future.why_not);
    }
    let rows_shown = future.shown();
    let years = years_shown(future);
    let mut heading = vec!["segment".to_owned(), "now".to_owned()];
    for year in &years {
        heading.push(format!("in {year} {} (95 %)", if *year == 1 { "year" } else { "years" }));
        heading.push("ageing only".to_owned());
    }
    let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> = future
        .segments
        .iter()
        .enumerate()
        .map(|(segment, (_, name))| {
            let mut row = vec![name.clone(), rows_shown[0][segment].expected.to_string()];
            for &year in &years {
                row.push(interval(&rows_shown[year][segment]));
                row.push(rows_shown[year][segment].ageing_only.to_string());
            }
            row
        })
        .collect();
    let mut text = format!("{}\n\n", table(&heading, &rows));
    for check in &future.checks {
        let _ = writeln!(text, "{}", check_words(check));
    }
    let _ = writeln!(text, "\nSeed {}, {} draws; counts rounded to 5.", future.seed, future.draws);
    for caveat in CAVEATS {
        let _ = writeln!(text, "- {caveat}");
    }
    text.push('\n');
    text
}

/// How far a projection from an earlier day was off.
pub fn check_words(check: &Check) -> String {
    let [with, ageing, same] = check.errors();
    format!(
        "Projected from {} to now ({} {}): {with:.1} % of people in the wrong segment count with transitions, {ageing:.1} % with ageing only, {same:.1} % if nothing had changed; {} of {} segments inside their 95 % interval.",
        Day(check.from).long(),
        check.years,
        if check.years == 1 { "year" } else { "years" },
        check.inside(),
        check.actual.len()
    )
}

fn json(future: &Future) -> serde_json::Value {
    let rows = future.shown();
    let estimate = |e: &ShownEstimate| json!({ "expected": e.expected.value(), "lower": e.lower.value(), "upper": e.upper.value(), "ageing_only": e.ageing_only.value() });
    let years: Vec<_> = future
        .years
        .iter()
        .zip(&rows)
        .map(|(year, row)| {
            let segments: Vec<_> = future
                .segments
                .iter()
                .zip(row)
                .map(|((id, _), e)| {
                    let mut value = estimate(e);
                    value["segment"] = json!(id);
                    value
                })
                .collect();
            let total = [year.total.expected, year.total.lower, year.total.upper].map(|v| shown(v, false).value());
            json!({ "year": year.year, "segments": segments, "total": { "expected": total[0], "lower": total[1], "upper": total[2] } })
        })
        .collect();
    let moves: Vec<Vec<Option<u64>>> =
        two_way(&future.moves).cells.iter().map(|row| row.iter().map(|cell| cell.value()).collect()).collect();
    let checks: Vec<_> = future
        .checks
        .iter()
        .map(|check| {
            let [with, ageing, same] = check.errors();
            json!({
                "from": Day(check.from).to_string(),
                "years": check.years,
                "error_percent": { "with_transitions": with, "ageing_only": ageing, "no_change": same },
                "segments_inside_interval": check.inside(),
            })
        })
        .collect();
    json!({
        "as_of": Day(future.as_of).to_string(),
        "why_not": if future.why_not.is_empty() { None } else { Some(&future.why_not) },
        "seed": future.seed,
        "draws": future.draws,
        "years": years,
        "moved_in_a_year": { "rows": future.segments.iter().map(|s| &s.0).collect::<Vec<_>>(), "columns": "segments, died, left", "people": moves },
        "checks": checks,
        "method": "Markov chain by single year of age and sex, Bayesian bootstrap and chance; docs/methods/projection.md",
        "caveats": CAVEATS,
    })
}
