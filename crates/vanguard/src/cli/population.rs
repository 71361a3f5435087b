//! `vanguard population`: segments, tiers and localities of a place.

use super::Report;
use super::table::table;
use crate::folder::Folder;
use crate::pipeline::{compute, progress::Terminal};
use population::Summary;
use population::disclosure::{ShownRate, money_list, one_way, two_way};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Put everyone of the live snapshot in a segment and a tier. Small numbers are suppressed.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    /// The place's folder, with its place.toml.
    #[arg(required = true)]
    dir: Option<PathBuf>,
    /// Compute everybody anew, also those whose record has not changed since the results before.
    #[arg(long)]
    anew: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Say what the place's model costs to compute: columns, bytes, stages, and each question's time.
    Explain {
        /// The place's folder, with its place.toml.
        dir: PathBuf,
        /// Also compute a sample of buckets, and time each question.
        #[arg(long)]
        analyze: bool,
    },
    /// What care cost per member per month, by segment and practice.
    Cost {
        /// The place's folder, with its place.toml.
        dir: PathBuf,
    },
    /// Weighted need and its share by locality and practice.
    Need {
        /// The place's folder, with its place.toml.
        dir: PathBuf,
    },
}

/// Runs the command.
pub fn run(args: &Args, as_json: bool) -> anyhow::Result<Report> {
    match &args.command {
        Some(Command::Explain { dir, analyze }) => return explain(dir, *analyze, as_json),
        Some(Command::Cost { dir }) => return super::money::cost(dir, as_json),
        Some(Command::Need { dir }) => return super::money::weighted(dir, as_json),
        None => {}
    }
    let Some(dir) = &args.dir else { anyhow::bail!("say which place: vanguard population PLACE_DIR") };
    let folder = Folder::open(dir)?;
    let done = compute::update(&folder, args.anew, &Terminal::new(as_json))?;
    let text = format!("{}{}\nNext: vanguard evaluate {}", words(&done.summary), done.words(), dir.display());
    Ok(Report::new(text, json(&done.summary)))
}

fn explain(dir: &Path, analyze: bool, as_json: bool) -> anyhow::Result<Report> {
    let folder = Folder::open(dir)?;
    let snapshot = compute::snapshot(&folder)?;
    let progress = Terminal::new(as_json);
    progress.stage("Look into the lake", None);
    let shape = population::ask::shape(&snapshot, &folder.place)?;
    let explained = population::explain::model(&snapshot, &folder.place, &folder.blueprint, &shape, analyze)?;
    progress.end();
    Ok(super::ask::explain::report(&explained))
}

/// People by tier and segment, for people.
pub fn words(summary: &Summary) -> String {
    let counts: Vec<Vec<u64>> = summary.segment_by_tier.clone();
    let shown = two_way(&counts);
    let mut heading = vec!["segment"];
    heading.extend(summary.tiers.iter().map(|t| t.name.as_str()));
    heading.push("all");
    let mut rows: Vec<Vec<String>> = summary
        .segments
        .iter()
        .zip(shown.cells.iter().zip(&shown.row_totals))
        .map(|(segment, (cells, total))| {
            let mut row = vec![segment.name.clone()];
            row.extend(cells.iter().map(ToString::to_string));
            row.push(total.to_string());
            row
        })
        .collect();
    let mut last = vec!["all".to_owned()];
    last.extend(shown.column_totals.iter().map(ToString::to_string));
    last.push(shown.total.to_string());
    rows.push(last);
    let advice: Vec<String> = summary.size_advice.iter().map(|line| format!("Advice: {line}\n")).collect();
    let advice = advice.concat();
    format!(
        "{}\n{} as of {}; counts are rounded to 5 and small ones suppressed.\n{advice}\n",
        table(&heading, &rows),
        super::run::size(summary),
        summary.as_of_day().long()
    )
}

/// The same for programs. A suppressed count is null.
pub fn json(summary: &Summary) -> serde_json::Value {
    let cells = two_way(&summary.segment_by_tier);
    let (money, _) = money_list(&summary.tiers.iter().map(|t| t.activity.cost).collect::<Vec<_>>());
    let tiers: Vec<_> = summary
        .tiers
        .iter()
        .zip(cells.column_totals.iter().zip(money))
        .map(|(tier, (people, money))| {
            let year = &tier.activity;
            let per_thousand = |n: u64| ShownRate::of(n as f64 * 1000.0 / tier.people.max(1) as f64, n, tier.people);
            json!({
                "id": tier.id,
                "name": tier.name,
                "people": people.value(),
                "emergency_admissions_per_1000": per_thousand(year.emergency_admissions).value(),
                "cost_per_head_pence": if people.is_hidden() || money.is_hidden() { None } else { year.cost_per_head(tier.people) },
            })
        })
        .collect();
    let segments: Vec<_> = summary
        .segments
        .iter()
        .zip(&cells.row_totals)
        .map(|(segment, people)| json!({ "id": segment.id, "name": segment.name, "people": people.value() }))
        .collect();
    let people: Vec<u64> = summary.localities.iter().map(|l| l.people).collect();
    let localities: Vec<_> = summary
        .localities
        .iter()
        .zip(one_way(&people).cells)
        .map(|(locality, people)| json!({ "id": locality.id, "name": locality.name, "people": people.value() }))
        .collect();
    json!({
        "snapshot": summary.snapshot,
        "blueprint": summary.blueprint,
        "as_of": summary.as_of_day().to_string(),
        "people": cells.total.value(),
        "size_advice": summary.size_advice,
        "tiers": tiers,
        "segments": segments,
        "segment_by_tier": cells.cells.iter().map(|row| row.iter().map(|c| c.value()).collect::<Vec<_>>()).collect::<Vec<_>>(),
        "localities": localities,
        "method": "counts of 1 to 7 suppressed with secondary suppression, others rounded to the nearest 5",
    })
}
