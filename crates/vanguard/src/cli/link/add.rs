//! `vanguard link add`: new records against a linked whole.

use super::folder::Folder;
use super::labels::Labels;
use super::read::{self, Input, Wanted};
use super::{PARTS, part, state, told as words, write};
use crate::cli::Report;
use crate::cli::table::count;
use crate::pipeline::progress::Terminal;
use linkage::{Added, Change, Difference, Done, LinkOptions};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;

/// How many differences and changes the report names.
const LISTED: usize = 100;

/// Add records to a whole that was linked with --state: only pairs with a new record are compared, and only the people they touch are
/// worked out anew. Weights, prior and how common each value is are those of the first run. Writes edges.parquet and clusters.parquet
/// anew, with identifiers that stay, and adds to changes.csv who is new, grew, was merged or split.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// CSV or Parquet files of new records, with the columns of the first ones.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Folder of the linked whole.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// A source that holds each person once and was not there before; may be given several times.
    #[arg(long, value_name = "SOURCE")]
    once: Vec<String>,
    /// File of numbers that were replaced: two columns, the old number and the new.
    #[arg(long, value_name = "FILE")]
    superseded: Option<PathBuf>,
    /// File of clerical decisions: two ids, and yes or no (1 or 0) for whether they are one person.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Link all records from scratch too, with the same weights, and list every difference.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub fn run(args: &Args, shown: &Terminal) -> anyhow::Result<Report> {
    shown.stage("read the state", None);
    let mut superseded = args.superseded.as_deref().map(read::superseded).transpose()?.unwrap_or_default();
    let mut kept = state::read(&args.to)?;
    let model = kept.whole.model().clone();
    shown.stage("read", Some(read::bytes_of(&args.files)));
    let wanted = Wanted { id: kept.id.as_deref(), ..Wanted::default() };
    let sources = kept.input.sources().len();
    kept.input.more(&args.files, &model, wanted, &|bytes| shown.advance(bytes))?;
    let labels = args.labels.as_deref().map(|file| Labels::read(file, &kept.input)).transpose()?.unwrap_or_default();
    shown.stage("link", None);
    superseded.append(&mut kept.input.superseded);
    let once = kept.input.once(&model, &args.once);
    let more = LinkOptions {
        one_row_per_person: once.into_iter().filter(|source| usize::from(*source) >= sources).collect(),
        superseded,
        labels: labels.pairs.clone(),
        ..LinkOptions::default()
    };
    let added = kept.whole.add(&kept.input.records, &more);
    let linked = kept.whole.linked();
    kept.load += 1;
    let differences = args.check.then(|| {
        shown.stage("check", Some(PARTS));
        let teller = shown.teller();
        let scratch = kept.whole.from_scratch(&kept.input.records, &|done: Done| teller(part(done)));
        linkage::differences(&linked, &scratch)
    });
    shown.stage("write", None);
    let (mut out, input) = (Folder::open(&args.to)?, &kept.input);
    let edges = write::edges(&out.part("edges.parquet"), input, &linked)?;
    write::people(&out.part("clusters.parquet"), input, kept.whole.people())?;
    state::log(&args.to, &mut out, kept.load, &added.changes)?;
    state::write(&mut out, &kept)?;
    let mut report = told(&added, input, edges, kept.load, differences.as_deref(), labels.note());
    let precision = kept.whole.options().precision;
    report.add("threshold", words::shortened(linked.threshold).into());
    report.add("precision", precision.into());
    report.add("tiers", words::tiers(&added.report));
    out.text("report.json", &report.as_file())?;
    out.commit(false)?;
    shown.end();
    Ok(report)
}

/// The report of an addition.
fn told(
    added: &Added,
    input: &Input,
    edges: u64,
    load: u64,
    differences: Option<&[Difference]>,
    note: Option<String>,
) -> Report {
    let number = |wanted: fn(&Change) -> bool| added.changes.iter().filter(|change| wanted(change)).count() as u64;
    let kinds = [
        ("new", number(|change| matches!(change, Change::New { .. }))),
        ("grown", number(|change| matches!(change, Change::Grown { .. }))),
        ("merged", number(|change| matches!(change, Change::Merged { .. }))),
        ("split", number(|change| matches!(change, Change::Split { .. }))),
    ];
    let mut text = format!(
        "{} records were added (load {load}); all {} records are {} people.\nPeople: {} new, {} grown, {} merged, {} split. {} pairs compared, {} \
         records looked at again, {} links written.\n",
        count(added.records),
        count(added.report.records),
        count(added.report.clusters),
        count(kinds[0].1),
        count(kinds[1].1),
        count(kinds[2].1),
        count(kinds[3].1),
        count(added.report.pairs),
        count(added.touched.saturating_sub(added.records)),
        count(edges)
    );
    text.push_str(&words::before_weights(&added.report));
    let listed = |difference: &Difference| match *difference {
        Difference::Cluster { record, smallest: (one, other) } => format!(
            "record {} is with {}, from scratch with {}",
            input.ids.get(record as usize),
            input.ids.get(one as usize),
            input.ids.get(other as usize)
        ),
        Difference::Edge { left, right } => {
            format!(
                "the link of {} and {} is not the same",
                input.ids.get(left as usize),
                input.ids.get(right as usize)
            )
        }
        Difference::Conflict { .. } => "one number on two people: only one of the two answers says so".to_owned(),
    };
    if let Some(all) = differences {
        match all {
            [] => text.push_str("Checked: linking all records from scratch gives the same.\n"),
            all => {
                let number = count(all.len() as u64);
                let _ = writeln!(text, "Checked: {number} differences from linking all records from scratch:");
            }
        }
        for difference in all.iter().take(LISTED) {
            let _ = writeln!(text, "- {}", listed(difference));
        }
    }
    let mut notes = input.notes(&[]);
    notes.extend(note);
    if !notes.is_empty() {
        let _ = writeln!(text, "\nNote:\n- {}", notes.join("\n- "));
    }
    let counts: serde_json::Map<String, Value> =
        kinds.iter().map(|(kind, number)| ((*kind).to_owned(), json!(number))).collect();
    let json = json!({
        "load": load,
        "added": added.records,
        "records": added.report.records,
        "clusters": added.report.clusters,
        "pairs": added.report.pairs,
        "looked_at_again": added.touched.saturating_sub(added.records),
        "edges": edges,
        "people": counts,
        "differences": differences.map(|all| all.iter().map(listed).collect::<Vec<_>>()),
        "columns": input.columns(),
        "notes": notes,
    });
    Report::new(text, json)
}
